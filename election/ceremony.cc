// SPDX-License-Identifier: EUPL-1.2
#include "election/ceremony.h"

#include <algorithm>
#include <sodium/utils.h>
#include <utility>

#include "base/bytes.h"
#include "group/multiply.h"
#include "proof/equality.h"
#include "proof/knowledge.h"
#include "proof/sharing.h"

namespace urna::election {
namespace {

using group::Element;
using group::ElementBytes;
using group::Scalar;
using group::SecretScalar;
using proof::Ristretto;
using proof::Transcript;

Error wrong_message(std::string message, std::string meaning = {}) {
  return Error{ErrorCode::malformed, std::move(message), {}, std::move(meaning)};
}

std::string name(TrusteeNumber trustee) { return "trustee " + std::to_string(trustee.value); }

Transcript possession_transcript(std::string_view trustee_name) {
  Transcript transcript("possession");
  transcript.append("name", trustee_name);
  return transcript;
}

Transcript dealing_transcript(const EditionHash& edition, TrusteeNumber trustee) {
  Transcript transcript("dealing");
  transcript.append("edition", edition.view());
  transcript.append("trustee", std::uint64_t{trustee.value});
  return transcript;
}

Transcript complaint_transcript(const EditionHash& edition, TrusteeNumber dealer,
                                TrusteeNumber receiver) {
  Transcript transcript("complaint");
  transcript.append("edition", edition.view());
  transcript.append("dealer", std::uint64_t{dealer.value});
  transcript.append("receiver", std::uint64_t{receiver.value});
  return transcript;
}

// R and the sealed number of the share for a receiver.
ElementBytes ephemeral_of(const Dealing& dealing, TrusteeNumber receiver) {
  return proof::packed_at(dealing.shares, 2 * (receiver.value - 1U));
}

// What is written between dealer and receiver, exclusive-or the pad that Z gives: sealing and
// opening are the same. The caller wipes the result.
group::ScalarBytes xor_pad(const EditionHash& edition, TrusteeNumber dealer, TrusteeNumber receiver,
                           const ElementBytes& ephemeral, const ElementBytes& receiver_key,
                           const ElementBytes& secret, group::ScalarBytes text) {
  Transcript transcript("share");
  transcript.append("edition", edition.view());
  transcript.append("dealer", std::uint64_t{dealer.value});
  transcript.append("receiver", std::uint64_t{receiver.value});
  transcript.append("ephemeral", view_of(ephemeral));
  transcript.append("key", view_of(receiver_key));
  transcript.append("secret", view_of(secret));
  proof::Digest pad = transcript.challenge("pad");
  for (std::size_t i = 0; i < text.size(); ++i) text[i] ^= pad[i];
  sodium_memzero(pad.data(), pad.size());
  return text;
}

// Precondition: check_dealing().
std::vector<Element> commitments_of(const Dealing& dealing) {
  return group::decode_packed(dealing.commitments).value();
}

// The number sealed in a share, if it is one that matches the commitments.
Result<SecretScalar> opened(const Dealing& dealing, TrusteeNumber receiver,
                            const ElementBytes& receiver_key, const ElementBytes& secret) {
  group::ScalarBytes number =
      xor_pad(dealing.edition, dealing.trustee, receiver, ephemeral_of(dealing, receiver),
              receiver_key, secret, proof::packed_at(dealing.shares, 2 * receiver.value - 1U));
  Result<SecretScalar> share = SecretScalar::decode(number);
  sodium_memzero(number.data(), number.size());
  const std::vector<Element> commitments = commitments_of(dealing);
  if (!share || !proof::share_matches<Ristretto>(commitments, receiver.value, *share)) {
    return wrong_message("the share of " + name(dealing.trustee) + " for " + name(receiver) +
                             " does not match the dealing",
                         "publish a complaint");
  }
  return share;
}

// Z. Precondition: check_dealing().
ElementBytes secret_of(const Dealing& dealing, TrusteeNumber receiver, const TrusteeKeys& keys) {
  const Element ephemeral = Element::decode(ephemeral_of(dealing, receiver)).value();
  return group::mul(keys.receiving.secret, ephemeral).encode();
}

}  // namespace

TrusteeKeys TrusteeKeys::random() {
  return {proof::SigningKey::random(), proof::SigningKey::random()};
}

TrusteeCard make_card(std::string name, const TrusteeKeys& keys) {
  TrusteeCard card;
  card.signing_key = keys.signing.key;
  card.receiving_key = keys.receiving.key;
  const std::string elements =
      std::string(view_of(card.signing_key)) + std::string(view_of(card.receiving_key));
  const std::array secrets = {keys.signing.secret, keys.receiving.secret};
  card.possession = array_of<possession_bytes>(
      proof::prove_knowledge<Ristretto>(possession_transcript(name), elements, secrets));
  card.name = std::move(name);
  return card;
}

Status check_possession(const Manifest& manifest) {
  for (const TrusteeCard& card : manifest.trustees) {
    const std::string elements =
        std::string(view_of(card.signing_key)) + std::string(view_of(card.receiving_key));
    if (!proof::verify_knowledge<Ristretto>(possession_transcript(card.name), elements,
                                            view_of(card.possession))) {
      return wrong_message(
          "the card of trustee " + card.name + " does not prove possession of its keys",
          "its keys may be made from those of others");
    }
  }
  return ok_status();
}

Dealing deal(const Manifest& manifest, const EditionHash& edition, TrusteeNumber trustee,
             const TrusteeKeys& keys) {
  if (trustee.value < 1 || trustee.value > manifest.trustee_count())
    stop_on_broken_precondition("deal: the number of a trustee");
  Dealing dealing;
  dealing.edition = edition;
  dealing.trustee = trustee;

  const auto polynomial = proof::SharingPolynomial<Ristretto>::random(manifest.threshold);
  dealing.commitments = polynomial.commitments();
  dealing.proof = proof::prove_knowledge<Ristretto>(
      dealing_transcript(edition, trustee), std::string_view(dealing.commitments).substr(0, 32),
      std::span(&polynomial.secret(), 1));

  for (std::size_t j = 1; j <= manifest.trustee_count(); ++j) {
    const TrusteeNumber receiver{static_cast<std::uint8_t>(j)};
    const ElementBytes& key = manifest.trustee(receiver).receiving_key;
    const SecretScalar share = polynomial.share(j);
    const SecretScalar r = SecretScalar::random();
    const ElementBytes ephemeral = group::mul_base(r).encode();
    ElementBytes secret = group::mul(r, Element::decode(key).value()).encode();
    dealing.shares += view_of(ephemeral);
    dealing.shares +=
        view_of(xor_pad(edition, trustee, receiver, ephemeral, key, secret, share.secret_bytes()));
    sodium_memzero(secret.data(), secret.size());
  }
  sign(dealing, keys.signing);
  return dealing;
}

DealingCommitment commit_to(std::string_view dealing_bytes, const Dealing& dealing,
                            const TrusteeKeys& keys) {
  DealingCommitment commitment;
  commitment.edition = dealing.edition;
  commitment.trustee = dealing.trustee;
  commitment.dealing = sha256(dealing_bytes);
  sign(commitment, keys.signing);
  return commitment;
}

Status check_dealing(const Manifest& manifest, const Dealing& dealing) {
  if (dealing.trustee.value < 1 || dealing.trustee.value > manifest.trustee_count())
    return wrong_message("there is no " + name(dealing.trustee));
  if (dealing.commitments.size() != 32U * manifest.threshold ||
      dealing.shares.size() != share_bytes * manifest.trustee_count())
    return wrong_message("the numbers of commitments or shares are not those of the manifest",
                         "the shares would not make up the key");
  for (std::size_t k = 0; k < manifest.threshold; ++k) {
    if (!Ristretto::decode(proof::packed_at(dealing.commitments, k)))
      return wrong_message("commitment " + std::to_string(k) + " is not a group element",
                           "the polynomial is not of the full degree");
  }
  for (std::size_t j = 0; j < manifest.trustee_count(); ++j) {
    if (!Ristretto::decode(proof::packed_at(dealing.shares, 2 * j)))
      return wrong_message(
          "the share for trustee " + std::to_string(j + 1) + " holds no group element",
          "it cannot be opened");
  }
  if (!proof::verify_knowledge<Ristretto>(dealing_transcript(dealing.edition, dealing.trustee),
                                          std::string_view(dealing.commitments).substr(0, 32),
                                          dealing.proof)) {
    return wrong_message("its proof of knowledge does not hold",
                         "the contribution may be made from those of others");
  }
  if (!proof::verify_signature(manifest.trustee(dealing.trustee).signing_key,
                               signature_transcript(dealing), dealing.signature)) {
    return wrong_message("the signature of " + name(dealing.trustee) + " does not hold",
                         "it is not this trustee's dealing");
  }
  return ok_status();
}

Result<SecretScalar> open_share(const Dealing& dealing, TrusteeNumber receiver,
                                const TrusteeKeys& keys) {
  ElementBytes secret = secret_of(dealing, receiver, keys);
  Result<SecretScalar> share = opened(dealing, receiver, keys.receiving.key, secret);
  sodium_memzero(secret.data(), secret.size());
  return share;
}

Result<Element> joint_key(std::span<const Dealing> dealings) {
  Element sum;
  for (const Dealing& dealing : dealings)
    sum = sum + Element::decode(proof::packed_at(dealing.commitments, 0)).value();
  if (sum.is_identity())
    return wrong_message("the joint key is the identity", "anyone could decrypt; deal again");
  return sum;
}

std::vector<Element> verification_keys(const Manifest& manifest,
                                       std::span<const Dealing> dealings) {
  std::vector<Element> sums(manifest.threshold);
  for (const Dealing& dealing : dealings) {
    const std::vector<Element> commitments = commitments_of(dealing);
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] = sums[k] + commitments[k];
  }
  std::vector<Element> keys;
  for (std::size_t j = 1; j <= manifest.trustee_count(); ++j)
    keys.push_back(proof::public_share<Ristretto>(sums, j));
  return keys;
}

Sha256Digest hash_of_dealings(std::span<const EntryHash> dealings) {
  std::string joined;
  for (const EntryHash& entry : dealings) joined += entry.view();
  return sha256(joined);
}

Result<Accepted> accept(const Manifest& manifest, const EditionHash& edition,
                        std::span<const std::string> dealings, TrusteeNumber trustee,
                        const TrusteeKeys& keys) {
  if (dealings.size() != manifest.trustee_count())
    return wrong_message("there is not one dealing of every trustee", "wait for the others");
  std::vector<Dealing> read;
  std::vector<EntryHash> entries;
  Accepted accepted;
  for (std::size_t i = 0; i < dealings.size(); ++i) {
    const auto at = [&](Error error) {
      error.place = {"dealing of trustee " + std::to_string(i + 1), 0, 0, {}};
      return error;
    };
    Result<Entry> entry = decode_entry(dealings[i]);
    if (!entry) return at(std::move(entry).error());
    const auto* dealing = std::get_if<Dealing>(&*entry);
    if (dealing == nullptr || dealing->edition != edition || dealing->trustee.value != i + 1)
      return at(wrong_message("it is not this trustee's dealing for this edition"));
    if (Status checked = check_dealing(manifest, *dealing); !checked)
      return at(std::move(checked).error());
    const Result<SecretScalar> share = open_share(*dealing, trustee, keys);
    if (!share) return at(share.error());
    accepted.secret = accepted.secret + *share;
    entries.push_back(entry_hash(dealings[i]));
    read.push_back(*dealing);
  }
  const Result<Element> key = joint_key(read);
  if (!key) return key.error();
  accepted.acceptance.edition = edition;
  accepted.acceptance.trustee = trustee;
  accepted.acceptance.dealings = hash_of_dealings(entries);
  accepted.acceptance.joint_key = key->encode();
  sign(accepted.acceptance, keys.signing);
  return accepted;
}

Complaint complain(const Dealing& dealing, TrusteeNumber complainer, const TrusteeKeys& keys) {
  Complaint complaint;
  complaint.edition = dealing.edition;
  complaint.complainer = complainer;
  complaint.dealer = dealing.trustee;
  complaint.secret = secret_of(dealing, complainer, keys);
  const ElementBytes ephemeral = ephemeral_of(dealing, complainer);
  const std::array bases = {Element::decode(ephemeral).value()};
  complaint.proof = proof::prove_equality<Ristretto>(
      complaint_transcript(dealing.edition, dealing.trustee, complainer), keys.receiving.secret,
      keys.receiving.key, view_of(ephemeral), bases, view_of(complaint.secret));
  sign(complaint, keys.signing);
  return complaint;
}

Result<Verdict> judge_complaint(const Manifest& manifest, const Dealing& dealing,
                                const Complaint& complaint) {
  if (complaint.edition != dealing.edition || complaint.dealer != dealing.trustee)
    return wrong_message("the complaint is about another dealing");
  if (complaint.complainer.value < 1 || complaint.complainer.value > manifest.trustee_count())
    return wrong_message("there is no " + name(complaint.complainer));
  const TrusteeCard& card = manifest.trustee(complaint.complainer);
  if (!proof::verify_signature(card.signing_key, signature_transcript(complaint),
                               complaint.signature))
    return wrong_message("the signature of the complaint does not hold",
                         "it is not this trustee's");
  if (!proof::verify_equality<Ristretto>(
          complaint_transcript(complaint.edition, complaint.dealer, complaint.complainer),
          card.receiving_key, view_of(ephemeral_of(dealing, complaint.complainer)),
          view_of(complaint.secret), complaint.proof))
    return wrong_message("the proof of the complaint does not hold",
                         "the secret shown is not the one that the share was sealed with");
  const Result<SecretScalar> share =
      opened(dealing, complaint.complainer, card.receiving_key, complaint.secret);
  return share ? Verdict::complaint_false : Verdict::dealer_lied;
}

}  // namespace urna::election
