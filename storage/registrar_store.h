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

// The access log of a database, however old its other tables are. Errors: io.
[[nodiscard]] Result<protection::AccessLogCopy> copy_access_log(Sql& sql);

}  // namespace urna::storage
