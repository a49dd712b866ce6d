// SPDX-License-Identifier: EUPL-1.2
// Linear programs over numbers that are not negative; the only place that knows the solver (CLP).
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace urna::statistics {

struct Row {
  std::vector<std::pair<int, double>> terms;  // variable, factor
  double low = 0, high = 0;                   // the sum is between them
};
// What the solver takes for no bound.
inline constexpr double unbounded = std::numeric_limits<double>::max();

class LinearProgram {
 public:
  LinearProgram(int variables, const std::vector<Row>& rows);
  LinearProgram(const LinearProgram&) = delete;
  LinearProgram& operator=(const LinearProgram&) = delete;
  ~LinearProgram();
  // The variables at which the sum is least, from where the last answer ended; nothing if there are
  // none. Approximate, as floating-point numbers are.
  [[nodiscard]] std::optional<std::vector<double>> minimise(
      const std::vector<std::pair<int, double>>& cost);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urna::statistics
