// SPDX-License-Identifier: EUPL-1.2
// JSON as text, in the order written, with exact decimal numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/money.h"
#include "base/rational.h"

namespace urna::report {

// A generic JSON library would turn 1250.50 into a binary fraction; this writes the digits. The
// caller balances begin and end, and gives a key before each value of an object.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);  // bytes that are not UTF-8 become U+FFFD
  JsonWriter& integer(std::int64_t value);
  JsonWriter& natural(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& money(Money amount);              // 1250 or 1250.50
  JsonWriter& rational(const Rational& value);  // {"exact":"p/q","approx":"0.333333"}
  JsonWriter& raw(std::string_view json);       // a value that is JSON already

  // The text so far. Precondition: everything begun was ended.
  [[nodiscard]] std::string take() &&;

 private:
  void separate();
  std::string text_;
  std::size_t depth_ = 0;
  bool comma_due_ = false;
};

}  // namespace urna::report
