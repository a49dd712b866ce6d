// SPDX-License-Identifier: EUPL-1.2
// The report for a terminal: 100 columns of UTF-8.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "report/context.h"
#include "report/plain_text.h"

namespace urna::report {
namespace {

constexpr std::size_t page_columns = 100;
constexpr std::size_t tie_projects_shown_max = 12;
constexpr std::size_t violations_shown_max = 10;

class TextReport {
 public:
  TextReport(Context context, bool colour) : context_(context), colour_(colour) {}

  std::string write() && {
    summary();
    table();
    ties();
    announced();
    side_by_side();
    analysis();
    notes();
    return std::move(text_);
  }

 private:
  void line(std::string_view text = {}) {
    text_ += text;
    text_ += '\n';
  }

  void heading(Say what) {
    line();
    line(painted(context_.say(what), "1"));
    line(std::string(page_columns, '-'));
  }

  // A paragraph broken at spaces; following lines are indented by `indent` more columns.
  void paragraph(std::string_view text, std::size_t indent = 0) {
    std::string current;
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = std::min(text.find(' ', begin), text.size());
      const std::string_view word = text.substr(begin, end - begin);
      const bool fits = display_width(current) + 1 + display_width(word) <= page_columns;
      if (!current.empty() && !fits) {
        line(current);
        current.assign(indent, ' ');
      } else if (begin > 0) {
        current += ' ';
      }
      current += word;
      begin = end + 1;
    }
    line(current);
  }

  [[nodiscard]] std::string painted(std::string_view text, std::string_view code) const {
    if (!colour_) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
  }

  void fact(Say label, std::string_view value) {
    constexpr std::size_t label_columns = 28;  // the longest label and its colon fit
    paragraph(fmt::format("{}{}", padded(context_.say(label) + ":", label_columns), value),
              label_columns);
  }

  void summary() {
    const Context& c = context_;
    const count::Outcome& outcome = c.main().outcome;
    line(painted(c.title(), "1"));
    line(std::string(page_columns, '='));
    fact(Say::computed_rule, c.rule_label(c.main()));
    if (!c.main().declared_as.empty()) {
      fact(Say::computed_declared, one_line(c.main().declared_as));
    }
    const std::string options = c.options(c.main());
    fact(Say::computed_options, options.empty() ? c.say(Say::computed_no_options) : options);
    fact(Say::ballots_cast, c.integer(static_cast<std::int64_t>(c.instance().profile.ballots())));
    fact(Say::funded_projects,
         fmt::format("{} {}", outcome.winners.size(),
                     c.say(Say::of_total, {{"total", c.integer(static_cast<std::int64_t>(
                                                         c.instance().projects.size()))}})));
    fact(Say::money_spent,
         fmt::format(
             "{} ({})", c.money(outcome.total_cost),
             c.say(Say::of_budget, {{"share", c.percent(rational(outcome.total_cost.grosze),
                                                        rational(c.instance().budget.grosze))},
                                    {"budget", c.money(c.instance().budget)}})));
    fact(Say::money_left, c.money(c.left()));
    if (outcome.money_per_voter) {
      fact(Say::computed_add1,
           fmt::format("{} (Add1: {})",
                       format_amount(*outcome.money_per_voter, 2, c.currency(), c.language()),
                       c.count(Noun::step, outcome.add1_steps)));
    }
  }

  void table() {
    const Context& c = context_;
    heading(Say::projects);
    const std::vector<count::ProjectIndex> order = c.display_order();
    const bool margins = c.has_margins();

    // Numbers get the columns they need, within reason; name and reason share the rest.
    const std::string support_title =
        c.say(c.shows_points() ? Say::column_points : Say::column_votes);
    const std::string margin_title = c.say(Say::margins_short);
    std::size_t id = 4;
    std::size_t cost = display_width(c.say(Say::column_cost));
    std::size_t support = display_width(support_title);
    std::size_t margin = margins ? display_width(margin_title) : 0;
    for (const count::ProjectIndex p : order) {
      id = std::max(id, display_width(c.id(p)));
      cost = std::max(cost, display_width(c.cost(p)));
      support = std::max(support, display_width(c.integer(c.support(p))));
      if (margins) margin = std::max(margin, display_width(c.margin_cell(c.main().margins[p])));
    }
    id = std::min<std::size_t>(id, 12);
    cost = std::min<std::size_t>(cost, 20);
    support = std::min<std::size_t>(support, 10);
    margin = std::min<std::size_t>(margin, 13);
    const std::size_t fixed = 2 + id + 1 + 1 + cost + 1 + support + (margins ? 1 + margin : 0) + 2;
    const std::size_t reason = 26;
    const std::size_t name = page_columns - fixed - reason;

    const auto row = [&](std::string_view mark, std::string_view a, std::string_view b,
                         std::string_view d, std::string_view e, std::string_view f,
                         std::string_view g) {
      std::string out = fmt::format("{} {} {} {} {}", mark, padded(a, id), padded(b, name),
                                    padded_left(d, cost), padded_left(e, support));
      if (margins) out += ' ' + padded_left(f, margin);
      out += "  " + truncated(g, reason);
      return out;
    };
    line(row(" ", "ID", c.say(Say::column_name), c.say(Say::column_cost), support_title,
             margin_title, c.say(Say::column_reason)));
    const count::PerProject<bool> funded = c.selected(c.main());
    for (const count::ProjectIndex p : order) {
      const std::string out =
          row(funded[p] ? "✔" : "–", c.id(p), c.name(p), c.cost(p), c.integer(c.support(p)),
              margins ? c.margin_cell(c.main().margins[p]) : "", c.brief_reason(c.main(), p));
      line(painted(out, funded[p] ? "32" : "0"));
    }
    if (margins) {
      line();
      paragraph(fmt::format("{}: {}", margin_title, c.say(Say::margins_intro_short)));
    }
  }

  void ties() {
    const Context& c = context_;
    heading(Say::ties);
    const auto& ties = c.main().outcome.ties;
    if (ties.empty()) {
      line(c.say(Say::ties_none));
      return;
    }
    paragraph(c.say(Say::ties_intro, {{"count", c.integer(static_cast<std::int64_t>(ties.size()))},
                                      {"policy", c.tie_policy()}}));
    const bool draw = c.report().ties.kind == count::TieKind::draw;
    for (const count::TieEvent& tie : ties) {
      paragraph(fmt::format("• {} {}", c.tie_headline(tie),
                            c.say(tie.decisive ? Say::tie_decisive : Say::tie_not_decisive)),
                2);
      std::string names;
      for (std::size_t i = 0; i < tie.projects.size(); ++i) {
        if (i == tie_projects_shown_max) {
          names +=
              ", " +
              c.say(Say::tie_more,
                    {{"count", c.integer(static_cast<std::int64_t>(tie.projects.size() - i))}});
          break;
        }
        if (i > 0) names += ", ";
        names += c.id(tie.projects[i]);
        if (draw) {
          const std::string lot =
              count::draw_lot(c.report().ties.seed, c.instance().projects[tie.projects[i]].id);
          names += fmt::format(" ({})", c.say(Say::tie_lot, {{"lot", lot.substr(0, 8) + "…"}}));
        }
      }
      paragraph(fmt::format("  {} {}", c.say(Say::tie_order_was), names), 4);
    }
    if (draw) {
      paragraph(c.say(Say::draw_intro) + one_line(c.report().ties.seed), 2);
      paragraph(c.say(Say::draw_commitment) + count::draw_commitment(c.report().ties.seed), 2);
    }
  }

  void announced() {
    const Context& c = context_;
    if (!c.main().announced) return;
    heading(Say::announced);
    const count::AnnouncedComparison& comparison = *c.main().announced;
    if (!comparison.announced_present) {
      line(c.say(Say::announced_none));
      return;
    }
    if (comparison.agrees()) {
      line(painted(c.say(Say::announced_same), "32"));
      return;
    }
    paragraph(c.say(Say::announced_intro,
                    {{"count", c.count(Noun::project, comparison.differences.size())}}));
    for (const count::Difference& difference : comparison.differences) {
      std::string text = fmt::format(
          "• {} {} – {}: {}; {}: {}. {}", c.id(difference.project),
          truncated(c.name(difference.project), 40), c.say(Say::announced_counted),
          c.announced_word(difference.counted_funded ? 1 : 0), c.say(Say::announced_city),
          c.announced_word(difference.announced), c.in(explanation_phrase(difference.explanation)));
      if (difference.extra_money > Money{}) {
        text += ' ' + c.say(Say::announced_extra, {{"money", c.money(difference.extra_money)}});
      }
      if (!difference.detail.empty()) {
        text += fmt::format(" {} {}", c.say(Say::announced_detail), one_line(difference.detail));
      }
      paragraph(text, 2);
    }
  }

  void side_by_side() {
    const Context& c = context_;
    if (c.report().others.empty()) return;
    heading(Say::rules);
    for (const CountedRule& other : c.report().others) {
      const count::Comparison comparison = count::compare(
          c.instance(), c.main().outcome.winners, other.outcome.winners, count::Preference::cost);
      paragraph(fmt::format("• {}: {}, {}; {}: {}", c.rule_label(other),
                            c.count(Noun::project, other.outcome.winners.size()),
                            c.money(other.outcome.total_cost), c.say(Say::rules_column_excluded),
                            c.percent(rational(static_cast<std::int64_t>(other.analysis.excluded)),
                                      rational(static_cast<std::int64_t>(other.analysis.ballots)))),
                2);
      if (comparison.only_first.empty() && comparison.only_second.empty()) {
        line("  " + c.say(Say::rules_same));
        continue;
      }
      const auto list = [&](Say what, const std::vector<count::ProjectIndex>& projects) {
        if (projects.empty()) return;
        std::string ids;
        for (const count::ProjectIndex p : projects) {
          if (!ids.empty()) ids += ", ";
          ids += c.id(p);
        }
        paragraph("  " + c.say(what, {{"projects", ids}}), 4);
      };
      list(Say::rules_only_main, comparison.only_first);
      list(Say::rules_only_other, comparison.only_second);
      paragraph(fmt::format("  {}: {}", c.say(Say::rules_column_preferring),
                            c.say(Say::rules_prefer,
                                  {{"first", c.count(Noun::ballot, comparison.prefer_first)},
                                   {"second", c.count(Noun::ballot, comparison.prefer_second)},
                                   {"same", c.count(Noun::ballot, comparison.indifferent)}})),
                4);
    }
  }

  void analysis() {
    const Context& c = context_;
    const count::Analysis& analysis = c.main().analysis;
    heading(Say::fairness);
    paragraph(c.say(Say::fairness_excluded,
                    {{"count", c.count(Noun::voter, analysis.excluded)},
                     {"share", c.percent(rational(static_cast<std::int64_t>(analysis.excluded)),
                                         rational(static_cast<std::int64_t>(analysis.ballots)))}}));
    paragraph(fmt::format("{}: {}.", c.say(Say::rules_column_spread),
                          c.spread(analysis.funded_projects)));
    paragraph(c.say(Say::fairness_gini,
                    {{"gini", format_decimal(analysis.funded_cost.gini, 2, c.language())}}));
    const auto& violations = analysis.ejr_plus_violations;
    paragraph(c.say(violations.empty() ? Say::fairness_ok : Say::fairness_intro));
    for (std::size_t i = 0; i < violations.size(); ++i) {
      if (i == violations_shown_max) {
        line("  " +
             c.say(Say::fairness_more,
                   {{"count", c.integer(static_cast<std::int64_t>(violations.size() - i))}}));
        break;
      }
      paragraph("• " + c.say(Say::fairness_group,
                             {{"project", c.quoted(violations[i].project)},
                              {"voters", c.count(Noun::voter, violations[i].voters)}}),
                2);
    }
  }

  void notes() {
    const Context& c = context_;
    heading(Say::computed);
    fact(Say::computed_file, c.file());
    if (!c.report().input_sha256.empty()) {
      fact(Say::computed_digest, one_line(c.report().input_sha256));
    }
    fact(Say::computed_votes, c.in(vote_type_phrase(c.instance().vote_type)));
    fact(Say::computed_ties, c.tie_policy());
    if (!c.report().program.empty()) fact(Say::computed_program, one_line(c.report().program));
    for (const std::string& note : c.main().outcome.notes) {
      paragraph("• " + one_line(note), 2);
    }
  }

  Context context_;
  bool colour_;
  std::string text_;
};

}  // namespace

std::string to_text(const CountReport& report, Language language, bool colour) {
  return TextReport(Context(report, language), colour).write();
}

}  // namespace urna::report
