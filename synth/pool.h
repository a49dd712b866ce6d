// SPDX-License-Identifier: EUPL-1.2
// One invented pool: what it is made from, in memory and as a .pb file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "count/instance.h"

namespace urna::synth {

// How long ballots are and how alike.
struct BallotHabits {
  std::uint32_t single_percent = 40;  // of ballots name as few projects as allowed
  std::uint32_t full_percent = 20;    // name as many as allowed
  // The others: the least of this many uniform draws between the two lengths, so 1 is flat and more
  // lean to short ballots.
  std::uint32_t middle_draws = 2;
  std::uint32_t campaign_percent = 15;   // copy the leaflet of a school, a parish, a club …
  std::uint32_t paper_percent = 10;      // for voting_method
  std::uint32_t incomplete_percent = 1;  // of cumulative ballots keep points back
};

struct District {
  std::string name;
  std::uint32_t weight = 1;  // share of the voters; > 0
};

// All persons who take part in the edition, numbered from 1. The seed and the number of a person
// alone decide district, age, sex, way of voting and the pools used: all pools of an edition agree
// on them.
struct Electorate {
  std::uint64_t persons = 1000;
  std::vector<District> districts;  // empty: the city has none
};

struct PoolParameters {
  std::uint64_t seed = 1;
  std::string unit = "Lipowiec";  // the city
  std::uint32_t year = 2025;
  std::uint32_t edition = 8;
  Money budget{100'000'000};  // whole currency units, > 0
  std::uint32_t projects = 20;
  // Sum of all costs in per cent of the budget, before the cap on a single project.
  std::uint32_t demand_percent = 350;
  std::uint32_t cost_cap_percent = 50;  // of the budget, for a single project
  std::string id_prefix;                // before the number in project ids

  count::VoteType vote_type = count::VoteType::approval;
  std::uint32_t length_min = 1;
  std::optional<std::uint32_t> length_max;  // none: all projects, and the file states no limit
  std::int32_t points = 10;  // cumulative: to divide; scoring: the most for one project
  std::string rule = "greedy";
  std::optional<std::int64_t> threshold;  // min_project_score_threshold
  BallotHabits habits;

  Electorate electorate;
  // The pool of one district: only its voters vote here. None: the city-wide pool, whose ballots
  // state the district of the voter if the city has districts.
  std::optional<std::size_t> district;
  std::uint32_t participation_percent = 100;  // of the persons vote in this pool
  bool age_sex = true;                        // columns age and sex
  bool voting_method = true;                  // column voting_method
};

// Called now and then with the persons passed so far and to pass (each passes twice: once to count,
// once to write); returns false to give up.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// Receives the bytes of the file from first to last.
using ByteSink = std::function<Status(std::string_view bytes)>;

// Made directly, without text in between; equal to what reading the file of write_pool() gives,
// except for `file`, which is "synthetic". Errors: usage (parameters that contradict each other or
// leave their range). O(persons · length of a ballot).
[[nodiscard]] Result<count::Instance> generate_pool(const PoolParameters& parameters);

struct PoolSummary {
  std::uint64_t projects = 0;
  std::uint64_t ballots = 0;
  Money budget;
};

// The pool as a .pb file, in two passes over the ballots and with memory independent of their
// number. Column `selected` is left out: there is no announcement. The same parameters give the
// same bytes on every machine. Errors: usage as above, conflict (progress said no), the sink's own.
[[nodiscard]] Result<PoolSummary> write_pool(const PoolParameters& parameters, const ByteSink& sink,
                                             const Progress& progress = {});

// write_pool() into a file that is whole or not there. Errors: also io, not_found.
[[nodiscard]] Result<PoolSummary> write_pool_file(const PoolParameters& parameters,
                                                  const std::string& path,
                                                  const Progress& progress = {});

}  // namespace urna::synth
