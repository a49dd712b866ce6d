// SPDX-License-Identifier: EUPL-1.2
// Comma-separated values (RFC 4180), read row by row, each fault with its place and no values.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace urna::registrar {

inline constexpr std::size_t csv_field_bytes_max = 1024;
inline constexpr std::size_t csv_fields_max = 64;

struct CsvRow {
  std::uint64_t line = 0;  // on which it begins, from 1
  std::vector<std::string> fields;
};

// Lines end with LF or CRLF, also the last one or not; fields may be quoted, with quotes inside
// doubled and line breaks kept. A byte order mark at the beginning is skipped, empty lines are too.
class CsvReader {
 public:
  // The stream outlives the reader.
  explicit CsvReader(std::istream& in);

  // The next row; nothing at the end. Errors: malformed (quotes in the wrong place, no UTF-8),
  // limit (a field or a row too long), with line and number of the field; reading then goes on at
  // the next line. io (the stream fails), after which nothing can be read.
  [[nodiscard]] Result<std::optional<CsvRow>> next();
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_; }

 private:
  int get();
  int peek();
  // Skips the rest of the line and makes the error.
  Error give_up(ErrorCode code, const char* message, std::uint64_t line, std::size_t field);

  std::istream& in_;
  std::uint64_t line_ = 1;
  std::uint64_t bytes_ = 0;
};

}  // namespace urna::registrar
