// SPDX-License-Identifier: EUPL-1.2
// Limits for each key: how many at once and on average, under clocks that jump, in a full table.
#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/rate_limit.h"

namespace {

using namespace urna::server;
using std::chrono::milliseconds;

std::unique_ptr<RateLimiter> limiter(const Rate& rate, std::size_t keys = 1000) {
  auto created = RateLimiter::create(rate, keys);
  EXPECT_TRUE(created.ok());
  return std::move(created).value();
}

TEST(ServerRateLimit, GivesABurstThenTheAverage) {
  const auto limit = limiter({6, std::chrono::minutes(1), 3});
  const milliseconds start(1'000'000);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit->take("a", start)) << i;
  EXPECT_EQ(limit->take("a", start), milliseconds(10'000));
  EXPECT_EQ(limit->take("a", start + milliseconds(4'000)), milliseconds(6'000));
  EXPECT_FALSE(limit->take("b", start));
  EXPECT_FALSE(limit->take("a", start + milliseconds(10'000)));
  EXPECT_EQ(limit->take("a", start + milliseconds(10'000)), milliseconds(10'000));
  // An hour later the bucket holds a burst, no more.
  const milliseconds later = start + std::chrono::hours(1);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit->take("a", later)) << i;
  EXPECT_TRUE(limit->take("a", later));
}

TEST(ServerRateLimit, CountsExactlyOverTime) {
  const auto limit = limiter({7, std::chrono::seconds(3), 5});
  int given = 0;
  for (int ms = 0; ms < 300'000; ms += 10)
    if (!limit->take("key", milliseconds(1 + ms))) ++given;
  EXPECT_GE(given, 700);
  EXPECT_LE(given, 705);
}

TEST(ServerRateLimit, SurvivesClocksThatJump) {
  const auto limit = limiter({1, std::chrono::seconds(10), 2});
  const milliseconds noon(100'000'000);
  EXPECT_FALSE(limit->take("a", noon));
  EXPECT_FALSE(limit->take("a", noon));
  // A day back: at most as long as an empty bucket takes.
  const milliseconds back = noon - std::chrono::hours(24);
  const auto wait = limit->take("a", back);
  ASSERT_TRUE(wait.has_value());
  EXPECT_LE(*wait, milliseconds(10'000));
  EXPECT_FALSE(limit->take("a", back + milliseconds(10'000)));
  EXPECT_FALSE(limit->take("a", noon + std::chrono::hours(24 * 365)));
}

// A flood of new keys does not free those that are at their limit.
TEST(ServerRateLimit, ForgetsWhoIsNearestToFull) {
  const auto limit = limiter({1, std::chrono::hours(1), 10}, 64);
  const milliseconds now(1'000);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(limit->take("attacker", now));
  EXPECT_TRUE(limit->take("attacker", now));
  for (int i = 0; i < 100'000; ++i) limit->take("other " + std::to_string(i), now);
  EXPECT_TRUE(limit->take("attacker", now));
}

TEST(ServerRateLimit, IsExactFromSeveralThreads) {
  const auto limit = limiter({1, std::chrono::hours(1), 1000});
  std::vector<std::thread> threads;
  std::vector<int> given(4, 0);
  for (std::size_t t = 0; t < given.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 1000; ++i)
        if (!limit->take("shared", milliseconds(5))) ++given[t];
    });
  }
  int sum = 0;
  for (std::size_t t = 0; t < given.size(); ++t) {
    threads[t].join();
    sum += given[t];
  }
  EXPECT_EQ(sum, 1000);
}

TEST(ServerRateLimit, RefusesImpossibleRates) {
  for (const Rate& rate : {Rate{0, milliseconds(1), 1}, Rate{1, milliseconds(0), 1},
                           Rate{1, milliseconds(1), 0}, Rate{2'000'000, milliseconds(1), 1},
                           Rate{1, std::chrono::hours(24 * 367), 1}, Rate{1, milliseconds(-5), 1},
                           Rate{1, milliseconds::max(), 1}, Rate{1, std::chrono::hours(24), 1000}})
    EXPECT_FALSE(RateLimiter::create(rate, 100).ok());
  EXPECT_FALSE(RateLimiter::create({}, 0).ok());
  EXPECT_TRUE(RateLimiter::create({1'000'000, milliseconds(1), 1'000'000}, 1).ok());
}

TEST(ServerRateLimit, RoundsWaitsUp) {
  EXPECT_EQ(retry_after_s(milliseconds(0)), 1U);
  EXPECT_EQ(retry_after_s(milliseconds(1000)), 1U);
  EXPECT_EQ(retry_after_s(milliseconds(1001)), 2U);
}

}  // namespace
