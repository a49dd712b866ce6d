// SPDX-License-Identifier: EUPL-1.2
// The exact 0/1 knapsack that maximum welfare is: items, a capacity, and the best set.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/result.h"
#include "count/int128.h"

namespace urna::count {

struct KnapsackItem {
  std::int64_t weight = 0;  // > 0
  Int128 value = 0;         // > 0
};

// What a question demands of an item.
enum class Demand : std::uint8_t { none, taken, left };

struct KnapsackAnswer {
  enum class Verdict {
    found,    // `taken` is a best set, worth `value`
    none,     // no set is worth the floor
    gave_up,  // `value` is the best seen (below the floor if none), `upper` bounds the best
  };
  Verdict verdict = Verdict::none;
  Int128 value = 0;
  Int128 upper = 0;
  std::vector<bool> taken;  // by item
};

// Dynamic programming over the list of undominated partial sets, without those that cannot reach
// the best known value:
//   1. Items stand by value per weight, highest first.
//   2. The list holds (weight, value) of sets of the first i items, both strictly increasing; it
//      starts as {(0, 0)}. Item i merges it with itself moved by (weight_i, value_i); what is
//      heavier than the capacity or dominated is dropped.
//   3. From each partial set, taking the next items whole as long as they fit is a complete set:
//      the best of these is the incumbent. Adding the fraction of the next item that still fits
//      bounds what the partial set can reach; it is dropped if that cannot beat the incumbent or
//      reach the floor.
// Sources: Nemhauser, Ullmann, "Discrete Dynamic Programming and Capital Allocation" (Management
// Science 15, 1969), eq. (7) ff.; Dantzig, "Discrete-Variable Extremum Problems" (Operations
// Research 5, 1957) for the bound; the combination as in Kellerer, Pferschy, Pisinger, "Knapsack
// Problems" (2004), section 5.3.
// Exact in 128-bit integers. Exponential time in the worst case, hence the limit on partial sets;
// memory about 40 bytes for each of the partial sets alive and 8 for each ever kept.
class Knapsack {
 public:
  // Error: limit, if products of weights and values would leave 128 bits. O(n log n).
  [[nodiscard]] static Result<Knapsack> create(std::vector<KnapsackItem> items,
                                               std::int64_t capacity);

  [[nodiscard]] std::size_t size() const { return items_.size(); }

  // The same items with room for `less` less. Precondition: 0 <= less <= capacity. O(n).
  [[nodiscard]] Knapsack with_less_room(std::int64_t less) const {
    Knapsack smaller = *this;
    smaller.capacity_ -= less;
    return smaller;
  }

  struct Question {
    std::vector<Demand> demands;  // one per item, or empty for no demands
    Int128 floor = 0;             // only sets worth at least this are of interest
    // Known: no set is worth more. The search ends at the first set worth this.
    Int128 ceiling = unbounded;
  };
  static constexpr Int128 unbounded = Int128{1} << 126;

  // The best set that obeys the demands and is worth at least the floor. Takes the number of
  // partial sets examined off `states_left` and gives up when that reaches 0.
  [[nodiscard]] KnapsackAnswer solve(const Question& question, std::uint64_t& states_left) const;

  // Greatest value that the bound of step 3 allows under the demands; -1 if they do not fit.
  // O(n).
  [[nodiscard]] Int128 upper_bound(const std::vector<Demand>& demands) const;

 private:
  Knapsack(std::vector<KnapsackItem> items, std::int64_t capacity);

  std::vector<KnapsackItem> items_;
  std::vector<std::uint32_t> by_density_;
  std::int64_t capacity_ = 0;
};

}  // namespace urna::count
