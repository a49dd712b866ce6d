// SPDX-License-Identifier: EUPL-1.2
// The configuration of an edition: every field has its effect, and what is unknown, missing or of
// another form is refused with its name.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/date.h"
#include "base/sha256.h"
#include "election/ceremony.h"
#include "tally/card.h"
#include "tally/edition_config.h"

namespace urna::tally {
namespace {

namespace fs = std::filesystem;

class Configuration : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "urna-config-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    for (const char* trustee : {"A", "B"})
      write(std::string(trustee) + ".card",
            encode_card(election::make_card(trustee, election::TrusteeKeys::random())));
    write("p.pb",
          "META\nkey;value\ndescription;P\ncountry;Poland\nunit;Town\ninstance;2026\n"
          "num_projects;2\nnum_votes;0\nbudget;1000\nvote_type;approval\nrule;greedy\n"
          "PROJECTS\nproject_id;cost;name\n1;600;Park\n2;500;Pool\nVOTES\nvoter_id;vote\n");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  static Result<std::string> make(KeyRole role, const std::string& name, const std::string&) {
    return public_text(make_key(role, name).value());
  }
  [[nodiscard]] Result<ConfiguredEdition> read(const std::string& json,
                                               const MakeKey& make_key = make) const {
    return configure_edition(json, folder_.string(), make_key);
  }

  static inline const std::string written_pool =
      R"({"id":"w","title":"Written","ballot":{"form":"points","fewest":1,"most":2,)"
      R"("points_each":[1,5],"points_in_all":[0,8],"knapsack":"900.50","blank_valid":true},)"
      R"("counting":{"rule":"greedy","options":{"rank":"points"}},"money":1000,)"
      R"("projects":[{"id":"a","cost":"1.50","name":"Arch"},{"id":"b","cost":20,"name":"Bench"}],)"
      R"("meta":{"description":"W","country":"Poland","unit":"Town","instance":"2026",)"
      R"("vote_type":"scoring","rule":"greedy"}})";
  static inline const std::string good =
      R"({"edition":"e","title":"T","resolution":"R","opens":"2026-09-01T08:00:00Z",)"
      R"("closes":1790000000,"repeated_ballots":"first","lowest_level":3,"ties":"cost-desc",)"
      R"("privacy_minimum":7,"pools":[{"id":"p","file":"p.pb","title":"Other"},)" +
      written_pool +
      R"(],"groups":[{"name":"g","pools":["w","p"],"most":1}],)"
      R"("trustees":{"threshold":2,"cards":["A.card","B.card"]},)"
      R"("board":{"origin":"town.example.org","witnesses":["w1"],"cosignatures":1}})";

  fs::path folder_;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t place = text.find(what);
  EXPECT_NE(place, std::string::npos) << what;
  return text.replace(place, what.size(), by);
}

TEST_F(Configuration, EveryFieldHasItsEffect) {
  const Result<ConfiguredEdition> read_edition = read(good);
  ASSERT_TRUE(read_edition) << read_edition.error().to_string();
  const election::Manifest& manifest = read_edition->manifest;
  EXPECT_EQ(manifest.edition, "e");
  EXPECT_EQ(manifest.title, "T");
  EXPECT_EQ(manifest.resolution, "R");
  EXPECT_EQ(manifest.opens, 1'788'249'600U);
  EXPECT_EQ(manifest.closes, 1'790'000'000U);
  EXPECT_EQ(manifest.repeats, election::RepeatPolicy::first);
  EXPECT_EQ(manifest.lowest_level, 3);
  EXPECT_EQ(manifest.ties, count::TieKind::cost_desc);
  EXPECT_EQ(manifest.privacy_minimum, 7U);
  ASSERT_EQ(manifest.pools.size(), 2U);
  EXPECT_EQ(manifest.pools[0].title, "Other") << "a field beside a file goes before the file";
  EXPECT_EQ(manifest.pools[0].projects.size(), 2U);
  const election::Pool& written = manifest.pools[1];
  EXPECT_EQ(written.ballot_rule.form, election::BallotForm::points);
  EXPECT_EQ(written.ballot_rule.points->each_most, 5U);
  EXPECT_EQ(written.ballot_rule.points->sum_most, 8U);
  EXPECT_EQ(written.ballot_rule.knapsack->grosze, 90'050);
  EXPECT_TRUE(written.ballot_rule.blank_valid);
  EXPECT_EQ(written.counting.rule, "greedy");
  EXPECT_EQ(written.counting.options, (std::vector<election::TextPair>{{"rank", "points"}}));
  EXPECT_EQ(written.projects[0].cost.grosze, 150);
  EXPECT_EQ(written.projects[1].cost.grosze, 2'000);
  ASSERT_EQ(manifest.groups.size(), 1U);
  EXPECT_EQ(manifest.groups[0].pools, (std::vector<election::PoolNumber>{{0}, {1}}));
  EXPECT_EQ(manifest.threshold, 2);
  EXPECT_EQ(manifest.trustees[1].name, "B");
  EXPECT_EQ(manifest.officials.size(), 2U);
  EXPECT_EQ(manifest.board.origin, "town.example.org");
  EXPECT_EQ(manifest.board.witnesses.at(0).name, "w1");
  EXPECT_EQ(manifest.board.cosignatures, 1U);
}

TEST_F(Configuration, KeysMustBeGivenUnlessTheyAreMade) {
  const Result<ConfiguredEdition> missing = read(good, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().place.field, "registrar");
  EXPECT_NE(missing.error().message.find("--make-keys"), std::string::npos);

  const auto text = [](KeyRole role, const char* name) {
    return "\"" + public_text(make_key(role, name).value()).value() + "\"";
  };
  std::string all = replaced(good, "\"witnesses\":[\"w1\"]",
                             "\"key\":" + text(KeyRole::board, "town.example.org") +
                                 ",\"witnesses\":[" + text(KeyRole::witness, "w1") + "]");
  all = replaced(all, "\"trustees\":",
                 "\"registrar\":" + text(KeyRole::registrar, "r") + ",\"officials\":[" +
                     text(KeyRole::official, "a") + "," + text(KeyRole::official, "b") +
                     "],\"trustees\":");
  const Result<ConfiguredEdition> given = read(all, {});
  EXPECT_TRUE(given) << given.error().to_string();
}

TEST_F(Configuration, WhatIsWrongIsRefusedWithItsName) {
  const std::vector<std::array<std::string, 3>> cases = {
      {R"("title":"T")", R"("title":"T","tittle":"x")", "\"tittle\" is not known"},
      {R"("title":"T",)", "", "\"title\" is missing"},
      {R"("title":"T")", R"("title":7)", "title: expected a text"},
      {R"("title":"T")", R"("title":"T","title":"U")", "\"title\" stands twice"},
      {R"("title":"T")", R"("title":"T","t\u0069tle":"U")", "\"title\" stands twice"},
      {R"("opens":"2026-09-01T08:00:00Z")", R"("opens":"2026-09-01")", "opens: expected a time"},
      {R"("first")", R"("second")", "repeated_ballots: expected one of: last, first, void"},
      {R"("lowest_level":3)", R"("lowest_level":-3)", "lowest_level"},
      {R"("lowest_level":3)", R"("lowest_level":300)", "lowest_level: the number is out of range"},
      {R"("lowest_level":3)", R"("lowest_level":2.5)", "lowest_level: expected a whole number"},
      {R"("cost-desc")", R"("file")", "ties: expected one of"},
      {R"("file":"p.pb")", R"("file":"q.pb")", "q.pb"},
      {R"("id":"p")", R"("id":"p","projects":[])", "pools[0]: the field \"projects\" is not known"},
      {R"("points_each":[1,5])", R"("points_each":[1])", "pools[1].ballot.points_each"},
      {R"("knapsack":"900.50")", R"("knapsack":"9.999")", "pools[1].ballot.knapsack"},
      {R"("rank":"points")", R"("rank":1)", "pools[1].counting.options.rank: expected a text"},
      {R"("blank_valid":true)", R"("blank_valid":1)", "blank_valid: expected true or false"},
      {R"("cost":20)", R"("cost":-20)", "pools[1].projects[1].cost"},
      {R"(["w","p"])", R"(["w","q"])", "groups[0].pools[1]: expected the id of a pool"},
      {R"("A.card")", R"("C.card")", "C.card"},
      {R"("A.card")", R"("p.pb")", "p.pb"},
      {R"("w1")", R"("w 1")", "board.witnesses[0]: expected a witness's key"},
      {R"("cosignatures":1)", R"("cosignatures":2)", "cosign"},
      {R"("threshold":2)", R"("threshold":3)", "more trustees are needed than there are"},
      {R"({"edition")", R"([{"edition")", "not JSON"},
      {R"("e")", R"("")", ""},
  };
  for (const auto& [what, by, message] : cases) {
    const Result<ConfiguredEdition> refused = read(replaced(good, what, by));
    ASSERT_FALSE(refused) << by;
    EXPECT_NE(refused.error().to_string().find(message), std::string::npos)
        << by << ": " << refused.error().to_string();
  }
  for (const char* form : {"", "[]", "7", "null", "\"text\""}) EXPECT_FALSE(read(form)) << form;
}

TEST_F(Configuration, EveryPoolNamesThePresentationByItsHash) {
  const std::string story =
      R"({"version":1,"city":{"pl":"Town"},"districts":null,"projects":[{"pool":"p","id":"2"}]})";
  const std::string with =
      replaced(good, "\"trustees\":", "\"presentation\":\"s.json\",\"trustees\":");
  write("s.json", story);
  const Result<ConfiguredEdition> edition = read(with);
  ASSERT_TRUE(edition) << edition.error().to_string();
  for (const election::Pool& pool : edition->manifest.pools) {
    EXPECT_EQ(pool.meta.back(), (election::TextPair{"presentation_sha256", sha256_hex(story)}))
        << pool.id;
  }
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
           {"\"id\":\"2\"", "\"id\":\"3\""}, {"\"pool\":\"p\"", "\"pool\":\"q\""}, {"}]}", "}"}}) {
    write("s.json", replaced(story, what, by));
    const Result<ConfiguredEdition> refused = read(with);
    ASSERT_FALSE(refused) << by;
    EXPECT_NE(refused.error().place.file.find("s.json"), std::string::npos);
  }
  fs::remove(folder_ / "s.json");
  EXPECT_FALSE(read(with));
}

TEST_F(Configuration, EveryPoolNamesTheSiteByTheHashOfItsList) {
  const std::string hash = sha256_hex("the list");
  // A line of an earlier edition does not stay, neither with another site nor without any.
  const std::string old = replaced(good, "\"meta\":{", "\"meta\":{\"site_sha256\":\"old\",");
  const std::string with =
      replaced(old, "\"trustees\":", "\"site_sha256\":\"" + hash + "\",\"trustees\":");
  const Result<ConfiguredEdition> edition = read(with);
  ASSERT_TRUE(edition) << edition.error().to_string();
  for (const election::Pool& pool : edition->manifest.pools) {
    EXPECT_EQ(pool.meta.back(), (election::TextPair{"site_sha256", hash})) << pool.id;
    EXPECT_EQ(std::ranges::count(pool.meta, "site_sha256", &election::TextPair::key), 1);
  }
  const Result<ConfiguredEdition> without = read(old);
  ASSERT_TRUE(without);
  for (const election::Pool& pool : without->manifest.pools)
    EXPECT_EQ(std::ranges::count(pool.meta, "site_sha256", &election::TextPair::key), 0);
  for (const char* bad : {"12", "no hash"}) {
    const Result<ConfiguredEdition> refused = read(replaced(with, hash, bad));
    ASSERT_FALSE(refused) << bad;
    EXPECT_NE(refused.error().to_string().find("site_sha256"), std::string::npos);
  }
}

TEST(Times, AreReadAndWritten) {
  for (const auto& [text, seconds] : std::vector<std::pair<std::string, std::uint64_t>>{
           {"1970-01-01T00:00:00Z", 0},
           {"2026-09-01T08:00:00Z", 1'788'249'600},
           {"2024-02-29T23:59:59Z", 1'709'251'199}}) {
    EXPECT_EQ(parse_time(text).value(), seconds);
    EXPECT_EQ(to_iso_moment(seconds), text);
  }
  for (const char* wrong :
       {"", "2026-09-01", "2026-09-01T08:00:00", "2026-09-01 08:00:00Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-09-01T24:00:00Z", "2026-09-01T08:60:00Z",
        "1969-12-31T23:59:59Z", "2026-09-01T08:00:0xZ", "2026-09-01T08:00:00Z "})
    EXPECT_FALSE(parse_time(wrong)) << wrong;
}

}  // namespace
}  // namespace urna::tally
