// SPDX-License-Identifier: EUPL-1.2
#include "election/contests.h"

#include <algorithm>
#include <string>
#include <utility>

#include "election/refusal.h"

namespace urna::election {
namespace {

std::string ballot_of(EntryIndex index) {
  return "the ballot of entry " + std::to_string(index.value);
}

std::array<OfficialNumber, 2> officials_of(const TwoOfficials& signatures) {
  return {signatures[0].official, signatures[1].official};
}

}  // namespace

Status Contests::check(const Freeze& freeze) const {
  for (const NamedBallot& ballot : freeze.ballots) {
    switch (standing(ballot.index)) {
      case Standing::untouched:
        break;
      case Standing::frozen:
        return conflict(ballot_of(ballot.index) + " is frozen already",
                        "it waits for a decision as it is");
      case Standing::upheld:
        return conflict(ballot_of(ballot.index) + " was frozen before and upheld",
                        "a ballot is frozen once: it can now only be annulled");
      case Standing::annulled:
        return conflict(ballot_of(ballot.index) + " is annulled", "it does not count as it is");
      case Standing::restored:
        return conflict(ballot_of(ballot.index) + " was restored on appeal",
                        "that decision is the last one");
    }
  }
  return ok_status();
}

Status Contests::check(const Annulment& annulment) const {
  switch (standing(annulment.index)) {
    case Standing::annulled:
      return conflict(ballot_of(annulment.index) + " is annulled already",
                      "an annulment is recorded twice");
    case Standing::restored:
      return conflict(ballot_of(annulment.index) + " was restored on appeal",
                      "that decision is the last one");
    default:
      return ok_status();
  }
}

bool may_decide_appeal(const std::array<OfficialNumber, 2>& deciding,
                       const std::array<OfficialNumber, 2>& annulled_by, std::size_t officials) {
  const auto both = std::ranges::count_if(deciding, [&](OfficialNumber one) {
    return std::ranges::find(annulled_by, one) != annulled_by.end();
  });
  return officials >= officials_for_other_deciders ? both == 0 : both < 2;
}

Status Contests::check(const Upholding& upholding, std::size_t officials) const {
  const auto found = contests_.find(upholding.index);
  const Standing now = standing(upholding.index);
  if (upholding.ends == Lifted::freeze) {
    if (now == Standing::frozen) return ok_status();
    return conflict(ballot_of(upholding.index) + " is not frozen",
                    "there is no freeze that could end");
  }
  if (now != Standing::annulled)
    return conflict(ballot_of(upholding.index) + " is not annulled",
                    "there is no annulment that could be lifted");
  if (!may_decide_appeal(officials_of(upholding.signatures), found->second.annulled_by, officials))
    return conflict("the appeal about " + ballot_of(upholding.index) +
                        " is decided by officials who annulled it",
                    "an appeal is for others to decide");
  return ok_status();
}

void Contests::apply(const Freeze& freeze) {
  for (const NamedBallot& ballot : freeze.ballots) {
    contests_[ballot.index].standing = Standing::frozen;
    frozen_.insert(ballot.index);
  }
}

void Contests::apply(const Annulment& annulment) {
  contests_[annulment.index] = {Standing::annulled, officials_of(annulment.signatures)};
  frozen_.erase(annulment.index);
}

void Contests::apply(const Upholding& upholding) {
  contests_[upholding.index].standing =
      upholding.ends == Lifted::freeze ? Standing::upheld : Standing::restored;
  frozen_.erase(upholding.index);
}

Standing Contests::standing(EntryIndex ballot) const {
  const auto found = contests_.find(ballot);
  return found == contests_.end() ? Standing::untouched : found->second.standing;
}

}  // namespace urna::election
