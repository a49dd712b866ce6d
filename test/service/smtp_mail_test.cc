// SPDX-License-Identifier: EUPL-1.2
// E-mail to a real mail server of its own process: what arrives is what was written, in the clear,
// encrypted, with and without log-in; and every refusal is told apart.
#include "adapters/smtp_mail.h"

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "test/service/certificate.h"
#include "test/service/node_service.h"

namespace urna::adapters {
namespace {

using registrar::MailAddress;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::Certificate;
using testing::NodeService;
using testing::text_of;

constexpr std::int64_t some_day_s = 1'795'842'406;  // Sat, 28 Nov 2026 05:06:46 UTC

const std::string subject = "Zażółć gęślą jaźń – kod do głosowania w budżecie obywatelskim „Łódź”";
const std::string text =
    "Dzień dobry,\n\n.kropka na początku wiersza\n..\n.\nZażółć gęślą jaźń €\n"
    "From kogoś\n\tz odstępem i spacją na końcu \n" +
    std::string(3'000, 'w') + "\n";

class SmtpMailTest : public ::testing::Test {
 protected:
  void start(const std::vector<std::string>& options = {}) {
    std::string why;
    service_ = NodeService::start("mail", options, why);
    if (service_ == nullptr) GTEST_SKIP() << why;
  }
  [[nodiscard]] SmtpConfig config(MailEncryption encryption = MailEncryption::none) const {
    return {.host = "127.0.0.1",
            .port = service_->port(),
            .encryption = encryption,
            .from = {MailAddress::parse("bo@testowo.example").value(), "Urząd Miasta Testowo"},
            .connect_ms = 60'000,
            .total_ms = 60'000};
  }
  static Status send(SmtpConfig config, std::string_view about = subject,
                     std::string_view what = text, std::string_view key = "key-1") {
    SmtpMail mail(std::move(config), [] { return some_day_s; });
    const MailAddress to = MailAddress::parse("zofia.swiecicka@poczta.example").value();
    return mail.send({.to = to, .subject = about, .text = what, .key = key});
  }
  boost::json::array messages() { return service_->control("/messages").at("messages").as_array(); }

  std::unique_ptr<NodeService> service_;
};

TEST_F(SmtpMailTest, ArrivesAsItWasWritten) {
  start();
  if (service_ == nullptr) return;
  const Status sent = send(config());
  ASSERT_TRUE(sent) << sent.error().to_string();
  ASSERT_EQ(messages().size(), 1U);
  const boost::json::value message = messages()[0];
  EXPECT_EQ(text_of(message, "from"), "bo@testowo.example");
  ASSERT_EQ(message.at("to").as_array().size(), 1U);
  EXPECT_EQ(message.at("to").at(0).as_string(), "zofia.swiecicka@poczta.example");
  // As another program reads it.
  const boost::json::value& shown = message.at("shown");
  EXPECT_EQ(text_of(shown, "subject"), subject);
  EXPECT_EQ(text_of(shown, "text"), text);
  EXPECT_EQ(text_of(shown.at("from"), "name"), "Urząd Miasta Testowo");
  EXPECT_EQ(text_of(shown.at("from"), "address"), "bo@testowo.example");
  EXPECT_EQ(text_of(shown.at("to").at(0), "address"), "zofia.swiecicka@poczta.example");
  EXPECT_EQ(text_of(shown, "date"), "2026-11-28T05:06:46.000Z");
  // As it came over the line.
  const std::string raw = from_base64(message.at("raw").as_string().c_str()).value();
  std::size_t start = 0;
  while (start < raw.size()) {
    const std::size_t end = raw.find("\r\n", start);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - start, 78U) << raw.substr(start, end - start);
    for (const char c : raw.substr(start, end - start)) EXPECT_TRUE(c >= 0x20 && c < 0x7F);
    start = end + 2;
  }
  // Once more, with the same key: another copy, recognisable as the same.
  ASSERT_TRUE(send(config()));
  ASSERT_TRUE(send(config(), subject, text, "key-2"));
  ASSERT_EQ(messages().size(), 3U);
  EXPECT_EQ(text_of(messages()[0].at("shown"), "id"), text_of(messages()[1].at("shown"), "id"));
  EXPECT_NE(text_of(messages()[0].at("shown"), "id"), text_of(messages()[2].at("shown"), "id"));
}

TEST_F(SmtpMailTest, LetsNothingBeginAHeaderOrAnotherMail) {
  start();
  if (service_ == nullptr) return;
  for (const std::string& about :
       {std::string("a\r\nBcc: all@example.org"), std::string("a\nb"), std::string("a\rb"),
        std::string("a\0b", 3), std::string("a\u2028b"), std::string("\xC5"), std::string()})
    EXPECT_EQ(send(config(), about).error().code, ErrorCode::malformed);
  for (const std::string& what :
       {std::string("a\r\n.\r\nMAIL FROM:<x@y.z>"), std::string("\x1b[2J"), std::string("\xFF"),
        std::string(70'000, 'x')})
    EXPECT_EQ(send(config(), subject, what).error().code, ErrorCode::malformed);
  EXPECT_TRUE(messages().empty());
  // Within the rules, and yet tempting.
  ASSERT_TRUE(send(config(), "=?UTF-8?B?QmNj?= Bcc: all@example.org", "a\n.\nQUIT\nb"));
  ASSERT_EQ(messages().size(), 1U);
  EXPECT_EQ(text_of(messages()[0].at("shown"), "subject"), "=?UTF-8?B?QmNj?= Bcc: all@example.org");
  EXPECT_EQ(text_of(messages()[0].at("shown"), "text"), "a\n.\nQUIT\nb\n");
  EXPECT_EQ(messages()[0].at("to").as_array().size(), 1U);
}

TEST_F(SmtpMailTest, EncryptsWhereItMust) {
  const Certificate certificate("IP:127.0.0.1");
  start({"--cert", certificate.certificate_file(), "--key", certificate.key_file()});
  if (service_ == nullptr) return;
  SmtpConfig trusting = config(MailEncryption::starttls_required);
  trusting.authorities_file = certificate.certificate_file();
  const Status sent = send(std::move(trusting));
  ASSERT_TRUE(sent) << sent.error().to_string();
  EXPECT_TRUE(messages()[0].at("encrypted").as_bool());
  // A certificate that nobody vouches for.
  const Status refused = send(config(MailEncryption::starttls_required));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "the mail server has no certificate that is trusted here");
  EXPECT_EQ(messages().size(), 1U);
}

TEST_F(SmtpMailTest, SendsNothingInTheClearWhereEncryptionIsRequired) {
  start();
  if (service_ == nullptr) return;
  const Status refused = send(config(MailEncryption::starttls_required));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  EXPECT_EQ(refused.error().message, "the mail server offers no encryption");
  EXPECT_TRUE(messages().empty());
  EXPECT_TRUE(send(config(MailEncryption::starttls_optional)));
}

TEST_F(SmtpMailTest, LogsIn) {
  start({"--user", "bo", "--password", "hasło"});
  if (service_ == nullptr) return;
  SmtpConfig known = config();
  known.user = "bo";
  known.password = SecretBytes(std::string("hasło"));
  const Status sent = send(std::move(known));
  ASSERT_TRUE(sent) << sent.error().to_string();
  EXPECT_EQ(text_of(messages()[0], "user"), "bo");
  SmtpConfig wrong = config();
  wrong.user = "bo";
  wrong.password = SecretBytes(std::string("zgadnij"));
  const Status refused = send(std::move(wrong));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_EQ(refused.error().to_string().find("zgadnij"), std::string::npos);
  EXPECT_EQ(send(config()).error().code, ErrorCode::usage) << "without a log-in";
}

TEST_F(SmtpMailTest, TellsRefusalsApart) {
  start();
  if (service_ == nullptr) return;
  service_->control("/mode", {{"mode", "refuse"}});
  Status sent = send(config());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::malformed);
  EXPECT_EQ(sent.error().to_string().find("zofia"), std::string::npos);
  service_->control("/mode", {{"mode", "busy"}});
  EXPECT_EQ(send(config()).error().code, ErrorCode::io);
  service_->control("/mode", {{"mode", "full"}});
  EXPECT_EQ(send(config()).error().code, ErrorCode::limit);
  service_->control("/mode", {{"mode", "hang"}});
  SmtpConfig impatient = config();
  impatient.total_ms = 400;
  const auto began = steady_clock::now();
  EXPECT_EQ(send(std::move(impatient)).error().code, ErrorCode::io);
  EXPECT_LT(steady_clock::now() - began, milliseconds(20'000));
  EXPECT_TRUE(messages().empty());
  SmtpConfig gone = config();
  service_->stop();
  EXPECT_EQ(send(std::move(gone)).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace urna::adapters
