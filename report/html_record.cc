// SPDX-License-Identifier: EUPL-1.2
// The sections for those who check: fairness, the announced result, how it was computed.
#include <fmt/format.h>

#include "report/html_builder.h"
#include "report/plain_text.h"

namespace urna::report {
namespace {

constexpr std::size_t violations_open_max = 8;

// Remarks of the program exist in English only; the page says so to screen readers and spell
// checkers.
void english_remark(Html& html, std::string_view words) {
  html.raw(html.context().polish() ? "<span lang=\"en\">" : "<span>");
  html.text(one_line(words)).raw("</span>");
}

void violation_list(Html& html, const std::vector<count::EjrViolation>& violations) {
  const Context& c = html.context();
  const bool folded = violations.size() > violations_open_max + 2;
  html.raw("<ul>");
  for (std::size_t i = 0; i < violations.size(); ++i) {
    if (folded && i == violations_open_max) {
      html.raw("</ul><details><summary>");
      html.say(Say::more_rows,
               {{"count", c.integer(static_cast<std::int64_t>(violations.size() - i))}});
      html.raw("</summary><ul>");
    }
    html.raw("<li>");
    html.say(Say::fairness_group, {{"project", c.quoted(violations[i].project)},
                                   {"voters", c.count(Noun::voter, violations[i].voters)}});
    html.raw("</li>");
  }
  html.raw("</ul>");
  if (folded) html.raw("</details>");
}

void row(Html& html, Say label, std::string_view value, bool code = false) {
  html.raw("<div><dt>").say(label).raw(code ? "</dt><dd><code>" : "</dt><dd>").text(value);
  html.raw(code ? "</code></dd></div>" : "</dd></div>");
}

}  // namespace

void write_fairness(Html& html) {
  const Context& c = html.context();
  const count::Analysis& analysis = c.main().analysis;
  if (analysis.ballots == 0) return;
  html.begin_section("fairness", Say::fairness);
  const auto& violations = analysis.ejr_plus_violations;
  html.raw("<p>").say(violations.empty() ? Say::fairness_ok : Say::fairness_intro).raw("</p>");
  if (!violations.empty()) violation_list(html, violations);
  html.raw("<ul><li>");
  html.say(Say::fairness_excluded,
           {{"count", c.count(Noun::voter, analysis.excluded)},
            {"share", c.percent(whole(analysis.excluded), whole(analysis.ballots))}});
  html.raw("</li><li>").say(Say::rules_column_spread).raw(": ");
  html.text(c.spread(analysis.funded_projects)).raw(".</li><li>");
  html.say(Say::fairness_gini,
           {{"gini", format_decimal(analysis.funded_cost.gini, 2, c.language())}});
  html.raw("</li></ul>");
  html.end_section();
}

void write_announced(Html& html) {
  const Context& c = html.context();
  if (!c.main().announced) return;
  const count::AnnouncedComparison& comparison = *c.main().announced;
  html.begin_section("announced", Say::announced);
  if (!comparison.announced_present || comparison.agrees()) {
    html.raw("<p>");
    html.say(comparison.announced_present ? Say::announced_same : Say::announced_none);
    html.raw("</p>").end_section();
    return;
  }
  html.raw("<p>");
  html.say(Say::announced_intro,
           {{"count", c.count(Noun::project, comparison.differences.size())}});
  html.raw("</p>");
  html.begin_table(c.say(Say::announced), {{c.say(Say::column_name), false},
                                           {c.say(Say::announced_counted), false},
                                           {c.say(Say::announced_city), false},
                                           {c.say(Say::announced_why), false}});
  for (const count::Difference& difference : comparison.differences) {
    html.raw("<tr>").row_head(c.quoted(difference.project));
    html.cell(c.announced_word(difference.counted_funded ? 1 : 0));
    html.cell(c.announced_word(difference.announced));
    html.raw("<td>").text(c.in(explanation_phrase(difference.explanation)));
    if (difference.extra_money > Money{}) {
      html.raw(" ").say(Say::announced_extra, {{"money", c.money(difference.extra_money)}});
    }
    if (!difference.detail.empty()) {
      html.raw(" <span class=\"aside\">").say(Say::announced_detail).raw(" ");
      english_remark(html, difference.detail);
      html.raw("</span>");
    }
    html.raw("</td></tr>\n");
  }
  html.end_table();
  html.end_section();
}

void write_computed(Html& html) {
  const Context& c = html.context();
  const CountedRule& rule = c.main();
  html.begin_section("computed", Say::computed);
  html.raw("<p>").say(Say::computed_repeat).raw("</p><dl class=\"record\">");
  row(html, Say::computed_rule, rule_name(rule, c.language()));
  if (!rule.declared_as.empty()) {
    row(html, Say::computed_declared, one_line(rule.declared_as), true);
  }
  const std::string options = c.options(rule);
  if (options.empty()) {
    row(html, Say::computed_options, c.say(Say::computed_no_options));
  } else {
    row(html, Say::computed_options, options, true);
  }
  if (rule.outcome.money_per_voter) {
    row(html, Say::computed_add1,
        fmt::format("{} ({})",
                    format_amount(*rule.outcome.money_per_voter, 2, c.currency(), c.language()),
                    c.count(Noun::step, rule.outcome.add1_steps)));
  }
  row(html, Say::computed_ties, c.tie_policy());
  row(html, Say::computed_votes, c.in(vote_type_phrase(c.instance().vote_type)));
  if (!c.currency().empty()) row(html, Say::computed_currency, c.currency());
  row(html, Say::computed_file, c.file(), true);
  if (!c.report().input_sha256.empty()) {
    row(html, Say::computed_digest, one_line(c.report().input_sha256), true);
  }
  if (!c.report().program.empty()) {
    row(html, Say::computed_program, one_line(c.report().program));
  }
  html.raw("</dl>");
  if (!rule.outcome.notes.empty()) {
    html.raw("<h3>").say(Say::computed_notes).raw("</h3><ul>");
    for (const std::string& note : rule.outcome.notes) {
      html.raw("<li>");
      english_remark(html, note);
      html.raw("</li>");
    }
    html.raw("</ul>");
  }
  html.end_section();
}

}  // namespace urna::report
