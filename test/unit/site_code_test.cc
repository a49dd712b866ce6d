// SPDX-License-Identifier: EUPL-1.2
// code.json: the list of the site's files is read strictly, and every file that is not as listed is
// found.
#include "presentation/site_code.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/sha256.h"

namespace urna::presentation {
namespace {

namespace fs = std::filesystem;

std::string list_of(const std::string& files) { return R"({"version":1,"files":{)" + files + "}}"; }
std::string named(const std::string& name, const std::string& bytes) {
  return "\"" + name + "\":\"" + sha256_hex(bytes) + "\"";
}

class Site : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "urna-site-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    write("index.html", "home");
    write("vote/index.html", "vote");
    write("assets/a-b_1.js", "script");
    write("assets/a-b_1.js.gz", "compressed");
    const Result<SiteCode> code = parse_site_code(list_of(named("vote/index.html", "vote") + "," +
                                                          named("assets/a-b_1.js", "script") + "," +
                                                          named("index.html", "home")));
    ASSERT_TRUE(code) << code.error().to_string();
    code_ = *code;
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::vector<std::string> changed() const {
    const Result<std::vector<std::string>> found = changed_files(code_, folder_.string());
    EXPECT_TRUE(found);
    return found ? *found : std::vector<std::string>{"?"};
  }

  fs::path folder_;
  SiteCode code_;
};

TEST_F(Site, EveryFileThatIsNotAsListedIsFound) {
  EXPECT_EQ(changed(), std::vector<std::string>{});
  write("code.json", "the list itself is not in the list");
  EXPECT_EQ(changed(), std::vector<std::string>{});
  write("vote/index.html", "Vote");
  EXPECT_EQ(changed(), std::vector<std::string>{"vote/index.html"});
  fs::remove(folder_ / "index.html");
  write("assets/more.js", "what nobody signed");
  EXPECT_EQ(changed(),
            (std::vector<std::string>{"assets/more.js", "index.html", "vote/index.html"}));
}

TEST_F(Site, TheListIsHashedAsItIs) {
  const std::string text = list_of(named("a", "1")) + "\n";
  const Result<SiteCode> code = parse_site_code(text);
  ASSERT_TRUE(code);
  EXPECT_EQ(code->sha256, sha256_hex(text));
  EXPECT_EQ(code->files, (std::vector<CodeFile>{{"a", sha256_hex("1")}}));
}

TEST(SiteList, OtherListsAreRefused) {
  for (const std::string& text : std::vector<std::string>{
           "", "[]", "{}", R"({"version":2,"files":{"a":")" + sha256_hex("1") + R"("}})",
           R"({"files":{"a":")" + sha256_hex("1") + R"("}})", list_of(""),
           R"({"version":1,"files":{},"more":1})", list_of(R"("a":"12")"), list_of(R"("a":7)"),
           list_of(named("../a", "1")), list_of(named("/a", "1")), list_of(named("a/", "1")),
           list_of(named("a//b", "1")), list_of(named(".hidden", "1")), list_of(named("a b", "1")),
           list_of(named("a/b/c/d/e/f", "1")), list_of(named("a", "1") + "," + named("a", "2"))}) {
    EXPECT_FALSE(parse_site_code(text)) << text;
  }
}

}  // namespace
}  // namespace urna::presentation
