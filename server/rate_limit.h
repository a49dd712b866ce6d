// SPDX-License-Identifier: EUPL-1.2
// How often something may happen for each of many keys, in memory of a fixed size.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace urna::server {

// `count` in every `period` on average, at most `burst` at once.
struct Rate {
  std::uint32_t count = 1;
  std::chrono::milliseconds period{1000};
  std::uint32_t burst = 1;
};

// A token bucket for each key, kept as the one number of the generic cell rate algorithm (ITU-T
// I.371): the time when the bucket would be full again. Keys (a network, a person that someone
// asks for) are kept only as SipHash-2-4 values under a key that this object draws: what they were
// is gone when it is. Safe to use from several threads.
//
// The table never grows. When a new key finds its four places taken, the one that is nearest to
// full gives way, which loses least: whoever fills the table with keys forgets those that are
// allowed next to everything anyway.
class RateLimiter {
 public:
  // `keys` is how many keys are held, rounded up to a power of two from 64 on; 16 bytes each.
  // Error: usage, if a number is 0, a count exceeds 1,000,000, the keys 2^26, or the period or the
  // time in which a burst comes back 366 days.
  [[nodiscard]] static Result<std::unique_ptr<RateLimiter>> create(const Rate& rate,
                                                                   std::size_t keys);
  virtual ~RateLimiter() = default;
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  // Takes one token at the time `now` (of any clock, always the same one): nothing if there is
  // one, otherwise how long to wait for the next. A clock that jumps back delays nobody for
  // longer than an empty bucket does. Time does not depend on the key's bytes but on their number.
  virtual std::optional<std::chrono::milliseconds> take(std::string_view key,
                                                        std::chrono::milliseconds now) = 0;

 protected:
  RateLimiter() = default;
};

// A waiting time in whole seconds, at least 1: the value of Retry-After.
[[nodiscard]] std::uint32_t retry_after_s(std::chrono::milliseconds wait);

}  // namespace urna::server
