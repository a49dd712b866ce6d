// SPDX-License-Identifier: EUPL-1.2
#include "proof/transcript.h"

#include <algorithm>

#include "base/bytes.h"

namespace urna::proof {
namespace {

constexpr std::string_view protocol_version = "urna/1";
// What follows in the string: a datum, or the name of a challenge.
constexpr std::string_view datum_mark("\x00", 1);
constexpr std::string_view challenge_mark("\x01", 1);

}  // namespace

Transcript::Transcript(std::string_view label) {
  absorb_frame(protocol_version);
  absorb_frame(label);
}

void Transcript::absorb_number(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(number >> (8U * (7U - i)));
  }
  hash_.add(view_of(bytes));
}

void Transcript::absorb_frame(std::string_view data) {
  absorb_number(data.size());
  hash_.add(data);
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
  hash_.add(datum_mark);
  absorb_frame(name);
  absorb_number(size);
}

void Transcript::continue_append(std::string_view piece) { hash_.add(piece); }

Digest Transcript::challenge(std::string_view name) {
  hash_.add(challenge_mark);
  absorb_frame(name);
  return Sha512(hash_).digest();
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
