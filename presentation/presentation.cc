// SPDX-License-Identifier: EUPL-1.2
#include "presentation/presentation.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "presentation/strict_json.h"

namespace urna::presentation {
namespace {

namespace json = boost::json;

constexpr std::size_t presentation_depth_max = 12;
constexpr std::size_t projects_max = 65'535;
constexpr std::size_t city_bytes_max = 256;
constexpr std::size_t pool_id_bytes_max = 64;
constexpr std::size_t project_id_bytes_max = 128;

// Printable, except for line ends where lines may be.
bool is_text(std::string_view text, std::size_t bytes_max, bool lines) {
  return text.size() <= bytes_max && is_utf8(text) &&
         std::all_of(text.begin(), text.end(), [lines](char c) {
           return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) || (lines && c == '\n');
         });
}

Status only(const json::object& object, const std::string& where,
            std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : object) {
    if (std::find(names.begin(), names.end(), std::string_view(name)) == names.end())
      return wrong_at(where, "the member \"" + std::string(name) + "\" is not known");
  }
  return ok_status();
}

Result<std::string> text_of(const json::value* value, const std::string& where,
                            std::size_t bytes_max, bool lines = false) {
  if (value == nullptr || !value->is_string() || value->get_string().empty() ||
      !is_text(value->get_string(), bytes_max, lines)) {
    return wrong_at(where, "expected a text of 1 to " + std::to_string(bytes_max) +
                               " bytes without control characters");
  }
  return std::string(value->get_string());
}

Result<Texts> texts_of(const json::value& value, const std::string& where, std::size_t bytes_max,
                       bool lines) {
  const json::object* object = value.if_object();
  if (object == nullptr || object->empty())
    return wrong_at(where, R"(expected an object with "pl", "en" or both)");
  if (Status known = only(*object, where, {"pl", "en"}); !known) return std::move(known).error();
  Texts texts;
  for (const auto& [name, target] : {std::pair("pl", &texts.pl), std::pair("en", &texts.en)}) {
    const json::value* text = object->if_contains(name);
    if (text == nullptr) continue;
    Result<std::string> read = text_of(text, where + "." + name, bytes_max, lines);
    if (!read) return std::move(read).error();
    *target = std::move(*read);
  }
  return texts;
}

Result<std::vector<std::string>> labels_of(const json::value& value, const std::string& where) {
  const json::array* list = value.if_array();
  if (list == nullptr) return wrong_at(where, "expected an array of texts");
  if (list->size() > labels_max)
    return wrong_at(where, "at most " + std::to_string(labels_max) + " of these", ErrorCode::limit);
  std::vector<std::string> labels;
  for (const json::value& item : *list) {
    Result<std::string> label = text_of(&item, where, label_bytes_max);
    if (!label) return std::move(label).error();
    labels.push_back(std::move(*label));
  }
  return labels;
}

Result<ProjectStory> story_of(const json::value& value, const std::string& where) {
  const json::object* object = value.if_object();
  if (object == nullptr) return wrong_at(where, "expected an object");
  if (Status known = only(*object, where,
                          {"pool", "id", "description", "topics", "for", "districts", "place"});
      !known)
    return std::move(known).error();
  ProjectStory story;
  Result<std::string> pool =
      text_of(object->if_contains("pool"), where + ".pool", pool_id_bytes_max);
  if (!pool) return std::move(pool).error();
  story.pool = std::move(*pool);
  Result<std::string> id = text_of(object->if_contains("id"), where + ".id", project_id_bytes_max);
  if (!id) return std::move(id).error();
  story.id = std::move(*id);
  if (const json::value* description = object->if_contains("description")) {
    Result<Texts> texts =
        texts_of(*description, where + ".description", description_bytes_max, true);
    if (!texts) return std::move(texts).error();
    story.description = std::move(*texts);
  }
  for (const auto& [name, target] :
       {std::pair("topics", &story.topics), std::pair("for", &story.beneficiaries),
        std::pair("districts", &story.districts)}) {
    const json::value* list = object->if_contains(name);
    if (list == nullptr) continue;
    Result<std::vector<std::string>> labels = labels_of(*list, where + "." + name);
    if (!labels) return std::move(labels).error();
    *target = std::move(*labels);
  }
  if (const json::value* place = object->if_contains("place")) {
    const Result<Position> position = read_position(*place, where + ".place");
    if (!position) return position.error();
    story.place = *position;
  }
  return story;
}

void append_texts(std::string& text, const Texts& texts) {
  text += '{';
  if (!texts.pl.empty()) {
    text += "\"pl\":";
    append_text(text, texts.pl);
  }
  if (!texts.en.empty()) {
    text += texts.pl.empty() ? "\"en\":" : ",\"en\":";
    append_text(text, texts.en);
  }
  text += '}';
}

void append_labels(std::string& text, std::string_view name,
                   const std::vector<std::string>& labels) {
  if (labels.empty()) return;
  text.append(",\"").append(name).append("\":[");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) text += ',';
    append_text(text, labels[i]);
  }
  text += ']';
}

}  // namespace

Result<Presentation> parse_presentation(std::string_view text) {
  if (text.size() > presentation_bytes_max)
    return wrong_at({}, "the presentation is too long", ErrorCode::limit);
  const Result<json::value> root = parse_strict_json(text, presentation_depth_max);
  if (!root) return root.error();
  const json::object* object = root->if_object();
  if (object == nullptr) return wrong_at({}, "expected an object { … }");
  if (Status known = only(*object, {}, {"version", "city", "districts", "projects"}); !known)
    return std::move(known).error();
  const json::value* version = object->if_contains("version");
  if (version == nullptr || !version->is_int64() || version->get_int64() != 1)
    return wrong_at("version", "expected 1", ErrorCode::unsupported);
  Presentation presentation;
  const json::value* city = object->if_contains("city");
  if (city == nullptr) return wrong_at("city", "the member is missing");
  Result<Texts> name = texts_of(*city, "city", city_bytes_max, false);
  if (!name) return std::move(name).error();
  presentation.city = std::move(*name);
  if (const json::value* districts = object->if_contains("districts");
      districts != nullptr && !districts->is_null()) {
    Result<std::vector<District>> read = read_districts(*districts, "districts", true);
    if (!read) return std::move(read).error();
    presentation.districts = std::move(*read);
  }
  const json::value* projects = object->if_contains("projects");
  const json::array* list = projects == nullptr ? nullptr : projects->if_array();
  if (list == nullptr) return wrong_at("projects", "expected an array");
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string where = "projects[" + std::to_string(i) + "]";
    if (i == projects_max) return wrong_at(where, "too many projects", ErrorCode::limit);
    Result<ProjectStory> story = story_of((*list)[i], where);
    if (!story) return std::move(story).error();
    if (!seen.emplace(story->pool, story->id).second)
      return wrong_at(where, "the project stands here a second time");
    presentation.projects.push_back(std::move(*story));
  }
  return presentation;
}

std::string encode(const Presentation& presentation) {
  std::string text = "{\"version\":1,\n\"city\":";
  append_texts(text, presentation.city);
  text += ",\n\"districts\":";
  if (presentation.districts.empty()) {
    text += "null";
  } else {
    append_districts(text, presentation.districts);
  }
  text += ",\n\"projects\":[";
  for (std::size_t i = 0; i < presentation.projects.size(); ++i) {
    const ProjectStory& story = presentation.projects[i];
    text += i == 0 ? "\n{\"pool\":" : ",\n{\"pool\":";
    append_text(text, story.pool);
    text += ",\"id\":";
    append_text(text, story.id);
    if (!story.description.empty()) {
      text += ",\"description\":";
      append_texts(text, story.description);
    }
    append_labels(text, "topics", story.topics);
    append_labels(text, "for", story.beneficiaries);
    append_labels(text, "districts", story.districts);
    if (story.place) {
      text += ",\"place\":";
      append_position(text, *story.place);
    }
    text += '}';
  }
  return text + "]}\n";
}

Status check_names(const Presentation& presentation, std::span<const KnownPool> pools) {
  std::map<std::string_view, std::set<std::string_view>> known;
  for (const KnownPool& pool : pools) known[pool.id] = {pool.projects.begin(), pool.projects.end()};
  const auto unknown = [](const std::string& what) {
    return Error{ErrorCode::conflict,
                 "the presentation speaks of " + what + ", which the edition does not have",
                 {},
                 "make it anew from the edition's own files"};
  };
  for (const District& district : presentation.districts) {
    for (const std::string& pool : district.pools) {
      if (!known.contains(pool)) return unknown("the pool " + pool);
    }
  }
  for (const ProjectStory& story : presentation.projects) {
    const auto pool = known.find(story.pool);
    if (pool == known.end()) return unknown("the pool " + story.pool);
    if (!pool->second.contains(story.id))
      return unknown("the project " + story.id + " of the pool " + story.pool);
  }
  return ok_status();
}

}  // namespace urna::presentation
