// SPDX-License-Identifier: EUPL-1.2
// Officials at points, known by their credentials.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "registrar/office.h"

namespace urna::registrar {

// What people know the point of an account as, also after its credential has ended.
[[nodiscard]] std::string point_of(const Office& office, std::string_view account);

[[nodiscard]] KeyedHash operator_token_hash(const RegistrarKeys& keys, std::string_view token);

// The account that the token belongs to. Looks at all credentials, so that the time does not tell
// which. Error: usage (none, not in force yet, or no longer).
[[nodiscard]] Result<std::string> operator_of(const Office& office, std::string_view token);

}  // namespace urna::registrar
