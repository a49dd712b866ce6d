// SPDX-License-Identifier: EUPL-1.2
#include "adapters/id_token.h"

#include <algorithm>
#include <sodium/utils.h>
#include <utility>

#include "adapters/json_fields.h"
#include "adapters/message_text.h"

namespace urna::adapters {
namespace {

namespace json = boost::json;

constexpr std::size_t payload_bytes_max = std::size_t{16} << 10U;
constexpr std::size_t claim_bytes_max = 256;

Error wrong_claim(std::string_view claim, std::string message) {
  return Error{ErrorCode::malformed, std::move(message), {.field = std::string(claim)}};
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Status check_audience(const json::object& claims, std::string_view client) {
  // One audience may stand without its list.
  const json::value* audience = claims.if_contains("aud");
  const bool alone = audience != nullptr && audience->is_string() &&
                     std::string_view(audience->get_string()) == client;
  if (!alone && !list_member_holds(claims, "aud", client))
    return wrong_claim("aud", "the token is for somebody else");
  const bool several = !alone && audience->is_array() && audience->get_array().size() > 1;
  const bool named = claims.contains("azp");
  if ((several || named) && text_member(claims, "azp", claim_bytes_max) != client)
    return wrong_claim("azp", "the token was issued to somebody else");
  return ok_status();
}

Status check_times(const json::object& claims, const TokenExpectation& expected) {
  const std::int64_t skew_s = expected.skew_s;
  const auto expires = number_member(claims, "exp");
  if (!expires) return wrong_claim("exp", "the token does not say when it expires");
  if (expected.now_s >= *expires + skew_s) return wrong_claim("exp", "the token has expired");
  const auto issued = number_member(claims, "iat");
  if (!issued) return wrong_claim("iat", "the token does not say when it was issued");
  if (*issued > expected.now_s + skew_s)
    return wrong_claim("iat", "the token was issued in the future");
  if (claims.contains("nbf")) {
    const auto not_before = number_member(claims, "nbf");
    if (!not_before || *not_before > expected.now_s + skew_s)
      return wrong_claim("nbf", "the token is not valid yet");
  }
  if (expected.max_age_s.has_value()) {
    const auto proved = number_member(claims, "auth_time");
    if (!proved || *proved > expected.now_s + skew_s ||
        expected.now_s - *proved > std::int64_t{*expected.max_age_s} + skew_s) {
      return wrong_claim("auth_time", "the person did not just prove who they are");
    }
  }
  return ok_status();
}

// A claim about the person: one line of text. Providers that hold no value may leave it out.
Status take(const json::object& claims, const std::string& name, bool required,
            std::string& target) {
  if (name.empty()) return ok_status();
  if (!required && !claims.contains(name)) return ok_status();
  const auto text = text_member(claims, name, claim_bytes_max);
  if (!text || !is_one_line(*text, claim_bytes_max))
    return wrong_claim(name, "the token lacks the claim or it is not a line of text");
  target = *text;
  return ok_status();
}

}  // namespace

Result<registrar::Identity> check_id_token_claims(std::string_view payload,
                                                  const TokenExpectation& expected,
                                                  const ClaimNames& names) {
  const auto parsed = parse_json_object(payload, payload_bytes_max, "the token's content");
  if (!parsed) return wrong_claim("token", parsed.error().message);
  const json::object& claims = *parsed;
  if (text_member(claims, "iss", 2'048) != expected.issuer)
    return wrong_claim("iss", "the token is from another issuer");
  if (Status audience = check_audience(claims, expected.client_id); !audience)
    return audience.error();
  if (Status times = check_times(claims, expected); !times) return times.error();
  const auto nonce = text_member(claims, "nonce", claim_bytes_max);
  if (!nonce || !same_secret(*nonce, expected.nonce))
    return wrong_claim("nonce", "the token belongs to another sign-in");
  const auto subject = text_member(claims, "sub", claim_bytes_max);
  if (!subject || subject->empty()) return wrong_claim("sub", "the token names nobody");

  registrar::Identity identity;
  if (Status taken = take(claims, "acr", false, identity.assurance); !taken) return taken.error();
  if (expected.assurances != nullptr && !expected.assurances->empty() &&
      std::find(expected.assurances->begin(), expected.assurances->end(), identity.assurance) ==
          expected.assurances->end()) {
    return wrong_claim("acr", "the person was not identified strongly enough");
  }
  for (const auto& [name, required, target] :
       {std::tuple{&names.identifier, true, &identity.identifier},
        std::tuple{&names.given_names, false, &identity.given_names},
        std::tuple{&names.family_name, false, &identity.family_name},
        std::tuple{&names.birth_date, false, &identity.birth_date}}) {
    if (Status taken = take(claims, *name, required, *target); !taken) return taken.error();
  }
  if (identity.identifier.empty())
    return wrong_claim("identifier", "no claim is configured for it");
  return identity;
}

}  // namespace urna::adapters
