// SPDX-License-Identifier: EUPL-1.2
#include "report/context.h"

#include <algorithm>
#include <fmt/format.h>

#include "report/plain_text.h"

namespace urna::report {

std::string Context::decimal(const Rational& value) const {
  return format_decimal(value, value.get_den() == 1 ? 0 : 2, language_);
}

std::string Context::currency() const { return one_line(instance().currency); }

std::string Context::title() const { return isolated(instance().title()); }

std::string Context::file() const {
  const std::string_view path = instance().file;
  return one_line(path.substr(path.find_last_of('/') + 1));
}

std::string Context::name(count::ProjectIndex p) const {
  const std::string name = isolated(instance().projects[p].name);
  return name.empty() ? say(Say::project_number, {{"id", id(p)}}) : name;
}

std::string Context::id(count::ProjectIndex p) const { return isolated(instance().projects[p].id); }

std::string Context::quoted(count::ProjectIndex p) const {
  const std::string number = say(Say::project_number, {{"id", id(p)}});
  const std::string name = isolated(instance().projects[p].name);
  if (name.empty()) return number;
  return polish() ? fmt::format("„{}” ({})", name, number) : fmt::format("“{}” ({})", name, number);
}

bool Context::withdrawn(count::ProjectIndex p) const {
  return instance().projects[p].cost == count::withdrawn_cost;
}

std::string Context::cost(count::ProjectIndex p) const {
  return withdrawn(p) ? say(Say::withdrawn_cost) : money(instance().projects[p].cost);
}

bool Context::shows_points() const {
  const count::VoteType type = instance().vote_type;
  const bool plain = type == count::VoteType::approval || type == count::VoteType::choose_one;
  return !plain && main().ranked_by_points;
}

std::int64_t Context::support(count::ProjectIndex p) const {
  return shows_points() ? report_.tally.points[p] : report_.tally.votes[p];
}

std::string Context::support_count(count::ProjectIndex p) const {
  return format_count(shows_points() ? Noun::point : Noun::vote, support(p), language_);
}

std::vector<count::ProjectIndex> Context::display_order() const {
  std::vector<count::ProjectIndex> order = main().outcome.winners;
  const count::PerProject<bool> funded = selected(main());
  for (const count::ProjectIndex p : instance().indices()) {
    if (!funded[p]) order.push_back(p);
  }
  const auto others = order.begin() + static_cast<std::ptrdiff_t>(main().outcome.winners.size());
  std::stable_sort(others, order.end(), [&](count::ProjectIndex a, count::ProjectIndex b) {
    return support(a) > support(b);
  });
  return order;
}

std::string Context::margin_cell(const count::Margin& margin) const {
  if (margin.never()) return say(Say::margin_never_short);
  const std::string least = integer(static_cast<std::int64_t>(*margin.at_least));
  if (margin.exact()) return least;
  if (!margin.at_most) return "≥ " + least;
  return fmt::format("{}–{}", least, integer(static_cast<std::int64_t>(*margin.at_most)));
}

std::string Context::margin_sentence(const count::Margin& margin) const {
  if (margin.never()) return say(Say::margin_never);
  const std::string least = count(Noun::ballot_accusative, *margin.at_least);
  const std::string most = margin.at_most ? count(Noun::ballot_accusative, *margin.at_most) : "";
  std::string sentence;
  if (!informative(margin)) {
    sentence = say(Say::margin_unknown);
  } else if (margin.exact()) {
    sentence = say(Say::margin_exact, {{"most", most}});
  } else if (margin.at_most) {
    sentence = say(Say::margin_range, {{"least", least}, {"most", most}});
  } else {
    sentence = say(Say::margin_at_least, {{"least", least}});
  }
  if (margin.own && margin.own != margin.at_most) {
    sentence += ' ' + say(Say::margin_own, {{"own", count(Noun::ballot, *margin.own)}});
  }
  return sentence;
}

std::string Context::tie_headline(const count::TieEvent& tie) const {
  const std::string criterion(in(tie_criterion_phrase(tie.criterion)));
  if (tie.round == 0) return say(Say::tie_ranking, {{"criterion", criterion}});
  return say(Say::tie_round, {{"round", integer(tie.round)}, {"criterion", criterion}});
}

std::string Context::tie_policy() const {
  return std::string(in(tie_policy_phrase(report_.ties.kind)));
}

std::string Context::spread(const count::Spread& spread) const {
  return say(Say::spread_text, {{"minimum", decimal(spread.minimum)},
                                {"median", decimal(spread.median)},
                                {"maximum", decimal(spread.maximum)},
                                {"mean", decimal(spread.mean)}});
}

std::string Context::announced_word(int value) const {
  if (value == 0) return say(Say::announced_not);
  if (value == 1) return say(Say::announced_funded);
  return say(Say::announced_other, {{"code", integer(value)}});
}

std::string Context::options(const CountedRule& rule) const {
  std::string options;
  for (const auto& [option, value] : rule.options) {
    if (!options.empty()) options += ' ';
    options += one_line(option);
    if (!value.empty()) options += '=' + one_line(value);
  }
  return options;
}

std::string Context::rule_label(const CountedRule& rule) const {
  const std::string name = rule_name(rule, language_);
  std::vector<const CountedRule*> namesakes;
  const auto consider = [&](const CountedRule& other) {
    if (&other != &rule && rule_name(other, language_) == name) namesakes.push_back(&other);
  };
  consider(main());
  for (const CountedRule& other : report_.others) consider(other);

  // Only what tells the namesakes apart. How Add1 steps and how the comparison is made follow from
  // the completion; they are worth a word only where two rules differ in them.
  std::string difference;
  for (const auto& option : rule.options) {
    const auto has_it = [&](const CountedRule* other) {
      return std::find(other->options.begin(), other->options.end(), option) !=
             other->options.end();
    };
    const auto has_another = [&](const CountedRule* other) {
      return std::any_of(other->options.begin(), other->options.end(), [&](const auto& theirs) {
        return theirs.first == option.first && theirs.second != option.second;
      });
    };
    const bool detail = option.first.starts_with("add1-") || option.first == "preference";
    const bool tells = detail ? std::any_of(namesakes.begin(), namesakes.end(), has_another)
                              : !std::all_of(namesakes.begin(), namesakes.end(), has_it);
    if (!tells) continue;
    const std::string words =
        option_words(one_line(option.first), one_line(option.second), language_);
    if (difference.find(words) != std::string::npos) continue;  // an option given several times
    if (!difference.empty()) difference += ", ";
    difference += words;
  }
  return difference.empty() ? name : fmt::format("{} – {}", name, difference);
}

}  // namespace urna::report
