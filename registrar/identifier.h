// SPDX-License-Identifier: EUPL-1.2
// Who a person is, in one form: the bytes that the pseudonym is made from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/result.h"
#include "protection/words.h"

namespace urna::registrar {

// What the council's resolution may name.
enum class IdentifierKind : std::uint8_t { pesel, name_birth_address, resident_card, passport };
// "pesel" …, as in the register's file and the configuration.
[[nodiscard]] std::string_view to_string(IdentifierKind kind);
// Error: malformed.
[[nodiscard]] Result<IdentifierKind> parse_identifier_kind(std::string_view text);

// What a person types, or the register says; empty where nothing was given.
struct PersonFields {
  std::string first_name, last_name;
  std::string birth_date;  // YYYY-MM-DD; with a PESEL it may be left out
  std::string pesel;
  std::string card;                               // resident card
  std::string passport_country, passport_number;  // ISO 3166 alpha-3
  std::string city, street, house, flat, postcode;
};

// A field of PersonFields, as it is called outside.
struct AskedField {
  std::string_view name;
  bool required = true;
};
// What a person must and may fill in to be known in that way, in the order to ask for it.
[[nodiscard]] std::span<const AskedField> fields_asked(IdentifierKind kind);

// What is wrong with which field; the words name no value.
struct FieldFault {
  std::string_view field;
  protection::Words words;
};

// Ages that nobody has: a register or a voter that claims them is wrong.
struct PossibleAges {
  int least = 0;
  int most = 120;
};

// A person to the pseudonym function: equal for equal persons of one kind, whatever was typed.
// Neither printable nor ordered.
class CanonicalIdentifier {
 public:
  [[nodiscard]] IdentifierKind kind() const { return kind_; }
  // "urna/1 person", the kind and then each part, all framed: 8 bytes of length, most significant
  // first, before each. The parts: the PESEL | last name, first name, birth date, city, street,
  // house, flat, postcode | the card | country and number of the passport; docs/registrar.md.
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  // Bytes that came from here and were kept.
  [[nodiscard]] static Result<CanonicalIdentifier> of_bytes(std::string_view bytes);

  friend bool operator==(const CanonicalIdentifier&, const CanonicalIdentifier&) = default;

 private:
  friend struct NormalisedPerson;
  friend class Normaliser;
  CanonicalIdentifier() = default;
  IdentifierKind kind_ = IdentifierKind::pesel;
  std::string bytes_;
};

// A person after normalisation.
struct NormalisedPerson {
  CanonicalIdentifier identifier;
  Date birth;
  std::string target;   // name and birth date, canonical: what a stranger may know of a person
  std::string address;  // canonical; empty if none was given
};

// Checks and normalises. Names and birth date are always asked for, because knowing the number
// alone must not do; with a PESEL the birth date is the PESEL's, and one that is given too must be
// the same. `today` bounds births. Error: malformed, with the field and the English words.
[[nodiscard]] Result<NormalisedPerson> normalise(IdentifierKind kind, const PersonFields& fields,
                                                 Date today, PossibleAges ages = {});
// What normalise() refuses, in both languages; nothing if it does not refuse.
[[nodiscard]] std::optional<FieldFault> find_fault(IdentifierKind kind, const PersonFields& fields,
                                                   Date today, PossibleAges ages = {});

}  // namespace urna::registrar
