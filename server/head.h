// SPDX-License-Identifier: EUPL-1.2
// Where the head of a request ends, and whether every reader of HTTP would find the same lines in
// it: what servers and proxies read differently is how requests are smuggled.
#pragma once

#include <cstddef>
#include <string_view>

namespace urna::server {

constexpr std::size_t max_header_lines = 64;

// Follows the bytes of one head as they arrive. Each byte is looked at once.
class HeadScanner {
 public:
  enum class State { open, complete, malformed, too_many_lines };

  // `bytes` are all bytes of the connection since the head began; they start with those of the
  // earlier calls. Refused as malformed (RFC 9112 sections 2.2, 3, 5.1, 5.2): line ends other than
  // CR LF, an empty first line, control characters, bytes above 0x7e in the request line or in a
  // name, lines folded with a blank, names that are empty or followed by a blank.
  State scan(std::string_view bytes);

  // Bytes of the head with the empty line. Only after `complete`.
  [[nodiscard]] std::size_t size() const { return next_; }
  // Whether any byte of a head has come.
  [[nodiscard]] bool begun() const { return next_ > 0; }

 private:
  State state_ = State::open;
  std::size_t next_ = 0;        // the first byte not yet looked at
  std::size_t line_start_ = 0;  // where its line begins
  std::size_t lines_ = 0;       // before that one
  bool in_name_ = false;        // within a header's name
  bool after_cr_ = false;
};

}  // namespace urna::server
