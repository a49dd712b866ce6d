// SPDX-License-Identifier: EUPL-1.2
// The templates of shuffle.h, for shuffle.cc and for tests over a tiny group.
#pragma once

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <sodium.h>

#include "base/parallel.h"
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
// Ciphertexts that are verified together: enough for long sums, few enough for their memory.
inline constexpr std::size_t piece_least = 4096;
inline constexpr std::size_t piece_most = 32'768;

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

namespace shuffle_detail {

template <class S>
Result<std::vector<typename S::Scalar>> decode_scalars(std::string_view packed) {
  std::vector<typename S::Scalar> result;
  result.reserve(packed_count(packed));
  for (std::size_t i = 0; i < packed_count(packed); ++i) {
    auto scalar = S::decode_scalar(packed_at(packed, i));
    if (!scalar) return std::move(scalar).error();
    result.push_back(*scalar);
  }
  return result;
}

inline bool lengths_fit(const ShuffleStatement& statement, const ShuffleProofView& proof) {
  const std::size_t count = statement.count();
  return statement.width > 0 && statement.inputs.size() == count * statement.ciphertext_bytes() &&
         statement.outputs.size() == statement.inputs.size() &&
         proof.permutation_commitments.size() == 32 * count && proof.chain.size() == 32 * count &&
         proof.chain_commitments.size() == 32 * count &&
         proof.chain_responses.size() == 32 * count &&
         proof.permutation_responses.size() == 32 * count &&
         proof.commitments.size() == 32 * (3 + 2 * statement.width) &&
         proof.responses.size() == 32 * (3 + statement.width);
}

// What one piece of the lists contributes.
template <class S>
struct PieceSums {
  std::optional<Error> error;
  typename S::Element weighted{};                     // of equations (1), (2), (3), (5)
  typename S::Scalar minus_generator{};               // scalar of -G in it
  typename S::Scalar u_product = S::Scalar::of(1);    // product of the u_i
  std::vector<typename S::Element> output_columns{};  // sums s'_i times each column of the outputs
  std::vector<typename S::Element> input_columns{};   // sums u_i times each column of the inputs
};

// The verifier's own numbers.
template <class S>
struct VerifierWeights {
  Seed seed{};  // weight i of equation (5) is weight(seed, i), i from 1
  typename S::Scalar first, second, third;

  static VerifierWeights fresh(std::size_t count) {
    VerifierWeights result;
    randombytes_buf(result.seed.data(), result.seed.size());
    const auto rest = scalars_from_seed<S>(result.seed, count + 1, 3);
    result.first = rest[0];
    result.second = rest[1];
    result.third = rest[2];
    return result;
  }
};

template <class S>
PieceSums<S> sum_piece(const ShuffleStatement& statement, const ShuffleProofView& proof,
                       const Seed& u_seed, const typename S::Scalar& c,
                       const VerifierWeights<S>& own,
                       std::span<const typename S::Element> known_generators, std::size_t begin,
                       std::size_t size) {
  using Scalar = typename S::Scalar;
  using Element = typename S::Element;
  PieceSums<S> sums;
  const std::size_t count = statement.count();
  const std::size_t width = statement.width;
  const auto piece = [&](std::string_view packed, std::size_t item_bytes = 32) {
    return packed.substr(begin * item_bytes, size * item_bytes);
  };

  // Scalars s'_i also of the first item of the next piece, which stands with this piece's last
  // element of the chain.
  const std::size_t following = begin + size < count ? 1 : 0;
  const auto s_prime =
      decode_scalars<S>(proof.permutation_responses.substr(32 * begin, 32 * (size + following)));
  const auto s_hat = decode_scalars<S>(piece(proof.chain_responses));
  if (!s_prime || !s_hat) {
    sums.error = s_prime ? s_hat.error() : s_prime.error();
    return sums;
  }
  const std::vector<Scalar> u = scalars_from_seed<S>(u_seed, begin, size);
  const std::vector<Scalar> w = scalars_from_seed<S>(own.seed, begin + 1, size + following);

  // T-hat_i w_i + C-hat_i (c w_i - s'_{i+1} w_{i+1}) + C_i c (w' + w''' u_i)
  //   - H_i (c w' + w''' s'_i) - G s-hat_i w_i
  std::vector<Scalar> scalars;
  scalars.reserve(4 * size);
  const Scalar c_first = c * own.first;
  const Scalar c_third = c * own.third;
  for (std::size_t i = 0; i < size; ++i) scalars.push_back(w[i]);
  for (std::size_t i = 0; i < size; ++i) {
    Scalar chain = c * w[i];
    if (i + 1 < size + following) {
      chain = chain - (*s_prime)[i + 1] * w[i + 1];
    } else {
      chain = chain + c * own.second;  // C-hat_N stands in equation (2) too
    }
    scalars.push_back(chain);
    sums.minus_generator = sums.minus_generator + (*s_hat)[i] * w[i];
    sums.u_product = sums.u_product * u[i];
  }
  for (std::size_t i = 0; i < size; ++i) scalars.push_back(c_first + c_third * u[i]);
  for (std::size_t i = 0; i < size; ++i) {
    scalars.push_back(-(c_first + own.third * (*s_prime)[i]));
  }

  std::vector<Element> elements;
  elements.reserve(4 * size);
  for (const std::string_view* packed :
       {&proof.chain_commitments, &proof.chain, &proof.permutation_commitments}) {
    auto decoded = S::decode_packed(piece(*packed));
    if (!decoded) {
      sums.error = std::move(decoded).error();
      return sums;
    }
    elements.insert(elements.end(), decoded->begin(), decoded->end());
  }
  if (known_generators.size() > count) {
    const auto generators = known_generators.subspan(1 + begin, size);
    elements.insert(elements.end(), generators.begin(), generators.end());
  } else {
    const auto generators = S::independent_generators(1 + begin, size);
    elements.insert(elements.end(), generators.begin(), generators.end());
  }
  sums.weighted = S::sum_vartime(scalars, elements);

  const auto columns = [&](std::string_view packed, std::span<const Scalar> factors,
                           std::vector<Element>& into) {
    const auto decoded = S::decode_packed(piece(packed, statement.ciphertext_bytes()));
    if (!decoded) {
      sums.error = decoded.error();
      return;
    }
    std::vector<std::vector<Element>> split(2 * width);
    for (std::vector<Element>& column : split) column.reserve(size);
    for (std::size_t k = 0; k < decoded->size(); ++k) {
      split[k % (2 * width)].push_back((*decoded)[k]);
    }
    into = S::sums_vartime(factors, split);
  };
  columns(statement.outputs, std::span(*s_prime).first(size), sums.output_columns);
  columns(statement.inputs, u, sums.input_columns);
  return sums;
}

}  // namespace shuffle_detail

template <class S>
Status verify_shuffle(Transcript transcript, const ShuffleStatement& statement,
                      const typename S::Element& key, const ShuffleProofView& proof,
                      const ShuffleWork<S>& work) {
  using namespace shuffle_detail;
  using Scalar = typename S::Scalar;
  using Element = typename S::Element;
  if (!lengths_fit(statement, proof)) {
    return Error{ErrorCode::malformed, "the lists of the proof of the shuffle have wrong lengths"};
  }
  const std::size_t count = statement.count();
  const std::size_t width = statement.width;
  const auto t = S::decode_packed(proof.commitments);
  if (!t) return t.error();
  const auto s = decode_scalars<S>(proof.responses);
  if (!s) return s.error();
  const Seed u_seed = append_statement(transcript, statement, proof.permutation_commitments);
  const Scalar c = append_commitments<S>(transcript, proof);
  const auto own = VerifierWeights<S>::fresh(count);

  const std::size_t piece =
      work.piece != 0 ? work.piece
                      : std::clamp<std::size_t>(count / (2 * std::max(work.threads, 1U)) + 1,
                                                piece_least, piece_most);
  const std::size_t pieces = (count + piece - 1) / piece;
  std::vector<PieceSums<S>> sums(pieces);
  for_each_piece(pieces, work.threads, [&](std::size_t p) {
    const std::size_t begin = p * piece;
    sums[p] = sum_piece<S>(statement, proof, u_seed, c, own, work.generators, begin,
                           std::min(piece, count - begin));
  });

  Element weighted{};
  Scalar minus_generator = own.first * (*s)[0] + own.second * (*s)[1] + own.third * (*s)[2];
  Scalar u_product = Scalar::of(1);
  std::vector<Element> output_columns(2 * width);
  std::vector<Element> input_columns(2 * width);
  for (const PieceSums<S>& part : sums) {
    if (part.error) return *part.error;
    weighted = weighted + part.weighted;
    minus_generator = minus_generator + part.minus_generator;
    u_product = u_product * part.u_product;
    for (std::size_t k = 0; k < 2 * width; ++k) {
      output_columns[k] = output_columns[k] + part.output_columns[k];
      input_columns[k] = input_columns[k] + part.input_columns[k];
    }
  }

  // H_0 begins the chain (its first link is -s'_1 w_1) and stands in equation (2); for an empty
  // list it is C-hat_N as well.
  Scalar start = -(c * own.second * u_product);
  if (count == 0) {
    start = start + c * own.second;
  } else {
    const Scalar first_weight = scalars_from_seed<S>(own.seed, 1, 1)[0];
    const auto first_response = S::decode_scalar(packed_at(proof.permutation_responses, 0));
    start = start - *first_response * first_weight;
  }
  const std::array<Scalar, 5> scalars = {own.first, own.second, own.third, start, -minus_generator};
  const std::array<Element, 5> elements = {(*t)[0], (*t)[1], (*t)[2],
                                           S::independent_generators(0, 1)[0], S::generator()};
  if (!(weighted + S::sum_vartime(scalars, elements) == Element())) {
    return Error{ErrorCode::malformed,
                 "the outputs are not shown to be a permutation of the inputs: equation (1), (2), "
                 "(3) or (5) of the proof of the shuffle does not hold"};
  }
  for (std::size_t k = 0; k < 2 * width; ++k) {
    // sum s'_i e'_i - s4 (G or Y) = T4 + c sum u_i e_i
    const std::array<Scalar, 2> factors = {-(*s)[3 + k / 2], -c};
    const std::array<Element, 2> terms = {k % 2 == 0 ? S::generator() : key, input_columns[k]};
    if (!(output_columns[k] + S::sum_vartime(factors, terms) == (*t)[3 + k])) {
      return Error{ErrorCode::malformed,
                   "the outputs do not re-encrypt the inputs: equation (4) of the proof of the "
                   "shuffle does not hold"};
    }
  }
  return ok_status();
}

}  // namespace urna::proof
