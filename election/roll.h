// SPDX-License-Identifier: EUPL-1.2
// The roll: which pseudonym may vote in which pools (docs/protocol.md section 9.1).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "election/types.h"

namespace urna::election {

struct RollLine {
  Pseudonym pseudonym;
  std::vector<PoolNumber> pools;
  friend bool operator==(const RollLine&, const RollLine&) = default;
};

// In memory: 36 bytes for each person, the different lists of pools once, and 256 KB.
class Roll {
 public:
  // Reads roll.cbor, with so many threads for its hashes. Errors, with the byte's offset:
  // malformed.
  [[nodiscard]] static Result<Roll> decode(std::string_view file, unsigned threads = 1);

  [[nodiscard]] std::uint64_t size() const { return pseudonyms_.size(); }
  // Merkle tree hash over the encoded lines.
  [[nodiscard]] const Sha256Digest& root() const { return root_; }
  // The greatest pool number on the roll; nullopt for an empty roll.
  [[nodiscard]] std::optional<PoolNumber> greatest_pool() const;

  // The person's place on the roll, from 0. O(log size); pseudonyms that look random, as they
  // should, are found in fewer steps.
  [[nodiscard]] std::optional<std::uint32_t> find(const Pseudonym& pseudonym) const;
  // Precondition of both: person < size().
  [[nodiscard]] const Pseudonym& pseudonym(std::uint32_t person) const {
    return pseudonyms_[person];
  }
  [[nodiscard]] std::span<const PoolNumber> pools(std::uint32_t person) const {
    return lists_[list_of_[person]];
  }

 private:
  std::vector<Pseudonym> pseudonyms_;
  std::vector<std::uint32_t> first_of_;  // by the first two bytes of a pseudonym; and the end
  std::vector<std::uint32_t> list_of_;
  std::vector<std::vector<PoolNumber>> lists_;
  Sha256Digest root_{};
};

// roll.cbor of these lines. Precondition (else the program stops): pseudonyms strictly ascending,
// pools ascending and at least one, at most 2^32 - 2 lines.
[[nodiscard]] std::string encode_roll(std::span<const RollLine> lines);

}  // namespace urna::election
