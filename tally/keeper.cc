// SPDX-License-Identifier: EUPL-1.2
#include "tally/keeper.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/file.h"
#include "board/log_reader.h"
#include "election/decrypting.h"
#include "election/entries.h"
#include "election/mixing.h"
#include "election/result.h"

namespace urna::tally {
namespace {

namespace fs = std::filesystem;
using election::BoardState;
using election::Decryption;
using election::EntryKind;
using election::Manifest;
using election::Mix;
using election::Phase;
using election::PoolNumber;
using election::RecordWriter;
using election::TrusteeNumber;

std::string text(std::uint64_t number) { return std::to_string(number); }

std::string pool_name(const Manifest& manifest, PoolNumber pool) {
  return "pool " + text(pool.value) + " (" + manifest.pools[pool.value].id + ")";
}

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

// ---- Adding files

struct Given {
  std::string path;
  std::string bytes;
  election::Entry entry;
};

std::uint64_t rank_of(const Given& given) {
  // Phase, then round or trustee; the order of a ballot box is that of the command line.
  return std::visit(
      [](const auto& entry) -> std::uint64_t {
        using Kind = std::decay_t<decltype(entry)>;
        const auto place = std::uint64_t{static_cast<std::uint8_t>(Kind::kind)} << 32U;
        if constexpr (std::is_same_v<Kind, Mix>) {
          return place + (std::uint64_t{entry.pool.value} << 8U) + entry.round;
        } else if constexpr (std::is_same_v<Kind, Decryption>) {
          return place + (std::uint64_t{entry.pool.value} << 8U) + entry.trustee.value;
        } else if constexpr (requires { entry.trustee; }) {
          return place + entry.trustee.value;
        } else {
          return place;
        }
      },
      given.entry);
}

std::string what_is(const Given& given) {
  return std::visit(
      [](const auto& entry) {
        using Kind = std::decay_t<decltype(entry)>;
        std::string what(election::to_string(Kind::kind));
        if constexpr (std::is_same_v<Kind, Mix>)
          what += " of pool " + text(entry.pool.value) + ", round " + text(entry.round);
        if constexpr (std::is_same_v<Kind, Decryption>)
          what += " of pool " + text(entry.pool.value);
        if constexpr (requires { entry.trustee; })
          what += " of trustee " + text(entry.trustee.value);
        return what;
      },
      given.entry);
}

// The file of an entry FOO.entry is FOO.cbor.
std::string companion(const std::string& path) {
  return fs::path(path).replace_extension(".cbor").string();
}

Error dishonest(const std::string& trustee, const Error& cause) {
  return {ErrorCode::malformed,
          trustee + " did not work honestly, or the file was exchanged before it was signed: " +
              cause.message,
          {},
          "it is not recorded; ask another trustee in place of this one, and keep the file as "
          "evidence"};
}

class Adding {
 public:
  Adding(RecordWriter& record, const Work& work) : record_(record), work_(work) {}

  Status run(std::vector<Given> given) {
    std::ranges::stable_sort(given, {}, rank_of);
    std::map<PoolNumber, std::vector<const Given*>> shares;
    for (const Given& one : given) {
      if (const auto* decryption = std::get_if<Decryption>(&one.entry);
          decryption != nullptr && decryption->pool.value < manifest().pools.size() &&
          decryption->edition == state().edition() && state().phase() == Phase::pools) {
        shares[decryption->pool].push_back(&one);
      } else if (Status added = add(one); !added) {
        return added;
      }
    }
    for (const auto& [pool, files] : shares) {
      if (Status added = add_shares(pool, files); !added) return added;
    }
    return ok_status();
  }
  std::vector<FileFate> take() && { return std::move(fates_); }

 private:
  [[nodiscard]] const BoardState& state() const { return record_.state(); }
  [[nodiscard]] const Manifest& manifest() const { return state().manifest(); }

  void tell(const Given& given, Fate fate, std::string reason = {}) {
    fates_.push_back({given.path, fate, what_is(given), std::move(reason)});
  }
  void refuse(const Given& given, Error error) {
    const std::string inner = error.place.file.empty() || error.place.file.starts_with("entry ")
                                  ? std::string()
                                  : error.place.file;
    error.place = {inner.empty() ? given.path : inner, 0, 0, {}};
    fates_.push_back({given.path, Fate::refused, what_is(given), {}, std::move(error)});
  }

  // An error means that nothing more can be done; a refused file is no error.
  Status add(const Given& given) {
    return std::visit([&](const auto& entry) { return enter(given, entry); }, given.entry);
  }

  // Kinds that others make and that need no file.
  template <typename Kind>
  Status enter(const Given& given, const Kind& entry) {
    constexpr bool ceremony = std::is_same_v<Kind, election::DealingCommitment> ||
                              std::is_same_v<Kind, election::Dealing> ||
                              std::is_same_v<Kind, election::Acceptance>;
    constexpr bool other =
        std::is_same_v<Kind, election::Annulment> || std::is_same_v<Kind, election::RollAddition> ||
        std::is_same_v<Kind, election::Ballot> || std::is_same_v<Kind, election::Audited>;
    if constexpr (ceremony) {
      return enter_ceremony(given, entry);
    } else if constexpr (other) {
      if (Status added = record_.add(given.bytes); !added) {
        refuse(given, std::move(added).error());
      } else {
        tell(given, Fate::added);
      }
      return ok_status();
    } else {
      refuse(given, {ErrorCode::usage,
                     "an entry of this kind is made by a command of its own",
                     {},
                     "see `urna board --help`"});
      return ok_status();
    }
  }

  // The three phases of the ceremony, each of one entry of every trustee.
  template <typename Kind>
  static constexpr std::size_t ceremony_phase =
      std::is_same_v<Kind, election::DealingCommitment> ? 0
      : std::is_same_v<Kind, election::Dealing>         ? 1
                                                        : 2;

  // Number of entries of that kind on the board.
  template <typename Kind>
  [[nodiscard]] std::size_t recorded() const {
    const std::size_t n = manifest().trustee_count();
    const std::size_t entries = state().size() - 1;
    return std::min(n, entries - std::min(entries, ceremony_phase<Kind> * n));
  }

  template <typename Kind>
  Status enter_ceremony(const Given& given, const Kind& entry) {
    const std::size_t before = recorded<Kind>();
    if (entry.edition == state().edition() && entry.trustee.value >= 1 &&
        entry.trustee.value <= before)
      return compare_with_recorded(given, entry);
    if (entry.edition == state().edition() && entry.trustee.value <= manifest().trustee_count()) {
      const std::string missing = missing_before<Kind>(entry.trustee, before);
      if (!missing.empty()) {
        tell(given, Fate::waiting, "first must come: " + missing);
        return ok_status();
      }
    }
    if (Status added = record_.add(given.bytes); !added) {
      refuse(given, std::move(added).error());
    } else {
      tell(given, Fate::added);
      added_.emplace(state().size() - 1, given.bytes);
    }
    return ok_status();
  }

  // What must stand on the board before the entry of this trustee.
  template <typename Kind>
  [[nodiscard]] std::string missing_before(TrusteeNumber trustee, std::size_t before) const {
    constexpr std::array phases = {Phase::dealing_commitments, Phase::dealings, Phase::acceptances};
    if (state().phase() < phases[ceremony_phase<Kind>]) {
      const Awaited first = awaited(state()).front();
      return first.what + " of " + first.from;
    }
    return list_trustees(
        manifest(), [&](TrusteeNumber j) { return j.value > before && j.value < trustee.value; });
  }

  // The same content counts as known: signatures differ each time they are made.
  template <typename Kind>
  Status compare_with_recorded(const Given& given, const Kind& entry) {
    const std::uint64_t index =
        ceremony_phase<Kind> * manifest().trustee_count() + entry.trustee.value;
    std::string bytes;
    if (const auto now = added_.find(index); now != added_.end()) {
      bytes = now->second;
    } else {
      const Result<board::LogReader> log = board::LogReader::open(record_.directory());
      if (!log) return log.error();
      Result<std::string> read = log->entry(index);
      if (!read) return std::move(read).error();
      bytes = *std::move(read);
    }
    const Result<election::Entry> decoded = election::decode_entry(bytes);
    if (!decoded) return decoded.error();
    Kind recorded = std::get<Kind>(*decoded);
    recorded.signature = entry.signature;
    if (recorded == entry) {
      tell(given, Fate::known);
    } else {
      refuse(given, {ErrorCode::conflict,
                     "the record holds another such entry of " + called(manifest(), entry.trustee),
                     {},
                     "show both to the officials if the signatures hold: the trustee has said two "
                     "things"});
    }
    return ok_status();
  }

  // What an entry with a file must be before its file is looked at.
  template <typename Kind>
  std::optional<Error> check_origin(const Kind& entry) const {
    const auto wrong = [](ErrorCode code, std::string message, std::string remedy) {
      return Error{code, std::move(message), {}, std::move(remedy)};
    };
    if (entry.edition != state().edition())
      return wrong(ErrorCode::conflict, "it belongs to another edition", "take the right file");
    if (state().phase() != Phase::pools)
      return wrong(ErrorCode::conflict, "the record does not yet say which ballots count",
                   "run `urna board counted` first");
    if (entry.pool.value >= manifest().pools.size())
      return wrong(ErrorCode::malformed, "there is no pool " + text(entry.pool.value), "");
    if (entry.trustee.value < 1 || entry.trustee.value > manifest().trustee_count())
      return wrong(ErrorCode::malformed, "there is no trustee " + text(entry.trustee.value), "");
    if (!proof::verify_signature(manifest().trustee(entry.trustee).signing_key,
                                 election::signature_transcript(entry), entry.signature))
      return wrong(ErrorCode::malformed, "it is not signed by " + called(manifest(), entry.trustee),
                   "ask " + called(manifest(), entry.trustee) + " for the right file");
    return std::nullopt;
  }

  // The list after the rounds recorded so far; verified once.
  Result<std::string*> list_of(PoolNumber pool) {
    const auto known = lists_.find(pool);
    if (known != lists_.end()) return &known->second;
    Result<std::string> list = verified_list(record_.directory(), state(), pool, work_);
    if (!list) return std::move(list).error();
    return &lists_.emplace(pool, *std::move(list)).first->second;
  }

  Status enter(const Given& given, const Mix& entry) {
    if (auto wrong = check_origin(entry)) {
      refuse(given, *std::move(wrong));
      return ok_status();
    }
    const std::string trustee = called(manifest(), entry.trustee);
    const std::vector<Mix>& mixes = state().progress(entry.pool).mixes;
    const bool known = std::ranges::any_of(mixes, [&](const Mix& mix) {
      return mix.round == entry.round && mix.trustee == entry.trustee && mix.file == entry.file;
    });
    if (known) {
      tell(given, Fate::known);
      return ok_status();
    }
    if (entry.round != mixes.size() + 1) {
      refuse(given,
             {ErrorCode::conflict,
              "round " + text(mixes.size() + 1) + " of " + pool_name(manifest(), entry.pool) +
                  " is due, not round " + text(entry.round),
              {},
              "send " + trustee +
                  " the present record and let them run `urna trustee mix` "
                  "again"});
      return ok_status();
    }
    const Result<std::string> file =
        read_named_file(companion(given.path), entry.file, entry.size, trustee);
    if (!file) {
      refuse(given, file.error());
      return ok_status();
    }
    const Result<std::string*> list = list_of(entry.pool);
    if (!list) return list.error();
    work_.progress(pool_name(manifest(), entry.pool) + ": verifying round " + text(entry.round) +
                   ", by " + trustee);
    const Result<std::string_view> outputs =
        election::check_mix({state().edition(), entry.pool, entry.round, entry.trustee},
                            {state().joint_key(), state().terms(entry.pool).layout.width, **list},
                            *file, work_.threads);
    if (!outputs) {
      refuse(given, dishonest(trustee, outputs.error()));
      return ok_status();
    }
    return record_with_file(given, election::mix_path(entry.pool, entry.round), *file,
                            [&] { **list = std::string(*outputs); });
  }

  Status enter(const Given& given, const Decryption& entry) {
    // Only those come here that are not of an open pool.
    auto wrong = check_origin(entry);
    refuse(given, wrong ? *std::move(wrong)
                        : Error{ErrorCode::conflict, "it does not belong here", {}, ""});
    return ok_status();
  }

  // The file first: an entry on the board never lacks its file.
  template <typename Then>
  Status record_with_file(const Given& given, const std::string& path, std::string_view file,
                          Then then) {
    if (Status written = record_.write_file(path, file); !written) return written;
    if (Status added = record_.add(given.bytes); !added) {
      std::error_code ignored;
      fs::remove(fs::path(record_.directory()) / path, ignored);
      refuse(given, std::move(added).error());
      return ok_status();
    }
    then();
    tell(given, Fate::added);
    return ok_status();
  }

  Status add_shares(PoolNumber pool, const std::vector<const Given*>& files) {
    struct Good {
      const Given* given = nullptr;
      TrusteeNumber trustee;
      std::string file;
    };
    const election::PoolProgress& progress = state().progress(pool);
    std::vector<Good> good;
    std::set<TrusteeNumber> liars;
    for (const Given* given : files) {
      const auto& entry = std::get<Decryption>(given->entry);
      if (auto wrong = check_origin(entry)) {
        refuse(*given, *std::move(wrong));
        continue;
      }
      const std::string trustee = called(manifest(), entry.trustee);
      const bool known = std::ranges::any_of(progress.decryptions, [&](const Decryption& one) {
        return one.trustee == entry.trustee;
      });
      const bool twice =
          std::ranges::any_of(good, [&](const Good& one) { return one.trustee == entry.trustee; });
      if (known || twice) {
        tell(*given, Fate::known);
        continue;
      }
      if (progress.mixes.size() < manifest().threshold) {
        tell(*given, Fate::waiting, "the pool has not been mixed often enough");
        continue;
      }
      if (progress.finished() ||
          (!progress.decryptions.empty() && entry.trustee < progress.decryptions.back().trustee)) {
        refuse(*given, {ErrorCode::conflict,
                        pool_name(manifest(), pool) + " is decrypted already; the shares of " +
                            trustee + " are not needed",
                        {},
                        "leave this file out"});
        continue;
      }
      Result<std::string> file =
          read_named_file(companion(given->path), entry.file, entry.size, trustee);
      if (!file) {
        refuse(*given, std::move(file).error());
        continue;
      }
      const Result<std::string*> list = list_of(pool);
      if (!list) return list.error();
      work_.progress(pool_name(manifest(), pool) + ": verifying the shares of " + trustee);
      const Result<std::string_view> shares = election::check_shares(
          {state().edition(), pool, state().terms(pool).layout.width, **list}, entry.trustee,
          state().verification_keys()[entry.trustee.value - 1U], *file, work_.threads);
      if (!shares) {
        liars.insert(entry.trustee);
        refuse(*given, dishonest(trustee, shares.error()));
        continue;
      }
      good.push_back({given, entry.trustee, *std::move(file)});
    }
    const std::size_t at_hand = progress.decryptions.size() + good.size();
    if (at_hand < manifest().threshold) {
      const std::string others = list_trustees(manifest(), [&](TrusteeNumber trustee) {
        const auto is_of = [&](const auto& one) { return one.trustee == trustee; };
        return !liars.contains(trustee) && std::ranges::none_of(good, is_of) &&
               std::ranges::none_of(progress.decryptions, is_of);
      });
      for (const Good& one : good)
        tell(*one.given, Fate::waiting,
             "the shares of " + text(manifest().threshold) +
                 " trustees are recorded together, and " + text(at_hand) +
                 " are at hand; ask for those of " + others + " and give all files at once");
      return ok_status();
    }
    for (const Good& one : good) {
      if (Status added = record_with_file(*one.given, election::shares_path(pool, one.trustee),
                                          one.file, [] {});
          !added)
        return added;
    }
    return ok_status();
  }

  RecordWriter& record_;
  const Work& work_;
  std::vector<FileFate> fates_;
  std::map<PoolNumber, std::string> lists_;
  std::map<std::uint64_t, std::string> added_;  // entries of the ceremony added now, by index
};

// The companion files do not stand for themselves.
bool is_companion(const std::string& path) { return fs::path(path).extension() == ".cbor"; }

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

std::string_view to_string(Fate fate) {
  switch (fate) {
    case Fate::added:
      return "added";
    case Fate::known:
      return "known";
    case Fate::waiting:
      return "waiting";
    case Fate::refused:
      return "refused";
  }
  return {};
}

Result<std::vector<FileFate>> add_files(RecordWriter& record, std::span<const std::string> paths,
                                        const Work& work) {
  std::vector<Given> given;
  std::vector<FileFate> unread;
  for (const std::string& path : paths) {
    if (is_companion(path)) continue;
    Result<std::string> bytes = read_file(path, election::entry_bytes_max);
    if (!bytes) {
      unread.push_back({path, Fate::refused, "file", {}, std::move(bytes).error()});
      continue;
    }
    Result<election::Entry> entry = election::decode_entry(*bytes);
    if (!entry) {
      Error error = std::move(entry).error();
      error.place = {path};
      error.remedy = "give the .entry files that trustees hand over, undamaged";
      if (election::decode_complaint(*bytes))
        error = {ErrorCode::usage,
                 "a complaint is not recorded",
                 {path},
                 "judge it with `urna trustee judge`"};
      unread.push_back({path, Fate::refused, "file", {}, std::move(error)});
      continue;
    }
    given.push_back({path, *std::move(bytes), *std::move(entry)});
  }
  Adding adding(record, work);
  if (Status added = adding.run(std::move(given)); !added) return std::move(added).error();
  if (Status published = record.commit(); !published) return std::move(published).error();
  std::vector<FileFate> fates = std::move(adding).take();
  std::ranges::move(unread, std::back_inserter(fates));
  return fates;
}

// ---- From phase to phase

Result<OfficialPair> find_officials(const Manifest& manifest, const proof::SigningKey& one,
                                    const proof::SigningKey& other) {
  const auto number_of = [&](const proof::SigningKey& key) -> std::optional<std::uint8_t> {
    const auto found = std::ranges::find(manifest.officials, key.key);
    if (found == manifest.officials.end()) return std::nullopt;
    return static_cast<std::uint8_t>(found - manifest.officials.begin());
  };
  const auto first = number_of(one);
  const auto second = number_of(other);
  if (!first || !second || first == second) {
    return Error{ErrorCode::conflict,
                 first && second ? "both keys are of the same official"
                                 : "a key is of none of the officials of the manifest",
                 {},
                 "give the keys of two different officials of this edition"};
  }
  if (*first < *second) return OfficialPair{{*first}, {*second}, one, other};
  return OfficialPair{{*second}, {*first}, other, one};
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
    const std::size_t ballots = state.counted(pool).size();
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
    work.progress(pool_name(manifest, pool) + ": reading and counting " +
                  text(state.counted(pool).size()) + " ballots");
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
    const std::string name = pool_name(manifest, pool);
    const auto among = [&](const auto& entries) {
      return "any of " + list_trustees(manifest, [&](TrusteeNumber trustee) {
               return std::ranges::none_of(entries,
                                           [&](const auto& one) { return one.trustee == trustee; });
             });
    };
    if (progress.finished()) continue;
    if (progress.mixes.size() < manifest.threshold) {
      list.push_back({"round " + text(progress.mixes.size() + 1) + " of " +
                          text(manifest.threshold) + " of mixing " + name,
                      among(progress.mixes), "urna trustee mix"});
    } else if (progress.decryptions.size() < manifest.threshold) {
      list.push_back({"the shares of " + text(manifest.threshold) + " trustees of " + name,
                      among(progress.decryptions), "urna trustee decrypt"});
    } else {
      list.push_back({"the result of " + name, "who keeps the board", "urna board result"});
    }
  }
  return list;
}

}  // namespace urna::tally
