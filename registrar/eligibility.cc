// SPDX-License-Identifier: EUPL-1.2
#include "registrar/eligibility.h"

#include <algorithm>

namespace urna::registrar {

Result<std::vector<election::PoolNumber>> pools_of(const EligibilityRules& rules, Date birth,
                                                   std::string_view district) {
  const int age = age_on(birth, rules.day);
  if (age < 0 || age < rules.age_least) {
    return Error{ErrorCode::conflict,
                 "the person is too young to vote in this edition",
                 {.field = "birth_date"},
                 ""};
  }
  std::vector<election::PoolNumber> pools = rules.city_pools;
  const auto found = rules.district_pools.find(district);
  if (found != rules.district_pools.end()) {
    pools.insert(pools.end(), found->second.begin(), found->second.end());
  } else if (!rules.district_pools.empty()) {
    return Error{ErrorCode::not_found,
                 "the edition has no such district",
                 {.field = "district"},
                 "see the districts of the configuration"};
  }
  std::ranges::sort(pools);
  pools.erase(std::unique(pools.begin(), pools.end()), pools.end());
  if (pools.empty()) {
    return Error{ErrorCode::not_found, "no pool is open to the person", {.field = "district"}, ""};
  }
  return pools;
}

bool needs_guardian(const EligibilityRules& rules, Date birth) {
  return age_on(birth, rules.day) < rules.guardian.below_age;
}

}  // namespace urna::registrar
