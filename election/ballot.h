// SPDX-License-Identifier: EUPL-1.2
// Making certificates and ballots, and checking their proofs and signatures (docs/protocol.md
// section 9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/ballot_content.h"
#include "election/entries.h"
#include "group/multiply.h"
#include "group/scalar.h"
#include "proof/batch.h"

namespace urna::election {

// The key that ballots are encrypted under, with a table for its multiples. 30 KB.
struct JointKey {
  group::Element element;
  group::ElementBytes encoding{};
  group::FixedBase multiples;

  explicit JointKey(const group::Element& key)
      : element(key), encoding(key.encode()), multiples(key) {}
};

// A certificate, signed by the registrar.
[[nodiscard]] Certificate issue_certificate(const EditionHash& edition,
                                            const proof::SigningKey& registrar,
                                            const Pseudonym& pseudonym,
                                            const group::ElementBytes& voter_key,
                                            std::uint8_t level, std::vector<PoolNumber> pools,
                                            std::uint64_t unix_seconds, std::uint64_t serial);

// A ciphertext with the randomness that opens it.
struct SealedContent {
  std::string ciphertext;  // pair_bytes for each element
  std::vector<group::SecretScalar> randomness;
};

// Encrypts packed content (pack_ballot()). Error: unsupported (see embed()). Precondition (else the
// program stops): 29 bytes for each element. Constant time but for embed().
[[nodiscard]] Result<SealedContent> seal_content(const JointKey& joint_key,
                                                 std::string_view packed_content);

// What a ballot is made for.
struct BallotPlace {
  EditionHash edition;
  PoolNumber pool;
  Certificate certificate;
  std::uint64_t counter = 0;
  std::optional<EntryHash> previous;  // present iff the counter is not 0
};

// The ballot of a ciphertext: proof and signature.
[[nodiscard]] Ballot cast_sealed(const BallotPlace& place, const JointKey& joint_key,
                                 const SealedContent& sealed, const proof::SigningKey& voter);

// pack_ballot(), seal_content(), cast_sealed(). Errors: malformed (the content is not valid, with
// the reason), unsupported (see embed()).
[[nodiscard]] Result<Ballot> make_ballot(const BallotPlace& place, const BallotTerms& terms,
                                         const JointKey& joint_key, const BallotContent& content,
                                         const proof::SigningKey& voter);

// The context of a ballot's proof: everything but the elements and the commitments.
[[nodiscard]] proof::Transcript ballot_proof_transcript(const Ballot& ballot,
                                                        const group::ElementBytes& joint_key);
// alpha_1 … alpha_w of a ciphertext, packed.
[[nodiscard]] std::string alphas_of(std::string_view ciphertext);

// Adds to the batch what holds iff the ciphertext is made of elements and the ballot's proof and
// the voter's signature are right. False: one of them is refused for its form. Precondition: proof
// as long as the ciphertext.
[[nodiscard]] bool check_ballot_proofs(proof::Batch& batch, const Ballot& ballot,
                                       const group::ElementBytes& joint_key);

// The same with the registrar's signature, one by one: which of them does not hold. For naming
// the fault after a batch has failed. Ok if all hold.
[[nodiscard]] Status explain_ballot(const Ballot& ballot, const group::ElementBytes& registrar,
                                    const group::ElementBytes& joint_key);

}  // namespace urna::election
