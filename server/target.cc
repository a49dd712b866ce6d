// SPDX-License-Identifier: EUPL-1.2
#include "server/target.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"

namespace urna::server {
namespace {

Error malformed_target(const char* message) { return {ErrorCode::malformed, message, {}, {}}; }

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

enum class Plus { itself, blank };

// Percent-decoding to UTF-8. In a path control characters are refused too; a form may hold lines.
Result<std::string> decoded(std::string_view text, Plus plus) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_control(c) || c == ' ')
      return malformed_target("a blank or control character in the target");
    if (c == '+' && plus == Plus::blank) {
      bytes += ' ';
    } else if (c != '%') {
      bytes += c;
    } else {
      const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
      if (!high || !low) return malformed_target("a percent sign without two hexadecimal digits");
      bytes += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  if (bytes.find('\0') != std::string::npos) return malformed_target("a zero byte in the target");
  if (!is_utf8(bytes)) return malformed_target("the target is not UTF-8");
  return bytes;
}

Result<std::string> decoded_segment(std::string_view text) {
  auto segment = decoded(text, Plus::itself);
  if (!segment) return segment;
  if (*segment == "." || *segment == "..") return malformed_target("a dot segment in the path");
  const bool odd = std::any_of(segment->begin(), segment->end(),
                               [](char c) { return is_control(c) || c == '/' || c == '\\'; });
  if (odd) return malformed_target("a slash, backslash or control character within a segment");
  return segment;
}

}  // namespace

Result<Fields> parse_fields(std::string_view text, std::size_t max_fields) {
  Fields fields;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (field.empty()) continue;
    if (fields.size() == max_fields) return Error{ErrorCode::limit, "too many fields", {}, {}};
    const std::size_t equals = std::min(field.find('='), field.size());
    auto name = decoded(field.substr(0, equals), Plus::blank);
    if (!name) return std::move(name).error();
    auto value = decoded(field.substr(std::min(equals + 1, field.size())), Plus::blank);
    if (!value) return std::move(value).error();
    const bool again = std::any_of(fields.begin(), fields.end(),
                                   [&](const auto& earlier) { return earlier.first == *name; });
    if (again) return malformed_target("a field is given twice");
    fields.emplace_back(std::move(name).value(), std::move(value).value());
  }
  return fields;
}

Result<Target> parse_target(std::string_view target) {
  if (target.size() > max_target_bytes)
    return Error{ErrorCode::limit, "the target is too long", {}, {}};
  if (target.empty() || target.front() != '/') return malformed_target("the target is no path");
  if (target.find('#') != std::string_view::npos)
    return malformed_target("a fragment in the target");
  Target parsed;
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(1, question - 1);
  while (true) {
    if (parsed.segments.size() == max_segments)
      return Error{ErrorCode::limit, "the path has too many segments", {}, {}};
    const std::size_t end = std::min(path.find('/'), path.size());
    auto segment = decoded_segment(path.substr(0, end));
    if (!segment) return std::move(segment).error();
    parsed.segments.push_back(std::move(segment).value());
    if (end == path.size()) break;
    path.remove_prefix(end + 1);
  }
  if (question < target.size()) {
    auto query = parse_fields(target.substr(question + 1), max_query_fields);
    if (!query) return std::move(query).error();
    parsed.query = std::move(query).value();
  }
  return parsed;
}

}  // namespace urna::server
