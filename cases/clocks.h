// SPDX-License-Identifier: EUPL-1.2
// Clocks: by when something must be done, as data. No deadline and no reference to a law is in the
// code: they are in a file (cases/clocks.json is the one that is built in), which a city's lawyer
// reads and changes.
//
// Counting follows what Polish administrative law and Regulation 1182/71 have in common: a term of
// hours runs from the moment itself; one of days or months does not count the day of the event and
// ends with the end of its last day, where a month without such a day has its last day. Days are
// those of the file's time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace urna::cases {

enum class ClockUnit : std::uint8_t { hours, days, working_days, months };
[[nodiscard]] std::string_view to_string(ClockUnit unit);  // "hours", "working-days" …

// A provision. Without an act the city has set the term by itself.
struct LegalRef {
  std::string act, article;
  std::optional<Date> valid_from, valid_to;  // of the event, both inclusive
  bool to_be_confirmed = true;               // by the city's lawyer
};

struct ClockRule {
  std::string name;  // "decision"
  std::uint32_t amount = 0;
  ClockUnit unit = ClockUnit::days;
  std::string from;  // the event: "case-opened"
  // A term of days or months that ends on a Saturday or a day free of work ends on the next
  // working day.
  bool to_working_day = false;
  LegalRef law;
};

inline constexpr std::size_t clocks_bytes_max = 262'144;
inline constexpr std::size_t clock_rules_max = 200;
inline constexpr std::uint32_t clock_amount_max = 3660;

class Clocks {
 public:
  // Errors: limit, malformed (naming the member), unsupported (a time zone that is not known).
  [[nodiscard]] static Result<Clocks> parse(std::string_view text);
  // What is built in.
  [[nodiscard]] static const Clocks& standard();
  [[nodiscard]] static std::string_view standard_text();

  [[nodiscard]] const std::vector<ClockRule>& rules() const { return rules_; }
  [[nodiscard]] const std::string& zone() const { return zone_; }
  // The rule of this name that is in force on the day of the event. Error: not_found.
  [[nodiscard]] Result<ClockRule> rule(std::string_view name, std::uint64_t event) const;

  // The first second (Unix) at which it is too late. Errors: not_found; unsupported (days free of
  // work matter, and the file has none of that year).
  [[nodiscard]] Result<std::uint64_t> due(std::string_view name, std::uint64_t event) const;
  [[nodiscard]] Result<std::uint64_t> due(const ClockRule& rule, std::uint64_t event) const;

 private:
  Clocks() = default;
  [[nodiscard]] Result<bool> works_on(Date day) const;
  std::string zone_;
  std::vector<ClockRule> rules_;
  std::vector<Date> free_days_;      // ascending
  int free_from_ = 0, free_to_ = 0;  // the years that free_days_ is complete for
};

}  // namespace urna::cases
