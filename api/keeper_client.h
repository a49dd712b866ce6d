// SPDX-License-Identifier: EUPL-1.2
// Pseudonyms from keepers over HTTP: the registrar's side.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "pseudonym/keeper_group.h"
#include "registrar/list_check.h"
#include "registrar/office.h"

namespace urna::api {

struct KeeperAddress {
  std::string url;  // of the service, without the path
  std::string token;
};

// Asks all keepers of the list at the same time and takes the first t good answers; one that is
// down, slow or wrong is done without while there are others. Errors: io (too few answer), limit
// (too few, and one said that its quota is used up), conflict (too few, and one proved wrong). For
// several threads.
[[nodiscard]] std::unique_ptr<registrar::PseudonymSource> keeper_client(
    pseudonym::KeeperGroup group, std::vector<KeeperAddress> keepers, std::string edition);

// For one list check under its encoded mandate, with the same ways and errors; conflict also if
// keepers refuse the mandate.
[[nodiscard]] std::unique_ptr<registrar::ListEvaluator> list_check_client(
    pseudonym::KeeperGroup group, std::vector<KeeperAddress> keepers, std::string mandate);

}  // namespace urna::api
