// SPDX-License-Identifier: EUPL-1.2
// Independent pieces of work on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace urna {

// Calls work(0), …, work(count - 1), each once, at most `threads` at a time, and returns when all
// are done. With one thread (or one piece) everything runs in the caller's. `work` must not throw.
void for_each_piece(std::size_t count, unsigned threads,
                    const std::function<void(std::size_t)>& work);

}  // namespace urna
