// SPDX-License-Identifier: EUPL-1.2
// The server over real sockets: routes and answers, what it refuses, and what it does when it is
// full, attacked slowly, or told to stop.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "test/service/http_probe.h"

namespace {

using namespace urna::server;
using namespace urna::server::probe;
using Time = std::chrono::steady_clock;

void must(const urna::Status& status) { ASSERT_TRUE(status.ok()) << status.error().to_string(); }

// Answers with what it was asked.
Reply echo(const Request& request) {
  std::string text;
  for (const auto& [name, value] : request.parameters) text += name + "=" + value + ";";
  for (const auto& [name, value] : request.query) text += name + "=" + value + ";";
  return text_response(text + request.body);
}

RouteOptions body_of(std::size_t bytes) {
  RouteOptions options;
  options.body_bytes_max = bytes;
  return options;
}

Router echo_router() {
  Router router;
  must(router.add(Method::get, "/things/{id}", echo));
  must(router.add_quick(Method::get, "/quick", echo));
  must(router.add(Method::get, "/tile/{rest...}", echo));
  must(router.add(Method::post, "/things", echo, body_of(1000)));
  must(router.add(Method::post, "/large", echo, body_of(std::size_t{4} << 20)));
  RouteOptions typed = body_of(1000);
  typed.content_types = {"application/cbor"};
  must(router.add(Method::post, "/typed", echo, typed));
  RouteOptions open;
  open.for_any_site = true;
  must(router.add_quick(Method::get, "/open", echo, open));
  RouteOptions listed = body_of(10);
  listed.for_listed_sites = true;
  listed.content_types = {"application/json"};
  must(router.add(Method::post, "/listed", echo, listed));
  must(router.add_quick(Method::del, "/listed", echo, listed));
  must(router.add_quick(Method::get, "/listed", echo));
  return router;
}

// Holds back its answers until it is told to give them.
class Gate {
 public:
  AsyncHandler handler() {
    return [this](const Request&, Responder responder) {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(responder));
      came_.notify_all();
    };
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(
        came_.wait_for(lock, std::chrono::seconds(20), [&] { return waiting_.size() >= count; }));
  }
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  void open(const std::string& text) {
    for (Responder& responder : take()) std::move(responder).respond(text_response(text));
  }
  void drop() { take(); }

 private:
  std::vector<Responder> take() {
    const std::lock_guard lock(mutex_);
    return std::move(waiting_);
  }
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Responder> waiting_;
};

ServerConfig quick_config() {
  ServerConfig config;
  config.refusal_pause = milliseconds(0);
  return config;
}

TEST(HttpServer, AnswersByRoute) {
  const Running running({}, echo_router());
  Client client = running.connect();
  EXPECT_EQ(client.ask(get("/things/7%C5%82?q=a+b")).body, "id=7ł;q=a b;");
  EXPECT_EQ(client.ask(get("/tile/0/x001/067")).body, "rest=0/x001/067;");
  EXPECT_EQ(client.ask(post("/things", "a body")).body, "a body");
  EXPECT_EQ(client.ask(get("/quick")).status, 200);
  const Answer missing = client.ask(get("/nothing", "Accept-Language: en\r\n"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.header("Content-Type"), "application/problem+json");
  EXPECT_NE(missing.body.find(R"("type":"/problems/not-found","title":"Not found","status":404)"),
            std::string::npos)
      << missing.body;
  EXPECT_NE(client.ask(get("/nothing")).body.find("Nie znaleziono"), std::string::npos);
  const Answer method = client.ask(get("/things"));
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.header("Allow"), "POST, OPTIONS");
  const Answer unknown = client.ask("BREW /things HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(unknown.status, 501);
}

TEST(HttpServer, AnswersHeadAndOptions) {
  const Running running({}, echo_router());
  Client client = running.connect();
  client.send("HEAD /things/12 HTTP/1.1\r\nHost: test\r\n\r\n");
  const Answer head = client.receive(false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "6");
  const Answer options = client.ask("OPTIONS /things/12 HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, OPTIONS");
}

TEST(HttpServer, SendsHeadersOfSecurity) {
  ServerConfig config;
  config.strict_transport_security = std::chrono::hours(24);
  const Running running(config, echo_router());
  Client client = running.connect();
  const Answer answer = client.ask(get("/quick"));
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.header("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(answer.header("Strict-Transport-Security"), "max-age=86400");
  EXPECT_EQ(answer.header("Date").size(), 29U);
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(client.ask(get("/open")).header("Access-Control-Allow-Origin"), "*");
}

// ---- Pages of other sites

std::string preflight(const std::string& path, const std::string& method,
                      const std::string& origin = "https://bo.example.org") {
  return "OPTIONS " + path + " HTTP/1.1\r\nHost: test\r\nOrigin: " + origin +
         "\r\nAccess-Control-Request-Method: " + method +
         "\r\nAccess-Control-Request-Headers: authorization,content-type\r\n\r\n";
}

ServerConfig with_sites() {
  ServerConfig config;
  config.allowed_origins = {"https://bo.example.org", "http://127.0.0.1:8080"};
  return config;
}

TEST(HttpServer, PagesOfListedSitesMayUseWhatIsForThem) {
  const Running running(with_sites(), echo_router());
  Client client = running.connect();
  for (const std::string origin : {"https://bo.example.org", "http://127.0.0.1:8080"}) {
    const Answer asked = client.ask(preflight("/listed", "POST", origin));
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.header("Access-Control-Allow-Origin"), origin);
    EXPECT_EQ(asked.header("Access-Control-Allow-Methods"), "POST");
    EXPECT_EQ(asked.header("Access-Control-Allow-Headers"),
              "Authorization, Content-Type, Urna-Notice, Accept-Language");
    EXPECT_EQ(asked.header("Access-Control-Max-Age"), "3600");
    EXPECT_EQ(asked.header("Access-Control-Allow-Credentials"), "") << "there are no cookies";
    EXPECT_EQ(asked.header("Vary"), "Origin");
    const std::string more = "Origin: " + origin + "\r\nContent-Type: application/json\r\n";
    const Answer done = client.ask(post("/listed", "body", more));
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(done.body, "body");
    EXPECT_EQ(done.header("Access-Control-Allow-Origin"), origin);
    EXPECT_EQ(done.header("Access-Control-Expose-Headers"), "Retry-After");
    EXPECT_EQ(done.header("Access-Control-Allow-Methods"), "");
    EXPECT_EQ(done.header("Vary"), "Origin");
    // A refusal must be readable, too.
    const Answer refused = client.ask(post("/listed", "a body too long", more));
    EXPECT_EQ(refused.status, 413);
    EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), origin);
  }
  EXPECT_EQ(client.ask(preflight("/listed", "DELETE")).header("Access-Control-Allow-Methods"),
            "DELETE");
}

TEST(HttpServer, PagesOfOtherSitesMayNot) {
  const Running running(with_sites(), echo_router());
  Client client = running.connect();
  const std::vector<std::string> strangers = {
      "https://evil.example",
      "null",
      "*",
      "http://bo.example.org",
      "https://bo.example.org:8443",
      "https://bo.example.org.evil.example",
      "https://evil.example/https://bo.example.org",
      "https://bo.example.org/",
      "https://BO.example.org",
      "https://bo.example.org https://bo.example.org",
      "https://bo.example.org, https://evil.example",
      std::string(4000, 'a'),
      "",
  };
  for (const std::string& origin : strangers) {
    const Answer asked = client.ask(preflight("/listed", "POST", origin));
    EXPECT_EQ(asked.status, 204) << origin;
    EXPECT_EQ(asked.head.find("Access-Control-"), std::string::npos) << asked.head;
    EXPECT_EQ(asked.header("Vary"), "Origin");
    const Answer done = client.ask(
        post("/listed", "body", "Origin: " + origin + "\r\nContent-Type: application/json\r\n"));
    EXPECT_EQ(done.status, 200) << "what anybody may ask anybody may ask";
    EXPECT_EQ(done.head.find("Access-Control-"), std::string::npos) << done.head;
    EXPECT_EQ(done.header("Vary"), "Origin") << "a cache must not give it to another site";
  }
  // Twice the header, one of them good.
  const Answer twice =
      client.ask(post("/listed", "body",
                      "Origin: https://evil.example\r\nOrigin: https://bo.example.org\r\n"
                      "Content-Type: application/json\r\n"));
  EXPECT_EQ(twice.header("Access-Control-Allow-Origin"), "");
  // A listed site, and what is not for it: another method of the path, another path, none at all.
  for (const std::string& request :
       {preflight("/listed", "GET"), preflight("/listed", "PUT"), preflight("/listed", "BREW"),
        preflight("/quick", "GET"), preflight("/nowhere", "GET"),
        get("/quick", "Origin: https://bo.example.org\r\n"),
        get("/listed", "Origin: https://bo.example.org\r\n")}) {
    const Answer answer = client.ask(request);
    EXPECT_EQ(answer.head.find("Access-Control-"), std::string::npos) << request << answer.head;
  }
  // A question without its method is an ordinary one.
  const Answer plain = client.ask(
      "OPTIONS /listed HTTP/1.1\r\nHost: test\r\nOrigin: https://bo.example.org\r\n\r\n");
  EXPECT_EQ(plain.header("Allow"), "POST, DELETE, GET, HEAD, OPTIONS");
  EXPECT_EQ(plain.head.find("Access-Control-"), std::string::npos);
  // A preflight with a body, and one with a head beyond the limit.
  Client other = running.connect();
  EXPECT_EQ(
      other.ask("OPTIONS /listed HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody").status,
      413);
  EXPECT_EQ(running.connect().ask(preflight("/listed", "POST", std::string(20'000, 'a'))).status,
            431);
}

TEST(HttpServer, PagesOfEverySiteMayUseWhatIsPublic) {
  const Running running(with_sites(), echo_router());
  Client client = running.connect();
  for (const std::string origin : {"https://evil.example", "null"}) {
    const Answer answer = client.ask(get("/open", "Origin: " + origin + "\r\n"));
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(answer.header("Access-Control-Expose-Headers"), "Retry-After");
    EXPECT_EQ(answer.header("Vary"), "") << "the same for everybody";
    EXPECT_EQ(client.ask(preflight("/open", "GET", origin)).header("Access-Control-Allow-Origin"),
              "*");
  }
}

TEST(HttpServer, OriginsAreCheckedAtTheStart) {
  const auto refused = [](std::vector<std::string> origins, bool any_may = false) {
    ServerConfig config;
    config.allowed_origins = std::move(origins);
    config.any_origin_may = any_may;
    urna::server::Metrics metrics;
    const auto created = Server::create(config, echo_router(), metrics, Log::none());
    return !created && created.error().place.field == "http.allowed_origins";
  };
  for (const char* const wrong : {"",
                                  "bo.example.org",
                                  "https://",
                                  "https://bo.example.org/",
                                  "https://bo.example.org/a",
                                  "https://bo.example.org:443",
                                  "http://bo.example.org:80",
                                  "https://bo.example.org:0",
                                  "https://bo.example.org:65536",
                                  "https://bo.example.org:",
                                  "https://Bo.example.org",
                                  "https://a@bo.example.org",
                                  "https://*.example.org",
                                  "https://bo..example.org",
                                  "null",
                                  "ftp://bo.example.org",
                                  "https://bo.example.org?",
                                  "https://[::1",
                                  "https://.example.org",
                                  "https://bo.example.org:80 ",
                                  "*"}) {
    EXPECT_TRUE(refused({wrong})) << wrong;
  }
  for (const char* const right :
       {"https://bo.example.org", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443",
        "http://localhost", "https://bo.example.org:80", "https://xn--d-vja.example"}) {
    EXPECT_FALSE(refused({right})) << right;
  }
  EXPECT_FALSE(refused({"*"}, true));
  EXPECT_TRUE(refused({"*", "https://bo.example.org"}, true));
  EXPECT_TRUE(refused(std::vector<std::string>(65, "https://bo.example.org")));
  ServerConfig everybody;
  everybody.allowed_origins = {"*"};
  everybody.any_origin_may = true;
  const Running running(everybody, echo_router());
  Client client = running.connect();
  const Answer answer = client.ask(preflight("/listed", "POST", "https://evil.example"));
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.header("Vary"), "");
}

TEST(HttpServer, KeepsAndClosesConnections) {
  ServerConfig config;
  config.requests_per_connection_max = 3;
  const Running running(config, echo_router());
  Client client = running.connect();
  EXPECT_EQ(client.ask(get("/quick")).header("Connection"), "");
  EXPECT_EQ(client.ask(get("/quick")).status, 200);
  const Answer last = client.ask(get("/quick"));
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.header("Connection"), "close");
  EXPECT_TRUE(client.is_closed_within(milliseconds(5000)));
  Client closing = running.connect();
  EXPECT_EQ(closing.ask(get("/quick", "Connection: close\r\n")).header("Connection"), "close");
  EXPECT_TRUE(closing.is_closed_within(milliseconds(5000)));
  Client old = running.connect();
  EXPECT_EQ(old.ask("GET /quick HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(old.is_closed_within(milliseconds(5000)));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  const Running running({}, echo_router());
  Client client = running.connect();
  std::string requests;
  for (int i = 0; i < 200; ++i)
    requests += i % 2 == 0 ? get("/things/" + std::to_string(i))
                           : post("/things", "body " + std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    const std::string expected =
        i % 2 == 0 ? "id=" + std::to_string(i) + ";" : "body " + std::to_string(i);
    ASSERT_EQ(client.receive().body, expected);
  }
}

TEST(HttpServer, TakesRequestsByteByByte) {
  const Running running({}, echo_router());
  Client client = running.connect();
  for (const char c : post("/things", "in small pieces")) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(client.receive().body, "in small pieces");
}

TEST(HttpServer, ReadsChunkedBodies) {
  ServerConfig config;
  config.body_timeout = milliseconds(1000);
  const Running running(config, echo_router());
  Client client = running.connect();
  const std::string head =
      "POST /things HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.ask(head + "3\r\nabc\r\n5;a=b\r\ndefgh\r\n0\r\n\r\n").body, "abcdefgh");
  EXPECT_EQ(client.ask(get("/quick")).status, 200);
  Client large = running.connect();
  EXPECT_EQ(large.ask(head + "fff\r\n" + std::string(0xfff, 'x') + "\r\n0\r\n\r\n").status, 413);
  for (const char* bad : {"g\r\nabc\r\n0\r\n\r\n", "-1\r\nabc\r\n", "ffffffffffffffffff\r\nabc\r\n",
                          "3\nabc\n0\n\n", "3\r\nabcd\r\n0\r\n\r\n"}) {
    Client other = running.connect();
    const int status = other.ask(head + bad).status;
    EXPECT_TRUE(status == 400 || status == 408 || status == 413) << bad << " gave " << status;
    EXPECT_TRUE(other.is_closed_within(milliseconds(5000))) << bad;
  }
  Client endless = running.connect();
  EXPECT_EQ(endless.ask(head + "3;" + std::string(100'000, 'e')).status, 400);
}

TEST(HttpServer, KeepsTheLimitsOfBodies) {
  const Running running({}, echo_router());
  Client client = running.connect();
  EXPECT_EQ(client.ask(post("/things", std::string(1000, 'x'))).status, 200);
  EXPECT_EQ(client.ask(post("/things", std::string(1001, 'x'))).status, 413);
  // The small body too many was read and dropped: the connection goes on.
  EXPECT_EQ(client.ask(get("/quick")).status, 200);
  EXPECT_EQ(client.ask(post("/quick", "x")).status, 405);
  Client with_body = running.connect();
  EXPECT_EQ(with_body.ask("GET /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx").status,
            413);
  // A large one is not read at all, and the answer still arrives.
  Client large = running.connect();
  large.send("POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
  EXPECT_EQ(large.receive().status, 413);
  const std::string body(std::size_t{3} << 20, 'x');
  Client big = running.connect();
  EXPECT_EQ(big.ask(post("/large", body)).body, body);
}

TEST(HttpServer, ChecksTypesOfContent) {
  const Running running({}, echo_router());
  Client client = running.connect();
  EXPECT_EQ(client.ask(post("/typed", "x")).status, 415);
  EXPECT_EQ(client.ask(post("/typed", "x", "Content-Type: text/plain\r\n")).status, 415);
  EXPECT_EQ(client.ask(post("/typed", "x", "Content-Type: Application/CBOR ; a=b\r\n")).status,
            200);
}

TEST(HttpServer, TellsWhetherToGoOn) {
  const Running running({}, echo_router());
  Client client = running.connect();
  client.send(
      "POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  EXPECT_EQ(client.ask("abc").body, "abc");
  client.send(
      "POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413);
  Client other = running.connect();
  EXPECT_EQ(other.ask(post("/things", "a", "Expect: wonders\r\n")).status, 417);
}

// Whatever two programs could read as different requests is refused, and the connection ended, so
// that what follows cannot become a request.
TEST(HttpServer, RefusesWhatCouldBeReadDifferently) {
  const Running running({}, echo_router());
  const std::string line = "POST /things HTTP/1.1\r\n";
  const std::string smuggled = "GET /things/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::vector<std::string> requests = {
      line + "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      line + "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      line + "Host: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
      line + "Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
      line + "Host: a\r\nContent-Length: 5, 5\r\n\r\nabcde",
      line + "Host: a\r\nContent-Length: +5\r\n\r\nabcde",
      line + "Host: a\r\nContent-Length: -5\r\n\r\nabcde",
      line + "Host: a\r\nContent-Length: 0x5\r\n\r\nabcde",
      line + "Host: a\r\nContent-Length: 5 5\r\n\r\nabcde",
      line + "Host: a\r\nContent-Length:\r\n\r\nabcde",
      line + "Host: a\r\nContent-Length: 18446744073709551621\r\n\r\nabcde",
      line + "Host: a\r\nTransfer-Encoding: gzip\r\n\r\nabcde",
      line + "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      line + "Host: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      line + "Host: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      line + "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      line + "Host: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      line +
          "Host: a\r\nTransfer-Encoding: \x0b"
          "chunked\r\n\r\n0\r\n\r\n",
      line + "Host: a\r\nContent-Length : 5\r\n\r\nabcde",
      line + "Host: a\r\n Content-Length: 5\r\n\r\nabcde",
      line + "Host: a\r\nX-Folded: a\r\n b\r\n\r\n",
      line + "Host: a\r\nX-Folded: a\r\n\tb\r\n\r\n",
      line + "Host: a\nContent-Length: 0\r\n\r\n",
      "GET /quick HTTP/1.1\nHost: a\n\n",
      line + "Host: a\rX: b\r\n\r\n",
      line + "Host: a\r\nX: a\rb\r\n\r\n",
      line + "Host: a\r\nno colon\r\n\r\n",
      line + "Host: a\r\nno-colon\r\n\r\n",
      line + "Host: a\r\n: empty name\r\n\r\n",
      line + "Host: a\r\nX: a" + std::string(1, '\0') + "b\r\n\r\n",
      line + "Host: a\r\nX" + std::string(1, '\0') + ": b\r\n\r\n",
      line + "Host: a\r\nHost: b\r\n\r\n",
      line + "\r\n",
      "GET /quick HTTP/1.1\r\n\r\n",
      "GET /things/" + std::string(1, '\0') + " HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /things/\xc5\x82 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET  /quick HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /quick  HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /quick\r\nHost: a\r\n\r\n",
      "GET /quick HTTP/1.1 \r\nHost: a\r\n\r\n",
      " GET /quick HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\nGET /quick HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET quick HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET http://a/quick HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /quick http/1.1\r\nHost: a\r\n\r\n",
      "GET /quick HTTP/1.10\r\nHost: a\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  };
  for (const std::string& request : requests) {
    Client client = running.connect();
    client.send(request);
    client.send(smuggled);
    const Answer answer = client.receive();
    EXPECT_TRUE(answer.status == 400 || answer.status == 505) << answer.status << request;
    const Answer second = client.receive(true, milliseconds(2000));
    EXPECT_EQ(second.status, 0) << request << "\nthen: " << second.body;
  }
  Client version = running.connect();
  EXPECT_EQ(version.ask("GET /quick HTTP/2.0\r\nHost: a\r\n\r\n").status, 505);
}

TEST(HttpServer, RefusesOddTargets) {
  const Running running({}, echo_router());
  for (const char* path :
       {"/things/%", "/things/%0", "/things/%zz", "/things/%00", "/things/%2f", "/things/%5C",
        "/things/..", "/things/%2e%2E", "/things/.", "/things/%ff", "/things/%c0%af", "/things/a#b",
        "/things/%0a", "/quick?a=1&a=2", "/quick?%", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"}) {
    Client client = running.connect();
    EXPECT_EQ(client.ask(get(path)).status, 400) << path;
  }
  Client client = running.connect();
  EXPECT_EQ(client.ask(get("/things/" + std::string(5000, 'a'))).status, 400);
  Client other = running.connect();
  EXPECT_EQ(other.ask(get("/things/")).status, 404);
  EXPECT_EQ(other.ask(get("//things")).status, 404);
}

TEST(HttpServer, RefusesEndlessHeads) {
  const Running running({}, echo_router());
  Client large = running.connect();
  EXPECT_EQ(large.ask(get("/quick", "X: " + std::string(17'000, 'x') + "\r\n")).status, 431);
  Client many = running.connect();
  std::string headers;
  for (int i = 0; i < 100; ++i) headers += "X: y\r\n";
  EXPECT_EQ(many.ask(get("/quick", headers)).status, 431);
  Client endless = running.connect();
  endless.send("GET /" + std::string(1'000'000, 'a'));
  EXPECT_EQ(endless.receive().status, 431);
}

TEST(HttpServer, LimitsEachNetwork) {
  Router router;
  RouteOptions options;
  options.rate_class = "codes";
  must(router.add_quick(Method::get, "/code", echo, options));
  must(router.add_quick(Method::get, "/free", echo));
  ServerConfig config;
  config.rates = {{"codes", {3, std::chrono::minutes(1), 3}}};
  config.trusted_proxies = {"127.0.0.0/8"};
  const Running running(config, std::move(router));
  Client client = running.connect();
  const auto from = [](const std::string& address) {
    return get("/code", "X-Forwarded-For: " + address + "\r\n");
  };
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(client.ask(from("192.0.2." + std::to_string(i + 1))).status, 200);
  const Answer refused = client.ask(from("192.0.2.200"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "20");
  EXPECT_EQ(client.ask(get("/free", "X-Forwarded-For: 192.0.2.1\r\n")).status, 200);
  EXPECT_EQ(client.ask(from("198.51.100.1")).status, 200);
  // What the client itself wrote is not believed: the last address is the proxy's.
  EXPECT_EQ(client.ask(from("203.0.113.9, 192.0.2.1")).status, 429);
  EXPECT_EQ(client.ask(from("nonsense")).status, 400);
}

TEST(HttpServer, DoesNotBelieveAnyoneByDefault) {
  Router router;
  RouteOptions options;
  options.rate_class = "codes";
  must(router.add_quick(Method::get, "/code", echo, options));
  ServerConfig config;
  config.rates = {{"codes", {1, std::chrono::minutes(1), 1}}};
  const Running running(config, std::move(router));
  Client client = running.connect();
  EXPECT_EQ(client.ask(get("/code", "X-Forwarded-For: 192.0.2.1\r\n")).status, 200);
  EXPECT_EQ(client.ask(get("/code", "X-Forwarded-For: 192.0.3.1\r\n")).status, 429);
}

TEST(HttpServer, AnswersLaterFromAnyThread) {
  Gate gate;
  Router router;
  must(router.add_async(Method::get, "/gate", gate.handler()));
  const Running running({}, std::move(router));
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(running.connect());
    clients.back().send(get("/gate"));
  }
  gate.wait_for(20);
  std::thread([&] { gate.open("now"); }).join();
  for (Client& client : clients) EXPECT_EQ(client.receive().body, "now");
}

// Connections on three network threads, handlers on four workers and on a thread of their own.
TEST(HttpServer, ServesOnSeveralThreads) {
  Gate gate;
  Router router = echo_router();
  must(router.add_async(Method::get, "/gate", gate.handler()));
  ServerConfig config;
  config.network_threads = 3;
  const Running running(config, std::move(router));
  std::atomic<bool> ends{false};
  std::thread opener([&] {
    while (!ends) {
      gate.open("through");
      std::this_thread::sleep_for(milliseconds(1));
    }
  });
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      Client client = running.connect();
      for (int i = 0; i < 100; ++i) {
        const std::string text = std::to_string(t) + " " + std::to_string(i);
        if (client.ask(post("/things", text)).body != text) ++wrong;
        if (client.ask(get("/gate")).body != "through") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ends = true;
  opener.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_NE(running.metrics.text().find(
                "http_requests_total{method=\"POST\",route=\"/things\",status=\"2xx\"} 600\n"),
            std::string::npos);
}

// Nor do connections that hold back their bodies keep others out.
TEST(HttpServer, SlowBodiesMakeRoomToo) {
  ServerConfig config;
  config.connections_max = 20;
  const Running running(config, echo_router());
  std::vector<Client> slow;
  for (int i = 0; i < 60; ++i) {
    slow.push_back(running.connect());
    slow.back().send("POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    std::this_thread::sleep_for(milliseconds(2));
  }
  Client client = running.connect();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.ask(post("/things", "body")).body, "body");
  EXPECT_TRUE(slow.front().is_closed_within(milliseconds(3000)));
}

TEST(HttpServer, AnswersForDroppedResponders) {
  Gate gate;
  Router router;
  must(router.add_async(Method::get, "/gate", gate.handler()));
  must(router.add(Method::get, "/throws", [](const Request&) -> Reply { throw std::bad_alloc(); }));
  const Running running({}, std::move(router));
  Client client = running.connect();
  client.send(get("/gate"));
  gate.wait_for(1);
  gate.drop();
  EXPECT_EQ(client.receive().status, 500);
  EXPECT_EQ(client.ask(get("/throws")).status, 500);
}

TEST(HttpServer, DoesNotWaitForeverForAHandler) {
  Gate gate;
  Router router;
  must(router.add_async(Method::get, "/gate", gate.handler()));
  must(router.add_quick(Method::get, "/quick", echo));
  ServerConfig config;
  config.handler_timeout = milliseconds(300);
  const Running running(config, std::move(router));
  Client client = running.connect();
  EXPECT_EQ(client.ask(get("/gate")).status, 504);
  gate.open("too late");
  EXPECT_EQ(client.ask(get("/quick")).status, 200);
}

TEST(HttpServer, RefusesWhenFullAndGoesOn) {
  Gate gate;
  Router router;
  must(router.add_async(Method::post, "/gate", gate.handler(), body_of(100'000)));
  Metrics metrics;
  must(add_health_routes(router, metrics, [] { return true; }));
  ServerConfig config = quick_config();
  config.requests_in_flight_max = 4;
  const Running running(config, std::move(router));
  std::vector<Client> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(running.connect());
    held.back().send(post("/gate", "body"));
  }
  gate.wait_for(4);
  Client client = running.connect();
  for (int i = 0; i < 3; ++i) {
    const Answer refused = client.ask(post("/gate", "body"));
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "5");
    EXPECT_EQ(refused.header("Connection"), "");
  }
  // Refused by its head, before the body has come.
  Client large = running.connect();
  large.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n");
  EXPECT_EQ(large.receive().status, 503);
  EXPECT_EQ(client.ask(get("/healthz")).status, 204);
  EXPECT_EQ(client.ask(get("/readyz")).status, 204);
  EXPECT_EQ(gate.waiting(), 4U);
  gate.open("done");
  for (Client& each : held) EXPECT_EQ(each.receive().status, 200);
  client.send(post("/gate", "body"));
  gate.wait_for(1);
  gate.open("done");
  EXPECT_EQ(client.receive().status, 200);
}

TEST(HttpServer, LimitsAllBodiesTogether) {
  ServerConfig config = quick_config();
  config.bodies_bytes_max = Size{std::uint64_t{5} << 20};
  const Running running(config, echo_router());
  Client first = running.connect();
  first.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(100));
  Client second = running.connect();
  second.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
  EXPECT_EQ(second.receive().status, 503);
  first.send(std::string(4'000'000, 'x'));
  EXPECT_EQ(first.receive().status, 200);
  Client third = running.connect();
  EXPECT_EQ(third.ask(post("/large", std::string(4'000'000, 'x'))).status, 200);
}

TEST(HttpServer, EndsSlowRequests) {
  ServerConfig config;
  config.head_timeout = milliseconds(400);
  config.body_timeout = milliseconds(400);
  config.keep_alive_timeout = milliseconds(400);
  const Running running(config, echo_router());
  Client silent = running.connect();
  Client half = running.connect();
  half.send("GET /quick HTTP/1.1\r\nHost:");
  Client body = running.connect();
  body.send("POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  Client kept = running.connect();
  EXPECT_EQ(kept.ask(get("/quick")).status, 200);
  // Trickling does not help: the time is for the whole head.
  Client trickling = running.connect();
  trickling.send("GET /quick HTTP/1.1\r\nX: ");
  for (int i = 0; i < 12; ++i) {
    std::this_thread::sleep_for(milliseconds(100));
    if (!trickling.send("x")) break;
  }
  EXPECT_TRUE(silent.is_closed_within(milliseconds(5000)));
  EXPECT_TRUE(kept.is_closed_within(milliseconds(5000)));
  EXPECT_EQ(half.receive().status, 408);
  EXPECT_EQ(body.receive().status, 408);
  EXPECT_EQ(trickling.receive().status, 408);
}

// 1,500 connections that send a byte now and then do not delay anyone, and are ended in time.
TEST(HttpServer, SlowConnectionsDelayNobody) {
  ServerConfig config;
  config.head_timeout = milliseconds(6000);
  const Running running(config, echo_router());
  std::vector<Client> slow;
  slow.reserve(1500);
  for (int i = 0; i < 1500; ++i) {
    slow.push_back(running.connect());
    ASSERT_TRUE(slow.back().connected());
    slow.back().send(i % 2 == 0
                         ? "GET /quick HTTP/1.1\r\nX: "
                         : "POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n");
  }
  std::vector<double> ms;
  Client client = running.connect();
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 20; ++i) slow[static_cast<std::size_t>(round * 7 + i) % 1500].send("x");
    const auto start = Time::now();
    ASSERT_EQ(client.ask(post("/things", "body")).status, 200);
    ms.push_back(std::chrono::duration<double, std::milli>(Time::now() - start).count());
  }
  std::sort(ms.begin(), ms.end());
  EXPECT_LT(ms[ms.size() / 2], 50) << "half of the requests took longer";
  EXPECT_LT(ms[ms.size() * 99 / 100], 250);
  for (int i = 0; i < 1500; i += 2)
    ASSERT_TRUE(slow[static_cast<std::size_t>(i)].receive().status == 408) << i;
}

// New clients get in however many sit on connections.
TEST(HttpServer, IdleConnectionsMakeRoom) {
  ServerConfig config;
  config.connections_max = 50;
  const Running running(config, echo_router());
  std::vector<Client> idle;
  for (int i = 0; i < 200; ++i) {
    idle.push_back(running.connect());
    idle.back().send("GET /qu");
  }
  std::this_thread::sleep_for(milliseconds(200));
  Client client = running.connect();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.ask(get("/quick")).status, 200);
  EXPECT_TRUE(idle.front().is_closed_within(milliseconds(3000)));
  EXPECT_NE(running.metrics.text().find("http_refused_total{reason=\"displaced\"} 1"),
            std::string::npos);
}

TEST(HttpServer, GivesUpOnClientsThatDoNotRead) {
  Router router;
  must(router.add(Method::get, "/much", [](const Request&) -> Reply {
    return text_response(std::string(std::size_t{64} << 20, 'x'));
  }));
  ServerConfig config;
  config.write_timeout = milliseconds(300);
  const Running running(config, std::move(router));
  Client client = running.connect();
  client.send(get("/much"));
  const auto is_open = [&] {
    return running.metrics.text().find("http_connections 0\n") == std::string::npos;
  };
  const auto start = Time::now();
  std::this_thread::sleep_for(milliseconds(100));
  while (is_open() && Time::now() - start < std::chrono::seconds(10))
    std::this_thread::sleep_for(milliseconds(20));
  EXPECT_FALSE(is_open());
}

TEST(HttpServer, FinishesRequestsWhenStopping) {
  Gate gate;
  Router router;
  must(router.add_async(Method::get, "/gate", gate.handler()));
  Running running({}, std::move(router));
  Client idle = running.connect();
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(running.connect());
    clients.back().send(get("/gate"));
  }
  gate.wait_for(5);
  const std::uint16_t port = running.server->port();
  running.server->stop();
  EXPECT_TRUE(idle.is_closed_within(milliseconds(3000)));
  EXPECT_FALSE(running.ended);
  EXPECT_FALSE(Client(port).connected());
  gate.open("to the end");
  for (Client& client : clients) {
    const Answer answer = client.receive();
    EXPECT_EQ(answer.body, "to the end");
    EXPECT_EQ(answer.header("Connection"), "close");
  }
  running.stop();
  EXPECT_TRUE(running.ended);
}

TEST(HttpServer, StopsWithoutThoseThatTakeTooLong) {
  Gate gate;
  Router router;
  must(router.add_async(Method::get, "/gate", gate.handler()));
  ServerConfig config;
  config.stop_timeout = milliseconds(300);
  std::optional<Running> running;
  running.emplace(config, std::move(router));
  Client client = running->connect();
  client.send(get("/gate"));
  gate.wait_for(1);
  const auto start = Time::now();
  running->stop();
  EXPECT_LT(Time::now() - start, std::chrono::seconds(10));
  EXPECT_TRUE(client.is_closed_within(milliseconds(3000)));
  running.reset();
  gate.open("nobody listens any more");
}

TEST(HttpServer, StopsOnSignals) {
  Gate gate;
  Router router;
  must(router.add_async(Method::get, "/gate", gate.handler()));
  ServerConfig config;
  config.handle_signals = true;
  Running running(config, std::move(router));
  Client client = running.connect();
  client.send(get("/gate"));
  gate.wait_for(1);
  ASSERT_EQ(kill(getpid(), SIGTERM), 0);
  while (Client(running.server->port()).connected()) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_FALSE(running.ended);
  gate.open("last words");
  EXPECT_EQ(client.receive().body, "last words");
  const auto start = Time::now();
  while (!running.ended && Time::now() - start < std::chrono::seconds(10))
    std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(running.ended);
}

TEST(HttpServer, LeavesOutHeadersThatWouldSplitTheAnswer) {
  Router router;
  must(router.add_quick(Method::get, "/go", [](const Request& request) -> Reply {
    Response response;
    response.status = 303;
    response.headers.push_back({"Location", std::string(*request.query_value("to"))});
    return response;
  }));
  const Running running({}, std::move(router));
  Client client = running.connect();
  EXPECT_EQ(client.ask(get("/go?to=/there")).header("Location"), "/there");
  const Answer split = client.ask(get("/go?to=/there%0d%0aSet-Cookie:+a=b"));
  EXPECT_EQ(split.status, 303);
  EXPECT_EQ(split.head.find("Set-Cookie"), std::string::npos);
}

TEST(HttpServer, SendsLargeBodiesInPieces) {
  Router router;
  must(router.add(Method::get, "/big", [](const Request&) -> Reply {
    Response response;
    response.content_type = "application/octet-stream";
    response.source = BodySource{
        1'000'000, [](std::uint64_t offset, std::size_t count) -> urna::Result<std::string> {
          std::string piece;
          for (std::size_t i = 0; i < count; ++i)
            piece += static_cast<char>('a' + (offset + i) % 26);
          return piece;
        }};
    return response;
  }));
  const Running running({}, std::move(router));
  Client client = running.connect();
  for (int round = 0; round < 2; ++round) {
    const Answer answer = client.ask(get("/big"));
    ASSERT_EQ(answer.body.size(), 1'000'000U);
    bool right = true;
    for (std::size_t i = 0; i < answer.body.size(); ++i)
      right = right && answer.body[i] == static_cast<char>('a' + i % 26);
    EXPECT_TRUE(right);
  }
}

TEST(HttpServer, LogsNothingOfWhoAsked) {
  std::mutex mutex;
  std::string lines;
  const Log log = Log::to(
      [&](std::string_view line) {
        const std::lock_guard lock(mutex);
        lines += std::string(line) + "\n";
      },
      LogLevel::debug);
  Running running({}, echo_router(), log);
  Client client = running.connect();
  const Answer found = client.ask(get("/things/44051401458?name=Jan+Kowalski",
                                      "Authorization: Bearer t0ken\r\nUser-Agent: agent\r\n"));
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(client.ask(post("/things", "jan@example.org")).status, 200);
  const Answer missing = client.ask(get("/nothing/44051401458"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body.find("44051401458"), std::string::npos);
  running.stop();
  EXPECT_NE(lines.find(R"("event":"request")"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"("route":"/things/{id}","status":200)"), std::string::npos) << lines;
  const std::string metrics = running.metrics.text();
  for (const char* planted :
       {"44051401458", "Kowalski", "t0ken", "agent", "127.0.0", "jan@example"}) {
    EXPECT_EQ(lines.find(planted), std::string::npos) << planted;
    EXPECT_EQ(metrics.find(planted), std::string::npos) << planted;
  }
  // The id in the problem is that of its line in the log.
  const std::size_t id = missing.body.find(R"("request":")");
  ASSERT_NE(id, std::string::npos);
  EXPECT_NE(lines.find(missing.body.substr(id, 28)), std::string::npos);
}

// "::" takes IPv4 clients too, and their networks are IPv4 ones.
TEST(HttpServer, ListensOnAllAddresses) {
  Router router;
  must(router.add_quick(Method::get, "/me", [](const Request& request) -> Reply {
    return text_response(request.peer == Network::parse("127.0.0.0/24").value() ? "v4" : "other");
  }));
  ServerConfig config;
  config.address = "::";
  Metrics metrics;
  if (!Server::create(config, Router(), metrics, Log::none()).ok()) GTEST_SKIP() << "no IPv6 here";
  const Running running(config, std::move(router));
  Client client = running.connect();
  EXPECT_EQ(client.ask(get("/me")).body, "v4");
}

TEST(HttpServer, RefusesContradictions) {
  Metrics metrics;
  ServerConfig config;
  RouteOptions options;
  options.rate_class = "none such";
  Router router;
  must(router.add_quick(Method::get, "/a", echo, options));
  EXPECT_FALSE(Server::create(config, std::move(router), metrics, Log::none()).ok());
  config.address = "localhost";
  EXPECT_FALSE(Server::create(config, Router(), metrics, Log::none()).ok());
  config = {};
  config.tls_key = "key.pem";
  EXPECT_FALSE(Server::create(config, Router(), metrics, Log::none()).ok());
  config = {};
  config.connections_max = 1'000'000'000;
  const auto many = Server::create(config, Router(), metrics, Log::none());
  ASSERT_FALSE(many.ok());
  EXPECT_EQ(many.error().place.field, "http.connections_max");
  const Running running({}, echo_router());
  config = {};
  config.port = running.server->port();
  const auto taken = Server::create(config, Router(), metrics, Log::none());
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, urna::ErrorCode::io);
}

}  // namespace
