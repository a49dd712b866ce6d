// SPDX-License-Identifier: EUPL-1.2
#include "report/format.h"

#include <fmt/format.h>

namespace urna::report {
namespace {

constexpr std::string_view no_break = "\u00a0";
constexpr std::string_view narrow_no_break = "\u202f";

// Inserts the group separator into a string of digits, optionally signed.
std::string group_digits(std::string_view digits, Language language) {
  const std::string_view separator = language == Language::polish ? narrow_no_break : ",";
  std::string grouped;
  if (!digits.empty() && digits.front() == '-') {
    grouped = "\u2212";
    digits.remove_prefix(1);
  }
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += separator;
    grouped += digits[i];
  }
  return grouped;
}

// "1234.50" with grouped digits and the language's decimal mark.
std::string localise(std::string_view plain, Language language) {
  const std::size_t point = plain.find('.');
  std::string text = group_digits(plain.substr(0, point), language);
  if (point != std::string_view::npos) {
    text += language == Language::polish ? ',' : '.';
    text += plain.substr(point + 1);
  }
  return text;
}

std::string with_currency(std::string number, std::string_view currency, Language language) {
  if (currency.empty()) return number;
  if (language == Language::english) return fmt::format("{}{}{}", currency, no_break, number);
  return fmt::format("{}{}{}", number, no_break, currency == "PLN" ? "zł" : currency);
}

struct NounForms {
  std::string_view one, few, many;  // Polish: 1; 2-4, 22-24 …; the rest
  std::string_view english, english_more;
};

NounForms forms_of(Noun noun) {
  switch (noun) {
    case Noun::vote:
      return {"głos", "głosy", "głosów", "vote", "votes"};
    case Noun::point:
      return {"punkt", "punkty", "punktów", "point", "points"};
    case Noun::project:
      return {"projekt", "projekty", "projektów", "project", "projects"};
    case Noun::project_genitive:
      return {"projektu", "projektów", "projektów", "project", "projects"};
    case Noun::ballot:
      return {"karta", "karty", "kart", "ballot", "ballots"};
    case Noun::ballot_accusative:
      return {"kartę", "karty", "kart", "ballot", "ballots"};
    case Noun::voter:
      return {"osoba", "osoby", "osób", "voter", "voters"};
    case Noun::supporter:
      return {"osoba", "osoby", "osób", "supporter", "supporters"};
    case Noun::step:
      return {"krok", "kroki", "kroków", "step", "steps"};
  }
  return {};
}

}  // namespace

std::string format_integer(std::int64_t value, Language language) {
  return group_digits(std::to_string(value), language);
}

std::string format_money(Money amount, std::string_view currency, Language language) {
  return with_currency(localise(to_plain_string(amount), language), currency, language);
}

std::string format_amount(const Rational& units, unsigned decimals, std::string_view currency,
                          Language language) {
  return with_currency(format_decimal(units, decimals, language), currency, language);
}

std::string format_decimal(const Rational& value, unsigned decimals, Language language) {
  return localise(to_decimal_string(value, decimals), language);
}

std::string format_percent(const Rational& part, const Rational& whole, Language language) {
  Rational share = 0;
  if (whole > 0) share = part / whole * 100;
  // Rounding must not turn "almost" into "none" or "all".
  if (share > 0 && share < rational(1, 10)) share = rational(1, 10);
  if (share < 100 && share > rational(999, 10)) share = rational(999, 10);
  const bool whole_number = share.get_den() == 1;
  return fmt::format("{}{}%", format_decimal(share, whole_number ? 0 : 1, language),
                     language == Language::polish ? no_break : "");
}

std::string format_ordinal(std::uint64_t value, Language language) {
  if (language == Language::polish) return fmt::format("{}.", value);
  const std::uint64_t tens = value % 100;
  const std::uint64_t units = value % 10;
  const bool teen = tens >= 11 && tens <= 13;
  const char* suffix = "th";
  if (!teen && units == 1) suffix = "st";
  if (!teen && units == 2) suffix = "nd";
  if (!teen && units == 3) suffix = "rd";
  return fmt::format("{}{}", value, suffix);
}

std::string format_count(Noun noun, std::int64_t value, Language language) {
  const NounForms forms = forms_of(noun);
  const std::uint64_t magnitude = value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value)
                                            : static_cast<std::uint64_t>(value);
  std::string_view form;
  if (language == Language::english) {
    form = magnitude == 1 ? forms.english : forms.english_more;
  } else {
    const std::uint64_t units = magnitude % 10;
    const std::uint64_t tens = magnitude % 100;
    const bool few = units >= 2 && units <= 4 && !(tens >= 12 && tens <= 14);
    form = magnitude == 1 ? forms.one : (few ? forms.few : forms.many);
  }
  return fmt::format("{}{}{}", format_integer(value, language), no_break, form);
}

}  // namespace urna::report
