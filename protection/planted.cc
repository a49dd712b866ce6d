// SPDX-License-Identifier: EUPL-1.2
#include "protection/planted.h"

#include <algorithm>
#include <functional>

#include "base/ascii.h"
#include "base/bytes.h"
#include "protection/pesel.h"

namespace urna::protection {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_word_byte(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }

std::string lowered(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

void find_digits(std::string_view bytes, std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < bytes.size();) {
    if (!is_digit(bytes[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < bytes.size() && is_digit(bytes[end])) ++end;
    // Letters around mean hexadecimal, not a number that somebody wrote.
    const bool alone = (i == 0 || !is_word_byte(bytes[i - 1])) &&
                       (end == bytes.size() || !is_word_byte(bytes[end]));
    const std::string_view digits = bytes.substr(i, end - i);
    if (alone && !Pesel::find_fault(digits)) {
      findings.push_back({FindingKind::pesel, i, "plain"});
    }
    const bool international = i > 0 && bytes[i - 1] == '+' && digits.size() == 11;
    if (international && digits.starts_with("48")) {
      findings.push_back({FindingKind::phone, i - 1, "plain"});
    }
    i = end;
  }
  // 123 456 789 and 123-456-789, with or without +48: grouping makes a number a phone number.
  const auto group = [&](std::size_t at) {
    return at + 3 <= bytes.size() && is_digit(bytes[at]) && is_digit(bytes[at + 1]) &&
           is_digit(bytes[at + 2]);
  };
  for (std::size_t i = 0; i + 11 <= bytes.size(); ++i) {
    const char separator = bytes[i + 3];
    if (separator != ' ' && separator != '-') continue;
    if (group(i) && group(i + 4) && group(i + 8) && bytes[i + 7] == separator &&
        (i == 0 || !is_word_byte(bytes[i - 1])) &&
        (i + 11 == bytes.size() || !is_word_byte(bytes[i + 11]))) {
      findings.push_back({FindingKind::phone, i, "plain"});
    }
  }
}

void find_emails(std::string_view bytes, std::vector<Finding>& findings) {
  const auto is_local = [](char c) {
    return is_word_byte(c) || c == '.' || c == '_' || c == '-' || c == '+';
  };
  for (std::size_t at = bytes.find('@'); at != std::string_view::npos;
       at = bytes.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_local(bytes[begin - 1])) --begin;
    std::size_t end = at + 1;
    while (end < bytes.size() &&
           (is_word_byte(bytes[end]) || bytes[end] == '.' || bytes[end] == '-')) {
      ++end;
    }
    const std::string_view domain = bytes.substr(at + 1, end - at - 1);
    const std::size_t dot = domain.rfind('.');
    const bool named = dot != std::string_view::npos && dot > 0 && domain.size() - dot >= 3;
    if (begin < at && named) findings.push_back({FindingKind::email, begin, "plain"});
  }
}

void find_all(std::string_view hay, std::string_view needle, std::string_view form,
              std::vector<Finding>& findings) {
  const std::boyer_moore_horspool_searcher searcher(needle.begin(), needle.end());
  for (auto it = hay.begin();;) {
    it = std::search(it, hay.end(), searcher);
    if (it == hay.end()) return;
    findings.push_back({FindingKind::planted, static_cast<std::size_t>(it - hay.begin()), form});
    ++it;
  }
}

// The characters of base64 that depend on the value alone, when `before` bytes (0 to 2) stand
// before it in its group of three.
std::string base64_core(std::string_view value, std::size_t before) {
  const std::string padded = std::string(before, '\0') + std::string(value);
  const std::string text = to_base64(padded);
  const std::size_t first = (before * 8 + 5) / 6;
  const std::size_t last = padded.size() * 8 / 6;
  return last > first ? text.substr(first, last - first) : std::string();
}

void find_encoded(std::string_view bytes, std::string_view folded, std::string_view value,
                  std::vector<Finding>& findings) {
  find_all(folded, to_hex(value), "hexadecimal", findings);
  for (const std::size_t before : {0U, 1U, 2U}) {
    const std::string core = base64_core(value, before);
    if (core.size() >= 5) find_all(bytes, core, "base64", findings);
  }
}

std::string utf16(std::string_view value) {
  std::string wide;
  for (const char c : value) {
    wide += c;
    wide += '\0';
  }
  return wide;
}

}  // namespace

std::vector<Finding> find_personal_data(std::string_view bytes,
                                        std::span<const std::string> planted) {
  std::vector<Finding> findings;
  find_digits(bytes, findings);
  find_emails(bytes, findings);
  const std::string folded = lowered(bytes);
  for (const std::string& value : planted) {
    if (value.size() < 4) stop_on_broken_precondition("find_personal_data: four bytes or more");
    const std::string folded_value = lowered(value);
    find_all(folded, folded_value, "plain", findings);
    find_encoded(bytes, folded, value, findings);
    if (folded_value != value) find_encoded(bytes, folded, folded_value, findings);
    find_all(folded, utf16(folded_value), "utf-16", findings);
  }
  return findings;
}

}  // namespace urna::protection
