// SPDX-License-Identifier: EUPL-1.2
// Secrets steer no branch and no address: this program runs itself under valgrind with the secrets
// marked as undefined memory, so that memcheck reports every jump and every address made from them
// (A. Langley's ctgrind). A run that does branch on a secret shows that the check can fail.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "group/hash.h"
#include "group/multiply.h"
#include "group/multiply_vartime.h"

#if __has_include(<valgrind/memcheck.h>) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define URNA_CHECKS_CONSTANT_TIME 1
#include <valgrind/memcheck.h>
#else
#define URNA_CHECKS_CONSTANT_TIME 0
#endif

namespace urna::group {
namespace {

#if URNA_CHECKS_CONSTANT_TIME

constexpr int found_a_leak = 99;
constexpr int no_such_backend = 98;

class ConstantTime : public ::testing::Test {
 protected:
  // Exit status of this program's test `inner` under valgrind.
  static int status_under_valgrind(const std::string& inner) {
    const std::string command = "valgrind -q --error-exitcode=" + std::to_string(found_a_leak) +
                                " /proc/" + std::to_string(::getpid()) +
                                "/exe --gtest_also_run_disabled_tests --gtest_filter=" + inner +
                                " >/dev/null 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  static bool has_valgrind() { return std::system("valgrind --version >/dev/null 2>&1") == 0; }
};

// 64 bytes of which memcheck knows nothing.
SecretScalar poisoned_scalar(std::uint8_t seed) {
  std::array<std::uint8_t, 64> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(seed + 37 * i * i);
  static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size()));
  return SecretScalar::from_uniform_bytes(bytes);
}

TEST_F(ConstantTime, SecretsSteerNothing) {
  if (!has_valgrind()) GTEST_SKIP() << "valgrind is not installed";
  EXPECT_EQ(status_under_valgrind("DISABLED_UnderValgrind.SecretOperations"), 0);
}

TEST_F(ConstantTime, SecretBatchesSteerNothing) {
  if (!has_valgrind()) GTEST_SKIP() << "valgrind is not installed";
  EXPECT_EQ(status_under_valgrind("DISABLED_UnderValgrind.PortableBatches"), 0);
}

TEST_F(ConstantTime, SecretBatchesOfIfmaSteerNothing) {
  if (!has_valgrind()) GTEST_SKIP() << "valgrind is not installed";
  const int status = status_under_valgrind("DISABLED_UnderValgrind.IfmaBatches");
  if (status == no_such_backend)
    GTEST_SKIP() << "this valgrind does not run AVX-512 IFMA: the batches of the ifma backend are "
                    "not checked here, only the portable ones";
  EXPECT_EQ(status, 0);
}

TEST_F(ConstantTime, TheCheckFindsALeak) {
  if (!has_valgrind()) GTEST_SKIP() << "valgrind is not installed";
  EXPECT_EQ(status_under_valgrind("DISABLED_UnderValgrind.VariableTimeMultiple"), found_a_leak);
}

TEST(DISABLED_UnderValgrind, SecretOperations) {
  const SecretScalar a = poisoned_scalar(1);
  const SecretScalar b = poisoned_scalar(2);
  const SecretScalar c = (a * b + a - Scalar::of(3) * b) * -a;
  const std::array<Element, 3> secret = {mul(c, Element::generator()), mul_base(a.inverted()),
                                         FixedBase(Element::generator()).mul(b)};
  // Elements made from secrets are encoded, added and mapped without leaks as well.
  std::array<std::uint8_t, 64> uniform{};
  static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(uniform.data(), uniform.size()));
  const Element sum =
      secret[0] + secret[1] - secret[2].doubled() - (-Element::from_uniform_bytes(uniform));
  ElementBytes encoded = sum.encode();
  static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(encoded.data(), encoded.size()));
  for (ElementBytes encoding : encode_doubled_all(secret)) {
    static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(encoding.data(), encoding.size()));
    EXPECT_TRUE(Element::decode(encoding).ok());
  }
  EXPECT_TRUE(Element::decode(encoded).ok());
}

// Encodings made from secrets, for anybody to see.
void expect_valid(std::vector<ElementBytes> encodings) {
  static_cast<void>(
      VALGRIND_MAKE_MEM_DEFINED(encodings.data(), encodings.size() * sizeof(ElementBytes)));
  EXPECT_TRUE(decode_all(encodings, Backend::portable).ok());
}

void batches(Backend chosen) {
  std::vector<SecretScalar> scalars;
  for (std::uint8_t seed = 10; seed < 13; ++seed) scalars.push_back(poisoned_scalar(seed));
  const std::vector<Element> elements =
      hash_to_group_numbered("constant time", 0, scalars.size(), chosen);
  const std::vector<Element> multiples = mul_all(scalars[0], elements, chosen);
  expect_valid(encode_all(multiples, chosen));
  expect_valid(encode_doubled_all(multiples, chosen));
  expect_valid(encode_all(mul_each(scalars, elements, chosen), chosen));
  expect_valid(encode_all(FixedBase(elements[0]).mul_all(scalars, chosen), chosen));
  expect_valid({multi_scalar_multiply(scalars, elements, chosen).encode()});
  // As many as long batches have.
  std::vector<SecretScalar> many(400);
  for (std::size_t i = 0; i < many.size(); ++i)
    many[i] = poisoned_scalar(static_cast<std::uint8_t>(i)) + scalars[i % 3];
  expect_valid(encode_doubled_all(FixedBase(elements[0]).mul_all(many, chosen), chosen));
}

TEST(DISABLED_UnderValgrind, PortableBatches) { batches(Backend::portable); }

TEST(DISABLED_UnderValgrind, IfmaBatches) {
  if (!is_available(Backend::ifma)) std::_Exit(no_such_backend);
  batches(Backend::ifma);
}

TEST(DISABLED_UnderValgrind, VariableTimeMultiple) {
  ElementBytes encoded = mul_vartime(poisoned_scalar(3).disclose(), Element::generator()).encode();
  static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(encoded.data(), encoded.size()));
  EXPECT_TRUE(Element::decode(encoded).ok());
}

#else

TEST(ConstantTime, SecretsSteerNothing) {
  GTEST_SKIP() << "valgrind/memcheck.h is missing, or a sanitizer is in the way";
}

#endif

}  // namespace
}  // namespace urna::group
