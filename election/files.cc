// SPDX-License-Identifier: EUPL-1.2
#include "election/files.h"

#include <array>
#include <span>

#include "base/cbor.h"
#include "election/types.h"

namespace urna::election {
namespace {

// The parts of a file that is the map {0: name, 1: …, 2: …} of byte strings of these sizes.
Result<std::vector<ByteSource>> parts_of(const ByteSource& file, std::string_view name,
                                         std::span<const std::size_t> sizes) {
  std::vector<ByteSource> parts;
  std::size_t offset = 0;
  std::uint64_t key = 0;
  std::string room;
  for (const std::size_t size : sizes) {
    CborWriter before;
    if (key == 0) {
      before.map(sizes.size() + 1);
      before.key(0);
      before.text(name);
    }
    before.key(++key);
    before.bytes_head(size);
    const std::size_t head = before.data().size();
    const bool fits = head <= file.size() - offset && size <= file.size() - offset - head;
    if (fits) {
      const Result<std::string_view> found = file.read(offset, head, room);
      if (!found) return found.error();
      if (*found == before.data()) {
        parts.push_back(file.part(offset + head, size));
        offset += head + size;
        continue;
      }
    }
    return Error{ErrorCode::malformed, "byte " + std::to_string(offset) + ": expected field " +
                                           std::to_string(key) + " of a file of this kind, with " +
                                           std::to_string(size) + " bytes"};
  }
  if (offset != file.size())
    return Error{ErrorCode::malformed, "byte " + std::to_string(offset) + ": expected the end"};
  return parts;
}

}  // namespace

std::string encode(const ShuffleFile& file) {
  CborWriter out;
  out.map(9);
  out.key(0);
  out.text("shuffle");
  std::uint64_t key = 0;
  for (const std::string_view list :
       {file.outputs, file.permutation, file.chain, file.chain_commitments, file.commitments,
        file.responses, file.chain_responses, file.weight_responses}) {
    out.key(++key);
    out.bytes(list);
  }
  return std::move(out).take();
}

Result<ShuffleFile> decode_shuffle(std::string_view bytes, std::size_t count, std::size_t width) {
  CborReader in(bytes);
  in.map(9);
  in.key(0);
  in.require(in.text(7) == "shuffle", "expected \"shuffle\"");
  std::uint64_t key = 0;
  const auto list = [&](std::size_t size) {
    in.key(++key);
    return in.bytes_exactly(size);
  };
  ShuffleFile file;
  file.outputs = list(pair_bytes * width * count);
  file.permutation = list(32 * count);
  file.chain = list(32 * count);
  file.chain_commitments = list(32 * count);
  file.commitments = list(96 + pair_bytes * width);
  file.responses = list(96 + 32 * width);
  file.chain_responses = list(32 * count);
  file.weight_responses = list(32 * count);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return file;
}

Result<std::vector<ByteSource>> shuffle_parts(const ByteSource& file, std::size_t count,
                                              std::size_t width) {
  const std::array sizes = {pair_bytes * width * count, 32 * count,      32 * count, 32 * count,
                            96 + pair_bytes * width,    96 + 32 * width, 32 * count, 32 * count};
  return parts_of(file, "shuffle", sizes);
}

std::string encode(const SharesFile& file) {
  CborWriter out;
  out.map(3);
  out.key(0);
  out.text("shares");
  out.key(1);
  out.bytes(file.shares);
  out.key(2);
  out.bytes(file.proof);
  return std::move(out).take();
}

Result<SharesFile> decode_shares(std::string_view bytes, std::size_t count, std::size_t width) {
  CborReader in(bytes);
  in.map(3);
  in.key(0);
  in.require(in.text(6) == "shares", "expected \"shares\"");
  SharesFile file;
  in.key(1);
  file.shares = in.bytes_exactly(32 * (count * width + 1));
  in.key(2);
  file.proof = in.bytes_exactly(96);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return file;
}

Result<std::vector<ByteSource>> shares_parts(const ByteSource& file, std::size_t count,
                                             std::size_t width) {
  const std::array<std::size_t, 2> sizes = {32 * (count * width + 1), 96};
  return parts_of(file, "shares", sizes);
}

}  // namespace urna::election
