// SPDX-License-Identifier: EUPL-1.2
// Memory in pages of 2 MB.
#pragma once

#include <cstddef>

namespace urna {

// Asks that the whole pages of 2 MB within start … start + size - 1 be given as such when they are
// first written, which saves most of the time for that. A request, which the system may refuse
// without harm; nothing happens on systems other than Linux.
void ask_for_huge_pages(void* start, std::size_t size);

}  // namespace urna
