// SPDX-License-Identifier: EUPL-1.2
#include "tally/receiving.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/file.h"
#include "board/log_reader.h"
#include "election/decrypting.h"
#include "election/entries.h"
#include "election/mixing.h"
#include "tally/keeper.h"

namespace urna::tally {
namespace {

namespace fs = std::filesystem;
using election::BoardState;
using election::Decryption;
using election::Manifest;
using election::Mix;
using election::Phase;
using election::PoolNumber;
using election::RecordWriter;
using election::TrusteeNumber;

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
          what += " of pool " + std::to_string(entry.pool.value) + ", round " +
                  std::to_string(entry.round);
        if constexpr (std::is_same_v<Kind, Decryption>)
          what += " of pool " + std::to_string(entry.pool.value);
        if constexpr (requires { entry.trustee; })
          what += " of trustee " + std::to_string(entry.trustee.value);
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
        std::is_same_v<Kind, election::Freeze> || std::is_same_v<Kind, election::Annulment> ||
        std::is_same_v<Kind, election::Upholding> || std::is_same_v<Kind, election::RollAddition> ||
        std::is_same_v<Kind, election::PaperMark> || std::is_same_v<Kind, election::PaperBatch> ||
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
      return wrong(ErrorCode::malformed, "there is no pool " + std::to_string(entry.pool.value),
                   "");
    if (entry.trustee.value < 1 || entry.trustee.value > manifest().trustee_count())
      return wrong(ErrorCode::malformed,
                   "there is no trustee " + std::to_string(entry.trustee.value), "");
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
      refuse(given, {ErrorCode::conflict,
                     "round " + std::to_string(mixes.size() + 1) + " of " +
                         called(manifest(), entry.pool) + " is due, not round " +
                         std::to_string(entry.round),
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
    work_.progress(called(manifest(), entry.pool) + ": verifying round " +
                   std::to_string(entry.round) + ", by " + trustee);
    const Result<std::string_view> outputs =
        election::check_mix({state().edition(), entry.pool, entry.round, entry.trustee},
                            {state().joint_key(), state().terms(entry.pool).layout.width, **list},
                            *file, {work_.threads, 0, {}});
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
                        called(manifest(), pool) + " is decrypted already; the shares of " +
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
      work_.progress(called(manifest(), pool) + ": verifying the shares of " + trustee);
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
             "the shares of " + std::to_string(manifest().threshold) +
                 " trustees are recorded together, and " + std::to_string(at_hand) +
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

}  // namespace

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

}  // namespace urna::tally
