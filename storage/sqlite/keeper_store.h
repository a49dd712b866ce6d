// SPDX-License-Identifier: EUPL-1.2
// A keeper's counters and log in a SQLite file.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "keeper/keeper_store.h"

namespace urna::storage::sqlite {

// Opens the file, or makes it. Errors: those of Database::open().
[[nodiscard]] Result<std::unique_ptr<keeper::KeeperStore>> open_keeper_store(
    const std::string& path);

}  // namespace urna::storage::sqlite
