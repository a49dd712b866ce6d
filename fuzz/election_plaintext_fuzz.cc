// SPDX-License-Identifier: EUPL-1.2
// Any bytes as the content of a ballot, under a rule named by the first bytes: invalid for one of
// the reasons, or a content that packs to the same bytes and, embedded in elements, is read the
// same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "election/embedding.h"
#include "election/plaintext.h"

namespace {

using namespace urna;
using namespace urna::election;

void require(bool condition) {
  if (!condition) std::abort();
}

BallotRule rule_of(const std::uint8_t* octets) {
  BallotRule rule;
  rule.form = static_cast<BallotForm>(octets[0] % 3);
  rule.fewest = static_cast<std::uint16_t>(1 + octets[2] % 4);
  rule.most = static_cast<std::uint16_t>(rule.fewest + octets[2] / 4 % 16);
  rule.blank_valid = octets[3] % 2 != 0;
  if (octets[3] % 4 >= 2) rule.knapsack = Money{octets[3]};
  if (rule.form == BallotForm::points) {
    const std::uint32_t least = 1 + octets[4] % 4;
    rule.points = PointLimits{least, least + octets[4] / 4, octets[5] % 8U, octets[5]};
  }
  return rule;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t head = 6;
  if (size < head) return 0;
  const BallotRule rule = rule_of(data);
  std::vector<Money> costs(1 + data[1], Money{7});
  const Result<BallotTerms> terms = BallotTerms::of(rule, costs);
  if (!terms) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + head, size - head);
  bytes.resize(terms->layout.bytes());

  const ContentReading unpacked = unpack_ballot(*terms, bytes);
  const auto* content = std::get_if<BallotContent>(&unpacked);
  if (content != nullptr) require(pack_ballot(*terms, *content).value() == bytes);

  std::string elements;
  for (std::size_t i = 0; i < bytes.size(); i += element_data_bytes) {
    const auto element =
        embed(array_of<element_data_bytes>(std::string_view(bytes).substr(i, element_data_bytes)));
    require(element.ok());
    elements += view_of(element->encode());
  }
  ContentReading expected = unpacked;
  if (content != nullptr) {
    if (const auto reason = check_content(*terms, *content)) expected = *reason;
  }
  require(read_plaintext(*terms, elements) == expected);
  return 0;
}
