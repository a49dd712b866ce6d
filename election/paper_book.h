// SPDX-License-Identifier: EUPL-1.2
// Who was given a card of paper, and what was in the boxes: the account of one board
// (docs/protocol.md section 7.3). Nothing is taken back: a card in a box is nobody's any more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "election/counted.h"
#include "election/entries.h"
#include "election/manifest.h"
#include "election/voting_term.h"

namespace urna::election {

class PaperBook {
 public:
  // With so many batches in the manifest.
  explicit PaperBook(std::size_t batches = 0) : batches_(batches) {}

  // Whether the entry may follow. Signatures are the caller's to check, and that no ciphertext
  // stood on the board before. Errors, whose message follows "the entry" and whose remedy is what
  // it means: malformed, conflict. `person` is any numbering of the pseudonyms, `entitled` what the
  // roll gives this one, ascending. Precondition: a pool of the manifest.
  [[nodiscard]] Status check(const PaperMark& mark, const Manifest& manifest,
                             const VotingTerm& term, std::uint32_t person,
                             std::span<const PoolNumber> entitled) const;
  [[nodiscard]] Status check(const PaperBatch& batch, const Manifest& manifest, std::size_t width,
                             const group::ElementBytes& joint_key) const;
  // The batch as the manifest has it. Error: malformed (there is no such batch).
  [[nodiscard]] Result<IssuedBatch> issued(const PaperBatch& batch, const Manifest& manifest) const;

  // Precondition: check().
  void apply(const PaperMark& mark, std::uint32_t person);
  void apply(const PaperBatch& batch, const Manifest& manifest);

  [[nodiscard]] bool votes_on_paper(std::uint32_t person, PoolNumber pool) const {
    return marked_.contains({person, pool});
  }
  // Everybody who was given a card.
  [[nodiscard]] std::vector<VotesOnPaper> voters() const;
  // Persons who were given a card of the pool at the point, and cards that were in the box, of all
  // batches stated so far.
  [[nodiscard]] std::uint64_t marks_at(PointNumber point, PoolNumber pool) const;
  [[nodiscard]] std::uint64_t cards_at(PointNumber point, PoolNumber pool) const;
  // What was stated of a batch, else nullptr; the first of which nothing was.
  [[nodiscard]] const PaperBatch* batch(BatchNumber number) const;
  [[nodiscard]] std::optional<BatchNumber> due() const;

 private:
  using Numbers = std::map<std::pair<PointNumber, PoolNumber>, std::uint64_t>;

  std::set<std::pair<std::uint32_t, PoolNumber>> marked_;
  Numbers marks_at_;
  Numbers cards_at_;
  std::set<std::string> used_;  // serial numbers
  std::vector<std::optional<PaperBatch>> batches_;
};

}  // namespace urna::election
