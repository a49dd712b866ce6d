// SPDX-License-Identifier: EUPL-1.2
// The page: one file, both languages, no request to anywhere.
#include <array>
#include <fmt/format.h>

#include "report/html_assets.h"
#include "report/html_builder.h"
#include "report/plain_text.h"

namespace urna::report {
namespace {

void contents(Html& html) {
  const Context& c = html.context();
  struct Entry {
    std::string_view name;
    Say heading;
    bool present;
  };
  const std::array<Entry, 10> entries{{
      {"ranking", Say::ranking, true},
      {"projects", Say::projects, true},
      {"margins", Say::margins, true},
      {"ties", Say::ties, true},
      {"rules", Say::rules, !c.report().others.empty()},
      {"money", Say::money, has_money_section(c)},
      {"map", Say::map, has_map_section(c)},
      {"fairness", Say::fairness, c.main().analysis.ballots > 0},
      {"announced", Say::announced, c.main().announced.has_value()},
      {"computed", Say::computed, true},
  }};
  const std::string key = html.id("contents");
  html.raw(fmt::format("<nav class=\"toc\" aria-labelledby=\"{0}\"><h2 id=\"{0}\">", key));
  html.say(Say::contents).raw("</h2><ul>");
  for (const Entry& entry : entries) {
    if (!entry.present) continue;
    html.raw(fmt::format("<li><a href=\"#{}\">", html.id(entry.name)));
    html.say(entry.heading).raw("</a></li>");
  }
  html.raw("</ul></nav>");
}

std::string half(const CountReport& report, Language language) {
  const Context context(report, language);
  Html html(context);
  const std::string_view code = language == Language::polish ? "pl" : "en";
  html.raw(fmt::format("<div id=\"{0}\" lang=\"{0}\" data-language data-title=\"{1}\">", code,
                       escape_html(context.say(Say::page_title, {{"title", context.title()}}))));
  html.raw("<div class=\"masthead\"><div class=\"wrap\"><h1>")
      .text(context.title())
      .raw("</h1><p>");
  html.text(
      fmt::format("{}: {}", context.say(Say::computed_rule), rule_name(context.main(), language)));
  html.raw("</p></div></div><div class=\"wrap\">");
  write_summary(html);
  contents(html);
  write_ranking(html);
  write_projects(html);
  write_margins(html);
  write_ties(html);
  write_rules(html);
  write_money(html);
  write_map(html);
  write_fairness(html);
  write_announced(html);
  write_computed(html);
  html.raw("</div></div>\n");
  return std::move(html).take();
}

// A short text of the frame in both languages, of which the script shows one.
std::string both(std::string_view tag, Say what) {
  return fmt::format(
      "<{0} lang=\"pl\" data-language>{1}</{0}><{0} lang=\"en\" data-language>{2}</{0}>", tag,
      escape_html(say(what, Language::polish)), escape_html(say(what, Language::english)));
}

}  // namespace

std::string to_html(const CountReport& report) {
  const Context polish(report, Language::polish);
  std::string page = "<!DOCTYPE html>\n<html lang=\"pl\">\n<head>\n<meta charset=\"utf-8\">\n";
  page += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n",
                      content_security_policy());
  page += fmt::format("<title>{}</title>\n",
                      escape_html(polish.say(Say::page_title, {{"title", polish.title()}})));
  page +=
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n";
  page += fmt::format("<style>{}</style>\n</head>\n<body>\n", page_style());
  page += fmt::format("<a class=\"skip\" href=\"#main\">{}</a>\n", both("span", Say::skip));
  page += fmt::format("<header class=\"top\"><div class=\"wrap\"><div class=\"brand\">{}</div>",
                      both("span", Say::eyebrow));
  page +=
      "<nav class=\"languages\" aria-label=\"Język / Language\"><ul>"
      "<li><a href=\"#pl\" lang=\"pl\" hreflang=\"pl\" data-to-language=\"pl\">Polski</a></li>"
      "<li><a href=\"#en\" lang=\"en\" hreflang=\"en\" data-to-language=\"en\">English</a></li>"
      "</ul></nav></div></header>\n<main id=\"main\" tabindex=\"-1\">\n";
  page += half(report, Language::polish);
  page += half(report, Language::english);
  page += "</main>\n<footer><div class=\"wrap\">";
  page += both("p", Say::footer);
  page += fmt::format("</div></footer>\n<script>{}</script>\n</body>\n</html>\n", page_script());
  return page;
}

}  // namespace urna::report
