// SPDX-License-Identifier: EUPL-1.2
// Whose pages may read answers: the server's side of the CORS protocol (Fetch Standard, "HTTP CORS
// protocol"). No service uses cookies, so what a page of another site can do is what anybody can do
// who has the same token; a list keeps pages that are nobody's from asking residents for theirs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::server {

// Whether the text is an origin as browsers write it: http or https, "://", a host in lower case
// (an IPv6 address in brackets), and a port unless it is the scheme's own; nothing behind it.
[[nodiscard]] bool is_origin(std::string_view text);

class Origins {
 public:
  // "*" stands for every origin, and only where `any_may` is set: for services in which nobody has
  // a session. Errors: usage (not an origin; "*" where it may not be or beside others; too many).
  [[nodiscard]] static Result<Origins> create(const std::vector<std::string>& allowed,
                                              bool any_may);

  // The value of Access-Control-Allow-Origin for a request with this header Origin; empty: none.
  [[nodiscard]] std::string_view answer_to(std::string_view origin) const;
  // Whether the answer depends on the header, which caches must know.
  [[nodiscard]] bool vary() const { return !any_; }

 private:
  Origins() = default;
  bool any_ = false;
  std::vector<std::string> allowed_;
};

inline constexpr std::size_t origins_max = 64;

// What a page may send and read beyond what every page may, and for how long a browser may keep the
// answer to its question (s).
inline constexpr std::string_view allowed_headers =
    "Authorization, Content-Type, Urna-Notice, Accept-Language";
inline constexpr std::string_view exposed_headers = "Retry-After";
inline constexpr unsigned preflight_age_s = 3600;

}  // namespace urna::server
