// SPDX-License-Identifier: EUPL-1.2
// A presentation from the Pabulib files of an edition's pools.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "count/pabulib/scanner.h"
#include "presentation/presentation.h"

namespace urna::presentation {

struct PoolFile {
  std::string pool;      // id
  std::string city;      // `unit` of META; may be empty
  std::string district;  // `subunit`, else `district`; empty if the pool is of the whole city
  std::vector<ProjectStory> projects;
};

// Reads META and PROJECTS: the columns `category`, `target` or `beneficiaries`, `description`,
// `district` or `neighborhood`, `latitude` and `longitude`; not the votes. What a presentation
// cannot hold is left out (a label too long, a position outside the globe) or cut between two
// letters (a description). `language` of META says whose language descriptions are in; Polish if it
// is not "en". Errors: those of the scanner; malformed (no column project_id).
[[nodiscard]] Result<PoolFile> read_pool_file(const count::pabulib::ByteSource& file,
                                              std::string_view name, const std::string& pool);

// Puts pools together. A district has the pools that are named after it besides those it has
// already; names are compared without regard to hyphens, spaces and the case of A to Z. Without
// `city` that of the first pool that names one stands in Polish.
[[nodiscard]] Presentation assemble(std::vector<PoolFile> pools, std::vector<District> districts,
                                    const Texts& city);

}  // namespace urna::presentation
