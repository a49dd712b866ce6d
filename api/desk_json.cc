// SPDX-License-Identifier: EUPL-1.2
#include "api/desk_json.h"

#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/money.h"
#include "election/manifest.h"
#include "tally/card.h"

namespace urna::api {
namespace {

namespace json = boost::json;
using desk::Official;

std::string_view word(desk::ProposalState state) {
  switch (state) {
    case desk::ProposalState::open:
      return "open";
    case desk::ProposalState::confirmed:
      return "confirmed";
    case desk::ProposalState::done:
      return "done";
    case desk::ProposalState::withdrawn:
      return "withdrawn";
    case desk::ProposalState::refused:
      return "refused";
  }
  return {};
}

template <typename Number>
json::array numbers(const std::vector<Number>& values) {
  json::array list;
  for (const Number value : values) list.emplace_back(value.value);
  return list;
}

}  // namespace

json::value time_or_null(std::uint64_t time) {
  return time == 0 ? json::value(nullptr) : json::value(time);
}

json::object to_json(const Error& error) {
  return {{"place", error.place.field},
          {"file", error.place.file},
          {"line", error.place.line},
          {"message", error.message},
          {"remedy", error.remedy}};
}

json::object to_json(const Official& official) {
  json::object object{{"reference", official.reference},
                      {"name", official.name},
                      {"role", desk::to_string(official.role)},
                      {"registered", official.registered},
                      {"revoked", official.revoked},
                      {"signing_key", nullptr}};
  if (!official.signing_key.empty()) object["signing_key"] = to_hex(official.signing_key);
  return object;
}

json::object to_json(const desk::ProposalView& one) {
  json::array signatures;
  for (const desk::SignatureRow& signature : one.signatures)
    signatures.push_back({{"official", signature.official}, {"time", signature.time}});
  return {{"id", one.row.id},
          {"action", one.row.action},
          {"state", one.expired ? std::string_view("expired") : word(one.row.state)},
          {"proposer", one.row.proposer},
          {"created", one.row.created},
          {"expires", one.row.expires},
          {"statement", one.row.statement},
          {"signatures", std::move(signatures)}};
}
json::object to_json(const desk::RehearsalView& view) {
  json::array pools;
  for (const desk::RehearsedPool& pool : view.pools) {
    pools.push_back({{"id", pool.id},
                     {"title", pool.title},
                     {"votes", pool.votes},
                     {"counted", pool.counted},
                     {"valid", pool.valid},
                     {"invalid", pool.invalid},
                     {"same_votes", pool.same_votes},
                     {"same_winners", pool.same_winners},
                     {"winners", json::value_from(pool.winners)},
                     {"cost", pool.cost},
                     {"money", pool.money}});
  }
  json::object object{{"running", view.running},   {"version", view.version},
                      {"ballots", view.ballots},   {"time", view.time},
                      {"pools", std::move(pools)}, {"failed", nullptr}};
  if (view.failed) object["failed"] = to_json(*view.failed);
  return object;
}

json::array to_json(const std::vector<desk::HandedIn>& handed_in) {
  json::array list;
  for (const desk::HandedIn& one : handed_in) {
    list.push_back(
        {{"name", one.name}, {"fate", one.fate}, {"what", one.what}, {"reason", one.reason}});
  }
  return list;
}

json::object to_json(const desk::WorkView& view) {
  json::object object{{"running", view.running},
                      {"doing", view.doing},
                      {"failed", nullptr},
                      {"failed_at", time_or_null(view.failed_at)},
                      {"box", nullptr}};
  if (view.failed) object["failed"] = to_json(*view.failed);
  if (view.box) {
    object["box"] = json::object{
        {"has_record", view.box->has_record}, {"entries", view.box->entries},
        {"ballots", view.box->ballots},       {"phase", view.box->phase},
        {"accepting", view.box->accepting},   {"closes", time_or_null(view.box->closes)},
        {"extensions", view.box->extensions}};
  }
  return object;
}

json::object to_json(const desk::Snapshot& now, bool announced) {
  const election::Manifest& manifest = *now.manifest;
  json::array trustees;
  for (const election::TrusteeCard& card : manifest.trustees)
    trustees.push_back({{"name", card.name}, {"fingerprint", tally::fingerprint(card)}});
  json::array officials;
  for (const group::ElementBytes& key : manifest.officials)
    officials.emplace_back(to_hex(view_of(key)));
  json::array pools;
  for (std::size_t p = 0; p < now.pools.size(); ++p) {
    const desk::PoolSnapshot& pool = now.pools[p];
    const election::Pool& terms = manifest.pools[p];
    json::object object{{"id", terms.id},
                        {"title", terms.title},
                        {"money", to_plain_string(terms.money)},
                        {"projects", terms.projects.size()},
                        {"counted", pool.counted},
                        {"withheld", pool.withheld},
                        {"mixed", numbers(pool.mixed)},
                        {"decrypted", numbers(pool.decrypted)},
                        {"result", nullptr}};
    if (pool.result) {
      json::array winners;
      for (const election::ProjectNumber number : pool.result->winners) {
        const election::Project& project = terms.projects[number.value - 1U];
        winners.push_back(
            {{"id", project.id}, {"name", project.name}, {"cost", to_plain_string(project.cost)}});
      }
      object["result"] = json::object{{"valid", pool.result->valid},
                                      {"blank", pool.result->blank},
                                      {"cost", to_plain_string(pool.result->cost)},
                                      {"winners", std::move(winners)}};
    }
    pools.push_back(std::move(object));
  }
  return {{"edition", to_hex(now.edition.view())},
          {"fingerprint", tally::fingerprint(now.edition.octets)},
          {"name", manifest.edition},
          {"title", manifest.title},
          {"resolution", manifest.resolution},
          {"opens", manifest.opens},
          {"closes", manifest.closes},
          {"step", desk::to_string(now.step(announced))},
          {"awaited", numbers(now.awaited())},
          {"entries", now.entries},
          {"root", to_hex(view_of(now.root))},
          {"ballots", now.ballots},
          {"opened", time_or_null(now.opened)},
          {"closed", time_or_null(now.closed)},
          {"certificates", now.certificates},
          {"cosigned", now.cosigned},
          {"complete", now.complete},
          {"frozen", numbers(now.frozen)},
          {"threshold", manifest.threshold},
          {"privacy_minimum", manifest.privacy_minimum},
          {"trustees", std::move(trustees)},
          {"officials", std::move(officials)},
          {"pools", std::move(pools)}};
}

namespace {

std::string_view word(election::Standing standing) {
  switch (standing) {
    case election::Standing::untouched:
      return "untouched";
    case election::Standing::frozen:
      return "frozen";
    case election::Standing::upheld:
      return "upheld";
    case election::Standing::annulled:
      return "annulled";
    case election::Standing::restored:
      return "restored";
  }
  return {};
}

json::array list_of(const std::vector<std::uint64_t>& values) {
  json::array list;
  for (const std::uint64_t value : values) list.emplace_back(value);
  return list;
}
template <typename Value>
json::value or_null(const std::optional<Value>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::object clock_json(const desk::CaseClock& clock) {
  return {{"name", clock.rule.name},
          {"due", clock.due},
          {"amount", clock.rule.amount},
          {"unit", cases::to_string(clock.rule.unit)},
          {"act", clock.rule.law.act},
          {"article", clock.rule.law.article},
          {"to_be_confirmed", clock.rule.law.to_be_confirmed}};
}

json::object numbers_of_case(const desk::CaseView& view) {
  std::uint64_t ballots = 0;
  std::uint64_t frozen = 0;
  std::uint64_t annulled = 0;
  std::uint64_t upheld = 0;
  for (const desk::CaseVoterView& voter : view.voters) {
    for (const desk::SeenBallot& ballot : voter.ballots) {
      using election::Standing;
      ++ballots;
      frozen += ballot.standing == Standing::frozen ? 1U : 0U;
      annulled += ballot.standing == Standing::annulled ? 1U : 0U;
      const bool stays =
          ballot.standing == Standing::upheld || ballot.standing == Standing::restored;
      upheld += stays ? 1U : 0U;
    }
  }
  return {{"voters", view.voters.size()},
          {"ballots", ballots},
          {"frozen", frozen},
          {"annulled", annulled},
          {"upheld", upheld}};
}

json::array voters_of(const desk::CaseView& view) {
  json::array voters;
  for (const desk::CaseVoterView& voter : view.voters) {
    json::array ballots;
    for (const desk::SeenBallot& ballot : voter.ballots) {
      ballots.push_back({{"entry", ballot.index.value},
                         {"hash", to_hex(ballot.hash.view())},
                         {"pool", ballot.pool.value},
                         {"level", ballot.level},
                         {"standing", word(ballot.standing)},
                         {"counts", ballot.counts}});
    }
    voters.push_back({{"pseudonym", to_hex(view_of(voter.voter.pseudonym))},
                      {"node", voter.voter.node},
                      {"told", time_or_null(voter.voter.told)},
                      {"answer", cases::to_string(voter.voter.answer)},
                      {"answered", time_or_null(voter.voter.answered)},
                      {"reclaimed", voter.voter.reclaimed},
                      {"ballots", std::move(ballots)}});
  }
  return voters;
}

json::object content_of_case(const cases::CaseFile& file) {
  json::array signals;
  for (const cases::CaseSignal& one : file.signals) {
    signals.push_back({{"kind", one.kind},
                       {"observed", one.observed},
                       {"of", one.of},
                       {"expected", one.expected},
                       {"probability", one.probability},
                       {"compared", one.compared},
                       {"first_minute", one.first_minute},
                       {"last_minute", one.last_minute},
                       {"pl", one.words.pl},
                       {"en", one.words.en}});
  }
  json::array timeline;
  for (const cases::TimelinePart& part : file.timeline) {
    timeline.push_back(
        {{"minute", part.minute}, {"certified", part.certified}, {"refused", part.refused}});
  }
  json::array nodes;
  for (const cases::Node& node : file.nodes)
    nodes.push_back({{"id", node.id}, {"kind", cases::to_string(node.kind)}});
  json::array edges;
  for (const cases::Edge& edge : file.edges) edges.push_back(json::array{edge.from, edge.to});
  return {{"signals", std::move(signals)},
          {"timeline", std::move(timeline)},
          {"nodes", std::move(nodes)},
          {"edges", std::move(edges)},
          {"expected_by_turnout", or_null(file.expected_by_turnout)}};
}

json::array history_of(const desk::CaseView& view) {
  json::array events;
  for (const desk::CaseEventRow& event : view.events) {
    json::error_code failure;
    events.push_back({{"position", event.position},
                      {"kind", event.kind},
                      {"official", event.official},
                      {"time", event.time},
                      {"content", json::parse(event.content, failure)}});
  }
  return events;
}

json::array appeals_of(const desk::CaseView& view) {
  json::array appeals;
  for (const desk::CaseAppeal& appeal : view.standing.appeals) {
    appeals.push_back({{"position", appeal.position},
                       {"filed", appeal.filed},
                       {"ballots", list_of(appeal.ballots)},
                       {"open", list_of(appeal.open)}});
  }
  return appeals;
}

}  // namespace

json::object to_json(const desk::CaseView& view, bool whole) {
  const cases::CaseFile& file = *view.file;
  const desk::CaseStanding& standing = view.standing;
  json::object object{
      {"number", file.number},
      {"version", file.version},
      {"opened", file.opened},
      {"made", file.made},
      {"received", view.received},
      {"origin", cases::to_string(file.origin)},
      {"summary", {{"pl", file.summary.pl}, {"en", file.summary.en}}},
      {"state", desk::to_string(standing.state)},
      {"clock", view.clock ? json::value(clock_json(*view.clock)) : json::value(nullptr)},
      {"numbers", numbers_of_case(view)},
      {"board_entries", view.board.entries},
      {"board_stale", view.board.stale}};
  if (!whole) return object;
  object["hearing"] = json::object{{"asked", time_or_null(file.asked)},
                                   {"answer_until", time_or_null(file.answer_until)},
                                   {"over", standing.hearing_over},
                                   {"everybody_answered", standing.everybody_answered}};
  object["opinion"] = or_null(standing.opinion);
  object["undecided"] = list_of(standing.undecided);
  object["frozen_by_it"] = list_of(standing.frozen_by_it);
  object["appeals"] = appeals_of(view);
  object["voters"] = voters_of(view);
  object["content"] = content_of_case(file);
  object["events"] = history_of(view);
  json::array proposals;
  for (const desk::CaseProposal& one : view.proposals) {
    json::object proposal = to_json(one.proposal);
    proposal["ballots"] = list_of(one.ballots);
    proposals.push_back(std::move(proposal));
  }
  object["proposals"] = std::move(proposals);
  return object;
}

json::array to_json(const std::vector<desk::PoolEffect>& pools) {
  json::array list;
  for (const desk::PoolEffect& pool : pools) {
    json::value counted(nullptr);
    if (pool.counted) {
      json::array at_stake;
      for (const desk::ProjectAtStake& project : pool.counted->at_stake) {
        at_stake.push_back({{"id", project.id},
                            {"name", project.name},
                            {"won", project.won},
                            {"at_least", project.at_least},
                            {"at_most", or_null(project.at_most)}});
      }
      counted = json::object{{"valid", pool.counted->valid},
                             {"margin_now", or_null(pool.counted->margin_now)},
                             {"margin_before", or_null(pool.counted->margin_before)},
                             {"same_winners", pool.counted->same_winners},
                             {"at_stake", std::move(at_stake)}};
    }
    list.push_back({{"id", pool.id},
                    {"title", pool.title},
                    {"ballots", pool.numbers.ballots},
                    {"counting", pool.numbers.counting},
                    {"frozen", pool.numbers.frozen},
                    {"annulled", pool.numbers.annulled},
                    {"upheld", pool.numbers.upheld},
                    {"differing", pool.numbers.differing},
                    {"withheld", pool.withheld},
                    {"counted", std::move(counted)}});
  }
  return list;
}

}  // namespace urna::api
