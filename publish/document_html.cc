// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/sha256.h"
#include "publish/document.h"
#include "report/plain_text.h"

namespace urna::publish {
namespace {

using report::escape_html;

constexpr std::string_view stylesheet =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#15191d;background:#fff;overflow-wrap:anywhere}"
    "h1,h2,h3{line-height:1.2;margin:2rem 0 .75rem}h1{margin-top:0}"
    "table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}"
    "caption{text-align:start;font-weight:600;padding-bottom:.5rem}"
    "th,td{text-align:start;vertical-align:top;padding:.35rem .75rem .35rem 0;"
    "border-bottom:1px solid #b6c0c7}"
    ".n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "tbody th{font-weight:400}dt{font-weight:600}dd{margin:0 0 .5rem}"
    "code{font-family:ui-monospace,monospace;font-size:.95em}.wide{overflow-x:auto}"
    "footer{margin-top:3rem;border-top:1px solid #b6c0c7;padding-top:1rem;font-size:.9em}"
    "@media print{.wide{overflow:visible}tr{break-inside:avoid}}";

// The whole number that a cell shows, its digits perhaps grouped; nothing if it is none.
std::optional<std::uint64_t> number_in(std::string_view cell) {
  constexpr std::size_t digits_max = 18;
  std::string digits;
  for (const char c : cell) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != '\xC2' && c != '\xA0') {
      return std::nullopt;
    }
  }
  if (digits.empty() || digits.size() > digits_max) return std::nullopt;
  return std::stoull(digits);
}

// Hidden from programs that read aloud: the number stands beside it.
std::string bar_of(std::string_view cell, std::uint64_t greatest) {
  const std::optional<std::uint64_t> number = number_in(cell);
  if (!number || greatest == 0) return {};
  return fmt::format(R"(<svg width="100%" height="6" aria-hidden="true" focusable="false">)"
                     R"(<rect width="{:.2f}%" height="6" fill="#1f5f8b"/></svg>)",
                     100.0 * static_cast<double>(*number) / static_cast<double>(greatest));
}

class HtmlWriter {
 public:
  void operator()(const Heading& heading) {
    html += fmt::format("<h{0}>{1}</h{0}>\n", heading.level, escape_html(heading.text));
  }
  void operator()(const Paragraph& paragraph) {
    html += fmt::format("<p>{}</p>\n", escape_html(paragraph.text));
  }
  void operator()(const Facts& facts) {
    html += "<dl>\n";
    for (const Fact& fact : facts.facts) {
      html += fmt::format("<dt>{}</dt><dd>", escape_html(fact.name));
      const std::string value = escape_html(fact.value);
      html += fact.code ? "<code>" + value + "</code>" : value;
      html += "</dd>\n";
    }
    html += "</dl>\n";
  }
  void operator()(const Table& table) {
    const std::string caption = escape_html(table.caption);
    html += fmt::format(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\"><table>\n"
        "<caption>{0}</caption>\n<thead><tr>",
        caption);
    for (const Column& column : table.columns) {
      html += fmt::format("<th scope=\"col\"{}>{}</th>", column.number ? " class=\"n\"" : "",
                          escape_html(column.head));
    }
    html += "</tr></thead>\n<tbody>\n";
    std::vector<std::uint64_t> greatest(table.columns.size(), 0);
    for (const std::vector<std::string>& row : table.rows) {
      for (std::size_t c = 0; c < row.size(); ++c)
        greatest[c] = std::max(greatest[c], number_in(row[c]).value_or(0));
    }
    for (const std::vector<std::string>& row : table.rows) {
      html += "<tr>";
      for (std::size_t c = 0; c < row.size(); ++c) {
        std::string text = escape_html(row[c]);
        if (table.columns[c].bars) text += bar_of(row[c], greatest[c]);
        const char* const number = table.columns[c].number ? " class=\"n\"" : "";
        html += c == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", number, text)
                       : fmt::format("<td{}>{}</td>", number, text);
      }
      html += "</tr>\n";
    }
    html += "</tbody></table></div>\n";
  }

  std::string html;
};

}  // namespace

std::string to_html(const Document& document) {
  HtmlWriter writer;
  writer.html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'sha256-{}'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      document.language == report::Language::polish ? "pl" : "en",
      to_base64(view_of(sha256(stylesheet))), escape_html(document.title), stylesheet);
  for (const Block& block : document.blocks) std::visit(writer, block);
  writer.html +=
      fmt::format("</main>\n<footer>{}</footer>\n</body>\n</html>\n", escape_html(document.footer));
  return std::move(writer.html);
}

}  // namespace urna::publish
