// SPDX-License-Identifier: EUPL-1.2
// presentation.json: what pages tell about the projects and districts of an edition beyond its
// manifest. Its hash stands in every pool's META, so that it is as fixed as the rules are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "presentation/geojson.h"

namespace urna::presentation {

// The key of META that holds the file's SHA-256 in hexadecimal.
inline constexpr std::string_view meta_key = "presentation_sha256";
inline constexpr std::size_t presentation_bytes_max = std::size_t{8} << 20U;
inline constexpr std::size_t description_bytes_max = 8'192;
inline constexpr std::size_t labels_max = 16;  // topics, beneficiaries or districts of a project
inline constexpr std::size_t label_bytes_max = 128;

// A text in the languages it was given in; at least one.
struct Texts {
  std::string pl;
  std::string en;
  [[nodiscard]] bool empty() const { return pl.empty() && en.empty(); }
  friend bool operator==(const Texts&, const Texts&) = default;
};

struct ProjectStory {
  std::string pool;  // id
  std::string id;    // of the project in it
  Texts description;
  std::vector<std::string> topics;
  std::vector<std::string> beneficiaries;  // member `for`
  std::vector<std::string> districts;
  std::optional<Position> place;
  friend bool operator==(const ProjectStory&, const ProjectStory&) = default;
};

struct Presentation {
  Texts city;
  std::vector<District> districts;
  std::vector<ProjectStory> projects;
  friend bool operator==(const Presentation&, const Presentation&) = default;
};

// Reads the file strictly: members that are not known, repeated projects, texts with control
// characters, numbers out of range are refused. Errors, the place naming the member: malformed,
// limit.
[[nodiscard]] Result<Presentation> parse_presentation(std::string_view json);

// The inverse: one line for each district and project. The same presentation gives the same bytes.
[[nodiscard]] std::string encode(const Presentation& presentation);

// What the manifest knows of a pool.
struct KnownPool {
  std::string_view id;
  std::vector<std::string_view> projects;  // ids
};
// Whether every pool and project that the presentation names is one of these. Error: conflict.
[[nodiscard]] Status check_names(const Presentation& presentation,
                                 std::span<const KnownPool> pools);

}  // namespace urna::presentation
