// SPDX-License-Identifier: EUPL-1.2
#include "desk/boards.h"

#include <memory>
#include <utility>

#include "base/file.h"
#include "board/log_reader.h"
#include "election/record.h"

namespace urna::desk {
namespace {

constexpr std::size_t published_bytes_max = std::size_t{1} << 30U;

}  // namespace

Status Boards::read_on(Read& read, const EditionRow& edition, const Snapshot& now) {
  const bool from_box = now.phase == election::Phase::voting;
  if (!read.view || read.from_box != from_box) {
    read.view.emplace(now.manifest, now.edition);
    read.from_box = from_box;
  }
  BoardView& view = *read.view;
  if (from_box) {
    const Box* box = setting_.box(edition.box);
    if (box == nullptr) return no_such("ballot box");
    while (true) {
      const Result<std::vector<std::string>> entries = box->port->entries(view.size());
      if (!entries) return entries.error();
      if (entries->empty()) return ok_status();
      for (const std::string& entry : *entries) view.add(entry);
    }
  }
  const Result<board::LogReader> log = board::LogReader::open(works_.record_folder(edition.id));
  if (!log) return log.error();
  while (view.size() < log->checkpoint().size) {
    const Result<std::string> entry = log->entry(view.size());
    if (!entry) return entry.error();
    view.add(*entry);
  }
  return ok_status();
}

Result<Boards::Seen> Boards::look(const EditionRow& edition,
                                  const std::function<void(BoardView&)>& use) {
  const std::shared_ptr<const Snapshot> now = works_.snapshot(edition.id);
  if (!now || now->phase < election::Phase::voting) {
    return Error{ErrorCode::conflict,
                 "the voting of this edition has not been opened",
                 {},
                 "there are no ballots yet"};
  }
  const std::scoped_lock lock(mutex_);
  Read& read = reads_[edition.id];
  const Status done = read_on(read, edition, *now);
  Seen seen;
  if (!done) {
    if (done.error().code != ErrorCode::io || !read.view || read.view->size() == 0)
      return done.error();
    seen.stale = true;
  }
  seen.entries = read.view->size();
  use(*read.view);
  return seen;
}

Result<CountedEffect> Boards::count(const EditionRow& edition, const Snapshot& now,
                                    std::uint16_t pool, std::uint64_t differing) const {
  const election::PoolResult& entry = *now.pools[pool].result;
  const Result<std::string> published =
      read_file(works_.record_folder(edition.id) + "/" + election::published_path(entry.pool),
                published_bytes_max);
  if (!published) return published.error();
  const Result<results::CountedPool> counted =
      results::count_result(*now.manifest, entry, *published, nullptr, "");
  if (!counted) return counted.error();
  return results::annulled_effect(*now.manifest, entry, *counted, differing);
}

Result<std::vector<PoolEffect>> Boards::effect(const EditionRow& edition) {
  std::vector<PoolNumbers> numbers;
  const Result<Seen> seen = look(edition, [&](BoardView& view) { numbers = view.pools(); });
  if (!seen) return seen.error();
  const std::shared_ptr<const Snapshot> now = works_.snapshot(edition.id);
  std::vector<PoolEffect> pools;
  for (std::size_t p = 0; p < numbers.size(); ++p) {
    const election::Pool& terms = now->manifest->pools[p];
    PoolEffect effect;
    effect.id = terms.id;
    effect.title = terms.title.empty() ? terms.id : terms.title;
    effect.numbers = numbers[p];
    effect.withheld = now->pools[p].withheld;
    if (now->pools[p].result) {
      const auto pool = static_cast<std::uint16_t>(p);
      const std::scoped_lock lock(mutex_);
      Read& read = reads_[edition.id];
      auto known = read.counted.find(pool);
      if (known == read.counted.end()) {
        Result<CountedEffect> counted = count(edition, *now, pool, numbers[p].differing);
        if (!counted) return std::move(counted).error();
        known = read.counted.emplace(pool, *std::move(counted)).first;
      }
      effect.counted = known->second;
    }
    pools.push_back(std::move(effect));
  }
  return pools;
}

}  // namespace urna::desk
