// SPDX-License-Identifier: EUPL-1.2
#include "base/rational.h"

namespace urna {

std::string to_decimal_string(const Rational& value, unsigned decimals) {
  Integer scale;
  mpz_ui_pow_ui(scale.get_mpz_t(), 10, decimals);
  const bool negative = sgn(value) < 0;
  const Integer twice = 2 * abs(value.get_num()) * scale + value.get_den();
  std::string digits = Integer(twice / (2 * value.get_den())).get_str();
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  if (decimals > 0) digits.insert(digits.size() - decimals, ".");
  const bool zero = digits.find_first_not_of("0.") == std::string::npos;
  return (negative && !zero ? "-" : "") + digits;
}

}  // namespace urna
