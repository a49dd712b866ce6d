// SPDX-License-Identifier: EUPL-1.2
// From a record to a transparency report, a dossier, an answer and a statement, by the program; a
// number of somebody's stops each; and the breach desk for what is out already (story A15).
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/sha256.h"
#include "screening/programs.h"

namespace urna {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using screening::ProgramRun;
using screening::ReadingRoom;

class AnswersCommand : public testing::Test {
 protected:
  void SetUp() override {
    Result<ReadingRoom> made = ReadingRoom::make();
    ASSERT_TRUE(made);
    room_.emplace(*std::move(made));
  }
  [[nodiscard]] std::string at(const std::string& name) const { return room_->path() + "/" + name; }
  [[nodiscard]] ProgramRun urna(std::vector<std::string> words) const {
    words.insert(words.begin(), URNA_PROGRAM);
    const Result<ProgramRun> run = screening::run_program(*room_, words, 120, 1 << 24);
    EXPECT_TRUE(run) << (run ? "" : run.error().to_string());
    return run ? *run : ProgramRun{-1, ""};
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(at(name), std::ios::binary) << text;
  }
  [[nodiscard]] std::string get(const std::string& name) const {
    const Result<std::string> bytes = read_file(at(name), 1 << 24);
    EXPECT_TRUE(bytes) << name;
    return bytes ? *bytes : "";
  }
  std::optional<ReadingRoom> room_;
};

TEST_F(AnswersCommand, FromARecordToAnswers) {
  std::string votes;
  for (int i = 0; i < 30; ++i) votes += std::to_string(i) + ";" + (i % 3 == 0 ? "1" : "1,2") + "\n";
  put("town.pb",
      "META\nkey;value\ndescription;Town\ncountry;Poland\nunit;Town\ninstance;2026\nnum_projects;"
      "2\n"
      "num_votes;30\nbudget;1000\nvote_type;approval\nrule;greedy\nmin_length;1\nmax_length;2\n"
      "PROJECTS\nproject_id;cost;votes;name\n1;500;30;Bench\n2;500;20;Trees\nVOTES\nvoter_id;"
      "vote\n" +
          votes);
  ASSERT_EQ(urna({"rehearse", at("town.pb"), "--out", at("record"), "--quiet"}).status, 0);
  const std::string edition = sha256_hex(get("record/manifest.cbor"));
  put("registrar.json",
      R"({"statistics":"registrar","edition":")" + edition +
          R"(","days":[{"day":"2026-10-01","counts":{"refused.level":40,)"
          R"("refused.guardian":3,"refused.not-on-roll":20,"sent.code.sms":55}}]})");
  // As the program itself writes them.
  put("events.jsonl", urna({"signals", "invent", "clerk-with-sims", "--seed", "7"}).output);
  put("signals.json", urna({"signals", "find", at("events.jsonl"), "--json"}).output);
  const ProgramRun made = urna({"answers", "transparency", at("record"), "--registrar",
                                at("registrar.json"), "--signals", at("signals.json"), "--told",
                                at("told.json"), "--out", at("report"), "--json"});
  ASSERT_EQ(made.status, 0) << made.output;
  const json::value report = json::parse(get("report/transparency.json"));
  std::map<std::string, json::value> figures;
  for (const json::value& one : report.at("figures").as_array())
    figures[std::string(one.at("id").as_string())] = one.at("value");
  // The record's numbers are those of urna verify.
  const json::value verdict = json::parse(urna({"verify", at("record"), "--json"}).output);
  EXPECT_EQ(figures.at("record.ballots").to_number<int>(), verdict.at("ballots").to_number<int>());
  EXPECT_EQ(figures.at("record.annulled").to_number<int>(),
            verdict.at("annulled").to_number<int>());
  EXPECT_EQ(figures.at("registrar.sent.code.sms").to_number<int>(), 55);
  EXPECT_TRUE(figures.at("registrar.refused.guardian").is_null());
  const json::value found = json::parse(get("signals.json"));
  std::size_t signals = 0;
  for (const json::value& cluster : found.at("clusters").as_array())
    signals += cluster.at("signals").as_array().size();
  ASSERT_GT(signals, 1U);
  EXPECT_EQ(figures.at("signals").to_number<std::size_t>(), signals);
  EXPECT_EQ(figures.at("clusters").to_number<std::size_t>(),
            found.at("clusters").as_array().size());
  EXPECT_EQ(figures.at("signals.few-contacts").to_number<int>(), 1);
  // Each source is the file that it says.
  for (const json::value& source : report.at("sources").as_array()) {
    const std::string name(source.at("name").as_string());
    EXPECT_EQ(source.at("sha256").as_string(),
              sha256_hex(get(name == "checkpoint" ? "record/checkpoint" : name)));
  }
  EXPECT_NE(get("report/transparency-pl.html").find("<svg"), std::string::npos);
  for (const char* name : {"dossier", "press"}) {
    EXPECT_EQ(urna({"answers", name, at("report/transparency.json"), "--out", at(name)}).status, 0);
    EXPECT_TRUE(fs::exists(at(std::string(name) + "/" + name + "-pl.pdf")));
  }
  const auto answer = [&](const std::string& subject, const std::string& out) {
    return urna({"answers", "interpellation", at("report/transparency.json"), "--subject", subject,
                 "--received", "2026-11-16", "--out", at(out)});
  };
  EXPECT_EQ(answer("Ballots of one unit", "answer").status, 0);
  // Fourteen days, the day itself not counted: from midnight in Warsaw it is too late.
  EXPECT_NE(get("answer/interpellation-en.html").find("2026-11-30T23:00:00Z"), std::string::npos);
  EXPECT_EQ(answer("Ballots of 501 234 567", "bad").status, 7);
  EXPECT_FALSE(fs::exists(at("bad")));

  // A record that was changed is told nothing of.
  std::ofstream(at("record/roll.cbor"), std::ios::binary | std::ios::app) << "x";
  EXPECT_NE(urna({"answers", "transparency", at("record"), "--out", at("no")}).status, 0);
  EXPECT_FALSE(fs::exists(at("no")));
}

TEST_F(AnswersCommand, ATableIsCheckedAndMadeSafe) {
  const std::string head =
      R"({"what":"ballots","dimensions":[{"name":"sex","categories":["F","M"]},{"name":"pool","categories":["a","b"]}],"tables":[{"title":"t","cells":[)";
  const auto cell = [](const std::string& sex, const std::string& pool, const std::string& count) {
    return R"({"at":[")" + sex + R"(",")" + pool + R"("],"count":)" + count +
           (sex == "*" ? R"(,"exact":true})" : "}");
  };
  const auto table = [&](const std::string& small) {
    return head + cell("F", "a", small) + "," + cell("M", "a", "40") + "," + cell("F", "b", "30") +
           "," + cell("M", "b", "50") + "," + cell("*", "a", "44") + "," + cell("*", "b", "80") +
           "]}]}";
  };
  put("by-hand.json", table("null"));
  put("counts.json", table("4"));
  const ProgramRun refused = urna({"answers", "check-table", at("by-hand.json")});
  EXPECT_EQ(refused.status, 1) << refused.output;
  EXPECT_NE(refused.output.find("F, a: can be worked out"), std::string::npos) << refused.output;
  ASSERT_EQ(urna({"answers", "safe-table", at("counts.json"), "--releases", at("told.json"),
                  "--out", at("safe.json")})
                .status,
            0);
  EXPECT_EQ(urna({"answers", "check-table", at("safe.json")}).status, 0);
  // The same table with less hidden, after the safe one was told.
  EXPECT_EQ(
      urna({"answers", "check-table", at("by-hand.json"), "--releases", at("told.json")}).status,
      1);
}

TEST_F(AnswersCommand, ABreachIsRecordedAndFiled) {
  const ProgramRun made =
      urna({"edition", "keygen", "--role", "board", "--name", "breach.town.example", "--out",
            at("breach.key"), "--no-passphrase", "--json"});
  ASSERT_EQ(made.status, 0) << made.output;
  const auto breach = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"breach"});
    words.insert(words.end(), {"--key", at("breach.key"), "--by", "a.nowak", "--json"});
    return urna(words);
  };
  const std::string log = at("scans.breach");
  ASSERT_EQ(breach({"open", log, "--name", "Scans", "--controller", "City", "--controller",
                    "Welfare centre"})
                .status,
            0);
  EXPECT_NE(breach({"open", log, "--name", "Scans", "--controller", "City"}).status, 0);
  EXPECT_EQ(
      breach({"add", log, "--item", "nature", "--text", "Lists of Jan, tel. 501 234 567"}).status,
      7);
  EXPECT_EQ(breach({"add", log, "--item", "nature", "--text", "Scans of support lists"}).status, 0);
  EXPECT_EQ(breach({"file", log, "--controller", "City", "--complete"}).status, 7);
  EXPECT_EQ(breach({"letter", log, "--controller", "City", "--out", at("letter.txt")}).status, 7);
  EXPECT_FALSE(fs::exists(at("letter.txt")));
  const ProgramRun filed = breach({"file", log, "--controller", "City"});
  ASSERT_EQ(filed.status, 0);
  const json::value state = json::parse(filed.output);
  EXPECT_EQ(state.at("not_filed"), json::array{"Welfare centre"});
  EXPECT_EQ(state.at("filings").as_array().size(), 1U);
}

}  // namespace
}  // namespace urna
