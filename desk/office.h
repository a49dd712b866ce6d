// SPDX-License-Identifier: EUPL-1.2
// What everything at the desk shares: store, keys, clock, how long things live; and the log of who
// did what.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "desk/passkeys.h"
#include "desk/store.h"
#include "protection/action_entry.h"

namespace urna::desk {

// Seconds since 1970. Called from several threads.
using Clock = std::function<std::uint64_t()>;

struct DeskKeys {
  protection::SecretKey sealing;  // names
  protection::SecretKey tokens;   // hashes of sessions, invitations, challenges

  [[nodiscard]] static DeskKeys from(const protection::SecretKey& master);
};

struct Policy {
  std::uint64_t session_idle_s = 30 * 60;
  std::uint64_t session_longest_s = 8 * 3600;
  std::uint64_t invitation_s = 3 * 86'400;
  std::uint64_t challenge_s = 300;
  std::uint64_t challenges_max = 10'000;
  std::uint64_t proposal_s = 3 * 86'400;
};

struct Office {
  DeskStore& store;
  DeskKeys keys;
  RelyingParty party;
  board::LogSecretKey log_key;
  Policy policy;
  Clock clock;
};

// An official as others see them.
struct Official {
  std::string reference;
  std::string name;
  Role role = Role::official;
  bool registered = false;  // has a passkey
  bool revoked = false;
  std::string signing_key;  // 32 bytes, or empty
};

// What is logged; the words are in action_log.cc.
enum class Action : std::uint8_t {
  invited,
  revoked,
  registered,
  signed_in,
  signed_out,
  refused_sign_in,
  suspected_copy,
  gave_key,
  created_edition,
  changed_draft,
  put_file,
  removed_file,
  rehearsed,
  froze,
  handed_in,
  ended_annulments,
  proposed,
  signed_proposal,
  withdrew,
  carried_out,
  refused_to_carry_out,
  downloaded,
  took_case,
  dismissed_case,
  gave_opinion,
  recorded_appeal,
  closed_case,
  made_author_link,
  revoked_author_link,
  left_remark,
  handled_remark,
  deleted,
};
[[nodiscard]] std::string_view to_string(Action action);

// Who did it: an official, "console" for commands on the machine, "desk" for the service itself,
// an author by the link that was followed.
struct Actor {
  std::string role;
  std::string reference;
};
[[nodiscard]] Actor actor_of(const Official& official);
[[nodiscard]] Actor console();
[[nodiscard]] Actor the_desk();

// Appends a row to the witnessed log (protection/action_entry.h); `about` is hashed.
[[nodiscard]] Status note_action(DeskTransaction& transaction, const Office& office,
                                 const Actor& actor, Action action, std::string_view edition = {},
                                 std::string_view about = {});

// Deletes what is due (protection/retention.h) and notes it. How many rows.
[[nodiscard]] Result<std::uint64_t> delete_what_is_due(const Office& office,
                                                       const protection::EditionDates& dates);

struct LoggedAction {
  std::uint64_t position = 0;
  protection::ActionEntry entry;
};
// The rows of an edition, or all, newest first, at most `most`. Errors: io, malformed.
[[nodiscard]] Result<std::vector<LoggedAction>> read_log(const Office& office,
                                                         std::string_view edition,
                                                         std::size_t most);

// Errors that the desk's users meet.
[[nodiscard]] Error no_such(std::string what);
[[nodiscard]] Error not_allowed(std::string message);
[[nodiscard]] Error conflict(std::string message, std::string remedy = "reload the page",
                             std::string field = {});
[[nodiscard]] Error malformed_field(std::string field, std::string message,
                                    std::string remedy = {});
// Error: usage.
[[nodiscard]] Status require(const Official& official, Right right);

}  // namespace urna::desk
