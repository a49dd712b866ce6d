// SPDX-License-Identifier: EUPL-1.2
// What the steps of a list check at the city share: whose mandates are accepted, both controllers'
// logs, and the public record.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cmd/service.h"
#include "inspection/inspecting.h"
#include "listcheck/question.h"
#include "protection/mandate.h"
#include "server/config.h"

namespace urna::cmd {

struct ListCheckLog {
  std::string url;
  std::string token_file;
};

struct ListCheckConfig {
  std::string edition;
  std::string inspecting;  // 64 hexadecimal digits
  std::string inspected;
  std::vector<ListCheckLog> logs;
};
void add_list_check_keys(server::ConfigKeys& keys, ListCheckConfig& config);
[[nodiscard]] Result<ListCheckConfig> load_list_check_config(const std::string& path);

// Both controllers' logs and whose mandates are accepted.
class ListCheckOffice {
 public:
  // Errors: usage (keys; not two logs), those of files.
  [[nodiscard]] static Result<ListCheckOffice> open(const ListCheckConfig& config);

  // The mandate in this file (none: an empty path), if the step may be done under it now. Both logs
  // have a row of the step, or of its refusal, before this returns. Errors: conflict (outside the
  // mandate, with the fault); io (a log cannot be reached: nothing may be done).
  [[nodiscard]] Result<protection::Mandate> admit(const std::string& mandate_path,
                                                  const std::string& actor,
                                                  const std::string& action, std::uint64_t persons,
                                                  const Sha256Digest& about_mandate) const;

 private:
  ListCheckOffice() = default;
  [[nodiscard]] Status note(const protection::AccessEntry& entry) const;
  protection::MandateTrust trust_;
  std::vector<std::unique_ptr<inspection::SecondLog>> logs_;
};

// Reads a file with a bound that is enough for all of a list check. Errors name the file.
[[nodiscard]] Result<std::string> read_list_check_file(const std::string& path);

// What the public record in a folder or at an address says: how many may vote, since when, and
// everybody's first ballot. All of it is verified that can be without the tally.
struct RecordOfVotes {
  std::uint64_t entitled = 0;
  std::uint64_t opened_hour = 0;
  std::vector<listcheck::FirstVote> votes;
};
[[nodiscard]] Result<RecordOfVotes> read_votes(const std::string& record);

}  // namespace urna::cmd
