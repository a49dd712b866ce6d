// SPDX-License-Identifier: EUPL-1.2
// Whether a request is let in, decided by its head alone: where it ends, whom it is for, what it
// may bring, and how often.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "server/http.h"
#include "server/origins.h"
#include "server/rate_limit.h"
#include "server/router.h"
#include "server/server.h"

namespace urna::server {

// Why the server itself refuses; for its metrics.
enum class Refused : std::size_t { malformed, rate, full, slow, displaced };

// The head of a request as the parser of HTTP gives it.
struct Head {
  unsigned version = 11;  // 10 or 11; others are refused
  std::string_view method;
  std::string_view target;
  std::vector<Header> headers;  // names in lower case
  bool keep_alive = false;
  bool has_body = false;
  std::optional<std::uint64_t> content_length;
};

// What a page of another site may do with the answer (CORS); see origins.h.
struct SiteAccess {
  std::string_view origin = {};      // Access-Control-Allow-Origin; empty: no such header
  bool varies = false;               // by the header Origin
  std::string_view may_method = {};  // the method that a preflight asked for, if it may be used
};

// What is known of a request after its head.
struct Heard {
  Request request;
  const Route* route = nullptr;  // none: refused, or OPTIONS for what has no route of its own
  std::vector<Method> allowed = {};
  SiteAccess access = {};
  bool keep_alive = false;
  bool expects_continue = false;  // waits to be told before it sends its body
  std::optional<Problem> refusal = std::nullopt;
  Refused reason = Refused::malformed;  // of the refusal
};

// Safe to use from several threads.
class Admission {
 public:
  // The router must outlive this. Errors: those of Server::create() about proxies and rates.
  [[nodiscard]] static Result<Admission> create(const ServerConfig& config, const Router& router);

  // Fills in everything of `heard` but the request's id and body. `peer` is who the connection is
  // with; `is_full` whether the server has as many requests in flight as it may.
  void judge(Heard& heard, Head head, const Address& peer, bool is_full) const;

  [[nodiscard]] Problem overloaded() const;

 private:
  Admission(const ServerConfig& config, const Router& router);

  Status prepare(const ServerConfig& config);
  [[nodiscard]] std::optional<Problem> find_origin(Heard& heard, const Address& peer) const;
  [[nodiscard]] std::optional<Problem> find_route(Heard& heard, const Head& head) const;
  [[nodiscard]] std::optional<Problem> check_rate(Heard& heard) const;
  [[nodiscard]] SiteAccess access_of(const Heard& heard, const Head& head) const;

  const Router* router_;
  Language language_;
  unsigned network_bits_v4_;
  unsigned network_bits_v6_;
  std::chrono::milliseconds overload_retry_after_;
  std::vector<Network> trusted_proxies_;
  std::optional<Origins> origins_;
  std::map<std::string, std::unique_ptr<RateLimiter>> limiters_;
  std::unordered_map<const Route*, RateLimiter*> limiter_of_;
};

}  // namespace urna::server
