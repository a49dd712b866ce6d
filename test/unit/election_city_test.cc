// SPDX-License-Identifier: EUPL-1.2
// The rules of real cities as editions: each loads, accepts and refuses the right ballots, chooses
// the right ones of several, and counts.
#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "election/counted.h"
#include "election/counting.h"
#include "election/plaintext.h"
#include "election/published.h"
#include "test/unit/election_sample.h"

namespace urna::election {
namespace {

using namespace sample;

// An edition of these pools that has been through its bytes.
class City {
 public:
  explicit City(std::vector<Pool> pools, std::vector<PoolGroup> groups = {},
                RepeatPolicy repeats = RepeatPolicy::last,
                count::TieKind ties = count::TieKind::draw)
      : edition_(std::move(pools)) {
    edition_.manifest.groups = std::move(groups);
    edition_.manifest.repeats = repeats;
    edition_.manifest.ties = ties;
    edition_.seal();
    Result<Manifest> read = decode_manifest(edition_.bytes);
    EXPECT_TRUE(read) << (read ? "" : read.error().to_string());
    manifest = *std::move(read);
    EXPECT_EQ(manifest, edition_.manifest);
  }

  // "valid", or the reason; through the bits where they can express it.
  [[nodiscard]] std::string verdict(std::size_t pool, const BallotContent& content) const {
    const BallotTerms terms = terms_of(manifest.pools.at(pool)).value();
    const auto reason = check_content(terms, content);
    const Result<std::string> packed = pack_ballot(terms, content);
    if (packed && !reason) {
      EXPECT_EQ(std::get<BallotContent>(unpack_ballot(terms, *packed)), content);
    }
    return reason ? std::string(name_of(*reason)) : "valid";
  }

  // The winners' numbers of a pool for these ballots, each with a number of voters.
  using Votes = std::vector<std::pair<int, BallotContent>>;
  [[nodiscard]] std::vector<int> winners(std::size_t pool, const Votes& votes,
                                         std::uint8_t seed = 0) const {
    std::vector<PublishedBallot> ballots;
    for (const auto& [voters, content] : votes) {
      EXPECT_EQ(verdict(pool, content), "valid");
      for (int i = 0; i < voters; ++i) ballots.push_back({ballots.size() + 1, content});
    }
    const Pool& voted = manifest.pools.at(pool);
    const auto instance = read_published(published_file(voted, ballots));
    EXPECT_TRUE(instance);
    Sha256Digest tie_seed{};
    tie_seed[0] = seed;
    const auto counted = count_pool(voted.counting, *instance, manifest.ties, tie_seed);
    EXPECT_TRUE(counted) << (counted ? "" : counted.error().to_string());
    std::vector<int> numbers;
    for (const ProjectNumber winner : counted->winners) numbers.push_back(winner.value);
    return numbers;
  }

  // How many ballots count in each pool if one person casts ballots in these pools, in order.
  [[nodiscard]] std::vector<std::size_t> counting_of(const std::vector<int>& pools) const {
    std::vector<CastBallot> ballots;
    for (const int pool : pools)
      ballots.push_back({{ballots.size()}, 0, {static_cast<std::uint16_t>(pool)}, 3, false});
    std::vector<std::size_t> sizes;
    for (const auto& positions : counted_ballots(manifest, ballots))
      sizes.push_back(positions.size());
    return sizes;
  }

  Manifest manifest;

 private:
  Edition edition_;
};

using Sizes = std::vector<std::size_t>;
using Numbers = std::vector<int>;

Pool priced(std::string id, const std::vector<std::int64_t>& costs, std::int64_t money,
            const BallotRule& rule, CountingRule counting = {"greedy", {}}) {
  Pool p = pool(std::move(id), costs.size(), rule);
  for (std::size_t i = 0; i < costs.size(); ++i) p.projects[i].cost = {100 * costs[i]};
  p.money = {100 * money};
  p.counting = std::move(counting);
  return p;
}

// 10 points city-wide and 10 in the own district, all on one project if wished, unused ones valid.
TEST(Cities, Czestochowa) {
  const BallotRule ten = points(10, {1, 10, 0, 10}, true);
  const City city({priced("city", std::vector<std::int64_t>(120, 10), 30, ten),
                   priced("district 1", {10, 20, 30}, 30, points(3, {1, 10, 0, 10}, true)),
                   priced("district 2", {10, 20, 30}, 30, points(3, {1, 10, 0, 10}, true))});
  EXPECT_EQ(city.verdict(0, given({{7, 10}})), "valid");
  EXPECT_EQ(city.verdict(0, given({{7, 1}})), "valid");
  EXPECT_EQ(city.verdict(0, given({})), "valid");
  EXPECT_EQ(city.verdict(0, given({{7, 6}, {8, 5}})), "sum");
  EXPECT_EQ(city.verdict(0, given({{7, 11}})), "points");
  EXPECT_EQ(terms_of(city.manifest.pools[0])->layout.width, 1U);
  // Votes do not matter, points do.
  EXPECT_EQ(city.winners(1, {{3, given({{1, 1}})}, {1, given({{2, 10}})}}), (Numbers{2, 1}));
  EXPECT_EQ(city.counting_of({0, 1, 2}), (Sizes{1, 1, 1}));  // the roll gives one district
}

// Up to 15 in one district of one's choice and up to 10 city-wide.
TEST(Cities, Warszawa) {
  std::vector<Pool> pools = {
      priced("city", std::vector<std::int64_t>(100, 50), 500, approval(1, 10))};
  std::vector<PoolNumber> districts;
  for (std::uint16_t d = 1; d <= 18; ++d) {
    pools.push_back(priced("district " + std::to_string(d), std::vector<std::int64_t>(30, 10), 100,
                           approval(1, 15), {"greedy", {{"threshold", "50"}}}));
    districts.push_back({d});
  }
  const City city(pools, {{"one district of your choice", districts, 1}});
  BallotContent content;
  for (std::uint16_t i = 1; i <= 15; ++i) content.projects.push_back({i});
  EXPECT_EQ(city.verdict(3, content), "valid");
  EXPECT_EQ(city.verdict(0, content), "length");
  content.projects.push_back({16});
  EXPECT_EQ(city.verdict(3, content), "length");
  Sizes sizes(19, 0);
  sizes[0] = sizes[7] = 1;
  EXPECT_EQ(city.counting_of({0, 4, 7}), sizes);  // the last choice of a district counts
  EXPECT_EQ(city.winners(3, {{50, named({1})}, {49, named({2})}}), Numbers{1});
}

TEST(Cities, Warszawa2016Knapsack) {
  BallotRule rule = approval(1, 5);
  rule.knapsack = Money{100 * 100};
  const City city({priced("district", {40, 60, 30, 50, 10}, 100, rule)});
  EXPECT_EQ(city.verdict(0, named({1, 2})), "valid");
  EXPECT_EQ(city.verdict(0, named({1, 2, 5})), "cost");
  EXPECT_EQ(city.verdict(0, named({})), "blank");
  const Numbers winners = city.winners(0, {{3, named({1, 2})}, {2, named({3, 4})}});
  EXPECT_EQ(std::set<int>(winners.begin(), winners.end()), (std::set<int>{1, 2}));
}

// Exactly three, ranked, different.
TEST(Cities, Krakow) {
  const City city({priced("city", {10, 10, 10, 10}, 20, ranking(3, 3), {"declared", {}})});
  EXPECT_EQ(city.verdict(0, named({4, 1, 2})), "valid");
  EXPECT_EQ(city.verdict(0, named({4, 1})), "length");
  EXPECT_EQ(city.verdict(0, named({4, 1, 2, 3})), "length");
  EXPECT_EQ(city.verdict(0, named({4, 4, 2})), "order");
  // 3, 2, 1 points: project 4 has 6 of two voters, project 1 has 5, project 2 has 4, project 3
  // has 3.
  EXPECT_EQ(city.winners(0, {{1, named({4, 1, 2})}, {1, named({4, 2, 1})}, {1, named({3, 1, 2})}}),
            (Numbers{4, 1}));
}

// One district project anywhere and one for more than one district.
TEST(Cities, Wroclaw) {
  const City city(
      {priced("district", {10, 20, 30}, 30, approval(1, 1), {"greedy", {{"threshold", "50"}}}),
       priced("supra", {10, 20}, 20, approval(1, 1))});
  EXPECT_EQ(city.verdict(0, named({1})), "valid");
  EXPECT_EQ(city.verdict(0, named({1, 2})), "length");
  EXPECT_EQ(city.counting_of({0, 1, 0}), (Sizes{1, 1}));
  EXPECT_EQ(city.winners(0, {{51, named({1})}, {50, named({2})}, {49, named({3})}}),
            (Numbers{1, 2}));
}

// Five in at most two districts of one's choice, five city-wide; voting twice voids everything.
TEST(Cities, Lodz) {
  std::vector<Pool> pools = {priced("city", {10, 20, 30, 40, 50, 60}, 60, approval(1, 5))};
  std::vector<PoolNumber> districts;
  for (std::uint16_t d = 1; d <= 5; ++d) {
    pools.push_back(
        priced("district " + std::to_string(d), {10, 20, 30, 40, 50, 60}, 60, approval(1, 5)));
    districts.push_back({d});
  }
  const City city(pools, {{"two districts of your choice", districts, 2}}, RepeatPolicy::none);
  EXPECT_EQ(city.verdict(2, named({1, 2, 3, 4, 5})), "valid");
  EXPECT_EQ(city.verdict(2, named({1, 2, 3, 4, 5, 6})), "length");
  EXPECT_EQ(city.counting_of({0, 1, 4}), (Sizes{1, 1, 0, 0, 1, 0}));
  EXPECT_EQ(city.counting_of({0, 1, 4, 5}), (Sizes{1, 0, 0, 0, 0, 0}));  // three districts
  EXPECT_EQ(city.counting_of({0, 1, 0}), (Sizes{0, 1, 0, 0, 0, 0}));     // twice in the city
}

// Up to three in each of four pools; the district is chosen freely.
TEST(Cities, Gdynia) {
  std::vector<Pool> pools = {priced("city small", {10, 20, 30, 40}, 50, approval(1, 3)),
                             priced("city large", {10, 20, 30, 40}, 50, approval(1, 3))};
  std::vector<PoolNumber> small, large;
  for (std::uint16_t d = 0; d < 3; ++d) {
    small.push_back({static_cast<std::uint16_t>(pools.size())});
    pools.push_back(priced("small " + std::to_string(d), {10, 20, 30, 40}, 50, approval(1, 3)));
    large.push_back({static_cast<std::uint16_t>(pools.size())});
    pools.push_back(priced("large " + std::to_string(d), {10, 20, 30, 40}, 50, approval(1, 3)));
  }
  const City city(
      pools, {{"a district, small projects", small, 1}, {"a district, large projects", large, 1}});
  EXPECT_EQ(city.verdict(5, named({1, 2, 4})), "valid");
  EXPECT_EQ(city.verdict(5, named({1, 2, 3, 4})), "length");
  EXPECT_EQ(city.counting_of({0, 1, 2, 3, 4, 5}), (Sizes{1, 1, 0, 0, 1, 1, 0, 0}));
}

TEST(Cities, Poznan) {
  std::vector<Pool> pools;
  for (int i = 0; i < 5; ++i)
    pools.push_back(
        priced("pool " + std::to_string(i), {50, 60, 20}, 100, approval(1, 1), {"declared", {}}));
  // The 80 % rule, in the file's own words.
  pools[0].meta[2].value = "greedy-custom";
  pools[0].meta.push_back(
      {"comment", "A project is funded too if at least 80% of its cost is left."});
  const City city(pools);
  EXPECT_EQ(city.verdict(4, named({2})), "valid");
  EXPECT_EQ(city.verdict(4, named({1, 2})), "length");
  const City::Votes votes = {{3, named({1})}, {2, named({2})}, {1, named({3})}};
  EXPECT_EQ(city.winners(0, votes), (Numbers{1, 2}));  // 50 of 60 are left: 83 %
  EXPECT_EQ(city.winners(1, votes), (Numbers{1, 3}));
}

TEST(Cities, Katowice) {
  const City city({priced("district", {10, 20, 30}, 40, points(3, {1, 3, 3, 3}))});
  EXPECT_EQ(city.verdict(0, given({{1, 3}})), "valid");
  EXPECT_EQ(city.verdict(0, given({{1, 2}, {3, 1}})), "valid");
  EXPECT_EQ(city.verdict(0, given({{1, 1}, {2, 1}, {3, 1}})), "valid");
  EXPECT_EQ(city.verdict(0, given({{1, 2}})), "sum");
  EXPECT_EQ(city.verdict(0, given({{1, 3}, {2, 1}})), "sum");
}

TEST(Cities, BydgoszczFirstCounts) {
  const City city({priced("estate", {10, 20}, 20, approval(1, 2))}, {}, RepeatPolicy::first);
  std::vector<CastBallot> ballots = {{{4}, 0, {0}, 3, false}, {{9}, 0, {0}, 3, false}};
  EXPECT_EQ(counted_ballots(city.manifest, ballots)[0], std::vector<std::uint32_t>{0});
}

// One city-wide and one in any district.
TEST(Cities, Plock) {
  const City city({priced("city", {10, 20}, 20, approval(1, 1)),
                   priced("district A", {10, 20}, 20, approval(1, 1)),
                   priced("district B", {10, 20}, 20, approval(1, 1))},
                  {{"any district", {{1}, {2}}, 1}});
  EXPECT_EQ(city.counting_of({0, 1, 2}), (Sizes{1, 0, 1}));
  EXPECT_EQ(city.verdict(1, named({1, 2})), "length");
}

TEST(Cities, Elblag) {
  const City city({priced("own district", {10, 20, 30, 40}, 60, approval(1, 3)),
                   priced("city", {10, 20}, 20, approval(1, 1))});
  EXPECT_EQ(city.verdict(0, named({1, 3, 4})), "valid");
  EXPECT_EQ(city.verdict(0, named({1, 2, 3, 4})), "length");
  EXPECT_EQ(city.verdict(1, named({1, 2})), "length");
}

// Approval of at least three, Equal Shares with Add1 and the support filter.
TEST(Cities, Swiecie) {
  const City city({priced("city", {30, 30, 30, 90, 20}, 100, approval(3, 5),
                          {"equal-shares", {{"completion", "add1"}, {"filter", "true"}}})});
  EXPECT_EQ(city.verdict(0, named({1, 2})), "length");
  EXPECT_EQ(city.verdict(0, named({1, 2, 3, 4, 5})), "valid");
  // Project 4 costs 90 of 100 and has one vote in ten: less than 90/300 of the voters. With 11 for
  // each voter the supporters of 5 can pay for it, those of 1 cannot; with 12 both, which is too
  // much.
  const Numbers winners =
      city.winners(0, {{6, named({1, 2, 3})}, {3, named({2, 3, 5})}, {1, named({3, 4, 5})}});
  EXPECT_EQ(std::count(winners.begin(), winners.end(), 4), 0);
  EXPECT_EQ(std::set<int>(winners.begin(), winners.end()), (std::set<int>{2, 3, 5}));
}

TEST(Cities, WieliczkaCumulative) {
  const City city({priced("green", {30, 50, 60}, 100, points(3, {1, 10, 10, 10}),
                          {"equal-shares", {{"satisfaction", "score"}, {"completion", "add1"}}})});
  EXPECT_EQ(city.verdict(0, given({{1, 5}, {2, 5}})), "valid");
  EXPECT_EQ(city.verdict(0, given({{1, 5}, {2, 4}})), "sum");
  const Numbers winners = city.winners(0, {{5, given({{1, 10}})}, {5, given({{2, 9}, {3, 1}})}});
  EXPECT_EQ(std::set<int>(winners.begin(), winners.end()), (std::set<int>{1, 2}));
}

TEST(Cities, StalowaWolaKnapsack) {
  BallotRule rule = approval(1, 4);
  rule.knapsack = Money{300'000'00};
  const City city({priced("city", {100'000, 200'000, 150'000, 1}, 300'000, rule)});
  EXPECT_EQ(city.verdict(0, named({1, 2})), "valid");
  EXPECT_EQ(city.verdict(0, named({1, 2, 4})), "cost");
  EXPECT_EQ(city.verdict(0, named({2, 3})), "cost");
}

TEST(Cities, Bialystok) {
  const City city({priced("city", {10, 20, 30}, 30, approval(1, 2))});
  EXPECT_EQ(city.verdict(0, named({1, 2})), "valid");
  EXPECT_EQ(city.verdict(0, named({1, 2, 3})), "length");
}

TEST(Cities, Thresholds) {
  const City city(
      {priced("district", {10, 10}, 100, approval(1, 2), {"greedy", {{"threshold", "50"}}}),
       priced("city", {10, 10}, 100, approval(1, 2), {"greedy", {{"threshold", "100"}}})});
  EXPECT_EQ(city.winners(0, {{50, named({1})}, {49, named({2})}}), Numbers{1});
  EXPECT_EQ(city.winners(1, {{100, named({2})}, {99, named({1})}}), Numbers{2});
}

TEST(Cities, TiesByPublicDraw) {
  const City city({priced("city", {10, 10}, 10, approval(1, 2))});
  std::set<int> winners;
  for (std::uint8_t seed = 0; seed < 16; ++seed)
    winners.insert(city.winners(0, {{5, named({1, 2})}}, seed).at(0));
  EXPECT_EQ(winners, (std::set<int>{1, 2}));
}

// Of two projects for one place only the better is funded.
TEST(Cities, ProjectsThatExcludeEachOther) {
  const City city(
      {priced("city", {10, 10, 10}, 30, approval(1, 3), {"greedy", {{"conflict", "A1,A2"}}})});
  EXPECT_EQ(city.winners(0, {{3, named({2})}, {2, named({1})}, {1, named({3})}}), (Numbers{2, 3}));
}

}  // namespace
}  // namespace urna::election
