// SPDX-License-Identifier: EUPL-1.2
// Notice tickets: how a person is told that a ballot was recorded in their name, without the ballot
// box learning who the person is or the registrar learning which ballot it was.
//
// With each certificate the registrar hands out a ticket: a reference to the person that only the
// registrar can open, signed for that certificate. The ballot box takes no ballot without one, and
// afterwards gives the reference, and nothing else, back to the registrar, late and in a shuffled
// batch. So whoever votes with a stolen identity cannot keep the notice from being sent. Tickets
// are no part of the record.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "election/entries.h"

namespace urna::election {

struct NoticeTicket {
  std::string sealed;  // the registrar's, opaque; at most notice_reference_bytes_max
  Signature signature{};
  friend bool operator==(const NoticeTicket&, const NoticeTicket&) = default;
};
inline constexpr std::size_t notice_reference_bytes_max = 256;
inline constexpr std::size_t notice_ticket_bytes_max = notice_reference_bytes_max + 96;

// The ticket of a certificate, signed by the registrar over Transcript("notice ticket") with
// ("edition", E), ("certificate", SHA-256 of the certificate's bytes), ("sealed", sealed).
// Precondition (else the program stops): `sealed` has 1 … notice_reference_bytes_max bytes.
[[nodiscard]] NoticeTicket make_notice_ticket(const EditionHash& edition,
                                              const Certificate& certificate, std::string sealed,
                                              const proof::SigningKey& registrar);

// Adds to the batch what holds iff the ticket is this certificate's. False: the signature is
// refused for its form. `registrar` and `registrar_key` are the same key.
[[nodiscard]] bool check_notice_ticket(proof::Batch& batch, const NoticeTicket& ticket,
                                       const EditionHash& edition, const Certificate& certificate,
                                       const group::Element& registrar,
                                       const group::ElementBytes& registrar_key);

// The CBOR map {1: sealed, 2: signature} and back. Errors: malformed, limit.
[[nodiscard]] std::string encode(const NoticeTicket& ticket);
[[nodiscard]] Result<NoticeTicket> decode_notice_ticket(std::string_view bytes);

}  // namespace urna::election
