// SPDX-License-Identifier: EUPL-1.2
#include "adapters/sms_gateway.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <thread>
#include <utility>

#include "adapters/message_text.h"

namespace urna::adapters {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t text_bytes_max = 480;

}  // namespace

SmsGateway::SmsGateway(SmsGatewayConfig config, const HttpClient& http)
    : config_(std::move(config)), http_(http) {
  std::string authorization;
  authorization.reserve(config_.token.view().size() + 7);
  authorization.append("Bearer ").append(config_.token.view());
  authorization_ = SecretBytes(std::move(authorization));
}

Status SmsGateway::send(const registrar::TextMessage& message) {
  if (!is_one_line(message.text, text_bytes_max))
    return Error{ErrorCode::malformed, "the text of a short message is empty, long or not text"};
  if (!is_message_key(message.key))
    return Error{ErrorCode::malformed, "the key of a short message is not of its form"};
  json::object fields{{"to", message.to.text()}, {"text", message.text}};
  if (!config_.sender.empty()) fields["from"] = config_.sender;
  std::string body = json::serialize(fields);
  wipe_text(fields["text"].as_string());

  const auto deadline = steady_clock::now() + milliseconds(config_.deadline_ms);
  milliseconds pause(config_.pause_ms);
  Status sent = ok_status();
  for (std::uint32_t number = 1;; ++number, pause *= 2) {
    std::uint32_t wait_s = 0;
    sent = attempt(body, message.key, &wait_s);
    if (sent.ok() || sent.error().code != ErrorCode::io || number >= config_.attempts_max) break;
    const milliseconds wait = std::max(pause, milliseconds(std::uint64_t{wait_s} * 1000U));
    if (steady_clock::now() + wait >= deadline) break;
    std::this_thread::sleep_for(wait);
  }
  SecretBytes::wipe(body);
  return sent;
}

Status SmsGateway::attempt(const std::string& body, std::string_view key,
                           std::uint32_t* wait_s) const {
  const Result<HttpAnswer> answer =
      http_.send({.url = config_.url,
                  .body = body,
                  .headers = {{"Content-Type", "application/json"},
                              {"Authorization", authorization_.view()},
                              {"Idempotency-Key", key}}});
  if (!answer) {
    // Too long an answer says as little as none.
    if (answer.error().code == ErrorCode::limit)
      return Error{ErrorCode::io, "the SMS gateway: " + answer.error().message};
    return Error{answer.error().code,
                 "the SMS gateway: " + answer.error().message,
                 {},
                 answer.error().remedy};
  }
  *wait_s = answer->retry_after_s;
  const unsigned status = answer->status;
  const std::string told = "the SMS gateway answers " + std::to_string(status);
  if (status >= 200 && status < 300) return ok_status();
  if (status == 400 || status == 404 || status == 410 || status == 422)
    return Error{ErrorCode::malformed, told + ": it refuses the number or the text"};
  if (status == 429) return Error{ErrorCode::limit, told + ": it takes no more messages for now"};
  if (status >= 500) return Error{ErrorCode::io, told};
  return Error{ErrorCode::usage, told, {}, "check its address and token"};
}

}  // namespace urna::adapters
