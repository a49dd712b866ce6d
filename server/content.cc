// SPDX-License-Identifier: EUPL-1.2
#include "server/content.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace urna::server {
namespace {

std::string_view without_spaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Whether a list of entity tags names this one, compared weakly. Tags of ours have no commas that
// would need care: a tag of others that has one is cut into pieces that match nothing.
bool names_tag(std::string_view list, const std::string& quoted) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view tag = without_spaces(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == quoted) return true;
  }
  return false;
}

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

struct RangeAsked {
  std::optional<Range> range;  // none with `beyond` false: everything
  bool beyond = false;         // starts behind the end
};

std::optional<std::uint64_t> number_in(std::string_view digits) {
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

// What is malformed or more than one range asks for everything.
RangeAsked range_in(std::string_view value, std::uint64_t bytes) {
  if (!value.starts_with("bytes=")) return {};
  const std::string_view range = without_spaces(value.substr(6));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return {};
  const std::string_view from = range.substr(0, dash);
  const std::string_view to = range.substr(dash + 1);
  if (from.empty()) {  // the last so many bytes
    const auto count = number_in(to);
    if (!count) return {};
    if (*count == 0 || bytes == 0) return {std::nullopt, true};
    return {Range{bytes - std::min(*count, bytes), bytes - 1}, false};
  }
  const auto first = number_in(from);
  const auto last = to.empty() ? std::optional<std::uint64_t>(bytes) : number_in(to);
  if (!first || !last || *last < *first) return {};
  if (*first >= bytes) return {std::nullopt, true};
  return {Range{*first, std::min(*last, bytes - 1)}, false};
}

std::uint64_t size_of(const Content& content) {
  if (const auto* text = std::get_if<std::string>(&content.body)) return text->size();
  return std::get<BodySource>(content.body).bytes;
}

void put_part(Response& response, Content& content, const Range& range) {
  const std::uint64_t count = range.last - range.first + 1;
  if (auto* text = std::get_if<std::string>(&content.body)) {
    response.body = text->substr(range.first, count);
    return;
  }
  BodySource& whole = std::get<BodySource>(content.body);
  response.source = BodySource{
      count, [read = std::move(whole.read), first = range.first](
                 std::uint64_t offset, std::size_t bytes) { return read(first + offset, bytes); }};
}

void put_all(Response& response, Content& content) {
  if (auto* text = std::get_if<std::string>(&content.body)) {
    response.body = std::move(*text);
  } else {
    response.source = std::move(std::get<BodySource>(content.body));
  }
}

}  // namespace

Reply content_reply(const Request& request, Content content) {
  Response response;
  response.content_type = content.media_type;
  response.cache_control = content.cache_control;
  response.content_security_policy = content.content_security_policy;
  const std::string quoted = '"' + content.entity_tag + '"';
  if (!content.entity_tag.empty()) response.headers.push_back({"ETag", quoted});

  const auto has = request.header("if-none-match");
  if (has && !content.entity_tag.empty() && names_tag(*has, quoted)) {
    response.status = 304;
    return response;
  }
  response.headers.push_back({"Accept-Ranges", "bytes"});
  const std::uint64_t bytes = size_of(content);
  const auto wanted = request.header("range");
  const auto condition = request.header("if-range");
  const bool same = !condition || (!content.entity_tag.empty() && *condition == quoted);
  if (wanted && same && request.method == Method::get) {
    const RangeAsked asked = range_in(*wanted, bytes);
    if (asked.beyond) {
      Problem problem{&problems::range_not_satisfiable};
      problem.headers.emplace_back("Content-Range", fmt::format("bytes */{}", bytes));
      return problem;
    }
    if (asked.range) {
      response.status = 206;
      response.headers.push_back({"Content-Range", fmt::format("bytes {}-{}/{}", asked.range->first,
                                                               asked.range->last, bytes)});
      put_part(response, content, *asked.range);
      return response;
    }
  }
  put_all(response, content);
  return response;
}

}  // namespace urna::server
