// SPDX-License-Identifier: EUPL-1.2
// What META lines declare, as the vectors tell it (docs/vectors.md).
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "count/pabulib/reader.h"
#include "count/pabulib/scanner.h"
#include "count/rules/declared.h"

namespace urna::test {

using MetaLines = std::vector<std::pair<std::string, std::string>>;

// The rule of a pool with these projects, or null if its manifest is refused.
inline boost::json::value declared_rule(const std::vector<std::string>& ids,
                                        const MetaLines& meta) {
  namespace json = boost::json;
  std::string file = "META\nkey;value\n";
  for (const auto& [key, value] : meta) file += key + ";" + value + "\n";
  file += "num_projects;" + std::to_string(ids.size()) +
          "\nnum_votes;0\nbudget;1000\nPROJECTS\nproject_id;cost;name\n";
  for (const std::string& id : ids) file += id + ";100;Project\n";
  file += "VOTES\nvoter_id;vote;points\n";
  const auto instance = count::pabulib::read_instance(count::pabulib::memory_bytes(file), "votes");
  if (!instance) return nullptr;
  const auto declared = count::read_declared_rule(*instance);
  if (!declared) return nullptr;
  if (const auto* greedy = std::get_if<count::GreedyOptions>(&declared->options)) {
    json::array conflicts;
    for (const std::vector<count::ProjectIndex>& group : greedy->conflicts) {
      json::array named;
      for (const count::ProjectIndex p : group)
        named.emplace_back(std::string_view(instance->projects[p].id));
      conflicts.emplace_back(std::move(named));
    }
    return json::object{{"name", "greedy"},
                        {"rank", greedy->rank == count::GreedyRank::votes ? "votes" : "points"},
                        {"threshold", greedy->threshold.value_or(0)},
                        {"stop", greedy->misfit != count::Misfit::skip},
                        {"overrun", greedy->misfit == count::Misfit::fund_at_80_percent},
                        {"conflicts", std::move(conflicts)}};
  }
  const auto& shares = std::get<count::EqualSharesOptions>(declared->options);
  const bool comparison = shares.completion == count::Completion::comparison;
  const bool add1 =
      comparison ? shares.comparison_after_add1 : shares.completion == count::Completion::add1;
  return json::object{
      {"name", "equal-shares"},
      {"satisfaction", shares.satisfaction == count::Satisfaction::cost ? "cost" : "score"},
      {"completion", add1 ? "add1" : "none"},
      {"comparison", comparison},
      {"filter", shares.support_filter}};
}

}  // namespace urna::test
