// SPDX-License-Identifier: EUPL-1.2
// How much of a long test to do: the sanitizers make it take ten times as long, and what they find
// is found in a tenth of the cases.
#pragma once

namespace urna::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

// `whole` in an ordinary build, a tenth of it, but at least 1, with AddressSanitizer.
constexpr int sampled(int whole) {
  if (!sanitized) return whole;
  return whole < 10 ? 1 : whole / 10;
}

}  // namespace urna::test
