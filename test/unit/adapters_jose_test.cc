// SPDX-License-Identifier: EUPL-1.2
// Signed tokens: the examples of the RFCs hold, and whatever is changed about them does not.
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/jose.h"
#include "base/bytes.h"

namespace urna::adapters {
namespace {

// RFC 7515 appendix A.2.
const std::string rsa_members =
    R"("kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmf)"
    R"(HQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wG)"
    R"(zjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZ)"
    R"(lxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54)"
    R"(h4FRWyuXpoQ")";
const std::string rfc_payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
const std::string rsa_signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5ju"
    "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07"
    "Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipU"
    "TI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const std::string rsa_token = "eyJhbGciOiJSUzI1NiJ9." + rfc_payload + "." + rsa_signature;
// RFC 7515 appendix A.3.
const std::string ec_members =
    R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";
const std::string ec_token = "eyJhbGciOiJFUzI1NiJ9." + rfc_payload +
                             ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQ"
                             "xfKTUJqPP3-Kg6NU1Q";
// RFC 8037 appendix A.4; its header names no key.
const std::string ed_members =
    R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
const std::string ed_token =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-"
    "09PGcvMg3A"
    "IbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

std::string set_of(const std::vector<std::string>& members) {
  std::string text;
  for (const std::string& key : members) text += (text.empty() ? "{" : ",{") + key + "}";
  return R"({"keys":[)" + text + "]}";
}
KeySet keys_of(const std::vector<std::string>& members) {
  const auto keys = KeySet::parse(set_of(members));
  EXPECT_TRUE(keys) << keys.error().to_string();
  return keys ? *keys : KeySet();
}
// Why a token is refused; empty if it is not.
std::string refusal(const std::string& token, const KeySet& keys) {
  const auto payload = check_signed_token(token, keys);
  if (payload) return "";
  EXPECT_EQ(payload.error().code, ErrorCode::malformed);
  return payload.error().place.field;
}
std::string with_header(const std::string& header) {
  return to_base64url(header) + "." + rfc_payload + "." + rsa_signature;
}

TEST(Jose, ExamplesOfTheRfcsHold) {
  const KeySet keys = keys_of({rsa_members, ec_members, ed_members});
  ASSERT_EQ(keys.size(), 3U);
  const std::string claims = from_base64url(rfc_payload).value();
  EXPECT_EQ(check_signed_token(rsa_token, keys).value(), claims);
  EXPECT_EQ(check_signed_token(ec_token, keys).value(), claims);
  EXPECT_EQ(check_signed_token(ed_token, keys).value(), "Example of Ed25519 signing");
}

TEST(Jose, EveryBitOfATokenMatters) {
  const KeySet keys = keys_of({rsa_members, ec_members, ed_members});
  for (const std::string& token : {ec_token, ed_token}) {
    for (std::size_t i = 0; i < token.size(); ++i) {
      for (const char other : {'A', 'B', 'x', '.', '=', ' '}) {
        if (token[i] == other) continue;
        std::string changed = token;
        changed[i] = other;
        EXPECT_NE(refusal(changed, keys), "") << i << " " << other;
      }
    }
    for (std::size_t size = 0; size < token.size(); ++size)
      EXPECT_NE(refusal(token.substr(0, size), keys), "") << size;
    EXPECT_NE(refusal(token + "A", keys), "");
    EXPECT_NE(refusal(token + "." + token, keys), "");
  }
}

TEST(Jose, TakesNoOtherAlgorithm) {
  const KeySet keys = keys_of({rsa_members, ec_members, ed_members});
  for (const char* name : {"none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS512", "RS1",
                           "PS256", "ES384", "ES256K", "rs256", "RS256 ", "Ed25519"})
    EXPECT_EQ(refusal(with_header(R"({"alg":")" + std::string(name) + R"("})"), keys), "alg")
        << name;
  EXPECT_EQ(refusal(with_header("{}"), keys), "alg");
  EXPECT_EQ(refusal(with_header(R"({"alg":null})"), keys), "alg");
  EXPECT_EQ(refusal(with_header(R"({"alg":["RS256"]})"), keys), "alg");
  EXPECT_EQ(refusal(with_header(R"({"alg":"RS256","crit":[]})"), keys), "crit");
  EXPECT_EQ(refusal(with_header(R"({"alg":"RS256","typ":"at+jwt"})"), keys), "typ");
  for (const char* header : {"[]", "\"RS256\"", "{", "", "\xFF"})
    EXPECT_EQ(refusal(with_header(header), keys), "token") << header;
  // No key of another kind is ever tried.
  EXPECT_EQ(refusal(rsa_token, keys_of({ec_members, ed_members})), "kid");
  EXPECT_EQ(refusal(ec_token, keys_of({rsa_members, ed_members})), "kid");
}

TEST(Jose, ChoosesTheKeyThatIsNamed) {
  const KeySet named = keys_of({R"("kid":"a",)" + rsa_members, R"("kid":"b",)" + ec_members});
  EXPECT_TRUE(named.has(TokenAlgorithm::rs256, "a"));
  EXPECT_FALSE(named.has(TokenAlgorithm::es256, "a"));
  EXPECT_FALSE(named.has(TokenAlgorithm::rs256, ""));
  EXPECT_EQ(refusal(rsa_token, named), "") << "the only one of its kind";
  EXPECT_EQ(refusal(with_header(R"({"alg":"RS256","kid":"b"})"), named), "kid");
  EXPECT_EQ(refusal(with_header(R"({"alg":"RS256","kid":"a"})"), named), "signature");
  EXPECT_EQ(refusal(with_header(R"({"alg":"RS256","kid":7})"), named), "kid");
  EXPECT_EQ(refusal(with_header(R"({"alg":"RS256","kid":""})"), named), "kid");
  // Two of a kind and none named.
  EXPECT_EQ(
      refusal(rsa_token, keys_of({R"("kid":"a",)" + rsa_members, R"("kid":"c",)" + rsa_members})),
      "kid");
}

TEST(Jose, LeavesOutKeysThatAreNoneOfOurs) {
  for (const std::string& member :
       {R"("use":"enc",)" + rsa_members, R"("use":7,)" + rsa_members,
        R"("key_ops":["sign"],)" + rsa_members, R"("alg":"RS512",)" + rsa_members,
        R"("alg":"ES256",)" + rsa_members, R"("kid":7,)" + rsa_members,
        std::string(R"("kty":"oct","k":"AAAA")"),
        // A modulus of 1024 bits, an even one, exponents 1 and 2.
        R"("kty":"RSA","e":"AQAB","n":")" + to_base64url(std::string(128, '\xFF')) + "\"",
        R"("kty":"RSA","e":"AQAB","n":")" + to_base64url(std::string(256, '\xFE')) + "\"",
        R"("kty":"RSA","e":"AQ","n":")" + to_base64url(std::string(256, '\xFF')) + "\"",
        R"("kty":"RSA","e":"Ag","n":")" + to_base64url(std::string(256, '\xFF')) + "\"",
        // Points on no curve, of another curve, of wrong size.
        R"("kty":"EC","crv":"P-256","x":")" + to_base64url(std::string(32, '\1')) + R"(","y":")" +
            to_base64url(std::string(32, '\1')) + "\"",
        std::string(R"("kty":"EC","crv":"P-384","x":"AAAA","y":"AAAA")"),
        std::string(R"("kty":"OKP","crv":"X25519",)") +
            R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")",
        std::string(
            R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPc")")})
    EXPECT_EQ(keys_of({member}).size(), 0U) << member;
  EXPECT_EQ(KeySet::parse(R"({"keys":[7,null,"x",[]]})").value().size(), 0U);
  for (const char* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[})"})
    EXPECT_FALSE(KeySet::parse(text)) << text;
  EXPECT_EQ(KeySet::parse(set_of(std::vector<std::string>(33, ed_members))).error().code,
            ErrorCode::limit);
  EXPECT_EQ(KeySet::parse(std::string(65'537, ' ')).error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace urna::adapters
