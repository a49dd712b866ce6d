// SPDX-License-Identifier: EUPL-1.2
// Letters with codes: what programs read in the PDF, where the address stands on the page, and what
// is refused.
#include "adapters/letter_pdf.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace urna::adapters {
namespace {

namespace fs = std::filesystem;
using registrar::CodeLetter;
using registrar::LetterFrame;
using registrar::LetterLanguage;

LetterFrame frame() {
  return {.city = "Urząd Miasta Testowo",
          .return_to = "Urząd Miasta Testowo, ul. Żółta 1, 00-001 Testowo",
          .edition = "Budżet obywatelski 2027",
          .site_url = "https://glosuj.testowo.example",
          .valid_until = "15 października 2026, godz. 20:00",
          .help_contact = "tel. 42 000 00 00, bo@testowo.example",
          .privacy_note =
              "Administratorem danych jest Prezydent Miasta Testowo. Źródło adresu: "
              "rejestr mieszkańców. Pełna informacja: glosuj.testowo.example/dane.",
          .date = "Testowo, 1 października 2026"};
}

class LetterPdfTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "urna-letter-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Writes what was printed for other programs to read.
  void put(const Result<SecretBytes>& pdf) {
    ASSERT_TRUE(pdf) << pdf.error().to_string();
    std::ofstream(folder_ / "letters.pdf", std::ios::binary) << pdf->view();
  }
  // What a program of poppler-utils says of the file.
  std::string tell(const std::string& command) {
    const std::string file = (folder_ / "letters.pdf").string();
    const std::string out = (folder_ / "out").string();
    const std::string line =
        std::regex_replace(command, std::regex("FILE"), file) + " >" + out + " 2>&1";
    EXPECT_EQ(std::system(line.c_str()), 0) << line;
    std::ostringstream text;
    text << std::ifstream(out, std::ios::binary).rdbuf();
    return text.str();
  }
  static bool poppler() { return std::system("command -v pdftotext >/dev/null 2>&1") == 0; }

  fs::path folder_;
  LetterPdf printer_;
  const std::vector<CodeLetter> letters_{
      {.address = {"Zofia Święcicka-Żółć", "ul. Gżegżółki 12 m. 3", "00-002 Testowo"},
       .code = "K7M2PQ9XW4TR"},
      {.address = {"Jan Łąkowski", "pl. Źródlany 5", "00-003 Testowo"}, .code = "H3V8NC"}};
};

TEST_F(LetterPdfTest, HoldsOnePageForEachLetterWithItsText) {
  if (!poppler()) GTEST_SKIP() << "pdftotext (Debian: poppler-utils) is not installed";
  put(printer_.print(frame(), letters_));
  const std::string facts = tell("pdfinfo FILE");
  EXPECT_NE(facts.find("Pages:           2"), std::string::npos) << facts;
  EXPECT_NE(facts.find("Tagged:          yes"), std::string::npos) << facts;
  EXPECT_NE(facts.find("A4"), std::string::npos) << facts;
  EXPECT_NE(facts.find("Budżet obywatelski 2027"), std::string::npos) << facts;
  EXPECT_EQ(facts.find("Zofia"), std::string::npos) << "a document's properties name nobody";
  const std::string first = tell("pdftotext -f 1 -l 1 FILE -");
  for (const char* words :
       {"Zofia Święcicka-Żółć", "ul. Gżegżółki 12 m. 3", "00-002 Testowo", "K7M2 PQ9X W4TR",
        "Budżet obywatelski 2027: kod do głosowania", "15 października 2026, godz. 20:00",
        "https://glosuj.testowo.example", "Nikomu nie podawaj tego kodu", "tel. 42 000 00 00"})
    EXPECT_NE(first.find(words), std::string::npos) << words << "\n" << first;
  EXPECT_EQ(first.find("Łąkowski"), std::string::npos);
  EXPECT_EQ(first.find("H3V"), std::string::npos);
  const std::string second = tell("pdftotext -f 2 -l 2 FILE -");
  for (const char* words : {"Jan Łąkowski", "H3V 8NC", "kod do głosowania", "Jak zagłosować"})
    EXPECT_NE(second.find(words), std::string::npos) << words << "\n" << second;
  const std::string fonts = tell("pdffonts FILE");
  EXPECT_EQ(fonts.find(" no  "), std::string::npos) << "all fonts are embedded\n" << fonts;
}

TEST_F(LetterPdfTest, SpeaksEnglishToo) {
  if (!poppler()) GTEST_SKIP() << "pdftotext (Debian: poppler-utils) is not installed";
  LetterFrame english = frame();
  english.language = LetterLanguage::english;
  english.valid_until = "15 October 2026, 20:00";
  put(printer_.print(english, letters_));
  const std::string text = tell("pdftotext FILE -");
  for (const char* words : {"your voting code", "works until: 15 October 2026, 20:00",
                            "Give this code to nobody", "ul. Gżegżółki 12 m. 3"})
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
}

// Every word of the address lies in the part of the page that the envelope's window shows.
TEST_F(LetterPdfTest, PutsTheAddressIntoTheWindow) {
  if (!poppler()) GTEST_SKIP() << "pdftotext (Debian: poppler-utils) is not installed";
  std::vector<CodeLetter> letters = letters_;
  letters[0].address = {"Wielce Szanowna Pani Doktor Habilitowana",
                        "Zofia Bronisława Święcicka-Żółć-Brzęczyszczykiewicz",
                        "Osiedle Tysiąclecia", "ul. Generała Gustawa Orlicz-Dreszera 123 m. 45",
                        "00-002 Testowo"};
  put(printer_.print(frame(), letters));
  const AddressWindow window;
  const std::string boxes = tell("pdftotext -bbox FILE -");
  for (const char* word :
       {"Wielce", "Zofia", "Brzęczyszczykiewicz", "Orlicz", "00-002", "Łąkowski"}) {
    const std::regex box(
        "<word xMin=\"([0-9.]+)\" yMin=\"([0-9.]+)\" xMax=\"([0-9.]+)\" "
        "yMax=\"([0-9.]+)\">[^<]*" +
        std::string(word));
    std::smatch found;
    ASSERT_TRUE(std::regex_search(boxes, found, box)) << word << "\n" << boxes;
    const auto mm = [&found](std::size_t i) { return std::stod(found[i].str()) * 25.4 / 72; };
    EXPECT_GE(mm(1), window.left_mm - 0.1) << word;
    EXPECT_GE(mm(2), window.top_mm - 0.5) << word;
    EXPECT_LE(mm(3), window.left_mm + window.width_mm + 0.1) << word;
    EXPECT_LE(mm(4), window.top_mm + window.height_mm + 0.5) << word;
  }
}

TEST_F(LetterPdfTest, RefusesWhatDoesNotFitOrIsNoText) {
  const auto refused = [this](auto change) {
    LetterFrame page = frame();
    std::vector<CodeLetter> letters = letters_;
    change(page, letters);
    const auto pdf = printer_.print(page, letters);
    return pdf ? Error{ErrorCode::usage, "none"} : pdf.error();
  };
  const auto second = [&refused](std::vector<std::string_view> address) {
    return refused([&](LetterFrame&, std::vector<CodeLetter>& l) { l[1].address = address; });
  };
  const std::string endless(100, 'w');
  for (const auto& address : std::vector<std::vector<std::string_view>>{
           {},
           {"one line"},
           {"a", "b\nc"},
           {"a", "\xFF"},
           {"a", ""},
           {"1", "2", "3", "4", "5", "6", "7"},
           {endless, endless, endless, endless, endless, endless}}) {
    const Error error = second(address);
    EXPECT_EQ(error.code, ErrorCode::malformed);
    EXPECT_EQ(error.message, "letter 2: the address cannot be printed");
  }
  for (const char* code :
       {"", "ABC", "abcd", "AB CD", "K7M2PQ9XW4TRK7M2PQ9XW4TRK7M2PQ9XW", "ĄBCD"}) {
    const Error error =
        refused([&](LetterFrame&, std::vector<CodeLetter>& l) { l[0].code = code; });
    EXPECT_EQ(error.message, "letter 1: the code cannot be printed") << code;
  }
  EXPECT_EQ(refused([](LetterFrame& f, auto&) { f.city.clear(); }).code, ErrorCode::malformed);
  EXPECT_EQ(refused([](LetterFrame& f, auto&) { f.edition = "a\tb"; }).code, ErrorCode::malformed);
  EXPECT_EQ(refused([](LetterFrame& f, auto&) { f.site_url = "glosuj.example"; }).code,
            ErrorCode::malformed);
  EXPECT_EQ(refused([](LetterFrame& f, auto&) { f.privacy_note = std::string(601, 'x'); }).code,
            ErrorCode::malformed);
  EXPECT_EQ(printer_.print(frame(), {}).error().code, ErrorCode::limit);
  EXPECT_EQ(printer_.print(frame(), std::vector<CodeLetter>(5'001, letters_[0])).error().code,
            ErrorCode::limit);
}

TEST_F(LetterPdfTest, PrintsManyIntoOneFile) {
  const std::vector<CodeLetter> many(500, letters_[0]);
  const auto pdf = printer_.print(frame(), many);
  ASSERT_TRUE(pdf) << pdf.error().to_string();
  EXPECT_TRUE(pdf->view().starts_with("%PDF-1."));
  EXPECT_LT(pdf->view().size(), 500U * 12'000U) << "as much as is set aside for it";
}

}  // namespace
}  // namespace urna::adapters
