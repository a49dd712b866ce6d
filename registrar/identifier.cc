// SPDX-License-Identifier: EUPL-1.2
#include "registrar/identifier.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.h"
#include "base/bytes.h"
#include "protection/pesel.h"
#include "registrar/plain_text.h"

namespace urna::registrar {
namespace {

constexpr std::array<std::string_view, 4> kind_names = {"pesel", "name-birth-address",
                                                        "resident-card", "passport"};
constexpr std::string_view identifier_label = "urna/1 person";

std::string frame(std::string_view text) {
  std::string framed;
  append_big_endian(framed, text.size(), 8);
  framed += text;
  return framed;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

std::string_view to_string(IdentifierKind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

Result<IdentifierKind> parse_identifier_kind(std::string_view text) {
  const auto* const found = std::ranges::find(kind_names, text);
  if (found == kind_names.end()) {
    return Error{ErrorCode::malformed,
                 "not a kind of identifier",
                 {},
                 "pesel, name-birth-address, resident-card or passport"};
  }
  return static_cast<IdentifierKind>(found - kind_names.begin());
}

Result<CanonicalIdentifier> CanonicalIdentifier::of_bytes(std::string_view bytes) {
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    if (bytes.starts_with(frame(identifier_label) + frame(kind_names.at(i)))) {
      CanonicalIdentifier identifier;
      identifier.kind_ = static_cast<IdentifierKind>(i);
      identifier.bytes_ = bytes;
      return identifier;
    }
  }
  return Error{ErrorCode::malformed, "not a person's identifier", {}, ""};
}

// One walk through the fields, which either finds the first fault or has the person.
class Normaliser {
 public:
  Normaliser(IdentifierKind kind, const PersonFields& fields, Date today, PossibleAges ages)
      : fields_(fields), today_(today), ages_(ages) {
    name(last_, "last_name", fields.last_name);
    name(first_, "first_name", fields.first_name);
    std::vector<std::string> parts;
    if (kind == IdentifierKind::pesel) {
      parts = {pesel()};
    } else {
      birth();
      if (kind == IdentifierKind::resident_card) parts = {card()};
      if (kind == IdentifierKind::passport) {
        parts = {country(), passport()};
      }
    }
    const std::vector<std::string> where = address(kind == IdentifierKind::name_birth_address);
    if (kind == IdentifierKind::name_birth_address) {
      parts = {last_, first_, birth_.ok() ? to_iso_string(birth_) : ""};
      parts.insert(parts.end(), where.begin(), where.end());
    }
    if (fault_) return;
    identifier_.kind_ = kind;
    identifier_.bytes_ = frame(identifier_label) + frame(to_string(kind));
    for (const std::string& part : parts) identifier_.bytes_ += frame(part);
    if (!where[1].empty() || !where[2].empty()) {
      for (const std::string& part : where) address_ += frame(part);
    }
  }

  [[nodiscard]] const std::optional<FieldFault>& fault() const { return fault_; }
  [[nodiscard]] NormalisedPerson person() && {
    return {std::move(identifier_), birth_,
            frame(last_) + frame(first_) + frame(to_iso_string(birth_)), std::move(address_)};
  }

 private:
  using Words = protection::Words;
  void refuse(std::string_view field, Words words) {
    if (!fault_) fault_ = FieldFault{field, words};
  }

  static constexpr Words missing = {"To pole trzeba wypełnić", "This field must be filled in"};
  static constexpr Words unreadable = {
      "To pole jest za długie albo zawiera niewidoczne znaki lub końce wierszy",
      "This field is too long, or has invisible characters or line breaks in it"};
  static constexpr Words form = {"To pole ma inną postać niż trzeba",
                                 "This field is not of the form that it must have"};

  std::string text(std::string_view field, std::string_view given, bool needed,
                   Result<std::string> (*fold)(std::string_view)) {
    Result<std::string> result = fold(given);
    if (!result) {
      refuse(field, unreadable);
      return {};
    }
    if (needed && result->empty()) refuse(field, missing);
    return *std::move(result);
  }
  void name(std::string& target, std::string_view field, std::string_view given) {
    target = text(field, given, true, folded);
  }

  void judge(Date birth, std::string_view field) {
    birth_ = birth;
    const int age = age_on(birth, today_);
    if (birth > today_) {
      refuse(field, {"Data urodzenia jest w przyszłości", "The birth date is in the future"});
    } else if (age > ages_.most) {
      refuse(field, {"Nikt nie ma tylu lat", "Nobody is as old as that"});
    } else if (age < ages_.least) {
      refuse(field, {"Osoba jest za młoda", "The person is too young"});
    }
  }
  void birth() {
    if (fields_.birth_date.empty()) return refuse("birth_date", missing);
    const Result<Date> date = parse_date(fields_.birth_date);
    if (!date) {
      return refuse("birth_date", {"Datę trzeba zapisać jako RRRR-MM-DD, musi istnieć",
                                   "A date is written YYYY-MM-DD and must exist"});
    }
    judge(*date, "birth_date");
  }

  std::string pesel() {
    if (const auto fault = protection::Pesel::find_fault(fields_.pesel)) {
      refuse("pesel", protection::describe(*fault));
      return {};
    }
    const protection::Pesel pesel = protection::Pesel::parse(fields_.pesel).value();
    judge(pesel.birth(), "pesel");
    if (!fields_.birth_date.empty()) {
      const Result<Date> date = parse_date(fields_.birth_date);
      if (!date || *date != pesel.birth()) {
        refuse("birth_date", {"Data urodzenia nie zgadza się z numerem PESEL",
                              "The birth date is not that of the PESEL number"});
      }
    }
    return std::string(pesel.digits());
  }

  std::string card() {
    const std::string& given = fields_.card;
    if (given.empty()) refuse("card", missing);
    const bool good = given.size() <= 32 && std::ranges::all_of(given, [](char c) {
                        return is_digit(c) || is_capital(c) || c == '-';
                      });
    if (!good) refuse("card", form);
    return given;
  }
  std::string country() {
    const std::string& given = fields_.passport_country;
    if (given.size() != 3 || !std::ranges::all_of(given, is_capital)) {
      refuse("passport_country", form);
    }
    return given;
  }
  // ICAO Doc 9303: at most nine capitals and digits in the document number, some countries more.
  std::string passport() {
    const std::string& given = fields_.passport_number;
    const bool good =
        given.size() >= 5 && given.size() <= 16 &&
        std::ranges::all_of(given, [](char c) { return is_digit(c) || is_capital(c); });
    if (!good) refuse("passport_number", form);
    return given;
  }

  std::vector<std::string> address(bool needed) {
    std::vector<std::string> parts = {
        text("city", fields_.city, needed, folded),
        // A village may have no streets.
        text("street", fields_.street, false, folded_street),
        text("house", fields_.house, needed, folded_number),
        text("flat", fields_.flat, false, folded_number),
        fields_.postcode,
    };
    const std::string& code = fields_.postcode;
    const bool good = code.size() == 6 && code[2] == '-' && is_digit(code[0]) &&
                      is_digit(code[1]) && is_digit(code[3]) && is_digit(code[4]) &&
                      is_digit(code[5]);
    if (!good && (needed || !code.empty())) {
      refuse("postcode",
             {"Kod pocztowy zapisuje się jako 00-000", "A postcode is written as 00-000"});
    }
    return parts;
  }

  const PersonFields& fields_;
  Date today_;
  PossibleAges ages_;
  std::optional<FieldFault> fault_;
  std::string last_, first_;
  Date birth_{};
  CanonicalIdentifier identifier_;
  std::string address_;
};

std::span<const AskedField> fields_asked(IdentifierKind kind) {
  static constexpr std::array pesel = {AskedField{"first_name"}, AskedField{"last_name"},
                                       AskedField{"pesel"}};
  static constexpr std::array address = {AskedField{"first_name"}, AskedField{"last_name"},
                                         AskedField{"birth_date"}, AskedField{"street", false},
                                         AskedField{"house"},      AskedField{"flat", false},
                                         AskedField{"postcode"},   AskedField{"city"}};
  static constexpr std::array card = {AskedField{"first_name"}, AskedField{"last_name"},
                                      AskedField{"birth_date"}, AskedField{"card"}};
  static constexpr std::array passport = {AskedField{"first_name"}, AskedField{"last_name"},
                                          AskedField{"birth_date"}, AskedField{"passport_country"},
                                          AskedField{"passport_number"}};
  switch (kind) {
    case IdentifierKind::pesel:
      return pesel;
    case IdentifierKind::name_birth_address:
      return address;
    case IdentifierKind::resident_card:
      return card;
    case IdentifierKind::passport:
      return passport;
  }
  stop_on_broken_precondition("fields_asked: a kind of identifier");
}

Result<NormalisedPerson> normalise(IdentifierKind kind, const PersonFields& fields, Date today,
                                   PossibleAges ages) {
  Normaliser normaliser(kind, fields, today, ages);
  if (normaliser.fault()) {
    return Error{ErrorCode::malformed,
                 std::string(normaliser.fault()->words.en),
                 {.field = std::string(normaliser.fault()->field)},
                 ""};
  }
  return std::move(normaliser).person();
}

std::optional<FieldFault> find_fault(IdentifierKind kind, const PersonFields& fields, Date today,
                                     PossibleAges ages) {
  return Normaliser(kind, fields, today, ages).fault();
}

}  // namespace urna::registrar
