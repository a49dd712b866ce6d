// SPDX-License-Identifier: EUPL-1.2
#include "adapters/smtp_mail.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "adapters/curl_handle.h"

namespace urna::adapters {
namespace {

struct Upload {
  std::string_view left;
};

std::size_t give(char* target, std::size_t size, std::size_t count, void* user) {
  Upload& upload = *static_cast<Upload*>(user);
  const std::size_t bytes = std::min(size * count, upload.left.size());
  std::memcpy(target, upload.left.data(), bytes);
  upload.left.remove_prefix(bytes);
  return bytes;
}

// libcurl would print what a server says otherwise.
std::size_t drop(char* /*data*/, std::size_t size, std::size_t count, void* /*user*/) {
  return size * count;
}

Error mail_error(CURLcode code, long reply) {
  const std::string told = reply >= 400
                               ? "the mail server answers " + std::to_string(reply)
                               : "the mail server: " + std::string(curl_easy_strerror(code));
  switch (code) {
    case CURLE_LOGIN_DENIED:
      return {ErrorCode::usage, told, {}, "check the user and the password"};
    case CURLE_USE_SSL_FAILED:
      return {ErrorCode::io, "the mail server offers no encryption"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return {ErrorCode::io, "the mail server has no certificate that is trusted here"};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::io, "the mail server did not answer in time"};
    default:
      break;
  }
  // RFC 5321 section 4.2.3: 530 and 535 want a log-in; 421, 450 … pass; 452 is a full server.
  if (reply == 530 || reply == 535 || reply == 538)
    return {ErrorCode::usage, told, {}, "check the user and the password"};
  if (reply == 452) return {ErrorCode::limit, told};
  if (reply >= 500) return {ErrorCode::malformed, told + ": it refuses the recipient or the mail"};
  return {ErrorCode::io, told};
}

}  // namespace

SmtpMail::SmtpMail(SmtpConfig config, std::function<std::int64_t()> unix_s)
    : config_(std::move(config)), unix_s_(std::move(unix_s)) {
  start_curl();
}

Status SmtpMail::send(const registrar::MailMessage& message) {
  const Result<SecretBytes> mail = compose_mail(config_.from, message, unix_s_());
  if (!mail) return mail.error();
  const CurlHandle handle(curl_easy_init());
  CurlList recipients;
  if (!handle || !recipients.add("<" + message.to.text() + ">"))
    return Error{ErrorCode::io, "there is no memory for a mail"};

  const bool tls = config_.encryption == MailEncryption::tls;
  const std::string url =
      (tls ? "smtps://" : "smtp://") + config_.host + ":" + std::to_string(config_.port);
  const std::string sender = "<" + config_.from.address.text() + ">";
  const SecretBytes password(std::string(config_.password.view()) + '\0');
  Upload upload{mail->view()};
  CurlOptions options(handle.get());
  options.set(CURLOPT_URL, url.c_str());
  options.set(CURLOPT_PROTOCOLS_STR, tls ? "smtps" : "smtp");
  options.set(CURLOPT_NOSIGNAL, 1L);
  options.set(CURLOPT_PROXY, "");
  options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config_.connect_ms));
  options.set(CURLOPT_TIMEOUT_MS, static_cast<long>(config_.total_ms));
  options.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(config_.total_ms / 1'000 + 1));
  options.set(CURLOPT_SSL_VERIFYPEER, 1L);
  options.set(CURLOPT_SSL_VERIFYHOST, 2L);
  options.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  long use_ssl = static_cast<long>(CURLUSESSL_ALL);
  if (config_.encryption == MailEncryption::starttls_optional)
    use_ssl = static_cast<long>(CURLUSESSL_TRY);
  if (config_.encryption == MailEncryption::none) use_ssl = static_cast<long>(CURLUSESSL_NONE);
  options.set(CURLOPT_USE_SSL, use_ssl);
  if (!config_.authorities_file.empty()) {
    options.set(CURLOPT_CAINFO, config_.authorities_file.c_str());
    options.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!config_.user.empty()) {
    options.set(CURLOPT_USERNAME, config_.user.c_str());
    options.set(CURLOPT_PASSWORD, password.view().data());
  }
  options.set(CURLOPT_MAIL_FROM, sender.c_str());
  options.set(CURLOPT_MAIL_RCPT, recipients.get());
  options.set(CURLOPT_UPLOAD, 1L);
  options.set(CURLOPT_READFUNCTION, &give);
  options.set(CURLOPT_READDATA, static_cast<void*>(&upload));
  options.set(CURLOPT_WRITEFUNCTION, &drop);
  if (options.code() != CURLE_OK)
    return Error{ErrorCode::usage, "the mail server's configuration is not usable"};

  const CURLcode code = curl_easy_perform(handle.get());
  long reply = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply);
  if (code != CURLE_OK) return mail_error(code, reply);
  return ok_status();
}

}  // namespace urna::adapters
