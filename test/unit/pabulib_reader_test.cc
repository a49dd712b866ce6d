// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "count/pabulib/reader.h"
#include "count/tally.h"

namespace urna::count::pabulib {
namespace {

Result<Instance> read_text(std::string_view text) {
  return read_instance(memory_bytes(text), "f.pb");
}

std::string optional_text(const auto& value) { return value ? fmt::format("{}", *value) : "-"; }

// Everything that counting may see of an instance, as text.
std::string describe(const Instance& instance) {
  std::string text = fmt::format("{} {} {} {} {}\n", instance.budget.grosze,
                                 static_cast<int>(instance.vote_type), instance.declared_rule,
                                 optional_text(instance.score_threshold), instance.currency);
  for (const MetaField& field : instance.meta) text += field.key + "=" + field.value + "\n";
  for (const Project& p : instance.projects) {
    text += fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}\n", p.id, p.name, p.cost.grosze,
                        optional_text(p.declared_votes), optional_text(p.declared_score),
                        optional_text(p.selected), fmt::join(p.categories, "+"),
                        fmt::join(p.beneficiaries, "+"), p.district);
  }
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const BallotGroup ballot = instance.profile.group(g);
    text += fmt::format("{}x", ballot.count);
    for (const ProjectIndex p : ballot.projects) text += fmt::format(" {}", p.value);
    text += fmt::format(" ({})\n", fmt::join(ballot.points, " "));
  }
  return text;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// Votes in the last column; ids of which one is the beginning of another.
const std::string approval =
    "META\nkey;value\nnum_projects;4\nnum_votes;4\nbudget;400000.0\nvote_type;approval\n"
    "rule;greedy\n"
    "PROJECTS\nproject_id;cost;votes;name\n1;100;2;Park\n12;200;1;Road\n123;300,5;2;Pool\n"
    "x y;999999999;1;Tree\n"
    "VOTES\nvoter_id;age;vote\nv1;30;1,12\nv2;31;\nv3;;123\nv4;77;1, x y,123\n";

const std::string cumulative =
    "META\nkey;value\nnum_projects;2\nnum_votes;2\nbudget;10\nvote_type;cumulative\n"
    "PROJECTS\nproject_id;cost;votes;score\n1;5;2;7\n2;6;1;12\n"
    "VOTES\nvoter_id;vote;points\nv1;1;4.0\nv2;2,1;12,3\n";

TEST(PabulibReader, ReadsWhatCountingNeeds) {
  const Result<Instance> read = read_text(approval);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(describe(*read),
            "40000000 0 greedy - \n"
            "num_projects=4\nnum_votes=4\nbudget=400000.0\nvote_type=approval\nrule=greedy\n"
            "1|Park|10000|2|-|-|||\n12|Road|20000|1|-|-|||\n123|Pool|30050|2|-|-|||\n"
            "x y|Tree|99999999900|1|-|-|||\n"
            "1x 0 1 ()\n1x ()\n1x 2 ()\n1x 0 2 3 ()\n");
  EXPECT_EQ(read->file, "f.pb");
  EXPECT_EQ(read->profile.ballots(), 4U);
  EXPECT_EQ(read->projects[ProjectIndex{3}].cost, withdrawn_cost);
  EXPECT_EQ(read->projects[ProjectIndex{3}].line, 13U);
  EXPECT_EQ(read->meta[2].line, 5U);
}

TEST(PabulibReader, ReadsPoints) {
  const Result<Instance> read = read_text(cumulative);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_TRUE(describe(*read).ends_with("1x 0 (4)\n1x 0 1 (3 12)\n")) << describe(*read);

  const Result<Instance> scoring =
      read_text(replaced(replaced(cumulative, "cumulative", "scoring"), "4.0", " -4 "));
  ASSERT_TRUE(scoring) << scoring.error().to_string();
  EXPECT_TRUE(describe(*scoring).ends_with("1x 0 (-4)\n1x 0 1 (3 12)\n"));
}

TEST(PabulibReader, KeepsTheOrderOfOrdinalVotesAndLeavesTheirPoints) {
  const Result<Instance> read =
      read_text(replaced(replaced(cumulative, "cumulative", "ordinal"), "12,3", "2;"));
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_TRUE(describe(*read).ends_with("1x 0 ()\n1x 1 0 ()\n")) << describe(*read);
}

TEST(PabulibReader, KeepsBothMentionsOfAProjectNamedTwice) {
  const Result<Instance> read = read_text(replaced(approval, ";1,12\n", ";12,1,12\n"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->profile.group(0).projects.size(), 3U);
}

TEST(PabulibReader, GroupsEqualBallots) {
  const Result<Instance> read = read_text(replaced(approval, "v3;;123", "v1;;12,1"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->profile.groups(), 3U);
  EXPECT_EQ(read->profile.group(0).count, 2U);
  EXPECT_EQ(read->profile.ballots(), 4U);
}

TEST(PabulibReader, FillsWhatTheFileDeclares) {
  const Result<Instance> read = read_text(
      "META\nkey;value\nnum_projects;2\nnum_votes;0\nbudget;1\nvote_type;choose-1\ncurrency;PLN\n"
      "comment;a; b;;\nmin_length;1\nmax_length;3\nmin_points;0\nmax_points;4\nmin_sum_points;2\n"
      "max_sum_points;10\nmin_sum_cost;1\nmax_sum_cost;99.5\nmax_length_per_category;1,2\n"
      "min_project_score_threshold;50\nrule;greedy-threshold\n"
      "PROJECTS\nproject_id;cost;votes;score;selected;category;target;district;subunit;latitude;"
      "longitude\n"
      "1;1;7;8;2;a, b;c;North;S;52.5;-0.25\n2;0;;x;yes;;;;;north;1e999\n"
      "VOTES\nvoter_id;vote\n");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->vote_type, VoteType::choose_one);
  EXPECT_EQ(read->currency, "PLN");
  EXPECT_EQ(read->declared_rule, "greedy-threshold");
  EXPECT_EQ(read->score_threshold, 50);
  EXPECT_EQ(read->find_meta("comment"), "a; b");
  EXPECT_EQ(read->limits.length_min, 1);
  EXPECT_EQ(read->limits.length_max, 3);
  EXPECT_EQ(read->limits.points_min, 0);
  EXPECT_EQ(read->limits.points_max, 4);
  EXPECT_EQ(read->limits.points_sum_min, 2);
  EXPECT_EQ(read->limits.points_sum_max, 10);
  EXPECT_EQ(read->limits.cost_sum_min, Money{100});
  EXPECT_EQ(read->limits.cost_sum_max, Money{9950});
  const Project& first = read->projects[ProjectIndex{0}];
  EXPECT_EQ(first.declared_votes, 7);
  EXPECT_EQ(first.declared_score, 8);
  EXPECT_EQ(first.selected, 2);
  EXPECT_EQ(first.categories, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(first.beneficiaries, std::vector<std::string>{"c"});
  EXPECT_EQ(first.district, "North");
  EXPECT_EQ(first.latitude, 52.5);
  EXPECT_EQ(first.longitude, -0.25);
  const Project& second = read->projects[ProjectIndex{1}];
  EXPECT_FALSE(second.declared_votes || second.declared_score || second.selected ||
               second.latitude || second.longitude);
  EXPECT_EQ(second.district, "");
}

TEST(PabulibReader, DoesNotMindHowTheFileIsWritten) {
  const Result<Instance> plain = read_text(approval);
  ASSERT_TRUE(plain);
  std::string odd = "\xEF\xBB\xBF" + approval;
  odd = replaced(odd, "PROJECTS\n", "\n projects ;;\n");
  odd = replaced(odd, "Road\n", "\"Road\";;\n");
  odd = replaced(odd, "v1;30;1,12\n", "v1;30;\" 1 , 12\t\";\n\n");
  odd = replaced(odd, "project_id;cost", " project_id ; cost");
  std::string windows;
  for (const char c : odd) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  std::string lone = odd;
  std::replace(lone.begin(), lone.end(), '\n', '\r');
  for (const std::string& text : {odd, windows, lone}) {
    const Result<Instance> read = read_text(text);
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(describe(*read), describe(*plain));
  }
}

struct Refusal {
  std::string text;
  ErrorCode code;
  std::uint64_t line;
  std::uint64_t column;
  std::string_view field;
};

TEST(PabulibReader, RefusesWithPlaceFieldAndRemedy) {
  const auto approved = [](std::string_view from, std::string_view to) {
    return replaced(approval, from, to);
  };
  const auto cumulated = [](std::string_view from, std::string_view to) {
    return replaced(cumulative, from, to);
  };
  using enum ErrorCode;
  const std::vector<Refusal> refusals = {
      {approved("key;value\n", ""), malformed, 2, 1, ""},
      {approved("budget;400000.0\n", ""), malformed, 8, 0, "budget"},
      {approved("vote_type;approval\n", ""), malformed, 8, 0, "vote_type"},
      {approved("num_votes;4\n", ""), malformed, 8, 0, "num_votes"},
      {approved("num_projects;4\n", ""), malformed, 8, 0, "num_projects"},
      {approved("rule;greedy\n", "budget;1\n"), malformed, 7, 1, "budget"},
      {approved("400000.0", "-1"), malformed, 5, 8, "budget"},
      {approved("400000.0", "4;5"), malformed, 5, 8, "budget"},
      {approved("400000.0", "4000000000000"), limit, 5, 8, "budget"},
      {approved("approval", "choose_1"), unsupported, 6, 11, "vote_type"},
      {approved("num_votes;4", "num_votes;four"), malformed, 4, 11, "num_votes"},
      {approved("num_votes;4", "num_votes;-4"), malformed, 4, 11, "num_votes"},
      {approved("num_votes;4", "num_votes;5"), malformed, 4, 0, "num_votes"},
      {approved("num_votes;4", "num_votes;3"), malformed, 4, 0, "num_votes"},
      {approved("num_projects;4", "num_projects;5"), malformed, 3, 0, "num_projects"},
      {approved("rule;greedy", "min_project_score_threshold;1 %"), malformed, 7, 29,
       "min_project_score_threshold"},
      {approved("project_id;cost", "id;cost"), malformed, 9, 0, "project_id"},
      {approved("project_id;cost", "project_id;price"), malformed, 9, 0, "cost"},
      {approved("votes;name", "votes;cost"), malformed, 9, 23, "cost"},
      {approved("12;200;1;Road", "1;200;1;Road"), malformed, 11, 1, "project_id"},
      {approved("12;200;1;Road", " ;200;1;Road"), malformed, 11, 1, "project_id"},
      {approved("12;200;1;Road", "1,2;200;1;Road"), malformed, 11, 1, "project_id"},
      {approved("12;200;1;Road", "12;1 000;1;Road"), malformed, 11, 4, "cost"},
      {approved("12;200;1;Road", "12"), malformed, 11, 1, "cost"},
      {approved("12;200;1;Road", "12;200;1;Road; rail"), malformed, 11, 15, ""},
      {approved("voter_id;age;vote", "voter_id;age;votes"), malformed, 15, 0, "vote"},
      {approved("voter_id;age;vote", "id;age;vote"), malformed, 15, 0, "voter_id"},
      {approved("v1;30;1,12", "v1;30;1,13"), malformed, 16, 9, "vote"},
      {approved("v1;30;1,12", "v1;30;\"1,13\""), malformed, 16, 10, "vote"},
      {approved("v1;30;1,12", "v1;30;1,,12"), malformed, 16, 9, "vote"},
      {approved("v1;30;1,12", "v1;30;1,"), malformed, 16, 9, "vote"},
      {approved("v1;30;1,12", "v1;30"), malformed, 16, 4, "vote"},
      {approved("v1;30;1,12", "v1;30;1;12"), malformed, 16, 9, ""},
      {cumulated("voter_id;vote;points", "voter_id;vote;score"), malformed, 12, 0, "points"},
      {cumulated("2,1;12,3", "2,1;12"), malformed, 14, 8, "points"},
      {cumulated("2,1;12,3", "2,1;12,3,1"), malformed, 14, 8, "points"},
      {cumulated("2,1;12,3", "2,1"), malformed, 14, 4, "points"},
      {cumulated("2,1;12,3", "2,1;12,3.5"), malformed, 14, 11, "points"},
      {cumulated("2,1;12,3", "2,1;12,-3"), malformed, 14, 11, "points"},
      {cumulated("2,1;12,3", "2,1;12,2147483648"), malformed, 14, 11, "points"},
  };
  for (const Refusal& refusal : refusals) {
    const Result<Instance> read = read_text(refusal.text);
    ASSERT_FALSE(read) << refusal.text;
    const Error& error = read.error();
    EXPECT_EQ(error.code, refusal.code) << error.to_string();
    EXPECT_EQ(error.place.file, "f.pb");
    EXPECT_EQ(error.place.line, refusal.line) << error.to_string();
    EXPECT_EQ(error.place.column, refusal.column) << error.to_string();
    EXPECT_EQ(error.place.field, refusal.field) << error.to_string();
    EXPECT_FALSE(error.message.empty());
    EXPECT_FALSE(error.remedy.empty()) << error.to_string();
  }
}

// Reads every beginning of `text`; returns how many of them yield an instance. Fails unless each
// of these is the instance of the whole text.
std::size_t count_readable_beginnings(const std::string& text) {
  const Result<Instance> whole = read_text(text);
  EXPECT_TRUE(whole) << whole.error().to_string();
  if (!whole) return 0;
  std::size_t readable = 0;
  for (std::size_t length = 0; length < text.size(); ++length) {
    const Result<Instance> read = read_text(std::string_view(text).substr(0, length));
    if (!read) continue;
    ++readable;
    EXPECT_EQ(describe(*read), describe(*whole)) << "cut after byte " << length;
  }
  return readable;
}

TEST(PabulibReaderCut, NowhereYieldsAnotherInstance) {
  // Only the final line end may be missing.
  EXPECT_EQ(count_readable_beginnings(approval), 1U);
  EXPECT_EQ(count_readable_beginnings(cumulative), 1U);
  // The whole line end or half of it.
  std::string windows;
  for (const char c : approval) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(count_readable_beginnings(windows), 2U);
  // Inside a last cell that does not count, once its row has all cells.
  EXPECT_EQ(count_readable_beginnings(
                replaced(replaced(approval, "voter_id;age;vote", "voter_id;vote;sex"),
                         "v1;30;1,12\nv2;31;\nv3;;123\nv4;77;1, x y,123\n",
                         "v1;1,12;F\nv2;;M\nv3;123;\nv4;\"1, x y,123\";woman\n")),
            6U);
  EXPECT_EQ(
      count_readable_beginnings(replaced(replaced(approval, "voter_id;age;vote", "vote;voter_id"),
                                         "v1;30;1,12\nv2;31;\nv3;;123\nv4;77;1, x y,123\n",
                                         "1,12;v1\n;v2\n123;v3\n1, x y,123;v4\n")),
      3U);
  // A blank ballot at the end.
  EXPECT_EQ(count_readable_beginnings(replaced(approval, "v4;77;1, x y,123", "v4;77;")), 0U);
}

TEST(PabulibReaderCut, WithoutDeclaredSumsTheLastLineMustEnd) {
  const std::string undeclared = replaced(approval, "cost;votes;name", "cost;notes;name");
  EXPECT_EQ(count_readable_beginnings(undeclared), 0U);
  const Result<Instance> cut =
      read_text(std::string_view(undeclared).substr(0, undeclared.size() - 1));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().place.line, 19U);
  EXPECT_EQ(count_readable_beginnings(replaced(cumulative, "votes;score", "votes;notes")), 0U);
}

TEST(PabulibReader, ReadsARowShorterThanTheHeader) {
  const Result<Instance> read = read_text(replaced(
      replaced(approval, "voter_id;age;vote", "voter_id;vote;sex"),
      "v1;30;1,12\nv2;31;\nv3;;123\nv4;77;1, x y,123\n", "v1;1,12;F\nv2;\nv3;123\nv4;1,x y,123\n"));
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->profile.ballots(), 4U);
}

TEST(PabulibReader, ReadsAFile) {
  const auto missing = read_instance_file("/nonexistent/f.pb");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

TEST(PabulibReaderCorpus, EveryPublishedFileAddsUpToItsDeclaredSums) {
  const char* const given = std::getenv("URNA_DATA");
  const std::filesystem::path folder =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(URNA_SOURCE_DIR) / ".." / "shared" / "data";
  if (!std::filesystem::is_directory(folder / "pabulib"))
    GTEST_SKIP() << "no published votes in " << folder;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "pabulib")) {
    if (entry.path().extension() != ".pb") continue;
    ++files;
    const Result<Instance> read = read_instance_file(entry.path().string());
    ASSERT_TRUE(read) << read.error().to_string();
    const Tally sums = tally(*read);
    for (const ProjectIndex p : read->indices()) {
      const Project& project = read->projects[p];
      EXPECT_EQ(project.declared_votes.value_or(sums.votes[p]), sums.votes[p]) << entry.path();
      EXPECT_EQ(project.declared_score.value_or(sums.points[p]), sums.points[p]) << entry.path();
    }
  }
  EXPECT_GT(files, 0U);
}

}  // namespace
}  // namespace urna::count::pabulib
