// SPDX-License-Identifier: EUPL-1.2
// An edition's manifest from a JSON file that people write (docs/trustees.md).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "count/instance.h"
#include "election/manifest.h"
#include "tally/key_file.h"

namespace urna::tally {

// Gives the public text (public_text()) of a key that the configuration leaves out: for those who
// test alone. `name` is the key's name, `file` the name of its file without folder.
using MakeKey = std::function<Result<std::string>(KeyRole role, const std::string& name,
                                                  const std::string& file)>;

struct ConfiguredEdition {
  election::Manifest manifest;     // checked
  std::vector<std::string> notes;  // what was taken otherwise than a Pabulib file says
};

// Reads the configuration. Files in it are looked for in `folder`. Fields that are not known are
// refused with their name. Without `make_key` (empty) every key must be given. Errors: malformed,
// the place naming the field; those of the files; those of election::check().
[[nodiscard]] Result<ConfiguredEdition> configure_edition(std::string_view json,
                                                          const std::string& folder,
                                                          const MakeKey& make_key);

// Where the files are that a configuration names.
struct ConfigFiles {
  std::function<Result<std::string>(const std::string& name)> card;          // its bytes
  std::function<Result<count::Instance>(const std::string& name)> instance;  // of a Pabulib file
  std::function<Result<std::string>(const std::string& name)> presentation;  // its bytes
};
// What a reader finds who goes on after an error: one for each part of the configuration at most
// (the top, each pool, the groups, the trustees, the keys, the board).
struct EditionCheck {
  ConfiguredEdition edition;  // whole iff there is no error
  std::vector<Error> errors;
};
[[nodiscard]] EditionCheck check_edition(std::string_view json, const ConfigFiles& files,
                                         const MakeKey& make_key);
inline constexpr std::size_t card_bytes_max = 4096;

// Seconds since 1970 of "2026-09-01T08:00:00Z" (always UTC), the
// inverse of to_iso_moment(). Error: malformed.
[[nodiscard]] Result<std::uint64_t> parse_time(std::string_view text);

}  // namespace urna::tally
