// SPDX-License-Identifier: EUPL-1.2
// The sub-command `urna generate`: exit statuses, outputs, and what an interrupt leaves behind.
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

struct Finished {
  int status = -1;
  std::string output;
};

Finished generate(const std::string& arguments) {
  Finished result;
  const std::string command =
      "'" URNA_PROGRAM "' generate " + arguments + " </dev/null 2>/dev/null";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer{};
  for (std::size_t count = 0; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    result.output.append(buffer.data(), count);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class GenerateCommand : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "urna_generate_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string quoted(const std::string& name) const {
    return "'" + (folder_ / name).string() + "'";
  }

  fs::path folder_;
};

TEST_F(GenerateCommand, WritesAnEditionAndTellsItAsJson) {
  const Finished run =
      generate("--kind gdynia --districts 3 --voters 4000 --json --out " + quoted("edition"));
  ASSERT_EQ(run.status, 0);
  const boost::json::value told = boost::json::parse(run.output);
  EXPECT_EQ(told.at("kind").as_string(), "gdynia");
  const boost::json::array& files = told.at("files").as_array();
  ASSERT_EQ(files.size(), 4U);
  for (const boost::json::value& file : files) {
    const std::string text = read_all(std::string(file.at("file").as_string()));
    EXPECT_NE(
        text.find("\nnum_votes;" + std::to_string(file.at("ballots").to_number<long>()) + "\n"),
        std::string::npos);
  }
}

TEST_F(GenerateCommand, StandardOutputAndFileHoldTheSameBytes) {
  const std::string options = "--kind krakow --seed 9 --voters 3000 --quiet --out ";
  const Finished to_output = generate(options + "-");
  ASSERT_EQ(to_output.status, 0);
  ASSERT_EQ(generate(options + quoted("pool.pb")).status, 0);
  EXPECT_EQ(to_output.output, read_all(folder_ / "pool.pb"));
  EXPECT_EQ(to_output.output.substr(0, 15), "META\nkey;value\n");
}

TEST_F(GenerateCommand, AFolderInUseIsLeftAlone) {
  fs::create_directory(folder_ / "used");
  std::ofstream(folder_ / "used" / "letter.txt") << "mine";
  const std::string options = "--kind wieliczka --voters 1000 --quiet --out " + quoted("used");
  EXPECT_EQ(generate(options).status, 7);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "used"), {}), 1);
  EXPECT_EQ(generate(options + " --force").status, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "used"), {}), 2);
  EXPECT_EQ(read_all(folder_ / "used" / "letter.txt"), "mine");
}

TEST_F(GenerateCommand, WrongWordsAreUsageErrors) {
  EXPECT_EQ(generate("").status, 2);
  EXPECT_EQ(generate("--kind atlantis --out -").status, 2);
  EXPECT_EQ(generate("--vote-type show-of-hands --out -").status, 2);
  EXPECT_EQ(generate("--budget many --out -").status, 2);
  EXPECT_EQ(generate("--budget 0.5 --out -").status, 2);
  EXPECT_EQ(generate("--turnout 101 --out -").status, 2);
  EXPECT_EQ(generate("--turnout nan --out -").status, 2);
  EXPECT_EQ(generate("--seed -1 --out -").status, 2);
  EXPECT_EQ(generate("--projects 0 --out " + quoted("no.pb")).status, 2);
  EXPECT_FALSE(fs::exists(folder_ / "no.pb"));
  EXPECT_EQ(generate("--out " + quoted("missing/folder/pool.pb")).status, 4);
}

TEST_F(GenerateCommand, AFullDeviceIsAnError) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "there is no /dev/full";
  const int status =
      std::system("'" URNA_PROGRAM "' generate --voters 9000 --out - >/dev/full 2>/dev/null");
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 4);
}

TEST_F(GenerateCommand, AnInterruptLeavesNothingBehind) {
  const std::string out = (folder_ / "big.pb").string();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::execl(URNA_PROGRAM, "urna", "generate", "--voters", "400000000", "--turnout", "100",
            "--quiet", "--out", out.c_str(), nullptr);
    ::_exit(127);
  }
  // Once its temporary file is there it is at work, which would last for minutes.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (fs::is_empty(folder_) && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_FALSE(fs::is_empty(folder_));
  ::kill(child, SIGTERM);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGTERM);
  EXPECT_TRUE(fs::is_empty(folder_));
}

}  // namespace
