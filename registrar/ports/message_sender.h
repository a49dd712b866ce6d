// SPDX-License-Identifier: EUPL-1.2
// Ports: a short message to a telephone, a letter to a mailbox. The registrar says what and to
// whom; an adapter says how. Both block until the other side has taken the message or the adapter's
// time is up.
//
// Errors of send(), the same for both, none of which repeats the recipient or the text:
//   malformed  the other side refuses this recipient or this message for good: offer another factor
//   io         it could not be reached, or not in time, or failed: try again later, or offer
//   another
//              factor. The message may have been sent all the same; a repetition with the same key
//              is not sent twice (telephones), or is recognisable as the same (mail).
//   limit      it takes no more messages for now
//   usage      it refuses us: the configuration is wrong
#pragma once

#include <string_view>

#include "base/result.h"
#include "registrar/ports/contact.h"

namespace urna::registrar {

// The views live as long as the call. Text may hold a one-time code: whoever owns it wipes it.
struct TextMessage {
  const PhoneNumber& to;
  std::string_view text;  // UTF-8 without control characters, 1 to 480 bytes
  std::string_view key;   // 1 to 64 letters, digits, '-' and '_': one per message, kept for retries
};

struct MailMessage {
  const MailAddress& to;
  std::string_view subject;  // UTF-8 without control characters, 1 to 200 bytes
  std::string_view text;     // UTF-8, '\n' between lines, no other control characters but '\t',
                             // at most 64 KiB
  std::string_view key;      // as above; the message's identity is made of it
};

class SmsSender {
 public:
  SmsSender() = default;
  SmsSender(const SmsSender&) = delete;
  SmsSender& operator=(const SmsSender&) = delete;
  virtual ~SmsSender() = default;
  // May be called from several threads at once.
  [[nodiscard]] virtual Status send(const TextMessage& message) = 0;
};

class MailSender {
 public:
  MailSender() = default;
  MailSender(const MailSender&) = delete;
  MailSender& operator=(const MailSender&) = delete;
  virtual ~MailSender() = default;
  // May be called from several threads at once.
  [[nodiscard]] virtual Status send(const MailMessage& message) = 0;
};

}  // namespace urna::registrar
