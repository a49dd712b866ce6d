// SPDX-License-Identifier: EUPL-1.2
// The signature of a controller under a document that may still wait for it: 64 bytes, or null.
#pragma once

#include <optional>

#include "base/cbor.h"
#include "proof/signature.h"

namespace urna::protection {

void write_signature(CborWriter& out, const std::optional<proof::Signature>& signature);
[[nodiscard]] std::optional<proof::Signature> read_signature(CborReader& in);

}  // namespace urna::protection
