// SPDX-License-Identifier: EUPL-1.2
// Which ballot counts, against the sentences of docs/protocol.md section 10 taken word by word.
#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "election/counted.h"

namespace urna::election {
namespace {

using Positions = std::vector<std::uint32_t>;

Manifest manifest_of(std::size_t pools, RepeatPolicy policy, std::vector<PoolGroup> groups = {}) {
  Manifest manifest;
  manifest.pools.resize(pools);
  manifest.repeats = policy;
  manifest.groups = std::move(groups);
  return manifest;
}

CastBallot cast(std::uint64_t index, std::uint32_t person, std::uint16_t pool,
                std::uint8_t level = 2, bool annulled = false) {
  return {{index}, person, {pool}, level, annulled};
}

// Slow and obvious: one sentence after the other.
std::vector<Positions> model(const Manifest& manifest, const std::vector<CastBallot>& ballots,
                             const std::vector<VotesOnPaper>& on_paper) {
  const auto votes_on_paper = [&](std::uint32_t person, PoolNumber pool) {
    return std::any_of(on_paper.begin(), on_paper.end(), [&](const VotesOnPaper& mark) {
      return mark.person == person && mark.pool == pool;
    });
  };
  std::uint32_t people = 0;
  for (const CastBallot& ballot : ballots) people = std::max(people, ballot.person + 1);
  std::vector<Positions> result(manifest.pools.size());
  for (std::uint32_t person = 0; person < people; ++person) {
    std::vector<std::uint32_t> remaining;
    for (std::size_t pool = 0; pool < manifest.pools.size(); ++pool) {
      Positions mine;
      std::uint8_t highest = 0;
      for (std::uint32_t i = 0; i < ballots.size(); ++i) {
        const CastBallot& ballot = ballots[i];
        if (ballot.annulled || ballot.person != person || ballot.pool.value != pool) continue;
        if (votes_on_paper(person, ballot.pool)) continue;
        mine.push_back(i);
        highest = std::max(highest, ballot.level);
      }
      std::erase_if(mine, [&](std::uint32_t i) { return ballots[i].level < highest; });
      if (mine.empty()) continue;
      if (manifest.repeats == RepeatPolicy::none && mine.size() > 1) continue;
      remaining.push_back(manifest.repeats == RepeatPolicy::last ? mine.back() : mine.front());
    }
    for (const PoolGroup& group : manifest.groups) {
      Positions within;
      for (const std::uint32_t i : remaining) {
        const auto& pools = group.pools;
        if (std::find(pools.begin(), pools.end(), ballots[i].pool) != pools.end())
          within.push_back(i);
      }
      const auto cards =
          std::count_if(group.pools.begin(), group.pools.end(),
                        [&](PoolNumber pool) { return votes_on_paper(person, pool); });
      const std::size_t most = group.most - static_cast<std::size_t>(cards);
      if (within.size() <= most) continue;
      std::stable_sort(within.begin(), within.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (ballots[a].level != ballots[b].level) return ballots[a].level > ballots[b].level;
        return manifest.repeats == RepeatPolicy::last
                   ? ballots[a].index.value > ballots[b].index.value
                   : ballots[a].index.value < ballots[b].index.value;
      });
      const std::size_t kept = manifest.repeats == RepeatPolicy::none ? 0 : most;
      for (std::size_t i = kept; i < within.size(); ++i) std::erase(remaining, within[i]);
    }
    for (const std::uint32_t i : remaining) result[ballots[i].pool.value].push_back(i);
  }
  for (Positions& positions : result) std::sort(positions.begin(), positions.end());
  return result;
}

TEST(Counted, Policies) {
  const std::vector<CastBallot> ballots = {cast(10, 0, 0), cast(11, 1, 0), cast(12, 0, 0)};
  EXPECT_EQ(counted_ballots(manifest_of(1, RepeatPolicy::last), ballots)[0], (Positions{1, 2}));
  EXPECT_EQ(counted_ballots(manifest_of(1, RepeatPolicy::first), ballots)[0], (Positions{0, 1}));
  EXPECT_EQ(counted_ballots(manifest_of(1, RepeatPolicy::none), ballots)[0], (Positions{1}));
}

TEST(Counted, HigherLevelsAndAnnulments) {
  for (const auto policy : {RepeatPolicy::last, RepeatPolicy::first, RepeatPolicy::none}) {
    const Manifest manifest = manifest_of(1, policy);
    EXPECT_EQ(counted_ballots(manifest,
                              std::vector{cast(1, 0, 0, 2), cast(2, 0, 0, 4), cast(3, 0, 0, 3)})[0],
              (Positions{1}));
    EXPECT_EQ(counted_ballots(manifest, std::vector{cast(1, 0, 0, 2), cast(2, 0, 0, 4, true)})[0],
              (Positions{0}));
    EXPECT_TRUE(counted_ballots(manifest, std::vector{cast(1, 0, 0, 2, true)})[0].empty());
  }
}

TEST(Counted, OneDistrictOfAGroup) {
  const std::vector<PoolGroup> groups = {{"district", {{1}, {2}, {3}}, 1}};
  const std::vector<CastBallot> ballots = {cast(1, 0, 1), cast(2, 0, 0), cast(3, 0, 3),
                                           cast(4, 1, 2)};
  const auto last = counted_ballots(manifest_of(4, RepeatPolicy::last, groups), ballots);
  EXPECT_EQ(last[0], (Positions{1}));
  EXPECT_TRUE(last[1].empty());
  EXPECT_EQ(last[3], (Positions{2}));
  EXPECT_EQ(last[2], (Positions{3}));
  const auto first = counted_ballots(manifest_of(4, RepeatPolicy::first, groups), ballots);
  EXPECT_EQ(first[1], (Positions{0}));
  EXPECT_TRUE(first[3].empty());
  const auto none = counted_ballots(manifest_of(4, RepeatPolicy::none, groups), ballots);
  EXPECT_TRUE(none[1].empty());
  EXPECT_TRUE(none[3].empty());
  EXPECT_EQ(none[2], (Positions{3}));
  EXPECT_EQ(none[0], (Positions{1}));
}

TEST(Counted, PaperGoesBeforeEveryBallot) {
  const std::vector<CastBallot> ballots = {cast(1, 0, 0, 4), cast(2, 0, 1), cast(3, 0, 2),
                                           cast(4, 1, 0)};
  const std::vector<VotesOnPaper> on_paper = {{0, {0}}, {0, {1}}};
  for (const auto policy : {RepeatPolicy::last, RepeatPolicy::first, RepeatPolicy::none}) {
    const auto free = counted_ballots(manifest_of(3, policy), ballots, on_paper);
    EXPECT_EQ(free, (std::vector<Positions>{{3}, {}, {2}}));
    // A card uses up the group's one pool.
    const auto chosen =
        counted_ballots(manifest_of(3, policy, {{"g", {{1}, {2}}, 1}}), ballots, on_paper);
    EXPECT_EQ(chosen, (std::vector<Positions>{{3}, {}, {}}));
  }
}

TEST(Counted, RandomBoardsLikeTheModel) {
  std::mt19937 random(7);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  for (int round = 0; round < 3000; ++round) {
    const std::size_t pools = 1 + below(6);
    std::vector<PoolGroup> groups;
    std::vector<std::vector<PoolNumber>> parts(3);
    for (std::uint16_t p = 0; p < pools; ++p) parts[below(3)].push_back({p});
    for (std::size_t g = 0; g < 2; ++g) {
      if (parts[g].size() >= 2)
        groups.push_back(
            {"g", parts[g], 1 + below(static_cast<std::uint32_t>(parts[g].size()) - 1)});
    }
    const Manifest manifest =
        manifest_of(pools, static_cast<RepeatPolicy>(below(3)), std::move(groups));
    std::vector<CastBallot> ballots;
    std::uint64_t index = 5;
    for (std::uint32_t i = below(40); i > 0; --i) {
      index += 1 + below(3);
      ballots.push_back(cast(index, below(5),
                             static_cast<std::uint16_t>(below(static_cast<std::uint32_t>(pools))),
                             static_cast<std::uint8_t>(2 + below(3)), below(6) == 0));
    }
    // In a group at most as many cards as votes count there.
    std::vector<VotesOnPaper> on_paper;
    for (std::uint32_t i = below(6); i > 0; --i) {
      const VotesOnPaper mark{
          below(5), {static_cast<std::uint16_t>(below(static_cast<std::uint32_t>(pools)))}};
      const auto with_cards = [&](const std::vector<PoolNumber>& some) {
        return static_cast<std::uint32_t>(
            std::count_if(on_paper.begin(), on_paper.end(), [&](const VotesOnPaper& other) {
              return other.person == mark.person &&
                     std::find(some.begin(), some.end(), other.pool) != some.end();
            }));
      };
      bool allowed = with_cards({mark.pool}) == 0;
      for (const PoolGroup& group : manifest.groups) {
        const bool within =
            std::find(group.pools.begin(), group.pools.end(), mark.pool) != group.pools.end();
        allowed = allowed && !(within && with_cards(group.pools) >= group.most);
      }
      if (allowed) on_paper.push_back(mark);
    }
    ASSERT_EQ(counted_ballots(manifest, ballots, on_paper), model(manifest, ballots, on_paper))
        << "round " << round;
  }
}

TEST(Counted, HashOfIndices) {
  EXPECT_EQ(hash_of_indices(std::vector<EntryIndex>{{10}, {258}}),
            sha256(std::string("\0\0\0\0\0\0\0\x0A\0\0\0\0\0\0\x01\x02", 16)));
  const std::vector<CastBallot> ballots = {cast(10, 0, 0), cast(11, 0, 0), cast(258, 1, 0)};
  EXPECT_EQ(hash_of_indices(ballots, Positions{0, 2}),
            hash_of_indices(std::vector<EntryIndex>{{10}, {258}}));
  EXPECT_EQ(hash_of_indices(ballots, Positions{}), sha256(""));
}

}  // namespace
}  // namespace urna::election
