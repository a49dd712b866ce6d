// SPDX-License-Identifier: EUPL-1.2
#include "presentation/site_code.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/sha256.h"
#include "presentation/strict_json.h"

namespace urna::presentation {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t list_depth_max = 4;
constexpr std::size_t parts_max = 5;

Error wrong_list(std::string message, ErrorCode code = ErrorCode::malformed) {
  return {code,
          std::move(message),
          {std::string(site_list_name)},
          "give a site as it was built, with its list of files"};
}

bool is_part(std::string_view part) {
  return !part.empty() && part.front() != '.' && std::ranges::all_of(part, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool is_name(std::string_view name) {
  for (std::size_t parts = 1; parts <= parts_max; ++parts) {
    const std::size_t slash = name.find('/');
    if (!is_part(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
  return false;
}

bool is_hash(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

Result<SiteCode> parse_site_code(std::string_view bytes) {
  if (bytes.size() > site_list_bytes_max)
    return wrong_list("the list of files is too long", ErrorCode::limit);
  const Result<json::value> root = parse_strict_json(bytes, list_depth_max);
  if (!root) return wrong_list("the list of files is no JSON: " + root.error().message);
  const json::object* object = root->if_object();
  const json::value* version = object != nullptr ? object->if_contains("version") : nullptr;
  const json::value* list = object != nullptr ? object->if_contains("files") : nullptr;
  if (list == nullptr || !list->is_object() || version == nullptr || *version != 1 ||
      object->size() != 2)
    return wrong_list(R"(expected an object with "version" 1 and "files")");
  const json::object& files = list->get_object();
  if (files.empty()) return wrong_list("the list names no file");
  if (files.size() > site_files_max)
    return wrong_list("the list names too many files", ErrorCode::limit);
  SiteCode code{sha256_hex(bytes), {}};
  for (const auto& [name, hash] : files) {
    if (!is_name(name)) return wrong_list("\"" + std::string(name) + "\" is no name of a file");
    if (!hash.is_string() || !is_hash(hash.get_string()))
      return wrong_list("the hash of " + std::string(name) + " is not 64 hexadecimal digits");
    code.files.push_back({std::string(name), std::string(hash.get_string())});
  }
  std::ranges::sort(code.files, {}, &CodeFile::name);
  return code;
}

Result<std::vector<std::string>> changed_files(const SiteCode& code, const std::string& folder) {
  std::vector<std::string> changed;
  std::set<std::string, std::less<>> known{std::string(site_list_name)};
  for (const CodeFile& file : code.files) {
    known.insert(file.name);
    const Result<std::string> bytes = read_file(folder + "/" + file.name, site_file_bytes_max);
    if (!bytes && bytes.error().code != ErrorCode::not_found &&
        bytes.error().code != ErrorCode::limit)
      return bytes.error();
    if (!bytes || sha256_hex(*bytes) != file.sha256) changed.push_back(file.name);
  }
  std::error_code failure;
  for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (at->is_directory(failure)) continue;
    const std::string name = at->path().lexically_relative(folder).generic_string();
    if (!known.contains(name) && !name.ends_with(".gz")) changed.push_back(name);
  }
  if (failure) {
    return Error{ErrorCode::io,
                 "cannot list the folder: " + failure.message(),
                 {folder},
                 "check the permissions of the folder"};
  }
  std::ranges::sort(changed);
  return changed;
}

}  // namespace urna::presentation
