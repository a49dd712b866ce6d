// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <numeric>
#include <utility>

#include "base/date.h"
#include "paper/pdf.h"
#include "publish/document.h"
#include "publish/pdf_file.h"

namespace urna::publish {
namespace {

using paper::Style;

constexpr double left_mm = 20;
constexpr double right_mm = 190;
constexpr double top_mm = 20;
constexpr double bottom_mm = 274;
constexpr double footer_mm = 281;
constexpr double width_mm = right_mm - left_mm;
constexpr double gap_mm = 2.5;  // between the columns of a table
constexpr double body_pt = 9.5;

// Pages one after another. Drawn twice: first to know how many there are.
class Pages {
 public:
  Pages(paper::Pdf& pdf, const Document& document, std::size_t pages)
      : pdf_(pdf), document_(document), pages_(pages) {}

  void draw() {
    begin("Document");
    for (const Block& block : document_.blocks) std::visit(*this, block);
    footer();
    end("Document");
  }
  [[nodiscard]] std::size_t page() const { return page_; }

  void operator()(const Heading& heading) {
    constexpr double sizes_pt[] = {18, 13.5, 11};
    const Style style{.size_pt = sizes_pt[std::clamp(heading.level, 1, 3) - 1], .bold = true};
    if (y_ > top_mm) y_ += heading.level == 1 ? 4 : 5;
    constexpr double room_for_what_follows_mm = 18;
    make_room(height_of(heading.text, style, width_mm) + room_for_what_follows_mm);
    const std::string tag = fmt::format("H{}", heading.level);
    y_ = text(tag.c_str(), heading.text, style, left_mm, y_, width_mm) + 2.5;
  }

  void operator()(const Paragraph& paragraph) {
    const Style style{.size_pt = body_pt};
    make_room(height_of(paragraph.text, style, width_mm));
    y_ = text("P", paragraph.text, style, left_mm, y_, width_mm) + 2.5;
  }

  void operator()(const Facts& facts) {
    constexpr double name_mm = 52;
    const double value_mm = width_mm - name_mm - gap_mm;
    begin("L");
    for (const Fact& fact : facts.facts) {
      const Style name{.size_pt = body_pt, .bold = true};
      const Style value{.size_pt = fact.code ? 8.5 : body_pt, .code = fact.code};
      const double height =
          std::max(height_of(fact.name, name, name_mm), height_of(fact.value, value, value_mm));
      make_room(height);
      begin("LI");
      text("Lbl", fact.name, name, left_mm, y_, name_mm);
      text("LBody", fact.value, value, left_mm + name_mm + gap_mm, y_, value_mm);
      end("LI");
      y_ += height + 1.2;
    }
    end("L");
    y_ += 2;
  }

  void operator()(const Table& table) {
    std::vector<double> widths;
    const double shares =
        std::accumulate(table.columns.begin(), table.columns.end(), 0.0,
                        [](double sum, const Column& column) { return sum + column.share; });
    const double room = width_mm - gap_mm * static_cast<double>(table.columns.size() - 1);
    for (const Column& column : table.columns) widths.push_back(room * column.share / shares);

    std::vector<std::string> heads;
    for (const Column& column : table.columns) heads.push_back(column.head);
    const Style caption{.size_pt = 10, .bold = true};
    const auto open_table = [&] {
      begin("Table");
      y_ = text("Caption", table.caption, caption, left_mm, y_, width_mm) + 1.5;
      row(table, heads, widths, true);
    };
    const double head_mm = row_height(table, heads, widths, true);
    const double first_mm =
        table.rows.empty() ? 0 : row_height(table, table.rows[0], widths, false);
    make_room(height_of(table.caption, caption, width_mm) + 1.5 + head_mm + first_mm);
    open_table();
    for (const std::vector<std::string>& cells : table.rows) {
      if (y_ + row_height(table, cells, widths, false) > bottom_mm) {
        end("Table");
        next_page();
        open_table();
      }
      row(table, cells, widths, false);
    }
    end("Table");
    y_ += 4;
  }

 private:
  void begin(const char* tag) { pdf_.begin(tag); }
  void end(const char* tag) { pdf_.end(tag); }

  void make_room(double height_mm) {
    if (y_ + height_mm > bottom_mm && y_ > top_mm) next_page();
  }

  void next_page() {
    footer();
    pdf_.end_page();
    ++page_;
    y_ = top_mm;
  }

  void footer() {
    rule(footer_mm - 1.5, 0.4);
    const Style style{.size_pt = 7.5};
    const Style right{.size_pt = 7.5, .right = true};
    constexpr double number_mm = 40;
    text("P", document_.footer, style, left_mm, footer_mm, width_mm - number_mm);
    const std::string number = fmt::format(fmt::runtime(document_.page_of), fmt::arg("page", page_),
                                           fmt::arg("pages", pages_));
    text("P", number, right, right_mm - number_mm, footer_mm, number_mm);
  }

  void rule(double y_mm, double width_pt) { pdf_.line(left_mm, y_mm, right_mm, y_mm, width_pt); }

  static Style cell_style(const Table& table, std::size_t column, bool head) {
    return {.size_pt = 8.5, .bold = head, .right = table.columns[column].number};
  }

  double row_height(const Table& table, const std::vector<std::string>& cells,
                    const std::vector<double>& widths, bool head) {
    double height = 0;
    for (std::size_t c = 0; c < cells.size(); ++c)
      height = std::max(height, height_of(cells[c], cell_style(table, c, head), widths[c]));
    return height + 2;
  }

  void row(const Table& table, const std::vector<std::string>& cells,
           const std::vector<double>& widths, bool head) {
    const double height = row_height(table, cells, widths, head);
    begin("TR");
    double x = left_mm;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      text(head || c == 0 ? "TH" : "TD", cells[c], cell_style(table, c, head), x, y_, widths[c]);
      x += widths[c] + gap_mm;
    }
    end("TR");
    y_ += height;
    rule(y_ - 0.8, head ? 0.9 : 0.3);
  }

  // Its lower edge.
  double text(const char* tag, std::string_view words, const Style& style, double x_mm, double y_mm,
              double room_mm) {
    return pdf_.text(tag, words, style, x_mm, y_mm, room_mm);
  }
  [[nodiscard]] double height_of(std::string_view words, const Style& style, double room_mm) const {
    return pdf_.height_of(words, style, room_mm);
  }

  paper::Pdf& pdf_;
  const Document& document_;
  std::size_t pages_;
  std::size_t page_ = 1;
  double y_ = top_mm;
};

Result<std::string> draw(const Document& document, std::size_t& pages) {
  std::string bytes;
  paper::Pdf pdf(bytes, {document.title, document.author, to_iso_moment(document.created)});
  Pages drawn(pdf, document, pages);
  drawn.draw();
  pages = drawn.page();
  if (Status finished = pdf.finish(); !finished) return std::move(finished).error();
  return bytes;
}

}  // namespace

Result<std::string> to_pdf(const Document& document) {
  std::size_t pages = 1;
  // The number of pages stands on each of them.
  if (Result<std::string> first = draw(document, pages); !first) return first;
  Result<std::string> pdf = draw(document, pages);
  if (!pdf) return pdf;
  return with_language(*pdf, document.language == report::Language::polish ? "pl" : "en");
}

}  // namespace urna::publish
