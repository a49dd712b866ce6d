// SPDX-License-Identifier: EUPL-1.2
#include "desk/board_view.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "election/entries.h"

namespace urna::desk {

using election::Standing;

BoardView::BoardView(std::shared_ptr<const election::Manifest> manifest,
                     election::EditionHash edition)
    : manifest_(std::move(manifest)), edition_(edition) {}

void BoardView::add(std::string_view bytes) {
  const election::EntryIndex index{size_};
  ++size_;
  const Result<election::Entry> entry = election::decode_entry(bytes);
  if (!entry) return;
  if (const auto* ballot = std::get_if<election::Ballot>(&*entry)) {
    if (ballot->edition != edition_ || ballot->pool.value >= manifest_->pools.size()) return;
    const std::uint32_t person = person_of(ballot->certificate.pseudonym);
    of_person_[person].push_back(static_cast<std::uint32_t>(ballots_.size()));
    ballots_.push_back({{index, person, ballot->pool, ballot->certificate.level, false},
                        election::entry_hash(bytes)});
    chosen_ = false;
    return;
  }
  const auto of_this_edition = [&](const auto& one) { return one.edition == edition_; };
  if (const auto* freeze = std::get_if<election::Freeze>(&*entry)) {
    if (of_this_edition(*freeze) && contests_.check(*freeze)) contests_.apply(*freeze);
  } else if (const auto* annulment = std::get_if<election::Annulment>(&*entry)) {
    if (of_this_edition(*annulment) && contests_.check(*annulment)) contests_.apply(*annulment);
  } else if (const auto* upholding = std::get_if<election::Upholding>(&*entry)) {
    if (of_this_edition(*upholding) && contests_.check(*upholding, manifest_->officials.size()))
      contests_.apply(*upholding);
  } else if (const auto* mark = std::get_if<election::PaperMark>(&*entry)) {
    if (of_this_edition(*mark) && mark->pool.value < manifest_->pools.size())
      on_paper_.push_back({person_of(mark->pseudonym), mark->pool});
  } else {
    return;
  }
  chosen_ = false;
}

std::uint32_t BoardView::person_of(const election::Pseudonym& pseudonym) {
  const auto [place, fresh] =
      persons_.emplace(pseudonym, static_cast<std::uint32_t>(pseudonyms_.size()));
  if (fresh) {
    pseudonyms_.push_back(pseudonym);
    of_person_.emplace_back();
  }
  return place->second;
}

void BoardView::choose() {
  if (chosen_) return;
  std::vector<election::CastBallot> cast;
  cast.reserve(ballots_.size());
  for (Kept& ballot : ballots_) {
    ballot.cast.annulled = contests_.standing(ballot.cast.index) == Standing::annulled;
    ballot.counts = false;
    cast.push_back(ballot.cast);
  }
  for (const std::vector<std::uint32_t>& pool :
       election::counted_ballots(*manifest_, cast, on_paper_)) {
    for (const std::uint32_t position : pool) ballots_[position].counts = true;
  }
  chosen_ = true;
}

std::vector<SeenBallot> BoardView::ballots_of(const election::Pseudonym& pseudonym) {
  const auto person = persons_.find(pseudonym);
  if (person == persons_.end()) return {};
  choose();
  std::vector<SeenBallot> list;
  for (const std::uint32_t position : of_person_[person->second]) {
    const Kept& ballot = ballots_[position];
    list.push_back({ballot.cast.index, ballot.hash, ballot.cast.pool, ballot.cast.level,
                    contests_.standing(ballot.cast.index), ballot.counts});
  }
  return list;
}

std::optional<election::Pseudonym> BoardView::owner(election::EntryIndex index) const {
  const auto found = std::ranges::lower_bound(ballots_, index, {},
                                              [](const Kept& ballot) { return ballot.cast.index; });
  if (found == ballots_.end() || found->cast.index != index) return std::nullopt;
  return pseudonyms_[found->cast.person];
}

std::vector<PoolNumbers> BoardView::pools() {
  choose();
  std::vector<PoolNumbers> pools(manifest_->pools.size());
  std::vector<election::CastBallot> without;
  without.reserve(ballots_.size());
  bool any = false;
  for (const Kept& ballot : ballots_) {
    PoolNumbers& pool = pools[ballot.cast.pool.value];
    ++pool.ballots;
    pool.counting += ballot.counts ? 1U : 0U;
    const Standing standing = contests_.standing(ballot.cast.index);
    pool.frozen += standing == Standing::frozen ? 1U : 0U;
    pool.annulled += standing == Standing::annulled ? 1U : 0U;
    pool.upheld += standing == Standing::upheld || standing == Standing::restored ? 1U : 0U;
    without.push_back(ballot.cast);
    without.back().annulled = false;
    any = any || standing == Standing::annulled;
  }
  if (!any) return pools;
  const auto whole = election::counted_ballots(*manifest_, without, on_paper_);
  for (std::size_t p = 0; p < pools.size(); ++p) {
    std::uint64_t kept = 0;
    for (const std::uint32_t position : whole[p]) kept += ballots_[position].counts ? 1U : 0U;
    // What counts on one side only; one ballot in the place of another is one difference.
    pools[p].differing = std::max(whole[p].size() - kept, pools[p].counting - kept);
  }
  return pools;
}

}  // namespace urna::desk
