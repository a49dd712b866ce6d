// SPDX-License-Identifier: EUPL-1.2
// Independent pieces of work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>

namespace urna {

// Calls work(0), …, work(count - 1), each once, at most `threads` at a time, and returns when all
// are done. With one thread (or one piece) everything runs in the caller's. `work` must not throw.
void for_each_piece(std::size_t count, unsigned threads,
                    const std::function<void(std::size_t)>& work);

// The same with a Room for each thread, made before its first piece: for memory that a piece leaves
// to the next one.
template <typename Room, typename Work>
void for_each_piece_in(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  for_each_piece(std::min<std::size_t>(std::max(threads, 1U), count), threads, [&](std::size_t) {
    Room room;
    for (std::size_t piece = next++; piece < count; piece = next++) work(piece, room);
  });
}

// How many of `count` items a piece has if pieces are to have at most about `most` (at least one)
// and every thread as many of them.
[[nodiscard]] inline std::size_t piece_size(std::size_t count, std::size_t most, unsigned threads) {
  const std::size_t at_once = std::max(threads, 1U);
  const std::size_t rounds = count / std::max<std::size_t>(most, 1) / at_once + 1;
  return count / (rounds * at_once) + 1;
}

}  // namespace urna
