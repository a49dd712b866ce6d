// SPDX-License-Identifier: EUPL-1.2
#include "registrar/ports/contact.h"

#include <algorithm>

#include "base/ascii.h"

namespace urna::registrar {
namespace {

constexpr std::size_t address_bytes_max = 254;  // RFC 5321 section 4.5.3.1.3, less the brackets
constexpr std::size_t local_bytes_max = 64;     // section 4.5.3.1.1
constexpr std::size_t label_bytes_max = 63;     // RFC 1035

bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RFC 5322 section 3.2.3.
bool is_atom_character(char c) {
  return is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_atom(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_atom_character);
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= label_bytes_max && text.front() != '-' &&
         text.back() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-';
         });
}

// How many parts between dots there are, all of which satisfy the predicate; 0 if one does not.
template <typename Predicate>
std::size_t dotted_parts(std::string_view text, Predicate good) {
  for (std::size_t count = 1;; ++count) {
    const std::size_t dot = text.find('.');
    if (!good(text.substr(0, dot))) return 0;
    if (dot == std::string_view::npos) return count;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

Result<PhoneNumber> PhoneNumber::parse(std::string_view text) {
  const bool good = text.size() >= 9 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
                    std::all_of(text.begin() + 1, text.end(), is_digit);
  if (!good) {
    return Error{ErrorCode::malformed,
                 "the telephone number is not in the international form",
                 {},
                 "write '+', the country code and the number, digits only"};
  }
  return PhoneNumber(text);
}

Result<MailAddress> MailAddress::parse(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool good = text.size() <= address_bytes_max && at != std::string_view::npos &&
                    at <= local_bytes_max && dotted_parts(text.substr(0, at), is_atom) > 0 &&
                    dotted_parts(text.substr(at + 1), is_label) >= 2;
  if (!good) return Error{ErrorCode::malformed, "the e-mail address is not of the form a@b.c"};
  return MailAddress(text);
}

std::string_view MailAddress::domain() const {
  return std::string_view(text_).substr(text_.find('@') + 1);
}

}  // namespace urna::registrar
