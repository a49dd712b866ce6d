// SPDX-License-Identifier: EUPL-1.2
#include "server/head.h"

#include <array>

namespace urna::server {
namespace {

// tchar of RFC 9110 section 5.6.2.
constexpr std::array<bool, 256> token_table() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto is_token = token_table();

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  while (state_ == State::open && next_ < bytes.size()) {
    const auto c = static_cast<unsigned char>(bytes[next_]);
    const bool first_in_line = next_ == line_start_;
    ++next_;
    if (after_cr_) {
      after_cr_ = false;
      if (c != '\n') return state_ = State::malformed;
      const bool empty_line = next_ - line_start_ == 2;
      if (empty_line) return state_ = lines_ == 0 ? State::malformed : State::complete;
      if (++lines_ > max_header_lines) return state_ = State::too_many_lines;
      line_start_ = next_;
      in_name_ = true;
    } else if (c == '\r') {
      // A header's line without a colon is none.
      if (in_name_ && !first_in_line) return state_ = State::malformed;
      after_cr_ = true;
    } else if (in_name_) {
      if (c == ':' && !first_in_line) {
        in_name_ = false;
      } else if (!is_token[c]) {
        return state_ = State::malformed;
      }
    } else if ((c < 0x20 && c != '\t') || c == 0x7f || (lines_ == 0 && (c > 0x7e || c == '\t'))) {
      return state_ = State::malformed;
    }
  }
  return state_;
}

}  // namespace urna::server
