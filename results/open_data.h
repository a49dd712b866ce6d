// SPDX-License-Identifier: EUPL-1.2
// The forms of open data, one function each; all for a pool that has a result.
#pragma once

#include <string>

#include "results/edition_data.h"

namespace urna::results {

// META and PROJECTS of a Pabulib file with votes, result, topics and places, to which the published
// votes are appended. META is the published one without the hash of the presentation, which
// Pabulib does not know.
[[nodiscard]] std::string pb_head(const EditionData& data, election::PoolNumber pool);

// A table of the projects: UTF-8, comma, one header line, texts in quotation marks (RFC 4180).
[[nodiscard]] std::string csv_table(const EditionData& data, election::PoolNumber pool);

// The projects that have a place as points (RFC 7946).
[[nodiscard]] std::string geojson(const EditionData& data, election::PoolNumber pool);

// The catalogue of these files (DCAT-AP 3, JSON-LD). Addresses are relative to its own.
[[nodiscard]] std::string catalogue(const EditionData& data, const std::vector<DataFile>& files);

}  // namespace urna::results
