// SPDX-License-Identifier: EUPL-1.2
#include "report/plain_text.h"

#include <array>

namespace urna::report {
namespace {

constexpr char32_t invalid = 0xFFFFFFFF;
constexpr std::string_view replacement = "\uFFFD";

struct Decoded {
  char32_t code = invalid;
  std::size_t bytes = 1;
};

// The character at the front of a non-empty text; `invalid`, one byte long, if there is none
// (overlong forms and surrogates included).
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  std::size_t length = 0;
  char32_t code = 0;
  char32_t least = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2, code = first & 0x1FU, least = 0x80;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3, code = first & 0x0FU, least = 0x800;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4, code = first & 0x07U, least = 0x10000;
  } else {
    return {};
  }
  if (text.size() < length) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, length};
}

template <std::size_t N>
bool in_ranges(char32_t code, const std::array<std::array<char32_t, 2>, N>& ranges) {
  for (const auto& range : ranges) {
    if (code >= range[0] && code <= range[1]) return true;
  }
  return false;
}

bool is_blank(char32_t code) {
  return code <= 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

bool steers_direction(char32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || code == 0xFEFF ||
         (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

bool is_right_to_left(char32_t code) {
  static constexpr std::array<std::array<char32_t, 2>, 4> ranges{
      {{0x0590, 0x08FF}, {0xFB1D, 0xFDFF}, {0xFE70, 0xFEFC}, {0x10800, 0x10FFF}}};
  return in_ranges(code, ranges);
}

std::size_t columns_of(char32_t code) {
  static constexpr std::array<std::array<char32_t, 2>, 7> nothing{{{0x0300, 0x036F},
                                                                   {0x0591, 0x05BD},
                                                                   {0x064B, 0x065F},
                                                                   {0x200B, 0x200F},
                                                                   {0x2066, 0x2069},
                                                                   {0x20D0, 0x20FF},
                                                                   {0xFE00, 0xFE0F}}};
  static constexpr std::array<std::array<char32_t, 2>, 8> wide{{{0x1100, 0x115F},
                                                                {0x2E80, 0xA4CF},
                                                                {0xAC00, 0xD7A3},
                                                                {0xF900, 0xFAFF},
                                                                {0xFE30, 0xFE6F},
                                                                {0xFF00, 0xFF60},
                                                                {0x1F300, 0x1FAFF},
                                                                {0x20000, 0x3FFFD}}};
  if (in_ranges(code, nothing)) return 0;
  return in_ranges(code, wide) ? 2 : 1;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool space_due = false;
  for (std::size_t i = 0; i < text.size();) {
    const Decoded next = decode(text.substr(i));
    if (next.code != invalid && is_blank(next.code)) {
      space_due = true;
    } else {
      if (space_due && !line.empty()) line += ' ';
      space_due = false;
      const bool bad = next.code == invalid || steers_direction(next.code);
      line += bad ? replacement : text.substr(i, next.bytes);
    }
    i += next.bytes;
  }
  return line;
}

std::string isolated(std::string_view text) {
  std::string line = one_line(text);
  for (std::size_t i = 0; i < line.size();) {
    const Decoded next = decode(std::string_view(line).substr(i));
    if (is_right_to_left(next.code)) return "\u2068" + line + "\u2069";
    i += next.bytes;
  }
  return line;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Decoded next = decode(text.substr(i));
    valid += next.code == invalid ? replacement : text.substr(i, next.bytes);
    i += next.bytes;
  }
  return valid;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Decoded next = decode(text.substr(i));
    columns += columns_of(next.code);
    i += next.bytes;
  }
  return columns;
}

std::string truncated(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const Decoded next = decode(text.substr(end));
    if (used + columns_of(next.code) > columns - 1) break;
    used += columns_of(next.code);
    end += next.bytes;
  }
  while (end > 0 && text[end - 1] == ' ') --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string cell = truncated(text, columns);
  cell.append(columns - display_width(cell), ' ');
  return cell;
}

std::string padded_left(std::string_view text, std::size_t columns) {
  const std::string cell = truncated(text, columns);
  return std::string(columns - display_width(cell), ' ') + cell;
}

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace urna::report
