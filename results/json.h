// SPDX-License-Identifier: EUPL-1.2
// Results as JSON; the members are documented in docs/open-data.md and docs/schemas/.
#pragma once

#include <string>
#include <string_view>

#include "results/edition_data.h"

namespace urna::results {

// results.json: the edition, taking part, and every pool in a few numbers.
[[nodiscard]] std::string edition_json(const EditionData& data);

// Puts the address of the signed protocol into it, which comes later than all the rest.
void name_protocol(std::string& edition_json, std::string_view address);

// POOL.json: a pool with its count. Precondition: it has a result.
[[nodiscard]] std::string pool_json(const EditionData& data, election::PoolNumber pool);

}  // namespace urna::results
