// SPDX-License-Identifier: EUPL-1.2
// What the record of a frozen edition says, for pages and for statements: copied out of it, so that
// nobody waits for who works on it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "election/board_state.h"
#include "election/manifest.h"
#include "election/types.h"

namespace urna::desk {

struct PoolSnapshot {
  std::uint64_t counted = 0;  // ballots that count, from the list on
  bool withheld = false;
  std::vector<election::TrusteeNumber> mixed;      // who has, in order of rounds
  std::vector<election::TrusteeNumber> decrypted;  // who has
  std::optional<election::PoolResult> result;
};

// Whose turn it is.
enum class Step : std::uint8_t {
  commitments,
  dealings,
  acceptances,
  roll,
  opening,
  voting,
  issuance,
  annulments,
  mixing,
  decryption,
  counting,
  announcement,
  announced,
};
[[nodiscard]] std::string_view to_string(Step step);

struct Snapshot {
  std::shared_ptr<const election::Manifest> manifest;  // never null
  election::EditionHash edition;
  election::Phase phase = election::Phase::dealing_commitments;
  std::uint64_t entries = 0;
  Sha256Digest root{};
  std::uint64_t ballots = 0;
  group::ElementBytes joint_key{};  // from the roll on
  election::EntryHash roll;         // from the opening on
  std::uint64_t opened = 0;         // times that officials stated
  std::uint64_t closed = 0;
  std::uint64_t certificates = 0;
  bool cosigned = true;  // whether the newest checkpoint bears the witnesses' signatures asked for
  bool complete = false;
  std::vector<PoolSnapshot> pools;
  std::vector<election::EntryIndex> frozen;  // ballots that wait for a decision, ascending

  // Trustees who must act now; in mixing and decryption any of them, else all.
  [[nodiscard]] Step step(bool announced) const;
  [[nodiscard]] std::vector<election::TrusteeNumber> awaited() const;
};

}  // namespace urna::desk
