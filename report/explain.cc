// SPDX-License-Identifier: EUPL-1.2
// Why a project was funded or not, said with the numbers of its own case.
#include <fmt/format.h>

#include "report/catalogue.h"
#include "report/context.h"
#include "report/plain_text.h"

namespace urna::report {
namespace {

// The most that one person paid (Equal Shares) or must bear (Phragmen); where people pay by their
// points, the price of one point.
std::string price_of(const Context& context, const CountedRule& rule, count::ProjectIndex p) {
  const count::Reason& reason = rule.outcome.reasons[p];
  const std::string price = format_amount(reason.price, 2, context.currency(), context.language());
  const bool per_point = reason.code == count::ReasonCode::won_by_shares &&
                         rule.satisfaction == count::Satisfaction::score;
  if (!per_point) return price;
  return price + (context.polish() ? " za każdy przyznany punkt" : " per point given");
}

std::vector<Word> words_for(const Context& context, const CountedRule& rule,
                            count::ProjectIndex p) {
  const count::Reason& reason = rule.outcome.reasons[p];
  const count::Instance& instance = context.instance();
  const Language language = context.language();
  const Noun unit = rule.ranked_by_points ? Noun::point : Noun::vote;
  const Money cost = instance.projects[p].cost;
  const Money missing = cost > reason.money_before ? cost - reason.money_before : Money{};

  std::vector<Word> words{
      {"value", format_count(unit, reason.value, language)},
      {"votes", format_count(Noun::vote, context.report().tally.votes[p], language)},
      {"rank", format_ordinal(reason.rank, language)},
      {"round", format_ordinal(reason.round, language)},
      {"cost", context.cost(p)},
      {"budget", context.money(instance.budget)},
      {"money", context.money(reason.money_before)},
      {"missing", context.money(missing)},
      {"payers", context.integer(static_cast<std::int64_t>(reason.paid_by))},
      {"price", price_of(context, rule, p)},
      {"threshold", format_count(unit, reason.threshold, language)},
      {"threshold_votes", format_count(Noun::vote, reason.threshold, language)},
      {"threshold_number", context.integer(reason.threshold)},
  };
  if (reason.other && reason.other->value < instance.projects.size()) {
    words.emplace_back("other", context.quoted(*reason.other));
    words.emplace_back("other_id", context.id(*reason.other));
  }
  return words;
}

bool other_is_self(const CountedRule& rule, count::ProjectIndex p) {
  const auto& other = rule.outcome.reasons[p].other;
  return !other || *other == p;
}

}  // namespace

std::string explain(const CountReport& report, const CountedRule& rule, count::ProjectIndex project,
                    Language language) {
  const Context context(report, language);
  const ReasonPhrases phrases =
      reason_phrases(rule.outcome.reasons[project].code, other_is_self(rule, project));
  return fill(phrases.sentence.in(language), words_for(context, rule, project));
}

std::string Context::brief_reason(const CountedRule& rule, count::ProjectIndex p) const {
  const ReasonPhrases phrases =
      reason_phrases(rule.outcome.reasons[p].code, other_is_self(rule, p));
  return fill(phrases.brief.in(language_), words_for(*this, rule, p));
}

}  // namespace urna::report
