// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a token, its claims, a set of keys, a provider's description or base64url: nothing
// is taken as signed but what the key of the corpus signed, and what is accepted has its one form.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/id_token.h"
#include "adapters/jose.h"
#include "adapters/provider_description.h"
#include "base/bytes.h"

namespace {

using namespace urna::adapters;

void require(bool condition) {
  if (!condition) std::abort();
}

// The example of RFC 8037 appendix A.4; its token is the seed "token".
const KeySet& example_keys() {
  static const KeySet keys =
      KeySet::parse(R"({"keys":[{"kty":"OKP","crv":"Ed25519",)"
                    R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})")
          .value();
  return keys;
}

void check_token(std::string_view input, const KeySet& own_keys) {
  const auto header = read_token_header(input);
  const auto payload = check_signed_token(input, example_keys());
  if (payload) require(header.ok() && *payload == "Example of Ed25519 signing");
  if (!header) require(!payload.ok());
  static_cast<void>(check_signed_token(input, own_keys));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto bytes = urna::from_base64url(input)) require(urna::to_base64url(*bytes) == input);

  // A line of keys, then a token; or all of it as one of them.
  const std::size_t line = input.find('\n');
  const auto keys = KeySet::parse(input.substr(0, line));
  if (keys) require(keys->size() <= 32);
  check_token(line == std::string_view::npos ? input : input.substr(line + 1),
              keys ? *keys : KeySet());

  constexpr std::string_view issuer = "https://id.example";
  const auto identity = check_id_token_claims(
      input, {.issuer = issuer, .client_id = "urna", .nonce = "n-1", .now_s = 1'800'000'000}, {});
  if (identity) require(!identity->identifier.empty() && urna::is_utf8(identity->identifier));
  const auto description = parse_provider_description(input, issuer, false);
  if (description) {
    require(description->issuer == issuer);
    for (const std::string* address : {&description->authorization_endpoint,
                                       &description->token_endpoint, &description->keys_address})
      require(is_service_address(*address, false));
  }
  return 0;
}
