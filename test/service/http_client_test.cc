// SPDX-License-Identifier: EUPL-1.2
// Requests to a real server on this machine: answers whatever their status, and an end in time with
// the right error whatever the server does.
#include "adapters/http_client.h"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "test/service/certificate.h"
#include "test/service/node_service.h"

namespace urna::adapters {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::Certificate;
using testing::NodeService;

// For tests that are not about time: the machine may be busy.
constexpr HttpLimits patient{.connect_ms = 60'000, .total_ms = 60'000};

class HttpClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    service_ = NodeService::start("sms", {}, why);
    if (service_ == nullptr) GTEST_SKIP() << why;
    url_ = service_->url() + "/messages";
  }
  [[nodiscard]] Result<HttpAnswer> post(const HttpClient& client, std::string_view key) const {
    return client.send(
        {.url = url_,
         .body = R"({"to":"+48600100200","text":"x"})",
         .headers = {{"Authorization", "Bearer test-token"}, {"Idempotency-Key", key}}});
  }

  std::unique_ptr<NodeService> service_;
  std::string url_;
};

TEST_F(HttpClientTest, GivesEveryAnswerWithItsStatus) {
  const HttpClient client(patient, {.plain_http = true});
  const auto sent = post(client, "a");
  ASSERT_TRUE(sent) << sent.error().to_string();
  EXPECT_EQ(sent->status, 201U);
  EXPECT_EQ(sent->body, R"({"id":"1"})");
  EXPECT_EQ(sent->content_type, "application/json");
  EXPECT_EQ(client.send({.url = url_}).value().status, 404U);
  EXPECT_EQ(client.send({.url = url_, .body = ""}).value().status, 401U);
  service_->control("/mode", {{"mode", "busy"}});
  const auto busy = post(client, "b");
  EXPECT_EQ(busy.value().status, 429U);
  EXPECT_EQ(busy.value().retry_after_s, 1U);
}

TEST_F(HttpClientTest, EndsInTimeWhenTheServerHangs) {
  const HttpClient client({.total_ms = 300}, {.plain_http = true});
  service_->control("/mode", {{"mode", "hang"}});
  const auto began = steady_clock::now();
  const auto answer = post(client, "a");
  const auto took = steady_clock::now() - began;
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::io);
  EXPECT_EQ(answer.error().message, service_->url() + " did not answer in time");
  EXPECT_GE(took, milliseconds(250));
  EXPECT_LT(took, milliseconds(20'000));
}

TEST_F(HttpClientTest, StopsReadingAtTheLimit) {
  const HttpClient client({.answer_bytes_max = 100'000}, {.plain_http = true});
  service_->control("/mode", {{"mode", "babble"}});
  const auto answer = post(client, "a");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::limit);
  // Exactly at the limit is within it.
  service_->control("/mode", {{"mode", "ok"}});
  EXPECT_TRUE(post(HttpClient({.answer_bytes_max = 10}, {.plain_http = true}), "a"));
  EXPECT_FALSE(post(HttpClient({.answer_bytes_max = 9}, {.plain_http = true}), "a"));
}

TEST_F(HttpClientTest, SaysWhenNobodyIsThere) {
  const HttpClient client(patient, {.plain_http = true});
  service_->stop();
  const auto answer = post(client, "a");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::io);
  EXPECT_NE(answer.error().message.find("takes no connection"), std::string::npos);
}

TEST_F(HttpClientTest, UsesNoOtherSchemeThanAllowed) {
  const HttpClient strict(patient, {});
  EXPECT_EQ(post(strict, "a").error().code, ErrorCode::usage);
  const HttpClient plain(patient, {.plain_http = true});
  for (const char* url : {"file:///etc/hostname", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "",
                          "http://127.0.0.1:1/\r\nX: y"}) {
    const auto answer = plain.send({.url = url});
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().code, ErrorCode::usage) << url;
  }
}

TEST_F(HttpClientTest, LetsNoHeaderBeginAnother) {
  const HttpClient client(patient, {.plain_http = true});
  for (const char* value : {"a\r\nX-Other: b", "a\nb", "a\rb"}) {
    const auto answer = client.send({.url = url_, .headers = {{"X-One", value}}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::usage);
    EXPECT_FALSE(client.send({.url = url_, .headers = {{value, "a"}}}));
  }
}

TEST_F(HttpClientTest, TellsNoSecretsInErrors) {
  const HttpClient client(patient, {.plain_http = true});
  service_->stop();
  const std::string url = "http://user:geheim@127.0.0.1:" + std::to_string(service_->port()) +
                          "/path-geheim?code=geheim#geheim";
  const auto answer = client.send({.url = url, .body = "geheim"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().to_string().find("geheim"), std::string::npos)
      << answer.error().to_string();
}

TEST_F(HttpClientTest, ServesManyThreadsAtOnce) {
  const HttpClient client({.idle_connections_max = 2}, {.plain_http = true});
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 25; ++i) {
        const auto answer = post(client, std::to_string(thread) + "-" + std::to_string(i));
        if (answer.ok() && answer->status == 201) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
  EXPECT_EQ(service_->control("/messages").at("messages").as_array().size(), 200U);
}

TEST_F(HttpClientTest, TrustsOnlyKnownCertificatesOfTheRightName) {
  const Certificate good("IP:127.0.0.1");
  const Certificate other_name("DNS:elsewhere.example");
  std::string why;
  const auto secure =
      NodeService::start("sms", {"--cert", good.certificate_file(), "--key", good.key_file()}, why);
  const auto elsewhere = NodeService::start(
      "sms", {"--cert", other_name.certificate_file(), "--key", other_name.key_file()}, why);
  ASSERT_TRUE(secure != nullptr && elsewhere != nullptr) << why;
  const auto get = [](const NodeService& service, const std::string& authorities) {
    const HttpClient client(patient, {.authorities_file = authorities});
    return client.send({.url = "https://127.0.0.1:" + std::to_string(service.port()) + "/"});
  };
  const auto trusted = get(*secure, good.certificate_file());
  ASSERT_TRUE(trusted) << trusted.error().to_string();
  EXPECT_EQ(trusted->status, 404U);
  for (const auto& refused : {get(*secure, ""), get(*secure, other_name.certificate_file()),
                              get(*elsewhere, other_name.certificate_file())}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::io);
    EXPECT_NE(refused.error().message.find("no certificate that is trusted"), std::string::npos)
        << refused.error().to_string();
  }
}

}  // namespace
}  // namespace urna::adapters
