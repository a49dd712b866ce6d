// SPDX-License-Identifier: EUPL-1.2
// The files beside the board: shuffles and decryption shares (docs/protocol.md sections 11, 12).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"

namespace urna::election {

// mix/POOL-ROUND.cbor: the outputs and the proof, packed lists. Views into the file's bytes.
struct ShuffleFile {
  std::string_view outputs;
  std::string_view permutation;        // C
  std::string_view chain;              // chain of commitments
  std::string_view chain_commitments;  // T of the chain
  std::string_view commitments;        // T_1 T_2 T_3 T_4
  std::string_view responses;          // s_1 s_2 s_3 s_4
  std::string_view chain_responses;    // s of the chain
  std::string_view weight_responses;   // s'
};

[[nodiscard]] std::string encode(const ShuffleFile& file);
// The file of a list of `count` ciphertexts of this width. That elements and scalars are such is
// for the check of the proof. Error: malformed. Precondition: width <= width_max, count < 2^40.
[[nodiscard]] Result<ShuffleFile> decode_shuffle(std::string_view bytes, std::size_t count,
                                                 std::size_t width);

// The same file read in pieces: its lists as parts of it, in the order above. Errors: malformed,
// and those of ByteSource::read().
[[nodiscard]] Result<std::vector<ByteSource>> shuffle_parts(const ByteSource& file,
                                                            std::size_t count, std::size_t width);

// decryption/POOL-TRUSTEE.cbor. Views into the file's bytes.
struct SharesFile {
  std::string_view shares;  // D_0 … D_{N w}
  std::string_view proof;   // 96 bytes
};

[[nodiscard]] std::string encode(const SharesFile& file);
// As decode_shuffle().
[[nodiscard]] Result<SharesFile> decode_shares(std::string_view bytes, std::size_t count,
                                               std::size_t width);
// As shuffle_parts(): shares and proof.
[[nodiscard]] Result<std::vector<ByteSource>> shares_parts(const ByteSource& file,
                                                           std::size_t count, std::size_t width);

}  // namespace urna::election
