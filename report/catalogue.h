// SPDX-License-Identifier: EUPL-1.2
// Every sentence the reports speak, in Polish and English side by side.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "count/analysis/announced.h"
#include "count/outcome.h"
#include "count/tie_order.h"
#include "report/count_report.h"

namespace urna::report {

// One saying in both languages. Places to fill are named in braces, "{cost}", the same names in
// both languages.
struct Phrase {
  std::string_view polish;
  std::string_view english;
  [[nodiscard]] constexpr std::string_view in(Language language) const {
    return language == Language::polish ? polish : english;
  }
};

// Words and headings of the pages. Grouped by where they are used.
enum class Say {
  // Frame
  eyebrow,
  skip,
  contents,
  scroll_hint,
  more_rows,
  yes,
  no,
  footer,
  page_title,
  // Summary
  decided,
  decided_sentence,
  decided_left,
  announced_agrees,
  announced_differs,
  tie_decisive_short,
  funded_projects,
  money_spent,
  money_left,
  ballots_cast,
  with_something,
  of_total,
  of_budget,
  budget_bar,
  winners_caption,
  nothing_funded,
  // Ranking
  ranking,
  ranking_intro,
  ranking_intro_points,
  threshold_line,
  legend_funded,
  legend_not_funded,
  not_funded,
  // Projects
  projects,
  projects_intro,
  column_result,
  column_project,
  column_cost,
  column_votes,
  column_points,
  column_margin,
  column_reason,
  funded,
  withdrawn_cost,
  project_number,
  // Margins
  margins,
  margins_short,
  margins_intro,
  margins_intro_short,
  margins_none,
  margins_unknown,
  margin_exact,
  margin_range,
  margin_at_least,
  margin_never,
  margin_unknown,
  margin_own,
  margin_never_short,
  margin_legend,
  margins_rest,
  column_name,
  // Ties
  ties,
  ties_none,
  ties_intro,
  ties_order_of,
  tie_round,
  tie_ranking,
  tie_order_was,
  tie_decisive,
  tie_not_decisive,
  tie_more,
  tie_lot,
  draw_how,
  draw_command,
  draw_commitment,
  draw_intro,
  // Rules side by side
  rules,
  rules_intro,
  rules_caption,
  rules_matrix_caption,
  rules_column_rule,
  rules_column_funded,
  rules_column_cost,
  rules_column_excluded,
  rules_column_spread,
  rules_column_changes,
  rules_column_preferring,
  rules_this,
  rules_same,
  rules_changes,
  rules_prefer,
  rules_unfunded,
  spread_text,
  spread_legend,
  rules_only_main,
  rules_only_other,
  // Money
  money,
  money_intro,
  by_category,
  by_district,
  money_label,
  money_chart,
  money_proposed,
  money_funded,
  money_votes,
  money_projects,
  money_unlabelled,
  // Map
  map,
  map_intro,
  map_description,
  map_scale,
  map_list,
  map_missing,
  map_head_place,
  // Fairness
  fairness,
  fairness_ok,
  fairness_intro,
  fairness_group,
  fairness_excluded,
  fairness_gini,
  fairness_more,
  // Announced
  announced,
  announced_none,
  announced_same,
  announced_intro,
  announced_counted,
  announced_city,
  announced_why,
  announced_funded,
  announced_not,
  announced_other,
  announced_extra,
  announced_detail,
  // How it was computed
  computed,
  computed_rule,
  computed_declared,
  computed_options,
  computed_ties,
  computed_file,
  computed_digest,
  computed_votes,
  computed_program,
  computed_currency,
  computed_notes,
  computed_add1,
  computed_repeat,
  computed_no_options,
  last = computed_no_options,
};

[[nodiscard]] Phrase phrase(Say what);

// The sentence about a project, and a few words for a table.
struct ReasonPhrases {
  Phrase sentence;
  Phrase brief;
};
// `other_is_self`: Reason::other is absent or the project itself.
[[nodiscard]] ReasonPhrases reason_phrases(count::ReasonCode code, bool other_is_self);

[[nodiscard]] Phrase tie_criterion_phrase(count::TieCriterion criterion);
[[nodiscard]] Phrase tie_policy_phrase(count::TieKind kind);
[[nodiscard]] Phrase explanation_phrase(count::Explanation explanation);
[[nodiscard]] Phrase satisfaction_phrase(count::Satisfaction satisfaction);
[[nodiscard]] Phrase vote_type_phrase(count::VoteType type);
[[nodiscard]] std::string category_name(std::string_view category, Language language);
// What an option of a rule means, in a few words; an unknown option stands for itself.
[[nodiscard]] std::string option_words(std::string_view option, std::string_view value,
                                       Language language);
// Names for people; an unknown name stands for itself.
[[nodiscard]] std::string rule_name(const CountedRule& rule, Language language);

// What stands in for a place: its name, without braces, and the text.
using Word = std::pair<std::string_view, std::string>;

// Puts the words into their places in one pass, so braces inside a word stay what they are.
[[nodiscard]] std::string fill(std::string_view pattern, std::span<const Word> words);

[[nodiscard]] std::string say(Say what, Language language, std::initializer_list<Word> words = {});

}  // namespace urna::report
