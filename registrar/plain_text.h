// SPDX-License-Identifier: EUPL-1.2
// Names, addresses and contacts in one form each, so that a person who writes a name as the
// register does is found, however it was typed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::registrar {

inline constexpr std::size_t text_bytes_max = 256;

// Unicode NFC, case folded, blanks of any kind joined to one space and cut off at the ends, every
// kind of hyphen or dash as "-" without blanks around it, every apostrophe as "'". Empty if there
// is nothing but blanks. Errors: malformed (not UTF-8, control or invisible characters), limit
// (more than text_bytes_max bytes); neither repeats the text.
[[nodiscard]] Result<std::string> folded(std::string_view text);

// folded(), where the first word says what kind of street it is in one way: "ul." and "ulica" are
// left out; "al.", "aleje" become "aleja", "pl." "plac", "os." "osiedle". Nothing else is changed:
// first names of patrons stay as they are written.
[[nodiscard]] Result<std::string> folded_street(std::string_view text);

// folded() without blanks: "12 A" and "12a" are one house.
[[nodiscard]] Result<std::string> folded_number(std::string_view text);

// What somebody wrote to the office, of any form and in several lines: nothing is changed. Errors:
// malformed, of the field `text` (not UTF-8, control characters, too long).
[[nodiscard]] Status check_written(std::string_view text, std::size_t bytes_max);

// "+48601234567": nine digits with blanks or hyphens between, after an optional +48 or 0048; other
// numbers with their +. A PhoneNumber. Error: malformed.
[[nodiscard]] Result<std::string> canonical_phone(std::string_view text);

// In lower case, and a MailAddress. Error: malformed.
[[nodiscard]] Result<std::string> canonical_email(std::string_view text);
// The same without a tag: "jan+1@x.pl" and "jan+2@x.pl" are one mailbox, and count as one.
[[nodiscard]] Result<std::string> mailbox_of(std::string_view email);

}  // namespace urna::registrar
