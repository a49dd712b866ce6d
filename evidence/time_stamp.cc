// SPDX-License-Identifier: EUPL-1.2
#include "evidence/time_stamp.h"

#include <array>
#include <ctime>
#include <memory>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <utility>

#include "base/free_with.h"

namespace urna::evidence {
namespace {

constexpr std::size_t response_bytes_max = 256 * 1024;

using Request = std::unique_ptr<TS_REQ, FreeWith<TS_REQ_free>>;
using Response = std::unique_ptr<TS_RESP, FreeWith<TS_RESP_free>>;
using Imprint = std::unique_ptr<TS_MSG_IMPRINT, FreeWith<TS_MSG_IMPRINT_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, FreeWith<X509_ALGOR_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, FreeWith<ASN1_INTEGER_free>>;
using Number = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using Check = std::unique_ptr<TS_VERIFY_CTX, FreeWith<TS_VERIFY_CTX_free>>;
using Store = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;

Error out_of_order(std::string what) {
  ERR_clear_error();
  return {ErrorCode::io, std::move(what)};
}

// What OpenSSL has to say, in its words; takes it off its list.
std::string reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  std::string result = text == nullptr ? "" : text;
  ERR_clear_error();
  return result;
}

Result<std::uint64_t> moment_of(const ASN1_GENERALIZEDTIME* time) {
  std::tm utc{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &utc) != 1) {
    return Error{ErrorCode::malformed, "the time stamp has no time"};
  }
  const std::time_t seconds = timegm(&utc);
  if (seconds < 0) return Error{ErrorCode::malformed, "the time stamp is older than 1970"};
  return static_cast<std::uint64_t>(seconds);
}

}  // namespace

Result<std::string> make_time_request(const Sha256Digest& digest) {
  const Request request(TS_REQ_new());
  const Imprint imprint(TS_MSG_IMPRINT_new());
  const Algorithm algorithm(X509_ALGOR_new());
  const Number number(BN_new());
  if (!request || !imprint || !algorithm || !number) return out_of_order("out of memory");
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr);
  std::array<unsigned char, 32> copy{};
  std::copy(digest.begin(), digest.end(), copy.begin());
  if (TS_REQ_set_version(request.get(), 1) != 1 ||
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) != 1 ||
      TS_MSG_IMPRINT_set_msg(imprint.get(), copy.data(), static_cast<int>(copy.size())) != 1 ||
      TS_REQ_set_msg_imprint(request.get(), imprint.get()) != 1 ||
      BN_rand(number.get(), 64, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) != 1) {
    return out_of_order("a request for a time stamp could not be made");
  }
  const Integer nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
  if (!nonce || TS_REQ_set_nonce(request.get(), nonce.get()) != 1 ||
      TS_REQ_set_cert_req(request.get(), 1) != 1) {
    return out_of_order("a request for a time stamp could not be made");
  }
  unsigned char* bytes = nullptr;
  const int size = i2d_TS_REQ(request.get(), &bytes);
  if (size <= 0) return out_of_order("a request for a time stamp could not be made");
  std::string result(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return result;
}

Result<std::uint64_t> check_time_stamp(std::string_view response, const Sha256Digest& digest,
                                       const std::string& authorities) {
  if (response.size() > response_bytes_max) {
    return Error{ErrorCode::malformed, "a time stamp of more than 256 KiB"};
  }
  const auto* at = reinterpret_cast<const unsigned char*>(response.data());
  const auto* const end = at + response.size();
  const Response parsed(d2i_TS_RESP(nullptr, &at, static_cast<long>(response.size())));
  if (!parsed || at != end) {
    ERR_clear_error();
    return Error{ErrorCode::malformed, "not an answer of a time-stamping authority (RFC 3161)"};
  }
  TS_TST_INFO* info = TS_RESP_get_tst_info(parsed.get());
  if (info == nullptr) {
    const TS_STATUS_INFO* status = TS_RESP_get_status_info(parsed.get());
    std::string text = "the authority refused";
    const STACK_OF(ASN1_UTF8STRING)* said = TS_STATUS_INFO_get0_text(status);
    if (said != nullptr && sk_ASN1_UTF8STRING_num(said) > 0) {
      const ASN1_UTF8STRING* first = sk_ASN1_UTF8STRING_value(said, 0);
      text += ": ";
      for (int i = 0; i < ASN1_STRING_length(first) && i < 200; ++i) {
        const unsigned char c = ASN1_STRING_get0_data(first)[i];
        text += c >= 0x20 && c < 0x7F ? static_cast<char>(c) : '?';
      }
    }
    return Error{ErrorCode::malformed, text};
  }
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
  const ASN1_OCTET_STRING* stamped = TS_MSG_IMPRINT_get_msg(imprint);
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const std::string_view digest_stamped(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(stamped)),
      static_cast<std::size_t>(ASN1_STRING_length(stamped)));
  const std::string_view wanted(reinterpret_cast<const char*>(digest.data()), digest.size());
  if (OBJ_obj2nid(algorithm) != NID_sha256 || digest_stamped != wanted) {
    return Error{ErrorCode::conflict, "the time stamp is for something else"};
  }
  if (!authorities.empty()) {
    Store store(X509_STORE_new());
    if (!store || X509_STORE_load_file(store.get(), authorities.c_str()) != 1) {
      ERR_clear_error();
      return Error{ErrorCode::not_found, "no certificates to read", {authorities}};
    }
    const Check check(TS_VERIFY_CTX_new());
    if (!check) return out_of_order("out of memory");
    std::array<unsigned char, 32> copy{};
    std::copy(digest.begin(), digest.end(), copy.begin());
    auto* imprint_copy = static_cast<unsigned char*>(OPENSSL_memdup(copy.data(), copy.size()));
    TS_VERIFY_CTX_add_flags(check.get(),
                            static_cast<int>(TS_VFY_SIGNATURE | TS_VFY_VERSION | TS_VFY_IMPRINT));
    TS_VERIFY_CTX_set_imprint(check.get(), imprint_copy, static_cast<long>(copy.size()));
    // The context frees it.
    TS_VERIFY_CTX_set_store(check.get(), store.release());
    if (TS_RESP_verify_response(check.get(), parsed.get()) != 1) {
      const std::string why = reason();
      return Error{ErrorCode::conflict, "the time stamp is not by one of these authorities" +
                                            (why.empty() ? std::string() : " (" + why + ")")};
    }
  }
  return moment_of(TS_TST_INFO_get_time(info));
}

}  // namespace urna::evidence
