// SPDX-License-Identifier: EUPL-1.2
#include "verify/verify.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include "base/byte_source.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/parallel.h"
#include "board/fsck.h"
#include "board/log_reader.h"
#include "election/board_state.h"
#include "election/ceremony.h"
#include "election/decryption_check.h"
#include "election/mixing.h"
#include "election/record.h"
#include "election/result.h"
#include "verify/ballot_checks.h"

namespace urna::verify {
namespace {

namespace fs = std::filesystem;
using election::BoardState;
using election::EntryKind;
using election::Manifest;
using election::PoolNumber;

Step step_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::manifest:
      return Step::manifest;
    case EntryKind::dealing_commitment:
    case EntryKind::dealing:
    case EntryKind::acceptance:
      return Step::ceremony;
    case EntryKind::roll:
    case EntryKind::opening:
      return Step::roll;
    case EntryKind::ballot:
    case EntryKind::audited:
    case EntryKind::freeze:
    case EntryKind::annulment:
    case EntryKind::upholding:
    case EntryKind::roll_addition:
    case EntryKind::paper_mark:
    case EntryKind::extension:
    case EntryKind::closing:
    case EntryKind::issuance:
    case EntryKind::paper_batch:
      return Step::ballots;
    case EntryKind::counted:
    case EntryKind::withheld:
      return Step::counted;
    case EntryKind::mix:
      return Step::mix;
    case EntryKind::decryption:
      return Step::decryption;
    case EntryKind::result:
      return Step::result;
  }
  return Step::log;
}

// The step in which an entry that cannot even be decoded is refused: the one that is due.
Step step_of(election::Phase phase) {
  using election::Phase;
  switch (phase) {
    case Phase::dealing_commitments:
    case Phase::dealings:
    case Phase::acceptances:
      return Step::ceremony;
    case Phase::roll:
    case Phase::opening:
      return Step::roll;
    case Phase::voting:
    case Phase::issuance:
    case Phase::annulments:
      return Step::ballots;
    case Phase::counted:
      return Step::counted;
    case Phase::pools:
      return Step::result;
  }
  return Step::log;
}

std::string where_of(const Error& error) {
  if (error.place.field.empty()) return error.place.file;
  return error.place.file + (error.place.file.empty() ? "" : " ") + "(" + error.place.field + ")";
}

// The step of the entry that an error of BoardState speaks of.
std::optional<Step> step_of(const Error& error) {
  for (int kind = 0; kind <= static_cast<int>(EntryKind::result); ++kind) {
    if (error.place.field == to_string(static_cast<EntryKind>(kind))) {
      return step_of(static_cast<EntryKind>(kind));
    }
  }
  return std::nullopt;
}

std::string what_of(const Error& error) {
  return error.remedy.empty() ? error.message : error.message + "; " + error.remedy;
}

// 160 bytes each.
constexpr std::size_t generators_kept_max = 300'000;
// Components of ciphertexts whose elements stay from the last mix until decryption, in all pools
// together: 256 bytes each.
constexpr std::size_t components_kept_max = 150'000;

// The run over one record. Each step returns whether it was passed; the first refusal stays.
class Verification {
 public:
  Verification(std::string directory, const VerifyOptions& options)
      : directory_(std::move(directory)), options_(options) {}

  Verdict run() {
    timed(Step::log, &Verification::check_log) && timed(Step::ballots, &Verification::replay) &&
        timed(Step::counted, &Verification::check_complete) &&
        timed(Step::mix, &Verification::check_mixes) &&
        timed(Step::decryption, &Verification::check_decryptions) &&
        timed(Step::result, &Verification::check_results) &&
        timed(Step::files, &Verification::check_files);
    return std::move(verdict_);
  }

 private:
  bool timed(Step step, bool (Verification::*check)()) {
    options_.progress(step, 0);
    const auto begin = std::chrono::steady_clock::now();
    const bool passed = (this->*check)();
    verdict_.seconds.emplace_back(
        step, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    if (passed) options_.progress(step, 1);
    return passed;
  }

  bool refuse(Step step, std::string where, std::string what) {
    verdict_.refused = Finding{step, std::move(where), std::move(what)};
    return false;
  }
  bool refuse(Step step, std::string where, const Error& error) {
    return refuse(step, std::move(where), what_of(error));
  }
  bool refuse(Step step, const Error& error) { return refuse(step, where_of(error), error); }

  [[nodiscard]] std::string path(std::string_view name) const {
    return directory_ + "/" + std::string(name);
  }
  // A file of the record, remembered as one that belongs to it.
  [[nodiscard]] Result<std::string> read(const std::string& name) {
    named_files_.insert(name);
    return read_file(path(name), election::record_file_bytes_max);
  }
  // Files of a pool in the order in which entries state their size (if at all) and hash.
  struct StatedFile {
    std::string name;
    Sha256Digest hash{};
    std::optional<std::uint64_t> size;
  };
  struct OpenedFiles {
    std::vector<ByteSource> files;  // up to the first that is not the stated one
    std::optional<Error> error;     // of that one
  };
  // Opens them to be read in pieces, and hashes them; `beside` is done meanwhile.
  [[nodiscard]] OpenedFiles open_stated(
      std::span<const StatedFile> stated, const std::function<void()>& beside = [] {});

  [[nodiscard]] const Manifest& manifest() const { return state_->manifest(); }
  [[nodiscard]] std::size_t pools() const { return manifest().pools.size(); }
  [[nodiscard]] static PoolNumber number(std::size_t pool) {
    return PoolNumber{static_cast<PoolNumber::Value>(pool)};
  }

  bool check_log();
  bool check_kept_checkpoints(const board::LogKey& log,
                              std::span<const board::WitnessKey> witnesses);
  bool replay();
  bool check_complete();
  bool check_mixes();
  // `counted` is by pool, or empty before the first.
  bool check_pool_mixes(PoolNumber pool, std::vector<std::string>& counted,
                        std::vector<group::Element>* generators);
  bool check_decryptions();
  bool check_pool_decryption(PoolNumber pool);
  bool check_results();
  bool check_pool_result(PoolNumber pool);
  bool check_files();

  std::string directory_;
  const VerifyOptions& options_;
  Verdict verdict_;
  std::set<std::string> named_files_ = {"checkpoint"};
  std::set<std::uint64_t> kept_checkpoints_;
  std::optional<board::LogReader> log_;
  std::optional<BoardState> state_;
  std::uint64_t size_after_opening_ = 0;
  std::uint64_t size_after_closing_ = 0;
  std::vector<ByteSource> lists_;                      // by pool: the last list that was verified
  std::vector<election::DecodedCiphertexts> decoded_;  // its elements, or nothing
  std::size_t components_kept_ = 0;
  std::vector<Sha256Digest> tie_seeds_;
};

Verification::OpenedFiles Verification::open_stated(std::span<const StatedFile> stated,
                                                    const std::function<void()>& beside) {
  OpenedFiles opened;
  for (const StatedFile& file : stated) {
    named_files_.insert(file.name);
    Result<ByteSource> source = ByteSource::open(path(file.name), election::record_file_bytes_max);
    if (source && file.size && source->size() != *file.size) {
      source =
          Error{ErrorCode::conflict, "the file has " + std::to_string(source->size()) +
                                         " bytes, its entry says " + std::to_string(*file.size)};
    }
    if (!source) {
      opened.error = std::move(source).error();
      break;
    }
    opened.files.push_back(std::move(*source));
  }
  std::vector<std::optional<Error>> errors(opened.files.size());
  for_each_piece(1 + errors.size(), options_.threads, [&](std::size_t piece) {
    if (piece == 0) return beside();
    const std::size_t i = piece - 1;
    const Result<Sha256Digest> hash = sha256_of(opened.files[i]);
    if (!hash) {
      errors[i] = hash.error();
    } else if (*hash != stated[i].hash) {
      errors[i] = Error{ErrorCode::conflict, "the file is not the one whose hash its entry states"};
    }
  });
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (!errors[i]) continue;
    opened.files.resize(i);
    opened.error = std::move(errors[i]);
    break;
  }
  return opened;
}

bool Verification::check_log() {
  Result<board::LogReader> log = board::LogReader::open(directory_);
  if (!log) return refuse(Step::log, "checkpoint", log.error());
  log_.emplace(std::move(*log));

  // The keys stand in the manifest, which the log then has to confirm.
  const Result<std::vector<std::string>> first = log_->bundle(0);
  if (!first) return refuse(Step::log, first.error());
  if (first->empty()) return refuse(Step::log, "checkpoint", "the log has no entries");
  const std::string manifest_name(election::manifest_path);
  const Result<std::string> manifest_file = read(manifest_name);
  if (!manifest_file) return refuse(Step::manifest, manifest_name, manifest_file.error());
  Result<BoardState> state = BoardState::begin(first->front(), *manifest_file);
  if (!state) return refuse(Step::manifest, "entry 0 (manifest)", state.error());
  state_.emplace(std::move(*state));

  const election::BoardKeys& keys = manifest().board;
  const board::LogKey log_key{keys.origin, keys.key};
  std::vector<board::WitnessKey> witnesses;
  for (const election::Witness& witness : keys.witnesses) {
    witnesses.push_back({witness.name, witness.key});
  }
  const Result<board::FsckReport> report =
      board::fsck(directory_, &log_key, witnesses, keys.cosignatures, options_.threads);
  if (!report) return refuse(Step::log, report.error());
  if (report->checkpoint != log_->checkpoint()) {
    return refuse(Step::log, "checkpoint", "the checkpoint changed while it was being verified");
  }
  verdict_.summary.entries = report->checkpoint.size;
  verdict_.summary.cosignatures = report->cosignatures;

  if (!check_kept_checkpoints(log_key, witnesses)) return false;

  const Manifest& edition = manifest();
  verdict_.summary.edition = edition.edition;
  verdict_.summary.title = edition.title;
  verdict_.summary.manifest = state_->edition();
  if (options_.manifest && *options_.manifest != state_->edition()) {
    return refuse(Step::manifest, "entry 0 (manifest)",
                  "this is another edition: the hash of its manifest is " +
                      to_hex(state_->edition().view()) + ", not " +
                      to_hex(options_.manifest->view()));
  }
  return true;
}

bool Verification::check_kept_checkpoints(const board::LogKey& log,
                                          std::span<const board::WitnessKey> witnesses) {
  std::error_code failure;
  const fs::path folder = fs::path(directory_) / "checkpoints";
  for (fs::directory_iterator file(folder, failure), end; !failure && file != end;
       file.increment(failure)) {
    const std::string name = "checkpoints/" + file->path().filename().string();
    const Result<std::string> note = read(name);
    if (!note) return refuse(Step::log, name, note.error());
    const Result<board::VerifiedCheckpoint> verified =
        board::verify_checkpoint(*note, log, witnesses, manifest().board.cosignatures);
    if (!verified) return refuse(Step::log, name, verified.error());
    const board::Checkpoint& checkpoint = verified->checkpoint;
    if (name != election::checkpoint_path(checkpoint.size)) {
      return refuse(Step::log, name, "the file is not named by the size of its checkpoint");
    }
    if (checkpoint.size > log_->checkpoint().size) {
      return refuse(Step::log, name, "this checkpoint is of a longer log: entries were cut off");
    }
    const Result<board::TreeEdge> edge = log_->edge(checkpoint.size);
    if (!edge) return refuse(Step::log, name, edge.error());
    if (edge->root() != checkpoint.root) {
      return refuse(Step::log, name,
                    "the board signed another history: the first " +
                        std::to_string(checkpoint.size) +
                        " entries do not lead to this checkpoint's root");
    }
    kept_checkpoints_.insert(checkpoint.size);
  }
  return true;
}

bool Verification::replay() {
  if (const Status possession = election::check_possession(manifest()); !possession) {
    return refuse(Step::ceremony, "entry 0 (manifest)", possession.error());
  }
  state_->expect(log_->checkpoint().size);
  BallotChecks checks(*state_, options_.threads, log_->checkpoint().size);
  // The entry at which the replay stopped, for what went wrong with it.
  std::uint64_t current = 0;
  Step current_step = Step::log;
  const std::uint64_t total = log_->checkpoint().size;
  const Status read = log_->for_each_hashed(
      0, [&](std::uint64_t index, std::string_view entry, const Sha256Digest& leaf) {
        if (index == 0) return ok_status();
        current = index;
        current_step = step_of(state_->phase());
        if (state_->phase() == election::Phase::roll && !named_files_.contains("roll.cbor")) {
          const Result<std::string> file = this->read(std::string(election::roll_path));
          if (!file) return Status(file.error());
          Result<election::Roll> roll = election::Roll::decode(*file, options_.threads);
          if (!roll) {
            Error error = std::move(roll).error();
            error.place.file = std::string(election::roll_path);
            return Status(std::move(error));
          }
          verdict_.summary.roll = roll->size();
          state_->provide_roll(std::move(*roll));
        }
        const election::Phase before = state_->phase();
        if (Status applied = checks.apply({entry, {leaf}}); !applied) {
          current_step = step_of(applied.error()).value_or(current_step);
          return applied;
        }
        if (before == election::Phase::opening) size_after_opening_ = index + 1;
        if (before == election::Phase::voting && state_->phase() == election::Phase::issuance) {
          size_after_closing_ = index + 1;
        }
        if (index % 8192 == 0) {
          options_.progress(Step::ballots, static_cast<double>(index) / static_cast<double>(total));
        }
        return ok_status();
      });
  // A ballot whose proof fails stands before whatever stopped the replay.
  if (const std::optional<Error> wrong = checks.finish()) {
    return refuse(Step::ballots, *wrong);
  }
  if (!read) {
    std::string where = where_of(read.error());
    if (where.empty()) where = "entry " + std::to_string(current);
    return refuse(current_step, where, read.error());
  }
  verdict_.summary.ballots = state_->ballots();
  verdict_.summary.certificates = state_->certificates_issued();
  verdict_.summary.extensions.assign(state_->extensions().begin(), state_->extensions().end());
  for (std::size_t b = 0; b < state_->ballots(); ++b) {
    const election::Standing standing = state_->standing(b);
    verdict_.summary.annulled += standing == election::Standing::annulled ? 1U : 0U;
    verdict_.summary.upheld += standing == election::Standing::upheld ? 1U : 0U;
    verdict_.summary.restored += standing == election::Standing::restored ? 1U : 0U;
  }
  return true;
}

bool Verification::check_complete() {
  const std::string end = "after entry " + std::to_string(state_->size() - 1);
  if (state_->phase() != election::Phase::pools) {
    return refuse(step_of(state_->phase()), end,
                  "the record ends before every pool's list of counted ballots is stated");
  }
  for (const auto& [size, event] :
       {std::pair{size_after_opening_, "opening"}, std::pair{size_after_closing_, "closing"}}) {
    if (!kept_checkpoints_.contains(size)) {
      return refuse(Step::log, election::checkpoint_path(size),
                    "the checkpoint of the " + std::string(event) + " is missing");
    }
  }
  std::vector<std::uint64_t> cast(pools());
  for (std::size_t b = 0; b < state_->ballots(); ++b) ++cast[state_->ballot(b).pool.value];
  for (std::size_t p = 0; p < pools(); ++p) {
    const election::Pool& pool = manifest().pools[p];
    const election::PoolProgress& progress = state_->progress(number(p));
    PoolSummary summary;
    summary.id = pool.id;
    summary.title = pool.title;
    summary.cast = cast[p];
    summary.counted = state_->counted_ballots_of(number(p));
    summary.on_paper = state_->paper_ballots(number(p));
    summary.withheld = progress.withheld;
    summary.money = pool.money;
    for (const election::Mix& mix : progress.mixes) {
      summary.mixed_by.push_back(manifest().trustee(mix.trustee).name);
    }
    for (const election::Decryption& decryption : progress.decryptions) {
      summary.decrypted_by.push_back(manifest().trustee(decryption.trustee).name);
    }
    verdict_.summary.pools.push_back(std::move(summary));
  }
  for (std::size_t p = 0; p < pools(); ++p) {
    const election::PoolProgress& progress = state_->progress(number(p));
    if (progress.finished()) continue;
    const std::string pool = "pool " + std::to_string(p) + " (" + manifest().pools[p].id + ")";
    if (progress.mixes.size() < manifest().threshold) {
      return refuse(Step::mix, end, pool + " is not mixed by as many trustees as it must be");
    }
    if (progress.decryptions.size() < manifest().threshold) {
      return refuse(Step::decryption, end,
                    pool + " is not decrypted by as many trustees as it must be");
    }
    return refuse(Step::result, end, pool + " has no result");
  }
  return true;
}

bool Verification::check_mixes() {
  // The generators serve every pool, unless they would take too much memory.
  std::size_t longest = 0;
  for (std::size_t p = 0; p < pools(); ++p) {
    longest = std::max<std::size_t>(longest, state_->counted_ballots_of(number(p)));
  }
  std::vector<group::Element> generators;
  std::vector<std::string> counted;
  lists_.resize(pools());
  decoded_.resize(pools());
  for (std::size_t p = 0; p < pools(); ++p) {
    if (!state_->progress(number(p)).withheld &&
        !check_pool_mixes(number(p), counted,
                          longest <= generators_kept_max ? &generators : nullptr)) {
      return false;
    }
    options_.progress(Step::mix, static_cast<double>(p + 1) / static_cast<double>(pools()));
  }
  return true;
}

bool Verification::check_pool_mixes(PoolNumber pool, std::vector<std::string>& counted,
                                    std::vector<group::Element>* generators) {
  const std::vector<election::Mix>& mixes = state_->progress(pool).mixes;
  std::vector<StatedFile> stated;
  for (const election::Mix& mix : mixes) {
    stated.push_back({election::mix_path(pool, mix.round), mix.file, mix.size});
  }
  const OpenedFiles opened = open_stated(stated, [&] {
    if (counted.empty()) counted = state_->take_counted_ciphertexts();
  });
  const std::string ciphertexts = std::move(counted[pool.value]);
  election::MixSeries series{state_->edition(),   pool,
                             state_->joint_key(), state_->terms(pool).layout.width,
                             ciphertexts,         {}};
  for (std::size_t m = 0; m < opened.files.size(); ++m) {
    series.made.push_back({mixes[m].round, mixes[m].trustee, opened.files[m]});
  }
  const std::size_t components =
      series.width * static_cast<std::size_t>(state_->counted_ballots_of(pool));
  const bool keep = components <= components_kept_max - components_kept_;
  election::CheckedMixes checked =
      election::check_mixes(series, {options_.threads, 0, generators, keep});
  if (checked.wrong) {
    const std::size_t m = checked.wrong->round;
    return refuse(Step::mix,
                  stated[m].name + " (" + manifest().trustee(mixes[m].trustee).name + ")",
                  checked.wrong->error);
  }
  // The rounds before a file that is not the stated one hold.
  if (opened.error) return refuse(Step::mix, stated[opened.files.size()].name, *opened.error);
  lists_[pool.value] = checked.outputs;
  decoded_[pool.value] = std::move(checked.elements);
  if (keep) components_kept_ += components;
  return true;
}

bool Verification::check_decryptions() {
  tie_seeds_.resize(pools());
  for (std::size_t p = 0; p < pools(); ++p) {
    if (!state_->progress(number(p)).withheld && !check_pool_decryption(number(p))) return false;
    options_.progress(Step::decryption, static_cast<double>(p + 1) / static_cast<double>(pools()));
  }
  return true;
}

bool Verification::check_pool_decryption(PoolNumber pool) {
  const election::PoolProgress& progress = state_->progress(pool);
  std::vector<StatedFile> stated;
  for (const election::Decryption& decryption : progress.decryptions) {
    stated.push_back(
        {election::shares_path(pool, decryption.trustee), decryption.file, decryption.size});
  }
  const std::string plaintexts = election::plaintexts_path(pool);
  stated.push_back({plaintexts, progress.result->plaintexts, std::nullopt});
  const auto called = [&](std::size_t j) {
    if (j == progress.decryptions.size()) return plaintexts;
    return stated[j].name + " (" + manifest().trustee(progress.decryptions[j].trustee).name + ")";
  };
  const OpenedFiles opened = open_stated(stated);
  election::DecryptedPool decrypted{
      state_->edition(),    pool, state_->terms(pool).layout.width, lists_[pool.value], {},
      manifest().threshold, {}};
  for (std::size_t j = 0; j < progress.decryptions.size() && j < opened.files.size(); ++j) {
    const election::TrusteeNumber trustee = progress.decryptions[j].trustee;
    decrypted.shares.push_back(
        {trustee, state_->verification_keys()[trustee.value - 1U], opened.files[j]});
  }
  if (opened.error) {
    // Shares before a file that is not the stated one may be wrong, and are then the first.
    const auto wrong = election::first_wrong_shares(decrypted, options_.threads);
    if (wrong) return refuse(Step::decryption, called(*wrong->shares), wrong->error);
    return refuse(Step::decryption, called(opened.files.size()), *opened.error);
  }
  decrypted.plaintexts = opened.files.back();
  decrypted.elements = std::exchange(decoded_[pool.value], {});
  const election::CheckedDecryption checked =
      election::check_decryption(decrypted, options_.threads);
  if (checked.wrong) {
    return refuse(Step::decryption,
                  called(checked.wrong->shares.value_or(progress.decryptions.size())),
                  checked.wrong->error);
  }
  tie_seeds_[pool.value] = checked.tie_seed;
  lists_[pool.value] = decrypted.plaintexts;
  return true;
}

bool Verification::check_results() {
  for (std::size_t p = 0; p < pools(); ++p) {
    if (!state_->progress(number(p)).withheld && !check_pool_result(number(p))) return false;
    options_.progress(Step::result, static_cast<double>(p + 1) / static_cast<double>(pools()));
  }
  return true;
}

bool Verification::check_pool_result(PoolNumber pool) {
  const election::PoolResult& stated = *state_->progress(pool).result;
  const election::Pool& rules = manifest().pools[pool.value];
  const std::string where = "result of pool " + std::to_string(pool.value) + " (" + rules.id + ")";
  std::string plaintexts;
  if (const Status read = lists_[pool.value].append_to(plaintexts, 0, lists_[pool.value].size());
      !read) {
    return refuse(Step::result, election::plaintexts_path(pool), read.error());
  }
  const Result<election::DerivedResult> derived =
      election::derive_result(manifest(), state_->edition(), pool, state_->terms(pool), plaintexts,
                              tie_seeds_[pool.value], options_.threads);
  if (!derived) return refuse(Step::result, where, derived.error());
  const election::PoolResult& right = derived->entry;
  const auto differs = [&](bool same, const char* what) {
    return !same && !refuse(Step::result, where, what);
  };
  if (differs(stated.tie_seed == right.tie_seed,
              "the tie seed is not the one that the trustees' shares yield") ||
      differs(stated.valid == right.valid && stated.blank == right.blank,
              "the numbers of valid and blank ballots are not those of the plaintexts") ||
      differs(stated.invalid == right.invalid,
              "the numbers of invalid ballots are not those of the plaintexts") ||
      differs(stated.winners == right.winners,
              "the winners are not those that the counting rule yields") ||
      differs(stated.cost == right.cost, "the cost of the winners is not their sum") ||
      differs(stated == right, "the result is not the one that follows from the plaintexts")) {
    return false;
  }
  const std::string name = election::published_path(pool);
  const Result<std::string> published = read(name);
  if (!published) return refuse(Step::result, name, published.error());
  if (*published != derived->published) {
    return refuse(Step::result, name, "the published ballots are not those of the plaintexts");
  }

  PoolSummary& summary = verdict_.summary.pools[pool.value];
  summary.valid = right.valid;
  summary.blank = right.blank;
  summary.invalid = derived->invalid;
  summary.cost = right.cost;
  for (const election::ProjectNumber winner : right.winners) {
    const election::Project& project = rules.projects[winner.value - 1U];
    summary.funded.push_back({project.id, project.name, project.cost});
  }
  lists_[pool.value] = {};
  return true;
}

bool Verification::check_files() {
  std::error_code failure;
  for (fs::recursive_directory_iterator file(directory_, failure), end; !failure && file != end;
       file.increment(failure)) {
    const std::string name = fs::relative(file->path(), directory_, failure).generic_string();
    if (name.starts_with("tile/")) continue;  // the step `log` knows each of these
    if (file->is_directory(failure) && !file->is_symlink(failure)) continue;
    if (!named_files_.contains(name)) {
      return refuse(Step::files, name, "no entry of the board names this file");
    }
  }
  if (failure) return refuse(Step::files, directory_, failure.message());
  return true;
}

}  // namespace

std::string_view name_of(Step step) {
  switch (step) {
    case Step::log:
      return "log";
    case Step::manifest:
      return "manifest";
    case Step::ceremony:
      return "ceremony";
    case Step::roll:
      return "roll";
    case Step::ballots:
      return "ballots";
    case Step::counted:
      return "counted";
    case Step::mix:
      return "mix";
    case Step::decryption:
      return "decryption";
    case Step::result:
      return "result";
    case Step::files:
      return "files";
  }
  return "log";
}

std::string_view shows(Step step) {
  switch (step) {
    case Step::log:
      return "The board is one history: nothing was removed, changed or put in between.";
    case Step::manifest:
      return "The rules are those fixed before the vote.";
    case Step::ceremony:
      return "The key was made by all trustees together; none of them can open ballots alone.";
    case Step::roll:
      return "The list of eligible persons was fixed before the vote opened.";
    case Step::ballots:
      return "Every ballot was cast with a certificate by a person on the roll, and is intact.";
    case Step::counted:
      return "Of each person and pool exactly the ballot that counts was counted.";
    case Step::mix:
      return "The trustees shuffled the ballots and neither added, dropped nor changed one.";
    case Step::decryption:
      return "What was opened is what the voters had encrypted.";
    case Step::result:
      return "The winners are those that the rule yields for these ballots.";
    case Step::files:
      return "The record holds these files and no other.";
  }
  return "";
}

std::string_view failure_means(Step step) {
  switch (step) {
    case Step::log:
      return "The board was changed after it was signed, or this copy of it is damaged.";
    case Step::manifest:
      return "The rules of this edition are not a valid manifest, or not the one you expected.";
    case Step::ceremony:
      return "The trustees' key was not made as it must be; secrecy cannot be relied upon.";
    case Step::roll:
      return "The list of eligible persons is not the one that was fixed before the vote.";
    case Step::ballots:
      return "A ballot, certificate or decision stands on the board that must not be there.";
    case Step::counted:
      return "Ballots were left out of the count, or counted that must not be.";
    case Step::mix:
      return "A trustee's shuffle is not shown to be honest: ballots may have been exchanged.";
    case Step::decryption:
      return "A trustee's decryption is not shown to be honest: contents may be false.";
    case Step::result:
      return "The announced result does not follow from the ballots.";
    case Step::files:
      return "The record holds something that nobody has vouched for.";
  }
  return "";
}

Result<Verdict> verify_record(const std::string& directory, const VerifyOptions& options) {
  std::error_code failure;
  if (!fs::is_directory(directory, failure)) {
    return Error{ErrorCode::not_found,
                 "there is no such folder",
                 {directory},
                 "give the folder of a record, the one that holds the file checkpoint"};
  }
  return Verification(directory, options).run();
}

}  // namespace urna::verify
