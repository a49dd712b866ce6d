// SPDX-License-Identifier: EUPL-1.2
// How probable it is that chance alone gives as much: upper tails of the distributions that signals
// are measured by. All answers lie in [0, 1]; 0 where the probability is below what a double holds.
#pragma once

#include <cstdint>
#include <span>

namespace urna::integrity {

// At least `successes` of `trials`, each with probability `p` in [0, 1].
[[nodiscard]] double binomial_at_least(std::uint64_t successes, std::uint64_t trials, double p);

// At least `marked_drawn` marked ones among `drawn` of `all`, of which `marked` are: the
// hypergeometric law. Precondition (else the program stops): drawn and marked are at most all.
// O(drawn).
[[nodiscard]] double hypergeometric_at_least(std::uint64_t marked_drawn, std::uint64_t drawn,
                                             std::uint64_t marked, std::uint64_t all);

// At least `count` where `mean` ≥ 0 are expected.
[[nodiscard]] double poisson_at_least(std::uint64_t count, double mean);

// At least `count` by a negative binomial law of this mean and variance; Poisson's if the variance
// is not above the mean.
[[nodiscard]] double overdispersed_at_least(std::uint64_t count, double mean, double variance);

// At least `size` where P(size ≥ k) = q^(k-1), q in [0, 1].
[[nodiscard]] double geometric_at_least(std::uint64_t size, double q);

// Gaps at least so regular if moments are independent. Likelihood ratio of a gamma law against the
// exponential one, twice its logarithm being chi-squared with one degree of freedom (Wilks);
// one-sided: gaps that are less regular than chance give 1. Gaps are positive; fewer than 8 give 1.
// O(n).
[[nodiscard]] double regular_gaps(std::span<const double> gaps);

// At least `ascents` among the neighbours of a sequence of `size` different items in random order:
// Eulerian numbers, by their normal approximation with continuity correction, which is above the
// exact tail for few items. Fewer than 12 items give 1.
[[nodiscard]] double ascents_at_least(std::uint64_t ascents, std::uint64_t size);

}  // namespace urna::integrity
