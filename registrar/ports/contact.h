// SPDX-License-Identifier: EUPL-1.2
// Where a person can be reached: a telephone number, an e-mail address. Whoever holds one of these
// holds text that cannot break out of a header, an address line or a log field.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::registrar {

// A number in the international form of ITU-T E.164: '+', then 8 to 15 digits, the first not 0.
class PhoneNumber {
 public:
  // Takes that form only; spaces, a missing country code and letters are the caller's to tidy up.
  // Error: malformed. The message does not repeat the text: it may be a person's.
  [[nodiscard]] static Result<PhoneNumber> parse(std::string_view text);
  [[nodiscard]] const std::string& text() const { return text_; }
  friend bool operator==(const PhoneNumber&, const PhoneNumber&) = default;

 private:
  explicit PhoneNumber(std::string_view text) : text_(text) {}
  std::string text_;
};

// An address local@domain of at most 254 bytes of ASCII: the local part a dot-atom of RFC 5322 of
// at most 64 bytes, the domain of at least two labels of letters, digits and inner hyphens. Quoted
// local parts, address literals and addresses beyond ASCII (RFC 6531) are refused: few mail servers
// take them. A domain with other letters is written in its ASCII form (xn--…).
class MailAddress {
 public:
  // Error: malformed. The message does not repeat the text.
  [[nodiscard]] static Result<MailAddress> parse(std::string_view text);
  [[nodiscard]] const std::string& text() const { return text_; }
  // The part after '@'.
  [[nodiscard]] std::string_view domain() const;
  friend bool operator==(const MailAddress&, const MailAddress&) = default;

 private:
  explicit MailAddress(std::string_view text) : text_(text) {}
  std::string text_;
};

}  // namespace urna::registrar
