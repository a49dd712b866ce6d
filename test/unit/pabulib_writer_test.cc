// SPDX-License-Identifier: EUPL-1.2
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

#include "count/pabulib/reader.h"
#include "count/pabulib/writer.h"

namespace urna::count::pabulib {
namespace {

namespace fs = std::filesystem;

class PabulibWriter : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] std::string put(const std::string& text) const {
    std::ofstream(path("in.pb"), std::ios::binary) << text;
    return path("in.pb");
  }
  [[nodiscard]] static std::string get(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // What becomes of `text`.
  [[nodiscard]] std::string written(const std::string& text, const PerProject<bool>& selected) {
    const Status status = write_selected(put(text), path("out.pb"), selected);
    EXPECT_TRUE(status) << status.error().to_string();
    return get(path("out.pb"));
  }

  fs::path folder_;
};

PerProject<bool> flags(std::initializer_list<bool> values) {
  PerProject<bool> result;
  for (const bool value : values) result.push_back(value);
  return result;
}

const std::string meta =
    "\xEF\xBB\xBF meta \r\nkey;value\r\ncomment;\"a;\nb\"; c ;;\n\nnum_projects;2\nnum_votes;1\r"
    "budget;1\nvote_type;approval\nPROJECTS;;\r\n";
const std::string votes = "Votes\nvoter_id;vote;selected\r\n\"v\";\"1,2\"; x\n\n";

TEST_F(PabulibWriter, SetsTheColumnAndNothingElse) {
  EXPECT_EQ(
      written(
          meta + "project_id;cost; selected ;name\r\n1;5;\"2\";\"a\nb\"\r\n\r\n2;6;; c \n" + votes,
          flags({false, true})),
      meta + "project_id;cost; selected ;name\r\n1;5;0;\"a\nb\"\r\n\r\n2;6;1; c \n" + votes);
}

TEST_F(PabulibWriter, AddsTheColumnAfterTheName) {
  EXPECT_EQ(
      written(meta + "project_id;name;cost\r\n1;\"a;\"\"\";5\n2;\"b\" c;6;;\r\n" + votes,
              flags({true, false})),
      meta + "project_id;name;selected;cost\r\n1;\"a;\"\"\";1;5\n2;\"b\" c;0;6;;\r\n" + votes);
}

TEST_F(PabulibWriter, AddsTheColumnAtTheEndWithoutAName) {
  EXPECT_EQ(written(meta + "project_id;cost;;\n1;5;;\n2;6\n" + votes, flags({true, false})),
            meta + "project_id;cost;selected;;\n1;5;1;;\n2;6;0\n" + votes);
}

TEST_F(PabulibWriter, FillsUpShortRows) {
  EXPECT_EQ(
      written(meta + "project_id;cost;votes;name\n1;5\n2;6;1;x\n" + votes, flags({true, true})),
      meta + "project_id;cost;votes;name;selected\n1;5;;;1\n2;6;1;x;1\n" + votes);
  EXPECT_EQ(
      written(meta + "project_id;cost;votes;selected\n1;5\n2;6;\n" + votes, flags({false, true})),
      meta + "project_id;cost;votes;selected\n1;5;;0\n2;6;;1\n" + votes);
}

TEST_F(PabulibWriter, ReadsBackTheSameBallotsAndTheOutcome) {
  // Large enough for edits and votes on both sides of the limits of the copying buffer.
  constexpr std::size_t projects = 40'000;
  constexpr std::size_t ballots = 20'000;
  std::string text =
      "META\nkey;value\nnum_projects;40000\nnum_votes;20000\nbudget;1\n"
      "vote_type;approval\nPROJECTS\nproject_id;cost;selected;name\n";
  PerProject<bool> selected;
  for (std::size_t p = 0; p < projects; ++p) {
    text +=
        "p" + std::to_string(p) + ";" + std::to_string(p) + ";" + std::string(p % 3, '0') + ";n\n";
    selected.push_back(p % 7 == 0 || p % 11 == 3);
  }
  text += "VOTES\nvoter_id;vote\n";
  for (std::size_t v = 0; v < ballots; ++v) {
    text += std::to_string(v) + ";p" + std::to_string(v * 2) + ",p" + std::to_string(v) + "\n";
  }
  // In place: the source itself is replaced.
  const std::string file = put(text);
  const auto before = read_instance_file(file);
  ASSERT_TRUE(before) << before.error().to_string();
  ASSERT_TRUE(write_selected(file, file, selected));
  const auto after = read_instance_file(file);
  ASSERT_TRUE(after) << after.error().to_string();

  ASSERT_EQ(after->projects.size(), projects);
  for (const ProjectIndex p : after->indices()) {
    ASSERT_EQ(after->projects[p].selected, selected[p] ? 1 : 0);
    ASSERT_EQ(after->projects[p].id, before->projects[p].id);
    ASSERT_EQ(after->projects[p].cost, before->projects[p].cost);
  }
  ASSERT_EQ(after->profile.groups(), before->profile.groups());
  for (std::size_t g = 0; g < after->profile.groups(); ++g) {
    const BallotGroup a = after->profile.group(g);
    const BallotGroup b = before->profile.group(g);
    ASSERT_TRUE(
        std::equal(a.projects.begin(), a.projects.end(), b.projects.begin(), b.projects.end()));
    ASSERT_EQ(a.count, b.count);
  }
}

TEST_F(PabulibWriter, LeavesNothingBehindWhenItRefuses) {
  const std::string good = meta + "project_id;cost\n1;5\n2;6\n" + votes;
  const auto code = [&](const std::string& source, const PerProject<bool>& selected) {
    const Status status = write_selected(source, path("out.pb"), selected);
    EXPECT_FALSE(status);
    if (status) return ErrorCode::usage;
    EXPECT_FALSE(status.error().remedy.empty());
    return status.error().code;
  };
  EXPECT_EQ(code(put(good), flags({true})), ErrorCode::malformed);
  EXPECT_EQ(code(put(good), flags({true, true, true})), ErrorCode::malformed);
  EXPECT_EQ(code(put(good.substr(0, good.size() / 2)), flags({true, true})), ErrorCode::malformed);
  EXPECT_EQ(code(path("missing.pb"), flags({true, true})), ErrorCode::not_found);
  EXPECT_EQ(code("-", flags({true, true})), ErrorCode::usage);
  for (const auto& entry : fs::directory_iterator(folder_))
    EXPECT_EQ(entry.path().filename(), "in.pb");

  const Status nowhere =
      write_selected(put(good), path("no/such/folder/out.pb"), flags({true, true}));
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace urna::count::pabulib
