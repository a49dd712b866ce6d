// SPDX-License-Identifier: EUPL-1.2
#include "test/oracle/random_instance.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace urna::oracle {
namespace {

using count::ProjectIndex;
using count::VoteType;

void draw_ballot(Random& random, VoteType type, std::uint32_t projects, const RandomShape& shape,
                 count::ProfileBuilder& builder) {
  std::vector<ProjectIndex> named;
  const std::uint32_t one_in = 2 + random.below(2);
  for (std::uint16_t p = 0; p < projects; ++p) {
    if (random.below(one_in) == 0) named.push_back({p});
  }
  if (named.empty() && !shape.oddities) {
    named.push_back({static_cast<std::uint16_t>(random.below(projects))});
  }
  for (std::size_t i = named.size(); i > 1; --i) {
    std::swap(named[i - 1], named[random.below(static_cast<std::uint32_t>(i))]);
  }
  if (type == VoteType::choose_one && named.size() > 1) named.resize(1);
  if (type != VoteType::choose_one && shape.oddities && !named.empty() && random.below(8) == 0) {
    named.push_back(named.front());
  }
  std::vector<std::int32_t> points;
  if (type == VoteType::cumulative || type == VoteType::scoring) {
    for (std::size_t i = 0; i < named.size(); ++i) {
      points.push_back(static_cast<std::int32_t>(random.below(5)));
    }
  }
  if (!builder.add(named, points, 1 + random.below(shape.count_max))) std::abort();
}

}  // namespace

count::Instance random_instance(Random& random, VoteType type, const RandomShape& shape) {
  count::Instance instance;
  instance.file = "random";
  instance.vote_type = type;
  const std::uint32_t projects = 1 + random.below(shape.projects_max);
  const std::uint32_t cost_max = 1 + random.below(random.below(4) == 0 ? 2000 : 12);
  const std::int64_t step = random.below(3) == 0 ? 50 : 100;
  for (std::uint32_t p = 0; p < projects; ++p) {
    count::Project project;
    // Ids out of the file's order, so that the two policies differ.
    project.id = std::string(1, static_cast<char>('a' + (p * 7 + 3) % 26)) + std::to_string(p);
    project.cost = Money{(1 + random.below(cost_max)) * step};
    if (shape.oddities && random.below(15) == 0) project.cost = Money{0};
    if (shape.oddities && random.below(25) == 0) project.cost = count::withdrawn_cost;
    instance.projects.push_back(std::move(project));
  }
  instance.budget = Money{(1 + random.below(cost_max * projects)) * step};
  count::ProfileBuilder builder(type);
  const std::uint32_t groups = 1 + random.below(shape.groups_max);
  for (std::uint32_t g = 0; g < groups; ++g) draw_ballot(random, type, projects, shape, builder);
  instance.profile = std::move(builder).build();
  return instance;
}

std::vector<count::TiePolicy> every_tie_policy() {
  using count::TieKind;
  return {{TieKind::id, {}},        {TieKind::file, {}},  {TieKind::cost, {}},
          {TieKind::cost_desc, {}}, {TieKind::votes, {}}, {TieKind::draw, "seed of a test"}};
}

}  // namespace urna::oracle
