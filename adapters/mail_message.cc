// SPDX-License-Identifier: EUPL-1.2
#include "adapters/mail_message.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <fmt/format.h>

#include "adapters/message_text.h"
#include "base/bytes.h"
#include "base/sha256.h"

namespace urna::adapters {
namespace {

constexpr std::string_view line_end = "\r\n";
// A line with encoded words holds 76 bytes (RFC 2047 section 2): "Subject: ", "=?UTF-8?B?" and "?="
// leave room for 52 of base 64, which are 39.
constexpr std::size_t word_bytes_max = 39;
constexpr std::size_t body_line_bytes = 57;  // 76 of base 64

bool is_plain(std::string_view text) {
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= 0x20 && c < 0x7F;  // char is signed or not: bytes of UTF-8 are outside either way
  });
  // Blanks at the ends would be lost, and what looks encoded would be decoded.
  return printable && !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         text.size() <= 60 && text.find("=?") == std::string_view::npos;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Lines end in '\n'; what mail knows is CR LF.
bool is_mail_text(std::string_view text) {
  return text.size() <= mail_text_bytes_max && is_utf8(text) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           const auto octet = static_cast<unsigned char>(c);
           return (octet >= 0x20U && octet != 0x7FU) || c == '\n' || c == '\t';
         });
}

std::string with_line_ends(std::string_view text) {
  std::string result;
  // Enough from the start, so that no copy is left behind when it grows.
  result.reserve(text.size() +
                 static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) +
                 line_end.size());
  for (const char c : text) {
    if (c == '\n') result += '\r';
    result += c;
  }
  if (!text.ends_with('\n')) result += line_end;
  return result;
}

// Encoded words of whole characters, whatever the text.
std::string encoded_words(std::string_view text) {
  std::string value;
  while (!text.empty()) {
    std::size_t bytes = std::min(text.size(), word_bytes_max);
    while (bytes < text.size() && continues_character(text[bytes])) --bytes;
    if (!value.empty()) value.append(line_end).append(" ");
    value.append("=?UTF-8?B?").append(to_base64(text.substr(0, bytes))).append("?=");
    text.remove_prefix(bytes);
  }
  return value;
}

std::string mailbox(const MailOrigin& from) {
  if (from.name.empty()) return from.address.text();
  // Dots, commas and brackets mean something in an address: a name with any is encoded whole.
  const bool words =
      is_plain(from.name) && std::all_of(from.name.begin(), from.name.end(), [](char c) {
        return c == ' ' || is_message_key(std::string_view(&c, 1));
      });
  return (words ? from.name : encoded_words(from.name)) + std::string(line_end) + " <" +
         from.address.text() + ">";
}

}  // namespace

std::string encode_header_text(std::string_view text) {
  return is_plain(text) ? std::string(text) : encoded_words(text);
}

std::string mail_date(std::int64_t unix_s) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_s;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
                     days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                     months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Result<SecretBytes> compose_mail(const MailOrigin& from, const registrar::MailMessage& message,
                                 std::int64_t unix_s) {
  if (!is_one_line(message.subject, subject_bytes_max))
    return Error{ErrorCode::malformed, "the subject of a mail is empty, long or not one line"};
  if (!is_mail_text(message.text))
    return Error{ErrorCode::malformed,
                 "the text of a mail is too long or holds control characters"};
  if (!is_message_key(message.key))
    return Error{ErrorCode::malformed, "the key of a mail is not of its form"};
  if (!from.name.empty() && !is_one_line(from.name, 100))
    return Error{ErrorCode::malformed, "the sender's name is too long or not one line"};

  const std::string id =
      sha256_hex("urna mail " + from.address.text() + " " + std::string(message.key)).substr(0, 32);
  std::string text = with_line_ends(message.text);
  std::string mail;
  mail.reserve(2'048 + text.size() * 3 / 2);
  const auto header = [&mail](std::string_view name, std::string_view value) {
    mail.append(name).append(": ").append(value).append(line_end);
  };
  header("Date", mail_date(unix_s));
  header("From", mailbox(from));
  header("To", message.to.text());
  header("Message-ID", "<" + id + "@" + std::string(from.address.domain()) + ">");
  header("Subject", encode_header_text(message.subject));
  header("Auto-Submitted", "auto-generated");
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "base64");
  mail.append(line_end);
  for (std::size_t place = 0; place < text.size(); place += body_line_bytes) {
    std::string line = to_base64(std::string_view(text).substr(place, body_line_bytes));
    mail.append(line).append(line_end);
    SecretBytes::wipe(line);
  }
  SecretBytes::wipe(text);
  return SecretBytes(std::move(mail));
}

}  // namespace urna::adapters
