// SPDX-License-Identifier: EUPL-1.2
#include "rehearsal/paper_boxes.h"

#include <sodium/randombytes.h>
#include <utility>

#include "election/paper.h"

namespace urna::rehearsal {

using election::BatchNumber;
using election::CardSerial;
using election::PointNumber;
using election::PoolNumber;

election::PaperVoting issue_cards(Cast& cast, std::size_t pools) {
  election::PaperVoting paper{{"Urząd Miasta", "Biblioteka"}, {}};
  cast.cards.clear();
  for (std::size_t p = 0; p < pools; ++p) {
    const PoolNumber pool{static_cast<PoolNumber::Value>(p)};
    constexpr std::uint32_t first = 6;
    for (const auto& [point, cards] :
         {std::pair<PointNumber, std::uint32_t>{{0}, first},
          {{0}, static_cast<std::uint32_t>(cards_of_first_point) - first},
          {{1}, static_cast<std::uint32_t>(cards_of_second_point)}}) {
      std::vector<CardSerial> serials(cards);
      for (CardSerial& serial : serials) serial = election::random_card_serial();
      paper.batches.push_back({point, pool, cards, election::root_of_cards(serials)});
      cast.cards.push_back(std::move(serials));
    }
  }
  return paper;
}

Result<std::vector<election::PaperBatch>> open_boxes(const election::Manifest& manifest,
                                                     const election::EditionHash& edition,
                                                     const Cast& cast,
                                                     const election::JointKey& joint_key,
                                                     std::span<const BoxedCard> cards) {
  const std::vector<election::IssuedBatch>& batches = manifest.paper->batches;
  std::vector<election::FoundCards> found(batches.size());
  std::vector<std::vector<std::size_t>> left(batches.size());
  for (std::size_t b = 0; b < batches.size(); ++b) {
    found[b].used.assign(batches[b].cards, false);
    for (std::size_t i = 0; i < batches[b].cards; ++i) left[b].push_back(i);
  }
  for (const BoxedCard& card : cards) {
    // Of the batches with cards left the one with most.
    std::size_t best = batches.size();
    for (std::size_t b = 0; b < batches.size(); ++b) {
      if (batches[b].point != card.point || batches[b].pool != card.pool) continue;
      if (best == batches.size() || left[b].size() > left[best].size()) best = b;
    }
    std::vector<std::size_t>& drawn = left.at(best);
    const auto at = randombytes_uniform(static_cast<std::uint32_t>(drawn.size()));
    found[best].used[drawn.at(at)] = true;
    drawn.erase(drawn.begin() + at);
    if (card.content) {
      found[best].contents.push_back(*card.content);
    } else {
      ++found[best].unfit[static_cast<std::size_t>(election::Unfit::unreadable)];
    }
  }
  // Photocopies, which came to nothing.
  if (!found.empty()) found[0].refused = {2, 1, 0};
  std::vector<election::PaperBatch> entries;
  for (std::size_t b = 0; b < batches.size(); ++b) {
    Result<election::PaperBatch> entry =
        election::make_paper_batch(edition, BatchNumber{static_cast<BatchNumber::Value>(b)},
                                   cast.cards[b], joint_key, found[b]);
    if (!entry) return std::move(entry).error();
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace urna::rehearsal
