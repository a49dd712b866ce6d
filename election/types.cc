// SPDX-License-Identifier: EUPL-1.2
#include "election/types.h"

namespace urna::election {

bool is_case_number(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  if (text.size() != case_number_bytes) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool right = i == case_number_bytes / 2
                           ? text[i] == '-'
                           : alphabet.find(text[i]) != std::string_view::npos;
    if (!right) return false;
  }
  return true;
}

std::string_view to_string(EntryKind kind) {
  switch (kind) {
    case EntryKind::manifest:
      return "manifest";
    case EntryKind::dealing_commitment:
      return "dealing-commitment";
    case EntryKind::dealing:
      return "dealing";
    case EntryKind::acceptance:
      return "acceptance";
    case EntryKind::roll:
      return "roll";
    case EntryKind::opening:
      return "opening";
    case EntryKind::ballot:
      return "ballot";
    case EntryKind::audited:
      return "audited";
    case EntryKind::freeze:
      return "freeze";
    case EntryKind::annulment:
      return "annulment";
    case EntryKind::upholding:
      return "upholding";
    case EntryKind::roll_addition:
      return "roll-addition";
    case EntryKind::paper_mark:
      return "paper-mark";
    case EntryKind::extension:
      return "extension";
    case EntryKind::closing:
      return "closing";
    case EntryKind::issuance:
      return "issuance";
    case EntryKind::paper_batch:
      return "paper-batch";
    case EntryKind::counted:
      return "counted";
    case EntryKind::withheld:
      return "withheld";
    case EntryKind::mix:
      return "mix";
    case EntryKind::decryption:
      return "decryption";
    case EntryKind::result:
      return "result";
  }
  return {};
}

}  // namespace urna::election
