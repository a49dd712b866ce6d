// SPDX-License-Identifier: EUPL-1.2
// The ballot box's record in a PostgreSQL database that several processes may share.
#pragma once

#include <memory>
#include <string>

#include "ballotbox/record_store.h"

namespace urna::storage::postgres {

// Connects, and makes the tables if there are none. Errors: those of Connection::open().
[[nodiscard]] Result<std::unique_ptr<ballotbox::RecordStore>> open_record_store(
    const std::string& parameters);

}  // namespace urna::storage::postgres
