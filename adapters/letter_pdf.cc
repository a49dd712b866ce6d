// SPDX-License-Identifier: EUPL-1.2
#include "adapters/letter_pdf.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "adapters/letter_words.h"
#include "adapters/message_text.h"
#include "adapters/provider_description.h"
#include "paper/pdf.h"

namespace urna::adapters {
namespace {

using paper::Style;

constexpr std::size_t letters_max = 5'000;
constexpr double left_mm = 25;
constexpr double right_mm = 190;
constexpr double text_top_mm = 100;
constexpr double bottom_mm = 282;
constexpr double qr_mm = 32;

// "ABCD EFGH IJKL": in fours, or in threes where that leaves no rest and fours do.
std::string grouped(std::string_view code) {
  const std::size_t group = code.size() % 4 != 0 && code.size() % 3 == 0 ? 3 : 4;
  std::string text;
  text.reserve(code.size() * 2);
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % group == 0) text += ' ';
    text += code[i];
  }
  return text;
}

bool is_code(std::string_view code) {
  return code.size() >= 4 && code.size() <= 32 && std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

Error unprintable(std::string_view what) {
  return Error{ErrorCode::malformed,
               std::string(what) + " cannot be printed",
               {},
               "it must be UTF-8 without control characters and fit its place"};
}

Error wrong_letter(std::size_t index, std::string_view what) {
  return unprintable("letter " + std::to_string(index + 1) + ": " + std::string(what));
}

Status check_frame(const registrar::LetterFrame& frame) {
  struct Line {
    const char* name;
    const std::string* text;
    std::size_t bytes_max;
    bool optional;
  };
  for (const Line& line : {Line{"the city", &frame.city, 100, false},
                           Line{"the sender's address", &frame.return_to, 120, true},
                           Line{"the edition", &frame.edition, 100, false},
                           Line{"the time of validity", &frame.valid_until, 100, false},
                           Line{"the contact for help", &frame.help_contact, 160, false},
                           Line{"the privacy note", &frame.privacy_note, 600, true},
                           Line{"the date", &frame.date, 60, false}}) {
    if (line.optional && line.text->empty()) continue;
    if (!is_one_line(*line.text, line.bytes_max)) return unprintable(line.name);
  }
  if (!is_service_address(frame.site_url, true) || frame.site_url.size() > 120)
    return unprintable("the site's address");
  return ok_status();
}

// The longest text of the address that fits the window, the larger letters first.
std::optional<Style> address_style(const paper::Pdf& pen, std::string_view text,
                                   const AddressWindow& window, double room_mm) {
  for (const double size_pt : {11.0, 10.0, 9.0, 8.0}) {
    const Style style{.size_pt = size_pt};
    if (pen.height_of(text, style, window.width_mm) <= room_mm) return style;
  }
  return std::nullopt;
}

std::string fill(std::string_view pattern, const registrar::LetterFrame& frame) {
  return fmt::format(fmt::runtime(pattern), fmt::arg("edition", frame.edition),
                     fmt::arg("url", frame.site_url), fmt::arg("until", frame.valid_until),
                     fmt::arg("help", frame.help_contact));
}

}  // namespace

LetterPdf::LetterPdf(AddressWindow window, std::string font, std::string code_font)
    : window_(window), font_(std::move(font)), code_font_(std::move(code_font)) {}

Result<SecretBytes> LetterPdf::print(const registrar::LetterFrame& frame,
                                     std::span<const registrar::CodeLetter> letters) {
  if (letters.empty() || letters.size() > letters_max)
    return Error{ErrorCode::limit, "a file holds 1 to 5000 letters", {}, "make several files"};
  if (Status checked = check_frame(frame); !checked) return checked.error();
  const Result<paper::QrCode> qr = paper::qr_code(frame.site_url);
  if (!qr) return qr.error();
  const LetterWords& words = words_of(frame.language);
  const std::string subject = fill(words.subject, frame);
  const std::string valid_until = fill(words.valid_until, frame);
  const std::string step_1 = fill(words.step_1, frame);
  const std::string help = fill(words.help, frame);

  // Enough from the start, so that no copy is left behind when it grows.
  std::string pdf;
  pdf.reserve((std::size_t{256} << 10U) + letters.size() * (std::size_t{16} << 10U));
  const auto fail = [&pdf](Error error) {
    SecretBytes::wipe(pdf);
    return error;
  };
  paper::Pdf pen(pdf, {frame.edition, frame.city, {}}, {font_, code_font_});
  pen.begin("Document");
  for (std::size_t index = 0; index < letters.size(); ++index) {
    const registrar::CodeLetter& letter = letters[index];
    if (!is_code(letter.code)) return fail(wrong_letter(index, "the code"));
    if (letter.address.size() < 2 || letter.address.size() > 6)
      return fail(wrong_letter(index, "the address"));
    std::string address;
    for (const std::string_view line : letter.address) {
      if (!is_one_line(line, 100)) return fail(wrong_letter(index, "the address"));
      address.append(address.empty() ? "" : "\n").append(line);
    }
    const double width_mm = right_mm - left_mm;
    const Style plain{.size_pt = 10.5};
    const Style small{.size_pt = 8};
    const Style strong{.size_pt = 10.5, .bold = true};

    pen.begin("Sect");
    pen.text("P", frame.city, {.size_pt = 12, .bold = true}, left_mm, 20, 80);
    pen.text("P", frame.date, plain, window_.left_mm, 20, right_mm - window_.left_mm);
    double window_top_mm = window_.top_mm;
    if (!frame.return_to.empty()) {
      window_top_mm = pen.text("P", frame.return_to, {.size_pt = 6.5}, window_.left_mm,
                               window_top_mm, window_.width_mm) +
                      1.5;
    }
    const auto style =
        address_style(pen, address, window_, window_.top_mm + window_.height_mm - window_top_mm);
    if (!style) return fail(wrong_letter(index, "the address"));
    pen.text("P", address, *style, window_.left_mm, window_top_mm, window_.width_mm);

    double y =
        pen.text("H1", subject, {.size_pt = 14, .bold = true}, left_mm, text_top_mm, width_mm);
    y = pen.text("P", words.greeting, plain, left_mm, y + 4, width_mm);
    y = pen.text("P", words.opening, plain, left_mm, y + 2, width_mm);

    y += 5;
    const double box_top_mm = y;
    y = pen.text("P", words.code_label, small, left_mm + 5, y + 3, width_mm - 10);
    std::string code = grouped(letter.code);
    const Style code_style{.size_pt = code.size() > 24 ? 16.0 : 22.0, .bold = true, .code = true};
    y = pen.text("P", code, code_style, left_mm + 5, y + 1, width_mm - 10);
    SecretBytes::wipe(code);
    y = pen.text("P", valid_until, plain, left_mm + 5, y + 1, width_mm - 10) + 3;
    pen.frame(left_mm, box_top_mm, width_mm, y - box_top_mm);

    y = pen.text("H2", words.steps_title, strong, left_mm, y + 6, width_mm) + 2;
    const double qr_left_mm = right_mm - qr_mm - 2;
    const double steps_mm = qr_left_mm - 8 - left_mm;
    double steps_y = y;
    for (const std::string_view step : {std::string_view(step_1), words.step_2, words.step_3}) {
      steps_y = pen.text("P", step, plain, left_mm, steps_y, steps_mm) + 2;
    }
    pen.squares(*qr, qr_left_mm, y + 1, qr_mm);
    const double qr_bottom_mm =
        pen.text("P", words.qr_label, small, qr_left_mm, y + 1 + qr_mm + 2, qr_mm);
    y = std::max(steps_y, qr_bottom_mm) + 3;
    y = pen.text("P", words.warning, strong, left_mm, y, width_mm);
    y = pen.text("P", help, plain, left_mm, y + 3, width_mm);
    if (!frame.privacy_note.empty())
      y = pen.text("P", frame.privacy_note, small, left_mm, y + 5, width_mm);
    if (y > bottom_mm) return fail(wrong_letter(index, "the text"));
    // Where the page is folded for a DL envelope.
    for (const double fold_mm : {99.0, 198.0}) pen.line(3, fold_mm, 8, fold_mm, 0.4);
    pen.end("Sect");
    pen.end_page();
  }
  pen.end("Document");
  if (Status finished = pen.finish(); !finished) return fail(std::move(finished).error());
  return SecretBytes(std::move(pdf));
}

}  // namespace urna::adapters
