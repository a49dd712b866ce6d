// SPDX-License-Identifier: EUPL-1.2
#include "registrar/paper_marks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "registrar/candidates.h"
#include "registrar/counters.h"
#include "registrar/events.h"
#include "registrar/messages.h"
#include "registrar/operators.h"
#include "registrar/uses.h"

namespace urna::registrar {
namespace {

using election::PointNumber;
using election::PoolNumber;

// The point of the manifest that the account stands at.
std::optional<PointNumber> point_in(const election::Manifest& manifest, const Office& office,
                                    const std::string& account) {
  if (!manifest.paper) return std::nullopt;
  const std::vector<std::string>& points = manifest.paper->points;
  const auto found = std::ranges::find(points, point_of(office, account));
  if (found == points.end()) return std::nullopt;
  return PointNumber{static_cast<PointNumber::Value>(found - points.begin())};
}

bool has_cards(const election::Manifest& manifest, PointNumber point, PoolNumber pool) {
  return std::ranges::any_of(manifest.paper->batches, [&](const election::IssuedBatch& batch) {
    return batch.point == point && batch.pool == pool;
  });
}

// Those asked for, or all that there are.
Result<std::vector<PoolNumber>> chosen(const election::Manifest& manifest, PointNumber point,
                                       const std::vector<PoolNumber>& of_person,
                                       std::span<const PoolNumber> wanted) {
  std::vector<PoolNumber> pools;
  for (const PoolNumber pool : of_person) {
    if (wanted.empty() && has_cards(manifest, point, pool)) pools.push_back(pool);
  }
  for (const PoolNumber pool : wanted) {
    if (std::ranges::find(of_person, pool) == of_person.end())
      return conflict("the person may not vote in this pool", "offer the pools of the person");
    if (!has_cards(manifest, point, pool))
      return conflict("this point has no cards of the pool", "send the person to another point");
    if (std::ranges::find(pools, pool) == pools.end()) pools.push_back(pool);
  }
  if (pools.empty())
    return conflict("this point has no cards for the person", "send the person to another point");
  return pools;
}

}  // namespace

Result<std::vector<election::PaperMark>> mark_for_paper(const Office& office,
                                                        const election::Manifest& manifest,
                                                        const SessionToken& token,
                                                        std::span<const PoolNumber> wanted,
                                                        const Circumstances& where) {
  const Result<Candidate> candidate = judge_candidate(office, token);
  if (!candidate) return candidate.error();
  const Result<election::Pseudonym> pseudonym = pseudonym_of(office, *candidate);
  if (!pseudonym) return pseudonym.error();

  std::optional<PointNumber> point;
  std::vector<PoolNumber> pools;
  const Status noted = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    // Once more: of two requests in one session one finds it ended.
    std::string_view why;
    const Result<Candidate> still = candidate_of(transaction, office, token, why);
    if (!still) return still.error();
    const Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    if (session->row.factor != Factor::point) {
      return Error{ErrorCode::usage,
                   "nobody at a point has vouched for this person",
                   {.field = "level"},
                   "cards are handed out at official points"};
    }
    point = point_in(manifest, office, session->account);
    if (!point)
      return conflict("no cards are issued at this point", "send the person to another point");
    Result<std::vector<PoolNumber>> those = chosen(manifest, *point, still->pools, wanted);
    if (!those) return std::move(those).error();
    pools = *std::move(those);

    const Use use = use_in(office, *session, UseKind::certificate);
    if (Status added = add_use(transaction, office, still->person, use); !added) return added;
    Use vote;
    vote.kind = UseKind::vote;
    vote.hour = use.hour;
    if (Status added = add_use(transaction, office, still->person, vote); !added) return added;
    Message message;
    message.kind = MessageKind::vote_recorded;
    message.person = still->person;
    message.pools = pools;
    if (Status queued = queue_message(transaction, office, message,
                                      office.clock() + office.policy.notice_seconds);
        !queued) {
      return queued;
    }
    if (Status event =
            note_certified(transaction, office, where, *session, still->row, still->birth);
        !event) {
      return event;
    }
    if (Status counted = count(transaction, office, "paper-mark", pools.size()); !counted)
      return counted;
    return transaction.end_session(session->row.token_hash);
  });
  if (!noted) return noted.error();

  std::vector<election::PaperMark> marks;
  for (const PoolNumber pool : pools) {
    election::PaperMark& mark = marks.emplace_back();
    mark.edition = office.edition;
    mark.pool = pool;
    mark.pseudonym = *pseudonym;
    mark.point = *point;
    mark.hour = office.clock() / 3600;
    election::sign(mark, office.signing);
  }
  return marks;
}

}  // namespace urna::registrar
