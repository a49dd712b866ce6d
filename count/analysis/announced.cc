// SPDX-License-Identifier: EUPL-1.2
// Recounts with one thing changed at a time until one agrees with what the city announced.
#include "count/analysis/announced.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <functional>
#include <iterator>

#include "count/rules/comment_conflicts.h"

namespace urna::count {
namespace {

constexpr std::size_t left_out_max = 3;

// Everything a recount may change.
struct Setting {
  Instance instance;  // without ballots for greedy rules, which only need the tally
  Tally votes;
  DeclaredRule rule;
};

std::string list_ids(const Instance& instance, const std::vector<ProjectIndex>& projects) {
  std::string ids;
  for (const ProjectIndex p : projects) ids += (ids.empty() ? "" : ", ") + instance.projects[p].id;
  return ids;
}

// A tie order that prefers what was announced. Wherever some resolution of the ties agrees with the
// announcement, this one does: funding the announced ones of a tie first leaves the others the
// least money; a project funded beyond the budget (2) must be the last of them.
TieOrder announced_first(const Instance& instance) {
  Instance renamed;
  for (const Project& project : instance.projects) {
    Project copy;
    const int selected = project.selected.value_or(0);
    copy.id = selected == 1 ? "1" : selected == 2 ? "2" : "3";
    renamed.projects.push_back(std::move(copy));
  }
  const Tally none{PerProject<std::int64_t>(renamed.projects.size()),
                   PerProject<std::int64_t>(renamed.projects.size())};
  return TieOrder(renamed, none, TiePolicy{TieKind::id, {}});
}

class Investigation {
 public:
  Investigation(const Instance& instance, const DeclaredRule& rule, const TieOrder& ties,
                const Outcome& outcome)
      : original_(instance),
        ties_(ties),
        as_announced_(announced_first(instance)),
        base_{shell(instance, rule), tally(instance), rule},
        target_(instance.projects.size(), false) {
    for (const ProjectIndex p : instance.indices())
      target_[p] = announced_as_funded(instance.projects[p].selected.value_or(0), rule);
    counted_ = outcome.selected(instance.projects.size());
  }

  AnnouncedComparison compare() {
    AnnouncedComparison comparison;
    for (const ProjectIndex p : original_.indices())
      if (original_.projects[p].selected) comparison.announced_present = true;
    if (!comparison.announced_present || counted_ == target_) return comparison;

    for (const ProjectIndex p : original_.indices()) {
      if (counted_[p] == target_[p]) continue;
      Difference difference;
      difference.project = p;
      difference.counted_funded = counted_[p];
      difference.announced = original_.projects[p].selected.value_or(0);
      if (counted_[p]) dropped_.push_back(p);
      comparison.differences.push_back(std::move(difference));
    }

    if (!explain_all()) {
      for (Difference& difference : comparison.differences) explain_one(difference);
      return comparison;
    }
    for (Difference& difference : comparison.differences) {
      difference.explanation = explanation_;
      difference.detail = detail_;
      if (!difference.counted_funded) difference.extra_money = extra_money_;
    }
    return comparison;
  }

 private:
  // Equal Shares needs the ballots; greedy recounts are spared the copy.
  static Instance shell(const Instance& instance, const DeclaredRule& rule) {
    Instance copy;
    copy.file = instance.file;
    copy.meta = instance.meta;
    copy.budget = instance.budget;
    copy.vote_type = instance.vote_type;
    copy.projects = instance.projects;
    if (std::holds_alternative<EqualSharesOptions>(rule.options)) copy.profile = instance.profile;
    return copy;
  }

  [[nodiscard]] PerProject<bool> count(const Setting& setting, const TieOrder& ties) const {
    const std::size_t projects = setting.instance.projects.size();
    if (const auto* options = std::get_if<GreedyOptions>(&setting.rule.options))
      return greedy(setting.instance, setting.votes, ties, *options).selected(projects);
    const auto& options = std::get<EqualSharesOptions>(setting.rule.options);
    const Result<Outcome> outcome = equal_shares(setting.instance, ties, options);
    return outcome ? outcome->selected(projects) : PerProject<bool>();
  }

  // Does this setting agree with the announcement, now or with ties resolved as announced? If so,
  // that is the explanation of all differences.
  bool settles(const Setting& setting, Explanation explanation, const std::string& detail) {
    const bool plainly = count(setting, ties_) == target_;
    if (!plainly && count(setting, as_announced_) != target_) return false;
    explanation_ = explanation;
    detail_ = detail + (plainly ? "" : ", with ties resolved as announced");
    return true;
  }

  bool explain_all() {
    return tie() || repeated_marks() || declared_votes() || threshold() || leftover() ||
           extra_money() || withdrawn() || conflict();
  }

  bool tie() {
    if (count(base_, as_announced_) == target_) {
      explanation_ = Explanation::tie;
      detail_ = "a tie decides it, and resolving it the other way gives the announced result";
      return true;
    }
    return false;
  }

  bool repeated_marks() {
    Setting merged = base_;
    merged.votes = tally(original_, OrdinalPoints::descending, Repeats::merged);
    if (merged.votes.votes == base_.votes.votes && merged.votes.points == base_.votes.points)
      return false;
    return settles(merged, Explanation::repeated_marks,
                   "counting a project that a ballot names twice only once gives the announced "
                   "result");
  }

  bool declared_votes() {
    Setting declared = base_;
    for (const ProjectIndex p : original_.indices()) {
      const Project& project = original_.projects[p];
      if (project.declared_votes) declared.votes.votes[p] = *project.declared_votes;
      if (project.declared_score) {
        declared.votes.points[p] = *project.declared_score;
      } else if (project.declared_votes && !has_points()) {
        declared.votes.points[p] = *project.declared_votes;
      }
    }
    if (declared.votes.votes == base_.votes.votes && declared.votes.points == base_.votes.points)
      return false;
    return settles(declared, Explanation::declared_votes,
                   "the votes written in the list of projects, which differ from the ballots, give "
                   "the announced result");
  }

  [[nodiscard]] bool has_points() const {
    return original_.vote_type != VoteType::approval && original_.vote_type != VoteType::choose_one;
  }

  bool threshold() {
    const auto* options = std::get_if<GreedyOptions>(&base_.rule.options);
    if (options == nullptr) return support_filter();
    const std::string file_says =
        options->threshold ? fmt::format("{}", *options->threshold) : std::string("none");
    if (options->threshold) {
      Setting without = base_;
      std::get<GreedyOptions>(without.rule.options).threshold.reset();
      if (settles(without, Explanation::threshold,
                  fmt::format("no threshold instead of {} gives the announced result", file_says)))
        return true;
    }
    // Only thresholds just above some project's value make a difference.
    const auto& values =
        options->rank == GreedyRank::points || options->rank == GreedyRank::points_per_cost
            ? base_.votes.points
            : base_.votes.votes;
    std::vector<std::int64_t> candidates;
    for (const ProjectIndex p : original_.indices())
      if (values[p] < INT64_MAX) candidates.push_back(values[p] + 1);
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    for (const std::int64_t least : candidates) {
      Setting changed = base_;
      std::get<GreedyOptions>(changed.rule.options).threshold = least;
      if (settles(changed, Explanation::threshold,
                  fmt::format("a threshold of {} instead of {} gives the announced result", least,
                              file_says)))
        return true;
    }
    return false;
  }

  bool support_filter() {
    Setting changed = base_;
    auto& options = std::get<EqualSharesOptions>(changed.rule.options);
    options.support_filter = !options.support_filter;
    return settles(
        changed, Explanation::threshold,
        "asking each project for the support of its share of a third of the voters gives "
        "the announced result");
  }

  bool leftover() {
    if (std::holds_alternative<EqualSharesOptions>(base_.rule.options)) return completion();
    for (const auto& [misfit, words] :
         {std::pair{Misfit::skip, "going on after a project that does not fit"},
          std::pair{Misfit::stop, "stopping at the first project that does not fit"},
          std::pair{Misfit::fund_at_80_percent,
                    "funding the first project that does not fit if the money left covers 80 % of "
                    "it"}}) {
      Setting changed = base_;
      auto& options = std::get<GreedyOptions>(changed.rule.options);
      if (options.misfit == misfit) continue;
      options.misfit = misfit;
      if (settles(changed, Explanation::leftover,
                  fmt::format("{} gives the announced result", words)))
        return true;
    }
    return false;
  }

  bool completion() {
    using Options = EqualSharesOptions;
    const std::vector<std::pair<std::string_view, std::function<void(Options&)>>> changes = {
        {"starting Add1 from whole currency units",
         [](Options& o) { o.add1_start = Add1Start::integer; }},
        {"stopping Add1 at the first outcome to which nothing can be added",
         [](Options& o) { o.add1_stop = Add1Stop::exhaustive; }},
        {"no completion", [](Options& o) { o.completion = Completion::none; }},
        {"completion by Add1 alone", [](Options& o) { o.completion = Completion::add1; }},
        {"completion by Add1, then by votes",
         [](Options& o) { o.completion = Completion::add1_utilitarian; }},
        {"completion by votes", [](Options& o) { o.completion = Completion::utilitarian; }}};
    for (const auto& [words, change] : changes) {
      Setting changed = base_;
      change(std::get<Options>(changed.rule.options));
      if (settles(changed, Explanation::leftover,
                  fmt::format("{} gives the announced result", words)))
        return true;
    }
    return false;
  }

  // A greedy rule that funds exactly the announced projects with some larger budget also does with
  // their very cost: less money can only leave out projects that are not among them. So one recount
  // decides.
  bool extra_money() {
    Money announced{0};
    for (const ProjectIndex p : original_.indices())
      if (target_[p]) announced += original_.projects[p].cost;
    if (announced <= original_.budget) return false;
    Setting richer = base_;
    richer.instance.budget = announced;
    const Money extra = announced - original_.budget;
    if (!settles(richer, Explanation::extra_money,
                 fmt::format("{} more than the budget gives the announced result",
                             to_plain_string(extra))))
      return false;
    extra_money_ = extra;
    return true;
  }

  // Leaves out what the count funds and the city did not, again and again, since each project left
  // out makes room for others. With enough left out anything affordable agrees, hence the limit.
  bool withdrawn() {
    Setting changed = base_;
    std::vector<ProjectIndex> left_out;
    for (std::vector<ProjectIndex> next = dropped_; !next.empty();) {
      for (const ProjectIndex p : next) {
        changed.instance.projects[p].cost = withdrawn_cost;
        left_out.push_back(p);
      }
      if (left_out.size() > left_out_max) return false;
      next.clear();
      const PerProject<bool> funded = count(changed, as_announced_);
      for (const ProjectIndex p : original_.indices())
        if (funded[p] && !target_[p]) next.push_back(p);
    }
    // A comment that tells of missing ballots or money, or of conflicts, explains better.
    if (left_out.empty() || !sentence_about_all().empty() ||
        !read_comment_conflicts(original_).empty()) {
      return false;
    }
    const bool in_comment = std::all_of(left_out.begin(), left_out.end(), [&](ProjectIndex p) {
      return !sentence_about(original_.projects[p].id).empty();
    });
    return settles(changed, Explanation::withdrawn,
                   fmt::format("leaving out {}, as if withdrawn, merged or excluded after the vote "
                               "(the comment {}), gives the announced result",
                               list_ids(original_, left_out),
                               in_comment ? "speaks of it" : "does not say so"));
  }

  // The comment names projects that exclude each other, and the city kept another than the
  // best-ranked one.
  bool conflict() {
    if (!std::holds_alternative<GreedyOptions>(base_.rule.options)) return false;
    Setting changed = base_;
    std::string kept_ids;
    for (const CommentConflict& group : read_comment_conflicts(original_)) {
      std::vector<ProjectIndex> kept;
      for (const ProjectIndex p : group.projects)
        if (target_[p]) kept.push_back(p);
      if (kept.empty()) continue;
      kept_ids += (kept_ids.empty() ? "" : ", ") + list_ids(original_, kept);
      for (const ProjectIndex p : group.projects)
        if (!target_[p]) changed.instance.projects[p].cost = withdrawn_cost;
    }
    if (kept_ids.empty()) return false;
    return settles(
        changed, Explanation::conflict,
        fmt::format("of the projects that exclude each other, says the comment, the city "
                    "kept {}, which gives the announced result",
                    kept_ids));
  }

  // The first sentence of the comment with `word` standing alone, or an empty view.
  [[nodiscard]] std::string_view sentence_about(std::string_view word) const {
    const auto part_of_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' || c == '-';
    };
    for (const std::string_view sentence :
         sentences_of(original_.find_meta("comment").value_or(""))) {
      for (std::size_t at = sentence.find(word); at != std::string_view::npos && !word.empty();
           at = sentence.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if (at > 0 && (part_of_word(sentence[at - 1]) || sentence[at - 1] == '#')) continue;
        if (end < sentence.size() && part_of_word(sentence[end])) continue;
        return sentence;
      }
    }
    return {};
  }

  // The first sentence by which the comment tells that not all ballots or money are in the file.
  [[nodiscard]] std::string_view sentence_about_all() const {
    for (const std::string_view sentence :
         sentences_of(original_.find_meta("comment").value_or(""))) {
      for (const std::string_view word :
           {"offline", "paper ballot", "on paper", "not strictly", "winners", "exceed"}) {
        if (sentence.find(word) != std::string_view::npos) return sentence;
      }
    }
    return {};
  }

  void explain_one(Difference& difference) const {
    if (difference.announced >= 2) {
      difference.explanation = Explanation::other_sources;
      difference.detail =
          fmt::format("announced with the value {}: funded from other money", difference.announced);
      return;
    }
    const std::string_view own = sentence_about(original_.projects[difference.project].id);
    if (!own.empty()) {
      difference.explanation = Explanation::comment;
      difference.detail = fmt::format("the comment names it: \"{}\"", own);
      return;
    }
    if (const std::string_view sentence = sentence_about_all(); !sentence.empty()) {
      difference.explanation = Explanation::comment;
      difference.detail = fmt::format("the comment says of the whole vote: \"{}\"", sentence);
      return;
    }
    difference.detail = "no recount agrees and the comment does not speak of it";
  }

  const Instance& original_;
  const TieOrder& ties_;
  TieOrder as_announced_;
  Setting base_;
  PerProject<bool> target_;
  PerProject<bool> counted_;
  std::vector<ProjectIndex> dropped_;  // funded by the count, not by the city
  Explanation explanation_ = Explanation::unexplained;
  std::string detail_;
  Money extra_money_;
};

}  // namespace

bool announced_as_funded(int selected, const DeclaredRule& rule) {
  if (selected == 1) return true;
  const auto* options = std::get_if<GreedyOptions>(&rule.options);
  return selected == 2 && options != nullptr && options->misfit == Misfit::fund_at_80_percent;
}

AnnouncedComparison compare_announced(const Instance& instance, const DeclaredRule& rule,
                                      const TieOrder& ties, const Outcome& outcome) {
  return Investigation(instance, rule, ties, outcome).compare();
}

}  // namespace urna::count
