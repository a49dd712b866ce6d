// SPDX-License-Identifier: EUPL-1.2
#include "presentation/geojson.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "presentation/strict_json.h"

namespace urna::presentation {
namespace {

namespace json = boost::json;

constexpr std::size_t name_bytes_max = 128;
constexpr std::size_t pools_of_district_max = 1'024;
constexpr std::size_t geojson_depth_max = 12;

bool is_text(const json::value& value, std::size_t bytes_max) {
  if (!value.is_string()) return false;
  const std::string_view text = value.get_string();
  return !text.empty() && text.size() <= bytes_max && is_utf8(text) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

class DistrictReader {
 public:
  explicit DistrictReader(bool strict) : strict_(strict) {}

  Result<std::vector<District>> read(const json::value& value, const std::string& where) {
    const json::object* collection = value.if_object();
    if (collection == nullptr || !says(*collection, "type", "FeatureCollection"))
      return wrong_at(where, "expected a FeatureCollection of GeoJSON");
    if (Status known = only(*collection, where, {"type", "features"}); !known)
      return std::move(known).error();
    const json::value* features = collection->if_contains("features");
    const json::array* list = features == nullptr ? nullptr : features->if_array();
    if (list == nullptr) return wrong_at(where + ".features", "expected an array of features");
    if (list->size() > districts_max)
      return wrong_at(where + ".features", "too many districts", ErrorCode::limit);
    std::vector<District> districts;
    for (std::size_t i = 0; i < list->size(); ++i) {
      Result<District> district =
          feature((*list)[i], where + ".features[" + std::to_string(i) + "]");
      if (!district) return std::move(district).error();
      districts.push_back(std::move(*district));
    }
    return districts;
  }

 private:
  static bool says(const json::object& object, const char* name, std::string_view word) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() && value->get_string() == word;
  }

  Status only(const json::object& object, const std::string& where,
              std::initializer_list<std::string_view> names) const {
    if (!strict_) return ok_status();
    for (const auto& [name, value] : object) {
      if (std::find(names.begin(), names.end(), std::string_view(name)) == names.end())
        return wrong_at(where, "the member \"" + std::string(name) + "\" is not known");
    }
    return ok_status();
  }

  Result<District> feature(const json::value& value, const std::string& where) {
    const json::object* object = value.if_object();
    if (object == nullptr || !says(*object, "type", "Feature"))
      return wrong_at(where, "expected a Feature");
    if (Status known = only(*object, where, {"type", "properties", "geometry"}); !known)
      return std::move(known).error();
    const json::value* properties = object->if_contains("properties");
    const json::object* about = properties == nullptr ? nullptr : properties->if_object();
    if (about == nullptr) return wrong_at(where + ".properties", "expected an object");
    if (Status known = only(*about, where + ".properties", {"name", "pools"}); !known)
      return std::move(known).error();
    District district;
    const json::value* name = about->if_contains("name");
    if (name == nullptr || !is_text(*name, name_bytes_max))
      return wrong_at(where + ".properties.name",
                      "expected the district's name, at most 128 bytes");
    district.name = name->get_string();
    if (!names_.insert(district.name).second)
      return wrong_at(where + ".properties.name", "two districts have this name");
    if (const json::value* pools = about->if_contains("pools")) {
      const json::array* list = pools->if_array();
      if (list == nullptr || list->size() > pools_of_district_max)
        return wrong_at(where + ".properties.pools", "expected an array of pools' ids");
      for (const json::value& pool : *list) {
        if (!is_text(pool, 64))
          return wrong_at(where + ".properties.pools", "expected a pool's id");
        district.pools.emplace_back(pool.get_string());
      }
    }
    const json::value* geometry = object->if_contains("geometry");
    if (geometry == nullptr) return wrong_at(where + ".geometry", "expected a geometry");
    if (Status read = polygons(*geometry, where + ".geometry", district.polygons); !read)
      return std::move(read).error();
    return district;
  }

  Status polygons(const json::value& value, const std::string& where,
                  std::vector<Polygon>& target) {
    const json::object* object = value.if_object();
    if (object == nullptr) return wrong_at(where, "expected a geometry");
    if (Status known = only(*object, where, {"type", "coordinates"}); !known) return known;
    const json::value* coordinates = object->if_contains("coordinates");
    if (coordinates == nullptr) return wrong_at(where, "expected coordinates");
    if (says(*object, "type", "Polygon"))
      return polygon(*coordinates, where + ".coordinates", target.emplace_back());
    if (!says(*object, "type", "MultiPolygon"))
      return wrong_at(where, "expected a Polygon or a MultiPolygon");
    const json::array* list = coordinates->if_array();
    if (list == nullptr || list->empty())
      return wrong_at(where + ".coordinates", "expected an array of polygons");
    for (const json::value& one : *list) {
      if (Status read = polygon(one, where + ".coordinates", target.emplace_back()); !read)
        return read;
    }
    return ok_status();
  }

  Status polygon(const json::value& value, const std::string& where, Polygon& target) {
    const json::array* rings = value.if_array();
    if (rings == nullptr || rings->empty()) return wrong_at(where, "expected an array of rings");
    for (const json::value& one : *rings) {
      const json::array* list = one.if_array();
      if (list == nullptr || list->size() < 4)
        return wrong_at(where, "a ring has at least four positions");
      positions_ += list->size();
      if (positions_ > positions_max)
        return wrong_at(where, "too many positions", ErrorCode::limit);
      Ring ring;
      ring.reserve(list->size());
      for (const json::value& item : *list) {
        Result<Position> position = strict_ || !item.is_array() ? read_position(item, where)
                                                                : read_without_height(item, where);
        if (!position) return std::move(position).error();
        ring.push_back(*position);
      }
      if (ring.front() != ring.back()) return wrong_at(where, "a ring ends where it begins");
      target.push_back(std::move(ring));
    }
    return ok_status();
  }

  static Result<Position> read_without_height(const json::value& value, const std::string& where) {
    const json::array& numbers = value.get_array();
    if (numbers.size() != 3) return read_position(value, where);
    return read_position(json::array{numbers[0], numbers[1]}, where);
  }

  bool strict_;
  std::set<std::string> names_;
  std::size_t positions_ = 0;
};

// Degrees rounded to six decimals, so that what is written is what was read.
std::optional<double> degrees(const json::value& value, double most) {
  json::error_code failure;
  const double number = value.to_number<double>(failure);
  if (!value.is_number() || failure || !(std::abs(number) <= most)) return std::nullopt;
  const double rounded = std::round(number * 1e6) / 1e6;
  return rounded == 0 ? 0 : rounded;  // no minus zero
}

void append_degrees(std::string& json, double number) {
  std::string text = fmt::format("{:.6f}", number);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  json += text;
}

void append_polygon(std::string& json, const Polygon& polygon) {
  json += '[';
  for (std::size_t r = 0; r < polygon.size(); ++r) {
    json += r == 0 ? "[" : ",[";
    for (std::size_t i = 0; i < polygon[r].size(); ++i) {
      if (i > 0) json += ',';
      append_position(json, polygon[r][i]);
    }
    json += ']';
  }
  json += ']';
}

}  // namespace

Result<Position> read_position(const json::value& value, const std::string& where) {
  const json::array* numbers = value.if_array();
  if (numbers == nullptr || numbers->size() != 2)
    return wrong_at(where, "expected [longitude, latitude]");
  const auto longitude = degrees((*numbers)[0], 180);
  const auto latitude = degrees((*numbers)[1], 90);
  if (!longitude || !latitude) return wrong_at(where, "a position lies outside the globe");
  return Position{*longitude, *latitude};
}

Result<std::vector<District>> read_districts(const json::value& value, const std::string& where,
                                             bool strict) {
  return DistrictReader(strict).read(value, where);
}

Result<std::vector<District>> parse_districts(std::string_view text) {
  const Result<json::value> value = parse_strict_json(text, geojson_depth_max);
  if (!value) return value.error();
  return read_districts(*value, "districts", false);
}

void append_position(std::string& json, const Position& position) {
  json += '[';
  append_degrees(json, position.longitude);
  json += ',';
  append_degrees(json, position.latitude);
  json += ']';
}

void append_text(std::string& json, std::string_view text) {
  json += json::serialize(json::string_view(text.data(), text.size()));
}

void append_districts(std::string& json, const std::vector<District>& districts) {
  json += R"({"type":"FeatureCollection","features":[)";
  for (std::size_t d = 0; d < districts.size(); ++d) {
    const District& district = districts[d];
    json += d == 0 ? "\n" : ",\n";
    json += R"({"type":"Feature","properties":{"name":)";
    append_text(json, district.name);
    json += R"(,"pools":[)";
    for (std::size_t p = 0; p < district.pools.size(); ++p) {
      if (p > 0) json += ',';
      append_text(json, district.pools[p]);
    }
    json += R"(]},"geometry":{"type":)";
    if (district.polygons.size() == 1) {
      json += R"("Polygon","coordinates":)";
      append_polygon(json, district.polygons.front());
    } else {
      json += R"("MultiPolygon","coordinates":[)";
      for (std::size_t p = 0; p < district.polygons.size(); ++p) {
        if (p > 0) json += ',';
        append_polygon(json, district.polygons[p]);
      }
      json += ']';
    }
    json += "}}";
  }
  json += "]}";
}

}  // namespace urna::presentation
