// SPDX-License-Identifier: EUPL-1.2
// 29 bytes as a group element and back (docs/protocol.md section 6.3).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "election/ballot_content.h"
#include "group/element.h"

namespace urna::election {

using ElementData = std::array<std::uint8_t, element_data_bytes>;

// The element whose encoding is 2 k (two bytes, little-endian), the data, and a zero byte, for the
// smallest k of 1 … 255 for which there is one. Error: unsupported if there is none (probability
// about 10^-32). Variable time in the data: about four attempts to decode, each of constant time.
// How many it takes is nearly independent of what the voter chose, but it is told to whoever
// measures the voter's device.
[[nodiscard]] Result<group::Element> embed(const ElementData& data);

// Whether no smaller k than that of the encoding gives an element, for each of the packed
// encodings; 1 also where there is no k to speak of. For public data: variable time. Many at once
// are several times faster.
[[nodiscard]] std::vector<std::uint8_t> smallest_counters(std::string_view encodings);

// The inverse. `encoding` is that of an element (not asked again). Reasons: encoding, counter. For
// public data: variable time.
[[nodiscard]] std::variant<ElementData, InvalidReason> extract(const group::ElementBytes& encoding);
// The same where smallest_counters() has been asked.
[[nodiscard]] std::variant<ElementData, InvalidReason> extract(const group::ElementBytes& encoding,
                                                               bool smallest_counter);

}  // namespace urna::election
