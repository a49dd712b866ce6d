// SPDX-License-Identifier: EUPL-1.2
// The port to the registrar's database: rows as they lie there, with all that identifies a person
// sealed or hashed under keys that the database does not have; and what is done with them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/sha256.h"
#include "protection/access_log.h"
#include "protection/retention.h"
#include "protection/secrets.h"
#include "protection/table.h"

namespace urna::registrar {

using protection::KeyedHash;

// A random reference to a person, with no meaning outside the registrar.
struct PersonRef {
  std::array<std::uint8_t, 16> octets{};
  [[nodiscard]] std::string_view view() const { return view_of(octets); }
  friend auto operator<=>(const PersonRef&, const PersonRef&) = default;
};

enum class Origin : std::uint8_t { imported, assisted };

struct PersonRow {
  PersonRef reference;
  KeyedHash identifier_hash{}, target_hash{}, digest{};
  std::string identifier, name, birth_date, address, district, phone, email, guardian;  // sealed
  Origin origin = Origin::imported;
  bool withdrawn = false;
  bool on_roll = false;
};

// What an import must know of a person who is there.
struct KnownPerson {
  KeyedHash identifier_hash{};
  PersonRef reference;
  KeyedHash digest{};
  bool withdrawn = false;
};

// A phone number or an e-mail address: a byte that says which, and the keyed hash.
using ContactKey = std::array<std::uint8_t, 33>;

// How a person showed who they are. A contact that was given is one that the person typed, and not
// the register's.
enum class Factor : std::uint8_t {
  none,
  sms,
  email,
  sms_given,
  email_given,
  letter,
  electronic_identity,
  point,
};
inline constexpr std::uint64_t factor_last = static_cast<std::uint64_t>(Factor::point);

struct SessionRow {
  KeyedHash token_hash{};
  std::string person;  // sealed
  std::uint8_t level = 1;
  std::uint64_t expires = 0;  // Unix seconds
  std::optional<KeyedHash> code;
  std::uint64_t code_expires = 0;
  std::uint32_t failures = 0;
  std::uint32_t codes_sent = 0;
  std::optional<ContactKey> contact;  // typed in this session, not yet confirmed
  bool by_guardian = false;
  Factor factor = Factor::none;  // of a code that was sent, until it is given
};

struct AttemptRow {
  PersonRef person;
  std::uint32_t failures = 0, codes = 0;  // of the day
  std::uint64_t day = 0;                  // Unix seconds / 86400
  std::uint64_t locked_until = 0;         // Unix seconds
  std::uint32_t certificates = 0;
  std::uint32_t checks = 0, complaints = 0;  // of the day
};

struct LetterRow {
  PersonRef person;
  KeyedHash code{};
  bool used = false;
  bool printed = false;  // to the end; before, the code is nobody's
};

// A complaint under its number, which is random: no order of rows says when.
struct ComplaintRow {
  std::string number;
  std::string record;  // sealed
};

// A case under its number, which is random, too.
struct CaseRow {
  std::string number;
  std::string record;  // sealed
};

// Whom it is about.
struct CaseVoterRow {
  std::string number;
  PersonRef person;
  std::string record;  // sealed
};

using RandomId = std::array<std::uint8_t, 16>;

// How often something happened on a day (Unix seconds / 86400); several rows may have one name.
struct CounterRow {
  std::uint64_t day = 0;
  std::string name;
  std::uint64_t count = 0;
};

// An event under a random number.
struct SignalEventRow {
  RandomId id{};
  std::string record;  // sealed
};

// A message waits no longer than this until it is tried again.
inline constexpr std::uint64_t message_pause_seconds_max = 3600;

struct OutboxRow {
  RandomId id{};
  std::string message;  // sealed
  std::uint32_t attempts = 0;
  std::uint64_t due = 0, expires = 0;  // Unix seconds
};

struct SerialCount {
  std::uint64_t bound = 0;   // the least number above every certificate's serial
  std::uint64_t issued = 0;  // certificates
};

// Serial numbers are taken from a block in random order: in order they would say which of two
// people in the access log has which certificate.
inline constexpr std::uint64_t serial_block = 64;

// One transaction. What is read "for update" stays locked until its end. Errors of all: io,
// conflict (try again).
class RegistrarTransaction : public protection::AccessLogStore {
 public:
  // ---- The register
  [[nodiscard]] virtual Result<std::optional<PersonRow>> find_person(
      const KeyedHash& identifier) = 0;
  [[nodiscard]] virtual Result<std::optional<PersonRow>> person(const PersonRef& reference) = 0;
  // At most 16.
  [[nodiscard]] virtual Result<std::vector<PersonRef>> find_targets(const KeyedHash& target) = 0;
  [[nodiscard]] virtual Result<std::vector<KnownPerson>> known_people(
      std::span<const KeyedHash> identifiers) = 0;
  // Adds people, or replaces those with the same reference, whose mark on_roll stays.
  [[nodiscard]] virtual Status put_people(std::span<const PersonRow> people) = 0;
  // People after `after` (from the first if nothing), in order of reference, at most `count`:
  // withdrawn ones too. An order that says nothing.
  [[nodiscard]] virtual Result<std::vector<PersonRow>> people_after(
      const std::optional<PersonRef>& after, std::size_t count) = 0;
  [[nodiscard]] virtual Status mark_withdrawn(std::span<const PersonRef> people) = 0;
  [[nodiscard]] virtual Status mark_on_roll(std::span<const PersonRef> people) = 0;

  // ---- Sessions and attempts
  [[nodiscard]] virtual Status put_session(const SessionRow& session) = 0;
  [[nodiscard]] virtual Result<std::optional<SessionRow>> session_for_update(
      const KeyedHash& token) = 0;
  [[nodiscard]] virtual Status end_session(const KeyedHash& token) = 0;
  // A fresh row if there is none.
  [[nodiscard]] virtual Result<AttemptRow> attempts_for_update(const PersonRef& person) = 0;
  [[nodiscard]] virtual Status put_attempts(const AttemptRow& attempts) = 0;
  // Whether the contact serves the person, or fewer than `most` others.
  [[nodiscard]] virtual Result<bool> contact_has_room(const ContactKey& contact,
                                                      const KeyedHash& person,
                                                      std::uint32_t most) = 0;
  // The same, and it serves the person from now on if it does.
  [[nodiscard]] virtual Result<bool> use_contact(const ContactKey& contact, const KeyedHash& person,
                                                 std::uint32_t most) = 0;
  // The guardian who acts for the child, if one does.
  [[nodiscard]] virtual Result<std::optional<KeyedHash>> guardian_of(const PersonRef& ward) = 0;
  // Whether the guardian acts for the child already, or for fewer than `most`; then acts for it.
  // A child whom another acts for is refused.
  [[nodiscard]] virtual Result<bool> use_guardian(const PersonRef& ward, const KeyedHash& guardian,
                                                  std::uint32_t most) = 0;
  [[nodiscard]] virtual Status put_letter(const LetterRow& letter) = 0;
  [[nodiscard]] virtual Result<std::optional<LetterRow>> letter_for_update(
      const PersonRef& person) = 0;
  // Files of letters whose codes are in force, by their hashes.
  [[nodiscard]] virtual Status note_printed(const Sha256Digest& file) = 0;
  [[nodiscard]] virtual Result<bool> was_printed(const Sha256Digest& file) = 0;

  // ---- What was done in a person's name
  // The sealed record; excludes others from the person's attempts too. Take several people in
  // ascending order.
  [[nodiscard]] virtual Result<std::optional<std::string>> uses_for_update(
      const PersonRef& person) = 0;
  [[nodiscard]] virtual Status put_uses(const PersonRef& person, std::string_view record) = 0;
  // Error: conflict (there is one with the number).
  [[nodiscard]] virtual Status put_complaint(const ComplaintRow& complaint) = 0;
  [[nodiscard]] virtual Result<std::optional<ComplaintRow>> complaint(std::string_view number) = 0;
  // Those after a number ("" for the first), in order of numbers, at most `count`.
  [[nodiscard]] virtual Result<std::vector<ComplaintRow>> complaints_after(std::string_view number,
                                                                           std::size_t count) = 0;

  // ---- Cases
  // All cases, in order of numbers, which is none of time; excludes others until the end of the
  // transaction, so that of two who open a case about the same one finds the other's.
  [[nodiscard]] virtual Result<std::vector<CaseRow>> cases_for_update() = 0;
  [[nodiscard]] virtual Result<std::vector<CaseRow>> cases() = 0;
  [[nodiscard]] virtual Result<std::optional<CaseRow>> find_case(std::string_view number) = 0;
  // Take it before the people of the case.
  [[nodiscard]] virtual Result<std::optional<CaseRow>> case_for_update(std::string_view number) = 0;
  // Adds a case, or puts it in the place of that with its number.
  [[nodiscard]] virtual Status put_case(const CaseRow& one) = 0;
  // In order of references.
  [[nodiscard]] virtual Result<std::vector<CaseVoterRow>> case_voters(std::string_view number) = 0;
  // The cases of a person, in order of numbers, at most `count`.
  [[nodiscard]] virtual Result<std::vector<CaseVoterRow>> cases_of(const PersonRef& person,
                                                                   std::size_t count) = 0;
  // Excludes others from what there is about the person, as uses_for_update().
  [[nodiscard]] virtual Result<std::optional<CaseVoterRow>> case_voter_for_update(
      std::string_view number, const PersonRef& person) = 0;
  [[nodiscard]] virtual Status put_case_voter(const CaseVoterRow& voter) = 0;

  // ---- Events that signals are computed from
  [[nodiscard]] virtual Status put_signal_event(const RandomId& id, std::string_view record,
                                                std::uint64_t expires) = 0;
  // Those after an id (from the first if nothing), in order of ids, at most `count`.
  [[nodiscard]] virtual Result<std::vector<SignalEventRow>> signal_events_after(
      const std::optional<RandomId>& after, std::size_t count) = 0;
  [[nodiscard]] virtual Result<std::optional<SignalEventRow>> signal_event(const RandomId& id) = 0;
  // The sealed key of a day: `fresh` if there was none. Those of earlier days are gone then.
  [[nodiscard]] virtual Result<std::string> signal_key(std::uint64_t day,
                                                       const std::string& fresh) = 0;

  // ---- The legal hold, as two officials signed it (holding.h); empty: there never was one
  [[nodiscard]] virtual Result<std::string> hold() = 0;
  [[nodiscard]] virtual Status put_hold(const std::string& statement) = 0;

  // ---- Numbers of nobody in particular
  // So many more. What is locked otherwise is locked before, and names in ascending order.
  [[nodiscard]] virtual Status add_to_counter(std::uint64_t day, std::string_view name,
                                              std::uint64_t by) = 0;
  [[nodiscard]] virtual Result<std::vector<CounterRow>> counters() = 0;

  // ---- Certificates
  // A serial that nobody has had, from the present block in random order. Durable with the
  // transaction.
  [[nodiscard]] virtual Result<std::uint64_t> take_serial() = 0;
  [[nodiscard]] virtual Result<SerialCount> serials() = 0;

  // ---- Messages and notices
  // Adds a message, or puts it in the place of that with its id.
  [[nodiscard]] virtual Status put_message(const OutboxRow& message) = 0;
  // At most `count` that are due, locked against other processes. What is due later than the
  // longest pause was put off by a clock that was ahead, and is due as well.
  [[nodiscard]] virtual Result<std::vector<OutboxRow>> due_messages(std::uint64_t now,
                                                                    std::size_t count) = 0;
  [[nodiscard]] virtual Status remove_message(const RandomId& id) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> count_messages() = 0;
  // Whether the batch is seen for the first time.
  [[nodiscard]] virtual Result<bool> first_time(const RandomId& batch) = 0;

  // ---- Access log (and AccessLogStore)
  [[nodiscard]] virtual Status put_pending_access(const RandomId& id, std::uint64_t hour,
                                                  std::string_view entry) = 0;
  // Takes out those of hours before this one, in order of their random numbers.
  [[nodiscard]] virtual Result<std::vector<std::string>> take_pending_access(
      std::uint64_t before_hour) = 0;

  // ---- Deletion
  // How many rows went.
  [[nodiscard]] virtual Result<std::uint64_t> apply(const protection::Deletion& deletion) = 0;
};

// Calls may come from several threads; works of one process run one after another, perhaps on the
// thread of another caller who waits at the same time.
class RegistrarStore {
 public:
  RegistrarStore() = default;
  RegistrarStore(const RegistrarStore&) = delete;
  RegistrarStore& operator=(const RegistrarStore&) = delete;
  virtual ~RegistrarStore() = default;

  // All of it durable when this returns without an error; none of it after an error, save that
  // after io it is not known. `work` must not keep the transaction.
  using Work = std::function<Status(RegistrarTransaction&)>;
  [[nodiscard]] virtual Status transact(const Work& work) = 0;

  // What columns the database has.
  [[nodiscard]] virtual Result<std::vector<protection::LiveColumn>> live_columns() = 0;
  // The whole access log, from one moment.
  [[nodiscard]] virtual Result<protection::AccessLogCopy> copy_access_log() = 0;
  // Puts a cosigned checkpoint in the place of that of the same size. Errors: not_found, conflict
  // (it has another root).
  [[nodiscard]] virtual Status put_cosigned_note(std::string_view note) = 0;
};

}  // namespace urna::registrar
