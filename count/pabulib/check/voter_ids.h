// SPDX-License-Identifier: EUPL-1.2
// All voter ids of a file, so that one that comes twice is found with certainty.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace urna::count::pabulib::check {

// A set of texts with the line of each. The texts themselves are kept and compared, so that the
// answer never rests on a hash; the hash is keyed at random, so that no file can slow it down.
// Memory: 10 bytes, the text and at most 22 bytes of table per text.
class VoterIds {
 public:
  VoterIds();

  // The line on which `id` was seen before; else nullopt, and it is remembered.
  // Precondition: id.size() < 65,536. Amortised O(length).
  std::optional<std::uint64_t> insert(std::string_view id, std::uint64_t line);

 private:
  static constexpr std::size_t block_bytes = std::size_t{1} << 20U;

  struct Record {
    std::uint64_t line = 0;
    std::string_view id;
  };
  [[nodiscard]] Record record_at(std::uint64_t address) const;
  [[nodiscard]] std::uint64_t store(std::string_view id, std::uint64_t line);
  [[nodiscard]] std::uint64_t hash(std::string_view id) const;
  void grow();

  std::array<unsigned char, 16> key_;
  // Records lie in blocks and never move: line (8 bytes), length (2 bytes), text.
  std::vector<std::unique_ptr<char[]>> blocks_;  // NOLINT(*-avoid-c-arrays)
  std::size_t used_ = block_bytes;               // bytes of the last block
  std::vector<std::uint64_t> slots_;             // address + 1, or 0 for free; a power of two
  std::size_t size_ = 0;
};

}  // namespace urna::count::pabulib::check
