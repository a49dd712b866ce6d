// SPDX-License-Identifier: EUPL-1.2
// From the fields of rows to parameters of statements, and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "storage/sql.h"

namespace urna::storage {

// For lists of what columns hold.
namespace columns {
inline constexpr SqlType number = SqlType::integer;
inline constexpr SqlType bytes = SqlType::bytes;
}  // namespace columns

// The value looks at what it is given.
template <typename Octets>
[[nodiscard]] SqlValue blob(const Octets& octets) {
  return Bytes{view_of(octets)};
}
[[nodiscard]] inline SqlValue blob(const std::string& text) { return Bytes{text}; }
[[nodiscard]] inline SqlValue blob(std::string_view text) { return Bytes{text}; }

[[nodiscard]] inline SqlValue integer(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}
[[nodiscard]] inline std::uint64_t as_number(const SqlCell& cell) {
  return static_cast<std::uint64_t>(cell.number);
}

[[nodiscard]] inline Error damaged(const char* table) {
  return {ErrorCode::io,
          "the database has a row that is not of its table's form",
          {.field = table},
          "restore it from a backup"};
}

}  // namespace urna::storage
