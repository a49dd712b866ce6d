// SPDX-License-Identifier: EUPL-1.2
#include "protection/controller_signature.h"

#include "base/bytes.h"

namespace urna::protection {

void write_signature(CborWriter& out, const std::optional<proof::Signature>& signature) {
  if (signature) {
    out.bytes(view_of(*signature));
  } else {
    out.null();
  }
}

std::optional<proof::Signature> read_signature(CborReader& in) {
  if (!in.next_is_null()) return in.fixed_bytes<64>();
  in.null();
  return std::nullopt;
}

}  // namespace urna::protection
