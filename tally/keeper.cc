// SPDX-License-Identifier: EUPL-1.2
#include "tally/keeper.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <system_error>
#include <utility>

#include "board/log_reader.h"
#include "election/decrypting.h"
#include "election/entries.h"
#include "election/result.h"

namespace urna::tally {
namespace {

namespace fs = std::filesystem;
using election::BoardState;
using election::Decryption;
using election::Manifest;
using election::Mix;
using election::OfficialNumber;
using election::Phase;
using election::PoolNumber;
using election::RecordWriter;
using election::TrusteeNumber;

Error folder_error(const std::string& what, const std::string& path, const std::error_code& cause) {
  return {ErrorCode::io, what + ": " + cause.message(), {path}, "check the path and permissions"};
}

// ---- Files that no entry names

std::set<std::string> named_files(const BoardState& state) {
  std::set<std::string> named;
  for (std::size_t p = 0; p < state.manifest().pools.size(); ++p) {
    const PoolNumber pool{static_cast<std::uint16_t>(p)};
    const election::PoolProgress& progress = state.progress(pool);
    for (const Mix& mix : progress.mixes) named.insert(election::mix_path(pool, mix.round));
    for (const Decryption& decryption : progress.decryptions)
      named.insert(election::shares_path(pool, decryption.trustee));
    if (!progress.result) continue;
    named.insert(election::plaintexts_path(pool));
    named.insert(election::published_path(pool));
  }
  return named;
}

// Removes what work that did not finish has left: only files of the names that are written here.
Status remove_unfinished(const RecordWriter& record) {
  static const std::regex ours(
      R"((mix|decryption|plaintexts|result)/[0-9]+(-[0-9]+)?\.(cbor|bin|pb))");
  static const std::regex temporary(
      R"((mix|decryption|plaintexts|result|checkpoints)/[0-9.a-z-]+\.[A-Za-z0-9]{6}\.tmp|roll\.cbor\.[A-Za-z0-9]{6}\.tmp)");
  const std::set<std::string> named = named_files(record.state());
  std::vector<fs::path> unwanted;
  std::error_code failure;
  const auto look_at = [&](const fs::path& folder) {
    if (!fs::is_directory(folder, failure)) {
      failure.clear();
      return;
    }
    for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
         it.increment(failure)) {
      const std::string name = it->path().lexically_relative(record.directory()).generic_string();
      const bool unnamed = std::regex_match(name, ours) && !named.contains(name);
      if (unnamed || std::regex_match(name, temporary)) unwanted.push_back(it->path());
    }
  };
  for (const char* folder : {".", "mix", "decryption", "plaintexts", "result", "checkpoints"}) {
    if (!failure) look_at((fs::path(record.directory()) / folder).lexically_normal());
  }
  for (const fs::path& path : unwanted) {
    if (!failure) fs::remove(path, failure);
  }
  if (failure)
    return folder_error("cannot remove what unfinished work left", record.directory(), failure);
  return ok_status();
}

Error too_soon(const std::string& action, const BoardState& state) {
  return {ErrorCode::conflict,
          action + " must wait: the record is " + describe_phase(state),
          {},
          "`urna board status` says what is missing and from whom"};
}

// Adds one signed entry and publishes it.
template <typename Entry>
Result<bool> publish(RecordWriter& record, const Entry& entry) {
  if (Status added = record.add(election::encode(entry)); !added) return std::move(added).error();
  if (Status published = record.commit(); !published) return std::move(published).error();
  return true;
}

}  // namespace

Result<bool> begin_record(const std::string& directory, std::string_view manifest,
                          const board::LogSecretKey& key) {
  std::error_code failure;
  if (fs::exists(directory + "/checkpoint", failure)) {
    const Result<board::LogReader> log = board::LogReader::open(directory);
    if (!log) return log.error();
    const Result<ManifestView> there = read_manifest(*log, directory);
    if (!there) return there.error();
    if (there->bytes == manifest) return false;
    return Error{ErrorCode::conflict,
                 "the folder holds the record of another manifest, " + there->manifest.edition,
                 {directory},
                 "choose another folder"};
  }
  // Made beside its place and then renamed, so that there is no record without a manifest.
  std::string beginning = directory;
  while (beginning.size() > 1 && beginning.back() == '/') beginning.pop_back();
  beginning += ".new.tmp";
  fs::remove_all(beginning, failure);
  if (failure) return folder_error("cannot remove an unfinished record", beginning, failure);
  if (const auto made = RecordWriter::create(beginning, manifest, key); !made) {
    Error error = made.error();
    fs::remove_all(beginning, failure);
    return error;
  }
  fs::rename(beginning, directory, failure);
  if (failure) {
    std::error_code ignored;
    fs::remove_all(beginning, ignored);
    return folder_error("cannot make the record's folder", directory, failure);
  }
  return true;
}

Result<RecordWriter> open_record(const std::string& directory, const board::LogSecretKey& key) {
  Result<RecordWriter> record = RecordWriter::open(directory, key);
  if (!record) return record;
  if (Status clean = remove_unfinished(*record); !clean) return std::move(clean).error();
  return record;
}

// ---- From phase to phase

Result<OfficialNumber> find_official(const Manifest& manifest, const proof::SigningKey& key) {
  const auto found = std::ranges::find(manifest.officials, key.key);
  if (found == manifest.officials.end()) {
    return Error{ErrorCode::conflict,
                 "a key is of none of the officials of the manifest",
                 {},
                 "give the keys of officials of this edition"};
  }
  return OfficialNumber{static_cast<std::uint8_t>(found - manifest.officials.begin())};
}

Result<OfficialPair> find_officials(const Manifest& manifest, const proof::SigningKey& one,
                                    const proof::SigningKey& other) {
  const Result<OfficialNumber> first = find_official(manifest, one);
  if (!first) return first.error();
  const Result<OfficialNumber> second = find_official(manifest, other);
  if (!second) return second.error();
  if (*first == *second) {
    return Error{ErrorCode::conflict,
                 "both keys are of the same official",
                 {},
                 "give the keys of two different officials of this edition"};
  }
  if (*first < *second) return OfficialPair{*first, *second, one, other};
  return OfficialPair{*second, *first, other, one};
}

Result<bool> add_roll(RecordWriter& record, std::string_view roll_file,
                      const proof::SigningKey& registrar) {
  const BoardState& state = record.state();
  if (state.phase() > Phase::roll) return false;
  if (state.phase() < Phase::roll) return too_soon("the roll", state);
  const Result<election::Roll> roll = election::Roll::decode(roll_file);
  if (!roll) return roll.error();
  if (Status given = record.provide_roll(roll_file); !given) return std::move(given).error();
  election::RollEntry entry;
  entry.edition = state.edition();
  entry.size = roll->size();
  entry.root = roll->root();
  election::sign(entry, registrar);
  return publish(record, entry);
}

Result<bool> open_voting(RecordWriter& record, const OfficialPair& officials, std::uint64_t time) {
  const BoardState& state = record.state();
  if (state.phase() > Phase::opening) return false;
  if (state.phase() < Phase::opening) return too_soon("the opening", state);
  // The roll's entry is the last one.
  const Result<board::LogReader> log = board::LogReader::open(record.directory());
  if (!log) return log.error();
  const Result<std::string> roll = log->entry(state.size() - 1);
  if (!roll) return roll.error();
  election::Opening entry;
  entry.edition = state.edition();
  entry.joint_key = state.joint_key_bytes();
  entry.roll = election::entry_hash(*roll);
  entry.time = time;
  election::sign(entry, officials.first, officials.first_key, officials.second,
                 officials.second_key);
  Result<bool> published = publish(record, entry);
  if (!published) return published;
  if (Status kept = record.keep_checkpoint(); !kept) return std::move(kept).error();
  return true;
}

Result<bool> close_voting(RecordWriter& record, const OfficialPair& officials, std::uint64_t time) {
  const BoardState& state = record.state();
  if (state.phase() > Phase::voting) return false;
  if (state.phase() < Phase::voting) return too_soon("the closing", state);
  election::Closing entry;
  entry.edition = state.edition();
  entry.time = time;
  election::sign(entry, officials.first, officials.first_key, officials.second,
                 officials.second_key);
  Result<bool> published = publish(record, entry);
  if (!published) return published;
  if (Status kept = record.keep_checkpoint(); !kept) return std::move(kept).error();
  return true;
}

Result<bool> add_issuance(RecordWriter& record, std::uint64_t certificates,
                          const proof::SigningKey& registrar) {
  const BoardState& state = record.state();
  if (state.phase() > Phase::issuance) return false;
  if (state.phase() < Phase::issuance) return too_soon("the issuance", state);
  election::Issuance entry;
  entry.edition = state.edition();
  entry.certificates = certificates;
  election::sign(entry, registrar);
  return publish(record, entry);
}

Result<bool> add_counted(RecordWriter& record) {
  const BoardState& state = record.state();
  if (state.phase() > Phase::counted) return false;
  if (state.phase() < Phase::annulments) return too_soon("the list of counted ballots", state);
  const std::size_t pools = state.manifest().pools.size();
  for (std::size_t p = 0; p < pools; ++p) {
    const PoolNumber pool{static_cast<std::uint16_t>(p)};
    if (Status added = record.add(election::encode(state.counted_entry(pool))); !added)
      return std::move(added).error();
  }
  for (std::size_t p = 0; p < pools; ++p) {
    const PoolNumber pool{static_cast<std::uint16_t>(p)};
    const std::size_t ballots = state.counted_ballots_of(pool);
    if (ballots >= state.manifest().privacy_minimum) continue;
    const election::Withheld withheld{state.edition(), pool, ballots};
    if (Status added = record.add(election::encode(withheld)); !added)
      return std::move(added).error();
  }
  if (Status published = record.commit(); !published) return std::move(published).error();
  return true;
}

Result<std::vector<AnnouncedPool>> add_results(RecordWriter& record, const Work& work) {
  const BoardState& state = record.state();
  const Manifest& manifest = state.manifest();
  if (state.phase() < Phase::pools) return too_soon("the result", state);
  std::vector<AnnouncedPool> announced;
  for (std::size_t p = 0; p < manifest.pools.size(); ++p) {
    const PoolNumber pool{static_cast<std::uint16_t>(p)};
    const election::PoolProgress& progress = state.progress(pool);
    if (progress.finished() || progress.decryptions.size() < manifest.threshold) continue;

    const Result<std::string> ciphertexts = verified_list(record.directory(), state, pool, work);
    if (!ciphertexts) return ciphertexts.error();
    const election::MixedList list{state.edition(), pool, state.terms(pool).layout.width,
                                   *ciphertexts};
    std::vector<std::string> files;
    files.reserve(manifest.threshold);  // views into them stay valid
    std::vector<election::TrusteeShares> shares;
    for (std::size_t i = 0; i < manifest.threshold; ++i) {
      const Decryption& one = progress.decryptions[i];
      const std::string trustee = called(manifest, one.trustee);
      const std::string path = record.directory() + "/" + election::shares_path(pool, one.trustee);
      Result<std::string> file = read_named_file(path, one.file, one.size, trustee);
      if (!file) return std::move(file).error();
      files.push_back(*std::move(file));
      const Result<std::string_view> checked = election::check_shares(
          list, one.trustee, state.verification_keys()[one.trustee.value - 1U], files.back(),
          work.threads);
      if (!checked) {
        Error error = checked.error();
        error.place.file = path;
        error.remedy = "the shares of " + trustee +
                       " on this record are wrong: it was not kept "
                       "as the protocol says";
        return error;
      }
      shares.push_back({one.trustee, *checked});
    }
    work.progress(called(manifest, pool) + ": reading and counting " +
                  std::to_string(state.counted_ballots_of(pool)) + " ballots");
    const Result<election::OpenedList> opened = election::open_list(list, shares);
    if (!opened) return opened.error();
    const Result<election::DerivedResult> derived = election::derive_result(
        manifest, state.edition(), pool, state.terms(pool), opened->plaintexts, opened->tie_seed);
    if (!derived) return derived.error();
    if (Status written = record.write_file(election::plaintexts_path(pool), opened->plaintexts);
        !written)
      return std::move(written).error();
    if (Status written = record.write_file(election::published_path(pool), derived->published);
        !written)
      return std::move(written).error();
    if (Status added = record.add(election::encode(derived->entry)); !added)
      return std::move(added).error();
    announced.push_back({pool, derived->entry});
  }
  if (Status published = record.commit(); !published) return std::move(published).error();
  return announced;
}

// ---- Status

std::string describe_phase(const BoardState& state) {
  switch (state.phase()) {
    case Phase::dealing_commitments:
      return "waiting for the trustees' commitments";
    case Phase::dealings:
      return "waiting for the trustees' dealings";
    case Phase::acceptances:
      return "waiting for the trustees' acceptances";
    case Phase::roll:
      return "waiting for the roll";
    case Phase::opening:
      return "waiting for the opening";
    case Phase::voting:
      return "open for voting";
    case Phase::issuance:
      return "closed, waiting for the number of certificates";
    case Phase::annulments:
    case Phase::counted:
      return "closed, waiting for the list of ballots that count";
    case Phase::pools:
      return state.complete() ? "complete" : "being mixed and decrypted";
  }
  return {};
}

std::vector<Awaited> awaited(const BoardState& state) {
  const Manifest& manifest = state.manifest();
  const std::size_t n = manifest.trustee_count();
  const auto ceremony = [&](const char* what, const char* how) -> std::vector<Awaited> {
    const std::size_t there = (state.size() - 1) % n;
    return {{what, list_trustees(manifest, [&](TrusteeNumber j) { return j.value > there; }), how}};
  };
  switch (state.phase()) {
    case Phase::dealing_commitments:
      return ceremony("the commitment", "urna trustee deal");
    case Phase::dealings:
      return ceremony("the dealing", "urna trustee deal");
    case Phase::acceptances:
      return ceremony("the acceptance", "urna trustee accept");
    case Phase::roll:
      return {{"the roll", "the registrar", "urna board roll"}};
    case Phase::opening:
      return {{"the opening", "two officials", "urna board open"}};
    case Phase::voting:
      return {{"ballots, then the closing", "the voters, then two officials", "urna board close"}};
    case Phase::issuance:
      return {{"the number of certificates issued", "the registrar", "urna board counted"}};
    case Phase::annulments:
    case Phase::counted:
      return {{"the list of ballots that count", "who keeps the board", "urna board counted"}};
    case Phase::pools:
      break;
  }
  std::vector<Awaited> list;
  for (std::size_t p = 0; p < manifest.pools.size(); ++p) {
    const PoolNumber pool{static_cast<std::uint16_t>(p)};
    const election::PoolProgress& progress = state.progress(pool);
    const std::string name = called(manifest, pool);
    const auto among = [&](const auto& entries) {
      return "any of " + list_trustees(manifest, [&](TrusteeNumber trustee) {
               return std::ranges::none_of(entries,
                                           [&](const auto& one) { return one.trustee == trustee; });
             });
    };
    if (progress.finished()) continue;
    if (progress.mixes.size() < manifest.threshold) {
      list.push_back({"round " + std::to_string(progress.mixes.size() + 1) + " of " +
                          std::to_string(manifest.threshold) + " of mixing " + name,
                      among(progress.mixes), "urna trustee mix"});
    } else if (progress.decryptions.size() < manifest.threshold) {
      list.push_back(
          {"the shares of " + std::to_string(manifest.threshold) + " trustees of " + name,
           among(progress.decryptions), "urna trustee decrypt"});
    } else {
      list.push_back({"the result of " + name, "who keeps the board", "urna board result"});
    }
  }
  return list;
}

}  // namespace urna::tally
