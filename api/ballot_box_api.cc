// SPDX-License-Identifier: EUPL-1.2
#include "api/ballot_box_api.h"

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "board/tiles.h"
#include "election/notice_ticket.h"
#include "election/types.h"
#include "server/http.h"

namespace urna::api {
namespace {

namespace json = boost::json;
using ballotbox::BallotBox;
using ballotbox::RefusalKind;
using server::Problem;
using server::ProblemKind;
using server::Reply;
using server::Request;
using server::Response;
using server::Router;

constexpr ProblemKind ballot_malformed{"ballot-malformed", 422, "Głos nie jest prawidłowy",
                                       "The ballot is not valid"};
constexpr ProblemKind ballot_conflict{"ballot-conflict", 409,
                                      "Głos nie pasuje do tego, co już zapisano",
                                      "The ballot does not fit what has been recorded"};
constexpr ProblemKind voting_closed{"voting-closed", 403, "Głosowanie nie trwa",
                                    "Voting is not open"};
constexpr std::uint32_t busy_retry_s = 2;

Problem problem_of(const ballotbox::Refusal& refusal) {
  switch (refusal.kind) {
    case RefusalKind::malformed:
      return {&ballot_malformed,
              {"Zaszyfruj i wyślij głos jeszcze raz.", "Encrypt and send the ballot again."}};
    case RefusalKind::conflict:
      return {&ballot_conflict,
              {"Sprawdź, czy w Twoim imieniu nie zapisano już głosu, i wyślij nowy głos.",
               "See whether a ballot was recorded in your name already, and send a new one."}};
    case RefusalKind::not_now:
      return {&voting_closed,
              {"Terminy podaje kalendarz edycji.", "The calendar of the edition says when."}};
    case RefusalKind::busy:
      return {&server::problems::overloaded,
              {"Głos nie został zapisany. Wyślij go za chwilę jeszcze raz.",
               "The ballot was not recorded. Send it again in a moment."},
              busy_retry_s};
    case RefusalKind::unavailable:
      break;
  }
  return {&server::problems::unavailable,
          {"Wyślij ten sam głos później: zostanie zapisany najwyżej raz.",
           "Send the same ballot again later: it is recorded at most once."},
          server::unavailable_retry_s};
}

Response acknowledgement_of(const ballotbox::Acknowledgement& acknowledgement) {
  const json::object body{{"index", acknowledgement.index},
                          {"entry", to_hex(view_of(acknowledgement.receipt.leaf))},
                          {"recorded_before", acknowledgement.recorded_before},
                          {"receipt", to_base64(acknowledgement.receipt.encode())}};
  return server::json_response(json::serialize(body), acknowledgement.recorded_before ? 200 : 201);
}

ballotbox::Answer answer_by(server::Responder responder) {
  // An answer must be copyable, a responder is not.
  auto shared = std::make_shared<server::Responder>(std::move(responder));
  return [shared](ballotbox::Outcome outcome) {
    if (const auto* acknowledgement = std::get_if<ballotbox::Acknowledgement>(&outcome)) {
      std::move(*shared).respond(acknowledgement_of(*acknowledgement));
    } else {
      std::move(*shared).respond(problem_of(std::get<ballotbox::Refusal>(outcome)));
    }
  };
}

void take_ballot(BallotBox& box, Request request, server::Responder responder) {
  std::string ticket;
  if (const auto header = request.header("urna-notice")) {
    Result<std::string> bytes = from_base64(*header);
    if (!bytes || bytes->size() > election::notice_ticket_bytes_max) {
      return std::move(responder).respond(
          Problem{&server::problems::malformed_request,
                  {"Nagłówek Urna-Notice jest błędny.", "The header Urna-Notice is malformed."}});
    }
    ticket = std::move(*bytes);
  }
  box.accept(std::move(request.body), std::move(ticket), answer_by(std::move(responder)));
}

std::string_view phase_name(election::Phase phase) {
  using election::Phase;
  switch (phase) {
    case Phase::dealing_commitments:
    case Phase::dealings:
    case Phase::acceptances:
      return "key-ceremony";
    case Phase::roll:
      return "roll";
    case Phase::opening:
      return "opening";
    case Phase::voting:
      return "voting";
    case Phase::issuance:
      return "issuance";
    case Phase::annulments:
      return "annulments";
    case Phase::counted:
    case Phase::pools:
      break;
  }
  return "tally";
}

Reply tell_edition(const BallotBox& box, const Neighbours& neighbours) {
  const ballotbox::Overview overview = box.overview();
  json::object body{{"edition", to_hex(overview.edition.view())},
                    {"phase", phase_name(overview.phase)},
                    {"accepting", overview.accepting},
                    {"opens", overview.opens},
                    {"closes", overview.closes},
                    {"entries", overview.size},
                    {"ballots", overview.ballots},
                    {"checkpoint", overview.checkpoint}};
  json::array extensions;
  for (const election::Extension& extension : overview.extensions) {
    extensions.push_back({{"time", extension.time},
                          {"replaces", extension.replaces},
                          {"closes", extension.closes},
                          {"reason", {{"pl", extension.reason_pl}, {"en", extension.reason_en}}}});
  }
  body["extensions"] = std::move(extensions);
  if (overview.cosigned_size != 0) {
    body["cosigned"] = {{"entries", overview.cosigned_size}, {"witnesses", overview.cosignatures}};
  }
  if (!overview.joint_key.empty()) body["joint_key"] = to_hex(overview.joint_key);
  if (!neighbours.registrar.empty()) body["registrar"] = neighbours.registrar;
  return server::json_response(json::serialize(body));
}

Problem no_such(server::Text detail) { return {&server::problems::not_found, std::move(detail)}; }

Reply tell_next_ballot(const BallotBox& box, const Request& request) {
  const Result<std::string> pseudonym = from_hex(request.parameter("pseudonym"));
  const std::string& number = request.parameter("pool");
  std::uint16_t pool = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), pool);
  if (!pseudonym || pseudonym->size() != 32 || read.ec != std::errc() ||
      read.ptr != number.data() + number.size() || pool >= box.pools() ||
      (number.size() > 1 && number.front() == '0')) {
    return no_such({"Nie ma takiego pseudonimu lub puli.", "There is no such pseudonym or pool."});
  }
  const auto next =
      box.next_ballot(election::Pseudonym{array_of<32>(*pseudonym)}, election::PoolNumber{pool});
  json::object body{{"counter", next.counter}, {"previous", nullptr}};
  if (next.previous) body["previous"] = to_hex(next.previous->view());
  return server::json_response(json::serialize(body));
}

Reply give_receipt(const BallotBox& box, const Request& request) {
  const Result<std::string> entry = from_hex(request.parameter("entry"));
  if (entry && entry->size() == 32) {
    if (const auto receipt = box.receipt(election::EntryHash{array_of<32>(*entry)})) {
      return server::cbor_response(receipt->encode());
    }
  }
  return no_such({"Na tablicy nie ma takiego wpisu.", "There is no such entry on the board."});
}

// What caches may keep, and how it is called.
Response record_file(std::string_view path, std::string bytes) {
  Response response;
  response.body = std::move(bytes);
  response.cache_control = "public, no-cache";
  if (path.starts_with("tile/")) {
    response.content_type = "application/octet-stream";
    response.cache_control = "public, max-age=31536000, immutable";
  } else if (path == "checkpoint" || path.starts_with("checkpoints/")) {
    response.content_type = "text/plain; charset=utf-8";
  } else if (path.ends_with(".cbor")) {
    response.content_type = "application/cbor";
  } else if (path.ends_with(".pb")) {
    response.content_type = "text/csv; charset=utf-8";
  } else {
    response.content_type = "application/octet-stream";
  }
  return response;
}

Reply give_file(const BallotBox& box, const std::string& path) {
  Result<std::optional<std::string>> bytes = box.file(path);
  if (!bytes) return Problem{&server::problems::unavailable, {}, server::unavailable_retry_s};
  if (!*bytes) {
    return no_such({"W zapisie wyborów nie ma takiego pliku.", "The record has no such file."});
  }
  return record_file(path, std::move(**bytes));
}

}  // namespace

Status add_ballot_box_routes(Router& router, BallotBox& box, const Neighbours& neighbours) {
  server::RouteOptions ballots;
  ballots.body_bytes_max = election::entry_bytes_max;
  ballots.content_types = {"application/cbor"};
  ballots.rate_class = "ballots";
  ballots.for_any_site = true;
  server::RouteOptions reads;
  reads.rate_class = "reads";
  reads.for_any_site = true;

  Status added = router.add_async(
      server::Method::post, "/api/v1/ballots",
      [&box](Request request, server::Responder responder) {
        take_ballot(box, std::move(request), std::move(responder));
      },
      ballots);
  if (added) {
    added = router.add_async(
        server::Method::post, "/api/v1/entries",
        [&box](Request request, server::Responder responder) {
          box.submit(std::move(request.body), answer_by(std::move(responder)));
        },
        ballots);
  }
  const auto get = [&](std::string_view path, auto handler) {
    if (added) added = router.add(server::Method::get, path, handler, reads);
  };
  if (added) {
    added = router.add_quick(
        server::Method::get, "/api/v1/edition",
        [&box, neighbours](const Request&) { return tell_edition(box, neighbours); }, reads);
  }
  get("/api/v1/next-ballot/{pseudonym}/{pool}",
      [&box](const Request& request) { return tell_next_ballot(box, request); });
  get("/api/v1/receipts/{entry}",
      [&box](const Request& request) { return give_receipt(box, request); });
  for (const char* const name : {"checkpoint", "manifest.cbor", "roll.cbor"}) {
    get("/" + std::string(name), [&box, name](const Request&) { return give_file(box, name); });
  }
  for (const char* const folder :
       {"tile", "mix", "decryption", "plaintexts", "result", "checkpoints"}) {
    get("/" + std::string(folder) + "/{rest...}", [&box, folder](const Request& request) {
      return give_file(box, std::string(folder) + "/" + request.parameter("rest"));
    });
  }
  return added;
}

void add_ballot_box_metrics(server::Metrics& metrics, const BallotBox& box) {
  const auto number = [&](std::string_view name, std::string_view help, auto member,
                          const server::Labels& labels = {}) {
    metrics.gauge(
        name, help, [&box, member] { return static_cast<double>(box.counters().*member); }, labels);
  };
  using ballotbox::Counters;
  number("urna_ballots_waiting", "Ballots taken in and not yet answered", &Counters::waiting);
  number("urna_ballots_recorded", "Entries recorded since the start", &Counters::recorded);
  number("urna_ballots_repeated", "Entries sent again that had been recorded", &Counters::repeated);
  number("urna_rounds", "Commits since the start", &Counters::rounds);
  number("urna_box_writable", "1 while the store can be written", &Counters::writable);
  const std::string_view refused = "urna_ballots_refused";
  const std::string_view help = "Entries refused since the start, by reason";
  number(refused, help, &Counters::refused_malformed, {{"reason", "malformed"}});
  number(refused, help, &Counters::refused_conflict, {{"reason", "conflict"}});
  number(refused, help, &Counters::refused_not_now, {{"reason", "not-now"}});
  number(refused, help, &Counters::refused_busy, {{"reason", "busy"}});
  number(refused, help, &Counters::refused_unavailable, {{"reason", "unavailable"}});
  metrics.gauge("urna_board_entries", "Entries on the board",
                [&box] { return static_cast<double>(box.overview().size); });
  metrics.gauge("urna_board_cosigned_entries",
                "Entries under the newest checkpoint that enough witnesses cosigned",
                [&box] { return static_cast<double>(box.overview().cosigned_size); });
}

void add_witness_courier_metrics(server::Metrics& metrics,
                                 const ballotbox::WitnessCourier& courier) {
  using ballotbox::WitnessCourier;
  const auto number = [&](std::string_view name, std::string_view help, auto member) {
    metrics.gauge(name, help,
                  [&courier, member] { return static_cast<double>(courier.counters().*member); });
  };
  using Counters = WitnessCourier::Counters;
  number("urna_witnesses_asked", "Cosignatures asked for since the start", &Counters::asked);
  number("urna_witnesses_cosigned", "Cosignatures granted since the start", &Counters::cosigned);
  number("urna_witnesses_failures", "Cosignatures not granted since the start",
         &Counters::failures);
  number("urna_witnesses_refusals", "Of these, refused by a witness that was reached",
         &Counters::refusals);
}

}  // namespace urna::api
