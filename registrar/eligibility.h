// SPDX-License-Identifier: EUPL-1.2
// Who may vote where: the rules of an edition about age, residence and guardians, as data.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "election/types.h"

namespace urna::registrar {

struct GuardianRule {
  int below_age = 0;       // whoever is younger votes through a guardian; 0: nobody is
  unsigned wards_max = 0;  // for how many children one guardian may act
};

struct EligibilityRules {
  Date day;           // on which age is taken
  int age_least = 0;  // completed years
  GuardianRule guardian;
  std::vector<election::PoolNumber> city_pools;  // for everybody
  // For residents of a district, as the register names it; a city where one may choose any district
  // lists all pools for each.
  std::map<std::string, std::vector<election::PoolNumber>, std::less<>> district_pools;
};

// The pools, ascending. Errors: conflict (too young; born after the day), not_found (no such
// district, or no pool for it).
[[nodiscard]] Result<std::vector<election::PoolNumber>> pools_of(const EligibilityRules& rules,
                                                                 Date birth,
                                                                 std::string_view district);

[[nodiscard]] bool needs_guardian(const EligibilityRules& rules, Date birth);

}  // namespace urna::registrar
