// SPDX-License-Identifier: EUPL-1.2
#include "registrar/plain_text.h"

#include <algorithm>
#include <array>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/bytes.h"
#include "registrar/ports/contact.h"

namespace urna::registrar {
namespace {

Error malformed(const char* message) { return {ErrorCode::malformed, message, {}, ""}; }

bool is_hyphen(UChar32 c) {
  return c == 0x2D || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == 0xFF0D;
}
bool is_apostrophe(UChar32 c) { return c == 0x27 || c == 0x2018 || c == 0x2019 || c == 0x02BC; }

bool is_hidden(UChar32 c) {
  const int type = u_charType(c);
  return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || type == U_UNASSIGNED ||
         type == U_PRIVATE_USE_CHAR || type == U_SURROGATE;
}

}  // namespace

Result<std::string> folded(std::string_view text) {
  if (text.size() > text_bytes_max) return Error{ErrorCode::limit, "the text is too long", {}, ""};
  if (!is_utf8(text)) return malformed("the text is not UTF-8");
  UErrorCode failure = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(failure);
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(failure);
  if (U_FAILURE(failure) != 0) return malformed("the tables of Unicode are not there");
  const icu::UnicodeString given =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));

  icu::UnicodeString plain;
  bool blank = false;
  for (int i = 0; i < given.length(); i = given.moveIndex32(i, 1)) {
    const UChar32 c = given.char32At(i);
    if (u_isUWhiteSpace(c) != 0 && c != '\n' && c != '\r') {
      blank = true;
      continue;
    }
    if (is_hidden(c)) return malformed("the text has control or invisible characters");
    if (is_hyphen(c)) {
      plain.append(UChar32{'-'});
      blank = false;
      continue;
    }
    const bool after_hyphen = plain.endsWith(icu::UnicodeString(UChar32{'-'}));
    if (blank && !plain.isEmpty() && !after_hyphen) plain.append(UChar32{' '});
    blank = false;
    plain.append(is_apostrophe(c) ? UChar32{'\''} : c);
  }
  // Decomposed first, as canonical caseless matching wants it (Unicode section 3.13): folding marks
  // apart from their letters, and the result does not change when it is folded again.
  icu::UnicodeString result = nfd->normalize(plain, failure).foldCase();
  result = nfc->normalize(result, failure);
  if (U_FAILURE(failure) != 0) return malformed("the text cannot be normalised");
  std::string utf8;
  result.toUTF8String(utf8);
  return utf8;
}

Result<std::string> folded_street(std::string_view text) {
  Result<std::string> street = folded(text);
  if (!street) return street;
  // A point after an abbreviation may be followed by no space: "ul.Długa".
  struct Kind {
    std::string_view written, plain;
  };
  constexpr std::array<Kind, 11> kinds = {{{"ul. ", ""},
                                           {"ul.", ""},
                                           {"ulica ", ""},
                                           {"al. ", "aleja "},
                                           {"al.", "aleja "},
                                           {"aleje ", "aleja "},
                                           {"pl. ", "plac "},
                                           {"pl.", "plac "},
                                           {"os. ", "osiedle "},
                                           {"os.", "osiedle "},
                                           {"ul ", ""}}};
  for (const Kind& kind : kinds) {
    if (street->starts_with(kind.written)) {
      return std::string(kind.plain) + street->substr(kind.written.size());
    }
  }
  return street;
}

Result<std::string> folded_number(std::string_view text) {
  Result<std::string> number = folded(text);
  if (number) std::erase(number.value(), ' ');
  return number;
}

Status check_written(std::string_view text, std::size_t bytes_max) {
  const bool clean = std::ranges::all_of(text, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet >= 0x20 || octet == '\n') && octet != 0x7F;
  });
  if (text.size() <= bytes_max && clean && is_utf8(text)) return ok_status();
  return Error{ErrorCode::malformed,
               "the text is too long, or holds control characters",
               {.field = "text"},
               "write at most " + std::to_string(bytes_max) + " bytes of UTF-8"};
}

Result<std::string> canonical_phone(std::string_view text) {
  const Error refused = malformed("not a phone number");
  if (text.size() > 32) return refused;
  std::string number;
  for (const char c : text) {
    if (c != ' ' && c != '-') number += c;
  }
  if (number.starts_with("0048")) number.replace(0, 2, "+");
  // Nine digits without a country are Polish.
  if (number.size() == 9 && number[0] != '+') number.insert(0, "+48");
  const bool polish = number.starts_with("+48");
  const Result<PhoneNumber> phone = PhoneNumber::parse(number);
  if (!phone || (polish && number.size() != 12)) return refused;
  return phone->text();
}

Result<std::string> canonical_email(std::string_view text) {
  if (text.size() > 254) return malformed("not an e-mail address");
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const Result<MailAddress> address = MailAddress::parse(lower);
  if (!address) return address.error();
  return address->text();
}

Result<std::string> mailbox_of(std::string_view email) {
  Result<std::string> canonical = canonical_email(email);
  if (!canonical) return canonical;
  const std::size_t at = canonical->find('@');
  const std::size_t tag = canonical->find('+');
  if (tag != std::string::npos && tag > 0 && tag < at) canonical.value().erase(tag, at - tag);
  return canonical;
}

}  // namespace urna::registrar
