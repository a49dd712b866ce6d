// SPDX-License-Identifier: EUPL-1.2
// A small report made by hand: one project for each reason, hostile names, a decisive tie, a draw.
#pragma once

#include <array>
#include <cassert>
#include <memory>
#include <string>
#include <vector>

#include "report/count_report.h"

namespace urna::report {

using count::ProjectIndex;
using count::ReasonCode;

inline constexpr std::array all_reasons{
    ReasonCode::won_in_order,          ReasonCode::won_by_shares,  ReasonCode::won_by_completion,
    ReasonCode::won_by_load,           ReasonCode::won_by_optimum, ReasonCode::won_over_budget,
    ReasonCode::won_without_cost,      ReasonCode::lost_no_money,  ReasonCode::lost_after_stop,
    ReasonCode::lost_threshold,        ReasonCode::lost_conflict,  ReasonCode::lost_no_support,
    ReasonCode::lost_supporters_money, ReasonCode::lost_load_stop, ReasonCode::lost_optimum,
    ReasonCode::lost_over_budget,      ReasonCode::lost_withdrawn, ReasonCode::lost_filter,
    ReasonCode::lost_comparison,
};
inline constexpr std::size_t sample_winners = 7;  // the first ones of all_reasons

// `script_name` and `steering_name` are what a hostile author would write.
inline constexpr const char* script_name = "<script>alert('&')</script> \"plac\"";
inline constexpr const char* steering_name = "Park\x1b[31m \u202Eabc\u2066 \r\nmiejski";

struct Sample {
  std::unique_ptr<count::Instance> instance = std::make_unique<count::Instance>();
  CountReport report;
};

inline Sample make_sample() {
  Sample sample;
  count::Instance& instance = *sample.instance;
  instance.file = "/some/folder/Przykładowo_2026.pb";
  instance.meta = {
      {"unit", "Przykładowo", 2}, {"instance", "2026", 3}, {"subunit", "Stare Miasto", 4}};
  instance.budget = Money{123'456'750};
  instance.currency = "PLN";
  instance.declared_rule = "greedy-threshold";
  instance.score_threshold = 50;
  count::ProfileBuilder builder(count::VoteType::approval);
  for (std::uint16_t i = 0; i < all_reasons.size(); ++i) {
    count::Project project;
    project.id = "P" + std::to_string(i + 1);
    project.name = "Zieleń przy ulicy Żółwiej " + std::to_string(i + 1);
    project.cost = Money{1'000'000 + 12'345 * i};
    project.categories = {i % 2 == 0 ? "sport" : "urban greenery"};
    project.latitude = 52.2 + 0.003 * i;
    project.longitude = 21.0 + 0.004 * (i % 5);
    project.selected = i < sample_winners ? 1 : 0;
    instance.projects.push_back(project);
    const std::array marks{ProjectIndex{i}, ProjectIndex{static_cast<std::uint16_t>((i + 3) % 19)}};
    [[maybe_unused]] const bool added = builder.add(marks, {}, 20U + i);
    assert(added);
  }
  instance.projects[ProjectIndex{1}].name = script_name;
  instance.projects[ProjectIndex{2}].name = steering_name;
  instance.projects[ProjectIndex{3}].name = std::string(300, 'W');
  instance.projects[ProjectIndex{4}].name = "";
  instance.projects[ProjectIndex{5}].name = "גינה קהילתית";
  instance.projects[ProjectIndex{6}].cost = Money{};
  instance.projects[ProjectIndex{16}].cost = count::withdrawn_cost;
  instance.profile = std::move(builder).build();

  CountReport& report = sample.report;
  report.instance = &instance;
  report.tally = count::tally(instance);
  report.ties = {count::TieKind::draw, "Jasny los 2026"};
  report.program = "urna test";
  report.input_sha256 = std::string(64, 'a');
  CountedRule& rule = report.main;
  rule.name = "greedy";
  rule.declared_as = "greedy-threshold";
  rule.options = {{"rank", "votes"}, {"threshold", "50"}};
  rule.outcome.reasons = count::PerProject<count::Reason>(all_reasons.size());
  rule.margins = count::PerProject<count::Margin>(all_reasons.size());
  for (std::uint16_t i = 0; i < all_reasons.size(); ++i) {
    const ProjectIndex p{i};
    if (i < sample_winners) {
      rule.outcome.winners.push_back(p);
      rule.outcome.total_cost += instance.projects[p].cost;
    }
    count::Reason& reason = rule.outcome.reasons[p];
    reason.code = all_reasons[i];
    reason.rank = i + 1U;
    reason.round = i + 1U;
    reason.money_before = Money{900'000};
    reason.value = report.tally.votes[p];
    reason.threshold = 50;
    reason.price = rational(1234567, 100'000);
    reason.paid_by = 22;
    if (all_reasons[i] == ReasonCode::lost_conflict) reason.other = ProjectIndex{1};
    rule.margins[p].at_least = 3U + i;
    if (i % 3 == 0) rule.margins[p].at_most = 3U + i;
    if (i % 3 == 1) rule.margins[p].at_most = 30U + i;
    rule.margins[p].own = 5;
  }
  rule.margins[ProjectIndex{15}] = {std::nullopt, std::nullopt, std::nullopt};
  rule.outcome.ties = {
      {count::TieCriterion::votes, 0, {ProjectIndex{7}, ProjectIndex{8}}, true},
      {count::TieCriterion::price, 4, {ProjectIndex{3}, ProjectIndex{2}}, false},
  };
  rule.outcome.money_per_voter = rational(100, 3);
  rule.outcome.add1_steps = 2;
  rule.outcome.notes = {"a note <b>in</b> English"};
  rule.analysis = count::analyse(instance, rule.outcome.winners, count::Satisfaction::cost);
  rule.analysis.ejr_plus_violations = {{ProjectIndex{9}, 333, rational(1)}};
  rule.announced =
      count::AnnouncedComparison{true,
                                 {{ProjectIndex{7}, false, 1, count::Explanation::extra_money,
                                   Money{150'050}, "it was a tie"}}};

  for (const char* name : {"equal-shares", "phragmen"}) {
    CountedRule other = rule;
    other.name = name;
    other.options = {{"completion", "add1"}};
    other.announced.reset();
    other.outcome.winners.pop_back();
    other.outcome.winners.push_back(ProjectIndex{9});
    other.analysis = count::analyse(instance, other.outcome.winners, count::Satisfaction::cost);
    report.others.push_back(other);
  }
  return sample;
}

}  // namespace urna::report
