// SPDX-License-Identifier: EUPL-1.2
#include "election/plaintext.h"

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "election/embedding.h"

namespace urna::election {
namespace {

constexpr std::size_t element_bytes = sizeof(group::ElementBytes);

ContentReading read_one(const BallotTerms& terms, std::string_view elements,
                        std::span<const std::uint8_t> smallest) {
  std::string bytes;
  for (std::size_t i = 0; i < smallest.size(); ++i) {
    const auto extracted =
        extract(array_of<element_bytes>(elements.substr(element_bytes * i, element_bytes)),
                smallest[i] != 0);
    if (const auto* reason = std::get_if<InvalidReason>(&extracted)) return *reason;
    bytes += view_of(std::get<ElementData>(extracted));
  }
  ContentReading reading = unpack_ballot(terms, bytes);
  if (const auto* content = std::get_if<BallotContent>(&reading)) {
    if (const auto reason = check_content(terms, *content)) return *reason;
  }
  return reading;
}

}  // namespace

ContentReading read_plaintext(const BallotTerms& terms, std::string_view elements) {
  if (elements.size() != element_bytes * terms.layout.width)
    stop_on_broken_precondition("read_plaintext: as many elements as the ballot is wide");
  return read_plaintexts(terms, elements)[0];
}

std::vector<ContentReading> read_plaintexts(const BallotTerms& terms, std::string_view elements) {
  const std::size_t width = terms.layout.width;
  if (elements.size() % (element_bytes * width) != 0)
    stop_on_broken_precondition("read_plaintexts: whole ballots");
  const std::vector<std::uint8_t> smallest = smallest_counters(elements);
  std::vector<ContentReading> readings;
  readings.reserve(smallest.size() / width);
  for (std::size_t first = 0; first < smallest.size(); first += width) {
    readings.push_back(read_one(terms,
                                elements.substr(element_bytes * first, element_bytes * width),
                                std::span(smallest).subspan(first, width)));
  }
  return readings;
}

}  // namespace urna::election
