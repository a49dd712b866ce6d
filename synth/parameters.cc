// SPDX-License-Identifier: EUPL-1.2
#include "synth/parameters.h"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>

#include "count/project_index.h"

namespace urna::synth {

using count::VoteType;

namespace {

constexpr std::uint64_t persons_max = 4'000'000'000;  // one profile counts 2^32 - 1 ballots
// 10^9 currency units: the products of costs and shares fit 64 bits.
constexpr std::int64_t budget_grosze_max = 100'000'000'000;
constexpr std::size_t districts_max = 1'000;
constexpr std::int32_t points_max = 1'000'000;

Status refuse(std::string message, std::string remedy) {
  return Error{ErrorCode::usage, std::move(message), {}, std::move(remedy)};
}

Status check_ballot_parameters(const PoolParameters& parameters) {
  const std::uint32_t length_max = parameters.length_max.value_or(parameters.projects);
  if (parameters.length_min < 1 || parameters.length_min > length_max)
    return refuse(fmt::format("ballots of {} to {} projects are impossible", parameters.length_min,
                              length_max),
                  "let the least length be at least 1 and at most the greatest");
  if (parameters.length_min > parameters.projects)
    return refuse(fmt::format("a ballot must name {} projects, but there are {}",
                              parameters.length_min, parameters.projects),
                  "ask for more projects");
  if (parameters.vote_type == VoteType::choose_one && parameters.length_min != 1)
    return refuse("a choose-1 ballot names one project", "let the least length be 1");
  if (has_points(parameters.vote_type) && (parameters.points < 1 || parameters.points > points_max))
    return refuse(fmt::format("{} points are out of range", parameters.points),
                  fmt::format("choose 1 to {}", points_max));
  if (parameters.vote_type == VoteType::cumulative &&
      static_cast<std::uint32_t>(parameters.points) < parameters.length_min)
    return refuse("fewer points than projects that a ballot must name", "give more points");
  const BallotHabits& habits = parameters.habits;
  if (habits.single_percent > 100 || habits.full_percent > 100 ||
      habits.single_percent + habits.full_percent > 100 || habits.campaign_percent > 100 ||
      habits.paper_percent > 100 || habits.incomplete_percent > 100 || habits.middle_draws < 1 ||
      habits.middle_draws > 100)
    return refuse("habits of voters are out of range", "keep every percentage within 0 to 100");
  return ok_status();
}

}  // namespace

bool has_points(VoteType type) { return type == VoteType::cumulative || type == VoteType::scoring; }

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c == ';' || c == '"' || static_cast<unsigned char>(c) < 0x20;
  });
}

Status check_parameters(const PoolParameters& parameters) {
  if (parameters.projects < 1 || parameters.projects > count::projects_max)
    return refuse(fmt::format("{} projects are out of range", parameters.projects),
                  fmt::format("choose 1 to {}", count::projects_max));
  const Electorate& electorate = parameters.electorate;
  if (electorate.persons > persons_max)
    return refuse(fmt::format("{} voters are out of range", electorate.persons),
                  fmt::format("choose at most {}", persons_max));
  if (parameters.budget.grosze < 100 || parameters.budget.grosze > budget_grosze_max ||
      parameters.budget.grosze % 100 != 0)
    return refuse("the budget is out of range", "choose 1 to 1000000000 whole currency units");
  if (electorate.districts.size() > districts_max)
    return refuse(fmt::format("{} districts are out of range", electorate.districts.size()),
                  fmt::format("choose at most {}", districts_max));
  for (const District& district : electorate.districts) {
    if (district.weight == 0 || district.weight > 1'000'000)
      return refuse("a district's weight is out of range", "choose 1 to 1000000");
    if (!is_plain(district.name))
      return refuse("a district's name holds a semicolon, a quotation mark or a control character",
                    "choose another name");
  }
  if (parameters.district && *parameters.district >= electorate.districts.size())
    return refuse("the pool's district is none of the electorate's", "name an existing district");
  if (parameters.demand_percent < 1 || parameters.demand_percent > 100'000 ||
      parameters.cost_cap_percent < 1 || parameters.cost_cap_percent > 1'000 ||
      parameters.participation_percent > 100)
    return refuse("a percentage is out of range", "see the comments at the parameters");
  if (parameters.threshold && *parameters.threshold < 0)
    return refuse("a negative threshold is meaningless", "choose 0 or more");
  if (parameters.year < 1990 || parameters.year > 9998)
    return refuse(fmt::format("the year {} is out of range", parameters.year),
                  "choose 1990 to 9998");
  if (!is_plain(parameters.unit) || !is_plain(parameters.rule) || parameters.unit.empty() ||
      !is_plain(parameters.id_prefix) || parameters.id_prefix.find(',') != std::string::npos)
    return refuse("a name holds a semicolon, a quotation mark or a control character, or is empty",
                  "choose another name");
  return check_ballot_parameters(parameters);
}

}  // namespace urna::synth
