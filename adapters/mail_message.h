// SPDX-License-Identifier: EUPL-1.2
// One e-mail as bytes (RFC 5322, 2045, 2047): plain UTF-8 text that every mail program reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "registrar/ports/message_sender.h"

namespace urna::adapters {

inline constexpr std::size_t subject_bytes_max = 200;
inline constexpr std::size_t mail_text_bytes_max = std::size_t{64} << 10U;

struct MailOrigin {
  registrar::MailAddress address;
  std::string name;  // shown with the address, UTF-8, one line of at most 100 bytes; may be empty
};

// The value of a header that is not structured: as it is where it is printable ASCII that nobody
// could take for an encoded word, otherwise encoded words (RFC 2047, UTF-8, base 64) of whole
// characters, at most 64 bytes each, on lines of their own. Precondition: one line of UTF-8.
[[nodiscard]] std::string encode_header_text(std::string_view text);

// "Sat, 28 Nov 2026 05:06:46 +0000" (RFC 5322 section 3.3), of seconds since 1970 UTC.
[[nodiscard]] std::string mail_date(std::int64_t unix_s);

// Headers and body, all lines ended by CR LF and none longer than 78 bytes where they can be
// broken, the body base 64. The Message-ID is a hash of the key, so that a message sent again is
// recognised; the key itself cannot be told from it. Marked as sent by a machine (RFC 3834). Error:
// malformed, if subject, text or key are not what MailMessage demands. Nothing of them is in the
// error.
[[nodiscard]] Result<SecretBytes> compose_mail(const MailOrigin& from,
                                               const registrar::MailMessage& message,
                                               std::int64_t unix_s);

}  // namespace urna::adapters
