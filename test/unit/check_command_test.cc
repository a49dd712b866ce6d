// SPDX-License-Identifier: EUPL-1.2
// The sub-command `urna check`: exit status, text and JSON of the program itself.
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>

#include "test/unit/pabulib_check_files.h"

namespace urna::count::pabulib::check {
namespace {

struct Run {
  int status = -1;
  std::string output;
};

Run run(const std::string& arguments, const std::string& input_file = "/dev/null") {
  Run result;
  const std::string command =
      "'" URNA_PROGRAM "' check " + arguments + " < '" + input_file + "' 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  for (std::size_t count = 0; (count = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    result.output.append(buffer, count);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

class CheckCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "urna_check_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  std::string folder_;
};

TEST_F(CheckCommand, ExitStatusTellsTheVerdict) {
  const std::string good = file("good.pb", std::string(approval));
  const std::string bad = file("bad.pb", edited(approval, {{"70;O", "70;Q"}}));
  const std::string odd = file("odd.pb", edited(approval, {{"p2;50", "p2;050"}}));
  EXPECT_EQ(run("'" + good + "'").status, 0);
  EXPECT_EQ(run("'" + bad + "'").status, 1);
  EXPECT_EQ(run("'" + odd + "'").status, 0);
  EXPECT_EQ(run("--strict '" + odd + "'").status, 1);
  EXPECT_EQ(run("").status, 2);
  EXPECT_EQ(run("--nonsense '" + good + "'").status, 2);
  EXPECT_EQ(run("'" + folder_ + "/absent.pb'").status, 4);
  EXPECT_EQ(run("'" + good + "' '" + folder_ + "/absent.pb'").status, 4);
  EXPECT_EQ(run("-", bad).status, 1);
  EXPECT_NE(run("--help").output.find("Exit status"), std::string::npos);
}

TEST_F(CheckCommand, TextNamesPlaceAndRemedy) {
  const std::string bad = file("bad.pb", edited(approval, {{"70;O", "70;Q"}}));
  const std::string line = std::to_string(line_of(approval, "dana"));
  EXPECT_EQ(run("'" + bad + "'").output,
            bad + ":" + line + ":12: error: sex: \"Q\" is not M, F or O [invalid-sex]\n" +
                "  remedy: write M, F or O, or leave it empty\n" + bad +
                ": invalid: 1 error, 0 warnings, 0 notes; 3 projects, 4 votes\n");
  EXPECT_EQ(run("--quiet '" + bad + "'").output,
            bad + ": invalid: 1 error, 0 warnings, 0 notes; 3 projects, 4 votes\n");
}

TEST_F(CheckCommand, JsonHasWhatTheTextHas) {
  const std::string good = file("good.pb", std::string(approval));
  const std::string bad = file("bad.pb", edited(approval, {{"70;O", "70;Q"}}));
  const boost::json::value json =
      boost::json::parse(run("--json '" + good + "' '" + bad + "'").output);
  const boost::json::array& files = json.at("files").as_array();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].at("verdict"), "valid");
  EXPECT_TRUE(files[0].at("findings").as_array().empty());
  EXPECT_EQ(files[1].at("verdict"), "invalid");
  EXPECT_EQ(files[1].at("file").as_string(), bad.c_str());
  EXPECT_EQ(files[1].at("votes").to_number<int>(), 4);
  EXPECT_EQ(files[1].at("counts").at("invalid-sex").to_number<int>(), 1);
  const boost::json::value& finding = files[1].at("findings").as_array().at(0);
  EXPECT_EQ(finding.at("code"), "invalid-sex");
  EXPECT_EQ(finding.at("level"), "error");
  EXPECT_EQ(finding.at("line").to_number<std::uint64_t>(), line_of(approval, "dana"));
  EXPECT_EQ(json.at("summary").at("invalid").to_number<int>(), 1);
}

}  // namespace
}  // namespace urna::count::pabulib::check
