// SPDX-License-Identifier: EUPL-1.2
#include "board/receipt.h"

#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"

namespace urna::board {
namespace {

constexpr std::uint64_t version = 1;
constexpr std::size_t max_proof_hashes = 64;

}  // namespace

std::string Receipt::encode() const {
  CborWriter out;
  out.map(5);
  out.key(0);
  out.unsigned_integer(version);
  out.key(1);
  out.bytes(view_of(leaf));
  out.key(2);
  out.unsigned_integer(index);
  out.key(3);
  out.array(proof.size());
  for (const Sha256Digest& hash : proof) out.bytes(view_of(hash));
  out.key(4);
  out.text(checkpoint_note);
  return std::move(out).take();
}

Result<Receipt> Receipt::decode(std::string_view bytes) {
  CborReader in(bytes);
  Receipt receipt;
  in.map(5);
  in.key(0);
  in.require(in.unsigned_integer() == version, "this is not version 1 of a receipt");
  in.key(1);
  receipt.leaf = in.fixed_bytes<hash_bytes>();
  in.key(2);
  receipt.index = in.unsigned_integer();
  in.key(3);
  receipt.proof.resize(in.array(max_proof_hashes));
  for (Sha256Digest& hash : receipt.proof) hash = in.fixed_bytes<hash_bytes>();
  in.key(4);
  receipt.checkpoint_note = in.text(max_note_bytes);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return receipt;
}

Result<Receipt> make_receipt(const LogReader& log, std::uint64_t index) {
  const Result<std::string> entry = log.entry(index);
  if (!entry) return entry.error();
  Result<MerkleProof> proof = log.inclusion_proof(index);
  if (!proof) return std::move(proof).error();
  return Receipt{leaf_hash(*entry), index, *std::move(proof), log.checkpoint_note()};
}

Result<VerifiedCheckpoint> verify_receipt(const Receipt& receipt, const LogKey& log,
                                          std::span<const WitnessKey> witnesses,
                                          std::size_t threshold) {
  Result<VerifiedCheckpoint> verified =
      verify_checkpoint(receipt.checkpoint_note, log, witnesses, threshold);
  if (!verified) return verified;
  const Checkpoint& checkpoint = verified->checkpoint;
  if (!verify_inclusion(receipt.leaf, receipt.index, checkpoint.size, receipt.proof,
                        checkpoint.root))
    return Error{ErrorCode::conflict, "the receipt does not show that entry " +
                                          std::to_string(receipt.index) + " of the " +
                                          std::to_string(checkpoint.size) + " has this hash"};
  return verified;
}

}  // namespace urna::board
