// SPDX-License-Identifier: EUPL-1.2
// The districts of a city as polygons on the globe (GeoJSON, RFC 7946).
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::presentation {

inline constexpr std::size_t districts_max = 1'024;
inline constexpr std::size_t positions_max = 200'000;  // of all districts together

// Degrees; written with six decimals, a tenth of a metre.
struct Position {
  double longitude = 0;
  double latitude = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

// A line that ends where it begins, at least four positions.
using Ring = std::vector<Position>;
// The outer ring, then holes.
using Polygon = std::vector<Ring>;

struct District {
  std::string name;
  std::vector<std::string> pools;  // ids; may be empty
  std::vector<Polygon> polygons;   // at least one
  friend bool operator==(const District&, const District&) = default;
};

// Reads a FeatureCollection of Polygons and MultiPolygons. Every feature has the property `name`;
// `pools` may be missing. With `strict` other properties and members are refused, else ignored, as
// files from elsewhere have many. Heights are dropped. Names differ. `where` is the place that
// errors begin with. Errors: malformed, limit.
[[nodiscard]] Result<std::vector<District>> read_districts(const boost::json::value& value,
                                                           const std::string& where, bool strict);
// The same from the text of a file, not strictly.
[[nodiscard]] Result<std::vector<District>> parse_districts(std::string_view text);

// [longitude, latitude] within the globe. Error: malformed.
[[nodiscard]] Result<Position> read_position(const boost::json::value& value,
                                             const std::string& where);

// Appends "[19.123456,50.8]": the shortest text that has six decimals' worth.
void append_position(std::string& json, const Position& position);
// Appends a FeatureCollection, one feature on a line.
void append_districts(std::string& json, const std::vector<District>& districts);
// Appends a text as JSON.
void append_text(std::string& json, std::string_view text);

}  // namespace urna::presentation
