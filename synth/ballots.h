// SPDX-License-Identifier: EUPL-1.2
// How invented voters fill their ballots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "count/project_index.h"
#include "synth/pool.h"
#include "synth/projects.h"
#include "synth/random.h"
#include "synth/voters.h"

namespace urna::synth {

struct Ballot {
  std::vector<count::ProjectIndex> projects;  // in the order written; best first for ordinal votes
  std::vector<std::int32_t> points;           // parallel to it for cumulative and scoring votes
};

// Draws ballots one after the other; a second BallotMaker with the same parameters and projects
// draws the same ones.
//
// A share of the voters copies one of some leaflets. Every other ballot has a length by
// BallotHabits and names different projects, each drawn by appeal from all projects, from those of
// the voter's district, or from those of the voter's favourite category.
class BallotMaker {
 public:
  // `parameters` must outlive it and be in range.
  BallotMaker(const PoolParameters& parameters, const std::vector<InventedProject>& projects);

  // Valid until the next call. Expected O(length * log(projects)).
  [[nodiscard]] const Ballot& next(const Person& person);

 private:
  // Draws one of some projects with chances in proportion to their appeal.
  class Urn {
   public:
    void put(count::ProjectIndex project, std::uint32_t appeal);
    [[nodiscard]] bool empty() const { return ends_.empty(); }
    [[nodiscard]] count::ProjectIndex draw(Random& random) const;

   private:
    std::vector<std::uint32_t> ends_;  // running sums of appeal
    std::vector<count::ProjectIndex> projects_;
  };

  void fill(const Person& person, Ballot& ballot);
  [[nodiscard]] std::uint32_t draw_length();
  [[nodiscard]] count::ProjectIndex draw_unnamed(const Person& person);
  void divide_points(Ballot& ballot);

  const PoolParameters& parameters_;
  std::uint32_t length_min_;
  std::uint32_t length_max_;
  Random random_;
  Urn all_;
  std::vector<Urn> by_district_;
  std::vector<Urn> by_category_;
  std::vector<Ballot> leaflets_;
  // named_[p] == ballot number: project p already stands in the ballot being filled.
  count::PerProject<std::uint64_t> named_;
  std::uint64_t ballot_number_ = 0;
  Ballot ballot_;
};

}  // namespace urna::synth
