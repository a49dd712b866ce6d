// SPDX-License-Identifier: EUPL-1.2
#include "adapters/provider_description.h"

#include <algorithm>
#include <utility>

#include "adapters/jose.h"
#include "adapters/json_fields.h"

namespace urna::adapters {
namespace {

constexpr std::size_t description_bytes_max = std::size_t{64} << 10U;
constexpr std::size_t address_bytes_max = 2'048;

Error error_at(ErrorCode code, std::string_view member, std::string message) {
  return Error{code, std::move(message), {.field = std::string(member)}};
}

}  // namespace

bool is_service_address(std::string_view text, bool plain_http) {
  if (text.size() > address_bytes_max) return false;
  std::size_t start = 0;
  if (text.starts_with("https://")) {
    start = 8;
  } else if (plain_http && text.starts_with("http://")) {
    start = 7;
  } else {
    return false;
  }
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F &&
           std::string_view("\"<>\\^`{|}#").find(c) == std::string_view::npos;
  });
  const std::string_view authority = text.substr(start, text.find_first_of("/?", start) - start);
  return clean && !authority.empty() && authority.find('@') == std::string_view::npos;
}

std::string description_address(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string(issuer) + "/.well-known/openid-configuration";
}

Result<ProviderDescription> parse_provider_description(std::string_view text,
                                                       std::string_view issuer, bool plain_http) {
  const auto object = parse_json_object(text, description_bytes_max, "the provider's description");
  if (!object) return object.error();

  ProviderDescription description;
  description.issuer = issuer;
  // Another issuer's description, however it came here, would bring that one's keys.
  if (text_member(*object, "issuer", address_bytes_max) != issuer)
    return error_at(ErrorCode::malformed, "issuer", "the description is another issuer's");
  for (const auto& [name, target] :
       {std::pair{"authorization_endpoint", &description.authorization_endpoint},
        std::pair{"token_endpoint", &description.token_endpoint},
        std::pair{"jwks_uri", &description.keys_address}}) {
    const auto address = text_member(*object, name, address_bytes_max);
    if (!address || !is_service_address(*address, plain_http))
      return error_at(ErrorCode::malformed, name, "the address is missing or cannot be used");
    *target = *address;
  }
  if (!list_member_holds(*object, "response_types_supported", "code"))
    return error_at(ErrorCode::unsupported, "response_types_supported",
                    "the provider gives no authorization codes");
  // RFC 8414 section 2: without the member there is no PKCE.
  if (!list_member_holds(*object, "code_challenge_methods_supported", "S256"))
    return error_at(ErrorCode::unsupported, "code_challenge_methods_supported",
                    "the provider does not bind codes to who asked (PKCE with S256)");
  // Without the member it is client_secret_basic.
  if (object->contains("token_endpoint_auth_methods_supported") &&
      !list_member_holds(*object, "token_endpoint_auth_methods_supported", "client_secret_basic"))
    return error_at(ErrorCode::unsupported, "token_endpoint_auth_methods_supported",
                    "the provider takes no client secret in the way it is sent here");
  bool known = false;
  for (const TokenAlgorithm algorithm :
       {TokenAlgorithm::rs256, TokenAlgorithm::es256, TokenAlgorithm::eddsa}) {
    known = known || list_member_holds(*object, "id_token_signing_alg_values_supported",
                                       token_algorithm_name(algorithm));
  }
  if (!known)
    return error_at(ErrorCode::unsupported, "id_token_signing_alg_values_supported",
                    "the provider signs in no way that is taken here");
  const boost::json::value* names_issuer =
      object->if_contains("authorization_response_iss_parameter_supported");
  description.answers_name_issuer =
      names_issuer != nullptr && names_issuer->is_bool() && names_issuer->get_bool();
  return description;
}

}  // namespace urna::adapters
