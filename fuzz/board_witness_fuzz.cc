// SPDX-License-Identifier: EUPL-1.2
// Any bytes as what is sent to a witness: what is accepted gives the same bytes again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "board/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto request = urna::board::AddCheckpoint::parse(input);
  if (!request) return 0;
  if (request->to_string() != input) std::abort();
  if (request->proof.size() > urna::board::max_witness_proof) std::abort();
  return 0;
}
