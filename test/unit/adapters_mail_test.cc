// SPDX-License-Identifier: EUPL-1.2
// An e-mail byte by byte; and where a person can be reached.
#include <gtest/gtest.h>
#include <string>

#include "adapters/mail_message.h"
#include "adapters/web_form.h"
#include "base/bytes.h"
#include "registrar/ports/contact.h"

namespace urna::adapters {
namespace {

using registrar::MailAddress;
using registrar::PhoneNumber;

TEST(Mail, IsTheseBytes) {
  const MailOrigin from{MailAddress::parse("bo@testowo.example").value(), "Urząd"};
  const MailAddress to = MailAddress::parse("zofia@poczta.example").value();
  const auto mail = compose_mail(
      from, {.to = to, .subject = "Kod", .text = "Dzień dobry\n.\n", .key = "k-1"}, 1'795'842'406);
  ASSERT_TRUE(mail) << mail.error().to_string();
  std::string bytes(mail->view());
  const std::size_t id = bytes.find("Message-ID: <");
  ASSERT_NE(id, std::string::npos);
  bytes.erase(id, bytes.find("\r\n", id) + 2 - id);
  EXPECT_EQ(bytes,
            "Date: Sat, 28 Nov 2026 05:06:46 +0000\r\n"
            "From: =?UTF-8?B?VXJ6xIVk?=\r\n"
            " <bo@testowo.example>\r\n"
            "To: zofia@poczta.example\r\n"
            "Subject: Kod\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n" +
                to_base64("Dzień dobry\r\n.\r\n") + "\r\n");
}

TEST(Mail, HeaderTextIsEncodedOnlyWhereItMustBe) {
  EXPECT_EQ(encode_header_text("Kod 123 (BO)"), "Kod 123 (BO)");
  EXPECT_EQ(encode_header_text("ą"), "=?UTF-8?B?xIU=?=");
  EXPECT_EQ(encode_header_text(" a"), "=?UTF-8?B?IGE=?=");
  EXPECT_EQ(encode_header_text("=?UTF-8?Q?x?="), "=?UTF-8?B?" + to_base64("=?UTF-8?Q?x?=") + "?=");
  // No character is cut in two, whatever their sizes.
  for (const std::string& letter :
       {std::string("x"), std::string("ą"), std::string("€"), std::string("😀")}) {
    for (std::size_t lead = 0; lead < 5; ++lead) {
      std::string text(lead, 'a');
      text += "ą";
      while (text.size() < 180) text += letter;
      std::string read;
      std::string value = encode_header_text(text);
      for (std::size_t start = 0; start < value.size();) {
        const std::size_t end = std::min(value.find("\r\n ", start), value.size());
        const std::string word = value.substr(start, end - start);
        EXPECT_LE(word.size(), 67U);
        ASSERT_TRUE(word.starts_with("=?UTF-8?B?") && word.ends_with("?="));
        const std::string part = from_base64(word.substr(10, word.size() - 12)).value();
        EXPECT_TRUE(is_utf8(part));
        read += part;
        start = end + 3;
      }
      EXPECT_EQ(read, text);
    }
  }
}

TEST(Mail, DatesAreThoseOfTheCalendar) {
  EXPECT_EQ(mail_date(0), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(mail_date(951'782'400), "Tue, 29 Feb 2000 00:00:00 +0000");
  EXPECT_EQ(mail_date(1'798'761'599), "Thu, 31 Dec 2026 23:59:59 +0000");
}

TEST(Contact, MailAddressesAreOfTheCommonForm) {
  for (const char* good : {"a@b.pl", "jan.kowalski+bo@poczta.example",
                           "x_y-z!#$%&'*/=?^`{|}~@a-b.c", "a@xn--lodz-1x7a.example"})
    EXPECT_TRUE(MailAddress::parse(good)) << good;
  EXPECT_EQ(MailAddress::parse("a@b.c.pl").value().domain(), "b.c.pl");
  for (const std::string& bad :
       {std::string(),
        std::string("a"),
        std::string("@b.pl"),
        std::string("a@"),
        std::string("a@b"),
        std::string("a@b..pl"),
        std::string(".a@b.pl"),
        std::string("a.@b.pl"),
        std::string("a..b@b.pl"),
        std::string("a@b.pl\r\nBcc: c@d.pl"),
        std::string("a@b.pl\n"),
        std::string(" a@b.pl"),
        std::string("a b@c.pl"),
        std::string("a@b.pl,c@d.pl"),
        std::string("<a@b.pl>"),
        std::string("\"a\"@b.pl"),
        std::string("a@[1.2.3.4]"),
        std::string("a@-b.pl"),
        std::string("a@b-.pl"),
        std::string("ą@b.pl"),
        std::string("a@łódź.pl"),
        std::string("a@b.pl\0", 7),
        std::string("a@@b.pl"),
        std::string(65, 'a') + "@b.pl",
        "a@" + std::string(64, 'b') + ".pl",
        "a@" + std::string(250, 'b').replace(60, 1, ".").replace(120, 1, ".").replace(180, 1, ".") +
            ".pl"}) {
    const auto refused = MailAddress::parse(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::malformed);
  }
}

TEST(Contact, TelephoneNumbersAreInternational) {
  for (const char* good : {"+48600100200", "+12345678", "+123456789012345"})
    EXPECT_EQ(PhoneNumber::parse(good).value().text(), good);
  for (const char* bad :
       {"", "+", "600100200", "0048600100200", "+48 600 100 200", "+048600100200", "+1234567",
        "+1234567890123456", "+4860010020a", "+48600100200\n", "+4860010020０"})
    EXPECT_FALSE(PhoneNumber::parse(bad)) << bad;
}

TEST(WebForm, EncodesEverythingButTheUnreserved) {
  std::string form;
  append_parameter(form, "a b", "c&d=e+f%g/ą~._-9");
  append_parameter(form, "x", "");
  EXPECT_EQ(form, "a%20b=c%26d%3De%2Bf%25g%2F%C4%85~._-9&x=");
  std::string query = "https://a.example/?";
  append_parameter(query, "x", "1");
  EXPECT_EQ(query, "https://a.example/?x=1");
}

}  // namespace
}  // namespace urna::adapters
