// SPDX-License-Identifier: EUPL-1.2
#include "proof/transcript.h"

#include <algorithm>

namespace urna::proof {
namespace {

constexpr std::string_view protocol_version = "urna/1";
// What follows in the string: a datum, or the name of a challenge.
constexpr std::uint8_t datum_mark = 0x00;
constexpr std::uint8_t challenge_mark = 0x01;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Transcript::Transcript(std::string_view label) {
  crypto_hash_sha512_init(&state_);
  absorb_frame(protocol_version);
  absorb_frame(label);
}

Transcript::~Transcript() { sodium_memzero(&state_, sizeof state_); }

void Transcript::absorb_number(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(number >> (8U * (7U - i)));
  }
  crypto_hash_sha512_update(&state_, bytes.data(), bytes.size());
}

void Transcript::absorb_frame(std::string_view data) {
  absorb_number(data.size());
  crypto_hash_sha512_update(&state_, octets(data), data.size());
}

void Transcript::append(std::string_view name, std::string_view data) {
  begin_append(name, data.size());
  continue_append(data);
}

void Transcript::append(std::string_view name, std::uint64_t number) {
  begin_append(name, sizeof number);
  absorb_number(number);
}

void Transcript::begin_append(std::string_view name, std::uint64_t size) {
  crypto_hash_sha512_update(&state_, &datum_mark, 1);
  absorb_frame(name);
  absorb_number(size);
}

void Transcript::continue_append(std::string_view piece) {
  crypto_hash_sha512_update(&state_, octets(piece), piece.size());
}

Digest Transcript::challenge(std::string_view name) {
  crypto_hash_sha512_update(&state_, &challenge_mark, 1);
  absorb_frame(name);
  crypto_hash_sha512_state so_far = state_;
  Digest digest{};
  crypto_hash_sha512_final(&so_far, digest.data());
  return digest;
}

group::Scalar Transcript::challenge_scalar(std::string_view name) {
  return group::Scalar::from_uniform_bytes(challenge(name));
}

Seed Transcript::challenge_seed(std::string_view name) {
  const Digest digest = challenge(name);
  Seed seed{};
  std::copy_n(digest.begin(), seed.size(), seed.begin());
  return seed;
}

}  // namespace urna::proof
