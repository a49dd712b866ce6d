// SPDX-License-Identifier: EUPL-1.2
// The claims of an ID token, each wrong in turn; what a provider says of itself; sign-ins under
// way.
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "adapters/id_token.h"
#include "adapters/pending_sign_ins.h"
#include "adapters/provider_description.h"

namespace urna::adapters {
namespace {

namespace json = boost::json;

constexpr std::int64_t now_s = 1'800'000'000;

json::object good_claims() {
  return json::parse(R"({"iss":"https://id.example","aud":"urna","sub":"s-1","nonce":"n-1",
      "exp":1800000300,"iat":1799999990,"auth_time":1799999980,"acr":"high",
      "pesel":"85061800008","given_name":"Zofia","family_name":"Święcicka",
      "birthdate":"1985-06-18"})")
      .as_object();
}

// The claim because of which they are refused; empty if they are not.
std::string refusal(const json::object& claims, const ClaimNames& names = {}) {
  const std::vector<std::string> assurances{"high"};
  const TokenExpectation expected{.issuer = "https://id.example",
                                  .client_id = "urna",
                                  .nonce = "n-1",
                                  .now_s = now_s,
                                  .skew_s = 60,
                                  .max_age_s = 120,
                                  .assurances = &assurances};
  const auto identity = check_id_token_claims(json::serialize(claims), expected, names);
  if (identity) return "";
  EXPECT_EQ(identity.error().code, ErrorCode::malformed);
  EXPECT_EQ(identity.error().to_string().find("850618"), std::string::npos);
  return identity.error().place.field;
}
// The same with one claim as this JSON text says, or without it.
std::string with(const char* name, const char* text) {
  json::object claims = good_claims();
  claims[name] = json::parse(text);
  return refusal(claims);
}
std::string without(const char* name) {
  json::object claims = good_claims();
  claims.erase(name);
  return refusal(claims);
}

TEST(IdToken, GivesWhatItSaysOfThePerson) {
  EXPECT_EQ(refusal(good_claims()), "");
  const auto identity = check_id_token_claims(
      json::serialize(good_claims()),
      {.issuer = "https://id.example", .client_id = "urna", .nonce = "n-1", .now_s = now_s}, {});
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->identifier, "85061800008");
  EXPECT_EQ(identity->family_name, "Święcicka");
  EXPECT_EQ(identity->assurance, "high");
}

TEST(IdToken, IsBoundToIssuerClientAndSignIn) {
  for (const char* text : {R"("https://id.example/")", R"("http://id.example")", "null", "7"})
    EXPECT_EQ(with("iss", text), "iss") << text;
  for (const char* text : {R"("URNA")", R"(["other"])", R"([["urna"]])", "null", R"({"urna":1})"})
    EXPECT_EQ(with("aud", text), "aud") << text;
  EXPECT_EQ(with("aud", R"(["urna"])"), "");
  EXPECT_EQ(with("aud", R"(["urna","other"])"), "azp");
  EXPECT_EQ(with("azp", R"("other")"), "azp");
  EXPECT_EQ(with("azp", R"("urna")"), "");
  for (const char* text : {R"("n-2")", R"("n-")", R"("n-11")", R"("")", "null", R"(["n-1"])"})
    EXPECT_EQ(with("nonce", text), "nonce") << text;
  for (const char* name : {"iss", "aud", "nonce", "exp", "iat", "sub", "acr", "auth_time", "pesel"})
    EXPECT_EQ(without(name), name);
  for (const char* name : {"given_name", "family_name", "birthdate"}) EXPECT_EQ(without(name), "");
}

TEST(IdToken, IsValidNow) {
  // Clocks may differ by 60 s, not by 61.
  EXPECT_EQ(with("exp", "1799999941"), "");
  EXPECT_EQ(with("exp", "1799999940"), "exp");
  EXPECT_EQ(with("iat", "1800000060"), "");
  EXPECT_EQ(with("iat", "1800000061"), "iat");
  EXPECT_EQ(with("nbf", "1800000060"), "");
  EXPECT_EQ(with("nbf", "1800000061"), "nbf");
  EXPECT_EQ(with("auth_time", "1799999820"), "");
  EXPECT_EQ(with("auth_time", "1799999819"), "auth_time");
  EXPECT_EQ(with("auth_time", "1800000061"), "auth_time");
  for (const char* text : {R"("1800000300")", "1800000300.5", "1.8e30", "-1", "null",
                           "18446744073709551615", "9007199254740993"})
    EXPECT_EQ(with("exp", text), "exp") << text;
  EXPECT_EQ(with("nbf", "null"), "nbf");
}

TEST(IdToken, HoldsLinesOfTextOnly) {
  for (const char* text :
       {R"("")", R"("a\nb")", R"("a\u0000b")", "85061800008", "null", R"(["85061800008"])"})
    EXPECT_EQ(with("pesel", text), "pesel") << text;
  EXPECT_EQ(with("given_name", R"("a\u2028b")"), "given_name");
  EXPECT_EQ(with("given_name", ("\"" + std::string(257, 'x') + "\"").c_str()), "given_name");
  EXPECT_EQ(with("acr", R"("low")"), "acr");
  EXPECT_EQ(refusal(good_claims(), {.identifier = "residentCard"}), "residentCard");
  const auto junk = [](std::string_view payload) {
    return check_id_token_claims(payload, {}, {}).error().place.field;
  };
  EXPECT_EQ(junk(""), "token");
  EXPECT_EQ(junk("[]"), "token");
  EXPECT_EQ(junk(std::string(20'000, '[')), "token");
  EXPECT_EQ(junk(R"({"a":)" + std::string(17'000, '1') + "}"), "token");
}

TEST(Provider, AddressesAreWholeAndClean) {
  for (const char* good :
       {"https://id.example", "https://id.example:8443/a/b?c=d", "https://[::1]/"})
    EXPECT_TRUE(is_service_address(good, false)) << good;
  for (const char* bad : {"", "https://", "http://id.example", "HTTPS://id.example", "//id.example",
                          "https://user@id.example", "https://id.example/a b", "https:///a",
                          "https://id.example/#x", "javascript:alert(1)", "https://id.example/\n",
                          "https://id.example/ą", "https://id.example\\@evil.example"})
    EXPECT_FALSE(is_service_address(bad, false)) << bad;
  EXPECT_TRUE(is_service_address("http://127.0.0.1:8080", true));
  EXPECT_EQ(description_address("https://id.example/a/"),
            "https://id.example/a/.well-known/openid-configuration");
}

TEST(Provider, DescriptionIsOfThisIssuerAndOffersWhatIsNeeded) {
  const std::string good = R"({"issuer":"https://id.example",
    "authorization_endpoint":"https://id.example/a","token_endpoint":"https://id.example/t",
    "jwks_uri":"https://id.example/k","response_types_supported":["code","id_token"],
    "code_challenge_methods_supported":["plain","S256"],
    "id_token_signing_alg_values_supported":["PS256","ES256"]})";
  const auto description = parse_provider_description(good, "https://id.example", false);
  ASSERT_TRUE(description) << description.error().to_string();
  EXPECT_EQ(description->token_endpoint, "https://id.example/t");
  EXPECT_FALSE(description->answers_name_issuer);
  EXPECT_EQ(parse_provider_description(good, "https://other.example", false).error().place.field,
            "issuer");
  const json::object members = json::parse(good).as_object();
  for (const auto& member : members) {
    json::object less = members;
    less.erase(member.key());
    const auto refused =
        parse_provider_description(json::serialize(less), "https://id.example", false);
    ASSERT_FALSE(refused) << member.key();
    EXPECT_EQ(refused.error().place.field, std::string(member.key()));
  }
  json::object other = members;
  other["token_endpoint_auth_methods_supported"] = json::array{"private_key_jwt"};
  EXPECT_EQ(
      parse_provider_description(json::serialize(other), "https://id.example", false).error().code,
      ErrorCode::unsupported);
  EXPECT_EQ(parse_provider_description(std::string(70'000, ' '), "https://id.example", false)
                .error()
                .code,
            ErrorCode::limit);
}

PendingSignIn sign_in(const char* nonce) {
  return {SecretBytes(std::string(nonce)), SecretBytes(std::string("verifier"))};
}

TEST(PendingSignIns, AreTakenOnceInTimeByTheirSession) {
  PendingSignIns pending(10, 600);
  ASSERT_TRUE(pending.keep("state", "session", sign_in("n"), 1'000));
  EXPECT_EQ(pending.take("other", "session", 1'000).error().code, ErrorCode::not_found);
  const auto taken = pending.take("state", "session", 1'599);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->nonce.view(), "n");
  EXPECT_FALSE(pending.take("state", "session", 1'001)) << "once";
  ASSERT_TRUE(pending.keep("a", "session", sign_in("n"), 1'000));
  EXPECT_FALSE(pending.take("a", "session", 1'600)) << "in time";
  ASSERT_TRUE(pending.keep("b", "session", sign_in("n"), 1'000));
  EXPECT_FALSE(pending.take("b", "thief", 1'001)) << "by their session";
  EXPECT_FALSE(pending.take("b", "session", 1'001)) << "whoever asked first";
  ASSERT_TRUE(pending.keep("c", "session", sign_in("n"), 1'000'000));
  EXPECT_FALSE(pending.take("c", "session", 1'000)) << "the clock was set back";
  EXPECT_EQ(pending.count(), 0U);
}

TEST(PendingSignIns, AreSoMany) {
  PendingSignIns pending(3, 600);
  for (const char* state : {"a", "b", "c"})
    ASSERT_TRUE(pending.keep(state, "session", sign_in("n"), 1'000));
  EXPECT_EQ(pending.keep("d", "session", sign_in("n"), 1'599).error().code, ErrorCode::limit);
  ASSERT_TRUE(pending.take("b", "session", 1'001));
  EXPECT_TRUE(pending.keep("d", "session", sign_in("n"), 1'001)) << "one has left";
  EXPECT_TRUE(pending.keep("e", "session", sign_in("n"), 1'600)) << "two are too old";
  EXPECT_EQ(pending.count(), 2U);
  // One that never returns, and many that come and go behind it.
  PendingSignIns busy(3, 600);
  ASSERT_TRUE(busy.keep("stays", "session", sign_in("n"), 0));
  for (int i = 0; i < 1'000; ++i) {
    const std::string state = std::to_string(i);
    ASSERT_TRUE(busy.keep(state, "session", sign_in("n"), 1)) << i;
    ASSERT_TRUE(busy.take(state, "session", 1)) << i;
  }
  EXPECT_TRUE(busy.take("stays", "session", 2));
}

}  // namespace
}  // namespace urna::adapters
