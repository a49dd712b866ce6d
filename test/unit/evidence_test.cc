// SPDX-License-Identifier: EUPL-1.2
// Evidence packages: what was changed is named, whatever it is. The time-stamping authority is
// OpenSSL's, run as a process.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "evidence/package.h"
#include "evidence/sealing.h"
#include "evidence/time_stamp.h"

namespace urna::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t noon = 1'796'000'000;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class Evidence : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "urna-evidence-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    write(folder_ / "events.jsonl", "{\"minute\":1}\n");
    write(folder_ / "checkpoint", "board\n7\n");
    write(folder_ / "people.csv", "Nowak,Anna\n");
    const Status made = make_package(
        package(), {"ABCDE-FGHJK", "pl-town-2026", "Fifteen cards", "art. 304 KPK"},
        {{(folder_ / "events.jsonl").string(), "events.jsonl", "certificates", Level::pseudonymous},
         {(folder_ / "checkpoint").string(), "checkpoint", "", Level::open},
         {(folder_ / "people.csv").string(), "people.csv", "who", Level::personal}},
        {"Anna Nowak", anna_}, noon);
    ASSERT_TRUE(made.ok()) << made.error().to_string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string package() const { return (folder_ / "case").string(); }
  [[nodiscard]] fs::path file(std::string_view name) const { return folder_ / "case" / name; }
  [[nodiscard]] Report verified() const {
    const Result<Report> report = verify_package(package(), {{anna_.key}, {}});
    EXPECT_TRUE(report.ok()) << report.error().to_string();
    return report.ok() ? *report : Report{};
  }
  // The places of what is wrong.
  [[nodiscard]] std::vector<std::string> wrong() const {
    std::vector<std::string> places;
    for (const Finding& finding : verified().findings) {
      if (finding.wrong) places.push_back(finding.where);
    }
    return places;
  }
  using Places = std::vector<std::string>;

  proof::SigningKey anna_ = proof::SigningKey::random();
  proof::SigningKey jan_ = proof::SigningKey::random();
  fs::path folder_;
};

TEST_F(Evidence, IsSoundAsItWasMade) {
  const Report report = verified();
  EXPECT_TRUE(report.sound());
  EXPECT_EQ(report.description.case_number, "ABCDE-FGHJK");
  EXPECT_EQ(report.items, 3U);
  EXPECT_EQ(report.withheld, 0U);
  EXPECT_EQ(report.made, noon);
  ASSERT_EQ(report.custody.size(), 1U);
  EXPECT_EQ(report.custody[0].who, "Anna Nowak");
  EXPECT_FALSE(report.stamped);
}

TEST_F(Evidence, NamesEveryChangedByteOfEveryFile) {
  for (const char* name : {"items/events.jsonl", "items/checkpoint", "items/people.csv"}) {
    const std::string whole = read(file(name));
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      write(file(name), changed);
      EXPECT_EQ(wrong(), Places{name}) << at;
    }
    write(file(name), whole + "\n");
    EXPECT_EQ(wrong(), Places{name});
    write(file(name), whole);
  }
  EXPECT_TRUE(verified().sound());
}

// package.json is what the first line of custody signs: no byte of it can be another.
TEST_F(Evidence, NoByteOfTheContentsCanBeAnother) {
  const std::string whole = read(file("package.json"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write(file("package.json"), changed);
    const Result<Report> report = verify_package(package(), {{anna_.key}, {}});
    EXPECT_TRUE(!report || !report->sound()) << at;
  }
  write(file("package.json"), whole);
  EXPECT_TRUE(verified().sound());
}

TEST_F(Evidence, NoByteOfCustodyCanBeAnother) {
  ASSERT_TRUE(
      add_custody(package(), {Act::received, "", "by post", {}}, {"Jan Lis", jan_}, noon + 9));
  const std::string whole = read(file("custody.jsonl"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write(file("custody.jsonl"), changed);
    EXPECT_FALSE(verified().sound()) << at;
  }
  write(file("custody.jsonl"), whole);
  EXPECT_TRUE(verified().sound());
}

TEST_F(Evidence, CustodyIsAChain) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(add_custody(package(), {Act::received, "", "", {}}, {"Jan Lis", jan_}, noon + 9));
  }
  ASSERT_TRUE(verified().sound());
  EXPECT_EQ(verified().custody.size(), 4U);
  const std::string whole = read(file("custody.jsonl"));
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t end = whole.find('\n', at) + 1;
    lines.push_back(whole.substr(at, end - at));
    at = end;
  }
  // Taken out, swapped, repeated, the maker's gone, cut short.
  write(file("custody.jsonl"), lines[0] + lines[2] + lines[3]);
  EXPECT_EQ(wrong(), Places{"custody.jsonl line 2"});
  write(file("custody.jsonl"), lines[0] + lines[2] + lines[1] + lines[3]);
  EXPECT_EQ(wrong(), Places{"custody.jsonl line 2"});
  write(file("custody.jsonl"), whole + lines[3]);
  EXPECT_EQ(wrong(), Places{"custody.jsonl line 5"});
  write(file("custody.jsonl"), lines[1] + lines[2]);
  EXPECT_EQ(wrong(), Places{"custody.jsonl line 1"});
  write(file("custody.jsonl"), "");
  EXPECT_EQ(wrong(), Places{"custody.jsonl"});
  write(file("custody.jsonl"), whole.substr(0, whole.size() - 5));
  EXPECT_EQ(wrong(), Places{"custody.jsonl line 4"});
  // Nobody signs behind a broken chain.
  EXPECT_FALSE(add_custody(package(), {Act::opened, "", "", {}}, {"Jan Lis", jan_}, noon).ok());
  // The last line can be dropped: whoever signed it, or the time stamp of a later package, shows
  // it.
  write(file("custody.jsonl"), lines[0] + lines[1]);
  EXPECT_TRUE(verified().sound());
}

TEST_F(Evidence, AnotherMakerIsNotTheOfficial) {
  fs::remove_all(package());
  ASSERT_TRUE(make_package(package(), {"ABCDE-FGHJK", "pl-town-2026", "", ""},
                           {{(folder_ / "checkpoint").string(), "checkpoint", "", Level::open}},
                           {"Anna Nowak", jan_}, noon));
  EXPECT_EQ(wrong(), Places{"custody.jsonl line 1"});
  // Without keys to compare with, it says that it did not look.
  const Result<Report> report = verify_package(package(), {});
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->sound());
  EXPECT_FALSE(report->findings.empty());
}

TEST_F(Evidence, NamesWhatIsMissingAndWhatIsTooMuch) {
  fs::remove(file("items/checkpoint"));
  write(file("items/note.txt"), "x");
  write(file("other"), "x");
  EXPECT_EQ(wrong(), (Places{"items/checkpoint", "items/note.txt", "other"}));
}

TEST_F(Evidence, IsMadeWholeOrNotAtAll) {
  const std::string other = (folder_ / "other").string();
  const Source good{(folder_ / "checkpoint").string(), "checkpoint", "", Level::open};
  const Description description{"A", "B", "", ""};
  const auto refused = [&](const Description& about, const std::vector<Source>& sources) {
    const Status made = make_package(other, about, sources, {"Anna Nowak", anna_}, noon);
    EXPECT_FALSE(made.ok());
    EXPECT_FALSE(fs::exists(other));
    for (const auto& entry : fs::directory_iterator(folder_)) {
      EXPECT_EQ(entry.path().string().find(".making"), std::string::npos);
    }
    return made.ok() ? ErrorCode::usage : made.error().code;
  };
  EXPECT_EQ(refused(description, {}), ErrorCode::limit);
  EXPECT_EQ(refused(description, {good, good}), ErrorCode::conflict);
  EXPECT_EQ(refused(description, {good, {(folder_ / "none").string(), "none", "", Level::open}}),
            ErrorCode::not_found);
  for (const char* name : {"", ".x", "a/b", "../x", "a b"}) {
    EXPECT_EQ(refused(description, {{good.path, name, "", Level::open}}), ErrorCode::malformed);
  }
  EXPECT_EQ(refused({"", "B", "", ""}, {good}), ErrorCode::malformed);
  EXPECT_EQ(refused({"A\n", "B", "", ""}, {good}), ErrorCode::malformed);
  EXPECT_EQ(refused({"A", "B", std::string(3000, 'x'), ""}, {good}), ErrorCode::malformed);
  const Status again = make_package(package(), description, {good}, {"Anna Nowak", anna_}, noon);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
}

// Completion in a shell ends a folder's name with a slash.
TEST_F(Evidence, AFolderMayBeNamedWithASlash) {
  const std::string folder = (folder_ / "slash").string();
  const Source source{(folder_ / "checkpoint").string(), "checkpoint", "", Level::open};
  ASSERT_TRUE(
      make_package(folder + "/", {"A", "B", "", ""}, {source}, {"Anna Nowak", anna_}, noon));
  EXPECT_TRUE(verify_package(folder + "/", {{anna_.key}, {}})->sound());
  const RecipientKey court = make_recipient("Court").value();
  const std::string sealed = seal_package(folder + "/", court.recipient, Level::open).value();
  const std::string opened = (folder_ / "opened").string();
  ASSERT_TRUE(open_package(sealed, court, opened + "/"));
  EXPECT_TRUE(verify_package(opened, {{anna_.key}, {}})->sound());
}

// ---- Sealing

TEST_F(Evidence, IsSealedToItsRecipientAtALevel) {
  const RecipientKey court = make_recipient("Sąd-Rejonowy").value();
  const RecipientKey other = make_recipient("Other").value();
  ASSERT_TRUE(add_custody(package(), {Act::handed_over, "Sąd-Rejonowy", "", Level::pseudonymous},
                          {"Anna Nowak", anna_}, noon));
  const std::string sealed = seal_package(package(), court.recipient, Level::pseudonymous).value();
  EXPECT_EQ(sealed.find("Nowak"), std::string::npos);
  const std::string out = (folder_ / "opened").string();
  EXPECT_FALSE(open_package(sealed, other, out).ok());
  EXPECT_FALSE(fs::exists(out));
  const Status opened = open_package(sealed, court, out);
  ASSERT_TRUE(opened.ok()) << opened.error().to_string();
  EXPECT_FALSE(fs::exists(fs::path(out) / "items/people.csv"));
  EXPECT_EQ(read(fs::path(out) / "items/events.jsonl"), read(file("items/events.jsonl")));
  const Result<Report> report = verify_package(out, {{anna_.key}, {}});
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->sound());
  EXPECT_EQ(report->withheld, 1U);
  // What was not withheld must be there.
  fs::remove(fs::path(out) / "items/checkpoint");
  EXPECT_FALSE(verify_package(out, {{anna_.key}, {}})->sound());
  EXPECT_EQ(open_package(sealed, court, out).error().code, ErrorCode::conflict);
}

// What was left out for one recipient may not be missing at the next one, who was to have it.
TEST_F(Evidence, TheLastHandingOverSaysWhatMayBeMissing) {
  const auto hand_over = [&](const char* to, Level level) {
    ASSERT_TRUE(
        add_custody(package(), {Act::handed_over, to, "", level}, {"Anna Nowak", anna_}, noon));
  };
  hand_over("Press", Level::open);
  hand_over("Court", Level::personal);
  const RecipientKey court = make_recipient("Court").value();
  const std::string out = (folder_ / "opened").string();
  ASSERT_TRUE(
      open_package(seal_package(package(), court.recipient, Level::personal).value(), court, out));
  EXPECT_TRUE(verify_package(out, {{anna_.key}, {}})->sound());
  fs::remove(fs::path(out) / "items/people.csv");
  EXPECT_FALSE(verify_package(out, {{anna_.key}, {}})->sound());
}

// Whatever else has such a name stays.
TEST_F(Evidence, OpeningRemovesNothing) {
  const RecipientKey court = make_recipient("Court").value();
  const std::string sealed = seal_package(package(), court.recipient, Level::personal).value();
  const fs::path beside = folder_ / "opened.opening";
  write(beside, "mine");
  ASSERT_TRUE(open_package(sealed, court, (folder_ / "opened").string()));
  EXPECT_EQ(read(beside), "mine");
}

TEST_F(Evidence, ASealedFileCannotBeChangedOrCut) {
  const RecipientKey court = make_recipient("Court").value();
  write(file("items/people.csv"), std::string(150'000, 'x'));  // several pieces
  const std::string sealed = seal_package(package(), court.recipient, Level::personal).value();
  const std::string out = (folder_ / "opened").string();
  const auto refused = [&](std::string_view bytes) {
    const Status opened = open_package(bytes, court, out);
    if (opened.ok()) fs::remove_all(out);
    return !opened.ok() && opened.error().code == ErrorCode::malformed;
  };
  for (std::size_t at = 0; at < sealed.size(); at += at < 300 ? 1 : 4999) {
    std::string changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_TRUE(refused(changed)) << at;
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{10}, std::size_t{100}, sealed.size() - 1,
        sealed.size() - 20'000, sealed.size() - 65'553}) {
    EXPECT_TRUE(refused(sealed.substr(0, size))) << size;
  }
  EXPECT_TRUE(refused(sealed + "x"));
  EXPECT_TRUE(open_package(sealed, court, out).ok());
}

TEST_F(Evidence, KeysOfRecipientsAreLines) {
  const RecipientKey key = make_recipient("Court").value();
  EXPECT_EQ(Recipient::parse(key.recipient.to_line())->key, key.recipient.key);
  const SecretBytes bytes = encode(key);
  const Result<RecipientKey> again = decode_recipient(bytes.view());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->recipient.key, key.recipient.key);
  EXPECT_EQ(again->secret.view(), key.secret.view());
  for (const char* line : {"", "urna-evidence-recipient", "urna-evidence-recipient A",
                           "urna-evidence-recipient A 00", "urna-evidence-recipient  00"}) {
    EXPECT_FALSE(Recipient::parse(line).ok()) << line;
  }
  EXPECT_FALSE(Recipient::parse(bytes.view()).ok());
  EXPECT_FALSE(make_recipient("two words").ok());
  EXPECT_FALSE(make_recipient("").ok());
}

// ---- Time stamps

class TimeStamps : public Evidence {
 protected:
  void SetUp() override {
    Evidence::SetUp();
    write(folder_ / "tsa.cnf",
          "[req]\ndistinguished_name=name\n[name]\n"
          "[ca]\nbasicConstraints=critical,CA:true\nsubjectKeyIdentifier=hash\n"
          "[stamp]\nextendedKeyUsage=critical,timeStamping\n"
          "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\nsigner_digest=sha256\n"
          "default_policy=1.2.3.4.1\ndigests=sha256\naccuracy=secs:1\n"
          "ess_cert_id_alg=sha256\n");
    write(folder_ / "serial", "01\n");
    for (const char* authority : {"tsa", "false"}) {
      const std::string a = authority;
      run("openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -config tsa.cnf -extensions ca "
          "-subj "
          "'/CN=" +
          a + " root' -keyout " + a + "-root.key -out " + a + "-root.pem");
      run("openssl req -new -newkey rsa:2048 -nodes -config tsa.cnf -subj '/CN=" + a +
          "' -keyout " + a + ".key -out " + a + ".csr");
      run("openssl x509 -req -in " + a + ".csr -CA " + a + "-root.pem -CAkey " + a +
          "-root.key -CAcreateserial -days 3650 -extfile tsa.cnf -extensions stamp -out " + a +
          ".pem");
    }
  }
  void run(const std::string& command) const {
    const std::string whole = "cd '" + folder_.string() + "' && " + command + " >log 2>&1";
    ASSERT_EQ(std::system(whole.c_str()), 0) << command << "\n" << read(folder_ / "log");
  }
  std::string stamped_by(const std::string& authority, const std::string& request) const {
    write(folder_ / "case.tsq", request);
    run("openssl ts -reply -config tsa.cnf -section one -queryfile case.tsq -signer " + authority +
        ".pem -inkey " + authority + ".key -chain " + authority + "-root.pem -out case.tsr");
    return read(folder_ / "case.tsr");
  }
  [[nodiscard]] std::string roots() const { return (folder_ / "tsa-root.pem").string(); }
};

TEST_F(TimeStamps, AreTheAuthoritysAndForThisPackage) {
  const std::string response = stamped_by("tsa", time_request(package()).value());
  const Status added = add_time_stamp(package(), response, roots());
  ASSERT_TRUE(added.ok()) << added.error().to_string();
  const Result<Report> report = verify_package(package(), {{anna_.key}, roots()});
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->sound());
  ASSERT_TRUE(report->stamped.has_value());
  EXPECT_NEAR(static_cast<double>(*report->stamped), static_cast<double>(std::time(nullptr)), 600);
  // OpenSSL agrees.
  run("openssl ts -verify -data case/package.json -in case/time.tsr -CAfile tsa-root.pem");

  // By another authority.
  const std::string other = stamped_by("false", time_request(package()).value());
  EXPECT_EQ(add_time_stamp(package(), other, roots()).error().code, ErrorCode::conflict);
  write(file("time.tsr"), other);
  EXPECT_FALSE(verify_package(package(), {{anna_.key}, roots()})->sound());
  // Without certificates only what it is for is compared, which is said.
  const Result<Report> unlooked = verify_package(package(), {{anna_.key}, {}});
  EXPECT_TRUE(unlooked->sound());

  // For something else.
  const std::string elsewhere = stamped_by("tsa", make_time_request(Sha256Digest{}).value());
  EXPECT_EQ(add_time_stamp(package(), elsewhere, roots()).error().code, ErrorCode::conflict);
  write(file("time.tsr"), elsewhere);
  EXPECT_EQ(wrong(), Places{"time.tsr"});

  // Changed anywhere: refused, or the same statement.
  for (std::size_t at = 0; at < response.size(); at += 7) {
    std::string changed = response;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const Status status = add_time_stamp(package(), changed, roots());
    if (!status.ok()) continue;
    const Result<Report> again = verify_package(package(), {{anna_.key}, roots()});
    EXPECT_EQ(again->stamped, report->stamped) << at;
  }
  for (std::size_t size = 0; size < response.size(); size += 13) {
    EXPECT_FALSE(add_time_stamp(package(), response.substr(0, size), roots()).ok()) << size;
  }
  EXPECT_FALSE(add_time_stamp(package(), response + "x", roots()).ok());
  EXPECT_EQ(add_time_stamp(package(), response, (folder_ / "none.pem").string()).error().code,
            ErrorCode::not_found);
}

}  // namespace
}  // namespace urna::evidence
