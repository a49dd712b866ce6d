// SPDX-License-Identifier: EUPL-1.2
// A log in a temporary folder, for the tests of the board.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "board/checkpoint.h"
#include "board/log_writer.h"

namespace urna::board::testing {

namespace fs = std::filesystem;

template <typename Key>
Key key_of(std::string_view name, std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return Key::from_seed(name, seed).value();
}

inline std::string entry_of(std::uint64_t index) {
  return "entry " + std::to_string(index) + std::string(index % 7, '.');
}

inline std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_all(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// All files below a folder, by their path from there.
inline std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file())
      files[file.path().lexically_relative(folder).string()] = read_all(file.path());
  return files;
}

class LogTest : public ::testing::Test {
 protected:
  LogTest()
      : root_(fs::path(::testing::TempDir()) /
              ("urna_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + "_" +
               std::to_string(::getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
    log_ = (root_ / "log").string();
  }
  LogTest(const LogTest&) = delete;
  LogTest& operator=(const LogTest&) = delete;
  ~LogTest() override { fs::remove_all(root_); }

  // Appends entry_of(i) up to each size and commits there; makes the log if there is none.
  void fill(const std::vector<std::uint64_t>& sizes) {
    Result<LogWriter> writer = fs::exists(log_) ? LogWriter::open(log_, secret_.verifier_key())
                                                : LogWriter::create(log_, secret_);
    ASSERT_TRUE(writer) << writer.error().to_string();
    for (const std::uint64_t size : sizes) {
      while (writer->size() < size) ASSERT_TRUE(writer->append(entry_of(writer->size())));
      const Status committed = writer->commit(secret_);
      ASSERT_TRUE(committed) << committed.error().to_string();
    }
  }

  fs::path root_;
  std::string log_;
  LogSecretKey secret_ = key_of<LogSecretKey>("board.example/lodz", 1);
  LogKey key_ = secret_.verifier_key();
};

}  // namespace urna::board::testing
