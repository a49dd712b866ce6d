// SPDX-License-Identifier: EUPL-1.2
// The distinct labels of a column, held against each other and against what META declares.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "count/pabulib/check/finding.h"
#include "count/pabulib/check/model.h"

namespace urna::count::pabulib::check {

// Remembers up to labels_max distinct labels; what comes after is not compared.
class Labels {
 public:
  static constexpr std::size_t labels_max = 10'000;

  // `declared_by`: the list in META that declares these labels, or empty. Both names are literals.
  Labels(std::string_view field, std::string_view declared_by)
      : field_(field), declared_by_(declared_by) {}

  void add(std::string_view label, Place place);
  // Reports label_variants, undeclared_value and unused_declared_value.
  void finish(const Model& model, Findings& findings) const;

 private:
  void compare_with_declared(const Model& model, Findings& findings) const;

  std::string_view field_;
  std::string_view declared_by_;
  std::unordered_map<std::string, std::size_t> numbers_;  // position in labels_
  struct Label {
    std::string text;
    std::uint64_t line = 0, column = 0;
  };
  std::vector<Label> labels_;  // in order of appearance
  bool full_ = false;
};

}  // namespace urna::count::pabulib::check
