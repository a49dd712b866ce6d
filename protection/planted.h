// SPDX-License-Identifier: EUPL-1.2
// Finding personal data where none may be: in dumps of databases, logs, metrics, answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace urna::protection {

enum class FindingKind : std::uint8_t { pesel, phone, email, planted };

struct Finding {
  FindingKind kind{};
  std::size_t offset = 0;  // in bytes
  std::string_view form;   // how it was written: "plain", "hexadecimal", "base64", "utf-16"
};

// What looks like a PESEL (eleven digits with a right check digit and a day that exists, no digit
// around them), a Polish phone number (nine digits in the usual groups, or after +48) or an e-mail
// address, as plain text; and each of the planted values (at least four bytes: a name, a street, a
// number), without regard to the case of ASCII letters, as plain text, hexadecimal (as databases
// dump bytes), base64 at any alignment, or UTF-16. In order of offset for each kind.
// Linear in the bytes for each planted value.
[[nodiscard]] std::vector<Finding> find_personal_data(std::string_view bytes,
                                                      std::span<const std::string> planted);

}  // namespace urna::protection
