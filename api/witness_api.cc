// SPDX-License-Identifier: EUPL-1.2
#include "api/witness_api.h"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "server/http.h"

namespace urna::api {
namespace {

using board::WitnessRefusal;
using server::Problem;
using server::Reply;
using server::Response;

struct Counters {
  std::atomic<std::uint64_t> cosigned = 0;
  std::array<std::atomic<std::uint64_t>, board::witness_refusals> refused{};
};

Reply witness_reply(const board::WitnessRefused& refused) {
  switch (refused.why) {
    case WitnessRefusal::malformed:
      return Problem{&server::problems::malformed_request};
    case WitnessRefusal::unknown_log:
      return Problem{&server::problems::not_found,
                     {"Ten świadek nie zna dziennika o tej nazwie.",
                      "This witness does not know a log of that origin."}};
    case WitnessRefusal::not_signed:
      return Problem{&server::problems::forbidden,
                     {"Dziennik nie podpisał tego punktu kontrolnego.",
                      "The log has not signed this checkpoint."}};
    case WitnessRefusal::other_size: {
      Response response =
          server::text_response(std::to_string(refused.remembered_size) + "\n", 409);
      response.content_type = "text/x.tlog.size";
      return response;
    }
    case WitnessRefusal::fork:
      return Problem{&server::problems::conflict,
                     {"Dziennik pokazuje dwa różne drzewa tej samej wielkości.",
                      "The log shows two different trees of one size."}};
    case WitnessRefusal::no_continuation:
      return Problem{&server::problems::unprocessable,
                     {"Dowód nie pokazuje, że dziennik tylko przyrósł.",
                      "The proof does not show that the log has only grown."}};
    case WitnessRefusal::unavailable:
      break;
  }
  return Problem{&server::problems::unavailable, {}, server::unavailable_retry_s};
}

std::uint64_t now_in_seconds() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

}  // namespace

Status add_witness_routes(server::Router& router, server::Metrics& metrics,
                          board::Witness& witness) {
  auto counters = std::make_shared<Counters>();
  metrics.gauge("urna_witness_cosigned", "Checkpoints cosigned since the start",
                [counters] { return static_cast<double>(counters->cosigned); });
  for (std::size_t k = 0; k < board::witness_refusals; ++k) {
    metrics.gauge("urna_witness_refused", "Checkpoints refused since the start, by reason",
                  [counters, k] { return static_cast<double>(counters->refused[k]); },
                  {{"reason", std::string(to_string(static_cast<WitnessRefusal>(k)))}});
  }
  server::RouteOptions options;
  options.body_bytes_max = board::max_add_checkpoint_bytes;
  options.rate_class = "checkpoints";
  return router.add(
      server::Method::post, "/add-checkpoint",
      [&witness, counters](const server::Request& request) -> Reply {
        auto given = witness.add(request.body, now_in_seconds());
        if (const auto* refused = std::get_if<board::WitnessRefused>(&given)) {
          ++counters->refused[static_cast<std::size_t>(refused->why)];
          return witness_reply(*refused);
        }
        ++counters->cosigned;
        return server::text_response(std::get<board::NoteSignature>(given).line());
      },
      options);
}

}  // namespace urna::api
