// SPDX-License-Identifier: EUPL-1.2
#include "api/notices.h"

#include <memory>
#include <utility>

#include "adapters/http_client.h"
#include "base/bytes.h"
#include "base/cbor.h"
#include "election/notice_ticket.h"
#include "election/types.h"

namespace urna::api {

std::string encode(const ballotbox::NoticeBatch& batch) {
  CborWriter out;
  out.map(2);
  out.key(1);
  out.bytes(view_of(batch.name));
  out.key(2);
  out.array(batch.votes.size());
  for (const ballotbox::RecordedVote& vote : batch.votes) {
    out.array(2);
    out.bytes(vote.sealed);
    out.unsigned_integer(vote.pool.value);
  }
  return std::move(out).take();
}

Result<ballotbox::NoticeBatch> decode_notice_batch(std::string_view bytes) {
  CborReader in(bytes);
  ballotbox::NoticeBatch batch;
  in.map(2);
  in.key(1);
  batch.name = in.fixed_bytes<16>();
  in.key(2);
  batch.votes.resize(in.array(notices_in_batch_max));
  for (ballotbox::RecordedVote& vote : batch.votes) {
    in.array_exactly(2);
    vote.sealed = in.bytes(election::notice_reference_bytes_max);
    vote.pool.value = static_cast<std::uint16_t>(in.unsigned_integer(election::pools_max - 1));
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  return batch;
}

ballotbox::Deliver notice_delivery(const std::string& url, const std::string& token) {
  adapters::HttpTrust trust;
  trust.plain_http = true;
  auto client = std::make_shared<adapters::HttpClient>(adapters::HttpLimits{}, trust);
  return [client, address = url + "/api/v1/notices",
          authorization = "Bearer " + token](const ballotbox::NoticeBatch& batch) -> Status {
    const std::string body = encode(batch);
    adapters::HttpRequest request;
    request.url = address;
    request.body = body;
    request.headers = {{"Authorization", authorization}, {"Content-Type", "application/cbor"}};
    const Result<adapters::HttpAnswer> answer = client->send(request);
    if (!answer) return answer.error();
    if (answer->status != 204) {
      return Error{ErrorCode::io, "the registrar did not take the notices", {}, "see its log"};
    }
    return ok_status();
  };
}

}  // namespace urna::api
