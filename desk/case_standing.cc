// SPDX-License-Identifier: EUPL-1.2
#include "desk/case_standing.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

namespace urna::desk {
namespace {

namespace json = boost::json;
using cases::Answer;
using cases::CaseFile;
using election::Standing;

// Content of an event, which this desk has written.
class Content {
 public:
  explicit Content(const CaseEventRow& event) {
    json::error_code failure;
    json::value value = json::parse(event.content, failure);
    if (!failure && value.is_object()) object_ = std::move(value.get_object());
  }
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const {
    const json::value* member = object_.if_contains(name);
    if (member == nullptr) return std::nullopt;
    const auto read = json::try_value_to<std::uint64_t>(*member);
    return read ? std::optional(*read) : std::nullopt;
  }
  [[nodiscard]] std::string text(std::string_view name) const {
    const json::value* member = object_.if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                    : std::string();
  }
  [[nodiscard]] std::vector<std::uint64_t> numbers(std::string_view name) const {
    const json::value* member = object_.if_contains(name);
    std::vector<std::uint64_t> list;
    if (member == nullptr || !member->is_array()) return list;
    for (const json::value& one : member->get_array()) {
      if (const auto read = json::try_value_to<std::uint64_t>(one)) list.push_back(*read);
    }
    return list;
  }

 private:
  json::object object_;
};

void tell_hearing(const CaseFile& file, std::uint64_t now, CaseStanding& standing) {
  if (file.asked == 0) return;
  std::uint64_t last = 0;
  standing.everybody_answered = true;
  for (const cases::CaseVoter& voter : file.voters) {
    // Who voted again with a better means has answered by that.
    const bool spoke = voter.answer == Answer::mine || voter.answer == Answer::not_mine;
    standing.everybody_answered = standing.everybody_answered && (spoke || voter.reclaimed);
    last = std::max(last, voter.answered);
  }
  standing.hearing_over = standing.everybody_answered || now >= file.answer_until;
  if (standing.hearing_over) {
    standing.hearing_ended = standing.everybody_answered && now < file.answer_until
                                 ? std::max(last, file.asked)
                                 : file.answer_until;
  }
}

CaseState state_of(const CaseStanding& standing, bool dismissed, bool closed) {
  if (closed) return CaseState::closed;
  if (dismissed) return CaseState::dismissed;
  if (standing.frozen_by_it.empty()) return CaseState::received;
  const auto is_open = [](const CaseAppeal& appeal) { return !appeal.open.empty(); };
  if (std::ranges::any_of(standing.appeals, is_open)) return CaseState::appealed;
  if (standing.undecided.empty()) return CaseState::decided;
  if (!standing.hearing_over) return CaseState::frozen;
  return standing.opinion ? CaseState::advised : CaseState::heard;
}

}  // namespace

std::string_view to_string(CaseState state) {
  switch (state) {
    case CaseState::received:
      return "received";
    case CaseState::dismissed:
      return "dismissed";
    case CaseState::frozen:
      return "frozen";
    case CaseState::heard:
      return "heard";
    case CaseState::advised:
      return "advised";
    case CaseState::decided:
      return "decided";
    case CaseState::appealed:
      return "appealed";
    case CaseState::closed:
      return "closed";
  }
  return {};
}

bool is_done(const CaseProposal& one) { return one.proposal.row.state == ProposalState::done; }
bool waits(const CaseProposal& one) {
  return (one.proposal.row.state == ProposalState::open && !one.proposal.expired) ||
         one.proposal.row.state == ProposalState::confirmed;
}
bool decides(const CaseProposal& one) { return one.action != action_freeze; }
bool names(const std::vector<std::uint64_t>& ballots, std::uint64_t ballot) {
  return std::ranges::find(ballots, ballot) != ballots.end();
}
std::uint64_t signed_at(const CaseProposal& one) {
  std::uint64_t last = 0;
  for (const SignatureRow& signature : one.proposal.signatures)
    last = std::max(last, signature.time);
  return last;
}

std::map<std::uint64_t, Standing> standings_of(const std::vector<CaseVoterView>& voters) {
  std::map<std::uint64_t, Standing> standings;
  for (const CaseVoterView& voter : voters) {
    for (const SeenBallot& ballot : voter.ballots)
      standings.emplace(ballot.index.value, ballot.standing);
  }
  return standings;
}

std::vector<CaseProposal> proposals_of(const std::vector<CaseEventRow>& events,
                                       const std::vector<ProposalView>& proposals) {
  std::vector<CaseProposal> list;
  for (const CaseEventRow& event : events) {
    if (event.kind != event_proposed) continue;
    const Content content(event);
    const std::string id = content.text("proposal");
    const auto found = std::ranges::find(
        proposals, id, [](const ProposalView& one) { return std::string_view(one.row.id); });
    if (found == proposals.end()) continue;
    list.push_back({event.position, content.text("action"), content.numbers("ballots"),
                    content.number("version").value_or(0), content.number("opinion"),
                    content.number("appeal"), *found});
  }
  return list;
}

CaseStanding standing_of(const CaseFile& file, const std::vector<CaseEventRow>& events,
                         const std::vector<CaseProposal>& proposals,
                         const std::vector<CaseVoterView>& voters, std::uint64_t now) {
  CaseStanding standing;
  tell_hearing(file, now, standing);
  bool dismissed = false;
  bool closed = false;
  for (const CaseEventRow& event : events) {
    // A newer file begins the case anew; what was frozen and decided is on the board.
    if (event.kind == event_received) dismissed = closed = false;
    if (event.kind == event_dismissed) dismissed = true;
    if (event.kind == event_closed) closed = true;
    if (event.kind == event_opinion) {
      standing.opinion = event.position;
      standing.advice = Content(event).text("advice");
    }
    if (event.kind == event_appeal) {
      const Content content(event);
      standing.appeals.push_back({event.position, content.number("filed").value_or(0),
                                  content.numbers("ballots"), content.numbers("ballots")});
    }
  }
  std::set<std::uint64_t> frozen;
  for (const CaseProposal& one : proposals) {
    if (!is_done(one)) continue;
    if (one.action == action_freeze) frozen.insert(one.ballots.begin(), one.ballots.end());
    if (decides(one) && !one.appeal) standing.decided = std::max(standing.decided, signed_at(one));
    for (CaseAppeal& appeal : standing.appeals) {
      if (one.appeal != appeal.position) continue;
      std::erase_if(appeal.open, [&](std::uint64_t ballot) { return names(one.ballots, ballot); });
    }
  }
  standing.frozen_by_it.assign(frozen.begin(), frozen.end());
  const std::map<std::uint64_t, Standing> standings = standings_of(voters);
  for (const std::uint64_t ballot : standing.frozen_by_it) {
    const auto found = standings.find(ballot);
    if (found == standings.end() || found->second == Standing::frozen)
      standing.undecided.push_back(ballot);
  }
  if (!standing.undecided.empty()) standing.decided = 0;
  standing.state = state_of(standing, dismissed, closed);
  return standing;
}

}  // namespace urna::desk
