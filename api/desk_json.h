// SPDX-License-Identifier: EUPL-1.2
// What the officials' desk tells, as JSON (docs/openapi.yaml).
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "desk/cases.h"
#include "desk/officials.h"
#include "desk/proposals.h"
#include "desk/rehearsing.h"
#include "desk/snapshot.h"
#include "desk/works.h"

namespace urna::api {

// Unix seconds, of which 0 is none.
[[nodiscard]] boost::json::value time_or_null(std::uint64_t time);
[[nodiscard]] boost::json::object to_json(const Error& error);
[[nodiscard]] boost::json::object to_json(const desk::Official& official);
[[nodiscard]] boost::json::object to_json(const desk::ProposalView& proposal);
[[nodiscard]] boost::json::object to_json(const desk::RehearsalView& rehearsal);
[[nodiscard]] boost::json::object to_json(const desk::WorkView& work);
[[nodiscard]] boost::json::array to_json(const std::vector<desk::HandedIn>& handed_in);
// The record of an edition whose rules are frozen.
[[nodiscard]] boost::json::object to_json(const desk::Snapshot& now, bool announced);

// A case: in a list, whole, and what contested ballots mean for the pools.
[[nodiscard]] boost::json::object to_json(const desk::CaseView& view, bool whole);
[[nodiscard]] boost::json::array to_json(const std::vector<desk::PoolEffect>& pools);

}  // namespace urna::api
