// SPDX-License-Identifier: EUPL-1.2
// What a pseudonym costs each side: who asks, and a keeper.
//
// Baseline in the same run: a loop over libsodium that does to one element after another what each
// element of a large batch takes: hash and map, multiply, encode; the keeper's multiple with its
// share of the proof (a hash and a multiple); verifying with its two multiples and a hash;
// combining two answers with two multiples. The constant part of a proof, which a single element
// pays alone, is in ours but not in the baseline. libsodium's results are compared with ours before
// times are printed. Processor time of one thread, the least of several runs.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <sodium.h>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "group/hash.h"
#include "group/multiply.h"
#include "pseudonym/blinding.h"
#include "pseudonym/ceremony.h"

namespace {

using namespace urna;
using namespace urna::pseudonym;

constexpr std::size_t baseline_count = 64;

[[noreturn]] void fail(const char* what) {
  fmt::print(stderr, "pseudonym_bench: {}\n", what);
  std::exit(1);
}

double processor_us() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double least_us(int runs, const std::function<void()>& work) {
  double least = 1e18;
  for (int run = 0; run < runs; ++run) {
    const double start = processor_us();
    work();
    least = std::min(least, processor_us() - start);
  }
  return least;
}

// Microseconds of libsodium for one element, as a loop over single elements has them.
struct Baseline {
  double map = 0;       // hash and map to the group
  double multiple = 0;  // decode, multiply, encode
  double scalar = 0;    // hash to a scalar
  double inverse = 0;   // of a scalar
};

Baseline libsodium() {
  constexpr std::string_view domain = "HashToGroup-OPRFV1-\x01-ristretto255-SHA512";
  constexpr std::size_t count = baseline_count;
  std::array<std::array<unsigned char, 32>, count> elements{};
  std::array<unsigned char, 32> scalar{};
  std::array<unsigned char, 32> product{};
  crypto_core_ristretto255_scalar_random(scalar.data());
  Baseline each;
  each.map = least_us(5, [&] {
    for (std::size_t i = 0; i < count; ++i) {
      const auto uniform = group::expand_message(std::to_string(i), domain);
      crypto_core_ristretto255_from_hash(elements[i].data(), uniform.data());
    }
  });
  for (std::size_t i = 0; i < count; ++i) {
    const std::string text = std::to_string(i);
    const std::array<std::string_view, 1> input = {text};
    if (hash_to_elements(input)[0].encode() != elements[i]) fail("libsodium maps otherwise");
  }
  each.multiple = least_us(5, [&] {
    for (const auto& element : elements) {
      if (crypto_scalarmult_ristretto255(product.data(), scalar.data(), element.data()) != 0) {
        fail("libsodium refused an element");
      }
    }
  });
  const auto ours = group::mul(group::SecretScalar::decode(scalar).value(),
                               group::Element::decode(elements.back()).value());
  if (ours.encode() != product) fail("libsodium multiplies otherwise");
  each.scalar = least_us(5, [&] {
    for (const auto& element : elements) {
      const auto uniform = group::expand_message(view_of(element), domain);
      crypto_core_ristretto255_scalar_reduce(product.data(), uniform.data());
    }
  });
  each.inverse = least_us(5, [&] {
    for (std::size_t i = 0; i < count; ++i) {
      if (crypto_core_ristretto255_scalar_invert(product.data(), scalar.data()) != 0) {
        fail("libsodium refused a scalar");
      }
    }
  });
  for (double* us : {&each.map, &each.multiple, &each.scalar, &each.inverse}) *us /= count;
  return each;
}

void row(const std::string& what, double ours, double theirs) {
  fmt::print("| {:<40} | {:>9.2f} | {:>9.1f} | {:>6.1f} |\n", what, ours, theirs, theirs / ours);
}

void measure(std::size_t count, const Baseline& baseline) {
  std::vector<SecretBytes> bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes.push_back(*pseudonym_input("pl-bench-2026", fmt::format("pesel:{:011}", i)));
  }
  std::vector<std::string_view> inputs;
  for (const SecretBytes& input : bytes) inputs.push_back(input.view());
  const KeepersTogether keepers = make_keepers_together(2, 2).value();

  const int runs = count > 256 ? 5 : 20;
  const auto each = static_cast<double>(count);
  std::vector<Blinding> made;
  made.reserve(1);
  const double blinding = least_us(runs, [&] {
    made.clear();
    made.push_back(Blinding::of(inputs).value());
  });
  std::vector<EvaluateResponse> answers(2);
  double evaluating = 1e18;
  for (std::size_t j = 0; j < 2; ++j) {
    const KeyShare& share = keepers.shares[j];
    evaluating = std::min(
        evaluating, least_us(runs, [&] {
          answers[j] = {
              share.keeper(),
              evaluate(share.secret(), keepers.group.share_key(share.keeper()), made[0].blinded())
                  .value()};
        }));
  }
  bool right = false;
  const double verifying = least_us(runs, [&] {
    right = verify_evaluation(keepers.group.share_key(KeeperNumber{1}), made[0].blinded(),
                              answers[0].evaluation);
  });
  if (!right) fail("a right answer was refused");
  std::vector<Output> outputs;
  const double finalizing =
      least_us(runs, [&] { outputs = made[0].finalize(keepers.group, answers).value(); });

  // The key that the two share, f(0) = 2 f(1) - f(2), gives the same.
  const group::SecretScalar key =
      group::Scalar::of(2) * keepers.shares[0].secret() - keepers.shares[1].secret();
  const Blinding again = Blinding::of(std::span(inputs).first(1)).value();
  const KeeperGroup whole =
      KeeperGroup::create(1, {keepers.group.public_key()}, keepers.group.public_key()).value();
  const EvaluateResponse alone{KeeperNumber{1},
                               evaluate(key, whole.public_key(), again.blinded()).value()};
  if (again.finalize(whole, std::array{alone}).value()[0] != outputs[0]) {
    fail("two keepers give another output than the whole key");
  }

  row(fmt::format("blind, N = {}", count), blinding / each, baseline.map + baseline.multiple);
  row(fmt::format("a keeper's answer, N = {}", count), evaluating / each,
      2 * baseline.multiple + baseline.scalar);
  row(fmt::format("verify an answer, N = {}", count), verifying / each,
      2 * baseline.multiple + baseline.scalar);
  row(fmt::format("two answers to outputs, N = {}", count), finalizing / each,
      6 * baseline.multiple + 2 * baseline.scalar + baseline.inverse);
  row(fmt::format("all of it, two keepers, N = {}", count),
      (blinding + 2 * evaluating + finalizing) / each,
      baseline.map + 11 * baseline.multiple + 4 * baseline.scalar + baseline.inverse);
}

}  // namespace

int main() {
  if (sodium_init() < 0) fail("libsodium does not start");
  fmt::print("Microseconds of processor time for each input; backend {}\n\n",
             group::backend() == group::Backend::ifma ? "ifma" : "portable");
  fmt::print("| {:<40} | {:>9} | {:>9} | {:>6} |\n", "", "urna", "libsodium", "ratio");
  fmt::print("|---|--:|--:|--:|\n");
  const Baseline baseline = libsodium();
  for (const std::size_t count : {1U, 64U, 4096U}) measure(count, baseline);
  return 0;
}
