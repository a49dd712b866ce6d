// SPDX-License-Identifier: EUPL-1.2
#include "cmd/program.h"

#include <boost/json.hpp>
#include <cstdio>

namespace urna::cmd {

std::string program_name_and_version() { return "urna " URNA_VERSION; }

int fail(const Error& error, bool json) {
  std::fprintf(stderr, "urna: %s\n", error.to_string().c_str());
  if (json) {
    const boost::json::value told = {{"error",
                                      {{"message", error.message},
                                       {"file", error.place.file},
                                       {"line", error.place.line},
                                       {"column", error.place.column},
                                       {"field", error.place.field},
                                       {"remedy", error.remedy},
                                       {"exit_status", exit_code(error.code)}}}};
    std::fprintf(stdout, "%s\n", boost::json::serialize(told).c_str());
  }
  return exit_code(error.code);
}

}  // namespace urna::cmd
