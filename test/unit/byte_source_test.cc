// SPDX-License-Identifier: EUPL-1.2
// Bytes in memory and in a file are read alike.
#include "base/byte_source.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

namespace urna {
namespace {

namespace fs = std::filesystem;

class ByteSourceTest : public ::testing::Test {
 protected:
  ByteSourceTest() {
    for (std::size_t i = 0; i < 2'500'000; ++i) bytes_ += static_cast<char>(i * i >> 7U);
    std::ofstream(path_, std::ios::binary) << bytes_;
  }
  ~ByteSourceTest() override { fs::remove(path_); }

  const std::string path_ =
      (fs::temp_directory_path() / ("urna-byte-source-" + std::to_string(::getpid()))).string();
  std::string bytes_;
};

TEST_F(ByteSourceTest, ReadsMemoryAndFilesAlike) {
  const Result<ByteSource> file = ByteSource::open(path_, bytes_.size());
  ASSERT_TRUE(file.ok());
  for (const ByteSource& source : {ByteSource(bytes_), *file}) {
    EXPECT_EQ(source.size(), bytes_.size());
    EXPECT_EQ(sha256_of(source).value(), sha256(bytes_));
    std::string whole;
    std::size_t pieces = 0;
    ASSERT_TRUE(source.for_each([&](std::string_view piece) {
      whole += piece;
      ++pieces;
    }));
    EXPECT_EQ(whole, bytes_);
    EXPECT_EQ(pieces, 3U);

    const ByteSource inner = source.part(1000, 5000).part(10, 100);
    EXPECT_EQ(inner.size(), 100U);
    std::string room;
    EXPECT_EQ(inner.read(3, 97, room).value(), bytes_.substr(1013, 97));
    std::string text = "before ";
    ASSERT_TRUE(inner.append_to(text, 0, 4));
    EXPECT_EQ(text, "before " + bytes_.substr(1010, 4));
    EXPECT_EQ(sha256_of(inner).value(), sha256(bytes_.substr(1010, 100)));
    EXPECT_EQ(source.part(bytes_.size(), 0).size(), 0U);
  }
}

TEST_F(ByteSourceTest, KeepsItsBounds) {
  const Result<ByteSource> file = ByteSource::open(path_, bytes_.size());
  ASSERT_TRUE(file.ok());
  std::string room;
  EXPECT_DEATH(static_cast<void>(file->part(bytes_.size(), 1)), "within its bytes");
  EXPECT_DEATH(static_cast<void>(file->part(10, 10).read(5, 6, room)), "within its bytes");
  EXPECT_DEATH(static_cast<void>(ByteSource(std::string_view("abc")).part(1, ~std::size_t{0})),
               "within its bytes");
}

TEST_F(ByteSourceTest, SaysWhatIsWrong) {
  EXPECT_EQ(ByteSource::open(path_, bytes_.size() - 1).error().code, ErrorCode::limit);
  EXPECT_EQ(ByteSource::open(path_ + "-none", 1).error().code, ErrorCode::not_found);
  EXPECT_EQ(ByteSource::open(fs::temp_directory_path().string(), 1).error().code, ErrorCode::io);
  const std::string pipe = path_ + "-pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(ByteSource::open(pipe, 1).error().code, ErrorCode::io);
  fs::remove(pipe);

  const Result<ByteSource> file = ByteSource::open(path_, bytes_.size());
  ASSERT_TRUE(file.ok());
  fs::resize_file(path_, 100);
  std::string room;
  const auto cut = file->read(50, 100, room);
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().code, ErrorCode::conflict);
  EXPECT_EQ(cut.error().place.file, path_);
  EXPECT_FALSE(sha256_of(*file).ok());
}

}  // namespace
}  // namespace urna
