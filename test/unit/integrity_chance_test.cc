// SPDX-License-Identifier: EUPL-1.2
// Tails against values computed by hand or by slow sums.
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <vector>

#include "integrity/chance.h"

namespace urna::integrity {
namespace {

double choose(std::uint64_t n, std::uint64_t k) {
  double result = 1;
  for (std::uint64_t i = 1; i <= k; ++i) {
    result *= static_cast<double>(n - k + i) / static_cast<double>(i);
  }
  return result;
}

TEST(Chance, BinomialTailIsTheSumOfItsTerms) {
  for (const std::uint64_t n : {1U, 2U, 7U, 30U}) {
    for (const double p : {0.001, 0.05, 0.5, 0.9}) {
      for (std::uint64_t k = 0; k <= n + 1; ++k) {
        double sum = 0;
        for (std::uint64_t i = k; i <= n; ++i) {
          sum += choose(n, i) * std::pow(p, static_cast<double>(i)) *
                 std::pow(1 - p, static_cast<double>(n - i));
        }
        EXPECT_NEAR(binomial_at_least(k, n, p), std::min(sum, 1.0), 1e-12 + 1e-9 * sum)
            << k << " of " << n << " by " << p;
      }
    }
  }
  EXPECT_EQ(binomial_at_least(1, 5, 0), 0);
  EXPECT_EQ(binomial_at_least(0, 5, 0), 1);
  EXPECT_EQ(binomial_at_least(5, 5, 1), 1);
  EXPECT_EQ(binomial_at_least(6, 5, 1), 0);
}

TEST(Chance, PoissonTailIsTheSumOfItsTerms) {
  for (const double mean : {0.01, 1.0, 4.5, 20.0}) {
    double below = 0;
    double term = std::exp(-mean);
    for (std::uint64_t k = 0; k < 12; ++k) {
      EXPECT_NEAR(poisson_at_least(k, mean), 1 - below, 1e-12) << k << " by " << mean;
      below += term;
      term *= mean / static_cast<double>(k + 1);
    }
  }
  EXPECT_EQ(poisson_at_least(1, 0), 0);
}

TEST(Chance, OverdispersedTailIsWiderAndEndsAtPoisson) {
  EXPECT_DOUBLE_EQ(overdispersed_at_least(9, 4, 4), poisson_at_least(9, 4));
  EXPECT_DOUBLE_EQ(overdispersed_at_least(9, 4, 3), poisson_at_least(9, 4));
  EXPECT_NEAR(overdispersed_at_least(9, 4, 4.001), poisson_at_least(9, 4), 1e-4);
  EXPECT_GT(overdispersed_at_least(20, 4, 30), poisson_at_least(20, 4));
  // With mean 1 and variance 2 it is geometric: P(at least k) = 2^-k.
  for (std::uint64_t k = 0; k < 30; ++k) {
    EXPECT_NEAR(overdispersed_at_least(k, 1, 2), std::pow(0.5, static_cast<double>(k)), 1e-12);
  }
}

TEST(Chance, GeometricTail) {
  EXPECT_EQ(geometric_at_least(0, 0.5), 1);
  EXPECT_EQ(geometric_at_least(1, 0.5), 1);
  EXPECT_EQ(geometric_at_least(4, 0.5), 0.125);
  EXPECT_EQ(geometric_at_least(4, 0), 0);
}

// By chance, at most so many runs may be below a level as the level says: exponential gaps.
TEST(Chance, IndependentMomentsAreRarelyRegular) {
  std::mt19937_64 engine(5);
  int below = 0;
  constexpr int runs = 4000;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> gaps(20);
    for (double& gap : gaps) {
      gap = -std::log1p(-static_cast<double>(engine() >> 11U) * 0x1p-53) + 1e-9;
    }
    if (regular_gaps(gaps) < 0.01) ++below;
  }
  EXPECT_LT(below, runs / 100 * 2);
  EXPECT_GT(below, 0);
}

TEST(Chance, EvenGapsAreRegular) {
  std::vector<double> gaps(20);
  for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i] = 4 + 0.3 * static_cast<double>(i % 3);
  EXPECT_LT(regular_gaps(gaps), 1e-12);
  EXPECT_EQ(regular_gaps(std::vector<double>(20, 4.0)), 0);
  EXPECT_EQ(regular_gaps(std::vector<double>(7, 4.0)), 1);
  // Crowds and pauses are less regular than chance: no signal.
  for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i] = i % 5 == 0 ? 60 : 0.1;
  EXPECT_EQ(regular_gaps(gaps), 1);
}

// All orders of a few items counted; the approximation is not below the truth by more than a
// little.
TEST(Chance, AscentsAreEulerian) {
  constexpr std::uint64_t size = 12;
  std::vector<double> eulerian = {1};
  for (std::uint64_t n = 2; n <= size; ++n) {
    std::vector<double> next(n);
    for (std::uint64_t m = 0; m < n; ++m) {
      const double stay = m < eulerian.size() ? eulerian[m] * static_cast<double>(m + 1) : 0;
      const double up = m > 0 ? eulerian[m - 1] * static_cast<double>(n - m) : 0;
      next[m] = stay + up;
    }
    eulerian = next;
  }
  const double all = std::accumulate(eulerian.begin(), eulerian.end(), 0.0);
  for (std::uint64_t k = 6; k < size; ++k) {
    double tail = 0;
    for (std::uint64_t m = k; m < size; ++m) tail += eulerian[m];
    EXPECT_GT(ascents_at_least(k, size) * 1.1, tail / all) << k;
    EXPECT_LT(ascents_at_least(k, size), tail / all + 0.05) << k;
  }
  EXPECT_EQ(ascents_at_least(10, 11), 1);
}

}  // namespace
}  // namespace urna::integrity
