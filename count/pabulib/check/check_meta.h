// SPDX-License-Identifier: EUPL-1.2
// META: which fields there are, and whether they agree with each other.
#pragma once

#include "count/pabulib/check/finding.h"
#include "count/pabulib/check/model.h"
#include "count/pabulib/scanner.h"

namespace urna::count::pabulib::check {

class MetaCheck {
 public:
  MetaCheck(Model& model, Findings& findings) : model_(model), findings_(findings) {}

  // The line of column names.
  void header(const Row& row);
  void row(const Row& row);
  // After the last row: missing fields, order, contradictions.
  void finish();

 private:
  void read_facts();
  void check_presence_and_order();
  void check_dates();
  void check_limits();
  void check_vote_type();
  void check_rule_fields();

  Model& model_;
  Findings& findings_;
};

}  // namespace urna::count::pabulib::check
