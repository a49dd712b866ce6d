// SPDX-License-Identifier: EUPL-1.2
// Notice tickets: the voter's browser carries one from the registrar to the ballot box, so that the
// person can be told of each recorded vote although nobody stores who cast it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "election/entries.h"

namespace urna::election {

// What stands sealed in it, the registrar alone can open: a reference to the person.
inline constexpr std::size_t sealed_reference_bytes = 56;

struct NoticeTicket {
  std::string sealed_reference;
  Signature signature{};
  friend bool operator==(const NoticeTicket&, const NoticeTicket&) = default;
};

// The ticket that goes with a certificate of this edition, signed by the registrar. Precondition
// (else the program stops): the length of the reference.
[[nodiscard]] NoticeTicket issue_notice_ticket(const EditionHash& edition,
                                               const proof::SigningKey& registrar,
                                               const Certificate& certificate,
                                               std::string_view sealed_reference);

// Whether the registrar made this ticket for this certificate. One sum of three terms.
[[nodiscard]] bool verify_notice_ticket(const EditionHash& edition,
                                        const group::ElementBytes& registrar,
                                        const Certificate& certificate, const NoticeTicket& ticket);

// CBOR {1: sealed reference, 56 bytes; 2: signature, 64 bytes}.
[[nodiscard]] std::string encode(const NoticeTicket& ticket);
// Error: malformed.
[[nodiscard]] Result<NoticeTicket> decode_notice_ticket(std::string_view bytes);

}  // namespace urna::election
