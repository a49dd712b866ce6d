// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/check_rule.h"

#include <algorithm>
#include <variant>

#include "count/pabulib/check/check_budget.h"
#include "count/pabulib/check/check_meta.h"
#include "count/rules/declared.h"
#include "count/tally.h"
#include "count/tie_order.h"

namespace urna::count::pabulib::check {
namespace {

// More than twice what the hardest published file needs; a file made to be slow ends soon.
constexpr std::uint64_t add1_steps_max = 200'000;

bool is_equal_shares(std::string_view rule) { return rule.starts_with("equalshares"); }

// Its result is only partly determined by what the file says.
bool is_loose(std::string_view rule) {
  return rule == "greedy-exclusive" || rule == "greedy-custom";
}

std::string names_of(const Instance& instance, const std::vector<ProjectIndex>& projects) {
  std::string names;
  for (const ProjectIndex p : projects) {
    if (!names.empty()) names += ", ";
    names += quoted(instance.projects[p].id);
  }
  return names;
}

}  // namespace

// One comparison of announcement and rule.
class RuleCheck::Count {
 public:
  Count(const Model& model, Findings& findings, const std::vector<ProjectIndex>& position,
        Instance instance)
      : model_(model),
        findings_(findings),
        instance_(std::move(instance)),
        tally_{PerProject<std::int64_t>(instance_.projects.size()),
               PerProject<std::int64_t>(instance_.projects.size())} {
    model_index_.resize(position.size());
    for (std::size_t i = 0; i < position.size(); ++i) model_index_[position[i].value] = i;
    for (const ProjectIndex p : instance_.indices()) {
      const ProjectFacts& project = facts(p);
      tally_.votes[p] = project.declared_votes.value_or(project.counted_votes);
      tally_.points[p] =
          model.has_score_column ? project.declared_score.value_or(0) : project.counted_points;
    }
  }

  void run() {
    Result<DeclaredRule> declared = read_declared_rule(instance_);
    if (!declared) {
      run_unexplained(std::move(declared).error());
      return;
    }
    const bool poznan =
        std::holds_alternative<GreedyOptions>(declared->options) &&
        std::get<GreedyOptions>(declared->options).misfit == Misfit::fund_at_80_percent;
    if (std::holds_alternative<GreedyOptions>(declared->options)) {
      const GreedyOptions& options = std::get<GreedyOptions>(declared->options);
      const Outcome outcome = greedy(instance_, tally_, order(TieKind::file), options);
      if (poznan) {
        compare_poznan(outcome, options);
      } else {
        compare(outcome);
      }
      return;
    }
    run_equal_shares(std::get<EqualSharesOptions>(declared->options));
  }

 private:
  [[nodiscard]] const ProjectFacts& facts(ProjectIndex p) const {
    return model_.projects[model_index_[p.value]];
  }
  [[nodiscard]] TieOrder order(TieKind kind) const {
    return TieOrder(instance_, tally_, TiePolicy{kind, {}});
  }
  [[nodiscard]] bool funded(ProjectIndex p) const { return facts(p).selected == 1; }

  [[nodiscard]] bool agrees(const Outcome& outcome) const {
    const PerProject<bool> counted = outcome.selected(instance_.projects.size());
    for (const ProjectIndex p : instance_.indices()) {
      if (counted[p] != funded(p)) return false;
    }
    return true;
  }

  // A custom rule that nobody explained may still be plain greedy in effect.
  void run_unexplained(const Error& why) {
    GreedyOptions plain;
    plain.rank = model_.has_score_column ? GreedyRank::points : GreedyRank::votes;
    plain.threshold = instance_.score_threshold;
    if (instance_.declared_rule == "greedy-custom" &&
        agrees(greedy(instance_, tally_, order(TieKind::file), plain)))
      return;
    findings_.add_with_remedy(Code::rule_not_checked, model_.place("rule"), why.message,
                              why.remedy);
  }

  void run_equal_shares(const EqualSharesOptions& declared) {
    std::optional<Outcome> first;
    for (const Add1Start start : {Add1Start::exact, Add1Start::integer}) {
      for (const TieKind ties : {TieKind::file, TieKind::cost, TieKind::votes, TieKind::id}) {
        EqualSharesOptions options = declared;
        options.add1_start = start;
        options.add1_steps_max = add1_steps_max;
        Result<Outcome> outcome = equal_shares(instance_, order(ties), options);
        if (!outcome) {
          findings_.add_with_remedy(Code::rule_not_checked, model_.place("rule"),
                                    outcome.error().message, outcome.error().remedy);
          return;
        }
        if (agrees(*outcome)) {
          compare(*outcome);  // for its ties
          return;
        }
        // Without a tie that matters, other orders of ties cannot differ.
        const bool tied = std::any_of(outcome->ties.begin(), outcome->ties.end(),
                                      [](const TieEvent& tie) { return tie.decisive; });
        if (!first) first = std::move(*outcome);
        if (!tied) break;
      }
      if (declared.completion == Completion::none || declared.completion == Completion::utilitarian)
        break;
    }
    compare(*first);
  }

  void compare(const Outcome& outcome) {
    const PerProject<bool> counted = outcome.selected(instance_.projects.size());
    bool same = true;
    for (const ProjectIndex p : instance_.indices()) {
      if (counted[p] == funded(p)) continue;
      same = false;
      report(is_loose(instance_.declared_rule) ? Code::rule_perhaps_not_followed
                                               : Code::rule_not_followed,
             p, counted[p]);
    }
    if (same) report_ties(outcome);
  }

  // Poznan: 2 stands for the project funded at 80 %; 3 for projects funded later from more money,
  // which must be the next ones in the ranking.
  void compare_poznan(const Outcome& outcome, const GreedyOptions& options) {
    PerProject<bool> counted = outcome.selected(instance_.projects.size());
    std::vector<ProjectIndex> rest;
    std::size_t later = 0;
    for (const ProjectIndex p : instance_.indices()) {
      if (facts(p).selected == 3) ++later;
      if (!counted[p]) rest.push_back(p);
    }
    const PerProject<std::int64_t>& value =
        options.rank == GreedyRank::points ? tally_.points : tally_.votes;
    std::stable_sort(rest.begin(), rest.end(),
                     [&](ProjectIndex a, ProjectIndex b) { return value[a] > value[b]; });
    for (std::size_t i = 0; i < std::min(later, rest.size()); ++i) counted[rest[i]] = true;
    bool same = true;
    for (const ProjectIndex p : instance_.indices()) {
      const bool announced = facts(p).selected != 0;
      if (counted[p] == announced) continue;
      same = false;
      report(announced ? Code::rule_not_followed : Code::rule_perhaps_not_followed, p, counted[p]);
    }
    if (same) report_ties(outcome);
  }

  void report(Code code, ProjectIndex p, bool counted) {
    const ProjectFacts& project = facts(p);
    findings_.add(code, {project.line, project.selected_column, "selected"},
                  "the project {} is announced as {}, the rule {} {} it", quoted(project.id),
                  *project.selected, instance_.declared_rule, counted ? "funds" : "does not fund");
  }

  void report_ties(const Outcome& outcome) {
    for (const TieEvent& tie : outcome.ties) {
      if (!tie.decisive || tie.projects.empty()) continue;
      const ProjectFacts& project = facts(tie.projects.front());
      findings_.add(Code::tie_decides, {project.line, project.selected_column, "selected"},
                    "the projects {} are equal, and their order decides who is funded",
                    names_of(instance_, tie.projects));
    }
  }

  const Model& model_;
  Findings& findings_;
  Instance instance_;
  Tally tally_;
  std::vector<std::size_t> model_index_;  // by index in instance_
};

RuleCheck::RuleCheck(const Model& model, Findings& findings) : model_(model), findings_(findings) {}
RuleCheck::~RuleCheck() = default;

bool RuleCheck::begin() {
  position_.resize(model_.projects.size());
  std::size_t next = 0;
  for (const bool announced : {true, false}) {
    for (std::size_t i = 0; i < position_.size(); ++i) {
      if ((model_.projects[i].selected.value_or(0) != 0) == announced)
        position_[i] = ProjectIndex{static_cast<std::uint16_t>(next++)};
    }
  }
  if (!is_equal_shares(model_.value("rule")) || !can_be_counted()) return false;
  builder_.emplace(*model_.facts.vote_type);
  return true;
}

void RuleCheck::ballot(std::span<const ProjectIndex> projects,
                       std::span<const std::int32_t> points) {
  scratch_.clear();
  for (const ProjectIndex p : projects) scratch_.push_back(position_[p.value]);
  all_ballots_kept_ = all_ballots_kept_ && builder_->add(scratch_, points);
}

bool RuleCheck::can_be_counted() const {
  if (!model_.has_selected_column || model_.projects.empty() || !model_.facts.budget ||
      !model_.facts.vote_type)
    return false;
  return std::all_of(model_.projects.begin(), model_.projects.end(), [](const ProjectFacts& p) {
    return p.cost.has_value() && p.selected.has_value();
  });
}

void RuleCheck::finish(const std::string& file) {
  const std::string_view rule = model_.value("rule");
  if (!can_be_counted() || model_.project_rows != model_.projects.size()) return;
  if (rule == "unknown") {
    findings_.add(Code::rule_not_declared, model_.place("rule"), "the rule is declared as unknown");
    return;
  }
  const bool reads_points = model_.facts.vote_type == VoteType::ordinal ||
                            model_.facts.vote_type == VoteType::cumulative ||
                            model_.facts.vote_type == VoteType::scoring;
  if (rule.empty() || findings_.contains(Code::unknown_rule) ||
      findings_.contains(Code::threshold_missing) ||
      (reads_points && !model_.has_score_column && model_.has_uncountable_points) ||
      (is_equal_shares(rule) && (!builder_ || !all_ballots_kept_ || model_.has_uncountable_points)))
    return;

  Instance instance;
  instance.file = file;
  for (const MetaEntry& entry : model_.meta)
    instance.meta.push_back({entry.key, entry.value, entry.line});
  instance.budget = *model_.facts.budget;
  instance.vote_type = *model_.facts.vote_type;
  instance.declared_rule = rule;
  instance.score_threshold = model_.facts.score_threshold;
  instance.projects = PerProject<Project>(model_.projects.size());
  for (std::size_t i = 0; i < position_.size(); ++i) {
    const ProjectFacts& facts = model_.projects[i];
    Project& project = instance.projects[position_[i]];
    project.id = facts.id;
    project.cost = *facts.cost;
    project.declared_votes = facts.declared_votes;
    project.declared_score = facts.declared_score;
    project.selected = static_cast<int>(*facts.selected);
    project.line = facts.line;
  }
  if (builder_) instance.profile = std::move(*builder_).build();
  Count(model_, findings_, position_, std::move(instance)).run();
}

}  // namespace urna::count::pabulib::check
