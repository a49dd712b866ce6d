// SPDX-License-Identifier: EUPL-1.2
// Where a ballot stands that somebody contests: frozen until two officials decide, annulled, or
// upheld (docs/protocol.md section 7.2).
//
//   untouched ──freeze──▶ frozen ──upholding──▶ upheld
//       │                   │                     │
//       └────annulment──────┴──────annulment──────┘
//                           ▼
//                       annulled ──upholding, by others──▶ restored
//
// Nothing leads back: a ballot is frozen once and annulled once at most. So no signed entry can be
// put in a second time, and every dispute ends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

#include "base/result.h"
#include "election/entries.h"

namespace urna::election {

enum class Standing : std::uint8_t { untouched, frozen, upheld, annulled, restored };

// The ballots of one board that were ever contested, by the index of their entries. Memory: some
// 100 bytes for each of these, nothing for others. Each call is O(log n) for every ballot named.
class Contests {
 public:
  // Whether the entry may follow. That it names ballots of the board, and the signatures, are the
  // caller's to check. Errors, whose message follows "the entry" and whose remedy is what it means:
  // conflict.
  [[nodiscard]] Status check(const Freeze& freeze) const;
  [[nodiscard]] Status check(const Annulment& annulment) const;
  // `officials` is how many the manifest names.
  [[nodiscard]] Status check(const Upholding& upholding, std::size_t officials) const;

  // Precondition: check().
  void apply(const Freeze& freeze);
  void apply(const Annulment& annulment);
  void apply(const Upholding& upholding);

  [[nodiscard]] Standing standing(EntryIndex ballot) const;
  // Those that wait for a decision, ascending.
  [[nodiscard]] const std::set<EntryIndex>& frozen() const { return frozen_; }

 private:
  struct Contest {
    Standing standing = Standing::untouched;
    std::array<OfficialNumber, 2> annulled_by;
  };

  std::map<EntryIndex, Contest> contests_;
  std::set<EntryIndex> frozen_;
};

// With so many officials none of those who annulled decides the appeal.
inline constexpr std::size_t officials_for_other_deciders = 4;
// Whether these two may decide an appeal against an annulment by those two.
[[nodiscard]] bool may_decide_appeal(const std::array<OfficialNumber, 2>& deciding,
                                     const std::array<OfficialNumber, 2>& annulled_by,
                                     std::size_t officials);

}  // namespace urna::election
