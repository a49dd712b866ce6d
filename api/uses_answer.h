// SPDX-License-Identifier: EUPL-1.2
// The answer to "was my identity used?": the same number of bytes, made by the same work, whatever
// was found, so that nobody who watches the network learns it.
#pragma once

#include <string>

#include "registrar/office.h"
#include "registrar/uses.h"

namespace urna::api {

inline constexpr std::size_t uses_answer_bytes = 10'240;

// The object "Uses" of docs/openapi.yaml, filled up with blanks in its member `padding`. All its
// bytes are visible to a compressor: see to it that no proxy compresses it (the answer says
// no-transform).
[[nodiscard]] std::string uses_json(const registrar::Office& office, const registrar::Uses& uses);

[[nodiscard]] std::string_view name_of(registrar::Factor factor);  // "sms", "point" …

}  // namespace urna::api
