// SPDX-License-Identifier: EUPL-1.2
#include "pseudonym/ceremony.h"

#include <algorithm>
#include <optional>
#include <sodium.h>

#include "base/bytes.h"
#include "base/cbor.h"
#include "base/sha256.h"
#include "group/multiply.h"
#include "proof/knowledge.h"
#include "proof/sharing.h"
#include "proof/suite.h"

namespace urna::pseudonym {
namespace {

using group::Element;
using group::SecretScalar;
using proof::Ristretto;

constexpr std::string_view receiving_kind = "urna keeper receiving key";
constexpr std::string_view plan_kind = "urna keeper plan";
constexpr std::string_view dealing_kind = "urna keeper dealing";
constexpr std::size_t value_bytes = 32;
constexpr std::size_t sealed_bytes = value_bytes + crypto_box_SEALBYTES;

Error malformed(std::string message) {
  return {ErrorCode::malformed, std::move(message), {}, "ask for the file again"};
}

void read_kind(CborReader& in, std::string_view kind, std::uint64_t fields) {
  in.map(fields);
  in.key(0);
  in.require(in.text(kind.size()) == kind, "expected \"" + std::string(kind) + "\"");
}

const unsigned char* octets(std::string_view bytes) { return octets_of(bytes).data(); }

// Step 2's proof is bound to the plan, the dealer and nothing else.
proof::Transcript dealing_transcript(std::string_view plan_hash, KeeperNumber dealer) {
  proof::Transcript transcript("keeper dealing");
  transcript.append("plan", plan_hash);
  transcript.append("dealer", dealer.value);
  return transcript;
}

bool is_plan(const KeyPlan& plan) {
  std::vector<ReceivingPublicKey> sorted = plan.receivers;
  std::ranges::sort(sorted);
  return plan.threshold >= 1 && plan.threshold <= sorted.size() && sorted.size() <= keepers_max &&
         std::ranges::adjacent_find(sorted) == sorted.end();
}

// The public part that follows from the dealings of all.
Result<KeeperGroup> group_of(const KeyPlan& plan, std::span<const std::string* const> commitments) {
  std::vector<Element> sums(plan.threshold);
  for (const std::string* packed : commitments) {
    const auto decoded = Ristretto::decode_packed(*packed);
    if (!decoded) return decoded.error();
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] = sums[k] + (*decoded)[k];
  }
  std::vector<ElementBytes> keys;
  for (std::size_t j = 1; j <= plan.receivers.size(); ++j) {
    keys.push_back(proof::public_share<Ristretto>(sums, j).encode());
  }
  return KeeperGroup::create(plan.threshold, std::move(keys), sums[0].encode());
}

}  // namespace

ReceivingKey::ReceivingKey(SecretBytes secret) : secret_(std::move(secret)) {
  crypto_scalarmult_curve25519_base(public_key_.data(), octets(secret_.view()));
}

ReceivingKey ReceivingKey::random() {
  std::string secret(crypto_box_SECRETKEYBYTES, '\0');
  randombytes_buf(secret.data(), secret.size());
  return ReceivingKey(SecretBytes(std::move(secret)));
}

SecretBytes ReceivingKey::encode() const {
  CborWriter out;
  out.map(2);
  out.key(0);
  out.text(receiving_kind);
  out.key(1);
  out.bytes(secret_.view());
  return SecretBytes(std::move(out).take());
}

Result<ReceivingKey> ReceivingKey::decode(std::string_view bytes) {
  CborReader in(bytes);
  read_kind(in, receiving_kind, 2);
  in.key(1);
  SecretBytes secret(std::string(in.bytes_exactly(crypto_box_SECRETKEYBYTES)));
  if (const Status end = in.finish(); !end) return malformed(end.error().message);
  return ReceivingKey(std::move(secret));
}

std::string encode(const KeyPlan& plan) {
  CborWriter out;
  out.map(3);
  out.key(0);
  out.text(plan_kind);
  out.key(1);
  out.unsigned_integer(plan.threshold);
  out.key(2);
  std::string packed;
  for (const ReceivingPublicKey& key : plan.receivers) packed += view_of(key);
  out.bytes(packed);
  return std::move(out).take();
}

Result<KeyPlan> decode_key_plan(std::string_view bytes) {
  CborReader in(bytes);
  KeyPlan plan;
  read_kind(in, plan_kind, 3);
  in.key(1);
  plan.threshold = in.unsigned_integer(keepers_max);
  in.key(2);
  const std::string_view packed = in.bytes(keepers_max * sizeof(ReceivingPublicKey));
  in.require(packed.size() % sizeof(ReceivingPublicKey) == 0, "keys of another length");
  if (const Status end = in.finish(); !end) return malformed(end.error().message);
  for (std::size_t j = 0; j < proof::packed_count(packed); ++j) {
    plan.receivers.push_back(proof::packed_at(packed, j));
  }
  if (!is_plan(plan)) {
    return malformed("not 1 to " + std::to_string(keepers_max) +
                     " keepers with different keys, of whom a number of 1 to all must answer");
  }
  return plan;
}

Result<KeyDealing> KeyDealing::make(const KeyPlan& plan, KeeperNumber dealer) {
  if (!is_plan(plan) || dealer.value < 1 || dealer.value > plan.receivers.size()) {
    stop_on_broken_precondition("KeyDealing: a dealer of a sound plan");
  }
  std::vector<SecretScalar> coefficients = Ristretto::random_secrets(plan.threshold);
  const proof::SharingPolynomial<Ristretto> polynomial(coefficients);
  KeyDealing dealing;
  dealing.plan_hash_ = sha256(urna::pseudonym::encode(plan));
  dealing.dealer_ = dealer;
  dealing.commitments_ = polynomial.commitments();
  dealing.proof_ = proof::prove_knowledge<Ristretto>(
      dealing_transcript(view_of(dealing.plan_hash_), dealer), dealing.commitments_, coefficients);
  for (std::size_t j = 0; j < plan.receivers.size(); ++j) {
    const SecretScalar value = polynomial.share(j + 1);
    std::array<unsigned char, sealed_bytes> sealed{};
    if (crypto_box_seal(sealed.data(), value.secret_bytes().data(), value_bytes,
                        plan.receivers[j].data()) != 0) {
      return malformed("the receiving key of keeper " + std::to_string(j + 1) +
                       " is not one that anything can be sealed for");
    }
    dealing.sealed_ += view_of(sealed);
  }
  return dealing;
}

std::string KeyDealing::encode() const {
  CborWriter out;
  out.map(6);
  out.key(0);
  out.text(dealing_kind);
  out.key(1);
  out.bytes(view_of(plan_hash_));
  out.key(2);
  out.unsigned_integer(dealer_.value);
  out.key(3);
  out.bytes(commitments_);
  out.key(4);
  out.bytes(proof_);
  out.key(5);
  out.bytes(sealed_);
  return std::move(out).take();
}

Result<KeyDealing> KeyDealing::decode(std::string_view bytes, const KeyPlan& plan) {
  CborReader in(bytes);
  KeyDealing dealing;
  read_kind(in, dealing_kind, 6);
  in.key(1);
  dealing.plan_hash_ = in.fixed_bytes<32>();
  if (in.ok() && dealing.plan_hash_ != sha256(urna::pseudonym::encode(plan))) {
    return Error{ErrorCode::conflict,
                 "the dealing was made for another plan",
                 {},
                 "ask the dealer to deal for this plan"};
  }
  in.key(2);
  dealing.dealer_.value = static_cast<std::uint8_t>(in.unsigned_integer(plan.receivers.size()));
  in.require(dealing.dealer_.value >= 1, "keepers are numbered from 1");
  in.key(3);
  dealing.commitments_ = in.bytes_exactly(plan.threshold * sizeof(ElementBytes));
  in.key(4);
  dealing.proof_ = in.bytes_exactly(proof::knowledge_proof_bytes(plan.threshold));
  in.key(5);
  dealing.sealed_ = in.bytes_exactly(plan.receivers.size() * sealed_bytes);
  if (const Status end = in.finish(); !end) return malformed(end.error().message);
  if (!proof::verify_knowledge<Ristretto>(
          dealing_transcript(view_of(dealing.plan_hash_), dealing.dealer_), dealing.commitments_,
          dealing.proof_)) {
    return malformed("the dealing of keeper " + std::to_string(dealing.dealer_.value) +
                     " does not prove that its dealer knows what was dealt");
  }
  return dealing;
}

Result<SecretScalar> KeyDealing::open(KeeperNumber receiver, const ReceivingKey& key) const {
  Error wrong = malformed("what was dealt to keeper " + std::to_string(receiver.value) +
                          " is not what the dealer committed to");
  wrong.place.field = "keeper " + std::to_string(dealer_.value);
  wrong.remedy = "begin again without this dealer, or with another plan";
  std::array<std::uint8_t, value_bytes> bytes{};
  const std::string_view sealed =
      std::string_view(sealed_).substr((receiver.value - 1U) * sealed_bytes, sealed_bytes);
  if (crypto_box_seal_open(bytes.data(), octets(sealed), sealed.size(), key.public_key_.data(),
                           octets(key.secret_.view())) != 0) {
    return wrong;
  }
  Result<SecretScalar> value = SecretScalar::decode(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  const auto commitments = Ristretto::decode_packed(commitments_);
  if (!value || !commitments ||
      !proof::share_matches<Ristretto>(*commitments, receiver.value, *value)) {
    return wrong;
  }
  return value;
}

Result<CeremonyResult> CeremonyResult::take(const KeyPlan& plan,
                                            std::span<const KeyDealing> dealings,
                                            const ReceivingKey& key) {
  const auto place = std::ranges::find(plan.receivers, key.public_key());
  if (place == plan.receivers.end()) {
    return Error{ErrorCode::conflict,
                 "the plan does not name this receiving key",
                 {},
                 "give the key that was made for this plan"};
  }
  const KeeperNumber receiver{static_cast<std::uint8_t>(place - plan.receivers.begin() + 1)};
  const Sha256Digest plan_hash = sha256(encode(plan));
  std::vector<const std::string*> commitments(plan.receivers.size());
  SecretScalar sum;
  for (const KeyDealing& dealing : dealings) {
    if (dealing.plan_hash_ != plan_hash) {
      stop_on_broken_precondition("CeremonyResult: dealings for this plan");
    }
    const std::string*& of_dealer = commitments[dealing.dealer_.value - 1U];
    if (of_dealer != nullptr) {
      return Error{ErrorCode::conflict,
                   "two dealings of keeper " + std::to_string(dealing.dealer_.value),
                   {},
                   "take one from each, the same as everyone takes"};
    }
    of_dealer = &dealing.commitments_;
    const Result<SecretScalar> value = dealing.open(receiver, key);
    if (!value) return value.error();
    sum = sum + *value;
  }
  const auto missing = std::ranges::find(commitments, nullptr);
  if (missing != commitments.end()) {
    return Error{ErrorCode::conflict,
                 "no dealing of keeper " + std::to_string(missing - commitments.begin() + 1),
                 {},
                 "wait for it: every keeper of the plan deals"};
  }
  Result<KeeperGroup> group = group_of(plan, commitments);
  if (!group) return std::move(group).error();
  Result<KeyShare> share = KeyShare::create(receiver, sum, *group);
  if (!share) return std::move(share).error();
  return CeremonyResult{*std::move(group), *std::move(share)};
}

Result<KeepersTogether> make_keepers_together(std::size_t threshold, std::size_t keepers) {
  if (threshold < 1 || threshold > keepers || keepers > keepers_max) {
    return Error{ErrorCode::usage,
                 "not 1 to " + std::to_string(keepers_max) +
                     " keepers of whom a number of 1 to all must answer",
                 {},
                 "two keepers of whom both must answer are the usual choice"};
  }
  KeyPlan plan{threshold, {}};
  std::vector<ReceivingKey> keys;
  for (std::size_t j = 0; j < keepers; ++j) {
    keys.push_back(ReceivingKey::random());
    plan.receivers.push_back(keys.back().public_key());
  }
  std::vector<KeyDealing> dealings;
  for (std::size_t j = 1; j <= keepers; ++j) {
    Result<KeyDealing> dealing = KeyDealing::make(plan, {static_cast<std::uint8_t>(j)});
    if (!dealing) return std::move(dealing).error();
    dealings.push_back(*std::move(dealing));
  }
  std::optional<KeeperGroup> group;
  std::vector<KeyShare> shares;
  for (const ReceivingKey& key : keys) {
    Result<CeremonyResult> taken = CeremonyResult::take(plan, dealings, key);
    if (!taken) return std::move(taken).error();
    shares.push_back(std::move(taken->share));
    group = std::move(taken->group);
  }
  return KeepersTogether{*std::move(group), std::move(shares)};
}

}  // namespace urna::pseudonym
