// SPDX-License-Identifier: EUPL-1.2
// The three renderings of one hand-made report.
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "base/atomic_file.h"
#include "base/sha256.h"
#include "report/html_assets.h"
#include "report/plain_text.h"
#include "test/unit/report_sample.h"

namespace urna::report {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(Text, FitsTheTerminalAndTellsTheResult) {
  const Sample sample = make_sample();
  for (const Language language : {Language::polish, Language::english}) {
    const std::string text = to_text(sample.report, language, false);
    for (const std::string& line : lines_of(text)) {
      // A digest is one word and may be longer than what is left of its line.
      EXPECT_LE(display_width(line), 100U) << line;
      for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
    }
    EXPECT_FALSE(contains(text, "{"));
  }
  const std::string polish = to_text(sample.report, Language::polish, false);
  EXPECT_TRUE(contains(polish, "Przykładowo, 2026, Stare Miasto"));
  EXPECT_TRUE(contains(polish, "7 z 19"));
  EXPECT_TRUE(contains(polish, "Ten remis zdecydował o wyniku"));
  EXPECT_TRUE(contains(polish, "poniżej progu 50"));
  EXPECT_TRUE(contains(polish, "nie do zmiany"));
  EXPECT_TRUE(contains(polish, "Brakująca kwota: 1\u202f500,50\u00a0zł."));
}

TEST(Text, WinnersComeFirstInOrderOfSelection) {
  Sample sample = make_sample();
  auto& winners = sample.report.main.outcome.winners;
  std::swap(winners[0], winners[6]);
  const std::string text = to_text(sample.report, Language::english, false);
  EXPECT_LT(text.find("✔ P7 "), text.find("✔ P2 "));
  EXPECT_LT(text.find("✔ P6 "), text.find("✔ P1 "));
  EXPECT_LT(text.find("✔ P1 "), text.find("– P8 "));
}

TEST(Text, ColourOnlyWhenAsked) {
  const Sample sample = make_sample();
  EXPECT_FALSE(contains(to_text(sample.report, Language::english, false), "\x1b"));
  EXPECT_TRUE(contains(to_text(sample.report, Language::english, true), "\x1b[32m✔"));
}

TEST(Text, NoTieIsSaidToo) {
  Sample sample = make_sample();
  sample.report.main.outcome.ties.clear();
  EXPECT_TRUE(contains(to_text(sample.report, Language::english, false), "There was no tie"));
  EXPECT_TRUE(contains(to_html(sample.report), "W tym liczeniu nie było żadnego remisu."));
}

TEST(Json, HoldsTheResultExactly) {
  const Sample sample = make_sample();
  const std::string text = to_json(sample.report);
  EXPECT_EQ(text.back(), '\n');
  EXPECT_TRUE(contains(text, "\"budget\":1234567.50,"));  // digits, not a binary fraction
  const boost::json::object root = boost::json::parse(text).as_object();
  EXPECT_EQ(root.at("instance").as_string(), "Przykładowo, 2026, Stare Miasto");
  EXPECT_EQ(root.at("file").as_string(), "Przykładowo_2026.pb");
  EXPECT_EQ(root.at("rule").as_string(), "greedy");
  EXPECT_EQ(root.at("declared_rule").as_string(), "greedy-threshold");
  EXPECT_EQ(root.at("options").as_object().at("threshold").as_string(), "50");
  EXPECT_EQ(root.at("vote_type").as_string(), "approval");
  EXPECT_EQ(root.at("winners").as_array().size(), sample_winners);
  EXPECT_EQ(root.at("winners").as_array().front().as_string(), "P1");
  EXPECT_EQ(root.at("money_per_voter").as_object().at("exact").as_string(), "100/3");
  EXPECT_EQ(root.at("money_per_voter").as_object().at("approx").as_string(), "33.333333");
  EXPECT_EQ(root.at("others").as_array().size(), 2U);
  EXPECT_EQ(root.at("announced").as_object().at("agrees").as_bool(), false);

  const boost::json::array& projects = root.at("projects").as_array();
  ASSERT_EQ(projects.size(), all_reasons.size());
  EXPECT_EQ(projects[1].as_object().at("name").as_string(), script_name);
  std::set<std::string> codes;
  for (const boost::json::value& project : projects) {
    const boost::json::object& reason = project.as_object().at("reason").as_object();
    codes.insert(std::string(reason.at("code").as_string()));
    EXPECT_FALSE(reason.at("text").as_object().at("pl").as_string().empty());
    EXPECT_FALSE(reason.at("text").as_object().at("en").as_string().empty());
  }
  EXPECT_EQ(codes.size(), all_reasons.size());
  EXPECT_TRUE(codes.contains("lost_supporters_money"));
  EXPECT_EQ(projects[0].as_object().at("margin").as_int64(), 3);
  EXPECT_TRUE(projects[0].as_object().at("margin_detail").as_object().at("exact").as_bool());
  EXPECT_TRUE(projects[15].as_object().at("margin").is_null());
  EXPECT_TRUE(projects[15].as_object().at("margin_detail").as_object().at("never").as_bool());
}

TEST(Json, TiesCarryTheirLots) {
  const Sample sample = make_sample();
  const boost::json::object root = boost::json::parse(to_json(sample.report)).as_object();
  const boost::json::array& ties = root.at("ties").as_array();
  ASSERT_EQ(ties.size(), 2U);
  const boost::json::object& ranking = ties[0].as_object();
  EXPECT_TRUE(ranking.at("chosen").is_null());
  EXPECT_TRUE(ranking.at("decisive").as_bool());
  EXPECT_EQ(ranking.at("resolved_by").as_string(), "draw:Jasny los 2026");
  EXPECT_EQ(ranking.at("lots").as_object().at("P8").as_string(),
            sha256_hex("urna tie draw v1\nJasny los 2026\nP8"));
  EXPECT_EQ(ties[1].as_object().at("chosen").as_string(), "P4");
}

TEST(Json, MissingMarginsAndAnnouncementAreNull) {
  Sample sample = make_sample();
  sample.report.main.margins = {};
  sample.report.main.announced.reset();
  const boost::json::object root = boost::json::parse(to_json(sample.report)).as_object();
  EXPECT_TRUE(root.at("announced").is_null());
  EXPECT_TRUE(root.at("projects").as_array()[0].as_object().at("margin_detail").is_null());
}

void collect_keys(const boost::json::value& value, std::set<std::string>& keys) {
  if (const auto* array = value.if_array()) {
    for (const boost::json::value& item : *array) collect_keys(item, keys);
  }
  if (const auto* object = value.if_object()) {
    for (const auto& [key, item] : *object) {
      keys.insert(key);
      // The keys in these two are names from outside: options and project ids.
      if (key != "options" && key != "lots") collect_keys(item, keys);
    }
  }
}

TEST(Json, EveryKeyAndReasonIsDocumented) {
  std::ifstream file(URNA_SOURCE_DIR "/docs/counting-json.md");
  ASSERT_TRUE(file.is_open());
  const std::string documentation{std::istreambuf_iterator<char>(file), {}};
  const boost::json::value root = boost::json::parse(to_json(make_sample().report));
  std::set<std::string> keys;
  collect_keys(root, keys);
  EXPECT_GT(keys.size(), 60U);
  for (const std::string& key : keys) {
    const bool shown =
        contains(documentation, "`" + key + "`") || contains(documentation, "\"" + key + "\"");
    EXPECT_TRUE(shown) << key;
  }
  for (const boost::json::value& project : root.as_object().at("projects").as_array()) {
    const boost::json::value& code = project.as_object().at("reason").as_object().at("code");
    EXPECT_TRUE(contains(documentation, "| `" + std::string(code.as_string()) + "` |"));
  }
}

TEST(Html, WhatAuthorsWriteStaysText) {
  const Sample sample = make_sample();
  const std::string page = to_html(sample.report);
  EXPECT_FALSE(contains(page, "<script>alert"));
  EXPECT_FALSE(contains(page, "<b>in</b>"));
  EXPECT_TRUE(
      contains(page, "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt; &quot;plac&quot;"));
  EXPECT_EQ(occurrences(page, "<script"), 1U);
  EXPECT_FALSE(contains(page, "\x1b"));
  EXPECT_FALSE(contains(page, "\u202E"));
  EXPECT_TRUE(contains(page, "Park [31m \uFFFDabc\uFFFD miejski"));
}

TEST(Html, AsksNobodyForAnything) {
  const std::string page = to_html(make_sample().report);
  EXPECT_FALSE(contains(page, "http:"));
  EXPECT_FALSE(contains(page, "https:"));
  EXPECT_FALSE(contains(page, " src="));
  EXPECT_FALSE(contains(page, "@import"));
  EXPECT_FALSE(contains(page, "url("));
  EXPECT_FALSE(contains(page, " style=\""));
  EXPECT_FALSE(contains(page, " onclick"));
}

TEST(Html, PolicyAdmitsExactlyItsOwnStyleAndScript) {
  const std::string page = to_html(make_sample().report);
  EXPECT_TRUE(contains(page, content_security_policy()));
  EXPECT_TRUE(contains(page, "<style>" + std::string(page_style()) + "</style>"));
  EXPECT_TRUE(contains(page, "<script>" + std::string(page_script()) + "</script>"));
  // 32 bytes are 44 base64 characters, the last of them padding.
  const std::string policy = content_security_policy();
  const std::size_t digest = policy.find("sha256-") + 7;
  EXPECT_EQ(policy.substr(digest + 43, 2), "='");
}

TEST(Html, BothLanguagesAreComplete) {
  const Sample sample = make_sample();
  const std::string page = to_html(sample.report);
  for (const ProjectIndex p : sample.instance->indices()) {
    for (const Language language : {Language::polish, Language::english}) {
      const std::string sentence =
          escape_html(explain(sample.report, sample.report.main, p, language));
      EXPECT_TRUE(contains(page, sentence)) << sentence;
    }
  }
  for (const char* section : {"decided", "ranking", "projects", "margins", "ties", "rules", "money",
                              "map", "fairness", "announced", "computed"}) {
    for (const char* language : {"pl", "en"}) {
      const std::string id = std::string(language) + "-" + section;
      EXPECT_EQ(occurrences(page, "<section id=\"" + id + "\""), 1U) << id;
    }
  }
}

TEST(Html, IdsAreUniqueAndLinksLead) {
  const std::string page = to_html(make_sample().report);
  std::map<std::string, int> ids;
  const std::string mark = " id=\"";
  for (std::size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    ++ids[page.substr(begin, page.find('"', begin) - begin)];
  }
  for (const auto& [id, times] : ids) EXPECT_EQ(times, 1) << id;
  const std::string link = "href=\"#";
  for (std::size_t at = page.find(link); at != std::string::npos; at = page.find(link, at + 1)) {
    const std::size_t begin = at + link.size();
    const std::string target = page.substr(begin, page.find('"', begin) - begin);
    EXPECT_TRUE(ids.contains(target)) << target;
  }
}

TEST(Html, EveryTieIsListedWithItsLots) {
  const Sample sample = make_sample();
  const std::string page = to_html(sample.report);
  EXPECT_EQ(occurrences(page, "class=\"tie decisive\""), 2U);  // one tie, two languages
  EXPECT_EQ(occurrences(page, "class=\"tie\""), 2U);
  EXPECT_TRUE(contains(page, count::draw_lot("Jasny los 2026", "P8")));
  EXPECT_TRUE(contains(page, count::draw_commitment("Jasny los 2026")));
}

TEST(Html, LeavesOutWhatItDoesNotKnow) {
  Sample sample = make_sample();
  sample.report.others.clear();
  sample.report.main.margins = {};
  sample.report.main.announced.reset();
  sample.report.main.analysis = {};
  for (const ProjectIndex p : sample.instance->indices()) {
    sample.instance->projects[p].latitude.reset();
  }
  const std::string page = to_html(sample.report);
  for (const char* section : {"rules", "money", "map", "fairness", "announced"}) {
    EXPECT_FALSE(contains(page, "#pl-" + std::string(section) + "\"")) << section;
    EXPECT_FALSE(contains(page, "id=\"pl-" + std::string(section) + "\"")) << section;
  }
  EXPECT_TRUE(contains(page, "zapasów nie obliczono"));
}

TEST(Html, NamesakesAreToldApartByWhatDiffers) {
  Sample sample = make_sample();
  sample.report.others[1].name = "equal-shares";
  sample.report.others[0].options = {{"completion", "add1"}, {"add1-step", "1"}};
  sample.report.others[1].options = {{"completion", "none"}};
  const std::string page = to_html(sample.report);
  EXPECT_TRUE(contains(page, ">Method of Equal Shares – with increases (Add1)<"));
  EXPECT_TRUE(contains(page, ">Method of Equal Shares – without completion<"));
  sample.report.others[1].options = {{"completion", "add1"}, {"add1-step", "2"}};
  EXPECT_TRUE(contains(to_html(sample.report), ">Method of Equal Shares – add1-step 2<"));
}

TEST(Html, AMarginThatSaysNothingIsNotDrawn) {
  Sample sample = make_sample();
  for (const ProjectIndex p : sample.instance->indices()) sample.report.main.margins[p] = {};
  const std::string page = to_html(sample.report);
  EXPECT_TRUE(contains(page, "For this rule it is not known how many ballots"));
  EXPECT_FALSE(contains(page, "at least 1\u00a0ballot"));
}

TEST(Html, AnEmptyResultIsToldAsOne) {
  Sample sample = make_sample();
  sample.report.main.outcome.winners.clear();
  sample.report.main.outcome.total_cost = Money{};
  sample.instance->budget = Money{};
  const std::string page = to_html(sample.report);
  EXPECT_TRUE(contains(page, "Nie wybrano żadnego projektu."));
}

// The browser tests can be pointed at this page: URNA_REPORT_SAMPLE names the file to write.
TEST(Html, SampleForTheBrowser) {
  const char* path = std::getenv("URNA_REPORT_SAMPLE");
  if (path == nullptr) GTEST_SKIP() << "URNA_REPORT_SAMPLE is not set";
  EXPECT_TRUE(write_file_atomically(path, to_html(make_sample().report)).ok());
}

}  // namespace
}  // namespace urna::report
