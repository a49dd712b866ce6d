// SPDX-License-Identifier: EUPL-1.2
// The publication filter: no file goes out with personal data in it, nor one that nobody can read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "screening/detect.h"
#include "screening/findings.h"

namespace urna::screening {

inline constexpr std::size_t screened_bytes_max = std::size_t{256} << 20U;

struct FileReport {
  std::string file;
  std::string sha256;
  std::vector<Finding> findings;
  std::uint64_t pages = 0;             // of a PDF
  std::uint64_t pages_as_picture = 0;  // of which characters were recognised in a picture
  bool allowed = false;                // somebody has looked it through (Allowed)
};

// Judges a file by what its bytes are, not by its name alone:
// - text (also HTML, SVG, JSON, CSV, .pb) by find_personal_data();
// - PDF: its text and what it says of itself; pages with pictures, or with hardly a word, are
//   rendered and read by tesseract; files attached to it make it unreadable, so does a password;
// - pictures (PNG, JPEG, TIFF, BMP, WebP, GIF): read by tesseract, in Polish if it can;
// - fonts and WebAssembly: nothing to read in them;
// - all else, archives and office documents among it, is unreadable.
// A picture in which hardly a word is recognised, or none for sure, is unreadable too: a scan that
// cannot be read is not passed. A photograph is allowed by its hash after a person has looked at
// it.
//
// Errors: io, not_found, limit (longer than screened_bytes_max). A program that is missing, fails
// or is too slow makes the file unreadable and is no error. Tens of milliseconds for a PDF, and
// seconds for each picture.
[[nodiscard]] Result<FileReport> screen_file(const std::string& path, const Rules& rules);

// The same for bytes that are text, whatever their name.
[[nodiscard]] std::vector<Finding> screen_text(std::string_view name, std::string_view bytes,
                                               const Rules& rules);
// What the name says of a text.
[[nodiscard]] Form form_of(std::string_view name, std::string_view bytes);

// "FILE: page 2, line 7, column 12: a PESEL number (###########)".
[[nodiscard]] std::string to_string(std::string_view file, const Finding& finding);

// Ok if nothing was found. Error: conflict, naming the first finding's place and how many there
// are; for whatever publishes.
[[nodiscard]] Status refuse(std::string_view file, const std::vector<Finding>& findings);
[[nodiscard]] Status refuse_personal_data(std::string_view name, std::string_view bytes,
                                          const Rules& rules = {});

}  // namespace urna::screening
