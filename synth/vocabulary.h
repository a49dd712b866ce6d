// SPDX-License-Identifier: EUPL-1.2
// Invented Polish words: cities, districts and project names. No real place is meant.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "synth/random.h"

namespace urna::synth {

// Kinds of projects, under the names that Pabulib files use in the column `category`.
inline constexpr std::size_t category_count = 8;
[[nodiscard]] std::string_view category_name(std::size_t category);

[[nodiscard]] std::string city_name(Random& random);

// `count` different names. Any count: after some hundred, points of the compass and numbers help.
[[nodiscard]] std::vector<std::string> district_names(Random& random, std::size_t count);

// The title of a project of that category, as its author would write it; some contain quotation
// marks and semicolons, which the file format must quote.
[[nodiscard]] std::string project_name(Random& random, std::size_t category);

// The name without Polish diacritics, and '_' for everything that is no letter, digit, '-' or '.'.
[[nodiscard]] std::string file_name_of(std::string_view name);

}  // namespace urna::synth
