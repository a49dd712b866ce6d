// SPDX-License-Identifier: EUPL-1.2
// Pabulib .pb files as a stream of rows: sections, quoting and line ends; no meaning yet.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::count::pabulib {

enum class Section { meta, projects, votes };

struct Cell {
  std::string_view text;          // unquoted; spaces kept
  std::uint32_t column = 0;       // byte column of its first character in its line, from 1
  std::uint32_t line_offset = 0;  // lines between the row's first line and that line
  std::uint32_t begin = 0;        // its bytes in the row, from 0, quotation marks included
  std::uint32_t end = 0;
};

// Valid only during the call that passes it.
struct Row {
  Section section = Section::meta;
  bool header = false;       // the line of column names that opens a section
  std::uint64_t line = 0;    // of its first byte, from 1
  std::uint64_t offset = 0;  // of its first byte in the file, from 0
  std::span<const Cell> cells;
};

// Oddities of the bytes that do not change the meaning; `check` reports them. mixed_line_ends,
// lone_carriage_return and no_final_newline are told at most once, with the first line concerned;
// no_final_newline comes last, with the line on which the unfinished row begins.
enum class Oddity {
  byte_order_mark,
  mixed_line_ends,
  lone_carriage_return,
  empty_line,
  no_final_newline,
  section_name_spaces,
  section_name_case,
  stray_quotes  // a cell that begins with a quoted word: "Green" town
};

class RowSink {
 public:
  virtual ~RowSink() = default;
  // An error returned here ends the scan and is passed on.
  virtual Status row(const Row& row) = 0;
  virtual void oddity(Oddity /*kind*/, std::uint64_t /*line*/) {}
};

// Fills `buffer` with the next bytes; returns how many, 0 at the end, or an io error.
using ByteSource = std::function<Result<std::size_t>(std::span<char> buffer)>;

struct ScanLimits {
  std::size_t line_bytes_max = 16U << 20U;  // one logical row, quoted line breaks included; < 1 GiB
  std::size_t cells_max = 4096;             // per row
};

// Streams `source` into `sink` in one pass with bounded memory. `file` is used in errors only.
// The separator is ';'; quoting is RFC 4180's with '"', which is an ordinary character unless it
// opens a cell. A cell such as `"Green" town`, where more follows the closing quote, is taken as it
// stands, quotes included, if there is no separator or line break between them. Line ends: LF, CRLF
// or a lone CR. A row of blank cells is an empty line; a row whose only cell that is not blank says
// META, PROJECTS or VOTES (in any case, unquoted) opens a section. Neither is passed to the sink.
// O(bytes) time; memory for the longest row. Errors: malformed (unclosed quote, other bytes after a
// closing quote, NUL byte, invalid UTF-8, data before the first section, a section twice or out of
// order, a section without its header), limit, io, and the sink's own. A file that ends inside a
// quoted cell or before the VOTES header is malformed.
[[nodiscard]] Status scan(const ByteSource& source, std::string_view file, RowSink& sink,
                          const ScanLimits& limits = {});

// Reads a file, or standard input for "-". Error: not_found, io.
[[nodiscard]] Result<ByteSource> open_bytes(const std::string& path);

// Bytes already in memory (tests, fuzzing). `bytes` must outlive the source.
[[nodiscard]] ByteSource memory_bytes(std::string_view bytes);

}  // namespace urna::count::pabulib
