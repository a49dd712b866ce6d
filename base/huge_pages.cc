// SPDX-License-Identifier: EUPL-1.2
#include "base/huge_pages.h"

#include <cstdint>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace urna {

void ask_for_huge_pages([[maybe_unused]] void* start, [[maybe_unused]] std::size_t size) {
#if defined(__linux__)
  constexpr std::uintptr_t page = std::uintptr_t{1} << 21U;
  const auto at = reinterpret_cast<std::uintptr_t>(start);
  const std::uintptr_t first = (at + page - 1) / page * page;
  const std::uintptr_t end = (at + size) / page * page;
  if (first < end)
    static_cast<void>(
        ::madvise(static_cast<char*>(start) + (first - at), end - first, MADV_HUGEPAGE));
#endif
}

}  // namespace urna
