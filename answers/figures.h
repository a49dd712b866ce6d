// SPDX-License-Identifier: EUPL-1.2
// What answers are made of: figures, each computed and each with the file that it comes from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::answers {

struct Words {
  std::string pl, en;
  friend bool operator==(const Words&, const Words&) = default;
};

// A file that figures were computed from, so that somebody can compare.
struct Source {
  std::string id;      // "record", "registrar", "evidence ABCDE-FGHJK"
  std::string name;    // of the file
  std::string sha256;  // of its bytes
  std::string link;    // where it can be had; may be empty
  friend bool operator==(const Source&, const Source&) = default;
};

struct Figure {
  std::optional<std::uint64_t> value;  // nothing: hidden, because it is small or gives one away
  std::string source;                  // its id
  friend bool operator==(const Figure&, const Figure&) = default;
};

// Something that happened at a moment (Unix seconds).
struct Happening {
  std::uint64_t time = 0;
  std::string what;    // a name that the templates have words for
  std::string detail;  // of the program's own: a case's number, an act of custody
  std::string source;
  friend bool operator==(const Happening&, const Happening&) = default;
};

struct Facts {
  std::string title;    // of the edition
  std::string edition;  // its hash
  std::uint64_t made = 0;
  std::vector<Source> sources;                         // in the order in which they came
  std::map<std::string, Figure, std::less<>> figures;  // "record.voters", "registrar.sent.code.sms"
  std::vector<Happening> happenings;                   // by time

  void add(std::string id, std::uint64_t value, std::string_view source) {
    figures[std::move(id)] = {value, std::string(source)};
  }
  [[nodiscard]] const Source* source(std::string_view id) const;
};

// JSON, {"format": "urna/1 transparency", …}: what is published and what other answers are made of.
[[nodiscard]] std::string to_json(const Facts& facts);
// Errors: malformed, limit.
[[nodiscard]] Result<Facts> parse_facts(std::string_view json);
inline constexpr std::size_t facts_bytes_max = std::size_t{8} << 20U;

}  // namespace urna::answers
