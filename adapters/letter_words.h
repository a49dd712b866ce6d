// SPDX-License-Identifier: EUPL-1.2
// What a letter with a code says, in each language.
#pragma once

#include <string_view>

#include "registrar/ports/letter_printer.h"

namespace urna::adapters {

// Patterns of fmt; {edition}, {url}, {until} and {help} are what the frame says.
struct LetterWords {
  std::string_view subject = "{edition}: kod do głosowania";
  std::string_view greeting = "Szanowna Mieszkanko, Szanowny Mieszkańcu,";
  std::string_view opening =
      "ten kod potwierdza przez internet, że to Ty głosujesz. Wysyłamy go na adres, pod którym "
      "jesteś w rejestrze mieszkańców.";
  std::string_view code_label = "Twój kod (odstępy można pominąć)";
  std::string_view valid_until = "Kod działa do: {until}.";
  std::string_view steps_title = "Jak zagłosować";
  std::string_view step_1 =
      "1. Wejdź na stronę {url}. Wpisz jej adres albo zeskanuj kod QR: jest w nim sam adres "
      "strony, "
      "nie ma w nim Twojego kodu.";
  std::string_view step_2 =
      "2. Podaj swoje dane, a gdy strona o to zapyta, wpisz kod z tego listu.";
  std::string_view step_3 = "3. Wybierz projekty i wyślij głos.";
  std::string_view warning =
      "Nikomu nie podawaj tego kodu. Urząd nie pyta o niego przez telefon, w wiadomości ani u "
      "Ciebie "
      "w domu.";
  std::string_view help =
      "Ktoś użył Twojego kodu, list był otwarty albo masz pytanie? Daj znać: {help}.";
  std::string_view qr_label = "adres strony";
};

inline constexpr LetterWords polish_words{};
inline constexpr LetterWords english_words{
    .subject = "{edition}: your voting code",
    .greeting = "Dear Resident,",
    .opening =
        "this code confirms on the internet that it is you who votes. We send it to the address at "
        "which you are in the register of residents.",
    .code_label = "Your code (spaces may be left out)",
    .valid_until = "The code works until: {until}.",
    .steps_title = "How to vote",
    .step_1 =
        "1. Go to {url} – type the address or scan the QR code: it holds the address of the site "
        "alone, not your code.",
    .step_2 = "2. Give your details and, when the site asks for it, the code in this letter.",
    .step_3 = "3. Choose projects and send your vote.",
    .warning =
        "Give this code to nobody. The city does not ask for it by telephone, in a message or at "
        "your door.",
    .help =
        "Has somebody used your code, was the letter open, or have you a question? Tell us: "
        "{help}.",
    .qr_label = "address of the site",
};

[[nodiscard]] inline const LetterWords& words_of(registrar::LetterLanguage language) {
  return language == registrar::LetterLanguage::polish ? polish_words : english_words;
}

}  // namespace urna::adapters
