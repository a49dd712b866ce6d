// SPDX-License-Identifier: EUPL-1.2
#include "election/embedding.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/bytes.h"

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

// k; nothing if the bytes are not of the form.
std::optional<unsigned> counter_of(const group::ElementBytes& encoding) {
  const unsigned prefix = encoding[0] | static_cast<unsigned>(encoding[1]) << 8U;
  const unsigned k = prefix / 2;
  if (prefix % 2 != 0 || k < 1 || k > attempts_max || encoding[31] != 0) return std::nullopt;
  return k;
}

ElementData data_of(const group::ElementBytes& encoding) {
  ElementData data{};
  std::copy_n(encoding.begin() + 2, data.size(), data.begin());
  return data;
}

}  // namespace

Result<group::Element> embed(const ElementData& data) {
  for (unsigned k = 1; k <= attempts_max; ++k) {
    Result<group::Element> element = group::Element::decode(candidate(data, k));
    if (element) return element;
  }
  return Error{ErrorCode::unsupported, "no group element holds these 29 bytes"};
}

std::vector<std::uint8_t> smallest_counters(std::string_view encodings) {
  constexpr std::size_t size = sizeof(group::ElementBytes);
  constexpr std::size_t candidates_at_once = 4096;
  std::vector<std::uint8_t> smallest(encodings.size() / size, 1);
  std::string candidates;
  std::vector<std::size_t> owners;
  const auto test = [&] {
    const std::vector<std::uint8_t> found = group::find_elements(candidates);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i] != 0) smallest[owners[i]] = 0;
    }
    candidates.clear();
    owners.clear();
  };
  for (std::size_t i = 0; i < smallest.size(); ++i) {
    const auto encoding = array_of<size>(encodings.substr(size * i, size));
    const std::optional<unsigned> k = counter_of(encoding);
    if (!k) continue;
    for (unsigned smaller = 1; smaller < *k; ++smaller) {
      candidates += view_of(candidate(data_of(encoding), smaller));
      owners.push_back(i);
    }
    if (owners.size() >= candidates_at_once) test();
  }
  test();
  return smallest;
}

std::variant<ElementData, InvalidReason> extract(const group::ElementBytes& encoding,
                                                 bool smallest_counter) {
  if (!counter_of(encoding)) return InvalidReason::encoding;
  if (!smallest_counter) return InvalidReason::counter;
  return data_of(encoding);
}

std::variant<ElementData, InvalidReason> extract(const group::ElementBytes& encoding) {
  return extract(encoding, smallest_counters(view_of(encoding))[0] != 0);
}

}  // namespace urna::election
