// SPDX-License-Identifier: EUPL-1.2
// `urna publish`: open data and the protocol of a whole record, as other programs read them, and
// signatures that hold or do not.
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <unistd.h>

#include "base/file.h"
#include "base/sha256.h"
#include "count/pabulib/check/check.h"
#include "count/pabulib/reader.h"
#include "count/tally.h"
#include "publish/pdf_file.h"
#include "rehearsal/rehearsal.h"
#include "test/record/sample_edition.h"

namespace urna {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t bytes_max = std::size_t{64} << 20U;

struct Finished {
  int status = -1;
  std::string output;
};

Finished run(const std::string& command) {
  Finished result;
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  for (std::size_t count = 0; (count = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    result.output.append(buffer, count);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

bool installed(const std::string& program) { return run("command -v " + program).status == 0; }

// One record for all tests: five pools, one of them withheld.
class Publish : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = (fs::temp_directory_path() / "urna-publish-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    rehearsal::Plan plan;
    plan.instances = test::sample_edition();
    plan.title = "Budżet obywatelski Jaworogrodu";
    const Result<rehearsal::Outcome> outcome = rehearsal::rehearse(plan, at("record"));
    ASSERT_TRUE(outcome) << outcome.error().to_string();
    const Finished made = urna("data '" + at("record") + "' --out '" + at("data") + "'");
    ASSERT_EQ(made.status, 0) << made.output;
    const Finished protocol =
        urna("protocol '" + at("record") + "' --out '" + at("protocol") + "'");
    ASSERT_EQ(protocol.status, 0) << protocol.output;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static std::string at(const std::string& name) { return folder_ + "/" + name; }
  static std::string bytes(const std::string& name) {
    return read_file(at(name), bytes_max).value();
  }
  static Finished urna(const std::string& words) {
    return run("'" URNA_PROGRAM "' publish " + words);
  }
  static json::value object(const std::string& name) { return json::parse(bytes(name)); }

  static inline std::string folder_;
};

TEST_F(Publish, TellsTheEditionInNumbersThatAddUp) {
  const json::value told = object("data/results.json");
  EXPECT_EQ(told.at("title").as_string(), "Budżet obywatelski Jaworogrodu");
  EXPECT_TRUE(told.at("complete").as_bool());
  EXPECT_TRUE(told.at("protocol").is_null());
  const json::array& pools = told.at("pools").as_array();
  ASSERT_EQ(pools.size(), 5U);
  std::int64_t ballots = 0;
  std::size_t withheld = 0;
  for (const json::value& pool : pools) {
    const auto number = [&](const char* name) {
      return pool.at("ballots").at(name).to_number<std::int64_t>();
    };
    EXPECT_EQ(number("cast") + number("paper"),
              number("annulled") + number("superseded") + number("counted"));
    ballots += number("cast");
    std::int64_t by_level = 0;
    for (const auto& [level, count] : pool.at("ballots").at("by_level").as_object())
      by_level += count.to_number<std::int64_t>();
    EXPECT_EQ(by_level, number("counted"));
    if (pool.at("status").as_string() == "withheld") {
      ++withheld;
      continue;
    }
    std::int64_t invalid = 0;
    for (const auto& [reason, count] : pool.at("ballots").at("invalid").as_object())
      invalid += count.to_number<std::int64_t>();
    EXPECT_EQ(number("counted"), number("valid") + invalid);
  }
  EXPECT_EQ(ballots, told.at("ballots").to_number<std::int64_t>());
  EXPECT_EQ(withheld, 1U);
  EXPECT_LE(told.at("voters").to_number<std::int64_t>(),
            told.at("entitled").to_number<std::int64_t>());
}

TEST_F(Publish, EveryPoolHasItsFilesAndAWithheldOneNone) {
  const json::value told = object("data/results.json");
  for (const json::value& pool : told.at("pools").as_array()) {
    const std::string slug(pool.at("slug").as_string());
    const bool counted = pool.at("status").as_string() == "counted";
    for (const char* ending : {".pb", ".csv", ".json", ".geojson"})
      EXPECT_EQ(fs::exists(at("data/" + slug + ending)), counted) << slug << ending;
  }
}

TEST_F(Publish, ThePabulibFileIsSoundAndGivesTheResultAgain) {
  const json::value told = object("data/results.json");
  for (const json::value& pool : told.at("pools").as_array()) {
    if (pool.at("status").as_string() != "counted") continue;
    const std::string slug(pool.at("slug").as_string());
    const std::string text = bytes("data/" + slug + ".pb");
    const auto report =
        count::pabulib::check::check_file(count::pabulib::memory_bytes(text), slug + ".pb");
    ASSERT_TRUE(report);
    for (const auto& finding : report->findings) {
      // The dates are the city's to give; this edition has none.
      if (finding.field.starts_with("date_")) continue;
      EXPECT_NE(info(finding.code).level, count::pabulib::check::Level::error) << finding.message;
    }
    const Result<count::Instance> instance =
        count::pabulib::read_instance(count::pabulib::memory_bytes(text), slug);
    ASSERT_TRUE(instance) << instance.error().to_string();
    const count::Tally tally = count::tally(*instance);
    const json::value count = object("data/" + slug + ".json").at("count");
    const json::array& projects = count.at("projects").as_array();
    ASSERT_EQ(projects.size(), instance->projects.size());
    std::size_t funded = 0;
    for (const count::ProjectIndex p : instance->indices()) {
      const count::Project& project = instance->projects[p];
      const json::value& one = projects[p.value];
      EXPECT_EQ(one.at("id").as_string(), project.id);
      EXPECT_EQ(one.at("selected").as_bool(), project.selected == 1);
      EXPECT_EQ(one.at("votes").to_number<std::int64_t>(), tally.votes[p]);
      EXPECT_EQ(project.declared_votes, tally.votes[p]);
      funded += one.at("selected").as_bool() ? 1U : 0U;
    }
    EXPECT_EQ(funded, count.at("winners").as_array().size());
    EXPECT_EQ(funded, pool.at("funded").to_number<std::size_t>());
  }
}

TEST_F(Publish, TheTableHasARowForEachProject) {
  const json::value first = object("data/results.json").at("pools").at(0);
  const std::string text = bytes("data/" + std::string(first.at("slug").as_string()) + ".csv");
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line,
            "project_id,name,cost,votes,points,funded,reason_pl,reason_en,topics,beneficiaries,"
            "district,latitude,longitude\r");
  std::size_t rows = 0;
  while (std::getline(lines, line)) ++rows;
  EXPECT_EQ(rows, first.at("projects").to_number<std::size_t>());
}

TEST_F(Publish, TheCatalogueNamesEveryFileWithItsHash) {
  const json::value catalogue = object("data/catalogue.jsonld");
  std::size_t files = 0;
  for (const json::value& dataset : catalogue.at("dcat:dataset").as_array()) {
    for (const json::value& distribution : dataset.at("dcat:distribution").as_array()) {
      const std::string name(distribution.at("dcat:downloadURL").at("@id").as_string());
      const std::string content = bytes("data/" + name);
      ++files;
      const json::object& of = distribution.as_object();
      if (!of.contains("spdx:checksum")) continue;
      EXPECT_EQ(of.at("spdx:checksum").at("spdx:checksumValue").at("@value").as_string(),
                sha256_hex(content));
    }
  }
  EXPECT_EQ(files, 16U) << "four forms of four pools";
}

TEST_F(Publish, NothingIsToldOfARecordThatDoesNotVerify) {
  fs::copy(at("record"), at("false"), fs::copy_options::recursive);
  std::string published = bytes("false/result/0.pb");
  published.back() = ' ';
  std::ofstream(at("false/result/0.pb"), std::ios::binary) << published;
  const Finished made = urna("data '" + at("false") + "' --out '" + at("lies") + "'");
  EXPECT_EQ(made.status, 7) << made.output;
  EXPECT_FALSE(fs::exists(at("lies")));
  EXPECT_FALSE(fs::exists(at("lies.partial")));
}

TEST_F(Publish, AFolderThatIsThereIsLeftAlone) {
  EXPECT_EQ(urna("data '" + at("record") + "' --out '" + at("data") + "'").status, 7);
}

TEST_F(Publish, TheProtocolIsTaggedAndHasItsLetters) {
  if (!installed("pdftotext")) GTEST_SKIP() << "poppler-utils are not installed";
  const Finished facts = run("pdfinfo '" + at("protocol/protocol-pl.pdf") + "'");
  EXPECT_NE(facts.output.find("Tagged:          yes"), std::string::npos) << facts.output;
  EXPECT_NE(facts.output.find("Protokół wyniku głosowania: Budżet obywatelski Jaworogrodu"),
            std::string::npos);
  const Finished structure = run("pdfinfo -struct '" + at("protocol/protocol-pl.pdf") + "'");
  for (const char* tag : {"Document", "H1", "H2", "Table", "TR", "TH", "TD", "Caption"})
    EXPECT_NE(structure.output.find(tag), std::string::npos) << tag;
  const std::string text =
      run("pdftotext -layout '" + at("protocol/protocol-pl.pdf") + "' -").output;
  for (const char* words :
       {"Śródmieście", "Zastąpione", "Powiernicy klucza", "Puli nie otwarto", "Jak to sprawdzić"})
    EXPECT_NE(text.find(words), std::string::npos) << words;
  const std::string english =
      run("pdftotext -layout '" + at("protocol/protocol-en.pdf") + "' -").output;
  EXPECT_NE(english.find("How to check this"), std::string::npos);
  const std::string pdf = bytes("protocol/protocol-pl.pdf");
  const Result<publish::PdfFile> file = publish::PdfFile::read(pdf);
  ASSERT_TRUE(file) << file.error().to_string();
  const std::string catalogue = file->object(file->root()).value();
  EXPECT_EQ(publish::entry_of(catalogue, "/Lang"), "(pl)");
}

TEST_F(Publish, TheProtocolIsTheSameEveryTime) {
  const Finished again = urna("protocol '" + at("record") + "' --out '" + at("again") + "'");
  ASSERT_EQ(again.status, 0) << again.output;
  for (const char* name : {"/protocol-pl.pdf", "/protocol-en.html"})
    EXPECT_EQ(sha256_hex(bytes("again" + std::string(name))),
              sha256_hex(bytes("protocol" + std::string(name))));
}

// Signatures of two officials, each with a key and a certificate of their own making.
class Signing : public Publish {
 protected:
  void SetUp() override {
    if (!installed("openssl") || !installed("pdfsig"))
      GTEST_SKIP() << "openssl or poppler-utils are not installed";
    for (const std::string& name : {std::string("nowak"), std::string("lis")}) {
      if (fs::exists(at(name + ".crt"))) continue;
      const Finished made =
          run("umask 077; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
              "-days 30 -subj '/CN=" +
              name + "' -keyout '" + at(name + ".pem") + "' -out '" + at(name + ".crt") + "'");
      ASSERT_EQ(made.status, 0) << made.output;
    }
    fs::copy_file(at("protocol/protocol-pl.pdf"), at("signed.pdf"),
                  fs::copy_options::overwrite_existing);
  }
  static Finished sign(const std::string& who, const std::string& name) {
    return urna("sign '" + at("signed.pdf") + "' --key '" + at(who + ".pem") + "' --certificate '" +
                at(who + ".crt") + "' --name '" + name + "' --reason 'przewodnicząca komisji'");
  }
  static std::string verdict(const std::string& file) {
    return run("pdfsig -nocert '" + at(file) + "'").output;
  }
  static std::size_t count_of(const std::string& text, const std::string& words) {
    std::size_t count = 0;
    for (std::size_t place = text.find(words); place != std::string::npos;
         place = text.find(words, place + 1))
      ++count;
    return count;
  }
};

TEST_F(Signing, TwoSignaturesHold) {
  ASSERT_EQ(sign("nowak", "Anna Nowak").status, 0);
  EXPECT_EQ(count_of(verdict("signed.pdf"), "Signature is Valid"), 1U) << verdict("signed.pdf");
  const Finished second = sign("lis", "Łucja Lis");
  ASSERT_EQ(second.status, 0) << second.output;
  const std::string told = verdict("signed.pdf");
  EXPECT_EQ(count_of(told, "Signature is Valid"), 2U) << told;
  EXPECT_EQ(count_of(told, "ETSI.CAdES.detached"), 2U) << told;
  EXPECT_EQ(count_of(told, "Total document signed"), 1U) << "the last one covers all";
  // What was signed is still there, byte for byte.
  EXPECT_TRUE(bytes("signed.pdf").starts_with(bytes("protocol/protocol-pl.pdf")));
  EXPECT_NE(run("pdfinfo '" + at("signed.pdf") + "'").output.find("Tagged:          yes"),
            std::string::npos);
}

TEST_F(Signing, AChangeAfterwardsIsSeen) {
  ASSERT_EQ(sign("nowak", "Anna Nowak").status, 0);
  std::string changed = bytes("signed.pdf");
  const std::size_t place = changed.find("/Title");
  ASSERT_NE(place, std::string::npos);
  changed[place + 12] = changed[place + 12] == '0' ? '1' : '0';
  std::ofstream(at("changed.pdf"), std::ios::binary) << changed;
  EXPECT_EQ(count_of(verdict("changed.pdf"), "Signature is Valid"), 0U);
}

TEST_F(Signing, AKeyOfAnotherCertificateOrForEveryonesEyesIsRefused) {
  const std::string words =
      "sign '" + at("signed.pdf") + "' --certificate '" + at("lis.crt") + "' --name X --key '";
  EXPECT_EQ(urna(words + at("nowak.pem") + "'").status, 2);
  fs::copy_file(at("lis.pem"), at("open.pem"), fs::copy_options::overwrite_existing);
  fs::permissions(at("open.pem"), fs::perms(0644));
  EXPECT_EQ(urna(words + at("open.pem") + "'").status, 7);
  EXPECT_EQ(bytes("signed.pdf"), bytes("protocol/protocol-pl.pdf")) << "nothing was written";
}

TEST_F(Signing, WhatIsNoProtocolIsRefused) {
  for (const std::string& content :
       {std::string("text"), std::string("%PDF-1.7\nstartxref\n9\n%%EOF\n"),
        bytes("protocol/protocol-pl.pdf").substr(0, 3000)}) {
    std::ofstream(at("signed.pdf"), std::ios::binary) << content;
    const Finished refused = sign("nowak", "Anna Nowak");
    EXPECT_TRUE(refused.status == 3 || refused.status == 5) << refused.output;
  }
}

}  // namespace
}  // namespace urna
