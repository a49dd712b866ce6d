// SPDX-License-Identifier: EUPL-1.2
#include "desk/office.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/cbor.h"
#include "base/sha256.h"

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
    case Action::downloaded:
      return "downloaded";
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
  CborWriter out;
  out.map(7);
  out.key(0);
  out.text("desk action");
  out.key(1);
  out.unsigned_integer(office.clock());
  out.key(2);
  out.text(actor.role);
  out.key(3);
  out.text(actor.reference);
  out.key(4);
  out.text(to_string(action));
  out.key(5);
  if (edition.empty()) {
    out.null();
  } else {
    out.text(edition);
  }
  out.key(6);
  if (about.empty()) {
    out.null();
  } else {
    out.bytes(view_of(sha256(about)));
  }
  const std::string entry = std::move(out).take();
  return protection::append_to_access_log(transaction, std::span(&entry, 1), office.log_key);
}

namespace {

Result<LoggedAction> decode(const protection::AccessRow& row) {
  constexpr std::size_t word_bytes_max = 64;
  CborReader in(row.entry);
  LoggedAction action;
  action.position = row.position;
  in.map(7);
  in.key(0);
  in.require(in.text(word_bytes_max) == "desk action", "not an entry of the desk's log");
  in.key(1);
  action.time = in.unsigned_integer();
  in.key(2);
  action.role = in.text(word_bytes_max);
  in.key(3);
  action.actor = in.text(word_bytes_max);
  in.key(4);
  action.action = in.text(word_bytes_max);
  in.key(5);
  if (in.next_is_null()) {
    in.null();
  } else {
    action.edition = in.text(word_bytes_max);
  }
  in.key(6);
  if (in.next_is_null()) {
    in.null();
  } else {
    action.about = in.bytes_exactly(sizeof(Sha256Digest));
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  return action;
}

}  // namespace

Result<std::vector<LoggedAction>> read_log(const Office& office, std::string_view edition,
                                           std::size_t most) {
  const Result<protection::AccessLogCopy> copy = office.store.copy_log();
  if (!copy) return copy.error();
  std::vector<LoggedAction> actions;
  for (auto row = copy->rows.rbegin(); row != copy->rows.rend() && actions.size() < most; ++row) {
    Result<LoggedAction> action = decode(*row);
    if (!action) return std::move(action).error();
    if (edition.empty() || action->edition == edition) actions.push_back(*std::move(action));
  }
  return actions;
}

Error no_such(std::string what) {
  return {ErrorCode::not_found, "there is no such " + std::move(what), {}, "reload the page"};
}

Error not_allowed(std::string message) {
  return {ErrorCode::usage, std::move(message), {}, "ask an official who may"};
}

Status require(const Official& official, Right right) {
  if (may(official.role, right)) return ok_status();
  return not_allowed("this role may not do that");
}

}  // namespace urna::desk
