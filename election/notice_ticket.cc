// SPDX-License-Identifier: EUPL-1.2
#include "election/notice_ticket.h"

#include "base/bytes.h"
#include "base/cbor.h"

namespace urna::election {
namespace {

// As for every signed structure (docs/protocol.md section 4.1); the certificate goes in by its
// hash, signature included, so that a ticket fits one certificate only.
proof::Transcript transcript_of(const EditionHash& edition, const Certificate& certificate,
                                std::string_view sealed_reference) {
  CborWriter body;
  body.map(2);
  body.key(1);
  body.bytes(view_of(sha256(encode(certificate))));
  body.key(2);
  body.bytes(sealed_reference);
  proof::Transcript transcript("signature");
  transcript.append("edition", edition.view());
  transcript.append("kind", "notice-ticket");
  transcript.append("body", body.data());
  return transcript;
}

}  // namespace

NoticeTicket issue_notice_ticket(const EditionHash& edition, const proof::SigningKey& registrar,
                                 const Certificate& certificate,
                                 std::string_view sealed_reference) {
  if (sealed_reference.size() != sealed_reference_bytes) {
    stop_on_broken_precondition("issue_notice_ticket: the length of the reference");
  }
  return {std::string(sealed_reference),
          proof::sign(registrar, transcript_of(edition, certificate, sealed_reference))};
}

bool verify_notice_ticket(const EditionHash& edition, const group::ElementBytes& registrar,
                          const Certificate& certificate, const NoticeTicket& ticket) {
  return ticket.sealed_reference.size() == sealed_reference_bytes &&
         proof::verify_signature(registrar,
                                 transcript_of(edition, certificate, ticket.sealed_reference),
                                 ticket.signature);
}

std::string encode(const NoticeTicket& ticket) {
  CborWriter out;
  out.map(2);
  out.key(1);
  out.bytes(ticket.sealed_reference);
  out.key(2);
  out.bytes(view_of(ticket.signature));
  return std::move(out).take();
}

Result<NoticeTicket> decode_notice_ticket(std::string_view bytes) {
  CborReader in(bytes);
  NoticeTicket ticket;
  in.map(2);
  in.key(1);
  ticket.sealed_reference = std::string(in.bytes_exactly(sealed_reference_bytes));
  in.key(2);
  ticket.signature = in.fixed_bytes<64>();
  if (Status end = in.finish(); !end) return std::move(end).error();
  return ticket;
}

}  // namespace urna::election
