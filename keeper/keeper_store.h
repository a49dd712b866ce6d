// SPDX-License-Identifier: EUPL-1.2
// What a keeper asks of a database: counters that quotas rest on, and the log of what was asked. No
// element, no pseudonym and nothing that tells who anybody is ever goes into it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protection/retention.h"

namespace urna::keeper {

enum class Event : std::uint8_t {
  evaluated,     // elements were charged for, and then evaluated
  refused,       // a request was refused; `detail` says why
  alarm,         // the alarm went off; `detail` says why
  acknowledged,  // a person has seen to the alarm; `detail` names the office
  destroyed,     // the share is gone
};
inline constexpr std::size_t events = 5;

// "evaluated", "refused" …
[[nodiscard]] std::string_view to_string(Event event);
// The inverse. Error: malformed.
[[nodiscard]] Result<Event> parse_event(std::string_view text);

struct LogLine {
  std::uint64_t number = 0;  // given by the store, ascending from 1
  std::uint64_t time = 0;    // Unix seconds
  Event event = Event::evaluated;
  std::string caller;       // its configured name; empty if unknown
  std::string purpose;      // empty if unknown
  std::uint64_t count = 0;  // elements; of `refused`: requests so far in the minute
  std::string detail;       // see Event
};

// A number that only grows, by name.
struct Counter {
  std::string name;
  std::uint64_t most = 0;
};

// Callable by several threads, and by several processes on one database. What a call reports as
// done is durable. Errors of all: io (the database cannot be reached or refuses); conflict (others
// held it for too long).
class KeeperStore {
 public:
  virtual ~KeeperStore() = default;

  // Adds `amount` to all counters and appends the line, together. If a counter would exceed its
  // most, nothing is done, and the first such counter's index is returned. Counters begin at 0.
  [[nodiscard]] virtual Result<std::optional<std::size_t>> charge(std::span<const Counter> counters,
                                                                  std::uint64_t amount,
                                                                  const LogLine& line) = 0;
  // What was added to the counter so far.
  [[nodiscard]] virtual Result<std::uint64_t> counted(const std::string& name) = 0;

  [[nodiscard]] virtual Status append(const LogLine& line) = 0;
  // The lines from number `first` on in order, at most `count`.
  [[nodiscard]] virtual Result<std::vector<LogLine>> lines(std::uint64_t first,
                                                           std::size_t count) = 0;
  // The number of the last line with this event; 0 if there is none.
  [[nodiscard]] virtual Result<std::uint64_t> last(Event event) = 0;

  // Deletes what is due. How many rows went.
  [[nodiscard]] virtual Result<std::uint64_t> apply(const protection::Deletion& deletion) = 0;
};

}  // namespace urna::keeper
