// SPDX-License-Identifier: EUPL-1.2
#include "election/embedding.h"

#include <algorithm>

namespace urna::election {
namespace {

constexpr unsigned attempts_max = 255;

group::ElementBytes candidate(const ElementData& data, unsigned k) {
  group::ElementBytes bytes{};
  bytes[0] = static_cast<std::uint8_t>(2 * k & 0xFFU);
  bytes[1] = static_cast<std::uint8_t>(2 * k >> 8U);
  std::copy(data.begin(), data.end(), bytes.begin() + 2);
  return bytes;
}

}  // namespace

Result<group::Element> embed(const ElementData& data) {
  for (unsigned k = 1; k <= attempts_max; ++k) {
    Result<group::Element> element = group::Element::decode(candidate(data, k));
    if (element) return element;
  }
  return Error{ErrorCode::unsupported, "no group element holds these 29 bytes"};
}

std::variant<ElementData, InvalidReason> extract(const group::ElementBytes& encoding) {
  const unsigned prefix = encoding[0] | static_cast<unsigned>(encoding[1]) << 8U;
  const unsigned k = prefix / 2;
  if (prefix % 2 != 0 || k < 1 || k > attempts_max || encoding[31] != 0)
    return InvalidReason::encoding;
  ElementData data{};
  std::copy_n(encoding.begin() + 2, data.size(), data.begin());
  for (unsigned smaller = 1; smaller < k; ++smaller) {
    if (group::Element::decode(candidate(data, smaller))) return InvalidReason::counter;
  }
  return data;
}

}  // namespace urna::election
