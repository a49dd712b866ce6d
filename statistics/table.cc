// SPDX-License-Identifier: EUPL-1.2
#include "statistics/table.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <utility>

namespace urna::statistics {
namespace {

namespace json = boost::json;

constexpr std::uint64_t count_max = 1'000'000'000;
constexpr std::string_view every = "*";

Error malformed(std::string place, std::string message) {
  return {ErrorCode::malformed,
          std::move(message),
          {.field = std::move(place)},
          "see docs/statistics.md"};
}

Result<std::string> text_at(const json::object& object, const char* name,
                            const std::string& place) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    return malformed(place + "." + name, "expected a text");
  }
  return std::string(value->get_string());
}

Result<const json::array*> array_at(const json::object& object, const char* name,
                                    const std::string& place) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) {
    return malformed(place + "." + name, "expected an array");
  }
  return &value->get_array();
}

Result<Population> parse_population(const json::object& object) {
  Population population;
  Result<std::string> what = text_at(object, "what", "");
  if (!what) return std::move(what).error();
  population.what = *std::move(what);
  const Result<const json::array*> dimensions = array_at(object, "dimensions", "");
  if (!dimensions) return dimensions.error();
  if ((*dimensions)->empty() || (*dimensions)->size() > dimensions_max) {
    return malformed("dimensions", fmt::format("expected 1 to {}", dimensions_max));
  }
  for (std::size_t d = 0; d < (*dimensions)->size(); ++d) {
    const std::string place = fmt::format("dimensions[{}]", d);
    if (!(**dimensions)[d].is_object()) return malformed(place, "expected an object");
    const json::object& one = (**dimensions)[d].get_object();
    Dimension dimension;
    Result<std::string> name = text_at(one, "name", place);
    if (!name) return std::move(name).error();
    dimension.name = *std::move(name);
    const Result<const json::array*> categories = array_at(one, "categories", place);
    if (!categories) return categories.error();
    if ((*categories)->empty() || (*categories)->size() > categories_max) {
      return malformed(place + ".categories", fmt::format("expected 1 to {}", categories_max));
    }
    for (const json::value& category : **categories) {
      const std::string text =
          category.is_string() ? std::string(category.get_string()) : std::string();
      if (text.empty() || text == every ||
          std::ranges::find(dimension.categories, text) != dimension.categories.end()) {
        return malformed(place + ".categories", "expected texts that differ, and not \"*\"");
      }
      dimension.categories.push_back(text);
    }
    population.dimensions.push_back(std::move(dimension));
  }
  if (population.base_cells() > base_cells_max) {
    return Error{ErrorCode::limit,
                 fmt::format("more than {} combinations of categories", base_cells_max),
                 {.field = "dimensions"},
                 "join categories"};
  }
  return population;
}

Result<Cell> parse_cell(const json::value& value, const Population& population,
                        const std::string& place) {
  if (!value.is_object()) return malformed(place, "expected an object");
  const json::object& object = value.get_object();
  const Result<const json::array*> at = array_at(object, "at", place);
  if (!at) return at.error();
  if ((*at)->size() != population.dimensions.size()) {
    return malformed(place + ".at", "expected as many as there are dimensions");
  }
  Cell cell;
  for (std::size_t d = 0; d < (*at)->size(); ++d) {
    const Dimension& dimension = population.dimensions[d];
    std::vector<std::size_t> categories;
    const json::value& named = (**at)[d];
    const auto add = [&](const json::value& one) {
      if (!one.is_string()) return false;
      const auto found = std::ranges::find(dimension.categories, std::string(one.get_string()));
      if (found == dimension.categories.end()) return false;
      categories.push_back(static_cast<std::size_t>(found - dimension.categories.begin()));
      return true;
    };
    bool good = true;
    if (named.is_array()) {
      for (const json::value& one : named.get_array()) good = good && add(one);
      good = good && !categories.empty();
    } else if (!(named.is_string() && named.get_string() == every)) {
      good = add(named);
    }
    std::ranges::sort(categories);
    good = good && std::ranges::adjacent_find(categories) == categories.end();
    if (!good) return malformed(fmt::format("{}.at[{}]", place, d), "no such category");
    if (categories.size() == dimension.categories.size()) categories.clear();
    cell.where.push_back(std::move(categories));
  }
  const json::value* count = object.if_contains("count");
  if (count == nullptr) return malformed(place + ".count", "expected a number or null");
  if (!count->is_null()) {
    json::error_code failure;
    const auto number = count->to_number<std::uint64_t>(failure);
    if (failure || number > count_max) {
      return malformed(place + ".count", fmt::format("expected a number, 0 to {}", count_max));
    }
    cell.count = number;
  }
  if (const json::value* exact = object.if_contains("exact")) {
    if (!exact->is_bool()) return malformed(place + ".exact", "expected true or false");
    cell.exact = exact->get_bool();
  }
  if (cell.exact && !cell.count) return malformed(place, "an exact cell cannot be hidden");
  return cell;
}

}  // namespace

std::size_t Population::base_cells() const {
  std::size_t product = 1;
  for (const Dimension& dimension : dimensions) {
    product *= dimension.categories.size();
    if (product > base_cells_max) return base_cells_max + 1;
  }
  return product;
}

std::vector<int> base_of(const Population& population, const Cell& cell) {
  std::vector<int> cells = {0};
  for (std::size_t d = 0; d < population.dimensions.size(); ++d) {
    const auto size = static_cast<int>(population.dimensions[d].categories.size());
    std::vector<int> next;
    for (const int before : cells) {
      if (cell.where[d].empty()) {
        for (int c = 0; c < size; ++c) next.push_back(before * size + c);
      } else {
        for (const std::size_t c : cell.where[d])
          next.push_back(before * size + static_cast<int>(c));
      }
    }
    cells = std::move(next);
  }
  return cells;
}

std::string place_of(const Population& population, const Cell& cell) {
  std::string place;
  for (std::size_t d = 0; d < cell.where.size(); ++d) {
    if (d > 0) place += ", ";
    if (cell.where[d].empty()) place += every;
    for (std::size_t i = 0; i < cell.where[d].size(); ++i) {
      if (i > 0) place += "+";
      place += population.dimensions[d].categories[cell.where[d][i]];
    }
  }
  return place;
}

Result<Releases> parse_releases(std::string_view text) {
  json::error_code failure;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), failure);
  if (failure || !value.is_object()) return malformed("", "expected a JSON object");
  const json::object& object = value.get_object();
  Releases releases;
  Result<Population> population = parse_population(object);
  if (!population) return std::move(population).error();
  releases.population = *std::move(population);
  const Result<const json::array*> tables = array_at(object, "tables", "");
  if (!tables) return tables.error();
  if ((*tables)->size() > releases_max) {
    return Error{ErrorCode::limit, "too many tables", {.field = "tables"}, ""};
  }
  for (std::size_t t = 0; t < (*tables)->size(); ++t) {
    const std::string place = fmt::format("tables[{}]", t);
    if (!(**tables)[t].is_object()) return malformed(place, "expected an object");
    const json::object& one = (**tables)[t].get_object();
    Table table;
    Result<std::string> title = text_at(one, "title", place);
    if (!title) return std::move(title).error();
    table.title = *std::move(title);
    const Result<const json::array*> cells = array_at(one, "cells", place);
    if (!cells) return cells.error();
    if ((*cells)->size() > cells_max) {
      return Error{ErrorCode::limit, "too many cells", {.field = place + ".cells"}, ""};
    }
    for (std::size_t c = 0; c < (*cells)->size(); ++c) {
      Result<Cell> cell =
          parse_cell((**cells)[c], releases.population, fmt::format("{}.cells[{}]", place, c));
      if (!cell) return std::move(cell).error();
      table.cells.push_back(*std::move(cell));
    }
    releases.tables.push_back(std::move(table));
  }
  return releases;
}

std::string to_json(const Releases& releases) {
  json::array dimensions;
  for (const Dimension& one : releases.population.dimensions) {
    dimensions.push_back(
        json::object{{"name", one.name}, {"categories", json::value_from(one.categories)}});
  }
  // A line for each cell, so that what changed between two files can be seen.
  std::string out = fmt::format("{{\"what\":{},\n\"dimensions\":{},\n\"tables\":[",
                                json::serialize(json::string(releases.population.what)),
                                json::serialize(dimensions));
  for (std::size_t t = 0; t < releases.tables.size(); ++t) {
    const Table& table = releases.tables[t];
    out += fmt::format("{}\n{{\"title\":{},\"cells\":[", t == 0 ? "" : ",",
                       json::serialize(json::string(table.title)));
    for (std::size_t c = 0; c < table.cells.size(); ++c) {
      const Cell& cell = table.cells[c];
      json::array at;
      for (std::size_t d = 0; d < cell.where.size(); ++d) {
        const std::vector<std::string>& names = releases.population.dimensions[d].categories;
        if (cell.where[d].empty()) {
          at.emplace_back(every);
        } else if (cell.where[d].size() == 1) {
          at.emplace_back(names[cell.where[d].front()]);
        } else {
          json::array several;
          for (const std::size_t one : cell.where[d]) several.emplace_back(names[one]);
          at.push_back(std::move(several));
        }
      }
      json::object told{{"at", std::move(at)}};
      told["count"] = cell.count ? json::value(*cell.count) : json::value(nullptr);
      if (cell.exact) told["exact"] = true;
      out += (c == 0 ? "\n" : ",\n") + json::serialize(told);
    }
    out += "]}";
  }
  return out + "\n]}\n";
}

}  // namespace urna::statistics
