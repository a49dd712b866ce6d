// SPDX-License-Identifier: EUPL-1.2
#include "election/types.h"

namespace urna::election {

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
    case EntryKind::annulment:
      return "annulment";
    case EntryKind::roll_addition:
      return "roll-addition";
    case EntryKind::extension:
      return "extension";
    case EntryKind::closing:
      return "closing";
    case EntryKind::issuance:
      return "issuance";
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
