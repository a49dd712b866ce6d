// SPDX-License-Identifier: EUPL-1.2
// The export filter: data leave only for a purpose and to a recipient that they were declared for.
#pragma once

#include <span>

#include "base/date.h"
#include "base/result.h"
#include "protection/fields.h"

namespace urna::protection {

// Whether all of the fields may be handed to the recipient for the purpose on that day. Error:
// conflict, naming the first field, and whether purpose, recipient or legal basis is missing.
// Whatever sends, prints or exports personal data asks this first.
[[nodiscard]] Status check_disclosure(std::span<const Field> fields, Purpose purpose,
                                      Recipient recipient, Date day);

}  // namespace urna::protection
