// SPDX-License-Identifier: EUPL-1.2
// The proving half of shuffle.h, for shuffle.cc and for tests over a tiny group.
#pragma once

#include <algorithm>
#include <array>
#include <numeric>
#include <sodium.h>

#include "proof/equations.h"
#include "proof/shuffle.h"
#include "proof/weights.h"

namespace urna::proof {

template <class S>
ShuffleWitness<S>::~ShuffleWitness() {
  sodium_memzero(source.data(), source.size() * sizeof(std::uint32_t));
}

template <class S>
ShuffleWitness<S> random_shuffle_witness(std::size_t count, std::size_t width) {
  ShuffleWitness<S> witness;
  witness.source.resize(count);
  std::iota(witness.source.begin(), witness.source.end(), 0U);
  for (std::size_t i = count; i > 1; --i) {
    const std::uint32_t j = randombytes_uniform(static_cast<std::uint32_t>(i));
    std::swap(witness.source[i - 1], witness.source[j]);
  }
  witness.randomness = S::random_secrets(count * width);
  return witness;
}

namespace shuffle_detail {

// Ciphertexts that are decoded or encoded together.
inline constexpr std::size_t block = 4096;

// The transcript up to the seed of the challenge numbers.
inline Seed append_statement(Transcript& transcript, const ShuffleStatement& statement,
                             std::string_view permutation_commitments) {
  transcript.append("key", view_of(statement.key));
  transcript.append("count", std::uint64_t{statement.count()});
  transcript.append("width", std::uint64_t{statement.width});
  transcript.append("inputs", statement.inputs);
  transcript.append("outputs", statement.outputs);
  transcript.append("permutation", permutation_commitments);
  return transcript.challenge_seed("u");
}

// The challenge c, after the chain and the commitments.
template <class S>
typename S::Scalar append_commitments(Transcript& transcript, const ShuffleProofView& proof) {
  transcript.append("chain", proof.chain);
  transcript.append("commitments", proof.commitments);
  transcript.append("chain commitments", proof.chain_commitments);
  return S::scalar_of_digest(transcript.challenge("c"));
}

// a_i G + b_i H, packed, where H's table is given. Half of each is computed and its double encoded.
template <class S>
std::string two_base_commitments(std::span<const typename S::Secret> a,
                                 std::span<const typename S::Secret> b,
                                 const typename S::FixedBase& h) {
  std::string packed;
  packed.reserve(32 * a.size());
  for (std::size_t begin = 0; begin < a.size(); begin += block) {
    const std::size_t count = std::min(block, a.size() - begin);
    const auto halves = [&](std::span<const typename S::Secret> secrets) {
      std::vector<typename S::Secret> result;
      result.reserve(count);
      for (const auto& secret : secrets.subspan(begin, count)) result.push_back(S::halved(secret));
      return result;
    };
    auto sums = S::base().mul_all(halves(a));
    const auto others = h.mul_all(halves(b));
    for (std::size_t i = 0; i < count; ++i) sums[i] = sums[i] + others[i];
    packed += S::encode_doubled(sums);
  }
  return packed;
}

// nonces[i] + c values[i], packed.
template <class S>
std::string responses(std::span<const typename S::Secret> nonces, const typename S::Scalar& c,
                      std::span<const typename S::Secret> values) {
  std::string packed;
  packed.reserve(32 * nonces.size());
  for (std::size_t i = 0; i < nonces.size(); ++i) {
    packed += view_of((nonces[i] + c * values[i]).disclose().encode());
  }
  return packed;
}

}  // namespace shuffle_detail

template <class S>
Result<Ciphertexts<S>> apply_shuffle(const typename S::Element& key, std::size_t width,
                                     std::string_view inputs, const ShuffleWitness<S>& witness) {
  using shuffle_detail::block;
  const std::size_t count = witness.source.size();
  const typename S::FixedBase key_table(key);
  Ciphertexts<S> outputs;
  outputs.packed.reserve(inputs.size());
  outputs.elements.reserve(inputs.size() / 32);
  for (std::size_t begin = 0; begin < count; begin += block) {
    const std::size_t size = std::min(block, count - begin);
    std::string chosen;
    for (std::size_t i = begin; i < begin + size; ++i) {
      chosen += inputs.substr(witness.source[i] * 64 * width, 64 * width);
    }
    auto elements = S::decode_packed(chosen);
    if (!elements) return std::move(elements).error();
    const std::span randomness = std::span(witness.randomness).subspan(begin * width, size * width);
    const auto alphas = S::base().mul_all(randomness);
    const auto betas = key_table.mul_all(randomness);
    for (std::size_t k = 0; k < size * width; ++k) {
      (*elements)[2 * k] = (*elements)[2 * k] + alphas[k];
      (*elements)[2 * k + 1] = (*elements)[2 * k + 1] + betas[k];
    }
    outputs.packed += S::encode(*elements);
    outputs.elements.insert(outputs.elements.end(), elements->begin(), elements->end());
  }
  return outputs;
}

template <class S>
ShuffleProof prove_shuffle(Transcript transcript, const ShuffleStatement& statement,
                           const typename S::Element& key, const ShuffleWitness<S>& witness,
                           std::span<const typename S::Element> outputs) {
  using namespace shuffle_detail;
  using Scalar = typename S::Scalar;
  using Secret = typename S::Secret;
  using Element = typename S::Element;
  const std::size_t count = statement.count();
  const std::size_t width = statement.width;
  const std::span<const std::uint32_t> source(witness.source);
  ShuffleProof proof;

  // 1. C: the column of output i is committed to with generator i.
  const std::vector<Element> generators = S::independent_generators(0, count + 1);
  const Element& chain_start = generators[0];
  const auto rho = S::random_secrets(count);  // by input
  {
    std::vector<std::uint32_t> output_of(count);
    for (std::size_t i = 0; i < count; ++i) output_of[source[i]] = static_cast<std::uint32_t>(i);
    for (std::size_t begin = 0; begin < count; begin += block) {
      const std::size_t size = std::min(block, count - begin);
      auto sums = S::base().mul_all(std::span(rho).subspan(begin, size));
      for (std::size_t m = 0; m < size; ++m) {
        sums[m] = sums[m] + generators[1 + output_of[begin + m]];
      }
      proof.permutation_commitments += S::encode(sums);
    }
    sodium_memzero(output_of.data(), output_of.size() * sizeof(std::uint32_t));
  }

  // 2. The challenge numbers, and in the order of the outputs.
  const Seed seed = append_statement(transcript, statement, proof.permutation_commitments);
  const std::vector<Scalar> u = scalars_from_seed<S>(seed, 0, count);
  std::vector<Secret> permuted_u;
  permuted_u.reserve(count);
  for (std::size_t i = 0; i < count; ++i) permuted_u.push_back(S::secret_of(u[source[i]]));

  // 3. The chain. With C-hat_i = R_i G + U_i H_0, all its elements are sums of fixed-base products.
  const auto rho_hat = S::random_secrets(count);
  const auto omega_hat = S::random_secrets(count);
  const auto omega_prime = S::random_secrets(count);
  {
    std::vector<Secret> r(count);
    std::vector<Secret> product(count);
    std::vector<Secret> nonce_r(count);
    std::vector<Secret> nonce_product(count);
    Secret last_r = S::secret_of(Scalar::of(0));
    Secret last_product = S::secret_of(Scalar::of(1));
    for (std::size_t i = 0; i < count; ++i) {
      nonce_r[i] = omega_hat[i] + omega_prime[i] * last_r;
      nonce_product[i] = omega_prime[i] * last_product;
      r[i] = last_r = rho_hat[i] + permuted_u[i] * last_r;
      product[i] = last_product = permuted_u[i] * last_product;
    }
    const typename S::FixedBase start_table(chain_start);
    proof.chain = two_base_commitments<S>(r, product, start_table);
    proof.chain_commitments = two_base_commitments<S>(nonce_r, nonce_product, start_table);
  }

  // 4. The other commitments.
  const auto omega = S::random_secrets(3);
  const auto omega_4 = S::random_secrets(width);
  {
    std::vector<Element> commitments;
    for (const Secret& nonce : omega) commitments.push_back(S::mul_base(nonce));
    commitments[2] = commitments[2] + S::sum(omega_prime, std::span(generators).subspan(1));
    for (std::size_t k = 0; k < width; ++k) {
      const auto column = [&](std::size_t side) {
        std::vector<Element> elements;
        if (outputs.empty()) {
          // They are elements: whoever calls has just made them.
          elements =
              S::decode_packed(every_nth(statement.outputs, 2 * k + side, 2 * width)).value();
        } else {
          elements.reserve(count);
          for (std::size_t i = 2 * k + side; i < outputs.size(); i += 2 * width) {
            elements.push_back(outputs[i]);
          }
        }
        return S::sum(omega_prime, elements);
      };
      commitments.push_back(column(0) - S::mul_base(omega_4[k]));
      commitments.push_back(column(1) - S::mul(omega_4[k], key));
    }
    proof.commitments = S::encode(commitments);
  }
  const Scalar c = append_commitments<S>(transcript, proof.view());

  // 5. The responses.
  std::vector<Secret> sums(3 + width, S::secret_of(Scalar::of(0)));
  Secret later_product = S::secret_of(Scalar::of(1));
  for (std::size_t i = count; i-- > 0;) {
    sums[0] = sums[0] + rho[i];
    sums[1] = sums[1] + rho_hat[i] * later_product;
    later_product = later_product * permuted_u[i];
    sums[2] = sums[2] + u[i] * rho[i];
    for (std::size_t k = 0; k < width; ++k) {
      sums[3 + k] = sums[3 + k] + permuted_u[i] * witness.randomness[i * width + k];
    }
  }
  std::vector<Secret> nonces = omega;
  nonces.insert(nonces.end(), omega_4.begin(), omega_4.end());
  proof.responses = responses<S>(nonces, c, sums);
  proof.chain_responses = responses<S>(omega_hat, c, rho_hat);
  proof.permutation_responses = responses<S>(omega_prime, c, permuted_u);
  return proof;
}

}  // namespace urna::proof
