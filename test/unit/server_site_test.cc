// SPDX-License-Identifier: EUPL-1.2
// A folder of built pages: what is read, what is refused, how files are answered.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/site.h"
#include "server/target.h"

namespace {

using namespace urna::server;
using urna::ErrorCode;
namespace fs = std::filesystem;

class ServerSite : public testing::Test {
 protected:
  ServerSite() {
    std::string name = (fs::temp_directory_path() / "urna-site.XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~ServerSite() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::optional<ErrorCode> refusal(const SiteLimits& limits = {}) const {
    const auto files = read_site(folder_.string(), limits);
    if (files) return std::nullopt;
    return files.error().code;
  }
  // A router with the site and, before it, the routes of a service.
  [[nodiscard]] Router router() const {
    Router made;
    const auto nothing = [](const Request&) -> Reply { return text_response("service"); };
    EXPECT_TRUE(made.add(Method::get, "/checkpoint", nothing));
    EXPECT_TRUE(made.add(Method::get, "/tile/{rest...}", nothing));
    EXPECT_TRUE(made.add(Method::post, "/api/v1/ballots", nothing));
    SiteOptions options;
    options.content_security_policy = page_security_policy({"https://registrar.example.org"});
    const auto added = add_site_routes(made, read_site(folder_.string()).value(), options);
    EXPECT_TRUE(added) << (added ? "" : added.error().to_string());
    return made;
  }
  static Response ask(const Router& router, const std::string& path,
                      std::vector<Header> headers = {}) {
    Request request;
    request.headers = std::move(headers);
    const Router::Match match = router.find(Method::get, parse_target(path).value().segments);
    if (match.route == nullptr) return problem_response({&problems::not_found}, {}, "");
    request.parameters = match.parameters;
    const auto& answer = match.route->quick ? match.route->quick : match.route->blocking;
    Reply reply = answer(request);
    if (auto* problem = std::get_if<Problem>(&reply)) return problem_response(*problem, {}, "");
    return std::get<Response>(std::move(reply));
  }
  static std::string header(const Response& response, const std::string& name) {
    for (const Header& one : response.headers) {
      if (one.name == name) return one.value;
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(ServerSite, AnswersPagesAndTheirFiles) {
  write("index.html", "home");
  write("vote/index.html", "vote");
  write("assets/vote-abc.js", "script");
  write("assets/vote-abc.js.gz", "pressed");
  const Router site = router();
  const Response home = ask(site, "/");
  EXPECT_EQ(home.status, 200U);
  EXPECT_EQ(home.body, "home");
  EXPECT_EQ(home.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(home.cache_control, "no-cache");
  EXPECT_NE(home.content_security_policy.find("connect-src 'self' https://registrar.example.org;"),
            std::string::npos);
  EXPECT_EQ(home.content_security_policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(header(home, "Cross-Origin-Resource-Policy"), "same-origin");

  EXPECT_EQ(ask(site, "/vote/").body, "vote");
  const Response moved = ask(site, "/vote");
  EXPECT_EQ(moved.status, 308U);
  EXPECT_EQ(header(moved, "Location"), "/vote/");

  const Response script = ask(site, "/assets/vote-abc.js");
  EXPECT_EQ(script.body, "script");
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(script.cache_control, "public, max-age=31536000, immutable");
  EXPECT_EQ(script.content_security_policy, home.content_security_policy) << "as a worker it runs";
  EXPECT_EQ(header(script, "Vary"), "Accept-Encoding");
  EXPECT_EQ(header(script, "Content-Encoding"), "");
}

TEST_F(ServerSite, AllowsAPageItsOwnImportMapAndNoOtherInlineScript) {
  const std::string map = R"({"integrity":{"/assets/a.js":"sha384-AAAA"}})";
  write("index.html", "<script type=\"importmap\">" + map + "</script><script>alert(1)</script>");
  write("plain/index.html", "<script>alert(1)</script>");
  write("open/index.html", "<script type=\"importmap\">" + map);
  write("assets/a.js", "script");
  const Router site = router();
  // openssl dgst -sha256 -binary | base64
  const std::string hash = "'sha256-nVt5zB++EYsumK98/qS+lrw9Y+2G3OHpVDy02ooPPB0='";
  EXPECT_NE(ask(site, "/").content_security_policy.find("script-src 'self' " + hash + ";"),
            std::string::npos)
      << ask(site, "/").content_security_policy;
  for (const char* const other : {"/plain/", "/open/", "/assets/a.js"}) {
    EXPECT_NE(ask(site, other).content_security_policy.find("script-src 'self';"),
              std::string::npos)
        << other;
  }
  EXPECT_EQ(policy_for_page("default-src 'none'", "<script type=\"importmap\">{}</script>"),
            "default-src 'none'");
}

TEST_F(ServerSite, SendsTheCompressedFileToWhoTakesIt) {
  write("a.js", "script");
  write("a.js.gz", "pressed");
  const Router site = router();
  for (const char* const taking : {"gzip", "br, gzip", "deflate,gzip;q=0.5", "gzip ; q=1"}) {
    const Response answer = ask(site, "/a.js", {{"accept-encoding", taking}});
    EXPECT_EQ(answer.body, "pressed") << taking;
    EXPECT_EQ(header(answer, "Content-Encoding"), "gzip");
  }
  for (const char* const refusing : {"", "br", "gzip;q=0", "gzip;q=0.000", "xgzip"}) {
    EXPECT_EQ(ask(site, "/a.js", {{"accept-encoding", refusing}}).body, "script") << refusing;
  }
  // Two representations, two tags; neither is sent again to who has it.
  const std::string plain = header(ask(site, "/a.js"), "ETag");
  const std::string pressed = header(ask(site, "/a.js", {{"accept-encoding", "gzip"}}), "ETag");
  EXPECT_NE(plain, pressed);
  EXPECT_EQ(ask(site, "/a.js", {{"if-none-match", plain}}).status, 304U);
  EXPECT_EQ(ask(site, "/a.js", {{"accept-encoding", "gzip"}, {"if-none-match", plain}}).status,
            200U);
}

TEST_F(ServerSite, TellsPeopleAndProgramsWhatIsNotThere) {
  write("index.html", "home");
  write("404.html", "lost");
  const Router site = router();
  const Response person = ask(site, "/nothing", {{"accept", "text/html,*/*;q=0.8"}});
  EXPECT_EQ(person.status, 404U);
  EXPECT_EQ(person.body, "lost");
  EXPECT_EQ(ask(site, "/nothing").content_type, "application/problem+json");
  EXPECT_EQ(ask(site, "/nothing").status, 404U);
  // The service answers its own paths.
  EXPECT_EQ(ask(site, "/checkpoint").body, "service");
  EXPECT_EQ(ask(site, "/tile/0/007").body, "service");
  const auto match = site.find(Method::get, {"api", "v1", "ballots"});
  EXPECT_EQ(match.route, nullptr);
  EXPECT_FALSE(match.allowed.empty()) << "a wrong method stays one";
}

TEST_F(ServerSite, StandsInTheWayOfNothing) {
  for (const char* const name :
       {"checkpoint/index.html", "tile/0.js", "api/v1/ballots/index.html"}) {
    Router made;
    const auto nothing = [](const Request&) -> Reply { return text_response(""); };
    ASSERT_TRUE(made.add(Method::get, "/checkpoint", nothing));
    ASSERT_TRUE(made.add(Method::get, "/tile/{rest...}", nothing));
    ASSERT_TRUE(made.add(Method::post, "/api/v1/ballots", nothing));
    write(name, "");
    const auto added = add_site_routes(made, read_site(folder_.string()).value(), {});
    ASSERT_FALSE(added) << name;
    EXPECT_EQ(added.error().code, ErrorCode::conflict);
    fs::remove_all(folder_ / fs::path(name).begin()->string());
  }
}

TEST_F(ServerSite, RefusesWhatNoBuildMakes) {
  EXPECT_EQ(refusal(), std::nullopt) << "an empty site is one";
  for (const char* const name : {".hidden.html", "a b.html", "page.php", "noending", ".html",
                                 "ąę.html", "lonely.js.gz", ".git/a.js"}) {
    write(name, "x");
    EXPECT_EQ(refusal(), ErrorCode::malformed) << name;
    fs::remove_all(folder_ / fs::path(name).begin()->string());
  }
  write("a.html", "12345");
  fs::create_symlink(folder_ / "a.html", folder_ / "b.html");
  EXPECT_EQ(refusal(), ErrorCode::io) << "a symbolic link to a file";
  fs::remove(folder_ / "b.html");
  fs::create_directory_symlink("/", folder_ / "b");
  EXPECT_EQ(refusal(), ErrorCode::io) << "a symbolic link to a folder";
  fs::remove(folder_ / "b");
  EXPECT_EQ(read_site((folder_ / "none").string()).error().code, ErrorCode::not_found);

  SiteLimits limits;
  limits.file_bytes = 5;
  EXPECT_EQ(refusal(limits), std::nullopt);
  limits.file_bytes = 4;
  EXPECT_EQ(refusal(limits), ErrorCode::limit);
  limits = {};
  limits.bytes = 4;
  EXPECT_EQ(refusal(limits), ErrorCode::limit);
  limits = {};
  limits.files = 0;
  EXPECT_EQ(refusal(limits), ErrorCode::limit);
  limits = {};
  limits.depth = 1;
  write("a/b.html", "");
  EXPECT_EQ(refusal(limits), std::nullopt);
  write("a/b/c.html", "");
  EXPECT_EQ(refusal(limits), ErrorCode::limit);
}

}  // namespace
