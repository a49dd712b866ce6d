// SPDX-License-Identifier: EUPL-1.2
// The ballot box's record in a SQLite file.
#pragma once

#include <memory>
#include <string>

#include "ballotbox/record_store.h"

namespace urna::storage::sqlite {

// Opens the file, or makes it. Errors: those of Database::open().
[[nodiscard]] Result<std::unique_ptr<ballotbox::RecordStore>> open_record_store(
    const std::string& path);

}  // namespace urna::storage::sqlite
