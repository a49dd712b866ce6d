// SPDX-License-Identifier: EUPL-1.2
// Signing in at an OpenID provider: authorization code flow with PKCE (OpenID Connect Core 1.0,
// RFC 6749, 7636, 9207), as a client that can keep a secret.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http_client.h"
#include "adapters/id_token.h"
#include "base/secret_bytes.h"
#include "registrar/ports/identity_provider.h"

namespace urna::adapters {

struct OpenIdConfig {
  std::string issuer;
  std::string client_id;
  SecretBytes client_secret;
  std::string redirect_uri;      // where the provider sends the browser back to
  std::string scope = "openid";  // "openid" and what makes the provider tell the claims below
  ClaimNames claims = {};
  std::string prompt = "login";  // so that a shared computer's earlier session does not count
  std::optional<std::uint32_t> max_age_s = std::nullopt;  // see TokenExpectation
  std::vector<std::string> assurances = {};  // values of "acr" to ask for and to insist on
  std::uint32_t skew_s = 60;
  std::uint32_t sign_in_lifetime_s = 600;
  std::size_t sign_ins_max = 10'000;
  std::uint32_t description_lifetime_s = 3'600;  // then description and keys are fetched anew
  std::uint32_t refresh_pause_s = 30;  // between two fetches of keys because one was unknown
  bool plain_http = false;             // a provider without TLS, on the same machine
};

class OpenIdConnect final : public registrar::IdentityProvider {
 public:
  // Errors: usage (an empty or impossible value; `place.field` names it). `http` outlives the
  // provider. `unix_s` tells the time and may be called from several threads at once.
  [[nodiscard]] static Result<std::unique_ptr<OpenIdConnect>> create(
      OpenIdConfig config, const HttpClient& http, std::function<std::int64_t()> unix_s);
  ~OpenIdConnect() override;

  // Fetches the provider's description if there is none or it is old; one request, and one for
  // keys. While several threads wait for them, one fetches.
  [[nodiscard]] Result<std::string> begin(std::string_view session) override;

  // One request to redeem the code; another for keys if the token is signed by an unknown one, not
  // more often than every refresh_pause_s. Claims are taken from the ID token alone.
  [[nodiscard]] Result<registrar::Identity> finish(
      std::string_view session, const registrar::ProviderAnswer& answer) override;

 private:
  struct State;
  explicit OpenIdConnect(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace urna::adapters
