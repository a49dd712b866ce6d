// SPDX-License-Identifier: EUPL-1.2
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace urna {

void for_each_piece(std::size_t count, unsigned threads,
                    const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t piece = next++; piece < count; piece = next++) work(piece);
  };
  const std::size_t helpers = std::min<std::size_t>(std::max(threads, 1U), count);
  std::vector<std::jthread> pool;
  for (std::size_t t = 1; t < helpers; ++t) pool.emplace_back(run);
  run();
}

}  // namespace urna
