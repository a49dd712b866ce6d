// SPDX-License-Identifier: EUPL-1.2
// Neither inputs nor blinds nor a keeper's share steer a branch or an address: this program runs
// itself under valgrind with them marked as undefined memory; see group_constant_time_test.cc.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "group/multiply.h"
#include "pseudonym/blinding.h"
#include "pseudonym/ceremony.h"

#if __has_include(<valgrind/memcheck.h>) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define URNA_CHECKS_CONSTANT_TIME 1
#include <valgrind/memcheck.h>
#else
#define URNA_CHECKS_CONSTANT_TIME 0
#endif

namespace urna::pseudonym {
namespace {

#if URNA_CHECKS_CONSTANT_TIME

using group::SecretScalar;

constexpr int found_a_leak = 99;

// Exit status of this program's test `inner` under valgrind, on the portable backend: valgrind does
// not run AVX-512.
int status_under_valgrind(const std::string& inner) {
  const std::string command =
      "URNA_GROUP_BACKEND=portable valgrind -q --error-exitcode=" + std::to_string(found_a_leak) +
      " /proc/" + std::to_string(::getpid()) +
      "/exe --gtest_also_run_disabled_tests --gtest_filter=" + inner + " >/dev/null 2>&1";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
bool has_valgrind() { return std::system("valgrind --version >/dev/null 2>&1") == 0; }

template <typename Bytes>
void poison(const Bytes& bytes) {
  static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size()));
}
template <typename Bytes>
void publish(const Bytes& bytes) {
  static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(bytes.data(), bytes.size()));
}

SecretScalar poisoned_scalar() {
  std::array<std::uint8_t, 64> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(37 * i * i);
  poison(bytes);
  return SecretScalar::from_uniform_bytes(bytes);
}

TEST(ConstantTime, InputsAndBlindsSteerNothing) {
  if (!has_valgrind()) GTEST_SKIP() << "valgrind is not installed";
  EXPECT_EQ(status_under_valgrind("DISABLED_UnderValgrind.Client"), 0);
}

TEST(ConstantTime, AShareSteersNothing) {
  if (!has_valgrind()) GTEST_SKIP() << "valgrind is not installed";
  EXPECT_EQ(status_under_valgrind("DISABLED_UnderValgrind.Keeper"), 0);
}

TEST(ConstantTime, TheCheckFindsALeak) {
  if (!has_valgrind()) GTEST_SKIP() << "valgrind is not installed";
  EXPECT_EQ(status_under_valgrind("DISABLED_UnderValgrind.UnpublishedBlinded"), found_a_leak);
}

TEST(DISABLED_UnderValgrind, Client) {
  const KeepersTogether keepers = make_keepers_together(2, 2).value();
  std::string first = "44051401359 or some other secret";
  std::string second = "02070803628";
  poison(first);
  poison(second);
  const std::array<std::string_view, 2> inputs = {first, second};
  const Blinding blinding =
      Blinding::with_blinds(inputs, {poisoned_scalar(), poisoned_scalar()}).value();
  publish(blinding.blinded());
  std::vector<EvaluateResponse> answers;
  for (const KeyShare& share : keepers.shares) {
    answers.push_back(
        {share.keeper(),
         evaluate(share.secret(), keepers.group.share_key(share.keeper()), blinding.blinded())
             .value()});
  }
  EXPECT_EQ(blinding.finalize(keepers.group, answers).value().size(), 2U);
}

TEST(DISABLED_UnderValgrind, Keeper) {
  const std::array<std::string_view, 2> inputs = {"44051401359", "02070803628"};
  const Blinding blinding = Blinding::of(inputs).value();
  const SecretScalar share = poisoned_scalar();
  const ElementBytes key = group::mul_base(share).encode();
  publish(key);
  const std::vector<group::Element> elements = group::decode_packed(blinding.blinded()).value();
  // The answer's elements are public before the proof that is about them.
  const std::string evaluated = multiply_blinded(share, elements);
  publish(evaluated);
  const Evaluation evaluation{evaluated, prove_evaluation(share, key, elements, blinding.blinded(),
                                                          evaluated, poisoned_scalar())};
  publish(evaluation.proof);
  EXPECT_TRUE(verify_evaluation(key, blinding.blinded(), evaluation));
}

// Blinded elements, used as public ones although nobody published them.
TEST(DISABLED_UnderValgrind, UnpublishedBlinded) {
  const std::array<std::string_view, 1> inputs = {"44051401359"};
  const Blinding blinding = Blinding::with_blinds(inputs, {poisoned_scalar()}).value();
  EXPECT_TRUE(group::decode_packed(blinding.blinded()).ok());
}

#else

TEST(ConstantTime, InputsAndBlindsSteerNothing) {
  GTEST_SKIP() << "valgrind/memcheck.h is missing, or a sanitizer is in the way";
}

#endif

}  // namespace
}  // namespace urna::pseudonym
