// SPDX-License-Identifier: EUPL-1.2
#include "pseudonym/voprf.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/sha512.h"
#include "group/hash.h"
#include "group/multiply.h"
#include "group/multiply_vartime.h"
#include "proof/equations.h"
#include "proof/suite.h"

namespace urna::pseudonym {
namespace {

using group::Element;
using group::Scalar;
using group::SecretScalar;
using proof::Ristretto;

// contextString = "OPRFV1-" || I2OSP(0x01, 1) || "-ristretto255-SHA512" (section 3.1), after the
// name of what is hashed.
#define URNA_VOPRF_CONTEXT "OPRFV1-\x01-ristretto255-SHA512"
constexpr std::string_view hash_to_group_domain = "HashToGroup-" URNA_VOPRF_CONTEXT;
constexpr std::string_view hash_to_scalar_domain = "HashToScalar-" URNA_VOPRF_CONTEXT;
constexpr std::string_view seed_domain = "Seed-" URNA_VOPRF_CONTEXT;
#undef URNA_VOPRF_CONTEXT

// I2OSP(len(data), 2) || data.
void append_framed(std::string& to, std::string_view data) {
  append_big_endian(to, data.size(), 2);
  to += data;
}

void require_short(std::string_view input) {
  if (input.size() > input_bytes_max) {
    stop_on_broken_precondition("an input of the pseudo-random function of at most 65534 bytes");
  }
}

// The numbers d_i of ComputeComposites.
std::vector<Scalar> composite_weights(const ElementBytes& public_key, std::string_view blinded,
                                      std::string_view evaluated) {
  std::string message;
  append_framed(message, view_of(public_key));
  append_framed(message, seed_domain);
  const Sha512Digest seed = sha512(message);
  std::string start;
  append_framed(start, view_of(seed));

  const std::size_t count = proof::packed_count(blinded);
  std::vector<Scalar> weights;
  weights.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    message = start;
    append_big_endian(message, i, 2);
    append_framed(message, blinded.substr(32 * i, 32));
    append_framed(message, evaluated.substr(32 * i, 32));
    message += "Composite";
    weights.push_back(group::hash_to_scalar(message, hash_to_scalar_domain));
  }
  return weights;
}

// c of M, Z, t2 and t3.
Scalar challenge(const ElementBytes& public_key, const std::array<Element, 4>& elements) {
  std::string message;
  append_framed(message, view_of(public_key));
  for (const ElementBytes& encoding : group::encode_all(elements)) {
    append_framed(message, view_of(encoding));
  }
  message += "Challenge";
  return group::hash_to_scalar(message, hash_to_scalar_domain);
}

}  // namespace

std::vector<Element> hash_to_elements(std::span<const std::string_view> inputs) {
  for (const std::string_view input : inputs) require_short(input);
  return group::hash_to_group_all(inputs, hash_to_group_domain);
}

Output output_of(std::string_view input, const ElementBytes& unblinded) {
  require_short(input);
  std::string length;
  append_big_endian(length, input.size(), 2);
  std::string element;
  append_big_endian(element, unblinded.size(), 2);
  return Sha512()
      .add(length)
      .add(input)
      .add(element)
      .add(view_of(unblinded))
      .add("Finalize")
      .digest();
}

Result<Evaluation> evaluate(const SecretScalar& key, const ElementBytes& public_key,
                            std::string_view blinded) {
  if (blinded.empty() || blinded.size() > batch_max * sizeof(ElementBytes)) {
    return Error{ErrorCode::limit,
                 "not 1 to " + std::to_string(batch_max) + " elements to evaluate",
                 {},
                 "send them in several requests"};
  }
  const Result<std::vector<Element>> elements = Ristretto::decode_packed(blinded);
  if (!elements) return elements.error();
  Evaluation made;
  made.evaluated = multiply_blinded(key, *elements);
  made.proof =
      prove_evaluation(key, public_key, *elements, blinded, made.evaluated, SecretScalar::random());
  return made;
}

std::string multiply_blinded(const SecretScalar& key, std::span<const Element> blinded_elements) {
  // Doubles are encoded many times faster than elements are.
  return group::encode_doubled_packed(group::mul_all(Scalar::half() * key, blinded_elements));
}

std::array<std::uint8_t, 64> prove_evaluation(const SecretScalar& key,
                                              const ElementBytes& public_key,
                                              std::span<const Element> blinded_elements,
                                              std::string_view blinded, std::string_view evaluated,
                                              const SecretScalar& nonce) {
  const std::size_t bytes = blinded_elements.size() * sizeof(ElementBytes);
  if (bytes == 0 || blinded_elements.size() > batch_max || blinded.size() != bytes ||
      evaluated.size() != bytes) {
    stop_on_broken_precondition("prove_evaluation: as many encodings as elements");
  }
  const Element m =
      Ristretto::sum_vartime(composite_weights(public_key, blinded, evaluated), blinded_elements);
  const Scalar c =
      challenge(public_key, {m, group::mul(key, m), group::mul_base(nonce), group::mul(nonce, m)});
  const Scalar s = (nonce - c * key).disclose();
  std::array<std::uint8_t, 64> proof{};
  std::copy_n(c.encode().begin(), 32, proof.begin());
  std::copy_n(s.encode().begin(), 32, proof.begin() + 32);
  return proof;
}

bool verify_evaluation(const ElementBytes& public_key, std::string_view blinded,
                       const Evaluation& evaluation) {
  if (blinded.empty() || blinded.size() > batch_max * sizeof(ElementBytes) ||
      blinded.size() != evaluation.evaluated.size()) {
    return false;
  }
  const Result<Scalar> c = Scalar::decode(proof::packed_at(view_of(evaluation.proof), 0));
  const Result<Scalar> s = Scalar::decode(proof::packed_at(view_of(evaluation.proof), 1));
  const Result<Element> key = Ristretto::decode(public_key);
  std::array<std::vector<Element>, 2> columns;
  for (std::size_t k = 0; k < 2; ++k) {
    auto decoded = Ristretto::decode_packed(k == 0 ? blinded : evaluation.evaluated);
    if (!decoded) return false;
    columns[k] = *std::move(decoded);
  }
  if (!c || !s || !key) return false;
  const std::vector<Element> sums = group::multi_scalar_multiply_many_vartime(
      composite_weights(public_key, blinded, evaluation.evaluated),
      std::array<std::span<const Element>, 2>{columns[0], columns[1]});
  const std::array scalars = {*s, *c};
  const std::array of_generator = {Ristretto::generator(), *key};
  return challenge(public_key, {sums[0], sums[1], Ristretto::sum_vartime(scalars, of_generator),
                                Ristretto::sum_vartime(scalars, sums)}) == *c;
}

}  // namespace urna::pseudonym
