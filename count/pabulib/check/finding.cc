// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/finding.h"

#include <algorithm>
#include <tuple>

namespace urna::count::pabulib::check {

std::string_view to_string(Level level) {
  switch (level) {
    case Level::error:
      return "error";
    case Level::warning:
      return "warning";
    case Level::note:
      return "note";
  }
  return {};
}

const CodeInfo& info(Code code) { return all_codes()[static_cast<std::size_t>(code)]; }

bool Findings::count_one(Code code) {
  const std::uint64_t before = counts_[static_cast<std::size_t>(code)]++;
  return !places_max_ || before < *places_max_;
}

void Findings::keep(Code code, Place place, std::string message, std::string remedy) {
  if (remedy.empty()) remedy = info(code).remedy;
  kept_.push_back({code, place.line, place.column, std::string(place.field), std::move(message),
                   std::move(remedy)});
}

void Findings::add_with_remedy(Code code, Place place, std::string message, std::string remedy) {
  if (count_one(code)) keep(code, place, std::move(message), std::move(remedy));
}

std::uint64_t Findings::count(Level level) const {
  std::uint64_t sum = 0;
  for (const CodeInfo& code : all_codes()) {
    if (code.level == level) sum += count(code.code);
  }
  return sum;
}

std::vector<Finding> Findings::take_sorted() {
  std::stable_sort(kept_.begin(), kept_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.line, a.column, a.code) < std::tie(b.line, b.column, b.code);
  });
  return std::move(kept_);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t bytes_max = 60;
  const bool cut = text.size() > bytes_max;
  if (cut) {
    std::size_t end = bytes_max;
    // Not inside a UTF-8 sequence.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
    text = text.substr(0, end);
  }
  std::string shown = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  return shown + (cut ? "…\"" : "\"");
}

}  // namespace urna::count::pabulib::check
