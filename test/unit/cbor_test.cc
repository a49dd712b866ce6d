// SPDX-License-Identifier: EUPL-1.2
// Deterministic CBOR: the examples of RFC 8949, every deviation refused with its place, and a
// decoder built on the reader that accepts exactly what its encoder writes.
#include "base/cbor.h"

#include <array>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace urna {
namespace {

using namespace std::string_literals;

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

std::string hex(std::string_view text) { return from_hex(text).value(); }

std::string written(const std::function<void(CborWriter&)>& write) {
  CborWriter out;
  write(out);
  return to_hex(std::move(out).take());
}

// The message of the error of reading these bytes so, or "" if it succeeds.
std::string error_of(std::string_view bytes, const std::function<void(CborReader&)>& read) {
  CborReader in(bytes);
  read(in);
  const Status end = in.finish();
  return end ? "" : end.error().message;
}

TEST(Cbor, NumbersAsInTheStandard) {
  // RFC 8949 appendix A.
  const std::vector<std::pair<std::uint64_t, std::string>> vectors{
      {0, "00"},
      {1, "01"},
      {10, "0a"},
      {23, "17"},
      {24, "1818"},
      {25, "1819"},
      {100, "1864"},
      {255, "18ff"},
      {256, "190100"},
      {1000, "1903e8"},
      {65535, "19ffff"},
      {65536, "1a00010000"},
      {1000000, "1a000f4240"},
      {4294967295, "1affffffff"},
      {4294967296, "1b0000000100000000"},
      {1000000000000, "1b000000e8d4a51000"},
      {largest, "1bffffffffffffffff"}};
  for (const auto& [value, encoding] : vectors) {
    EXPECT_EQ(written([&, v = value](CborWriter& out) { out.unsigned_integer(v); }), encoding);
    const std::string bytes = hex(encoding);
    CborReader in(bytes);
    EXPECT_EQ(in.unsigned_integer(), value);
    EXPECT_TRUE(in.finish());
    if (value == 0) continue;
    EXPECT_NE(error_of(bytes, [&, v = value](CborReader& r) { r.unsigned_integer(v - 1); }), "");
  }
}

TEST(Cbor, OtherItemsAsInTheStandard) {
  EXPECT_EQ(written([](CborWriter& out) { out.boolean(false); }), "f4");
  EXPECT_EQ(written([](CborWriter& out) { out.boolean(true); }), "f5");
  EXPECT_EQ(written([](CborWriter& out) { out.null(); }), "f6");
  EXPECT_EQ(written([](CborWriter& out) { out.bytes(""); }), "40");
  EXPECT_EQ(written([](CborWriter& out) { out.bytes("\1\2\3\4"); }), "4401020304");
  EXPECT_EQ(written([](CborWriter& out) { out.text("IETF"); }), "6449455446");
  EXPECT_EQ(written([](CborWriter& out) { out.text("\xC3\xBC"); }), "62c3bc");
  EXPECT_EQ(written([](CborWriter& out) { out.array(0); }), "80");
  EXPECT_EQ(written([](CborWriter& out) {
              out.array(25);
              for (std::uint64_t i = 1; i <= 25; ++i) out.unsigned_integer(i);
            }),
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819");
  EXPECT_EQ(written([](CborWriter& out) {
              out.map(2);
              out.key(1);
              out.unsigned_integer(2);
              out.key(3);
              out.unsigned_integer(4);
            }),
            "a201020304");
}

TEST(Cbor, EveryItemIsReadBack) {
  const std::string bytes = hex("8741ff61650182f4f5f6a10a4102a0");
  CborReader in(bytes);
  in.array_exactly(7);
  EXPECT_EQ(in.bytes(1), "\xFF");
  EXPECT_EQ(in.text(5), "e");
  EXPECT_EQ(in.offset(), 5U);
  EXPECT_EQ(in.unsigned_integer(1), 1U);
  EXPECT_EQ(in.array(2), 2U);
  EXPECT_FALSE(in.boolean());
  EXPECT_FALSE(in.next_is_null());
  EXPECT_TRUE(in.boolean());
  EXPECT_TRUE(in.next_is_null());
  in.null();
  in.map(1);
  in.key(10);
  EXPECT_EQ(in.fixed_bytes<1>(), (std::array<std::uint8_t, 1>{2}));
  in.map(0);
  EXPECT_TRUE(in.finish()) << in.finish().error().message;
}

TEST(Cbor, LongerFormsAreRefused) {
  const auto number = [](CborReader& in) { in.unsigned_integer(); };
  const auto string = [](CborReader& in) { in.bytes(1000); };
  const auto list = [](CborReader& in) { in.array(1000); };
  for (const char* wrong : {"1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff",
                            "1b0000000000000000", "1b00000000ffffffff"})
    EXPECT_NE(error_of(hex(wrong), number), "") << wrong;
  for (const char* wrong : {"580141", "59000141", "5a0000000141", "5f4141ff"})
    EXPECT_NE(error_of(hex(wrong), string), "") << wrong;
  for (const char* wrong : {"980101", "99000101", "9f01ff", "9b000000000000000101"})
    EXPECT_NE(error_of(hex(wrong), list), "") << wrong;
  EXPECT_NE(error_of(hex("b8010101"), [](CborReader& in) { in.map(1); }), "");
  EXPECT_NE(error_of(hex("f814"), [](CborReader& in) { in.boolean(); }), "");
  EXPECT_NE(error_of(hex("f816"), [](CborReader& in) { in.null(); }), "");
  EXPECT_FALSE(CborReader(hex("f816")).next_is_null());
}

// Every first byte of the encodings, taken for every kind of item, is refused unless it is one.
TEST(Cbor, WhatIsNotInTheSubsetIsRefused) {
  using Read = std::function<void(CborReader&)>;
  const std::vector<std::pair<unsigned, Read>> kinds{
      {0, [](CborReader& in) { in.unsigned_integer(); }},
      {2, [](CborReader& in) { in.bytes(largest); }},
      {3, [](CborReader& in) { in.text(largest); }},
      {4, [](CborReader& in) { in.array(largest); }},
      {7, [](CborReader& in) { in.boolean(); }},
      {7, [](CborReader& in) { in.null(); }},
  };
  for (unsigned first = 0; first < 256; ++first) {
    const std::string bytes = static_cast<char>(first) + std::string(300, '\0');
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      CborReader in(bytes);
      kinds[kind].second(in);
      const unsigned information = first % 32;
      bool expected = first / 32 == kinds[kind].first && information < 24;
      if (kind == 4) expected = first == 0xF4 || first == 0xF5;
      if (kind == 5) expected = first == 0xF6;
      EXPECT_EQ(in.ok(), expected) << first << " as kind " << kind;
    }
  }
}

TEST(Cbor, ErrorsSayWhereAndWhat) {
  EXPECT_EQ(error_of(hex("820141aa"),
                     [](CborReader& in) {
                       in.array_exactly(2);
                       in.unsigned_integer();
                       in.bytes_exactly(32);
                     }),
            "byte 2: expected a byte string of 32 bytes");
  EXPECT_EQ(error_of(hex("1864"), [](CborReader& in) { in.unsigned_integer(99); }),
            "byte 0: expected a number of at most 99");
  EXPECT_EQ(error_of(hex("6161"), [](CborReader& in) { in.text(0); }),
            "byte 0: expected a text string of 0 bytes");
  EXPECT_EQ(error_of(hex("83"), [](CborReader& in) { in.array(2); }),
            "byte 0: expected an array of at most 2 items");
  EXPECT_EQ(error_of(hex("83"), [](CborReader& in) { in.array(3); }),
            "byte 0: the input ends before the array does");
  EXPECT_EQ(error_of(hex("4301"), [](CborReader& in) { in.bytes(3); }),
            "byte 0: the input ends before the string does");
  EXPECT_EQ(error_of(hex("61ff"), [](CborReader& in) { in.text(3); }),
            "byte 0: the text is not UTF-8");
  EXPECT_EQ(error_of("", [](CborReader& in) { in.boolean(); }), "byte 0: expected true or false");
  EXPECT_EQ(error_of(hex("01"), [](CborReader& in) { in.null(); }), "byte 0: expected null");
  EXPECT_EQ(error_of(hex("0100"), [](CborReader& in) { in.key(1); }), "byte 1: expected the end");
  EXPECT_EQ(error_of(hex("a10200"),
                     [](CborReader& in) {
                       in.map(1);
                       in.key(1);
                     }),
            "byte 1: expected the key 1");
  EXPECT_EQ(error_of(hex("0a0b"),
                     [](CborReader& in) {
                       in.unsigned_integer();
                       in.require(in.unsigned_integer() == 12, "a dozen minus two");
                     }),
            "byte 1: a dozen minus two");
}

TEST(Cbor, TheFirstErrorSticks) {
  const std::string bytes = hex("01410203f5f6830a0b0c");
  CborReader in(bytes);
  in.fail("first");
  in.fail("second");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.unsigned_integer(), 0U);
  EXPECT_EQ(in.bytes(10), "");
  EXPECT_EQ(in.fixed_bytes<4>(), (std::array<std::uint8_t, 4>{}));
  EXPECT_EQ(in.text(10), "");
  EXPECT_FALSE(in.boolean());
  EXPECT_FALSE(in.next_is_null());
  EXPECT_EQ(in.array(10), 0U);
  in.map(3);
  in.key(3);
  std::size_t left = in.map_with_optional(1, 2);
  EXPECT_EQ(left, 0U);
  left = 1;
  EXPECT_FALSE(in.optional_key(1, left));
  in.end_optional(left);
  EXPECT_EQ(in.offset(), 0U);
  EXPECT_EQ(in.finish().error().message, "byte 0: first");
  EXPECT_EQ(in.finish().error().code, ErrorCode::malformed);
}

// A structure such as rooms above define, with two fields that may be left out.
struct Parcel {
  std::uint64_t grams = 0;
  std::vector<std::array<std::uint8_t, 4>> stamps;
  std::string note;
  bool fragile = false;

  friend bool operator==(const Parcel&, const Parcel&) = default;
};

std::string encode(const Parcel& parcel) {
  CborWriter out;
  out.map(2U + (parcel.note.empty() ? 0 : 1) + (parcel.fragile ? 1 : 0));
  out.key(0);
  out.unsigned_integer(parcel.grams);
  out.key(1);
  out.array(parcel.stamps.size());
  for (const auto& stamp : parcel.stamps) out.bytes(view_of(stamp));
  if (!parcel.note.empty()) {
    out.key(2);
    out.text(parcel.note);
  }
  if (parcel.fragile) {
    out.key(300);
    out.boolean(true);
  }
  return std::move(out).take();
}

Result<Parcel> decode(std::string_view bytes) {
  CborReader in(bytes);
  Parcel parcel;
  std::size_t optional = in.map_with_optional(2, 2);
  in.key(0);
  parcel.grams = in.unsigned_integer(9999);
  in.key(1);
  parcel.stamps.resize(in.array(20));
  for (auto& stamp : parcel.stamps) stamp = in.fixed_bytes<4>();
  if (in.optional_key(2, optional)) {
    parcel.note = in.text(200);
    in.require(!parcel.note.empty(), "an empty note is left out");
  }
  if (in.optional_key(300, optional)) {
    parcel.fragile = in.boolean();
    in.require(parcel.fragile, "what is not fragile does not say so");
  }
  in.end_optional(optional);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return parcel;
}

TEST(Cbor, OptionalFieldsHaveOneForm) {
  EXPECT_EQ(decode(hex("a200050180")).value(), (Parcel{5, {}, "", false}));
  EXPECT_EQ(decode(hex("a300050180026161")).value(), (Parcel{5, {}, "a", false}));
  EXPECT_EQ(decode(hex("a30005018019012cf5")).value(), (Parcel{5, {}, "", true}));
  EXPECT_EQ(decode(hex("a40005018002616119012cf5")).value(), (Parcel{5, {}, "a", true}));
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"a10005", "a map of 2 to 4 fields"},
      {"a5", "a map of 2 to 4 fields"},
      {"a300050180", "expected a known key"},                // a field announced but missing
      {"a200050180026161", "expected the end"},              // one too many
      {"a300050180036161", "expected a known key"},          // unknown
      {"a400050180026161026162", "expected a known key"},    // repeated
      {"a40005018019012cf5026161", "expected a known key"},  // descending
      {"a30005018002", "a text string"},
      {"a30005018002"
       "60",
       "left out"},
      {"a30005018019012cf4", "not fragile"},
      {"a201800005", "the key 0"},
      {"a2000500"
       "05",
       "the key 1"},
  };
  for (const auto& [bytes, message] : wrong) {
    const Result<Parcel> result = decode(hex(bytes));
    ASSERT_FALSE(result) << bytes;
    EXPECT_NE(result.error().message.find(message), std::string::npos)
        << bytes << ": " << result.error().message;
  }
}

// An optional field of an inner map is not mistaken for one of the outer map.
TEST(Cbor, OptionalFieldsStayInTheirMap) {
  const auto read = [](CborReader& in) {
    in.map(2);
    in.key(0);
    std::size_t optional = in.map_with_optional(1, 1);
    in.key(0);
    in.unsigned_integer();
    if (in.optional_key(1, optional)) in.unsigned_integer();
    in.end_optional(optional);
    in.key(1);
    in.unsigned_integer();
  };
  EXPECT_EQ(error_of(hex("a200a100050107"), read), "");
  EXPECT_EQ(error_of(hex("a200a2000501060107"), read), "");
  EXPECT_NE(error_of(hex("a200a200050107"), read), "");
}

TEST(Cbor, DecodersAcceptExactlyWhatEncodersWrite) {
  std::mt19937_64 random(9);
  std::size_t accepted = 0;
  for (int round = 0; round < 300; ++round) {
    Parcel parcel{random() % 10000, {}, std::string(random() % 30, 'n'), random() % 2 == 0};
    parcel.stamps.resize(random() % 20);
    for (auto& stamp : parcel.stamps) stamp.fill(static_cast<std::uint8_t>(random()));
    const std::string bytes = encode(parcel);
    EXPECT_EQ(decode(bytes).value(), parcel);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(decode(bytes.substr(0, cut)));
    EXPECT_FALSE(decode(bytes + '\0'));
    for (int change = 0; change < 100; ++change) {
      std::string changed = bytes;
      changed[random() % bytes.size()] ^= static_cast<char>(1U << random() % 8);
      const Result<Parcel> result = decode(changed);
      if (!result) continue;
      ++accepted;
      EXPECT_EQ(encode(*result), changed);
    }
  }
  EXPECT_GT(accepted, 1000U);  // changed contents, which are as good as before
}

TEST(Cbor, HugeClaimsCostNothing) {
  EXPECT_NE(error_of(hex("5bffffffffffffffff"), [](CborReader& in) { in.bytes(largest); }), "");
  EXPECT_NE(error_of(hex("7bffffffffffffffff"), [](CborReader& in) { in.text(largest); }), "");
  EXPECT_NE(error_of(hex("9bffffffffffffffff"), [](CborReader& in) { in.array(largest); }), "");
}

}  // namespace
}  // namespace urna
