// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/knapsack.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace urna::count {
namespace {

constexpr std::size_t nodes_max = 0xFFFF'FFFF;

int bits(Int128 value) {
  int count = 0;
  for (; value > 0; value >>= 1) ++count;
  return count;
}

// A set of the first items: how heavy and good it is, and where its last item is noted.
struct Partial {
  std::int64_t weight = 0;
  Int128 value = 0;
  std::uint32_t node = 0;
};

// One taken item; parents lead back to node 0, the empty set.
struct Node {
  std::uint32_t parent = 0;
  std::uint32_t item = 0;
};

// One search: the items without demands, by density, and what is known so far.
class Search {
 public:
  Search(const std::vector<KnapsackItem>& items, const std::vector<std::uint32_t>& order,
         const Knapsack::Question& question, std::int64_t capacity)
      : question_(question), items_(items), capacity_(capacity) {
    weights_.push_back(0);
    values_.push_back(0);
    for (const std::uint32_t item : order) {
      const Demand demand = question.demands.empty() ? Demand::none : question.demands[item];
      if (demand == Demand::taken) {
        demanded_.push_back(item);
        base_value_ += items[item].value;
        capacity_ -= items[item].weight;
        if (capacity_ < 0) return;
      } else if (demand == Demand::none) {
        free_.push_back(item);
      }
    }
    for (const std::uint32_t item : free_) {
      weights_.push_back(weights_.back() + items[item].weight);
      values_.push_back(values_.back() + items[item].value);
    }
  }

  [[nodiscard]] bool demands_fit() const { return capacity_ >= 0; }

  // Dantzig's bound for a partial set of the first `next` items.
  [[nodiscard]] Int128 upper_bound(const Partial& partial, std::size_t next) const {
    const std::size_t stop = first_misfit(partial, next);
    const Int128 whole = partial.value + values_[stop] - values_[next];
    if (stop == free_.size()) return base_value_ + whole;
    const Int128 room = capacity_ - partial.weight - (weights_[stop] - weights_[next]);
    return base_value_ + whole + room * item(stop).value / item(stop).weight;
  }

  KnapsackAnswer run(std::uint64_t& states_left) {
    KnapsackAnswer answer;
    best_ = question_.floor - 1;
    answer.value = best_;
    if (!demands_fit()) return answer;
    const Int128 ceiling = std::min(question_.ceiling, upper_bound({}, 0));
    std::vector<Partial> list, merged;
    if (promising({}, 0)) list.push_back({});
    for (std::size_t i = 0; i < free_.size() && !list.empty() && best_ < ceiling; ++i) {
      merged.clear();
      if (!extend(list, i, merged, states_left)) {
        answer.verdict = KnapsackAnswer::Verdict::gave_up;
        answer.upper = best_;
        for (const Partial& partial : list) {
          answer.upper = std::max(answer.upper, upper_bound(partial, i));
        }
        answer.value = best_;
        return answer;
      }
      std::swap(list, merged);
    }
    if (best_ < question_.floor) return answer;
    answer.verdict = KnapsackAnswer::Verdict::found;
    answer.value = answer.upper = best_;
    answer.taken = taken();
    return answer;
  }

 private:
  [[nodiscard]] const KnapsackItem& item(std::size_t i) const { return items_[free_[i]]; }

  // The first of the items from `next` on that no longer fits if all before it are taken.
  [[nodiscard]] std::size_t first_misfit(const Partial& partial, std::size_t next) const {
    const std::int64_t reach = weights_[next] + capacity_ - partial.weight;
    const auto beyond = std::upper_bound(weights_.begin() + static_cast<std::ptrdiff_t>(next),
                                         weights_.end(), reach);
    return static_cast<std::size_t>(beyond - weights_.begin()) - 1;
  }

  // Step 3: improves the incumbent; true iff the partial set can still reach a better one.
  bool promising(const Partial& partial, std::size_t next) {
    const std::size_t stop = first_misfit(partial, next);
    const Int128 whole = base_value_ + partial.value + values_[stop] - values_[next];
    if (whole > best_) {
      best_ = whole;
      best_node_ = partial.node;
      best_next_ = next;
      best_stop_ = stop;
    }
    if (stop == free_.size()) return false;  // taking everything is the best it can reach
    const std::int64_t room = capacity_ - partial.weight - (weights_[stop] - weights_[next]);
    // whole + room * value / weight >= best_ + 1, without the division.
    return room * item(stop).value >= (best_ + 1 - whole) * item(stop).weight;
  }

  // Step 2 for item i: `list` and its move into `merged`. False iff the states ran out.
  bool extend(const std::vector<Partial>& list, std::size_t i, std::vector<Partial>& merged,
              std::uint64_t& states_left) {
    const KnapsackItem& added = item(i);
    Int128 dominated_to = -1;  // best value of the lighter sets seen, dropped ones included
    std::size_t kept = 0, moved = 0;
    while (kept < list.size() || moved < list.size()) {
      if (kept == list.size() && list[moved].weight + added.weight > capacity_) break;
      bool take = kept == list.size();
      if (!take && moved < list.size()) {
        const std::int64_t moved_weight = list[moved].weight + added.weight;
        const Int128 moved_value = list[moved].value + added.value;
        take = moved_weight < list[kept].weight ||
               (moved_weight == list[kept].weight && moved_value > list[kept].value);
      }
      Partial partial = take ? list[moved++] : list[kept++];
      if (take) {
        partial.weight += added.weight;
        partial.value += added.value;
      }
      if (partial.value <= dominated_to) continue;
      dominated_to = partial.value;
      if (states_left == 0 || nodes_.size() == nodes_max) return false;
      --states_left;
      // The note must exist before the incumbent may refer to it.
      if (take) {
        nodes_.push_back({partial.node, free_[i]});
        partial.node = static_cast<std::uint32_t>(nodes_.size() - 1);
      }
      if (promising(partial, i + 1)) {
        merged.push_back(partial);
      } else if (take && best_node_ != partial.node) {
        nodes_.pop_back();
      }
    }
    return true;
  }

  [[nodiscard]] std::vector<bool> taken() const {
    std::vector<bool> flags(items_.size(), false);
    for (const std::uint32_t demanded : demanded_) flags[demanded] = true;
    for (std::uint32_t node = best_node_; node != 0; node = nodes_[node].parent) {
      flags[nodes_[node].item] = true;
    }
    for (std::size_t i = best_next_; i < best_stop_; ++i) flags[free_[i]] = true;
    return flags;
  }

  const Knapsack::Question& question_;
  const std::vector<KnapsackItem>& items_;
  std::vector<std::uint32_t> demanded_, free_;
  std::vector<std::int64_t> weights_;  // of the first i free items
  std::vector<Int128> values_;
  std::int64_t capacity_ = 0;  // less the demanded items
  Int128 base_value_ = 0;      // of the demanded items
  std::vector<Node> nodes_{1};
  Int128 best_ = 0;  // the incumbent's value, or the floor - 1
  std::uint32_t best_node_ = 0;
  std::size_t best_next_ = 0, best_stop_ = 0;
};

}  // namespace

Result<Knapsack> Knapsack::create(std::vector<KnapsackItem> items, std::int64_t capacity) {
  Int128 weight_sum = 0, value_sum = 0;
  for (const KnapsackItem& item : items) {
    assert(item.weight > 0 && item.value > 0);
    weight_sum += item.weight;
    value_sum += item.value;
    if (bits(value_sum) > 110 || bits(weight_sum) > 62) break;
  }
  // Of the products formed, the largest is a value (or difference of values) times a weight.
  if (bits(weight_sum) > 62 || bits(value_sum) + bits(weight_sum) > 125) {
    Error error;
    error.code = ErrorCode::limit;
    error.message = "the sums of money and votes are too large to multiply exactly";
    error.remedy = "choose another rule";
    return error;
  }
  return Knapsack(std::move(items), capacity);
}

Knapsack::Knapsack(std::vector<KnapsackItem> items, std::int64_t capacity)
    : items_(std::move(items)), by_density_(items_.size()), capacity_(capacity) {
  std::iota(by_density_.begin(), by_density_.end(), 0U);
  std::sort(by_density_.begin(), by_density_.end(), [&](std::uint32_t a, std::uint32_t b) {
    const Int128 left = items_[a].value * items_[b].weight;
    const Int128 right = items_[b].value * items_[a].weight;
    return left != right ? left > right : a < b;
  });
}

KnapsackAnswer Knapsack::solve(const Question& question, std::uint64_t& states_left) const {
  assert(question.demands.empty() || question.demands.size() == items_.size());
  return Search(items_, by_density_, question, capacity_).run(states_left);
}

Int128 Knapsack::upper_bound(const std::vector<Demand>& demands) const {
  const Question question{demands, 0, unbounded};
  const Search search(items_, by_density_, question, capacity_);
  return search.demands_fit() ? search.upper_bound({}, 0) : Int128{-1};
}

}  // namespace urna::count
