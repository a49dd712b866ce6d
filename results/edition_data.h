// SPDX-License-Identifier: EUPL-1.2
// Everything that is told about an edition once it is counted, and the files it is told in.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/manifest.h"
#include "presentation/presentation.h"
#include "results/annulled_effect.h"
#include "results/counted_pool.h"
#include "results/numbers.h"

namespace urna::results {

struct EditionData {
  election::Manifest manifest;
  EditionNumbers numbers;
  std::optional<presentation::Presentation> presentation;
  std::vector<std::optional<CountedPool>> pools;  // by number; none: withheld, or not yet
  // By number, of pools with annulled ballots, all taken as if they had counted.
  std::vector<std::optional<AnnulledEffect>> annulled;
};

// The bytes of result/POOL.pb.
using PublishedFile = std::function<Result<std::string>(election::PoolNumber)>;

// Counts every pool that has a result. Errors: those of count_result() and of `published`.
[[nodiscard]] Result<EditionData> gather(election::Manifest manifest, EditionNumbers numbers,
                                         std::optional<presentation::Presentation> presentation,
                                         const PublishedFile& published, std::string_view program);

// What stands for a pool in names of files and addresses: its id if that is made of ASCII letters,
// digits, ".", "_" and "-" and begins with a letter or digit, else "pool-NUMBER". Different for
// different pools of a manifest.
[[nodiscard]] std::string slug_of(const election::Manifest& manifest, election::PoolNumber pool);

// A file of open data, or all of it but the votes.
struct DataFile {
  std::string name;          // within the folder
  std::string content_type;  // with its charset
  std::string bytes;
  // The votes of this pool's published file follow (append_votes()).
  std::optional<election::PoolNumber> votes_of;
};

// results.json, catalogue.jsonld, and for each pool with a result POOL.pb, .csv, .json and
// .geojson.
[[nodiscard]] std::vector<DataFile> open_data(const EditionData& data);

// Appends VOTES of the published file. Precondition: it is one.
void append_votes(std::string& file, std::string_view published);

}  // namespace urna::results
