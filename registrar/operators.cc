// SPDX-License-Identifier: EUPL-1.2
#include "registrar/operators.h"

#include <algorithm>

#include "base/bytes.h"

namespace urna::registrar {

KeyedHash operator_token_hash(const RegistrarKeys& keys, std::string_view token) {
  return protection::keyed_hash(keys.codes, "operator\n" + std::string(token));
}

std::vector<OfficialPoint> official_points(const Office& office) {
  std::vector<OfficialPoint> points;
  const std::uint64_t now = office.clock();
  for (const OperatorCredential& one : office.policy.operators) {
    if (!one.point.empty() && now < one.valid_until) {
      points.push_back({one.point, one.place, one.valid_from, one.valid_until});
    }
  }
  std::ranges::sort(points);
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

std::string point_of(const Office& office, std::string_view account) {
  for (const OperatorCredential& one : office.policy.operators) {
    if (one.account == account && !one.point.empty()) return one.point;
  }
  return std::string(account);
}

Result<std::string> operator_of(const Office& office, std::string_view token) {
  const KeyedHash hash = operator_token_hash(office.keys, token);
  const std::uint64_t now = office.clock();
  const OperatorCredential* found = nullptr;
  for (const OperatorCredential& one : office.policy.operators) {
    const bool same = protection::equal_in_constant_time(view_of(one.token_hash), view_of(hash));
    if (same && one.valid_from <= now && now < one.valid_until) found = &one;
  }
  if (found == nullptr) {
    return Error{ErrorCode::usage,
                 "not the credential of an official point that is open now",
                 {},
                 "ask the office for a credential"};
  }
  return found->account;
}

}  // namespace urna::registrar
