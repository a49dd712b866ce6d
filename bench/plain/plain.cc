// SPDX-License-Identifier: EUPL-1.2
#include "plain/plain.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sodium.h>

namespace urna::plain {
namespace {

[[noreturn]] void stop(const char* what) {
  std::fprintf(stderr, "plain: %s\n", what);
  std::exit(1);
}

// ---- Bytes

std::array<std::uint8_t, 32> at(std::string_view packed, std::size_t index) {
  std::array<std::uint8_t, 32> item{};
  packed.copy(reinterpret_cast<char*>(item.data()), item.size(), item.size() * index);
  return item;
}
template <std::size_t size>
std::string_view view(const std::array<std::uint8_t, size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), size};
}
void append(std::string& packed, const std::array<std::uint8_t, 32>& item) { packed += view(item); }
std::array<std::uint8_t, 8> big_endian(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; number >>= 8U)
    bytes[i] = static_cast<std::uint8_t>(number);
  return bytes;
}

// ---- The group. What is no element makes everything after it unsound.

class Group {
 public:
  [[nodiscard]] bool sound() const { return sound_; }

  Element times(const Scalar& scalar, const Element& element) {
    Element product{};
    // libsodium calls the identity an error too, and leaves zeros, its encoding.
    if (crypto_scalarmult_ristretto255(product.data(), scalar.data(), element.data()) != 0) {
      sound_ = sound_ && crypto_core_ristretto255_is_valid_point(element.data()) == 1;
    }
    return product;
  }
  static Element times_generator(const Scalar& scalar) {
    Element product{};
    static_cast<void>(crypto_scalarmult_ristretto255_base(product.data(), scalar.data()));
    return product;
  }
  Element plus(const Element& a, const Element& b) {
    Element sum{};
    sound_ = crypto_core_ristretto255_add(sum.data(), a.data(), b.data()) == 0 && sound_;
    return sum;
  }
  Element minus(const Element& a, const Element& b) {
    Element difference{};
    sound_ = crypto_core_ristretto255_sub(difference.data(), a.data(), b.data()) == 0 && sound_;
    return difference;
  }
  // A scalar of the proof, which must be below the order.
  Scalar read_scalar(std::string_view packed, std::size_t index) {
    const Scalar scalar = at(packed, index);
    std::array<std::uint8_t, 64> wide{};
    std::copy(scalar.begin(), scalar.end(), wide.begin());
    Scalar reduced{};
    crypto_core_ristretto255_scalar_reduce(reduced.data(), wide.data());
    sound_ = sound_ && reduced == scalar;
    return scalar;
  }

 private:
  bool sound_ = true;
};

// ---- Scalars

Scalar number(std::uint8_t value) { return {value}; }
Scalar product(const Scalar& a, const Scalar& b) {
  Scalar result{};
  crypto_core_ristretto255_scalar_mul(result.data(), a.data(), b.data());
  return result;
}
Scalar sum(const Scalar& a, const Scalar& b) {
  Scalar result{};
  crypto_core_ristretto255_scalar_add(result.data(), a.data(), b.data());
  return result;
}
Scalar random_scalar() {
  Scalar scalar{};
  crypto_core_ristretto255_scalar_random(scalar.data());
  return scalar;
}
std::vector<Scalar> random_scalars(std::size_t count) {
  std::vector<Scalar> scalars(count);
  for (Scalar& scalar : scalars) scalar = random_scalar();
  return scalars;
}

// ---- Hashes

using Digest = std::array<std::uint8_t, 64>;

class Hash {
 public:
  Hash() { crypto_hash_sha512_init(&state_); }
  Hash& add(std::string_view bytes) {
    crypto_hash_sha512_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()),
                              bytes.size());
    return *this;
  }
  [[nodiscard]] Digest digest() const {
    crypto_hash_sha512_state copy = state_;
    Digest digest{};
    crypto_hash_sha512_final(&copy, digest.data());
    return digest;
  }

 private:
  crypto_hash_sha512_state state_{};
};

// Section 3.3.
class Transcript {
 public:
  explicit Transcript(std::string_view label) { frame("urna/1").frame(label); }
  void append(std::string_view name, std::string_view data) {
    hash_.add({"\x00", 1});
    frame(name).frame(data);
  }
  Digest challenge(std::string_view name) {
    hash_.add({"\x01", 1});
    frame(name);
    return hash_.digest();
  }
  Scalar challenge_scalar(std::string_view name) {
    const Digest digest = challenge(name);
    Scalar scalar{};
    crypto_core_ristretto255_scalar_reduce(scalar.data(), digest.data());
    return scalar;
  }

 private:
  Transcript& frame(std::string_view data) {
    hash_.add(view(big_endian(data.size()))).add(data);
    return *this;
  }
  Hash hash_;
};

// Section 3.4: weight(seed, 0) …, where the seed is the beginning of a challenge.
std::vector<Scalar> weights(const Digest& challenge, std::size_t count) {
  std::vector<Scalar> result(count);
  Digest block{};
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 4 == 0)
      block = Hash().add(view(challenge).substr(0, 32)).add(view(big_endian(i / 4))).digest();
    std::copy_n(block.data() + 16 * (i % 4), 16, result[i].data());
  }
  return result;
}

Digest append_statement(Transcript& transcript, const Shuffle& shuffle,
                        std::string_view permutation_commitments) {
  transcript.append("key", shuffle.key);
  transcript.append("count", view(big_endian(shuffle.count())));
  transcript.append("width", view(big_endian(1)));
  transcript.append("inputs", shuffle.inputs);
  transcript.append("outputs", shuffle.outputs);
  transcript.append("permutation", permutation_commitments);
  return transcript.challenge("u");
}
Scalar append_commitments(Transcript& transcript, std::string_view chain,
                          std::string_view commitments, std::string_view chain_commitments) {
  transcript.append("chain", chain);
  transcript.append("commitments", commitments);
  transcript.append("chain commitments", chain_commitments);
  return transcript.challenge_scalar("c");
}

Digest append_equality(Transcript& transcript, std::string_view key, std::string_view bases,
                       std::string_view images) {
  transcript.append("key", key);
  transcript.append("bases", bases);
  transcript.append("images", images);
  return transcript.challenge("weights");
}

}  // namespace

std::vector<Element> generators(std::size_t count) {
  // expand_message_xmd, RFC 9380 section 5.3.1, for 64 bytes of SHA-512.
  const std::string domain = std::string("urna/1 shuffle generator") + '\x18';
  const std::string zeros(128, '\0');
  std::vector<Element> result(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Digest first =
        Hash().add(zeros).add(view(big_endian(i))).add({"\x00\x40\x00", 3}).add(domain).digest();
    const Digest uniform = Hash().add(view(first)).add({"\x01", 1}).add(domain).digest();
    if (crypto_core_ristretto255_from_hash(result[i].data(), uniform.data()) != 0)
      stop("no element from a hash");
  }
  return result;
}

bool verify_shuffle(const Shuffle& shuffle, const ShuffleProof<std::string_view>& proof,
                    std::span<const Element> h) {
  const std::size_t count = shuffle.count();
  Group group;
  Transcript transcript(shuffle.label);
  const std::vector<Scalar> u =
      weights(append_statement(transcript, shuffle, proof.permutation_commitments), count);
  const Scalar c =
      append_commitments(transcript, proof.chain, proof.commitments, proof.chain_commitments);
  const auto t = [&](std::size_t k) { return at(proof.commitments, k); };
  const auto s = [&](std::size_t k) { return group.read_scalar(proof.responses, k); };

  Element sum_c{};          // of C_i; zeros encode the identity
  Element sum_h{};          // of H_i
  Element sum_sh{};         // of s'_i H_i
  Element sum_uc{};         // of u_i C_i
  Element sum_alphas[2]{};  // of s'_i alpha'_i, of u_i alpha_i
  Element sum_betas[2]{};
  Scalar u_product = number(1);
  Element previous = h[0];
  for (std::size_t i = 0; i < count; ++i) {
    const Element commitment = at(proof.permutation_commitments, i);
    const Scalar s_prime = group.read_scalar(proof.permutation_responses, i);
    u_product = product(u_product, u[i]);
    sum_c = group.plus(sum_c, commitment);
    sum_h = group.plus(sum_h, h[1 + i]);
    sum_sh = group.plus(sum_sh, group.times(s_prime, h[1 + i]));
    sum_uc = group.plus(sum_uc, group.times(u[i], commitment));
    sum_alphas[0] = group.plus(sum_alphas[0], group.times(s_prime, at(shuffle.outputs, 2 * i)));
    sum_alphas[1] = group.plus(sum_alphas[1], group.times(u[i], at(shuffle.inputs, 2 * i)));
    sum_betas[0] = group.plus(sum_betas[0], group.times(s_prime, at(shuffle.outputs, 2 * i + 1)));
    sum_betas[1] = group.plus(sum_betas[1], group.times(u[i], at(shuffle.inputs, 2 * i + 1)));
    // (5)
    const Element link = at(proof.chain, i);
    if (group.plus(Group::times_generator(group.read_scalar(proof.chain_responses, i)),
                   group.times(s_prime, previous)) !=
        group.plus(at(proof.chain_commitments, i), group.times(c, link)))
      return false;
    previous = link;
  }
  const bool equations =
      // (1)
      Group::times_generator(s(0)) == group.plus(t(0), group.times(c, group.minus(sum_c, sum_h))) &&
      // (2)
      Group::times_generator(s(1)) ==
          group.plus(t(1), group.times(c, group.minus(previous, group.times(u_product, h[0])))) &&
      // (3)
      group.plus(Group::times_generator(s(2)), sum_sh) ==
          group.plus(t(2), group.times(c, sum_uc)) &&
      // (4)
      group.minus(sum_alphas[0], Group::times_generator(s(3))) ==
          group.plus(t(3), group.times(c, sum_alphas[1])) &&
      group.minus(sum_betas[0], group.times(s(3), at(shuffle.key, 0))) ==
          group.plus(t(4), group.times(c, sum_betas[1]));
  return equations && group.sound();
}

ShuffleProof<std::string> prove_shuffle(const Shuffle& shuffle,
                                        std::span<const std::uint32_t> source,
                                        std::span<const Scalar> randomness,
                                        std::span<const Element> h) {
  const std::size_t count = shuffle.count();
  Group group;
  ShuffleProof<std::string> proof;
  Transcript transcript(shuffle.label);

  // 1.
  const std::vector<Scalar> rho = random_scalars(count);
  proof.permutation_commitments.resize(32 * count);
  for (std::size_t i = 0; i < count; ++i) {
    const Element commitment = group.plus(Group::times_generator(rho[source[i]]), h[1 + i]);
    std::copy(commitment.begin(), commitment.end(),
              proof.permutation_commitments.begin() + 32 * static_cast<std::ptrdiff_t>(source[i]));
  }
  // 2.
  const std::vector<Scalar> u =
      weights(append_statement(transcript, shuffle, proof.permutation_commitments), count);
  // 3., and of 4. what is for each element.
  const std::vector<Scalar> rho_hat = random_scalars(count);
  const std::vector<Scalar> omega_hat = random_scalars(count);
  const std::vector<Scalar> omega_prime = random_scalars(count);
  const std::vector<Scalar> omega = random_scalars(4);
  Element t3 = Group::times_generator(omega[2]);
  Element t4_alpha{};
  Element t4_beta{};
  Element previous = h[0];
  for (std::size_t i = 0; i < count; ++i) {
    const Element link =
        group.plus(Group::times_generator(rho_hat[i]), group.times(u[source[i]], previous));
    append(proof.chain, link);
    append(proof.chain_commitments,
           group.plus(Group::times_generator(omega_hat[i]), group.times(omega_prime[i], previous)));
    previous = link;
    t3 = group.plus(t3, group.times(omega_prime[i], h[1 + i]));
    t4_alpha = group.plus(t4_alpha, group.times(omega_prime[i], at(shuffle.outputs, 2 * i)));
    t4_beta = group.plus(t4_beta, group.times(omega_prime[i], at(shuffle.outputs, 2 * i + 1)));
  }
  append(proof.commitments, Group::times_generator(omega[0]));
  append(proof.commitments, Group::times_generator(omega[1]));
  append(proof.commitments, t3);
  append(proof.commitments, group.minus(t4_alpha, Group::times_generator(omega[3])));
  append(proof.commitments, group.minus(t4_beta, group.times(omega[3], at(shuffle.key, 0))));
  const Scalar c =
      append_commitments(transcript, proof.chain, proof.commitments, proof.chain_commitments);
  // 5.
  std::array<Scalar, 4> sums{};
  Scalar later = number(1);
  for (std::size_t i = count; i-- > 0;) {
    const Scalar& permuted_u = u[source[i]];
    sums[0] = sum(sums[0], rho[i]);
    sums[1] = sum(sums[1], product(rho_hat[i], later));
    later = product(later, permuted_u);
    sums[2] = sum(sums[2], product(rho[i], u[i]));
    sums[3] = sum(sums[3], product(permuted_u, randomness[i]));
  }
  for (std::size_t k = 0; k < sums.size(); ++k)
    append(proof.responses, sum(omega[k], product(c, sums[k])));
  for (std::size_t i = 0; i < count; ++i) {
    append(proof.chain_responses, sum(omega_hat[i], product(c, rho_hat[i])));
    append(proof.permutation_responses, sum(omega_prime[i], product(c, u[source[i]])));
  }
  if (!group.sound()) stop("no element where one was expected");
  return proof;
}

std::string apply_shuffle(std::string_view key, std::string_view inputs,
                          std::span<const std::uint32_t> source,
                          std::span<const Scalar> randomness) {
  Group group;
  std::string outputs;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::size_t from = source[i];
    append(outputs, group.plus(at(inputs, 2 * from), Group::times_generator(randomness[i])));
    append(outputs, group.plus(at(inputs, 2 * from + 1), group.times(randomness[i], at(key, 0))));
  }
  if (!group.sound()) stop("no element where one was expected");
  return outputs;
}

Images prove_equality(std::string_view label, const Scalar& x, std::string_view key,
                      std::string_view bases) {
  const std::size_t count = bases.size() / 32;
  Group group;
  Images made;
  for (std::size_t i = 0; i < count; ++i) append(made.images, group.times(x, at(bases, i)));
  Transcript transcript(label);
  const std::vector<Scalar> v =
      weights(append_equality(transcript, key, bases, made.images), count);
  Element base{};
  for (std::size_t i = 0; i < count; ++i) base = group.plus(base, group.times(v[i], at(bases, i)));
  const Scalar nonce = random_scalar();
  append(made.proof, Group::times_generator(nonce));
  append(made.proof, group.times(nonce, base));
  transcript.append("commitments", made.proof);
  append(made.proof, sum(nonce, product(transcript.challenge_scalar("c"), x)));
  if (!group.sound()) stop("no element where one was expected");
  return made;
}

bool verify_equality(std::string_view label, std::string_view key, std::string_view bases,
                     std::string_view images, std::string_view proof) {
  const std::size_t count = bases.size() / 32;
  Group group;
  Transcript transcript(label);
  const std::vector<Scalar> v = weights(append_equality(transcript, key, bases, images), count);
  transcript.append("commitments", proof.substr(0, 64));
  const Scalar c = transcript.challenge_scalar("c");
  Element base{};
  Element image{};
  for (std::size_t i = 0; i < count; ++i) {
    base = group.plus(base, group.times(v[i], at(bases, i)));
    image = group.plus(image, group.times(v[i], at(images, i)));
  }
  const Scalar s = group.read_scalar(proof, 2);
  return Group::times_generator(s) == group.plus(at(proof, 0), group.times(c, at(key, 0))) &&
         group.times(s, base) == group.plus(at(proof, 1), group.times(c, image)) && group.sound();
}

bool verify_signature(std::string_view label, std::string_view key, std::string_view signature) {
  Group group;
  Transcript transcript(label);
  transcript.append("key", key);
  transcript.append("commitment", signature.substr(0, 32));
  const Scalar e = transcript.challenge_scalar("e");
  return Group::times_generator(group.read_scalar(signature, 1)) ==
             group.plus(at(signature, 0), group.times(e, at(key, 0))) &&
         group.sound();
}

}  // namespace urna::plain
