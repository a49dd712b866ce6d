// SPDX-License-Identifier: EUPL-1.2
#include "base/cbor.h"

namespace urna {
namespace {

// RFC 8949 section 3.1; simple values (booleans, null) are of type 7.
constexpr std::uint8_t type_unsigned = 0;
constexpr std::uint8_t type_bytes = 2;
constexpr std::uint8_t type_text = 3;
constexpr std::uint8_t type_array = 4;
constexpr std::uint8_t type_map = 5;
constexpr std::uint8_t type_simple = 7;
constexpr std::uint64_t simple_false = 20;
constexpr std::uint64_t simple_true = 21;
constexpr std::uint64_t simple_null = 22;

}  // namespace

void CborWriter::head(std::uint8_t major_type, std::uint64_t argument) {
  const unsigned type = static_cast<unsigned>(major_type) << 5U;
  if (argument < 24) {
    data_ += static_cast<char>(type | static_cast<unsigned>(argument));
    return;
  }
  // 24, 25, 26, 27 announce an argument of 1, 2, 4, 8 bytes.
  unsigned information = 24;
  std::size_t count = 1;
  for (; count < 8 && argument >> (8 * count) != 0; count *= 2) ++information;
  std::array<char, 9> bytes{static_cast<char>(type | information)};
  for (std::size_t i = 0; i < count; ++i)
    bytes[1 + i] = static_cast<char>(static_cast<std::uint8_t>(argument >> (8 * (count - 1 - i))));
  data_.append(bytes.data(), 1 + count);
}

void CborWriter::bytes(std::string_view value) {
  head(type_bytes, value.size());
  data_ += value;
}

void CborWriter::text(std::string_view value) {
  head(type_text, value.size());
  data_ += value;
}

std::optional<CborReader::Head> CborReader::peek() const {
  const std::string_view rest = input_.substr(offset_);
  if (rest.empty()) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(rest[0]);
  const unsigned information = first & 31U;
  Head head{static_cast<std::uint8_t>(first >> 5U), information, 1};
  if (information < 24) return head;
  if (information > 27 || head.major_type == type_simple) return std::nullopt;
  const std::size_t count = std::size_t{1} << (information - 24);
  if (rest.size() - 1 < count) return std::nullopt;
  head.argument = big_endian(rest.substr(1, count));
  head.size = 1 + count;
  // Shortest form: the argument would not have fitted into half as many bytes, or into the head.
  const bool shortest = count == 1 ? head.argument >= 24 : head.argument >> (4 * count) != 0;
  if (!shortest) return std::nullopt;
  return head;
}

std::optional<std::uint64_t> CborReader::accept_long(std::uint8_t major_type, std::uint64_t least,
                                                     std::uint64_t most) {
  const std::optional<Head> head = peek();
  if (!head || head->major_type != major_type || head->argument < least || head->argument > most)
    return std::nullopt;
  offset_ += head->size;
  return head->argument;
}

void CborReader::fail_expecting(std::uint64_t least, std::uint64_t most, std::string_view noun,
                                std::string_view unit) {
  if (!ok()) return;
  std::string range = std::to_string(most);
  if (least == 0 && most != 0) {
    range = "at most " + range;
  } else if (least != most) {
    range = std::to_string(least) + " to " + range;
  }
  fail("expected " + std::string(noun) + " of " + range + std::string(unit));
}

std::string_view CborReader::string(std::uint8_t major_type, std::size_t least, std::size_t most,
                                    std::string_view noun) {
  const std::uint64_t size = argument(major_type, least, most, noun, " bytes");
  require(size <= input_.size() - offset_, "the input ends before the string does");
  if (!ok()) return {};
  const std::string_view value = input_.substr(offset_, size);
  offset_ += size;
  return value;
}

std::uint64_t CborReader::unsigned_integer(std::uint64_t max) {
  return argument(type_unsigned, 0, max, "a number", "");
}

std::string_view CborReader::bytes(std::size_t max) {
  return string(type_bytes, 0, max, "a byte string");
}

std::string_view CborReader::bytes_exactly(std::size_t size) {
  return string(type_bytes, size, size, "a byte string");
}

std::string_view CborReader::text(std::size_t max) {
  const std::string_view value = string(type_text, 0, max, "a text string");
  require(is_utf8(value), "the text is not UTF-8");
  return ok() ? value : std::string_view();
}

bool CborReader::boolean() {
  const std::optional<std::uint64_t> value = accept(type_simple, simple_false, simple_true);
  require(value.has_value(), "expected true or false");
  return value == simple_true;
}

bool CborReader::next_is_null() const {
  const std::optional<Head> head = ok() ? peek() : std::nullopt;
  return head && head->major_type == type_simple && head->argument == simple_null;
}

void CborReader::null() {
  require(accept(type_simple, simple_null, simple_null).has_value(), "expected null");
}

std::size_t CborReader::array(std::size_t max) {
  const std::uint64_t items = argument(type_array, 0, max, "an array", " items");
  // Every item takes at least a byte.
  require(items <= input_.size() - offset_, "the input ends before the array does");
  return ok() ? static_cast<std::size_t>(items) : 0;
}

void CborReader::array_exactly(std::size_t items) {
  argument(type_array, items, items, "an array", " items");
}

void CborReader::map(std::uint64_t fields) {
  argument(type_map, fields, fields, "a map", " fields");
}

void CborReader::key(std::uint64_t expected) {
  if (!accept(type_unsigned, expected, expected))
    fail("expected the key " + std::to_string(expected));
}

std::size_t CborReader::map_with_optional(std::size_t required, std::size_t optional) {
  const std::uint64_t fields =
      argument(type_map, required, required + optional, "a map", " fields");
  return ok() ? static_cast<std::size_t>(fields) - required : 0;
}

bool CborReader::optional_key(std::uint64_t key, std::size_t& optional_left) {
  if (optional_left == 0 || !accept(type_unsigned, key, key)) return false;
  --optional_left;
  return true;
}

void CborReader::end_optional(std::size_t optional_left) {
  if (!ok() || optional_left == 0) return;
  item_ = offset_;
  fail("expected a known key");
}

void CborReader::fail(std::string_view message) {
  if (!ok()) return;
  error_ =
      Error{ErrorCode::malformed, "byte " + std::to_string(item_) + ": " + std::string(message)};
}

Status CborReader::finish() {
  if (ok() && offset_ != input_.size()) {
    item_ = offset_;
    fail("expected the end");
  }
  if (error_) return *error_;
  return ok_status();
}

}  // namespace urna
