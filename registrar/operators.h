// SPDX-License-Identifier: EUPL-1.2
// Officials at points, known by their credentials.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registrar/office.h"

namespace urna::registrar {

// What people know the point of an account as, also after its credential has ended.
[[nodiscard]] std::string point_of(const Office& office, std::string_view account);

// A point as everybody may know it, so that a resident can tell it from somebody with a table.
struct OfficialPoint {
  std::string point;
  std::string place;
  std::uint64_t valid_from = 0, valid_until = 0;  // Unix seconds
  friend auto operator<=>(const OfficialPoint&, const OfficialPoint&) = default;
};

// The points whose credentials have not ended at the moment, those without a name left out: each
// once, in the order of their names. O(n log n).
[[nodiscard]] std::vector<OfficialPoint> official_points(const Office& office);

[[nodiscard]] KeyedHash operator_token_hash(const RegistrarKeys& keys, std::string_view token);

// The account that the token belongs to. Looks at all credentials, so that the time does not tell
// which. Error: usage (none, not in force yet, or no longer).
[[nodiscard]] Result<std::string> operator_of(const Office& office, std::string_view token);

}  // namespace urna::registrar
