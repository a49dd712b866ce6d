// SPDX-License-Identifier: EUPL-1.2
// The report for programs; every key is described in docs/counting-json.md.
#include "report/catalogue.h"
#include "report/context.h"
#include "report/json_writer.h"

namespace urna::report {
namespace {

using count::ProjectIndex;

std::string_view name_of(count::VoteType type) {
  switch (type) {
    case count::VoteType::approval:
      return "approval";
    case count::VoteType::choose_one:
      return "choose-1";
    case count::VoteType::ordinal:
      return "ordinal";
    case count::VoteType::cumulative:
      return "cumulative";
    case count::VoteType::scoring:
      return "scoring";
  }
  return {};
}

std::string_view name_of(count::TieCriterion criterion) {
  switch (criterion) {
    case count::TieCriterion::votes:
      return "votes";
    case count::TieCriterion::points:
      return "points";
    case count::TieCriterion::density:
      return "density";
    case count::TieCriterion::price:
      return "price";
    case count::TieCriterion::load:
      return "load";
    case count::TieCriterion::welfare:
      return "welfare";
  }
  return {};
}

std::string_view name_of(count::ReasonCode code) {
  using count::ReasonCode;
  switch (code) {
    case ReasonCode::won_in_order:
      return "won_in_order";
    case ReasonCode::won_by_shares:
      return "won_by_shares";
    case ReasonCode::won_by_completion:
      return "won_by_completion";
    case ReasonCode::won_by_load:
      return "won_by_load";
    case ReasonCode::won_by_optimum:
      return "won_by_optimum";
    case ReasonCode::won_over_budget:
      return "won_over_budget";
    case ReasonCode::won_without_cost:
      return "won_without_cost";
    case ReasonCode::lost_no_money:
      return "lost_no_money";
    case ReasonCode::lost_after_stop:
      return "lost_after_stop";
    case ReasonCode::lost_threshold:
      return "lost_threshold";
    case ReasonCode::lost_conflict:
      return "lost_conflict";
    case ReasonCode::lost_no_support:
      return "lost_no_support";
    case ReasonCode::lost_supporters_money:
      return "lost_supporters_money";
    case ReasonCode::lost_load_stop:
      return "lost_load_stop";
    case ReasonCode::lost_optimum:
      return "lost_optimum";
    case ReasonCode::lost_over_budget:
      return "lost_over_budget";
    case ReasonCode::lost_withdrawn:
      return "lost_withdrawn";
    case ReasonCode::lost_filter:
      return "lost_filter";
    case ReasonCode::lost_comparison:
      return "lost_comparison";
  }
  return {};
}

std::string_view name_of(count::Explanation explanation) {
  using count::Explanation;
  switch (explanation) {
    case Explanation::tie:
      return "tie";
    case Explanation::repeated_marks:
      return "repeated_marks";
    case Explanation::declared_votes:
      return "declared_votes";
    case Explanation::threshold:
      return "threshold";
    case Explanation::leftover:
      return "leftover";
    case Explanation::extra_money:
      return "extra_money";
    case Explanation::other_sources:
      return "other_sources";
    case Explanation::withdrawn:
      return "withdrawn";
    case Explanation::conflict:
      return "conflict";
    case Explanation::comment:
      return "comment";
    case Explanation::unexplained:
      return "unexplained";
  }
  return {};
}

// Which numbers a reason has; see ReasonCode.
struct ReasonFields {
  bool rank = false;
  bool round = false;
  bool money_before = false;
  bool value = false;
  bool threshold = false;
  bool price = false;
  bool paid_by = false;
};

ReasonFields fields_of(count::ReasonCode code) {
  using count::ReasonCode;
  switch (code) {
    case ReasonCode::won_in_order:
    case ReasonCode::won_by_completion:
    case ReasonCode::lost_no_money:
      return {.rank = true, .money_before = true, .value = true};
    case ReasonCode::won_by_shares:
      return {.round = true, .price = true, .paid_by = true};
    case ReasonCode::won_by_load:
      return {.round = true, .price = true};
    case ReasonCode::won_by_optimum:
      return {.value = true};
    case ReasonCode::won_over_budget:
    case ReasonCode::lost_after_stop:
      return {.rank = true, .money_before = true};
    case ReasonCode::won_without_cost:
    case ReasonCode::lost_load_stop:
      return {.round = true};
    case ReasonCode::lost_threshold:
    case ReasonCode::lost_filter:
      return {.value = true, .threshold = true};
    case ReasonCode::lost_supporters_money:
      return {.round = true, .money_before = true};
    case ReasonCode::lost_conflict:
    case ReasonCode::lost_no_support:
    case ReasonCode::lost_optimum:
    case ReasonCode::lost_over_budget:
    case ReasonCode::lost_withdrawn:
    case ReasonCode::lost_comparison:
      return {};
  }
  return {};
}

class JsonReport {
 public:
  JsonReport(const CountReport& report, OthersDetail others)
      : report_(report), instance_(*report.instance), others_(others) {}

  std::string write() && {
    json_.begin_object();
    json_.key("instance").string(instance_.title());
    json_.key("file").string(Context(report_, Language::english).file());
    json_.key("input_sha256");
    string_or_null(report_.input_sha256);
    json_.key("program");
    string_or_null(report_.program);
    json_.key("budget").money(instance_.budget);
    json_.key("currency").string(instance_.currency);
    json_.key("vote_type").string(name_of(instance_.vote_type));
    json_.key("ballots").natural(instance_.profile.ballots());
    json_.key("declared_rule");
    string_or_null(instance_.declared_rule);
    json_.key("tie_order").string(count::to_string(report_.ties));
    if (report_.ties.kind == count::TieKind::draw) {
      json_.key("draw_commitment").string(count::draw_commitment(report_.ties.seed));
    }
    rule(report_.main, true);
    json_.key("others").begin_array();
    for (const CountedRule& other : report_.others) {
      json_.begin_object();
      rule(other, false);
      versus_main(other);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
    return std::move(json_).take() + "\n";
  }

 private:
  void string_or_null(std::string_view text) {
    if (text.empty()) {
      json_.null();
    } else {
      json_.string(text);
    }
  }

  void id(ProjectIndex p) { json_.string(instance_.projects[p].id); }

  void ids(const std::vector<ProjectIndex>& projects) {
    json_.begin_array();
    for (const ProjectIndex p : projects) id(p);
    json_.end_array();
  }

  void count_or_null(const std::optional<std::uint64_t>& value) {
    if (value) {
      json_.natural(*value);
    } else {
      json_.null();
    }
  }

  // Keys that the main rule and the others share; names of projects stand only with the main one.
  void rule(const CountedRule& rule, bool with_names) {
    const count::Outcome& outcome = rule.outcome;
    json_.key("rule").string(rule.name);
    json_.key("label").begin_object();
    json_.key("pl").string(Context(report_, Language::polish).rule_label(rule));
    json_.key("en").string(Context(report_, Language::english).rule_label(rule));
    json_.end_object();
    json_.key("declared_as");
    string_or_null(rule.declared_as);
    json_.key("options").begin_object();
    for (const auto& [option, value] : rule.options) json_.key(option).string(value);
    json_.end_object();
    json_.key("winners");
    ids(outcome.winners);
    json_.key("total_cost").money(outcome.total_cost);
    json_.key("money_per_voter");
    if (outcome.money_per_voter) {
      json_.rational(*outcome.money_per_voter);
    } else {
      json_.null();
    }
    json_.key("add1_steps").natural(outcome.add1_steps);
    if (!with_names && others_ == OthersDetail::brief) {
      json_.key("analysis");
      analysis(rule.analysis, false);
      return;
    }
    json_.key("notes").begin_array();
    for (const std::string& note : outcome.notes) json_.string(note);
    json_.end_array();
    json_.key("ties").begin_array();
    for (const count::TieEvent& tie : outcome.ties) this->tie(tie);
    json_.end_array();
    json_.key("projects").begin_array();
    const count::PerProject<bool> funded = outcome.selected(instance_.projects.size());
    for (const ProjectIndex p : instance_.indices()) project(rule, p, funded[p], with_names);
    json_.end_array();
    json_.key("analysis");
    analysis(rule.analysis, true);
    json_.key("announced");
    announced(rule);
  }

  void tie(const count::TieEvent& tie) {
    json_.begin_object();
    json_.key("criterion").string(name_of(tie.criterion));
    json_.key("round").natural(tie.round);
    json_.key("projects");
    ids(tie.projects);
    json_.key("chosen");
    if (tie.round == 0 || tie.projects.empty()) {
      json_.null();
    } else {
      id(tie.projects.front());
    }
    json_.key("resolved_by").string(count::to_string(report_.ties));
    json_.key("decisive").boolean(tie.decisive);
    if (report_.ties.kind == count::TieKind::draw) {
      json_.key("lots").begin_object();
      for (const ProjectIndex p : tie.projects) {
        const std::string& name = instance_.projects[p].id;
        json_.key(name).string(count::draw_lot(report_.ties.seed, name));
      }
      json_.end_object();
    }
    json_.end_object();
  }

  void project(const CountedRule& rule, ProjectIndex p, bool funded, bool with_names) {
    const count::Project& project = instance_.projects[p];
    json_.begin_object();
    json_.key("id");
    id(p);
    if (with_names) {
      json_.key("name").string(project.name);
      json_.key("cost").money(project.cost);
      json_.key("votes").integer(report_.tally.votes[p]);
      json_.key("score").integer(report_.tally.points[p]);
    }
    json_.key("selected").boolean(funded);
    json_.key("reason");
    reason(rule, p);
    margin(rule, p);
    json_.end_object();
  }

  void reason(const CountedRule& rule, ProjectIndex p) {
    const count::Reason& reason = rule.outcome.reasons[p];
    json_.begin_object();
    json_.key("code").string(name_of(reason.code));
    json_.key("text").begin_object();
    json_.key("pl").string(explain(report_, rule, p, Language::polish));
    json_.key("en").string(explain(report_, rule, p, Language::english));
    json_.end_object();
    const ReasonFields fields = fields_of(reason.code);
    if (fields.rank) json_.key("rank").natural(reason.rank);
    if (fields.round) json_.key("round").natural(reason.round);
    if (fields.money_before) json_.key("money_before").money(reason.money_before);
    if (fields.value) json_.key("value").integer(reason.value);
    if (fields.threshold) json_.key("threshold").integer(reason.threshold);
    if (fields.price) json_.key("price").rational(reason.price);
    if (fields.paid_by) json_.key("paid_by").natural(reason.paid_by);
    if (reason.other && reason.other->value < instance_.projects.size()) {
      json_.key("other");
      id(*reason.other);
    }
    json_.end_object();
  }

  void margin(const CountedRule& rule, ProjectIndex p) {
    const bool known = rule.margins.size() == instance_.projects.size();
    json_.key("margin");
    count_or_null(known ? rule.margins[p].at_least : std::nullopt);
    json_.key("margin_detail");
    if (!known) {
      json_.null();
      return;
    }
    const count::Margin& margin = rule.margins[p];
    json_.begin_object();
    json_.key("at_least");
    count_or_null(margin.at_least);
    json_.key("at_most");
    count_or_null(margin.at_most);
    json_.key("own");
    count_or_null(margin.own);
    json_.key("exact").boolean(margin.exact());
    json_.key("never").boolean(margin.never());
    json_.end_object();
  }

  void spread(const count::Spread& spread) {
    json_.begin_object();
    json_.key("mean").rational(spread.mean);
    json_.key("minimum").rational(spread.minimum);
    json_.key("quartile1").rational(spread.quartile1);
    json_.key("median").rational(spread.median);
    json_.key("quartile3").rational(spread.quartile3);
    json_.key("maximum").rational(spread.maximum);
    json_.key("gini").rational(spread.gini);
    json_.end_object();
  }

  void shares(const std::vector<count::ShareOfMoney>& shares) {
    json_.begin_array();
    for (const count::ShareOfMoney& share : shares) {
      json_.begin_object();
      json_.key("label").string(share.label);
      json_.key("proposed").money(share.proposed);
      json_.key("funded").money(share.funded);
      json_.key("votes_share").rational(share.votes_share);
      json_.key("projects").natural(share.projects);
      json_.key("projects_funded").natural(share.projects_funded);
      json_.end_object();
    }
    json_.end_array();
  }

  void analysis(const count::Analysis& analysis, bool whole) {
    json_.begin_object();
    json_.key("ballots").natural(analysis.ballots);
    json_.key("excluded").natural(analysis.excluded);
    json_.key("funded_projects");
    spread(analysis.funded_projects);
    json_.key("funded_cost");
    spread(analysis.funded_cost);
    if (!whole) {
      json_.end_object();
      return;
    }
    json_.key("by_category");
    shares(analysis.by_category);
    json_.key("by_district");
    shares(analysis.by_district);
    json_.key("ejr_plus_violations").begin_array();
    for (const count::EjrViolation& violation : analysis.ejr_plus_violations) {
      json_.begin_object();
      json_.key("project");
      id(violation.project);
      json_.key("voters").natural(violation.voters);
      json_.key("level").rational(violation.level);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
  }

  void announced(const CountedRule& rule) {
    if (!rule.announced || !rule.announced->announced_present) {
      json_.null();
      return;
    }
    json_.begin_object();
    json_.key("agrees").boolean(rule.announced->agrees());
    json_.key("differences").begin_array();
    for (const count::Difference& difference : rule.announced->differences) {
      json_.begin_object();
      json_.key("project");
      id(difference.project);
      json_.key("counted_funded").boolean(difference.counted_funded);
      json_.key("announced").integer(difference.announced);
      json_.key("explanation").string(name_of(difference.explanation));
      json_.key("extra_money").money(difference.extra_money);
      json_.key("detail").string(difference.detail);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
  }

  void versus_main(const CountedRule& other) {
    const count::Comparison comparison = count::compare(
        instance_, report_.main.outcome.winners, other.outcome.winners, count::Preference::cost);
    json_.key("versus_main").begin_object();
    json_.key("only_main");
    ids(comparison.only_first);
    json_.key("only_this");
    ids(comparison.only_second);
    json_.key("ballots_preferring_main").natural(comparison.prefer_first);
    json_.key("ballots_preferring_this").natural(comparison.prefer_second);
    json_.key("ballots_indifferent").natural(comparison.indifferent);
    json_.end_object();
  }

  const CountReport& report_;
  const count::Instance& instance_;
  OthersDetail others_;
  JsonWriter json_;
};

}  // namespace

std::string to_json(const CountReport& report, OthersDetail others) {
  return JsonReport(report, others).write();
}

}  // namespace urna::report
