// SPDX-License-Identifier: EUPL-1.2
#include "desk/cases.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/bytes.h"
#include "base/date.h"
#include "base/sha256.h"
#include "screening/files.h"

namespace urna::desk {
namespace {

namespace json = boost::json;
using cases::Answer;
using cases::CaseFile;
using election::Standing;

json::array array_of_numbers(const std::vector<std::uint64_t>& numbers) {
  json::array list;
  for (const std::uint64_t one : numbers) list.emplace_back(one);
  return list;
}
json::value number_or_null(const std::optional<std::uint64_t>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

// What people write is kept with the case, read by others and handed over as evidence: nobody is
// named in it.
Status require_text(std::string_view field, std::string_view text, bool needed,
                    std::size_t bytes_max = grounds_bytes_max) {
  if (needed && text.empty())
    return malformed_field(std::string(field), "this is not filled in", "write a sentence or two");
  if (text.size() > bytes_max)
    return malformed_field(std::string(field), "the text is too long",
                           "write at most " + std::to_string(bytes_max) + " bytes");
  if (screening::refuse_personal_data(field, text)) return ok_status();
  return malformed_field(
      std::string(field), "the text seems to hold somebody's data",
      "name nobody: write about the label of the voter or the entry of the ballot");
}

Status require_code(std::string_view reason) {
  constexpr std::size_t code_max = 64;
  const bool good =
      !reason.empty() && reason.size() <= code_max && std::ranges::all_of(reason, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      });
  return good ? ok_status()
              : Status(malformed_field("reason", "the reason is no code",
                                       "1 to 64 of a-z, 0-9 and -"));
}

bool is_over(const CaseView& view) {
  return view.standing.state == CaseState::dismissed || view.standing.state == CaseState::closed;
}

// The case that a statement is about, if it is about one.
std::string case_in(std::string_view statement) {
  json::error_code failure;
  const json::value value = json::parse(statement, failure);
  if (failure || !value.is_object()) return {};
  const json::value* member = value.get_object().if_contains("case");
  return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                  : std::string();
}

}  // namespace

Result<std::shared_ptr<const CaseFile>> Cases::read(const EditionRow& edition, const CaseRow& row) {
  const std::pair key(edition.id, row.number);
  {
    const std::scoped_lock lock(mutex_);
    const auto known = files_.find(key);
    if (known != files_.end() && known->second->version == row.version) return known->second;
  }
  const std::shared_ptr<const Snapshot> now = works_.snapshot(edition.id);
  if (!now) return no_such("edition whose rules are frozen");
  Result<CaseFile> file = cases::parse_case(row.document, now->manifest->registrar);
  if (!file) return std::move(file).error();
  auto kept = std::make_shared<const CaseFile>(*std::move(file));
  const std::scoped_lock lock(mutex_);
  files_[key] = kept;
  return std::shared_ptr<const CaseFile>(kept);
}

std::optional<CaseClock> Cases::clock_of(const CaseView& view) const {
  const auto clock = [&](std::string_view name, std::uint64_t event) -> std::optional<CaseClock> {
    const Result<cases::ClockRule> rule = clocks_.rule(name, event);
    if (!rule) return std::nullopt;
    const Result<std::uint64_t> due = clocks_.due(*rule, event);
    return due ? std::optional(CaseClock{*rule, *due}) : std::nullopt;
  };
  const CaseStanding& standing = view.standing;
  switch (standing.state) {
    case CaseState::received:
      return clock("quarantine", view.file->opened);
    case CaseState::frozen: {
      if (view.file->asked == 0) return std::nullopt;
      // What the registrar told the voters holds.
      std::optional<CaseClock> hearing = clock("hearing-answer", view.file->asked);
      if (hearing) hearing->due = view.file->answer_until;
      return hearing;
    }
    case CaseState::heard:
    case CaseState::advised:
      return clock("decision", standing.hearing_ended);
    case CaseState::decided:
      return clock("appeal", standing.decided);
    case CaseState::appealed: {
      std::uint64_t first = 0;
      for (const CaseAppeal& appeal : standing.appeals) {
        if (!appeal.open.empty() && (first == 0 || appeal.filed < first)) first = appeal.filed;
      }
      return clock("appeal-decision", first);
    }
    case CaseState::dismissed:
    case CaseState::closed:
      return std::nullopt;
  }
  return std::nullopt;
}

Result<std::vector<CaseView>> Cases::views(const EditionRow& edition, std::string_view number) {
  std::vector<std::pair<CaseRow, std::vector<CaseEventRow>>> loaded;
  const Status done = office_.store.transact([&](DeskTransaction& transaction) -> Status {
    loaded.clear();
    std::vector<CaseRow> rows;
    if (number.empty()) {
      Result<std::vector<CaseRow>> all = transaction.cases(edition.id);
      if (!all) return std::move(all).error();
      rows = *std::move(all);
    } else {
      Result<std::optional<CaseRow>> one = transaction.case_file(edition.id, number);
      if (!one) return std::move(one).error();
      if (!*one) return no_such("case");
      rows.push_back(**std::move(one));
    }
    for (CaseRow& row : rows) {
      Result<std::vector<CaseEventRow>> events = transaction.case_events(edition.id, row.number);
      if (!events) return std::move(events).error();
      loaded.emplace_back(std::move(row), *std::move(events));
    }
    return ok_status();
  });
  if (!done) return done.error();
  std::vector<CaseView> list;
  if (loaded.empty()) return list;
  const Result<std::vector<ProposalView>> proposals = list_proposals(office_, edition.id);
  if (!proposals) return proposals.error();
  for (auto& [row, events] : loaded) {
    Result<std::shared_ptr<const CaseFile>> file = read(edition, row);
    if (!file) return std::move(file).error();
    CaseView view;
    view.file = *std::move(file);
    view.received = row.received;
    view.proposals = proposals_of(events, *proposals);
    view.events = std::move(events);
    for (const cases::CaseVoter& voter : view.file->voters) view.voters.push_back({voter, {}});
    list.push_back(std::move(view));
  }
  const Result<Boards::Seen> seen = boards_.look(edition, [&](BoardView& board) {
    for (CaseView& view : list) {
      for (CaseVoterView& voter : view.voters)
        voter.ballots = board.ballots_of(election::Pseudonym{voter.voter.pseudonym});
    }
  });
  // Without a board there are no ballots, and all else can be looked at.
  for (CaseView& view : list) {
    view.board = seen ? *seen : Boards::Seen{0, true};
    view.standing =
        standing_of(*view.file, view.events, view.proposals, view.voters, office_.clock());
    view.clock = clock_of(view);
  }
  return list;
}

Result<std::vector<CaseView>> Cases::list(const EditionRow& edition) { return views(edition, {}); }

Result<CaseView> Cases::view(const EditionRow& edition, std::string_view number) {
  if (!cases::is_case_number(number)) return no_such("case");
  Result<std::vector<CaseView>> one = views(edition, number);
  if (!one) return std::move(one).error();
  return std::move(one.value().front());
}

Result<std::string> Cases::document(const Official& actor, const EditionRow& edition,
                                    std::string_view number) {
  std::string document;
  const Status done = office_.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<std::optional<CaseRow>> row = transaction.case_file(edition.id, number);
    if (!row) return std::move(row).error();
    if (!*row) return no_such("case");
    document = std::move((*row)->document);
    return note_action(transaction, office_, actor_of(actor), Action::downloaded, edition.id,
                       document);
  });
  if (!done) return done.error();
  return document;
}

Result<std::uint64_t> Cases::take(const Official& actor, const EditionRow& edition,
                                  std::string_view document) {
  if (Status allowed = require(actor, Right::prepare); !allowed) return std::move(allowed).error();
  const std::shared_ptr<const Snapshot> now = works_.snapshot(edition.id);
  if (!now) {
    return conflict("the rules of this edition are not frozen yet",
                    "hand the file in at the edition that it is of");
  }
  const Result<CaseFile> file = cases::parse_case(document, now->manifest->registrar);
  if (!file) return file.error();
  if (file->edition != now->edition.octets) {
    return conflict("the case file is of another edition",
                    "hand it in at the edition that it is of", "edition");
  }
  const Status done = office_.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<std::optional<CaseRow>> before = transaction.case_file(edition.id, file->number);
    if (!before) return before.error();
    if (*before && (*before)->version == file->version)
      return conflict("this version of the case file is here already", "nothing is to be done",
                      "version");
    if (*before && (*before)->version > file->version)
      return conflict("a newer version of the case file is here already",
                      "ask the registrar for the newest one", "version");
    const Result<std::vector<CaseEventRow>> events =
        transaction.case_events(edition.id, file->number);
    if (!events) return events.error();
    const CaseRow row{edition.id, file->number, file->version, std::string(document),
                      office_.clock()};
    if (Status put = transaction.put_case(row); !put) return put;
    const json::object content{{"version", file->version},
                               {"sha256", to_hex(view_of(sha256(document)))}};
    if (Status added = transaction.add_case_event({edition.id, file->number, events->size(),
                                                   std::string(event_received), actor.reference,
                                                   row.received, json::serialize(content)});
        !added) {
      return added;
    }
    return note_action(transaction, office_, actor_of(actor), Action::took_case, edition.id,
                       document);
  });
  if (!done) return done.error();
  return file->version;
}

Status Cases::add(const Official& actor, const EditionRow& edition, const CaseView& view,
                  std::string_view kind, std::string content, std::optional<Action> action) {
  return office_.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<std::vector<CaseEventRow>> events =
        transaction.case_events(edition.id, view.file->number);
    if (!events) return events.error();
    if (events->size() != view.events.size())
      return conflict("somebody else has just done something in this case", "reload the page");
    if (Status added = transaction.add_case_event({edition.id, view.file->number, events->size(),
                                                   std::string(kind), actor.reference,
                                                   office_.clock(), content});
        !added) {
      return added;
    }
    if (!action) return ok_status();
    return note_action(transaction, office_, actor_of(actor), *action, edition.id,
                       view.file->number);
  });
}

Status Cases::dismiss(const Official& actor, const EditionRow& edition, std::string_view number,
                      std::string_view reason, std::string_view grounds) {
  if (Status allowed = require(actor, Right::decide); !allowed) return allowed;
  if (Status code = require_code(reason); !code) return code;
  if (Status text = require_text("grounds", grounds, true); !text) return text;
  const Result<CaseView> now = view(edition, number);
  if (!now) return now.error();
  if (is_over(*now)) return conflict("the case is over already", "reload the page");
  const bool begun =
      !now->standing.frozen_by_it.empty() || std::ranges::any_of(now->proposals, waits);
  if (begun) {
    return conflict("ballots of this case are frozen, or a proposal waits",
                    "decide about each ballot; whoever is upheld loses nothing");
  }
  const json::object content{{"reason", reason}, {"grounds", grounds}};
  return add(actor, edition, *now, event_dismissed, json::serialize(content),
             Action::dismissed_case);
}

Status Cases::advise(const Official& actor, const EditionRow& edition, std::string_view number,
                     const CaseOpinion& opinion) {
  if (!may(actor.role, Right::advise))
    return not_allowed("the data protection officer gives the opinion");
  if (opinion.advice != advice_annul && opinion.advice != advice_uphold &&
      opinion.advice != advice_neither) {
    return malformed_field("advice", "there is no such advice", "annul, uphold or neither");
  }
  if (Status text = require_text("text", opinion.text, true, case_text_bytes_max); !text)
    return text;
  const Result<CaseView> now = view(edition, number);
  if (!now) return now.error();
  if (is_over(*now)) return conflict("the case is over already", "reload the page");
  const json::object content{{"advice", opinion.advice}, {"text", opinion.text}};
  return add(actor, edition, *now, event_opinion, json::serialize(content), Action::gave_opinion);
}

Result<Cases::Allowed> Cases::require_action(const CaseView& view, const CaseWish& wish) const {
  if (is_over(view)) return conflict("the case is over", "reload the page");
  if (view.board.stale)
    return conflict("the board cannot be read now", "try again when the ballot box answers");
  const bool freezes = wish.action == action_freeze;
  if (!freezes && wish.action != action_annul && wish.action != action_uphold &&
      wish.action != action_keep)
    return malformed_field("action", "there is no such action", "freeze, annul, uphold or keep");
  if (wish.ballots.empty())
    return malformed_field("ballots", "no ballot is chosen", "choose at least one");
  const CaseStanding& standing = view.standing;
  const std::map<std::uint64_t, Standing> standings = standings_of(view.voters);
  Allowed allowed;
  std::set<std::optional<std::uint64_t>> appeals;
  std::set<Standing> found;
  for (const std::uint64_t ballot : wish.ballots) {
    const std::string name = "entry " + std::to_string(ballot);
    const auto known = standings.find(ballot);
    if (known == standings.end())
      return malformed_field("ballots", name + " is no ballot of this case",
                             "choose out of the list");
    found.insert(known->second);
    if (freezes) {
      if (known->second != Standing::untouched)
        return conflict(name + " was frozen or decided about already", "choose others", "ballots");
      continue;
    }
    for (const CaseProposal& one : view.proposals) {
      if (waits(one) && names(one.ballots, ballot))
        return conflict("about the ballot of " + name + " something is proposed already",
                        "see the other proposal", "ballots");
    }
    std::optional<std::uint64_t> of_appeal;
    for (const CaseAppeal& appeal : standing.appeals) {
      if (names(appeal.open, ballot)) of_appeal = appeal.position;
    }
    if (!of_appeal && !names(standing.undecided, ballot)) {
      const bool frozen = names(standing.frozen_by_it, ballot);
      return conflict(frozen ? name + " was decided about already" : name + " is not frozen",
                      frozen ? "an appeal is handed in first" : "freeze it first", "ballots");
    }
    appeals.insert(of_appeal);
  }
  if (appeals.size() > 1 || (!freezes && found.size() > 1))
    return malformed_field("ballots", "these ballots do not stand alike",
                           "decide about them separately");
  Wish& made = allowed.wish;
  made.action = wish.action;
  made.case_reference = view.file->number;
  made.case_version = view.file->version;
  made.reason = wish.reason;
  made.grounds = wish.grounds;
  if (freezes) return allowed;
  allowed.appeal = *appeals.begin();
  const Standing stands = *found.begin();
  if (allowed.appeal) {
    const bool fits = wish.action == action_keep ||
                      (stands == Standing::annulled && wish.action == action_uphold) ||
                      (stands == Standing::upheld && wish.action == action_annul);
    if (!fits)
      return conflict("an appeal ends with the other decision, or with the same one kept",
                      "reload the page", "action");
    if (stands == Standing::annulled) made.ends = election::Lifted::annulment;
  } else if (wish.action == action_keep) {
    return conflict("there is no appeal", "decide first", "action");
  } else if (!standing.hearing_over) {
    if (wish.urgent.empty()) {
      return conflict("the voters have not been heard: they can still answer",
                      "wait, or say why it cannot wait", "urgent");
    }
    made.urgent = wish.urgent;
  }
  const bool departs =
      wish.action != action_keep &&
      (!standing.opinion || (standing.advice != advice_neither && standing.advice != wish.action));
  if (departs) {
    if (wish.departure.empty()) {
      return malformed_field("departure",
                             standing.opinion
                                 ? "this departs from the opinion of the data protection officer"
                                 : "the data protection officer has not given an opinion",
                             "say why");
    }
    made.departure = wish.departure;
  }
  return allowed;
}

Result<std::string> Cases::propose(const Official& actor, const EditionRow& edition,
                                   std::string_view number, const CaseWish& wish) {
  if (Status may = require(actor, Right::decide); !may) return std::move(may).error();
  for (const auto& [field, text, needed] :
       {std::tuple("grounds", &wish.grounds, true), std::tuple("departure", &wish.departure, false),
        std::tuple("urgent", &wish.urgent, false)}) {
    if (Status good = require_text(field, *text, needed); !good) return std::move(good).error();
  }
  if (Status code = require_code(wish.reason); !code) return std::move(code).error();
  const Result<CaseView> now = view(edition, number);
  if (!now) return now.error();
  Result<Allowed> allowed = require_action(*now, wish);
  if (!allowed) return std::move(allowed).error();
  Result<std::vector<BallotOnBoard>> ballots =
      works_.find_ballots(edition, wish.ballots, ballots_at_once_max(wish.action));
  if (!ballots) return std::move(ballots).error();
  allowed->wish.ballots = *std::move(ballots);
  const std::shared_ptr<const Snapshot> snapshot = works_.snapshot(edition.id);
  Result<std::string> id =
      desk::propose(office_, actor, edition, *snapshot, works_.term(edition.id), allowed->wish);
  if (!id) return id;
  const json::object content{{"proposal", *id},
                             {"action", wish.action},
                             {"ballots", array_of_numbers(wish.ballots)},
                             {"version", now->file->version},
                             {"opinion", number_or_null(now->standing.opinion)},
                             {"appeal", number_or_null(allowed->appeal)},
                             {"reason", wish.reason},
                             {"departure", allowed->wish.departure},
                             {"urgent", allowed->wish.urgent}};
  // Without its row nobody can sign it.
  if (Status added = add(actor, edition, *now, event_proposed, json::serialize(content), {});
      !added) {
    if (Status gone = withdraw(office_, actor, *id); !gone) return std::move(gone).error();
    return std::move(added).error();
  }
  return id;
}

Status Cases::appeal(const Official& actor, const EditionRow& edition, std::string_view number,
                     const Appeal& appeal) {
  if (Status allowed = require(actor, Right::decide); !allowed) return allowed;
  if (Status text = require_text("text", appeal.text, true, case_text_bytes_max); !text)
    return text;
  if (Status late = require_text("late", appeal.late, false); !late) return late;
  const Result<CaseView> now = view(edition, number);
  if (!now) return now.error();
  if (is_over(*now)) return conflict("the case is over", "reload the page");
  if (appeal.ballots.empty())
    return malformed_field("ballots", "no ballot is chosen", "choose at least one");
  const std::map<std::uint64_t, Standing> standings = standings_of(now->voters);
  std::uint64_t decided = 0;
  for (const std::uint64_t ballot : appeal.ballots) {
    const auto known = standings.find(ballot);
    const bool stands = known != standings.end() &&
                        (known->second == Standing::annulled || known->second == Standing::upheld);
    if (!stands || !names(now->standing.frozen_by_it, ballot))
      return conflict("about entry " + std::to_string(ballot) + " this case has decided nothing",
                      "choose out of those decided about", "ballots");
    for (const CaseAppeal& other : now->standing.appeals) {
      if (names(other.ballots, ballot))
        return conflict("an appeal about entry " + std::to_string(ballot) + " is here already",
                        "there is one for each ballot", "ballots");
    }
    for (const CaseProposal& one : now->proposals) {
      if (is_done(one) && decides(one) && names(one.ballots, ballot))
        decided = std::max(decided, signed_at(one));
    }
  }
  if (appeal.filed > office_.clock() || appeal.filed + 86'400 < decided)
    return malformed_field("filed", "the appeal was not handed in between the decision and now",
                           "give the day on which it came or was posted");
  const Result<std::uint64_t> due = clocks_.due("appeal", decided);
  if (!due) return due.error();
  if (appeal.filed >= *due && appeal.late.empty())
    return conflict("the time for appeals ended before this one was handed in",
                    "say why it is taken all the same", "late");
  const json::object content{{"ballots", array_of_numbers(appeal.ballots)},
                             {"filed", appeal.filed},
                             {"text", appeal.text},
                             {"late", appeal.filed >= *due ? appeal.late : std::string()}};
  return add(actor, edition, *now, event_appeal, json::serialize(content), Action::recorded_appeal);
}

Status Cases::close(const Official& actor, const EditionRow& edition, std::string_view number,
                    std::string_view grounds) {
  if (Status allowed = require(actor, Right::decide); !allowed) return allowed;
  if (Status text = require_text("grounds", grounds, false); !text) return text;
  const Result<CaseView> now = view(edition, number);
  if (!now) return now.error();
  if (now->standing.state != CaseState::decided)
    return conflict("the case is not decided, or an appeal waits", "decide first");
  if (std::ranges::any_of(now->proposals, waits))
    return conflict("a proposal of this case waits", "sign it or withdraw it first");
  const bool appeal_possible =
      now->clock && office_.clock() < now->clock->due && now->standing.appeals.empty();
  if (appeal_possible && grounds.empty())
    return conflict("an appeal can still be handed in",
                    "wait, or say why the case is closed before", "grounds");
  const json::object content{{"grounds", grounds}};
  return add(actor, edition, *now, event_closed, json::serialize(content), Action::closed_case);
}

Status Cases::require_no_case(const EditionRow& edition, std::string_view reference,
                              const std::vector<std::uint64_t>& ballots) {
  const Result<std::vector<CaseView>> all = list(edition);
  if (!all) return all.error();
  if (all->empty()) return ok_status();
  std::map<std::uint64_t, std::string> owned;
  for (const CaseView& one : *all) {
    const std::string& number = one.file->number;
    if (number == reference)
      return conflict("the case " + number + " is at this desk", "propose it on the case's page",
                      "case");
    if (is_over(one)) continue;
    for (const CaseVoterView& voter : one.voters) {
      for (const SeenBallot& ballot : voter.ballots) owned.emplace(ballot.index.value, number);
    }
  }
  for (const std::uint64_t ballot : ballots) {
    const auto found = owned.find(ballot);
    if (found != owned.end())
      return conflict("entry " + std::to_string(ballot) + " belongs to the case " + found->second,
                      "propose it on the case's page", "ballots");
  }
  return ok_status();
}

Status Cases::require_signable(const Official& actor, const EditionRow& edition,
                               std::string_view proposal) {
  const Result<std::vector<ProposalView>> proposals = list_proposals(office_, edition.id);
  if (!proposals) return proposals.error();
  const auto sought = std::ranges::find(
      *proposals, proposal, [](const ProposalView& one) { return std::string_view(one.row.id); });
  if (sought == proposals->end() || !is_about_ballots(sought->row.action)) return ok_status();
  const std::string number = case_in(sought->row.statement);
  if (!cases::is_case_number(number)) return ok_status();
  const Result<CaseView> now = view(edition, number);
  if (!now) return now.error().code == ErrorCode::not_found ? ok_status() : Status(now.error());
  const auto mine = std::ranges::find(now->proposals, proposal, [](const CaseProposal& one) {
    return std::string_view(one.proposal.row.id);
  });
  const Error changed = conflict("the case has changed since this was proposed",
                                 "look at the case, and propose it anew");
  if (mine == now->proposals.end() || is_over(*now)) return changed;
  if (mine->version != now->file->version) return changed;
  // Quarantine does not wait for opinions.
  if (decides(*mine) && mine->opinion != now->standing.opinion) return changed;
  if (!mine->appeal) return ok_status();
  std::set<std::string, std::less<>> before;
  for (const CaseProposal& one : now->proposals) {
    const auto shared = [&](std::uint64_t ballot) { return names(mine->ballots, ballot); };
    if (one.appeal || !is_done(one) || !decides(one) || std::ranges::none_of(one.ballots, shared))
      continue;
    for (const SignatureRow& signature : one.proposal.signatures) before.insert(signature.official);
  }
  const bool other_did = std::ranges::any_of(
      mine->proposal.signatures,
      [&](const SignatureRow& signature) { return before.contains(signature.official); });
  const std::shared_ptr<const Snapshot> snapshot = works_.snapshot(edition.id);
  const std::size_t officials = snapshot ? snapshot->manifest->officials.size() : 0;
  if (before.contains(actor.reference) &&
      (officials >= election::officials_for_other_deciders || other_did))
    return not_allowed("you have decided about the ballot before; others decide the appeal");
  return ok_status();
}

Status Cases::require_no_appeal(const EditionRow& edition) {
  const Result<std::vector<CaseView>> all = list(edition);
  if (!all) return all.error();
  for (const CaseView& one : *all) {
    if (one.standing.state == CaseState::appealed)
      return conflict("an appeal in the case " + one.file->number + " waits for its decision",
                      "decide it first", "appeal");
  }
  return ok_status();
}

}  // namespace urna::desk
