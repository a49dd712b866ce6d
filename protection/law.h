// SPDX-License-Identifier: EUPL-1.2
// Legal references and retention rules as data with dates of validity, for law changes. The wording
// is to be confirmed by the city's lawyer before use.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/date.h"
#include "protection/words.h"

namespace urna::protection {

struct LegalRef {
  std::string_view id;
  Words text;
  Date valid_from;
  std::optional<Date> valid_until;  // the first day on which it no longer holds

  [[nodiscard]] constexpr bool valid_on(Date day) const {
    return valid_from <= day && (!valid_until || day < *valid_until);
  }
};

namespace law {

constexpr Date day(int year, unsigned month, unsigned number) {
  return {std::chrono::year(year), std::chrono::month(month), std::chrono::day(number)};
}

// A task in the public interest: consultations with residents.
inline constexpr LegalRef public_task{
    "gdpr-6-1-e",
    {"art. 6 ust. 1 lit. e RODO w związku z art. 5a ustawy o samorządzie gminnym oraz uchwałą rady "
     "w sprawie budżetu obywatelskiego",
     "GDPR art. 6(1)(e) with art. 5a of the Polish act on municipal government and the council's "
     "resolution on the participatory budget"},
    day(2018, 5, 25),
    std::nullopt};
// A legal obligation of whoever keeps the residents' register.
inline constexpr LegalRef register_duty{
    "gdpr-6-1-c-register",
    {"art. 6 ust. 1 lit. c RODO w związku z ustawą o ewidencji ludności",
     "GDPR art. 6(1)(c) with the Polish act on the population register"},
    day(2018, 5, 25),
    std::nullopt};
// Archiving in the public interest.
inline constexpr LegalRef archive{
    "gdpr-5-1-e-89-archive",
    {"art. 6 ust. 1 lit. e w związku z art. 5 ust. 1 lit. e i art. 89 RODO oraz ustawą o narodowym "
     "zasobie archiwalnym i archiwach",
     "GDPR art. 6(1)(e) with art. 5(1)(e) and art. 89 and the Polish act on the national archival "
     "resources and archives"},
    day(2018, 5, 25),
    std::nullopt};
// Security of processing and accountability.
inline constexpr LegalRef security{"gdpr-5-2-32",
                                   {"art. 6 ust. 1 lit. c w związku z art. 5 ust. 2 i art. 32 RODO",
                                    "GDPR art. 6(1)(c) with art. 5(2) and art. 32"},
                                   day(2018, 5, 25),
                                   std::nullopt};

}  // namespace law

// From when the days of a rule are counted.
enum class RetentionEvent : std::uint8_t {
  row_expiry,     // the moment that stands in the row itself
  voting_closed,  // the edition's closing
  protests_over,  // the end of the time for protests, when they are decided
  never,          // kept for good
};

struct RetentionRule {
  std::string_view id;
  Words text;
  RetentionEvent from = RetentionEvent::protests_over;
  std::uint32_t days = 0;
  const LegalRef* basis = nullptr;
};

namespace retention {

inline constexpr RetentionRule until_expiry{"until-expiry",
                                            {"do końca sesji albo chwili zapisanej w wierszu",
                                             "until the session ends or the moment in it"},
                                            RetentionEvent::row_expiry,
                                            0,
                                            &law::public_task};
inline constexpr RetentionRule voting{
    "voting",
    {"30 dni od zamknięcia głosowania", "30 days from the closing of the vote"},
    RetentionEvent::voting_closed,
    30,
    &law::public_task};
inline constexpr RetentionRule protests{
    "protests",
    {"90 dni od zakończenia rozpatrywania protestów", "90 days from the end of protests"},
    RetentionEvent::protests_over,
    90,
    &law::public_task};
inline constexpr RetentionRule accountability{
    "accountability",
    {"5 lat od zakończenia rozpatrywania protestów", "5 years from the end of protests"},
    RetentionEvent::protests_over,
    1826,
    &law::security};

// What everybody can check the result from must stay. Once the keepers have destroyed their shares
// of the key, nobody can lead a pseudonym in it back to a person.
inline constexpr RetentionRule public_record{
    "public-record",
    {"bezterminowo: część publicznego zapisu głosowania, z którego każdy może sprawdzić wynik; po "
     "zniszczeniu kluczy powierników pseudonimów nikogo nie da się w nim rozpoznać",
     "for good: part of the public record of the vote, from which everybody can check the result; "
     "once the pseudonym keepers' keys are destroyed nobody can be recognised in it"},
    RetentionEvent::never,
    0,
    &law::archive};

}  // namespace retention
}  // namespace urna::protection
