// SPDX-License-Identifier: EUPL-1.2
// What the publication filter finds: kinds of personal data, where, and in what shape.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protection/words.h"

namespace urna::screening {

enum class Kind : std::uint8_t {
  pesel,
  phone,
  email,
  name,        // of somebody on a list that was given
  home,        // an address with a flat or a postcode, or that stands with a person
  place,       // a street and a number, which may be a school's as well: counts only if asked for
  document,    // of an identity card or a passport
  account,     // a bank account
  unreadable,  // nobody can say what is in it: a scan, an archive, a file under a password
};
[[nodiscard]] std::string_view id_of(Kind kind);
[[nodiscard]] protection::Words describe(Kind kind);

struct Finding {
  Kind kind{};
  std::uint64_t page = 0;    // of a PDF, from 1; 0: it has none
  std::uint64_t line = 0;    // from 1; of the page's text, if there are pages; 0: the whole file
  std::uint64_t column = 0;  // in characters, from 1
  // The shape alone: "#" for a digit, "*" for a letter; of what cannot be read, why. Neither the
  // datum nor what stands beside it: that may be somebody's name.
  std::string shape;
  friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace urna::screening
