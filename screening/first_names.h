// SPDX-License-Identifier: EUPL-1.2
// First names that most people in Poland have, in the nominative, folded: a street in a list of
// people stands after one of them, a street in a list of projects hardly ever does.
#pragma once

#include <array>
#include <string_view>

namespace urna::screening {

inline constexpr std::array<std::string_view, 118> first_names = {
    "adam",     "adrian",     "agata",      "agnieszka",  "aleksander", "aleksandra", "alicja",
    "alina",    "andrzej",    "anita",      "anna",       "antoni",     "arkadiusz",  "artur",
    "barbara",  "bartlomiej", "bartosz",    "beata",      "bogdan",     "boguslaw",   "bozena",
    "celina",   "cezary",     "czeslaw",    "damian",     "daniel",     "danuta",     "dariusz",
    "dawid",    "dominik",    "dorota",     "edward",     "edyta",      "elzbieta",   "emilia",
    "ewa",      "ewelina",    "filip",      "franciszek", "gabriela",   "genowefa",   "grazyna",
    "grzegorz", "halina",     "hanna",      "helena",     "henryk",     "hubert",     "ilona",
    "irena",    "iwona",      "izabela",    "jacek",      "jadwiga",    "jakub",      "jan",
    "janina",   "janusz",     "jaroslaw",   "jerzy",      "joanna",     "jolanta",    "jozef",
    "julia",    "justyna",    "kamil",      "karol",      "karolina",   "katarzyna",  "kazimierz",
    "kinga",    "krystyna",   "krzysztof",  "lech",       "leszek",     "lucyna",     "lukasz",
    "maciej",   "magdalena",  "malgorzata", "marcin",     "marek",      "maria",      "marian",
    "mariusz",  "marta",      "mateusz",    "michal",     "miroslaw",   "monika",     "natalia",
    "olga",     "patrycja",   "patryk",     "pawel",      "piotr",      "przemyslaw", "rafal",
    "renata",   "robert",     "roman",      "ryszard",    "sebastian",  "slawomir",   "stanislaw",
    "sylwia",   "szymon",     "tadeusz",    "teresa",     "tomasz",     "urszula",    "waldemar",
    "wanda",    "wieslaw",    "wiktoria",   "wojciech",   "zbigniew",   "zofia"};

}  // namespace urna::screening
