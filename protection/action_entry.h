// SPDX-License-Identifier: EUPL-1.2
// Rows of a log of what officials did, chained and signed as an access log is (access_log.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/sha256.h"

namespace urna::protection {

// Words are 1 to 64 of a-z, 0-9, ".", "-": nothing that a person typed can get in.
struct ActionEntry {
  std::uint64_t time = 0;  // Unix seconds
  std::string role;
  std::string actor;  // a random reference, or a service
  std::string action;
  std::string edition;                // a random reference; empty if none
  std::optional<Sha256Digest> about;  // of what it was about
};

// CBOR {0: "action", 1: time, 2: role, 3: actor, 4: action, 5: edition or null, 6: hash or null}.
// Error: usage (a word is none).
[[nodiscard]] Result<std::string> encode(const ActionEntry& entry);
// The inverse. Error: malformed.
[[nodiscard]] Result<ActionEntry> decode_action_entry(std::string_view bytes);

}  // namespace urna::protection
