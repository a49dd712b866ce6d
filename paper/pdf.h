// SPDX-License-Identifier: EUPL-1.2
// Text, lines and QR codes on the A4 pages of a tagged PDF, in millimetres from a page's upper left
// corner. The only place that knows cairo, pango and libqrencode.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::paper {

inline constexpr double page_width_mm = 210;
inline constexpr double page_height_mm = 297;

struct Style {
  double size_pt = 10;
  bool bold = false;
  bool code = false;   // in the font in which 0 and O differ
  bool right = false;  // lines end at the right edge of their room
};

struct Fonts {
  std::string text = "DejaVu Sans";
  std::string code = "DejaVu Sans Mono";
};

struct About {
  std::string title;
  std::string author;
  std::string created;  // ISO 8601; empty: left out
};

// The squares of a QR code in rows, without the quiet zone.
struct QrCode {
  std::size_t width = 0;
  std::vector<bool> dark;
};
// Correction level M. Error: io (the text is too long, or there is no memory).
[[nodiscard]] Result<QrCode> qr_code(const std::string& text);

class Pdf {
 public:
  // Writes to `bytes`, which outlives this and may be reserved so that no copy of it is left
  // behind.
  Pdf(std::string& bytes, const About& about, Fonts fonts = {});
  Pdf(const Pdf&) = delete;
  Pdf& operator=(const Pdf&) = delete;
  ~Pdf();

  // The text in lines no wider than that, its top at y: its lower edge. Drawn under the tag of the
  // document's structure (ISO 32000-1 section 14.8).
  double text(const char* tag, std::string_view text, const Style& style, double x_mm, double y_mm,
              double width_mm);
  [[nodiscard]] double height_of(std::string_view text, const Style& style, double width_mm) const;
  void line(double x1_mm, double y1_mm, double x2_mm, double y2_mm, double width_pt);
  void frame(double x_mm, double y_mm, double width_mm, double height_mm);
  // The quiet zone is the caller's to keep free.
  void squares(const QrCode& code, double x_mm, double y_mm, double size_mm);
  void begin(const char* tag);
  void end(const char* tag);
  void end_page();

  // Completes the bytes; nothing is drawn after that. Error: io.
  [[nodiscard]] Status finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urna::paper
