// SPDX-License-Identifier: EUPL-1.2
// Configuration: every kind of value, the environment before the file, and errors that name the
// place.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "server/config.h"
#include "server/server.h"

namespace {

using namespace urna::server;
using std::chrono::milliseconds;

enum class Colour { red, green };

struct Keeper {
  std::string url;
  std::uint16_t share = 0;
};

struct Everything {
  std::string name = "nobody";
  bool on = false;
  std::int64_t number = 7;
  std::uint16_t port = 80;
  milliseconds time{1500};
  Size size{2048};
  std::vector<std::string> words = {"a", "b"};
  Colour colour = Colour::red;
  std::vector<Keeper> keepers;

  urna::Status load(std::string_view toml, const Environment& environment = {}) {
    ConfigKeys keys("test");
    bind(keys);
    return keys.load_text(toml, "t.toml", environment);
  }
  void bind(ConfigKeys& keys) {
    keys.add("name", name, "who", Required::yes);
    keys.add("on", on, "whether");
    keys.add("limits.number", number, "how many", -5, 1000);
    keys.add("limits.port", port, "where");
    keys.add("limits.time", time, "how long", milliseconds(10), std::chrono::hours(1));
    keys.add("limits.size", size, "how large", Size{1}, Size{1 << 30});
    keys.add("words", words, "which");
    keys.add_choice("colour", colour, {"red", "green"}, "what");
    keys.add_tables<Keeper>("keepers", "the keepers", keepers, [](Keeper& keeper, ConfigKeys& row) {
      row.add("url", keeper.url, "address", Required::yes);
      row.add("share", keeper.share, "number of the share", 1, 9);
    });
  }
};

TEST(ServerConfig, ReadsEveryKind) {
  Everything all;
  const auto status = all.load(R"(
name = "Łódź"
on = true
words = ["x"]
colour = "green"
[limits]
number = -5
port = 8080
time = "2 min"
size = "3 MiB"
[[keepers]]
url = "one"
[[keepers]]
url = "two"
share = 2
)");
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  EXPECT_EQ(all.name, "Łódź");
  EXPECT_TRUE(all.on);
  EXPECT_EQ(all.number, -5);
  EXPECT_EQ(all.port, 8080);
  EXPECT_EQ(all.time, std::chrono::minutes(2));
  EXPECT_EQ(all.size.bytes, std::uint64_t{3} << 20);
  EXPECT_EQ(all.words, std::vector<std::string>{"x"});
  EXPECT_EQ(all.colour, Colour::green);
  ASSERT_EQ(all.keepers.size(), 2U);
  EXPECT_EQ(all.keepers[0].url, "one");
  EXPECT_EQ(all.keepers[0].share, 0);
  EXPECT_EQ(all.keepers[1].share, 2);
}

TEST(ServerConfig, TakesTheEnvironmentFirst) {
  Everything all;
  const auto status =
      all.load("name = \"file\"\n[limits]\nport = 1\n", {{"URNA_TEST_NAME", "variable"},
                                                         {"URNA_TEST_ON", "true"},
                                                         {"URNA_TEST_LIMITS_PORT", "99"},
                                                         {"URNA_TEST_LIMITS_TIME", "10ms"},
                                                         {"URNA_TEST_LIMITS_SIZE", "512"},
                                                         {"URNA_TEST_WORDS", "c,d"},
                                                         {"URNA_TEST_COLOUR", "green"},
                                                         {"URNA_OTHER_NAME", "not ours"},
                                                         {"PATH", "/bin"}});
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  EXPECT_EQ(all.name, "variable");
  EXPECT_TRUE(all.on);
  EXPECT_EQ(all.port, 99);
  EXPECT_EQ(all.time, milliseconds(10));
  EXPECT_EQ(all.size.bytes, 512U);
  EXPECT_EQ(all.words, (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(all.colour, Colour::green);
}

TEST(ServerConfig, NamesThePlaceOfErrors) {
  struct Case {
    std::string_view toml;
    std::uint64_t line;
    std::string_view field;
  };
  for (const Case& wrong : std::vector<Case>{
           {"name = \"a\"\nnane = 1\n", 2, "nane"},
           {"name = \"a\"\n[limits]\nprot = 1\n", 3, "limits.prot"},
           {"name = \"a\"\n[limit]\nport = 1\n", 2, "limit"},
           {"limits = 3\n", 1, "limits"},
           {"name = 3\n", 1, "name"},
           {"name = \"a\"\non = 1\n", 2, "on"},
           {"name = \"a\"\non = \"true\"\n", 2, "on"},
           {"[limits]\nnumber = 1001\n", 2, "limits.number"},
           {"[limits]\nnumber = 1.5\n", 2, "limits.number"},
           {"[limits]\nport = 65536\n", 2, "limits.port"},
           {"[limits]\nport = -1\n", 2, "limits.port"},
           {"[limits]\ntime = 10\n", 2, "limits.time"},
           {"[limits]\ntime = \"10\"\n", 2, "limits.time"},
           {"[limits]\ntime = \"9 ms\"\n", 2, "limits.time"},
           {"[limits]\ntime = \"1.5 s\"\n", 2, "limits.time"},
           {"[limits]\nsize = \"2 GB\"\n", 2, "limits.size"},
           {"[limits]\nsize = -1\n", 2, "limits.size"},
           {"[limits]\nsize = \"2 GiB\"\n", 2, "limits.size"},
           {"words = [\"a\", 1]\n", 1, "words"},
           {"words = \"a\"\n", 1, "words"},
           {"colour = \"blue\"\n", 1, "colour"},
           {"keepers = \"a\"\n", 1, "keepers"},
           {"[[keepers]]\nurl = \"a\"\nshare = 10\n", 3, "keepers.share"},
           {"[[keepers]]\nurl = \"a\"\n\n[[keepers]]\nuri = \"b\"\n", 5, "keepers.uri"},
           {"name = \"a\"\nname = \"b\"\n", 2, ""},
           {"name = \n", 1, ""},
           {"name = 2020-01-01\n", 1, "name"}}) {
    Everything all;
    const auto status = all.load(wrong.toml);
    ASSERT_FALSE(status.ok()) << wrong.toml;
    EXPECT_EQ(status.error().code, urna::ErrorCode::malformed) << wrong.toml;
    EXPECT_EQ(status.error().place.file, "t.toml") << wrong.toml;
    EXPECT_EQ(status.error().place.line, wrong.line) << wrong.toml;
    EXPECT_EQ(status.error().place.field, wrong.field) << wrong.toml;
    EXPECT_FALSE(status.error().remedy.empty()) << wrong.toml;
  }
}

TEST(ServerConfig, AsksForWhatIsMissing) {
  Everything none;
  const auto status = none.load("");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, urna::ErrorCode::usage);
  EXPECT_EQ(status.error().place.field, "name");
  EXPECT_NE(status.error().remedy.find("URNA_TEST_NAME"), std::string::npos);
  Everything row;
  const auto in_row = row.load("name = \"a\"\n[[keepers]]\nshare = 1\n");
  ASSERT_FALSE(in_row.ok());
  EXPECT_EQ(in_row.error().place.field, "keepers.url");
  EXPECT_EQ(in_row.error().place.line, 2U);
}

TEST(ServerConfig, NamesWrongVariables) {
  for (const auto& [variable, value] : Environment{{"URNA_TEST_NANE", "a"},
                                                   {"URNA_TEST_LIMITS_PORT", "eighty"},
                                                   {"URNA_TEST_LIMITS_NUMBER", "1 "},
                                                   {"URNA_TEST_ON", "yes"},
                                                   {"URNA_TEST_KEEPERS", "a"}}) {
    Everything all;
    const auto status = all.load("name = \"a\"", {{variable, value}});
    ASSERT_FALSE(status.ok()) << variable;
    EXPECT_EQ(status.error().place.file, "environment");
    EXPECT_EQ(status.error().place.field, variable);
  }
}

TEST(ServerConfig, DescribesItself) {
  Everything all;
  ConfigKeys keys("test");
  all.bind(keys);
  const std::string help = keys.help();
  for (const char* part :
       {"name\n    who; a text in quotes; required; URNA_TEST_NAME\n",
        "limits.time\n    how long; a duration; default: 1500 ms; URNA_TEST_LIMITS_TIME\n",
        "limits.size\n    how large; a size; default: 2 KiB;",
        "one of: red, green; default: \"red\"", "[[keepers]]\n",
        "    url\n        address; a text in quotes; required\n"})
    EXPECT_NE(help.find(part), std::string::npos) << part << "\nin\n" << help;
  EXPECT_TRUE(all.keepers.empty());
}

TEST(ServerConfig, ReadsFiles) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("urna-config-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "a.toml").string();
  Everything all;
  ConfigKeys keys("test");
  all.bind(keys);
  const auto missing = keys.load(path, {});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, urna::ErrorCode::not_found);
  std::ofstream(path) << "name = \"from a file\"\n";
  EXPECT_TRUE(keys.load(path, {}).ok());
  EXPECT_EQ(all.name, "from a file");
  std::filesystem::remove_all(folder);
}

TEST(ServerConfig, MeasuresStrictly) {
  EXPECT_EQ(parse_duration("1500ms").value(), milliseconds(1500));
  EXPECT_EQ(parse_duration("3 d").value(), std::chrono::hours(72));
  for (const char* odd : {"", "s", "1", "1  s", " 1 s", "1 s ", "-1 s", "+1 s", "1 sec", "1 S",
                          "99999999999999999999 s", "9999999999999999 d"})
    EXPECT_FALSE(parse_duration(odd).ok()) << odd;
  EXPECT_EQ(parse_size("7 B").value().bytes, 7U);
  EXPECT_EQ(parse_size("2GiB").value().bytes, std::uint64_t{2} << 30);
  for (const char* odd : {"", "1", "1 KB", "1 kib", "-1 B", "99999999999 GiB"})
    EXPECT_FALSE(parse_size(odd).ok()) << odd;
}

TEST(ServerConfig, BindsAllOfAServer) {
  ServerConfig config;
  ConfigKeys keys("keeper");
  add_server_keys(keys, config);
  const auto status =
      keys.load_text("[http]\nport = 8443\nbody_timeout = \"5 s\"\naccess_log = \"failures\"\n",
                     "t.toml", {{"URNA_KEEPER_HTTP_TRUSTED_PROXIES", "10.0.0.0/8"}});
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  EXPECT_EQ(config.port, 8443);
  EXPECT_EQ(config.body_timeout, std::chrono::seconds(5));
  EXPECT_EQ(config.access_log, AccessLog::failures);
  EXPECT_EQ(config.trusted_proxies, std::vector<std::string>{"10.0.0.0/8"});
}

}  // namespace
