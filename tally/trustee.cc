// SPDX-License-Identifier: EUPL-1.2
#include "tally/trustee.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <variant>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/private_file.h"
#include "election/decrypting.h"
#include "election/entries.h"
#include "election/mixing.h"

namespace urna::tally {
namespace {

using election::BoardState;
using election::Dealing;
using election::DealingCommitment;
using election::Manifest;
using election::Phase;
using election::PoolNumber;
using election::TrusteeNumber;

// Entries of the ceremony on the record: of each phase n, one after the other.
std::size_t on_record(const RecordView& record, std::size_t phase) {
  const std::size_t n = record.state.manifest().trustee_count();
  const std::size_t before = n * phase;
  return std::min(n, record.ceremony.size() - std::min(record.ceremony.size(), before));
}
constexpr std::size_t commitments = 0, dealings = 1, acceptances = 2;

// The entry of a trustee in that phase. Precondition: it is on the record.
const std::string& ceremony_entry(const RecordView& record, std::size_t phase,
                                  TrusteeNumber trustee) {
  return record.ceremony[record.state.manifest().trustee_count() * phase + trustee.value - 1U];
}

// The structure in the bytes. Errors: malformed, if it is another one or of another edition.
template <typename Kind>
Result<Kind> decode_as(const RecordView& record, std::string_view bytes, const std::string& path) {
  Result<election::Entry> entry = election::decode_entry(bytes);
  const auto wrong = [&](std::string message) {
    return Error{ErrorCode::malformed, std::move(message), {path}, "take the right file"};
  };
  const std::string expected(election::to_string(Kind::kind));
  if (!entry) return wrong("not a " + expected + ": " + entry.error().message);
  auto* found = std::get_if<Kind>(&*entry);
  if (found == nullptr) return wrong("an entry of another kind than " + expected);
  if (found->edition != record.state.edition()) return wrong("it belongs to another edition");
  return std::move(*found);
}

// Writes a file for handing over.
Status hand_over(const TrusteeOffice& office, const std::string& name, std::string_view bytes,
                 StepReport& report) {
  const std::string path = office.out + "/" + name;
  if (Status written = write_file_atomically(path, bytes); !written) return written;
  report.made.push_back(path);
  return ok_status();
}

// Writes a file and the entry that names it, the file first: who finds the entry finds the file.
template <typename Made>
Status hand_over_both(const TrusteeOffice& office, const std::string& name, const Made& made,
                      StepReport& report) {
  if (Status written = hand_over(office, name + ".cbor", made.file, report); !written)
    return written;
  return hand_over(office, name + ".entry", election::encode(made.entry), report);
}

// An entry made before, with its file, if both are in the folder and belong together.
template <typename Kind>
std::optional<std::string> file_made_before(const TrusteeOffice& office, const RecordView& record,
                                            const std::string& name) {
  const std::string path = office.out + "/" + name;
  const Result<std::string> bytes = read_file(path + ".entry", election::entry_bytes_max);
  if (!bytes) return std::nullopt;
  const Result<Kind> entry = decode_as<Kind>(record, *bytes, path);
  if (!entry || entry->trustee != office.number ||
      !proof::verify_signature(office.keys.signing.key, signature_transcript(*entry),
                               entry->signature))
    return std::nullopt;
  Result<std::string> file = read_named_file(path + ".cbor", entry->file, entry->size, "");
  if (!file) return std::nullopt;
  return *std::move(file);
}

// ---- Memory

// The bytes remembered under the name; nullopt if there are none.
Result<std::optional<std::string>> recall(const TrusteeOffice& office, const std::string& name) {
  Result<std::string> bytes = read_file(office.memory + "/" + name, election::entry_bytes_max);
  if (bytes) return std::optional(*std::move(bytes));
  if (bytes.error().code == ErrorCode::not_found) return std::optional<std::string>();
  return std::move(bytes).error();
}

// Remembers the bytes, unless something is remembered under that name already: returns what is.
Result<std::string> remember(const TrusteeOffice& office, const std::string& name,
                             std::string_view bytes) {
  const Status created = create_private_file(office.memory + "/" + name, bytes);
  if (created) return std::string(bytes);
  if (created.error().code != ErrorCode::conflict) return created.error();
  return read_file(office.memory + "/" + name, election::entry_bytes_max);
}

// ---- Dealing

// The dealing of this trustee: the one remembered, or a new one.
Result<std::string> own_dealing(const TrusteeOffice& office, const RecordView& record) {
  const Manifest& manifest = record.state.manifest();
  Result<std::optional<std::string>> remembered = recall(office, "dealing.entry");
  if (!remembered) return std::move(remembered).error();
  if (!*remembered && on_record(record, commitments) >= office.number.value) {
    return Error{
        ErrorCode::conflict,
        "your commitment is on the record, but the dealing that it is of is not here",
        {office.memory + "/dealing.entry"},
        "bring this folder back from your backup; without it the ceremony must start again "
        "with a new manifest"};
  }
  if (!*remembered) {
    if (Status possessed = election::check_possession(manifest); !possessed)
      return std::move(possessed).error();
    const Dealing dealing =
        election::deal(manifest, record.state.edition(), office.number, office.keys);
    Result<std::string> kept = remember(office, "dealing.entry", election::encode(dealing));
    if (!kept) return kept;
    *remembered = *std::move(kept);
  }
  const Result<Dealing> dealing =
      decode_as<Dealing>(record, **remembered, office.memory + "/dealing.entry");
  if (!dealing) return dealing.error();
  if (Status sound = election::check_dealing(manifest, *dealing); !sound)
    return std::move(sound).error();
  return **std::move(remembered);
}

// The commitments among the files, by trustee, each signed by that trustee.
Result<std::map<TrusteeNumber, DealingCommitment>> read_commitments(
    const RecordView& record, std::span<const std::string> paths) {
  const Manifest& manifest = record.state.manifest();
  std::map<TrusteeNumber, DealingCommitment> found;
  for (const std::string& path : paths) {
    const Result<std::string> bytes = read_file(path, election::entry_bytes_max);
    if (!bytes) return bytes.error();
    const Result<DealingCommitment> commitment = decode_as<DealingCommitment>(record, *bytes, path);
    if (!commitment) return commitment.error();
    const TrusteeNumber trustee = commitment->trustee;
    if (trustee.value < 1 || trustee.value > manifest.trustee_count() ||
        !proof::verify_signature(manifest.trustee(trustee).signing_key,
                                 signature_transcript(*commitment), commitment->signature)) {
      return Error{ErrorCode::malformed,
                   "the commitment is not signed by the trustee that it names, " +
                       std::to_string(trustee.value),
                   {path},
                   "ask that trustee for it again"};
    }
    found.emplace(trustee, *commitment);
  }
  return found;
}

Error two_commitments(const std::string& trustee) {
  return {ErrorCode::conflict,
          trustee + " has signed two different commitments",
          {},
          "keep both files and show them to the officials; the ceremony must start again without "
          "this trustee"};
}

// The commitment on the record must be the one that was seen before. Precondition: it is there.
Status same_commitment(const RecordView& record, TrusteeNumber trustee,
                       const DealingCommitment& seen) {
  const Result<DealingCommitment> recorded = decode_as<DealingCommitment>(
      record, ceremony_entry(record, commitments, trustee), record.directory);
  if (!recorded) return recorded.error();
  if (recorded->dealing == seen.dealing) return ok_status();
  return two_commitments(called(record.state.manifest(), trustee));
}

// ---- Mixing and decryption

// Nothing can be mixed or decrypted before the counted ballots are known.
std::optional<std::string> too_early(const RecordView& record) {
  if (record.state.phase() == Phase::pools) return std::nullopt;
  return "the record does not yet say which ballots count; who keeps the board runs "
         "`urna board counted` after the closing";
}

bool has_mixed(const election::PoolProgress& progress, TrusteeNumber trustee) {
  return std::ranges::any_of(progress.mixes,
                             [&](const election::Mix& mix) { return mix.trustee == trustee; });
}

// A round that was made but that somebody else was faster with is of no more use.
void remove_other_rounds(const TrusteeOffice& office, const Manifest& manifest, PoolNumber pool,
                         std::uint8_t round) {
  for (std::size_t other = 1; other <= manifest.trustee_count(); ++other) {
    if (other == round) continue;
    const std::string path =
        office.out + "/mix-" + std::to_string(pool.value) + "-" + std::to_string(other);
    std::error_code ignored;  // what stays is refused by the board
    std::filesystem::remove(path + ".entry", ignored);
    std::filesystem::remove(path + ".cbor", ignored);
  }
}

// The same ballots as at the first decryption. A board that shows a trustee a few ballots now and
// others later would learn how these few voted.
Status same_ballots(const TrusteeOffice& office, const RecordView& record, PoolNumber pool) {
  const std::string ballots = sha256_hex(record.state.counted_ciphertexts(pool));
  const Result<std::string> remembered =
      remember(office, "decrypted-" + std::to_string(pool.value), ballots);
  if (!remembered) return remembered.error();
  if (*remembered == ballots) return ok_status();
  return Error{
      ErrorCode::conflict,
      called(record.state.manifest(), pool) +
          " has other ballots in this record than in the one that you decrypted before",
      {record.directory},
      "somebody keeps two records; decrypt nothing, and compare checkpoints with the other "
      "trustees and the witnesses"};
}

template <typename Each>
Status for_each_pool(const BoardState& state, Each each) {
  for (std::size_t p = 0; p < state.manifest().pools.size(); ++p) {
    if (Status done = each(PoolNumber{static_cast<std::uint16_t>(p)}); !done) return done;
  }
  return ok_status();
}

}  // namespace

Result<TrusteeOffice> take_office(const RecordView& record, const election::TrusteeKeys& keys,
                                  const std::string& memory_root, const std::string& out) {
  const Manifest& manifest = record.state.manifest();
  const auto own = std::ranges::find_if(manifest.trustees, [&](const auto& card) {
    return card.signing_key == keys.signing.key && card.receiving_key == keys.receiving.key;
  });
  if (own == manifest.trustees.end()) {
    return Error{ErrorCode::conflict,
                 "this key is of none of the trustees of the edition " + manifest.edition,
                 {record.directory},
                 "take the key whose card you gave for this edition, or the right record"};
  }
  TrusteeOffice office;
  office.number = {static_cast<std::uint8_t>(own - manifest.trustees.begin() + 1)};
  office.keys = keys;
  office.memory = memory_root + "/" + to_hex(record.state.edition().view());
  office.out = out;
  if (Status made = make_private_folder(memory_root); !made) return std::move(made).error();
  if (Status made = make_private_folder(office.memory); !made) return std::move(made).error();
  std::error_code failure;
  std::filesystem::create_directories(out, failure);
  if (failure) {
    return Error{ErrorCode::io,
                 "cannot make the folder: " + failure.message(),
                 {out},
                 "check the path and its permissions"};
  }
  return office;
}

Result<StepReport> deal_step(const TrusteeOffice& office, const RecordView& record,
                             std::span<const std::string> files) {
  const Manifest& manifest = record.state.manifest();
  StepReport report;
  if (on_record(record, dealings) >= office.number.value) {
    report.notes.emplace_back("your dealing is on the record: nothing to do");
    return report;
  }
  const Result<std::string> dealing_bytes = own_dealing(office, record);
  if (!dealing_bytes) return dealing_bytes.error();
  const Result<Dealing> dealing = decode_as<Dealing>(record, *dealing_bytes, office.memory);
  if (!dealing) return dealing.error();
  const DealingCommitment commitment = election::commit_to(*dealing_bytes, *dealing, office.keys);

  if (on_record(record, commitments) >= office.number.value) {
    const Status same = same_commitment(record, office.number, commitment);
    if (!same) {
      return Error{ErrorCode::conflict,
                   "the record holds your commitment to another dealing than the one kept here",
                   {office.memory},
                   "your key was used in two places; bring back the right folder, or start the "
                   "ceremony again"};
    }
  } else {
    const std::string name = "dealing-commitment-" + std::to_string(office.number.value) + ".entry";
    std::error_code ignored;
    if (!std::filesystem::exists(office.out + "/" + name, ignored)) {
      if (Status written = hand_over(office, name, election::encode(commitment), report); !written)
        return std::move(written).error();
    }
  }

  Result<std::map<TrusteeNumber, DealingCommitment>> given = read_commitments(record, files);
  if (!given) return std::move(given).error();
  given->insert_or_assign(office.number, commitment);
  const auto recorded = [&](TrusteeNumber trustee) {
    return on_record(record, commitments) >= trustee.value;
  };
  for (const auto& [trustee, seen] : *given) {
    if (recorded(trustee)) {
      if (Status same = same_commitment(record, trustee, seen); !same)
        return std::move(same).error();
    }
    if (trustee == office.number) continue;
    const Result<std::string> kept = remember(office, "commitment-" + std::to_string(trustee.value),
                                              to_hex(view_of(seen.dealing)));
    if (!kept) return kept.error();
    if (*kept != to_hex(view_of(seen.dealing))) return two_commitments(called(manifest, trustee));
  }
  const std::string missing = list_trustees(manifest, [&](TrusteeNumber trustee) {
    return !recorded(trustee) && !given->contains(trustee);
  });
  if (!missing.empty()) {
    report.awaits.push_back(
        "your dealing is released when the commitments of all are known; missing: " + missing);
    return report;
  }
  const std::string name = "dealing-" + std::to_string(office.number.value) + ".entry";
  if (Status written = hand_over(office, name, *dealing_bytes, report); !written)
    return std::move(written).error();
  return report;
}

Result<StepReport> accept_step(const TrusteeOffice& office, const RecordView& record) {
  const Manifest& manifest = record.state.manifest();
  StepReport report;
  const std::size_t dealt = on_record(record, dealings);
  if (dealt < manifest.trustee_count()) {
    report.awaits.push_back(
        "the dealings of all must be on the record; missing: " +
        list_trustees(manifest, [&](TrusteeNumber trustee) { return trustee.value > dealt; }));
    return report;
  }
  for (std::size_t j = 1; j <= manifest.trustee_count(); ++j) {
    const TrusteeNumber trustee{static_cast<std::uint8_t>(j)};
    const Result<std::optional<std::string>> seen =
        recall(office, "commitment-" + std::to_string(j));
    if (!seen) return seen.error();
    if (!*seen) continue;
    const Result<DealingCommitment> recorded = decode_as<DealingCommitment>(
        record, ceremony_entry(record, commitments, trustee), record.directory);
    if (!recorded) return recorded.error();
    if (to_hex(view_of(recorded->dealing)) != **seen)
      return two_commitments(called(manifest, trustee));
  }
  for (const Dealing& dealing : record.state.dealings()) {
    if (election::open_share(dealing, office.number, office.keys)) continue;
    report.complaint = true;
    report.notes.push_back("the share that " + called(manifest, dealing.trustee) +
                           " sent you does not match their dealing");
    const election::Complaint complaint = election::complain(dealing, office.number, office.keys);
    const std::string name = "complaint-" + std::to_string(office.number.value) + "-about-" +
                             std::to_string(dealing.trustee.value) + ".complaint";
    if (Status written = hand_over(office, name, election::encode(complaint), report); !written)
      return std::move(written).error();
  }
  if (report.complaint) return report;
  if (on_record(record, acceptances) >= office.number.value) {
    report.notes.emplace_back("your acceptance is on the record, and your share is sound");
    return report;
  }
  const std::span<const std::string> entries(record.ceremony);
  const Result<election::Accepted> accepted =
      election::accept(manifest, record.state.edition(),
                       entries.subspan(manifest.trustee_count(), manifest.trustee_count()),
                       office.number, office.keys);
  if (!accepted) return accepted.error();
  const std::string name = "acceptance-" + std::to_string(office.number.value) + ".entry";
  if (Status written = hand_over(office, name, election::encode(accepted->acceptance), report);
      !written)
    return std::move(written).error();
  return report;
}

Result<StepReport> mix_step(const TrusteeOffice& office, const RecordView& record, bool more_rounds,
                            const Work& work) {
  const BoardState& state = record.state;
  StepReport report;
  if (const auto early = too_early(record)) {
    report.awaits.push_back(*early);
    return report;
  }
  const Status done = for_each_pool(state, [&](PoolNumber pool) -> Status {
    const election::PoolProgress& progress = state.progress(pool);
    const std::string name = called(state.manifest(), pool);
    const auto skip = [&](const std::string& why) {
      report.notes.push_back(name + ": " + why);
      return ok_status();
    };
    if (state.counted_ballots_of(pool) < state.manifest().privacy_minimum)
      return skip("too few ballots, it is not opened");
    if (has_mixed(progress, office.number)) return skip("you have mixed it");
    if (progress.finished() || !progress.decryptions.empty()) return skip("it is decrypted");
    if (progress.mixes.size() >= state.manifest().threshold && !more_rounds)
      return skip("it has been mixed as often as is needed");

    const Result<std::string> list = verified_list(record.directory, state, pool, work);
    if (!list) return list.error();
    const election::MixRound round{
        state.edition(), pool, static_cast<std::uint8_t>(progress.mixes.size() + 1), office.number};
    const election::MixInput input{state.joint_key(), state.terms(pool).layout.width, *list};
    const std::string file =
        "mix-" + std::to_string(pool.value) + "-" + std::to_string(round.round);
    if (const auto before = file_made_before<election::Mix>(office, record, file);
        before && election::check_mix(round, input, *before, {work.threads, 0, {}}))
      return skip("round " + std::to_string(round.round) + " lies ready in " + office.out);
    remove_other_rounds(office, state.manifest(), pool, round.round);
    work.progress(name + ": mixing " + std::to_string(state.counted_ballots_of(pool)) +
                  " ballots, round " + std::to_string(round.round));
    const Result<election::MadeMix> made = election::make_mix(round, input, office.keys.signing);
    if (!made) return made.error();
    return hand_over_both(office, file, *made, report);
  });
  if (!done) return done.error();
  return report;
}

Result<StepReport> decrypt_step(const TrusteeOffice& office, const RecordView& record,
                                const Work& work) {
  const BoardState& state = record.state;
  const Manifest& manifest = state.manifest();
  StepReport report;
  if (const auto early = too_early(record)) {
    report.awaits.push_back(*early);
    return report;
  }
  std::optional<group::SecretScalar> secret;  // x_j, made when first needed
  const Status done = for_each_pool(state, [&](PoolNumber pool) -> Status {
    const election::PoolProgress& progress = state.progress(pool);
    const std::string name = called(state.manifest(), pool);
    const auto skip = [&](const std::string& why) {
      report.notes.push_back(name + ": " + why);
      return ok_status();
    };
    if (state.counted_ballots_of(pool) < manifest.privacy_minimum)
      return skip("too few ballots, it is not opened");
    if (progress.finished()) return skip("it has its result");
    if (progress.decryptions.size() >= manifest.threshold)
      return skip("enough trustees have decrypted it");
    if (progress.mixes.size() < manifest.threshold) {
      report.awaits.push_back(name + ": " +
                              std::to_string(manifest.threshold - progress.mixes.size()) +
                              " more rounds of mixing must be on the record, by any of: " +
                              list_trustees(manifest, [&](TrusteeNumber trustee) {
                                return !has_mixed(progress, trustee);
                              }));
      return ok_status();
    }
    const Result<std::string> ciphertexts = verified_list(record.directory, state, pool, work);
    if (!ciphertexts) return ciphertexts.error();
    if (Status same = same_ballots(office, record, pool); !same) return same;
    const election::MixedList list{state.edition(), pool, state.terms(pool).layout.width,
                                   *ciphertexts};
    const group::Element& key = state.verification_keys()[office.number.value - 1U];
    const std::string file =
        "decryption-" + std::to_string(pool.value) + "-" + std::to_string(office.number.value);
    if (const auto before = file_made_before<election::Decryption>(office, record, file);
        before && election::check_shares(list, office.number, key, *before, work.threads))
      return skip("your shares lie ready in " + office.out);
    if (!secret) {
      const std::span<const std::string> entries(record.ceremony);
      Result<election::Accepted> accepted =
          election::accept(manifest, state.edition(),
                           entries.subspan(manifest.trustee_count(), manifest.trustee_count()),
                           office.number, office.keys);
      if (!accepted) return std::move(accepted).error();
      secret = accepted->secret;
    }
    work.progress(name + ": decrypting " + std::to_string(state.counted_ballots_of(pool)) +
                  " ballots");
    const Result<election::MadeShares> made =
        election::make_shares(list, office.number, *secret, key, office.keys.signing);
    if (!made) return made.error();
    return hand_over_both(office, file, *made, report);
  });
  if (!done) return done.error();
  return report;
}

Result<Judgement> judge_file(const RecordView& record, std::string_view bytes) {
  const Manifest& manifest = record.state.manifest();
  const Result<election::Complaint> complaint = election::decode_complaint(bytes);
  if (!complaint) return complaint.error();
  if (complaint->edition != record.state.edition()) {
    return Error{ErrorCode::conflict,
                 "the complaint belongs to another edition",
                 {},
                 "judge it by the record of that edition"};
  }
  const std::size_t dealer = complaint->dealer.value;
  if (dealer < 1 || dealer > manifest.trustee_count()) {
    return Error{ErrorCode::malformed,
                 "the complaint is about a trustee that does not exist",
                 {},
                 "ask who complained for the right file"};
  }
  if (dealer > record.state.dealings().size()) {
    return Error{ErrorCode::conflict,
                 "the dealing of " + called(manifest, complaint->dealer) + " is not on this record",
                 {record.directory},
                 "copy the newest record from who keeps the board"};
  }
  const Result<election::Verdict> verdict =
      election::judge_complaint(manifest, record.state.dealings()[dealer - 1], *complaint);
  if (!verdict) return verdict.error();
  return Judgement{*verdict, complaint->complainer, complaint->dealer};
}

}  // namespace urna::tally
