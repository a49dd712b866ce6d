// SPDX-License-Identifier: EUPL-1.2
// The published file of a pool, its count, and pools made from published votes.
#include <gtest/gtest.h>
#include <iostream>

#include "count/pabulib/reader.h"
#include "election/counting.h"
#include "election/from_pabulib.h"
#include "election/published.h"
#include "test/oracle/real_data.h"
#include "test/unit/election_sample.h"

namespace urna::election {
namespace {

using namespace sample;

TEST(Published, BytesByHand) {
  Pool p = pool("x", 3, approval(1, 3, true));
  p.money = {12'345};
  p.projects[1].name = "Plain";
  p.projects[2].cost = {50};
  const std::vector<PublishedBallot> ballots = {{1, named({1, 3})}, {4, named({})}};
  EXPECT_EQ(published_file(p, ballots),
            "META\nkey;value\ndescription;\"A \"\"small\"\"; pool\"\nvote_type;approval\n"
            "rule;greedy\nnum_projects;3\nnum_votes;2\nbudget;123.45\n"
            "PROJECTS\nproject_id;cost;name\nA1;10;\"Project; no. 1\"\nA2;20;Plain\n"
            "A3;0.50;\"Project; no. 3\"\n"
            "VOTES\nvoter_id;vote\n1;A1,A3\n4;\n");
  const Pool q = pool("x", 2, points(2, {1, 5, 0, 9}, true));
  const std::string file =
      published_file(q, std::vector<PublishedBallot>{{2, given({{1, 5}, {2, 1}})}, {3, given({})}});
  EXPECT_TRUE(file.ends_with("VOTES\nvoter_id;vote;points\n2;A1,A2;5,1\n3;;\n")) << file;
  const Pool r = pool("x", 3, ranking(1, 3));
  const std::string ranked = published_file(r, std::vector<PublishedBallot>{{1, named({3, 1})}});
  EXPECT_TRUE(ranked.ends_with("VOTES\nvoter_id;vote\n1;A3,A1\n")) << ranked;
}

TEST(Published, ReadsBack) {
  const Pool p = pool("x", 4, points(3, {1, 5, 0, 9}, true));
  const std::vector<PublishedBallot> ballots = {
      {1, given({{1, 5}, {4, 2}})}, {2, given({})}, {5, given({{4, 1}})}};
  const Result<count::Instance> read = read_published(published_file(p, ballots));
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->profile.ballots(), 3U);
  EXPECT_EQ(read->find_meta("description"), "A \"small\"; pool");
  const count::Tally tally = count::tally(*read);
  EXPECT_EQ(tally.points[{0}], 5);
  EXPECT_EQ(tally.points[{3}], 3);
  EXPECT_TRUE(check_published(p));
}

TEST(Published, TextsThatWouldBreakTheFileAreRefused) {
  const auto with = [](auto change) {
    Pool p = pool("x", 3, approval(1, 3));
    change(p);
    return check_published(p);
  };
  EXPECT_TRUE(with([](Pool& p) { p.meta[0].value = "\"quoted\" and ; not"; }));
  EXPECT_TRUE(with([](Pool& p) { p.meta[0].value = ""; }));
  EXPECT_FALSE(with([](Pool& p) { p.meta[0].value = "trailing "; }));
  EXPECT_FALSE(with([](Pool& p) { p.meta[0] = {"VOTES", ""}; }));
  EXPECT_FALSE(with([](Pool& p) { p.meta.push_back({"vote_type", "approval"}); }));
  EXPECT_FALSE(with([](Pool& p) { p.meta.push_back({"min_project_score_threshold", "many"}); }));
}

// ---- Counting

std::vector<int> winners(const Pool& p, const std::vector<BallotContent>& contents,
                         count::TieKind ties = count::TieKind::id, std::uint8_t seed = 0) {
  std::vector<PublishedBallot> ballots;
  for (const BallotContent& content : contents) ballots.push_back({ballots.size() + 1, content});
  const Result<count::Instance> instance = read_published(published_file(p, ballots));
  EXPECT_TRUE(instance);
  Sha256Digest tie_seed{};
  tie_seed[0] = seed;
  const Result<PoolCount> counted = count_pool(p.counting, *instance, ties, tie_seed);
  EXPECT_TRUE(counted) << (counted ? "" : counted.error().to_string());
  if (!counted) return {};
  std::vector<int> numbers;
  Money cost;
  for (const ProjectNumber winner : counted->winners) {
    numbers.push_back(winner.value);
    cost += p.projects[winner.value - 1U].cost;
  }
  EXPECT_EQ(cost, counted->cost);
  return numbers;
}

Pool priced(std::vector<std::int64_t> costs, std::int64_t money, CountingRule counting) {
  Pool p = pool("x", costs.size(), approval(1, static_cast<std::uint16_t>(costs.size())));
  for (std::size_t i = 0; i < costs.size(); ++i) p.projects[i].cost = {100 * costs[i]};
  p.money = {100 * money};
  p.counting = std::move(counting);
  return p;
}

TEST(Counting, GreedyAndItsOptions) {
  const std::vector<BallotContent> votes = {named({1, 2}), named({1, 2}), named({1, 3}), named({2}),
                                            named({2, 4})};  // 3, 4, 1, 1
  EXPECT_EQ(winners(priced({10, 20, 15, 5}, 45, {"greedy", {}}), votes), (std::vector{2, 1, 3}));
  EXPECT_EQ(winners(priced({10, 20, 15, 5}, 45, {"greedy", {{"threshold", "2"}}}), votes),
            (std::vector{2, 1}));
  EXPECT_EQ(winners(priced({10, 20, 25, 5}, 45, {"greedy", {}}), votes), (std::vector{2, 1, 4}));
  EXPECT_EQ(winners(priced({10, 20, 25, 5}, 45, {"greedy", {{"stop", "true"}}}), votes),
            (std::vector{2, 1}));
  EXPECT_EQ(winners(priced({10, 20, 15, 5}, 45, {"greedy", {{"rank", "votes-per-cost"}}}), votes),
            (std::vector{1, 2, 4}));
  EXPECT_EQ(winners(priced({10, 20, 15, 5}, 100,
                           {"greedy", {{"conflict", "A1,A2"}, {"conflict", "A3,A4"}}}),
                    votes),
            (std::vector{2, 3}));
}

TEST(Counting, WordsThatMakeNoSense) {
  const auto with = [](const char* rule, std::vector<TextPair> options) {
    const Pool p = priced({10, 20, 15}, 45, {rule, std::move(options)});
    return check_published(p).ok();
  };
  EXPECT_TRUE(with("greedy", {}));
  EXPECT_TRUE(with("declared", {}));
  EXPECT_TRUE(with("equal-shares", {{"completion", "add1"}, {"filter", "true"}}));
  EXPECT_FALSE(with("greedy", {{"rank", "luck"}}));
  EXPECT_FALSE(with("greedy", {{"threshold", "10%"}}));
  EXPECT_FALSE(with("greedy", {{"threshold", "010"}}));
  EXPECT_FALSE(with("greedy", {{"threshold", "-1"}}));
  EXPECT_FALSE(with("greedy", {{"threshold", ""}}));
  EXPECT_FALSE(with("greedy", {{"stop", "false"}}));
  EXPECT_FALSE(with("greedy", {{"completion", "none"}}));
  EXPECT_FALSE(with("greedy", {{"conflict", "A1"}}));
  EXPECT_FALSE(with("greedy", {{"conflict", "A1,A1"}}));
  EXPECT_FALSE(with("greedy", {{"conflict", "A1,A9"}}));
  EXPECT_FALSE(with("greedy", {{"conflict", "A1,"}}));
  EXPECT_FALSE(with("greedy", {{"rank", "votes"}, {"rank", "votes"}}));
  EXPECT_FALSE(with("equal-shares", {{"completion", "more"}}));
  EXPECT_FALSE(with("equal-shares", {{"satisfaction", "score"}}));
  EXPECT_FALSE(with("equal-shares", {{"rank", "votes"}}));
  EXPECT_FALSE(with("phragmen", {}));
  EXPECT_FALSE(with("declared", {{"rank", "votes"}}));
}

TEST(Counting, TiesByPolicyAndByDraw) {
  const std::vector<BallotContent> votes = {named({1, 2, 3})};
  const Pool p = priced({10, 10, 10}, 10, {"greedy", {}});
  EXPECT_EQ(winners(p, votes), std::vector{1});
  const Pool dearer = priced({10, 5, 20}, 20, {"greedy", {}});
  EXPECT_EQ(winners(dearer, votes, count::TieKind::cost), (std::vector{2, 1}));
  EXPECT_EQ(winners(dearer, votes, count::TieKind::cost_desc), std::vector{3});
  // The draw depends on the seed and nothing else.
  std::set<int> drawn;
  for (std::uint8_t seed = 0; seed < 32; ++seed) {
    const std::vector<int> first = winners(p, votes, count::TieKind::draw, seed);
    EXPECT_EQ(first, winners(p, votes, count::TieKind::draw, seed));
    Sha256Digest tie_seed{};
    tie_seed[0] = seed;
    const std::string text = to_hex(view_of(tie_seed));
    int best = 1;
    for (int i = 2; i <= 3; ++i) {
      if (count::draw_lot(text, "A" + std::to_string(i)) <
          count::draw_lot(text, "A" + std::to_string(best)))
        best = i;
    }
    EXPECT_EQ(first, std::vector{best});
    drawn.insert(best);
  }
  EXPECT_EQ(drawn.size(), 3U);
}

// ---- From published votes

Result<ImportedPool> imported(const std::string& file) {
  const auto instance =
      count::pabulib::read_instance(count::pabulib::memory_bytes(file), "test.pb").value();
  return import_pool(instance, "test");
}

TEST(FromPabulib, LimitsAreTakenAndWidened) {
  const std::string head =
      "META\nkey;value\nvote_type;cumulative\nrule;greedy\nnum_projects;3\nnum_votes;4\nbudget;10\n"
      "max_length;2\nmax_sum_points;5\n";
  const std::string projects = "PROJECTS\nproject_id;cost\na;5\nb;6\nc;7\n";
  const auto fine =
      imported(head + projects + "VOTES\nvoter_id;vote;points\n1;a,b;2,3\n2;c;5\n3;c;5\n4;a;1\n");
  ASSERT_TRUE(fine) << fine.error().to_string();
  EXPECT_EQ(fine->pool.ballot_rule, points(2, {1, 5, 0, 5}));
  EXPECT_EQ(fine->contents.size(), 3U);
  EXPECT_EQ(fine->pool.counting.rule, "declared");
  EXPECT_TRUE(fine->notes.empty());

  const auto wide = imported(head + projects +
                             "VOTES\nvoter_id;vote;points\n1;a,b,c;1,2,4\n2;;\n3;a,a;1,1\n4;b;0\n");
  ASSERT_TRUE(wide) << wide.error().to_string();
  EXPECT_EQ(wide->pool.ballot_rule, points(3, {1, 5, 0, 7}, true));
  EXPECT_EQ(wide->ballots, 4U);
  EXPECT_EQ(wide->inexpressible, 2U);
  EXPECT_EQ(wide->contents.size(), 2U);
  EXPECT_EQ(wide->notes.size(), 3U);
}

TEST(FromPabulib, VoteTypes) {
  const auto with = [](const std::string& type, const std::string& more = "") {
    return imported("META\nkey;value\nvote_type;" + type +
                    "\nrule;unknown\nnum_projects;3\nnum_votes;1\nbudget;10\n" + more +
                    "PROJECTS\nproject_id;cost\na;5\nb;6\nc;7\nVOTES\nvoter_id;vote\n1;c\n")
        .value();
  };
  EXPECT_EQ(with("choose-1").pool.ballot_rule, approval(1, 1));
  EXPECT_EQ(with("approval").pool.ballot_rule, approval(1, 3));
  EXPECT_EQ(with("approval", "max_length;2\n").pool.ballot_rule, approval(1, 2));
  EXPECT_EQ(with("ordinal", "min_length;1\nmax_length;2\n").pool.ballot_rule, ranking(1, 2));
  BallotRule knapsack = approval(1, 3);
  knapsack.knapsack = Money{1000};
  EXPECT_EQ(with("approval", "max_sum_cost;10\n").pool.ballot_rule, knapsack);
  EXPECT_EQ(with("approval").pool.counting.rule, "greedy");  // the declared one is unknown
  EXPECT_EQ(with("approval").notes.size(), 1U);
}

// Every published vote becomes a pool; its ballots pass through bits; the file that would be
// published counts to the same winners.
TEST(FromPabulib, RealVotesKeepTheirWinners) {
  const auto paths = oracle::real_instances();
  if (paths.empty()) GTEST_SKIP() << "no published votes on this machine";
  std::uint64_t ballots = 0;
  std::uint64_t inexpressible = 0;
  std::size_t notes = 0;
  std::size_t widest = 0;
  std::size_t other_winners = 0;
  for (const auto& path : paths) {
    SCOPED_TRACE(path.filename().string());
    const Result<count::Instance> original = count::pabulib::read_instance_file(path.string());
    ASSERT_TRUE(original) << original.error().to_string();
    const Result<ImportedPool> made = import_pool(*original, "pool");
    ASSERT_TRUE(made) << made.error().to_string();
    const BallotTerms terms = terms_of(made->pool).value();
    widest = std::max(widest, terms.layout.width);
    std::vector<PublishedBallot> published;
    for (const RepeatedContent& repeated : made->contents) {
      ASSERT_FALSE(check_content(terms, repeated.content).has_value());
      const std::string bits = pack_ballot(terms, repeated.content).value();
      ASSERT_EQ(std::get<BallotContent>(unpack_ballot(terms, bits)), repeated.content);
      for (std::uint32_t i = 0; i < repeated.count; ++i)
        published.push_back({published.size() + 1, repeated.content});
    }
    EXPECT_EQ(published.size() + made->inexpressible, made->ballots);
    EXPECT_EQ(made->ballots, original->profile.ballots());
    const Result<count::Instance> again = read_published(published_file(made->pool, published));
    ASSERT_TRUE(again) << again.error().to_string();
    const auto expected = count_pool(made->pool.counting, *original, count::TieKind::id, {});
    const auto counted = count_pool(made->pool.counting, *again, count::TieKind::id, {});
    ASSERT_TRUE(expected) << expected.error().to_string();
    ASSERT_TRUE(counted) << counted.error().to_string();
    const bool same = counted->winners == expected->winners && counted->cost == expected->cost;
    if (made->inexpressible == 0) {
      EXPECT_TRUE(same);
    } else {
      std::cout << path.filename().string() << ": " << made->inexpressible << " of "
                << made->ballots << " ballots cannot be expressed; winners "
                << (same ? "the same" : "DIFFER") << "\n";
      if (!same) ++other_winners;
    }
    for (const std::string& note : made->notes)
      std::cout << path.filename().string() << ": " << note << "\n";
    ballots += made->ballots;
    inexpressible += made->inexpressible;
    notes += made->notes.size();
  }
  std::cout << paths.size() << " files, " << ballots << " ballots, " << inexpressible
            << " cannot be expressed (" << other_winners << " files with other winners then), "
            << notes << " notes, at most " << widest << " elements wide\n";
}

// How many bytes the manifests of whole cities take, against the limit of an entry.
TEST(FromPabulib, ManifestsOfCities) {
  std::map<std::string, std::pair<std::size_t, std::size_t>> cities;  // pools, bytes
  for (const auto& path : oracle::real_instances()) {
    const auto original = count::pabulib::read_instance_file(path.string());
    const auto made = import_pool(original.value(), "pool");
    ASSERT_TRUE(made);
    Manifest alone;
    alone.pools = {made->pool};
    Manifest empty;
    const std::string name = path.filename().string();
    auto& [pools, bytes] = cities[name.substr(0, name.find_first_of("0123456789") + 4)];
    ++pools;
    bytes += encode(alone).size() - encode(empty).size();
  }
  for (const auto& [city, size] : cities)
    std::cout << city << ": " << size.first << " pools, " << size.second << " bytes\n";
}

}  // namespace
}  // namespace urna::election
