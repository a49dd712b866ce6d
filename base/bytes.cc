// SPDX-License-Identifier: EUPL-1.2
#include "base/bytes.h"

#include <cstdio>
#include <cstdlib>
#include <sodium/utils.h>

namespace urna {

void stop_on_broken_precondition(const char* precondition) {
  (void)std::fprintf(stderr, "broken precondition of %s\n", precondition);
  std::abort();
}

void append_big_endian(std::string& bytes, std::uint64_t value, std::size_t count) {
  if (count > 8 || (count < 8 && value >> (8 * count) != 0))
    stop_on_broken_precondition("append_big_endian: a value of at most 8 bytes that fits");
  for (std::size_t i = count; i-- > 0;) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
}

std::uint64_t big_endian(std::string_view bytes) {
  if (bytes.size() > 8) stop_on_broken_precondition("big_endian: at most 8 bytes");
  std::uint64_t value = 0;
  for (const std::uint8_t octet : octets_of(bytes)) value = value << 8U | octet;
  return value;
}

std::string to_hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t octet : octets_of(bytes)) {
    text += digits[octet >> 4U];
    text += digits[octet & 15U];
  }
  return text;
}

Result<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  if (text.size() % 2 != 0)
    return Error{ErrorCode::malformed, "hexadecimal text has an even number of digits"};
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0)
      return Error{ErrorCode::malformed, "hexadecimal text has only the digits 0-9 and a-f"};
    bytes += static_cast<char>(16 * high + low);
  }
  return bytes;
}

namespace {

std::string encode_base64(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), octets_of(bytes).data(), bytes.size(), variant);
  text.pop_back();  // the terminating zero
  return text;
}

Result<std::string> decode_base64(std::string_view text, int variant, const char* refusal) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int refused =
      sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, &end, variant);
  bytes.resize(refused == 0 ? size : 0);
  // Encoding once more leaves no doubt that there is one text for each byte string.
  if (refused != 0 || encode_base64(bytes, variant) != text)
    return Error{ErrorCode::malformed, refusal};
  return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}

Result<std::string> from_base64(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_ORIGINAL,
                       "the text is not padded base64 in its one canonical form");
}

std::string to_base64url(std::string_view bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

Result<std::string> from_base64url(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING,
                       "the text is not unpadded base64url in its one canonical form");
}

bool is_utf8(std::string_view bytes) {
  const std::span<const std::uint8_t> octets = octets_of(bytes);
  for (std::size_t i = 0; i < octets.size();) {
    const std::uint8_t first = octets[i++];
    if (first < 0x80U) continue;
    // How many bytes follow, and the range of the next one (table 3-7 of the Unicode standard).
    std::size_t following = 0;
    std::uint8_t least = 0x80;
    std::uint8_t most = 0xBF;
    if (first >= 0xC2U && first <= 0xDFU) {
      following = 1;
    } else if (first >= 0xE0U && first <= 0xEFU) {
      following = 2;
      if (first == 0xE0U) least = 0xA0;
      if (first == 0xEDU) most = 0x9F;
    } else if (first >= 0xF0U && first <= 0xF4U) {
      following = 3;
      if (first == 0xF0U) least = 0x90;
      if (first == 0xF4U) most = 0x8F;
    } else {
      return false;
    }
    if (octets.size() - i < following) return false;
    for (; following > 0; --following, ++i) {
      if (octets[i] < least || octets[i] > most) return false;
      least = 0x80;
      most = 0xBF;
    }
  }
  return true;
}

}  // namespace urna
