// SPDX-License-Identifier: EUPL-1.2
// The signed radix-16 digits of a secret scalar, from which secret multiples are made.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <sodium/utils.h>

#include "group/scalar.h"

namespace urna::group {

// scalar = sum of digit[i] 16^i with digits -8 … 8, wiped on destruction. Scalars are below 2^253,
// so the last digit takes the last carry. Constant time.
class SecretDigits {
 public:
  static constexpr std::size_t count = 64;

  explicit SecretDigits(const SecretScalar& scalar) {
    const ScalarBytes& bytes = scalar.secret_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      digits_[2 * i] = bytes[i] & 15;
      digits_[2 * i + 1] = static_cast<std::int8_t>(bytes[i] >> 4U);
    }
    int carry = 0;
    for (std::size_t i = 0; i + 1 < count; ++i) {
      const int digit = digits_[i] + carry;
      carry = (digit + 8) >> 4;
      digits_[i] = static_cast<std::int8_t>(digit - 16 * carry);
    }
    digits_[count - 1] = static_cast<std::int8_t>(digits_[count - 1] + carry);
  }
  SecretDigits(const SecretDigits&) = delete;
  SecretDigits& operator=(const SecretDigits&) = delete;
  ~SecretDigits() { sodium_memzero(digits_.data(), digits_.size()); }

  [[nodiscard]] std::int8_t operator[](std::size_t i) const { return digits_[i]; }

 private:
  std::array<std::int8_t, count> digits_{};
};

}  // namespace urna::group
