// SPDX-License-Identifier: EUPL-1.2
#include "election/paper.h"

#include <algorithm>
#include <numeric>
#include <sodium/randombytes.h>
#include <utility>

#include "base/bytes.h"
#include "board/merkle.h"
#include "election/refusal.h"
#include "proof/knowledge.h"

namespace urna::election {
namespace {

constexpr std::string_view serial_alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr unsigned bits_each = 5;
constexpr std::size_t characters = 8 * card_serial_bytes / bits_each;
constexpr std::size_t group_characters = 4;

}  // namespace

CardSerial random_card_serial() {
  CardSerial serial;
  randombytes_buf(serial.data(), serial.size());
  return serial;
}

std::string to_text(const CardSerial& serial) {
  std::string written;
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t count = 0;
  for (const std::uint8_t octet : serial) {
    bits = bits << 8U | octet;
    held += 8;
    while (held >= bits_each) {
      held -= bits_each;
      if (count != 0 && count % group_characters == 0) written += '-';
      written += serial_alphabet[bits >> held & 31U];
      ++count;
    }
  }
  return written;
}

std::optional<CardSerial> parse_card_serial(std::string_view typed) {
  CardSerial serial{};
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t count = 0;
  std::size_t octet = 0;
  for (char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const std::size_t value = serial_alphabet.find(c);
    if (value == std::string_view::npos || ++count > characters) return std::nullopt;
    bits = bits << bits_each | static_cast<std::uint32_t>(value);
    held += bits_each;
    if (held >= 8) {
      held -= 8;
      serial[octet++] = static_cast<std::uint8_t>(bits >> held & 255U);
    }
  }
  if (count != characters) return std::nullopt;
  return serial;
}

Sha256Digest leaf_of(const CardSerial& serial) { return board::leaf_hash(view_of(serial)); }

Sha256Digest root_of_cards(std::span<const CardSerial> serials) {
  std::vector<Sha256Digest> leaves;
  leaves.reserve(serials.size());
  for (const CardSerial& serial : serials) leaves.push_back(leaf_of(serial));
  return board::root_of(leaves);
}

proof::Transcript paper_proof_transcript(const EditionHash& edition, BatchNumber batch,
                                         const group::ElementBytes& joint_key,
                                         std::string_view ciphertext) {
  proof::Transcript transcript("paper ballot");
  transcript.append("edition", edition.view());
  transcript.append("batch", std::uint64_t{batch.value});
  transcript.append("key", view_of(joint_key));
  transcript.append("ciphertext", ciphertext);
  return transcript;
}

Result<PaperBatch> make_paper_batch(const EditionHash& edition, BatchNumber batch,
                                    std::span<const CardSerial> serials, const JointKey& joint_key,
                                    const FoundCards& found) {
  const auto used =
      static_cast<std::uint64_t>(std::count(found.used.begin(), found.used.end(), true));
  if (found.used.size() != serials.size() ||
      used != std::accumulate(found.unfit.begin(), found.unfit.end(),
                              std::uint64_t{found.contents.size()}))
    stop_on_broken_precondition("make_paper_batch: as many cards as contents and unfit ones");
  PaperBatch entry;
  entry.edition = edition;
  entry.batch = batch;
  entry.unfit = found.unfit;
  entry.refused = found.refused;
  for (std::size_t i = 0; i < serials.size(); ++i) {
    entry.cards.emplace_back(found.used[i] ? std::string(view_of(serials[i]))
                                           : std::string(view_of(leaf_of(serials[i]))));
  }
  // Ciphertexts are random bytes: sorted by them, contents are in an order of nobody's choice.
  std::vector<std::pair<std::string, std::string>> sealed;
  for (const std::string& packed : found.contents) {
    Result<SealedContent> one = seal_content(joint_key, packed);
    if (!one) return std::move(one).error();
    std::string proof = proof::prove_knowledge<proof::Ristretto>(
        paper_proof_transcript(edition, batch, joint_key.encoding, one->ciphertext),
        alphas_of(one->ciphertext), one->randomness);
    sealed.emplace_back(std::move(one->ciphertext), std::move(proof));
  }
  std::ranges::sort(sealed);
  for (const auto& [ciphertext, proof] : sealed) {
    entry.ciphertexts += ciphertext;
    entry.proofs += proof;
  }
  return entry;
}

std::vector<CardSerial> used_cards(const PaperBatch& entry) {
  std::vector<CardSerial> used;
  for (const std::string& card : entry.cards) {
    if (card.size() == card_serial_bytes) used.push_back(array_of<card_serial_bytes>(card));
  }
  return used;
}

Status check_paper_batch(const PaperBatch& entry, const IssuedBatch& issued, std::size_t width,
                         const group::ElementBytes& joint_key) {
  std::vector<Sha256Digest> leaves;
  std::uint64_t used = 0;
  for (const std::string& card : entry.cards) {
    const bool in_the_box = card.size() == card_serial_bytes;
    used += in_the_box ? 1U : 0U;
    leaves.push_back(in_the_box ? leaf_of(array_of<card_serial_bytes>(card))
                                : array_of<sizeof(Sha256Digest)>(card));
  }
  if (entry.cards.size() != issued.cards || board::root_of(leaves) != issued.root)
    return refused(ErrorCode::conflict,
                   "its cards are not those of batch " + std::to_string(entry.batch.value),
                   "a card was in the box that this point was never given for this pool");
  const std::size_t bytes = pair_bytes * width;
  if (entry.ciphertexts.size() % bytes != 0)
    return refused(ErrorCode::malformed,
                   "its ciphertexts are not all as long as ballots of the pool",
                   "they could not be mixed with the others");
  const std::uint64_t valid = entry.ciphertexts.size() / bytes;
  if (std::accumulate(entry.unfit.begin(), entry.unfit.end(), valid) != used)
    return refused(ErrorCode::conflict,
                   "its votes and its cards without a vote are not together the " +
                       std::to_string(used) + " cards that were in the box",
                   "votes were added or dropped");
  std::string_view before;
  for (std::size_t i = 0; i < valid; ++i) {
    const std::string_view ciphertext =
        std::string_view(entry.ciphertexts).substr(bytes * i, bytes);
    if (ciphertext <= before)
      return refused(ErrorCode::malformed, "its ciphertexts do not ascend",
                     "their order could tell the cards apart");
    before = ciphertext;
    for (std::size_t k = 0; k < proof::packed_count(ciphertext); ++k) {
      if (!proof::Ristretto::decode(proof::packed_at(ciphertext, k)))
        return refused(ErrorCode::malformed,
                       "a ciphertext of it holds bytes that are no group element",
                       "it could be neither mixed nor decrypted");
    }
    if (!proof::verify_knowledge<proof::Ristretto>(
            paper_proof_transcript(entry.edition, entry.batch, joint_key, ciphertext),
            alphas_of(ciphertext), std::string_view(entry.proofs).substr(bytes * i, bytes)))
      return refused(ErrorCode::malformed,
                     "the proof that the officials know the content of ciphertext " +
                         std::to_string(i) + " does not hold",
                     "the ciphertext may be made from somebody's ballot");
  }
  return ok_status();
}

}  // namespace urna::election
