// SPDX-License-Identifier: EUPL-1.2
#include "synth/edition.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "synth/random.h"
#include "synth/vocabulary.h"

namespace urna::synth {
namespace {

using count::VoteType;

constexpr std::uint32_t city_share_percent = 30;  // of the money

// Sizes and habits follow published editions (Pabulib) to one digit.
constexpr std::array<Kind, 7> known_kinds{{
    {.name = "czestochowa",
     .summary = "10 points to divide, 20 districts, greedy",
     .vote_type = VoteType::cumulative,
     .length_min = 1,
     .length_max = {},
     .length_max_district = {},
     .points = 10,
     .rule = "greedy",
     .threshold_permille = 0,
     .habits = {.single_percent = 77,
                .full_percent = 1,
                .middle_draws = 3,
                .campaign_percent = 10,
                .paper_percent = 20,
                .incomplete_percent = 0},
     .districts = 20,
     .projects = 90,
     .voters = 170'000,
     .turnout_permille = 120,
     .budget = 8'000'000,
     .cost_cap_percent = 50,
     .demand_percent = 800,
     .age_sex = false,
     .voting_method = false,
     .id_prefix = ""},
    {.name = "warszawa",
     .summary = "up to 10 projects city-wide, 15 in a district, threshold, 18 districts",
     .vote_type = VoteType::approval,
     .length_min = 1,
     .length_max = 10,
     .length_max_district = 15,
     .points = 10,
     .rule = "greedy-threshold",
     .threshold_permille = 20,
     .habits = {.single_percent = 8,
                .full_percent = 48,
                .middle_draws = 1,
                .campaign_percent = 5,
                .paper_percent = 1,
                .incomplete_percent = 0},
     .districts = 18,
     .projects = 100,
     .voters = 1'500'000,
     .turnout_permille = 60,
     .budget = 100'000'000,
     .cost_cap_percent = 20,
     .demand_percent = 300,
     .age_sex = true,
     .voting_method = true,
     .id_prefix = ""},
    {.name = "krakow",
     .summary = "the best three in order, 18 districts, greedy by points",
     .vote_type = VoteType::ordinal,
     .length_min = 3,
     .length_max = 3,
     .length_max_district = {},
     .points = 10,
     .rule = "greedy",
     .threshold_permille = 0,
     .habits = {.single_percent = 0,
                .full_percent = 100,
                .middle_draws = 1,
                .campaign_percent = 15,
                .paper_percent = 40,
                .incomplete_percent = 0},
     .districts = 18,
     .projects = 90,
     .voters = 600'000,
     .turnout_permille = 70,
     .budget = 40'000'000,
     .cost_cap_percent = 20,
     .demand_percent = 700,
     .age_sex = false,
     .voting_method = true,
     .id_prefix = ""},
    {.name = "wroclaw",
     .summary = "one project, greedy that stops at the first misfit, no districts",
     .vote_type = VoteType::choose_one,
     .length_min = 1,
     .length_max = 1,
     .length_max_district = {},
     .points = 10,
     .rule = "greedy-no-skip",
     .threshold_permille = 0,
     .habits = {.single_percent = 100,
                .full_percent = 0,
                .middle_draws = 1,
                .campaign_percent = 0,
                .paper_percent = 0,
                .incomplete_percent = 0},
     .districts = 0,
     .projects = 80,
     .voters = 500'000,
     .turnout_permille = 170,
     .budget = 16'000'000,
     .cost_cap_percent = 12,
     .demand_percent = 1200,
     .age_sex = true,
     .voting_method = true,
     .id_prefix = ""},
    {.name = "katowice",
     .summary = "3 points to divide, threshold, 22 districts",
     .vote_type = VoteType::cumulative,
     .length_min = 1,
     .length_max = {},
     .length_max_district = {},
     .points = 3,
     .rule = "greedy-threshold",
     .threshold_permille = 30,
     .habits = {.single_percent = 67,
                .full_percent = 14,
                .middle_draws = 1,
                .campaign_percent = 10,
                .paper_percent = 10,
                .incomplete_percent = 1},
     .districts = 22,
     .projects = 30,
     .voters = 240'000,
     .turnout_permille = 150,
     .budget = 20'000'000,
     .cost_cap_percent = 70,
     .demand_percent = 500,
     .age_sex = true,
     .voting_method = false,
     .id_prefix = "L0/"},
    {.name = "gdynia",
     .summary = "up to 3 projects, threshold, stops at the first misfit, 21 districts",
     .vote_type = VoteType::approval,
     .length_min = 1,
     .length_max = 3,
     .length_max_district = {},
     .points = 10,
     .rule = "greedy-no-skip",
     .threshold_permille = 30,
     .habits = {.single_percent = 30,
                .full_percent = 62,
                .middle_draws = 1,
                .campaign_percent = 10,
                .paper_percent = 0,
                .incomplete_percent = 0},
     .districts = 21,
     .projects = 13,
     .voters = 200'000,
     .turnout_permille = 150,
     .budget = 8'000'000,
     .cost_cap_percent = 66,
     .demand_percent = 500,
     .age_sex = true,
     .voting_method = false,
     .id_prefix = ""},
    {.name = "wieliczka",
     .summary = "any number of projects, Method of Equal Shares with Add1, no districts",
     .vote_type = VoteType::approval,
     .length_min = 1,
     .length_max = {},
     .length_max_district = {},
     .points = 10,
     .rule = "equalshares/add1",
     .threshold_permille = 0,
     .habits = {.single_percent = 50,
                .full_percent = 0,
                .middle_draws = 15,
                .campaign_percent = 10,
                .paper_percent = 5,
                .incomplete_percent = 0},
     .districts = 0,
     .projects = 64,
     .voters = 50'000,
     .turnout_permille = 130,
     .budget = 1'000'000,
     .cost_cap_percent = 10,
     .demand_percent = 350,
     .age_sex = false,
     .voting_method = false,
     .id_prefix = ""},
}};

// What every pool of the edition shares.
PoolParameters common_parameters(const EditionParameters& parameters, const Kind& kind) {
  PoolParameters pool;
  pool.seed = parameters.seed;
  Random names(parameters.seed, "city");
  pool.unit = parameters.unit.value_or(city_name(names));
  pool.year = parameters.year;
  pool.projects = parameters.projects.value_or(kind.projects);
  pool.demand_percent = kind.demand_percent;
  pool.cost_cap_percent = kind.cost_cap_percent;
  pool.vote_type = parameters.vote_type.value_or(kind.vote_type);
  pool.points = kind.points;
  pool.length_min = kind.length_min;
  pool.length_max = kind.length_max;
  if (pool.vote_type != kind.vote_type) {
    pool.length_min = 1;
    pool.length_max = std::nullopt;
    if (pool.vote_type == VoteType::approval) pool.length_max = 5;
    if (pool.vote_type == VoteType::choose_one) pool.length_max = 1;
    if (pool.vote_type == VoteType::ordinal) pool.length_max = 3;
    pool.points = pool.vote_type == VoteType::scoring ? 5 : 10;
  }
  pool.points = parameters.points.value_or(pool.points);
  pool.length_min = parameters.length_min.value_or(pool.length_min);
  if (parameters.length_max) pool.length_max = parameters.length_max;
  // A shorter greatest length than the kind's least moves the least along, unless that was asked.
  if (pool.length_max && !parameters.length_min)
    pool.length_min = std::min(pool.length_min, *pool.length_max);
  pool.rule = parameters.rule.value_or(std::string(kind.rule));
  pool.habits = kind.habits;
  pool.age_sex = kind.age_sex;
  pool.voting_method = kind.voting_method;
  return pool;
}

std::vector<District> draw_districts(std::uint64_t seed, std::uint32_t count) {
  Random random(seed, "districts");
  std::vector<District> districts;
  for (std::string& name : district_names(random, count))
    districts.push_back({std::move(name), static_cast<std::uint32_t>(random.between(30, 200))});
  return districts;
}

// Whole currency units, at least one.
Money share_of(Money whole, std::uint64_t part, std::uint64_t of) {
  const auto units = static_cast<std::uint64_t>(whole.grosze / 100);
  // part/of in millionths first: budgets up to 10^9 units then stay within 64 bits.
  const std::uint64_t share = units * (part * 1'000'000 / of) / 1'000'000;
  return {static_cast<std::int64_t>(std::max<std::uint64_t>(share, 1)) * 100};
}

std::optional<std::int64_t> threshold_for(const EditionParameters& parameters, const Kind& kind,
                                          const PoolParameters& pool, std::uint64_t ballots) {
  if (parameters.threshold) return parameters.threshold;
  constexpr std::uint64_t usual_permille = 20;
  std::uint64_t permille = kind.threshold_permille;
  if (parameters.rule) permille = pool.rule == "greedy-threshold" ? usual_permille : 0;
  if (permille == 0) return std::nullopt;
  return static_cast<std::int64_t>(std::max<std::uint64_t>(ballots * permille / 1000, 1));
}

}  // namespace

std::span<const Kind> kinds() { return known_kinds; }

Result<const Kind*> find_kind(std::string_view name) {
  std::string known;
  for (const Kind& kind : known_kinds) {
    if (kind.name == name) return &kind;
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
  }
  return Error{
      ErrorCode::usage, fmt::format("unknown kind of city \"{}\"", name), {}, "known are " + known};
}

Result<VoteType> parse_vote_type(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, VoteType>, 5> types{
      {{"approval", VoteType::approval},
       {"choose-1", VoteType::choose_one},
       {"ordinal", VoteType::ordinal},
       {"cumulative", VoteType::cumulative},
       {"scoring", VoteType::scoring}}};
  for (const auto& [name, type] : types) {
    if (name == text) return type;
  }
  return Error{ErrorCode::usage,
               fmt::format("unknown vote type \"{}\"", text),
               {},
               "known are approval, choose-1, ordinal, cumulative, scoring"};
}

Result<std::vector<PlannedPool>> plan_edition(const EditionParameters& parameters) {
  Result<const Kind*> found = find_kind(parameters.kind);
  if (!found) return std::move(found).error();
  const Kind& kind = **found;
  const std::uint32_t turnout = parameters.turnout_permille.value_or(kind.turnout_permille);
  if (turnout > 1000)
    return Error{ErrorCode::usage, "a turnout above 100 % is impossible", {}, "choose 0 to 100"};
  constexpr std::uint64_t voters_max = 4'000'000'000;
  const std::uint64_t voters = parameters.voters.value_or(kind.voters);
  if (voters > voters_max)
    return Error{ErrorCode::usage,
                 fmt::format("{} voters are out of range", voters),
                 {},
                 fmt::format("choose at most {}", voters_max)};
  const Money budget = parameters.budget.value_or(Money{kind.budget * 100});
  constexpr std::int64_t budget_grosze_max = 100'000'000'000;
  if (budget.grosze < 100 || budget.grosze > budget_grosze_max || budget.grosze % 100 != 0)
    return Error{
        ErrorCode::usage, "the budget is out of range", {}, "choose 1 to 1000000000 whole units"};

  PoolParameters city = common_parameters(parameters, kind);
  city.electorate.persons = voters * turnout / 1000;
  city.electorate.districts =
      draw_districts(parameters.seed, parameters.districts.value_or(kind.districts));
  city.id_prefix = kind.id_prefix;
  const std::string stem =
      fmt::format("Poland_{}_{}", file_name_of(city.unit), std::to_string(city.year));

  const bool alone = parameters.single_pool || city.electorate.districts.empty();
  city.budget = alone ? budget : share_of(budget, city_share_percent, 100);
  city.participation_percent = alone ? 100 : 85;
  city.threshold = threshold_for(parameters, kind, city,
                                 city.electorate.persons * city.participation_percent / 100);
  std::vector<PlannedPool> pools{{stem + ".pb", city}};
  if (alone) return pools;

  std::uint64_t weights = 0;
  for (const District& district : city.electorate.districts) weights += district.weight;
  Random sizes(parameters.seed, "district pools");
  for (std::size_t d = 0; d < city.electorate.districts.size(); ++d) {
    const District& district = city.electorate.districts[d];
    PoolParameters pool = city;
    pool.district = d;
    pool.participation_percent = 75;
    pool.budget = share_of(budget, std::uint64_t{district.weight} * (100 - city_share_percent),
                           weights * 100);
    // A quarter of the city-wide projects, give or take; enough for a ballot to have a choice.
    const auto projects = static_cast<std::uint32_t>(city.projects * sizes.between(15, 35) / 100);
    pool.projects = std::min(std::max(projects, pool.length_min + 2), city.projects);
    if (kind.length_max_district && !parameters.length_max && pool.vote_type == kind.vote_type)
      pool.length_max = kind.length_max_district;
    if (!pool.id_prefix.empty()) pool.id_prefix = fmt::format("L{}/", d + 1);
    pool.threshold = threshold_for(
        parameters, kind, pool,
        pool.electorate.persons * district.weight / weights * pool.participation_percent / 100);
    pools.push_back({stem + "_" + file_name_of(district.name) + ".pb", std::move(pool)});
  }
  return pools;
}

}  // namespace urna::synth
