// SPDX-License-Identifier: EUPL-1.2
// The edition manifest: what is voted on, by which rules, and who holds which key
// (docs/protocol.md section 5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "base/sha256.h"
#include "count/tie_order.h"
#include "election/ballot_content.h"
#include "election/ballot_rule.h"
#include "election/types.h"
#include "group/element.h"

namespace urna::election {

struct Project {
  std::string id;
  Money cost;
  std::string name;
  friend bool operator==(const Project&, const Project&) = default;
};

// A pair of texts: an option of a counting rule with its value, or a line of META.
struct TextPair {
  std::string key;
  std::string value;
  friend bool operator==(const TextPair&, const TextPair&) = default;
};

// See election/counting.h for the words.
struct CountingRule {
  std::string rule;
  std::vector<TextPair> options;
  friend bool operator==(const CountingRule&, const CountingRule&) = default;
};

struct Pool {
  std::string id;
  std::string title;
  BallotRule ballot_rule;
  CountingRule counting;
  Money money;
  std::vector<Project> projects;  // project number i at i - 1
  std::vector<TextPair> meta;     // further lines of the published file
  friend bool operator==(const Pool&, const Pool&) = default;
};

// Pools of which a person may choose some.
struct PoolGroup {
  std::string name;
  std::vector<PoolNumber> pools;  // ascending
  std::uint32_t most = 1;         // pools in which a person's ballots count
  friend bool operator==(const PoolGroup&, const PoolGroup&) = default;
};

// Which of a person's several ballots in a pool counts.
enum class RepeatPolicy : std::uint8_t { last, first, none };

inline constexpr std::size_t possession_bytes = 128;

struct TrusteeCard {
  std::string name;
  group::ElementBytes signing_key{};
  group::ElementBytes receiving_key{};
  std::array<std::uint8_t, possession_bytes> possession{};  // checked by check_possession()
  friend bool operator==(const TrusteeCard&, const TrusteeCard&) = default;
};

using Ed25519Key = std::array<std::uint8_t, 32>;

struct Witness {
  std::string name;
  Ed25519Key key{};
  friend bool operator==(const Witness&, const Witness&) = default;
};

struct BoardKeys {
  std::string origin;
  Ed25519Key key{};
  std::vector<Witness> witnesses;
  std::uint32_t cosignatures = 0;  // witnesses that must cosign
  friend bool operator==(const BoardKeys&, const BoardKeys&) = default;
};

// Cards of one pool that one point issues. Their serial numbers are secret until they are used.
struct IssuedBatch {
  PointNumber point;
  PoolNumber pool;
  std::uint32_t cards = 1;
  Sha256Digest root{};  // of the leaf hashes of their serial numbers
  friend bool operator==(const IssuedBatch&, const IssuedBatch&) = default;
};

// Voting on paper (section 7.3).
struct PaperVoting {
  std::vector<std::string> points;   // names of those that issue cards; point i at i
  std::vector<IssuedBatch> batches;  // batch i at i
  friend bool operator==(const PaperVoting&, const PaperVoting&) = default;
};

struct Manifest {
  static constexpr EntryKind kind = EntryKind::manifest;

  std::string edition;
  std::string title;
  std::string resolution;
  std::vector<Pool> pools;
  std::vector<PoolGroup> groups;
  RepeatPolicy repeats = RepeatPolicy::last;
  std::uint64_t opens = 0, closes = 0;         // Unix seconds
  std::uint8_t lowest_level = 2;               // 2 … 4
  count::TieKind ties = count::TieKind::draw;  // not file
  std::uint64_t privacy_minimum = 0;
  group::ElementBytes registrar{};
  std::vector<group::ElementBytes> officials;
  std::uint8_t threshold = 1;  // t
  std::vector<TrusteeCard> trustees;
  BoardKeys board;
  std::optional<PaperVoting> paper;  // nullopt: nobody votes on paper

  [[nodiscard]] std::size_t trustee_count() const { return trustees.size(); }
  // Precondition: 1 <= number.value <= trustee_count().
  [[nodiscard]] const TrusteeCard& trustee(TrusteeNumber number) const {
    return trustees[number.value - 1U];
  }
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// The rule of a pool with its layout and costs. Errors: those of layout_of().
[[nodiscard]] Result<BallotTerms> terms_of(const Pool& pool);

// Everything that section 5 asks of a manifest but the form of its bytes: limits, keys that are
// elements, ballot rules and counting rules that make sense, each pool's published file readable.
// Not the trustees' possession proofs (ceremony.h). Errors: malformed or limit, naming pool, group
// or trustee.
[[nodiscard]] Status check(const Manifest& manifest);
// The part of it that is about one pool.
[[nodiscard]] Status check(const Pool& pool);

// The deterministic bytes. Precondition: check(manifest).
[[nodiscard]] std::string encode(const Manifest& manifest);

// The inverse of encode(), with check(). Errors: malformed, limit.
[[nodiscard]] Result<Manifest> decode_manifest(std::string_view bytes);

// E: SHA-256 of the manifest's bytes.
[[nodiscard]] EditionHash edition_hash(std::string_view manifest_bytes);

}  // namespace urna::election
