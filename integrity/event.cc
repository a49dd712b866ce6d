// SPDX-License-Identifier: EUPL-1.2
#include "integrity/event.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "base/bytes.h"

namespace urna::integrity {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> outcomes = {"certified", "refused", "unconfirmed"};
constexpr std::array<std::string_view, 5> means_names = {"contact-given", "contact-on-register",
                                                         "letter", "electronic-identity", "point"};
constexpr std::uint64_t minute_max = 4'000'000'000;  // beyond the year 9000

Error wrong(std::string_view member, std::string message) {
  return {ErrorCode::malformed, std::move(message), {.field = std::string(member)}};
}

template <std::size_t size>
std::optional<std::uint8_t> index_of(const std::array<std::string_view, size>& names,
                                     const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  const auto found = std::ranges::find(names, std::string_view(value.get_string()));
  if (found == names.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - names.begin());
}

std::optional<std::uint64_t> number(const json::value& value, std::uint64_t most) {
  if (!value.is_int64() || value.get_int64() < 0) return std::nullopt;
  const auto n = static_cast<std::uint64_t>(value.get_int64());
  return n <= most ? std::optional(n) : std::nullopt;
}

std::optional<Token> token(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  const Result<std::string> octets = from_hex(std::string_view(value.get_string()));
  Token result;
  if (!octets || octets->size() != result.octets.size()) return std::nullopt;
  std::ranges::copy(*octets, result.octets.begin());
  return result;
}

std::optional<Token>* token_of(Event& event, std::string_view member) {
  if (member == "contact") return &event.contact;
  if (member == "network") return &event.network;
  if (member == "point") return &event.point;
  if (member == "guardian") return &event.guardian;
  return nullptr;
}

Status read_member(Event& event, std::string_view member, const json::value& value) {
  if (std::optional<Token>* place = token_of(event, member)) {
    *place = token(value);
    return *place ? ok_status() : Status(wrong(member, "not 32 hexadecimal digits"));
  }
  if (member == "minute") {
    const auto n = number(value, minute_max);
    if (!n) return wrong(member, "not a number of minutes since 1970");
    event.minute = *n;
  } else if (member == "outcome") {
    const auto i = index_of(outcomes, value);
    if (!i) return wrong(member, "not \"certified\", \"refused\" or \"unconfirmed\"");
    event.outcome = static_cast<Outcome>(*i);
  } else if (member == "means") {
    const auto i = index_of(means_names, value);
    if (!i) return wrong(member, "not a means of identification");
    event.means = static_cast<Means>(*i);
  } else if (member == "named") {
    if (!value.is_bool()) return wrong(member, "neither true nor false");
    event.sharing = value.get_bool() ? Sharing::named : Sharing::unknown;
  } else if (member == "disowned") {
    if (!value.is_bool()) return wrong(member, "neither true nor false");
    event.disowned = value.get_bool();
  } else if (member == "age") {
    const auto n = number(value, age_years_max);
    if (!n) return wrong(member, "not an age of 0 to 130 years");
    event.age = static_cast<std::uint8_t>(*n);
  } else if (member == "initial") {
    const auto n = number(value, initials);
    if (!n) return wrong(member, "not the number of a letter, 0 to 32");
    event.initial = static_cast<std::uint8_t>(*n);
  } else {
    return wrong(member, "not known");
  }
  return ok_status();
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  return outcomes.at(static_cast<std::size_t>(outcome));
}
std::string_view to_string(Means means) { return means_names.at(static_cast<std::size_t>(means)); }

std::string to_json_line(const Event& event) {
  json::object object{{"minute", event.minute},
                      {"outcome", to_string(event.outcome)},
                      {"means", to_string(event.means)}};
  const auto add = [&](const char* member, const std::optional<Token>& value) {
    if (value) object[member] = to_hex(view_of(value->octets));
  };
  add("contact", event.contact);
  add("network", event.network);
  add("point", event.point);
  add("guardian", event.guardian);
  if (event.sharing == Sharing::named) object["named"] = true;
  if (event.age) object["age"] = *event.age;
  if (event.initial != 0) object["initial"] = event.initial;
  if (event.disowned) object["disowned"] = true;
  return json::serialize(object);
}

Result<Event> parse_event(std::string_view line) {
  boost::system::error_code failure;
  json::parse_options options;
  options.max_depth = 2;
  const json::value value = json::parse(line, failure, {}, options);
  if (failure || !value.is_object()) return wrong({}, "not a JSON object on one line");
  Event event;
  bool has_minute = false;
  bool has_outcome = false;
  for (const auto& [member, content] : value.get_object()) {
    if (Status read = read_member(event, member, content); !read) return std::move(read).error();
    has_minute = has_minute || member == "minute";
    has_outcome = has_outcome || member == "outcome";
  }
  if (!has_minute) return wrong("minute", "missing");
  if (!has_outcome) return wrong("outcome", "missing");
  return event;
}

}  // namespace urna::integrity
