// SPDX-License-Identifier: EUPL-1.2
#include "screening/characters.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "base/bytes.h"

namespace urna::screening {
namespace {

// 0 for what is left out.
char32_t one_form(char32_t code) {
  if (code < 0x80) return code == '\t' || code == '\v' ? U' ' : code;
  const auto point = static_cast<UChar32>(code);
  if (const std::int32_t digit = u_charDigitValue(point); digit >= 0)
    return U'0' + static_cast<char32_t>(digit);
  if (code >= 0xFF01 && code <= 0xFF5E) return code - 0xFEE0;
  switch (u_charType(point)) {
    case U_FORMAT_CHAR:
      return 0;
    case U_NON_SPACING_MARK:  // U+0301 and the like between digits; names are compared folded
    case U_ENCLOSING_MARK:
      return 0;
    case U_DASH_PUNCTUATION:
      return U'-';
    case U_SPACE_SEPARATOR:
      return U' ';
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return U'\n';
    default:
      return code == 0x2212 ? U'-' : code;  // the minus sign
  }
}

// Collects characters with their places.
class Collector {
 public:
  explicit Collector(std::size_t expected) { characters_.reserve(expected); }
  void add(char32_t code) {
    if (const char32_t form = one_form(code); form != 0 && form != U'\r') {
      characters_.push_back({form, line_, column_});
    }
    ++column_;
    if (code == U'\n') {
      ++line_;
      column_ = 1;
    }
  }
  [[nodiscard]] Characters take() { return std::move(characters_); }

 private:
  Characters characters_;
  std::uint32_t line_ = 1, column_ = 1;
};

Characters from_utf8(std::string_view bytes) {
  Collector collector(bytes.size());
  const auto* text = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto size = static_cast<std::int64_t>(bytes.size());
  for (std::int64_t at = 0; at < size;) {
    UChar32 code = 0;
    U8_NEXT(text, at, size, code);
    if (code >= 0) collector.add(static_cast<char32_t>(code));
  }
  return collector.take();
}

Characters from_other(std::string_view bytes, const char* encoding) {
  const icu::UnicodeString text(bytes.data(), static_cast<std::int32_t>(bytes.size()), encoding);
  Collector collector(bytes.size());
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    collector.add(static_cast<char32_t>(text.char32At(at)));
  }
  return collector.take();
}

bool is_ascii_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
std::optional<unsigned> hex_value(char32_t c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// Tags within a line of text; all others begin something new.
constexpr std::array<std::string_view, 18> inline_tags = {
    "a", "abbr",  "b",    "bdi", "bdo", "cite",  "code", "em",     "font",
    "i", "label", "mark", "q",   "s",   "small", "span", "strong", "u"};

struct Reference {
  std::string_view name;
  char32_t code;
};
constexpr std::array<Reference, 12> references = {{{"nbsp", U' '},
                                                   {"amp", U'&'},
                                                   {"lt", U'<'},
                                                   {"gt", U'>'},
                                                   {"quot", U'"'},
                                                   {"apos", U'\''},
                                                   {"ndash", U'-'},
                                                   {"mdash", U'-'},
                                                   {"shy", 0},
                                                   {"zwnj", 0},
                                                   {"commat", U'@'},
                                                   {"period", U'.'}}};

// A character reference that begins at `at`, with the place after it.
std::optional<std::pair<char32_t, std::size_t>> reference_at(const Characters& raw,
                                                             std::size_t at) {
  constexpr std::size_t longest = 10;
  std::size_t end = at + 1;
  std::string name;
  while (end < raw.size() && end - at <= longest && raw[end].code != ';' && raw[end].code < 0x80 &&
         (is_ascii_letter(raw[end].code) || is_digit(raw[end].code) || raw[end].code == '#')) {
    name += static_cast<char>(raw[end++].code);
  }
  const std::size_t after = end < raw.size() && raw[end].code == ';' ? end + 1 : end;
  if (name.starts_with('#')) {
    const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    char32_t code = 0;
    for (std::size_t i = hex ? 2 : 1; i < name.size(); ++i) {
      const auto value = hex_value(static_cast<char32_t>(name[i]));
      if (!value || (!hex && *value > 9) || code > 0x10FFFF) return std::nullopt;
      code = code * (hex ? 16 : 10) + *value;
    }
    if (code == 0 || code > 0x10FFFF) return std::nullopt;
    return std::pair(one_form(code), after);
  }
  const auto found = std::ranges::find(references, name, &Reference::name);
  if (found == references.end() || after == end) return std::nullopt;
  return std::pair(found->code, after);
}

Characters without_markup(const Characters& raw) {
  Characters text;
  text.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    const Character& one = raw[at];
    const bool tag = one.code == '<' && at + 1 < raw.size() &&
                     (is_ascii_letter(raw[at + 1].code) || raw[at + 1].code == '/' ||
                      raw[at + 1].code == '!' || raw[at + 1].code == '?');
    if (tag) {
      const bool comment = at + 3 < raw.size() && raw[at + 1].code == '!' &&
                           raw[at + 2].code == '-' && raw[at + 3].code == '-';
      std::size_t end = at + 1;
      std::string name;
      while (end < raw.size() && (raw[end].code == '/' || is_ascii_letter(raw[end].code))) {
        if (raw[end].code != '/') name += static_cast<char>(folded(raw[end].code));
        ++end;
      }
      while (end < raw.size()) {
        const bool closed = raw[end].code == '>' &&
                            (!comment || (raw[end - 1].code == '-' && raw[end - 2].code == '-'));
        if (closed) break;
        ++end;
      }
      if (!comment && std::ranges::find(inline_tags, name) == inline_tags.end()) {
        text.push_back({U'\n', one.line, one.column});
      }
      at = std::min(end + 1, raw.size());
      continue;
    }
    if (one.code == '&') {
      if (const auto reference = reference_at(raw, at)) {
        if (reference->first != 0) text.push_back({reference->first, one.line, one.column});
        at = reference->second;
        continue;
      }
    }
    text.push_back(one);
    ++at;
  }
  return text;
}

Characters without_escapes(const Characters& raw) {
  Characters text;
  text.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size(); ++at) {
    const Character& one = raw[at];
    if (one.code != '\\' || at + 1 >= raw.size()) {
      text.push_back(one);
      continue;
    }
    const char32_t kind = raw[at + 1].code;
    if (kind == 'u' && at + 5 < raw.size()) {
      char32_t code = 0;
      bool good = true;
      for (std::size_t i = at + 2; i < at + 6; ++i) {
        const auto value = hex_value(raw[i].code);
        good = good && value.has_value();
        code = code * 16 + value.value_or(0);
      }
      if (good) {
        if (const char32_t form = one_form(code); form != 0) {
          text.push_back({form, one.line, one.column});
        }
        at += 5;
        continue;
      }
    }
    const bool blank = kind == 'n' || kind == 'r' || kind == 't';
    text.push_back({kind == 't' ? U' ' : blank ? U'\n' : kind, one.line, one.column});
    ++at;
  }
  return text;
}

}  // namespace

Characters characters_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return from_other(bytes, "UTF-16");
  if (bytes.starts_with("\xFE\xFF")) return from_other(bytes, "UTF-16");
  if (is_utf8(bytes)) return from_utf8(bytes);
  return from_other(bytes, "windows-1250");
}

Characters read_as(const Characters& raw, Form form) {
  switch (form) {
    case Form::html:
      return without_markup(raw);
    case Form::json:
      return without_escapes(raw);
    case Form::plain:
      return raw;
  }
  stop_on_broken_precondition("read_as: a form of text");
}

char32_t folded(char32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
  UErrorCode failure = U_ZERO_ERROR;
  const icu::Normalizer2* decomposing = icu::Normalizer2::getNFDInstance(failure);
  auto point = static_cast<UChar32>(u_tolower(static_cast<UChar32>(code)));
  if (point == 0x142) return U'l';  // ł has no decomposition
  icu::UnicodeString parts;
  if (U_SUCCESS(failure) && decomposing->getDecomposition(point, parts) && !parts.isEmpty()) {
    point = parts.char32At(0);
  }
  return static_cast<char32_t>(point);
}

}  // namespace urna::screening
