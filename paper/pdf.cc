// SPDX-License-Identifier: EUPL-1.2
#include "paper/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <utility>

#include "base/free_with.h"

namespace urna::paper {
namespace {

constexpr double points_per_mm = 72.0 / 25.4;

using Surface = std::unique_ptr<cairo_surface_t, FreeWith<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, FreeWith<cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, FreeWith<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, FreeWith<pango_font_description_free>>;
using Code = std::unique_ptr<QRcode, FreeWith<QRcode_free>>;

cairo_status_t append(void* target, const unsigned char* data, unsigned int size) {
  static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

double height_mm(PangoLayout* layout) {
  PangoRectangle extent{};
  pango_layout_get_extents(layout, nullptr, &extent);
  return static_cast<double>(extent.height) / PANGO_SCALE / points_per_mm;
}

}  // namespace

Result<QrCode> qr_code(const std::string& text) {
  const Code made(QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1));
  if (!made) return Error{ErrorCode::io, "the QR code cannot be made"};
  QrCode code;
  code.width = static_cast<std::size_t>(made->width);
  for (std::size_t i = 0; i < code.width * code.width; ++i) {
    code.dark.push_back((made->data[i] & 1U) != 0);
  }
  return code;
}

struct Pdf::State {
  Surface surface;
  Context context;
  Fonts fonts;

  [[nodiscard]] Layout lay_out(std::string_view text, const Style& style, double width_mm) const {
    Layout layout(pango_cairo_create_layout(context.get()));
    const Font font(pango_font_description_new());
    pango_font_description_set_family(font.get(), (style.code ? fonts.code : fonts.text).c_str());
    pango_font_description_set_absolute_size(font.get(), style.size_pt * PANGO_SCALE);
    pango_font_description_set_weight(font.get(),
                                      style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout.get(), style.right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_width(layout.get(), static_cast<int>(width_mm * points_per_mm * PANGO_SCALE));
    pango_layout_set_line_spacing(layout.get(), 1.15F);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
  }
};

Pdf::Pdf(std::string& bytes, const About& about, Fonts fonts) : state_(std::make_unique<State>()) {
  state_->surface.reset(cairo_pdf_surface_create_for_stream(
      &append, &bytes, page_width_mm * points_per_mm, page_height_mm * points_per_mm));
  const auto say = [&](cairo_pdf_metadata_t what, const std::string& text) {
    if (!text.empty()) {
      cairo_pdf_surface_set_metadata(state_->surface.get(), what, text.c_str());
    }
  };
  say(CAIRO_PDF_METADATA_TITLE, about.title);
  say(CAIRO_PDF_METADATA_AUTHOR, about.author);
  say(CAIRO_PDF_METADATA_CREATE_DATE, about.created);
  state_->context.reset(cairo_create(state_->surface.get()));
  state_->fonts = std::move(fonts);
}
Pdf::~Pdf() = default;

double Pdf::text(const char* tag, std::string_view text, const Style& style, double x_mm,
                 double y_mm, double width_mm) {
  const Layout layout = state_->lay_out(text, style, width_mm);
  begin(tag);
  cairo_move_to(state_->context.get(), x_mm * points_per_mm, y_mm * points_per_mm);
  pango_cairo_show_layout(state_->context.get(), layout.get());
  end(tag);
  return y_mm + height_mm(layout.get());
}

double Pdf::height_of(std::string_view text, const Style& style, double width_mm) const {
  return height_mm(state_->lay_out(text, style, width_mm).get());
}

void Pdf::line(double x1_mm, double y1_mm, double x2_mm, double y2_mm, double width_pt) {
  cairo_t* const context = state_->context.get();
  cairo_set_line_width(context, width_pt);
  cairo_move_to(context, x1_mm * points_per_mm, y1_mm * points_per_mm);
  cairo_line_to(context, x2_mm * points_per_mm, y2_mm * points_per_mm);
  cairo_stroke(context);
}

void Pdf::frame(double x_mm, double y_mm, double width_mm, double height_mm) {
  cairo_t* const context = state_->context.get();
  cairo_set_line_width(context, 1.0);
  cairo_rectangle(context, x_mm * points_per_mm, y_mm * points_per_mm, width_mm * points_per_mm,
                  height_mm * points_per_mm);
  cairo_stroke(context);
}

void Pdf::squares(const QrCode& code, double x_mm, double y_mm, double size_mm) {
  const double step = size_mm * points_per_mm / static_cast<double>(code.width);
  for (std::size_t row = 0; row < code.width; ++row) {
    for (std::size_t column = 0; column < code.width; ++column) {
      const std::size_t start = column;
      // One rectangle for each run keeps the file small.
      while (column < code.width && code.dark[row * code.width + column]) ++column;
      if (column == start) continue;
      cairo_rectangle(state_->context.get(),
                      x_mm * points_per_mm + static_cast<double>(start) * step,
                      y_mm * points_per_mm + static_cast<double>(row) * step,
                      static_cast<double>(column - start) * step, step);
    }
  }
  cairo_fill(state_->context.get());
}

void Pdf::begin(const char* tag) { cairo_tag_begin(state_->context.get(), tag, nullptr); }
void Pdf::end(const char* tag) { cairo_tag_end(state_->context.get(), tag); }
void Pdf::end_page() { cairo_show_page(state_->context.get()); }

Status Pdf::finish() {
  const bool drawn = cairo_status(state_->context.get()) == CAIRO_STATUS_SUCCESS;
  state_->context.reset();
  cairo_surface_finish(state_->surface.get());
  if (!drawn || cairo_surface_status(state_->surface.get()) != CAIRO_STATUS_SUCCESS) {
    return Error{ErrorCode::io, "the pages could not be drawn"};
  }
  return ok_status();
}

}  // namespace urna::paper
