// SPDX-License-Identifier: EUPL-1.2
// The desk's store on either database.
#pragma once

#include <memory>

#include "base/result.h"
#include "desk/store.h"
#include "storage/sql.h"

namespace urna::storage {

// Makes the tables that are not there; refuses a database with other columns than are declared.
// Errors: conflict (the columns), io.
[[nodiscard]] Result<std::unique_ptr<desk::DeskStore>> make_desk_store(std::unique_ptr<Sql> sql);

}  // namespace urna::storage
