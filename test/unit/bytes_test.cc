// SPDX-License-Identifier: EUPL-1.2
// Byte strings as numbers, hexadecimal, base64 and UTF-8; reading files of bounded size.
#include "base/bytes.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "base/file.h"

namespace urna {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

std::string random_bytes(std::mt19937_64& random, std::size_t count) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(Bytes, ViewsAndArraysHoldTheSameBytes) {
  const std::array<std::uint8_t, 3> octets{1, 0, 255};
  EXPECT_EQ(view_of(octets), "\x01\x00\xFF"s);
  EXPECT_EQ(octets_of("a\xFF")[1], 255);
  EXPECT_EQ(array_of<3>("\x01\x00\xFF"s), octets);
}

TEST(BytesDeathTest, BrokenPreconditionsStopTheProgram) {
  EXPECT_DEATH((void)array_of<3>("1234"), "array_of");
  EXPECT_DEATH((void)array_of<3>("12"), "array_of");
  EXPECT_DEATH((void)big_endian("123456789"), "big_endian");
  std::string bytes;
  EXPECT_DEATH(append_big_endian(bytes, 256, 1), "append_big_endian");
  EXPECT_DEATH(append_big_endian(bytes, 1, 0), "append_big_endian");
  EXPECT_DEATH(append_big_endian(bytes, 1, 9), "append_big_endian");
}

TEST(Bytes, BigEndianNumbers) {
  std::string bytes;
  append_big_endian(bytes, 0x0102, 2);
  append_big_endian(bytes, 0, 0);
  append_big_endian(bytes, 0xFEDCBA9876543210, 8);
  EXPECT_EQ(bytes, "\x01\x02\xFE\xDC\xBA\x98\x76\x54\x32\x10"s);
  EXPECT_EQ(big_endian(bytes.substr(2)), 0xFEDCBA9876543210U);
  EXPECT_EQ(big_endian("\0\0\x01\0"s), 256U);
  EXPECT_EQ(big_endian(""), 0U);
}

TEST(Bytes, Hexadecimal) {
  EXPECT_EQ(to_hex("\x00\x7F\x80\xFF"s), "007f80ff");
  EXPECT_EQ(from_hex("007f80ff").value(), "\x00\x7F\x80\xFF"s);
  EXPECT_EQ(from_hex("").value(), "");
  for (const char* wrong : {"0", "0g", "0A", "FF", " 00", "0x00", "00 "})
    EXPECT_FALSE(from_hex(wrong)) << wrong;
}

TEST(Bytes, Base64) {
  // RFC 4648 section 10.
  const std::array<std::array<const char*, 2>, 7> vectors{{{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text).value(), bytes);
  }
  EXPECT_EQ(to_base64("\xFB\xFF"), "+/8=");
  // No padding, too much, unused bits, blanks, the URL alphabet, bytes after the end.
  for (const std::string& wrong : {"Zg"s, "Zg="s, "Zg==="s, "Zh=="s, "Zm9="s, "Zm8= "s, " Zm8="s,
                                   "Zm\n8="s, "-_8="s, "Zm9vZg==Zm9v"s, "===="s, "Z"s, "Zm8=\0"s})
    EXPECT_FALSE(from_base64(wrong)) << wrong;
}

TEST(Bytes, Base64Url) {
  EXPECT_EQ(to_base64url(""), "");
  EXPECT_EQ(to_base64url("f"), "Zg");
  EXPECT_EQ(to_base64url("fo"), "Zm8");
  EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
  // RFC 7515 appendix C.
  EXPECT_EQ(to_base64url("\x03\xEC\xFF\xE0\xC1"), "A-z_4ME");
  EXPECT_EQ(from_base64url("A-z_4ME").value(), "\x03\xEC\xFF\xE0\xC1");
  // Padding, unused bits, blanks, the other alphabet, a lone digit, bytes after the end.
  for (const std::string& wrong : {"Zg=="s, "Zm8="s, "Zh"s, "Zm9"s, "Zm8 "s, " Zm8"s, "Zm\n8"s,
                                   "+/8"s, "Z"s, "Zm9vZ"s, "Zm8\0"s, "="s})
    EXPECT_FALSE(from_base64url(wrong)) << wrong;
}

TEST(Bytes, TextFormsComeBack) {
  std::mt19937_64 random(7);
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string bytes = random_bytes(random, size);
    EXPECT_EQ(from_hex(to_hex(bytes)).value(), bytes);
    EXPECT_EQ(from_base64(to_base64(bytes)).value(), bytes);
    EXPECT_EQ(from_base64url(to_base64url(bytes)).value(), bytes);
  }
}

// All code points one by one, encoded here by the definition of RFC 3629.
TEST(Bytes, Utf8AcceptsEveryCodePointAndNoSurrogate) {
  for (std::uint32_t point = 0; point < 0x120000; ++point) {
    const auto continuation = [&](unsigned shift) {
      return static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
    };
    std::string text;
    if (point < 0x80) {
      text = {static_cast<char>(point)};
    } else if (point < 0x800) {
      text = {static_cast<char>(0xC0U | point >> 6U), continuation(0)};
    } else if (point < 0x10000) {
      text = {static_cast<char>(0xE0U | point >> 12U), continuation(6), continuation(0)};
    } else {
      text = {static_cast<char>(0xF0U | point >> 18U), continuation(12), continuation(6),
              continuation(0)};
    }
    const bool valid = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
    ASSERT_EQ(is_utf8(text), valid) << point;
    for (std::size_t cut = 1; cut < text.size(); ++cut)
      ASSERT_FALSE(is_utf8(text.substr(0, cut))) << point;
  }
}

TEST(Bytes, Utf8RefusesOtherForms) {
  for (const std::string& wrong :
       {"\x80"s, "\xC0\x80"s, "\xC1\xBF"s, "\xE0\x9F\xBF"s, "\xF0\x8F\xBF\xBF"s,
        "\xF5\x80\x80\x80"s, "\xFF"s, "a\xC3"s, "\xC3("s, "\xE2\x82("s})
    EXPECT_FALSE(is_utf8(wrong)) << to_hex(wrong);
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("Łódź \0 é 😀"s));
}

class ReadFile : public testing::Test {
 protected:
  ReadFile() : folder_(fs::path(testing::TempDir()) / ("urna_file_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;
  ~ReadFile() override { fs::remove_all(folder_); }

  std::string write(const std::string& bytes) {
    const fs::path path = folder_ / "file";
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }

  fs::path folder_;
};

TEST_F(ReadFile, GivesAllBytesUpToTheLimit) {
  std::mt19937_64 random(8);
  for (const std::size_t size : {0U, 1U, 100U, 65535U, 65536U, 65537U, 1000000U}) {
    const std::string bytes = random_bytes(random, size);
    const std::string path = write(bytes);
    EXPECT_EQ(read_file(path, size).value(), bytes);
    EXPECT_EQ(read_file(path, size + 1).value(), bytes);
    if (size == 0) continue;
    const Result<std::string> longer = read_file(path, size - 1);
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, ErrorCode::limit);
    EXPECT_EQ(longer.error().place.file, path);
    EXPECT_FALSE(longer.error().remedy.empty());
  }
}

TEST_F(ReadFile, NamesWhatIsMissingOrNoFile) {
  const Result<std::string> missing = read_file((folder_ / "none").string(), 10);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  const Result<std::string> below = read_file(write("x") + "/below", 10);
  ASSERT_FALSE(below);
  EXPECT_EQ(below.error().code, ErrorCode::not_found);
  const Result<std::string> folder = read_file(folder_.string(), 10);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::io);
}

TEST_F(ReadFile, BoundsWhatHasNoSize) {
  EXPECT_EQ(read_file("/dev/zero", 1000).error().code, ErrorCode::limit);
  EXPECT_EQ(read_file("/dev/null", 0).value(), "");

  const std::string pipe = (folder_ / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string bytes(200000, 'u');
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << bytes; });
  EXPECT_EQ(read_file(pipe, bytes.size()).value(), bytes);
  writer.join();
}

}  // namespace
}  // namespace urna
