// SPDX-License-Identifier: EUPL-1.2
#include "api/witness_client.h"

#include <memory>
#include <utility>

#include "adapters/http_client.h"

namespace urna::api {

board::SendToWitness witness_sender(const std::string& url) {
  adapters::HttpTrust trust;
  trust.plain_http = true;
  adapters::HttpLimits limits;
  limits.answer_bytes_max = board::max_note_bytes;
  auto client = std::make_shared<adapters::HttpClient>(limits, trust);
  const bool slash = url.ends_with('/');
  return [client, address = url + (slash ? "add-checkpoint" : "/add-checkpoint")](
             const std::string& body) -> Result<board::WitnessReply> {
    adapters::HttpRequest request;
    request.url = address;
    request.body = body;
    request.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    Result<adapters::HttpAnswer> answer = client->send(request);
    if (!answer) return std::move(answer).error();
    return board::WitnessReply{answer->status, std::move(answer->body)};
  };
}

}  // namespace urna::api
