// SPDX-License-Identifier: EUPL-1.2
// Equal ballots after decryption: what is rare, how it is measured, what is found and what is not.
#include "integrity/repeated_ballots.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "simulation/repeats.h"
#include "synth/edition.h"

namespace urna::integrity {
namespace {

using count::ProfileBuilder;
using count::ProjectIndex;
using count::VoteType;

using Ballot = std::vector<std::uint16_t>;

void add(ProfileBuilder& builder, const Ballot& ballot, std::uint32_t count = 1) {
  std::vector<ProjectIndex> projects;
  for (const std::uint16_t one : ballot) projects.push_back({one});
  ASSERT_TRUE(builder.add(projects, {}, count));
}

// Everybody chooses by themselves: three different ones of `projects`, the first ones more often.
void add_crowd(ProfileBuilder& builder, std::size_t ballots, std::uint16_t projects,
               std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < ballots; ++i) {
    Ballot ballot;
    while (ballot.size() < 3) {
      const auto one =
          static_cast<std::uint16_t>(std::min(random() % projects, random() % projects));
      if (std::ranges::find(ballot, one) == ballot.end()) ballot.push_back(one);
    }
    add(builder, ballot);
  }
}

TEST(RepeatedBallots, NumbersAreThoseByHand) {
  // Forty lists of three, no project on two of them, the first list six times; forty for one
  // project.
  ProfileBuilder builder(VoteType::approval);
  for (std::uint16_t i = 0; i < 40; ++i) {
    const auto first = static_cast<std::uint16_t>(3 * i);
    add(builder,
        {first, static_cast<std::uint16_t>(first + 1), static_cast<std::uint16_t>(first + 2)},
        i == 0 ? 6 : 1);
  }
  add(builder, {200}, 40);
  const count::Profile profile = std::move(builder).build();
  const BallotRepeats repeats = find_repeated_ballots(profile, {.level = 0.5, .smallest_group = 4});
  EXPECT_EQ(repeats.ballots, 85U);
  EXPECT_EQ(repeats.contents, 41U);
  EXPECT_EQ(repeats.compared, 40U);
  EXPECT_EQ(repeats.rare_ballots, 45U);
  ASSERT_EQ(repeats.found.size(), 1U);
  const RepeatedBallot& one = repeats.found.front();
  EXPECT_EQ(one.observed, 6U);
  EXPECT_EQ(one.projects, 3U);
  // On none of the 79 others is any of the three: each share and each two is (0 + 1) / 80, so 79
  // times 80^-3 for the projects and 80 for each of two ties.
  EXPECT_NEAR(one.expected, 79.0 / 80, 1e-12);
  // The other 39 contents came once each: the least that ordinary life is taken for.
  EXPECT_NEAR(one.usual, 1 / 0.7, 1e-12);
  EXPECT_NEAR(one.probability, 40 * std::pow(0.3, 5), 1e-12);
  EXPECT_EQ(one.compared, 40U);
}

TEST(RepeatedBallots, OfATreeTheBestTiesCount) {
  // Where everybody who wants 1 wants 2 as well, and who wants 2 wants 3: {1, 2, 3} is no rare one.
  ProfileBuilder builder(VoteType::approval);
  add_crowd(builder, 2000, 40, 3);
  for (std::uint16_t i = 0; i < 200; ++i) {
    add(builder, {30, 31, static_cast<std::uint16_t>(i % 29)});
    add(builder, {31, 32, static_cast<std::uint16_t>(i % 29)});
  }
  add(builder, {30, 31, 32}, 60);
  const count::Profile profile = std::move(builder).build();
  for (const RepeatedBallot& one : find_repeated_ballots(profile).found) {
    EXPECT_NE(profile.group(one.group).count, 60U);
  }
}

TEST(RepeatedBallots, CopiesOfARareBallotAreFoundAndWhoChoosesAloneIsNot) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ProfileBuilder builder(VoteType::approval);
    add_crowd(builder, 3000, 60, seed);
    const count::Profile profile = std::move(builder).build();
    EXPECT_TRUE(find_repeated_ballots(profile).found.empty()) << seed;
    ProfileBuilder with(VoteType::approval);
    add_crowd(with, 3000, 60, seed);
    add(with, {57, 3, 58}, 20);
    const count::Profile changed = std::move(with).build();
    const BallotRepeats repeats = find_repeated_ballots(changed);
    ASSERT_EQ(repeats.found.size(), 1U) << seed;
    EXPECT_EQ(repeats.found.front().observed, 20U);
  }
}

TEST(RepeatedBallots, WhatIsNotComparedGivesNoSignal) {
  ProfileBuilder builder(VoteType::approval);
  add_crowd(builder, 500, 200, 9);
  // Ballots for one project or two are many, whoever cast them.
  add(builder, {150}, 80);
  add(builder, {151, 152}, 80);
  Ballot all(100);
  for (std::uint16_t i = 0; i < 100; ++i) all[i] = i;
  add(builder, all, 80);
  EXPECT_TRUE(find_repeated_ballots(std::move(builder).build()).found.empty());
  // All ballots alike: there is nothing to compare with.
  ProfileBuilder alike(VoteType::approval);
  add(alike, {1, 2, 3}, 1000);
  const BallotRepeats repeats = find_repeated_ballots(std::move(alike).build());
  EXPECT_EQ(repeats.compared, 0U);
  EXPECT_TRUE(find_repeated_ballots({}).found.empty());
}

TEST(RepeatedBallots, WherePeopleCopyListsMoreIsNeeded) {
  // Every rare content comes eight times: ten times is nothing then.
  ProfileBuilder builder(VoteType::approval);
  add_crowd(builder, 500, 300, 4);
  std::mt19937_64 random(5);
  for (int i = 0; i < 200; ++i) {
    Ballot list;
    while (list.size() < 4) {
      const auto one = static_cast<std::uint16_t>(random() % 300);
      if (std::ranges::find(list, one) == list.end()) list.push_back(one);
    }
    add(builder, list, i == 0 ? 20 : 8);
  }
  EXPECT_TRUE(find_repeated_ballots(std::move(builder).build()).found.empty());
}

TEST(RepeatedBallots, PointsAndOrderMakeBallotsDifferent) {
  ProfileBuilder builder(VoteType::cumulative);
  std::mt19937_64 random(8);
  for (int i = 0; i < 600; ++i) {
    const auto a = static_cast<std::uint16_t>(random() % 50);
    const auto b = static_cast<std::uint16_t>((a + 1 + random() % 49) % 50);
    const std::array<ProjectIndex, 2> projects = {{{a}, {b}}};
    const auto points = static_cast<std::int32_t>(1 + random() % 9);
    const std::array<std::int32_t, 2> given = {points, 10 - points};
    ASSERT_TRUE(builder.add(projects, given));
  }
  const std::array<ProjectIndex, 3> rare = {{{47}, {48}, {49}}};
  for (std::int32_t i = 0; i < 7; ++i) {
    const std::array<std::int32_t, 3> given = {1, 1 + i, 8 - i};
    ASSERT_TRUE(builder.add(rare, given, 3));
  }
  EXPECT_TRUE(find_repeated_ballots(std::move(builder).build()).found.empty());
}

TEST(RepeatedBallots, TheSentenceSaysItsNumbersAndWhatElseExplainsThem) {
  const Explanation words = explain({0, 110, 15, 0.002, 1.43, 1e-20, 3525});
  for (const std::string& text : {words.pl, words.en}) {
    for (const char* number : {"110", "15", "3525", "1e-12"}) {
      EXPECT_NE(text.find(number), std::string::npos) << text;
    }
  }
  EXPECT_NE(words.pl.find("mniej niż 0,01"), std::string::npos);
  EXPECT_NE(words.pl.find("1,43"), std::string::npos);
  EXPECT_NE(words.en.find("family"), std::string::npos);
  EXPECT_NE(words.pl.find("lista polecanych"), std::string::npos);
}

TEST(RepeatedBallots, AddedCopiesAreMeasuredInInventedVotes) {
  synth::EditionParameters edition;
  edition.kind = "czestochowa";
  edition.voters = 30'000;
  edition.single_pool = true;
  unsigned found = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    edition.seed = seed;
    Result<std::vector<synth::PlannedPool>> pools = synth::plan_edition(edition);
    ASSERT_TRUE(pools);
    pools->front().parameters.habits.campaign_percent = 0;
    const Result<count::Instance> instance = synth::generate_pool(pools->front().parameters);
    ASSERT_TRUE(instance);
    EXPECT_TRUE(find_repeated_ballots(instance->profile).found.empty()) << seed;
    const auto copies = [&](std::uint64_t count) {
      return simulation::finds_added_copies(instance->profile, instance->vote_type,
                                            instance->projects.size(), count, seed);
    };
    EXPECT_EQ(copies(2), std::optional(false));
    found += copies(50) == std::optional(true) ? 1U : 0U;
  }
  EXPECT_GE(found, 6U);
}

// ---- The sub-command

std::pair<int, std::string> run(const std::string& arguments) {
  const std::string command = "'" URNA_PROGRAM "' " + arguments + " </dev/null 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {-1, ""};
  std::array<char, 4096> buffer{};
  std::string output;
  for (std::size_t count = 0; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

TEST(RepeatedBallots, TheProgramNamesTheProjectsOfARecordsResult) {
  std::string folder = testing::TempDir() + "urna_repeated_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  EXPECT_EQ(run("signals ballots '" + folder + "'").first, 4);
  std::filesystem::create_directory(folder + "/result");
  std::FILE* const file = std::fopen((folder + "/result/0.pb").c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs(
      "META\nkey;value\ndescription;x\ncountry;Poland\nunit;X\ninstance;2026\n"
      "num_projects;60\nnum_votes;1020\nbudget;1000\nrule;greedy\nvote_type;approval\n"
      "PROJECTS\nproject_id;cost\n",
      file);
  for (int i = 0; i < 60; ++i) std::fprintf(file, "P%d;10\n", i);
  std::fputs("VOTES\nvoter_id;vote\n", file);
  std::mt19937_64 random(2);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t a = random() % 50;
    const std::uint64_t b = (a + 1 + random() % 49) % 50;
    std::fprintf(file, "%d;P%d,P%d,P%d\n", i, static_cast<int>(a), static_cast<int>(b),
                 static_cast<int>(50 + random() % 8));
  }
  for (int i = 0; i < 20; ++i) std::fprintf(file, "%d;P7,P58,P59\n", 2000 + i);
  ASSERT_EQ(std::fclose(file), 0);
  const auto [status, text] = run("signals ballots --json '" + folder + "'");
  EXPECT_EQ(status, 1) << text;
  const boost::json::value said = boost::json::parse(text);
  const boost::json::array& found = said.at("pools").at(0).at("signals").as_array();
  ASSERT_EQ(found.size(), 1U) << text;
  EXPECT_EQ(found[0].at("observed").to_number<int>(), 20);
  EXPECT_EQ(found[0].at("projects"), (boost::json::array{"P7", "P58", "P59"}));
  const auto [plain, words] = run("signals ballots --language pl '" + folder + "/result/0.pb'");
  EXPECT_EQ(plain, 1);
  EXPECT_NE(words.find("Takich samych głosów jest 20"), std::string::npos) << words;
  const auto [measured, rates] = run("signals measure-ballots -q --copies 20 '" + folder + "'");
  EXPECT_EQ(measured, 0) << rates;
  EXPECT_NE(rates.find("with a signal as they are: 1 of 1"), std::string::npos) << rates;
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace urna::integrity
