// SPDX-License-Identifier: EUPL-1.2
#include "listcheck/result.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "base/date.h"
#include "integrity/chance.h"

namespace urna::listcheck {
namespace {

constexpr std::array<std::string_view, 4> hidden_names = {"nothing", "too-few-on-roll",
                                                          "few-voted-for", "nearly-all-voted"};

// Upwards to one digit; if `coarse` to 1, 10^-3, 10^-6 …, so that it tells nothing of the numbers
// behind it.
double rounded_up(double p, bool coarse) {
  if (p <= 0) return 1e-300;
  const double exponent = std::floor(std::log10(p));
  const double unit =
      coarse ? std::pow(10.0, 3 * std::ceil(std::log10(p) / 3 - 1e-9)) : std::pow(10.0, exponent);
  return std::min(1.0, coarse ? unit : std::ceil(p / unit - 1e-9) * unit);
}

void join(ResultPart& into, const ResultPart& other) {
  into.level_least = std::min(into.level_least, other.level_least);
  into.level_most = std::max(into.level_most, other.level_most);
  into.from_hour = std::min(into.from_hour, other.from_hour);
  into.to_hour = std::max(into.to_hour, other.to_hour);
  into.voted += other.voted;
  into.voted_for += other.voted_for;
}

// Neighbours joined until each is about people_least of the list.
std::vector<ResultPart> joined(const std::vector<ResultPart>& parts) {
  std::vector<ResultPart> made;
  for (const ResultPart& part : parts) {
    if (!made.empty() && made.back().voted_for < people_least) {
      join(made.back(), part);
    } else {
      made.push_back(part);
    }
  }
  if (made.size() >= 2 && made.back().voted_for < people_least) {
    const ResultPart rest = made.back();
    made.pop_back();
    join(made.back(), rest);
  }
  return made;
}

std::string percent(std::uint64_t part, std::uint64_t whole, bool polish) {
  std::string text =
      fmt::format("{:.1f}", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  if (polish) std::ranges::replace(text, '.', ',');
  return text + "%";
}

std::string probability(double p, bool polish) {
  std::string text = p < 1e-4 ? fmt::format("{:.0e}", p) : fmt::format("{:.4g}", p);
  if (polish) std::ranges::replace(text, '.', ',');
  return text;
}

}  // namespace

Result<ListResult> make_result(const Question& question, std::span<const std::uint64_t> matches,
                               std::uint64_t list) {
  if (matches.size() != question.labels.size()) {
    return Error{ErrorCode::conflict, "the answer has not as many classes as the question"};
  }
  ListResult result;
  result.list = list;
  std::uint64_t on_roll = 0;
  std::uint64_t voted_for = 0;
  std::vector<ResultPart> parts;
  for (std::size_t c = 0; c < matches.size(); ++c) {
    const ClassLabel& label = question.labels[c];
    result.roll += label.people;
    on_roll += matches[c];
    if (!label.voted) continue;
    result.voted += label.people;
    voted_for += matches[c];
    parts.push_back({label.level_least, label.level_most, label.from_hour, label.to_hour,
                     label.people, matches[c]});
  }
  if (on_roll > list || on_roll > result.roll) {
    return Error{ErrorCode::conflict,
                 "more of the list are on the roll than are on the list",
                 {},
                 "ask the unit how its answer was made"};
  }
  if (on_roll < people_least) {
    result.hidden = Hidden::too_few_on_roll;
    return result;
  }
  const bool may_tell = on_roll == list || list - on_roll >= people_least;
  if (may_tell) result.on_roll = on_roll;
  if (voted_for < people_least) {
    result.hidden = Hidden::few_voted_for;
    return result;
  }
  if (on_roll - voted_for < people_least) {
    result.hidden = Hidden::nearly_all_voted;
    return result;
  }
  result.voted_for = voted_for;
  result.expected = static_cast<double>(on_roll) * static_cast<double>(result.voted) /
                    static_cast<double>(result.roll);
  if (!may_tell) result.expected = std::round(result.expected);
  result.p_value = rounded_up(
      integrity::hypergeometric_at_least(voted_for, on_roll, result.voted, result.roll), !may_tell);
  result.parts = joined(parts);
  return result;
}

std::string sentence(const ListResult& result, bool polish) {
  switch (result.hidden) {
    case Hidden::too_few_on_roll:
      return polish ? fmt::format(
                          "Na liście jest mniej niż {} osób, które mogą głosować, więc nie "
                          "pokazuje się niczego.",
                          people_least)
                    : fmt::format("Fewer than {} people of the list may vote, so nothing is shown.",
                                  people_least);
    case Hidden::few_voted_for:
      return polish
                 ? fmt::format("Głos zapisano w imieniu mniej niż {} osób z listy.", people_least)
                 : fmt::format(
                       "A vote was recorded in the name of fewer than {} people of the list.",
                       people_least);
    case Hidden::nearly_all_voted:
      return polish ? fmt::format(
                          "Głosu nie zapisano w imieniu mniej niż {} osób z listy spośród "
                          "tych, które mogą głosować.",
                          people_least)
                    : fmt::format(
                          "Of those of the list who may vote, fewer than {} have no vote "
                          "recorded in their name.",
                          people_least);
    case Hidden::nothing:
      break;
  }
  const std::string turnout = percent(result.voted, result.roll, polish);
  const std::string p = probability(result.p_value, polish);
  std::string expected = fmt::format("{:.1f}", result.expected);
  if (!polish) {
    return fmt::format(
        "A vote was recorded in the name of {} people of the list{}; with a turnout "
        "of {} one would expect {}. The probability that chance gives as many is at "
        "most {}.",
        result.voted_for,
        result.on_roll ? fmt::format(" (of {} who may vote)", *result.on_roll) : "", turnout,
        expected, p);
  }
  std::ranges::replace(expected, '.', ',');
  return fmt::format(
      "Głos zapisano w imieniu {} osób z listy{}; przy frekwencji {} należałoby się "
      "spodziewać {}. Prawdopodobieństwo, że tyle daje przypadek, wynosi najwyżej {}.",
      result.voted_for,
      result.on_roll ? fmt::format(" (z {}, które mogą głosować)", *result.on_roll) : "", turnout,
      expected, p);
}

std::string to_json(const ListResult& result, const std::string& unit, const std::string& mandate,
                    std::uint64_t time) {
  namespace json = boost::json;
  json::object out;
  out["unit"] = unit;
  out["mandate"] = mandate;
  out["made"] = to_iso_moment(time);
  out["hidden"] = hidden_names[static_cast<std::size_t>(result.hidden)];
  out["people_least"] = people_least;
  out["list"] = result.list;
  if (result.hidden != Hidden::too_few_on_roll) {
    out["roll"] = result.roll;
    out["voted"] = result.voted;
    out["on_roll"] = result.on_roll ? json::value(*result.on_roll) : json::value(nullptr);
  }
  if (result.hidden == Hidden::nothing) {
    out["voted_for"] = result.voted_for;
    out["expected"] = std::round(result.expected * 10) / 10;
    out["p_value"] = result.p_value;
    json::array parts;
    for (const ResultPart& part : result.parts) {
      parts.push_back({{"level_least", part.level_least},
                       {"level_most", part.level_most},
                       {"from", to_iso_moment(part.from_hour * 3600)},
                       {"to", to_iso_moment((part.to_hour + 1) * 3600)},
                       {"voted", part.voted},
                       {"voted_for", part.voted_for}});
    }
    out["parts"] = std::move(parts);
  }
  out["sentence"] = {{"pl", sentence(result, true)}, {"en", sentence(result, false)}};
  return json::serialize(out) + "\n";
}

std::string leaflet(const std::string& unit, const std::string& site) {
  return fmt::format(
      "Czy ktoś zagłosował w Twoim imieniu?\n\n"
      "Tę kartkę dostaje każda osoba z listy, którą sprawdziła jednostka: {0}. Nie znaczy ona, że "
      "w "
      "Twoim imieniu oddano głos: ani jednostka, ani miasto nie wie, kogo z listy to dotyczy.\n"
      "Sprawdzisz to wyłącznie Ty. Wejdź na {1}, wybierz „Czy użyto moich danych?” i potwierdź, "
      "kim "
      "jesteś. Zobaczysz, czy, kiedy i jakim sposobem oddano głos, i możesz go zastąpić własnym "
      "albo "
      "złożyć zgłoszenie. O każdym zapisanym głosie wysłano też wiadomość na adres albo telefon z "
      "rejestru, jeśli miasto go ma.\n\n"
      "----\n\n"
      "Did somebody vote in your name?\n\n"
      "Everybody on the list that was checked by {0} gets this sheet. It does not mean that a vote "
      "was cast in your name: neither the unit nor the city knows whom of the list it concerns.\n"
      "Only you can find out. Go to {1}, choose \"Was my identity used?\" and show who you are. "
      "You "
      "will see whether, when and how a vote was cast, and you can replace it by your own or file "
      "a "
      "complaint. A message about every recorded vote was also sent to the contact in the "
      "register, if the city has one.\n",
      unit, site);
}

}  // namespace urna::listcheck
