// SPDX-License-Identifier: EUPL-1.2
#include "report/counting.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "count/analysis/analysis.h"
#include "count/analysis/announced.h"
#include "count/margin/margin.h"
#include "count/rules/declared.h"
#include "count/rules/equal_shares.h"
#include "count/rules/greedy.h"
#include "count/rules/max_welfare.h"
#include "count/rules/phragmen.h"

namespace urna::report {
namespace {

using count::Instance;

template <typename T>
using Names = std::initializer_list<std::pair<const char*, T>>;

// The value that `word` names, or an error listing the names.
template <typename T>
Result<T> value_of(const char* option, const std::string& word, Names<T> names) {
  std::string known;
  for (const auto& [name, value] : names) {
    if (word == name) return value;
    known += known.empty() ? name : std::string(", ") + name;
  }
  return Error{ErrorCode::usage,
               "unknown value for --" + std::string(option) + ": " + word,
               {},
               "use one of " + known};
}

template <typename T>
std::string name_of(T value, Names<T> names) {
  for (const auto& [name, known] : names) {
    if (known == value) return name;
  }
  return {};
}

constexpr Names<count::GreedyRank> rank_names = {
    {"votes", count::GreedyRank::votes},
    {"points", count::GreedyRank::points},
    {"votes-per-cost", count::GreedyRank::votes_per_cost},
    {"points-per-cost", count::GreedyRank::points_per_cost}};
constexpr Names<count::Satisfaction> satisfaction_names = {
    {"cost", count::Satisfaction::cost},
    {"cardinality", count::Satisfaction::cardinality},
    {"score", count::Satisfaction::score}};
constexpr Names<count::Completion> completion_names = {
    {"none", count::Completion::none},
    {"add1", count::Completion::add1},
    {"utilitarian", count::Completion::utilitarian},
    {"add1+utilitarian", count::Completion::add1_utilitarian},
    {"comparison", count::Completion::comparison}};
constexpr Names<count::Add1Stop> stop_names = {{"overshoot", count::Add1Stop::overshoot},
                                               {"exhaustive", count::Add1Stop::exhaustive}};
constexpr Names<count::Add1Start> start_names = {{"exact", count::Add1Start::exact},
                                                 {"integer", count::Add1Start::integer}};
constexpr Names<count::Preference> preference_names = {
    {"cardinality", count::Preference::cardinality},
    {"cost", count::Preference::cost},
    {"exclusion", count::Preference::exclusion}};
constexpr Names<count::OrdinalPoints> ordinal_names = {
    {"descending", count::OrdinalPoints::descending}, {"borda", count::OrdinalPoints::borda}};

bool has_points(const Instance& instance) {
  return instance.vote_type != count::VoteType::approval &&
         instance.vote_type != count::VoteType::choose_one;
}

// "50" votes, or "10%" of the ballots rounded up to whole votes.
Result<std::int64_t> read_threshold(const Instance& instance, const std::string& text) {
  const bool share = text.ends_with('%');
  const std::string digits = share ? text.substr(0, text.size() - 1) : text;
  const Error wrong{ErrorCode::usage,
                    "not a threshold: " + text,
                    {},
                    "give a number of votes such as 50, or a share of the ballots such as 10%"};
  if (share) {
    const Result<Money> percent = parse_money(digits);  // a decimal with two places
    constexpr std::int64_t whole = 100 * 100;
    if (!percent || percent->grosze > whole) return wrong;
    const auto ballots = static_cast<std::int64_t>(instance.profile.ballots());
    return (ballots * percent->grosze + whole - 1) / whole;
  }
  std::int64_t votes = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), votes);
  if (failure != std::errc{} || end != digits.data() + digits.size() || votes < 0) return wrong;
  return votes;
}

Result<std::vector<count::ProjectIndex>> read_conflict(const Instance& instance,
                                                       const std::string& text) {
  std::vector<count::ProjectIndex> group;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string id = text.substr(begin, end - begin);
    const auto indices = instance.indices();
    const auto found = std::find_if(indices.begin(), indices.end(), [&](count::ProjectIndex p) {
      return instance.projects[p].id == id;
    });
    if (found == indices.end()) {
      return Error{ErrorCode::usage,
                   "no project has the id " + id,
                   {instance.file},
                   "name ids of this file, separated by commas"};
    }
    group.push_back(*found);
    begin = end + 1;
  }
  return group;
}

Result<count::GreedyOptions> greedy_options(const Instance& instance, const CountWords& words) {
  count::GreedyOptions options;
  options.rank = has_points(instance) ? count::GreedyRank::points : count::GreedyRank::votes;
  if (words.rank) {
    const auto rank = value_of("rank", *words.rank, rank_names);
    if (!rank) return rank.error();
    options.rank = *rank;
  }
  options.misfit = words.stop_at_first_misfit ? count::Misfit::stop : count::Misfit::skip;
  if (words.threshold) {
    const auto threshold = read_threshold(instance, *words.threshold);
    if (!threshold) return threshold.error();
    options.threshold = *threshold;
  }
  for (const std::string& text : words.conflicts) {
    auto group = read_conflict(instance, text);
    if (!group) return std::move(group).error();
    options.conflicts.push_back(*std::move(group));
  }
  return options;
}

Result<count::Satisfaction> satisfaction_of(const Instance& instance, const CountWords& words) {
  if (words.satisfaction) return value_of("satisfaction", *words.satisfaction, satisfaction_names);
  return has_points(instance) ? count::Satisfaction::score : count::Satisfaction::cost;
}

Result<count::EqualSharesOptions> equal_shares_options(const Instance& instance,
                                                       const CountWords& words) {
  count::EqualSharesOptions options;
  const auto satisfaction = satisfaction_of(instance, words);
  if (!satisfaction) return satisfaction.error();
  const auto ordinal = value_of("ordinal-points", words.ordinal_points, ordinal_names);
  if (!ordinal) return ordinal.error();
  const auto completion = value_of("completion", words.completion, completion_names);
  if (!completion) return completion.error();
  const auto stop = value_of("add1-stop", words.add1_stop, stop_names);
  if (!stop) return stop.error();
  const auto start = value_of("add1-start", words.add1_start, start_names);
  if (!start) return start.error();
  const auto preference = value_of("preference", words.preference, preference_names);
  if (!preference) return preference.error();
  const Result<Money> step = parse_money(words.add1_step);
  if (!step || *step <= Money{}) {
    return Error{ErrorCode::usage,
                 "not an amount for --add1-step: " + words.add1_step,
                 {},
                 "give currency units such as 1 or 0.50"};
  }
  options.satisfaction = *satisfaction;
  options.ordinal = *ordinal;
  options.completion = *completion;
  options.add1_stop = *stop;
  options.add1_start = *start;
  options.add1_step = *step;
  options.preference = *preference;
  options.support_filter = words.support_filter;
  return options;
}

std::string ids_joined(const Instance& instance, const std::vector<count::ProjectIndex>& group) {
  std::string text;
  for (const count::ProjectIndex p : group) {
    if (!text.empty()) text += ',';
    text += instance.projects[p].id;
  }
  return text;
}

using OptionList = std::vector<std::pair<std::string, std::string>>;

OptionList listed(const Instance& instance, const count::GreedyOptions& options) {
  OptionList list{{"rank", name_of(options.rank, rank_names)}};
  switch (options.misfit) {
    case count::Misfit::skip:
      list.emplace_back("misfit", "skip");
      break;
    case count::Misfit::stop:
      list.emplace_back("misfit", "stop");
      break;
    case count::Misfit::fund_at_80_percent:
      list.emplace_back("misfit", "fund-at-80-percent");
      break;
  }
  if (options.threshold) list.emplace_back("threshold", std::to_string(*options.threshold));
  for (const auto& group : options.conflicts) {
    list.emplace_back("conflict", ids_joined(instance, group));
  }
  return list;
}

OptionList listed(const count::EqualSharesOptions& options) {
  OptionList list{{"satisfaction", name_of(options.satisfaction, satisfaction_names)},
                  {"completion", name_of(options.completion, completion_names)}};
  const bool raises =
      options.completion == count::Completion::add1 ||
      options.completion == count::Completion::add1_utilitarian ||
      (options.completion == count::Completion::comparison && options.comparison_after_add1);
  if (raises) {
    list.emplace_back("add1-stop", name_of(options.add1_stop, stop_names));
    list.emplace_back("add1-start", name_of(options.add1_start, start_names));
    list.emplace_back("add1-step", to_plain_string(options.add1_step));
  }
  if (options.completion == count::Completion::comparison) {
    list.emplace_back("preference", name_of(options.preference, preference_names));
  }
  if (options.support_filter) list.emplace_back("support-filter", "yes");
  return list;
}

// What every rule needs: the tally and the order of ties.
struct Ground {
  const Instance& instance;
  const count::Tally& tally;
  const count::TieOrder& ties;
  count::OrdinalPoints ordinal = count::OrdinalPoints::descending;
  bool margins = false;
  const Add1Progress& progress;
};

CountedRule by_greedy(const Ground& ground, const count::GreedyOptions& options) {
  CountedRule rule;
  rule.name = "greedy";
  rule.options = listed(ground.instance, options);
  rule.ranked_by_points = options.rank == count::GreedyRank::points ||
                          options.rank == count::GreedyRank::points_per_cost;
  rule.outcome = count::greedy(ground.instance, ground.tally, ground.ties, options);
  if (ground.margins) {
    rule.margins =
        count::greedy_margins(ground.instance, ground.tally, ground.ties, options, rule.outcome);
  }
  return rule;
}

Result<CountedRule> by_equal_shares(const Ground& ground, count::EqualSharesOptions options) {
  if (ground.progress) options.progress = ground.progress;
  CountedRule rule;
  rule.name = "equal-shares";
  rule.options = listed(options);
  rule.satisfaction = options.satisfaction;
  Result<count::Outcome> outcome = count::equal_shares(ground.instance, ground.ties, options);
  if (ground.progress) ground.progress(0);
  if (!outcome) return std::move(outcome).error();
  rule.outcome = *std::move(outcome);
  if (ground.margins) {
    rule.margins = count::equal_shares_margins(ground.instance, ground.ties, options, rule.outcome);
  }
  return rule;
}

Result<CountedRule> by_phragmen(const Ground& ground) {
  CountedRule rule;
  rule.name = "phragmen";
  Result<count::Outcome> outcome = count::phragmen(ground.instance, ground.ties);
  if (!outcome) return std::move(outcome).error();
  rule.outcome = *std::move(outcome);
  if (ground.margins) {
    rule.margins = count::phragmen_margins(ground.instance, ground.ties, rule.outcome);
  }
  return rule;
}

Result<CountedRule> by_max_welfare(const Ground& ground, count::Satisfaction satisfaction) {
  const count::MaxWelfareOptions options{satisfaction, ground.ordinal};
  CountedRule rule;
  rule.name = "max-welfare";
  rule.options = {{"satisfaction", name_of(satisfaction, satisfaction_names)}};
  rule.satisfaction = satisfaction;
  Result<count::Outcome> outcome = count::max_welfare(ground.instance, ground.ties, options);
  if (!outcome) return std::move(outcome).error();
  rule.outcome = *std::move(outcome);
  if (ground.margins) {
    rule.margins = count::max_welfare_margins(ground.instance, ground.ties, options, rule.outcome);
  }
  return rule;
}

Result<CountedRule> by_declared(const Ground& ground, const CountWords& words) {
  Result<count::DeclaredRule> declared = count::read_declared_rule(ground.instance);
  if (!declared) return std::move(declared).error();
  const auto* ranking = std::get_if<count::GreedyOptions>(&declared->options);
  Result<CountedRule> rule =
      ranking != nullptr
          ? Result<CountedRule>(by_greedy(ground, *ranking))
          : by_equal_shares(ground, std::get<count::EqualSharesOptions>(declared->options));
  if (!rule) return rule;
  rule->declared_as = declared->name;
  for (std::string& note : declared->assumptions) rule->outcome.notes.push_back(std::move(note));
  if (words.compare_selected) {
    rule->announced =
        count::compare_announced(ground.instance, *declared, ground.ties, rule->outcome);
  }
  return rule;
}

Result<CountedRule> by_name(const Ground& ground, const CountWords& words) {
  if (words.rule == "declared") return by_declared(ground, words);
  if (words.rule == "phragmen") return by_phragmen(ground);
  if (words.rule == "max-welfare") {
    const auto satisfaction = satisfaction_of(ground.instance, words);
    if (!satisfaction) return satisfaction.error();
    return by_max_welfare(ground, *satisfaction);
  }
  if (words.rule == "equal-shares") {
    auto options = equal_shares_options(ground.instance, words);
    if (!options) return std::move(options).error();
    return by_equal_shares(ground, *std::move(options));
  }
  if (words.rule == "greedy") {
    const auto options = greedy_options(ground.instance, words);
    if (!options) return options.error();
    return by_greedy(ground, *options);
  }
  return Error{ErrorCode::usage,
               "unknown rule: " + words.rule,
               {},
               "use greedy, equal-shares, phragmen, max-welfare or declared"};
}

// Comparing with the announcement needs a rule description to try variations on.
void compare_if_asked(const Ground& ground, const CountWords& words, CountedRule& rule) {
  if (!words.compare_selected || rule.announced) return;
  count::DeclaredRule asked;
  asked.name = rule.name;
  if (rule.name == "equal-shares") {
    const auto options = equal_shares_options(ground.instance, words);
    if (options) asked.options = *options;
  } else if (const auto options = greedy_options(ground.instance, words)) {
    asked.options = *options;
  }
  rule.announced = count::compare_announced(ground.instance, asked, ground.ties, rule.outcome);
}

void analyse_rule(const Instance& instance, CountedRule& rule) {
  rule.analysis = count::analyse(instance, rule.outcome.winners, rule.satisfaction);
}

}  // namespace

Result<Counting> count_by_words(const Instance& instance, const CountWords& words,
                                const Add1Progress& progress) {
  const auto ordinal = value_of("ordinal-points", words.ordinal_points, ordinal_names);
  if (!ordinal) return ordinal.error();
  Result<count::TiePolicy> policy = count::parse_tie_policy(words.ties);
  if (!policy) return std::move(policy).error();
  Counting counting{count::tally(instance, *ordinal), *policy, {}};
  const count::TieOrder ties(instance, counting.tally, *policy);
  const Ground ground{instance, counting.tally, ties, *ordinal, words.margins, progress};
  Result<CountedRule> rule = by_name(ground, words);
  if (!rule) return std::move(rule).error();
  compare_if_asked(ground, words, *rule);
  counting.rule = *std::move(rule);
  analyse_rule(instance, counting.rule);
  return counting;
}

Result<std::vector<CountedRule>> count_side_by_side(const Instance& instance,
                                                    const CountWords& words,
                                                    const CountedRule& main,
                                                    const Add1Progress& progress) {
  std::vector<CountWords> variants;
  const auto with = [&](const char* rule, const char* completion) {
    CountWords variant;
    variant.rule = rule;
    variant.completion = completion;
    variant.satisfaction = words.satisfaction;
    variant.ordinal_points = words.ordinal_points;
    variant.ties = words.ties;
    variant.margins = false;
    return variant;
  };
  variants.push_back(with("greedy", "none"));
  variants.push_back(variants.back());
  variants.back().stop_at_first_misfit = true;
  for (const char* completion : {"none", "utilitarian", "add1", "add1+utilitarian", "comparison"}) {
    variants.push_back(with("equal-shares", completion));
  }
  if (!has_points(instance)) variants.push_back(with("phragmen", "none"));
  variants.push_back(with("max-welfare", "none"));

  std::vector<CountedRule> rules;
  for (const CountWords& variant : variants) {
    Result<Counting> counting = count_by_words(instance, variant, progress);
    if (!counting) return std::move(counting).error();
    const CountedRule& counted = counting->rule;
    if (counted.name == main.name && counted.options == main.options) continue;
    rules.push_back(std::move(counting->rule));
  }
  return rules;
}

}  // namespace urna::report
