// SPDX-License-Identifier: EUPL-1.2
#include "election/notice_ticket.h"

#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "base/sha256.h"

namespace urna::election {
namespace {

proof::Transcript ticket_transcript(const EditionHash& edition, const Certificate& certificate,
                                    std::string_view sealed) {
  proof::Transcript transcript("notice ticket");
  transcript.append("edition", edition.view());
  transcript.append("certificate", view_of(sha256(encode(certificate))));
  transcript.append("sealed", sealed);
  return transcript;
}

}  // namespace

NoticeTicket make_notice_ticket(const EditionHash& edition, const Certificate& certificate,
                                std::string sealed, const proof::SigningKey& registrar) {
  if (sealed.empty() || sealed.size() > notice_reference_bytes_max) {
    stop_on_broken_precondition("make_notice_ticket: a reference of a length that is allowed");
  }
  const Signature signature =
      proof::sign(registrar, ticket_transcript(edition, certificate, sealed));
  return {std::move(sealed), signature};
}

bool check_notice_ticket(proof::Batch& batch, const NoticeTicket& ticket,
                         const EditionHash& edition, const Certificate& certificate,
                         const group::Element& registrar,
                         const group::ElementBytes& registrar_key) {
  return proof::check_signature(batch, registrar, registrar_key,
                                ticket_transcript(edition, certificate, ticket.sealed),
                                ticket.signature);
}

std::string encode(const NoticeTicket& ticket) {
  CborWriter out;
  out.map(2);
  out.key(1);
  out.bytes(ticket.sealed);
  out.key(2);
  out.bytes(view_of(ticket.signature));
  return std::move(out).take();
}

Result<NoticeTicket> decode_notice_ticket(std::string_view bytes) {
  if (bytes.size() > notice_ticket_bytes_max) {
    return Error{ErrorCode::limit, "the notice ticket is too long"};
  }
  CborReader in(bytes);
  NoticeTicket ticket;
  in.map(2);
  in.key(1);
  ticket.sealed = in.bytes(notice_reference_bytes_max);
  in.require(!ticket.sealed.empty(), "a ticket without a reference");
  in.key(2);
  ticket.signature = in.fixed_bytes<64>();
  if (Status end = in.finish(); !end) return std::move(end).error();
  return ticket;
}

}  // namespace urna::election
