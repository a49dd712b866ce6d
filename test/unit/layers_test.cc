// SPDX-License-Identifier: EUPL-1.2
// The shape of the house: the one table of rooms in CMakeLists.txt is obeyed, the build refuses
// what breaks it, and the table in docs/architecture.md says the same.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path source_root = URNA_SOURCE_DIR;

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_all(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

struct Room {
  int layer = -1;
  std::set<std::string> uses;
};

// The calls `urna_room(NAME LAYER n USES room… LINK … EXECUTABLE …)` of a CMakeLists.txt.
std::map<std::string, Room> read_rooms(const std::string& cmake) {
  std::map<std::string, Room> rooms;
  static const std::regex call(R"(\burna_room\(([^)]*)\))");
  for (std::sregex_iterator it(cmake.begin(), cmake.end(), call), end; it != end; ++it) {
    std::istringstream words((*it)[1].str());
    std::string name, word, key;
    words >> name;
    Room room;
    while (words >> word) {
      if (word == "LAYER" || word == "USES" || word == "LINK" || word == "EXECUTABLE") {
        key = word;
      } else if (key == "LAYER") {
        room.layer = std::stoi(word);
      } else if (key == "USES") {
        room.uses.insert(word);
      }
    }
    rooms[name] = room;
  }
  return rooms;
}

std::map<std::string, Room> rooms_of_this_house() {
  return read_rooms(read_all(source_root / "CMakeLists.txt"));
}

std::vector<fs::path> sources_under(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".cc" || extension == ".h"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Rooms named by #include "room/…" in a source.
std::set<std::string> rooms_included(const std::string& source) {
  static const std::regex include(R"re((?:^|\n)[ \t]*#[ \t]*include[ \t]*"([^"/]*)/)re");
  std::set<std::string> rooms;
  for (std::sregex_iterator it(source.begin(), source.end(), include), end; it != end; ++it)
    rooms.insert((*it)[1].str());
  return rooms;
}

TEST(Layers, RoomsUseOnlyLowerLayers) {
  const std::map<std::string, Room> rooms = rooms_of_this_house();
  ASSERT_GE(rooms.size(), 5U);
  for (const auto& [name, room] : rooms) {
    EXPECT_GE(room.layer, 0) << name;
    EXPECT_TRUE(fs::is_directory(source_root / name)) << name;
    for (const std::string& used : room.uses) {
      ASSERT_TRUE(rooms.contains(used)) << name << " uses " << used;
      EXPECT_LT(rooms.at(used).layer, room.layer) << name << " uses " << used;
    }
  }
}

TEST(Layers, IncludesFollowTheTable) {
  std::size_t files = 0;
  for (const auto& [name, room] : rooms_of_this_house()) {
    for (const fs::path& file : sources_under(source_root / name)) {
      ++files;
      for (const std::string& included : rooms_included(read_all(file)))
        EXPECT_TRUE(included == name || room.uses.contains(included))
            << fs::relative(file, source_root) << " includes a header of " << included;
    }
  }
  EXPECT_GT(files, 20U) << "the search found no sources";
}

TEST(Layers, ProductNeverIncludesTests) {
  for (const auto& [name, room] : rooms_of_this_house()) {
    for (const fs::path& file : sources_under(source_root / name)) {
      const std::set<std::string> included = rooms_included(read_all(file));
      for (const char* outside : {"test", "bench", "fuzz"})
        EXPECT_FALSE(included.contains(outside)) << fs::relative(file, source_root);
    }
  }
}

// A temporary folder, removed at the end.
class HouseOnTrial : public testing::Test {
 protected:
  HouseOnTrial()
      : root_(fs::path(testing::TempDir()) / ("urna_house_" + std::to_string(::getpid()))) {
    fs::create_directories(root_);
  }
  HouseOnTrial(const HouseOnTrial&) = delete;
  HouseOnTrial& operator=(const HouseOnTrial&) = delete;
  ~HouseOnTrial() override { fs::remove_all(root_); }

  // Runs the build's own check on room `count`, which may use base. Exit status.
  [[nodiscard]] int check_includes() const {
    const std::string command =
        "cmake -DROOM=count -DALLOWED=count,base \"-DROOT=" + root_.string() +
        "\" \"-DSTAMP=" + (root_ / "stamp").string() + "\" -P \"" +
        (source_root / "cmake/CheckIncludes.cmake").string() + "\" >\"" +
        (root_ / "output").string() + "\" 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  fs::path root_;
};

TEST_F(HouseOnTrial, GoodIncludesPass) {
  write_all(root_ / "count/good.cc",
            "#include <vector>\n#include \"base/money.h\"\n#include \"count/good.h\"\n");
  EXPECT_EQ(check_includes(), 0);
  EXPECT_TRUE(fs::exists(root_ / "stamp"));
}

TEST_F(HouseOnTrial, AnUpwardIncludeFailsTheBuild) {
  write_all(root_ / "count/deep/bad.h", "#pragma once\n  #  include \"report/count_report.h\"\n");
  EXPECT_NE(check_includes(), 0);
  EXPECT_FALSE(fs::exists(root_ / "stamp"));
  const std::string output = read_all(root_ / "output");
  EXPECT_NE(output.find("count/deep/bad.h"), std::string::npos) << output;
  EXPECT_NE(output.find("report/count_report.h"), std::string::npos) << output;
}

TEST_F(HouseOnTrial, AnIncludeWithoutARoomFailsTheBuild) {
  write_all(root_ / "count/bare.cc", "#include \"bare.h\"\n");
  EXPECT_NE(check_includes(), 0);
}

TEST_F(HouseOnTrial, AnUpwardUseIsRefusedWhenConfiguring) {
  const std::string head = "cmake_minimum_required(VERSION 3.25)\nproject(trial NONE)\ninclude(\"" +
                           (source_root / "cmake/Rooms.cmake").string() + "\")\n";
  write_all(root_ / "CMakeLists.txt",
            head + "urna_room(low LAYER 1 USES high)\nurna_room(high LAYER 2)\n");
  const auto configure = [&] {
    const std::string command = "cmake -S \"" + root_.string() + "\" -B \"" +
                                (root_ / "build").string() + "\" >\"" +
                                (root_ / "output").string() + "\" 2>&1";
    return std::system(command.c_str());
  };
  EXPECT_NE(configure(), 0);
  EXPECT_NE(read_all(root_ / "output").find("room low uses high"), std::string::npos);
  // In the right order of declaration the layers alone must forbid it.
  write_all(root_ / "CMakeLists.txt",
            head +
                "set_property(GLOBAL PROPERTY urna_layer_high 2)\nurna_room(low LAYER 1 USES "
                "high)\n");
  EXPECT_NE(configure(), 0);
  EXPECT_NE(read_all(root_ / "output").find("may not use high"), std::string::npos);
}

TEST(House, EverySourceNamesItsLicenceFirst) {
  const std::string line = "SPDX-License-Identifier: EUPL-1.2";
  std::size_t files = 0;
  std::vector<std::string> folders{"test", "bench", "fuzz", "cmake"};
  for (const auto& [name, room] : rooms_of_this_house()) folders.push_back(name);
  for (const std::string& folder : folders) {
    for (auto it = fs::recursive_directory_iterator(source_root / folder);
         it != fs::recursive_directory_iterator(); ++it) {
      const std::string name = it->path().filename().string();
      if (name == "node_modules" || name == "corpus") {
        it.disable_recursion_pending();
        continue;
      }
      static const std::set<std::string> kinds{".cc", ".h", ".cmake", ".ts", ".mjs", ".js", ".css"};
      if (!it->is_regular_file() ||
          (!kinds.contains(it->path().extension().string()) && name != "CMakeLists.txt"))
        continue;
      ++files;
      const std::string text = read_all(it->path());
      EXPECT_NE(text.substr(0, text.find('\n')).find(line), std::string::npos)
          << fs::relative(it->path(), source_root);
    }
  }
  EXPECT_GT(files, 40U);
}

TEST(House, TheArchitecturePageShowsTheTable) {
  const std::string page = read_all(source_root / "docs/architecture.md");
  for (const auto& [name, room] : rooms_of_this_house()) {
    std::string uses;
    for (const std::string& used : room.uses) uses += (uses.empty() ? "`" : ", `") + used + "`";
    if (uses.empty()) uses = "–";
    const std::string row =
        "| `" + name + "/` | " + std::to_string(room.layer) + " | " + uses + " |";
    EXPECT_NE(page.find(row), std::string::npos) << "docs/architecture.md should hold: " << row;
  }
}

}  // namespace
