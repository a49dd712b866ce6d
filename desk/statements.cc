// SPDX-License-Identifier: EUPL-1.2
#include "desk/statements.h"

#include <algorithm>
#include <boost/json.hpp>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/cbor.h"
#include "base/date.h"
#include "desk/office.h"
#include "election/manifest.h"
#include "tally/edition_config.h"

namespace urna::desk {
namespace {

namespace json = boost::json;
using election::OfficialNumber;

std::string time_text(std::uint64_t time) { return to_iso_moment(time); }

// The place of signatures in an entry that waits for them.
std::string unsigned_entry(election::Freeze entry) {
  entry.signature = {};
  return encode(entry);
}
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
  if (snapshot.phase != election::Phase::opening) return conflict("the opening is not due");
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
  if (making.snapshot.phase != election::Phase::voting) return conflict("the closing is not due");
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
  return malformed_field(
      field, "the reason is missing or too long",
      "give at most " + std::to_string(election::extension_reason_bytes_max) + " bytes");
}

Status extend(Making& making) {
  if (making.snapshot.phase != election::Phase::voting) return conflict("the voting is not open");
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

// What a wish about ballots must have, and what its statement says of it.
Status tell_ballots(Making& making) {
  const election::Phase phase = making.snapshot.phase;
  if (phase != election::Phase::voting && phase != election::Phase::annulments)
    return conflict("the time for decisions about ballots is not now");
  const Wish& wish = making.wish;
  if (wish.reason.empty() || !is_code(wish.reason))
    return malformed_field("reason", "the reason is no code", "1 to 64 of a-z, 0-9 and -");
  const bool case_told = election::is_case_number(wish.case_reference);
  if (wish.action != action_annul && !case_told)
    return malformed_field("case", "the case has no number", "such as ABCDE-FGHJK");
  if (!case_told && !is_code(wish.case_reference))
    return malformed_field("case", "the case is no reference",
                           "ABCDE-FGHJK, or 64 of a-z, 0-9 and -");
  if (wish.grounds.empty() || wish.grounds.size() > grounds_bytes_max)
    return malformed_field("grounds", "the grounds are missing or too long",
                           "say why in at most " + std::to_string(grounds_bytes_max) + " bytes");
  const std::size_t most = ballots_at_once_max(wish.action);
  if (wish.ballots.empty() || wish.ballots.size() > most)
    return malformed_field("ballots", "no ballot is named, or too many",
                           "name at most " + std::to_string(most));
  json::array ballots;
  for (const BallotOnBoard& ballot : wish.ballots) {
    ballots.push_back(json::object{{"entry", ballot.index.value},
                                   {"hash", to_hex(ballot.hash.view())},
                                   {"pool", making.manifest().pools[ballot.pool.value].id}});
  }
  making.text["time"] = time_text(making.now);
  making.text["reason"] = wish.reason;
  making.text["grounds"] = wish.grounds;
  making.text["case"] = wish.case_reference;
  if (wish.case_version != 0) making.text["case_version"] = wish.case_version;
  if (!wish.departure.empty()) making.text["departure"] = wish.departure;
  if (!wish.urgent.empty()) making.text["urgent"] = wish.urgent;
  making.text["ballots"] = std::move(ballots);
  return ok_status();
}

// An entry for each ballot.
template <typename Make>
void take_each(Making& making, Make make) {
  json::array bodies;
  for (const BallotOnBoard& ballot : making.wish.ballots) {
    const auto entry = make(ballot);
    bodies.emplace_back(to_hex(signed_body(entry)));
    making.statement.entries.push_back(unsigned_entry(entry));
  }
  making.text["bodies"] = std::move(bodies);
}

Status freeze(Making& making) {
  if (Status told = tell_ballots(making); !told) return told;
  const Wish& wish = making.wish;
  election::Freeze entry{making.snapshot.edition, {}, wish.case_reference, wish.reason, {}};
  for (const BallotOnBoard& ballot : wish.ballots)
    entry.ballots.push_back({ballot.index, ballot.hash});
  std::ranges::sort(entry.ballots, {}, &election::NamedBallot::index);
  making.take(entry);
  return ok_status();
}

Status annul(Making& making) {
  if (Status told = tell_ballots(making); !told) return told;
  take_each(making, [&](const BallotOnBoard& ballot) {
    return election::Annulment{
        making.snapshot.edition, ballot.index, ballot.hash, making.wish.reason, {}};
  });
  return ok_status();
}

Status uphold(Making& making) {
  if (Status told = tell_ballots(making); !told) return told;
  const Wish& wish = making.wish;
  const bool appeal = wish.ends == election::Lifted::annulment;
  if (appeal && making.manifest().officials.size() < 3)
    return malformed_field("ends", "there are no other officials who could decide an appeal",
                           "the manifest of an edition names them");
  making.text["ends"] = appeal ? "annulment" : "freeze";
  take_each(making, [&](const BallotOnBoard& ballot) {
    return election::Upholding{making.snapshot.edition, ballot.index, ballot.hash, wish.ends,
                               wish.case_reference,     wish.reason,  {}};
  });
  return ok_status();
}

Status keep(Making& making) { return tell_ballots(making); }

Status announce(Making& making) {
  const Snapshot& snapshot = making.snapshot;
  if (!snapshot.complete) return conflict("there is no result yet");
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
  std::size_t ballots_max;  // 0: it is about no ballots
  std::size_t signers;
  Status (*make)(Making&);
};
constexpr std::array<KnownAction, 8> known_actions = {
    {{action_open, false, 0, 2, open},
     {action_extend, true, 0, 2, extend},
     {action_freeze, true, election::frozen_at_once_max, 1, freeze},
     {action_annul, true, decisions_at_once_max, 2, annul},
     {action_uphold, true, decisions_at_once_max, 2, uphold},
     {action_keep, true, decisions_at_once_max, 2, keep},
     {action_close, false, 0, 2, close},
     {action_announce, false, 0, 2, announce}}};

const KnownAction* known_action(std::string_view name) {
  const auto found = std::ranges::find(known_actions, name, &KnownAction::name);
  return found == known_actions.end() ? nullptr : &*found;
}

Error not_signed_so() {
  return {ErrorCode::malformed, "the proposal is of an entry that is not signed so", {}, ""};
}

// Calls `use` with an entry that officials sign.
template <typename Use>
auto with_entry(std::string_view bytes, Use use)
    -> decltype(use(std::declval<election::Closing&>())) {
  Result<election::Entry> entry = election::decode_entry(bytes);
  if (!entry) return std::move(entry).error();
  if (auto* opening = std::get_if<election::Opening>(&*entry)) return use(*opening);
  if (auto* extension = std::get_if<election::Extension>(&*entry)) return use(*extension);
  if (auto* freeze = std::get_if<election::Freeze>(&*entry)) return use(*freeze);
  if (auto* annulment = std::get_if<election::Annulment>(&*entry)) return use(*annulment);
  if (auto* upholding = std::get_if<election::Upholding>(&*entry)) return use(*upholding);
  if (auto* closing = std::get_if<election::Closing>(&*entry)) return use(*closing);
  return not_signed_so();
}

}  // namespace

bool is_repeatable(std::string_view action) {
  const KnownAction* found = known_action(action);
  return found != nullptr && found->repeatable;
}

std::size_t signers_of(std::string_view action) {
  const KnownAction* found = known_action(action);
  return found != nullptr ? found->signers : 2;
}

bool is_about_ballots(std::string_view action) { return ballots_at_once_max(action) > 0; }

std::size_t ballots_at_once_max(std::string_view action) {
  const KnownAction* found = known_action(action);
  return found != nullptr ? found->ballots_max : 0;
}

Result<Statement> statement_of(std::uint64_t now, std::string_view id, const Snapshot& snapshot,
                               const election::VotingTerm& term, const Wish& wish) {
  const KnownAction* action = known_action(wish.action);
  if (action == nullptr)
    return malformed_field("action", "there is no such action",
                           "open, extend, freeze, annul, uphold, keep, close or announce");
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
  const std::uint64_t count = in.array(decisions_at_once_max);
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
                                    std::span<const election::OfficialSignature> signatures) {
  return with_entry(entry, [&]<typename Entry>(Entry& one) -> Result<std::string> {
    if constexpr (std::is_same_v<Entry, election::Freeze>) {
      if (signatures.size() != 1) return not_signed_so();
      one.signature = signatures.front();
    } else {
      if (signatures.size() != one.signatures.size()) return not_signed_so();
      std::ranges::copy(signatures, one.signatures.begin());
    }
    return election::encode(one);
  });
}

}  // namespace urna::desk
