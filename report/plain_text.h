// SPDX-License-Identifier: EUPL-1.2
// Words from outside (project names, file names, comments) made safe to show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace urna::report {

// One line of valid UTF-8 that cannot steer a terminal or reorder the text around it: control
// characters and line breaks become a space, runs of spaces one; bidirectional overrides,
// embeddings and isolates become U+FFFD, so does every byte that is not UTF-8. O(length).
[[nodiscard]] std::string one_line(std::string_view text);

// As one_line(), and a text with right-to-left letters is put between isolates (U+2068, U+2069),
// so that inside a sentence it cannot move its neighbours.
[[nodiscard]] std::string isolated(std::string_view text);

// Invalid bytes replaced by U+FFFD, everything else as it is.
[[nodiscard]] std::string valid_utf8(std::string_view text);

// Terminal columns of a text without control characters: 2 for wide East Asian characters and
// emoji, 0 for combining marks, else 1.
[[nodiscard]] std::size_t display_width(std::string_view text);

// The longest beginning that fits into `columns`, with "…" in place of what was cut.
[[nodiscard]] std::string truncated(std::string_view text, std::size_t columns);

// Truncated or filled with spaces to exactly `columns`.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);
[[nodiscard]] std::string padded_left(std::string_view text, std::size_t columns);

// For HTML text and for attribute values in double quotes.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace urna::report
