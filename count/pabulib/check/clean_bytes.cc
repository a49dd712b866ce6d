// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/clean_bytes.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "count/pabulib/utf8.h"

namespace urna::count::pabulib::check {
namespace {

constexpr std::size_t chunk_bytes = 64U << 10U;

// Length of the sequence that a lead byte announces; 1 for anything else.
std::size_t announced_length(unsigned char lead) {
  if (lead >= 0xF0) return 4;
  if (lead >= 0xE0) return 3;
  return lead >= 0xC0 ? 2 : 1;
}

class Cleaner {
 public:
  Cleaner(const ByteSource& source, Findings& findings) : source_(source), findings_(findings) {}

  Result<std::size_t> read(std::span<char> buffer) {
    while (next_ == clean_ && !(ended_ && clean_ == text_.size())) {
      if (Status filled = fill(); !filled) return std::move(filled).error();
    }
    const std::size_t count = std::min(buffer.size(), clean_ - next_);
    if (count > 0) std::memcpy(buffer.data(), text_.data() + next_, count);
    next_ += count;
    return count;
  }

 private:
  // Reads a chunk behind the unfinished sequence of the last one, and cleans what is complete.
  Status fill() {
    text_.erase(0, clean_);
    next_ = clean_ = 0;
    const std::size_t kept = text_.size();
    text_.resize(kept + chunk_bytes);
    Result<std::size_t> count = source_(std::span(text_.data() + kept, chunk_bytes));
    if (!count) return std::move(count).error();
    ended_ = *count == 0;
    text_.resize(kept + *count);
    clean_ = ended_ ? text_.size() : complete_size();
    clean();
    return ok_status();
  }

  // Without a sequence at the end that the next chunk may complete.
  [[nodiscard]] std::size_t complete_size() const {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text_.size()); ++back) {
      const auto byte = static_cast<unsigned char>(text_[text_.size() - back]);
      if ((byte & 0xC0U) == 0x80) continue;
      return announced_length(byte) > back ? text_.size() - back : text_.size();
    }
    return text_.size();
  }

  void clean() {
    const std::string_view whole(text_.data(), clean_);
    std::size_t wrong = find_invalid_utf8(whole);
    std::size_t nul = whole.find('\0');
    for (std::size_t i = 0; i < clean_; ++i) {
      char& c = text_[i];
      if (i == wrong || i == nul) {
        report(i == nul ? Code::nul_byte : Code::invalid_utf8);
        c = '?';
        if (i == wrong) {
          wrong = find_invalid_utf8(whole.substr(i + 1));
          if (wrong != std::string_view::npos) wrong += i + 1;
        } else {
          nul = whole.find('\0', i + 1);
        }
      }
      const bool second_of_crlf = c == '\n' && after_cr_;
      after_cr_ = c == '\r';
      if (c == '\n' || c == '\r') {
        if (!second_of_crlf) ++line_;
        column_ = 1;
      } else {
        ++column_;
      }
    }
  }

  void report(Code code) {
    const bool same_run = code == last_code_ && line_ == last_line_ && column_ == last_column_ + 1;
    last_code_ = code;
    last_line_ = line_;
    last_column_ = column_;
    if (same_run) return;
    findings_.add(code, {line_, column_}, "{}",
                  code == Code::nul_byte ? "a NUL byte" : "bytes that are not UTF-8");
  }

  const ByteSource& source_;
  Findings& findings_;
  std::string text_;
  std::size_t next_ = 0;   // first byte not passed on
  std::size_t clean_ = 0;  // bytes of text_ that are cleaned
  bool ended_ = false;
  std::uint64_t line_ = 1;
  std::uint64_t column_ = 1;
  bool after_cr_ = false;
  Code last_code_ = Code::file_structure;
  std::uint64_t last_line_ = 0;
  std::uint64_t last_column_ = 0;
};

}  // namespace

ByteSource clean_bytes(const ByteSource& source, Findings& findings) {
  // std::function wants a copyable target.
  auto cleaner = std::make_shared<Cleaner>(source, findings);
  return [cleaner](std::span<char> buffer) { return cleaner->read(buffer); };
}

}  // namespace urna::count::pabulib::check
