// SPDX-License-Identifier: EUPL-1.2
#include "cases/clocks.h"

#include <algorithm>
#include <array>
#include <memory>
#include <unicode/calendar.h>
#include <unicode/gregocal.h>
#include <unicode/timezone.h>
#include <utility>

#include "base/bytes.h"
#include "cases/members.h"

namespace urna::cases {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 4> units = {"hours", "days", "working-days", "months"};
constexpr std::size_t name_max = 60;
constexpr std::size_t text_max = 400;
constexpr double milliseconds = 1000;

// Days of a place: ICU knows when its clocks were and will be changed.
class PlaceCalendar {
 public:
  // Error: unsupported.
  static Result<PlaceCalendar> of(const std::string& zone, std::uint64_t moment) {
    std::unique_ptr<icu::TimeZone> place(
        icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone)));
    UErrorCode failure = U_ZERO_ERROR;
    if (*place == icu::TimeZone::getUnknown()) {
      return Error{ErrorCode::unsupported, "a time zone that is not known", {.field = "zone"}, ""};
    }
    auto calendar = std::make_unique<icu::GregorianCalendar>(place.release(), failure);
    calendar->setTime(static_cast<double>(moment) * milliseconds, failure);
    if (U_FAILURE(failure) != 0) {
      return Error{ErrorCode::unsupported, "this moment is in no calendar", {}, ""};
    }
    return PlaceCalendar(std::move(calendar));
  }

  [[nodiscard]] Result<Date> date() const {
    UErrorCode failure = U_ZERO_ERROR;
    const int year = calendar_->get(UCAL_YEAR, failure);
    const int month = calendar_->get(UCAL_MONTH, failure) + 1;
    const int day = calendar_->get(UCAL_DATE, failure);
    if (U_FAILURE(failure) != 0) return broken();
    return Date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                std::chrono::day(static_cast<unsigned>(day))};
  }
  Status add(UCalendarDateFields field, int amount) {
    UErrorCode failure = U_ZERO_ERROR;
    calendar_->add(field, amount, failure);
    return U_FAILURE(failure) != 0 ? Status(broken()) : ok_status();
  }
  // The first second of this day.
  [[nodiscard]] Result<std::uint64_t> start_of_day() const {
    const Result<Date> day = date();
    if (!day) return day.error();
    UErrorCode failure = U_ZERO_ERROR;
    const std::unique_ptr<icu::Calendar> copy(calendar_->clone());
    copy->clear();
    copy->set(static_cast<int>(day->year()), static_cast<int>(unsigned{day->month()}) - 1,
              static_cast<int>(unsigned{day->day()}));
    const double time = copy->getTime(failure);
    if (U_FAILURE(failure) != 0 || time < 0) return broken();
    return static_cast<std::uint64_t>(time / milliseconds);
  }

 private:
  explicit PlaceCalendar(std::unique_ptr<icu::GregorianCalendar> calendar)
      : calendar_(std::move(calendar)) {}
  static Error broken() {
    return {ErrorCode::unsupported, "a term that ends in no calendar", {}, ""};
  }
  std::unique_ptr<icu::GregorianCalendar> calendar_;
};

bool is_weekend(Date date) {
  const std::chrono::weekday day{std::chrono::sys_days(date)};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

std::optional<Date> optional_date(Members& members, std::string_view name) {
  if (!members.has(name)) return std::nullopt;
  const Result<Date> date = parse_date(members.text(name, 10));
  if (!date) {
    members.fail(name, "not a day");
    return std::nullopt;
  }
  return *date;
}

LegalRef read_law(Members members) {
  LegalRef law;
  law.act = members.text("act", text_max);
  law.article = members.text("article", text_max);
  law.valid_from = optional_date(members, "valid_from");
  law.valid_to = optional_date(members, "valid_to");
  law.to_be_confirmed = members.boolean("to_be_confirmed");
  members.finish();
  return law;
}

ClockRule read_rule(Members& members) {
  ClockRule rule;
  rule.name = members.text("name", name_max);
  rule.amount = static_cast<std::uint32_t>(members.number("amount", clock_amount_max));
  const std::string unit = members.text("unit", name_max);
  const auto* const found = std::ranges::find(units, unit);
  if (found == units.end()) {
    members.fail("unit", "not \"hours\", \"days\", \"working-days\" or \"months\"");
  } else {
    rule.unit = static_cast<ClockUnit>(found - units.begin());
  }
  rule.from = members.text("from", name_max);
  rule.to_working_day = members.boolean("to_working_day");
  rule.law = read_law(members.object("law"));
  if (rule.name.empty()) members.fail("name", "empty");
  members.finish();
  return rule;
}

bool in_force(const LegalRef& law, Date day) {
  return (!law.valid_from || *law.valid_from <= day) && (!law.valid_to || day <= *law.valid_to);
}

bool overlap(const LegalRef& a, const LegalRef& b) {
  const bool a_first = a.valid_to && b.valid_from && *a.valid_to < *b.valid_from;
  const bool b_first = b.valid_to && a.valid_from && *b.valid_to < *a.valid_from;
  return !a_first && !b_first;
}

}  // namespace

std::string_view to_string(ClockUnit unit) { return units.at(static_cast<std::size_t>(unit)); }

Result<Clocks> Clocks::parse(std::string_view text) {
  if (text.size() > clocks_bytes_max) return Error{ErrorCode::limit, "too long for clocks", {}, ""};
  const Result<json::value> value = parse_json(text);
  if (!value) return value.error();
  MembersError error;
  Members members(*value, "", error);
  Clocks clocks;
  if (members.text("format", name_max) != "urna/1 clocks") {
    members.fail("format", "not \"urna/1 clocks\"");
  }
  clocks.zone_ = members.text("zone", name_max);
  Members free = members.object("free_days");
  clocks.free_from_ = static_cast<int>(free.number("from_year", 9999));
  clocks.free_to_ = static_cast<int>(free.number("to_year", 9999));
  for (const json::value& day : free.array("days", 10'000)) {
    const Result<Date> date =
        day.is_string() ? parse_date(std::string_view(day.get_string())) : Result<Date>(Error{});
    if (!date) {
      free.fail("days", "not a list of days");
      break;
    }
    clocks.free_days_.push_back(*date);
  }
  free.finish();
  for (Members rule : members.objects("rules", clock_rules_max)) {
    clocks.rules_.push_back(read_rule(rule));
    for (std::size_t i = 0; i + 1 < clocks.rules_.size(); ++i) {
      if (clocks.rules_[i].name == clocks.rules_.back().name &&
          overlap(clocks.rules_[i].law, clocks.rules_.back().law)) {
        rule.fail("name", "two rules of one name are in force on one day");
      }
    }
  }
  members.finish();
  if (error.first) return *std::move(error.first);
  std::ranges::sort(clocks.free_days_);
  const Result<PlaceCalendar> place = PlaceCalendar::of(clocks.zone_, 0);
  if (!place) return place.error();
  return clocks;
}

const Clocks& Clocks::standard() {
  static const Clocks clocks = [] {
    Result<Clocks> parsed = parse(standard_text());
    if (!parsed) stop_on_broken_precondition("Clocks::standard: a sound file");
    return *std::move(parsed);
  }();
  return clocks;
}

Result<ClockRule> Clocks::rule(std::string_view name, std::uint64_t event) const {
  const Result<PlaceCalendar> place = PlaceCalendar::of(zone_, event);
  if (!place) return place.error();
  const Result<Date> day = place->date();
  if (!day) return day.error();
  for (const ClockRule& rule : rules_) {
    if (rule.name == name && in_force(rule.law, *day)) return rule;
  }
  return Error{ErrorCode::not_found,
               "no term of this name is in force on that day",
               {.field = std::string(name)},
               "add it to the file of clocks"};
}

Result<std::uint64_t> Clocks::due(std::string_view name, std::uint64_t event) const {
  const Result<ClockRule> found = rule(name, event);
  if (!found) return found.error();
  return due(*found, event);
}

Result<bool> Clocks::works_on(Date day) const {
  const int year = static_cast<int>(day.year());
  if (year < free_from_ || year > free_to_) {
    return Error{ErrorCode::unsupported,
                 "which days are free of work is not known for that year",
                 {.field = "free_days"},
                 "add the year to the file of clocks"};
  }
  return !is_weekend(day) && !std::ranges::binary_search(free_days_, day);
}

Result<std::uint64_t> Clocks::due(const ClockRule& rule, std::uint64_t event) const {
  if (rule.unit == ClockUnit::hours) return event + rule.amount * seconds_of_hour;
  Result<PlaceCalendar> last = PlaceCalendar::of(zone_, event);
  if (!last) return last.error();
  const auto works = [&]() -> Result<bool> {
    const Result<Date> day = last->date();
    return day ? works_on(*day) : Result<bool>(day.error());
  };
  const auto amount = static_cast<int>(rule.amount);
  if (rule.unit == ClockUnit::working_days) {
    for (int left = amount; left > 0;) {
      if (Status added = last->add(UCAL_DATE, 1); !added) return std::move(added).error();
      const Result<bool> counts = works();
      if (!counts) return counts.error();
      left -= *counts ? 1 : 0;
    }
  } else {
    const auto field = rule.unit == ClockUnit::months ? UCAL_MONTH : UCAL_DATE;
    if (Status added = last->add(field, amount); !added) return std::move(added).error();
    while (rule.to_working_day) {
      const Result<bool> ends_here = works();
      if (!ends_here) return ends_here.error();
      if (*ends_here) break;
      if (Status added = last->add(UCAL_DATE, 1); !added) return std::move(added).error();
    }
  }
  if (Status added = last->add(UCAL_DATE, 1); !added) return std::move(added).error();
  return last->start_of_day();
}

}  // namespace urna::cases
