// SPDX-License-Identifier: EUPL-1.2
// A truth value that no branch and no memory address may depend on.
#pragma once

#include <cstdint>

namespace urna::group {

// 0 or 1, kept away from the optimiser so that a selection stays arithmetic instead of becoming a
// jump. reveal() is the one way out: call it only where the answer is public.
class Choice {
 public:
  constexpr Choice() = default;
  // Precondition: bit is 0 or 1.
  [[nodiscard]] static Choice of(std::uint64_t bit) { return Choice(bit); }

  friend Choice operator&(Choice a, Choice b) { return Choice(a.bit_ & b.bit_); }
  friend Choice operator|(Choice a, Choice b) { return Choice(a.bit_ | b.bit_); }
  friend Choice operator^(Choice a, Choice b) { return Choice(a.bit_ ^ b.bit_); }
  friend Choice operator!(Choice a) { return Choice(a.bit_ ^ 1U); }

  // All ones for 1, zero for 0.
  [[nodiscard]] std::uint64_t mask() const {
    std::uint64_t bit = bit_;
    // The compiler must not learn that only two values are possible.
    __asm__("" : "+r"(bit));
    return 0U - bit;
  }
  [[nodiscard]] bool reveal() const { return bit_ != 0; }

 private:
  explicit Choice(std::uint64_t bit) : bit_(bit) {}
  std::uint64_t bit_ = 0;
};

// 1 iff a == b.
[[nodiscard]] inline Choice equal(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t difference = a ^ b;
  return Choice::of(1U ^ ((difference | (0U - difference)) >> 63U));
}

}  // namespace urna::group
