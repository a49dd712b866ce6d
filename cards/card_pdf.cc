// SPDX-License-Identifier: EUPL-1.2
#include "cards/card_pdf.h"

#include <algorithm>
#include <fmt/format.h>
#include <sodium/randombytes.h>
#include <utility>
#include <vector>

#include "paper/pdf.h"

namespace urna::cards {
namespace {

using election::BallotForm;
using paper::Style;

constexpr double left_mm = 18;
constexpr double right_mm = paper::page_width_mm - 18;
constexpr double top_mm = 16;
constexpr double bottom_mm = paper::page_height_mm - 16;
constexpr double qr_mm = 24;
constexpr double box_mm = 5;
constexpr double gap_mm = 1.6;

struct Words {
  const char* polish;
  const char* english;
};

Words what_to_do(const election::BallotRule& rule) {
  switch (rule.form) {
    case BallotForm::approval:
      return {"Postaw X przy wybranych projektach. Najmniej: {0}, najwięcej: {1}.",
              "Put an X beside the projects you choose. At least {0}, at most {1}."};
    case BallotForm::ranking:
      return {
          "Wpisz 1 przy projekcie najlepszym, 2 przy następnym i tak dalej. Najmniej "
          "projektów: {0}, najwięcej: {1}.",
          "Write 1 beside the best project, 2 beside the next and so on. At least {0} projects, "
          "at most {1}."};
    case BallotForm::points:
      return {
          "Wpisz punkty przy wybranych projektach. Projektów najmniej: {0}, najwięcej: {1}; "
          "punktów razem od {2} do {3}.",
          "Write points beside the projects you choose. At least {0} projects, at most {1}; "
          "{2} to {3} points in all."};
  }
  return {"", ""};
}

std::string filled(const char* pattern, const election::BallotRule& rule) {
  return fmt::format(fmt::runtime(pattern), rule.fewest, rule.most,
                     rule.points ? rule.points->sum_least : 0,
                     rule.points ? rule.points->sum_most : 0);
}

// One card under its head.
class Printing {
 public:
  Printing(paper::Pdf& pen, const election::Manifest& manifest, const election::Pool& pool,
           const Batch& batch, std::size_t number)
      : pen_(pen), manifest_(manifest), pool_(pool), batch_(batch), number_(number) {}

  Status card(const election::CardSerial& serial) {
    serial_ = election::to_text(serial);
    Result<paper::QrCode> code = paper::qr_code(serial_);
    if (!code) return std::move(code).error();
    code_ = *std::move(code);
    pen_.begin("Sect");
    double y = head();
    const election::BallotRule& rule = pool_.ballot_rule;
    const Words words = what_to_do(rule);
    y = pen_.text("P", filled(words.polish, rule), {.size_pt = 10, .bold = true}, left_mm, y,
                  right_mm - left_mm);
    y = pen_.text("P", filled(words.english, rule), {.size_pt = 8.5}, left_mm, y + 0.5,
                  right_mm - left_mm);
    y = pen_.text("P",
                  "Nie podpisuj karty i nie wpisuj niczego innego. / Do not sign the card, and "
                  "write nothing else.",
                  {.size_pt = 8.5}, left_mm, y + 1, right_mm - left_mm) +
        4;
    const Style plain{.size_pt = 10};
    const double text_left_mm = left_mm + box_mm + (rule.form == BallotForm::points ? 6 : 2);
    for (const election::Project& project : pool_.projects) {
      const std::string text = project.id + "  " + project.name;
      const double height = std::max(box_mm, pen_.height_of(text, plain, right_mm - text_left_mm));
      if (y + height > bottom_mm) {
        pen_.end_page();
        y = head();
      }
      pen_.frame(left_mm, y, rule.form == BallotForm::points ? box_mm + 4 : box_mm, box_mm);
      pen_.text("P", text, plain, text_left_mm, y, right_mm - text_left_mm);
      y += height + gap_mm;
    }
    pen_.end("Sect");
    pen_.end_page();
    return ok_status();
  }

 private:
  double head() {
    const double width_mm = right_mm - qr_mm - 6 - left_mm;
    double y = pen_.text("P", manifest_.title, {.size_pt = 9}, left_mm, top_mm, width_mm);
    y = pen_.text("H1", pool_.title.empty() ? pool_.id : pool_.title, {.size_pt = 15, .bold = true},
                  left_mm, y + 1, width_mm);
    y = pen_.text("P", "Karta do głosowania / Ballot card", {.size_pt = 10}, left_mm, y + 1,
                  width_mm);
    y = pen_.text("P",
                  fmt::format("Punkt / Point: {}\nPula / Pool: {}   Partia / Batch: {}",
                              batch_.point, batch_.pool, number_),
                  {.size_pt = 9}, left_mm, y + 1, width_mm);
    y = pen_.text("P", serial_, {.size_pt = 11, .bold = true, .code = true}, left_mm, y + 1.5,
                  width_mm);
    pen_.squares(code_, right_mm - qr_mm, top_mm, qr_mm);
    y = std::max(y, top_mm + qr_mm) + 3;
    pen_.line(left_mm, y, right_mm, y, 0.5);
    return y + 4;
  }

  paper::Pdf& pen_;
  const election::Manifest& manifest_;
  const election::Pool& pool_;
  const Batch& batch_;
  std::size_t number_;  // from 1
  std::string serial_;
  paper::QrCode code_;
};

}  // namespace

Result<SecretBytes> print_batch(const CardFile& cards, election::BatchNumber number,
                                const election::Manifest& manifest) {
  const Batch& batch = cards.batches[number.value];
  const election::Pool& pool = manifest.pools[manifest.paper->batches[number.value].pool.value];
  std::vector<election::CardSerial> serials = batch.serials;
  for (std::size_t i = serials.size(); i > 1; --i)
    std::swap(serials[i - 1], serials[randombytes_uniform(static_cast<std::uint32_t>(i))]);
  std::string bytes;
  bytes.reserve((std::size_t{64} << 10U) + serials.size() * (std::size_t{64} << 10U));
  paper::Pdf pen(bytes, {manifest.title, batch.point, {}});
  pen.begin("Document");
  Printing printing(pen, manifest, pool, batch, number.value + 1U);
  for (const election::CardSerial& serial : serials) {
    if (Status printed = printing.card(serial); !printed) {
      SecretBytes::wipe(bytes);
      return std::move(printed).error();
    }
  }
  pen.end("Document");
  if (Status finished = pen.finish(); !finished) {
    SecretBytes::wipe(bytes);
    return std::move(finished).error();
  }
  return SecretBytes(std::move(bytes));
}

}  // namespace urna::cards
