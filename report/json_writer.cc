// SPDX-License-Identifier: EUPL-1.2
#include "report/json_writer.h"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cassert>

#include "report/plain_text.h"

namespace urna::report {

void JsonWriter::separate() {
  if (comma_due_) text_ += ',';
  comma_due_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  text_ += '{';
  comma_due_ = false;
  ++depth_;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  assert(depth_ > 0);
  text_ += '}';
  comma_due_ = true;
  --depth_;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  text_ += '[';
  comma_due_ = false;
  ++depth_;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  assert(depth_ > 0);
  text_ += ']';
  comma_due_ = true;
  --depth_;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  string(name);
  text_ += ':';
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  const std::string valid = valid_utf8(text);
  text_ += boost::json::serialize(boost::json::value(boost::json::string_view(valid)));
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  text_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::natural(std::uint64_t value) {
  separate();
  text_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  text_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  text_ += "null";
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  text_ += json;
  return *this;
}

JsonWriter& JsonWriter::money(Money amount) {
  separate();
  text_ += to_plain_string(amount);
  return *this;
}

JsonWriter& JsonWriter::rational(const Rational& value) {
  begin_object();
  key("exact").string(value.get_str());
  key("approx").string(to_decimal_string(value, 6));
  return end_object();
}

std::string JsonWriter::take() && {
  assert(depth_ == 0);
  return std::move(text_);
}

}  // namespace urna::report
