// SPDX-License-Identifier: EUPL-1.2
// Which project: an index that cannot be mistaken for a number, and vectors indexed by it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace urna::count {

// Position of a project in its instance (order of the file), from 0.
struct ProjectIndex {
  std::uint16_t value = 0;
  friend constexpr auto operator<=>(ProjectIndex, ProjectIndex) = default;
};

// An instance holds at most this many projects (two bytes name one of them in a ballot).
inline constexpr std::size_t projects_max = 65'535;

// One T per project of an instance.
template <typename T>
class PerProject {
 public:
  PerProject() = default;
  explicit PerProject(std::size_t count, const T& value = T()) : items_(count, value) {}

  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  decltype(auto) operator[](ProjectIndex p) { return items_[p.value]; }
  decltype(auto) operator[](ProjectIndex p) const { return items_[p.value]; }
  void push_back(T item) { items_.push_back(std::move(item)); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  friend bool operator==(const PerProject&, const PerProject&) = default;

 private:
  std::vector<T> items_;
};

// All project indices 0 … count-1, for range-for.
class ProjectRange {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ProjectIndex;
    using difference_type = std::ptrdiff_t;
    using pointer = const ProjectIndex*;
    using reference = ProjectIndex;
    constexpr iterator() = default;
    explicit constexpr iterator(std::size_t value) : value_(value) {}
    constexpr ProjectIndex operator*() const { return {static_cast<std::uint16_t>(value_)}; }
    constexpr iterator& operator++() {
      ++value_;
      return *this;
    }
    constexpr iterator operator++(int) {
      const iterator before = *this;
      ++value_;
      return before;
    }
    friend constexpr bool operator==(iterator, iterator) = default;

   private:
    std::size_t value_ = 0;
  };
  explicit constexpr ProjectRange(std::size_t count) : count_(count) {}
  [[nodiscard]] constexpr iterator begin() const { return iterator(0); }
  [[nodiscard]] constexpr iterator end() const { return iterator(count_); }

 private:
  std::size_t count_;
};

}  // namespace urna::count
