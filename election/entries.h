// SPDX-License-Identifier: EUPL-1.2
// The entries of the board as structures (docs/protocol.md sections 7 to 13), and their bytes.
//
// Elements stay in their 32-byte encodings: they are decoded in bulk where they are used, and what
// is not an element, or is the identity, is refused there. Scalars are refused here unless they are
// below the group's order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "base/sha256.h"
#include "election/manifest.h"
#include "election/types.h"
#include "proof/signature.h"
#include "proof/transcript.h"

namespace urna::election {

using proof::Signature;

// Why a card of the batch holds no vote, and why a paper is none of its cards; places of the two
// lists of a `paper-batch` entry.
enum class Unfit : std::uint8_t { unreadable, against_rule };
enum class CardRefusal : std::uint8_t { never_issued, used_before, of_another_batch };
inline constexpr std::size_t unfit_reasons = 2;
inline constexpr std::size_t refusal_reasons = 3;
inline constexpr std::size_t card_serial_bytes = 10;

struct OfficialSignature {
  OfficialNumber official;
  Signature signature{};
  friend bool operator==(const OfficialSignature&, const OfficialSignature&) = default;
};
// Two different officials, ascending.
using TwoOfficials = std::array<OfficialSignature, 2>;

// The first entry: which file is the manifest.
struct ManifestEntry {
  static constexpr EntryKind kind = EntryKind::manifest;
  EditionHash edition;
  std::uint64_t size = 0;  // of manifest.cbor
  friend bool operator==(const ManifestEntry&, const ManifestEntry&) = default;
};
// The entry for these bytes of manifest.cbor.
[[nodiscard]] ManifestEntry manifest_entry(std::string_view manifest);

// ---- The trustees' key (section 8)

struct DealingCommitment {
  static constexpr EntryKind kind = EntryKind::dealing_commitment;
  EditionHash edition;
  TrusteeNumber trustee;
  Sha256Digest dealing{};  // hash of the dealing's bytes
  Signature signature{};
  friend bool operator==(const DealingCommitment&, const DealingCommitment&) = default;
};

struct Dealing {
  static constexpr EntryKind kind = EntryKind::dealing;
  EditionHash edition;
  TrusteeNumber trustee;
  std::string commitments;  // packed, t elements
  std::string proof;        // of knowledge of the first one's logarithm
  std::string shares;       // for trustees 1 … n, share_bytes each
  Signature signature{};
  friend bool operator==(const Dealing&, const Dealing&) = default;
};
inline constexpr std::size_t share_bytes = 64;

struct Acceptance {
  static constexpr EntryKind kind = EntryKind::acceptance;
  EditionHash edition;
  TrusteeNumber trustee;
  Sha256Digest dealings{};  // hash of the entry hashes of all dealings
  group::ElementBytes joint_key{};
  Signature signature{};
  friend bool operator==(const Acceptance&, const Acceptance&) = default;
};

// A trustee's public objection to a dealing. No entry of a record, but signed like one.
struct Complaint {
  EditionHash edition;
  TrusteeNumber complainer;
  TrusteeNumber dealer;
  group::ElementBytes secret{};  // Z
  std::string proof;             // 96 bytes
  Signature signature{};
  friend bool operator==(const Complaint&, const Complaint&) = default;
};

// ---- Roll, voting, closing (sections 7 and 9)

struct RollEntry {
  static constexpr EntryKind kind = EntryKind::roll;
  EditionHash edition;
  std::uint64_t size = 0;
  Sha256Digest root{};
  Signature signature{};
  friend bool operator==(const RollEntry&, const RollEntry&) = default;
};

struct Opening {
  static constexpr EntryKind kind = EntryKind::opening;
  EditionHash edition;
  group::ElementBytes joint_key{};
  EntryHash roll;
  std::uint64_t time = 0;  // Unix seconds
  TwoOfficials signatures;
  friend bool operator==(const Opening&, const Opening&) = default;
};

struct Certificate {
  Pseudonym pseudonym;
  group::ElementBytes voter_key{};
  std::uint8_t level = 2;         // 2 … 4
  std::vector<PoolNumber> pools;  // ascending, at least one
  std::uint64_t hour = 0;         // Unix seconds / 3600
  std::uint64_t serial = 0;
  Signature signature{};
  friend bool operator==(const Certificate&, const Certificate&) = default;
};

struct Ballot {
  static constexpr EntryKind kind = EntryKind::ballot;
  EditionHash edition;
  PoolNumber pool;
  Certificate certificate;
  std::uint64_t counter = 0;
  std::optional<EntryHash> previous;
  std::string ciphertext;  // pair_bytes for each element
  std::string proof;       // as long
  Signature signature{};
  friend bool operator==(const Ballot&, const Ballot&) = default;
};

struct Audited {
  static constexpr EntryKind kind = EntryKind::audited;
  EditionHash edition;
  PoolNumber pool;
  std::string ciphertext;
  friend bool operator==(const Audited&, const Audited&) = default;
};

// A ballot of the board, as officials name it.
struct NamedBallot {
  EntryIndex index;  // of its entry
  EntryHash hash;
  friend bool operator==(const NamedBallot&, const NamedBallot&) = default;
};

// Quarantine: these ballots wait for a decision of two officials, and nothing is counted before.
struct Freeze {
  static constexpr EntryKind kind = EntryKind::freeze;
  EditionHash edition;
  std::vector<NamedBallot> ballots;  // indices ascending, at least one
  std::string case_number;           // "ABCDE-FGHJK"
  std::string reason;                // a code
  OfficialSignature signature;
  friend bool operator==(const Freeze&, const Freeze&) = default;
};

struct Annulment {
  static constexpr EntryKind kind = EntryKind::annulment;
  EditionHash edition;
  EntryIndex index;  // of the ballot's entry
  EntryHash ballot;
  std::string reason;  // a code
  TwoOfficials signatures;
  friend bool operator==(const Annulment&, const Annulment&) = default;
};

// What an upholding ends.
enum class Lifted : std::uint8_t { freeze, annulment };

// The ballot stands: it is frozen, or annulled, no longer.
struct Upholding {
  static constexpr EntryKind kind = EntryKind::upholding;
  EditionHash edition;
  EntryIndex index;  // of the ballot's entry
  EntryHash ballot;
  Lifted ends = Lifted::freeze;
  std::string case_number;
  std::string reason;  // a code
  TwoOfficials signatures;
  friend bool operator==(const Upholding&, const Upholding&) = default;
};

struct RollAddition {
  static constexpr EntryKind kind = EntryKind::roll_addition;
  EditionHash edition;
  Pseudonym pseudonym;
  std::vector<PoolNumber> pools;
  Signature signature{};
  friend bool operator==(const RollAddition&, const RollAddition&) = default;
};

// A person votes on paper in a pool: identified in person at an official point, and given a card.
// Which card is nobody's to know.
struct PaperMark {
  static constexpr EntryKind kind = EntryKind::paper_mark;
  EditionHash edition;
  PoolNumber pool;
  Pseudonym pseudonym;
  PointNumber point;
  std::uint64_t hour = 0;  // Unix seconds / 3600
  Signature signature{};
  friend bool operator==(const PaperMark&, const PaperMark&) = default;
};

// Puts the end of the voting off.
struct Extension {
  static constexpr EntryKind kind = EntryKind::extension;
  EditionHash edition;
  std::uint64_t time = 0;      // Unix seconds: when the officials decided
  std::uint64_t replaces = 0;  // the end of the voting until now
  std::uint64_t closes = 0;    // the new one
  std::string reason_pl;       // for the public
  std::string reason_en;
  TwoOfficials signatures;
  friend bool operator==(const Extension&, const Extension&) = default;
};

struct Closing {
  static constexpr EntryKind kind = EntryKind::closing;
  EditionHash edition;
  std::uint64_t time = 0;
  TwoOfficials signatures;
  friend bool operator==(const Closing&, const Closing&) = default;
};

struct Issuance {
  static constexpr EntryKind kind = EntryKind::issuance;
  EditionHash edition;
  std::uint64_t certificates = 0;
  Signature signature{};
  friend bool operator==(const Issuance&, const Issuance&) = default;
};

// What two officials found of a batch of cards in the box (section 7.3).
struct PaperBatch {
  static constexpr EntryKind kind = EntryKind::paper_batch;
  EditionHash edition;
  BatchNumber batch;
  // For each card of the batch, in the order of the manifest's root: its serial number (10 bytes)
  // if it was in the box, else the leaf hash (32 bytes).
  std::vector<std::string> cards;
  std::string ciphertexts;  // of the valid ones, ascending as bytes, one after the other
  std::string proofs;       // as long
  std::array<std::uint64_t, unfit_reasons> unfit{};      // cards of the batch that say nothing
  std::array<std::uint64_t, refusal_reasons> refused{};  // papers that are no cards of the batch
  TwoOfficials signatures;
  friend bool operator==(const PaperBatch&, const PaperBatch&) = default;
};

// ---- The count (sections 10 to 13)

struct Counted {
  static constexpr EntryKind kind = EntryKind::counted;
  EditionHash edition;
  PoolNumber pool;
  std::uint64_t ballots = 0;
  Sha256Digest indices{};
  friend bool operator==(const Counted&, const Counted&) = default;
};

struct Withheld {
  static constexpr EntryKind kind = EntryKind::withheld;
  EditionHash edition;
  PoolNumber pool;
  std::uint64_t ballots = 0;
  friend bool operator==(const Withheld&, const Withheld&) = default;
};

struct Mix {
  static constexpr EntryKind kind = EntryKind::mix;
  EditionHash edition;
  PoolNumber pool;
  std::uint8_t round = 1;
  TrusteeNumber trustee;
  Sha256Digest file{};
  std::uint64_t size = 0;  // of the file
  Signature signature{};
  friend bool operator==(const Mix&, const Mix&) = default;
};

struct Decryption {
  static constexpr EntryKind kind = EntryKind::decryption;
  EditionHash edition;
  PoolNumber pool;
  TrusteeNumber trustee;
  Sha256Digest file{};
  std::uint64_t size = 0;  // of the file
  Signature signature{};
  friend bool operator==(const Decryption&, const Decryption&) = default;
};

struct PoolResult {
  static constexpr EntryKind kind = EntryKind::result;
  EditionHash edition;
  PoolNumber pool;
  Sha256Digest tie_seed{};
  Sha256Digest plaintexts{};  // hash of plaintexts/POOL.bin
  Sha256Digest published{};   // hash of result/POOL.pb
  std::uint64_t valid = 0;    // ballots, blank ones included
  std::uint64_t blank = 0;
  std::array<std::uint64_t, invalid_reasons> invalid{};  // how many for each reason, from 1
  std::vector<ProjectNumber> winners;                    // in the order of the rule
  Money cost;                                            // of the winners
  friend bool operator==(const PoolResult&, const PoolResult&) = default;
};

using Entry =
    std::variant<ManifestEntry, DealingCommitment, Dealing, Acceptance, RollEntry, Opening, Ballot,
                 Audited, Freeze, Annulment, Upholding, RollAddition, PaperMark, Extension, Closing,
                 Issuance, PaperBatch, Counted, Withheld, Mix, Decryption, PoolResult>;

[[nodiscard]] EntryKind kind_of(const Entry& entry);

// SHA-256 of a zero byte and the entry's bytes.
[[nodiscard]] EntryHash entry_hash(std::string_view entry);

// The bytes of an entry with their hash, which is computed when it is asked for unless it is known.
// The bytes outlive this.
class EntryBytes {
 public:
  explicit EntryBytes(std::string_view bytes) : bytes_(bytes) {}
  // Precondition: hash == entry_hash(bytes).
  EntryBytes(std::string_view bytes, const EntryHash& hash) : bytes_(bytes), hash_(hash) {}

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] EntryHash hash() const { return hash_ ? *hash_ : entry_hash(bytes_); }

 private:
  std::string_view bytes_;
  std::optional<EntryHash> hash_;
};

// The deterministic bytes of an entry, or of a complaint. Precondition: the fields keep the limits.
[[nodiscard]] std::string encode(const ManifestEntry& entry);
[[nodiscard]] std::string encode(const DealingCommitment& entry);
[[nodiscard]] std::string encode(const Dealing& entry);
[[nodiscard]] std::string encode(const Acceptance& entry);
[[nodiscard]] std::string encode(const RollEntry& entry);
[[nodiscard]] std::string encode(const Opening& entry);
[[nodiscard]] std::string encode(const Ballot& entry);
[[nodiscard]] std::string encode(const Audited& entry);
[[nodiscard]] std::string encode(const Freeze& entry);
[[nodiscard]] std::string encode(const Annulment& entry);
[[nodiscard]] std::string encode(const Upholding& entry);
[[nodiscard]] std::string encode(const RollAddition& entry);
[[nodiscard]] std::string encode(const PaperMark& entry);
[[nodiscard]] std::string encode(const Extension& entry);
[[nodiscard]] std::string encode(const Closing& entry);
[[nodiscard]] std::string encode(const Issuance& entry);
[[nodiscard]] std::string encode(const PaperBatch& entry);
[[nodiscard]] std::string encode(const Counted& entry);
[[nodiscard]] std::string encode(const Withheld& entry);
[[nodiscard]] std::string encode(const Mix& entry);
[[nodiscard]] std::string encode(const Decryption& entry);
[[nodiscard]] std::string encode(const PoolResult& entry);
[[nodiscard]] std::string encode(const Certificate& certificate);
[[nodiscard]] std::string encode(const Complaint& complaint);

// Reads an entry of any kind, strictly: decoding accepts exactly what encode() can yield. What
// depends on the edition (numbers of pools and trustees, lengths by width) is not asked. Errors,
// with the kind as the place's field: malformed, limit (more than entry_bytes_max bytes),
// unsupported (unknown kind or counting rule).
[[nodiscard]] Result<Entry> decode_entry(std::string_view bytes);
[[nodiscard]] Result<Certificate> decode_certificate(std::string_view bytes);
[[nodiscard]] Result<Complaint> decode_complaint(std::string_view bytes);

// The transcript that the signature of a signed structure is over (section 4.1). For a certificate,
// which does not name its edition, that is given.
[[nodiscard]] proof::Transcript signature_transcript(const DealingCommitment& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Dealing& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Acceptance& entry);
[[nodiscard]] proof::Transcript signature_transcript(const RollEntry& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Opening& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Ballot& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Freeze& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Annulment& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Upholding& entry);
[[nodiscard]] proof::Transcript signature_transcript(const RollAddition& entry);
[[nodiscard]] proof::Transcript signature_transcript(const PaperMark& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Extension& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Closing& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Issuance& entry);
[[nodiscard]] proof::Transcript signature_transcript(const PaperBatch& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Mix& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Decryption& entry);
[[nodiscard]] proof::Transcript signature_transcript(const Complaint& complaint);
[[nodiscard]] proof::Transcript signature_transcript(const Certificate& certificate,
                                                     const EditionHash& edition);
// The same as strings, for what is verified by the thousand.
[[nodiscard]] proof::WrittenTranscript written_transcript(const Ballot& entry);
[[nodiscard]] proof::WrittenTranscript written_transcript(const Certificate& certificate,
                                                          const EditionHash& edition);

// B of section 4.1: the bytes of the map without its signatures, as officials see them before they
// sign.
[[nodiscard]] std::string signed_body(const Opening& entry);
[[nodiscard]] std::string signed_body(const Freeze& entry);
[[nodiscard]] std::string signed_body(const Annulment& entry);
[[nodiscard]] std::string signed_body(const Upholding& entry);
[[nodiscard]] std::string signed_body(const Extension& entry);
[[nodiscard]] std::string signed_body(const Closing& entry);
[[nodiscard]] std::string signed_body(const PaperBatch& entry);

// Signs an entry that has one signature: entry.signature is set.
template <typename Signed>
void sign(Signed& entry, const proof::SigningKey& key) {
  entry.signature = proof::sign(key, signature_transcript(entry));
}

// Signs an entry of one official.
inline void sign(Freeze& entry, OfficialNumber official, const proof::SigningKey& key) {
  entry.signature = {official, proof::sign(key, signature_transcript(entry))};
}

// Signs an entry of two officials. Precondition: first < second.
template <typename Signed>
void sign(Signed& entry, OfficialNumber first, const proof::SigningKey& first_key,
          OfficialNumber second, const proof::SigningKey& second_key) {
  const proof::Transcript transcript = signature_transcript(entry);
  entry.signatures = {OfficialSignature{first, proof::sign(first_key, transcript)},
                      OfficialSignature{second, proof::sign(second_key, transcript)}};
}

}  // namespace urna::election
