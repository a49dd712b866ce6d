// SPDX-License-Identifier: EUPL-1.2
// Many clients of an HTTP/1.1 server on one thread, and how long their requests took. Spends little
// on a request, so that on a shared machine the server gets most of the processor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::load {

struct Plan {
  std::string address = "127.0.0.1";  // IPv4
  std::uint16_t port = 0;
  unsigned connections = 100;
  double warm_up_s = 0.5;  // before anything is counted
  double seconds = 5;
  // Requests a second, spread evenly over time; a request that finds every connection busy waits
  // for one, and its latency counts from when it was due. 0: each connection sends the next request
  // as soon as it has its answer.
  double rate = 0;
  // Ends once this many requests have been answered, though not after `seconds`; 0: without bound.
  std::uint64_t requests = 0;
  // All bytes of the next request; they must stay where they are until the run ends.
  std::function<std::string_view(unsigned connection, std::uint64_t number)> request;
  // Called for every answer, counted or not; may be empty.
  std::function<void(int status, std::string_view body)> answered;
};

struct Figures {
  double seconds = 0;
  std::map<int, std::uint64_t> answers;  // by status
  std::uint64_t broken = 0;              // connections that ended within a request
  std::uint64_t not_sent = 0;            // due at a rate, but never sent
  std::vector<float> ms;                 // of each answer with status 2xx, sorted

  [[nodiscard]] std::uint64_t good() const;  // answers 2xx
  [[nodiscard]] double good_per_s() const;
  [[nodiscard]] double percentile_ms(double percent) const;  // 0 if there are none
};

// Runs the plan to its end. Error: io, if the server cannot be connected to.
[[nodiscard]] Result<Figures> run(const Plan& plan);

}  // namespace urna::load
