// SPDX-License-Identifier: EUPL-1.2
// The registrar's store on either database.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "registrar/store.h"
#include "storage/sql.h"

namespace urna::storage {

// Makes the tables that are not there; refuses a database with other columns than are declared.
// Errors: conflict (the columns), io.
[[nodiscard]] Result<std::unique_ptr<registrar::RegistrarStore>> make_registrar_store(
    std::unique_ptr<Sql> sql);

}  // namespace urna::storage
