// SPDX-License-Identifier: EUPL-1.2
#include "election/counting.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "count/outcome.h"
#include "count/rules/declared.h"
#include "count/rules/equal_shares.h"
#include "count/rules/greedy.h"
#include "count/tally.h"
#include "election/fields.h"

namespace urna::election {
namespace {

using RuleOptions = std::variant<count::GreedyOptions, count::EqualSharesOptions>;

constexpr Words<count::GreedyRank> ranks = {
    {"votes", count::GreedyRank::votes},
    {"points", count::GreedyRank::points},
    {"votes-per-cost", count::GreedyRank::votes_per_cost},
    {"points-per-cost", count::GreedyRank::points_per_cost}};
constexpr Words<count::Satisfaction> satisfactions = {
    {"cost", count::Satisfaction::cost},
    {"cardinality", count::Satisfaction::cardinality},
    {"score", count::Satisfaction::score}};
constexpr Words<count::Completion> completions = {
    {"none", count::Completion::none},
    {"add1", count::Completion::add1},
    {"utilitarian", count::Completion::utilitarian},
    {"add1+utilitarian", count::Completion::add1_utilitarian},
    {"comparison", count::Completion::comparison}};
constexpr Words<bool> only_true = {{"true", true}};

Error unknown(const TextPair& option) {
  return Error{ErrorCode::malformed,
               "the counting rule has no option " + option.key + " of value '" + option.value + "'",
               {},
               "use the options of docs/protocol.md section 13"};
}

template <typename T>
[[nodiscard]] bool read_word(const std::string& text, Words<T> words, T& value) {
  for (const auto& [word, meaning] : words) {
    if (text != word) continue;
    value = meaning;
    return true;
  }
  return false;
}

[[nodiscard]] bool read_threshold(const std::string& text, std::optional<std::int64_t>& threshold) {
  std::uint32_t votes = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), votes);
  if (fault != std::errc{} || end != text.data() + text.size() || std::to_string(votes) != text)
    return false;
  threshold = votes;
  return true;
}

// "ID,ID,…": at least two different projects.
[[nodiscard]] bool read_conflict(std::string_view text, const count::Instance& instance,
                                 std::vector<std::vector<count::ProjectIndex>>& conflicts) {
  std::vector<count::ProjectIndex> group;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view id = text.substr(begin, end - begin);
    const auto indices = instance.indices();
    const auto found = std::find_if(indices.begin(), indices.end(), [&](count::ProjectIndex p) {
      return instance.projects[p].id == id;
    });
    if (found == indices.end() || std::find(group.begin(), group.end(), *found) != group.end())
      return false;
    group.push_back(*found);
    begin = end + 1;
  }
  if (group.size() < 2) return false;
  conflicts.push_back(std::move(group));
  return true;
}

bool gives_points(const count::Instance& instance) {
  return instance.vote_type != count::VoteType::approval &&
         instance.vote_type != count::VoteType::choose_one;
}

bool read_option(const TextPair& option, const count::Instance& instance,
                 count::GreedyOptions& options) {
  const std::string& value = option.value;
  bool stop = false;
  if (option.key == "rank") return read_word(value, ranks, options.rank);
  if (option.key == "threshold") return read_threshold(value, options.threshold);
  if (option.key == "conflict") return read_conflict(value, instance, options.conflicts);
  if (option.key != "stop" || !read_word(value, only_true, stop)) return false;
  options.misfit = count::Misfit::stop;
  return true;
}

bool read_option(const TextPair& option, const count::Instance& /*instance*/,
                 count::EqualSharesOptions& options) {
  const std::string& value = option.value;
  if (option.key == "satisfaction") return read_word(value, satisfactions, options.satisfaction);
  if (option.key == "completion") return read_word(value, completions, options.completion);
  return option.key == "filter" && read_word(value, only_true, options.support_filter);
}

template <typename Options>
Result<RuleOptions> read_all(const CountingRule& counting, const count::Instance& instance,
                             Options options) {
  std::set<std::string> seen;
  for (const TextPair& option : counting.options) {
    const bool again = !seen.insert(option.key).second && option.key != "conflict";
    if (again || !read_option(option, instance, options)) return unknown(option);
  }
  return RuleOptions(std::move(options));
}

Result<RuleOptions> read_rule(const CountingRule& counting, const count::Instance& instance) {
  if (counting.rule == "declared") {
    if (!counting.options.empty()) return unknown(counting.options[0]);
    Result<count::DeclaredRule> declared = count::read_declared_rule(instance);
    if (!declared) return std::move(declared).error();
    return RuleOptions(std::move(declared->options));
  }
  const bool points = gives_points(instance);
  if (counting.rule == "greedy") {
    count::GreedyOptions options;
    options.rank = points ? count::GreedyRank::points : count::GreedyRank::votes;
    return read_all(counting, instance, std::move(options));
  }
  if (counting.rule == "equal-shares") {
    count::EqualSharesOptions options;
    options.satisfaction = points ? count::Satisfaction::score : count::Satisfaction::cost;
    Result<RuleOptions> read = read_all(counting, instance, std::move(options));
    if (!read) return read;
    const auto& chosen = std::get<count::EqualSharesOptions>(*read);
    if (chosen.satisfaction == count::Satisfaction::score && !points)
      return Error{ErrorCode::malformed, "satisfaction by score needs ballots with points"};
    return read;
  }
  return Error{ErrorCode::malformed,
               "unknown counting rule: " + counting.rule,
               {},
               "use declared, greedy or equal-shares"};
}

}  // namespace

Status check_counting(const CountingRule& counting, const count::Instance& instance) {
  const Result<RuleOptions> options = read_rule(counting, instance);
  if (!options) return options.error();
  return ok_status();
}

Result<PoolCount> count_pool(const CountingRule& counting, const count::Instance& instance,
                             count::TieKind ties, const Sha256Digest& tie_seed) {
  const Result<RuleOptions> options = read_rule(counting, instance);
  if (!options) return options.error();
  const count::Tally tally = count::tally(instance);
  count::TiePolicy policy{ties, {}};
  if (ties == count::TieKind::draw) policy.seed = to_hex(view_of(tie_seed));
  const count::TieOrder order(instance, tally, policy);
  const auto* greedy = std::get_if<count::GreedyOptions>(&*options);
  const Result<count::Outcome> outcome =
      greedy != nullptr
          ? Result<count::Outcome>(count::greedy(instance, tally, order, *greedy))
          : count::equal_shares(instance, order, std::get<count::EqualSharesOptions>(*options));
  if (!outcome) return outcome.error();
  PoolCount count;
  for (const count::ProjectIndex p : outcome->winners)
    count.winners.push_back({static_cast<std::uint16_t>(p.value + 1)});
  count.cost = outcome->total_cost;
  return count;
}

}  // namespace urna::election
