// SPDX-License-Identifier: EUPL-1.2
// Votes on paper: from a session in which an official at a point vouched for a person to signed
// marks, of which each lets that person take one card (docs/protocol.md section 7.3).
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "election/entries.h"
#include "election/manifest.h"
#include "registrar/office.h"
#include "registrar/sessions.h"

namespace urna::registrar {

// Signs a mark for each of these pools and ends the session. Without pools: of all that the person
// may vote in those of which the point has cards. That a person gets one card of a pool is seen to
// by the board, which takes one mark: the card is handed out when the mark stands there. The person
// is told of a vote, on the contact of the register.
//
// As with certificates nothing is stored that says whose pseudonym a mark has.
//
// Errors: not_found (no session), usage (nobody vouched for the person in this session), conflict
// (withdrawn; not on the roll; a guardian must act; too young; the point has no cards of a pool, or
// the pool is not the person's), and those of PseudonymSource.
[[nodiscard]] Result<std::vector<election::PaperMark>> mark_for_paper(
    const Office& office, const election::Manifest& manifest, const SessionToken& token,
    std::span<const election::PoolNumber> pools, const Circumstances& where = {});

}  // namespace urna::registrar
