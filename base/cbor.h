// SPDX-License-Identifier: EUPL-1.2
// Deterministic CBOR (RFC 8949 section 4.2.1), of which these items only: unsigned integers, byte
// strings, text strings, arrays, maps whose keys are ascending unsigned integers, true, false,
// null. No negative integers, floats, tags or indefinite lengths, so that every value has exactly
// one encoding, and what was read encodes to the same bytes again.
//
// A structure is a map with small keys, written and read field by field:
//
//   std::string encode(const Parcel& parcel) {
//     CborWriter out;
//     out.map(parcel.note.empty() ? 2 : 3);
//     out.key(0);
//     out.unsigned_integer(parcel.grams);
//     out.key(1);
//     out.array(parcel.stamps.size());
//     for (const Stamp& stamp : parcel.stamps) out.bytes(view_of(stamp));
//     if (!parcel.note.empty()) {
//       out.key(2);
//       out.text(parcel.note);
//     }
//     return std::move(out).take();
//   }
//
//   Result<Parcel> decode(std::string_view bytes) {
//     CborReader in(bytes);
//     Parcel parcel;
//     std::size_t optional = in.map_with_optional(2, 1);
//     in.key(0);
//     parcel.grams = in.unsigned_integer(max_grams);
//     in.key(1);
//     parcel.stamps.resize(in.array(max_stamps));
//     for (Stamp& stamp : parcel.stamps) stamp = in.fixed_bytes<32>();
//     if (in.optional_key(2, optional)) {
//       parcel.note = in.text(max_note_bytes);
//       in.require(!parcel.note.empty(), "an empty note is left out");
//     }
//     in.end_optional(optional);
//     if (Status end = in.finish(); !end) return std::move(end).error();
//     return parcel;
//   }
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace urna {

// The greatest number of files that are read elsewhere too: exact in JSON and in languages without
// 64-bit integers.
inline constexpr std::uint64_t number_max = (std::uint64_t{1} << 53U) - 1;

// Appends items; each method writes one, in its shortest form. An array or a map is its head,
// followed by as many items, or keys and items, as the head says. That the heads are right, keys
// ascend and text is UTF-8 is the caller's duty.
class CborWriter {
 public:
  CborWriter() = default;
  // With room for so many bytes.
  explicit CborWriter(std::size_t expected) { data_.reserve(expected); }

  void unsigned_integer(std::uint64_t value) { head(0, value); }
  void bytes(std::string_view value);
  // The head of a byte string of that size, whose bytes are the caller's to write elsewhere.
  void bytes_head(std::uint64_t size) { head(2, size); }
  void text(std::string_view value);
  void array(std::uint64_t items) { head(4, items); }
  void map(std::uint64_t fields) { head(5, fields); }
  void key(std::uint64_t key) { head(0, key); }
  void boolean(bool value) { data_ += value ? '\xF5' : '\xF4'; }
  void null() { data_ += '\xF6'; }

  [[nodiscard]] const std::string& data() const { return data_; }
  [[nodiscard]] std::string take() && { return std::move(data_); }

 private:
  void head(std::uint8_t major_type, std::uint64_t argument);
  std::string data_;
};

// Reads items of the subset above. The first error sticks: from then on every read returns zero,
// false or nothing, and finish() returns that error. So a decoder reads all its fields without
// looking, and asks once at the end; a count read after an error is 0. What was read is not to be
// acted upon before finish(), but lengths and counts are safe to allocate by: each is within its
// stated maximum and at most the number of bytes left.
//
// Errors are malformed and begin with the offset of the item, as in
// "byte 17: expected a byte string of 32 bytes". Views returned point into the input.
class CborReader {
 public:
  // The input outlives the reader and what it returned.
  explicit CborReader(std::string_view input) : input_(input) {}

  // A number of at most `max`.
  std::uint64_t unsigned_integer(std::uint64_t max = std::numeric_limits<std::uint64_t>::max());
  // Byte strings of at most `max` bytes, or of exactly `size`.
  std::string_view bytes(std::size_t max);
  std::string_view bytes_exactly(std::size_t size);
  // A byte string of exactly N bytes; zeros after an error.
  template <std::size_t N>
  std::array<std::uint8_t, N> fixed_bytes() {
    const std::string_view value = bytes_exactly(N);
    return ok() ? array_of<N>(value) : std::array<std::uint8_t, N>{};
  }
  // Valid UTF-8 of at most `max` bytes; control characters are the caller's to judge.
  std::string_view text(std::size_t max);
  bool boolean();
  // Whether a null comes next; if so, null() reads it.
  [[nodiscard]] bool next_is_null() const;
  void null();

  // The head of an array: the number of items to come, at most `max` and at most the bytes left.
  std::size_t array(std::size_t max);
  void array_exactly(std::size_t items);

  // The head of a map with exactly so many fields; then for each its key() and its value.
  void map(std::uint64_t fields);
  // The next key is this one: unknown, repeated and misplaced keys are refused thereby.
  void key(std::uint64_t expected);

  // The head of a map with `required` fields and up to `optional` more: how many more there are.
  // That number is passed to optional_key() for each that may come, which says whether it does, has
  // then read the key, and counts down; and to end_optional() after the last field, which refuses
  // any left over.
  std::size_t map_with_optional(std::size_t required, std::size_t optional);
  bool optional_key(std::uint64_t key, std::size_t& optional_left);
  void end_optional(std::size_t optional_left);

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  // Where the next item begins.
  [[nodiscard]] std::size_t offset() const { return offset_; }
  // For what the bytes mean: "byte N: message", N being where the last item read began.
  void fail(std::string_view message);
  // fail(message) unless the condition holds.
  void require(bool condition, std::string_view message) {
    if (!condition) fail(message);
  }
  // Nothing may follow. The first error, if any.
  [[nodiscard]] Status finish();

 private:
  struct Head {
    std::uint8_t major_type = 0;
    std::uint64_t argument = 0;
    std::size_t size = 0;  // bytes of the head itself
  };
  // The head at the current offset, if there is a whole one in shortest form.
  [[nodiscard]] std::optional<Head> peek() const;
  // Reads a head of this type with an argument from `least` to `most`, if that is what comes next.
  std::optional<std::uint64_t> accept(std::uint8_t major_type, std::uint64_t least,
                                      std::uint64_t most) {
    if (!ok()) return std::nullopt;
    item_ = offset_;
    // Most heads are a byte.
    if (offset_ < input_.size()) {
      const auto first = static_cast<std::uint8_t>(input_[offset_]);
      const std::uint64_t value = first & 31U;
      if (value < 24) {
        if (first >> 5U != major_type || value < least || value > most) return std::nullopt;
        ++offset_;
        return value;
      }
    }
    return accept_long(major_type, least, most);
  }
  // accept() for a head of several bytes, or none.
  std::optional<std::uint64_t> accept_long(std::uint8_t major_type, std::uint64_t least,
                                           std::uint64_t most);
  // accept(), or fails with "expected NOUN of LEAST to MOST UNIT" and returns 0.
  std::uint64_t argument(std::uint8_t major_type, std::uint64_t least, std::uint64_t most,
                         std::string_view noun, std::string_view unit) {
    if (const std::optional<std::uint64_t> value = accept(major_type, least, most)) return *value;
    fail_expecting(least, most, noun, unit);
    return 0;
  }
  void fail_expecting(std::uint64_t least, std::uint64_t most, std::string_view noun,
                      std::string_view unit);
  std::string_view string(std::uint8_t major_type, std::size_t least, std::size_t most,
                          std::string_view noun);

  std::string_view input_;
  std::size_t offset_ = 0;
  std::size_t item_ = 0;  // where the last item read began
  std::optional<Error> error_;
};

}  // namespace urna
