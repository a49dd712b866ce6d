// SPDX-License-Identifier: EUPL-1.2
#include "proof/transcript.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/bytes.h"

namespace urna::proof {
namespace {

constexpr std::string_view protocol_version = "urna/1";
// What follows in the string: a datum, or the name of a challenge.
constexpr std::string_view datum_mark("\x00", 1);
constexpr std::string_view challenge_mark("\x01", 1);
// Those of a ballot are shorter.
constexpr std::size_t usual_bytes = 1024;

// As 8 bytes, most significant first. Returns where they end.
char* write_number(char* to, std::uint64_t number) {
  for (unsigned shift = 64; shift > 0; shift -= 8)
    *to++ = static_cast<char>(static_cast<std::uint8_t>(number >> (shift - 8)));
  return to;
}

}  // namespace

template <class Store>
BasicTranscript<Store>::BasicTranscript(std::string_view label) {
  if constexpr (std::is_same_v<Store, WrittenText>) hash_.text.reserve(usual_bytes);
  absorb_frame(protocol_version);
  absorb_frame(label);
}

template <class Store>
void BasicTranscript<Store>::absorb_number(std::uint64_t number) {
  std::array<char, 8> bytes;
  write_number(bytes.data(), number);
  hash_.add({bytes.data(), bytes.size()});
}

template <class Store>
void BasicTranscript<Store>::absorb_frame(std::string_view data) {
  absorb_number(data.size());
  hash_.add(data);
}

template <class Store>
void BasicTranscript<Store>::absorb_challenge(std::string_view name) {
  hash_.add(challenge_mark);
  absorb_frame(name);
}

template <class Store>
void BasicTranscript<Store>::append(std::string_view name, std::string_view data) {
  begin_append(name, data.size());
  continue_append(data);
}

template <class Store>
void BasicTranscript<Store>::append(std::string_view name, std::uint64_t number) {
  begin_append(name, sizeof number);
  absorb_number(number);
}

template <class Store>
void BasicTranscript<Store>::begin_append(std::string_view name, std::uint64_t size) {
  // Put together first, since most of a short transcript are such heads.
  constexpr std::size_t usual_name_max = 23;
  if (name.size() <= usual_name_max) {
    std::array<char, 1 + 8 + usual_name_max + 8> head;
    char* const at = std::copy(datum_mark.begin(), datum_mark.end(), head.begin());
    char* const end =
        write_number(std::copy(name.begin(), name.end(), write_number(at, name.size())), size);
    hash_.add({head.data(), end});
  } else {
    hash_.add(datum_mark);
    absorb_frame(name);
    absorb_number(size);
  }
}

template <class Store>
void BasicTranscript<Store>::continue_append(std::string_view piece) {
  hash_.add(piece);
}

template <class Store>
Digest BasicTranscript<Store>::challenge(std::string_view name) {
  absorb_challenge(name);
  return Store(hash_).digest();
}

template <class Store>
group::Scalar BasicTranscript<Store>::challenge_scalar(std::string_view name) {
  return group::Scalar::from_uniform_bytes(challenge(name));
}

template <class Store>
Seed BasicTranscript<Store>::challenge_seed(std::string_view name) {
  const Digest digest = challenge(name);
  Seed seed{};
  std::copy_n(digest.begin(), seed.size(), seed.begin());
  return seed;
}

template class BasicTranscript<Sha512>;
template class BasicTranscript<WrittenText>;

std::string text_for(WrittenTranscript transcript, std::string_view name) {
  transcript.absorb_challenge(name);
  return std::move(transcript.hash_.text);
}

}  // namespace urna::proof
