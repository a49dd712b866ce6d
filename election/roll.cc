// SPDX-License-Identifier: EUPL-1.2
#include "election/roll.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "base/cbor.h"
#include "base/parallel.h"
#include "board/merkle.h"
#include "election/fields.h"

namespace urna::election {
namespace {

constexpr std::size_t people_max = 0xFFFF'FFFE;
constexpr std::size_t prefixes = 65'536;

std::size_t prefix_of(const Pseudonym& pseudonym) {
  return std::size_t{pseudonym.octets[0]} << 8U | pseudonym.octets[1];
}

// The Merkle tree hash over the lines that end there, the first beginning at `begin`.
Sha256Digest root_of_lines(std::string_view file, std::size_t begin,
                           std::span<const std::size_t> ends, unsigned threads) {
  // A power of two: complete subtrees but for the last.
  constexpr std::size_t piece = 2048;
  if (ends.empty()) return board::empty_tree_hash();
  std::vector<Sha256Digest> roots((ends.size() + piece - 1) / piece);
  for_each_piece(roots.size(), threads, [&](std::size_t p) {
    std::vector<Sha256Digest> leaves;
    const std::size_t first = p * piece;
    for (std::size_t i = first; i < std::min(first + piece, ends.size()); ++i) {
      const std::size_t from = i == 0 ? begin : ends[i - 1];
      leaves.push_back(board::leaf_hash(file.substr(from, ends[i] - from)));
    }
    roots[p] = board::root_of(leaves);
  });
  return board::root_of(roots);
}

}  // namespace

Result<Roll> Roll::decode(std::string_view file, unsigned threads) {
  Roll roll;
  CborReader in(file);
  FieldReader fields(in);
  const std::size_t size = in.array(people_max);
  // A line takes 37 bytes at least, so that the count is no promise of memory.
  roll.pseudonyms_.reserve(std::min(size, file.size() / 37));
  roll.list_of_.reserve(roll.pseudonyms_.capacity());
  std::map<std::vector<PoolNumber>, std::uint32_t> numbers;
  const std::size_t begin = in.offset();
  std::vector<std::size_t> ends;  // of the lines
  ends.reserve(roll.pseudonyms_.capacity());
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    RollLine line;
    in.array_exactly(2);
    fields.fixed(line.pseudonym);
    in.require(i == 0 || !in.ok() || roll.pseudonyms_.back() < line.pseudonym,
               "the pseudonyms are not strictly ascending");
    describe_pools(fields, line.pools, 1);
    if (!in.ok()) break;
    const auto [known, added] =
        numbers.try_emplace(line.pools, static_cast<std::uint32_t>(roll.lists_.size()));
    if (added) roll.lists_.push_back(std::move(line.pools));
    roll.pseudonyms_.push_back(line.pseudonym);
    roll.list_of_.push_back(known->second);
    ends.push_back(in.offset());
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  roll.first_of_.resize(prefixes + 1);
  for (const Pseudonym& pseudonym : roll.pseudonyms_) ++roll.first_of_[prefix_of(pseudonym) + 1];
  std::partial_sum(roll.first_of_.begin(), roll.first_of_.end(), roll.first_of_.begin());
  roll.root_ = root_of_lines(file, begin, ends, threads);
  return roll;
}

std::optional<PoolNumber> Roll::greatest_pool() const {
  std::optional<PoolNumber> greatest;
  for (const std::vector<PoolNumber>& list : lists_) {
    if (!greatest || *greatest < list.back()) greatest = list.back();
  }
  return greatest;
}

std::optional<std::uint32_t> Roll::find(const Pseudonym& pseudonym) const {
  if (pseudonyms_.empty()) return std::nullopt;
  const std::size_t prefix = prefix_of(pseudonym);
  const auto begin = pseudonyms_.begin() + first_of_[prefix];
  const auto end = pseudonyms_.begin() + first_of_[prefix + 1];
  const auto found = std::lower_bound(begin, end, pseudonym);
  if (found == end || *found != pseudonym) return std::nullopt;
  return static_cast<std::uint32_t>(found - pseudonyms_.begin());
}

std::string encode_roll(std::span<const RollLine> lines) {
  if (lines.size() > people_max) stop_on_broken_precondition("encode_roll: at most 2^32 - 2 lines");
  CborWriter out;
  out.array(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::vector<PoolNumber>& pools = lines[i].pools;
    const bool ordered =
        (i == 0 || lines[i - 1].pseudonym < lines[i].pseudonym) && !pools.empty() &&
        std::adjacent_find(pools.begin(), pools.end(), std::greater_equal<>()) == pools.end();
    if (!ordered) stop_on_broken_precondition("encode_roll: pseudonyms and pools ascending");
    out.array(2);
    out.bytes(lines[i].pseudonym.view());
    out.array(pools.size());
    for (const PoolNumber pool : pools) out.unsigned_integer(pool.value);
  }
  return std::move(out).take();
}

}  // namespace urna::election
