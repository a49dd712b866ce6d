// SPDX-License-Identifier: EUPL-1.2
#include "answers/figures.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <utility>

#include "answers/members.h"

namespace urna::answers {
namespace {

namespace json = boost::json;

constexpr std::string_view format = "urna/1 transparency";

Error malformed_facts(std::string place, std::string message) {
  return {ErrorCode::malformed,
          std::move(message),
          {.field = std::move(place)},
          "give the file that `urna answers transparency` wrote, unchanged"};
}

std::optional<std::uint64_t> number_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  json::error_code failure;
  const auto number = value->to_number<std::uint64_t>(failure);
  return failure ? std::nullopt : std::optional(number);
}

}  // namespace

const Source* Facts::source(std::string_view id) const {
  const auto found = std::ranges::find(sources, id, &Source::id);
  return found == sources.end() ? nullptr : &*found;
}

std::string to_json(const Facts& facts) {
  const auto quoted = [](std::string_view text) {
    return json::serialize(json::string(json::string_view(text.data(), text.size())));
  };
  // A line for each figure, so that two reports can be compared.
  std::string out =
      fmt::format("{{\"format\":{},\"title\":{},\"edition\":{},\"made\":{},\n\"sources\":[",
                  quoted(format), quoted(facts.title), quoted(facts.edition), facts.made);
  const char* between = "\n";
  for (const Source& one : facts.sources) {
    out += between +
           json::serialize(json::object{
               {"id", one.id}, {"name", one.name}, {"sha256", one.sha256}, {"link", one.link}});
    between = ",\n";
  }
  out += "],\n\"figures\":[";
  between = "\n";
  for (const auto& [id, figure] : facts.figures) {
    json::object told{{"id", id}};
    told["value"] = figure.value ? json::value(*figure.value) : json::value(nullptr);
    told["source"] = figure.source;
    out += between + json::serialize(told);
    between = ",\n";
  }
  out += "],\n\"happenings\":[";
  between = "\n";
  for (const Happening& one : facts.happenings) {
    out += between + json::serialize(json::object{{"time", one.time},
                                                  {"what", one.what},
                                                  {"detail", one.detail},
                                                  {"source", one.source}});
    between = ",\n";
  }
  return out + "]}\n";
}

Result<Facts> parse_facts(std::string_view text) {
  if (text.size() > facts_bytes_max) return Error{ErrorCode::limit, "the report is too long"};
  json::error_code failure;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), failure);
  if (failure || !value.is_object()) return malformed_facts("", "expected a JSON object");
  const json::object& object = value.get_object();
  if (text_in(object, "format") != format)
    return malformed_facts("format", "no transparency report");
  Facts facts;
  facts.title = text_in(object, "title");
  facts.edition = text_in(object, "edition");
  facts.made = number_in(object, "made").value_or(0);
  const auto each = [&](const char* name, const auto& take) -> Status {
    const json::value* list = object.if_contains(name);
    if (list == nullptr || !list->is_array()) return malformed_facts(name, "expected an array");
    for (const json::value& one : list->get_array()) {
      if (!one.is_object() || !take(one.get_object()))
        return malformed_facts(name, "an entry is wrong");
    }
    return ok_status();
  };
  Status read = each("sources", [&](const json::object& one) {
    facts.sources.push_back(
        {text_in(one, "id"), text_in(one, "name"), text_in(one, "sha256"), text_in(one, "link")});
    return !facts.sources.back().id.empty();
  });
  if (!read) return std::move(read).error();
  read = each("figures", [&](const json::object& one) {
    const std::string id = text_in(one, "id"), source = text_in(one, "source");
    const json::value* number = one.if_contains("value");
    const auto known = number_in(one, "value");
    if (id.empty() || facts.source(source) == nullptr || number == nullptr ||
        (!known && !number->is_null())) {
      return false;
    }
    facts.figures[id] = {known, source};
    return true;
  });
  if (!read) return std::move(read).error();
  read = each("happenings", [&](const json::object& one) {
    facts.happenings.push_back({number_in(one, "time").value_or(0), text_in(one, "what"),
                                text_in(one, "detail"), text_in(one, "source")});
    return facts.source(facts.happenings.back().source) != nullptr;
  });
  if (!read) return std::move(read).error();
  return facts;
}

}  // namespace urna::answers
