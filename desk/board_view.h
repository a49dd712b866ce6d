// SPDX-License-Identifier: EUPL-1.2
// The ballots of a board by whose pseudonym they stand under, and what officials have done about
// them: read out of the entries alone, for looking. Nothing is verified here; whoever keeps the
// record does that.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/contests.h"
#include "election/counted.h"
#include "election/manifest.h"
#include "election/types.h"

namespace urna::desk {

struct SeenBallot {
  election::EntryIndex index;
  election::EntryHash hash;
  election::PoolNumber pool;
  std::uint8_t level = 2;
  election::Standing standing = election::Standing::untouched;
  bool counts = false;  // as the board stands now: not annulled, not superseded
};

// Of one pool, numbers only.
struct PoolNumbers {
  std::uint64_t ballots = 0;  // on the board
  std::uint64_t counting = 0;
  std::uint64_t frozen = 0;
  std::uint64_t annulled = 0;
  std::uint64_t upheld = 0;  // restored ones included
  // By how many ballots the pool would differ if nothing had been annulled: annulled ones that a
  // person has replaced make no difference, and of one person a lower one may count instead.
  std::uint64_t differing = 0;
};

class BoardView {
 public:
  BoardView(std::shared_ptr<const election::Manifest> manifest, election::EditionHash edition);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  // The next entry. One that is no entry, or that a board would refuse, changes nothing but the
  // size: what is wrong with a record is told elsewhere.
  void add(std::string_view entry);

  // Ascending; none for a pseudonym without a ballot. O(log n) besides the first call after add(),
  // which is O(n log n).
  [[nodiscard]] std::vector<SeenBallot> ballots_of(const election::Pseudonym& pseudonym);
  // The ballot of this entry with its owner.
  [[nodiscard]] std::optional<election::Pseudonym> owner(election::EntryIndex index) const;
  // By pool.
  [[nodiscard]] std::vector<PoolNumbers> pools();

 private:
  struct Kept {
    election::CastBallot cast;
    election::EntryHash hash;
    bool counts = false;
  };
  void choose();
  // The number of a person, a new one if need be.
  [[nodiscard]] std::uint32_t person_of(const election::Pseudonym& pseudonym);

  std::shared_ptr<const election::Manifest> manifest_;
  election::EditionHash edition_;
  std::uint64_t size_ = 0;
  std::vector<Kept> ballots_;                    // in order of index
  std::vector<election::Pseudonym> pseudonyms_;  // by person
  std::map<election::Pseudonym, std::uint32_t> persons_;
  std::vector<std::vector<std::uint32_t>> of_person_;  // positions in ballots_
  std::vector<election::VotesOnPaper> on_paper_;
  election::Contests contests_;
  bool chosen_ = true;
};

}  // namespace urna::desk
