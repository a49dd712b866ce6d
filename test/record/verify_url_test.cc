// SPDX-License-Identifier: EUPL-1.2
// `urna verify ADDRESS`: a record behind a real HTTP server, a right one, false ones, and servers
// that do not behave.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "base/file.h"
#include "test/record/sample_edition.h"

namespace urna {
namespace {

namespace fs = std::filesystem;

// Serves the folder named by its argument. /moved/ leads there, /elsewhere/ to a file: address,
// /endless/ never stops, /slow/ sends nothing. Prints its process and port, and ends with its
// input.
constexpr const char* server_source = R"(
const http = require("http"), fs = require("fs"), path = require("path");
const root = process.argv[1];
const server = http.createServer((request, response) => {
  const url = request.url;
  if (url.startsWith("/moved/")) {
    response.writeHead(302, { location: url.slice("/moved".length) }).end();
  } else if (url.startsWith("/elsewhere/")) {
    response.writeHead(302, { location: "file:///etc/hostname" }).end();
  } else if (url.startsWith("/circle/")) {
    response.writeHead(302, { location: url }).end();
  } else if (url.startsWith("/endless/")) {
    response.writeHead(200);
    const more = () => { while (response.write("x".repeat(65536))); };
    response.on("drain", more);
    more();
  } else if (url.startsWith("/broken/")) {
    response.writeHead(500).end("out of order");
  } else if (url.startsWith("/cut/")) {
    response.writeHead(200, { "content-length": 1000 });
    response.write("short", () => response.destroy());
  } else {
    fs.readFile(path.join(root, url), (error, bytes) => {
      response.writeHead(error ? 404 : 200).end(bytes);
    });
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
)";

class VerifyUrl : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = (fs::temp_directory_path() / "urna-verify-url-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    std::ofstream(folder_ + "/few.pb") << test::pabulib_text(
        "Wyspa", 3, "approval", "max_length;2\n", {"1", "2", "1", "1,3", "3"}, false);
    std::ofstream(folder_ + "/serve.js") << server_source;
    ASSERT_EQ(run("'" URNA_PROGRAM "' rehearse '" + folder_ +
                  "/few.pb' --privacy-minimum 0 -q --out '" + folder_ + "/record'"),
              0);
    // The pipe is both the server's input, which ends with this program, and where the port comes
    // from, by way of a file.
    server_ = ::popen(("node -e \"$(cat '" + folder_ + "/serve.js')\" '" + folder_ + "/record' >'" +
                       folder_ + "/port' 2>&1")
                          .c_str(),
                      "w");
    ASSERT_NE(server_, nullptr);
    for (int wait = 0; wait < 500 && port_.empty(); ++wait) {
      ::usleep(20'000);
      const auto text = read_file(folder_ + "/port", 1000);
      if (text && text->ends_with('\n')) port_ = text->substr(0, text->size() - 1);
    }
    ASSERT_FALSE(port_.empty());
  }
  static void TearDownTestSuite() {
    if (server_ != nullptr) ::pclose(server_);
    fs::remove_all(folder_);
  }

  static int run(const std::string& command) {
    return WEXITSTATUS(std::system((command + " >/dev/null 2>&1").c_str()));
  }
  // The exit status of `urna verify` with these words; what it prints goes into output_.
  int verify(const std::string& words) {
    const std::string file = folder_ + "/output";
    const int status =
        WEXITSTATUS(std::system(("TMPDIR='" + temporary() + "' '" URNA_PROGRAM "' verify " + words +
                                 " --json >'" + file + "' 2>&1")
                                    .c_str()));
    output_ = read_file(file, 1'000'000).value();
    EXPECT_TRUE(fs::is_empty(temporary())) << "files were left behind";
    return status;
  }
  static std::string temporary() {
    fs::create_directories(folder_ + "/temporary");
    return folder_ + "/temporary";
  }
  static std::string site(const std::string& path) {
    return "http://127.0.0.1:" + port_ + "/" + path;
  }
  [[nodiscard]] bool says(std::string_view text) const {
    return output_.find(text) != std::string::npos;
  }

  static inline std::string folder_;
  static inline std::string port_;
  static inline std::FILE* server_ = nullptr;
  std::string output_;
};

TEST_F(VerifyUrl, AcceptsARightRecord) {
  ASSERT_EQ(verify("'" + folder_ + "/record'"), 0) << output_;
  const auto without_times = [](std::string text) {
    return text.substr(0, text.find("\"seconds"));
  };
  const std::string of_folder = without_times(output_);
  for (const char* path : {"", "moved/", "moved"}) {
    EXPECT_EQ(verify(site(path)), 0) << output_;
    EXPECT_EQ(without_times(output_), of_folder) << path;
  }
}

TEST_F(VerifyUrl, RefusesAFalseRecordAndOneThatLacksAFile) {
  const std::string path = folder_ + "/record/mix/0-1.cbor";
  const std::string right = read_file(path, 1'000'000).value();
  std::string wrong = right;
  wrong[200] = static_cast<char>(wrong[200] ^ 1);
  std::ofstream(path, std::ios::binary) << wrong;
  EXPECT_EQ(verify(site("")), 1);
  EXPECT_TRUE(says(R"("step":"mix")") && says("mix/0-1.cbor")) << output_;
  fs::remove(path);
  EXPECT_EQ(verify(site("")), 1);
  EXPECT_TRUE(says(R"("step":"mix")") && says("mix/0-1.cbor")) << output_;
  std::ofstream(path, std::ios::binary) << right + "more";
  EXPECT_EQ(verify(site("")), 6);
  std::ofstream(path, std::ios::binary) << right;
  EXPECT_EQ(verify(site("")), 0);
}

TEST_F(VerifyUrl, SaysWhatASiteDoesWrong) {
  EXPECT_EQ(verify(site("nothing/here")), 4);
  EXPECT_TRUE(says("the site has no such file") && says("nothing/here/checkpoint")) << output_;
  EXPECT_EQ(verify(site("elsewhere")), 4);
  EXPECT_FALSE(says("accepted"));
  EXPECT_EQ(verify(site("circle")), 4);
  EXPECT_EQ(verify(site("broken")), 4);
  EXPECT_TRUE(says("500")) << output_;
  EXPECT_EQ(verify(site("cut")), 4);
  EXPECT_EQ(verify(site("endless")), 6);
  EXPECT_TRUE(says("longer than it may be")) << output_;
  EXPECT_EQ(verify("http://127.0.0.1:1/"), 4);
  EXPECT_TRUE(says("cannot download")) << output_;
  for (const char* address : {"ftp://127.0.0.1/", "file:///etc", "gopher://127.0.0.1/"}) {
    EXPECT_EQ(verify(address), 2);
    EXPECT_TRUE(says("not the address of a web site")) << output_;
  }
}

}  // namespace
}  // namespace urna
