// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/unicode_text.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/utf8.h>

namespace urna::count::pabulib::check {
namespace {

std::int32_t length_of(std::string_view text) { return static_cast<std::int32_t>(text.size()); }

icu::StringPiece piece(std::string_view text) { return {text.data(), length_of(text)}; }

// The character at `at`, which moves behind it.
UChar32 next(std::string_view text, std::int32_t& at) {
  UChar32 c = 0;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  U8_NEXT(bytes, at, length_of(text), c);
  return c;
}

// Where the last character of a text that is not empty begins.
std::size_t last_character(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) --at;
  return at;
}

bool is_hidden(UChar32 c) {
  constexpr UChar32 zero_width_non_joiner = 0x200C, zero_width_joiner = 0x200D;
  // Joiners belong to the spelling of emoji and of several scripts; tags end emoji of flags.
  if (c == zero_width_non_joiner || c == zero_width_joiner) return false;
  if (c == '\n' || c == '\r' || (c >= 0xE0020 && c <= 0xE007F)) return false;
  const std::int8_t category = u_charType(c);
  return category == U_CONTROL_CHAR || category == U_FORMAT_CHAR;
}

// Letters with a stroke have no decomposition; mapped for labels only.
UChar32 without_stroke(UChar32 c) {
  switch (c) {
    case 0x142:  // ł
      return 'l';
    case 0xF8:  // ø
      return 'o';
    case 0x111:  // đ
      return 'd';
    case 0x131:  // ı
      return 'i';
    default:
      return c;
  }
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string_view trimmed_unicode(std::string_view text) {
  while (!text.empty()) {
    std::int32_t at = 0;
    if (!u_isUWhiteSpace(next(text, at))) break;
    text.remove_prefix(static_cast<std::size_t>(at));
  }
  while (!text.empty()) {
    const std::size_t begin = last_character(text);
    auto at = static_cast<std::int32_t>(begin);
    if (!u_isUWhiteSpace(next(text, at))) break;
    text = text.substr(0, begin);
  }
  return text;
}

std::size_t find_hidden_character(std::string_view text) {
  std::int32_t at = 0;
  while (at < length_of(text)) {
    const std::int32_t begin = at;
    // Fast over ordinary ASCII.
    const auto byte = static_cast<unsigned char>(text[static_cast<std::size_t>(at)]);
    if (byte >= 0x20 && byte < 0x7F) {
      ++at;
      continue;
    }
    if (is_hidden(next(text, at))) return static_cast<std::size_t>(begin);
  }
  return std::string_view::npos;
}

bool is_nfc(std::string_view text) {
  if (is_ascii(text)) return true;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  return U_FAILURE(status) || nfc->isNormalizedUTF8(piece(text), status);
}

bool mixes_alphabets(std::string_view text) {
  if (is_ascii(text)) return false;
  bool latin = false, greek = false, cyrillic = false;
  for (std::int32_t at = 0; at < length_of(text);) {
    const UChar32 c = next(text, at);
    if (!u_isalpha(c)) continue;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(c, &status);
    latin |= script == USCRIPT_LATIN;
    greek |= script == USCRIPT_GREEK;
    cyrillic |= script == USCRIPT_CYRILLIC;
  }
  return static_cast<int>(latin) + static_cast<int>(greek) + static_cast<int>(cyrillic) > 1;
}

std::string look_alike_skeleton(std::string_view text) {
  static const std::unique_ptr<USpoofChecker, decltype(&uspoof_close)> checker = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<USpoofChecker, decltype(&uspoof_close)>(uspoof_open(&status),
                                                                   &uspoof_close);
  }();
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString skeleton;
  if (checker != nullptr) {
    uspoof_getSkeletonUnicodeString(checker.get(), 0, icu::UnicodeString::fromUTF8(piece(text)),
                                    skeleton, &status);
  }
  if (checker == nullptr || U_FAILURE(status)) return std::string(text);
  std::string result;
  return skeleton.toUTF8String(result);
}

std::string label_key(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString folded = icu::UnicodeString::fromUTF8(piece(text));
  folded.foldCase();
  if (const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(status); U_SUCCESS(status))
    folded = nfkd->normalize(folded, status);
  icu::UnicodeString key;
  bool space_due = false;
  for (std::int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (u_charType(c) == U_NON_SPACING_MARK) continue;
    if (u_isUWhiteSpace(c)) {
      space_due = !key.isEmpty();
      continue;
    }
    if (space_due) key.append(static_cast<UChar32>(' '));
    space_due = false;
    key.append(without_stroke(c));
  }
  std::string result;
  return key.toUTF8String(result);
}

}  // namespace urna::count::pabulib::check
