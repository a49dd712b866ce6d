// SPDX-License-Identifier: EUPL-1.2
// How long the counting rules take once the votes are read, and how that grows with the votes.
//
// Baseline in the same run: the oracles of the tests, the same rules word for word in fractions.
// They are asked only where they end within seconds; "-" stands elsewhere. Every outcome is held
// against the baseline's, where there is one. Published files are found in URNA_DATA or beside the
// source tree; without them only synthetic votes are measured. Times are processor time of one
// thread, the least of several runs.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "count/pabulib/reader.h"
#include "count/rules/equal_shares.h"
#include "count/rules/greedy.h"
#include "count/rules/max_welfare.h"
#include "count/rules/phragmen.h"
#include "count/rules/shares/support.h"
#include "count/tally.h"
#include "test/oracle/equal_shares_oracle.h"
#include "test/oracle/greedy_oracle.h"
#include "test/oracle/real_data.h"

namespace {

using namespace urna;
using namespace urna::count;

using Winners = std::vector<ProjectIndex>;

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "count_bench: {}\n", why);
  std::exit(1);
}

double processor_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// Least time of up to five runs, or fewer once a second has been spent.
double least_ms(const std::function<void()>& work) {
  double least = 0;
  double spent = 0;
  for (int run = 0; run < 5 && spent < 1000; ++run) {
    const double start = processor_ms();
    work();
    const double took = processor_ms() - start;
    least = run == 0 ? took : std::min(least, took);
    spent += took;
  }
  return least;
}

std::uint64_t peak_bytes() {
  std::ifstream status("/proc/self/status");
  constexpr std::string_view key = "VmHWM:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) return std::strtoull(line.c_str() + key.size(), nullptr, 10) * 1024;
  }
  fail("no /proc/self/status");
}

struct Timed {
  double ms = 0;
  Winners winners;
  std::uint64_t steps = 0;
};

Timed time_shares(const Instance& instance, const TieOrder& ties,
                  const EqualSharesOptions& options) {
  Timed timed;
  timed.ms = least_ms([&] {
    Result<Outcome> outcome = equal_shares(instance, ties, options);
    if (!outcome) fail(outcome.error().to_string());
    timed.winners = outcome->winners;
    timed.steps = outcome->add1_steps;
  });
  return timed;
}

void print_row(std::string_view rule, const Timed& timed, std::optional<double> baseline_ms) {
  fmt::print("  {:<34} {:>10.3f} ms  {:>12}  {:>8}  {:>4} funded{}\n", rule, timed.ms,
             baseline_ms ? fmt::format("{:.1f} ms", *baseline_ms) : "-",
             baseline_ms ? fmt::format("{:.0f}x", *baseline_ms / timed.ms) : "-",
             timed.winners.size(), timed.steps > 0 ? fmt::format(", {} steps", timed.steps) : "");
}

// Compares with the oracle if its work, in looked-up utilities, is bearable.
std::optional<double> baseline_shares(const Instance& instance, const TieOrder& ties,
                                      const EqualSharesOptions& options, const Timed& timed) {
  const double look_ups = static_cast<double>(instance.profile.groups()) *
                          static_cast<double>(instance.projects.size()) *
                          static_cast<double>(timed.winners.size() + 1) *
                          static_cast<double>(timed.steps + 2);
  constexpr double bearable = 2e8;
  if (look_ups > bearable) return std::nullopt;
  const double start = processor_ms();
  const auto expected = oracle::equal_shares_oracle(instance, ties, options);
  const double took = processor_ms() - start;
  if (expected.winners != timed.winners) fail("Equal Shares differs from the definition");
  return took;
}

void measure(const std::string& name, const Instance& instance) {
  const Tally votes = tally(instance);
  const TieOrder ties(instance, votes, {});
  fmt::print("\n{}: {} ballots, {} distinct, {} projects\n", name, instance.profile.ballots(),
             instance.profile.groups(), instance.projects.size());
  fmt::print("  {:<34} {:>13}  {:>12}  {:>8}\n", "rule", "time", "definition", "ratio");

  const bool points =
      instance.vote_type != VoteType::approval && instance.vote_type != VoteType::choose_one;
  GreedyOptions by_rank;
  by_rank.rank = points ? GreedyRank::points : GreedyRank::votes;
  Timed timed;
  timed.ms = least_ms([&] { timed.winners = greedy(instance, votes, ties, by_rank).winners; });
  PerProject<std::uint32_t> ranks(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) ranks[p] = ties.rank(p);
  const double start = processor_ms();
  const Winners expected = oracle::greedy_oracle(instance, votes, ranks, by_rank);
  const double baseline = processor_ms() - start;
  if (expected != timed.winners) fail("greedy differs from the definition");
  print_row("greedy, from tallies", timed, baseline);

  Timed tallied;
  tallied.ms = least_ms([&] {
    if (tally(instance).points != votes.points) fail("two tallies differ");
  });
  print_row("tally", tallied, std::nullopt);

  for (const Satisfaction satisfaction :
       {Satisfaction::cost, Satisfaction::cardinality, Satisfaction::score}) {
    if (satisfaction == Satisfaction::score && !points) continue;
    const char* label = satisfaction == Satisfaction::cost          ? "cost"
                        : satisfaction == Satisfaction::cardinality ? "cardinality"
                                                                    : "score";
    for (const Completion completion : {Completion::none, Completion::add1}) {
      EqualSharesOptions options;
      options.satisfaction = satisfaction;
      options.completion = completion;
      const Timed shares = time_shares(instance, ties, options);
      print_row(
          fmt::format("equal shares {}{}", label, completion == Completion::add1 ? ", Add1" : ""),
          shares, baseline_shares(instance, ties, options, shares));
    }
  }
  if (!points) {
    Timed by_load;
    by_load.ms = least_ms([&] {
      const Result<Outcome> outcome = phragmen(instance, ties);
      if (!outcome) fail(outcome.error().to_string());
      by_load.winners = outcome->winners;
    });
    print_row("phragmen", by_load, std::nullopt);
  }
  Timed best;
  best.ms = least_ms([&] {
    MaxWelfareOptions options;
    options.satisfaction = points ? Satisfaction::score : Satisfaction::cost;
    const Result<Outcome> outcome = max_welfare(instance, ties, options);
    if (!outcome) fail(outcome.error().to_string());
    best.winners = outcome->winners;
  });
  print_row("max welfare", best, std::nullopt);
}

// `voters` approvals of five of 100 projects, popular ones more often; costs and budget grow with
// the voters so that a voter's share stays 50 currency units.
Instance synthetic(std::uint64_t voters) {
  constexpr std::uint32_t projects = 100;
  constexpr std::int64_t grosze_per_voter = 5000;
  std::mt19937_64 random(voters);
  Instance instance;
  instance.file = "synthetic";
  instance.budget = Money{static_cast<std::int64_t>(voters) * grosze_per_voter};
  for (std::uint32_t p = 0; p < projects; ++p) {
    Project project;
    project.id = std::to_string(p);
    project.cost =
        Money{instance.budget.grosze / 40 / static_cast<std::int64_t>(1 + random() % 10)};
    instance.projects.push_back(project);
  }
  ProfileBuilder builder(VoteType::approval);
  std::vector<ProjectIndex> ballot;
  for (std::uint64_t v = 0; v < voters; ++v) {
    ballot.clear();
    while (ballot.size() < 5) {
      const auto a = static_cast<std::uint32_t>(random() % projects);
      const auto b = static_cast<std::uint32_t>(random() % projects);
      const ProjectIndex p{static_cast<std::uint16_t>(std::min(a, b))};
      if (std::find(ballot.begin(), ballot.end(), p) == ballot.end()) ballot.push_back(p);
    }
    if (!builder.add(ballot, {})) fail("too many ballots");
  }
  instance.profile = std::move(builder).build();
  return instance;
}

void measure_growth(std::uint64_t voters_max) {
  fmt::print("\nGrowth, synthetic approvals of 5 of 100 projects; ns per vote\n");
  fmt::print("  {:>10}  {:>10}  {:>8}  {:>12}  {:>12}  {:>6}  {:>10}\n", "votes", "distinct",
             "tally", "equal shares", "Add1/step", "steps", "peak/vote");
  for (std::uint64_t voters = 10'000; voters <= voters_max; voters *= 10) {
    const Instance instance = synthetic(voters);
    const TieOrder ties(instance, tally(instance), {});
    const auto per_vote = [&](double ms) { return ms * 1e6 / static_cast<double>(voters); };
    std::int64_t seen = 0;
    const double tally_ms = least_ms([&] { seen = tally(instance).votes[ProjectIndex{0}]; });
    if (seen <= 0) fail("the most popular project has no votes");
    EqualSharesOptions options;
    const Timed once = time_shares(instance, ties, options);
    options.completion = Completion::add1;
    const Timed raised = time_shares(instance, ties, options);
    fmt::print("  {:>10}  {:>10}  {:>8.2f}  {:>12.1f}  {:>12.1f}  {:>6}  {:>8} B\n", voters,
               instance.profile.groups(), per_vote(tally_ms), per_vote(once.ms),
               per_vote(raised.ms) / static_cast<double>(raised.steps + 2), raised.steps,
               peak_bytes() / voters);
  }
}

}  // namespace

int main(int argc, char** argv) {
  // The greatest number of synthetic votes; 10^7 needs some 4 GB.
  const std::uint64_t voters_max = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  const char* names[] = {"Poland_Lodz_2022.pb",
                         "Poland_Wroclaw_2015_150_-_500.pb",
                         "Poland_Warszawa_2020_Bialoleka.pb",
                         "Poland_Krakow_2019.pb",
                         "Poland_Czestochowa_2020.pb",
                         "Poland_Wieliczka_2023_Green_Budget.pb",
                         "Poland_Katowice_2022_Koszutka.pb"};
  bool any = false;
  for (const char* name : names) {
    const auto path = oracle::data_folder() / "pabulib" / name;
    if (!std::filesystem::exists(path)) continue;
    Result<Instance> instance = pabulib::read_instance_file(path.string());
    if (!instance) fail(instance.error().to_string());
    measure(name, *instance);
    any = true;
  }
  if (!any)
    fmt::print("No published files in {}; synthetic votes only.\n", oracle::data_folder().string());
  measure("synthetic 10,000", synthetic(10'000));
  measure_growth(voters_max);
  return 0;
}
