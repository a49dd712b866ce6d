// SPDX-License-Identifier: EUPL-1.2
// What signals are computed from: that somebody was certified, or was not, and nothing of who it
// was or how they voted.
//
// A token stands for a telephone or an address of mail, a network, a kind of device, a guardian: a
// keyed hash whose key changes each day, so that whatever is in common is seen within a day and
// nothing is followed from one day to the next. Without the key a token says nothing.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::integrity {

struct Token {
  std::array<std::uint8_t, 16> octets{};
  friend auto operator<=>(const Token&, const Token&) = default;
};

enum class Outcome : std::uint8_t {
  certified,    // may vote
  refused,      // the data fit nobody, or the code was wrong until the session ended
  unconfirmed,  // a code was sent and never given
};

// By what the person was recognised; the levels are those of docs/registrar.md.
enum class Means : std::uint8_t {
  contact_given,
  contact_on_register,
  letter,
  electronic_identity,
  point
};

// A network that the city has named as shared by many: a school, a library, a carrier.
enum class Sharing : std::uint8_t { unknown, named };

inline constexpr unsigned age_years_max = 130;
inline constexpr unsigned initials = 32;  // letters of the Polish alphabet

struct Event {
  std::uint64_t minute = 0;  // Unix time / 60
  Outcome outcome = Outcome::certified;
  Means means = Means::contact_on_register;
  std::optional<Token> contact, network, point, guardian;
  Sharing sharing = Sharing::unknown;  // of the network
  std::optional<std::uint8_t> age;     // full years; nothing if the data fit nobody
  std::uint8_t initial = 0;            // of the surname, 1 to initials in the order of the alphabet
  bool disowned = false;               // the person took the vote back, or complained

  [[nodiscard]] std::uint64_t day() const { return minute / (24 * 60); }
  friend bool operator==(const Event&, const Event&) = default;
};

inline constexpr std::size_t events_max = 20'000'000;

// One event per line, a JSON object with the members above under these names; tokens as 32
// hexadecimal digits; members that are absent are the defaults. O(1) per line.
[[nodiscard]] std::string to_json_line(const Event& event);
// Errors: malformed (naming the member), also for a member that is not known.
[[nodiscard]] Result<Event> parse_event(std::string_view line);

// Names as they stand in the lines: "certified", "contact-given", …
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::string_view to_string(Means means);

}  // namespace urna::integrity
