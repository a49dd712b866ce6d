// SPDX-License-Identifier: EUPL-1.2
// What an inspection service asks of a database.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "protection/access_log.h"
#include "protection/retention.h"

namespace urna::inspection {

// One transaction. Errors of all: io, conflict (try again).
class InspectionTransaction : public protection::AccessLogStore {
 public:
  // Adds to the counter, which begins at 0, unless it would exceed `most`: whether it did.
  [[nodiscard]] virtual Result<bool> charge(const std::string& name, std::uint64_t amount,
                                            std::uint64_t most) = 0;
  // Deletes what is due. How many rows went.
  [[nodiscard]] virtual Result<std::uint64_t> apply(const protection::Deletion& deletion) = 0;
};

// Calls may come from several threads and run one after another.
class InspectionStore {
 public:
  InspectionStore() = default;
  InspectionStore(const InspectionStore&) = delete;
  InspectionStore& operator=(const InspectionStore&) = delete;
  virtual ~InspectionStore() = default;

  // All of it durable when this returns without an error; none of it after an error, save that
  // after io it is not known.
  using Work = std::function<Status(InspectionTransaction&)>;
  [[nodiscard]] virtual Status transact(const Work& work) = 0;
  [[nodiscard]] virtual Result<protection::AccessLogCopy> copy_log() = 0;
};

}  // namespace urna::inspection
