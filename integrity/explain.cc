// SPDX-License-Identifier: EUPL-1.2
#include <array>
#include <fmt/format.h>
#include <utility>

#include "integrity/signal.h"

namespace urna::integrity {
namespace {

struct Words {
  std::string_view pl, en;
};

struct Sentence {
  std::string_view name;
  // {0} what was observed, {1} among how many, {2} expected, {3} lowest age, {4} highest age.
  Words words;
};

constexpr std::array<Sentence, kind_last + 1> sentences = {{
    {"shared-contact",
     {"Tym samym telefonem lub adresem poczty potwierdziło się osób: {0}; zwykle jest to około "
      "{2:.1f}",
      "One telephone or address of mail confirmed {0} people; ordinarily it is about {2:.1f}"}},
    {"few-contacts",
     {"Z jednej sieci potwierdziło się osób: {0}, a telefonów i adresów poczty użyto tylko: {1}; "
      "gdzie "
      "indziej byłoby ich około {2:.1f}",
      "{0} people of one network were confirmed by only {1} telephones and addresses of mail; "
      "elsewhere "
      "there would be about {2:.1f}"}},
    {"crowded-network",
     {"Z jednej sieci, której miasto nie podało jako wspólnej, potwierdziło się osób: {0}; zwykle "
      "jest to "
      "około {2:.1f}",
      "{0} people were confirmed in one network that the city has not named as shared; ordinarily "
      "it is "
      "about {2:.1f}"}},
    {"even-intervals",
     {"Z jednej sieci potwierdzano osoby w równych odstępach, średnio co {2:.1f} min ({0} osób); "
      "niezależni od siebie ludzie przychodzą nierówno",
      "People of one network were confirmed at even intervals of {2:.1f} minutes on average ({0} "
      "people); "
      "people who know nothing of each other come unevenly"}},
    {"burst",
     {"W ciągu kwadransa z jednej sieci potwierdziło się osób: {0}; z tego, co działo się gdzie "
      "indziej, "
      "należałoby się spodziewać około {2:.1f}",
      "{0} people of one network were confirmed within a quarter of an hour; what happened "
      "elsewhere lets "
      "expect about {2:.1f}"}},
    {"alike-ages",
     {"Z {1} osób potwierdzonych w jednej sieci {0} miało od {3} do {4} lat; gdzie indziej byłoby "
      "ich około "
      "{2:.1f}",
      "Of {1} people confirmed in one network {0} were {3} to {4} years old; elsewhere it would be "
      "about "
      "{2:.1f}"}},
    {"alphabetical",
     {"Nazwiska osób potwierdzanych w jednej sieci szły w kolejności alfabetu w {0} z {1} kroków; "
      "zwykle "
      "jest to około {2:.1f}",
      "The surnames of people confirmed in one network went on in the order of the alphabet at {0} "
      "of {1} "
      "steps; ordinarily it is about {2:.1f}"}},
    {"many-wards",
     {"Jeden opiekun potwierdził dzieci: {0}; zwykle jest to około {2:.1f}",
      "One guardian confirmed {0} children; ordinarily it is about {2:.1f}"}},
    {"busy-point",
     {"W jednym punkcie potwierdzono osób: {0}, w innych punktach średnio {2:.1f}",
      "{0} people were confirmed at one point, {2:.1f} on average at the others"}},
    {"disowned",
     {"Z {1} głosów z jednego miejsca lub telefonu {0} cofnęli lub zgłosili jako nieswoje ich "
      "właściciele; "
      "gdzie indziej byłoby ich około {2:.1f}",
      "Of {1} votes of one place or telephone {0} were taken back or reported by their owners; "
      "elsewhere it "
      "would be about {2:.1f}"}},
    {"refused-identities",
     {"Z jednej sieci podano {0} razy dane, które do nikogo nie pasują; zwykle jest to około "
      "{2:.1f}",
      "Data that fit nobody were given {0} times in one network; ordinarily it is about {2:.1f}"}},
}};

const Sentence& sentence_of(Kind kind) { return sentences.at(static_cast<std::size_t>(kind)); }

}  // namespace

std::string_view to_string(Kind kind) { return sentence_of(kind).name; }

Explanation explain(const Signal& signal) {
  const Words& words = sentence_of(signal.kind).words;
  const auto sentence = [&](std::string_view form, std::string_view chance,
                            std::string_view below) {
    const std::string probability = signal.probability < 1e-12
                                        ? std::string(below) + " 1e-12"
                                        : fmt::format("{:.1e}", signal.probability);
    return fmt::format(fmt::runtime(form), signal.observed, signal.of, signal.expected,
                       signal.detail, signal.detail + 9) +
           fmt::format(fmt::runtime(chance), probability, signal.compared);
  };
  return {
      sentence(words.pl, ". Przypadek dałby to z prawdopodobieństwem {} (porównano: {}).",
               "poniżej"),
      sentence(words.en, ". Chance would give this with probability {} ({} compared).", "below")};
}

}  // namespace urna::integrity
