// SPDX-License-Identifier: EUPL-1.2
// A pool's result told in full: counted again from its published file by the very code of `urna
// count`, and held against the entry `result` of the board.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "election/entries.h"
#include "election/manifest.h"
#include "presentation/presentation.h"
#include "report/count_report.h"

namespace urna::results {

struct CountedPool {
  // The report points to it.
  std::unique_ptr<count::Instance> instance;
  report::CountReport report;
};

// `published` is the bytes of result/POOL.pb. With a presentation its topics, districts and places
// are those of the projects. The other rules stand side by side, without margins. Errors: those of
// reading and counting; conflict (another file, or other winners, than the entry names).
[[nodiscard]] Result<CountedPool> count_result(const election::Manifest& manifest,
                                               const election::PoolResult& entry,
                                               std::string_view published,
                                               const presentation::Presentation* presentation,
                                               std::string_view program);

// The same pool with so many blank ballots more, by the pool's own rule: what ballots that do not
// count could have changed is what changing these can change. Errors: those of counting; limit.
[[nodiscard]] Result<report::CountedRule> count_with_blanks(const election::Manifest& manifest,
                                                            const election::PoolResult& entry,
                                                            const count::Instance& instance,
                                                            std::uint64_t blanks);

}  // namespace urna::results
