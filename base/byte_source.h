// SPDX-License-Identifier: EUPL-1.2
// Bytes read piece by piece, from memory or from a file that need not fit into it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/sha256.h"

namespace urna {

// A run of bytes in memory or in a file. Copies are cheap and denote the same bytes. May be read by
// several threads at once.
class ByteSource {
 public:
  ByteSource() = default;  // no bytes
  // The memory outlives the source and its copies.
  ByteSource(std::string_view memory)  // NOLINT(*-explicit-*): a view is a source
      : memory_(memory), size_(memory.size()) {}
  ByteSource(const std::string& memory)  // NOLINT(*-explicit-*)
      : ByteSource(std::string_view(memory)) {}
  ByteSource(std::string&& memory) = delete;  // it would not outlive the source

  // The regular file at `path`, which stays open as long as a source of it lives. Nobody may change
  // the file meanwhile: pieces are read when they are asked for, and again when asked for again.
  // Errors, with the path: not_found, io (not readable, a folder, no regular file), limit (longer
  // than max_bytes).
  [[nodiscard]] static Result<ByteSource> open(const std::string& path, std::uint64_t max_bytes);

  [[nodiscard]] std::size_t size() const { return size_; }
  // Precondition of the following (else the program stops): offset + size <= size().
  [[nodiscard]] ByteSource part(std::size_t offset, std::size_t size) const;
  // These bytes: a view of the memory, or of `room`, where those of a file are put. Errors: io,
  // conflict (the file has become shorter), with the path.
  [[nodiscard]] Result<std::string_view> read(std::size_t offset, std::size_t size,
                                              std::string& room) const;
  // The same, put behind what `to` holds.
  [[nodiscard]] Status append_to(std::string& to, std::size_t offset, std::size_t size) const;
  // Calls `visit` for all bytes in order, in pieces of at most 1 MiB. Errors: those of read().
  [[nodiscard]] Status for_each(const std::function<void(std::string_view)>& visit) const;

 private:
  class File;
  [[nodiscard]] Status read_file(std::size_t offset, std::size_t size, char* to) const;

  std::string_view memory_;
  std::shared_ptr<const File> file_;
  std::size_t offset_ = 0;  // in the file
  std::size_t size_ = 0;
};

// Errors: those of ByteSource::read().
[[nodiscard]] Result<Sha256Digest> sha256_of(const ByteSource& source);

}  // namespace urna
