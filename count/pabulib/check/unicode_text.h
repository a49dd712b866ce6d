// SPDX-License-Identifier: EUPL-1.2
// Questions about text that only Unicode can answer: hidden characters, normal form, look-alikes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace urna::count::pabulib::check {

// All of these want valid UTF-8.

// Without white space of any kind (Unicode property White_Space) at both ends.
[[nodiscard]] std::string_view trimmed_unicode(std::string_view text);

// Position of the first control or invisible character (C0, C1, DEL, zero-width, bidirectional
// controls, soft hyphen), or npos. Line breaks and joiners are not meant.
[[nodiscard]] std::size_t find_hidden_character(std::string_view text);

[[nodiscard]] bool is_ascii(std::string_view text);

// Normalization form C (Unicode Standard Annex 15).
[[nodiscard]] bool is_nfc(std::string_view text);

// Letters of at least two of the Latin, Greek and Cyrillic alphabets.
[[nodiscard]] bool mixes_alphabets(std::string_view text);

// Two texts have the same skeleton iff they look alike (Unicode Technical Standard 39, section 4).
[[nodiscard]] std::string look_alike_skeleton(std::string_view text);

// Two labels have the same key iff they differ only in case, white space, accents and strokes.
[[nodiscard]] std::string label_key(std::string_view text);

}  // namespace urna::count::pabulib::check
