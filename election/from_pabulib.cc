// SPDX-License-Identifier: EUPL-1.2
#include "election/from_pabulib.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "count/pabulib/text.h"
#include "count/rules/declared.h"
#include "election/published.h"

namespace urna::election {
namespace {

using count::Instance;
using count::VoteType;

BallotForm form_of(VoteType type) {
  switch (type) {
    case VoteType::approval:
    case VoteType::choose_one:
      return BallotForm::approval;
    case VoteType::ordinal:
      return BallotForm::ranking;
    case VoteType::cumulative:
    case VoteType::scoring:
      return BallotForm::points;
  }
  return BallotForm::approval;
}

// Without control characters and without blanks at the ends.
std::string plain(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return std::string(count::pabulib::trimmed(text));
}

std::vector<TextPair> meta_of(const Instance& instance, std::vector<std::string>& notes) {
  std::vector<TextPair> meta;
  for (const count::MetaField& field : instance.meta) {
    if (field.key == "num_projects" || field.key == "num_votes" || field.key == "budget") continue;
    TextPair pair{plain(field.key), plain(field.value)};
    const bool again = std::any_of(meta.begin(), meta.end(),
                                   [&](const TextPair& other) { return other.key == pair.key; });
    if (pair.key.empty() || again) {
      notes.push_back("the line '" + pair.key + "' of META is left out: it has no key of its own");
      continue;
    }
    if (pair.key != field.key || pair.value != field.value)
      notes.push_back("control characters of the line '" + pair.key + "' of META became spaces");
    meta.push_back(std::move(pair));
  }
  return meta;
}

// The content of a ballot, if ballots of an election can say it.
std::optional<BallotContent> content_of(const count::BallotGroup& ballot, BallotForm form) {
  BallotContent content;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
    content.projects.push_back({static_cast<std::uint16_t>(ballot.projects[i].value + 1)});
    if (form != BallotForm::points) continue;
    const std::int32_t points = ballot.points[i];
    if (points < 1 || static_cast<std::uint32_t>(points) > points_each_max) return std::nullopt;
    content.points.push_back(static_cast<std::uint32_t>(points));
    sum += content.points.back();
  }
  if (sum > points_sum_max) return std::nullopt;
  std::vector<ProjectNumber> sorted = content.projects;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  return content;
}

// What the ballots of the file that are not blank hold.
struct Extremes {
  std::uint64_t length_least = ~std::uint64_t{0}, length_most = 0;
  std::uint64_t points_least = ~std::uint64_t{0}, points_most = 0;
  std::uint64_t sum_least = ~std::uint64_t{0}, sum_most = 0;
  Money cost_most;
  bool blank = false;
};

Extremes extremes_of(const Instance& instance, const std::vector<RepeatedContent>& contents) {
  Extremes seen;
  for (const RepeatedContent& repeated : contents) {
    const BallotContent& content = repeated.content;
    if (content.blank()) {
      seen.blank = true;
      continue;
    }
    seen.length_least = std::min<std::uint64_t>(seen.length_least, content.projects.size());
    seen.length_most = std::max<std::uint64_t>(seen.length_most, content.projects.size());
    std::uint64_t sum = 0;
    for (const std::uint32_t points : content.points) {
      seen.points_least = std::min<std::uint64_t>(seen.points_least, points);
      seen.points_most = std::max<std::uint64_t>(seen.points_most, points);
      sum += points;
    }
    seen.sum_least = std::min(seen.sum_least, sum);
    seen.sum_most = std::max(seen.sum_most, sum);
    Money cost;
    for (const ProjectNumber project : content.projects)
      cost += instance.projects[{static_cast<std::uint16_t>(project.value - 1)}].cost;
    seen.cost_most = std::max(seen.cost_most, cost);
  }
  return seen;
}

// Chooses limits: the declared one, or a default, moved as far as the ballots need.
class LimitChooser {
 public:
  explicit LimitChooser(std::vector<std::string>& notes) : notes_(notes) {}

  std::uint32_t least(const char* name, std::optional<std::int64_t> declared, std::uint64_t floor,
                      std::uint64_t ceiling, std::uint64_t seen) {
    const std::uint64_t limit = std::clamp(value(declared, floor), floor, ceiling);
    if (seen < limit) note(name, limit, seen);
    return static_cast<std::uint32_t>(std::min(limit, std::max(seen, floor)));
  }
  std::uint32_t most(const char* name, std::optional<std::int64_t> declared, std::uint64_t fallback,
                     std::uint64_t ceiling, std::uint64_t seen) {
    const std::uint64_t limit = std::clamp<std::uint64_t>(value(declared, fallback), 1, ceiling);
    if (seen > limit) note(name, limit, seen);
    return static_cast<std::uint32_t>(std::max(limit, seen));
  }

 private:
  static std::uint64_t value(std::optional<std::int64_t> declared, std::uint64_t fallback) {
    return declared && *declared >= 0 ? static_cast<std::uint64_t>(*declared) : fallback;
  }
  void note(const char* name, std::uint64_t limit, std::uint64_t seen) {
    notes_.push_back(std::string(name) + " is " + std::to_string(limit) +
                     " in the file; its ballots need " + std::to_string(seen));
  }
  std::vector<std::string>& notes_;
};

BallotRule rule_of(const Instance& instance, const Extremes& seen,
                   std::vector<std::string>& notes) {
  const count::BallotLimits& declared = instance.limits;
  const std::size_t projects = instance.projects.size();
  const bool one = instance.vote_type == VoteType::choose_one;
  LimitChooser choose(notes);
  BallotRule rule;
  rule.form = form_of(instance.vote_type);
  rule.most = static_cast<std::uint16_t>(choose.most("max_length", one ? 1 : declared.length_max,
                                                     projects, projects, seen.length_most));
  rule.fewest = static_cast<std::uint16_t>(
      choose.least("min_length", one ? 1 : declared.length_min, 1, rule.most, seen.length_least));
  rule.blank_valid = seen.blank || declared.length_min == 0;
  if (seen.blank && declared.length_min.value_or(1) > 0)
    notes.push_back("blank ballots are valid, for the file has some");

  if (rule.form == BallotForm::points) {
    const auto unlimited = static_cast<std::int64_t>(std::max<std::uint64_t>(seen.points_most, 1));
    const bool shared = instance.vote_type == VoteType::cumulative;
    const std::int64_t usual = shared ? declared.points_sum_max.value_or(unlimited) : unlimited;
    PointLimits& limits = rule.points.emplace();
    limits.each_most =
        choose.most("max_points", declared.points_max.value_or(usual),
                    static_cast<std::uint64_t>(unlimited), points_each_max, seen.points_most);
    limits.each_least =
        choose.least("min_points", declared.points_min, 1, limits.each_most, seen.points_least);
    limits.sum_most =
        choose.most("max_sum_points", declared.points_sum_max,
                    std::uint64_t{rule.most} * limits.each_most, points_sum_max, seen.sum_most);
    limits.sum_least =
        choose.least("min_sum_points", declared.points_sum_min, 0, limits.sum_most, seen.sum_least);
  }
  if (declared.cost_sum_max) {
    rule.knapsack = std::max(*declared.cost_sum_max, seen.cost_most);
    if (rule.knapsack != declared.cost_sum_max)
      notes.push_back("max_sum_cost is " + to_plain_string(*declared.cost_sum_max) +
                      " in the file; its ballots need " + to_plain_string(seen.cost_most));
  }
  if (declared.cost_sum_min.value_or(Money{}) > Money{})
    notes.push_back("min_sum_cost is not asked of ballots");
  return rule;
}

CountingRule counting_of(const Instance& instance, std::vector<std::string>& notes) {
  const Result<count::DeclaredRule> declared = count::read_declared_rule(instance);
  if (declared) return {"declared", {}};
  notes.push_back("counted by greedy: " + declared.error().message);
  return {"greedy", {}};
}

}  // namespace

Result<ImportedPool> import_pool(const Instance& instance, std::string id) {
  ImportedPool imported;
  const BallotForm form = form_of(instance.vote_type);
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const count::BallotGroup ballot = instance.profile.group(g);
    imported.ballots += ballot.count;
    std::optional<BallotContent> content = content_of(ballot, form);
    if (content) {
      imported.contents.push_back({*std::move(content), ballot.count});
    } else {
      imported.inexpressible += ballot.count;
    }
  }

  Pool& pool = imported.pool;
  pool.id = std::move(id);
  pool.title = plain(instance.title());
  pool.ballot_rule = rule_of(instance, extremes_of(instance, imported.contents), imported.notes);
  pool.counting = counting_of(instance, imported.notes);
  pool.money = instance.budget;
  for (const count::Project& project : instance.projects)
    pool.projects.push_back({project.id, project.cost, plain(project.name)});
  pool.meta = meta_of(instance, imported.notes);
  if (Status usable = check(pool); !usable) return std::move(usable).error();
  return imported;
}

}  // namespace urna::election
