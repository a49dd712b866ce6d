// SPDX-License-Identifier: EUPL-1.2
// The small types of an election: hashes and numbers that cannot be mistaken for one another, and
// the kinds and phases of the board's entries (docs/protocol.md section 7).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/bytes.h"
#include "base/cbor.h"
#include "base/sha256.h"

namespace urna::election {

// 32 bytes of one meaning.
template <typename Tag>
struct Bytes32 {
  std::array<std::uint8_t, 32> octets{};

  [[nodiscard]] std::string_view view() const { return view_of(octets); }
  friend auto operator<=>(const Bytes32&, const Bytes32&) = default;
};

using EditionHash = Bytes32<struct EditionHashTag>;  // SHA-256 of the manifest's bytes
using EntryHash = Bytes32<struct EntryHashTag>;      // leaf hash of an entry
using Pseudonym = Bytes32<struct PseudonymTag>;      // a person, to the record

// A number of one meaning.
template <typename Tag, typename Number>
struct NumberOf {
  using Value = Number;
  Number value = 0;
  friend auto operator<=>(NumberOf, NumberOf) = default;
};

using PoolNumber = NumberOf<struct PoolTag, std::uint16_t>;         // from 0
using ProjectNumber = NumberOf<struct ProjectTag, std::uint16_t>;   // from 1
using TrusteeNumber = NumberOf<struct TrusteeTag, std::uint8_t>;    // from 1
using OfficialNumber = NumberOf<struct OfficialTag, std::uint8_t>;  // from 0
using PointNumber = NumberOf<struct PointTag, std::uint16_t>;       // from 0
using BatchNumber = NumberOf<struct BatchTag, std::uint32_t>;       // from 0
using EntryIndex = NumberOf<struct EntryIndexTag, std::uint64_t>;   // on the board, from 0

// The greatest counts and sizes that a reader accepts.
inline constexpr std::size_t pools_max = 1024;
inline constexpr std::size_t officials_max = 64;
inline constexpr std::size_t trustees_max = 32;
inline constexpr std::size_t width_max = 64;  // elements of a ballot
using urna::number_max;
// How often a voting may be extended, and by how much each time.
inline constexpr std::size_t extensions_max = 8;
inline constexpr std::uint64_t extension_seconds_max = 2'678'400;  // 31 days
inline constexpr std::size_t extension_reason_bytes_max = 1024;
// How many ballots one entry freezes, and the length of a case's number.
inline constexpr std::size_t frozen_at_once_max = 256;
inline constexpr std::size_t case_number_bytes = 11;
// Voting on paper: points that issue cards, batches of cards, cards of a batch.
inline constexpr std::size_t points_max = 1024;
inline constexpr std::size_t batches_max = 65'535;
inline constexpr std::size_t cards_max = 1000;
inline constexpr std::size_t entry_bytes_max = 65'535;
inline constexpr std::size_t manifest_bytes_max = 16'777'216;

// The bytes of a ciphertext of one element, alpha and beta.
inline constexpr std::size_t pair_bytes = 64;

enum class EntryKind : std::uint8_t {
  manifest,
  dealing_commitment,
  dealing,
  acceptance,
  roll,
  opening,
  ballot,
  audited,
  freeze,
  annulment,
  upholding,
  roll_addition,
  paper_mark,
  extension,
  closing,
  issuance,
  paper_batch,
  counted,
  withheld,
  mix,
  decryption,
  result,
};

// "ABCDE-FGHJK": two times five of 24 letters and 8 digits that are not mistaken for each other.
[[nodiscard]] bool is_case_number(std::string_view text);

// The text in field 0 of the entry, such as "dealing-commitment".
[[nodiscard]] std::string_view to_string(EntryKind kind);

}  // namespace urna::election

template <typename Tag>
struct std::hash<urna::election::Bytes32<Tag>> {
  std::size_t operator()(const urna::election::Bytes32<Tag>& bytes) const {
    return std::hash<std::string_view>()(bytes.view());
  }
};
