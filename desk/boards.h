// SPDX-License-Identifier: EUPL-1.2
// The boards of the editions at this desk as they are now, for looking at ballots; and what
// contested ballots mean for the outcome.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/board_view.h"
#include "desk/drafts.h"
#include "desk/works.h"
#include "results/annulled_effect.h"

namespace urna::desk {

using ProjectAtStake = results::ProjectAtStake;
using CountedEffect = results::AnnulledEffect;

struct PoolEffect {
  std::string id, title;
  PoolNumbers numbers;
  bool withheld = false;
  std::optional<CountedEffect> counted;
};

class Boards {
 public:
  // All outlive this.
  Boards(const Setting& setting, const Works& works) : setting_(setting), works_(works) {}

  struct Seen {
    std::uint64_t entries = 0;
    bool stale = false;  // the ballot box was not to be reached: what was seen last
  };
  // Calls `use` with the board, the ballot box's while people vote and then that of the record;
  // one call at a time. `use` must not keep it. What is new is read first: the whole board the
  // first time. Errors: conflict (nothing was opened yet), io.
  [[nodiscard]] Result<Seen> look(const EditionRow& edition,
                                  const std::function<void(BoardView&)>& use);

  // By pool. Counts pools again if there are results and annulled ballots; kept for the next time.
  // Errors: those of look().
  [[nodiscard]] Result<std::vector<PoolEffect>> effect(const EditionRow& edition);

 private:
  struct Read {
    std::optional<BoardView> view;
    bool from_box = false;
    std::map<std::uint16_t, CountedEffect> counted;
  };
  [[nodiscard]] Status read_on(Read& read, const EditionRow& edition, const Snapshot& now);
  [[nodiscard]] Result<CountedEffect> count(const EditionRow& edition, const Snapshot& now,
                                            std::uint16_t pool, std::uint64_t differing) const;

  const Setting& setting_;
  const Works& works_;
  std::mutex mutex_;  // of what follows
  std::map<std::string, Read, std::less<>> reads_;
};

}  // namespace urna::desk
