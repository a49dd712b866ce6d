// SPDX-License-Identifier: EUPL-1.2
// Transcripts: challenges that depend on the purpose, the whole statement and every message before.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/sha512.h"
#include "group/scalar.h"

namespace urna::proof {

using Digest = Sha512Digest;
using Seed = std::array<std::uint8_t, 32>;

struct WrittenText;

// docs/protocol.md section 3.3 (strong Fiat-Shamir: Bernhard, Pereira, Warinschi 2012). A growing
// byte string; every name and every datum goes in with its length, so that two different histories
// never give one string. Copies are independent. `Store` keeps what is needed of the string: see
// Transcript and WrittenTranscript.
template <class Store>
class BasicTranscript {
 public:
  // The string frame("urna/1") || frame(label).
  explicit BasicTranscript(std::string_view label);

  void append(std::string_view name, std::string_view data);
  // The number as 8 bytes, most significant first.
  void append(std::string_view name, std::uint64_t number);
  // append() of a long datum that is at hand in pieces: first its length, then exactly as many
  // bytes.
  void begin_append(std::string_view name, std::uint64_t size);
  void continue_append(std::string_view piece);

  // SHA-512 of the string so far, which then holds the challenge's name too.
  [[nodiscard]] Digest challenge(std::string_view name);
  // That number modulo the group's order: unbiased up to 2^-259.
  [[nodiscard]] group::Scalar challenge_scalar(std::string_view name);
  // Its first 32 bytes.
  [[nodiscard]] Seed challenge_seed(std::string_view name);

 private:
  friend std::string text_for(BasicTranscript<WrittenText> transcript, std::string_view name);
  void absorb_number(std::uint64_t number);
  void absorb_frame(std::string_view data);
  void absorb_challenge(std::string_view name);
  Store hash_;
};

// The string itself, so that many can be hashed side by side later on (Batch).
struct WrittenText {
  std::string text;

  WrittenText& add(std::string_view bytes) {
    text += bytes;
    return *this;
  }
  [[nodiscard]] Digest digest() const { return sha512(text); }
};

// Keeps the running SHA-512 only. Wiped on destruction, for a secret may be appended on purpose.
using Transcript = BasicTranscript<Sha512>;
// Keeps the string. For short public transcripts: nothing is wiped.
using WrittenTranscript = BasicTranscript<WrittenText>;

// The string that the challenge of this name is the hash of.
[[nodiscard]] std::string text_for(WrittenTranscript transcript, std::string_view name);

extern template class BasicTranscript<Sha512>;
extern template class BasicTranscript<WrittenText>;

}  // namespace urna::proof
