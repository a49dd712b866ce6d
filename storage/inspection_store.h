// SPDX-License-Identifier: EUPL-1.2
// An inspection service's store on either database.
#pragma once

#include <memory>

#include "base/result.h"
#include "inspection/store.h"
#include "storage/sql.h"

namespace urna::storage {

// Makes the tables that are not there; refuses a database with other columns than are declared.
// Errors: conflict (the columns), io.
[[nodiscard]] Result<std::unique_ptr<inspection::InspectionStore>> make_inspection_store(
    std::unique_ptr<Sql> sql);

}  // namespace urna::storage
