// SPDX-License-Identifier: EUPL-1.2
// The backends against each other and against the sum by hand; and how one is chosen.
#include <array>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "group/addends.h"
#include "group/backend/backend.h"
#include "group/multiply.h"
#include "group/multiply_vartime.h"
#include "test/unit/group_hex.h"

namespace urna::group {
namespace {

using testing::RandomBytes;

struct Window {
  std::vector<std::int16_t> digits;
  std::vector<Element> elements;
};

void push(Window& window, int digit, const Element& element) {
  window.digits.push_back(static_cast<std::int16_t>(digit));
  window.elements.push_back(element);
}

Window random_window(std::size_t count, int digit_max, std::uint64_t seed) {
  RandomBytes random(seed);
  Window window;
  for (std::size_t i = 0; i < count; ++i) {
    const auto range = static_cast<std::uint64_t>(2 * digit_max + 1);
    push(window, static_cast<int>(random.number() % range) - digit_max,
         Element::from_uniform_bytes(random.next<64>()));
  }
  return window;
}

Element by_hand(const Window& window) {
  Element sum;
  for (std::size_t i = 0; i < window.digits.size(); ++i) {
    const int digit = window.digits[i];
    const auto magnitude = Scalar::of(static_cast<std::uint64_t>(digit < 0 ? -digit : digit));
    const Element multiple = mul_vartime(magnitude, window.elements[i]);
    sum = digit < 0 ? sum - multiple : sum + multiple;
  }
  return sum;
}

void expect_by_all_backends(const Window& window, std::size_t digit_max) {
  const Element expected = by_hand(window);
  for (const Backend each : {Backend::portable, Backend::ifma}) {
    if (!is_available(each)) continue;
    const Operations& operation = operations(each);
    // Two lists at once: the elements and their negatives.
    std::vector<Element> negatives;
    for (const Element& element : window.elements) negatives.push_back(-element);
    Addends points(each);
    points.append(window.elements);
    Addends negative_points(each);
    negative_points.append(negatives);
    std::array<EdwardsPoint, 2> sums;
    WindowMemory memory;
    operation.window_sums_vartime(
        window.digits, std::array<const AffineAddend*, 2>{points.data(), negative_points.data()},
        digit_max, memory, sums);
    EXPECT_TRUE(Element::of_point(sums[0]) == expected)
        << static_cast<int>(each) << " " << window.digits.size() << " " << digit_max;
    EXPECT_TRUE(Element::of_point(sums[1]) == -expected)
        << static_cast<int>(each) << " " << window.digits.size() << " " << digit_max;
  }
}

TEST(GroupBackend, WindowSumsByHand) {
  for (const int digit_max : {8, 16, 64, 512, 16384}) {
    for (const std::size_t count : {0U, 1U, 2U, 7U, 8U, 9U, 30U, 300U})
      expect_by_all_backends(random_window(count, digit_max, 30 + count),
                             static_cast<std::size_t>(digit_max));
  }
}

TEST(GroupBackend, EveryBucketAlone) {
  const Element element = Element::generator().doubled() + Element::generator();
  for (int digit = -64; digit <= 64; ++digit) {
    Window window;
    push(window, digit, element);
    expect_by_all_backends(window, 64);
  }
}

TEST(GroupBackend, FullCancellingAndEmptyBuckets) {
  const Element element = Element::generator();
  for (const int digit : {1, -1, 7, 8, -8}) {
    Window same;
    Window cancelling;
    Window nothing;
    for (int i = 0; i < 50; ++i) {
      push(same, digit, element);
      push(cancelling, i % 2 == 0 ? digit : -digit, element);
      push(nothing, digit, Element());
    }
    expect_by_all_backends(same, 8);
    expect_by_all_backends(cancelling, 8);
    expect_by_all_backends(nothing, 8);
    EXPECT_TRUE(by_hand(cancelling).is_identity());
  }
}

TEST(GroupBackend, WholeSumsAgree) {
  if (!is_available(Backend::ifma)) GTEST_SKIP() << "this processor lacks AVX-512 IFMA";
  RandomBytes random(31);
  std::vector<Scalar> scalars;
  std::vector<Element> elements;
  for (const std::size_t count : {1U, 10U, 100U, 1000U, 5000U, 20000U}) {
    while (scalars.size() < count) {
      scalars.push_back(Scalar::from_uniform_bytes(random.next<64>()));
      elements.push_back(Element::from_uniform_bytes(random.next<64>()));
    }
    EXPECT_TRUE(pippenger_vartime(scalars, elements, Backend::portable) ==
                pippenger_vartime(scalars, elements, Backend::ifma))
        << count;
  }
}

TEST(GroupBackend, Names) {
  ASSERT_TRUE(backend_named("portable").ok());
  EXPECT_EQ(*backend_named("portable"), Backend::portable);
  EXPECT_TRUE(is_available(Backend::portable));
  const Result<Backend> ifma = backend_named("ifma");
  ASSERT_EQ(ifma.ok(), is_available(Backend::ifma));
  if (ifma) {
    EXPECT_EQ(*ifma, Backend::ifma);
  } else {
    EXPECT_EQ(ifma.error().code, ErrorCode::unsupported);
  }
  for (const char* const unknown : {"", "IFMA", "avx2", "portable "}) {
    const Result<Backend> refused = backend_named(unknown);
    ASSERT_FALSE(refused.ok()) << unknown;
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
  }
}

// Exit status of this program's test `inner` with the environment variable set.
int status_with(const std::string& value, const std::string& inner) {
  const std::string command =
      "URNA_GROUP_BACKEND='" + value + "' /proc/" + std::to_string(::getpid()) +
      "/exe --gtest_also_run_disabled_tests --gtest_filter=" + inner + " >/dev/null 2>&1";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(GroupBackend, TheEnvironmentForcesOneAndUnknownNamesStop) {
  EXPECT_EQ(status_with("portable", "DISABLED_Forced.Portable"), 0);
  EXPECT_EQ(status_with("ifma", "DISABLED_Forced.Ifma") == 0, is_available(Backend::ifma));
  EXPECT_NE(status_with("abacus", "DISABLED_Forced.Portable"), 0);
  EXPECT_NE(status_with("abacus", "DISABLED_Forced.Ifma"), 0);
}

TEST(DISABLED_Forced, Portable) { EXPECT_EQ(backend(), Backend::portable); }
TEST(DISABLED_Forced, Ifma) { EXPECT_EQ(backend(), Backend::ifma); }

}  // namespace
}  // namespace urna::group
