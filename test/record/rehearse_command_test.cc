// SPDX-License-Identifier: EUPL-1.2
// `urna rehearse --keep-secrets`: the file of all keys is its owner's alone and overwrites nothing.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>

#include "base/file.h"
#include "test/record/sample_edition.h"

namespace urna {
namespace {

namespace fs = std::filesystem;

class RehearseCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (fs::temp_directory_path() / "urna-rehearse-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    std::ofstream(at("few.pb")) << test::pabulib_text("Wyspa", 3, "approval", "max_length;1\n",
                                                      {"1", "2", "1"}, false);
  }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string at(const std::string& name) const { return folder_ + "/" + name; }
  // The exit status of a rehearsal under a generous umask.
  [[nodiscard]] int rehearsed(const std::string& out) const {
    const std::string command = "umask 000; '" URNA_PROGRAM "' rehearse '" + at("few.pb") +
                                "' --privacy-minimum 0 -q --out '" + at(out) +
                                "' --keep-secrets '" + at("secrets") + "' >/dev/null 2>&1";
    return WEXITSTATUS(std::system(command.c_str()));
  }
  std::string folder_;
};

TEST_F(RehearseCommand, KeepsSecretsForTheirOwnerAlone) {
  ASSERT_EQ(rehearsed("record"), 0);
  struct stat status {};
  ASSERT_EQ(::stat(at("secrets").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(RehearseCommand, OverwritesNothingAndLeavesNothingHalfDone) {
  std::ofstream(at("secrets")) << "somebody's";
  EXPECT_EQ(rehearsed("record"), 7);
  EXPECT_EQ(read_file(at("secrets"), 100).value(), "somebody's");
  EXPECT_FALSE(fs::exists(at("record")));
  EXPECT_FALSE(fs::exists(at("record.partial")));
}

}  // namespace
}  // namespace urna
