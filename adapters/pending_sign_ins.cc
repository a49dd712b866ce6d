// SPDX-License-Identifier: EUPL-1.2
#include "adapters/pending_sign_ins.h"

#include <sodium/utils.h>
#include <utility>

namespace urna::adapters {

Status PendingSignIns::keep(std::string_view state, std::string_view session, PendingSignIn sign_in,
                            std::int64_t now_s) {
  const Sha256Digest key = sha256(state);
  const std::lock_guard lock(mutex_);
  while (!order_.empty()) {
    const auto& [oldest, began_s] = order_.front();
    if (kept_.contains(oldest) && !is_old(began_s, now_s)) break;
    kept_.erase(oldest);
    order_.pop_front();
  }
  if (kept_.size() >= count_max_)
    return Error{ErrorCode::limit, "too many sign-ins are under way", {}, "try again in a minute"};
  // Those taken out of turn leave their places in the order, for a while.
  if (order_.size() >= 2 * count_max_)
    std::erase_if(order_, [this](const auto& place) { return !kept_.contains(place.first); });
  kept_[key] = Kept{sha256(session), std::move(sign_in), now_s};
  order_.emplace_back(key, now_s);
  return ok_status();
}

Result<PendingSignIn> PendingSignIns::take(std::string_view state, std::string_view session,
                                           std::int64_t now_s) {
  const Error unknown{
      ErrorCode::not_found, "no such sign-in is under way in this session", {}, "begin again"};
  const Sha256Digest asking = sha256(session);
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(sha256(state));
  if (found == kept_.end()) return unknown;
  Kept kept = std::move(found->second);
  kept_.erase(found);
  if (is_old(kept.began_s, now_s)) return unknown;
  if (sodium_memcmp(kept.session.data(), asking.data(), asking.size()) != 0) return unknown;
  return std::move(kept.sign_in);
}

std::size_t PendingSignIns::count() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace urna::adapters
