// SPDX-License-Identifier: EUPL-1.2
// E-mail through a city's mail server, by libcurl's SMTP.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "adapters/mail_message.h"
#include "base/secret_bytes.h"
#include "registrar/ports/message_sender.h"

namespace urna::adapters {

enum class MailEncryption {
  tls,                // from the first byte ("smtps", usually port 465)
  starttls_required,  // no mail without it
  starttls_optional,  // in the clear if the server offers nothing else, or if somebody hides it
  none,               // for a server on the same machine
};

struct SmtpConfig {
  std::string host;
  std::uint16_t port = 587;
  MailEncryption encryption = MailEncryption::starttls_required;
  std::string authorities_file = {};  // PEM certificates to trust instead of the system's
  std::string user = {};              // empty for no log-in
  SecretBytes password = {};
  MailOrigin from;
  std::uint32_t connect_ms = 5'000;
  std::uint32_t total_ms = 20'000;  // from the call to the server's last word
};

class SmtpMail final : public registrar::MailSender {
 public:
  // `unix_s` tells the time for the header Date; it may be called from several threads at once.
  SmtpMail(SmtpConfig config, std::function<std::int64_t()> unix_s);

  // One connection and one attempt for each message. With any encryption the server's certificate
  // is checked, and a log-in is sent only on an encrypted connection unless encryption is `none` or
  // `starttls_optional`. Copies that libcurl makes of the password and of what it sends are not
  // wiped.
  [[nodiscard]] Status send(const registrar::MailMessage& message) override;

 private:
  SmtpConfig config_;
  std::function<std::int64_t()> unix_s_;
};

}  // namespace urna::adapters
