// SPDX-License-Identifier: EUPL-1.2
// One controller's data, looked at by another: only within a mandate of both, and only if both
// controllers' logs have it before a row is handed out. No HTTP.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "inspection/request.h"
#include "inspection/store.h"
#include "protection/mandate.h"

namespace urna::inspection {

// Unix seconds.
using Clock = std::function<std::uint64_t()>;

// A data set of this controller's: a file of comma-separated values that its own systems wrote.
// Rows without a date in `date_field` (YYYY-MM-DD) are of no period and are never handed out.
struct DataSource {
  std::string set;
  std::string path;
  std::vector<std::string> fields;  // that may be asked for, if a mandate says so
  std::string date_field;
};

// The log of the other controller, kept elsewhere. What append() reports as done is durable there.
// Errors: io and others, whatever the cause.
class SecondLog {
 public:
  SecondLog() = default;
  SecondLog(const SecondLog&) = delete;
  SecondLog& operator=(const SecondLog&) = delete;
  virtual ~SecondLog() = default;
  [[nodiscard]] virtual Status append(std::string_view entry) = 0;
};

struct InspectionConfig {
  protection::MandateTrust trust;
  std::vector<DataSource> data;  // may be empty: then only a log is kept
  Clock clock;                   // must be set
};

// Rows in the order of the fields that were asked for.
struct Rows {
  std::vector<std::string> fields;
  std::vector<std::vector<std::string>> rows;
};

enum class Refusal : std::uint8_t {
  malformed,    // not a request; nobody knows of whom, so only its coming is logged
  mandate,      // see the fault
  signature,    // not signed by the inspector that it names, long ago, or a second time
  no_second,    // the other controller's log cannot be reached
  unavailable,  // the own database or the file of the data refuses
};
struct Refused {
  Refusal why = Refusal::malformed;
  std::optional<protection::MandateFault> fault;  // of `mandate`
};

inline constexpr std::uint64_t request_seconds_max = 300;
inline constexpr std::size_t rows_max = 100'000;  // of one answer

// Callable by several threads. Store, second log and key outlive it.
class Inspection {
 public:
  Inspection(InspectionConfig config, InspectionStore& store, SecondLog& second,
             const board::LogSecretKey& log_key)
      : config_(std::move(config)), store_(store), second_(second), log_key_(log_key) {}

  // The rows, or why there are none. Refusals of whoever sends a request go into both logs too; if
  // the second cannot be reached then, the own log says so. Rows are charged to the mandate and
  // logged here, in one durable transaction, then logged there, and only then handed out.
  [[nodiscard]] std::variant<Rows, Refused> read(std::string_view request);

  // Takes a row from the other controller. Error: malformed (no entry); those of the store.
  [[nodiscard]] Status take_entry(std::string_view entry);

 private:
  [[nodiscard]] Status log_here(const protection::AccessEntry& entry);
  [[nodiscard]] Refused refuse(Refusal why, std::optional<protection::MandateFault> fault,
                               protection::AccessEntry entry);

  InspectionConfig config_;
  InspectionStore& store_;
  SecondLog& second_;
  const board::LogSecretKey& log_key_;
};

// A row about a list check: the word of who asks, of what was done or why it was refused, the word
// of the mandate ("no-mandate" without one) and how many elements or people it was about.
[[nodiscard]] protection::AccessEntry list_check_entry(std::uint64_t time, std::string actor,
                                                       std::string action, std::string mandate,
                                                       std::uint64_t persons);

}  // namespace urna::inspection
