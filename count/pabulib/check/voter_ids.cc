// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/voter_ids.h"

#include <cassert>
#include <cstring>
#include <sodium.h>

namespace urna::count::pabulib::check {
namespace {

constexpr std::size_t line_bytes = sizeof(std::uint64_t);
constexpr std::size_t header_bytes = line_bytes + sizeof(std::uint16_t);
constexpr std::size_t slots_initial = 1024;

static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);

}  // namespace

VoterIds::VoterIds() : key_{}, slots_(slots_initial, 0) {
  // Harmless if it was called before.
  [[maybe_unused]] const int ready = sodium_init();
  assert(ready >= 0);
  randombytes_buf(key_.data(), key_.size());
}

std::uint64_t VoterIds::hash(std::string_view id) const {
  std::array<unsigned char, crypto_shorthash_BYTES> out{};
  crypto_shorthash(out.data(), reinterpret_cast<const unsigned char*>(id.data()), id.size(),
                   key_.data());
  std::uint64_t value = 0;
  std::memcpy(&value, out.data(), sizeof value);
  return value;
}

VoterIds::Record VoterIds::record_at(std::uint64_t address) const {
  const char* at = blocks_[address / block_bytes].get() + address % block_bytes;
  Record record;
  std::uint16_t length = 0;
  std::memcpy(&record.line, at, line_bytes);
  std::memcpy(&length, at + line_bytes, sizeof length);
  record.id = std::string_view(at + header_bytes, length);
  return record;
}

std::uint64_t VoterIds::store(std::string_view id, std::uint64_t line) {
  assert(id.size() < 65'536);
  if (block_bytes - used_ < header_bytes + id.size()) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes));  // NOLINT
    used_ = 0;
  }
  const std::uint64_t address = (blocks_.size() - 1) * block_bytes + used_;
  char* at = blocks_.back().get() + used_;
  const auto length = static_cast<std::uint16_t>(id.size());
  std::memcpy(at, &line, line_bytes);
  std::memcpy(at + line_bytes, &length, sizeof length);
  if (!id.empty()) std::memcpy(at + header_bytes, id.data(), id.size());
  used_ += header_bytes + id.size();
  return address;
}

std::optional<std::uint64_t> VoterIds::insert(std::string_view id, std::uint64_t line) {
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  std::size_t slot = hash(id) & (slots_.size() - 1);
  while (slots_[slot] != 0) {
    const Record record = record_at(slots_[slot] - 1);
    if (record.id == id) return record.line;
    slot = (slot + 1) & (slots_.size() - 1);
  }
  slots_[slot] = store(id, line) + 1;
  ++size_;
  return std::nullopt;
}

void VoterIds::grow() {
  std::vector<std::uint64_t> larger(slots_.size() * 2, 0);
  for (const std::uint64_t entry : slots_) {
    if (entry == 0) continue;
    std::size_t slot = hash(record_at(entry - 1).id) & (larger.size() - 1);
    while (larger[slot] != 0) slot = (slot + 1) & (larger.size() - 1);
    larger[slot] = entry;
  }
  slots_ = std::move(larger);
}

}  // namespace urna::count::pabulib::check
