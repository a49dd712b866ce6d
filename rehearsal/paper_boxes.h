// SPDX-License-Identifier: EUPL-1.2
// The boxes of a rehearsal: cards issued to points, and what is found of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "election/ballot.h"
#include "election/entries.h"
#include "election/manifest.h"
#include "rehearsal/cast.h"

namespace urna::rehearsal {

// Two points with a few cards of every pool each, three batches for a pool. The serial numbers go
// to cast.cards.
[[nodiscard]] election::PaperVoting issue_cards(Cast& cast, std::size_t pools);
// How many people may be given a card of a pool at each point.
inline constexpr std::size_t cards_of_first_point = 10;
inline constexpr std::size_t cards_of_second_point = 5;

// A card in the box.
struct BoxedCard {
  election::PointNumber point;
  election::PoolNumber pool;
  std::optional<std::string> content;  // pack_ballot(); nullopt: nobody can read it
};

// What is found of every batch, in order, unsigned: the cards spread over the batches of their
// point and pool. Error: those of make_paper_batch(). Precondition: no more cards than there are.
[[nodiscard]] Result<std::vector<election::PaperBatch>> open_boxes(
    const election::Manifest& manifest, const election::EditionHash& edition, const Cast& cast,
    const election::JointKey& joint_key, std::span<const BoxedCard> cards);

}  // namespace urna::rehearsal
