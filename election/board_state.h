// SPDX-License-Identifier: EUPL-1.2
// The board read entry by entry: phases, every check of an entry that needs no file but the roll,
// and what later steps need (docs/protocol.md sections 7, 9, 10).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/contests.h"
#include "election/counted.h"
#include "election/entries.h"
#include "election/manifest.h"
#include "election/number_table.h"
#include "election/paper_book.h"
#include "election/roll.h"
#include "election/types.h"
#include "election/voting_term.h"
#include "proof/batch.h"

namespace urna::election {

// What comes next on the board; numbers as in the section's table.
enum class Phase : std::uint8_t {
  dealing_commitments = 2,
  dealings = 3,
  acceptances = 4,
  roll = 5,
  opening = 6,
  voting = 7,
  issuance = 9,
  annulments = 10,
  counted = 11,
  pools = 12,
};

// What the board says of a pool in phase 12.
struct PoolProgress {
  bool withheld = false;
  std::vector<Mix> mixes;
  std::vector<Decryption> decryptions;
  std::optional<PoolResult> result;

  [[nodiscard]] bool finished() const { return withheld || result.has_value(); }
};

// A ballot on the board whose proofs and signatures nobody has verified yet.
struct OwedProofs {
  EntryIndex index;
  Ballot ballot;
  bool certificate = true;  // whether its certificate's signature is among them: not if it was met
                            // before
};

// The state after the entries applied so far. Refused entries change nothing.
//
// An error's place says which entry ("entry 17") and kind ("ballot"), its message what is wrong,
// its remedy what that means.
//
// The signatures and proofs of ballots go into a batch of the caller's under the entry's index;
// until it has been verified they are believed. All other signatures are verified as they come.
//
// Memory: for each ballot about 60 bytes, 75 for each element of its ciphertext, and 50 for its
// certificate, hash tables included (measured: 173 bytes for a ballot of one element).
class BoardState {
 public:
  // Reads entry 0 and manifest.cbor. Errors: malformed, limit, conflict (another manifest).
  [[nodiscard]] static Result<BoardState> begin(std::string_view first_entry,
                                                std::string_view manifest);

  // The roll.cbor that the entry `roll` must agree with; due before that entry.
  void provide_roll(Roll roll);

  // Makes room for a board of so many entries, which saves time. Precondition (else the program
  // stops): before the first ballot. 16 to 32 bytes for each entry, which the tables would come to
  // take anyway.
  void expect(std::uint64_t entries);

  // The next entry. Errors: malformed (form, signature, rule), conflict (out of its phase or
  // contradicting an earlier entry), limit, unsupported (unknown kind), not_found (no roll given).
  [[nodiscard]] Status apply(std::string_view entry, proof::Batch& batch);
  // The same with the proofs and signatures of a ballot left to the caller, who gives what is
  // appended to `owed` to add_proofs(). That they have a right form is not asked.
  [[nodiscard]] Status apply(const EntryBytes& entry, std::vector<OwedProofs>& owed);
  // Adds to the batch, under the entry's index, what holds iff the proofs and signatures hold. May
  // be called from other threads while entries are applied.
  void add_proofs(const OwedProofs& owed, proof::Batch& batch) const;

  // The same for an entry whose proofs and signatures, the certificate's included, have been
  // verified if it is a ballot: for a ballot box, which does that before it asks what the board has
  // to say.
  [[nodiscard]] Status apply_verified(std::string_view entry);

  // Whether apply() would accept a ballot now. `bytes` is the encoded ballot.
  [[nodiscard]] Status check_ballot(const Ballot& ballot, proof::Batch& batch) const;

  // The error for a subject that a batch found wrong, given the entry's bytes.
  [[nodiscard]] Error explain(EntryIndex index, std::string_view entry) const;
  [[nodiscard]] Error explain(const OwedProofs& owed) const;

  [[nodiscard]] const Manifest& manifest() const { return manifest_; }
  [[nodiscard]] const EditionHash& edition() const { return edition_; }
  [[nodiscard]] Phase phase() const { return phase_; }
  // Number of entries so far.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Whether every pool has its withheld or result.
  [[nodiscard]] bool complete() const;
  // Terms of the pool's ballots. Precondition here and below: a pool of the manifest.
  [[nodiscard]] const BallotTerms& terms(PoolNumber pool) const { return terms_[pool.value]; }

  // From the first acceptance on: Y, and Y_1 … Y_n.
  [[nodiscard]] const group::Element& joint_key() const { return joint_key_; }
  [[nodiscard]] const group::ElementBytes& joint_key_bytes() const { return joint_key_bytes_; }
  [[nodiscard]] std::span<const group::Element> verification_keys() const {
    return verification_keys_;
  }
  [[nodiscard]] std::span<const Dealing> dealings() const { return dealings_; }
  [[nodiscard]] std::uint64_t opening_time() const { return term_.opened; }
  // When votes may be cast, extensions included; the end is known before the opening.
  [[nodiscard]] const VotingTerm& term() const { return term_; }
  [[nodiscard]] std::span<const Extension> extensions() const { return extensions_; }
  [[nodiscard]] std::uint64_t closing_time() const { return closing_time_; }
  [[nodiscard]] std::uint64_t certificates_issued() const { return certificates_issued_; }
  // Persons on the roll, those added included; persons of ballots are numbered below it.
  [[nodiscard]] std::uint64_t entitled() const {
    return (roll_ ? roll_->size() : 0) + additions_.size();
  }

  // Ballots so far, numbered from 0 in order of their entries.
  [[nodiscard]] std::size_t ballots() const { return ballots_.size(); }
  // Precondition of the next three: number < ballots().
  [[nodiscard]] const CastBallot& ballot(std::size_t number) const { return ballots_[number].cast; }
  [[nodiscard]] const EntryHash& ballot_entry(std::size_t number) const {
    return ballots_[number].entry;
  }
  [[nodiscard]] Standing standing(std::size_t number) const {
    return contests_.standing(ballots_[number].cast.index);
  }
  [[nodiscard]] std::string ciphertext(std::size_t number) const;
  // The entries of ballots that wait for a decision, ascending: nothing is counted before.
  [[nodiscard]] const std::set<EntryIndex>& frozen() const { return contests_.frozen(); }
  [[nodiscard]] const Pseudonym& pseudonym(std::uint32_t person) const;
  // The counter and previous that this person's next ballot in the pool must have.
  struct NextBallot {
    std::uint64_t counter = 0;
    std::optional<EntryHash> previous;
  };
  [[nodiscard]] NextBallot next_ballot(const Pseudonym& pseudonym, PoolNumber pool) const;

  // Who was given a card of paper, and what was in the boxes.
  [[nodiscard]] const PaperBook& paper() const { return paper_; }
  // Votes on paper in the pool, of all batches stated so far.
  [[nodiscard]] std::uint64_t paper_ballots(PoolNumber pool) const;

  // Their ciphertexts, packed, and for each of them the entry that it stands in.
  [[nodiscard]] std::string paper_ciphertexts(PoolNumber pool) const;
  [[nodiscard]] std::vector<EntryIndex> paper_entries(PoolNumber pool) const;

  // From phase `counted` on: how many ballots count, those on paper included.
  [[nodiscard]] std::uint64_t counted_ballots_of(PoolNumber pool) const {
    return counted_[pool.value].size() + paper_ballots(pool);
  }
  // From phase `counted` on: the numbers of the ballots of the board that count, ascending; and
  // the list of round 0, packed: their ciphertexts, then those of the votes on paper.
  [[nodiscard]] std::span<const std::uint32_t> counted(PoolNumber pool) const {
    return counted_[pool.value];
  }
  [[nodiscard]] std::string counted_ciphertexts(PoolNumber pool) const;
  // counted_ciphertexts() of all pools, by number, for who is short of memory: what is kept of
  // single ballots, certificates and persons is given back to the system. From then on no entry may
  // be applied and nothing asked about ballots but how many count.
  [[nodiscard]] std::vector<std::string> take_counted_ciphertexts();
  [[nodiscard]] const PoolProgress& progress(PoolNumber pool) const {
    return progress_[pool.value];
  }

  // The `counted` entry that is due for a pool, for who keeps the board. Precondition: no further
  // annulment will come.
  [[nodiscard]] Counted counted_entry(PoolNumber pool) const;

 private:
  struct BallotRecord {
    CastBallot cast;
    EntryHash entry;
    std::uint32_t first_pair = 0;  // in pairs_
    std::uint32_t counter = 0;
  };
  struct CertificateRecord {
    std::uint64_t serial = 0;
    Sha256Digest digest{};  // of its bytes
  };
  // The votes on paper of one batch.
  struct PaperList {
    EntryIndex index;
    std::uint32_t first_pair = 0;  // in pairs_
    std::uint64_t ballots = 0;
  };
  using CipherPair = std::array<std::uint8_t, pair_bytes>;

  // Takes what a ballot owes, the certificate's signature included or not; false refuses the ballot
  // for the form of it.
  using Owing = std::function<bool(const Ballot&, bool certificate)>;

  explicit BoardState(Manifest manifest) : manifest_(std::move(manifest)) {}

  [[nodiscard]] Error refused(EntryKind kind, ErrorCode code, std::string message,
                              std::string meaning) const;
  [[nodiscard]] Status require_phase(EntryKind kind, std::initializer_list<Phase> phases) const;
  [[nodiscard]] Status require_signature(EntryKind kind, const proof::Transcript& transcript,
                                         const Signature& signature, const group::ElementBytes& key,
                                         std::string_view signer) const;
  template <typename Signed>
  [[nodiscard]] Status require_signature(const Signed& entry, const group::ElementBytes& key,
                                         std::string_view signer) const {
    return require_signature(Signed::kind, signature_transcript(entry), entry.signature, key,
                             signer);
  }
  [[nodiscard]] Status require_official(EntryKind kind, const proof::Transcript& transcript,
                                        const OfficialSignature& signature) const;
  [[nodiscard]] Status require_officials(EntryKind kind, const proof::Transcript& transcript,
                                         const TwoOfficials& signatures) const;
  template <typename Signed>
  [[nodiscard]] Status require_officials(const Signed& entry) const {
    return require_officials(Signed::kind, signature_transcript(entry), entry.signatures);
  }
  // Numbers below the number of pools or trustees.
  [[nodiscard]] Status require_pool(EntryKind kind, PoolNumber pool) const;
  [[nodiscard]] Status require_trustee(EntryKind kind, TrusteeNumber trustee) const;
  [[nodiscard]] Status require_ciphertext(EntryKind kind, PoolNumber pool,
                                          std::string_view ciphertext) const;
  // The next trustee in order has the turn.
  [[nodiscard]] Status require_turn(EntryKind kind, TrusteeNumber trustee,
                                    std::size_t before) const;

  // One for each kind. A refusal changes nothing.
  Status enter(const ManifestEntry& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const DealingCommitment& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Dealing& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Acceptance& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const RollEntry& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Opening& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Ballot& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Audited& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Freeze& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Annulment& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Upholding& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const RollAddition& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const PaperMark& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Extension& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Closing& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Issuance& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const PaperBatch& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Counted& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Withheld& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Mix& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const Decryption& entry, const EntryBytes& bytes, const Owing& owing);
  Status enter(const PoolResult& entry, const EntryBytes& bytes, const Owing& owing);

  [[nodiscard]] Status apply(const Entry& decoded, const EntryBytes& bytes, const Owing& owing);
  [[nodiscard]] Result<Entry> decode(std::string_view entry) const;
  [[nodiscard]] bool add_proofs(const Ballot& ballot, bool certificate, proof::Batch& batch) const;

  // What check_ballot() finds on its way.
  struct KnownBallot {
    std::uint32_t person = 0;
    bool certificate = false;  // met before
  };
  [[nodiscard]] Result<KnownBallot> check_certificate(const Ballot& ballot) const;
  [[nodiscard]] Result<KnownBallot> check_ballot(const Ballot& ballot, const Owing& owing) const;
  [[nodiscard]] Status check_chain(const Ballot& ballot, std::uint32_t person) const;
  [[nodiscard]] Status check_fresh(EntryKind kind, std::string_view ciphertext) const;
  // The pool is to be opened and has no result.
  [[nodiscard]] Status require_open_pool(EntryKind kind, PoolNumber pool) const;

  [[nodiscard]] std::optional<std::uint32_t> person_of(const Pseudonym& pseudonym) const;
  [[nodiscard]] std::span<const PoolNumber> pools_of(std::uint32_t person) const;
  [[nodiscard]] std::optional<std::uint32_t> last_ballot(std::uint32_t person,
                                                         PoolNumber pool) const;
  [[nodiscard]] std::optional<std::uint32_t> certificate_of(std::uint64_t serial) const;
  [[nodiscard]] std::optional<std::uint32_t> ballot_at(EntryIndex index) const;
  // The number of the ballot that officials name.
  [[nodiscard]] Result<std::uint32_t> require_ballot(EntryKind kind,
                                                     const NamedBallot& ballot) const;
  // What Contests or PaperBook says, as the refusal of this entry.
  [[nodiscard]] Status require_allowed(EntryKind kind, const Status& right) const;
  // Of all pools, computed.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> counted_lists() const;
  [[nodiscard]] Counted counted_entry(PoolNumber pool, std::span<const std::uint32_t> list) const;
  [[nodiscard]] std::uint64_t chain_hash(std::uint32_t person, PoolNumber pool) const;
  [[nodiscard]] std::uint64_t serial_hash(std::uint64_t serial) const;
  [[nodiscard]] std::uint64_t alpha_hash(std::uint32_t pair) const;
  std::uint32_t keep_pairs(std::string_view ciphertext);

  Manifest manifest_;
  EditionHash edition_;
  std::vector<BallotTerms> terms_;
  group::Element registrar_;
  Phase phase_ = Phase::dealing_commitments;
  std::uint64_t size_ = 1;

  std::vector<DealingCommitment> commitments_;
  std::vector<Dealing> dealings_;
  std::vector<EntryHash> dealing_entries_;
  std::size_t acceptances_ = 0;
  group::Element joint_key_;
  group::ElementBytes joint_key_bytes_{};
  std::vector<group::Element> verification_keys_;

  std::optional<Roll> roll_;
  EntryHash roll_entry_;
  std::vector<RollLine> additions_;  // persons roll_->size() …
  std::map<Pseudonym, std::uint32_t> addition_of_;
  VotingTerm term_;
  std::vector<Extension> extensions_;
  std::uint64_t closing_time_ = 0;
  std::uint64_t certificates_issued_ = 0;

  std::deque<BallotRecord> ballots_;
  Contests contests_;
  std::deque<CertificateRecord> certificates_;
  std::deque<CipherPair> pairs_;  // of ballots and audited ciphertexts
  NumberTable last_of_;           // last ballot by person and pool
  NumberTable certificate_by_serial_;
  NumberTable pair_by_alpha_;
  std::uint64_t latest_hour_ = 0;  // of a certificate on the board
  std::uint64_t latest_hour_entry_ = 0;
  std::optional<std::uint64_t> largest_serial_;

  PaperBook paper_;
  std::vector<std::vector<PaperList>> paper_lists_;  // by pool, in order of their entries

  std::size_t pools_counted_ = 0;
  std::vector<std::vector<std::uint32_t>> counted_;
  std::vector<PoolProgress> progress_;
};

}  // namespace urna::election
