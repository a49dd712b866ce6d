// SPDX-License-Identifier: EUPL-1.2
// A compact hash table of numbers whose keys are kept elsewhere, such as positions in a list.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <sodium/crypto_shorthash.h>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace urna::election {

// Open addressing, four bytes a slot, at most three quarters full: 5.3 to 10.7 bytes a number.
// Keys are hashed under a random key, so that nobody can make many of them collide. Nothing depends
// on the order of the table.
class NumberTable {
 public:
  static constexpr std::uint32_t number_max = 0xFFFF'FFFE;

  NumberTable() { crypto_shorthash_keygen(seed_.data()); }

  // Hash of a key, for the functions below.
  [[nodiscard]] std::uint64_t hash(std::string_view key) const {
    std::array<std::uint8_t, crypto_shorthash_BYTES> digest{};
    crypto_shorthash(digest.data(), octets_of(key).data(), key.size(), seed_.data());
    return big_endian(view_of(digest));
  }

  // Makes room for so many numbers, once instead of step by step. Precondition (else the program
  // stops): there are none.
  void reserve(std::size_t numbers) {
    if (used_ != 0) stop_on_broken_precondition("NumberTable::reserve: before the first number");
    std::size_t slots = slots_min;
    while (4 * numbers > 3 * slots) slots *= 2;
    slots_.assign(slots, free_slot);
  }

  // The number under that hash whose key is the one sought: equal(number) says so. O(1) on average.
  template <typename Equal>
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t hash, Equal equal) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint32_t number = slots_[slot_of(hash, equal)];
    if (number == free_slot) return std::nullopt;
    return number;
  }

  // Sets the number under a key, in the place of the one whose key is equal, if any.
  // hash_of(number) hashes the key of a number that is already in the table.
  template <typename Equal, typename HashOf>
  void set(std::uint64_t hash, std::uint32_t number, Equal equal, HashOf hash_of) {
    if (4 * (used_ + 1) > 3 * slots_.size()) grow(hash_of);
    std::uint32_t& slot = slots_[slot_of(hash, equal)];
    if (slot == free_slot) ++used_;
    slot = number;
  }

 private:
  static constexpr std::uint32_t free_slot = 0xFFFF'FFFF;
  static constexpr std::size_t slots_min = 16;

  // Where the number of that key is, or would be put.
  template <typename Equal>
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash, Equal equal) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(hash) & mask;
    while (slots_[slot] != free_slot && !equal(slots_[slot])) slot = (slot + 1) & mask;
    return slot;
  }

  template <typename HashOf>
  void grow(HashOf hash_of) {
    const std::vector<std::uint32_t> old = std::move(slots_);
    slots_.assign(old.empty() ? slots_min : 2 * old.size(), free_slot);
    for (const std::uint32_t number : old) {
      if (number == free_slot) continue;
      slots_[slot_of(hash_of(number), [](std::uint32_t) { return false; })] = number;
    }
  }

  std::array<std::uint8_t, crypto_shorthash_KEYBYTES> seed_{};
  std::vector<std::uint32_t> slots_;  // a power of two
  std::size_t used_ = 0;
};

}  // namespace urna::election
