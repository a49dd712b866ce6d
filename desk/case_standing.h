// SPDX-License-Identifier: EUPL-1.2
// Where a case at the desk stands (docs/cases.md).
//
//   received ──▶ dismissed                     one official; until a newer file comes
//      └──────▶ frozen ──▶ heard ──▶ advised ──▶ decided ──▶ closed
//                                                  │  ▲
//                                                  ▼  │
//                                                appealed
//
// Where a case stands is kept nowhere: it follows from the file, from what was done in the case
// (rows that are only added), from the proposals that officials signed, and from the board. So no
// state can contradict what was signed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cases/case_file.h"
#include "desk/boards.h"
#include "desk/proposals.h"

namespace urna::desk {

enum class CaseState : std::uint8_t {
  received,
  dismissed,
  frozen,
  heard,
  advised,
  decided,
  appealed,
  closed,
};
[[nodiscard]] std::string_view to_string(CaseState state);

// Kinds of CaseEventRow, and the members of its content.
inline constexpr std::string_view event_received = "received";    // version, sha256
inline constexpr std::string_view event_dismissed = "dismissed";  // reason, grounds
inline constexpr std::string_view event_opinion = "opinion";      // advice, text
// A proposal out of the case: proposal, action, ballots, version and opinion (its position, or
// null) as they were, reason, departure, urgent, appeal (its position, or null).
inline constexpr std::string_view event_proposed = "proposed";
inline constexpr std::string_view event_appeal = "appeal";  // ballots, filed, text, late
inline constexpr std::string_view event_closed = "closed";  // grounds

// What the officer advises: of all ballots alike, or `neither`, which the text explains.
inline constexpr std::string_view advice_annul = "annul";
inline constexpr std::string_view advice_uphold = "uphold";
inline constexpr std::string_view advice_neither = "neither";

// A proposal of a case and what became of it.
struct CaseProposal {
  std::uint64_t position = 0;  // of its event
  std::string action;
  std::vector<std::uint64_t> ballots;
  std::uint64_t version = 0;
  std::optional<std::uint64_t> opinion;
  std::optional<std::uint64_t> appeal;
  ProposalView proposal;
};

struct CaseAppeal {
  std::uint64_t position = 0;
  std::uint64_t filed = 0;
  std::vector<std::uint64_t> ballots;
  std::vector<std::uint64_t> open;  // those not decided about yet
};

struct CaseVoterView {
  cases::CaseVoter voter;
  std::vector<SeenBallot> ballots;
};

// Where a case stands, by what is known.
struct CaseStanding {
  CaseState state = CaseState::received;
  bool everybody_answered = false;
  bool hearing_over = false;
  std::uint64_t hearing_ended = 0;          // when; 0: it has not
  std::vector<std::uint64_t> frozen_by_it;  // ballots that this case froze, ascending
  std::vector<std::uint64_t> undecided;     // of these, the ones still frozen
  std::uint64_t decided = 0;                // when the last of the first decisions was signed
  std::optional<std::uint64_t> opinion;     // position of the newest
  std::string advice;                       // of it
  std::vector<CaseAppeal> appeals;
};
// `now` is Unix seconds. O(n log n).
[[nodiscard]] CaseStanding standing_of(const cases::CaseFile& file,
                                       const std::vector<CaseEventRow>& events,
                                       const std::vector<CaseProposal>& proposals,
                                       const std::vector<CaseVoterView>& voters, std::uint64_t now);

// The proposals that came out of a case, in the order in which they were made.
[[nodiscard]] std::vector<CaseProposal> proposals_of(const std::vector<CaseEventRow>& events,
                                                     const std::vector<ProposalView>& proposals);

[[nodiscard]] bool is_done(const CaseProposal& one);
// For a signature or for its effect.
[[nodiscard]] bool waits(const CaseProposal& one);
// About ballots that are frozen or decided about, unlike a freeze.
[[nodiscard]] bool decides(const CaseProposal& one);
[[nodiscard]] bool names(const std::vector<std::uint64_t>& ballots, std::uint64_t ballot);
// When the last of its signatures was given; 0: none was.
[[nodiscard]] std::uint64_t signed_at(const CaseProposal& one);
// By the ballots' entries.
[[nodiscard]] std::map<std::uint64_t, election::Standing> standings_of(
    const std::vector<CaseVoterView>& voters);

}  // namespace urna::desk
