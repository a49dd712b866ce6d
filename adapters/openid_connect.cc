// SPDX-License-Identifier: EUPL-1.2
#include "adapters/openid_connect.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <sodium/randombytes.h>
#include <utility>

#include "adapters/jose.h"
#include "adapters/json_fields.h"
#include "adapters/message_text.h"
#include "adapters/pending_sign_ins.h"
#include "adapters/provider_description.h"
#include "adapters/web_form.h"
#include "base/bytes.h"
#include "base/sha256.h"

namespace urna::adapters {
namespace {

constexpr std::size_t token_answer_bytes_max = std::size_t{64} << 10U;
constexpr std::size_t code_bytes_max = 4'096;
constexpr std::size_t state_bytes_max = 64;
constexpr std::int64_t failure_pause_s = 5;

// 256 random bits in base64url: 43 characters, as long as RFC 7636 demands of a code verifier.
SecretBytes random_text() {
  std::array<std::uint8_t, 32> octets{};
  randombytes_buf(octets.data(), octets.size());
  SecretBytes text(to_base64url(view_of(octets)));
  sodium_memzero(octets.data(), octets.size());
  return text;
}

Error usage(std::string field, std::string message) {
  return Error{ErrorCode::usage, std::move(message), {.field = std::move(field)}};
}

// RFC 6749 section 2.3.1: both percent-encoded, joined, in base 64.
SecretBytes basic_credentials(std::string_view id, std::string_view secret) {
  std::string pair;
  pair.reserve(3 * (id.size() + secret.size()) + 1);
  append_percent_encoded(pair, id);
  pair += ':';
  append_percent_encoded(pair, secret);
  std::string encoded = to_base64(pair);
  SecretBytes::wipe(pair);
  std::string value;
  value.reserve(encoded.size() + 6);
  value.append("Basic ").append(encoded);
  SecretBytes::wipe(encoded);
  return SecretBytes(std::move(value));
}

Error provider_error(Error error) {
  error.message = "the identity provider: " + error.message;
  return error;
}

// The provider is not there, whatever it is that went wrong.
Error away(std::string message) { return provider_error({ErrorCode::io, std::move(message)}); }

}  // namespace

struct OpenIdConnect::State {
  State(OpenIdConfig given, const HttpClient& client, std::function<std::int64_t()> clock)
      : config(std::move(given)),
        http(client),
        unix_s(std::move(clock)),
        pending(config.sign_ins_max, config.sign_in_lifetime_s),
        credentials(basic_credentials(config.client_id, config.client_secret.view())) {}

  // What is known of the provider; fetched under the lock, so that those who wait find it fetched.
  struct Known {
    ProviderDescription description;
    KeySet keys;
  };
  Result<Known> known();
  [[nodiscard]] Result<Known> fetch() const;
  Result<Known> known_with_key(const TokenHeader& header);
  Result<std::string> get(const std::string& url) const;
  Result<SecretBytes> redeem(const std::string& endpoint, std::string_view code,
                             const PendingSignIn& sign_in) const;

  const OpenIdConfig config;
  const HttpClient& http;
  const std::function<std::int64_t()> unix_s;
  PendingSignIns pending;
  const SecretBytes credentials;

  std::mutex mutex;
  std::optional<Known> cached;
  std::int64_t fetched_s = 0;       // description and keys
  std::int64_t keys_fetched_s = 0;  // keys because one was unknown, or with the description
  std::optional<Error> failure;     // of the last fetch of both
  std::int64_t failed_s = 0;
};

Result<std::string> OpenIdConnect::State::get(const std::string& url) const {
  Result<HttpAnswer> answer = http.send({.url = url, .headers = {{"Accept", "application/json"}}});
  if (!answer) return away(answer.error().message);
  if (answer->status != 200)
    return away("it answers " + std::to_string(answer->status) + " when asked about itself");
  return std::move(answer->body);
}

Result<OpenIdConnect::State::Known> OpenIdConnect::State::fetch() const {
  const Result<std::string> text = get(description_address(config.issuer));
  if (!text) return text.error();
  Result<ProviderDescription> description =
      parse_provider_description(*text, config.issuer, config.plain_http);
  if (!description) return provider_error(description.error());
  const Result<std::string> keys_text = get(description->keys_address);
  if (!keys_text) return keys_text.error();
  Result<KeySet> keys = KeySet::parse(*keys_text);
  if (!keys) return provider_error(keys.error());
  return Known{std::move(description).value(), std::move(keys).value()};
}

Result<OpenIdConnect::State::Known> OpenIdConnect::State::known() {
  const std::lock_guard lock(mutex);
  const std::int64_t now_s = unix_s();
  const auto is_recent = [now_s](std::int64_t then_s, std::int64_t lifetime_s) {
    return now_s >= then_s && now_s - then_s < lifetime_s;
  };
  if (cached.has_value() && is_recent(fetched_s, config.description_lifetime_s)) return *cached;
  // While the provider is away, those who waited must not each wait for it once more.
  if (failure.has_value() && is_recent(failed_s, failure_pause_s)) return *failure;
  Result<Known> fetched = fetch();
  if (!fetched) {
    failure = fetched.error();
    failed_s = unix_s();
    return fetched;
  }
  failure.reset();
  cached = *fetched;
  fetched_s = now_s;
  keys_fetched_s = now_s;
  return fetched;
}

// A key that is not known may be new: the provider is asked, but not by everyone who makes up a
// key.
Result<OpenIdConnect::State::Known> OpenIdConnect::State::known_with_key(
    const TokenHeader& header) {
  Result<Known> before = known();
  if (!before || before->keys.has(header.algorithm, header.key_id)) return before;
  const std::lock_guard lock(mutex);
  const std::int64_t now_s = unix_s();
  const std::int64_t age_s = now_s - keys_fetched_s;
  const bool may_ask = age_s < 0 || age_s >= config.refresh_pause_s;
  if (cached->keys.has(header.algorithm, header.key_id) || !may_ask) return *cached;
  keys_fetched_s = now_s;  // also if the request fails
  const Result<std::string> text = get(cached->description.keys_address);
  if (!text) return text.error();
  Result<KeySet> keys = KeySet::parse(*text);
  if (!keys) return provider_error(keys.error());
  cached->keys = std::move(keys).value();
  return *cached;
}

// The ID token that the provider gives for the code.
Result<SecretBytes> OpenIdConnect::State::redeem(const std::string& endpoint, std::string_view code,
                                                 const PendingSignIn& sign_in) const {
  std::string form;
  form.reserve(1'024 + 3 * code.size() + 3 * config.redirect_uri.size());
  append_parameter(form, "grant_type", "authorization_code");
  append_parameter(form, "code", code);
  append_parameter(form, "redirect_uri", config.redirect_uri);
  append_parameter(form, "code_verifier", sign_in.code_verifier.view());
  Result<HttpAnswer> answer =
      http.send({.url = endpoint,
                 .body = form,
                 .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                             {"Accept", "application/json"},
                             {"Authorization", credentials.view()}}});
  SecretBytes::wipe(form);
  if (!answer) return away(answer.error().message);
  const SecretBytes body(std::move(answer->body));
  if (answer->status >= 500 || answer->status == 429)
    return away("it answers " + std::to_string(answer->status) + " to a code");
  auto object = parse_json_object(body.view(), token_answer_bytes_max, "the answer to a code");
  if (answer->status != 200) {
    const bool client_refused =
        answer->status == 401 ||
        (object.ok() && (text_member(*object, "error", 64) == "invalid_client" ||
                         text_member(*object, "error", 64) == "unauthorized_client"));
    if (client_refused)
      return provider_error(
          {ErrorCode::usage, "it refuses our credentials", {}, "check the client's id and secret"});
    return provider_error({ErrorCode::malformed, "it refuses the code", {.field = "code"}});
  }
  if (!object) return provider_error(object.error());
  const auto token = text_member(*object, "id_token", token_answer_bytes_max);
  std::string copy(token.value_or(""));
  for (auto& member : *object)
    if (member.value().is_string()) wipe_text(member.value().get_string());
  if (copy.empty())
    return provider_error(
        {ErrorCode::malformed, "its answer has no ID token", {.field = "id_token"}});
  return SecretBytes(std::move(copy));
}

Result<std::unique_ptr<OpenIdConnect>> OpenIdConnect::create(OpenIdConfig config,
                                                             const HttpClient& http,
                                                             std::function<std::int64_t()> unix_s) {
  if (!is_service_address(config.issuer, config.plain_http) ||
      config.issuer.find('?') != std::string::npos) {
    return usage("issuer", "the issuer is not an https:// address without a query");
  }
  // The browser goes there, so http:// is for a registrar on the same machine only.
  if (!is_service_address(config.redirect_uri, config.plain_http))
    return usage("redirect_uri", "the address to return to is not an https:// address");
  if (config.client_id.empty()) return usage("client_id", "the client's id is empty");
  if (config.client_secret.view().empty())
    return usage("client_secret", "the client's secret is empty");
  if ((" " + config.scope + " ").find(" openid ") == std::string::npos)
    return usage("scope", "the scope does not hold \"openid\"");
  if (config.claims.identifier.empty())
    return usage("claims.identifier", "no claim is named for the identifier");
  if (config.sign_ins_max == 0 || config.sign_in_lifetime_s == 0)
    return usage("sign_ins_max", "no sign-in could be under way");
  return std::unique_ptr<OpenIdConnect>(
      new OpenIdConnect(std::make_unique<State>(std::move(config), http, std::move(unix_s))));
}

OpenIdConnect::OpenIdConnect(std::unique_ptr<State> state) : state_(std::move(state)) {}
OpenIdConnect::~OpenIdConnect() = default;

Result<std::string> OpenIdConnect::begin(std::string_view session) {
  const OpenIdConfig& config = state_->config;
  const Result<State::Known> known = state_->known();
  if (!known) return known.error();
  const SecretBytes state = random_text();
  PendingSignIn sign_in{random_text(), random_text()};

  std::string url = known->description.authorization_endpoint;
  if (url.find('?') == std::string::npos) url += '?';
  append_parameter(url, "response_type", "code");
  append_parameter(url, "client_id", config.client_id);
  append_parameter(url, "redirect_uri", config.redirect_uri);
  append_parameter(url, "scope", config.scope);
  append_parameter(url, "state", state.view());
  append_parameter(url, "nonce", sign_in.nonce.view());
  append_parameter(url, "code_challenge",
                   to_base64url(view_of(sha256(sign_in.code_verifier.view()))));
  append_parameter(url, "code_challenge_method", "S256");
  if (!config.prompt.empty()) append_parameter(url, "prompt", config.prompt);
  if (config.max_age_s.has_value())
    append_parameter(url, "max_age", std::to_string(*config.max_age_s));
  if (!config.assurances.empty()) {
    std::string values;
    for (const std::string& value : config.assurances)
      values += (values.empty() ? "" : " ") + value;
    append_parameter(url, "acr_values", values);
  }
  Status kept = state_->pending.keep(state.view(), session, std::move(sign_in), state_->unix_s());
  if (!kept) return kept.error();
  return url;
}

Result<registrar::Identity> OpenIdConnect::finish(std::string_view session,
                                                  const registrar::ProviderAnswer& answer) {
  const OpenIdConfig& config = state_->config;
  if (answer.state.size() > state_bytes_max)
    return Error{ErrorCode::not_found, "no such sign-in is under way in this session"};
  const Result<PendingSignIn> sign_in =
      state_->pending.take(answer.state, session, state_->unix_s());
  if (!sign_in) return sign_in.error();
  const Result<State::Known> known = state_->known();
  if (!known) return known.error();
  // An answer of another provider, mixed up with this one, is not to be redeemed here.
  const bool issuer_wrong = answer.issuer.empty() ? known->description.answers_name_issuer
                                                  : answer.issuer != config.issuer;
  if (issuer_wrong)
    return provider_error(
        {ErrorCode::malformed, "the answer is another issuer's", {.field = "iss"}});
  if (!answer.error.empty())
    return provider_error({ErrorCode::conflict, "the sign-in was broken off", {.field = "error"}});
  if (answer.code.empty() || answer.code.size() > code_bytes_max)
    return provider_error({ErrorCode::malformed, "the answer holds no code", {.field = "code"}});

  const Result<SecretBytes> token =
      state_->redeem(known->description.token_endpoint, answer.code, *sign_in);
  if (!token) return token.error();
  const Result<TokenHeader> header = read_token_header(token->view());
  if (!header) return provider_error(header.error());
  const Result<State::Known> current = state_->known_with_key(*header);
  if (!current) return current.error();
  const Result<std::string> payload = check_signed_token(token->view(), current->keys);
  if (!payload) return provider_error(payload.error());
  const TokenExpectation expected{.issuer = config.issuer,
                                  .client_id = config.client_id,
                                  .nonce = sign_in->nonce.view(),
                                  .now_s = state_->unix_s(),
                                  .skew_s = config.skew_s,
                                  .max_age_s = config.max_age_s,
                                  .assurances = &config.assurances};
  Result<registrar::Identity> identity = check_id_token_claims(*payload, expected, config.claims);
  if (!identity) return provider_error(identity.error());
  return identity;
}

}  // namespace urna::adapters
