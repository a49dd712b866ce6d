// SPDX-License-Identifier: EUPL-1.2
// VOTES: every ballot against META, PROJECTS and the kind of vote.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "count/pabulib/check/cells.h"
#include "count/pabulib/check/finding.h"
#include "count/pabulib/check/labels.h"
#include "count/pabulib/check/model.h"
#include "count/pabulib/check/voter_ids.h"
#include "count/pabulib/scanner.h"
#include "count/profile.h"

namespace urna::count::pabulib::check {

// Receives each ballot that can be counted (projects as indices into Model::projects).
class BallotSink {
 public:
  virtual ~BallotSink() = default;
  virtual void ballot(std::span<const ProjectIndex> projects,
                      std::span<const std::int32_t> points) = 0;
};

class VotesCheck {
 public:
  // `ballots` may be nullptr and must outlive this.
  VotesCheck(Model& model, Findings& findings, BallotSink* ballots)
      : model_(model), findings_(findings), ballots_(ballots) {}

  void header(const Row& row);
  void row(const Row& row);
  // After the last row.
  void finish();

 private:
  struct Points {
    bool given = false;  // the cell is not empty
    std::vector<std::int64_t> values;
    bool countable = true;  // every item is a whole number
  };

  void check_voter(std::string_view id, Place place);
  void read_projects(std::string_view list, Place place);
  void read_points(std::string_view list, Place place);
  void check_length(Place place);
  void check_points(Place place);
  void check_cost(Place place);
  void count();
  void check_columns();
  [[nodiscard]] bool type_is(VoteType type) const { return model_.facts.vote_type == type; }
  [[nodiscard]] bool needs_points() const {
    return type_is(VoteType::cumulative) || type_is(VoteType::scoring);
  }

  Model& model_;
  Findings& findings_;
  BallotSink* ballots_;
  Columns columns_;
  std::optional<std::size_t> id_, vote_, points_, district_, neighborhood_;
  VoterIds voters_;
  Labels districts_{"district", "subdistricts"};
  Labels neighborhoods_{"neighborhood", "neighborhoods"};

  // The vote being read. `mentioned_` counts every item; `projects_` holds those that exist.
  std::string_view voter_;
  std::size_t mentioned_ = 0;
  std::vector<std::optional<ProjectIndex>> projects_;
  Points read_points_;

  std::uint64_t mentions_ = 0;  // over all votes
  bool max_length_used_ = false;
};

}  // namespace urna::count::pabulib::check
