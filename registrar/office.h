// SPDX-License-Identifier: EUPL-1.2
// What the registrar's operations share: the store, the keys, the edition's policy, the clock, and
// where pseudonyms come from.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "board/checkpoint.h"
#include "election/types.h"
#include "proof/signature.h"
#include "protection/secrets.h"
#include "registrar/eligibility.h"
#include "registrar/identifier.h"
#include "registrar/store.h"

namespace urna::registrar {

// Unix seconds.
using Clock = std::function<std::uint64_t()>;

// The registrar's secrets, all from one; each for one purpose.
struct RegistrarKeys {
  protection::SecretKey sealing;   // values at rest
  protection::SecretKey finding;   // hashes to find rows by
  protection::SecretKey contacts;  // hashes of phones and addresses, and of who used them
  protection::SecretKey codes;     // hashes of codes and session tokens
  protection::SecretKey tickets;   // sealed references of notice tickets
  protection::SecretKey log;       // references in the access log

  [[nodiscard]] static RegistrarKeys from(const protection::SecretKey& master);
};

// Which contact a code may go to.
enum class ContactSource : std::uint8_t {
  registered,  // one that the register has
  typed,       // one that the voter gives, under a cap
  either,
};

// Who may vouch for people at an official point. The token is known by its hash only: HMAC under
// RegistrarKeys::codes.
struct OperatorCredential {
  std::string account;  // 1 to 64 of a-z, 0-9, ".", "-"
  std::string point;    // what people know the point as; empty: the account
  std::string place;    // where it is and when, as people read it; may be empty
  KeyedHash token_hash{};
  std::uint64_t valid_from = 0, valid_until = 0;  // Unix seconds
};

struct RegistrarPolicy {
  std::vector<IdentifierKind> identifiers = {IdentifierKind::pesel};  // that a voter may use
  PossibleAges ages;
  EligibilityRules eligibility;
  std::uint8_t lowest_level = 2;
  ContactSource contacts = ContactSource::registered;
  std::uint32_t persons_per_phone = 2;  // for typed ones
  std::uint32_t persons_per_email = 1;
  std::uint32_t session_seconds = 1800;
  std::uint32_t code_seconds = 600;
  std::uint32_t code_failures_max = 5;  // in a session
  std::uint32_t codes_per_session = 3;
  std::uint32_t codes_per_day = 6;     // to a person
  std::uint32_t failures_per_day = 5;  // on a person; then a lock
  std::uint32_t lock_seconds = 86400;
  std::uint32_t certificates_per_person = 5;
  std::uint32_t checks_per_day = 3;           // "was my identity used?"
  std::uint32_t complaints_per_day = 3;       // of a person
  std::uint32_t notice_seconds = 14 * 86400;  // how long a notice is tried
  bool signal_events = true;                  // are noted; without them there are no signals
  std::vector<OperatorCredential> operators;
};

// Pseudonyms from the keepers. Errors: io (too few keepers answer), limit (their quota), conflict
// (a keeper's proof is wrong).
class PseudonymSource {
 public:
  enum class Use : std::uint8_t { roll, certificate };
  PseudonymSource() = default;
  PseudonymSource(const PseudonymSource&) = delete;
  PseudonymSource& operator=(const PseudonymSource&) = delete;
  virtual ~PseudonymSource() = default;
  // One for each canonical identifier, in order.
  [[nodiscard]] virtual Result<std::vector<election::Pseudonym>> pseudonyms(
      std::span<const std::string> identifiers, Use use) = 0;
  // The same for the people of a case: the keepers allow and count it apart, and log its number.
  [[nodiscard]] virtual Result<std::vector<election::Pseudonym>> pseudonyms_for_case(
      std::span<const std::string> identifiers, std::string_view number) = 0;
};

// References outlive the office. Safe to use from several threads if store and pseudonyms are.
struct Office {
  RegistrarStore& store;
  const RegistrarKeys& keys;
  const RegistrarPolicy& policy;
  const Clock& clock;
  PseudonymSource& pseudonyms;
  const election::EditionHash& edition;
  const proof::SigningKey& signing;
  const board::LogSecretKey& log_key;
};

// ---- Sealed values

// The fields of a person, by column; the reference binds each to its row.
enum class PersonField : std::uint8_t {
  identifier,
  name,
  birth_date,
  address,
  district,
  phone,
  email,
  guardian,
};
[[nodiscard]] std::string seal_field(const RegistrarKeys& keys, const PersonRef& person,
                                     PersonField field, std::string_view value);
[[nodiscard]] Result<std::string> open_field(const RegistrarKeys& keys, const PersonRow& row,
                                             PersonField field);

[[nodiscard]] KeyedHash identifier_hash(const RegistrarKeys& keys,
                                        const CanonicalIdentifier& identifier);
[[nodiscard]] KeyedHash target_hash(const RegistrarKeys& keys, const NormalisedPerson& person);
[[nodiscard]] PersonRef random_person_ref();
[[nodiscard]] RandomId random_id();

// ---- The access log

// An access to one person in the course of that person's own voting: waits for its hour to be over
// (docs/data-protection.md). `person` may be nothing: an attempt that met nobody.
[[nodiscard]] Status note_voter_access(RegistrarTransaction& transaction, const Office& office,
                                       std::string role, std::string actor,
                                       protection::AccessAction action,
                                       std::vector<protection::Field> fields,
                                       const std::optional<PersonRef>& person,
                                       protection::Purpose purpose);
// An access to many, by an official or the service: goes into the log at once.
[[nodiscard]] Status note_access(RegistrarTransaction& transaction, const Office& office,
                                 std::string role, std::string actor,
                                 protection::AccessAction action,
                                 std::vector<protection::Field> fields, std::uint64_t persons,
                                 protection::Purpose purpose);
// An access to one person by an official who looks into something: goes into the log at once.
[[nodiscard]] Status note_access_to(RegistrarTransaction& transaction, const Office& office,
                                    std::string role, std::string actor,
                                    protection::AccessAction action,
                                    std::vector<protection::Field> fields, const PersonRef& person,
                                    protection::Purpose purpose);
// Moves what waits from hours that are over into the log, in random order. How many.
[[nodiscard]] Result<std::uint64_t> publish_voter_accesses(const Office& office);

// Deletes what is due (protection/retention.h) and notes it. How many rows.
[[nodiscard]] Result<std::uint64_t> delete_what_is_due(const Office& office,
                                                       const protection::EditionDates& dates);

}  // namespace urna::registrar
