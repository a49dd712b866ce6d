// SPDX-License-Identifier: EUPL-1.2
// The rule that the file itself declares, read into this program's options.
#pragma once

#include <string>
#include <variant>

#include "base/result.h"
#include "count/instance.h"
#include "count/rules/equal_shares.h"
#include "count/rules/greedy.h"

namespace urna::count {

struct DeclaredRule {
  std::string name;  // `rule` as in the file
  std::variant<GreedyOptions, EqualSharesOptions> options;
  // What had to be assumed because the file does not say it, for the record; English.
  std::vector<std::string> assumptions;
};

// Understands greedy, greedy-threshold, greedy-no-skip, greedy-exclusive, greedy-custom (Poznan),
// equalshares, equalshares-comparison, equalshares/add1, equalshares/add1-comparison.
// Errors: unsupported ("unknown", a custom rule that the file does not explain), malformed.
[[nodiscard]] Result<DeclaredRule> read_declared_rule(const Instance& instance);

}  // namespace urna::count
