// SPDX-License-Identifier: EUPL-1.2
// Rows of the log of one breach of personal data, chained and signed as an access log is
// (access_log.h); what they mean and when they may be written is breach/'s.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::protection {

enum class BreachAct : std::uint8_t { opened, item, filed, letter };
[[nodiscard]] std::string_view to_string(BreachAct act);

// Stage of a filing: what is known so far (GDPR art. 33(4)), or all of it.
enum class BreachStage : std::uint8_t { initial, complete };
[[nodiscard]] std::string_view to_string(BreachStage stage);

struct BreachEntry {
  BreachAct act = BreachAct::opened;
  std::uint64_t time = 0;  // Unix seconds, never before the one before
  std::string by;          // account, 1 to 64 of a-z, 0-9, ".", "-"
  std::string name;        // opened: of the incident; item: its name; filed, letter: the controller
  std::string text;        // opened: the controllers, a line each; item: what is to be said; filed:
                           // the reason of a late one; letter: SHA-256 of its text
  std::optional<BreachStage> stage;  // of filed
  friend bool operator==(const BreachEntry&, const BreachEntry&) = default;
};
inline constexpr std::size_t breach_text_bytes_max = 3500;

// CBOR ["breach", act, time, by, name, text, 0 or 1 + stage].
[[nodiscard]] std::string encode(const BreachEntry& entry);
// The inverse. Error: malformed.
[[nodiscard]] Result<BreachEntry> decode_breach_entry(std::string_view bytes);

}  // namespace urna::protection
