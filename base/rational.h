// SPDX-License-Identifier: EUPL-1.2
// Exact rational numbers (GMP), and the conversions the counting rules need.
#pragma once

#include <cstdint>
#include <gmpxx.h>
#include <string>

namespace urna {

using Integer = mpz_class;
// Always in lowest terms with a positive denominator.
using Rational = mpq_class;

static_assert(sizeof(long) == sizeof(std::int64_t), "GMP's long interface must hold 64 bits");

[[nodiscard]] inline Integer integer(std::int64_t value) {
  return Integer(static_cast<long>(value));
}

// numerator / denominator in lowest terms. Precondition: denominator != 0.
[[nodiscard]] inline Rational rational(std::int64_t numerator, std::int64_t denominator = 1) {
  Rational value(integer(numerator), integer(denominator));
  value.canonicalize();
  return value;
}

// Decimal expansion rounded half away from zero to `decimals` places, e.g. "12.35". For people;
// never for a decision.
[[nodiscard]] std::string to_decimal_string(const Rational& value, unsigned decimals);

}  // namespace urna
