// SPDX-License-Identifier: EUPL-1.2
// `urna check` on whole files: places, totals, ties, cut and spoiled files, published votes.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "count/pabulib/check/check.h"
#include "test/unit/pabulib_check_files.h"

namespace urna::count::pabulib::check {
namespace {

TEST(PabulibCheckBehaviour, MoreProjectsThanCanBeCountedAreLeftOut) {
  std::string text(approval.substr(0, approval.find("p1;60;3")));
  text = edited(text, {{"num_projects;3", "num_projects;65537"}});
  for (int i = 0; i < 65'537; ++i)
    text += "p" + std::to_string(i) + ";60;" + (i < 3 ? "1" : "0") + ";x;;0;;;\n";
  text += "VOTES\nvoter_id;vote;age;sex;voting_method\n1;p0,p1;;;paper\n2;p2;;;paper\n";
  const CheckReport report = check_text_of(text);
  EXPECT_EQ(report.projects, 65'537U);
  EXPECT_EQ(report.count(Code::too_many_projects), 1U);
  EXPECT_EQ(report.count(Code::unknown_project), 0U);
}

TEST(PabulibCheckBehaviour, CodesAreWellNamedAndDocumented) {
  std::ifstream file(std::string(URNA_SOURCE_DIR) + "/docs/check.md");
  const std::string document((std::istreambuf_iterator<char>(file)),
                             std::istreambuf_iterator<char>());
  std::set<std::string_view> seen;
  for (const CodeInfo& code : all_codes()) {
    EXPECT_TRUE(seen.insert(code.name).second) << code.name;
    EXPECT_EQ(code.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
              std::string_view::npos)
        << code.name;
    const std::string row = "| `" + std::string(code.name) + "` | " +
                            std::string(to_string(code.level)) + " | " + std::string(code.meaning) +
                            " | " + std::string(code.remedy) + " |";
    EXPECT_NE(document.find(row), std::string::npos) << "docs/check.md lacks the row\n" << row;
  }
}

TEST(PabulibCheckBehaviour, PlacesAreExactInsideLists) {
  const std::string text = edited(approval, {{"anna;p1,p2", "\"an\"\"na\";\"p1,zz\""}});
  const CheckReport report = check_text_of(text);
  const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [](const Finding& f) { return f.code == Code::unknown_project; });
  ASSERT_NE(found, report.findings.end());
  EXPECT_EQ(found->line, line_of(text, "zz"));
  EXPECT_EQ(found->column, 14U);  // "an""na";"p1,zz: the z
  EXPECT_EQ(found->field, "vote");
}

TEST(PabulibCheckBehaviour, TheWholeFileIsChecked) {
  const std::string text = edited(
      approval, {{"country;Poland", "country;Nowhere"}, {"p2;50", "p2;x"}, {"70;O", "70;Q"}});
  EXPECT_EQ(names(check_text_of(text)),
            (std::set<std::string_view>{"unknown-country", "not-a-number", "invalid-sex"}));
}

TEST(PabulibCheckBehaviour, ManyFaultsOfAKindAreCountedAndTheFirstAreKept) {
  std::string text = edited(approval, {{"num_votes;4", "num_votes;104"}});
  for (int i = 0; i < 100; ++i) text += "v" + std::to_string(i) + ";p9;200;X;paper;\n";
  const CheckReport bounded = check_text_of(text, {.places_max = 7});
  EXPECT_EQ(bounded.findings.size(), 21U);
  EXPECT_EQ(bounded.count(Code::unknown_project), 100U);
  EXPECT_EQ(bounded.count(Level::error), 200U);
  EXPECT_EQ(bounded.count(Level::warning), 100U);
  EXPECT_EQ(check_text_of(text, {.places_max = std::nullopt}).findings.size(), 300U);
  EXPECT_TRUE(std::is_sorted(bounded.findings.begin(), bounded.findings.end(),
                             [](const auto& a, const auto& b) { return a.line < b.line; }));
}

TEST(PabulibCheckBehaviour, AnAnnouncementThatATieAllowsIsAccepted) {
  // p2 and p3 are equal and only one of them fits after p1.
  const Edits tie = {{"dana;p3", "dana;p3,p1"}, {"cora;p1;", "cora;p3;"}};
  for (const bool second_wins : {true, false}) {
    Edits edits = tie;
    edits.push_back({"budget;100", "budget;110"});
    if (second_wins) {
      edits.push_back({"water;0", "water;1"});
      edits.push_back({"Bench;;1", "Bench;;0"});
    }
    edits.push_back({"p3;40;1", "p3;40;2"});
    const CheckReport report = check_text_of(edited(approval, edits));
    EXPECT_EQ(names(report), std::set<std::string_view>{"tie-decides"}) << second_wins;
  }
}

TEST(PabulibCheckBehaviour, PoznanFundsTheLastProjectAt80Percent) {
  const Edits poznan = {{"rule;greedy", "rule;greedy-custom"},
                        {"unit;Toruń", "unit;Poznań"},
                        {"currency;PLN\n", "currency;PLN\ncomment;#1: the 80% rule applies\n"},
                        {"water;0", "water;2"},
                        {"Bench;;1", "Bench;;0"}};
  EXPECT_EQ(names(check_text_of(edited(approval, poznan))),
            std::set<std::string_view>{"unused-budget-perhaps"});
  // 3 marks the next project of the ranking, funded later from more money.
  Edits later = poznan;
  later.back().second = "Bench;;3";
  EXPECT_EQ(names(check_text_of(edited(approval, later))), std::set<std::string_view>{});
  // The second project is not left out in favour of the third.
  Edits wrong = poznan;
  wrong[3].second = "water;0";
  wrong[4].second = "Bench;;2";
  EXPECT_EQ(names(check_text_of(edited(approval, wrong))),
            (std::set<std::string_view>{"rule-not-followed", "rule-perhaps-not-followed"}));
}

// Points of both signs under Equal Shares: whatever the rule makes of them, the check ends.
TEST(PabulibCheckBehaviour, NegativePointsDoNotStopEqualShares) {
  const std::string text = edited(cumulative, {{"cumulative", "scoring"},
                                               {"rule;greedy-no-skip", "rule;equalshares/add1"},
                                               {"min_points;1", "min_points;-9"},
                                               {"min_sum_points;5\n", ""},
                                               {"1;A,B;6,4", "1;A,B;6,-4"},
                                               {"B;50;1;4", "B;50;1;-4"}});
  const CheckReport report = check_text_of(text);
  EXPECT_TRUE(report.complete);
  for (const Finding& finding : report.findings) {
    EXPECT_TRUE(finding.code == Code::rule_not_followed || finding.code == Code::rule_not_checked)
        << finding.message;
  }
}

TEST(PabulibCheckBehaviour, NoPrefixOfAFileStopsIt) {
  for (const std::string_view file : {approval, cumulative, ordinal, equal_shares_file}) {
    const std::size_t header = file.find("voter_id");
    const std::size_t last_row = file.rfind('\n', file.size() - 2) + 1;
    for (std::size_t length = 0; length < file.size(); ++length) {
      const CheckReport report = check_text_of(file.substr(0, length));
      EXPECT_EQ(report.complete, length > header) << length;
      // A cut shows in the number of votes, or at least by the missing line end.
      EXPECT_FALSE(report.findings.empty()) << length;
      if (length <= last_row) {
        EXPECT_GT(report.count(Level::error), 0U) << length;
      }
    }
  }
}

TEST(PabulibCheckBehaviour, NoSingleByteStopsIt) {
  for (const std::string_view file : {approval, cumulative, ordinal, equal_shares_file}) {
    for (std::size_t at = 0; at < file.size(); ++at) {
      for (const char byte :
           {'\0', ';', '"', '\n', '\r', ',', '-', '0', '9', ' ', '\xFF', '\xC3'}) {
        std::string text(file);
        text[at] = byte;
        const CheckReport report = check_text_of(text);
        EXPECT_LE(report.votes, 10U);
      }
    }
  }
}

TEST(PabulibCheckBehaviour, TheSizeOfReadsMakesNoDifference) {
  const std::string text =
      edited(approval, {{"small", "sm\xE2\x82ll€"}, {"Bench", std::string("B\0ęnch", 7)}});
  const CheckReport whole = check_text_of(text);
  ASSERT_GT(whole.findings.size(), 1U);
  for (std::size_t size = 1; size < 9; ++size) {
    std::size_t at = 0;
    const ByteSource pieces = [&](std::span<char> buffer) -> Result<std::size_t> {
      const std::size_t count = std::min({size, buffer.size(), text.size() - at});
      std::copy_n(text.data() + at, count, buffer.data());
      at += count;
      return count;
    };
    Result<CheckReport> report = check_file(pieces, "test.pb");
    ASSERT_TRUE(report.ok());
    ASSERT_EQ(report->findings.size(), whole.findings.size());
    for (std::size_t i = 0; i < whole.findings.size(); ++i) {
      EXPECT_EQ(report->findings[i].code, whole.findings[i].code);
      EXPECT_EQ(report->findings[i].line, whole.findings[i].line);
      EXPECT_EQ(report->findings[i].column, whole.findings[i].column);
    }
  }
}

TEST(PabulibCheckBehaviour, AFailingSourceIsAnErrorNotAFinding) {
  const ByteSource broken = [](std::span<char>) -> Result<std::size_t> {
    return Error{ErrorCode::io, "the disk is gone", {}, {}};
  };
  const Result<CheckReport> report = check_file(broken, "test.pb");
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::io);
}

// Published files have few faults, all of kinds that have been looked at one by one.
TEST(PabulibCheckData, PublishedFilesAreNearlyFreeOfErrors) {
  const char* set = std::getenv("URNA_DATA");
  const std::filesystem::path folder =
      std::filesystem::path(set != nullptr ? set : URNA_SOURCE_DIR "/../shared/data") / "pabulib";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no published votes at " << folder;
  const std::set<Code> known{Code::list_space, Code::repeated_project, Code::surrounding_space,
                             Code::rule_not_followed};
  std::size_t files = 0, with_errors = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".pb") continue;
    ++files;
    Result<ByteSource> source = open_bytes(entry.path().string());
    ASSERT_TRUE(source.ok());
    const Result<CheckReport> report = check_file(*source, entry.path().string());
    ASSERT_TRUE(report.ok());
    EXPECT_TRUE(report->complete);
    if (report->count(Level::error) > 0) ++with_errors;
    for (const Finding& finding : report->findings) {
      EXPECT_TRUE(info(finding.code).level != Level::error || known.contains(finding.code))
          << entry.path() << ':' << finding.line << ": " << finding.message;
    }
  }
  EXPECT_GT(files, 0U);
  EXPECT_LT(with_errors * 10, files);
}

}  // namespace
}  // namespace urna::count::pabulib::check
