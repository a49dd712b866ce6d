// SPDX-License-Identifier: EUPL-1.2
// From a project's id to its index, fast enough for every mention in every ballot.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "count/project_index.h"

namespace urna::count::pabulib {

// A hash table with open addressing that grows; its keys are copied. Ids are mostly short: a slot
// holds all bytes of an id of up to eight, and a digest of a longer one, whose full text is
// compared.
class IdTable {
 public:
  IdTable();

  // Gives `id` the next index: 0, 1, 2 … Returns false, changing nothing, iff the id is known.
  // Precondition: fewer than projects_max ids are in the table. Amortised O(length).
  [[nodiscard]] bool insert(std::string_view id);

  // O(length) expected.
  [[nodiscard]] std::optional<ProjectIndex> find(std::string_view id) const {
    const std::uint64_t digest = digest_of(id);
    for (std::size_t slot = slot_of(digest, id.size());; slot = (slot + 1) & (slots_.size() - 1)) {
      const Slot& found = slots_[slot];
      if (found.number == 0) return std::nullopt;
      if (found.digest == digest && found.length == id.size() &&
          (id.size() <= sizeof(digest) || ids_[found.number - 1] == id))
        return ProjectIndex{static_cast<std::uint16_t>(found.number - 1)};
    }
  }

 private:
  struct Slot {
    std::uint64_t digest = 0;  // see digest_of()
    std::uint32_t length = 0;  // of the id
    std::uint32_t number = 0;  // index + 1, or 0 for a free slot
  };

  // One-to-one for texts of equal length up to eight bytes.
  [[nodiscard]] static std::uint64_t digest_of(std::string_view id) {
    std::uint64_t digest = 0;
    for (const char c : id) digest = std::rotl(digest, 8) ^ static_cast<unsigned char>(c);
    return digest;
  }
  [[nodiscard]] std::size_t slot_of(std::uint64_t digest, std::size_t length) const {
    // Multiplicative hashing: the high bits of the product depend on all bytes.
    return static_cast<std::size_t>(((digest + length) * 0x9E3779B97F4A7C15U) >> shift_);
  }
  void place(std::string_view id, std::uint32_t number);

  std::vector<Slot> slots_;  // a power of two, at most half full
  unsigned shift_;           // 64 - log2(slots)
  std::vector<std::string> ids_;
};

}  // namespace urna::count::pabulib
