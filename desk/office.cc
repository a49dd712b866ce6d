// SPDX-License-Identifier: EUPL-1.2
#include "desk/office.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/sha256.h"
#include "desk/tables.h"

namespace urna::desk {

std::string random_reference() { return to_hex(protection::random_bytes(reference_digits / 2)); }

DeskKeys DeskKeys::from(const protection::SecretKey& master) {
  return {master.derived("urna/1 desk sealing"), master.derived("urna/1 desk tokens")};
}

std::string_view to_string(Action action) {
  switch (action) {
    case Action::invited:
      return "invited";
    case Action::revoked:
      return "revoked";
    case Action::registered:
      return "registered";
    case Action::signed_in:
      return "signed-in";
    case Action::signed_out:
      return "signed-out";
    case Action::refused_sign_in:
      return "refused-sign-in";
    case Action::suspected_copy:
      return "suspected-copy";
    case Action::gave_key:
      return "gave-key";
    case Action::created_edition:
      return "created-edition";
    case Action::changed_draft:
      return "changed-draft";
    case Action::put_file:
      return "put-file";
    case Action::removed_file:
      return "removed-file";
    case Action::rehearsed:
      return "rehearsed";
    case Action::froze:
      return "froze";
    case Action::handed_in:
      return "handed-in";
    case Action::ended_annulments:
      return "ended-annulments";
    case Action::proposed:
      return "proposed";
    case Action::signed_proposal:
      return "signed";
    case Action::withdrew:
      return "withdrew";
    case Action::carried_out:
      return "carried-out";
    case Action::refused_to_carry_out:
      return "refused-to-carry-out";
    case Action::downloaded:
      return "downloaded";
    case Action::took_case:
      return "took-case";
    case Action::dismissed_case:
      return "dismissed-case";
    case Action::gave_opinion:
      return "gave-opinion";
    case Action::recorded_appeal:
      return "recorded-appeal";
    case Action::closed_case:
      return "closed-case";
    case Action::made_author_link:
      return "made-author-link";
    case Action::revoked_author_link:
      return "revoked-author-link";
    case Action::left_remark:
      return "left-remark";
    case Action::handled_remark:
      return "handled-remark";
    case Action::deleted:
      return "deleted";
  }
  return {};
}

Actor actor_of(const Official& official) {
  return {std::string(to_string(official.role)), official.reference};
}
Actor console() { return {"administrator", "console"}; }
Actor the_desk() { return {"service", "desk"}; }

Status note_action(DeskTransaction& transaction, const Office& office, const Actor& actor,
                   Action action, std::string_view edition, std::string_view about) {
  protection::ActionEntry entry{office.clock(),       actor.role,
                                actor.reference,      std::string(to_string(action)),
                                std::string(edition), std::nullopt};
  if (!about.empty()) entry.about = sha256(about);
  const Result<std::string> bytes = encode(entry);
  if (!bytes) return bytes.error();
  return protection::append_to_access_log(transaction, std::span(&*bytes, 1), office.log_key);
}

Result<std::uint64_t> delete_what_is_due(const Office& office,
                                         const protection::EditionDates& dates) {
  std::uint64_t rows = 0;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<std::uint64_t> all = protection::delete_due(
        tables, dates, office.clock(),
        [&](const protection::Deletion& deletion) { return transaction.apply(deletion); },
        [&](std::string_view table, std::uint64_t) {
          return note_action(transaction, office, the_desk(), Action::deleted, {}, table);
        });
    if (!all) return all.error();
    rows = *all;
    return ok_status();
  });
  if (!done) return done.error();
  return rows;
}

Result<std::vector<LoggedAction>> read_log(const Office& office, std::string_view edition,
                                           std::size_t most) {
  const Result<protection::AccessLogCopy> copy = office.store.copy_log();
  if (!copy) return copy.error();
  std::vector<LoggedAction> actions;
  for (auto row = copy->rows.rbegin(); row != copy->rows.rend() && actions.size() < most; ++row) {
    Result<protection::ActionEntry> entry = protection::decode_action_entry(row->entry);
    if (!entry) return std::move(entry).error();
    if (edition.empty() || entry->edition == edition)
      actions.push_back({row->position, *std::move(entry)});
  }
  return actions;
}

Error no_such(std::string what) {
  return {ErrorCode::not_found, "there is no such " + std::move(what), {}, "reload the page"};
}

Error not_allowed(std::string message) {
  return {ErrorCode::usage, std::move(message), {}, "ask an official who may"};
}
Error conflict(std::string message, std::string remedy, std::string field) {
  return {ErrorCode::conflict, std::move(message), {.field = std::move(field)}, std::move(remedy)};
}
Error malformed_field(std::string field, std::string message, std::string remedy) {
  return {ErrorCode::malformed, std::move(message), {.field = std::move(field)}, std::move(remedy)};
}

Status require(const Official& official, Right right) {
  if (may(official.role, right)) return ok_status();
  return not_allowed("this role may not do that");
}

}  // namespace urna::desk
