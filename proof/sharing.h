// SPDX-License-Identifier: EUPL-1.2
// Sharing a secret among n so that any t recover it (Shamir 1979), with commitments by which each
// share can be checked (Feldman 1987). Used as docs/protocol.md section 8 says (Pedersen 1991).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proof/equations.h"
#include "proof/suite.h"

namespace urna::proof {

// A polynomial of degree t - 1 with secret coefficients; its value at 0 is what is shared.
template <class S>
class SharingPolynomial {
 public:
  // Uniform coefficients. Precondition: threshold >= 1.
  [[nodiscard]] static SharingPolynomial random(std::size_t threshold) {
    std::vector<typename S::Secret> coefficients;
    for (std::size_t k = 0; k < threshold; ++k) coefficients.push_back(S::random_secret());
    return SharingPolynomial(std::move(coefficients));
  }
  // Given coefficients, that of degree 0 first. Precondition: at least one.
  explicit SharingPolynomial(std::vector<typename S::Secret> coefficients)
      : coefficients_(std::move(coefficients)) {}

  [[nodiscard]] const typename S::Secret& secret() const { return coefficients_.front(); }
  // The share of participant j >= 1: the value at j. Constant time. t products.
  [[nodiscard]] typename S::Secret share(std::uint64_t j) const {
    typename S::Secret value = coefficients_.back();
    for (std::size_t k = coefficients_.size() - 1; k-- > 0;) {
      value = S::Scalar::of(j) * value + coefficients_[k];
    }
    return value;
  }
  // Packed A_k = a_k G.
  [[nodiscard]] std::string commitments() const {
    return S::encode(S::base().mul_all(coefficients_));
  }

 private:
  std::vector<typename S::Secret> coefficients_;
};

// f(j) G from the commitments to f: the sum of j^k A_k. Public data.
template <class S>
[[nodiscard]] typename S::Element public_share(std::span<const typename S::Element> commitments,
                                               std::uint64_t j) {
  std::vector<typename S::Scalar> powers;
  typename S::Scalar power = S::Scalar::of(1);
  for (std::size_t k = 0; k < commitments.size(); ++k) {
    powers.push_back(power);
    power = power * S::Scalar::of(j);
  }
  return S::sum_vartime(powers, commitments);
}

// Whether the share of participant j is the one committed to.
template <class S>
[[nodiscard]] bool share_matches(std::span<const typename S::Element> commitments, std::uint64_t j,
                                 const typename S::Secret& share) {
  return S::mul_base(share) == public_share<S>(commitments, j);
}

// The Lagrange coefficients at 0 for these participants: the secret is the sum of coefficient times
// share. Preconditions (else the program stops): participants are at least 1, differ, and differ
// modulo the group's order. O(t^2).
template <class S>
[[nodiscard]] std::vector<typename S::Scalar> lagrange_at_zero(
    std::span<const std::uint64_t> participants) {
  std::vector<typename S::Scalar> result;
  for (const std::uint64_t j : participants) {
    typename S::Scalar numerator = S::Scalar::of(1);
    typename S::Scalar denominator = S::Scalar::of(1);
    for (const std::uint64_t m : participants) {
      if (m == j) continue;
      numerator = numerator * S::Scalar::of(m);
      denominator = denominator * (S::Scalar::of(m) - S::Scalar::of(j));
    }
    const auto inverse = denominator.inverted();
    if (!inverse) stop_on_broken_precondition("lagrange_at_zero: participants differ");
    result.push_back(numerator * *inverse);
  }
  return result;
}

}  // namespace urna::proof
