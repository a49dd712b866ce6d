// SPDX-License-Identifier: EUPL-1.2
#include "registrar/csv.h"

#include <algorithm>

#include "base/bytes.h"

namespace urna::registrar {
namespace {
constexpr int end_of_file = std::istream::traits_type::eof();
}  // namespace

CsvReader::CsvReader(std::istream& in) : in_(in) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (peek() == 0xEF) {
    std::size_t matched = 0;
    while (matched < mark.size() && peek() == static_cast<unsigned char>(mark[matched])) {
      (void)get();
      ++matched;
    }
  }
}

int CsvReader::get() {
  const int c = in_.rdbuf()->sbumpc();
  if (c != end_of_file) ++bytes_;
  if (c == '\n') ++line_;
  return c;
}

int CsvReader::peek() { return in_.rdbuf()->sgetc(); }

Error CsvReader::give_up(ErrorCode code, const char* message, std::uint64_t line,
                         std::size_t field) {
  for (int c = peek(); c != '\n' && c != end_of_file; c = peek()) (void)get();
  (void)get();
  return {code, message, {.line = line, .column = field}, ""};
}

Result<std::optional<CsvRow>> CsvReader::next() {
  while (peek() == '\n' || peek() == '\r') (void)get();
  if (peek() == end_of_file) {
    if (in_.bad()) return Error{ErrorCode::io, "the file cannot be read", {.line = line_}, ""};
    return std::optional<CsvRow>();
  }
  CsvRow row;
  row.line = line_;
  for (;;) {
    if (row.fields.size() == csv_fields_max) {
      return give_up(ErrorCode::limit, "the row has too many fields", row.line, csv_fields_max);
    }
    std::string field;
    const std::size_t number = row.fields.size() + 1;
    const bool quoted = peek() == '"';
    if (quoted) (void)get();
    for (;;) {
      const int c = peek();
      if (quoted) {
        if (c == end_of_file) {
          return give_up(ErrorCode::malformed, "a quoted field does not end", row.line, number);
        }
        (void)get();
        if (c == '"' && peek() != '"') break;
        if (c == '"') (void)get();
        field += static_cast<char>(c);
      } else {
        if (c == ',' || c == '\n' || c == '\r' || c == end_of_file) break;
        if (c == '"') {
          return give_up(ErrorCode::malformed, "a quote inside a field that is not quoted",
                         row.line, number);
        }
        (void)get();
        field += static_cast<char>(c);
      }
      if (field.size() > csv_field_bytes_max) {
        return give_up(ErrorCode::limit, "the field is too long", row.line, number);
      }
    }
    if (!is_utf8(field)) {
      return give_up(ErrorCode::malformed, "the field is not UTF-8", row.line, number);
    }
    row.fields.push_back(std::move(field));
    const int after = peek();
    if (after == ',') {
      (void)get();
      continue;
    }
    if (after == end_of_file) break;
    if (after == '\r') {
      (void)get();
      if (peek() != '\n') {
        return give_up(ErrorCode::malformed, "a carriage return without a line feed", row.line,
                       number);
      }
    }
    if (peek() != '\n') {
      return give_up(ErrorCode::malformed, "something follows the closing quote", row.line, number);
    }
    (void)get();
    break;
  }
  return std::optional<CsvRow>(std::move(row));
}

}  // namespace urna::registrar
