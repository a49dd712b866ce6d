// SPDX-License-Identifier: EUPL-1.2
// What an ID token says, once its signature holds (OpenID Connect Core 1.0 section 3.1.3.7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registrar/ports/identity_provider.h"

namespace urna::adapters {

// Which claims carry what the registrar asks for. An empty name: not asked for.
struct ClaimNames {
  std::string identifier = "pesel";
  std::string given_names = "given_name";
  std::string family_name = "family_name";
  std::string birth_date = "birthdate";
};

// What the token must say. The views live as long as the call.
struct TokenExpectation {
  std::string_view issuer;
  std::string_view client_id;
  std::string_view nonce;
  std::int64_t now_s = 0;                                 // since 1970
  std::uint32_t skew_s = 60;                              // by how much the clocks may differ
  std::optional<std::uint32_t> max_age_s = std::nullopt;  // since the person proved who they are
  const std::vector<std::string>* assurances = nullptr;   // "acr" is one of these; empty, null: any
};

// Checks the claims in the payload of a signed token and takes the person's out of it.
// Error: malformed, `place.field` being the claim that is missing or wrong: "iss", "aud", "azp",
// "exp", "iat", "nbf", "nonce", "auth_time", "acr", "sub", or the name of a person's claim; "token"
// if the payload is not a JSON object of at most 16 KiB. No message holds a value.
[[nodiscard]] Result<registrar::Identity> check_id_token_claims(std::string_view payload,
                                                                const TokenExpectation& expected,
                                                                const ClaimNames& names);

}  // namespace urna::adapters
