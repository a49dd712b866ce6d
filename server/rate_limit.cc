// SPDX-License-Identifier: EUPL-1.2
#include "server/rate_limit.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <mutex>
#include <sodium.h>
#include <vector>

namespace urna::server {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t ways = 4;
constexpr std::size_t locks = 16;
constexpr std::size_t max_keys = std::size_t{1} << 26;
constexpr milliseconds max_period = std::chrono::days(366);

struct Entry {
  std::uint64_t tag = 0;
  std::int64_t full_at_us = 0;  // 0: unused
};

using Set = std::array<Entry, ways>;

class Table final : public RateLimiter {
 public:
  Table(const Rate& rate, std::size_t sets)
      : interval_us_(
            std::max<std::int64_t>(1, std::chrono::microseconds(rate.period).count() / rate.count)),
        // A full bucket gives `burst` tokens: the last one when it would be full within this time.
        tolerance_us_(interval_us_ * (std::int64_t{rate.burst} - 1)),
        sets_(sets) {
    crypto_shorthash_keygen(key_.data());
  }
  ~Table() override { sodium_memzero(key_.data(), key_.size()); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::optional<milliseconds> take(std::string_view key, milliseconds now) override {
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                     key_.data());
    std::uint64_t tag = 0;
    std::memcpy(&tag, hash.data(), sizeof tag);
    const std::size_t place = tag & (sets_.size() - 1);
    const std::int64_t now_us = std::chrono::microseconds(now).count();

    const std::lock_guard lock(mutexes_[place % locks]);
    Set& set = sets_[place];
    auto* entry = std::find_if(set.begin(), set.end(), [&](const Entry& candidate) {
      return candidate.tag == tag && candidate.full_at_us != 0;
    });
    if (entry == set.end()) {
      entry = std::min_element(set.begin(), set.end(), [](const Entry& a, const Entry& b) {
        return a.full_at_us < b.full_at_us;
      });
      *entry = {tag, now_us};
    }
    // Later than an empty bucket allows only if the clock was set back.
    const std::int64_t full_at =
        std::clamp(entry->full_at_us, now_us, now_us + tolerance_us_ + interval_us_);
    if (full_at > now_us + tolerance_us_) {
      entry->full_at_us = full_at;
      const std::int64_t wait_us = full_at - tolerance_us_ - now_us;
      return milliseconds((wait_us + 999) / 1000);
    }
    entry->full_at_us = full_at + interval_us_;
    return std::nullopt;
  }

 private:
  std::array<unsigned char, crypto_shorthash_KEYBYTES> key_{};
  std::int64_t interval_us_;
  std::int64_t tolerance_us_;
  std::vector<Set> sets_;
  std::array<std::mutex, locks> mutexes_;
};

}  // namespace

Result<std::unique_ptr<RateLimiter>> RateLimiter::create(const Rate& rate, std::size_t keys) {
  const bool possible = rate.count >= 1 && rate.count <= 1'000'000 && rate.burst >= 1 &&
                        rate.burst <= 1'000'000 && rate.period.count() > 0 &&
                        rate.period <= max_period && keys >= 1 && keys <= max_keys;
  // A bucket must fill within the longest period, too: that also keeps the sums within 64 bits.
  if (!possible || rate.burst > max_period * std::int64_t{rate.count} / rate.period)
    return Error{ErrorCode::usage,
                 "a rate that cannot be kept",
                 {},
                 "give counts from 1 to 1000000, a period and a time for the whole burst of up to "
                 "366 days"};
  const std::size_t sets = std::bit_ceil(std::max<std::size_t>(keys, 64)) / ways;
  return std::unique_ptr<RateLimiter>(std::make_unique<Table>(rate, sets));
}

std::uint32_t retry_after_s(milliseconds wait) {
  constexpr std::int64_t longest =
      std::chrono::duration_cast<std::chrono::seconds>(max_period).count();
  const std::int64_t seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, longest));
}

}  // namespace urna::server
