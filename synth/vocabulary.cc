// SPDX-License-Identifier: EUPL-1.2
#include "synth/vocabulary.h"

#include <array>
#include <cassert>
#include <span>
#include <unordered_set>
#include <utility>

namespace urna::synth {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, category_count> categories{
    "urban greenery", "sport",     "public transit and roads", "public space",
    "culture",        "education", "environmental protection", "welfare"};

// Project subjects by category, each a noun phrase to which a place can be added.
constexpr std::array<std::string_view, 10> greenery{
    "Nowe drzewa i krzewy", "Park kieszonkowy", "Zielony skwer",         "Łąka kwietna",
    "Ogród społeczny",      "Aleja lip",        "Rewitalizacja zieleni", "Zieleń zamiast betonu",
    "Ogród deszczowy",      "Szpaler klonów"};
constexpr std::array<std::string_view, 10> sport{"Siłownia plenerowa",
                                                 "Budowa boiska wielofunkcyjnego",
                                                 "Remont boiska szkolnego",
                                                 "Skatepark",
                                                 "Kort tenisowy",
                                                 "Bieżnia okólna",
                                                 "Street workout",
                                                 "Pumptrack",
                                                 "Bezpłatne zajęcia sportowe dla dzieci",
                                                 "Lodowisko sezonowe"};
constexpr std::array<std::string_view, 10> roads{"Remont chodnika",
                                                 "Budowa parkingu",
                                                 "Droga rowerowa",
                                                 "Doświetlenie przejść dla pieszych",
                                                 "Wyniesione skrzyżowanie",
                                                 "Nakładka asfaltowa",
                                                 "Wiaty przystankowe",
                                                 "Stojaki rowerowe",
                                                 "Bezpieczna droga do szkoły",
                                                 "Naprawa nawierzchni"};
constexpr std::array<std::string_view, 10> space{
    "Plac zabaw",         "Rozbudowa placu zabaw",
    "Nowe ławki i kosze", "Oświetlenie parkowe",
    "Tężnia solankowa",   "Fontanna",
    "Wybieg dla psów",    "Monitoring osiedla",
    "Toaleta publiczna",  "Strefa relaksu dla młodzieży i seniorów"};
constexpr std::array<std::string_view, 10> culture{
    "Kino plenerowe",      "Koncerty pod chmurką", "Mural historyczny",
    "Festyn sąsiedzki",    "Scena letnia",         "Zakup nowości do biblioteki",
    "Warsztaty teatralne", "Izba pamięci",         "Remont domu kultury",
    "Festiwal piosenki"};
constexpr std::array<std::string_view, 10> education{
    "Pracownia komputerowa", "Zajęcia z robotyki",
    "Ogród sensoryczny",     "Zielona klasa",
    "Kurs pierwszej pomocy", "Nauka pływania dla uczniów",
    "Doposażenie świetlicy", "Ścieżka edukacyjna",
    "Klub szachowy",         "Warsztaty językowe dla seniorów"};
constexpr std::array<std::string_view, 10> environment{"Budki dla jerzyków",
                                                       "Hotele dla owadów",
                                                       "Fotopułapki na dzikie wysypiska",
                                                       "Czujniki jakości powietrza",
                                                       "Sterylizacja i chipowanie zwierząt",
                                                       "Panele fotowoltaiczne na dachu",
                                                       "Zbiorniki na deszczówkę",
                                                       "Pomoc dla bezdomnych kotów",
                                                       "Oczyszczenie stawu",
                                                       "Zdroje uliczne z wodą pitną"};
constexpr std::array<std::string_view, 10> welfare{"Zajęcia dla seniorów",
                                                   "Wsparcie psychologiczne dla młodzieży",
                                                   "Defibrylatory AED",
                                                   "Klub seniora",
                                                   "Podjazd dla wózków",
                                                   "Jadłodzielnia",
                                                   "Wypożyczalnia sprzętu rehabilitacyjnego",
                                                   "Sąsiedzka złota rączka",
                                                   "Gimnastyka dla mam z dziećmi",
                                                   "Świetlica środowiskowa"};
constexpr std::array<Words, category_count> subjects{
    Words(greenery), Words(sport),     Words(roads),       Words(space),
    Words(culture),  Words(education), Words(environment), Words(welfare)};

constexpr std::array<std::string_view, 24> streets{
    "Kalinowej", "Bukowej",    "Szkolnej",    "Parkowej",   "Ogrodowej",  "Leśnej",
    "Polnej",    "Długiej",    "Krótkiej",    "Wiosennej",  "Jesiennej",  "Miodowej",
    "Zielonej",  "Młyńskiej",  "Kościelnej",  "Spacerowej", "Łąkowej",    "Źródlanej",
    "Wrzosowej", "Jaśminowej", "Żeglarskiej", "Świerkowej", "Słonecznej", "Tęczowej"};
constexpr std::array<std::string_view, 12> places{
    "w parku Grabowym", "na osiedlu Słonecznym",   "na bulwarach",
    "nad stawem",       "na terenie rekreacyjnym", "w centrum dzielnicy",
    "przy targowisku",  "przy pętli autobusowej",  "za domem kultury",
    "przy kościele",    "na skwerze Harcerzy",     "w całej dzielnicy"};
constexpr std::array<std::string_view, 5> endings{" – etap II", " dla mieszkańców w każdym wieku",
                                                  " – kontynuacja", " (projekt i wykonanie)",
                                                  " – bezpiecznie i zielono"};

constexpr std::array<std::string_view, 12> city_stems{"Jawor", "Olszan",  "Brzezin", "Lipow",
                                                      "Kalin", "Modrzew", "Wierzb",  "Sosnow",
                                                      "Dębin", "Grabow",  "Klonow",  "Jarzęb"};
constexpr std::array<std::string_view, 4> city_endings{"ogród", "iany", "owiec", "ogóra"};

constexpr std::array<std::string_view, 30> district_stems{
    "Brzoz",  "Cisz",   "Dąb",    "Gaj",  "Grab", "Jagod", "Jarz",   "Jesion", "Kalin", "Klon",
    "Korz",   "Krusz",  "Leszcz", "Lip",  "Łąk",  "Łęg",   "Mal",    "Mokr",   "Olch",  "Piask",
    "Podgaj", "Rumian", "Sad",    "Skał", "Sław", "Strug", "Świerk", "Wierzb", "Wrzos", "Zdroj"};
constexpr std::array<std::string_view, 5> district_endings{"owo", "ów", "owice", "ówka", "owiec"};
constexpr std::array<std::string_view, 5> district_parts{"", " Północ", " Południe", " Wschód",
                                                         " Zachód"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> plain_letters{{
    {"ą", "a"},
    {"ć", "c"},
    {"ę", "e"},
    {"ł", "l"},
    {"ń", "n"},
    {"ó", "o"},
    {"ś", "s"},
    {"ź", "z"},
    {"ż", "z"},
    {"Ą", "A"},
    {"Ć", "C"},
    {"Ę", "E"},
    {"Ł", "L"},
    {"Ń", "N"},
    {"Ó", "O"},
    {"Ś", "S"},
    {"Ź", "Z"},
    {"Ż", "Z"},
}};

std::string_view pick(Random& random, Words words) { return random.pick(words); }

}  // namespace

std::string_view category_name(std::size_t category) {
  assert(category < category_count);
  return categories[category];
}

std::string city_name(Random& random) {
  std::string name(pick(random, city_stems));
  name += pick(random, city_endings);
  return name;
}

std::vector<std::string> district_names(Random& random, std::size_t count) {
  // Different stems first, as in a real city; then the endings, the points of the compass, numbers.
  std::vector<std::string> names;
  std::unordered_set<std::string> taken;
  const std::size_t plain = district_stems.size() * district_endings.size();
  const auto shift_stem = random.below(static_cast<std::uint32_t>(district_stems.size()));
  const auto shift_ending = random.below(static_cast<std::uint32_t>(district_endings.size()));
  constexpr std::size_t stride = 7;  // coprime to the number of stems: visits all of them
  for (std::size_t i = 0; names.size() < count; ++i) {
    const std::size_t round = i / district_stems.size();
    std::string name(district_stems[(shift_stem + i * stride) % district_stems.size()]);
    name += district_endings[(shift_ending + i + round) % district_endings.size()];
    name += district_parts[i / plain % district_parts.size()];
    const std::size_t number = i / (plain * district_parts.size());
    if (number > 0) name += " " + std::to_string(number + 1);
    if (taken.insert(name).second) names.push_back(std::move(name));
  }
  return names;
}

std::string project_name(Random& random, std::size_t category) {
  assert(category < category_count);
  std::string name(pick(random, subjects[category]));
  if (random.percent(4)) {
    name = "\"" + name + "\"; ";
    name += "przy ul. " + std::string(pick(random, streets));
  } else if (random.percent(60)) {
    name += " przy ul. ";
    name += pick(random, streets);
  } else {
    name += " ";
    name += pick(random, places);
  }
  if (random.percent(20)) name += pick(random, endings);
  return name;
}

std::string file_name_of(std::string_view name) {
  std::string plain;
  while (!name.empty()) {
    bool found = false;
    for (const auto& [letter, replacement] : plain_letters) {
      if (!name.starts_with(letter)) continue;
      plain += replacement;
      name.remove_prefix(letter.size());
      found = true;
      break;
    }
    if (found) continue;
    const char c = name.front();
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.';
    // Continuation bytes of other letters are dropped with the '_' of their first byte.
    if (safe) {
      plain += c;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      plain += '_';
    }
    name.remove_prefix(1);
  }
  return plain;
}

}  // namespace urna::synth
