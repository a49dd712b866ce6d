// SPDX-License-Identifier: EUPL-1.2
// Requests to other services over HTTP/1.1 and TLS, by libcurl. Everything has a limit; redirects
// are answers like any other and are not followed; nothing is logged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::adapters {

struct HttpLimits {
  std::uint32_t connect_ms = 3'000;
  std::uint32_t total_ms = 10'000;  // from the call to the last byte of the answer
  std::size_t answer_bytes_max = std::size_t{256} << 10U;
  std::size_t idle_connections_max = 8;
};

struct HttpTrust {
  // Whether http:// may be used besides https://. For services on the same machine.
  bool plain_http = false;
  // A file of PEM certificates to trust instead of the system's; empty for the system's.
  std::string authorities_file = {};
  // The address of a proxy; empty for none, whatever the environment says.
  std::string proxy = {};
};

struct HttpHeader {
  std::string_view name;
  std::string_view value;
};

// The views live as long as the call.
struct HttpRequest {
  std::string_view url;
  std::optional<std::string_view> body = std::nullopt;  // POST if there is one, GET otherwise
  std::vector<HttpHeader> headers = {};
};

struct HttpAnswer {
  unsigned status = 0;  // 200 … 599
  std::string body;
  std::string content_type;         // as sent; empty if none
  std::uint32_t retry_after_s = 0;  // 0 if not told; at most a day
};

class HttpClient {
 public:
  HttpClient(HttpLimits limits, HttpTrust trust);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // Sends the request and waits for the whole answer, whatever its status. Connections are kept and
  // used again, so a request may meet one that the other side has just closed; libcurl then tries
  // once more on a fresh one. May be called from several threads at once.
  // Headers are copied by libcurl; those copies are wiped here, its own buffers are not. Of the
  // answer's body no copy is left behind but the one returned.
  // Errors: io (no connection, no trust in the certificate, time is up), limit (the answer is
  // larger than answer_bytes_max), usage (an address of another scheme, a header with a line
  // break). No message holds more of the address than scheme, host and port, nor anything of the
  // bodies.
  [[nodiscard]] Result<HttpAnswer> send(const HttpRequest& request) const;

 private:
  struct Pool;
  HttpLimits limits_;
  HttpTrust trust_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace urna::adapters
