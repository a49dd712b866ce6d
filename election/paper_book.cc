// SPDX-License-Identifier: EUPL-1.2
#include "election/paper_book.h"

#include <algorithm>

#include "base/bytes.h"
#include "election/paper.h"
#include "election/refusal.h"

namespace urna::election {
Status PaperBook::check(const PaperMark& mark, const Manifest& manifest, const VotingTerm& term,
                        std::uint32_t person, std::span<const PoolNumber> entitled) const {
  const auto issues = [&](const IssuedBatch& batch) {
    return batch.point == mark.point && batch.pool == mark.pool;
  };
  if (!manifest.paper || std::ranges::none_of(manifest.paper->batches, issues))
    return conflict("no card of pool " + std::to_string(mark.pool.value) + " is issued at point " +
                        std::to_string(mark.point.value),
                    "nobody can have been given one there");
  if (mark.hour < term.opened / 3600)
    return conflict("it was made before the opening", "it is of another time");
  if (mark.hour > last_hour(term))
    return conflict("it was made after the end of the voting in force",
                    "somebody was given a card when the voting was over");
  if (!std::ranges::binary_search(entitled, mark.pool))
    return conflict("the roll does not give this person pool " + std::to_string(mark.pool.value),
                    "the registrar gave more cards than the roll allows");
  if (votes_on_paper(person, mark.pool))
    return conflict("this person was given a card of the pool before", "a person would vote twice");
  for (const PoolGroup& group : manifest.groups) {
    if (!std::ranges::binary_search(group.pools, mark.pool)) continue;
    const auto cards = std::ranges::count_if(
        group.pools, [&](PoolNumber pool) { return votes_on_paper(person, pool); });
    if (static_cast<std::uint64_t>(cards) >= group.most)
      return conflict("this person was given as many cards of the group " + group.name +
                          " as votes count there",
                      "a card in the box cannot be left out of the count");
  }
  return ok_status();
}

Result<IssuedBatch> PaperBook::issued(const PaperBatch& batch, const Manifest& manifest) const {
  if (manifest.paper && batch.batch.value < manifest.paper->batches.size())
    return manifest.paper->batches[batch.batch.value];
  return Error{ErrorCode::malformed,
               "there is no batch " + std::to_string(batch.batch.value),
               {},
               "nobody was given cards of it"};
}

Status PaperBook::check(const PaperBatch& batch, const Manifest& manifest, std::size_t width,
                        const group::ElementBytes& joint_key) const {
  const Result<IssuedBatch> cards = issued(batch, manifest);
  if (!cards) return cards.error();
  if (batches_[batch.batch.value])
    return conflict("batch " + std::to_string(batch.batch.value) + " was stated before",
                    "its cards would count twice");
  if (Status right = check_paper_batch(batch, *cards, width, joint_key); !right) return right;
  const std::vector<CardSerial> used = used_cards(batch);
  std::set<std::string_view> seen;
  for (const CardSerial& serial : used) {
    if (used_.contains(std::string(view_of(serial))) || !seen.insert(view_of(serial)).second)
      return conflict("the card " + to_text(serial) + " was stated before",
                      "one card would count twice");
  }
  const std::uint64_t marks = marks_at(cards->point, cards->pool);
  const std::uint64_t in_the_box = cards_at(cards->point, cards->pool) + used.size();
  if (in_the_box > marks)
    return conflict("with it " + std::to_string(in_the_box) + " cards of pool " +
                        std::to_string(cards->pool.value) + " were in the box of point " +
                        std::to_string(cards->point.value) + ", where " + std::to_string(marks) +
                        " people were given one",
                    "cards were put into the box that nobody was given");
  return ok_status();
}

void PaperBook::apply(const PaperMark& mark, std::uint32_t person) {
  marked_.emplace(person, mark.pool);
  ++marks_at_[{mark.point, mark.pool}];
}

void PaperBook::apply(const PaperBatch& batch, const Manifest& manifest) {
  const IssuedBatch& cards = manifest.paper->batches[batch.batch.value];
  for (const CardSerial& serial : used_cards(batch)) {
    used_.emplace(view_of(serial));
    ++cards_at_[{cards.point, cards.pool}];
  }
  batches_[batch.batch.value] = batch;
}

std::vector<VotesOnPaper> PaperBook::voters() const {
  std::vector<VotesOnPaper> voters;
  for (const auto& [person, pool] : marked_) voters.push_back({person, pool});
  return voters;
}

std::uint64_t PaperBook::marks_at(PointNumber point, PoolNumber pool) const {
  const auto found = marks_at_.find({point, pool});
  return found == marks_at_.end() ? 0 : found->second;
}

std::uint64_t PaperBook::cards_at(PointNumber point, PoolNumber pool) const {
  const auto found = cards_at_.find({point, pool});
  return found == cards_at_.end() ? 0 : found->second;
}

const PaperBatch* PaperBook::batch(BatchNumber number) const {
  return number.value < batches_.size() && batches_[number.value] ? &*batches_[number.value]
                                                                  : nullptr;
}

std::optional<BatchNumber> PaperBook::due() const {
  const auto due = std::find(batches_.begin(), batches_.end(), std::nullopt);
  if (due == batches_.end()) return std::nullopt;
  return BatchNumber{static_cast<BatchNumber::Value>(due - batches_.begin())};
}

}  // namespace urna::election
