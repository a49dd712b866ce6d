// SPDX-License-Identifier: EUPL-1.2
#include "synth/pool.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <numeric>
#include <utility>

#include "base/atomic_file.h"
#include "count/profile.h"
#include "count/tally.h"
#include "synth/ballots.h"
#include "synth/parameters.h"
#include "synth/projects.h"
#include "synth/vocabulary.h"
#include "synth/voters.h"

namespace urna::synth {
namespace {

using count::ProjectIndex;
using count::VoteType;

// Everything about the pool but the ballots one by one.
struct Plan {
  std::vector<InventedProject> invented;
  Voters voters;
  std::vector<std::int64_t> votes;   // by position in `invented`
  std::vector<std::int64_t> points;  // the same
  std::uint64_t ballots = 0;
  // Published files list the projects by result: order[place] = position in `invented`.
  std::vector<std::size_t> order;
};

// Calls `visit(person, ballot)` for every ballot of the pool, in order of the persons' numbers.
template <typename Visit>
Status for_each_ballot(const PoolParameters& parameters, const Plan& plan, const Progress& progress,
                       std::uint64_t done_before, Visit visit) {
  constexpr std::uint64_t report_mask = (1U << 16U) - 1;
  BallotMaker maker(parameters, plan.invented);
  const std::uint64_t persons = parameters.electorate.persons;
  for (std::uint64_t number = 1; number <= persons; ++number) {
    if ((number & report_mask) == 0 && progress && !progress(done_before + number, 2 * persons))
      return Error{ErrorCode::conflict, "stopped before the pool was complete", {}, ""};
    const std::optional<Person> person = plan.voters.find(number);
    if (!person) continue;
    if (Status visited = visit(*person, maker.next(*person)); !visited) return visited;
  }
  return ok_status();
}

std::int64_t points_at(const PoolParameters& parameters, const Ballot& ballot, std::size_t i) {
  if (has_points(parameters.vote_type)) return ballot.points[i];
  if (parameters.vote_type == VoteType::ordinal)
    return static_cast<std::int64_t>(ballot.projects.size() - i);
  return 1;
}

// First pass: counts, so that PROJECTS can state the votes before the ballots follow.
Result<Plan> make_plan(const PoolParameters& parameters, const Progress& progress) {
  if (Status checked = check_parameters(parameters); !checked) return std::move(checked).error();
  Plan plan{invent_projects(parameters), Voters(parameters), {}, {}, 0, {}};
  plan.votes.assign(plan.invented.size(), 0);
  plan.points.assign(plan.invented.size(), 0);
  Status counted = for_each_ballot(parameters, plan, progress, 0,
                                   [&](const Person&, const Ballot& ballot) -> Status {
                                     ++plan.ballots;
                                     for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
                                       const std::size_t p = ballot.projects[i].value;
                                       ++plan.votes[p];
                                       plan.points[p] += points_at(parameters, ballot, i);
                                     }
                                     return ok_status();
                                   });
  if (!counted) return std::move(counted).error();
  plan.order.resize(plan.invented.size());
  std::iota(plan.order.begin(), plan.order.end(), std::size_t{0});
  std::stable_sort(plan.order.begin(), plan.order.end(),
                   [&](std::size_t a, std::size_t b) { return plan.points[a] > plan.points[b]; });
  return plan;
}

std::string_view type_name(VoteType type) {
  switch (type) {
    case VoteType::approval:
      return "approval";
    case VoteType::choose_one:
      return "choose-1";
    case VoteType::ordinal:
      return "ordinal";
    case VoteType::cumulative:
      return "cumulative";
    case VoteType::scoring:
      return "scoring";
  }
  return "";
}

using Fields = std::vector<std::pair<std::string, std::string>>;

void add_limits(const PoolParameters& parameters, Fields& fields) {
  const auto add = [&](const char* key, auto value) {
    fields.emplace_back(key, fmt::to_string(value));
  };
  if (parameters.vote_type == VoteType::choose_one) {
    add("min_length", 1);
    add("max_length", 1);
  } else if (!has_points(parameters.vote_type) || parameters.length_max) {
    add("min_length", parameters.length_min);
    if (parameters.length_max) add("max_length", *parameters.length_max);
  }
  if (parameters.vote_type == VoteType::scoring) {
    add("min_points", 1);
    add("max_points", parameters.points);
  }
  if (parameters.vote_type == VoteType::cumulative) {
    add("min_sum_points", 1);
    add("max_sum_points", parameters.points);
  }
}

// META in the order of published files.
Fields meta_fields(const PoolParameters& parameters, const Plan& plan) {
  Fields fields;
  const auto add = [&](const char* key, std::string value) {
    fields.emplace_back(key, std::move(value));
  };
  const std::string district =
      parameters.district ? parameters.electorate.districts[*parameters.district].name : "";
  add("description", parameters.district
                         ? fmt::format("Synthetic district PB in {}, {}", parameters.unit, district)
                         : fmt::format("Synthetic municipal PB in {}", parameters.unit));
  add("country", "Poland");
  add("unit", parameters.unit);
  if (parameters.district) {
    add("district", district);
    add("subunit", district);
  }
  add("instance", std::to_string(parameters.year));
  add("num_projects", std::to_string(plan.invented.size()));
  add("num_votes", std::to_string(plan.ballots));
  add("budget", to_plain_string(parameters.budget));
  add("vote_type", std::string(type_name(parameters.vote_type)));
  add("rule", parameters.rule);
  add("date_begin", fmt::format("01.10.{}", parameters.year));
  add("date_end", fmt::format("15.10.{}", parameters.year));
  add_limits(parameters, fields);
  if (parameters.threshold)
    add("min_project_score_threshold", std::to_string(*parameters.threshold));
  add("edition", std::to_string(parameters.edition));
  add("language", "pl");
  add("currency", "PLN");
  add("comment", fmt::format("#1: Invented by urna from seed {}. No real city, project or voter.",
                             parameters.seed));
  return fields;
}

bool projects_have_score(VoteType type) {
  return type != VoteType::approval && type != VoteType::choose_one;
}

bool projects_have_district(const PoolParameters& parameters) {
  return !parameters.district && !parameters.electorate.districts.empty();
}

std::string project_district(const PoolParameters& parameters, const InventedProject& project) {
  return project.district ? parameters.electorate.districts[*project.district].name
                          : "Ogólnomiejskie";
}

// RFC 4180: only what needs quoting is quoted.
std::string quoted(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += c;
    result += c;
  }
  return result + "\"";
}

void append_projects(const PoolParameters& parameters, const Plan& plan, std::string& text) {
  const bool score = projects_have_score(parameters.vote_type);
  const bool district = projects_have_district(parameters);
  text += "PROJECTS\nproject_id;cost;votes;";
  if (score) text += "score;";
  text += "name;category;";
  if (district) text += "district;";
  text += "latitude;longitude\n";
  for (const std::size_t p : plan.order) {
    const InventedProject& project = plan.invented[p];
    const auto out = std::back_inserter(text);
    fmt::format_to(out, "{};{};{};", project.id, project.cost, plan.votes[p]);
    if (score) fmt::format_to(out, "{};", plan.points[p]);
    fmt::format_to(out, "{};{};", quoted(project.name), category_name(project.category));
    if (district) fmt::format_to(out, "{};", project_district(parameters, project));
    fmt::format_to(out, "{}.{:06};{}.{:06}\n", project.latitude_micro / 1'000'000,
                   project.latitude_micro % 1'000'000, project.longitude_micro / 1'000'000,
                   project.longitude_micro % 1'000'000);
  }
}

void append_votes_header(const PoolParameters& parameters, std::string& text) {
  text += "VOTES\nvoter_id;vote";
  if (has_points(parameters.vote_type)) text += ";points";
  if (parameters.age_sex) text += ";age;sex";
  if (parameters.voting_method) text += ";voting_method";
  if (projects_have_district(parameters)) text += ";district";
  text += '\n';
}

void append_vote(const PoolParameters& parameters, const Plan& plan, const Person& person,
                 const Ballot& ballot, std::string& text) {
  const auto append_number = [&](auto number) {
    const fmt::format_int digits(number);
    text.append(digits.data(), digits.size());
  };
  append_number(person.number);
  char separator = ';';
  for (const ProjectIndex p : ballot.projects) {
    text += std::exchange(separator, ',');
    text += plan.invented[p.value].id;
  }
  if (has_points(parameters.vote_type)) {
    separator = ';';
    for (const std::int32_t given : ballot.points) {
      text += std::exchange(separator, ',');
      append_number(given);
    }
  }
  if (parameters.age_sex) {
    text += ';';
    append_number(person.age);
    text += person.woman ? ";F" : ";M";
  }
  if (parameters.voting_method) text += person.paper ? ";paper" : ";internet";
  if (projects_have_district(parameters)) {
    text += ';';
    text += parameters.electorate.districts[person.district].name;
  }
  text += '\n';
}

count::Instance make_instance(const PoolParameters& parameters, const Plan& plan) {
  count::Instance instance;
  instance.file = "synthetic";
  std::uint64_t line = 2;  // "META" and its header stand before
  for (auto& [key, value] : meta_fields(parameters, plan))
    instance.meta.push_back({key, value, ++line});
  instance.budget = parameters.budget;
  instance.vote_type = parameters.vote_type;
  instance.declared_rule = parameters.rule;
  instance.score_threshold = parameters.threshold;
  instance.currency = "PLN";
  Fields limits;
  add_limits(parameters, limits);
  count::BallotLimits& l = instance.limits;
  const std::array<std::pair<std::string_view, std::optional<std::int64_t>*>, 6> places{
      {{"min_length", &l.length_min},
       {"max_length", &l.length_max},
       {"min_points", &l.points_min},
       {"max_points", &l.points_max},
       {"min_sum_points", &l.points_sum_min},
       {"max_sum_points", &l.points_sum_max}}};
  for (const auto& [key, value] : limits) {
    for (const auto& [name, place] : places) {
      if (name == key) *place = std::stoll(value);
    }
  }
  line += 2;  // "PROJECTS" and its header
  for (const std::size_t p : plan.order) {
    const InventedProject& made = plan.invented[p];
    count::Project project;
    project.id = made.id;
    project.name = made.name;
    project.cost = {made.cost * 100};
    project.declared_votes = plan.votes[p];
    if (projects_have_score(parameters.vote_type)) project.declared_score = plan.points[p];
    project.categories = {std::string(category_name(made.category))};
    if (projects_have_district(parameters)) project.district = project_district(parameters, made);
    project.latitude = made.latitude_micro / 1e6;
    project.longitude = made.longitude_micro / 1e6;
    project.line = ++line;
    instance.projects.push_back(std::move(project));
  }
  return instance;
}

}  // namespace

Result<count::Instance> generate_pool(const PoolParameters& parameters) {
  Result<Plan> plan = make_plan(parameters, {});
  if (!plan) return std::move(plan).error();
  count::Instance instance = make_instance(parameters, *plan);
  std::vector<ProjectIndex> place(plan->order.size());
  for (std::size_t i = 0; i < plan->order.size(); ++i)
    place[plan->order[i]] = {static_cast<std::uint16_t>(i)};
  count::ProfileBuilder builder(parameters.vote_type);
  std::vector<ProjectIndex> projects;
  Status added =
      for_each_ballot(parameters, *plan, {}, 0, [&](const Person&, const Ballot& ballot) -> Status {
        projects.clear();
        for (const ProjectIndex p : ballot.projects) projects.push_back(place[p.value]);
        if (builder.add(projects, ballot.points)) return ok_status();
        return Error{ErrorCode::limit, "more ballots than a profile holds", {}, "ask for fewer"};
      });
  if (!added) return std::move(added).error();
  instance.profile = std::move(builder).build();
  return instance;
}

Result<PoolSummary> write_pool(const PoolParameters& parameters, const ByteSink& sink,
                               const Progress& progress) {
  constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;
  Result<Plan> plan = make_plan(parameters, progress);
  if (!plan) return std::move(plan).error();
  std::string text = "META\nkey;value\n";
  for (const auto& [key, value] : meta_fields(parameters, *plan))
    text.append(key).append(";").append(value).append("\n");
  append_projects(parameters, *plan, text);
  append_votes_header(parameters, text);
  Status written = for_each_ballot(parameters, *plan, progress, parameters.electorate.persons,
                                   [&](const Person& person, const Ballot& ballot) -> Status {
                                     append_vote(parameters, *plan, person, ballot, text);
                                     if (text.size() < buffer_bytes) return ok_status();
                                     Status flushed = sink(text);
                                     text.clear();
                                     return flushed;
                                   });
  if (written && !text.empty()) written = sink(text);
  if (!written) return std::move(written).error();
  return PoolSummary{plan->invented.size(), plan->ballots, parameters.budget};
}

Result<PoolSummary> write_pool_file(const PoolParameters& parameters, const std::string& path,
                                    const Progress& progress) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return std::move(file).error();
  Result<PoolSummary> summary = write_pool(
      parameters, [&](std::string_view bytes) { return file->write(bytes); }, progress);
  if (!summary) return summary;
  if (Status committed = file->commit(); !committed) return std::move(committed).error();
  return summary;
}

}  // namespace urna::synth
