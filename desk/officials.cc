// SPDX-License-Identifier: EUPL-1.2
#include "desk/officials.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "proof/signature.h"
#include "proof/transcript.h"

namespace urna::desk {
namespace {

namespace json = boost::json;

constexpr std::size_t challenge_bytes = 32;
constexpr std::size_t official_name_bytes_max = 200;

KeyedHash hash_of(const Office& office, std::string_view kind, std::string_view token) {
  return protection::keyed_hash(office.keys.tokens, std::string(kind) + "\n" + std::string(token));
}

std::string name_context(std::string_view reference) {
  return "official.name\n" + std::string(reference);
}

Error no_invitation() {
  return {ErrorCode::not_found,
          "this invitation does not exist, was used or has expired",
          {},
          "ask who runs the desk for a new one"};
}

Error not_signed_in() {
  return {ErrorCode::malformed, "the passkey is not known here", {}, "use another passkey"};
}

// The challenge that the client data name, decoded; nothing if they are of no form.
std::optional<std::string> challenge_in(std::string_view client_data) {
  json::error_code failure;
  json::parse_options options;
  options.max_depth = 8;
  if (client_data.size() > client_data_bytes_max) return std::nullopt;
  const json::value value = json::parse(client_data, failure, {}, options);
  if (failure || !value.is_object()) return std::nullopt;
  const json::value* text = value.get_object().if_contains("challenge");
  if (text == nullptr || !text->is_string()) return std::nullopt;
  Result<std::string> bytes = from_base64url(std::string_view(text->get_string()));
  if (!bytes || bytes->size() != challenge_bytes) return std::nullopt;
  return *std::move(bytes);
}

Result<std::string> new_challenge(DeskTransaction& transaction, const Office& office,
                                  std::string_view purpose) {
  const std::uint64_t now = office.clock();
  if (Status removed = transaction.remove_expired(now); !removed) return removed.error();
  const Result<std::uint64_t> waiting = transaction.count_challenges();
  if (!waiting) return waiting.error();
  if (*waiting >= office.policy.challenges_max) {
    return Error{ErrorCode::limit, "too many are signing in at once", {}, "try again in a minute"};
  }
  std::string challenge = protection::random_bytes(challenge_bytes);
  if (Status put = transaction.put_challenge(hash_of(office, purpose, challenge),
                                             now + office.policy.challenge_s);
      !put) {
    return put.error();
  }
  return challenge;
}

// The challenge that was answered, which is used up.
Result<std::string> take_challenge(DeskTransaction& transaction, const Office& office,
                                   std::string_view purpose, std::string_view client_data) {
  std::optional<std::string> challenge = challenge_in(client_data);
  if (challenge) {
    const Result<bool> there =
        transaction.take_challenge(hash_of(office, purpose, *challenge), office.clock());
    if (!there) return there.error();
    if (*there) return *std::move(challenge);
  }
  return Error{ErrorCode::malformed,
               "the answer is to a question that was not asked, or too late, or was given before",
               {},
               "begin again"};
}

Result<Entered> enter(DeskTransaction& transaction, const Office& office, const OfficialRow& row) {
  Result<Official> official = official_of(office, row);
  if (!official) return std::move(official).error();
  Entered entered;
  entered.session = to_hex(protection::random_bytes(32));
  entered.official = *std::move(official);
  const std::uint64_t now = office.clock();
  const SessionRow session{hash_of(office, "session", entered.session), row.reference, now,
                           now + office.policy.session_idle_s};
  if (Status put = transaction.put_session(session); !put) return put.error();
  return entered;
}

// The open invitation with this token.
Result<OfficialRow> invited(DeskTransaction& transaction, const Office& office,
                            std::string_view token) {
  Result<std::optional<OfficialRow>> row =
      transaction.official_with_invitation(hash_of(office, "invitation", token));
  if (!row) return std::move(row).error();
  if (!*row || (*row)->revoked || (*row)->invitation_expires <= office.clock()) {
    return no_invitation();
  }
  return **std::move(row);
}

std::string registration_purpose(std::string_view invitation) {
  return "registration " + std::string(invitation);
}

}  // namespace

Result<Invitation> invite(const Office& office, std::string_view name, Role role) {
  const bool control = std::ranges::any_of(name, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7f;
  });
  if (name.empty() || name.size() > official_name_bytes_max || control || !is_utf8(name)) {
    return Error{ErrorCode::malformed,
                 "a name has 1 to 200 bytes of text without control characters",
                 {.field = "name"},
                 "write first and last name"};
  }
  Invitation invitation;
  invitation.reference = random_reference();
  invitation.token = to_hex(protection::random_bytes(32));
  OfficialRow row;
  row.reference = invitation.reference;
  row.name = protection::seal(office.keys.sealing, name, name_context(row.reference));
  row.role = role;
  row.invitation = hash_of(office, "invitation", invitation.token);
  row.invitation_expires = office.clock() + office.policy.invitation_s;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    if (Status put = transaction.put_official(row); !put) return put;
    return note_action(transaction, office, console(), Action::invited, {}, row.reference);
  });
  if (!done) return done.error();
  return invitation;
}

Status revoke(const Office& office, std::string_view reference) {
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<std::optional<OfficialRow>> row = transaction.official(reference);
    if (!row) return std::move(row).error();
    if (!*row) return no_such("official");
    (*row)->revoked = true;
    (*row)->invitation.reset();
    if (Status put = transaction.put_official(**row); !put) return put;
    if (Status ended = transaction.end_sessions_of(reference); !ended) return ended;
    return note_action(transaction, office, console(), Action::revoked, {}, reference);
  });
}

Result<RegistrationQuestion> begin_registration(const Office& office, std::string_view invitation) {
  RegistrationQuestion question;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<OfficialRow> row = invited(transaction, office, invitation);
    if (!row) return row.error();
    const Result<Official> official = official_of(office, *row);
    if (!official) return official.error();
    Result<std::string> challenge =
        new_challenge(transaction, office, registration_purpose(invitation));
    if (!challenge) return std::move(challenge).error();
    question = {*std::move(challenge), official->reference, official->name, official->role};
    return ok_status();
  });
  if (!done) return done.error();
  return question;
}

Result<Entered> finish_registration(const Office& office, std::string_view invitation,
                                    const RegistrationAnswer& answer) {
  Entered entered;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<OfficialRow> row = invited(transaction, office, invitation);
    if (!row) return std::move(row).error();
    const Result<std::string> challenge =
        take_challenge(transaction, office, registration_purpose(invitation), answer.client_data);
    if (!challenge) return challenge.error();
    const Result<Passkey> passkey = verify_registration(office.party, *challenge, answer);
    if (!passkey) return passkey.error();
    const auto other = transaction.official_with_credential(passkey->credential);
    if (!other) return other.error();
    if (*other) {
      return Error{ErrorCode::conflict, "this passkey is registered already", {}, "sign in"};
    }
    row->invitation.reset();
    row->credential = passkey->credential;
    row->algorithm = static_cast<std::int64_t>(passkey->algorithm);
    row->public_key = passkey->public_key;
    row->counter = passkey->counter;
    if (Status put = transaction.put_official(*row); !put) return put;
    Result<Entered> in = enter(transaction, office, *row);
    if (!in) return std::move(in).error();
    entered = *std::move(in);
    return note_action(transaction, office, actor_of(entered.official), Action::registered);
  });
  if (!done) return done.error();
  return entered;
}

Result<std::string> begin_sign_in(const Office& office) {
  std::string challenge;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<std::string> made = new_challenge(transaction, office, "sign-in");
    if (!made) return std::move(made).error();
    challenge = *std::move(made);
    return ok_status();
  });
  if (!done) return done.error();
  return challenge;
}

Result<Entered> finish_sign_in(const Office& office, const AssertionAnswer& answer) {
  Entered entered;
  // A refusal must not undo that the challenge was used up, nor the note of it.
  std::optional<Error> refusal;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    const auto refuse = [&](Error error, std::string_view reference) {
      const Action action =
          error.code == ErrorCode::conflict ? Action::suspected_copy : Action::refused_sign_in;
      refusal = std::move(error);
      if (reference.empty()) return ok_status();
      return note_action(transaction, office, {"official", std::string(reference)}, action);
    };
    const Result<std::string> challenge =
        take_challenge(transaction, office, "sign-in", answer.client_data);
    if (!challenge) {
      if (challenge.error().code == ErrorCode::io) return challenge.error();
      return refuse(challenge.error(), {});
    }
    const auto row = transaction.official_with_credential(answer.credential);
    if (!row) return row.error();
    if (!*row || (*row)->revoked) return refuse(not_signed_in(), *row ? (*row)->reference : "");
    const std::string reference = (*row)->reference;
    if (Status verified = verify_and_count(transaction, office, reference, *challenge, answer);
        !verified) {
      if (verified.error().code == ErrorCode::io) return verified;
      return refuse(std::move(verified).error(), reference);
    }
    Result<Entered> in = enter(transaction, office, **row);
    if (!in) return std::move(in).error();
    entered = *std::move(in);
    return note_action(transaction, office, actor_of(entered.official), Action::signed_in);
  });
  if (!done) return done.error();
  if (refusal) return *std::move(refusal);
  return entered;
}

Result<Official> official_of_session(const Office& office, std::string_view session) {
  Official official;
  const Error none{ErrorCode::not_found, "the session is over", {}, "sign in again"};
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    const std::uint64_t now = office.clock();
    Result<std::optional<SessionRow>> found =
        transaction.session(hash_of(office, "session", session));
    if (!found) return std::move(found).error();
    if (!*found || (*found)->expires <= now) return none;
    const auto row = transaction.official((*found)->official);
    if (!row) return row.error();
    if (!*row || (*row)->revoked) return none;
    Result<Official> opened = official_of(office, **row);
    if (!opened) return std::move(opened).error();
    official = *std::move(opened);
    SessionRow longer = **found;
    longer.expires = std::min(now + office.policy.session_idle_s,
                              longer.begun + office.policy.session_longest_s);
    // Not at every request: a write costs a sync.
    constexpr std::uint64_t worth_writing_s = 60;
    if (longer.expires < (*found)->expires + worth_writing_s) return ok_status();
    return transaction.put_session(longer);
  });
  if (!done) return done.error();
  return official;
}

Status sign_out(const Office& office, std::string_view session) {
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    const KeyedHash hash = hash_of(office, "session", session);
    const Result<std::optional<SessionRow>> found = transaction.session(hash);
    if (!found) return found.error();
    if (!*found) return ok_status();
    if (Status ended = transaction.end_session(hash); !ended) return ended;
    return note_action(transaction, office, {"official", (*found)->official}, Action::signed_out);
  });
}

Status give_signing_key(const Office& office, const Official& official, std::string_view key,
                        std::string_view signature) {
  const Error wrong{ErrorCode::malformed,
                    "the signing key does not come with a signature of its own",
                    {.field = "signing_key"},
                    "make the key again"};
  if (key.size() != sizeof(proof::ElementBytes) || signature.size() != sizeof(proof::Signature)) {
    return wrong;
  }
  proof::Transcript transcript("urna/1 desk key");
  transcript.append("official", official.reference);
  if (!proof::verify_signature(array_of<32>(key), transcript, array_of<64>(signature))) {
    return wrong;
  }
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<std::vector<OfficialRow>> all = transaction.officials();
    if (!all) return all.error();
    for (const OfficialRow& row : *all) {
      const bool own = row.reference == official.reference;
      if (own && row.signing_key == key) return ok_status();
      if (own ? !row.signing_key.empty() : row.signing_key == key) {
        return Error{ErrorCode::conflict,
                     own ? "there is a signing key already" : "this key is somebody else's",
                     {},
                     "use the passkey that you registered with"};
      }
    }
    for (OfficialRow row : *all) {
      if (row.reference != official.reference) continue;
      row.signing_key = key;
      if (Status put = transaction.put_official(row); !put) return put;
    }
    return note_action(transaction, office, actor_of(official), Action::gave_key, {}, key);
  });
}

Result<std::vector<Official>> list_officials(const Office& office) {
  std::vector<Official> list;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<std::vector<OfficialRow>> rows = transaction.officials();
    if (!rows) return rows.error();
    for (const OfficialRow& row : *rows) {
      Result<Official> one = official_of(office, row);
      if (!one) return std::move(one).error();
      list.push_back(*std::move(one));
    }
    return ok_status();
  });
  if (!done) return done.error();
  std::ranges::sort(list, {}, &Official::name);
  return list;
}

Result<Official> official_of(const Office& office, const OfficialRow& row) {
  Result<std::string> name =
      protection::open_sealed(office.keys.sealing, row.name, name_context(row.reference));
  if (!name) return std::move(name).error();
  return Official{row.reference,           *std::move(name), row.role,
                  !row.credential.empty(), row.revoked,      row.signing_key};
}

Status verify_and_count(DeskTransaction& transaction, const Office& office,
                        std::string_view reference, std::string_view challenge,
                        const AssertionAnswer& answer) {
  Result<std::optional<OfficialRow>> found = transaction.official(reference);
  if (!found) return std::move(found).error();
  if (!*found || (*found)->revoked) return not_allowed("the account is closed");
  OfficialRow& row = **found;
  const Passkey passkey{row.credential, static_cast<PasskeyAlgorithm>(row.algorithm),
                        row.public_key, row.counter};
  const Result<std::uint64_t> counter = verify_assertion(office.party, passkey, challenge, answer);
  if (!counter) return counter.error();
  row.counter = *counter;
  return transaction.put_official(row);
}

}  // namespace urna::desk
