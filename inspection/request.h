// SPDX-License-Identifier: EUPL-1.2
// What an inspector asks for, signed with the inspector's own key.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "group/element.h"
#include "proof/signature.h"

namespace urna::inspection {

// {0: "urna inspection read", 1: mandate's bytes, or empty, 2: data set, 3: [field …], 4: from,
// 5: to, 6: time, 7: 16 random bytes, 8: inspector's key, 9: signature}. The signature is that of
// docs/protocol.md section 4.1 over Transcript("inspection read"), append("body", the map without
// field 9).
struct ReadRequest {
  std::string mandate;
  std::string set;
  std::vector<std::string> fields;  // ascending, different, at least one
  std::uint64_t from = 0, to = 0;   // Unix seconds, both included
  std::uint64_t time = 0;           // Unix seconds
  std::array<std::uint8_t, 16> number{};
  group::ElementBytes inspector{};
  proof::Signature signature{};
};

inline constexpr std::size_t read_request_bytes_max = 32'768;

// Fills in inspector and signature.
void sign(ReadRequest& request, const proof::SigningKey& inspector);
[[nodiscard]] bool is_signed(const ReadRequest& request);

[[nodiscard]] std::string encode(const ReadRequest& request);
// Error: malformed, for anything but the encoding of a request whose names have a name's form.
[[nodiscard]] Result<ReadRequest> decode_read_request(std::string_view bytes);

}  // namespace urna::inspection
