// SPDX-License-Identifier: EUPL-1.2
#include "election/ballot.h"

#include <sodium/utils.h>
#include <utility>

#include "base/bytes.h"
#include "election/embedding.h"
#include "proof/knowledge.h"

namespace urna::election {

Certificate issue_certificate(const EditionHash& edition, const proof::SigningKey& registrar,
                              const Pseudonym& pseudonym, const group::ElementBytes& voter_key,
                              std::uint8_t level, std::vector<PoolNumber> pools,
                              std::uint64_t unix_seconds, std::uint64_t serial) {
  Certificate certificate;
  certificate.pseudonym = pseudonym;
  certificate.voter_key = voter_key;
  certificate.level = level;
  certificate.pools = std::move(pools);
  certificate.hour = unix_seconds / 3600;
  certificate.serial = serial;
  certificate.signature = proof::sign(registrar, signature_transcript(certificate, edition));
  return certificate;
}

Result<SealedContent> seal_content(const JointKey& joint_key, std::string_view packed_content) {
  if (packed_content.empty() || packed_content.size() % element_data_bytes != 0)
    stop_on_broken_precondition("seal_content: 29 bytes for each element");
  SealedContent sealed;
  std::vector<group::Element> pairs;
  for (std::size_t i = 0; i < packed_content.size(); i += element_data_bytes) {
    Result<group::Element> message =
        embed(array_of<element_data_bytes>(packed_content.substr(i, element_data_bytes)));
    if (!message) return std::move(message).error();
    const group::SecretScalar r = group::SecretScalar::random();
    pairs.push_back(group::mul_base(r));
    pairs.push_back(*message + joint_key.multiples.mul(r));
    sealed.randomness.push_back(r);
  }
  sealed.ciphertext = group::encode_packed(pairs);
  return sealed;
}

Ballot cast_sealed(const BallotPlace& place, const JointKey& joint_key, const SealedContent& sealed,
                   const proof::SigningKey& voter) {
  Ballot ballot;
  ballot.edition = place.edition;
  ballot.pool = place.pool;
  ballot.certificate = place.certificate;
  ballot.counter = place.counter;
  ballot.previous = place.previous;
  ballot.ciphertext = sealed.ciphertext;
  ballot.proof =
      proof::prove_knowledge<proof::Ristretto>(ballot_proof_transcript(ballot, joint_key.encoding),
                                               alphas_of(ballot.ciphertext), sealed.randomness);
  sign(ballot, voter);
  return ballot;
}

Result<Ballot> make_ballot(const BallotPlace& place, const BallotTerms& terms,
                           const JointKey& joint_key, const BallotContent& content,
                           const proof::SigningKey& voter) {
  if (const auto reason = check_content(terms, content)) {
    return Error{ErrorCode::malformed,
                 std::string(meaning_of(*reason)),
                 {"ballot", 0, 0, std::string(name_of(*reason))},
                 "change the ballot"};
  }
  Result<std::string> packed = pack_ballot(terms, content);
  if (!packed) return std::move(packed).error();
  Result<SealedContent> sealed = seal_content(joint_key, *packed);
  sodium_memzero(packed->data(), packed->size());
  if (!sealed) return std::move(sealed).error();
  return cast_sealed(place, joint_key, *sealed, voter);
}

namespace {

template <class Transcript>
Transcript proof_transcript(const Ballot& ballot, const group::ElementBytes& joint_key) {
  Transcript transcript("ballot");
  transcript.append("edition", ballot.edition.view());
  transcript.append("pool", std::uint64_t{ballot.pool.value});
  transcript.append("pseudonym", ballot.certificate.pseudonym.view());
  transcript.append("voter key", view_of(ballot.certificate.voter_key));
  transcript.append("key", view_of(joint_key));
  transcript.append("ciphertext", ballot.ciphertext);
  return transcript;
}

}  // namespace

proof::Transcript ballot_proof_transcript(const Ballot& ballot,
                                          const group::ElementBytes& joint_key) {
  return proof_transcript<proof::Transcript>(ballot, joint_key);
}

std::string alphas_of(std::string_view ciphertext) {
  std::string alphas;
  alphas.reserve(ciphertext.size() / 2);
  for (std::size_t i = 0; i < ciphertext.size(); i += pair_bytes) {
    alphas += ciphertext.substr(i, pair_bytes / 2);
  }
  return alphas;
}

bool check_ballot_proofs(proof::Batch& batch, const Ballot& ballot,
                         const group::ElementBytes& joint_key) {
  // The proof is about the alphas. That the betas are elements is asked by an equation in which
  // they count for nothing.
  batch.open();
  for (std::size_t k = 1; k < proof::packed_count(ballot.ciphertext); k += 2)
    batch.add(group::Scalar(), proof::packed_at(ballot.ciphertext, k));
  return proof::check_knowledge<proof::Ristretto>(
             batch, proof_transcript<proof::WrittenTranscript>(ballot, joint_key),
             alphas_of(ballot.ciphertext), ballot.proof) &&
         proof::check_signature(batch, ballot.certificate.voter_key, written_transcript(ballot),
                                ballot.signature);
}

Status explain_ballot(const Ballot& ballot, const group::ElementBytes& registrar,
                      const group::ElementBytes& joint_key) {
  const auto wrong = [](std::string message, std::string meaning) {
    return Error{ErrorCode::malformed, std::move(message), {}, std::move(meaning)};
  };
  if (!proof::verify_signature(registrar, signature_transcript(ballot.certificate, ballot.edition),
                               ballot.certificate.signature)) {
    return wrong("the registrar's signature of the certificate does not hold",
                 "nobody was certified to cast this ballot");
  }
  for (std::size_t k = 1; k < proof::packed_count(ballot.ciphertext); k += 2) {
    if (!proof::Ristretto::decode(proof::packed_at(ballot.ciphertext, k)))
      return wrong("its ciphertext holds bytes that are no group element",
                   "it could be neither mixed nor decrypted");
  }
  if (!proof::verify_knowledge<proof::Ristretto>(ballot_proof_transcript(ballot, joint_key),
                                                 alphas_of(ballot.ciphertext), ballot.proof)) {
    return wrong("the proof that its caster knows its content does not hold",
                 "the ciphertext may be copied or made from another one");
  }
  if (!proof::verify_signature(ballot.certificate.voter_key, signature_transcript(ballot),
                               ballot.signature)) {
    return wrong("the voter's signature does not hold",
                 "the ballot was changed or is not the certified person's");
  }
  return ok_status();
}

}  // namespace urna::election
