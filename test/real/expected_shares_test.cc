// SPDX-License-Identifier: EUPL-1.2
// Equal Shares and its completions on real votes, against winners computed by others.
#include <gtest/gtest.h>

#include "count/rules/equal_shares.h"
#include "test/oracle/real_data.h"

namespace urna::count {
namespace {

struct Variant {
  const char* key;
  Satisfaction satisfaction;
  Completion completion;
  const char* ties;
};

constexpr Variant variants[] = {
    {"mes_cost", Satisfaction::cost, Completion::none, "id"},
    {"mes_card", Satisfaction::cardinality, Completion::none, "id"},
    {"mes_score", Satisfaction::score, Completion::none, "id"},
    {"mes_borda", Satisfaction::score, Completion::none, "id"},
    {"mes_cost_add1", Satisfaction::cost, Completion::add1, "id"},
    {"mes_card_add1", Satisfaction::cardinality, Completion::add1, "id"},
    {"mes_score_add1", Satisfaction::score, Completion::add1, "id"},
    {"mes_borda_add1", Satisfaction::score, Completion::add1, "id"},
    {"mes_cost_add1_tbcostvotes", Satisfaction::cost, Completion::add1, "cost"},
};

TEST(ExpectedShares, FundTheSameProjectsInTheSameOrder) {
  const auto files = oracle::reference_files();
  if (files.empty()) GTEST_SKIP() << "no reference outcomes in " << oracle::data_folder();
  std::size_t compared = 0;
  for (const auto& file : files) {
    const oracle::ReferenceCase reference = oracle::read_reference(file);
    const Instance& instance = reference.instance;
    for (const Variant& variant : variants) {
      const auto expected = reference.outcomes.find(variant.key);
      if (expected == reference.outcomes.end()) continue;
      EqualSharesOptions options;
      options.satisfaction = variant.satisfaction;
      options.completion = variant.completion;
      options.add1_stop = Add1Stop::exhaustive;  // the reference's reading of Add1
      options.ordinal = OrdinalPoints::borda;
      const TieOrder ties(instance, tally(instance, OrdinalPoints::borda, Repeats::merged),
                          *parse_tie_policy(variant.ties));
      const Result<Outcome> outcome = equal_shares(instance, ties, options);
      ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
      EXPECT_EQ(oracle::ids_of(instance, outcome->winners),
                oracle::reference_ids(expected->value()))
          << reference.name << " " << variant.key;
      ++compared;
      if (!expected->value().as_object().contains("util_completion")) continue;
      options.completion = variant.completion == Completion::add1 ? Completion::add1_utilitarian
                                                                  : Completion::utilitarian;
      const Result<Outcome> completed = equal_shares(instance, ties, options);
      ASSERT_TRUE(completed.ok());
      std::vector<std::string> all = oracle::reference_ids(expected->value());
      for (const std::string& id : oracle::reference_ids(expected->value(), "util_completion")) {
        all.push_back(id);
      }
      EXPECT_EQ(oracle::ids_of(instance, completed->winners), all)
          << reference.name << " " << variant.key << " + utilitarian";
      ++compared;
    }
  }
  EXPECT_GT(compared, 100U);
  RecordProperty("compared", static_cast<int>(compared));
  std::printf("%zu outcomes compared\n", compared);
}

}  // namespace
}  // namespace urna::count
