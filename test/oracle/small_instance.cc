// SPDX-License-Identifier: EUPL-1.2
#include "test/oracle/small_instance.h"

#include <cstdlib>

namespace urna::oracle {

count::Instance small_instance(count::VoteType type, std::int64_t budget,
                               const std::vector<std::int64_t>& costs,
                               const std::vector<SmallBallot>& ballots) {
  count::Instance instance;
  instance.file = "small";
  instance.budget = Money{budget * 100};
  instance.vote_type = type;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    count::Project project;
    project.id = i < 26 ? std::string(1, static_cast<char>('A' + i)) : "P" + std::to_string(i);
    project.cost = Money{costs[i] * 100};
    instance.projects.push_back(std::move(project));
  }
  count::ProfileBuilder builder(type);
  for (const SmallBallot& ballot : ballots) {
    std::vector<count::ProjectIndex> projects;
    for (const std::uint16_t p : ballot.projects) projects.push_back({p});
    if (!builder.add(projects, ballot.points, ballot.count)) std::abort();
  }
  instance.profile = std::move(builder).build();
  return instance;
}

std::string ids(const count::Instance& instance, const std::vector<count::ProjectIndex>& projects) {
  std::string text;
  for (const count::ProjectIndex p : projects)
    text += (text.empty() ? "" : " ") + instance.projects[p].id;
  return text;
}

}  // namespace urna::oracle
