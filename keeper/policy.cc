// SPDX-License-Identifier: EUPL-1.2
#include "keeper/policy.h"

#include <algorithm>
#include <array>
#include <sodium.h>

#include "base/bytes.h"

namespace urna::keeper {
namespace {

constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t token_octets = 32;

Error wrong(const Caller& caller, std::string message) {
  return {ErrorCode::usage,
          "caller \"" + caller.name + "\": " + std::move(message),
          {},
          "correct the keeper's configuration"};
}

Status check_caller(const Caller& caller) {
  if (!is_log_name(caller.name)) return wrong(caller, "a name is 1 to 64 of a-z, 0-9 and -");
  for (const Allowance& allowance : caller.allowed) {
    if (find_allowance(caller, allowance.purpose) != &allowance) {
      return wrong(caller, "a purpose is allowed twice");
    }
    if (allowance.limits.empty()) {
      return wrong(caller, "a purpose without a limit; name at least one");
    }
  }
  return ok_status();
}

}  // namespace

bool is_log_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Status check_callers(std::span<const Caller> callers) {
  for (std::size_t i = 0; i < callers.size(); ++i) {
    if (Status right = check_caller(callers[i]); !right) return right;
    for (const Caller& other : callers.first(i)) {
      if (other.name == callers[i].name) return wrong(callers[i], "two callers have this name");
      if (other.token_hash == callers[i].token_hash) {
        return wrong(callers[i], "has the same token as \"" + other.name + "\"");
      }
    }
  }
  return ok_status();
}

SecretBytes make_token() {
  std::array<unsigned char, token_octets> octets{};
  randombytes_buf(octets.data(), octets.size());
  // sodium_bin2hex() writes a zero behind the digits.
  std::string text(2 * octets.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), octets.data(), octets.size());
  text.pop_back();
  sodium_memzero(octets.data(), octets.size());
  return SecretBytes(std::move(text));
}

const Caller* find_caller(std::span<const Caller> callers, std::string_view token) {
  const Sha256Digest hash = hash_token(token);
  const Caller* found = nullptr;
  for (const Caller& caller : callers) {
    if (sodium_memcmp(caller.token_hash.data(), hash.data(), hash.size()) == 0) found = &caller;
  }
  return found;
}

const Allowance* find_allowance(const Caller& caller, pseudonym::Purpose purpose) {
  const auto place = std::ranges::find(caller.allowed, purpose, &Allowance::purpose);
  return place == caller.allowed.end() ? nullptr : &*place;
}

std::vector<Counter> counters_of(const Caller& caller, const Allowance& allowance,
                                 std::uint64_t now) {
  std::vector<Counter> counters;
  for (const Limit& limit : allowance.limits) {
    const std::uint64_t period = limit.period_seconds == 0 ? 0 : now / limit.period_seconds;
    counters.push_back({caller.name + "/" + std::string(to_string(allowance.purpose)) + "/" +
                            std::to_string(limit.period_seconds) + "/" + std::to_string(period),
                        limit.elements});
  }
  return counters;
}

std::optional<std::uint64_t> retry_after(const Limit& limit, std::uint64_t now) {
  if (limit.period_seconds == 0) return std::nullopt;
  return limit.period_seconds - now % limit.period_seconds;
}

}  // namespace urna::keeper
