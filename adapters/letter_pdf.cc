// SPDX-License-Identifier: EUPL-1.2
#include "adapters/letter_pdf.h"

#include <algorithm>
#include <cairo-pdf.h>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <utility>

#include "adapters/letter_words.h"
#include "adapters/message_text.h"
#include "adapters/provider_description.h"

namespace urna::adapters {
namespace {

constexpr std::size_t letters_max = 5'000;
constexpr double points_per_mm = 72.0 / 25.4;
constexpr double page_width_mm = 210;
constexpr double page_height_mm = 297;
constexpr double left_mm = 25;
constexpr double right_mm = 190;
constexpr double text_top_mm = 100;
constexpr double bottom_mm = 282;
constexpr double qr_mm = 32;

template <auto free_function>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};
using Surface = std::unique_ptr<cairo_surface_t, Free<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Free<cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, Free<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Free<pango_font_description_free>>;
using Code = std::unique_ptr<QRcode, Free<QRcode_free>>;

cairo_status_t append(void* target, const unsigned char* data, unsigned int size) {
  static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

struct Style {
  double size_pt = 10.5;
  bool bold = false;
  bool code = false;  // in the font in which 0 and O differ
};

// One page after another onto a surface, in millimetres from the page's upper left corner.
class Pen {
 public:
  Pen(cairo_surface_t* surface, const std::string& font, const std::string& code_font)
      : context_(cairo_create(surface)), font_(font), code_font_(code_font) {}

  // The text in lines no wider than that, if its top is set at y: its lower edge. Drawn under the
  // tag of the document's structure (ISO 32000-1 section 14.8), unless there is none.
  double text(const char* tag, std::string_view text, const Style& style, double x_mm, double y_mm,
              double width_mm) {
    const Layout layout = lay_out(text, style, width_mm);
    if (tag != nullptr) cairo_tag_begin(context_.get(), tag, nullptr);
    cairo_move_to(context_.get(), x_mm * points_per_mm, y_mm * points_per_mm);
    pango_cairo_show_layout(context_.get(), layout.get());
    if (tag != nullptr) cairo_tag_end(context_.get(), tag);
    return y_mm + height_mm(layout.get());
  }

  [[nodiscard]] double height_of(std::string_view text, const Style& style, double width_mm) const {
    return height_mm(lay_out(text, style, width_mm).get());
  }

  void line(double x1_mm, double y1_mm, double x2_mm, double y2_mm, double width_pt) {
    cairo_set_line_width(context_.get(), width_pt);
    cairo_move_to(context_.get(), x1_mm * points_per_mm, y1_mm * points_per_mm);
    cairo_line_to(context_.get(), x2_mm * points_per_mm, y2_mm * points_per_mm);
    cairo_stroke(context_.get());
  }

  void frame(double x_mm, double y_mm, double width_mm, double height_mm) {
    cairo_set_line_width(context_.get(), 1.0);
    cairo_rectangle(context_.get(), x_mm * points_per_mm, y_mm * points_per_mm,
                    width_mm * points_per_mm, height_mm * points_per_mm);
    cairo_stroke(context_.get());
  }

  // The squares of a QR code without the quiet zone, which is the caller's to keep free.
  void squares(const QRcode& code, double x_mm, double y_mm, double size_mm) {
    const double step = size_mm * points_per_mm / code.width;
    const auto is_dark = [&code](int row, int column) {
      return column < code.width && (code.data[row * code.width + column] & 1U) != 0;
    };
    for (int row = 0; row < code.width; ++row) {
      for (int column = 0; column < code.width; ++column) {
        const int start = column;
        while (is_dark(row, column)) ++column;  // one rectangle for each run keeps the file small
        if (column == start) continue;
        cairo_rectangle(context_.get(), x_mm * points_per_mm + start * step,
                        y_mm * points_per_mm + row * step, (column - start) * step, step);
      }
    }
    cairo_fill(context_.get());
  }

  void begin(const char* tag) { cairo_tag_begin(context_.get(), tag, nullptr); }
  void end(const char* tag) { cairo_tag_end(context_.get(), tag); }
  void end_page() { cairo_show_page(context_.get()); }
  [[nodiscard]] bool good() const { return cairo_status(context_.get()) == CAIRO_STATUS_SUCCESS; }

 private:
  static double height_mm(PangoLayout* layout) {
    PangoRectangle extent{};
    pango_layout_get_extents(layout, nullptr, &extent);
    return static_cast<double>(extent.height) / PANGO_SCALE / points_per_mm;
  }

  [[nodiscard]] Layout lay_out(std::string_view text, const Style& style, double width_mm) const {
    Layout layout(pango_cairo_create_layout(context_.get()));
    const Font font(pango_font_description_new());
    pango_font_description_set_family(font.get(), (style.code ? code_font_ : font_).c_str());
    pango_font_description_set_absolute_size(font.get(), style.size_pt * PANGO_SCALE);
    pango_font_description_set_weight(font.get(),
                                      style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout.get(), static_cast<int>(width_mm * points_per_mm * PANGO_SCALE));
    pango_layout_set_line_spacing(layout.get(), 1.15F);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
  }

  Context context_;
  const std::string& font_;
  const std::string& code_font_;
};

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

Error wrong(std::string_view what) {
  return Error{ErrorCode::malformed,
               std::string(what) + " cannot be printed",
               {},
               "it must be UTF-8 without control characters and fit its place"};
}

Error wrong_letter(std::size_t index, std::string_view what) {
  return wrong("letter " + std::to_string(index + 1) + ": " + std::string(what));
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
    if (!is_one_line(*line.text, line.bytes_max)) return wrong(line.name);
  }
  if (!is_service_address(frame.site_url, true) || frame.site_url.size() > 120)
    return wrong("the site's address");
  return ok_status();
}

// The longest text of the address that fits the window, the larger letters first.
std::optional<Style> address_style(const Pen& pen, std::string_view text,
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
  const Code qr(QRcode_encodeString(frame.site_url.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1));
  if (!qr) return Error{ErrorCode::io, "the QR code cannot be made"};
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
  Surface surface(cairo_pdf_surface_create_for_stream(&append, &pdf, page_width_mm * points_per_mm,
                                                      page_height_mm * points_per_mm));
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, frame.edition.c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_AUTHOR, frame.city.c_str());
  {
    Pen pen(surface.get(), font_, code_font_);
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
      const Style plain{};
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
    if (!pen.good()) return fail({ErrorCode::io, "the letters could not be drawn"});
  }
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
    return fail({ErrorCode::io, "the letters could not be written"});
  return SecretBytes(std::move(pdf));
}

}  // namespace urna::adapters
