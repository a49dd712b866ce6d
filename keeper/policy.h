// SPDX-License-Identifier: EUPL-1.2
// Who may ask a keeper, for what, and how much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/sha256.h"
#include "keeper/keeper_store.h"
#include "pseudonym/messages.h"

namespace urna::keeper {

// At most so many elements in each period of so many seconds, counted from 1970; in a stretch of
// that length that lies across two periods there can be twice as many. Period 0: in all.
struct Limit {
  std::uint64_t elements = 0;
  std::uint64_t period_seconds = 0;
};

struct Allowance {
  pseudonym::Purpose purpose = pseudonym::Purpose::certification;
  std::vector<Limit> limits;  // all of them hold
};

// A service that may ask.
struct Caller {
  std::string name;           // is_log_name()
  Sha256Digest token_hash{};  // of its bearer token
  std::vector<Allowance> allowed;
};

// Whether it is 1 to 64 of a-z, 0-9 and -: names of services and offices in the log, which are no
// persons' names.
[[nodiscard]] bool is_log_name(std::string_view name);

// Errors: usage, naming the caller: a name of another form; a name, a token or a purpose twice; an
// allowance without a limit, since nobody may ask without end.
[[nodiscard]] Status check_callers(std::span<const Caller> callers);

// 64 hexadecimal digits from the operating system's generator; the keeper keeps hash_token() only.
[[nodiscard]] SecretBytes make_token();
[[nodiscard]] inline Sha256Digest hash_token(std::string_view token) { return sha256(token); }

// The caller with this token. Takes the same time for all tokens of one length and tells only
// whether there is one.
[[nodiscard]] const Caller* find_caller(std::span<const Caller> callers, std::string_view token);

// The caller's allowance for the purpose, if any.
[[nodiscard]] const Allowance* find_allowance(const Caller& caller, pseudonym::Purpose purpose);

// The counters that a request now is charged to, one for each limit, in order.
[[nodiscard]] std::vector<Counter> counters_of(const Caller& caller, const Allowance& allowance,
                                               std::uint64_t now);

// Seconds until the period of the limit ends; nothing for period 0.
[[nodiscard]] std::optional<std::uint64_t> retry_after(const Limit& limit, std::uint64_t now);

}  // namespace urna::keeper
