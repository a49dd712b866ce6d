// SPDX-License-Identifier: EUPL-1.2
// How keepers make their key so that nobody ever has it: Pedersen's key generation (1991) with
// Feldman's commitments (1987), by files that are handed over.
//
//   1. Everyone makes a receiving key. The plan lists their public parts and the threshold.
//   2. Everyone deals: a random polynomial, committed to, one value sealed for each keeper.
//   3. Everyone takes all dealings: opens and checks the own values, whose sum is the share. The
//      public parts follow from the commitments.
//   4. They compare the group that came out, which is the same for all if nobody gave one dealing
//      to some and another to others.
//
// Who deals last can choose among keys, but knows none: each dealing proves knowledge of its own
// polynomial. For Schnorr's signatures such a choice is known not to help (Gennaro, Jarecki,
// Krawczyk, Rabin 2007). A false value stops the ceremony and names the dealer. There are no
// complaints to settle, because nothing has begun yet: it is run again without the one at fault.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "pseudonym/keeper_group.h"
#include "pseudonym/key_share.h"
#include "pseudonym/types.h"

namespace urna::pseudonym {

using ReceivingPublicKey = std::array<std::uint8_t, 32>;  // X25519

// What a keeper opens sealed values with; kept until the share is taken.
class ReceivingKey {
 public:
  [[nodiscard]] static ReceivingKey random();
  [[nodiscard]] const ReceivingPublicKey& public_key() const { return public_key_; }

  // {0: "urna keeper receiving key", 1: the secret}, and back. Error: malformed.
  [[nodiscard]] SecretBytes encode() const;
  [[nodiscard]] static Result<ReceivingKey> decode(std::string_view bytes);

 private:
  friend class KeyDealing;
  explicit ReceivingKey(SecretBytes secret);
  SecretBytes secret_;
  ReceivingPublicKey public_key_{};
};

// Who takes part: keeper j has the receiving key j - 1.
struct KeyPlan {
  std::size_t threshold = 0;
  std::vector<ReceivingPublicKey> receivers;
};

// {0: "urna keeper plan", 1: threshold, 2: packed receiving keys}, and back. Error: malformed,
// unless 1 <= threshold <= receivers <= keepers_max and receivers differ.
[[nodiscard]] std::string encode(const KeyPlan& plan);
[[nodiscard]] Result<KeyPlan> decode_key_plan(std::string_view bytes);

// What a keeper gives to all.
class KeyDealing {
 public:
  // A fresh polynomial, dealt and wiped. Errors: malformed (a receiving key of small order).
  // Precondition (else the program stops): the plan is one that decode_key_plan() accepts and the
  // dealer one of it.
  [[nodiscard]] static Result<KeyDealing> make(const KeyPlan& plan, KeeperNumber dealer);

  [[nodiscard]] KeeperNumber dealer() const { return dealer_; }

  // {0: "urna keeper dealing", 1: SHA-256 of the plan, 2: dealer, 3: packed commitments, 4: proof
  // of knowledge of their logarithms, 5: sealed values one after another}, and back. Errors:
  // conflict (for another plan); malformed (lengths, elements, proof).
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static Result<KeyDealing> decode(std::string_view bytes, const KeyPlan& plan);

 private:
  friend struct CeremonyResult;
  KeyDealing() = default;
  // Opens and checks the value for this receiver. Error: malformed.
  [[nodiscard]] Result<group::SecretScalar> open(KeeperNumber receiver,
                                                 const ReceivingKey& key) const;

  std::array<std::uint8_t, 32> plan_hash_{};
  KeeperNumber dealer_;
  std::string commitments_;
  std::string proof_;
  std::string sealed_;
};

// What a keeper has in the end.
struct CeremonyResult {
  KeeperGroup group;
  KeyShare share;

  // Errors: conflict (not one dealing of every keeper; a receiving key that the plan does not
  // name); malformed, with the dealer in field (its value does not match its commitments). All
  // dealings are for this plan, which decode_key_plan() accepts.
  [[nodiscard]] static Result<CeremonyResult> take(const KeyPlan& plan,
                                                   std::span<const KeyDealing> dealings,
                                                   const ReceivingKey& key);
};

// The whole ceremony on one computer, for demonstrations and tests: that computer sees every share.
// Error: usage, unless 1 <= threshold <= keepers <= keepers_max.
struct KeepersTogether {
  KeeperGroup group;
  std::vector<KeyShare> shares;
};
[[nodiscard]] Result<KeepersTogether> make_keepers_together(std::size_t threshold,
                                                            std::size_t keepers);

// The greatest length of an encoded plan, dealing or receiving key.
inline constexpr std::size_t ceremony_bytes_max = 4096;

}  // namespace urna::pseudonym
