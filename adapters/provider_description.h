// SPDX-License-Identifier: EUPL-1.2
// What an OpenID provider publishes about itself (OpenID Connect Discovery 1.0), as far as needed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::adapters {

struct ProviderDescription {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string keys_address;          // "jwks_uri"
  bool answers_name_issuer = false;  // RFC 9207: every answer comes with "iss"
};

// Whether the text is an absolute http(s) address of at most 2048 printable ASCII bytes, with a
// host, without user, blanks, quotes, angle brackets, backslashes or a fragment; http only if
// `plain_http`.
[[nodiscard]] bool is_service_address(std::string_view text, bool plain_http);

// Where an issuer's description lies (section 4).
[[nodiscard]] std::string description_address(std::string_view issuer);

// Reads the description of this very issuer. `plain_http` allows addresses without TLS, for tests.
// Errors: malformed (no JSON object, another issuer, an address missing or not usable;
// `place.field` is the member), limit (over 64 KiB), unsupported (the provider offers no
// authorization code, no PKCE with S256, no log-in with a client secret, none of our algorithms, or
// does not say what it must; `place.field` is the member).
[[nodiscard]] Result<ProviderDescription> parse_provider_description(std::string_view text,
                                                                     std::string_view issuer,
                                                                     bool plain_http);

}  // namespace urna::adapters
