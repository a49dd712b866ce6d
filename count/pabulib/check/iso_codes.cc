// SPDX-License-Identifier: EUPL-1.2
// Countries, languages and currencies, asked of ICU so that no list has to be kept here.
#include <array>
#include <memory>
#include <string>
#include <unicode/locid.h>
#include <unicode/ucurr.h>
#include <unicode/uenum.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>
#include <unordered_set>

#include "count/pabulib/check/values.h"

namespace urna::count::pabulib::check {
namespace {

// Short names of ISO 3166 that ICU (Unicode's CLDR) spells differently, and names in wide use.
constexpr std::array<std::string_view, 42> other_country_names = {
    "Worldwide",  // Pabulib's own, for votes without a country
    "Bolivia, Plurinational State of",
    "Bonaire, Sint Eustatius and Saba",
    "Brunei Darussalam",
    "Cabo Verde",
    "Congo",
    "Congo, The Democratic Republic of the",
    "Czech Republic",
    "Falkland Islands (Malvinas)",
    "Great Britain",
    "Heard Island and McDonald Islands",
    "Holy See (Vatican City State)",
    "Hong Kong",
    "Iran, Islamic Republic of",
    "Korea, Democratic People's Republic of",
    "Korea, Republic of",
    "Lao People's Democratic Republic",
    "Macao",
    "Micronesia, Federated States of",
    "Moldova, Republic of",
    "Myanmar",
    "Palestine, State of",
    "Pitcairn",
    "Republic of Korea",
    "Republic of Moldova",
    "Russian Federation",
    "Saint Helena, Ascension and Tristan da Cunha",
    "Saint Martin (French part)",
    "Sao Tome and Principe",
    "Sint Maarten (Dutch part)",
    "South Georgia and the South Sandwich Islands",
    "Syrian Arab Republic",
    "Taiwan, Province of China",
    "Tanzania, United Republic of",
    "Türkiye",
    "United States Minor Outlying Islands",
    "United States of America",
    "Venezuela, Bolivarian Republic of",
    "Viet Nam",
    "Virgin Islands, British",
    "Virgin Islands, U.S.",
    "Saint Vincent and the Grenadines",
};

// Case folded, with "&", "St." and the curved apostrophe spelled as ISO does.
std::string country_key(icu::UnicodeString name) {
  name.foldCase();
  name.findAndReplace(u"&", u"and");
  name.findAndReplace(u"st. ", u"saint ");
  name.findAndReplace(u"\u2019", u"'");
  std::string key;
  return name.toUTF8String(key);
}

std::unordered_set<std::string> country_keys() {
  std::unordered_set<std::string> keys;
  for (const std::string_view name : other_country_names) {
    keys.insert(country_key(icu::UnicodeString::fromUTF8(
        icu::StringPiece(name.data(), static_cast<std::int32_t>(name.size())))));
  }
  for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
    const icu::Locale place("", *code);
    icu::UnicodeString name;
    keys.insert(country_key(place.getDisplayCountry(icu::Locale::getEnglish(), name)));
    keys.insert(country_key(icu::UnicodeString(*code, -1, US_INV)));
    if (*place.getISO3Country() != '\0')
      keys.insert(country_key(icu::UnicodeString(place.getISO3Country(), -1, US_INV)));
  }
  return keys;
}

std::unordered_set<std::string> language_codes() {
  std::unordered_set<std::string> codes;
  for (const char* const* code = uloc_getISOLanguages(); *code != nullptr; ++code) {
    const std::string_view text(*code);
    if (text.size() == 2) codes.emplace(text);
  }
  return codes;
}

std::unordered_set<std::string> currency_codes() {
  std::unordered_set<std::string> codes;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UEnumeration, decltype(&uenum_close)> all(
      ucurr_openISOCurrencies(UCURR_ALL, &status), &uenum_close);
  std::int32_t length = 0;
  while (U_SUCCESS(status)) {
    const char* code = uenum_next(all.get(), &length, &status);
    if (code == nullptr) break;
    codes.emplace(code, static_cast<std::size_t>(length));
  }
  return codes;
}

}  // namespace

bool is_country(std::string_view text) {
  static const std::unordered_set<std::string> keys = country_keys();
  if (text.size() > 200) return false;
  return keys.contains(country_key(icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())))));
}

bool is_language(std::string_view text) {
  static const std::unordered_set<std::string> codes = language_codes();
  return text.size() == 2 && codes.contains(std::string(text));
}

bool is_currency(std::string_view text) {
  static const std::unordered_set<std::string> codes = currency_codes();
  return text.size() == 3 && codes.contains(std::string(text));
}

}  // namespace urna::count::pabulib::check
