// SPDX-License-Identifier: EUPL-1.2
// Writing and reading a structure by one description of its fields, so that the two cannot differ.
//
// A description is a template over FieldWriter and FieldReader that names every field in order:
//
//   template <typename Fields>
//   void describe(Fields& fields, For<Fields, Mix>& mix) {
//     fields.map(7, 1);  // and one signature
//     …
//     fields.key(3).number(mix.round, 1, 255);
//     fields.key(7).signature(mix.signature);
//   }
//
// Limits and requirements are the reader's; the writer takes what it is given.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/cbor.h"
#include "base/money.h"
#include "election/types.h"
#include "group/scalar.h"

namespace urna::election {

// The most of a number that has no limit of its own.
inline constexpr std::uint64_t any = number_max;

// The texts that stand for the values of a closed list.
template <typename T>
using Words = std::initializer_list<std::pair<const char*, T>>;

class FieldWriter {
 public:
  // Most structures are smaller.
  static constexpr std::size_t usual_bytes = 512;

  // Without signatures, what is written is the body that they are over.
  explicit FieldWriter(bool with_signatures)
      : out_(usual_bytes), with_signatures_(with_signatures) {}
  [[nodiscard]] std::string take() && { return std::move(out_).take(); }

  template <typename T>
  using Described = const T;

  // A map with so many fields, and signatures after them.
  void map(std::uint64_t fields, std::uint64_t signatures = 0) {
    item().map(fields + (with_signatures_ ? signatures : 0));
  }
  FieldWriter& key(std::uint64_t key) {
    key_ = key;
    key_due_ = true;
    return *this;
  }
  void tuple(std::size_t items) { item().array(items); }

  void literal(std::string_view text) { item().text(text); }
  void text(const std::string& value, std::size_t /*least*/, std::size_t /*most*/) {
    item().text(value);
  }
  template <typename T>
  void word(const T& value, Words<T> words) {
    for (const auto& [text, known] : words) {
      if (known == value) item().text(text);
    }
  }
  template <typename T>
  void number(const T& value, std::uint64_t /*least*/, std::uint64_t /*most*/) {
    item().unsigned_integer(plain(value));
  }
  void boolean(bool value) { item().boolean(value); }
  void bytes(const std::string& value, std::size_t /*unit*/, std::size_t /*most_units*/) {
    item().bytes(value);
  }
  void bytes_or_none(const std::string& value, std::size_t /*unit*/, std::size_t /*most_units*/) {
    item().bytes(value);
  }
  template <std::size_t N>
  void fixed(const std::array<std::uint8_t, N>& value) {
    item().bytes(view_of(value));
  }
  template <typename Tag>
  void fixed(const Bytes32<Tag>& value) {
    fixed(value.octets);
  }
  void signature(const std::array<std::uint8_t, 64>& value) {
    if (with_signatures_) fixed(value);
    key_due_ = false;
  }
  template <typename T, typename Each>
  void list(const std::vector<T>& values, std::size_t /*least*/, std::size_t /*most*/, Each each) {
    item().array(values.size());
    for (const T& value : values) each(value);
  }
  template <typename T, typename Describe>
  void optional(const std::optional<T>& value, Describe describe) {
    if (value) {
      describe(*value);
    } else {
      item().null();
    }
  }
  // A structure within: it keeps its signatures.
  template <typename Describe>
  void nested(Describe describe) {
    const bool with_signatures = std::exchange(with_signatures_, true);
    describe();
    with_signatures_ = with_signatures;
  }
  void require(bool /*condition*/, std::string_view /*message*/) {}
  [[nodiscard]] bool with_signatures() const { return with_signatures_; }

 private:
  template <typename T>
  static std::uint64_t plain(const T& value) {
    if constexpr (std::is_same_v<T, Money>) {
      return static_cast<std::uint64_t>(value.grosze);
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      return static_cast<std::uint64_t>(value);
    } else {
      return value.value;
    }
  }
  // The writer for the next item, its key written.
  CborWriter& item() {
    if (key_due_) out_.key(key_);
    key_due_ = false;
    return out_;
  }

  CborWriter out_;
  bool with_signatures_;
  bool key_due_ = false;
  std::uint64_t key_ = 0;
};

// The first error sticks, as in CborReader.
class FieldReader {
 public:
  explicit FieldReader(CborReader& in) : in_(in) {}

  template <typename T>
  using Described = T;

  void map(std::uint64_t fields, std::uint64_t signatures = 0) { in_.map(fields + signatures); }
  FieldReader& key(std::uint64_t key) {
    in_.key(key);
    return *this;
  }
  void tuple(std::size_t items) { in_.array_exactly(items); }

  void literal(std::string_view text) {
    if (in_.text(text.size()) != text) in_.fail("expected \"" + std::string(text) + "\"");
  }
  // Without control characters.
  void text(std::string& value, std::size_t least, std::size_t most) {
    value = in_.text(most);
    require(value.size() >= least, "a text is too short");
    for (const char c : value) {
      require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F,
              "a text holds a control character");
    }
  }
  template <typename T>
  void word(T& value, Words<T> words) {
    const std::string_view text = in_.text(64);
    for (const auto& [known, meaning] : words) {
      if (text != known) continue;
      value = meaning;
      return;
    }
    in_.fail("a word that is not on the list");
  }
  template <typename T>
  void number(T& value, std::uint64_t least, std::uint64_t most) {
    const std::uint64_t read = in_.unsigned_integer(most);
    require(read >= least, "a number is too small");
    if (!in_.ok()) return;
    if constexpr (std::is_same_v<T, Money>) {
      value = Money{static_cast<std::int64_t>(read)};
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      value = static_cast<T>(read);
    } else {
      value.value = static_cast<typename T::Value>(read);
    }
  }
  void boolean(bool& value) { value = in_.boolean(); }
  // At least one unit.
  void bytes(std::string& value, std::size_t unit, std::size_t most_units) {
    value = in_.bytes(unit * most_units);
    require(!value.empty() && value.size() % unit == 0, "a byte string of another length");
  }
  void bytes_or_none(std::string& value, std::size_t unit, std::size_t most_units) {
    value = in_.bytes(unit * most_units);
    require(value.size() % unit == 0, "a byte string of another length");
  }
  template <std::size_t N>
  void fixed(std::array<std::uint8_t, N>& value) {
    value = in_.fixed_bytes<N>();
  }
  template <typename Tag>
  void fixed(Bytes32<Tag>& value) {
    fixed(value.octets);
  }
  void signature(std::array<std::uint8_t, 64>& value) {
    fixed(value);
    scalars(view_of(value).substr(32));
  }
  // The numbers of a packed list are below the group's order.
  void scalars(std::string_view packed) {
    for (std::size_t i = 0; in_.ok() && i + 32 <= packed.size(); i += 32) {
      require(group::Scalar::decode(array_of<32>(packed.substr(i, 32))).ok(),
              "a scalar is not below the order of the group");
    }
  }
  template <typename T, typename Each>
  void list(std::vector<T>& values, std::size_t least, std::size_t most, Each each) {
    values.resize(in_.array(most));
    require(values.size() >= least, "an array is too short");
    for (T& value : values) {
      if (in_.ok()) each(value);
    }
  }
  template <typename T, typename Describe>
  void optional(std::optional<T>& value, Describe describe) {
    value.reset();
    if (in_.next_is_null()) {
      in_.null();
    } else {
      describe(value.emplace());
    }
  }
  template <typename Describe>
  void nested(Describe describe) {
    describe();
  }
  [[nodiscard]] bool with_signatures() const { return true; }
  void require(bool condition, std::string_view message) { in_.require(condition, message); }

 private:
  CborReader& in_;
};

// What is described: const for the writer.
template <typename Fields, typename T>
using For = typename Fields::template Described<T>;

// Pool numbers, ascending.
template <typename Fields, typename Pools>
void describe_pools(Fields& fields, Pools& pools, std::size_t least) {
  fields.list(pools, least, pools_max, [&](auto& pool) { fields.number(pool, 0, pools_max - 1); });
  for (std::size_t i = 1; i < pools.size(); ++i) {
    fields.require(pools[i - 1] < pools[i], "pools are not ascending");
  }
}

}  // namespace urna::election
