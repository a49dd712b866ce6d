// SPDX-License-Identifier: EUPL-1.2
#include "statistics/linear.h"

#include <coin/Clp_C_Interface.h>

#include "base/free_with.h"

namespace urna::statistics {

struct LinearProgram::State {
  std::unique_ptr<Clp_Simplex, FreeWith<Clp_deleteModel>> model{Clp_newModel()};
  int variables = 0;
  bool first = true;
};

LinearProgram::LinearProgram(int variables, const std::vector<Row>& rows)
    : state_(std::make_unique<State>()) {
  state_->variables = variables;
  Clp_Simplex* model = state_->model.get();
  Clp_setLogLevel(model, 0);
  Clp_resize(model, 0, variables);
  std::vector<double> lows, highs, factors;
  std::vector<int> starts = {0}, places;
  for (const Row& row : rows) {
    lows.push_back(row.low);
    highs.push_back(row.high);
    for (const auto& [variable, factor] : row.terms) {
      places.push_back(variable);
      factors.push_back(factor);
    }
    starts.push_back(static_cast<int>(places.size()));
  }
  const std::vector<double> zeros(static_cast<std::size_t>(variables), 0.0);
  const std::vector<double> tops(static_cast<std::size_t>(variables), unbounded);
  Clp_chgColumnLower(model, zeros.data());
  Clp_chgColumnUpper(model, tops.data());
  Clp_chgObjCoefficients(model, zeros.data());
  if (!rows.empty()) {
    Clp_addRows(model, static_cast<int>(rows.size()), lows.data(), highs.data(), starts.data(),
                places.data(), factors.data());
  }
}

LinearProgram::~LinearProgram() = default;

std::optional<std::vector<double>> LinearProgram::minimise(
    const std::vector<std::pair<int, double>>& cost) {
  Clp_Simplex* model = state_->model.get();
  std::vector<double> objective(static_cast<std::size_t>(state_->variables), 0.0);
  for (const auto& [variable, factor] : cost)
    objective[static_cast<std::size_t>(variable)] = factor;
  Clp_chgObjCoefficients(model, objective.data());
  // The first time nothing is known; then only the cost has changed, and the last answer fits.
  if (state_->first) {
    Clp_initialSolve(model);
    state_->first = false;
  } else {
    Clp_primal(model, 0);
  }
  if (Clp_isProvenOptimal(model) == 0) return std::nullopt;
  const double* solution = Clp_primalColumnSolution(model);
  return std::vector<double>(solution, solution + state_->variables);
}

}  // namespace urna::statistics
