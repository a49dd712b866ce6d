// SPDX-License-Identifier: EUPL-1.2
#include "results/counted_pool.h"

#include <limits>
#include <map>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/sha256.h"
#include "election/published.h"
#include "election/record.h"
#include "report/counting.h"

namespace urna::results {
namespace {

// The words of `urna count` for a pool's counting rule (docs/protocol.md section 13).
report::CountWords words_of(const election::CountingRule& counting, count::TieKind ties,
                            const Sha256Digest& seed) {
  report::CountWords words;
  words.rule = counting.rule;
  words.ties = count::to_string({ties, ties == count::TieKind::draw ? to_hex(view_of(seed)) : ""});
  for (const election::TextPair& option : counting.options) {
    if (option.key == "rank") words.rank = option.value;
    if (option.key == "threshold") words.threshold = option.value;
    if (option.key == "stop") words.stop_at_first_misfit = true;
    if (option.key == "conflict") words.conflicts.push_back(option.value);
    if (option.key == "satisfaction") words.satisfaction = option.value;
    if (option.key == "completion") words.completion = option.value;
    if (option.key == "filter") words.support_filter = true;
  }
  return words;
}

void add_stories(const presentation::Presentation& presentation, const std::string& pool,
                 count::Instance& instance) {
  std::map<std::string_view, const presentation::ProjectStory*> stories;
  for (const presentation::ProjectStory& story : presentation.projects) {
    if (story.pool == pool) stories[story.id] = &story;
  }
  for (const count::ProjectIndex p : instance.indices()) {
    count::Project& project = instance.projects[p];
    const auto found = stories.find(project.id);
    if (found == stories.end()) continue;
    const presentation::ProjectStory& story = *found->second;
    project.categories = story.topics;
    project.beneficiaries = story.beneficiaries;
    if (!story.districts.empty()) project.district = story.districts.front();
    if (!story.place) continue;
    project.longitude = story.place->longitude;
    project.latitude = story.place->latitude;
  }
}

Error contradicts(std::string message) {
  return {ErrorCode::conflict,
          std::move(message),
          {},
          "take the record anew from the board, and verify it with `urna verify`"};
}

}  // namespace

Result<CountedPool> count_result(const election::Manifest& manifest,
                                 const election::PoolResult& entry, std::string_view published,
                                 const presentation::Presentation* presentation,
                                 std::string_view program) {
  if (sha256(published) != entry.published)
    return contradicts("the published file is not the one that the result names");
  Result<count::Instance> instance = election::read_published(published);
  if (!instance) return std::move(instance).error();
  const election::Pool& pool = manifest.pools[entry.pool.value];
  CountedPool counted;
  counted.instance = std::make_unique<count::Instance>(std::move(*instance));
  counted.instance->file = election::published_path(entry.pool);
  if (presentation != nullptr) add_stories(*presentation, pool.id, *counted.instance);

  const report::CountWords words = words_of(pool.counting, manifest.ties, entry.tie_seed);
  Result<report::Counting> counting = report::count_by_words(*counted.instance, words);
  if (!counting) return std::move(counting).error();
  std::vector<election::ProjectNumber> winners;
  for (const count::ProjectIndex p : counting->rule.outcome.winners)
    winners.push_back({static_cast<std::uint16_t>(p.value + 1)});
  if (winners != entry.winners || counting->rule.outcome.total_cost != entry.cost)
    return contradicts("the count of the published file gives other winners than the result");

  report::CountReport& report = counted.report;
  report.instance = counted.instance.get();
  report.tally = std::move(counting->tally);
  report.ties = counting->ties;
  report.main = std::move(counting->rule);
  report.program = program;
  report.input_sha256 = sha256_hex(published);
  Result<std::vector<report::CountedRule>> others =
      report::count_side_by_side(*counted.instance, words, report.main);
  if (!others) return std::move(others).error();
  report.others = std::move(*others);
  return counted;
}

Result<report::CountedRule> count_with_blanks(const election::Manifest& manifest,
                                              const election::PoolResult& entry,
                                              const count::Instance& instance,
                                              std::uint64_t blanks) {
  count::ProfileBuilder builder(instance.vote_type);
  bool fits = blanks <= std::numeric_limits<std::uint32_t>::max();
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const count::BallotGroup group = instance.profile.group(g);
    fits = fits && builder.add(group.projects, group.points, group.count);
  }
  fits = fits && builder.add({}, {}, static_cast<std::uint32_t>(blanks));
  if (!fits) return Error{ErrorCode::limit, "the pool has too many ballots", {}, ""};
  count::Instance more = instance;
  more.profile = std::move(builder).build();
  const election::CountingRule& counting = manifest.pools[entry.pool.value].counting;
  Result<report::Counting> counted =
      report::count_by_words(more, words_of(counting, manifest.ties, entry.tie_seed));
  if (!counted) return std::move(counted).error();
  return std::move(counted->rule);
}

}  // namespace urna::results
