// SPDX-License-Identifier: EUPL-1.2
// JSON objects read strictly: every member once, within bounds, and none that is not known.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::cases {

// UTF-8 without control characters, at most as long.
[[nodiscard]] bool is_plain_text(std::string_view text, std::size_t bytes_max);

// Error: malformed. Depth is limited; of a member that is there twice the last one counts.
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text);

// The first thing that was wrong in a document, for all readers of its objects.
struct MembersError {
  std::optional<Error> first;
};

// Members of one object. Whoever reads goes on after something wrong, with empty values, and looks
// at the error in the end. `value` and `error` must outlive it.
class Members {
 public:
  // `place` is where the object stands: "voters", or empty for the document itself.
  Members(const boost::json::value& value, std::string place, MembersError& error);

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name, std::size_t bytes_max);
  [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t most);
  [[nodiscard]] double real(std::string_view name, double most);  // from 0
  [[nodiscard]] bool boolean(std::string_view name);
  [[nodiscard]] const boost::json::array& array(std::string_view name, std::size_t most);
  [[nodiscard]] Members object(std::string_view name);
  [[nodiscard]] std::vector<Members> objects(std::string_view name, std::size_t most);
  void fail(std::string_view name, std::string what);
  // Refuses members that nobody asked for.
  void finish();

 private:
  [[nodiscard]] const boost::json::value* take(std::string_view name);
  [[nodiscard]] std::string place_of(std::string_view name) const;

  std::string place_;
  MembersError* error_;
  const boost::json::object* object_ = nullptr;
  std::vector<std::string> taken_;
};

}  // namespace urna::cases
