// SPDX-License-Identifier: EUPL-1.2
// Which column of a section stands where, and its cell in a row.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "count/pabulib/scanner.h"
#include "count/pabulib/text.h"

namespace urna::count::pabulib {

// Position of a column, from 0.
using Column = std::optional<std::size_t>;

// The first column of that name (spaces around it ignored), or nullopt.
[[nodiscard]] inline Column find_column(std::span<const Cell> header, std::string_view name) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (trimmed(header[i].text) == name) return i;
  }
  return std::nullopt;
}

// The row's cell in that column, or nullptr if there is no such column or the row ends before it.
[[nodiscard]] inline const Cell* cell_at(const Row& row, Column column) {
  return column && *column < row.cells.size() ? &row.cells[*column] : nullptr;
}

// Its text without spaces around it; empty if there is none.
[[nodiscard]] inline std::string_view text_at(const Row& row, Column column) {
  const Cell* const cell = cell_at(row, column);
  return cell == nullptr ? std::string_view() : trimmed(cell->text);
}

}  // namespace urna::count::pabulib
