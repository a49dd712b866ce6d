// SPDX-License-Identifier: EUPL-1.2
// PDF files as to_pdf() makes them, changed by additions at their end (ISO 32000-1 section 7.5.6):
// every byte that was there stays, so that earlier signatures hold.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::publish {

inline constexpr std::size_t pdf_bytes_max = std::size_t{64} << 20U;

// A file with cross-reference tables (not streams), whose catalogue and pages are written plainly.
class PdfFile {
 public:
  // Errors: malformed, unsupported (a PDF of another making), limit. Borrows the bytes.
  [[nodiscard]] static Result<PdfFile> read(std::string_view bytes);

  // Of the newest revision: the dictionary of an object "<< … >>", or what else it is.
  [[nodiscard]] Result<std::string> object(std::size_t number) const;
  [[nodiscard]] std::size_t root() const { return root_; }
  [[nodiscard]] std::size_t first_page() const { return first_page_; }
  // The number of the next new object.
  [[nodiscard]] std::size_t next() const { return size_; }

  struct Change {
    std::size_t number = 0;
    std::string content;
  };
  // The addition: these objects, a cross-reference section and a trailer.
  [[nodiscard]] std::string addition(const std::vector<Change>& changes) const;

 private:
  explicit PdfFile(std::string_view bytes) : bytes_(bytes) {}
  Status read_sections();

  std::string_view bytes_;
  std::vector<std::size_t> offsets_;  // by number; 0: none
  std::size_t size_ = 0;
  std::size_t root_ = 0;
  std::string info_;  // "/Info 7 0 R" or empty
  std::size_t newest_section_ = 0;
  std::size_t first_page_ = 0;
};

// A dictionary with an entry more, or another value of it. `key` is "/Name".
[[nodiscard]] std::string with_entry(std::string_view dictionary, std::string_view key,
                                     std::string_view value);
// The text of a value in a dictionary that is written plainly: a name, a number, a reference, an
// array or a dictionary; empty if there is none.
[[nodiscard]] std::string entry_of(std::string_view dictionary, std::string_view key);

// The same with /Lang and the wish that a viewer shows its title.
[[nodiscard]] Result<std::string> with_language(std::string_view pdf, std::string_view language);

}  // namespace urna::publish
