// SPDX-License-Identifier: EUPL-1.2
// The persons of an electorate: who lives where and votes in which pools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "synth/pool.h"
#include "synth/random.h"

namespace urna::synth {

struct Person {
  std::uint64_t number = 0;
  std::size_t district = 0;  // position in the electorate's districts; 0 if there are none
  std::uint32_t age = 0;
  bool woman = false;
  bool paper = false;
  std::uint32_t favourite = 0;  // of category_count categories
};

class Voters {
 public:
  explicit Voters(const PoolParameters& parameters);

  // The person of that number if they vote in the pool, else nullopt. O(number of districts).
  [[nodiscard]] std::optional<Person> find(std::uint64_t number) const;

 private:
  Lots lots_;
  std::vector<std::uint32_t> district_ends_;  // in 1/65536 of the persons, ascending
  std::optional<std::size_t> district_;
  std::uint32_t participation_percent_;
  std::uint32_t paper_percent_;
};

}  // namespace urna::synth
