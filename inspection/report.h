// SPDX-License-Identifier: EUPL-1.2
// What came of an inspection: findings, what the inspected unit has to say to them, what is
// recommended, and what was agreed to follow; signed by both controllers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "proof/signature.h"
#include "protection/mandate.h"

namespace urna::inspection {

struct FollowUp {
  std::string what;
  std::uint64_t due = 0;  // Unix seconds
};

struct Report {
  Sha256Digest mandate{};
  std::uint64_t time = 0;
  std::vector<std::string> findings;         // at least one
  std::string remarks;                       // of the inspected unit; "" if it made none
  std::vector<std::string> recommendations;  // may be none
  std::vector<FollowUp> follow_up;
  std::optional<proof::Signature> by_inspecting, by_inspected;
};

inline constexpr std::size_t report_bytes_max = std::size_t{1} << 20U;

// {0: "urna inspection report", 1: mandate's hash, 2: time, 3: [finding …], 4: remarks,
// 5: [recommendation …], 6: [[what, due] …], 7: [signature or null, signature or null]}, and back.
// Error: malformed.
[[nodiscard]] std::string encode(const Report& report);
[[nodiscard]] Result<Report> decode_report(std::string_view bytes);

// Signs with the key of a party of its mandate, as a mandate is signed, over
// Transcript("inspection report"), append("body", the encoding with field 7 of nulls). Error:
// conflict (neither party's key; another mandate).
[[nodiscard]] Status sign(Report& report, const protection::Mandate& mandate,
                          const proof::SigningKey& key);
// Whether both have signed it. Error: conflict (another mandate; a signature is missing or wrong).
[[nodiscard]] Status verify(const Report& report, const protection::Mandate& mandate);

}  // namespace urna::inspection
