// SPDX-License-Identifier: EUPL-1.2
#include "base/date.h"

#include <algorithm>
#include <fmt/format.h>

namespace urna {

Result<Date> parse_date(std::string_view text) {
  const auto fault = [](const char* message) {
    return Error{ErrorCode::malformed, message, {}, "write it as YYYY-MM-DD"};
  };
  const auto digits = [&](std::size_t from, std::size_t count) {
    unsigned number = 0;
    for (const char digit : text.substr(from, count)) {
      number = 10 * number + static_cast<unsigned>(digit - '0');
    }
    return number;
  };
  constexpr std::string_view form = "dddd-dd-dd";
  const bool formed =
      text.size() == form.size() &&
      std::equal(text.begin(), text.end(), form.begin(), [](char given, char wanted) {
        return wanted == 'd' ? given >= '0' && given <= '9' : given == wanted;
      });
  if (!formed) return fault("not a date");
  const Date date(std::chrono::year(static_cast<int>(digits(0, 4))),
                  std::chrono::month(digits(5, 2)), std::chrono::day(digits(8, 2)));
  if (!date.ok()) return fault("a day that does not exist");
  return date;
}

std::string to_iso_string(Date date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Date date_of(std::uint64_t unix_seconds) {
  return {
      std::chrono::sys_days(std::chrono::days(static_cast<std::int64_t>(unix_seconds / 86400)))};
}

std::string to_iso_moment(std::uint64_t unix_seconds) {
  constexpr std::uint64_t last_of_four_digits = 253'402'300'799;  // the end of the year 9999
  if (unix_seconds > last_of_four_digits) return std::to_string(unix_seconds);
  return to_iso_string(date_of(unix_seconds)) +
         fmt::format("T{:02}:{:02}:{:02}Z", unix_seconds / 3'600 % 24, unix_seconds / 60 % 60,
                     unix_seconds % 60);
}

std::uint64_t unix_seconds_of(Date date) {
  return static_cast<std::uint64_t>(std::chrono::sys_days(date).time_since_epoch().count()) * 86400;
}

int age_on(Date birth, Date day) {
  const int years = static_cast<int>(day.year()) - static_cast<int>(birth.year());
  const bool had_birthday =
      day.month() > birth.month() || (day.month() == birth.month() && day.day() >= birth.day());
  return had_birthday ? years : years - 1;
}

}  // namespace urna
