// SPDX-License-Identifier: EUPL-1.2
// Keepers make their key: whoever takes part honestly gets a share of the same group, and false
// dealings are named.
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "group/multiply.h"
#include "proof/sharing.h"
#include "proof/suite.h"
#include "pseudonym/blinding.h"
#include "pseudonym/ceremony.h"
#include "pseudonym/key_share.h"

namespace urna::pseudonym {
namespace {

using group::SecretScalar;
using proof::Ristretto;

struct Town {
  KeyPlan plan;
  std::vector<ReceivingKey> keys;
  std::vector<std::string> dealings;  // encoded

  static Town of(std::size_t threshold, std::size_t n) {
    Town town;
    town.plan.threshold = threshold;
    for (std::size_t j = 0; j < n; ++j) {
      town.keys.push_back(ReceivingKey::random());
      town.plan.receivers.push_back(town.keys.back().public_key());
    }
    for (std::size_t j = 1; j <= n; ++j) {
      town.dealings.push_back(
          KeyDealing::make(town.plan, {static_cast<std::uint8_t>(j)}).value().encode());
    }
    return town;
  }
  [[nodiscard]] std::vector<KeyDealing> decoded() const {
    std::vector<KeyDealing> all;
    for (const std::string& bytes : dealings) {
      all.push_back(KeyDealing::decode(bytes, plan).value());
    }
    return all;
  }
};

TEST(Ceremony, EveryoneGetsAShareOfTheSameKey) {
  for (const auto& [threshold, n] : {std::pair{1U, 1U}, {2U, 2U}, {2U, 3U}, {3U, 5U}, {16U, 16U}}) {
    const Town town = Town::of(threshold, n);
    std::vector<KeeperGroup> groups;
    std::vector<SecretScalar> shares;
    std::vector<std::uint64_t> participants;
    for (unsigned j = 1; j <= n; ++j) {
      auto dealings = town.decoded();
      std::ranges::rotate(dealings, dealings.begin() + (j - 1));  // in any order
      const CeremonyResult taken =
          CeremonyResult::take(town.plan, dealings, town.keys[j - 1]).value();
      EXPECT_EQ(taken.share.keeper().value, j);
      groups.push_back(taken.group);
      shares.push_back(taken.share.secret());
      participants.push_back(j);
      EXPECT_EQ(groups.back().encode(), groups.front().encode());
    }
    EXPECT_EQ(groups[0].threshold(), threshold);
    EXPECT_EQ(groups[0].size(), n);
    // The last t shares give the key.
    const std::span<const std::uint64_t> last = std::span(participants).last(threshold);
    const auto weights = proof::lagrange_at_zero<Ristretto>(last);
    SecretScalar key;
    for (std::size_t k = 0; k < threshold; ++k) {
      key = key + weights[k] * shares[n - threshold + k];
    }
    EXPECT_EQ(group::mul_base(key).encode(), groups[0].public_key());
  }
}

TEST(Ceremony, AFalseValueNamesItsDealer) {
  const Town town = Town::of(2, 3);
  // Dealer 2 seals for keeper 3 what it should have sealed for keeper 1: the last 240 bytes of the
  // file are the sealed values.
  std::string bytes = town.dealings[1];
  const std::size_t sealed = bytes.size() - 240;
  std::string other = bytes;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(sealed), 80,
              other.begin() + static_cast<std::ptrdiff_t>(sealed + 160));
  for (const std::string& changed : {other, [&] {
                                       std::string flipped = bytes;
                                       flipped[sealed + 200] =
                                           static_cast<char>(flipped[sealed + 200] ^ 1);
                                       return flipped;
                                     }()}) {
    std::vector<KeyDealing> dealings = town.decoded();
    dealings[1] = KeyDealing::decode(changed, town.plan).value();
    EXPECT_TRUE(CeremonyResult::take(town.plan, dealings, town.keys[0]).ok());
    EXPECT_TRUE(CeremonyResult::take(town.plan, dealings, town.keys[1]).ok());
    const auto taken = CeremonyResult::take(town.plan, dealings, town.keys[2]);
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().code, ErrorCode::malformed);
    EXPECT_EQ(taken.error().place.field, "keeper 2");
  }
}

TEST(Ceremony, AValueOfAnotherPolynomialNamesItsDealer) {
  // Sealed properly for the right keeper, but of another dealing by the same dealer.
  const Town town = Town::of(2, 2);
  const std::string again = KeyDealing::make(town.plan, {1}).value().encode();
  std::string mixed = town.dealings[0];
  mixed.replace(mixed.size() - 160, 160, again.substr(again.size() - 160));
  std::vector<KeyDealing> dealings = town.decoded();
  dealings[0] = KeyDealing::decode(mixed, town.plan).value();
  const auto taken = CeremonyResult::take(town.plan, dealings, town.keys[1]);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().place.field, "keeper 1");
}

TEST(Ceremony, WhoGivesDifferentDealingsIsSeenWhenGroupsAreCompared) {
  const Town town = Town::of(2, 2);
  std::vector<KeyDealing> first = town.decoded();
  std::vector<KeyDealing> second = town.decoded();
  second[0] = KeyDealing::make(town.plan, {1}).value();
  EXPECT_NE(CeremonyResult::take(town.plan, first, town.keys[0]).value().group.encode(),
            CeremonyResult::take(town.plan, second, town.keys[1]).value().group.encode());
}

TEST(Ceremony, AsksForOneDealingOfEach) {
  const Town town = Town::of(2, 3);
  std::vector<KeyDealing> dealings = town.decoded();
  EXPECT_EQ(
      CeremonyResult::take(town.plan, std::span(dealings).first(2), town.keys[0]).error().code,
      ErrorCode::conflict);
  dealings[2] = dealings[1];
  EXPECT_EQ(CeremonyResult::take(town.plan, dealings, town.keys[0]).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(CeremonyResult::take(town.plan, town.decoded(), ReceivingKey::random()).error().code,
            ErrorCode::conflict);
}

TEST(Ceremony, ADealingProvesThatItsDealerKnowsIt) {
  const Town town = Town::of(2, 2);
  const KeyPlan other = Town::of(2, 2).plan;
  EXPECT_EQ(KeyDealing::decode(town.dealings[0], other).error().code, ErrorCode::conflict);
  // The commitments of one dealer as those of another.
  std::string copied = town.dealings[0];
  const std::size_t dealer = copied.find(std::string("\x02\x01\x03", 3));
  ASSERT_NE(dealer, std::string::npos);
  copied[dealer + 1] = 2;
  EXPECT_EQ(KeyDealing::decode(copied, town.plan).error().code, ErrorCode::malformed);
  // Any change is refused, but in sealed values, which only their receivers can judge.
  const std::string& bytes = town.dealings[0];
  for (std::size_t at = 0; at < bytes.size() - 160; ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    EXPECT_FALSE(KeyDealing::decode(changed, town.plan).ok()) << at;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(KeyDealing::decode(bytes.substr(0, size), town.plan).ok());
  }
}

TEST(Ceremony, ReceivingKeysAndPlansAreStrict) {
  const Town town = Town::of(2, 3);
  const SecretBytes bytes = town.keys[0].encode();
  EXPECT_EQ(ReceivingKey::decode(bytes.view())->public_key(), town.keys[0].public_key());
  EXPECT_FALSE(ReceivingKey::decode(bytes.view().substr(1)).ok());
  EXPECT_FALSE(ReceivingKey::decode(std::string(bytes.view()) + "x").ok());

  EXPECT_EQ(encode(decode_key_plan(encode(town.plan)).value()), encode(town.plan));
  for (const std::size_t threshold : {0U, 4U}) {
    KeyPlan plan = town.plan;
    plan.threshold = threshold;
    EXPECT_FALSE(decode_key_plan(encode(plan)).ok());
  }
  KeyPlan twice = town.plan;
  twice.receivers[2] = twice.receivers[0];
  EXPECT_FALSE(decode_key_plan(encode(twice)).ok());
  // A key that everyone can open what is sealed for.
  KeyPlan small = town.plan;
  small.receivers[1] = {};
  EXPECT_EQ(KeyDealing::make(small, {1}).error().code, ErrorCode::malformed);
  EXPECT_LE(encode(Town::of(16, 16).plan).size(), ceremony_bytes_max);
  EXPECT_LE(Town::of(16, 16).dealings[0].size(), ceremony_bytes_max);
}

TEST(Share, IsReadBackForItsGroupOnly) {
  const KeepersTogether keepers = make_keepers_together(2, 3).value();
  const KeepersTogether others = make_keepers_together(2, 3).value();
  for (const KeyShare& share : keepers.shares) {
    const SecretBytes file = share.encode(keepers.group);
    EXPECT_LE(file.view().size(), key_share_bytes_max);
    const KeyShare again = KeyShare::decode(file.view(), keepers.group).value();
    EXPECT_EQ(again.keeper(), share.keeper());
    EXPECT_EQ(again.secret().secret_bytes(), share.secret().secret_bytes());
    EXPECT_EQ(KeyShare::decode(file.view(), others.group).error().code, ErrorCode::conflict);
    for (std::size_t bit = 0; bit < 8 * file.view().size(); ++bit) {
      std::string changed(file.view());
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_FALSE(KeyShare::decode(changed, keepers.group).ok()) << bit;
    }
    EXPECT_FALSE(KeyShare::decode(file.view().substr(1), keepers.group).ok());
  }
  EXPECT_EQ(KeyShare::create({1}, keepers.shares[1].secret(), keepers.group).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(KeyShare::create({4}, keepers.shares[1].secret(), keepers.group).error().code,
            ErrorCode::conflict);
}

TEST(Share, KeepersMadeTogetherAnswer) {
  EXPECT_FALSE(make_keepers_together(0, 2).ok());
  EXPECT_FALSE(make_keepers_together(3, 2).ok());
  EXPECT_FALSE(make_keepers_together(2, 17).ok());
  const KeepersTogether keepers = make_keepers_together(2, 3).value();
  const Blinding blinding = Blinding::of(std::array{std::string_view("somebody")}).value();
  std::set<Output> outputs;
  for (const auto& [a, b] : {std::pair{0U, 1U}, {0U, 2U}, {1U, 2U}}) {
    std::vector<EvaluateResponse> answers;
    for (const unsigned j : {a, b}) {
      const KeyShare& share = keepers.shares[j];
      answers.push_back(
          {share.keeper(),
           evaluate(share.secret(), keepers.group.share_key(share.keeper()), blinding.blinded())
               .value()});
    }
    const std::vector<Output> made = blinding.finalize(keepers.group, answers).value();
    outputs.insert(made[0]);
  }
  EXPECT_EQ(outputs.size(), 1U);
}

}  // namespace
}  // namespace urna::pseudonym
