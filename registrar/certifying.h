// SPDX-License-Identifier: EUPL-1.2
// Certificates: from a session in which a person has shown who they are to a signed voting key.
#pragma once

#include "base/result.h"
#include "election/entries.h"
#include "election/notice_ticket.h"
#include "group/element.h"
#include "registrar/office.h"
#include "registrar/sessions.h"

namespace urna::registrar {

struct Certified {
  election::Certificate certificate;
  election::NoticeTicket ticket;
};

// Certifies the voter's key and ends the session. The keepers are asked first; then, in one
// transaction, the session ends, the person's count goes up and a serial is taken; only when that
// is durable is anything signed. A certificate that is lost on its way costs a serial and one of
// the person's few.
//
// Nothing is stored that says whose a serial, a key or a pseudonym is: the count of a person has no
// time, serials are taken in random order from blocks, the access is logged by the hour and in
// random order, and rows lie by random keys. Whoever watches the database while it works, or the
// registrar's memory, can still tell: that is the duty of docs/protocol.md section 2.
//
// Errors: not_found (no session), usage (the level is too low, the key is no element or the
// identity), conflict (withdrawn; not on the roll yet; a guardian must act; too young), limit (the
// person has as many certificates as one may), and those of PseudonymSource.
[[nodiscard]] Result<Certified> certify(const Office& office, const SessionToken& token,
                                        const group::ElementBytes& voter_key,
                                        const Circumstances& where = {});

// The entry `issuance` at the end of voting: all serials taken are below its number. What it states
// beyond the certificates issued are serials of the last block that nobody got.
[[nodiscard]] Result<election::Issuance> state_issuance(const Office& office);
[[nodiscard]] Result<SerialCount> count_certificates(const Office& office);

}  // namespace urna::registrar
