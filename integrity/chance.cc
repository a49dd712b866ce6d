// SPDX-License-Identifier: EUPL-1.2
#include "integrity/chance.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>

#include "base/bytes.h"

namespace urna::integrity {
namespace {

namespace bm = boost::math;
// Extreme tails are 0, not an exception.
using Policy = bm::policies::policy<bm::policies::overflow_error<bm::policies::ignore_error>,
                                    bm::policies::underflow_error<bm::policies::ignore_error>,
                                    bm::policies::denorm_error<bm::policies::ignore_error>,
                                    bm::policies::promote_double<false>>;

double probability(double p) { return std::clamp(p, 0.0, 1.0); }

}  // namespace

double binomial_at_least(std::uint64_t successes, std::uint64_t trials, double p) {
  if (successes == 0 || p >= 1) return successes > trials ? 0 : 1;
  if (successes > trials || p <= 0) return 0;
  const bm::binomial_distribution<double, Policy> law(static_cast<double>(trials), p);
  return probability(bm::cdf(bm::complement(law, static_cast<double>(successes - 1))));
}

double hypergeometric_at_least(std::uint64_t marked_drawn, std::uint64_t drawn,
                               std::uint64_t marked, std::uint64_t all) {
  if (drawn > all || marked > all) {
    stop_on_broken_precondition("hypergeometric_at_least: no more drawn or marked than there are");
  }
  const std::uint64_t least = drawn + marked > all ? drawn + marked - all : 0;
  const std::uint64_t most = std::min(drawn, marked);
  if (marked_drawn <= least) return 1;
  const auto log_choose = [](std::uint64_t n, std::uint64_t k) {
    return std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(k) + 1) -
           std::lgamma(static_cast<double>(n - k) + 1);
  };
  double sum = 0;
  // From the smallest term on, so that none is lost.
  for (std::uint64_t k = most; k >= marked_drawn && k <= most; --k) {
    sum += std::exp(log_choose(marked, k) + log_choose(all - marked, drawn - k) -
                    log_choose(all, drawn));
  }
  return probability(sum);
}

double poisson_at_least(std::uint64_t count, double mean) {
  if (count == 0) return 1;
  if (mean <= 0) return 0;
  const bm::poisson_distribution<double, Policy> law(mean);
  return probability(bm::cdf(bm::complement(law, static_cast<double>(count - 1))));
}

double overdispersed_at_least(std::uint64_t count, double mean, double variance) {
  if (count == 0) return 1;
  if (mean <= 0) return 0;
  if (variance <= mean * (1 + 1e-9)) return poisson_at_least(count, mean);
  const double r = mean * mean / (variance - mean);
  const bm::negative_binomial_distribution<double, Policy> law(r, mean / variance);
  return probability(bm::cdf(bm::complement(law, static_cast<double>(count - 1))));
}

double geometric_at_least(std::uint64_t size, double q) {
  return size <= 1 ? 1 : probability(std::pow(q, static_cast<double>(size - 1)));
}

double regular_gaps(std::span<const double> gaps) {
  const auto n = static_cast<double>(gaps.size());
  if (gaps.size() < 8) return 1;
  double sum = 0;
  double sum_of_logs = 0;
  for (const double gap : gaps) {
    sum += gap;
    sum_of_logs += std::log(gap);
  }
  const double log_mean = std::log(sum / n);
  const double s = log_mean - sum_of_logs / n;  // ≥ 0, and 0 only if all gaps are equal
  if (s < 1e-9) return 0;
  // The shape of most likelihood: Minka's start, then Newton.
  double k = (3 - s + std::sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s);
  for (int i = 0; i < 4; ++i) {
    const double step = (std::log(k) - bm::digamma(k) - s) / (1 / k - bm::trigamma(k));
    k = std::max(k - step, k / 2);
  }
  if (k <= 1) return 1;
  const double twice = 2 * n * (k * std::log(k) - bm::lgamma(k) - (k - 1) * s - k + 1);
  const bm::chi_squared_distribution<double, Policy> law(1);
  return probability(bm::cdf(bm::complement(law, std::max(twice, 0.0))) / 2);
}

double ascents_at_least(std::uint64_t ascents, std::uint64_t size) {
  if (size < 12) return 1;
  const double mean = static_cast<double>(size - 1) / 2;
  const double deviation = std::sqrt(static_cast<double>(size + 1) / 12);
  const bm::normal_distribution<double, Policy> law(mean, deviation);
  return probability(bm::cdf(bm::complement(law, static_cast<double>(ascents) - 0.5)));
}

}  // namespace urna::integrity
