// SPDX-License-Identifier: EUPL-1.2
#include "registrar/uses.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/cbor.h"
#include "base/date.h"

namespace urna::registrar {
namespace {

constexpr std::size_t uses_bytes = 1024;

std::string context_of(const PersonRef& person) {
  return "identity_use.record\n" + std::string(person.view());
}

std::string encode(const Uses& uses) {
  CborWriter out;
  out.map(2);
  out.key(0);
  out.unsigned_integer(uses.earlier);
  out.key(1);
  out.array(uses.uses.size());
  for (const Use& use : uses.uses) {
    out.array(8);
    out.unsigned_integer(static_cast<std::uint64_t>(use.kind));
    out.unsigned_integer(use.hour);
    out.unsigned_integer(use.level);
    out.unsigned_integer(static_cast<std::uint64_t>(use.factor));
    out.text(use.account);
    out.boolean(use.by_guardian);
    out.unsigned_integer(static_cast<std::uint64_t>(use.notice));
    out.unsigned_integer(use.count);
  }
  return std::move(out).take();
}

// Of one size: the oldest go until the rest fits.
std::string padded(Uses uses) {
  std::string bytes = encode(uses);
  while (uses.uses.size() > uses_told_max || bytes.size() > uses_bytes - 2) {
    uses.earlier += uses.uses.front().count;
    uses.uses.erase(uses.uses.begin());
    bytes = encode(uses);
  }
  std::string record;
  append_big_endian(record, bytes.size(), 2);
  record += bytes;
  record.resize(uses_bytes, '\0');
  return record;
}

Result<Uses> decode_uses(std::string_view record) {
  const Error damaged{ErrorCode::io,
                      "a person's record of uses is damaged",
                      {.field = "identity_use.record"},
                      "restore it from a backup"};
  if (record.size() != uses_bytes) return damaged;
  const std::size_t size = big_endian(record.substr(0, 2));
  if (size > uses_bytes - 2) return damaged;
  CborReader in(record.substr(2, size));
  Uses uses;
  in.map(2);
  in.key(0);
  uses.earlier = in.unsigned_integer(UINT64_MAX);
  in.key(1);
  uses.uses.resize(in.array(uses_told_max));
  for (Use& use : uses.uses) {
    in.array_exactly(8);
    use.kind =
        static_cast<UseKind>(in.unsigned_integer(static_cast<std::uint64_t>(UseKind::complaint)));
    use.hour = in.unsigned_integer(UINT32_MAX);
    use.level = static_cast<std::uint8_t>(in.unsigned_integer(4));
    use.factor = static_cast<Factor>(in.unsigned_integer(factor_last));
    use.account = std::string(in.text(account_bytes_max));
    use.by_guardian = in.boolean();
    use.notice = static_cast<NoticeWay>(
        in.unsigned_integer(static_cast<std::uint64_t>(NoticeWay::unreachable)));
    use.count = static_cast<std::uint32_t>(in.unsigned_integer(UINT32_MAX));
  }
  if (Status end = in.finish(); !end) return damaged;
  return uses;
}

// Where there is no record, one of nothing is opened, at the same cost.
Result<Uses> read_uses(RegistrarTransaction& transaction, const Office& office,
                       const PersonRef& person) {
  const std::string context = context_of(person);
  const std::string nothing = protection::seal(office.keys.sealing, padded({}), context);
  const Result<std::optional<std::string>> row = transaction.uses_for_update(person);
  if (!row) return row.error();
  const Result<std::string> record =
      protection::open_sealed(office.keys.sealing, *row ? **row : nothing, context);
  if (!record) return decode_uses({});
  return decode_uses(*record);
}

Status write_uses(RegistrarTransaction& transaction, const Office& office, const PersonRef& person,
                  Uses uses) {
  return transaction.put_uses(
      person, protection::seal(office.keys.sealing, padded(std::move(uses)), context_of(person)));
}

// Beside those that differ in nothing, or behind those of its hour.
void insert(Uses& uses, const Use& use) {
  for (Use& one : uses.uses) {
    Use same = one;
    same.count = use.count;
    if (same != use) continue;
    one.count += use.count;
    return;
  }
  const auto place = std::ranges::upper_bound(uses.uses, use.hour, {}, &Use::hour);
  uses.uses.insert(place, use);
}

}  // namespace

Use use_in(const Office& office, const OpenSession& session, UseKind kind) {
  Use use;
  use.kind = kind;
  use.hour = office.clock() / 3600;
  use.level = session.row.level;
  use.factor = session.row.factor;
  use.account = session.account;
  use.by_guardian = session.row.by_guardian;
  return use;
}

Status add_use(RegistrarTransaction& transaction, const Office& office, const PersonRef& person,
               const Use& use) {
  Result<Uses> uses = read_uses(transaction, office, person);
  if (!uses) return uses.error();
  insert(uses.value(), use);
  return write_uses(transaction, office, person, *std::move(uses));
}

Status settle_notice(RegistrarTransaction& transaction, const Office& office,
                     const PersonRef& person, NoticeWay way) {
  Result<Uses> read = read_uses(transaction, office, person);
  if (!read) return read.error();
  Uses uses = *std::move(read);
  const auto waiting = std::ranges::find_if(uses.uses, [](const Use& use) {
    return use.kind == UseKind::vote && use.notice == NoticeWay::waiting;
  });
  // It may have made room for later ones.
  if (waiting == uses.uses.end()) return ok_status();
  Use settled = *waiting;
  settled.notice = way;
  settled.count = 1;
  if (--waiting->count == 0) uses.uses.erase(waiting);
  insert(uses, settled);
  return write_uses(transaction, office, person, std::move(uses));
}

Result<Uses> tell_uses(const Office& office, const SessionToken& token) {
  Uses uses;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    if (!session->person || session->row.level < 2) {
      return Error{ErrorCode::usage,
                   "knowing who somebody is is not enough",
                   {.field = "level"},
                   "confirm with a code, an electronic identity, or at an official point"};
    }
    Result<AttemptRow> attempts = attempts_of_today(transaction, office, *session->person);
    if (!attempts) return attempts.error();
    if (attempts->checks >= office.policy.checks_per_day) {
      return Error{ErrorCode::limit, "asked as often as one may in a day", {}, "ask tomorrow"};
    }
    ++attempts.value().checks;
    if (Status put = transaction.put_attempts(*attempts); !put) return put;
    Result<Uses> read = read_uses(transaction, office, *session->person);
    if (!read) return std::move(read).error();
    uses = *std::move(read);
    const std::uint64_t tried_hours = office.policy.notice_seconds / 3600 + 1;
    for (Use& use : uses.uses) {
      const bool given_up = use.hour + tried_hours < office.clock() / 3600;
      if (given_up && use.notice == NoticeWay::waiting) use.notice = NoticeWay::unreachable;
    }
    return note_voter_access(transaction, office, "voter", "self", protection::AccessAction::read,
                             {protection::Field::use_record}, session->person,
                             protection::Purpose::notification);
  });
  if (!done) return done.error();
  return uses;
}

Result<Uses> uses_of(RegistrarTransaction& transaction, const Office& office,
                     const PersonRef& person) {
  return read_uses(transaction, office, person);
}

std::uint64_t seconds_left_today(const Office& office) {
  return seconds_of_day - office.clock() % seconds_of_day;
}

}  // namespace urna::registrar
