// SPDX-License-Identifier: EUPL-1.2
#include "desk/tar.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/byte_source.h"
#include "election/record.h"

namespace urna::desk {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block = 512;
constexpr std::size_t tar_name_bytes_max = 100;
constexpr std::size_t files_max = 60'000;

std::string head_of(const std::string& name, std::uint64_t size, std::uint64_t time) {
  std::string head(block, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    head.replace(at, text.size(), text);
  };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", size));
  put(136, fmt::format("{:011o}", time));
  put(148, "        ");
  head[156] = '0';
  put(257, std::string("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return head;
}

std::uint64_t padded(std::uint64_t size) { return (size + block - 1) / block * block; }

}  // namespace

struct TarArchive::Content {
  struct File {
    std::uint64_t offset = 0;  // of its head
    std::string head;
    ByteSource bytes;

    [[nodiscard]] std::uint64_t end() const { return offset + block + padded(bytes.size()); }
  };
  std::vector<File> files;
  std::uint64_t size = 0;
};

namespace {

// The paths of the files, the checkpoint first: whatever is added later, files that it speaks of
// are there. Nothing if the folder changed meanwhile.
std::optional<std::vector<std::string>> paths_in(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failure;
  for (fs::recursive_directory_iterator file(folder, failure), end; !failure && file != end;
       file.increment(failure)) {
    std::error_code gone;
    if (!file->is_regular_file(gone)) continue;
    std::string path = file->path().lexically_relative(folder).generic_string();
    if (!path.ends_with(".tmp")) paths.push_back(std::move(path));
  }
  if (failure) return std::nullopt;
  std::ranges::sort(paths, {},
                    [](const std::string& path) { return std::pair(path != "checkpoint", path); });
  return paths;
}

}  // namespace

Result<TarArchive> TarArchive::of_folder(const std::string& folder, const std::string& prefix,
                                         std::uint64_t time) {
  // Who adds entries meanwhile replaces partial tiles by whole ones: then it is looked at again.
  constexpr int tries = 20;
  for (int k = 0; k < tries; ++k) {
    if (k > 0) std::this_thread::sleep_for(std::chrono::milliseconds(25));
    const std::optional<std::vector<std::string>> paths = paths_in(folder);
    if (!paths) continue;
    if (paths->size() > files_max)
      return Error{ErrorCode::limit, "the record has too many files", {folder}, "copy its folder"};
    auto content = std::make_shared<Content>();
    bool gone = false;
    for (const std::string& path : *paths) {
      const std::string name = prefix + "/" + path;
      if (name.size() > tar_name_bytes_max)
        return Error{ErrorCode::limit, "a path is too long", {path}, "copy the folder"};
      Result<ByteSource> bytes =
          ByteSource::open(folder + "/" + path, election::record_file_bytes_max);
      gone = !bytes && bytes.error().code == ErrorCode::not_found;
      if (gone) break;
      if (!bytes) return std::move(bytes).error();
      Content::File file{content->size, head_of(name, bytes->size(), time), *std::move(bytes)};
      content->size = file.end();
      content->files.push_back(std::move(file));
    }
    if (gone) continue;
    content->size += 2 * block;
    return TarArchive(std::move(content));
  }
  return Error{ErrorCode::io, "the record is being changed", {folder}, "try again"};
}

std::uint64_t TarArchive::size() const { return content_->size; }

Result<std::string> TarArchive::read(std::uint64_t offset, std::size_t count) const {
  std::string bytes;
  bytes.reserve(count);
  const std::vector<Content::File>& files = content_->files;
  // The file that the offset lies in.
  auto file = std::ranges::upper_bound(files, offset, {}, &Content::File::end);
  const std::uint64_t end = offset + count;
  while (offset < end) {
    if (file == files.end()) {
      bytes.append(end - offset, '\0');
      break;
    }
    const std::uint64_t within = offset - file->offset;
    std::uint64_t some = 0;
    if (within < block) {
      some = std::min(end - offset, block - within);
      bytes.append(file->head, within, some);
    } else if (within - block < file->bytes.size()) {
      some = std::min<std::uint64_t>(end - offset, file->bytes.size() - (within - block));
      if (Status read = file->bytes.append_to(bytes, within - block, some); !read)
        return std::move(read).error();
    } else {
      some = std::min(end, file->end()) - offset;
      bytes.append(some, '\0');
    }
    offset += some;
    if (offset == file->end()) ++file;
  }
  return bytes;
}

}  // namespace urna::desk
