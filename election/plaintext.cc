// SPDX-License-Identifier: EUPL-1.2
#include "election/plaintext.h"

#include "base/bytes.h"
#include "election/embedding.h"

namespace urna::election {

ContentReading read_plaintext(const BallotTerms& terms, std::string_view elements) {
  constexpr std::size_t size = sizeof(group::ElementBytes);
  if (elements.size() != size * terms.layout.width)
    stop_on_broken_precondition("read_plaintext: as many elements as the ballot is wide");
  std::string bytes;
  for (std::size_t i = 0; i < elements.size(); i += size) {
    const auto extracted = extract(array_of<size>(elements.substr(i, size)));
    if (const auto* reason = std::get_if<InvalidReason>(&extracted)) return *reason;
    bytes += view_of(std::get<ElementData>(extracted));
  }
  ContentReading reading = unpack_ballot(terms, bytes);
  if (const auto* content = std::get_if<BallotContent>(&reading)) {
    if (const auto reason = check_content(terms, *content)) return *reason;
  }
  return reading;
}

}  // namespace urna::election
