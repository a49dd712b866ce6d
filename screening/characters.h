// SPDX-License-Identifier: EUPL-1.2
// Text as the filter looks at it: characters in one form, each with its place in the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace urna::screening {

enum class Form : std::uint8_t {
  plain,
  html,  // markup taken out, character references resolved
  json,  // escapes in strings resolved
};

struct Character {
  char32_t code = 0;
  std::uint32_t line = 1, column = 1;
};
using Characters = std::vector<Character>;

[[nodiscard]] constexpr bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

// UTF-8, UTF-16 with a byte-order mark, or else Windows-1250, in which offices write. So that one
// number has one form: digits of every script become 0 to 9 (full-width, Arabic, superscript …),
// dashes "-", blanks " ", full-width letters plain; what has no width (soft hyphens, joiners,
// marks of direction) is left out. Linear.
[[nodiscard]] Characters characters_of(std::string_view bytes);

// What a reader of the page or of the values sees: tags of HTML left out (those that begin a block
// or a cell become a line end), references and escapes resolved, in the same form as above.
[[nodiscard]] Characters read_as(const Characters& raw, Form form);

// Lower case without diacritics (ł as l), for comparing names.
[[nodiscard]] char32_t folded(char32_t code);

}  // namespace urna::screening
