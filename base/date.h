// SPDX-License-Identifier: EUPL-1.2
// Dates of the Gregorian calendar, as people are born on and rules begin on.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna {

inline constexpr std::uint64_t seconds_of_hour = 3'600;
inline constexpr std::uint64_t seconds_of_day = 86'400;

using Date = std::chrono::year_month_day;

// "2026-11-28", four, two and two digits, a day that exists. Error: malformed, without the text.
[[nodiscard]] Result<Date> parse_date(std::string_view text);
// The inverse. Precondition: year 0 … 9999.
[[nodiscard]] std::string to_iso_string(Date date);

// The day that the moment (Unix seconds) lies on in UTC.
[[nodiscard]] Date date_of(std::uint64_t unix_seconds);
// Its first second in UTC. Precondition: not before 1970.
[[nodiscard]] std::uint64_t unix_seconds_of(Date date);
// The moment in UTC, "2026-11-28T09:30:00Z"; beyond the year 9999 the number.
[[nodiscard]] std::string to_iso_moment(std::uint64_t unix_seconds);

// Completed years of life on a day; who was born on 29 February completes a year on 1 March of
// years without that day. Negative before birth.
[[nodiscard]] int age_on(Date birth, Date day);

}  // namespace urna
