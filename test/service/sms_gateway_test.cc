// SPDX-License-Identifier: EUPL-1.2
// Short messages through a gateway of its own process that works, fails, hangs, loses answers.
#include "adapters/sms_gateway.h"

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "test/service/node_service.h"

namespace urna::adapters {
namespace {

using registrar::PhoneNumber;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::NodeService;
using testing::text_of;

class SmsGatewayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    service_ = NodeService::start("sms", {"--token", "s3cret"}, why);
    if (service_ == nullptr) GTEST_SKIP() << why;
  }
  [[nodiscard]] SmsGatewayConfig config() const {
    return {.url = service_->url() + "/messages",
            .token = SecretBytes(std::string("s3cret")),
            .sender = "BO Testowo",
            .pause_ms = 10,
            .deadline_ms = 60'000};
  }
  Status send(SmsGatewayConfig config,
              std::string_view text = "Kod: 123456. Nikomu go nie podawaj.",
              std::string_view key = "key-1", const std::string& to = "+48600100200") {
    SmsGateway gateway(std::move(config), hurry_ ? hurried_ : http_);
    const PhoneNumber number = PhoneNumber::parse(to).value();
    return gateway.send({.to = number, .text = text, .key = key});
  }
  boost::json::array messages() { return service_->control("/messages").at("messages").as_array(); }
  std::int64_t requests() { return service_->control("/messages").at("requests").as_int64(); }
  void mode(const char* name, int times = 1'000'000) {
    service_->control("/mode", {{"mode", name}, {"times", times}});
  }

  // As patient as a busy machine needs; the hurried one for tests of time.
  HttpClient http_{{.connect_ms = 60'000, .total_ms = 60'000}, {.plain_http = true}};
  HttpClient hurried_{{.total_ms = 500}, {.plain_http = true}};
  bool hurry_ = false;
  std::unique_ptr<NodeService> service_;
};

TEST_F(SmsGatewayTest, DeliversTheTextAsItIs) {
  const std::string text = "Zażółć gęślą jaźń: „kod\" \\ 123456 – €";
  const Status sent = send(config(), text);
  ASSERT_TRUE(sent) << sent.error().to_string();
  ASSERT_EQ(messages().size(), 1U);
  const boost::json::value message = messages()[0];
  EXPECT_EQ(text_of(message, "to"), "+48600100200");
  EXPECT_EQ(text_of(message, "text"), text);
  EXPECT_EQ(text_of(message, "from"), "BO Testowo");
  EXPECT_EQ(text_of(message, "key"), "key-1");
}

TEST_F(SmsGatewayTest, RepeatsWhatFailedAndSendsOnce) {
  mode("fail", 2);
  EXPECT_TRUE(send(config()));
  EXPECT_EQ(requests(), 3);
  // The gateway took the message, but its answer was lost.
  mode("lose", 1);
  EXPECT_TRUE(send(config(), "second", "key-2"));
  EXPECT_EQ(messages().size(), 2U);
  EXPECT_EQ(requests(), 5);
}

TEST_F(SmsGatewayTest, SaysInTimeThatTheGatewayIsDown) {
  mode("fail");
  Status sent = send(config());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::io);
  EXPECT_EQ(requests(), 3);
  service_->stop();
  const auto began = steady_clock::now();
  sent = send(config());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::io);
  EXPECT_LT(steady_clock::now() - began, milliseconds(20'000));
}

TEST_F(SmsGatewayTest, SaysInTimeThatTheGatewayHangs) {
  mode("hang");
  hurry_ = true;
  SmsGatewayConfig settings = config();
  settings.deadline_ms = 800;
  settings.attempts_max = 100;
  const auto began = steady_clock::now();
  const Status sent = send(std::move(settings));
  const auto took = steady_clock::now() - began;
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::io);
  // The deadline and one time-out of 500 ms; the rest is the machine's.
  EXPECT_LT(took, milliseconds(20'000));
  EXPECT_LE(requests(), 2);
}

TEST_F(SmsGatewayTest, TellsRefusalsApart) {
  mode("refuse");
  EXPECT_EQ(send(config()).error().code, ErrorCode::malformed);
  EXPECT_EQ(requests(), 1) << "a refusal is not repeated";
  mode("busy");
  EXPECT_EQ(send(config()).error().code, ErrorCode::limit);
  mode("babble");
  EXPECT_EQ(send(config()).error().code, ErrorCode::io);
  mode("ok");
  EXPECT_EQ(send(config(), "x", "k", "+33600100200").error().code, ErrorCode::malformed);
  SmsGatewayConfig wrong = config();
  wrong.token = SecretBytes(std::string("guess"));
  const Status refused = send(std::move(wrong));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_EQ(refused.error().to_string().find("guess"), std::string::npos);
  EXPECT_TRUE(messages().empty());
}

TEST_F(SmsGatewayTest, SendsNothingThatIsNoText) {
  for (const std::string& text :
       {std::string(), std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"),
        std::string("a\u2028b"), std::string("a\u0085b"), std::string(481, 'x')})
    EXPECT_EQ(send(config(), text).error().code, ErrorCode::malformed);
  for (const std::string_view key : {"", "a b", "a\r\nX: y", "ą"})
    EXPECT_EQ(send(config(), "text", key).error().code, ErrorCode::malformed);
  EXPECT_EQ(requests(), 0);
}

}  // namespace
}  // namespace urna::adapters
