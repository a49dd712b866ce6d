// SPDX-License-Identifier: EUPL-1.2
// A keeper at work: who asks is known, allowed to and within quotas, or is refused; blinded
// elements are evaluated with the share; in the end the share is destroyed. No HTTP.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "keeper/destruction.h"
#include "keeper/keeper_store.h"
#include "keeper/policy.h"
#include "protection/mandate.h"
#include "pseudonym/keeper_group.h"

namespace urna::keeper {

// Unix seconds.
using Clock = std::function<std::uint64_t()>;

struct KeeperConfig {
  std::string edition;           // for the certificate of destruction
  std::string share_path;        // the file of the share
  std::string certificate_path;  // where the certificate goes; beside it "….pending"
  std::vector<Caller> callers;
  // Whose mandates for list checks are accepted; their edition is this one.
  std::vector<protection::MandateTrust> mandates = {};
  std::uint64_t alarm_refusals = 30;  // in a minute, by all callers together: more is an alarm
  Clock clock;                        // must be set
};

enum class Refusal : std::uint8_t {
  unknown_caller,  // no such token
  malformed,       // not a request, or not elements
  other_group,     // for other keepers
  not_allowed,     // the caller may not ask for this purpose
  over_quota,
  destroyed,    // there is no share any more, and never will be
  unavailable,  // the database refuses; nothing was evaluated
  mandate,      // the list check is not within a mandate of both controllers
};
inline constexpr std::size_t refusals = 8;
// "unknown-caller", "malformed" …
[[nodiscard]] std::string_view to_string(Refusal refusal);

struct Refused {
  Refusal why = Refusal::malformed;
  Error error;
  std::optional<std::uint64_t> retry_after_seconds = {};  // of over_quota, if waiting helps
};

// Since the start of the process, but for the two states.
struct KeeperMetrics {
  std::array<std::uint64_t, pseudonym::purposes> evaluated{};  // elements, by Purpose
  std::array<std::uint64_t, refusals> refused{};               // requests, by Refusal
  std::uint64_t lines_lost = 0;  // of refusals and alarms that the log did not take
  bool alarm = false;
  bool destroyed = false;
};

// Callable by several threads.
class Keeper {
 public:
  // Reads the share, and locks its file: one process works with a share. If its destruction was
  // begun, or is certified and the file came back, finishes that and opens destroyed. The store
  // outlives the keeper. Errors: usage (check_callers(); no clock); not_found, io; malformed,
  // conflict (KeyShare::decode(); a share that other users can read, or that another process works
  // with; a certificate of another share).
  [[nodiscard]] static Result<std::unique_ptr<Keeper>> open(KeeperConfig config,
                                                            pseudonym::KeeperGroup group,
                                                            KeeperStore& store);
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  ~Keeper();

  // The encoded response to an encoded request, or why there is none. Before anything is evaluated
  // its elements are charged to the caller's quotas and logged, durably: whoever stops the keeper
  // at any moment has paid for what they got. Elements that are charged stay charged, even if they
  // turn out to be none. Constant time in the share; 6 us for each of many elements with the
  // ifma backend, and a transaction of the store.
  //
  // A list check must be within a mandate that both controllers have signed: its window, its number
  // of elements, and its being the inspected controller's how many-th. Its refusals are all logged,
  // with the fault.
  //
  // Refusals are logged when there were 1, 2, 4, 8 … of a kind in a minute, so that nobody fills
  // the disk. A quota exceeded, or more refusals in a minute than the configuration says, set off
  // the alarm.
  [[nodiscard]] std::variant<std::string, Refused> evaluate(std::string_view token,
                                                            std::string_view request);

  // Waits for evaluations that are under way, signs the certificate, wipes the share in memory,
  // overwrites and removes its file, and only then puts the certificate in its place. Once begun,
  // the destruction is finished whatever happens: by this call, by another, or by open(). What the
  // file system or a backup keeps of the file is beyond this. Calling again returns the same
  // certificate. Errors: usage (names); io.
  [[nodiscard]] Result<std::string> destroy(std::vector<std::string> by);

  // Deletes the log when the declaration says so (keeper/tables.h); quotas stay charged. How many
  // rows went. Errors: those of the store.
  [[nodiscard]] Result<std::uint64_t> delete_what_is_due(const protection::EditionDates& dates);

  [[nodiscard]] KeeperMetrics metrics() const;
  [[nodiscard]] const pseudonym::KeeperGroup& group() const;

 private:
  struct State;
  explicit Keeper(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Ends the alarm that the log shows, for a keeper at work as well, whose process need not be this
// one: it looks at the log when it tells its metrics. The office, such as
// "data-protection-officer", goes into the log, which holds no person's name. Errors: usage (not
// is_log_name()); conflict (there is no alarm); those of the store.
[[nodiscard]] Status acknowledge_alarm(KeeperStore& store, const std::string& office,
                                       std::uint64_t now);

}  // namespace urna::keeper
