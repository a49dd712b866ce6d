// SPDX-License-Identifier: EUPL-1.2
// Cards of paper as a PDF: what programs read in it. Fontconfig never gives back what it read, so
// this is no test for the leak sanitizer.
#include "cards/card_pdf.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include "base/atomic_file.h"
#include "cards/card_file.h"
#include "election/paper.h"
#include "test/unit/election_sample.h"

namespace urna::cards {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view plan =
    R"({"batch": 4, "points": [{"name": "Urząd", "cards": {"north": 6}}]})";

// What pdftotext reads; nothing if it cannot.
std::string text_of(std::string_view pdf) {
  const std::string path =
      (fs::temp_directory_path() / ("urna-card-" + std::to_string(::getpid()) + ".pdf")).string();
  if (!write_file_atomically(path, pdf)) return {};
  std::string text;
  FILE* const pipe = ::popen(("pdftotext -layout '" + path + "' -").c_str(), "r");
  std::array<char, 4096> buffer{};
  for (std::size_t count = 0;
       pipe != nullptr && (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), count);
  }
  if (pipe != nullptr) ::pclose(pipe);
  fs::remove(path);
  return text;
}

TEST(CardPdf, HasEveryCardOfItsBatchAndNoOther) {
  if (std::system("command -v pdftotext >/dev/null") != 0) GTEST_SKIP() << "no pdftotext here";
  const CardFile cards = draw_cards(plan).value();
  ASSERT_EQ(cards.batches.size(), 2U) << "of four and two";
  election::sample::Edition edition{
      {election::sample::pool("north", 5, election::sample::approval(1, 2))}};
  election::PaperVoting paper{cards.points, {}};
  for (const Batch& batch : cards.batches) {
    paper.batches.push_back({election::PointNumber{0}, election::PoolNumber{0},
                             static_cast<std::uint32_t>(batch.serials.size()),
                             election::root_of_cards(batch.serials)});
  }
  edition.manifest.paper = paper;
  for (std::uint16_t printed = 0; printed < 2; ++printed) {
    const auto pdf = print_batch(cards, election::BatchNumber{printed}, edition.manifest);
    ASSERT_TRUE(pdf.ok()) << pdf.error().to_string();
    const std::string text = text_of(pdf->view());
    ASSERT_FALSE(text.empty()) << "pdftotext cannot read it";
    for (std::size_t batch = 0; batch < cards.batches.size(); ++batch) {
      for (const election::CardSerial& serial : cards.batches[batch].serials) {
        EXPECT_EQ(text.find(election::to_text(serial)) != std::string::npos, batch == printed)
            << election::to_text(serial);
      }
    }
  }
}

}  // namespace
}  // namespace urna::cards
