// SPDX-License-Identifier: EUPL-1.2
// A keeper's counters and log in a PostgreSQL database.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "keeper/keeper_store.h"

namespace urna::storage::postgres {

// Connects, and makes the tables if they are not there. A lost connection is made again at the next
// call; a call whose commit it interrupted fails with io, although it may have been done: quotas
// are then charged for what was not answered, never the other way round. Errors: io.
[[nodiscard]] Result<std::unique_ptr<keeper::KeeperStore>> open_keeper_store(
    const std::string& parameters);

}  // namespace urna::storage::postgres
