// SPDX-License-Identifier: EUPL-1.2
// Decryption by a threshold of trustees: shares made by one, checked and combined by anyone
// (docs/protocol.md section 12).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/sha256.h"
#include "election/entries.h"
#include "election/types.h"
#include "group/element.h"
#include "group/scalar.h"
#include "proof/signature.h"

namespace urna::election {

// The last list of a pool.
struct MixedList {
  EditionHash edition;
  PoolNumber pool;
  std::size_t width = 1;
  std::string_view ciphertexts;  // packed

  // Number of elements of all plaintexts: N times width.
  [[nodiscard]] std::size_t elements() const { return ciphertexts.size() / pair_bytes; }
};

// Packed A_0 … A_{N w}: the base of the tie seed, then the alphas of the list.
[[nodiscard]] std::string decryption_bases(const MixedList& list);
// The context of the proof of a trustee's shares.
[[nodiscard]] proof::Transcript decryption_transcript(const MixedList& list, TrusteeNumber trustee);

struct MadeShares {
  std::string file;  // decryption/POOL-TRUSTEE.cbor
  Decryption entry;  // signed
};

// The shares of the trustee who holds `secret`, x_j, whose verification key is `verification_key`.
// Errors: malformed (an element of the list is none). Constant time in the secret; one secret
// multiple per element.
[[nodiscard]] Result<MadeShares> make_shares(const MixedList& list, TrusteeNumber trustee,
                                             const group::SecretScalar& secret,
                                             const group::Element& verification_key,
                                             const proof::SigningKey& signing_key);

// The file and the signed entry of shares and proof that are at hand.
[[nodiscard]] MadeShares finish_shares(const MixedList& list, TrusteeNumber trustee,
                                       std::string_view shares, std::string_view proof,
                                       const proof::SigningKey& signing_key);

// Whether the file shows the shares of the trustee: its form, and the proof. Returns the packed
// shares D_0 …, a view into `file`. Errors: malformed.
[[nodiscard]] Result<std::string_view> check_shares(const MixedList& list, TrusteeNumber trustee,
                                                    const group::Element& verification_key,
                                                    std::string_view file, unsigned threads = 1);

// The shares of one trustee, checked.
struct TrusteeShares {
  TrusteeNumber trustee;
  std::string_view shares;
};

// What the shares of t different trustees yield.
struct OpenedList {
  std::string plaintexts;  // plaintexts/POOL.bin: packed M_1 …
  Sha256Digest tie_seed{};
};

// Combines the shares. A message may be the identity: a voter can encrypt it. Errors: malformed (an
// item is no element). t variable-time products per element.
[[nodiscard]] Result<OpenedList> open_list(const MixedList& list,
                                           std::span<const TrusteeShares> trustees);

// The tie seed alone. Errors: malformed.
[[nodiscard]] Result<Sha256Digest> tie_seed(std::span<const TrusteeShares> trustees);

// Whether `plaintexts` is what open_list() would yield, by one sum with fresh 128-bit weights:
// sum w_i (beta_i - M_i) = sum over trustees of lambda_j sum w_i D_{j,i}. Errors: malformed.
[[nodiscard]] Status check_plaintexts(const MixedList& list,
                                      std::span<const TrusteeShares> trustees,
                                      std::string_view plaintexts, unsigned threads = 1);

}  // namespace urna::election
