// SPDX-License-Identifier: EUPL-1.2
#include "answers/compose.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/date.h"

namespace urna::answers {
namespace {

namespace json = boost::json;
using publish::Block;

Error malformed_template(std::string place, std::string message) {
  return {ErrorCode::malformed,
          std::move(message),
          {.field = std::move(place)},
          "see answers/templates.json for the form of templates"};
}

class Composer {
 public:
  Composer(const Facts& facts, const json::object& templates, const Request& request)
      : facts_(facts), templates_(templates), request_(request) {
    for (std::size_t i = 0; i < facts.sources.size(); ++i) {
      numbers_[facts.sources[i].id] = i + 1;
    }
  }

  Result<publish::Document> run() {
    const json::value* documents = templates_.if_contains("documents");
    const json::value* wanted = documents != nullptr && documents->is_object()
                                    ? documents->get_object().if_contains(request_.document)
                                    : nullptr;
    if (wanted == nullptr || !wanted->is_object()) {
      return Error{ErrorCode::not_found,
                   "there is no template of this document",
                   {.field = request_.document},
                   ""};
    }
    const json::object& document = wanted->get_object();
    if (const json::value* needs = document.if_contains("needs"); needs && needs->is_array()) {
      for (const json::value& need : needs->get_array()) {
        const std::string name = need.is_string() ? std::string(need.get_string()) : "";
        if (!request_.parameters.contains(name)) {
          return Error{ErrorCode::usage, "the document needs " + name, {.field = name}, ""};
        }
      }
    }
    made_.language = request_.language;
    made_.title = say(document.if_contains("title")) + ": " + facts_.title;
    made_.author = facts_.title;
    made_.footer = word("footer");
    made_.page_of = word("page");
    made_.created = facts_.made;
    made_.blocks.emplace_back(publish::Heading{1, made_.title});
    const json::value* blocks = document.if_contains("blocks");
    if (blocks == nullptr || !blocks->is_array()) {
      return malformed_template(request_.document + ".blocks", "expected an array");
    }
    for (const json::value& block : blocks->get_array()) {
      if (!block.is_object() || block.get_object().empty()) {
        return malformed_template(request_.document + ".blocks", "expected objects");
      }
      if (Status added = add(block.get_object()); !added) return std::move(added).error();
    }
    return std::move(made_);
  }

 private:
  [[nodiscard]] std::string say(const json::value* words) const {
    if (words == nullptr || !words->is_object()) return {};
    const json::value* text = words->get_object().if_contains(
        request_.language == report::Language::polish ? "pl" : "en");
    return text != nullptr && text->is_string() ? std::string(text->get_string()) : std::string();
  }
  [[nodiscard]] std::string named(std::string_view list, std::string_view name) const {
    const json::value* all = templates_.if_contains(list);
    if (all == nullptr || !all->is_object()) return {};
    return say(all->get_object().if_contains(name));
  }
  [[nodiscard]] std::string word(std::string_view name) const { return named("words", name); }
  [[nodiscard]] std::string label(std::string_view id) const {
    constexpr std::string_view pool = "record.pool.";
    if (id.starts_with(pool)) return fmt::format("{} {}", word("pool"), id.substr(pool.size()));
    std::string words = named("labels", id);
    return words.empty() ? std::string(id) : words;
  }

  // Thousands apart by a no-break blank.
  static std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, "\xC2\xA0");
    return digits;
  }
  [[nodiscard]] std::string value_of(const Figure& figure) const {
    return figure.value ? grouped(*figure.value) : word("hidden");
  }
  [[nodiscard]] std::string mark_of(std::string_view source) const {
    const auto found = numbers_.find(source);
    return found == numbers_.end() ? std::string() : fmt::format("[{}]", found->second);
  }

  // The text with its figures; nothing if one of them was never computed. Error: malformed.
  Result<std::optional<std::string>> fill(std::string_view text) const {
    constexpr std::string_view parameter = "param.";
    std::string filled;
    while (!text.empty()) {
      const std::size_t open = text.find('{');
      filled += text.substr(0, open);
      if (open == std::string_view::npos) break;
      const std::size_t close = text.find('}', open);
      if (close == std::string_view::npos)
        return malformed_template("paragraph", "a brace without an end");
      const std::string_view name = text.substr(open + 1, close - open - 1);
      text.remove_prefix(close + 1);
      if (name.starts_with(parameter)) {
        const auto given = request_.parameters.find(name.substr(parameter.size()));
        if (given == request_.parameters.end()) return std::optional<std::string>();
        filled += given->second;
        continue;
      }
      const auto figure = facts_.figures.find(name);
      if (figure == facts_.figures.end()) return std::optional<std::string>();
      filled += value_of(figure->second) + "\xC2\xA0" + mark_of(figure->second.source);
    }
    return std::optional(std::move(filled));
  }

  Status add(const json::object& block) {
    const std::string_view kind = block.begin()->key();
    const json::value& value = block.begin()->value();
    if (kind == "facts") {
      made_.blocks.emplace_back(
          publish::Facts{{{word("edition"), facts_.edition, true},
                          {word("made"), to_iso_moment(facts_.made), false}}});
    } else if (kind == "heading") {
      made_.blocks.emplace_back(publish::Heading{2, say(&value)});
    } else if (kind == "paragraph") {
      Result<std::optional<std::string>> text = fill(say(&value));
      if (!text) return std::move(text).error();
      if (*text) made_.blocks.emplace_back(publish::Paragraph{**std::move(text)});
    } else if (kind == "table") {
      add_table(value);
    } else if (kind == "timeline") {
      add_timeline(say(&value));
    } else if (kind == "open") {
      add_open(value);
    } else if (kind == "sources") {
      add_sources(say(&value));
    } else {
      return malformed_template(request_.document + ".blocks",
                                "no block \"" + std::string(kind) + "\"");
    }
    return ok_status();
  }

  void add_table(const json::value& value) {
    if (!value.is_object()) return;
    const json::object& object = value.get_object();
    std::vector<std::string> ids;
    if (const json::value* figures = object.if_contains("figures");
        figures && figures->is_array()) {
      for (const json::value& one : figures->get_array()) {
        if (one.is_string()) ids.emplace_back(one.get_string());
      }
    }
    if (const json::value* prefix = object.if_contains("prefix"); prefix && prefix->is_string()) {
      const std::string_view begin(prefix->get_string().data(), prefix->get_string().size());
      std::string sum;
      for (const auto& [id, figure] : facts_.figures) {
        if (!std::string_view(id).starts_with(begin)) continue;
        // The sum of the others stands last.
        if (id == begin) {
          sum = id;
        } else if (begin.ends_with('.') || id[begin.size()] == '.') {
          ids.push_back(id);
        }
      }
      if (!sum.empty()) ids.push_back(sum);
    }
    publish::Table table{
        say(object.if_contains("caption")),
        {{word("figure"), 4, false}, {word("value"), 1, true, true}, {word("source"), 1, true}},
        {}};
    for (const std::string& id : ids) {
      const auto figure = facts_.figures.find(id);
      if (figure == facts_.figures.end()) continue;
      table.rows.push_back({label(id), value_of(figure->second), mark_of(figure->second.source)});
    }
    if (!table.rows.empty()) made_.blocks.emplace_back(std::move(table));
  }

  void add_timeline(const std::string& caption) {
    publish::Table table{
        caption,
        {{word("when"), 2, false}, {word("what"), 4, false}, {word("source"), 1, true}},
        {}};
    for (const Happening& one : facts_.happenings) {
      const std::string words = named("happenings", one.what);
      table.rows.push_back(
          {to_iso_moment(one.time),
           (words.empty() ? one.what : words) + (one.detail.empty() ? "" : " " + one.detail),
           mark_of(one.source)});
    }
    if (!table.rows.empty()) made_.blocks.emplace_back(std::move(table));
  }

  void add_open(const json::value& value) {
    if (!value.is_array()) return;
    for (const json::value& one : value.get_array()) {
      if (!one.is_object()) continue;
      const auto figure = [&](std::string_view name) -> const Figure* {
        const json::value* id = one.get_object().if_contains(name);
        if (id == nullptr || !id->is_string()) return nullptr;
        const auto found = facts_.figures.find(std::string(id->get_string()));
        return found == facts_.figures.end() ? nullptr : &found->second;
      };
      const bool missing = one.get_object().contains("missing") && figure("missing") == nullptr;
      const Figure* positive = figure("positive");
      // A hidden figure is one of somebody.
      const bool there = positive != nullptr && positive->value.value_or(1) > 0;
      if (missing || there) made_.blocks.emplace_back(publish::Paragraph{"– " + say(&one)});
    }
  }

  void add_sources(const std::string& heading) {
    made_.blocks.emplace_back(publish::Heading{2, heading});
    publish::Facts list;
    for (std::size_t i = 0; i < facts_.sources.size(); ++i) {
      const Source& one = facts_.sources[i];
      list.facts.push_back(
          {fmt::format("[{}] {}{}", i + 1, one.name, one.link.empty() ? "" : " · " + one.link),
           "SHA-256 " + one.sha256, true});
    }
    made_.blocks.emplace_back(std::move(list));
  }

  const Facts& facts_;
  const json::object& templates_;
  const Request& request_;
  std::map<std::string, std::size_t, std::less<>> numbers_;
  publish::Document made_;
};

}  // namespace

Result<publish::Document> compose(const Facts& facts, std::string_view templates,
                                  const Request& request) {
  json::error_code failure;
  const json::value value =
      json::parse(json::string_view(templates.data(), templates.size()), failure);
  if (failure || !value.is_object())
    return malformed_template("", "the templates are no JSON object");
  return Composer(facts, value.get_object(), request).run();
}

}  // namespace urna::answers
