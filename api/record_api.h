// SPDX-License-Identifier: EUPL-1.2
// A record handed over to the ballot box by the desk, over HTTP: its files into a folder, then all
// of it into the store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "ballotbox/transfer.h"
#include "base/result.h"
#include "server/http.h"
#include "server/router.h"

namespace urna::api {

struct RecordInbox {
  std::string token;   // that the desk shows
  std::string folder;  // made if it is not there; files of this service alone
  // Takes the record in the folder into the store; see ballotbox::import_record().
  std::function<Result<ballotbox::TransferReport>(const std::string& folder)> import;
};

inline constexpr std::size_t record_upload_bytes_max = std::size_t{192} << 20U;

// GET /api/v1/record/files, POST /api/v1/record/files/{path...}, POST /api/v1/record/imports.
Status add_record_routes(server::Router& router, RecordInbox inbox);

// What a ballot box answers that has no record yet: GET /api/v1/edition says so. Add the routes
// above and those of health besides.
Status add_waiting_routes(server::Router& router);
inline constexpr server::ProblemKind no_record_yet{
    "no-record-yet", 404, "Urna nie ma jeszcze żadnej edycji", "The ballot box has no edition yet"};

// Whether a file of a record can have this path within it (docs/protocol.md section 14).
[[nodiscard]] bool is_record_path(std::string_view path);

}  // namespace urna::api
