// SPDX-License-Identifier: EUPL-1.2
#include "verify/ballot_checks.h"

#include <algorithm>

namespace urna::verify {
namespace {

// Large enough for the sums to be cheap, small enough to hold the entries in memory meanwhile.
constexpr std::size_t terms_in_batch = 32'768;

}  // namespace

BallotChecks::BallotChecks(election::BoardState& state, bool beside)
    : state_(state), beside_(beside) {}

BallotChecks::Wrong BallotChecks::verify(Group group) {
  const std::optional<std::uint64_t> subject = group.batch.verify();
  if (!subject) return std::nullopt;
  for (auto& [index, entry] : group.entries) {
    if (index == *subject) return std::pair(index, std::move(entry));
  }
  return std::pair(*subject, std::string());
}

void BallotChecks::collect() {
  if (running_.valid()) {
    Wrong earlier = running_.get();
    if (!wrong_) wrong_ = std::move(earlier);
  }
  const auto launch = beside_ ? std::launch::async : std::launch::deferred;
  running_ = std::async(launch, &BallotChecks::verify, std::exchange(group_, Group()));
  if (!beside_) running_.wait();
}

Status BallotChecks::apply(std::uint64_t index, std::string_view entry) {
  const std::size_t before = group_.batch.terms();
  if (Status applied = state_.apply(entry, group_.batch); !applied) return applied;
  if (group_.batch.terms() > before) group_.entries.emplace_back(index, entry);
  if (group_.batch.terms() >= terms_in_batch) collect();
  return ok_status();
}

std::optional<Error> BallotChecks::finish() {
  collect();
  collect();
  if (!wrong_) return std::nullopt;
  return state_.explain(election::EntryIndex{wrong_->first}, wrong_->second);
}

}  // namespace urna::verify
