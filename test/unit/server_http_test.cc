// SPDX-License-Identifier: EUPL-1.2
// The pure parts of HTTP: heads, targets, languages, addresses, routes, problems, contents.
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/content.h"
#include "server/head.h"
#include "server/http.h"
#include "server/router.h"

namespace {

using namespace urna::server;

using State = HeadScanner::State;

TEST(ServerHead, EndsAtTheEmptyLine) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX-Y: \tz\r\nEmpty:\r\n\r\n";
  HeadScanner whole;
  EXPECT_EQ(whole.scan(head + "body\r\n\r\n"), State::complete);
  EXPECT_EQ(whole.size(), head.size());
  HeadScanner growing;
  EXPECT_FALSE(growing.begun());
  for (std::size_t i = 0; i < head.size(); ++i) {
    ASSERT_EQ(growing.scan(std::string_view(head).substr(0, i)), State::open) << i;
  }
  EXPECT_EQ(growing.scan(head), State::complete);
  EXPECT_EQ(growing.size(), head.size());
}

TEST(ServerHead, RefusesOddLinesAtOnce) {
  const std::string line = "GET / HTTP/1.1\r\n";
  for (const std::string& head :
       {std::string("\r\n"), std::string("\n"), std::string("GET / HTTP/1.1\n"), line + "a: b\n",
        line + " a: b", line + "\ta: b", line + "a : b", line + "a\r\n", line + ": b",
        line + "a: b\r\r", line + "a: b\rc", line + "a: b" + std::string(1, '\0'),
        line + "a: b\x7f", line + "a\xc4\x85: b", std::string("GET /\xc4\x85"),
        std::string("GET\t/"), std::string("\x16\x03\x01")}) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.scan(head), State::malformed) << head;
  }
  // A value may have bytes above ASCII (obs-text).
  HeadScanner scanner;
  EXPECT_EQ(scanner.scan(line + "a: \xc4\x85\r\n\r\n"), State::complete);
}

TEST(ServerHead, CountsLines) {
  std::string head = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < max_header_lines - 1; ++i) head += "a: b\r\n";
  HeadScanner enough;
  EXPECT_EQ(enough.scan(head + "\r\n"), State::complete);
  HeadScanner many;
  EXPECT_EQ(many.scan(head + "a: b\r\n\r\n"), State::too_many_lines);
}

TEST(ServerTarget, DecodesSegmentsAndFields) {
  const auto target = parse_target("/a/%C5%81%c3%b3d%C5%BA/c+d?q=a+b%20c&empty=&bare&&x=%26%3d");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->segments, (std::vector<std::string>{"a", "Łódź", "c+d"}));
  EXPECT_EQ(target->query, (Fields{{"q", "a b c"}, {"empty", ""}, {"bare", ""}, {"x", "&="}}));
  EXPECT_EQ(parse_target("/")->segments, std::vector<std::string>{""});
  EXPECT_EQ(parse_target("/a/")->segments, (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(parse_target("/a?")->query, Fields{});
}

TEST(ServerTarget, RefusesWhatHasTwoReadings) {
  for (const std::string& target : {std::string(),
                                    std::string("a"),
                                    std::string("*"),
                                    std::string("http://a/b"),
                                    std::string("/a#b"),
                                    std::string("/%"),
                                    std::string("/%4"),
                                    std::string("/%g0"),
                                    std::string("/%00"),
                                    std::string("/a%2Fb"),
                                    std::string("/a%5cb"),
                                    std::string("/a\\b"),
                                    std::string("/."),
                                    std::string("/.."),
                                    std::string("/a/%2e./b"),
                                    std::string("/%80"),
                                    std::string("/%c0%af"),
                                    std::string("/%ed%a0%80"),
                                    std::string("/%0d%0a"),
                                    std::string("/a?a=1&b=2&a=3"),
                                    std::string("/a?%zz"),
                                    std::string("/a?b=%00"),
                                    std::string("/a?b=%ff"),
                                    std::string("/") + std::string(1, '\0')})
    EXPECT_FALSE(parse_target(target).ok()) << target;
  EXPECT_TRUE(parse_target("/" + std::string(max_target_bytes - 1, 'a')).ok());
  EXPECT_FALSE(parse_target("/" + std::string(max_target_bytes, 'a')).ok());
  std::string deep, query = "/?";
  for (std::size_t i = 0; i < max_segments; ++i) deep += "/a";
  EXPECT_TRUE(parse_target(deep).ok());
  EXPECT_FALSE(parse_target(deep + "/a").ok());
  for (std::size_t i = 0; i < max_query_fields; ++i) query += "a" + std::to_string(i) + "&";
  EXPECT_TRUE(parse_target(query).ok());
  EXPECT_FALSE(parse_target(query + "b").ok());
}

TEST(ServerLanguage, PrefersByWeight) {
  const auto from_pl = [](std::string_view value) {
    return language_tag(preferred_language(value, Language::pl));
  };
  EXPECT_EQ(from_pl(""), "pl");
  EXPECT_EQ(from_pl("en"), "en");
  EXPECT_EQ(from_pl("EN-gb"), "en");
  EXPECT_EQ(from_pl("de, en;q=0.5"), "en");
  EXPECT_EQ(from_pl("de"), "pl");
  EXPECT_EQ(from_pl("en;q=0.3, pl;q=0.5"), "pl");
  EXPECT_EQ(from_pl("en;q=0.8,pl;q=0.75"), "en");
  EXPECT_EQ(from_pl("en;q=0"), "pl");
  EXPECT_EQ(from_pl("*, en;q=0.9"), "pl");
  EXPECT_EQ(from_pl("uk, en ; q=1.000"), "en");
  for (const char* odd : {"en;q=1.001", "en;q=2", "en;q=", "en;q=0.1234", "en;q=.5", "en;level=1",
                          ";;;,,,", "english", "e", "-"})
    EXPECT_EQ(from_pl(odd), "pl") << odd;
  EXPECT_EQ(from_pl("en" + std::string(600, ' ')), "pl");
}

Address address(std::string_view text) { return Address::parse(text).value(); }
Network network(std::string_view text) { return Network::parse(text).value(); }

TEST(ServerPeer, ReadsAddresses) {
  EXPECT_TRUE(address("192.0.2.1").is_v4());
  EXPECT_EQ(address("::ffff:192.0.2.1"), address("192.0.2.1"));
  EXPECT_FALSE(address("2001:db8::1").is_v4());
  for (const char* odd : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4:80", "[::1]",
                          "::1%eth0", "unknown", " 1.2.3.4", "0x7f.1.1.1"})
    EXPECT_FALSE(Address::parse(odd).ok()) << odd;
  EXPECT_FALSE(Address::parse(std::string_view("1.2.3.4\0", 8)).ok());
}

TEST(ServerPeer, CutsNetworks) {
  EXPECT_EQ(Network::around(address("192.0.2.77"), 24, 48), network("192.0.2.0/24"));
  EXPECT_EQ(Network::around(address("2001:db8:1:2::3"), 24, 48), network("2001:db8:1::/48"));
  EXPECT_TRUE(network("10.0.0.0/8").contains(address("10.255.0.1")));
  EXPECT_FALSE(network("10.0.0.0/8").contains(address("11.0.0.0")));
  EXPECT_FALSE(network("0.0.0.0/0").contains(address("2001:db8::1")));
  EXPECT_TRUE(network("::/0").contains(address("2001:db8::1")));
  EXPECT_TRUE(network("192.0.2.1").contains(address("192.0.2.1")));
  EXPECT_NE(network("0.0.0.0/1").key(), network("0.0.0.0/2").key());
  for (const char* odd : {"10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1",
                          "10.0.0.0/8 ", "/8", "2001:db8::1/48"})
    EXPECT_FALSE(Network::parse(odd).ok()) << odd;
}

TEST(ServerPeer, BelievesOnlyProxies) {
  const std::vector<Network> proxies = {network("10.0.0.0/8"), network("2001:db8::/32")};
  const auto origin = [&](std::string_view peer, const std::vector<std::string_view>& values) {
    return origin_of(address(peer), values, proxies);
  };
  EXPECT_EQ(origin("192.0.2.1", {"1.1.1.1"}).value(), address("192.0.2.1"));
  EXPECT_EQ(origin("10.0.0.1", {}).value(), address("10.0.0.1"));
  EXPECT_EQ(origin("10.0.0.1", {"1.1.1.1"}).value(), address("1.1.1.1"));
  EXPECT_EQ(origin("10.0.0.1", {"9.9.9.9, 1.1.1.1"}).value(), address("1.1.1.1"));
  EXPECT_EQ(origin("10.0.0.1", {"9.9.9.9, 1.1.1.1 ,10.2.3.4"}).value(), address("1.1.1.1"));
  EXPECT_EQ(origin("10.0.0.1", {"1.1.1.1", "10.2.3.4"}).value(), address("1.1.1.1"));
  EXPECT_EQ(origin("10.0.0.1", {"junk, 1.1.1.1"}).value(), address("1.1.1.1"));
  EXPECT_EQ(origin("10.0.0.1", {"10.1.1.1, 10.2.3.4"}).value(), address("10.1.1.1"));
  for (const char* odd : {"", "junk", "1.1.1.1,", "1.1.1.1:80", "\"1.1.1.1\"", "junk, 10.1.1.1"})
    EXPECT_FALSE(origin("10.0.0.1", {odd}).ok()) << odd;
  const std::vector<std::string_view> many(40, "10.1.1.1");
  EXPECT_FALSE(origin("10.0.0.1", many).ok());
  EXPECT_EQ(origin_of(address("10.0.0.1"), {"1.1.1.1"}, {}).value(), address("10.0.0.1"));
}

Reply nothing(const Request&) { return Response{}; }

std::string found(const Router& router, Method method, std::string_view target) {
  const Router::Match match = router.find(method, parse_target(target)->segments);
  if (match.route == nullptr) return match.allowed.empty() ? "no path" : "no method";
  std::string text = match.route->path;
  for (const auto& [name, value] : match.parameters) text += " " + name + "=" + value;
  return text;
}

TEST(ServerRouter, PrefersLiterals) {
  Router router;
  for (const char* path : {"/", "/a", "/a/{id}", "/a/b", "/a/b/c", "/a/{id}/d", "/{rest...}"})
    ASSERT_TRUE(router.add(Method::get, path, nothing).ok()) << path;
  ASSERT_TRUE(router.add(Method::post, "/a", nothing).ok());
  EXPECT_EQ(found(router, Method::get, "/"), "/");
  EXPECT_EQ(found(router, Method::get, "/a"), "/a");
  EXPECT_EQ(found(router, Method::head, "/a"), "/a");
  EXPECT_EQ(found(router, Method::post, "/a"), "/a");
  EXPECT_EQ(found(router, Method::put, "/a"), "no method");
  EXPECT_EQ(found(router, Method::get, "/a/x"), "/a/{id} id=x");
  EXPECT_EQ(found(router, Method::get, "/a/b"), "/a/b");
  EXPECT_EQ(found(router, Method::get, "/a/b/d"), "/a/{id}/d id=b");
  EXPECT_EQ(found(router, Method::get, "/a/b/e"), "/{rest...} rest=a/b/e");
  EXPECT_EQ(found(router, Method::get, "/a/x/y"), "/{rest...} rest=a/x/y");
  EXPECT_EQ(found(router, Method::get, "/a/"), "no path");
  EXPECT_EQ(found(router, Method::get, "/x//y"), "no path");
}

TEST(ServerRouter, RefusesOddTemplates) {
  Router router;
  for (const char* path : {"", "a", "/{", "/{}", "/{A}", "/x{a}", "/{a}x", "/{a...}/b", "/{...}"})
    EXPECT_FALSE(router.add(Method::get, path, nothing).ok()) << path;
  EXPECT_TRUE(router.add(Method::get, "/{a}", nothing).ok());
  EXPECT_FALSE(router.add(Method::get, "/{a}", nothing).ok());
  EXPECT_FALSE(router.add(Method::post, "/{b}", nothing).ok());
  EXPECT_TRUE(router.add(Method::post, "/{a}", nothing).ok());
}

TEST(ServerProblem, TellsInTheReadersLanguage) {
  Problem problem{&problems::too_many_requests, {"Za często: \"3\"", "Too often"}, 20};
  problem.members.emplace_back("field", "kod\n");
  EXPECT_EQ(problem_json(problem, Language::en, "0123456789abcdef"),
            R"({"type":"/problems/too-many-requests","title":"Too many requests","status":429,)"
            R"("detail":"Too often","request":"0123456789abcdef","field":"kod\u000a"})");
  const Response response = problem_response(problem, Language::pl, "");
  EXPECT_EQ(response.status, 429U);
  EXPECT_NE(response.body.find(R"("detail":"Za często: \"3\"")"), std::string::npos);
}

TEST(ServerProblem, KeepsMessagesOfErrorsInside) {
  const urna::Error error{
      urna::ErrorCode::malformed, "the number 44051401458 is none", {"file", 3, 0, "pesel"}, ""};
  const Problem problem = problem_of(error);
  EXPECT_EQ(problem.kind->status, 400U);
  const std::string json = problem_json(problem, Language::en, "");
  EXPECT_EQ(json.find("44051401458"), std::string::npos);
  EXPECT_NE(json.find(R"("field":"pesel","line":"3")"), std::string::npos);
  EXPECT_EQ(problem_of({urna::ErrorCode::io, "", {}, ""}).kind->status, 503U);
  EXPECT_EQ(problem_of({urna::ErrorCode::conflict, "", {}, ""}).kind->status, 409U);
}

TEST(ServerResponder, AnswersExactlyOnce) {
  std::vector<unsigned> statuses;
  const auto note = [&](const Response& response) { statuses.push_back(response.status); };
  {
    Responder first(note, Language::pl, "id");
    Responder moved(std::move(first));
    std::move(moved).respond(text_response("a", 201));
  }
  { const Responder dropped(note, Language::pl, "id"); }
  EXPECT_EQ(statuses, (std::vector<unsigned>{201, 500}));
  Responder twice(note, Language::pl, "id");
  std::move(twice).respond(Response{});
  // NOLINTNEXTLINE(bugprone-use-after-move): that is the mistake
  EXPECT_DEATH(std::move(twice).respond(Response{}), "answered once");
}

TEST(ServerRequest, FindsTokensAndCookies) {
  Request request;
  request.headers = {
      {"authorization", "bEaReR abc"}, {"cookie", "a=1; b=2"}, {"cookie", "c=3; b=4"}};
  EXPECT_EQ(request.bearer_token(), "abc");
  EXPECT_EQ(request.cookie("a"), "1");
  EXPECT_EQ(request.cookie("c"), "3");
  EXPECT_FALSE(request.cookie("b").has_value());
  EXPECT_FALSE(request.cookie("d").has_value());
  request.headers = {{"authorization", "Basic abc"}};
  EXPECT_FALSE(request.bearer_token().has_value());
}

Content letters(const std::string& tag) {
  Content content;
  content.media_type = "text/plain";
  content.entity_tag = tag;
  content.body = std::string("abcdefghij");
  return content;
}

std::string shown(const Reply& reply) {
  const auto* problem = std::get_if<Problem>(&reply);
  if (problem != nullptr) return std::to_string(problem->kind->status);
  const Response& response = std::get<Response>(reply);
  std::string text = std::to_string(response.status) + " " + response.body;
  if (response.source) text += response.source->read(0, response.source->bytes).value();
  for (const Header& header : response.headers)
    if (header.name == "Content-Range") text += " " + header.value;
  return text;
}

TEST(ServerContent, IsNotSentAgain) {
  Request request;
  EXPECT_EQ(shown(content_reply(request, letters("t"))), "200 abcdefghij");
  for (const char* has : {"\"t\"", "W/\"t\"", "\"x\", \"t\"", "*"}) {
    request.headers = {{"if-none-match", has}};
    EXPECT_EQ(shown(content_reply(request, letters("t"))), "304 ") << has;
  }
  for (const char* other : {"\"x\"", "t", "\"t", ""}) {
    request.headers = {{"if-none-match", other}};
    EXPECT_EQ(shown(content_reply(request, letters("t"))), "200 abcdefghij") << other;
  }
  request.headers = {{"if-none-match", "*"}};
  EXPECT_EQ(shown(content_reply(request, letters(""))), "200 abcdefghij");
}

TEST(ServerContent, GivesRanges) {
  Content large;
  large.body = BodySource{
      10, [](std::uint64_t offset, std::size_t count) {
        return urna::Result<std::string>(std::string("abcdefghij").substr(offset, count));
      }};
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"bytes=0-3", "206 abcd bytes 0-3/10"},
      {"bytes=8-", "206 ij bytes 8-9/10"},
      {"bytes=-3", "206 hij bytes 7-9/10"},
      {"bytes=2-100", "206 cdefghij bytes 2-9/10"},
      {"bytes=-100", "206 abcdefghij bytes 0-9/10"},
      {"bytes=10-", "416"},
      {"bytes=-0", "416"},
      {"bytes=3-2", "200 abcdefghij"},
      {"bytes=0-1,3-4", "200 abcdefghij"},
      {"bytes=a-b", "200 abcdefghij"},
      {"lines=0-1", "200 abcdefghij"},
      {"bytes=", "200 abcdefghij"},
      {"bytes=99999999999999999999-", "200 abcdefghij"},
  };
  for (const auto& [range, expected] : cases) {
    Request request;
    request.headers = {{"range", range}};
    EXPECT_EQ(shown(content_reply(request, letters("t"))), expected) << range;
    EXPECT_EQ(shown(content_reply(request, large)), expected) << range;
  }
  Request request;
  request.headers = {{"range", "bytes=0-1"}, {"if-range", "\"t\""}};
  EXPECT_EQ(shown(content_reply(request, letters("t"))), "206 ab bytes 0-1/10");
  EXPECT_EQ(shown(content_reply(request, letters("u"))), "200 abcdefghij");
}

}  // namespace
