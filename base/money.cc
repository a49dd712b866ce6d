// SPDX-License-Identifier: EUPL-1.2
#include "base/money.h"

#include "base/ascii.h"

namespace urna {
namespace {

Error not_money(std::string message) {
  return Error{
      ErrorCode::malformed, std::move(message), {}, "write an amount such as 1250 or 1250.50"};
}

}  // namespace

Result<Money> parse_money(std::string_view text) {
  std::size_t i = 0;
  std::int64_t units = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    units = units * 10 + (text[i] - '0');
    if (units > money_limit_grosze / 100) {
      return Error{
          ErrorCode::limit, "the amount is above 10^12 currency units", {}, "check the number"};
    }
  }
  if (i == 0) return not_money("not an amount of money");
  std::int64_t hundredths = 0;
  if (i < text.size() && (text[i] == '.' || text[i] == ',')) {
    ++i;
    std::size_t decimals = 0;
    for (; i < text.size() && is_digit(text[i]); ++i, ++decimals) {
      const std::int64_t digit = text[i] - '0';
      if (decimals == 0) hundredths += 10 * digit;
      if (decimals == 1) hundredths += digit;
      if (decimals >= 2 && digit != 0) return not_money("an amount more precise than a hundredth");
    }
    if (decimals == 0) return not_money("an amount that ends in a decimal separator");
  }
  if (i != text.size()) return not_money("not an amount of money");
  return Money{units * 100 + hundredths};
}

std::string to_plain_string(Money amount) {
  const bool negative = amount.grosze < 0;
  const std::int64_t magnitude = negative ? -amount.grosze : amount.grosze;
  std::string text = (negative ? "-" : "") + std::to_string(magnitude / 100);
  if (const std::int64_t rest = magnitude % 100; rest != 0) {
    text += rest < 10 ? ".0" : ".";
    text += std::to_string(rest);
  }
  return text;
}

}  // namespace urna
