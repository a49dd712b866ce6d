// SPDX-License-Identifier: EUPL-1.2
// What the desk's requests and answers have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/office.h"
#include "server/http.h"
#include "server/problem.h"

namespace urna::api {

inline constexpr std::size_t ballots_text_bytes_max = 5'000;

// Whoever is signed in is told what was wrong with their own words; a field and the message are
// English, and the page has its own texts for those that it knows.
[[nodiscard]] server::Problem desk_problem_of(const Error& error);

[[nodiscard]] std::optional<std::uint64_t> number_in(std::string_view text);
// Numbers joined by commas. Error: malformed.
[[nodiscard]] Result<std::vector<std::uint64_t>> numbers_in(std::string_view text);

// The row of an edition. Errors: not_found, io.
[[nodiscard]] Result<desk::EditionRow> row_of(const desk::Office& office, std::string_view edition);

}  // namespace urna::api
