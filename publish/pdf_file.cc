// SPDX-License-Identifier: EUPL-1.2
#include "publish/pdf_file.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <utility>

namespace urna::publish {
namespace {

constexpr std::size_t objects_max = 1'000'000;
constexpr std::size_t sections_max = 256;
constexpr std::size_t dictionary_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t npos = std::string_view::npos;

Error unreadable(std::string what) {
  return {ErrorCode::unsupported,
          "this PDF cannot be added to: " + std::move(what),
          {},
          "give a file that `urna publish protocol` made, signed or not"};
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}
bool is_delimiter(char c) { return std::string_view("()<>[]{}/%").find(c) != npos; }

// After blanks and comments, which reach to the end of their line.
std::size_t after_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_blank(text[at]) || text[at] == '%')) {
    if (text[at] == '%') at = std::min(text.find_first_of("\r\n", at), text.size() - 1);
    ++at;
  }
  return at;
}

// The digits at `at`, and where they end.
std::optional<std::pair<std::size_t, std::size_t>> number_at(std::string_view text,
                                                             std::size_t at) {
  std::size_t number = 0;
  const auto [end, fault] = std::from_chars(text.data() + at, text.data() + text.size(), number);
  if (fault != std::errc{}) return std::nullopt;
  return std::pair(number, static_cast<std::size_t>(end - text.data()));
}

std::size_t token_end(std::string_view text, std::size_t at) {
  while (at < text.size() && !is_blank(text[at]) && !is_delimiter(text[at])) ++at;
  return at;
}

// Where the value that begins at `at` ends; npos if it does not.
std::size_t value_end(std::string_view text, std::size_t at, unsigned depth = 0) {
  constexpr unsigned depth_max = 32;
  if (at >= text.size() || depth > depth_max) return npos;
  if (text[at] == '/') return token_end(text, at + 1);
  if (text[at] == '(') {
    int open = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '(') {
        ++open;
      } else if (text[i] == ')' && --open == 0) {
        return i + 1;
      }
    }
    return npos;
  }
  const bool dictionary = text.substr(at, 2) == "<<";
  if (dictionary || text[at] == '[') {
    const std::string_view close = dictionary ? ">>" : "]";
    at = after_blanks(text, at + (dictionary ? 2 : 1));
    while (at < text.size() && text.substr(at, close.size()) != close) {
      at = value_end(text, at, depth + 1);
      if (at == npos) return npos;
      at = after_blanks(text, at);
    }
    return at < text.size() ? at + close.size() : npos;
  }
  if (text[at] == '<') {
    const std::size_t end = text.find('>', at);
    return end == npos ? npos : end + 1;
  }
  const std::size_t end = token_end(text, at);
  if (end == at) return npos;
  // "12 0 R".
  const std::size_t second = after_blanks(text, end);
  if (number_at(text, at) && second < text.size() && number_at(text, second)) {
    const std::size_t third = after_blanks(text, token_end(text, second));
    if (third < text.size() && text[third] == 'R' && token_end(text, third) == third + 1)
      return third + 1;
  }
  return end;
}

// Where the value of a key stands, [begin, end); nullopt if there is none so.
std::optional<std::pair<std::size_t, std::size_t>> find_entry(std::string_view dictionary,
                                                              std::string_view key) {
  if (!dictionary.starts_with("<<")) return std::nullopt;
  std::size_t at = after_blanks(dictionary, 2);
  while (at < dictionary.size() && dictionary[at] == '/') {
    const std::size_t name_end = token_end(dictionary, at + 1);
    const std::string_view name = dictionary.substr(at, name_end - at);
    const std::size_t begin = after_blanks(dictionary, name_end);
    const std::size_t end = value_end(dictionary, begin);
    if (end == npos) return std::nullopt;
    if (name == key) return std::pair(begin, end);
    at = after_blanks(dictionary, end);
  }
  return std::nullopt;
}

std::optional<std::size_t> reference_of(std::string_view dictionary, std::string_view key) {
  const std::string value = entry_of(dictionary, key);
  const auto number = value.empty() ? std::nullopt : number_at(value, 0);
  if (!number || !value.ends_with('R')) return std::nullopt;
  return number->first;
}

}  // namespace

std::string entry_of(std::string_view dictionary, std::string_view key) {
  const auto found = find_entry(dictionary, key);
  return found ? std::string(dictionary.substr(found->first, found->second - found->first))
               : std::string();
}

std::string with_entry(std::string_view dictionary, std::string_view key, std::string_view value) {
  if (const auto found = find_entry(dictionary, key)) {
    return std::string(dictionary.substr(0, found->first)) + std::string(value) +
           std::string(dictionary.substr(found->second));
  }
  return fmt::format("<< {} {} {}", key, value, dictionary.substr(2));
}

Result<PdfFile> PdfFile::read(std::string_view bytes) {
  if (bytes.size() > pdf_bytes_max) return Error{ErrorCode::limit, "the file is too long", {}, ""};
  if (!bytes.starts_with("%PDF-1."))
    return Error{ErrorCode::malformed, "this is no PDF", {}, "give the protocol"};
  PdfFile file(bytes);
  if (Status read = file.read_sections(); !read) return std::move(read).error();
  return file;
}

Status PdfFile::read_sections() {
  constexpr std::string_view mark = "startxref";
  const std::size_t start = bytes_.rfind(mark);
  const auto newest =
      start == npos ? std::nullopt : number_at(bytes_, after_blanks(bytes_, start + mark.size()));
  if (!newest) return unreadable("its end is missing");
  newest_section_ = newest->first;

  std::set<std::size_t> seen;
  std::size_t section = newest_section_;
  while (true) {
    if (!seen.insert(section).second || seen.size() > sections_max)
      return unreadable("its cross-references go in circles");
    if (section >= bytes_.size() || bytes_.substr(section, 4) != "xref")
      return unreadable("it has no table of cross-references");
    std::size_t at = after_blanks(bytes_, section + 4);
    while (bytes_.substr(at, 7) != "trailer") {
      const auto first = number_at(bytes_, at);
      const auto count =
          first ? number_at(bytes_, after_blanks(bytes_, first->second)) : std::nullopt;
      if (!count || first->first > objects_max || count->first > objects_max)
        return unreadable("its table of cross-references is broken");
      at = after_blanks(bytes_, count->second);
      constexpr std::size_t entry_bytes = 20;
      if (at + count->first * entry_bytes > bytes_.size())
        return unreadable("its table of cross-references is cut off");
      if (offsets_.size() < first->first + count->first)
        offsets_.resize(first->first + count->first);
      for (std::size_t i = 0; i < count->first; ++i, at += entry_bytes) {
        const auto offset = number_at(bytes_, at);
        if (!offset) return unreadable("its table of cross-references is broken");
        // Newer sections come first.
        std::size_t& known = offsets_[first->first + i];
        if (bytes_[at + 17] == 'n' && known == 0) known = offset->first;
      }
      at = after_blanks(bytes_, at);
    }
    at = after_blanks(bytes_, at + 7);
    const std::size_t end = value_end(bytes_.substr(0, at + dictionary_bytes_max), at);
    if (end == npos) return unreadable("its trailer is broken");
    const std::string_view trailer = bytes_.substr(at, end - at);
    if (section == newest_section_) {
      const std::string size = entry_of(trailer, "/Size");
      const auto number = size.empty() ? std::nullopt : number_at(size, 0);
      const auto root = reference_of(trailer, "/Root");
      if (!number || number->first > objects_max || !root)
        return unreadable("its trailer is incomplete");
      if (!entry_of(trailer, "/Encrypt").empty()) return unreadable("it is encrypted");
      size_ = number->first;
      root_ = *root;
      const std::string info = entry_of(trailer, "/Info");
      if (!info.empty()) info_ = "/Info " + info;
    }
    const std::string previous = entry_of(trailer, "/Prev");
    if (previous.empty()) break;
    const auto number = number_at(previous, 0);
    if (!number) return unreadable("its trailer is broken");
    section = number->first;
  }

  const Result<std::string> catalogue = object(root_);
  if (!catalogue) return catalogue.error();
  std::optional<std::size_t> node = reference_of(*catalogue, "/Pages");
  constexpr int depth_max = 16;
  for (int depth = 0; node && depth < depth_max; ++depth) {
    const Result<std::string> dictionary = object(*node);
    if (!dictionary) return dictionary.error();
    if (entry_of(*dictionary, "/Type") == "/Page") {
      first_page_ = *node;
      return ok_status();
    }
    const std::string kids = entry_of(*dictionary, "/Kids");
    const auto first = kids.size() < 2 ? std::nullopt : number_at(kids, after_blanks(kids, 1));
    node = first ? std::optional(first->first) : std::nullopt;
  }
  return unreadable("it has no page");
}

Result<std::string> PdfFile::object(std::size_t number) const {
  if (number >= offsets_.size() || offsets_[number] == 0 || offsets_[number] >= bytes_.size())
    return unreadable("an object is missing");
  std::size_t at = offsets_[number];
  const auto found = number_at(bytes_, at);
  if (!found || found->first != number) return unreadable("an object is not in its place");
  at = bytes_.find("obj", found->second);
  constexpr std::size_t head_bytes_max = 16;
  if (at == npos || at > found->second + head_bytes_max)
    return unreadable("an object is not in its place");
  at = after_blanks(bytes_, at + 3);
  const std::size_t end = value_end(bytes_.substr(0, at + dictionary_bytes_max), at);
  if (end == npos) return unreadable("an object is broken");
  return std::string(bytes_.substr(at, end - at));
}

std::string PdfFile::addition(const std::vector<Change>& changes) const {
  std::vector<Change> sorted = changes;
  std::sort(sorted.begin(), sorted.end(),
            [](const Change& a, const Change& b) { return a.number < b.number; });
  std::string text;
  if (!bytes_.ends_with('\n')) text += '\n';
  std::string table = "xref\n";
  std::size_t size = size_;
  for (const Change& change : sorted) {
    table += fmt::format("{} 1\n{:010} 00000 n \n", change.number, bytes_.size() + text.size());
    text += fmt::format("{} 0 obj\n{}\nendobj\n", change.number, change.content);
    size = std::max(size, change.number + 1);
  }
  const std::size_t section = bytes_.size() + text.size();
  text += table;
  text += fmt::format("trailer\n<< /Size {} /Root {} 0 R {} /Prev {} >>\nstartxref\n{}\n%%EOF\n",
                      size, root_, info_, newest_section_, section);
  return text;
}

Result<std::string> with_language(std::string_view pdf, std::string_view language) {
  const Result<PdfFile> file = PdfFile::read(pdf);
  if (!file) return file.error();
  Result<std::string> catalogue = file->object(file->root());
  if (!catalogue) return catalogue;
  std::string changed = with_entry(*catalogue, "/Lang", fmt::format("({})", language));
  changed = with_entry(changed, "/ViewerPreferences", "<< /DisplayDocTitle true >>");
  return std::string(pdf) + file->addition({{file->root(), std::move(changed)}});
}

}  // namespace urna::publish
