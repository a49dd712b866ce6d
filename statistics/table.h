// SPDX-License-Identifier: EUPL-1.2
// Tables of counts of people, and what of them was released.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::statistics {

inline constexpr std::size_t dimensions_max = 6;
inline constexpr std::size_t categories_max = 500;     // of a dimension
inline constexpr std::size_t base_cells_max = 20'000;  // all combinations of categories
inline constexpr std::size_t cells_max = 50'000;       // of a table
inline constexpr std::size_t releases_max = 200;

struct Dimension {
  std::string name;
  std::vector<std::string> categories;  // the finest that any table tells
  friend bool operator==(const Dimension&, const Dimension&) = default;
};

// What is counted, and by what: tables of one population can be put together by whoever reads them.
struct Population {
  std::string what;  // "ballots", "people who voted"
  std::vector<Dimension> dimensions;
  [[nodiscard]] std::size_t base_cells() const;
  friend bool operator==(const Population&, const Population&) = default;
};

struct Cell {
  // For each dimension the categories that are counted together, ascending; empty: all of them.
  std::vector<std::vector<std::size_t>> where;
  std::optional<std::uint64_t> count;  // nothing: hidden
  bool exact = false;                  // must be told as it is, as the number of a project's votes
  friend bool operator==(const Cell&, const Cell&) = default;
};

struct Table {
  std::string title;
  std::vector<Cell> cells;
};

// Everything that was ever told of a population, in order.
struct Releases {
  Population population;
  std::vector<Table> tables;
};

// JSON:
//   {"what": "ballots", "dimensions": [{"name": "age", "categories": ["18-24", …]}, …],
//    "tables": [{"title": "…", "cells": [{"at": ["18-24", "F", "*"], "count": 12}, …]}]}
// "at" has a category, several as an array, or "*" for each dimension; a hidden cell has
// "count": null; "exact": true may be added. Errors: malformed, limit; with the place.
[[nodiscard]] Result<Releases> parse_releases(std::string_view json);
[[nodiscard]] std::string to_json(const Releases& releases);
// "18-24, F, *".
[[nodiscard]] std::string place_of(const Population& population, const Cell& cell);
// The base cells that a cell counts, ascending.
[[nodiscard]] std::vector<int> base_of(const Population& population, const Cell& cell);

}  // namespace urna::statistics
