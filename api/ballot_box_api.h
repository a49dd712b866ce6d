// SPDX-License-Identifier: EUPL-1.2
// The ballot box over HTTP: what docs/openapi.yaml says under "ballot box", and the record as a
// static site of C2SP tlog-tiles with the files of docs/protocol.md section 14.
#pragma once

#include <string>

#include "ballotbox/ballot_box.h"
#include "ballotbox/witness_courier.h"
#include "base/result.h"
#include "server/metrics.h"
#include "server/router.h"

namespace urna::api {

// What the ballot box tells of the services beside it.
struct Neighbours {
  std::string registrar;  // the address that pages find the registrar under; empty: not told
};

// Adds the routes. The box must outlive the router. Rate classes: "ballots" for what is recorded,
// "reads" for questions. All are for pages of every site: what is read is public, and whoever sends
// a ballot needs no more than the ballot and its ticket.
[[nodiscard]] Status add_ballot_box_routes(server::Router& router, ballotbox::BallotBox& box,
                                           const Neighbours& neighbours = {});

// The box's numbers as metrics. The box must outlive the metrics.
void add_ballot_box_metrics(server::Metrics& metrics, const ballotbox::BallotBox& box);

// How asking witnesses goes. The courier must outlive the metrics.
void add_witness_courier_metrics(server::Metrics& metrics,
                                 const ballotbox::WitnessCourier& courier);

}  // namespace urna::api
