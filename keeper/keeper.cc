// SPDX-License-Identifier: EUPL-1.2
#include "keeper/keeper.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/private_file.h"
#include "keeper/tables.h"
#include "pseudonym/key_share.h"
#include "pseudonym/messages.h"
#include "pseudonym/voprf.h"

namespace urna::keeper {
namespace {

using pseudonym::EvaluateRequest;
using pseudonym::KeyShare;

constexpr std::array<std::string_view, refusals> refusal_names = {
    "unknown-caller", "malformed", "other-group", "not-allowed",
    "over-quota",     "destroyed", "unavailable", "mandate"};
constexpr std::uint64_t minute = 60;

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::string pending(const std::string& path) { return path + ".pending"; }

// Keeps other processes from working with the same share, which would go on after its destruction.
// Ends with the process, however that ends.
class ShareLock {
 public:
  [[nodiscard]] static Result<ShareLock> take(const std::string& path) {
    ShareLock taken(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const int cause = errno;
    if (taken.descriptor_ < 0) {
      return Error{cause == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                   std::string("cannot open the share of the key: ") + std::strerror(cause),
                   {path},
                   "give the file, not a link to it, that the key ceremony made"};
    }
    if (::flock(taken.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      return Error{ErrorCode::conflict,
                   "another process works with this share of the key",
                   {path},
                   "stop the keeper's service first"};
    }
    return taken;
  }
  ShareLock(ShareLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ShareLock& operator=(ShareLock&&) = delete;
  ShareLock(const ShareLock&) = delete;
  ShareLock& operator=(const ShareLock&) = delete;
  ~ShareLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 private:
  explicit ShareLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace

std::string_view to_string(Refusal refusal) {
  return refusal_names[static_cast<std::size_t>(refusal)];
}

struct Keeper::State {
  State(KeeperConfig config_, pseudonym::KeeperGroup group_, KeeperStore& store_)
      : config(std::move(config_)), group(std::move(group_)), store(store_) {}

  const KeeperConfig config;
  const pseudonym::KeeperGroup group;
  KeeperStore& store;

  // Evaluations hold share_lock shared, the destruction alone. All pass the gate first, so that new
  // evaluations cannot keep a destruction waiting.
  std::mutex gate;
  std::shared_mutex share_lock;
  std::optional<KeyShare> share;
  std::optional<ShareLock> process_lock;

  // Guards what follows.
  mutable std::mutex lock;
  KeeperMetrics metrics;
  std::uint64_t refusal_minute = 0;
  std::array<std::uint64_t, refusals> in_minute{};
  std::uint64_t acknowledged = 0;  // the number of the last such line that was seen

  Refused refuse(Refusal why, Error error, const std::string& caller, const std::string& purpose);
  Refused refuse_mandate(protection::MandateFault fault, const std::string& caller);
  std::optional<Refused> begin_list_check(const EvaluateRequest& asked, const std::string& caller,
                                          std::vector<Counter>& counters);
  void raise_alarm(const std::string& caller, const std::string& purpose, std::string detail);
  void look_for_acknowledgement();
  void write_line(const LogLine& line);
  [[nodiscard]] Result<std::string> read_certificate(const std::string& path);
  [[nodiscard]] Result<std::string> finish_destruction();
};

void Keeper::State::write_line(const LogLine& line) {
  if (store.append(line)) return;
  const std::lock_guard guard(lock);
  ++metrics.lines_lost;
}

void Keeper::State::look_for_acknowledgement() {
  {
    const std::lock_guard guard(lock);
    if (!metrics.alarm) return;
  }
  // A database that does not answer leaves the alarm as it is.
  const Result<std::uint64_t> last = store.last(Event::acknowledged);
  const std::lock_guard guard(lock);
  if (!last || *last <= acknowledged) return;
  acknowledged = *last;
  metrics.alarm = false;
}

void Keeper::State::raise_alarm(const std::string& caller, const std::string& purpose,
                                std::string detail) {
  look_for_acknowledgement();
  {
    const std::lock_guard guard(lock);
    if (std::exchange(metrics.alarm, true)) return;
  }
  write_line({0, config.clock(), Event::alarm, caller, purpose, 0, std::move(detail)});
}

Refused Keeper::State::refuse(Refusal why, Error error, const std::string& caller,
                              const std::string& purpose) {
  const std::uint64_t now = config.clock();
  std::uint64_t of_kind = 0;
  std::uint64_t of_all = 0;
  {
    const std::lock_guard guard(lock);
    const auto kind = static_cast<std::size_t>(why);
    ++metrics.refused[kind];
    if (std::exchange(refusal_minute, now / minute) != now / minute) in_minute = {};
    of_kind = ++in_minute[kind];
    for (const std::uint64_t count : in_minute) of_all += count;
  }
  if (std::has_single_bit(of_kind)) {
    write_line({0, now, Event::refused, caller, purpose, of_kind, std::string(to_string(why))});
  }
  if (why == Refusal::over_quota) raise_alarm(caller, purpose, "over-quota");
  if (of_all > config.alarm_refusals) raise_alarm(caller, purpose, "refusals");
  return {why, std::move(error)};
}

Refused Keeper::State::refuse_mandate(protection::MandateFault fault, const std::string& caller) {
  const std::string why(protection::to_string(fault));
  write_line({0, config.clock(), Event::refused, caller,
              std::string(to_string(pseudonym::Purpose::list_check)), 1, "mandate-" + why});
  const std::lock_guard guard(lock);
  ++metrics.refused[static_cast<std::size_t>(Refusal::mandate)];
  return {Refusal::mandate,
          {ErrorCode::conflict, "the list check is not within a mandate: " + why, {}, ""}};
}

// Adds the counter of the mandate. The first request under it also uses up one of the inspected
// controller's list checks.
std::optional<Refused> Keeper::State::begin_list_check(const EvaluateRequest& asked,
                                                       const std::string& caller,
                                                       std::vector<Counter>& counters) {
  using protection::MandateFault;
  if (asked.mandate.empty()) return refuse_mandate(MandateFault::missing, caller);
  const Result<protection::Mandate> mandate = protection::decode_mandate(asked.mandate);
  if (!mandate) return refuse_mandate(MandateFault::malformed, caller);
  const std::uint64_t now = config.clock();
  std::optional<MandateFault> fault = MandateFault::other_parties;
  for (protection::MandateTrust trust : config.mandates) {
    trust.edition = config.edition;
    fault = protection::find_fault(*mandate, trust, now);
    if (fault != MandateFault::other_parties) break;
  }
  if (!fault && !mandate->list_check) fault = MandateFault::out_of_scope;
  if (fault) return refuse_mandate(*fault, caller);

  const std::string word = protection::mandate_word(protection::mandate_hash(*mandate));
  const Counter under{"mandate/" + word, mandate->list_check->evaluations};
  const Result<std::uint64_t> used = store.counted(under.name);
  if (!used) {
    return refuse(Refusal::unavailable, used.error(), caller,
                  std::string(to_string(asked.purpose)));
  }
  if (asked.count() > under.most - std::min(*used, under.most)) {
    return refuse_mandate(MandateFault::over_quota, caller);
  }
  if (*used == 0) {
    const Counter lists{"list-checks/" + to_hex(view_of(mandate->inspected.key).substr(0, 8)),
                        mandate->list_check->number};
    const auto exceeded =
        store.charge(std::span(&lists, 1), 1,
                     {0, now, Event::evaluated, caller, std::string(to_string(asked.purpose)), 0,
                      "mandate-begun-" + word});
    if (!exceeded) {
      return refuse(Refusal::unavailable, exceeded.error(), caller,
                    std::string(to_string(asked.purpose)));
    }
    if (*exceeded) return refuse_mandate(MandateFault::over_quota, caller);
  }
  counters.push_back(under);
  return std::nullopt;
}

Result<std::string> Keeper::State::read_certificate(const std::string& path) {
  Result<std::string> bytes = read_file(path, destruction_bytes_max);
  if (!bytes) return bytes;
  const Result<Destruction> right = read_destruction(*bytes, group);
  if (!right) {
    Error error = right.error();
    error.place.file = path;
    return error;
  }
  // A file that is no share any more, half overwritten, belongs to the certificate as well.
  const Result<SecretBytes> file =
      read_secret_file(config.share_path, pseudonym::key_share_bytes_max);
  const Result<KeyShare> left = file ? KeyShare::decode(file->view(), group) : file.error();
  if (left && left->keeper() != right->keeper) {
    return Error{ErrorCode::conflict,
                 "the certificate is about the share of another keeper",
                 {path},
                 "give each keeper a place of its own for it"};
  }
  return bytes;
}

// A certificate is written before the share is touched: what it says is made true, and then it gets
// its name. Also for a share that came back, such as from a backup.
Result<std::string> Keeper::State::finish_destruction() {
  const std::string& path = config.certificate_path;
  const bool begun = exists(pending(path));
  Result<std::string> certificate = read_certificate(begun ? pending(path) : path);
  if (!certificate) return certificate;
  if (Status erased = erase_private_file(config.share_path); !erased) {
    return std::move(erased).error();
  }
  {
    const std::lock_guard guard(lock);
    metrics.destroyed = true;
  }
  if (!begun) return certificate;
  if (Status named = rename_private_file(pending(path), path); !named) {
    return std::move(named).error();
  }
  write_line({0, config.clock(), Event::destroyed, {}, {}, 0, {}});
  return certificate;
}

Keeper::Keeper(std::unique_ptr<State> state) : state_(std::move(state)) {}
Keeper::~Keeper() = default;

Result<std::unique_ptr<Keeper>> Keeper::open(KeeperConfig config, pseudonym::KeeperGroup group,
                                             KeeperStore& store) {
  if (Status right = check_callers(config.callers); !right) return std::move(right).error();
  if (!config.clock) return Error{ErrorCode::usage, "the keeper needs a clock"};
  auto state = std::make_unique<State>(std::move(config), std::move(group), store);
  const KeeperConfig& settings = state->config;
  const Result<std::uint64_t> alarm = store.last(Event::alarm);
  const Result<std::uint64_t> acknowledged = store.last(Event::acknowledged);
  if (!alarm) return alarm.error();
  if (!acknowledged) return acknowledged.error();
  state->metrics.alarm = *alarm > *acknowledged;
  state->acknowledged = *acknowledged;

  if (exists(pending(settings.certificate_path)) || exists(settings.certificate_path)) {
    if (Result<std::string> done = state->finish_destruction(); !done) {
      return std::move(done).error();
    }
    return std::unique_ptr<Keeper>(new Keeper(std::move(state)));
  }
  Result<ShareLock> process_lock = ShareLock::take(settings.share_path);
  if (!process_lock) return std::move(process_lock).error();
  state->process_lock.emplace(*std::move(process_lock));
  const Result<SecretBytes> file =
      read_secret_file(settings.share_path, pseudonym::key_share_bytes_max);
  if (!file) return file.error();
  if (readable_by_others(settings.share_path)) {
    return Error{ErrorCode::conflict,
                 "other users of this computer can read the share of the key",
                 {settings.share_path},
                 "run chmod 600 on it; if others may have read it, make a new key"};
  }
  Result<KeyShare> share = KeyShare::decode(file->view(), state->group);
  if (!share) {
    Error error = std::move(share).error();
    error.place.file = settings.share_path;
    return error;
  }
  state->share = *std::move(share);
  return std::unique_ptr<Keeper>(new Keeper(std::move(state)));
}

std::variant<std::string, Refused> Keeper::evaluate(std::string_view token,
                                                    std::string_view request) {
  State& s = *state_;
  const Caller* const caller = find_caller(s.config.callers, token);
  if (caller == nullptr) {
    return s.refuse(Refusal::unknown_caller,
                    {ErrorCode::conflict,
                     "this token is nobody's",
                     {},
                     "use the token that was agreed on with this keeper"},
                    {}, {});
  }
  const Result<EvaluateRequest> asked = pseudonym::decode_evaluate_request(request);
  if (!asked) return s.refuse(Refusal::malformed, asked.error(), caller->name, {});
  const std::string purpose = purpose_text(*asked);
  if (asked->group_key != s.group.public_key()) {
    return s.refuse(Refusal::other_group,
                    {ErrorCode::conflict,
                     "the request is for another group of keepers",
                     {},
                     "give the registrar and the keepers the same file of the group"},
                    caller->name, purpose);
  }
  const Allowance* const allowance = find_allowance(*caller, asked->purpose);
  if (allowance == nullptr) {
    return s.refuse(Refusal::not_allowed,
                    {ErrorCode::conflict,
                     "this caller may not ask for " + purpose,
                     {},
                     "see the keeper's configuration"},
                    caller->name, purpose);
  }

  std::shared_lock reading(s.share_lock, std::defer_lock);
  {
    const std::lock_guard passing(s.gate);
    reading.lock();
  }
  if (!s.share) {
    return s.refuse(Refusal::destroyed,
                    {ErrorCode::unsupported, "the share of the key was destroyed"}, caller->name,
                    purpose);
  }
  const std::uint64_t now = s.config.clock();
  std::vector<Counter> counters = counters_of(*caller, *allowance, now);
  const std::size_t own_limits = counters.size();
  if (asked->purpose == pseudonym::Purpose::list_check) {
    if (auto refused = s.begin_list_check(*asked, caller->name, counters)) return *refused;
  }
  const auto exceeded =
      s.store.charge(counters, asked->count(),
                     {0, now, Event::evaluated, caller->name, purpose, asked->count(), {}});
  if (!exceeded) {
    return s.refuse(Refusal::unavailable, exceeded.error(), caller->name, purpose);
  }
  if (*exceeded && **exceeded >= own_limits) {
    return s.refuse_mandate(protection::MandateFault::over_quota, caller->name);
  }
  if (*exceeded) {
    Refused refused = s.refuse(Refusal::over_quota,
                               {ErrorCode::limit,
                                "the quota for " + purpose + " is used up",
                                {},
                                "ask the keeper why; quotas are there against misuse"},
                               caller->name, purpose);
    refused.retry_after_seconds = retry_after(allowance->limits[**exceeded], now);
    return refused;
  }

  const pseudonym::KeeperNumber number = s.share->keeper();
  Result<pseudonym::Evaluation> evaluation =
      pseudonym::evaluate(s.share->secret(), s.group.share_key(number), asked->blinded);
  if (!evaluation) {
    return s.refuse(Refusal::malformed, evaluation.error(), caller->name, purpose);
  }
  {
    const std::lock_guard guard(s.lock);
    s.metrics.evaluated[static_cast<std::size_t>(asked->purpose)] += asked->count();
  }
  return encode(pseudonym::EvaluateResponse{number, *std::move(evaluation)});
}

Result<std::string> Keeper::destroy(std::vector<std::string> by) {
  State& s = *state_;
  const std::lock_guard passing(s.gate);
  const std::lock_guard alone(s.share_lock);
  if (s.share) {
    const Result<Destruction> certificate =
        certify_destruction(*s.share, s.group, s.config.edition, s.config.clock(), std::move(by));
    if (!certificate) return certificate.error();
    if (Status written =
            create_private_file(pending(s.config.certificate_path), encode(*certificate));
        !written) {
      return std::move(written).error();
    }
    s.share.reset();
  }
  return s.finish_destruction();
}

Result<std::uint64_t> Keeper::delete_what_is_due(const protection::EditionDates& dates) {
  return protection::delete_due(
      tables, dates, state_->config.clock(),
      [&](const protection::Deletion& deletion) { return state_->store.apply(deletion); });
}

KeeperMetrics Keeper::metrics() const {
  state_->look_for_acknowledgement();
  const std::lock_guard guard(state_->lock);
  return state_->metrics;
}

const pseudonym::KeeperGroup& Keeper::group() const { return state_->group; }

Status acknowledge_alarm(KeeperStore& store, const std::string& office, std::uint64_t now) {
  if (!is_log_name(office)) {
    return Error{ErrorCode::usage,
                 "an alarm is acknowledged by an office of 1 to 64 of a-z, 0-9 and -",
                 {},
                 "name the office, not the person"};
  }
  const Result<std::uint64_t> alarm = store.last(Event::alarm);
  const Result<std::uint64_t> acknowledged = store.last(Event::acknowledged);
  if (!alarm) return alarm.error();
  if (!acknowledged) return acknowledged.error();
  if (*alarm <= *acknowledged) {
    return Error{ErrorCode::conflict, "there is no alarm to acknowledge"};
  }
  return store.append({0, now, Event::acknowledged, {}, {}, 0, office});
}

}  // namespace urna::keeper
