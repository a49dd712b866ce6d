// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/id_table.h"

#include <cassert>

namespace urna::count::pabulib {
namespace {

constexpr unsigned slots_log2_initial = 8;

}  // namespace

IdTable::IdTable()
    : slots_(std::size_t{1} << slots_log2_initial), shift_(64 - slots_log2_initial) {}

bool IdTable::insert(std::string_view id) {
  if (find(id)) return false;
  assert(ids_.size() < projects_max);
  ids_.emplace_back(id);
  if (ids_.size() * 2 > slots_.size()) {
    slots_.assign(slots_.size() * 2, Slot{});
    --shift_;
    for (std::uint32_t i = 0; i < ids_.size(); ++i) place(ids_[i], i + 1);
  } else {
    place(id, static_cast<std::uint32_t>(ids_.size()));
  }
  return true;
}

void IdTable::place(std::string_view id, std::uint32_t number) {
  const std::uint64_t digest = digest_of(id);
  std::size_t slot = slot_of(digest, id.size());
  while (slots_[slot].number != 0) slot = (slot + 1) & (slots_.size() - 1);
  slots_[slot] = Slot{digest, static_cast<std::uint32_t>(id.size()), number};
}

}  // namespace urna::count::pabulib
