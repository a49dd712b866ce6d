// SPDX-License-Identifier: EUPL-1.2
// Personal data in text, however they are written.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "screening/characters.h"
#include "screening/findings.h"

namespace urna::screening {

// People who must not be named: both orders of a name, with and without diacritics and hyphens.
class NameList {
 public:
  NameList() = default;
  // One person a line, "Anna Nowak"; or the register's file, by its columns first_name and
  // last_name. Names of one word or of one letter are left out: they would be found everywhere.
  // Error: malformed (not UTF-8).
  [[nodiscard]] static Result<NameList> parse(std::string_view text);
  [[nodiscard]] bool empty() const { return names_.empty(); }
  [[nodiscard]] std::size_t words_max() const { return words_max_; }
  [[nodiscard]] bool has(const std::u32string& words) const { return names_.contains(words); }

 private:
  void add(const std::vector<std::u32string>& first, const std::vector<std::u32string>& last);
  std::unordered_set<std::u32string> names_;  // folded words, joined by blanks
  std::size_t words_max_ = 0;
};

// What may be published: the office's own telephone, a file that somebody has looked through.
class Allowed {
 public:
  Allowed() = default;
  // One a line, as it stands in the files; "sha256:" and 64 digits for a whole file; "#" begins a
  // remark. Error: malformed (not UTF-8).
  [[nodiscard]] static Result<Allowed> parse(std::string_view text);
  [[nodiscard]] bool has_file(const std::string& sha256) const { return files_.contains(sha256); }
  // Letters and digits alone are compared.
  [[nodiscard]] bool has(const std::u32string& found) const { return values_.contains(found); }
  // How a value is compared.
  [[nodiscard]] static std::u32string compared(std::u32string_view text);

 private:
  std::set<std::string, std::less<>> files_;
  std::set<std::u32string, std::less<>> values_;
};

struct Rules {
  NameList names;
  Allowed allowed;
  bool places = false;  // a street with a number counts as well
};

// How the text came about.
enum class Origin : std::uint8_t {
  written,
  picture,  // read from one: a digit may be misread, so eleven of them need no right check digit
};

// Each datum once for each place, in order of places. Linear but for the number of names' words.
//
// Found are: PESEL numbers (right check digit, a day that exists) in one piece, in groups, or with
// whatever stands between digits and has no width; phone numbers after +48, after a word for a
// telephone, or in the usual groups, unless an amount of money; e-mail addresses, but for those of
// RFC 2606 (example.org, .test …); names of the list; addresses (above); numbers of identity cards
// and passports with a right check digit; bank accounts with right check digits.
[[nodiscard]] std::vector<Finding> find_personal_data(std::string_view bytes, Form form,
                                                      const Rules& rules,
                                                      Origin origin = Origin::written);

}  // namespace urna::screening
