// SPDX-License-Identifier: EUPL-1.2
// Small .pb files without any fault, and ways to spoil them, for the tests of `urna check`.
#pragma once

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "count/pabulib/check/check.h"

namespace urna::count::pabulib::check {

// Project 1 wins with 3 votes, 2 does not fit any more, 3 fits.
inline constexpr std::string_view approval =
    "META\n"
    "key;value\n"
    "description;Test of a small town\n"
    "country;Poland\n"
    "unit;Toruń\n"
    "instance;2024\n"
    "num_projects;3\n"
    "num_votes;4\n"
    "budget;100\n"
    "vote_type;approval\n"
    "rule;greedy\n"
    "date_begin;01.06.2024\n"
    "date_end;30.06.2024\n"
    "min_length;1\n"
    "max_length;2\n"
    "language;pl\n"
    "currency;PLN\n"
    "PROJECTS\n"
    "project_id;cost;votes;name;category;selected;district;latitude;longitude\n"
    "p1;60;3;Park;green,sport;1;North;53.01;18.60\n"
    "p2;50;2;Well;water;0;South;53.02;18.61\n"
    "p3;40;1;Bench;;1;East;;\n"
    "VOTES\n"
    "voter_id;vote;age;sex;voting_method;neighborhood\n"
    "anna;p1,p2;33;F;internet;Old Town\n"
    "bert;p1,p2;;M;paper;\n"
    "cora;p1;18-24;;internet;Rubinkowo\n"
    "dana;p3;70;O;paper;Old Town\n";

inline constexpr std::string_view cumulative =
    "META\n"
    "key;value\n"
    "description;Points\n"
    "country;PL\n"
    "unit;Toruń\n"
    "instance;2024\n"
    "num_projects;2\n"
    "num_votes;2\n"
    "budget;100\n"
    "vote_type;cumulative\n"
    "rule;greedy-no-skip\n"
    "date_begin;2024\n"
    "date_end;2024\n"
    "min_points;1\n"
    "max_points;9\n"
    "min_sum_points;5\n"
    "max_sum_points;10\n"
    "PROJECTS\n"
    "project_id;cost;votes;score;selected\n"
    "A;60;2;13;1\n"
    "B;50;1;4;0\n"
    "VOTES\n"
    "voter_id;vote;points\n"
    "1;A,B;6,4\n"
    "2;A;7\n";

// Kraków counts 3, 2, 1 points for three places.
inline constexpr std::string_view ordinal =
    "META\n"
    "key;value\n"
    "description;Order\n"
    "country;Poland\n"
    "unit;Kraków\n"
    "instance;2024\n"
    "num_projects;3\n"
    "num_votes;2\n"
    "budget;60\n"
    "vote_type;ordinal\n"
    "rule;greedy\n"
    "date_begin;2024\n"
    "date_end;2024\n"
    "PROJECTS\n"
    "project_id;cost;votes;score;selected\n"
    "A;60;2;5;1\n"
    "B;50;2;3;0\n"
    "C;50;1;1;0\n"
    "VOTES\n"
    "voter_id;vote\n"
    "1;A,B,C\n"
    "2;A,B\n";

// Equal Shares: 4 voters with 25 each; p1 (60) has 3 supporters, p2 (20) has 1; nothing is left for
// p3, which only p1's supporters approve.
inline constexpr std::string_view equal_shares_file =
    "META\n"
    "key;value\n"
    "description;Shares\n"
    "country;Poland\n"
    "unit;Świecie\n"
    "instance;2023\n"
    "num_projects;3\n"
    "num_votes;4\n"
    "budget;100\n"
    "vote_type;approval\n"
    "rule;equalshares\n"
    "date_begin;2023\n"
    "date_end;2023\n"
    "PROJECTS\n"
    "project_id;cost;votes;selected\n"
    "p1;60;3;1\n"
    "p2;20;1;1\n"
    "p3;40;2;0\n"
    "VOTES\n"
    "voter_id;vote\n"
    "1;p1,p3\n"
    "2;p1,p3\n"
    "3;p1\n"
    "4;p2\n";

using Edits = std::vector<std::pair<std::string, std::string>>;

// The file with each first text replaced by the second; the first must be there once.
inline std::string edited(std::string_view file, const Edits& edits) {
  std::string text(file);
  for (const auto& [from, to] : edits) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << "the test edits what is not there: " << from;
    if (at == std::string::npos) continue;
    EXPECT_EQ(text.find(from, at + 1), std::string::npos) << "ambiguous edit: " << from;
    text.replace(at, from.size(), to);
  }
  return text;
}

inline CheckReport check_text_of(std::string_view text, const CheckOptions& options = {}) {
  Result<CheckReport> report = check_file(memory_bytes(text), "test.pb", options);
  EXPECT_TRUE(report.ok());
  return std::move(report).value();
}

// Number of the first line that holds `part`.
inline std::uint64_t line_of(std::string_view text, std::string_view part) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string_view::npos) << part;
  return 1 + static_cast<std::uint64_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

inline std::set<std::string_view> names(const CheckReport& report) {
  std::set<std::string_view> result;
  for (const Finding& finding : report.findings) result.insert(info(finding.code).name);
  return result;
}

}  // namespace urna::count::pabulib::check
