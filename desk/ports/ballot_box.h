// SPDX-License-Identifier: EUPL-1.2
// What the desk asks of a ballot box, which is another service.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::desk {

class BallotBoxPort {
 public:
  BallotBoxPort() = default;
  BallotBoxPort(const BallotBoxPort&) = delete;
  BallotBoxPort& operator=(const BallotBoxPort&) = delete;
  virtual ~BallotBoxPort() = default;

  struct View {
    bool has_record = false;  // false: the box waits for one
    std::string edition;      // hash as 64 hexadecimal digits
    std::uint64_t entries = 0;
    std::uint64_t ballots = 0;
    std::string phase;
    bool accepting = false;        // ballots, at this moment
    std::uint64_t closes = 0;      // the end in force, Unix seconds
    std::uint64_t extensions = 0;  // how many there are
    std::uint64_t extended = 0;    // when the last one was decided; 0 without one
  };
  // Errors of all: io (not to be reached; try again), conflict (the box refuses), malformed (it
  // does not answer as a ballot box does).
  [[nodiscard]] virtual Result<View> view() = 0;

  // Hands the record in the folder over; what the box has already is left out.
  [[nodiscard]] virtual Status push(const std::string& folder) = 0;
  // Records an entry. Sending it again is safe.
  [[nodiscard]] virtual Status submit(std::string_view entry) = 0;
  // The entry of this index on the board, out of its newest tiles; nothing is proven. Error:
  // not_found (the board is shorter). May be called from any thread.
  [[nodiscard]] virtual Result<std::string> entry(std::uint64_t index) = 0;
  // The entries from this index on, as many as lie together; none if the board is shorter. Nothing
  // is proven. May be called from any thread.
  [[nodiscard]] virtual Result<std::vector<std::string>> entries(std::uint64_t first) = 0;
  // Downloads the whole record into the new folder.
  [[nodiscard]] virtual Status pull(const std::string& folder) = 0;
};

}  // namespace urna::desk
