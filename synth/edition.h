// SPDX-License-Identifier: EUPL-1.2
// A whole invented edition: the city-wide pool and one pool per district, after the manner of a
// real city.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "count/profile.h"
#include "synth/pool.h"

namespace urna::synth {

// The ballots, rule and rough sizes of a city's editions as published; names and contents are
// invented.
struct Kind {
  std::string_view name;     // as on the command line
  std::string_view summary;  // English, for --help
  count::VoteType vote_type;
  std::uint32_t length_min;
  std::optional<std::uint32_t> length_max;
  std::optional<std::uint32_t> length_max_district;  // if it differs
  std::int32_t points;
  std::string_view rule;
  std::uint32_t threshold_permille;  // of the ballots expected in the pool; 0 = no threshold
  BallotHabits habits;
  std::uint32_t districts;
  std::uint32_t projects;  // of the city-wide pool
  std::uint64_t voters;    // entitled to vote
  std::uint32_t turnout_permille;
  std::int64_t budget;  // whole currency units, all pools together
  std::uint32_t cost_cap_percent;
  std::uint32_t demand_percent;
  bool age_sex;
  bool voting_method;
  std::string_view id_prefix;  // of the city-wide pool
};

[[nodiscard]] std::span<const Kind> kinds();
// Error: usage, listing the known ones.
[[nodiscard]] Result<const Kind*> find_kind(std::string_view name);

// "approval", "choose-1", "ordinal", "cumulative", "scoring". Error: usage.
[[nodiscard]] Result<count::VoteType> parse_vote_type(std::string_view text);

// What is not set is the kind's. A vote type other than the kind's brings its own usual lengths.
struct EditionParameters {
  std::uint64_t seed = 1;
  std::string kind = "czestochowa";
  std::optional<std::string> unit;
  std::uint32_t year = 2025;
  std::optional<std::uint32_t> districts;
  std::optional<std::uint32_t> projects;
  std::optional<std::uint64_t> voters;
  std::optional<std::uint32_t> turnout_permille;
  std::optional<count::VoteType> vote_type;
  std::optional<std::int32_t> points;
  std::optional<std::uint32_t> length_min, length_max;
  std::optional<Money> budget;
  std::optional<std::string> rule;
  std::optional<std::int64_t> threshold;
  bool single_pool = false;  // only a city-wide pool, with all the money, in which everybody votes
};

struct PlannedPool {
  std::string file_name;  // "Poland_CITY_YEAR.pb", "Poland_CITY_YEAR_DISTRICT.pb"
  PoolParameters parameters;
};

// The pools, city-wide first. Three tenths of the money are city-wide (all of it if there are no
// districts), the rest is shared among the districts by their voters. Errors: usage (unknown kind,
// a share out of range); pool.h checks the rest when a pool is made.
[[nodiscard]] Result<std::vector<PlannedPool>> plan_edition(const EditionParameters& parameters);

}  // namespace urna::synth
