// SPDX-License-Identifier: EUPL-1.2
// Short messages through a gateway that takes JSON over HTTP (docs/messages.md).
#pragma once

#include <cstdint>
#include <string>

#include "adapters/http_client.h"
#include "base/secret_bytes.h"
#include "registrar/ports/message_sender.h"

namespace urna::adapters {

struct SmsGatewayConfig {
  std::string url;          // where messages are posted to
  SecretBytes token;        // sent as "Authorization: Bearer …"
  std::string sender = {};  // shown as the sender, as the gateway allows; empty for its default
  std::uint32_t attempts_max = 3;  // at least 1
  std::uint32_t pause_ms = 250;    // before the second attempt; twice as long before each further
  std::uint32_t deadline_ms = 8'000;  // no attempt begins after that
};

class SmsGateway final : public registrar::SmsSender {
 public:
  // `http` outlives the gateway; its total time-out holds for each attempt.
  SmsGateway(SmsGatewayConfig config, const HttpClient& http);

  // Takes at most deadline_ms and one time-out of `http`. Attempts that end without an answer or
  // with a status of 5xx are repeated with the same key, which the gateway sends once.
  [[nodiscard]] Status send(const registrar::TextMessage& message) override;

 private:
  [[nodiscard]] Status attempt(const std::string& body, std::string_view key,
                               std::uint32_t* wait_s) const;
  SmsGatewayConfig config_;
  SecretBytes authorization_;
  const HttpClient& http_;
};

}  // namespace urna::adapters
