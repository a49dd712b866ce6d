// SPDX-License-Identifier: EUPL-1.2
// Signing in at a real OpenID provider of its own process: a browser's way there and back, and
// every way in which a provider, or somebody pretending to be one, can lie.
#include "adapters/openid_connect.h"

#include <atomic>
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "test/service/node_service.h"

namespace urna::adapters {
namespace {

using registrar::Identity;
using testing::NodeService;

const std::string redirect_uri = "http://127.0.0.1:9/callback";

// Where the browser came back, parameter by parameter.
using Parameters = std::map<std::string, std::string>;

Parameters parameters_of(const std::string& url) {
  Parameters found;
  std::size_t start = url.find('?') + 1;
  while (start < url.size()) {
    const std::size_t end = std::min(url.find('&', start), url.size());
    const std::string pair = url.substr(start, end - start);
    const std::size_t equals = pair.find('=');
    int size = 0;
    char* value = curl_easy_unescape(nullptr, pair.c_str() + equals + 1, 0, &size);
    found[pair.substr(0, equals)] = std::string(value, static_cast<std::size_t>(size));
    curl_free(value);
    start = end + 1;
  }
  return found;
}

// Follows redirections with cookies, posts the form of the provider, stops where it is sent back.
class Browser {
 public:
  Browser() : curl_(curl_easy_init()) { curl_easy_setopt(curl_, CURLOPT_COOKIEFILE, ""); }
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  ~Browser() { curl_easy_cleanup(curl_); }

  Parameters sign_in(std::string url, const std::string& form) {
    for (int step = 0; step < 10; ++step) {
      long status = visit(url, nullptr);
      if (status == 200) status = visit(url, form.c_str());
      const char* next = nullptr;
      curl_easy_getinfo(curl_, CURLINFO_REDIRECT_URL, &next);
      if (next == nullptr) {
        ADD_FAILURE() << url << " answers " << status << ": " << body_;
        return {};
      }
      url = next;
      if (url.starts_with(redirect_uri)) return parameters_of(url);
    }
    ADD_FAILURE() << "sent round and round";
    return {};
  }

 private:
  static std::size_t keep(char* data, std::size_t size, std::size_t count, void* user) {
    static_cast<std::string*>(user)->append(data, size * count);
    return size * count;
  }
  long visit(const std::string& url, const char* form) {
    body_.clear();
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &keep);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, static_cast<void*>(&body_));
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl_, CURLOPT_HTTPGET, 1L);
    if (form != nullptr) curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, form);
    EXPECT_EQ(curl_easy_perform(curl_), CURLE_OK) << url;
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    return status;
  }
  CURL* curl_;
  std::string body_;
};

class OpenIdConnectTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    service_ = NodeService::start("oidc", {}, why);
    if (service_ == nullptr) GTEST_SKIP() << why;
    provider_ = make(config());
  }
  [[nodiscard]] OpenIdConfig config() const {
    OpenIdConfig config;
    config.issuer = service_->url();
    config.client_id = "urna";
    config.client_secret = SecretBytes(std::string("test secret/with:odd+characters"));
    config.redirect_uri = redirect_uri;
    config.scope = "openid profile pesel";
    config.refresh_pause_s = 30;
    config.plain_http = true;
    return config;
  }
  std::unique_ptr<OpenIdConnect> make(OpenIdConfig config) {
    auto made = OpenIdConnect::create(std::move(config), http_, [this] { return now_s(); });
    EXPECT_TRUE(made) << made.error().to_string();
    return made ? std::move(made).value() : nullptr;
  }
  [[nodiscard]] std::int64_t now_s() const { return std::time(nullptr) + ahead_s_; }

  static Result<Identity> finish(OpenIdConnect& provider, const Parameters& given,
                                 std::string_view session = "session") {
    const auto value = [&given](const char* name) {
      const auto found = given.find(name);
      return found == given.end() ? std::string_view() : std::string_view(found->second);
    };
    return provider.finish(session, {.state = value("state"),
                                     .code = value("code"),
                                     .error = value("error"),
                                     .issuer = value("iss")});
  }
  Parameters go_there(OpenIdConnect& provider,
                      const std::string& form = "account=zofia&action=login") {
    const auto url = provider.begin("session");
    EXPECT_TRUE(url) << url.error().to_string();
    return url ? Browser().sign_in(*url, form) : Parameters();
  }
  Result<Identity> sign_in() { return finish(*provider_, go_there(*provider_)); }
  std::int64_t requests(const char* kind) {
    return service_->control("/requests").at(kind).as_int64();
  }

  const HttpClient http_{{.total_ms = 5'000}, {.plain_http = true}};
  std::atomic<std::int64_t> ahead_s_ = 0;
  std::unique_ptr<NodeService> service_;
  std::unique_ptr<OpenIdConnect> provider_;
};

TEST_F(OpenIdConnectTest, TellsWhoSignedIn) {
  for (int time = 0; time < 2; ++time) {
    const auto identity = sign_in();
    ASSERT_TRUE(identity) << identity.error().to_string();
    EXPECT_EQ(identity->identifier, "85061800008");
    EXPECT_EQ(identity->given_names, "Zofia");
    EXPECT_EQ(identity->family_name, "Święcicka-Żółć");
    EXPECT_EQ(identity->birth_date, "1985-06-18");
  }
  EXPECT_EQ(requests("description"), 1) << "it is kept";
  EXPECT_EQ(requests("keys"), 1);
}

TEST_F(OpenIdConnectTest, AsksWithEverythingThatBindsTheAnswer) {
  const auto first = provider_->begin("session");
  const auto second = provider_->begin("session");
  ASSERT_TRUE(first && second);
  Parameters one = parameters_of(*first);
  const Parameters two = parameters_of(*second);
  for (const char* name : {"state", "nonce", "code_challenge"}) {
    EXPECT_EQ(one[name].size(), 43U) << name;
    EXPECT_NE(one[name], two.at(name)) << name;
  }
  EXPECT_EQ(one["code_challenge_method"], "S256");
  EXPECT_EQ(one["response_type"], "code");
  EXPECT_EQ(one["redirect_uri"], redirect_uri);
  EXPECT_EQ(one["prompt"], "login");
  EXPECT_EQ(first->find("secret"), std::string::npos);
}

TEST_F(OpenIdConnectTest, RefusesEveryLieAndNamesIt) {
  const std::map<std::string, std::string> reasons{
      {"wrong-issuer", "iss"},        {"wrong-audience", "aud"},  {"two-audiences", "azp"},
      {"other-party", "azp"},         {"expired", "exp"},         {"without-expiry", "exp"},
      {"from-the-future", "iat"},     {"not-yet", "nbf"},         {"wrong-nonce", "nonce"},
      {"without-nonce", "nonce"},     {"alg-none", "alg"},        {"hs256", "alg"},
      {"unknown-kid", "kid"},         {"wrong-key", "signature"}, {"extension", "crit"},
      {"changed-claim", "signature"}, {"garbage", "token"}};
  const boost::json::value kinds = service_->control("/misbehaviours");
  for (const boost::json::value& kind : kinds.as_array())
    EXPECT_TRUE(reasons.contains(kind.as_string().c_str())) << kind;
  for (const char* algorithm : {"RS256", "ES256", "EdDSA"}) {
    service_->control("/rotate", {{"algorithm", algorithm}});
    ahead_s_ += 31;  // so that new keys may be asked for
    ASSERT_TRUE(sign_in()) << algorithm;
    for (const auto& [kind, reason] : reasons) {
      service_->control("/misbehave", {{"as", kind}});
      const auto identity = sign_in();
      ASSERT_FALSE(identity) << algorithm << " " << kind;
      EXPECT_EQ(identity.error().code, ErrorCode::malformed) << kind;
      EXPECT_EQ(identity.error().place.field, reason) << algorithm << " " << kind;
      EXPECT_EQ(identity.error().to_string().find("85061800008"), std::string::npos);
    }
    service_->control("/misbehave", {{"as", "well"}});
    EXPECT_TRUE(sign_in()) << algorithm;
    ahead_s_ = 0;
    provider_ = make(config());
  }
}

TEST_F(OpenIdConnectTest, LearnsNewKeysButNotAtAnybodysWish) {
  ASSERT_TRUE(sign_in());
  EXPECT_EQ(requests("keys"), 1);
  service_->control("/rotate", boost::json::object{});
  // Asked a moment ago: the new key is not believed in yet.
  auto identity = sign_in();
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().place.field, "kid");
  EXPECT_EQ(requests("keys"), 1);
  ahead_s_ = 31;
  identity = sign_in();
  ASSERT_TRUE(identity) << identity.error().to_string();
  EXPECT_EQ(requests("keys"), 2);
  // A made-up key id costs the provider one request in thirty seconds.
  service_->control("/misbehave", {{"as", "unknown-kid"}});
  ahead_s_ = 62;
  for (int time = 0; time < 5; ++time) EXPECT_FALSE(sign_in());
  EXPECT_EQ(requests("keys"), 3);
  // A key that was taken back is no longer good once the description is old.
  service_->control("/misbehave", {{"as", "well"}});
  ahead_s_ = 3'700;
  EXPECT_EQ(sign_in().error().place.field, "exp") << "the provider's clock is an hour behind";
  EXPECT_EQ(requests("description"), 2);
}

TEST_F(OpenIdConnectTest, FinishesOnceInTimeAndInTheSameSession) {
  const Parameters answer = go_there(*provider_);
  EXPECT_EQ(finish(*provider_, answer, "another session").error().code, ErrorCode::not_found);
  EXPECT_EQ(finish(*provider_, answer).error().code, ErrorCode::not_found) << "it was tried";

  const Parameters again = go_there(*provider_);
  EXPECT_TRUE(finish(*provider_, again));
  EXPECT_EQ(finish(*provider_, again).error().code, ErrorCode::not_found) << "it was used";

  const Parameters late = go_there(*provider_);
  ahead_s_ = 601;
  EXPECT_EQ(finish(*provider_, late).error().code, ErrorCode::not_found);
  ahead_s_ = 0;

  Parameters guessed = go_there(*provider_);
  guessed["state"] = std::string(43, 'A');
  EXPECT_EQ(finish(*provider_, guessed).error().code, ErrorCode::not_found);
  EXPECT_EQ(provider_->finish("session", {}).error().code, ErrorCode::not_found);
}

TEST_F(OpenIdConnectTest, RefusesTheAnswerOfAnother) {
  Parameters answer = go_there(*provider_);
  answer["iss"] = "http://127.0.0.1:1";
  EXPECT_EQ(finish(*provider_, answer).error().place.field, "iss");
  answer = go_there(*provider_);
  answer.erase("iss");  // the provider says that it always names itself
  EXPECT_EQ(finish(*provider_, answer).error().place.field, "iss");
  // A code stolen from another sign-in does not fit this one's verifier.
  const Parameters stolen = go_there(*provider_);
  answer = go_there(*provider_);
  answer["code"] = stolen.at("code");
  EXPECT_EQ(finish(*provider_, answer).error().place.field, "code");
  answer = go_there(*provider_);
  answer["code"] = "made-up";
  EXPECT_EQ(finish(*provider_, answer).error().place.field, "code");
  answer = go_there(*provider_);
  answer.erase("code");
  EXPECT_EQ(finish(*provider_, answer).error().place.field, "code");
}

TEST_F(OpenIdConnectTest, SaysThatThePersonCancelled) {
  const auto identity = finish(*provider_, go_there(*provider_, "action=cancel"));
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, ErrorCode::conflict);
  EXPECT_EQ(identity.error().place.field, "error");
}

TEST_F(OpenIdConnectTest, WantsTheIdentifier) {
  const auto identity = finish(*provider_, go_there(*provider_, "account=nobody&action=login"));
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().place.field, "pesel");
  OpenIdConfig other = config();
  other.claims.identifier = "sub";
  other.claims.birth_date = "";
  const auto provider = make(std::move(other));
  const auto by_subject = finish(*provider, go_there(*provider, "account=nobody&action=login"));
  ASSERT_TRUE(by_subject) << by_subject.error().to_string();
  EXPECT_EQ(by_subject->identifier, "nobody");
  EXPECT_EQ(by_subject->birth_date, "");
}

TEST_F(OpenIdConnectTest, InsistsOnAssuranceAndFreshness) {
  OpenIdConfig strict = config();
  strict.assurances = {"high"};
  const auto provider = make(std::move(strict));
  const auto identity = finish(*provider, go_there(*provider));
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().place.field, "acr");
  OpenIdConfig fresh = config();
  fresh.max_age_s = 120;
  fresh.assurances = {"high", "low"};
  const auto recent = make(std::move(fresh));
  const auto recently = finish(*recent, go_there(*recent));
  ASSERT_TRUE(recently) << recently.error().to_string();
  EXPECT_EQ(recently->assurance, "low");
  const Parameters answer = go_there(*recent);
  ahead_s_ = 200;
  EXPECT_EQ(finish(*recent, answer).error().place.field, "auth_time");
}

TEST_F(OpenIdConnectTest, BelievesNoOthersDescription) {
  const auto refusal = [this](const char* said) {
    service_->control("/describe", boost::json::parse(said).as_object());
    const auto url = make(config())->begin("session");
    return url ? Error{ErrorCode::io, "none"} : url.error();
  };
  EXPECT_EQ(refusal(R"({"issuer": "http://127.0.0.1:1"})").place.field, "issuer");
  EXPECT_EQ(refusal(R"({"token_endpoint": "ftp://127.0.0.1/"})").place.field, "token_endpoint");
  EXPECT_EQ(refusal(R"({"jwks_uri": null})").place.field, "jwks_uri");
  EXPECT_EQ(refusal(R"({"code_challenge_methods_supported": ["plain"]})").code,
            ErrorCode::unsupported);
  EXPECT_EQ(refusal(R"({"id_token_signing_alg_values_supported": ["HS256", "none"]})").code,
            ErrorCode::unsupported);
}

TEST_F(OpenIdConnectTest, DoesNotAskAgainAtOnceAfterAFailure) {
  service_->control("/describe", {{"issuer", "http://127.0.0.1:1"}});
  for (int time = 0; time < 3; ++time) EXPECT_FALSE(provider_->begin("session"));
  EXPECT_EQ(requests("description"), 1);
  service_->control("/describe", boost::json::object());
  EXPECT_FALSE(provider_->begin("session"));
  ahead_s_ = 6;
  EXPECT_TRUE(provider_->begin("session"));
  EXPECT_EQ(requests("description"), 2);
}

TEST_F(OpenIdConnectTest, SaysThatTheProviderIsAway) {
  const Parameters answer = go_there(*provider_);
  service_->stop();
  EXPECT_EQ(finish(*provider_, answer).error().code, ErrorCode::io);
  EXPECT_TRUE(provider_->begin("session")) << "its description is known";
  EXPECT_EQ(make(config())->begin("session").error().code, ErrorCode::io);
}

TEST_F(OpenIdConnectTest, SaysThatItsOwnCredentialsAreWrong) {
  OpenIdConfig wrong = config();
  wrong.client_secret = SecretBytes(std::string("guess"));
  const auto provider = make(std::move(wrong));
  const auto identity = finish(*provider, go_there(*provider));
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, ErrorCode::usage);
}

TEST_F(OpenIdConnectTest, KeepsSignInsWithinItsLimit) {
  OpenIdConfig small = config();
  small.sign_ins_max = 3;
  const auto provider = make(std::move(small));
  for (int time = 0; time < 3; ++time) EXPECT_TRUE(provider->begin("session"));
  EXPECT_EQ(provider->begin("session").error().code, ErrorCode::limit);
  ahead_s_ = 601;
  EXPECT_TRUE(provider->begin("session"));
}

TEST_F(OpenIdConnectTest, ServesSeveralAtOnce) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 6; ++thread) {
    threads.emplace_back([this, &good] {
      for (int time = 0; time < 5; ++time)
        if (sign_in()) ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 30);
  EXPECT_EQ(requests("description"), 1);
}

TEST_F(OpenIdConnectTest, RefusesAConfigurationThatCannotWork) {
  const auto field = [this](auto change) {
    OpenIdConfig changed = config();
    change(changed);
    const auto made = OpenIdConnect::create(std::move(changed), http_, [] { return 0; });
    return made ? std::string("none") : made.error().place.field;
  };
  EXPECT_EQ(field([](OpenIdConfig& c) { c.plain_http = false; }), "issuer");
  EXPECT_EQ(field([](OpenIdConfig& c) { c.issuer = "https://a.example/?x=y"; }), "issuer");
  EXPECT_EQ(field([](OpenIdConfig& c) { c.client_id.clear(); }), "client_id");
  EXPECT_EQ(field([](OpenIdConfig& c) { c.client_secret = SecretBytes(); }), "client_secret");
  EXPECT_EQ(field([](OpenIdConfig& c) { c.redirect_uri = "javascript:alert(1)"; }), "redirect_uri");
  EXPECT_EQ(field([](OpenIdConfig& c) { c.scope = "profile"; }), "scope");
  EXPECT_EQ(field([](OpenIdConfig& c) { c.claims.identifier.clear(); }), "claims.identifier");
}

}  // namespace
}  // namespace urna::adapters
