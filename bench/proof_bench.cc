// SPDX-License-Identifier: EUPL-1.2
// What proving and verifying a shuffle, a decryption and ballots' signatures costs, and how it
// grows with their number.
//
// Baseline in the same run: libsodium's multiplications that the same equations take one by one,
// eight secret or public multiples and their encodings for each ciphertext that is verified, seven
// fixed-base and three other ones for each that is proved. It is measured on 64 multiples and
// stated per ciphertext. Every proof is verified before its time is printed. Processor time of one
// thread.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <sodium.h>
#include <string>
#include <sys/resource.h>
#include <vector>

#include "base/bytes.h"
#include "proof/equality.h"
#include "proof/shuffle.h"
#include "proof/signature.h"

namespace {

using namespace urna;
using proof::Ristretto;

[[noreturn]] void fail(const char* what) {
  fmt::print(stderr, "proof_bench: {}\n", what);
  std::exit(1);
}

double processor_us() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double microseconds(const std::function<void()>& work) {
  const double start = processor_us();
  work();
  return processor_us() - start;
}

// One multiple of an element, and of the generator, by libsodium.
struct Baseline {
  double multiple = 0;
  double base = 0;
};

Baseline libsodium() {
  constexpr std::size_t count = 64;
  std::array<unsigned char, 32> scalar{};
  std::array<unsigned char, 32> element{};
  std::array<unsigned char, 32> product{};
  crypto_core_ristretto255_random(element.data());
  Baseline baseline{1e9, 1e9};
  for (int run = 0; run < 5; ++run) {
    baseline.multiple = std::min(baseline.multiple,
                                 microseconds([&] {
                                   for (std::size_t i = 0; i < count; ++i) {
                                     crypto_core_ristretto255_scalar_random(scalar.data());
                                     if (crypto_scalarmult_ristretto255(
                                             product.data(), scalar.data(), element.data()) != 0) {
                                       fail("libsodium refused an element");
                                     }
                                   }
                                 }) / count);
    baseline.base =
        std::min(baseline.base,
                 microseconds([&] {
                   for (std::size_t i = 0; i < count; ++i) {
                     crypto_core_ristretto255_scalar_random(scalar.data());
                     if (crypto_scalarmult_ristretto255_base(product.data(), scalar.data()) != 0) {
                       fail("libsodium refused a scalar");
                     }
                   }
                 }) / count);
  }
  return baseline;
}

void row(const std::string& what, double ours, double theirs) {
  fmt::print("| {:<44} | {:>9.2f} | {:>9.1f} | {:>6.1f} |\n", what, ours, theirs, theirs / ours);
}

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void measure_shuffle(std::size_t count, const Baseline& baseline) {
  const auto key = group::mul_base(group::SecretScalar::random());
  std::vector<group::SecretScalar> logs(2 * count);
  for (group::SecretScalar& log : logs) log = group::SecretScalar::random();
  const std::string inputs = group::encode_packed(group::FixedBase::generator().mul_all(logs));
  const auto witness = proof::random_shuffle_witness<Ristretto>(count, 1);
  proof::Ciphertexts<Ristretto> outputs;
  const double mixing = microseconds(
      [&] { outputs = proof::apply_shuffle<Ristretto>(key, 1, inputs, witness).value(); });
  const proof::ShuffleStatement statement{key.encode(), 1, inputs, outputs.packed};
  proof::ShuffleProof made;
  const double proving = microseconds([&] {
    made = proof::prove_shuffle<Ristretto>(proof::Transcript("bench"), statement, key, witness,
                                           outputs.elements);
  });
  Status verdict = ok_status();
  const double verifying = microseconds([&] {
    verdict =
        proof::verify_shuffle<Ristretto>(proof::Transcript("bench"), statement, key, made.view());
  });
  if (!verdict) fail("a right proof of a shuffle was refused");
  // As in a record, whose rounds and pools share the generators.
  const auto generators = Ristretto::independent_generators(0, count + 1);
  const double with_generators = microseconds([&] {
    verdict = proof::verify_shuffle<Ristretto>(proof::Transcript("bench"), statement, key,
                                               made.view(), {1, 0, generators});
  });
  if (!verdict) fail("a right proof of a shuffle was refused");
  const auto each = static_cast<double>(count);
  row(fmt::format("re-encrypt, N = {}", count), mixing / each, baseline.base + baseline.multiple);
  row(fmt::format("prove a shuffle, N = {}", count), proving / each,
      4 * baseline.base + 6 * baseline.multiple);
  row(fmt::format("verify a shuffle, N = {}", count), verifying / each, 8 * baseline.multiple);
  row(fmt::format("  its generators at hand, N = {}", count), with_generators / each,
      8 * baseline.multiple);
}

// Three shuffles in a row, per shuffle.
void measure_series(std::size_t count, const Baseline& baseline) {
  constexpr std::size_t rounds = 3;
  const auto key = group::mul_base(group::SecretScalar::random());
  std::vector<std::string> lists;
  lists.reserve(rounds + 1);
  lists.push_back(group::encode_packed(
      group::FixedBase::generator().mul_all(Ristretto::random_secrets(2 * count))));
  std::vector<proof::ShuffleProof> proofs;
  proof::ShuffleSeries series{1, lists[0], {}};
  for (std::size_t m = 0; m < rounds; ++m) {
    const auto witness = proof::random_shuffle_witness<Ristretto>(count, 1);
    lists.push_back(proof::apply_shuffle<Ristretto>(key, 1, lists[m], witness).value().packed);
    proofs.push_back(proof::prove_shuffle<Ristretto>(
        proof::Transcript("bench"), {key.encode(), 1, lists[m], lists[m + 1]}, key, witness));
  }
  for (std::size_t m = 0; m < rounds; ++m) {
    const proof::ShuffleProof& made = proofs[m];
    series.rounds.push_back(
        {proof::Transcript("bench"),
         lists[m + 1],
         {made.permutation_commitments, made.chain, made.chain_commitments, made.commitments,
          made.responses, made.chain_responses, made.permutation_responses}});
  }
  bool right = false;
  const double verifying = microseconds(
      [&] { right = !proof::verify_shuffles<Ristretto>(key.encode(), key, series).has_value(); });
  if (!right) fail("right proofs of shuffles were refused");
  row(fmt::format("verify 3 in a row, each, N = {}", count),
      verifying / static_cast<double>(rounds * count), 8 * baseline.multiple);
}

void measure_equality(std::size_t count, const Baseline& baseline) {
  std::vector<group::SecretScalar> logs(count);
  for (group::SecretScalar& log : logs) log = group::SecretScalar::random();
  const auto bases = group::FixedBase::generator().mul_all(logs);
  const std::string packed = group::encode_packed(bases);
  const auto x = group::SecretScalar::random();
  const auto key = group::mul_base(x).encode();
  std::string images;
  std::string made;
  const double proving = microseconds([&] {
    images = group::encode_packed(group::mul_all(x, bases));
    made =
        proof::prove_equality<Ristretto>(proof::Transcript("bench"), x, key, packed, bases, images);
  });
  bool right = false;
  const double verifying = microseconds([&] {
    right =
        proof::verify_equality<Ristretto>(proof::Transcript("bench"), key, packed, images, made);
  });
  if (!right) fail("right shares were refused");
  const auto each = static_cast<double>(count);
  row(fmt::format("decryption shares, proved, N = {}", count), proving / each,
      3 * baseline.multiple);
  row(fmt::format("decryption shares, verified, N = {}", count), verifying / each,
      4 * baseline.multiple);
}

void measure_signatures(std::size_t count, const Baseline& baseline) {
  std::vector<proof::SigningKey> keys;
  std::vector<proof::Signature> signatures;
  const proof::Transcript message("bench");
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back(proof::SigningKey::random());
    signatures.push_back(proof::sign(keys.back(), message));
  }
  std::optional<std::uint64_t> wrong;
  const double verifying = microseconds([&] {
    proof::Batch batch;
    for (std::size_t i = 0; i < count; ++i) {
      batch.subject(i);
      if (!proof::check_signature(batch, keys[i].key, message, signatures[i])) {
        fail("a right signature was refused");
      }
    }
    wrong = batch.verify();
  });
  if (wrong) fail("a right signature was refused");
  row(fmt::format("signatures, one batch of {}", count), verifying / static_cast<double>(count),
      baseline.base + baseline.multiple);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t largest = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  if (sodium_init() < 0 || largest < 100) fail("usage: proof_bench [N of at least 100]");
  const Baseline baseline = libsodium();
  fmt::print("Microseconds per ciphertext, share or signature; backend {}.\n\n",
             group::backend() == group::Backend::ifma ? "ifma" : "portable");
  fmt::print("| {:<44} | {:>9} | {:>9} | {:>6} |\n|{:-<46}|{:->10}:|{:->10}:|{:->7}:|\n",
             "operation", "urna", "libsodium", "ratio", "", "", "", "");
  for (std::size_t count = largest / 10; count <= largest; count *= 10) {
    measure_shuffle(count, baseline);
    measure_series(count, baseline);
    measure_equality(count, baseline);
  }
  measure_signatures(4096, baseline);
  fmt::print("\nPeak memory {:.0f} MB.\n", peak_megabytes());
}
