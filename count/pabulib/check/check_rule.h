// SPDX-License-Identifier: EUPL-1.2
// The announced result held against the rule that the file declares.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "count/pabulib/check/check_votes.h"
#include "count/pabulib/check/finding.h"
#include "count/pabulib/check/model.h"

namespace urna::count::pabulib::check {

// Counts by the declared rule and compares with the column `selected`.
//
// Greedy rules are given the declared columns `score` or `votes` (differences from the ballots are
// findings of their own), so that they need no ballots. Equal Shares needs them all.
//
// Ties: projects that are announced as funded stand first in the instance that is counted, and
// ties are broken by that order. For the greedy rules this is enough: if any order of ties leads
// to the announcement, this one does, because within a group of equals the announced ones fit
// together, and after them the others fit no better. For Equal Shares it is one order of several
// that are tried.
class RuleCheck final : public BallotSink {
 public:
  RuleCheck(const Model& model, Findings& findings);
  ~RuleCheck() override;

  // After PROJECTS: true iff the rule has to see the ballots.
  bool begin();
  void ballot(std::span<const ProjectIndex> projects,
              std::span<const std::int32_t> points) override;
  // After VOTES. `file` is used in messages of the rule only.
  void finish(const std::string& file);

 private:
  class Count;

  [[nodiscard]] bool can_be_counted() const;

  const Model& model_;
  Findings& findings_;
  std::vector<ProjectIndex> position_;  // of a project of the model in the counted instance
  std::optional<ProfileBuilder> builder_;
  bool all_ballots_kept_ = true;
  std::vector<ProjectIndex> scratch_;
};

}  // namespace urna::count::pabulib::check
