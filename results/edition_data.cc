// SPDX-License-Identifier: EUPL-1.2
#include "results/edition_data.h"

#include <algorithm>
#include <utility>

namespace urna::results {

Result<EditionData> gather(election::Manifest manifest, EditionNumbers numbers,
                           std::optional<presentation::Presentation> presentation,
                           const PublishedFile& published, std::string_view program) {
  EditionData data{std::move(manifest), std::move(numbers), std::move(presentation), {}, {}};
  data.pools.resize(data.numbers.pools.size());
  data.annulled.resize(data.numbers.pools.size());
  for (const PoolNumbers& pool : data.numbers.pools) {
    if (!pool.result) continue;
    const Result<std::string> file = published(pool.number);
    if (!file) return file.error();
    Result<CountedPool> counted =
        count_result(data.manifest, *pool.result, *file,
                     data.presentation ? &*data.presentation : nullptr, program);
    if (!counted) {
      Error error = std::move(counted).error();
      if (error.place.field.empty()) error.place.field = data.manifest.pools[pool.number.value].id;
      return error;
    }
    if (pool.annulled > 0) {
      Result<AnnulledEffect> effect =
          annulled_effect(data.manifest, *pool.result, *counted, pool.annulled);
      if (!effect) return std::move(effect).error();
      data.annulled[pool.number.value] = *std::move(effect);
    }
    data.pools[pool.number.value] = std::move(*counted);
  }
  return data;
}

std::string slug_of(const election::Manifest& manifest, election::PoolNumber pool) {
  const std::string& id = manifest.pools[pool.value].id;
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const bool plain = std::all_of(id.begin(), id.end(), [&](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
  });
  // Names that other files have, or that other pools could have.
  const bool taken = id.starts_with("pool-") || id == "results" || id == "catalogue";
  if (plain && !taken && is_letter_or_digit(id.front())) return id;
  return "pool-" + std::to_string(pool.value);
}

}  // namespace urna::results
