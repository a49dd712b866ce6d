// SPDX-License-Identifier: EUPL-1.2
// What proving and verifying a shuffle, a decryption and ballots' signatures costs, and how it
// grows with their number.
//
// Baseline in the same run: the same proofs made and verified with libsodium alone, one element
// after another (plain/plain.h). That loop is no estimate. Its verifier reads a proof of 256
// ciphertexts, hashes its transcript and computes every term of equations (1) to (5) of
// docs/protocol.md section 4.5: 8 multiples, 1 multiple of the generator and 10 additions for each
// ciphertext, and an element hashed to the group where ours is not given its generators either. Its
// prover computes C, C-hat, T-hat, T_3, T_4 and the responses: 5 multiples, 3 of the generator, 6
// additions and the same hashing. Shares and signatures likewise. Before its time is taken, each of
// its verifiers must accept what our prover made and refuse it with one bit changed, and ours must
// accept what its prover made. The least of several runs, per element; what a proof costs once is
// part of it, which is one hundredth.
//
// Every proof of ours is verified before its time is printed. Processor time of one thread.
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
#include "plain/plain.h"
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

// The least time of several runs, per element.
double least(std::size_t runs, std::size_t elements, const std::function<void()>& work) {
  double time = microseconds(work);
  for (std::size_t run = 1; run < runs; ++run) time = std::min(time, microseconds(work));
  return time / static_cast<double>(elements);
}

// libsodium's loop, per ciphertext, share or signature.
struct Baseline {
  double generator = 0;
  double mix = 0;
  double prove = 0;   // with the generators at hand
  double verify = 0;  // with the generators at hand
  double prove_shares = 0;
  double verify_shares = 0;
  double verify_signature = 0;
};

// The least time of several runs, in all.
double least_of_all(const std::function<void()>& work) { return least(3, 1, work); }

constexpr std::string_view label = "bench";
constexpr std::size_t plain_count = 256;
constexpr std::size_t plain_runs = 5;

plain::Scalar plain_scalar(const group::SecretScalar& secret) { return secret.secret_bytes(); }

std::vector<plain::Scalar> plain_scalars(std::span<const group::SecretScalar> secrets) {
  std::vector<plain::Scalar> scalars;
  for (const group::SecretScalar& secret : secrets) scalars.push_back(plain_scalar(secret));
  return scalars;
}

std::string random_elements(std::size_t count) {
  return group::encode_packed(
      group::FixedBase::generator().mul_all(Ristretto::random_secrets(count)));
}

// One bit of one item of a packed list turned, the item staying below the order.
std::string damaged(std::string packed) {
  packed[packed.size() / 2 / 32 * 32] ^= 1;
  return packed;
}

void measure_plain_shuffle(Baseline& baseline) {
  const auto key = group::mul_base(group::SecretScalar::random());
  const plain::Element key_bytes = key.encode();
  const std::string inputs = random_elements(2 * plain_count);
  const auto witness = proof::random_shuffle_witness<Ristretto>(plain_count, 1);
  const std::vector<plain::Scalar> randomness = plain_scalars(witness.randomness);
  std::string outputs;
  std::vector<plain::Element> h;
  plain::ShuffleProof<std::string> theirs;
  baseline.mix = least(plain_runs, plain_count, [&] {
    outputs = plain::apply_shuffle(view_of(key_bytes), inputs, witness.source, randomness);
  });
  baseline.generator =
      least(plain_runs, plain_count + 1, [&] { h = plain::generators(plain_count + 1); });
  const plain::Shuffle shuffle{label, view_of(key_bytes), inputs, outputs};
  baseline.prove = least(plain_runs, plain_count, [&] {
    theirs = plain::prove_shuffle(shuffle, witness.source, randomness, h);
  });

  const proof::ShuffleStatement statement{key_bytes, 1, inputs, outputs};
  if (!proof::verify_shuffle<Ristretto>(
          proof::Transcript(label), statement, key,
          {theirs.permutation_commitments, theirs.chain, theirs.chain_commitments,
           theirs.commitments, theirs.responses, theirs.chain_responses,
           theirs.permutation_responses})) {
    fail("the loop's proof of a shuffle was refused");
  }
  const auto ours =
      proof::prove_shuffle<Ristretto>(proof::Transcript(label), statement, key, witness);
  plain::ShuffleProof<std::string_view> read{ours.permutation_commitments,
                                             ours.chain,
                                             ours.chain_commitments,
                                             ours.commitments,
                                             ours.responses,
                                             ours.chain_responses,
                                             ours.permutation_responses};
  bool right = true;
  baseline.verify = least(plain_runs, plain_count,
                          [&] { right = right && plain::verify_shuffle(shuffle, read, h); });
  if (!right) fail("the loop refused a right proof of a shuffle");
  // Equation (5), (4), or (1) to (4) of the loop must notice.
  for (std::string_view* list :
       {&read.chain_responses, &read.permutation_responses, &read.responses}) {
    const std::string_view whole = *list;
    const std::string wrong = damaged(std::string(whole));
    *list = wrong;
    if (plain::verify_shuffle(shuffle, read, h)) fail("the loop accepted a false shuffle");
    *list = whole;
  }
}

void measure_plain_shares(Baseline& baseline) {
  const auto x = group::SecretScalar::random();
  const plain::Element key = group::mul_base(x).encode();
  const std::string bases = random_elements(plain_count);
  plain::Images theirs;
  baseline.prove_shares = least(plain_runs, plain_count, [&] {
    theirs = plain::prove_equality(label, plain_scalar(x), view_of(key), bases);
  });
  if (!proof::verify_equality<Ristretto>(proof::Transcript(label), key, bases, theirs.images,
                                         theirs.proof)) {
    fail("the loop's shares were refused");
  }
  const auto elements = group::decode_packed(bases).value();
  const std::string ours = proof::prove_equality<Ristretto>(proof::Transcript(label), x, key, bases,
                                                            elements, theirs.images);
  bool right = true;
  baseline.verify_shares = least(plain_runs, plain_count, [&] {
    right = right && plain::verify_equality(label, view_of(key), bases, theirs.images, ours);
  });
  if (!right) fail("the loop refused right shares");
  if (plain::verify_equality(label, view_of(key), bases, bases, ours)) {
    fail("the loop accepted false shares");
  }
}

void measure_plain_signatures(Baseline& baseline) {
  const proof::SigningKey key = proof::SigningKey::random();
  const proof::Signature signature = proof::sign(key, proof::Transcript(label));
  bool right = true;
  baseline.verify_signature = least(plain_runs, plain_count, [&] {
    for (std::size_t i = 0; i < plain_count; ++i) {
      right = right && plain::verify_signature(label, view_of(key.key), view_of(signature));
    }
  });
  if (!right) fail("the loop refused a right signature");
  if (plain::verify_signature(label, view_of(proof::SigningKey::random().key),
                              view_of(signature))) {
    fail("the loop accepted a false signature");
  }
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
  const std::string inputs = random_elements(2 * count);
  const auto witness = proof::random_shuffle_witness<Ristretto>(count, 1);
  proof::Ciphertexts<Ristretto> outputs;
  const double mixing = least_of_all(
      [&] { outputs = proof::apply_shuffle<Ristretto>(key, 1, inputs, witness).value(); });
  const proof::ShuffleStatement statement{key.encode(), 1, inputs, outputs.packed};
  proof::ShuffleProof made;
  const double proving = least_of_all([&] {
    made = proof::prove_shuffle<Ristretto>(proof::Transcript(label), statement, key, witness,
                                           outputs.elements);
  });
  Status verdict = ok_status();
  const double verifying = least_of_all([&] {
    verdict =
        proof::verify_shuffle<Ristretto>(proof::Transcript(label), statement, key, made.view());
  });
  if (!verdict) fail("a right proof of a shuffle was refused");
  // As in a record, whose rounds and pools share the generators.
  auto generators = Ristretto::independent_generators(0, count + 1);
  const double with_generators = least_of_all([&] {
    verdict = proof::verify_shuffle<Ristretto>(proof::Transcript(label), statement, key,
                                               made.view(), {1, 0, &generators});
  });
  if (!verdict) fail("a right proof of a shuffle was refused");
  const auto each = static_cast<double>(count);
  row(fmt::format("re-encrypt, N = {}", count), mixing / each, baseline.mix);
  row(fmt::format("prove a shuffle, N = {}", count), proving / each,
      baseline.prove + baseline.generator);
  row(fmt::format("verify a shuffle, N = {}", count), verifying / each,
      baseline.verify + baseline.generator);
  row(fmt::format("  its generators at hand, N = {}", count), with_generators / each,
      baseline.verify);
}

// Three shuffles in a row, per shuffle.
void measure_series(std::size_t count, const Baseline& baseline) {
  constexpr std::size_t rounds = 3;
  const auto key = group::mul_base(group::SecretScalar::random());
  std::vector<std::string> lists;
  lists.reserve(rounds + 1);
  lists.push_back(random_elements(2 * count));
  std::vector<proof::ShuffleProof> proofs;
  proof::ShuffleSeries series{1, lists[0], {}};
  for (std::size_t m = 0; m < rounds; ++m) {
    const auto witness = proof::random_shuffle_witness<Ristretto>(count, 1);
    lists.push_back(proof::apply_shuffle<Ristretto>(key, 1, lists[m], witness).value().packed);
    proofs.push_back(proof::prove_shuffle<Ristretto>(
        proof::Transcript(label), {key.encode(), 1, lists[m], lists[m + 1]}, key, witness));
  }
  for (std::size_t m = 0; m < rounds; ++m) {
    const proof::ShuffleProof& made = proofs[m];
    series.rounds.push_back(
        {proof::Transcript(label),
         lists[m + 1],
         {made.permutation_commitments, made.chain, made.chain_commitments, made.commitments,
          made.responses, made.chain_responses, made.permutation_responses}});
  }
  bool right = false;
  const double verifying = least_of_all([&] {
    right = !proof::verify_shuffles<Ristretto>(key.encode(), key, series).wrong.has_value();
  });
  if (!right) fail("right proofs of shuffles were refused");
  row(fmt::format("verify 3 in a row, each, N = {}", count),
      verifying / static_cast<double>(rounds * count),
      baseline.verify + baseline.generator / rounds);
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
  const double proving = least_of_all([&] {
    images = group::encode_packed(group::mul_all(x, bases));
    made =
        proof::prove_equality<Ristretto>(proof::Transcript(label), x, key, packed, bases, images);
  });
  bool right = false;
  const double verifying = least_of_all([&] {
    right = proof::verify_equality<Ristretto>(proof::Transcript(label), key, packed, images, made);
  });
  if (!right) fail("right shares were refused");
  const auto each = static_cast<double>(count);
  row(fmt::format("decryption shares, proved, N = {}", count), proving / each,
      baseline.prove_shares);
  row(fmt::format("decryption shares, verified, N = {}", count), verifying / each,
      baseline.verify_shares);
}

void measure_signatures(std::size_t count, const Baseline& baseline) {
  std::vector<proof::SigningKey> keys;
  std::vector<proof::Signature> signatures;
  const proof::Transcript message(label);
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back(proof::SigningKey::random());
    signatures.push_back(proof::sign(keys.back(), message));
  }
  std::optional<std::uint64_t> wrong;
  const double verifying = least_of_all([&] {
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
      baseline.verify_signature);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t largest = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  if (sodium_init() < 0 || largest < 100) fail("usage: proof_bench [N of at least 100]");
  Baseline baseline;
  measure_plain_shuffle(baseline);
  measure_plain_shares(baseline);
  measure_plain_signatures(baseline);
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
