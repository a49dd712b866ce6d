// SPDX-License-Identifier: EUPL-1.2
#include "report/html_builder.h"

#include <fmt/format.h>

#include "report/plain_text.h"

namespace urna::report {

std::string Html::id(std::string_view name) const {
  return fmt::format("{}-{}", context_.polish() ? "pl" : "en", name);
}

Html& Html::raw(std::string_view markup) {
  text_ += markup;
  return *this;
}

Html& Html::text(std::string_view words) {
  text_ += escape_html(words);
  return *this;
}

Html& Html::say(Say what, std::initializer_list<Word> words) {
  return text(report::say(what, context_.language(), words));
}

Html& Html::element(std::string_view tag, std::string_view words, std::string_view css_class) {
  text_ += fmt::format("<{}", tag);
  if (!css_class.empty()) text_ += fmt::format(" class=\"{}\"", css_class);
  text_ += fmt::format(">{}</{}>", escape_html(words), tag);
  return *this;
}

Html& Html::begin_section(std::string_view name, Say heading) {
  const std::string key = id(name);
  return raw(
      fmt::format("\n<section id=\"{0}\" aria-labelledby=\"{0}-h\"><h2 id=\"{0}-h\">{1}</h2>", key,
                  escape_html(context_.say(heading))));
}

Html& Html::end_section() { return raw("</section>\n"); }

Html& Html::begin_table(std::string_view caption, const std::vector<Head>& heads,
                        std::string_view css_class) {
  const std::string label = context_.say(Say::scroll_hint, {{"caption", std::string(caption)}});
  raw(
      fmt::format("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">"
                  "<table class=\"{}\"><caption>{}</caption><thead><tr>",
                  escape_html(label), css_class, escape_html(caption)));
  for (const Head& head : heads) {
    raw(fmt::format("<th scope=\"col\"{}>{}</th>", head.number ? " class=\"n\"" : "",
                    escape_html(head.words)));
  }
  return raw("</tr></thead><tbody>\n");
}

Html& Html::end_table() { return raw("</tbody></table></div>\n"); }

Html& Html::row_head(std::string_view words) {
  return raw("<th scope=\"row\">").text(words).raw("</th>");
}

Html& Html::cell(std::string_view words, bool number) {
  return raw(number ? "<td class=\"n\">" : "<td>").text(words).raw("</td>");
}

Html& Html::verdict(bool funded) {
  raw(funded ? "<span class=\"mark yes\"><span aria-hidden=\"true\">✔</span> "
             : "<span class=\"mark no\"><span aria-hidden=\"true\">–</span> ");
  return say(funded ? Say::funded : Say::not_funded).raw("</span>");
}

}  // namespace urna::report
