// SPDX-License-Identifier: EUPL-1.2
// A trustee's card as a file, and fingerprints that people compare by voice.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/sha256.h"
#include "election/manifest.h"

namespace urna::tally {

// Of a trustee.
inline constexpr std::size_t name_bytes_max = 128;

// The CBOR map {0: "card", 1: name, 2: signing key, 3: receiving key, 4: proof of possession}.
[[nodiscard]] std::string encode_card(const election::TrusteeCard& card);

// The inverse, with the proof verified. Error: malformed.
[[nodiscard]] Result<election::TrusteeCard> decode_card(std::string_view bytes);

// The first 128 bits of a hash in eight groups of four hexadecimal digits: "1f3a 09bc …". Who
// wanted another text with the same ones would have to try about 2^128.
[[nodiscard]] std::string fingerprint(const Sha256Digest& hash);
// Of the card's bytes.
[[nodiscard]] std::string fingerprint(const election::TrusteeCard& card);

}  // namespace urna::tally
