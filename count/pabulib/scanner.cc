// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/scanner.h"

#include <array>
#include <cassert>
#include <cstring>
#include <deque>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <vector>

#include "count/pabulib/text.h"
#include "count/pabulib/utf8.h"

namespace urna::count::pabulib {
namespace {

constexpr std::size_t buffer_bytes_initial = 256U << 10U;  // stays in the second-level cache
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 3> section_names = {"META", "PROJECTS", "VOTES"};

// Bytes that end a run of ordinary characters in an unquoted cell. NUL is one of them because it is
// never allowed and because it stands after the last byte of the buffer, so that the innermost loop
// needs no check of bounds.
constexpr std::array<bool, 256> stops = [] {
  std::array<bool, 256> table{};
  for (const char c : {'\0', ';', '\n', '\r'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::optional<Section> section_named(std::string_view text) {
  for (std::size_t i = 0; i < section_names.size(); ++i) {
    const std::string_view name = section_names[i];
    if (text.size() != name.size()) continue;
    bool same = true;
    for (std::size_t k = 0; k < name.size() && same; ++k) same = upper(text[k]) == name[k];
    if (same) return static_cast<Section>(i);
  }
  return std::nullopt;
}

enum class LineEnd { none, lf, crlf, cr };

class Scanner {
 public:
  Scanner(const ByteSource& source, std::string_view file, RowSink& sink, const ScanLimits& limits)
      : source_(source), file_(file), sink_(sink), limits_(limits) {
    assert(limits.line_bytes_max < (1U << 30U));
    reserve(buffer_bytes_initial);
  }

  Status run() {
    if (Status filled = fill(); !filled) return filled;
    if (std::string_view(buffer_.get(), size_).starts_with(byte_order_mark)) {
      begin_ = byte_order_mark.size();
      sink_.oddity(Oddity::byte_order_mark, 1);
    }
    for (;;) {
      if (begin_ == size_) {
        if (ended_) return finish();
        if (Status filled = fill(); !filled) return filled;
        continue;
      }
      Result<bool> complete = split();
      if (!complete) return std::move(complete).error();
      if (!*complete) {
        if (size_ - begin_ > limits_.line_bytes_max) return too_long();
        if (Status filled = fill(); !filled) return filled;
        continue;
      }
      if (Status taken = take(); !taken) return taken;
    }
  }

 private:
  [[nodiscard]] Error malformed(std::uint64_t line, std::uint64_t column, std::string message,
                                std::string remedy) const {
    return Error{ErrorCode::malformed,
                 std::move(message),
                 {std::string(file_), line, column, {}},
                 std::move(remedy)};
  }

  [[nodiscard]] Error too_long() const {
    return Error{ErrorCode::limit,
                 fmt::format("a line of more than {} bytes", limits_.line_bytes_max),
                 {std::string(file_), line_, 1, {}},
                 "look for a quotation mark that is never closed"};
  }

  void reserve(std::size_t capacity) {
    // One byte more for the NUL behind the last byte.
    auto larger = std::make_unique_for_overwrite<char[]>(capacity + 1);  // NOLINT(*-avoid-c-arrays)
    if (size_ > begin_) std::memcpy(larger.get(), buffer_.get() + begin_, size_ - begin_);
    buffer_ = std::move(larger);
    capacity_ = capacity;
  }

  // Moves the unfinished row to the front and reads until the buffer is full or the source ends.
  // The buffer doubles if that row fills it, so that rescanning the row costs O(its length).
  Status fill() {
    const std::size_t kept = size_ - begin_;
    if (kept == capacity_) {
      reserve(capacity_ * 2);
    } else if (begin_ > 0) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, kept);
    }
    consumed_ += begin_;
    begin_ = 0;
    size_ = kept;
    while (size_ < capacity_ && !ended_) {
      Result<std::size_t> count = source_(std::span(buffer_.get() + size_, capacity_ - size_));
      if (!count) return std::move(count).error();
      assert(*count <= capacity_ - size_);
      if (*count == 0) ended_ = true;
      size_ += *count;
    }
    buffer_[size_] = '\0';
    return ok_status();
  }

  // Splits the row at begin_ into cells_. False: the buffer ends before the row does.
  Result<bool> split() {
    const char* const row = buffer_.get() + begin_;
    const char* const end = buffer_.get() + size_;
    const char* p = row;
    const char* line = row;  // start of the line that p is on
    std::uint32_t line_offset = 0;
    unsigned char all_bits = 0;
    cells_.clear();
    if (!unescaped_.empty()) unescaped_.clear();
    stray_quotes_ = false;

    for (;;) {  // once per cell
      Cell cell;
      cell.begin = static_cast<std::uint32_t>(p - row);
      cell.line_offset = line_offset;
      const char* const open = p;
      bool plain = *p != '"';
      if (!plain) {
        ++p;
        const auto column = static_cast<std::uint32_t>(p - line) + 1;
        const std::uint32_t offset_at_open = line_offset;
        bool doubled = false;
        bool divided = false;  // holds a separator or a line break
        for (;;) {
          if (p == end) {
            if (!ended_) return false;
            return malformed(line_ + offset_at_open, column - 1,
                             "the file ends inside a quoted cell that opens here",
                             "close the quotation mark, or fetch the whole file again");
          }
          const char c = *p++;
          all_bits |= static_cast<unsigned char>(c);
          if (c == '"') {
            if (p == end && !ended_) return false;
            if (*p != '"') break;
            doubled = true;
            ++p;
          } else if (c == '\n' || c == '\r') {
            if (c == '\r' && p == end && !ended_) return false;
            if (c == '\r' && *p == '\n') ++p;
            divided = true;
            ++line_offset;
            line = p;
          } else if (c == ';') {
            divided = true;
          } else if (c == '\0') {
            return nul_byte(line_offset, p - 1 - line);
          }
        }
        if (!stops[static_cast<unsigned char>(*p)]) {
          if (divided) {
            return malformed(
                line_ + line_offset, static_cast<std::uint64_t>(p - line) + 1,
                "a character after the closing quotation mark of a cell",
                "double quotation marks inside a quoted cell, and end the cell with ';'");
          }
          plain = true;
          stray_quotes_ = true;
        } else {
          cell.column = column;
          cell.text = std::string_view(open + 1, static_cast<std::size_t>(p - open) - 2);
          if (doubled) cell.text = unescape(cell.text);
        }
      }
      if (plain) {
        while (!stops[static_cast<unsigned char>(*p)]) all_bits |= static_cast<unsigned char>(*p++);
        cell.column = static_cast<std::uint32_t>(open - line) + 1;
        cell.text = std::string_view(open, static_cast<std::size_t>(p - open));
      }
      cell.end = static_cast<std::uint32_t>(p - row);
      cells_.push_back(cell);

      if (*p == ';') {
        ++p;
        if (cells_.size() >= limits_.cells_max) {
          return Error{ErrorCode::limit,
                       fmt::format("a row of more than {} cells", limits_.cells_max),
                       {std::string(file_), line_, 1, {}},
                       "check the line; a cell that holds ';' must be quoted"};
        }
        continue;
      }
      row_bytes_ = cell.end;
      if (*p == '\n') {
        line_end_ = LineEnd::lf;
        next_ = static_cast<std::size_t>(p + 1 - buffer_.get());
      } else if (*p == '\r') {
        if (p + 1 == end && !ended_) return false;
        line_end_ = p[1] == '\n' ? LineEnd::crlf : LineEnd::cr;
        next_ = static_cast<std::size_t>(p - buffer_.get()) + (p[1] == '\n' ? 2 : 1);
      } else {
        if (p != end) return nul_byte(line_offset, p - line);
        if (!ended_) return false;
        line_end_ = LineEnd::none;
        next_ = size_;
      }
      row_lines_ = line_offset + 1;
      ascii_ = all_bits < 0x80;
      return true;
    }
  }

  [[nodiscard]] Error nul_byte(std::uint32_t line_offset, std::ptrdiff_t position) const {
    return malformed(line_ + line_offset, static_cast<std::uint64_t>(position) + 1,
                     "a NUL byte, which no text holds", "save the file as UTF-8 text");
  }

  std::string_view unescape(std::string_view quoted) {
    // A deque, because cells already split look into its strings.
    std::string& text = unescaped_.emplace_back();
    text.reserve(quoted.size());
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      text += quoted[i];
      if (quoted[i] == '"') ++i;
    }
    return text;
  }

  // Tells the sink of the row in cells_ and moves on to the next one.
  Status take() {
    if (row_bytes_ > limits_.line_bytes_max) return too_long();
    if (!ascii_) {
      if (Status valid = check_utf8(); !valid) return valid;
    }
    note_line_end();
    if (stray_quotes_) sink_.oddity(Oddity::stray_quotes, line_);
    const bool blank = is_blank(cells_[0].text) && others_blank();
    if (blank) {
      sink_.oddity(Oddity::empty_line, line_);
    } else if (const auto opened = section_opened()) {
      if (Status entered = enter(*opened); !entered) return entered;
    } else {
      if (!section_) {
        return malformed(line_, cells_[0].column, "data before the first section",
                         "begin the file with a line that says META");
      }
      const Row row{*section_, header_due_, line_, consumed_ + begin_, cells_};
      header_due_ = false;
      if (Status taken = sink_.row(row); !taken) return taken;
    }
    last_line_ = line_;
    line_ += row_lines_;
    begin_ = next_;
    return ok_status();
  }

  [[nodiscard]] Status check_utf8() const {
    const std::string_view row(buffer_.get() + begin_, row_bytes_);
    const std::size_t wrong = find_invalid_utf8(row);
    if (wrong == std::string_view::npos) return ok_status();
    std::uint64_t line = line_;
    std::size_t line_begin = 0;
    for (std::size_t i = 0; i < wrong; ++i) {
      if (row[i] == '\n' || (row[i] == '\r' && row[i + 1] != '\n')) {
        ++line;
        line_begin = i + 1;
      }
    }
    return malformed(line, wrong - line_begin + 1, "a byte that is not UTF-8",
                     "save the file in the encoding UTF-8");
  }

  void note_line_end() {
    if (line_end_ == LineEnd::none) return;
    if (line_end_ == LineEnd::cr && !told_lone_cr_) {
      told_lone_cr_ = true;
      sink_.oddity(Oddity::lone_carriage_return, line_);
    }
    if (first_line_end_ == LineEnd::none) first_line_end_ = line_end_;
    if (line_end_ != first_line_end_ && !told_mixed_) {
      told_mixed_ = true;
      sink_.oddity(Oddity::mixed_line_ends, line_);
    }
  }

  [[nodiscard]] bool others_blank() const {
    for (std::size_t i = 1; i < cells_.size(); ++i) {
      if (!is_blank(cells_[i].text)) return false;
    }
    return true;
  }

  [[nodiscard]] std::optional<Section> section_opened() const {
    const Cell& cell = cells_[0];
    const bool quoted = cell.end - cell.begin != cell.text.size();
    if (quoted || (cells_.size() > 1 && !others_blank())) return std::nullopt;
    return section_named(trimmed(cell.text));
  }

  Status enter(Section section) {
    const Cell& cell = cells_[0];
    const std::string_view name = section_names[static_cast<std::size_t>(section)];
    if (section_ && header_due_) {
      return malformed(line_, cell.column,
                       fmt::format("the section {} has no line of column names",
                                   section_names[static_cast<std::size_t>(*section_)]),
                       "put the names of the columns below the name of the section");
    }
    const std::size_t due = section_ ? static_cast<std::size_t>(*section_) + 1 : 0;
    if (static_cast<std::size_t>(section) != due) {
      const bool again = static_cast<std::size_t>(section) < due;
      return malformed(line_, cell.column,
                       fmt::format("the section {} stands here {}", name,
                                   again ? "again or too late" : "too early"),
                       "the sections are META, PROJECTS, VOTES, in that order, once each");
    }
    if (trimmed(cell.text).size() != row_bytes_) sink_.oddity(Oddity::section_name_spaces, line_);
    if (trimmed(cell.text) != name) sink_.oddity(Oddity::section_name_case, line_);
    section_ = section;
    header_due_ = true;
    return ok_status();
  }

  Status finish() {
    if (!section_ || *section_ != Section::votes || header_due_) {
      return malformed(line_, 0, "the file ends before the column names of VOTES",
                       "fetch the whole file again");
    }
    if (line_end_ == LineEnd::none) sink_.oddity(Oddity::no_final_newline, last_line_);
    return ok_status();
  }

  const ByteSource& source_;
  std::string_view file_;
  RowSink& sink_;
  const ScanLimits& limits_;

  std::unique_ptr<char[]> buffer_;  // NOLINT(*-avoid-c-arrays)
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;       // first byte of the row being read
  std::size_t size_ = 0;        // bytes in the buffer; buffer_[size_] is NUL
  std::uint64_t consumed_ = 0;  // bytes of the file before the buffer
  bool ended_ = false;          // the source has no more

  // The row found by split().
  std::vector<Cell> cells_;
  std::deque<std::string> unescaped_;
  std::size_t row_bytes_ = 0;  // without its line end
  std::size_t next_ = 0;       // first byte after its line end
  std::uint32_t row_lines_ = 0;
  LineEnd line_end_ = LineEnd::none;
  bool ascii_ = true;
  bool stray_quotes_ = false;

  std::uint64_t line_ = 1;
  std::uint64_t last_line_ = 1;
  LineEnd first_line_end_ = LineEnd::none;
  bool told_lone_cr_ = false;
  bool told_mixed_ = false;
  std::optional<Section> section_;
  bool header_due_ = false;
};

}  // namespace

Status scan(const ByteSource& source, std::string_view file, RowSink& sink,
            const ScanLimits& limits) {
  return Scanner(source, file, sink, limits).run();
}

}  // namespace urna::count::pabulib
