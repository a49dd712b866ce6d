// SPDX-License-Identifier: EUPL-1.2
#include "answers/safe.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <utility>

namespace urna::answers {
namespace {

namespace json = boost::json;

// Counted together; a figure of their own each. None is a part of another.
constexpr std::array<std::string_view, 9> groups = {
    "registrar.identify",           "registrar.code",    "registrar.letter",
    "registrar.certificate",        "registrar.refused", "registrar.sent.code",
    "registrar.sent.vote-recorded", "registrar.unsent",  "registrar.told"};

bool is_group(std::string_view id) {
  return std::ranges::find(groups, id) != groups.end() || id == "complaints";
}

// Of these few are about few people. Signals and cases are not people, the record is public.
bool is_about_people(std::string_view id) {
  return id.starts_with("registrar.") || id.starts_with("complaints") || id.starts_with("case-");
}

bool belongs_to(std::string_view id, std::string_view group) {
  return id.size() > group.size() && id.starts_with(group) && id[group.size()] == '.';
}

// A category more: what counted all of them until now counts those that there were.
std::size_t add_category(statistics::Releases& releases, std::size_t dimension,
                         const std::string& category) {
  std::vector<std::string>& categories = releases.population.dimensions[dimension].categories;
  std::vector<std::size_t> before(categories.size());
  for (std::size_t c = 0; c < before.size(); ++c) before[c] = c;
  for (statistics::Table& table : releases.tables) {
    for (statistics::Cell& cell : table.cells) {
      if (cell.where[dimension].empty()) cell.where[dimension] = before;
    }
  }
  categories.push_back(category);
  return categories.size() - 1;
}

}  // namespace

void add_groups(Facts& facts) {
  for (const std::string_view group : groups) {
    std::uint64_t sum = 0;
    std::string source;
    for (const auto& [id, figure] : facts.figures) {
      if (!belongs_to(id, group) || is_group(id)) continue;
      sum += figure.value.value_or(0);
      source = figure.source;
    }
    if (!source.empty()) facts.add(std::string(group), sum, source);
  }
}

Result<Told> parse_told(std::string_view text) {
  Told told;
  if (text.empty()) return told;
  json::error_code failure;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), failure);
  const Error wrong{ErrorCode::malformed,
                    "not what was kept of earlier reports",
                    {},
                    "give the file that `urna answers transparency --told` wrote"};
  if (failure || !value.is_object()) return wrong;
  const json::value* releases = value.get_object().if_contains("releases");
  const json::value* seen = value.get_object().if_contains("seen");
  if (releases == nullptr || seen == nullptr || !seen->is_array()) return wrong;
  Result<statistics::Releases> read = statistics::parse_releases(json::serialize(*releases));
  if (!read) return std::move(read).error();
  told.releases = *std::move(read);
  for (const json::value& one : seen->get_array()) {
    if (!one.is_object()) return wrong;
    auto& counts = told.seen.emplace_back();
    for (const auto& [id, count] : one.get_object()) {
      const auto number = count.to_number<std::uint64_t>(failure);
      if (failure) return wrong;
      counts[std::string(id)] = number;
    }
  }
  if (told.seen.size() != told.releases.tables.size()) return wrong;
  return told;
}

std::string to_json(const Told& told) {
  json::array seen;
  for (const auto& counts : told.seen) {
    json::object one;
    for (const auto& [id, count] : counts) one[id] = count;
    seen.push_back(std::move(one));
  }
  return "{\"releases\":" + statistics::to_json(told.releases) +
         ",\"seen\":" + json::serialize(seen) + "}\n";
}

Status make_safe(Facts& facts, Told& told, const statistics::Policy& policy,
                 statistics::GateReport& report) {
  statistics::Releases& releases = told.releases;
  if (releases.population.dimensions.empty()) {
    releases.population.what = "edition " + facts.edition;
    releases.population.dimensions = {{"figure", {}}, {"since", {}}};
  }
  if (releases.population.what != "edition " + facts.edition) {
    return Error{ErrorCode::conflict, "what was told before is of another edition", {}, ""};
  }
  std::map<std::string, std::uint64_t, std::less<>> now;
  for (const auto& [id, figure] : facts.figures) {
    if (is_about_people(id) && !is_group(id)) now[id] = figure.value.value_or(0);
  }
  // Groups whose parts are not told one by one are figures like others.
  for (const auto& [id, figure] : facts.figures) {
    const bool parts = std::ranges::any_of(
        now, [&group = id](const auto& one) { return belongs_to(one.first, group); });
    if (is_about_people(id) && is_group(id) && !parts) now[id] = figure.value.value_or(0);
  }
  const auto last = told.seen.empty() ? decltype(now){} : told.seen.back();
  for (const auto& [id, count] : last) {
    const auto found = now.find(id);
    if (found == now.end() || found->second < count) {
      return Error{ErrorCode::conflict,
                   "a number is smaller than when it was told",
                   {.field = id},
                   "see that all sources are of the same services"};
    }
  }
  std::vector<std::string>& names = releases.population.dimensions[0].categories;
  for (const auto& [id, count] : now) {
    if (std::ranges::find(names, id) == names.end()) add_category(releases, 0, id);
  }
  if (names.empty()) return ok_status();
  const std::size_t since = add_category(
      releases, 1, fmt::format("{}", releases.population.dimensions[1].categories.size() + 1));
  const auto place = [&](std::string_view id) {
    return static_cast<std::size_t>(std::ranges::find(names, id) - names.begin());
  };

  statistics::Table table{fmt::format("report {}", told.seen.size() + 1), {}};
  std::vector<std::string> ids;
  const auto add = [&](const std::string& id, std::vector<std::size_t> which,
                       std::vector<std::size_t> when, std::uint64_t count) {
    statistics::Cell cell;
    std::ranges::sort(which);
    if (which.size() == names.size()) which.clear();
    cell.where = {std::move(which), std::move(when)};
    cell.count = count;
    table.cells.push_back(std::move(cell));
    ids.push_back(id);
  };
  for (const auto& [id, count] : now) add(id, {place(id)}, {}, count);
  for (const auto& [id, figure] : facts.figures) {
    if (!is_group(id)) continue;
    std::vector<std::size_t> parts;
    for (const auto& [part, count] : now) {
      if (belongs_to(part, id)) parts.push_back(place(part));
    }
    if (!parts.empty()) add(id, std::move(parts), {}, figure.value.value_or(0));
  }
  // What came since the last report is told by the difference of two.
  if (since > 0) {
    for (const auto& [id, count] : now) {
      const auto before = last.find(id);
      add("", {place(id)}, {since}, count - (before == last.end() ? 0 : before->second));
    }
  }
  Result<statistics::Table> safe = statistics::make_safe(releases, table, policy, report);
  if (!safe) return std::move(safe).error();
  for (std::size_t c = 0; c < ids.size(); ++c) {
    if (!ids[c].empty()) facts.figures[ids[c]].value = safe->cells[c].count;
  }
  releases.tables.push_back(*std::move(safe));
  told.seen.push_back(std::move(now));
  return ok_status();
}

}  // namespace urna::answers
