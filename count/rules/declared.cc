// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/declared.h"

#include <fmt/format.h>

#include "count/rules/comment_conflicts.h"

namespace urna::count {
namespace {

bool gives_points(VoteType type) {
  return type == VoteType::ordinal || type == VoteType::cumulative || type == VoteType::scoring;
}

bool mentions(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Error unsupported(const Instance& instance, std::string message) {
  SourcePlace place{instance.file, 0, 0, "rule"};
  for (const MetaField& field : instance.meta)
    if (field.key == "rule") place.line = field.line;
  return Error{ErrorCode::unsupported, std::move(message), std::move(place),
               "choose a rule and its options yourself"};
}

// Adds the groups named by the comment and says what was assumed.
void read_conflicts(const Instance& instance, GreedyOptions& options, DeclaredRule& declared) {
  for (CommentConflict& conflict : read_comment_conflicts(instance)) {
    std::string ids;
    for (const ProjectIndex p : conflict.projects)
      ids += (ids.empty() ? "" : ", ") + instance.projects[p].id;
    declared.assumptions.push_back(fmt::format(
        "projects {} exclude each other, read from the comment: \"{}\"", ids, conflict.sentence));
    options.conflicts.push_back(std::move(conflict.projects));
  }
  if (options.conflicts.empty()) {
    declared.assumptions.push_back(
        "the file declares mutually exclusive projects but does not name them; none are assumed");
  }
}

// `suffix` is what follows "greedy" in the declaration.
Result<DeclaredRule> read_greedy(const Instance& instance, std::string_view suffix) {
  DeclaredRule declared{instance.declared_rule, GreedyOptions{}, {}};
  GreedyOptions options;
  options.rank = gives_points(instance.vote_type) ? GreedyRank::points : GreedyRank::votes;
  options.threshold = instance.score_threshold;

  if (suffix == "-no-skip") {
    options.misfit = Misfit::stop;
  } else if (suffix == "-exclusive") {
    read_conflicts(instance, options, declared);
  } else if (suffix == "-custom") {
    const std::string_view comment = instance.find_meta("comment").value_or("");
    if (!mentions(comment, "80%") && !mentions(comment, "80 %")) {
      return unsupported(instance, "the file declares a custom greedy rule without explaining it");
    }
    options.misfit = Misfit::fund_at_80_percent;
    declared.assumptions.push_back(
        "custom rule read from the comment: stop at the first project that does not fit, but fund "
        "it if the money left covers 80 % of its cost");
  } else if (suffix == "-threshold") {
    if (!options.threshold) {
      declared.assumptions.push_back(
          "the file declares a threshold without min_project_score_threshold; none is applied");
    }
  } else if (!suffix.empty()) {
    return unsupported(instance, "unknown greedy rule: " + instance.declared_rule);
  }
  if (options.threshold && suffix != "-threshold") {
    declared.assumptions.push_back(fmt::format(
        "min_project_score_threshold {} is applied though the rule's name does not mention it",
        *options.threshold));
  }
  if (instance.vote_type == VoteType::ordinal) {
    declared.assumptions.push_back(
        "a ballot of m places gives m points to its first project, m-1 to the second, … 1 to the "
        "last");
  }
  declared.options = std::move(options);
  return declared;
}

// `suffix` is what follows "equalshares" in the declaration.
Result<DeclaredRule> read_equal_shares(const Instance& instance, std::string_view suffix) {
  DeclaredRule declared{instance.declared_rule, EqualSharesOptions{}, {}};
  EqualSharesOptions options;
  options.satisfaction =
      gives_points(instance.vote_type) ? Satisfaction::score : Satisfaction::cost;
  if (suffix == "/add1") {
    options.completion = Completion::add1;
  } else if (suffix == "/add1-comparison" || suffix == "-comparison") {
    options.completion = Completion::comparison;
    options.comparison_after_add1 = suffix == "/add1-comparison";
  } else if (!suffix.empty()) {
    return unsupported(instance, "unknown variant of Equal Shares: " + instance.declared_rule);
  }
  declared.assumptions.push_back(options.satisfaction == Satisfaction::cost
                                     ? "a voter's satisfaction with a project is its cost"
                                     : "a voter's satisfaction with a project is its points");
  if (suffix.starts_with("/add1")) {
    declared.assumptions.push_back(
        "the money of each voter starts at exactly budget/voters and is raised by 1 currency unit "
        "until the next outcome would cost more than the budget");
  }
  if (options.completion == Completion::comparison) {
    declared.assumptions.push_back(
        "Equal Shares is kept unless more voters have more funded projects under greedy");
  }
  declared.options = std::move(options);
  return declared;
}

}  // namespace

Result<DeclaredRule> read_declared_rule(const Instance& instance) {
  const std::string_view rule = instance.declared_rule;
  if (rule.empty()) {
    return Error{ErrorCode::malformed, "the file declares no rule",
                 SourcePlace{instance.file, 0, 0, "rule"},
                 "choose a rule and its options yourself"};
  }
  for (const std::string_view prefix :
       {std::string_view("greedy"), std::string_view("equalshares")}) {
    if (!rule.starts_with(prefix)) continue;
    const std::string_view suffix = rule.substr(prefix.size());
    return prefix == "greedy" ? read_greedy(instance, suffix) : read_equal_shares(instance, suffix);
  }
  return unsupported(instance, "the file declares its rule as \"" + instance.declared_rule + "\"");
}

}  // namespace urna::count
