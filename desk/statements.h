// SPDX-License-Identifier: EUPL-1.2
// What officials sign, two of them or, to freeze ballots, one: the statement in words, made out of
// a wish, and the entries of the board that come of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/snapshot.h"
#include "election/entries.h"
#include "election/voting_term.h"
#include "proof/transcript.h"

namespace urna::desk {

inline constexpr std::string_view action_open = "open";
inline constexpr std::string_view action_extend = "extend";
inline constexpr std::string_view action_freeze = "freeze";
inline constexpr std::string_view action_annul = "annul";
inline constexpr std::string_view action_uphold = "uphold";
// After an appeal: what was decided stands. Nothing of it goes onto the board.
inline constexpr std::string_view action_keep = "keep";
inline constexpr std::string_view action_close = "close";
inline constexpr std::string_view action_announce = "announce";

// Whether the action can be proposed again after it was carried out.
[[nodiscard]] bool is_repeatable(std::string_view action);

// How many officials sign it. Quarantine is for one: it cannot wait, and decides nothing.
[[nodiscard]] std::size_t signers_of(std::string_view action);
// Whether it is about ballots: freeze, annul, uphold, keep.
[[nodiscard]] bool is_about_ballots(std::string_view action);
// How many ballots a proposal of that action may name.
[[nodiscard]] std::size_t ballots_at_once_max(std::string_view action);

// Entries that a proposal may hold: an annulment or upholding for each ballot.
inline constexpr std::size_t decisions_at_once_max = 50;
inline constexpr std::size_t grounds_bytes_max = 2'000;

struct BallotOnBoard {
  election::EntryIndex index;
  election::EntryHash hash;
  election::PoolNumber pool;
};

// What an official asks for.
struct Wish {
  std::string action;
  // Of an extension: the new end, and why, for the public.
  std::uint64_t closes = 0;
  std::string reason_pl;
  std::string reason_en;
  // About ballots: which, the code that stands on the board, why, for who decides, which is not
  // published, and the case. That stands on the board with a freeze and an upholding, in the form
  // of election::is_case_number(); an annulment may have none, or another reference, and publishes
  // none.
  std::vector<BallotOnBoard> ballots;
  election::Lifted ends = election::Lifted::freeze;  // of an upholding
  std::string reason;
  std::string grounds;
  std::string case_reference;
  // Of a proposal out of a case (cases.h): which file it is about, and what the two who decide
  // answer for besides. Not published.
  std::uint64_t case_version = 0;
  std::string departure;
  std::string urgent;
};

struct Statement {
  std::string text;                  // JSON
  std::vector<std::string> entries;  // of the board, their signatures empty
  std::optional<std::uint64_t> sign_before;
};

// `now` is Unix seconds; `term` is what is in force on the board. Errors: conflict (not due),
// limit, malformed, with the wish's field.
[[nodiscard]] Result<Statement> statement_of(std::uint64_t now, std::string_view id,
                                             const Snapshot& snapshot,
                                             const election::VotingTerm& term, const Wish& wish);

// The entries as kept with a proposal, and back. Error: malformed.
[[nodiscard]] std::string join_entries(const std::vector<std::string>& entries);
[[nodiscard]] Result<std::vector<std::string>> split_entries(std::string_view bytes);

// What an official's key signs, in this order: each of the entries; if there is none, the
// statement. Error: malformed.
[[nodiscard]] Result<std::vector<proof::Transcript>> transcripts_of(
    std::string_view statement, const std::vector<std::string>& entries,
    const election::EditionHash& edition);

// The entry with the signatures of those who sign it, officials ascending. Error: malformed (an
// entry that no officials sign, or not so many).
[[nodiscard]] Result<std::string> with_signatures(
    std::string_view entry, std::span<const election::OfficialSignature> signatures);

}  // namespace urna::desk
