// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/declared.h"

#include <gtest/gtest.h>

#include "count/analysis/announced.h"
#include "count/rules/comment_conflicts.h"
#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using oracle::small_instance;

Instance declaring(const std::string& rule, VoteType type = VoteType::approval,
                   const std::string& comment = "") {
  Instance instance = small_instance(type, 100, {10, 20, 30});
  instance.declared_rule = rule;
  instance.meta.push_back({"rule", rule, 7});
  if (!comment.empty()) instance.meta.push_back({"comment", comment, 8});
  return instance;
}

GreedyOptions greedy_of(const Instance& instance) {
  const auto declared = read_declared_rule(instance);
  return std::get<GreedyOptions>(declared.value().options);
}

TEST(Declared, GreedyRanksByVotesOrPoints) {
  EXPECT_EQ(greedy_of(declaring("greedy")).rank, GreedyRank::votes);
  EXPECT_EQ(greedy_of(declaring("greedy", VoteType::choose_one)).rank, GreedyRank::votes);
  EXPECT_EQ(greedy_of(declaring("greedy", VoteType::cumulative)).rank, GreedyRank::points);
  EXPECT_EQ(greedy_of(declaring("greedy", VoteType::scoring)).rank, GreedyRank::points);
  EXPECT_EQ(greedy_of(declaring("greedy", VoteType::ordinal)).rank, GreedyRank::points);
  EXPECT_EQ(greedy_of(declaring("greedy")).misfit, Misfit::skip);
}

TEST(Declared, ThresholdIsTakenWhereverItIsStated) {
  Instance instance = declaring("greedy-threshold");
  EXPECT_FALSE(greedy_of(instance).threshold.has_value());
  EXPECT_FALSE(read_declared_rule(instance)->assumptions.empty());
  instance.score_threshold = 30;
  EXPECT_EQ(greedy_of(instance).threshold, 30);
  EXPECT_TRUE(read_declared_rule(instance)->assumptions.empty());
  Instance no_skip = declaring("greedy-no-skip");
  no_skip.score_threshold = 40;
  EXPECT_EQ(greedy_of(no_skip).threshold, 40);
  EXPECT_EQ(greedy_of(no_skip).misfit, Misfit::stop);
  EXPECT_EQ(read_declared_rule(no_skip)->assumptions.size(), 1U);
}

TEST(Declared, ExclusiveReadsConflictsFromTheComment) {
  const Instance instance =
      declaring("greedy-exclusive", VoteType::approval,
                "#1: Two projects were popular. #2: By the report of 2022, projects A and C both "
                "lay near ul. "
                "Polna 3 and could not be implemented simultaneously. Project A had more votes.");
  const GreedyOptions options = greedy_of(instance);
  ASSERT_EQ(options.conflicts.size(), 1U);
  EXPECT_EQ(oracle::ids(instance, options.conflicts[0]), "A C");
  const auto declared = read_declared_rule(instance);
  ASSERT_EQ(declared->assumptions.size(), 1U);
  EXPECT_NE(declared->assumptions[0].find("ul. Polna 3"), std::string::npos);
}

TEST(Declared, ExclusiveWithoutNamesAssumesNoConflict) {
  const auto declared = read_declared_rule(declaring("greedy-exclusive"));
  EXPECT_TRUE(std::get<GreedyOptions>(declared->options).conflicts.empty());
  EXPECT_EQ(declared->assumptions.size(), 1U);
}

TEST(CommentConflicts, ListsOfThreeWithCommas) {
  const Instance instance = declaring("greedy", VoteType::approval,
                                      "In 2021, projects A, B, and C overlapped at the square.");
  const auto conflicts = read_comment_conflicts(instance);
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(oracle::ids(instance, conflicts[0].projects), "A B C");
}

TEST(CommentConflicts, NothingLessThanCertainIsRead) {
  for (const char* comment :
       {"Projects A and C were the most popular.", "Project A excludes others.",
        "All projects overlap with A and C.", "The projects X and Y overlap.",
        "Projects A and Y overlap.", "Projects A, A overlap."}) {
    EXPECT_TRUE(read_comment_conflicts(declaring("greedy", VoteType::approval, comment)).empty())
        << comment;
  }
}

TEST(CommentConflicts, SentencesAreCutAtRemarksAndFullStopsNotAbbreviations) {
  const auto sentences = sentences_of("#1: One. Two at ul. Polna! #2: Three");
  ASSERT_EQ(sentences.size(), 3U);
  EXPECT_EQ(sentences[0], "#1: One.");
  EXPECT_EQ(sentences[1], "Two at ul. Polna!");
  EXPECT_EQ(sentences[2], "#2: Three");
}

TEST(Declared, CustomRuleMustBeExplained) {
  const auto unexplained = read_declared_rule(declaring("greedy-custom"));
  ASSERT_FALSE(unexplained.ok());
  EXPECT_EQ(unexplained.error().code, ErrorCode::unsupported);
  EXPECT_EQ(unexplained.error().place.line, 7U);
  const auto explained = greedy_of(declaring("greedy-custom", VoteType::approval,
                                             "if at least 80% of it is left, it is funded"));
  EXPECT_EQ(explained.misfit, Misfit::fund_at_80_percent);
}

TEST(Declared, EqualSharesVariants) {
  const auto completion = [](const std::string& rule) {
    const auto declared = read_declared_rule(declaring(rule));
    return std::get<EqualSharesOptions>(declared.value().options).completion;
  };
  EXPECT_EQ(completion("equalshares"), Completion::none);
  EXPECT_EQ(completion("equalshares/add1"), Completion::add1);
  EXPECT_EQ(completion("equalshares/add1-comparison"), Completion::comparison);
  EXPECT_EQ(completion("equalshares-comparison"), Completion::comparison);
  // Only the one that says so raises the money before it compares.
  const auto after_add1 = [](const std::string& rule) {
    const auto declared = read_declared_rule(declaring(rule));
    return std::get<EqualSharesOptions>(declared.value().options).comparison_after_add1;
  };
  EXPECT_TRUE(after_add1("equalshares/add1-comparison"));
  EXPECT_FALSE(after_add1("equalshares-comparison"));
  const auto ordinal = read_declared_rule(declaring("equalshares", VoteType::ordinal));
  EXPECT_EQ(std::get<EqualSharesOptions>(ordinal->options).satisfaction, Satisfaction::score);
}

TEST(Declared, UnknownRulesAreRefused) {
  for (const char* rule : {"unknown", "greedy-weird", "equalshares/other"}) {
    const auto declared = read_declared_rule(declaring(rule));
    ASSERT_FALSE(declared.ok()) << rule;
    EXPECT_EQ(declared.error().code, ErrorCode::unsupported);
    EXPECT_FALSE(declared.error().remedy.empty());
  }
  const auto none = read_declared_rule(small_instance(VoteType::approval, 1, {1}));
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::malformed);
}

// What explains a difference -------------------------------------------------------------------

struct Announced {
  Announced(std::int64_t budget, const std::vector<std::int64_t>& costs,
            const std::vector<std::uint32_t>& votes, const std::vector<int>& selected)
      : instance(small_instance(VoteType::approval, budget, costs, ballots(votes))) {
    for (const ProjectIndex p : instance.indices())
      instance.projects[p].selected = selected[p.value];
    rule.name = "greedy";
  }
  static std::vector<oracle::SmallBallot> ballots(const std::vector<std::uint32_t>& votes) {
    std::vector<oracle::SmallBallot> all;
    for (std::uint16_t p = 0; p < votes.size(); ++p) all.push_back({{p}, {}, votes[p]});
    return all;
  }
  [[nodiscard]] AnnouncedComparison compare() const {
    const Tally votes = tally(instance);
    const TieOrder ties(instance, votes, {});
    const auto& options = std::get<GreedyOptions>(rule.options);
    return compare_announced(instance, rule, ties, greedy(instance, votes, ties, options));
  }
  // The one explanation of all differences.
  [[nodiscard]] Explanation explanation() const {
    const auto comparison = compare();
    EXPECT_FALSE(comparison.differences.empty());
    for (const Difference& difference : comparison.differences) {
      EXPECT_EQ(difference.explanation, comparison.differences[0].explanation);
      EXPECT_FALSE(difference.detail.empty());
    }
    return comparison.differences.at(0).explanation;
  }
  Instance instance;
  DeclaredRule rule;
};

TEST(Announced, AgreementAndAbsence) {
  EXPECT_TRUE(Announced(10, {10, 10}, {2, 1}, {1, 0}).compare().agrees());
  Announced silent(10, {10, 10}, {2, 1}, {0, 0});
  for (Project& project : silent.instance.projects) project.selected.reset();
  EXPECT_FALSE(silent.compare().announced_present);
  EXPECT_FALSE(silent.compare().agrees());
}

TEST(Announced, TieResolvedTheOtherWay) {
  const Announced pool(10, {10, 10}, {2, 2}, {0, 1});
  EXPECT_EQ(pool.explanation(), Explanation::tie);
  const auto comparison = pool.compare();
  ASSERT_EQ(comparison.differences.size(), 2U);
  EXPECT_TRUE(comparison.differences[0].counted_funded);
  EXPECT_EQ(comparison.differences[1].announced, 1);
}

TEST(Announced, ProjectsNamedTwice) {
  Announced pool(10, {10, 10}, {2, 3}, {0, 1});
  pool.instance.profile =
      small_instance(VoteType::approval, 10, {10, 10}, {{{0, 0}, {}, 2}, {{1}, {}, 3}}).profile;
  EXPECT_EQ(pool.explanation(), Explanation::repeated_marks);
}

TEST(Announced, VotesWrittenInTheFile) {
  Announced pool(10, {10, 10}, {3, 2}, {0, 1});
  pool.instance.projects[{1}].declared_votes = 4;
  EXPECT_EQ(pool.explanation(), Explanation::declared_votes);
}

TEST(Announced, AnotherThreshold) {
  EXPECT_EQ(Announced(20, {10, 10}, {3, 2}, {1, 0}).explanation(), Explanation::threshold);
  Announced none(20, {10, 10}, {3, 2}, {1, 1});
  std::get<GreedyOptions>(none.rule.options).threshold = 3;
  EXPECT_EQ(none.explanation(), Explanation::threshold);
}

TEST(Announced, StoppingInsteadOfSkipping) {
  // Of three, the middle one does not fit. A threshold that keeps C out would keep D too.
  EXPECT_EQ(Announced(20, {10, 15, 5, 5}, {5, 4, 3, 3}, {1, 0, 0, 0}).explanation(),
            Explanation::threshold);
  Announced stop(20, {10, 15, 5}, {5, 4, 3}, {1, 0, 1});
  std::get<GreedyOptions>(stop.rule.options).misfit = Misfit::stop;
  EXPECT_EQ(stop.explanation(), Explanation::leftover);
}

TEST(Announced, MoreMoney) {
  const Announced pool(20, {15, 10, 5}, {5, 4, 3}, {1, 1, 1});
  EXPECT_EQ(pool.explanation(), Explanation::extra_money);
  const auto comparison = pool.compare();
  ASSERT_EQ(comparison.differences.size(), 1U);
  EXPECT_EQ(comparison.differences[0].extra_money, Money{10 * 100});
}

TEST(Announced, LeftOutAfterTheVote) {
  const Announced pool(20, {15, 10, 5, 5}, {5, 4, 3, 2}, {0, 1, 1, 1});
  EXPECT_EQ(pool.explanation(), Explanation::withdrawn);
}

TEST(Announced, KeptAnotherOfAConflict) {
  Announced pool(30, {15, 10, 10}, {5, 4, 3}, {0, 1, 1});
  pool.instance.meta.push_back({"comment", "The projects A and B overlap and B was kept.", 1});
  EXPECT_EQ(pool.explanation(), Explanation::conflict);
}

TEST(Announced, CommentAndNothing) {
  // B is left out though it fits, C is funded before it: four oddities at once.
  Announced pool(30, {10, 10, 10, 10, 10, 10, 10}, {9, 8, 7, 6, 5, 4, 3}, {0, 0, 0, 0, 1, 1, 0});
  EXPECT_EQ(pool.compare().differences.at(0).explanation, Explanation::unexplained);
  pool.instance.meta.push_back({"comment", "#1: Money for A came late. Fine.", 1});
  const auto comparison = pool.compare();
  EXPECT_EQ(comparison.differences.at(0).explanation, Explanation::comment);
  EXPECT_NE(comparison.differences.at(0).detail.find("Money for A"), std::string::npos);
  EXPECT_EQ(comparison.differences.at(1).explanation, Explanation::unexplained);
}

TEST(Announced, MoneyFromElsewhere) {
  const Announced pool(30, {10, 10, 10, 10, 10, 10, 10}, {9, 8, 7, 6, 5, 4, 3},
                       {2, 0, 0, 0, 1, 1, 0});
  EXPECT_EQ(pool.compare().differences.at(0).explanation, Explanation::other_sources);
}

TEST(Announced, TwoMeansFundedOnlyUnderTheEightyPercentRule) {
  Announced pool(18, {10, 10}, {5, 4}, {1, 2});
  EXPECT_TRUE(pool.compare().agrees());  // funded from elsewhere: no matter of this count
  std::get<GreedyOptions>(pool.rule.options).misfit = Misfit::fund_at_80_percent;
  EXPECT_TRUE(pool.compare().agrees());  // funded by it beyond the budget
}

}  // namespace
}  // namespace urna::count
