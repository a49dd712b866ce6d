// SPDX-License-Identifier: EUPL-1.2
// Port: letters with a code, for the registered addresses of persons, ready for a printing house.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace urna::registrar {

enum class LetterLanguage { polish, english };

// One person's letter. The views live as long as the call.
struct CodeLetter {
  std::vector<std::string_view> address;  // 2 to 6 lines as the post wants them, UTF-8
  std::string_view code;                  // 4 to 32 of 0-9 and A-Z, as the person will type it
};

// What all letters of one file share; UTF-8, one line each unless stated.
struct LetterFrame {
  LetterLanguage language = LetterLanguage::polish;
  std::string city;       // who writes, e.g. "Urząd Miasta Łodzi"
  std::string return_to;  // the sender's address in small print above the recipient's; may be empty
  std::string edition;    // e.g. "Budżet obywatelski 2027"
  std::string site_url;   // the address to type and, alone, in the QR code
  std::string valid_until;   // as readers write it, e.g. "15 października 2026, godz. 20:00"
  std::string help_contact;  // whom to ask, e.g. "tel. 42 638 44 44"
  std::string privacy_note;  // one paragraph, at most 600 bytes
  std::string date;          // of the letter, as readers write it
};

class LetterPrinter {
 public:
  LetterPrinter() = default;
  LetterPrinter(const LetterPrinter&) = delete;
  LetterPrinter& operator=(const LetterPrinter&) = delete;
  virtual ~LetterPrinter() = default;

  // One file with one page per letter, in the order given. It holds codes and addresses: keep it
  // as long as printing takes. Errors: malformed (a text that does not fit its place, is not UTF-8
  // or holds control characters; the message has the letter's number, from 1, and no personal
  // data), limit (too many letters for one file), io (a font or the drawing library fails).
  [[nodiscard]] virtual Result<SecretBytes> print(const LetterFrame& frame,
                                                  std::span<const CodeLetter> letters) = 0;
};

}  // namespace urna::registrar
