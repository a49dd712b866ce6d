// SPDX-License-Identifier: EUPL-1.2
#include "desk/statements.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/cbor.h"
#include "base/date.h"
#include "election/manifest.h"
#include "tally/edition_config.h"

namespace urna::desk {
namespace {

namespace json = boost::json;
using election::OfficialNumber;

Error not_due(std::string message) {
  return {ErrorCode::conflict, std::move(message), {}, "reload the page"};
}
Error wrong(std::string field, std::string message, std::string remedy) {
  return {ErrorCode::malformed, std::move(message), {.field = std::move(field)}, std::move(remedy)};
}

std::string time_text(std::uint64_t time) { return to_iso_moment(time); }

// The place of signatures in an entry that waits for them.
template <typename Entry>
std::string unsigned_entry(Entry entry) {
  entry.signatures = {election::OfficialSignature{OfficialNumber{0}, {}},
                      election::OfficialSignature{OfficialNumber{1}, {}}};
  return encode(entry);
}

// What all actions have on the way from a wish to a statement.
struct Making {
  const Snapshot& snapshot;
  const election::VotingTerm& term;
  const Wish& wish;
  std::uint64_t now = 0;
  json::object text;
  Statement statement;

  [[nodiscard]] const election::Manifest& manifest() const { return *snapshot.manifest; }
  // The only entry of the statement, its time told.
  template <typename Entry>
  void take(const Entry& entry) {
    text["time"] = time_text(now);
    text["body"] = to_hex(signed_body(entry));
    statement.entries.push_back(unsigned_entry(entry));
  }
};

Status open(Making& making) {
  const Snapshot& snapshot = making.snapshot;
  if (snapshot.phase != election::Phase::opening) return not_due("the opening is not due");
  making.text["opens"] = time_text(making.manifest().opens);
  making.text["closes"] = time_text(making.manifest().closes);
  election::Opening entry;
  entry.edition = snapshot.edition;
  entry.joint_key = snapshot.joint_key;
  entry.roll = snapshot.roll;
  entry.time = making.now;
  making.take(entry);
  return ok_status();
}

Status close(Making& making) {
  if (making.snapshot.phase != election::Phase::voting) return not_due("the closing is not due");
  making.text["closes"] = time_text(making.term.closes);
  making.text["early"] = making.now < making.term.closes;
  election::Closing entry;
  entry.edition = making.snapshot.edition;
  entry.time = making.now;
  making.take(entry);
  return ok_status();
}

Status require_reason(const std::string& field, const std::string& reason) {
  if (!reason.empty() && reason.size() <= election::extension_reason_bytes_max) return ok_status();
  return wrong(field, "the reason is missing or too long",
               "give at most " + std::to_string(election::extension_reason_bytes_max) + " bytes");
}

Status extend(Making& making) {
  if (making.snapshot.phase != election::Phase::voting) return not_due("the voting is not open");
  const Wish& wish = making.wish;
  if (Status given = require_reason("reason_pl", wish.reason_pl); !given) return given;
  if (Status given = require_reason("reason_en", wish.reason_en); !given) return given;
  election::Extension entry;
  entry.edition = making.snapshot.edition;
  entry.time = making.now;
  entry.replaces = making.term.closes;
  entry.closes = wish.closes;
  entry.reason_pl = wish.reason_pl;
  entry.reason_en = wish.reason_en;
  if (Status may = election::check_extension(making.term, entry); !may) {
    Error error = std::move(may).error();
    error.place.field = "closes";
    return error;
  }
  making.text["closes"] = time_text(entry.replaces);
  making.text["extended"] = time_text(entry.closes);
  making.text["reason_pl"] = entry.reason_pl;
  making.text["reason_en"] = entry.reason_en;
  making.take(entry);
  // What is signed later would be refused.
  making.statement.sign_before = entry.replaces;
  return ok_status();
}

bool is_code(std::string_view text) {
  return text.size() <= 64 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Status annul(Making& making) {
  const election::Phase phase = making.snapshot.phase;
  if (phase != election::Phase::voting && phase != election::Phase::annulments)
    return not_due("the time for annulments is not now");
  const Wish& wish = making.wish;
  if (wish.reason.empty() || !is_code(wish.reason))
    return wrong("reason", "the reason is no code", "1 to 64 of a-z, 0-9 and -");
  if (!is_code(wish.case_reference))
    return wrong("case", "the case is no reference", "at most 64 of a-z, 0-9 and -");
  if (wish.grounds.empty() || wish.grounds.size() > grounds_bytes_max)
    return wrong("grounds", "the grounds are missing or too long",
                 "say why in at most " + std::to_string(grounds_bytes_max) + " bytes");
  if (wish.ballots.empty() || wish.ballots.size() > annulments_at_once_max)
    return wrong("ballots", "no ballot is named, or too many",
                 "name at most " + std::to_string(annulments_at_once_max));
  json::array ballots;
  json::array bodies;
  for (const BallotOnBoard& ballot : wish.ballots) {
    const election::Annulment entry{
        making.snapshot.edition, ballot.index, ballot.hash, wish.reason, {}};
    ballots.push_back(json::object{{"entry", ballot.index.value},
                                   {"hash", to_hex(ballot.hash.view())},
                                   {"pool", making.manifest().pools[ballot.pool.value].id}});
    bodies.emplace_back(to_hex(signed_body(entry)));
    making.statement.entries.push_back(unsigned_entry(entry));
  }
  making.text["time"] = time_text(making.now);
  making.text["reason"] = wish.reason;
  making.text["grounds"] = wish.grounds;
  making.text["case"] = wish.case_reference;
  making.text["ballots"] = std::move(ballots);
  making.text["bodies"] = std::move(bodies);
  return ok_status();
}

Status announce(Making& making) {
  const Snapshot& snapshot = making.snapshot;
  if (!snapshot.complete) return not_due("there is no result yet");
  json::array results;
  for (std::size_t p = 0; p < snapshot.pools.size(); ++p) {
    const PoolSnapshot& pool = snapshot.pools[p];
    const election::Pool& terms = making.manifest().pools[p];
    json::object result{{"pool", terms.id}, {"withheld", pool.withheld}};
    if (pool.result) {
      json::array winners;
      for (const election::ProjectNumber project : pool.result->winners)
        winners.emplace_back(terms.projects[project.value - 1U].id);
      result["winners"] = std::move(winners);
      result["cost"] = to_plain_string(pool.result->cost);
      result["valid"] = pool.result->valid;
    }
    results.push_back(std::move(result));
  }
  making.text["entries"] = snapshot.entries;
  making.text["root"] = to_hex(view_of(snapshot.root));
  making.text["results"] = std::move(results);
  return ok_status();
}

struct KnownAction {
  std::string_view name;
  bool repeatable;
  Status (*make)(Making&);
};
constexpr std::array<KnownAction, 5> actions = {{{action_open, false, open},
                                                 {action_extend, true, extend},
                                                 {action_annul, true, annul},
                                                 {action_close, false, close},
                                                 {action_announce, false, announce}}};

Error not_signed_by_two() {
  return {ErrorCode::malformed, "the proposal is of an entry that two do not sign", {}, ""};
}

// Calls `use` with an entry that two officials sign.
template <typename Use>
auto with_entry(std::string_view bytes, Use use)
    -> decltype(use(std::declval<election::Closing&>())) {
  Result<election::Entry> entry = election::decode_entry(bytes);
  if (!entry) return std::move(entry).error();
  if (auto* opening = std::get_if<election::Opening>(&*entry)) return use(*opening);
  if (auto* extension = std::get_if<election::Extension>(&*entry)) return use(*extension);
  if (auto* annulment = std::get_if<election::Annulment>(&*entry)) return use(*annulment);
  if (auto* closing = std::get_if<election::Closing>(&*entry)) return use(*closing);
  return not_signed_by_two();
}

}  // namespace

bool is_repeatable(std::string_view action) {
  const auto found = std::ranges::find(actions, action, &KnownAction::name);
  return found != actions.end() && found->repeatable;
}

Result<Statement> statement_of(std::uint64_t now, std::string_view id, const Snapshot& snapshot,
                               const election::VotingTerm& term, const Wish& wish) {
  const auto action = std::ranges::find(actions, wish.action, &KnownAction::name);
  if (action == actions.end())
    return wrong("action", "there is no such action", "open, extend, annul, close or announce");
  Making making{snapshot, term, wish, now, {}, {}};
  making.text = {{"statement", "urna/1 desk"},
                 {"proposal", id},
                 {"action", wish.action},
                 {"edition", to_hex(snapshot.edition.view())},
                 {"name", making.manifest().edition},
                 {"title", making.manifest().title}};
  if (Status made = action->make(making); !made) return std::move(made).error();
  making.statement.text = json::serialize(making.text);
  return std::move(making.statement);
}

std::string join_entries(const std::vector<std::string>& entries) {
  CborWriter out;
  out.array(entries.size());
  for (const std::string& entry : entries) out.bytes(entry);
  return std::move(out).take();
}

Result<std::vector<std::string>> split_entries(std::string_view bytes) {
  CborReader in(bytes);
  std::vector<std::string> entries;
  const std::uint64_t count = in.array(annulments_at_once_max);
  for (std::uint64_t k = 0; k < count && in.ok(); ++k)
    entries.emplace_back(in.bytes(election::entry_bytes_max));
  if (Status end = in.finish(); !end) return std::move(end).error();
  return entries;
}

Result<std::vector<proof::Transcript>> transcripts_of(std::string_view statement,
                                                      const std::vector<std::string>& entries,
                                                      const election::EditionHash& edition) {
  std::vector<proof::Transcript> transcripts;
  if (entries.empty()) {
    proof::Transcript transcript("urna/1 desk");
    transcript.append("edition", edition.view());
    transcript.append("statement", statement);
    transcripts.push_back(std::move(transcript));
  }
  for (const std::string& entry : entries) {
    Result<proof::Transcript> transcript = with_entry(
        entry,
        [](const auto& one) -> Result<proof::Transcript> { return signature_transcript(one); });
    if (!transcript) return std::move(transcript).error();
    transcripts.push_back(*std::move(transcript));
  }
  return transcripts;
}

Result<std::string> with_signatures(std::string_view entry,
                                    const election::TwoOfficials& signatures) {
  return with_entry(entry, [&](auto& one) -> Result<std::string> {
    one.signatures = signatures;
    return election::encode(one);
  });
}

}  // namespace urna::desk
