// SPDX-License-Identifier: EUPL-1.2
// The sections that compare: other rules on the same ballots, and where the money goes.
#include <algorithm>
#include <fmt/format.h>

#include "report/html_builder.h"
#include "report/plain_text.h"
#include "report/svg.h"

namespace urna::report {
namespace {

using count::ProjectIndex;

std::vector<const CountedRule*> all_rules(const Context& context) {
  std::vector<const CountedRule*> rules{&context.main()};
  for (const CountedRule& other : context.report().others) rules.push_back(&other);
  return rules;
}

void difference_cells(Html& html, const CountedRule& rule) {
  const Context& c = html.context();
  if (&rule == &c.main()) {
    html.cell(c.say(Say::rules_this)).cell("–");
    return;
  }
  const count::Comparison comparison = count::compare(
      c.instance(), c.main().outcome.winners, rule.outcome.winners, count::Preference::cost);
  if (comparison.only_first.empty() && comparison.only_second.empty()) {
    html.cell(c.say(Say::rules_same)).cell("–");
    return;
  }
  html.cell(c.say(Say::rules_changes,
                  {{"added", c.count(Noun::project, comparison.only_second.size())},
                   {"removed", c.count(Noun::project, comparison.only_first.size())}}));
  html.cell(c.say(Say::rules_prefer,
                  {{"first", c.integer(static_cast<std::int64_t>(comparison.prefer_first))},
                   {"second", c.integer(static_cast<std::int64_t>(comparison.prefer_second))},
                   {"same", c.integer(static_cast<std::int64_t>(comparison.indifferent))}}));
}

void rules_table(Html& html, const std::vector<const CountedRule*>& rules) {
  const Context& c = html.context();
  Rational scale = 1;
  for (const CountedRule* rule : rules) {
    scale = std::max(scale, rule->analysis.funded_projects.maximum);
  }
  html.begin_table(c.say(Say::rules_caption), {{c.say(Say::rules_column_rule), false},
                                               {c.say(Say::rules_column_funded), true},
                                               {c.say(Say::rules_column_cost), true},
                                               {c.say(Say::rules_column_excluded), true},
                                               {c.say(Say::rules_column_spread), false},
                                               {c.say(Say::rules_column_changes), false},
                                               {c.say(Say::rules_column_preferring), false}});
  for (const CountedRule* rule : rules) {
    html.raw("<tr>").row_head(c.rule_label(*rule));
    html.cell(c.integer(static_cast<std::int64_t>(rule->outcome.winners.size())), true);
    html.cell(c.money(rule->outcome.total_cost), true);
    html.cell(fmt::format("{} ({})", c.integer(static_cast<std::int64_t>(rule->analysis.excluded)),
                          c.percent(whole(rule->analysis.excluded), whole(rule->analysis.ballots))),
              true);
    html.raw("<td class=\"spread\">").raw(svg_box_plot(rule->analysis.funded_projects, scale));
    html.raw("<span class=\"aside\">").text(c.spread(rule->analysis.funded_projects));
    html.raw("</span></td>");
    difference_cells(html, *rule);
    html.raw("</tr>\n");
  }
  html.end_table();
  html.raw("<p class=\"aside\">").say(Say::spread_legend).raw("</p>");
}

void rules_matrix(Html& html, const std::vector<const CountedRule*>& rules) {
  const Context& c = html.context();
  std::vector<count::PerProject<bool>> funded;
  std::vector<Html::Head> heads{{c.say(Say::column_name), false}, {c.say(Say::column_cost), true}};
  for (const CountedRule* rule : rules) {
    funded.push_back(c.selected(*rule));
    heads.push_back({c.rule_label(*rule), false});
  }
  html.begin_table(c.say(Say::rules_matrix_caption), heads, "matrix");
  std::size_t left_out = 0;
  for (const ProjectIndex p : c.display_order()) {
    const bool any = std::any_of(funded.begin(), funded.end(),
                                 [&](const count::PerProject<bool>& flags) { return flags[p]; });
    if (!any) {
      ++left_out;
      continue;
    }
    html.raw("<tr>").row_head(c.name(p)).cell(c.cost(p), true);
    for (const auto& flags : funded) {
      html.raw(flags[p]
                   ? "<td class=\"yes\"><span aria-hidden=\"true\">✔</span><span class=\"vh\">"
                   : "<td class=\"no\"><span aria-hidden=\"true\">–</span><span class=\"vh\">");
      html.say(flags[p] ? Say::yes : Say::no).raw("</span></td>");
    }
    html.raw("</tr>\n");
  }
  html.end_table();
  if (left_out > 0) {
    html.raw("<p class=\"aside\">");
    html.say(Say::rules_unfunded, {{"count", c.integer(static_cast<std::int64_t>(left_out))}});
    html.raw("</p>");
  }
}

bool worth_showing(const std::vector<count::ShareOfMoney>& shares) { return shares.size() > 1; }

void money_table(Html& html, Say caption, const std::vector<count::ShareOfMoney>& shares) {
  const Context& c = html.context();
  std::vector<count::ShareOfMoney> sorted = shares;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.funded > b.funded; });
  std::int64_t most = 1;
  for (const count::ShareOfMoney& share : sorted) {
    most = std::max({most, share.funded.grosze, share.proposed.grosze});
  }
  html.begin_table(c.say(caption), {{c.say(Say::money_label), false},
                                    {c.say(Say::money_chart), false},
                                    {c.say(Say::money_funded), true},
                                    {c.say(Say::money_proposed), true},
                                    {c.say(Say::money_votes), true},
                                    {c.say(Say::money_projects), true}});
  for (const count::ShareOfMoney& share : sorted) {
    const std::string label = category_name(isolated(share.label), c.language());
    html.raw("<tr>").row_head(label.empty() ? c.say(Say::money_unlabelled) : label);
    const Bar bar{.length = rational(share.funded.grosze),
                  .lighter = rational(share.proposed.grosze),
                  .scale = rational(most),
                  .funded = true};
    html.raw("<td class=\"chart\">").raw(svg_bar(bar)).raw("</td>");
    html.cell(c.money(share.funded), true).cell(c.money(share.proposed), true);
    html.cell(c.percent(share.votes_share, rational(1)), true);
    html.cell(fmt::format("{} {}", c.integer(static_cast<std::int64_t>(share.projects_funded)),
                          c.say(Say::of_total,
                                {{"total", c.integer(static_cast<std::int64_t>(share.projects))}})),
              true);
    html.raw("</tr>\n");
  }
  html.end_table();
}

}  // namespace

void write_rules(Html& html) {
  const Context& c = html.context();
  if (c.report().others.empty()) return;
  const std::vector<const CountedRule*> rules = all_rules(c);
  html.begin_section("rules", Say::rules);
  html.raw("<p>").say(Say::rules_intro).raw("</p>");
  rules_table(html, rules);
  rules_matrix(html, rules);
  html.end_section();
}

bool has_money_section(const Context& context) {
  const count::Analysis& analysis = context.main().analysis;
  return worth_showing(analysis.by_category) || worth_showing(analysis.by_district);
}

void write_money(Html& html) {
  const count::Analysis& analysis = html.context().main().analysis;
  if (!has_money_section(html.context())) return;
  html.begin_section("money", Say::money);
  html.raw("<p>").say(Say::money_intro).raw("</p>");
  if (worth_showing(analysis.by_category)) {
    money_table(html, Say::by_category, analysis.by_category);
  }
  if (worth_showing(analysis.by_district)) {
    money_table(html, Say::by_district, analysis.by_district);
  }
  html.end_section();
}

}  // namespace urna::report
