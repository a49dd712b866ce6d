// SPDX-License-Identifier: EUPL-1.2
// Which database a role keeps its data in, as the configuration names it.
#pragma once

#include <memory>
#include <string>

#include "ballotbox/record_store.h"
#include "base/result.h"
#include "desk/store.h"
#include "inspection/store.h"
#include "keeper/keeper_store.h"
#include "registrar/store.h"

namespace urna::cmd {

inline constexpr const char* store_help =
    "\"sqlite:FILE\", or \"postgres:PARAMETERS\" as libpq takes them";

// Errors of all: usage (neither of the two), and those of opening.
[[nodiscard]] Result<std::unique_ptr<ballotbox::RecordStore>> open_record_store(
    const std::string& store);
[[nodiscard]] Result<std::unique_ptr<keeper::KeeperStore>> open_keeper_store(
    const std::string& store);
[[nodiscard]] Result<std::unique_ptr<registrar::RegistrarStore>> open_registrar_store(
    const std::string& store);
[[nodiscard]] Result<std::unique_ptr<desk::DeskStore>> open_desk_store(const std::string& store);
[[nodiscard]] Result<std::unique_ptr<inspection::InspectionStore>> open_inspection_store(
    const std::string& store);

}  // namespace urna::cmd
