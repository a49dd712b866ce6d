// SPDX-License-Identifier: EUPL-1.2
// A document of headings, paragraphs, facts and tables, shown as HTML and as PDF.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "report/count_report.h"

namespace urna::publish {

struct Heading {
  int level = 1;  // 1 to 3
  std::string text;
};
struct Paragraph {
  std::string text;
};
// What is called what, one on a line. `code`: values in letters of equal width, such as hashes.
struct Fact {
  std::string name;
  std::string value;
  bool code = false;
};
struct Facts {
  std::vector<Fact> facts;
};
struct Column {
  std::string head;
  double share = 1;  // of the width, relative to those of the others
  bool number = false;
  bool bars = false;  // in HTML a bar beside each number, against the greatest of the column
};
struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // as many cells as columns; the first is its head
};
using Block = std::variant<Heading, Paragraph, Facts, Table>;

struct Document {
  report::Language language = report::Language::polish;
  std::string title;
  std::string author;
  std::string footer;         // on every page
  std::string page_of;        // "Strona {page} z {pages}"
  std::uint64_t created = 0;  // Unix seconds: what it tells is of that time
  std::vector<Block> blocks;
};

// One page without scripts, styles within, no request to anywhere.
[[nodiscard]] std::string to_html(const Document& document);

// A4, tagged (headings, paragraphs, tables with head cells), with language and title for programs
// that read aloud. The same document gives the same bytes with the same versions of cairo, pango
// and fonts. A table that goes on on another page begins anew there with its head. Errors: io
// (drawing failed).
[[nodiscard]] Result<std::string> to_pdf(const Document& document);

}  // namespace urna::publish
