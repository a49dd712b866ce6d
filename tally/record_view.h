// SPDX-License-Identifier: EUPL-1.2
// A record read by someone who does not keep it, and the verified lists of its pools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "board/log_reader.h"
#include "election/board_state.h"
#include "election/record.h"
#include "election/types.h"

namespace urna::tally {

// How long work is done.
struct Work {
  unsigned threads = 1;
  std::function<void(const std::string& doing)> progress = [](const std::string&) {};
};

// Whether the checkpoint must bear the cosignatures that the manifest asks for.
enum class Cosignatures : std::uint8_t { required, not_asked };

struct RecordView {
  std::string directory;
  std::string checkpoint_note;  // signed by the board
  election::BoardState state;
  std::vector<std::string> ceremony;  // bytes of the entries of phases 2 to 4, in order
};

// Reads the whole board of the record in this folder and checks all that needs no file but the
// roll, the proofs of ballots included. Errors: those of LogReader, BoardState and
// verify_checkpoint(), each saying where to get the right file.
[[nodiscard]] Result<RecordView> read_record(const std::string& directory,
                                             Cosignatures cosignatures);

// manifest.cbor, which the first entry of the board names, and the public keys in it. Errors: those
// of LogReader and read_file(), malformed, conflict (another file than the entry names).
struct ManifestView {
  std::string bytes;
  election::Manifest manifest;
};
[[nodiscard]] Result<ManifestView> read_manifest(const board::LogReader& log,
                                                 const std::string& directory);
[[nodiscard]] board::LogKey board_key(const election::Manifest& manifest);
[[nodiscard]] std::vector<board::WitnessKey> witness_keys(const election::Manifest& manifest);

// "trustee 2 (Bartek)" and "pool 0 (north)". Precondition: a number of the manifest.
[[nodiscard]] std::string called(const election::Manifest& manifest,
                                 election::TrusteeNumber trustee);
[[nodiscard]] std::string called(const election::Manifest& manifest, election::PoolNumber pool);

// The bytes at `path` if they are those that a trustee's entry names. Errors: not_found and io;
// conflict (other bytes); the message names the trustee who has the right file.
[[nodiscard]] Result<std::string> read_named_file(const std::string& path, const Sha256Digest& hash,
                                                  std::uint64_t size, const std::string& trustee);

// The list after all rounds that the record has for the pool, packed: the counted ballots, and each
// round's proof verified. Errors: those of read_named_file(); malformed, naming the trustee whose
// round does not hold. Precondition: phase `pools`, a pool of the manifest.
[[nodiscard]] Result<std::string> verified_list(const std::string& directory,
                                                const election::BoardState& state,
                                                election::PoolNumber pool, const Work& work);

// Trustees for whom `absent` holds, as "trustee 1 (Anna), trustee 3 (Celina)".
[[nodiscard]] std::string list_trustees(const election::Manifest& manifest,
                                        const std::function<bool(election::TrusteeNumber)>& absent);

}  // namespace urna::tally
