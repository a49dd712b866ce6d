// SPDX-License-Identifier: EUPL-1.2
#include "election/files.h"

#include "base/cbor.h"
#include "election/types.h"

namespace urna::election {

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

}  // namespace urna::election
