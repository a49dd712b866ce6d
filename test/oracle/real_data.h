// SPDX-License-Identifier: EUPL-1.2
// Real published votes and reference outcomes, where the machine has them.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "count/instance.h"

namespace urna::oracle {

// $URNA_DATA, or the folder shared/data beside the checkout. May not exist.
[[nodiscard]] std::filesystem::path data_folder();

// Paths of all instances (pabulib/*.pb), sorted; empty where there are none.
[[nodiscard]] std::vector<std::filesystem::path> real_instances();

struct ReferenceCase {
  std::string name;  // file name
  count::Instance instance;
  boost::json::object outcomes;  // by rule, as in expected/NAME.json under "exact"
};

// Names of all reference files, sorted; empty where there are none.
[[nodiscard]] std::vector<std::filesystem::path> reference_files();

// Throws std::runtime_error if the reference or its instance cannot be read.
[[nodiscard]] ReferenceCase read_reference(const std::filesystem::path& path);

// The ids under `key` ("winners", "util_completion") of an outcome, in order.
[[nodiscard]] std::vector<std::string> reference_ids(const boost::json::value& outcome,
                                                     const char* key = "winners");

[[nodiscard]] std::vector<std::string> ids_of(const count::Instance& instance,
                                              const std::vector<count::ProjectIndex>& projects);

}  // namespace urna::oracle
