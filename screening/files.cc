// SPDX-License-Identifier: EUPL-1.2
#include "screening/files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/sha256.h"
#include "screening/programs.h"

namespace urna::screening {
namespace {

constexpr std::uint32_t seconds_for_a_document = 60;
constexpr std::uint32_t seconds_for_a_picture = 120;
constexpr std::size_t text_bytes_max = std::size_t{64} << 20U;
constexpr std::uint64_t picture_pages_max = 300;
// Fewer letters and digits than this on a page: what it says, if anything, is in a picture.
constexpr std::size_t page_characters_least = 40;
// A picture in which fewer words are recognised for sure than this is not read.
constexpr std::size_t words_least = 3;
constexpr double sure_percent = 60;
// So many dots an inch: the least at which small print on a scan is recognised well.
constexpr std::string_view dots_per_inch = "300";

enum class Content : std::uint8_t { text, pdf, picture, nothing_to_read, unknown };

struct Beginning {
  std::string_view bytes;
  Content content;
};
using namespace std::string_view_literals;
constexpr std::array<Beginning, 13> beginnings = {{{"%PDF-", Content::pdf},
                                                   {"\x89PNG\r\n\x1A\n", Content::picture},
                                                   {"\xFF\xD8\xFF", Content::picture},
                                                   {"II*\0"sv, Content::picture},
                                                   {"MM\0*"sv, Content::picture},
                                                   {"BM", Content::picture},
                                                   {"GIF8", Content::picture},
                                                   {"RIFF", Content::picture},
                                                   {"wOFF", Content::nothing_to_read},
                                                   {"wOF2", Content::nothing_to_read},
                                                   {"\0\1\0\0"sv, Content::nothing_to_read},
                                                   {"OTTO", Content::nothing_to_read},
                                                   {"\0asm"sv, Content::nothing_to_read}}};

bool is_text(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return true;
  // Control characters other than blanks, line ends and page ends are in no text.
  return std::ranges::none_of(bytes, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v';
  });
}

Content content_of(std::string_view bytes) {
  // A PDF may begin after other bytes; readers look into the first 1,024.
  constexpr std::size_t pdf_within = 1024;
  if (bytes.substr(0, pdf_within).find("%PDF-") != std::string_view::npos) return Content::pdf;
  // Text first: "BM" begins words.
  if (is_text(bytes)) return Content::text;
  for (const Beginning& one : beginnings) {
    if (bytes.starts_with(one.bytes)) return one.content;
  }
  return Content::unknown;
}

Finding unreadable(std::string why, std::uint64_t page = 0) {
  return {Kind::unreadable, page, 0, 0, std::move(why)};
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0xC0;
  }));
}

// ---- Pictures

struct Recognised {
  std::string text;  // a line for each line of the picture
  std::size_t sure_words = 0;
  std::size_t words = 0;
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height,
// confidence, text.
Recognised read_table(std::string_view table) {
  constexpr std::size_t columns = 12, confidence_at = 10, text_at = 11, line_from = 1, line_to = 5;
  Recognised read;
  std::string line_before;
  for (const std::string_view row : split(table, '\n')) {
    const std::vector<std::string_view> cells = split(row, '\t');
    if (cells.size() < columns || cells[0] != "5") continue;
    double confidence = 0;
    const std::string_view number = cells[confidence_at];
    std::from_chars(number.data(), number.data() + number.size(), confidence);
    std::string line;
    for (std::size_t i = line_from; i < line_to; ++i) line += std::string(cells[i]) + ".";
    read.text += line == line_before ? ' ' : '\n';
    line_before = line;
    read.text += cells[text_at];
    if (count_characters(cells[text_at]) < 2) continue;
    ++read.words;
    if (confidence >= sure_percent) ++read.sure_words;
  }
  return read;
}

Result<Recognised> recognise(const ReadingRoom& room, const std::string& picture) {
  // Polish with its letters; where that is not installed, English reads digits as well.
  for (const char* language : {"pol", "eng"}) {
    const Result<ProgramRun> run =
        run_program(room,
                    {"tesseract", picture, "stdout", "-l", language, "--psm", "3", "--dpi",
                     std::string(dots_per_inch), "tsv"},
                    seconds_for_a_picture, text_bytes_max);
    if (!run) return run.error();
    if (run->status == 0) return read_table(run->output);
  }
  return Error{ErrorCode::io, "tesseract cannot read it"};
}

void judge_picture(const ReadingRoom& room, const std::string& picture, std::uint64_t page,
                   bool beside_text, const Rules& rules, std::vector<Finding>& findings) {
  const Result<Recognised> read = recognise(room, picture);
  if (!read) {
    findings.push_back(unreadable(read.error().message, page));
    return;
  }
  for (Finding& finding : find_personal_data(read->text, Form::plain, rules, Origin::picture)) {
    finding.page = page;
    findings.push_back(std::move(finding));
  }
  // On a page with text of its own the words recognised may all be those.
  if (!beside_text && (read->sure_words < words_least || read->sure_words * 2 < read->words)) {
    findings.push_back(unreadable(
        fmt::format("{} of {} words recognised for sure", read->sure_words, read->words), page));
  }
}

// ---- PDF

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The pages, from 1, on which there are pictures larger than a sign or a code.
Result<std::vector<bool>> pages_with_pictures(const ReadingRoom& room, const std::string& path,
                                              std::uint64_t pages) {
  constexpr std::size_t page_at = 0, width_at = 3, height_at = 4;
  constexpr std::uint64_t small = 150;
  const Result<ProgramRun> run =
      run_program(room, {"pdfimages", "-list", path}, seconds_for_a_document, text_bytes_max);
  if (!run) return run.error();
  std::vector<bool> with(pages + 1, false);
  for (const std::string_view row : split(run->output, '\n')) {
    std::vector<std::string_view> cells = split(row, ' ');
    std::erase_if(cells, [](std::string_view cell) { return cell.empty(); });
    if (cells.size() <= height_at) continue;
    const std::uint64_t page = number_in(cells[page_at]);
    if (page == 0 || page > pages) continue;
    if (number_in(cells[width_at]) > small && number_in(cells[height_at]) > small)
      with[page] = true;
  }
  return with;
}

Status judge_pdf_pages(const ReadingRoom& room, const std::string& path, const Rules& rules,
                       FileReport& report) {
  const Result<ProgramRun> text =
      run_program(room, {"pdftotext", "-layout", "-enc", "UTF-8", path, "-"},
                  seconds_for_a_document, text_bytes_max);
  if (!text) return text.error();
  const Result<std::vector<bool>> pictures = pages_with_pictures(room, path, report.pages);
  if (!pictures) return pictures.error();
  std::vector<std::string_view> pages = split(text->output, '\f');
  pages.resize(report.pages);
  for (std::uint64_t page = 1; page <= report.pages; ++page) {
    const std::string_view of_page = pages[page - 1];
    for (Finding& finding : find_personal_data(of_page, Form::plain, rules)) {
      finding.page = page;
      report.findings.push_back(std::move(finding));
    }
    const bool has_text = count_characters(of_page) >= page_characters_least;
    if (has_text && !(*pictures)[page]) continue;
    if (++report.pages_as_picture > picture_pages_max) {
      return Error{ErrorCode::limit,
                   fmt::format("more than {} pages are pictures", picture_pages_max)};
    }
    const std::string number = std::to_string(page);
    const std::string picture = room.path() + "/page";
    const Result<ProgramRun> drawn =
        run_program(room,
                    {"pdftoppm", "-r", std::string(dots_per_inch), "-gray", "-png", "-singlefile",
                     "-f", number, "-l", number, path, picture},
                    seconds_for_a_document, text_bytes_max);
    if (!drawn) return drawn.error();
    if (drawn->status != 0) return Error{ErrorCode::io, "pdftoppm cannot draw the page " + number};
    judge_picture(room, picture + ".png", page, has_text, rules, report.findings);
  }
  return ok_status();
}

Status judge_pdf(const ReadingRoom& room, const std::string& path, const Rules& rules,
                 FileReport& report) {
  const Result<ProgramRun> facts =
      run_program(room, {"pdfinfo", "-enc", "UTF-8", path}, seconds_for_a_document, text_bytes_max);
  if (!facts) return facts.error();
  if (facts->status != 0) return Error{ErrorCode::io, "it is damaged, or under a password"};
  for (const std::string_view line : split(facts->output, '\n')) {
    if (line.starts_with("Pages:")) report.pages = number_in(line.substr(6));
  }
  for (Finding& finding : find_personal_data(facts->output, Form::plain, rules)) {
    finding.line = 0;
    report.findings.push_back(std::move(finding));
  }
  const Result<ProgramRun> attached =
      run_program(room, {"pdfdetach", "-list", path}, seconds_for_a_document, text_bytes_max);
  if (!attached) return attached.error();
  if (attached->status != 0 || number_in(attached->output) != 0) {
    report.findings.push_back(unreadable("files are attached to it"));
  }
  constexpr std::uint64_t pages_max = 5000;
  if (report.pages > pages_max) return Error{ErrorCode::limit, "it has too many pages"};
  return judge_pdf_pages(room, path, rules, report);
}

std::string lower_end(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  std::string end(dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1));
  std::ranges::transform(end, end.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return end;
}

}  // namespace

Form form_of(std::string_view name, std::string_view bytes) {
  const std::string end = lower_end(name);
  if (end == "html" || end == "htm" || end == "svg" || end == "xml" || end == "md")
    return Form::html;
  if (end == "json" || end == "geojson" || end == "jsonl" || end == "js" || end == "map")
    return Form::json;
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Form::plain;
  if (bytes[first] == '<') return Form::html;
  if (bytes[first] == '{') return Form::json;
  return Form::plain;
}

std::vector<Finding> screen_text(std::string_view name, std::string_view bytes,
                                 const Rules& rules) {
  return find_personal_data(bytes, form_of(name, bytes), rules);
}

Result<FileReport> screen_file(const std::string& path, const Rules& rules) {
  const Result<std::string> bytes = read_file(path, screened_bytes_max);
  if (!bytes) return bytes.error();
  FileReport report;
  report.file = path;
  report.sha256 = sha256_hex(*bytes);
  report.allowed = rules.allowed.has_file(report.sha256);
  if (report.allowed) return report;
  switch (content_of(*bytes)) {
    case Content::text:
      report.findings = screen_text(path, *bytes, rules);
      return report;
    case Content::nothing_to_read:
      return report;
    case Content::unknown:
      report.findings.push_back(unreadable("no text, PDF or picture: publish it as one of these"));
      return report;
    case Content::pdf:
    case Content::picture:
      break;
  }
  const Result<ReadingRoom> room = ReadingRoom::make();
  if (!room) return room.error();
  // An absolute path is no option of a program's.
  std::error_code failure;
  const std::string absolute = std::filesystem::absolute(path, failure).string();
  if (failure) return Error{ErrorCode::io, "the path cannot be made absolute", {path}};
  if (content_of(*bytes) == Content::picture) {
    judge_picture(*room, absolute, 0, false, rules, report.findings);
  } else if (const Status judged = judge_pdf(*room, absolute, rules, report); !judged) {
    report.findings.push_back(unreadable(judged.error().message));
  }
  return report;
}

std::string to_string(std::string_view file, const Finding& finding) {
  std::string place(file);
  if (finding.page != 0) place += fmt::format(", page {}", finding.page);
  if (finding.line != 0) place += fmt::format(", line {}, column {}", finding.line, finding.column);
  return fmt::format("{}: {} ({})", place, describe(finding.kind).en, finding.shape);
}

Status refuse(std::string_view file, const std::vector<Finding>& findings) {
  if (findings.empty()) return ok_status();
  const Finding& first = findings.front();
  std::string message =
      fmt::format("{} may not be published: {}", describe(first.kind).en, first.shape);
  if (first.kind == Kind::unreadable) {
    message = "what cannot be read may not be published: " + first.shape;
  }
  if (findings.size() > 1) message += fmt::format("; {} such places in all", findings.size());
  return Error{ErrorCode::conflict,
               std::move(message),
               {std::string(file), first.line, first.column, {}},
               "take personal data out; `urna publish screen` lists all places"};
}

Status refuse_personal_data(std::string_view name, std::string_view bytes, const Rules& rules) {
  return refuse(name, screen_text(name, bytes, rules));
}

}  // namespace urna::screening
