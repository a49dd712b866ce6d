// SPDX-License-Identifier: EUPL-1.2
// All that decrypts a pool checked together: every trustee's shares and the plaintexts
// (docs/protocol.md section 12), from files that need not fit into memory.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "base/sha256.h"
#include "election/mixing.h"
#include "election/types.h"
#include "group/element.h"

namespace urna::election {

struct DecryptedPool {
  struct Shares {
    TrusteeNumber trustee;
    group::Element verification_key;
    ByteSource file;
  };
  EditionHash edition;
  PoolNumber pool;
  std::size_t width = 1;
  ByteSource ciphertexts;      // the last list, packed
  std::vector<Shares> shares;  // trustees ascending
  std::size_t threshold = 1;   // the first so many are combined; at most as many as there are
  ByteSource plaintexts;       // plaintexts/POOL.bin
  // The elements of the list, if they are at hand: they are not decoded again then. Precondition
  // (else the program stops): all of them or none.
  DecodedCiphertexts elements = {};
};

struct WrongDecryption {
  std::optional<std::size_t> shares;  // which of them; the plaintexts if none
  Error error;
};

struct CheckedDecryption {
  std::optional<WrongDecryption> wrong;  // the first that does not hold, the plaintexts last
  Sha256Digest tie_seed{};               // if nothing is wrong
};

// The first shares for which check_shares() does not hold, one after another: for naming what is
// wrong. Memory: all lists.
[[nodiscard]] std::optional<WrongDecryption> first_wrong_shares(const DecryptedPool& decrypted,
                                                                unsigned threads);

// What check_shares() finds of every trustee, then check_plaintexts(); and tie_seed(). One sum, to
// which every equation contributes with its own fresh 128-bit weight (section 4.6), so that each
// list is decoded once; only if it is not the identity is each check made on its own. What is wrong
// passes with probability 2^-128. Errors within: malformed, and those of ByteSource::read().
// Memory: about 25 MB a thread, and all lists if something is wrong.
[[nodiscard]] CheckedDecryption check_decryption(const DecryptedPool& decrypted, unsigned threads);

}  // namespace urna::election
