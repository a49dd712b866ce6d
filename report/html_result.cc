// SPDX-License-Identifier: EUPL-1.2
// The sections about the result itself: summary, support, all projects, margins.
#include <algorithm>
#include <fmt/format.h>

#include "report/html_builder.h"
#include "report/plain_text.h"
#include "report/svg.h"

namespace urna::report {
namespace {

using count::ProjectIndex;

constexpr std::size_t bars_open_max = 15;
constexpr std::size_t margins_shown_max = 12;

Rational grosze(Money amount) { return rational(amount.grosze); }

// One line of a bar list: name, bar, number.
void bar_row(Html& html, std::string_view name, const std::string& bar, std::string_view value,
             std::optional<bool> funded) {
  html.raw("<li><span class=\"bars-name\">").text(name).raw("</span><span class=\"bars-bar\">");
  html.raw(bar).raw("</span><span class=\"bars-value\">").text(value);
  if (funded) {
    html.raw(*funded ? " <span class=\"chip yes\">" : " <span class=\"chip no\">");
    html.say(*funded ? Say::legend_funded : Say::legend_not_funded).raw("</span>");
  }
  html.raw("</span></li>\n");
}

void fact(Html& html, Say label, std::string_view value, std::string_view detail = {}) {
  html.raw("<div><dt>").say(label).raw("</dt><dd>").text(value);
  if (!detail.empty()) html.raw(" <small>").text(detail).raw("</small>");
  html.raw("</dd></div>");
}

void announced_callout(Html& html) {
  const auto& announced = html.context().main().announced;
  if (!announced || !announced->announced_present) return;
  if (announced->agrees()) {
    html.raw("<p class=\"callout good\"><span aria-hidden=\"true\">✔</span> ");
    html.say(Say::announced_agrees).raw("</p>");
    return;
  }
  html.raw(
      fmt::format("<p class=\"callout note\"><span aria-hidden=\"true\">≠</span> <a href=\"#{}\">",
                  html.id("announced")));
  html.say(Say::announced_differs,
           {{"count", html.context().count(Noun::project, announced->differences.size())}});
  html.raw("</a></p>");
}

void tie_callout(Html& html) {
  const auto& ties = html.context().main().outcome.ties;
  const bool decisive = std::any_of(ties.begin(), ties.end(),
                                    [](const count::TieEvent& tie) { return tie.decisive; });
  if (!decisive) return;
  html.raw(
      fmt::format("<p class=\"callout note\"><span aria-hidden=\"true\">=</span> <a href=\"#{}\">",
                  html.id("ties")));
  html.say(Say::tie_decisive_short).raw("</a></p>");
}

void winners(Html& html) {
  const Context& c = html.context();
  const auto& outcome = c.main().outcome;
  if (outcome.winners.empty()) {
    html.raw("<p>").say(Say::nothing_funded).raw("</p>");
    return;
  }
  const Rational whole = grosze(std::max(c.instance().budget, outcome.total_cost));
  std::vector<Segment> segments;
  for (const ProjectIndex p : outcome.winners) {
    const Money cost = c.instance().projects[p].cost;
    segments.push_back({grosze(cost), fmt::format("{}: {}", c.name(p), c.money(cost))});
  }
  html.raw("<figure class=\"pool\">");
  html.raw(svg_budget(segments, whole,
                      c.say(Say::budget_bar, {{"budget", c.money(c.instance().budget)}}),
                      html.id("budget-bar")));
  html.raw("<figcaption>").say(Say::budget_bar, {{"budget", c.money(c.instance().budget)}});
  html.raw(". ").say(Say::decided_left, {{"left", c.money(c.left())}});
  html.raw("</figcaption></figure><h3>")
      .say(Say::winners_caption)
      .raw("</h3><ol class=\"bars numbered\">\n");
  Rational longest = 1;
  for (const ProjectIndex p : outcome.winners) {
    longest = std::max(longest, grosze(c.instance().projects[p].cost));
  }
  for (const ProjectIndex p : outcome.winners) {
    const Money cost = c.instance().projects[p].cost;
    const Bar bar{.length = grosze(cost), .scale = longest, .funded = true};
    bar_row(
        html, c.name(p), svg_bar(bar),
        fmt::format("{} · {}", c.money(cost), c.percent(grosze(cost), grosze(c.instance().budget))),
        std::nullopt);
  }
  html.raw("</ol>");
}

}  // namespace

void write_summary(Html& html) {
  const Context& c = html.context();
  const auto& outcome = c.main().outcome;
  const std::uint64_t ballots = c.instance().profile.ballots();
  html.begin_section("decided", Say::decided);
  html.raw("<p class=\"lead\">");
  html.say(Say::decided_sentence,
           {{"ballots", c.count(Noun::ballot_accusative, ballots)},
            {"projects", c.count(Noun::project_genitive, c.instance().projects.size())},
            {"winners", c.integer(static_cast<std::int64_t>(outcome.winners.size()))},
            {"spent", c.money(outcome.total_cost)},
            {"budget", c.money(c.instance().budget)}});
  html.raw("</p>");
  announced_callout(html);
  tie_callout(html);
  html.raw("<dl class=\"facts\">");
  fact(html, Say::funded_projects, c.integer(static_cast<std::int64_t>(outcome.winners.size())),
       c.say(Say::of_total,
             {{"total", c.integer(static_cast<std::int64_t>(c.instance().projects.size()))}}));
  fact(html, Say::money_spent, c.money(outcome.total_cost),
       c.say(Say::of_budget,
             {{"share", c.percent(grosze(outcome.total_cost), grosze(c.instance().budget))},
              {"budget", c.money(c.instance().budget)}}));
  fact(html, Say::ballots_cast, c.integer(static_cast<std::int64_t>(ballots)));
  const count::Analysis& analysis = c.main().analysis;
  if (analysis.ballots > 0) {
    fact(html, Say::with_something,
         c.percent(whole(analysis.ballots - analysis.excluded), whole(analysis.ballots)));
  }
  html.raw("</dl>");
  winners(html);
  html.end_section();
}

void write_ranking(Html& html) {
  const Context& c = html.context();
  html.begin_section("ranking", Say::ranking);
  html.raw("<p>").say(c.shows_points() ? Say::ranking_intro_points : Say::ranking_intro);
  const auto& threshold = c.instance().score_threshold;
  if (threshold) {
    html.raw(" ").say(Say::threshold_line,
                      {{"threshold", format_count(c.shows_points() ? Noun::point : Noun::vote,
                                                  *threshold, c.language())}});
  }
  html.raw("</p>");
  std::vector<ProjectIndex> order = c.display_order();
  std::stable_sort(order.begin(), order.end(),
                   [&](ProjectIndex a, ProjectIndex b) { return c.support(a) > c.support(b); });
  std::int64_t most = std::max<std::int64_t>(threshold.value_or(1), 1);
  for (const ProjectIndex p : order) most = std::max(most, c.support(p));
  const count::PerProject<bool> funded = c.selected(c.main());
  html.raw("<ol class=\"bars\">\n");
  for (std::size_t i = 0; i < order.size(); ++i) {
    // A few more are shown rather than hidden behind a button for two or three.
    if (i == bars_open_max && order.size() > bars_open_max + 3) {
      html.raw("</ol><details><summary>");
      html.say(Say::more_rows, {{"count", c.integer(static_cast<std::int64_t>(order.size() - i))}});
      html.raw(fmt::format("</summary><ol class=\"bars\" start=\"{}\">\n", i + 1));
    }
    const ProjectIndex p = order[i];
    Bar bar{.length = rational(c.support(p)), .scale = rational(most), .funded = funded[p]};
    if (threshold) bar.threshold = rational(*threshold);
    bar_row(html, c.name(p), svg_bar(bar), c.support_count(p), funded[p]);
  }
  html.raw("</ol>");
  if (order.size() > bars_open_max + 3) html.raw("</details>");
  html.end_section();
}

void write_projects(Html& html) {
  const Context& c = html.context();
  html.begin_section("projects", Say::projects);
  html.raw("<p>").say(Say::projects_intro).raw("</p>");
  const std::string support = c.say(c.shows_points() ? Say::column_points : Say::column_votes);
  const std::string cost = c.say(Say::column_cost);
  const std::string margin = c.say(Say::column_margin);
  const bool margins = c.has_margins();

  // On a narrow screen the rows become cards; the roles keep the table a table for those who
  // listen to it.
  html.raw("<table class=\"projects\" role=\"table\"><caption>").say(Say::projects);
  html.raw("</caption><thead role=\"rowgroup\"><tr role=\"row\">");
  const auto head = [&](std::string_view words, bool is_number) {
    html.raw(is_number ? "<th role=\"columnheader\" scope=\"col\" class=\"n\">"
                       : "<th role=\"columnheader\" scope=\"col\">");
    html.text(words).raw("</th>");
  };
  head(c.say(Say::column_project), false);
  head(c.say(Say::column_result), false);
  head(cost, true);
  head(support, true);
  if (margins) head(margin, true);
  html.raw("</tr></thead><tbody role=\"rowgroup\">\n");

  const auto cell = [&](std::string_view label, std::string_view words) {
    html.raw(fmt::format("<td role=\"cell\" class=\"n\" data-label=\"{}\">", escape_html(label)));
    html.text(words).raw("</td>");
  };
  const count::PerProject<bool> funded = c.selected(c.main());
  for (const ProjectIndex p : c.display_order()) {
    html.raw("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><span class=\"name\"><bdi>");
    html.text(c.name(p)).raw("</bdi></span> <span class=\"number\">");
    html.say(Say::project_number, {{"id", c.id(p)}}).raw("</span></th>");
    html.raw("<td role=\"cell\" class=\"verdict\">").verdict(funded[p]).raw("</td>");
    cell(cost, c.cost(p));
    cell(support, c.integer(c.support(p)));
    if (margins) cell(margin, c.margin_cell(c.main().margins[p]));
    html.raw("</tr>\n<tr role=\"row\" class=\"why\"><td role=\"cell\"");
    html.raw(fmt::format(" colspan=\"{}\">", margins ? 5 : 4));
    html.text(explain(c.report(), c.main(), p, c.language()));
    if (margins) {
      html.raw(" <span class=\"aside\">")
          .text(c.margin_sentence(c.main().margins[p]))
          .raw("</span>");
    }
    html.raw("</td></tr>\n");
  }
  html.raw("</tbody></table>");
  html.end_section();
}

void write_margins(Html& html) {
  const Context& c = html.context();
  html.begin_section("margins", Say::margins);
  if (!c.has_margins()) {
    html.raw("<p>").say(Say::margins_none).raw("</p>");
    html.end_section();
    return;
  }
  const auto& margins = c.main().margins;
  std::vector<ProjectIndex> order;
  for (const ProjectIndex p : c.display_order()) {
    if (!margins[p].never() && Context::informative(margins[p])) order.push_back(p);
  }
  if (order.empty()) {
    html.raw("<p>").say(Say::margins_unknown).raw("</p>");
    html.end_section();
    return;
  }
  std::stable_sort(order.begin(), order.end(), [&](ProjectIndex a, ProjectIndex b) {
    constexpr std::uint64_t unknown = ~std::uint64_t{0};
    return std::pair(*margins[a].at_least, margins[a].at_most.value_or(unknown)) <
           std::pair(*margins[b].at_least, margins[b].at_most.value_or(unknown));
  });
  const bool shortened = order.size() > margins_shown_max;
  if (shortened) order.resize(margins_shown_max);
  std::uint64_t most = 1;
  bool ranges = false;
  for (const ProjectIndex p : order) {
    most = std::max({most, *margins[p].at_least, margins[p].at_most.value_or(1)});
    ranges = ranges || (margins[p].at_most && !margins[p].exact());
  }
  html.raw("<p>").say(Say::margins_intro);
  if (ranges) html.raw(" ").say(Say::margin_legend);
  html.raw("</p><ol class=\"bars\">\n");
  const count::PerProject<bool> funded = c.selected(c.main());
  for (const ProjectIndex p : order) {
    Bar bar{.length = whole(*margins[p].at_least), .scale = whole(most), .funded = funded[p]};
    if (margins[p].at_most) bar.lighter = whole(*margins[p].at_most);
    bar_row(html, c.name(p), svg_bar(bar), c.margin_cell(margins[p]), funded[p]);
  }
  html.raw("</ol>");
  if (shortened) html.raw("<p class=\"aside\">").say(Say::margins_rest).raw("</p>");
  html.end_section();
}

}  // namespace urna::report
