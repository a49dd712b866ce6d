// SPDX-License-Identifier: EUPL-1.2
// The pseudo-random function of the pseudonyms: the vectors of RFC 9497, keys shared among keepers,
// false answers, and messages.
#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "group/hash.h"
#include "group/multiply.h"
#include "proof/sharing.h"
#include "proof/suite.h"
#include "pseudonym/blinding.h"
#include "pseudonym/keeper_group.h"
#include "pseudonym/messages.h"
#include "pseudonym/voprf.h"
#include "test/unit/group_vectors.h"

namespace urna::pseudonym {
namespace {

using group::Scalar;
using group::SecretScalar;
using proof::Ristretto;

std::string unhex(std::string_view text) { return from_hex(text).value(); }
SecretScalar secret_of(std::string_view hex) {
  return SecretScalar::decode(array_of<32>(unhex(hex))).value();
}

// ---- RFC 9497, appendix A.1.2 (ristretto255-SHA512, mode VOPRF)

constexpr std::string_view rfc_key =
    "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909";
constexpr std::string_view rfc_public_key =
    "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e";
constexpr std::string_view rfc_blind_1 =
    "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706";
constexpr std::string_view rfc_blind_2 =
    "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e";
constexpr std::string_view rfc_output_1 =
    "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c";
constexpr std::string_view rfc_output_2 =
    "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
    "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6";

struct Vector {
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> blinds;
  std::string_view blinded;
  std::string_view evaluated;
  std::string_view proof;
  std::string_view nonce;
  std::vector<std::string_view> outputs;
};

const std::vector<Vector>& rfc_vectors() {
  static const std::vector<Vector> vectors = {
      {{"00"},
       {rfc_blind_1},
       "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
       "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
       "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
       "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
       rfc_blind_2,
       {rfc_output_1}},
      {{"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"},
       {rfc_blind_1},
       "cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",
       "60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",
       "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
       "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02",
       rfc_blind_2,
       {rfc_output_2}},
      {{"00", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"},
       {rfc_blind_1, rfc_blind_2},
       "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"
       "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
       "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"
       "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
       "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
       "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
       "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
       {rfc_output_1, rfc_output_2}},
  };
  return vectors;
}

ElementBytes rfc_public() { return array_of<32>(unhex(rfc_public_key)); }

TEST(Voprf, DerivesTheKeyOfTheRfc) {
  // DeriveKeyPair of section 3.2.1 with its first counter.
  std::string input(32, '\xa3');
  append_big_endian(input, 8, 2);
  input += "test key";
  input += '\0';
  const Scalar key = group::hash_to_scalar(input, "DeriveKeyPairOPRFV1-\x01-ristretto255-SHA512");
  EXPECT_EQ(to_hex(view_of(key.encode())), rfc_key);
  EXPECT_EQ(group::mul_base(secret_of(rfc_key)).encode(), rfc_public());
}

TEST(Voprf, GivesTheVectorsOfTheRfc) {
  const KeeperGroup alone = KeeperGroup::create(1, {rfc_public()}, rfc_public()).value();
  for (const Vector& vector : rfc_vectors()) {
    std::vector<std::string> bytes;
    for (const std::string_view input : vector.inputs) bytes.push_back(unhex(input));
    const std::vector<std::string_view> inputs(bytes.begin(), bytes.end());
    std::vector<SecretScalar> blinds;
    for (const std::string_view blind : vector.blinds) blinds.push_back(secret_of(blind));

    const Blinding blinding = Blinding::with_blinds(inputs, blinds).value();
    EXPECT_EQ(to_hex(blinding.blinded()), vector.blinded);
    const SecretScalar key = secret_of(rfc_key);
    Evaluation evaluation = evaluate(key, rfc_public(), blinding.blinded()).value();
    EXPECT_TRUE(verify_evaluation(rfc_public(), blinding.blinded(), evaluation));
    const auto elements = group::decode_packed(blinding.blinded()).value();
    evaluation.proof = prove_evaluation(key, rfc_public(), elements, blinding.blinded(),
                                        evaluation.evaluated, secret_of(vector.nonce));
    EXPECT_EQ(to_hex(evaluation.evaluated), vector.evaluated);
    EXPECT_EQ(to_hex(view_of(evaluation.proof)), vector.proof);
    EXPECT_TRUE(verify_evaluation(rfc_public(), blinding.blinded(), evaluation));

    const std::array answers = {EvaluateResponse{KeeperNumber{1}, evaluation}};
    const std::vector<Output> outputs = blinding.finalize(alone, answers).value();
    ASSERT_EQ(outputs.size(), vector.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_EQ(to_hex(view_of(outputs[i])), vector.outputs[i]);
      EXPECT_EQ(to_hex(view_of(pseudonym_of(outputs[i]))), vector.outputs[i].substr(0, 64));
    }
  }
}

// ---- Keepers

struct Keepers {
  std::vector<SecretScalar> shares;
  KeeperGroup group;

  // A fresh key, or the given one, shared among n.
  static Keepers of(std::size_t threshold, std::size_t n,
                    const SecretScalar& key = SecretScalar::random()) {
    std::vector<SecretScalar> coefficients = {key};
    while (coefficients.size() < threshold) coefficients.push_back(SecretScalar::random());
    const proof::SharingPolynomial<Ristretto> polynomial(coefficients);
    std::vector<SecretScalar> shares;
    std::vector<ElementBytes> keys;
    for (std::uint64_t j = 1; j <= n; ++j) {
      shares.push_back(polynomial.share(j));
      keys.push_back(group::mul_base(shares.back()).encode());
    }
    return {std::move(shares),
            KeeperGroup::create(threshold, keys, group::mul_base(key).encode()).value()};
  }

  [[nodiscard]] EvaluateResponse ask(std::uint8_t j, std::string_view blinded) const {
    const KeeperNumber keeper{j};
    return {keeper, evaluate(shares[j - 1U], group.share_key(keeper), blinded).value()};
  }
};

std::vector<std::string> some_inputs(std::size_t count) {
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    const auto input = pseudonym_input("pl-sample-2026", "person " + std::to_string(i));
    inputs.emplace_back(input->view());
  }
  return inputs;
}

std::vector<std::string_view> views(const std::vector<std::string>& strings) {
  return {strings.begin(), strings.end()};
}

TEST(Keepers, AnyThresholdOfThemGiveWhatTheWholeKeyGives) {
  const std::vector<std::string> inputs = some_inputs(9);
  for (const auto& [threshold, n] : {std::pair{1U, 1U}, {1U, 3U}, {2U, 2U}, {2U, 3U}, {3U, 5U}}) {
    const SecretScalar key = SecretScalar::random();
    const Keepers keepers = Keepers::of(threshold, n, key);
    const Keepers whole = Keepers::of(1, 1, key);
    const Blinding first = Blinding::of(views(inputs)).value();
    const auto expected =
        first.finalize(whole.group, std::array{whole.ask(1, first.blinded())}).value();

    for (unsigned subset = 0; subset < (1U << n); ++subset) {
      const Blinding blinding = Blinding::of(views(inputs)).value();
      std::vector<EvaluateResponse> answers;
      for (unsigned j = n; j >= 1; --j) {  // in no particular order
        if ((subset >> (j - 1) & 1U) != 0) {
          answers.push_back(keepers.ask(static_cast<std::uint8_t>(j), blinding.blinded()));
        }
      }
      const auto outputs = blinding.finalize(keepers.group, answers);
      if (answers.size() < threshold) {
        ASSERT_FALSE(outputs.ok());
        EXPECT_EQ(outputs.error().code, ErrorCode::limit);
      } else {
        ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
        EXPECT_EQ(*outputs, expected) << threshold << " of " << n << ", subset " << subset;
      }
    }
  }
}

// The coefficients of distant numbers are fractions of large ones.
TEST(Keepers, SixteenOfThemGiveItToo) {
  const std::vector<std::string> inputs = some_inputs(3);
  const std::vector<std::vector<std::uint8_t>> sets = {
      {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
      {1, 3, 4, 7, 9, 13, 16},
      {2, 3, 5, 7, 11, 13, 16},
      {16, 15, 14},
      {1, 16},
      {9}};
  for (const std::vector<std::uint8_t>& set : sets) {
    const SecretScalar key = SecretScalar::random();
    const Keepers keepers = Keepers::of(set.size(), keepers_max, key);
    const Keepers whole = Keepers::of(1, 1, key);
    const Blinding blinding = Blinding::of(views(inputs)).value();
    std::vector<EvaluateResponse> answers;
    for (const std::uint8_t j : set) answers.push_back(keepers.ask(j, blinding.blinded()));
    const std::array expected = {whole.ask(1, blinding.blinded())};
    EXPECT_EQ(blinding.finalize(keepers.group, answers).value(),
              blinding.finalize(whole.group, expected).value());
    EXPECT_EQ(combine_answers(keepers.group, blinding.blinded(), answers).value(),
              expected[0].evaluation.evaluated);
  }
}

TEST(Keepers, FewerThanTheThresholdKnowNothingOfTheKey) {
  // The same shares of one keeper fit every key: what it answers is not the function's value.
  const std::vector<std::string> inputs = some_inputs(1);
  const Keepers keepers = Keepers::of(2, 2);
  const Blinding blinding = Blinding::of(views(inputs)).value();
  const std::array both = {keepers.ask(1, blinding.blinded()), keepers.ask(2, blinding.blinded())};
  const auto expected = blinding.finalize(keepers.group, both).value();
  for (std::uint8_t j = 1; j <= 2; ++j) {
    const ElementBytes& key = keepers.group.share_key(KeeperNumber{j});
    const KeeperGroup alone = KeeperGroup::create(1, {key}, key).value();
    const EvaluateResponse answer{KeeperNumber{1}, both[j - 1U].evaluation};
    EXPECT_NE(blinding.finalize(alone, std::array{answer}).value(), expected);
  }
}

TEST(Keepers, AFalseAnswerIsNamed) {
  const std::vector<std::string> inputs = some_inputs(5);
  const Keepers keepers = Keepers::of(2, 3);
  const Keepers strangers = Keepers::of(2, 3);
  const Blinding blinding = Blinding::of(views(inputs)).value();
  const Blinding other = Blinding::of(views(inputs)).value();
  const std::string& blinded = blinding.blinded();

  std::vector<EvaluateResponse> bad;
  // Another key with a proof of its own.
  bad.push_back({KeeperNumber{2}, strangers.ask(2, blinded).evaluation});
  // Another keeper's.
  bad.push_back({KeeperNumber{2}, keepers.ask(3, blinded).evaluation});
  // Of another batch, of a part, in another order.
  bad.push_back(keepers.ask(2, other.blinded()));
  bad.push_back(keepers.ask(2, blinded.substr(32)));
  bad.push_back(keepers.ask(2, blinded.substr(32) + blinded.substr(0, 32)));
  {
    EvaluateResponse answer = keepers.ask(2, blinded);
    std::string& evaluated = answer.evaluation.evaluated;
    evaluated = evaluated.substr(32, 32) + evaluated.substr(0, 32) + evaluated.substr(64);
    bad.push_back(answer);
  }
  {
    // Right elements, the proof of others.
    EvaluateResponse answer = keepers.ask(2, blinded);
    answer.evaluation.proof = keepers.ask(2, other.blinded()).evaluation.proof;
    bad.push_back(answer);
  }
  for (const std::size_t at : {0U, 31U, 32U, 63U}) {
    EvaluateResponse answer = keepers.ask(2, blinded);
    answer.evaluation.proof[at] ^= 1U;
    bad.push_back(answer);
  }
  for (const std::size_t at : {0U, 31U, 100U}) {
    EvaluateResponse answer = keepers.ask(2, blinded);
    answer.evaluation.evaluated[at] = static_cast<char>(answer.evaluation.evaluated[at] ^ 1);
    bad.push_back(answer);
  }
  {
    // A response that is the same number, not below the order.
    EvaluateResponse answer = keepers.ask(2, blinded);
    std::fill(answer.evaluation.proof.begin() + 32, answer.evaluation.proof.end(), 0xFF);
    bad.push_back(answer);
  }
  for (std::size_t i = 0; i < bad.size(); ++i) {
    for (const bool last : {false, true}) {
      std::vector<EvaluateResponse> answers = {keepers.ask(1, blinded), keepers.ask(3, blinded)};
      answers.insert(last ? answers.end() : answers.begin(), bad[i]);
      const auto outputs = blinding.finalize(keepers.group, answers);
      ASSERT_FALSE(outputs.ok()) << i;
      EXPECT_EQ(outputs.error().code, ErrorCode::malformed) << i;
      EXPECT_EQ(outputs.error().place.field, "keeper 2") << i;
    }
  }
  // Without it the others suffice.
  EXPECT_TRUE(
      blinding.finalize(keepers.group, std::array{keepers.ask(1, blinded), keepers.ask(3, blinded)})
          .ok());
}

TEST(Keepers, NobodyAnswersTwiceAndNoStrangerAnswers) {
  const std::vector<std::string> inputs = some_inputs(2);
  const Keepers keepers = Keepers::of(2, 3);
  const Blinding blinding = Blinding::of(views(inputs)).value();
  const EvaluateResponse once = keepers.ask(1, blinding.blinded());
  for (const std::uint8_t number : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{4}}) {
    EvaluateResponse second = once;
    second.keeper.value = number;
    const auto outputs = blinding.finalize(keepers.group, std::array{once, second});
    ASSERT_FALSE(outputs.ok());
    EXPECT_EQ(outputs.error().code, ErrorCode::conflict);
    EXPECT_EQ(outputs.error().place.field, "keeper " + std::to_string(number));
  }
}

TEST(Keepers, RefuseWhatIsNoElement) {
  const Keepers keepers = Keepers::of(1, 1);
  const ElementBytes& key = keepers.group.public_key();
  const ElementBytes generator = group::Element::generator().encode();
  const std::string good(view_of(generator));
  std::vector<std::string> bad = {std::string(32, '\0')};
  for (const char* hex : group::testing::invalid_encodings) bad.push_back(unhex(hex));
  bad.push_back(good);
  bad.back()[31] = static_cast<char>(bad.back()[31] | '\x80');
  for (const std::string& encoding : bad) {
    for (const std::string& batch : {encoding, good + encoding, encoding + good}) {
      const auto evaluation = evaluate(keepers.shares[0], key, batch);
      ASSERT_FALSE(evaluation.ok()) << to_hex(encoding);
      EXPECT_EQ(evaluation.error().code, ErrorCode::malformed);
      // Nor is it accepted as an answer, or as what was asked.
      Evaluation answer =
          evaluate(keepers.shares[0], key, batch.size() == 32 ? good : good + good).value();
      EXPECT_FALSE(verify_evaluation(key, batch, answer));
      answer.evaluated = batch;
      EXPECT_FALSE(verify_evaluation(key, batch.size() == 32 ? good : good + good, answer));
    }
  }
  EXPECT_EQ(evaluate(keepers.shares[0], key, "").error().code, ErrorCode::limit);
  EXPECT_EQ(evaluate(keepers.shares[0], key, good + "x").error().code, ErrorCode::malformed);
  std::string most;
  for (std::size_t i = 0; i < batch_max; ++i) most += good;
  EXPECT_TRUE(evaluate(keepers.shares[0], key, most).ok());
  EXPECT_EQ(evaluate(keepers.shares[0], key, most + good).error().code, ErrorCode::limit);
}

TEST(Keepers, AGroupIsOnePolynomial) {
  const Keepers keepers = Keepers::of(2, 3);
  const KeeperGroup& group = keepers.group;
  std::vector<ElementBytes> keys;
  for (std::uint8_t j = 1; j <= 3; ++j) keys.push_back(group.share_key(KeeperNumber{j}));
  EXPECT_TRUE(KeeperGroup::create(2, keys, group.public_key()).ok());
  // Any two keys fit a threshold of two; three do not fit one.
  EXPECT_FALSE(KeeperGroup::create(1, keys, group.public_key()).ok());
  EXPECT_FALSE(KeeperGroup::create(0, keys, group.public_key()).ok());
  EXPECT_FALSE(KeeperGroup::create(4, keys, group.public_key()).ok());
  EXPECT_FALSE(KeeperGroup::create(1, {}, group.public_key()).ok());
  EXPECT_FALSE(KeeperGroup::create(2, keys, keys[0]).ok());
  EXPECT_FALSE(KeeperGroup::create(2, keys, ElementBytes{}).ok());
  for (std::size_t j = 0; j < keys.size(); ++j) {
    std::vector<ElementBytes> changed = keys;
    changed[j] = group::mul_base(SecretScalar::random()).encode();
    EXPECT_FALSE(KeeperGroup::create(2, changed, group.public_key()).ok());
    changed[j] = ElementBytes{};
    EXPECT_FALSE(KeeperGroup::create(2, changed, group.public_key()).ok());
  }
  EXPECT_FALSE(KeeperGroup::create(1, std::vector(keepers_max + 1, keys[0]), keys[0]).ok());
  EXPECT_TRUE(KeeperGroup::create(1, std::vector(keepers_max, keys[0]), keys[0]).ok());
}

// ---- Blinding

TEST(Blinding, TellsTheKeepersNothing) {
  // The same inputs twice in a batch, and in two batches: all blinded elements differ, all outputs
  // are the same.
  std::vector<std::string> inputs(40, some_inputs(1)[0]);
  const Keepers keepers = Keepers::of(2, 2);
  std::set<std::string> seen;
  std::set<Output> outputs;
  for (int batch = 0; batch < 2; ++batch) {
    const Blinding blinding = Blinding::of(views(inputs)).value();
    for (std::size_t i = 0; i < blinding.size(); ++i) {
      EXPECT_TRUE(seen.insert(blinding.blinded().substr(32 * i, 32)).second);
    }
    const std::array answers = {keepers.ask(1, blinding.blinded()),
                                keepers.ask(2, blinding.blinded())};
    const std::vector<Output> made = blinding.finalize(keepers.group, answers).value();
    outputs.insert(made.begin(), made.end());
  }
  EXPECT_EQ(outputs.size(), 1U);
}

TEST(Blinding, HasLimits) {
  const std::string most(input_bytes_max, 'x');
  EXPECT_TRUE(Blinding::of(std::array{std::string_view(most)}).ok());
  EXPECT_TRUE(Blinding::of(std::array{std::string_view()}).ok());
  const std::string more = most + "x";
  EXPECT_EQ(Blinding::of(std::array{std::string_view(more)}).error().code, ErrorCode::limit);
  EXPECT_EQ(Blinding::of({}).error().code, ErrorCode::limit);
  const std::vector<std::string_view> many(batch_max + 1, "x");
  EXPECT_EQ(Blinding::of(many).error().code, ErrorCode::limit);
}

TEST(Blinding, ALargeBatchIsManySmallOnes) {
  const Keepers keepers = Keepers::of(2, 2);
  const std::vector<std::string> inputs = some_inputs(1000);
  const auto all = [&](std::span<const std::string_view> some) {
    const Blinding blinding = Blinding::of(some).value();
    return blinding
        .finalize(keepers.group, std::array{keepers.ask(1, blinding.blinded()),
                                            keepers.ask(2, blinding.blinded())})
        .value();
  };
  const std::vector<std::string_view> inputs_views = views(inputs);
  const std::vector<Output> together = all(inputs_views);
  EXPECT_EQ(std::set<Output>(together.begin(), together.end()).size(), inputs.size());
  for (const std::size_t i : {0U, 7U, 8U, 500U, 999U}) {
    EXPECT_EQ(all(std::span(inputs_views).subspan(i, 1))[0], together[i]) << i;
  }
}

TEST(Blinding, AnInputNamesEditionAndPerson) {
  std::set<std::string> seen;
  for (const auto& [edition, person] :
       {std::pair<std::string, std::string>{"a", "bc"}, {"ab", "c"}, {"a", "b"}, {"b", "a"}}) {
    EXPECT_TRUE(seen.insert(std::string(pseudonym_input(edition, person)->view())).second);
  }
  std::string expected;
  for (const std::string_view part : {"urna/1 pseudonym", "a", "bc"}) {
    append_big_endian(expected, part.size(), 8);
    expected += part;
  }
  EXPECT_EQ(pseudonym_input("a", "bc")->view(), expected);
  EXPECT_FALSE(pseudonym_input("", "bc").ok());
  EXPECT_FALSE(pseudonym_input("a", "").ok());
  EXPECT_FALSE(pseudonym_input(std::string(129, 'a'), "b").ok());
  EXPECT_FALSE(pseudonym_input("a", std::string(1025, 'b')).ok());
  EXPECT_TRUE(pseudonym_input(std::string(128, 'a'), std::string(1024, 'b')).ok());
}

// ---- Encodings

// Every strict part, and every string with one bit changed, is refused or encodes to itself.
template <typename Decode>
void expect_strict(const std::string& bytes, Decode decode_to_bytes) {
  EXPECT_EQ(decode_to_bytes(bytes), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode_to_bytes(bytes.substr(0, size)), std::string()) << size;
  }
  EXPECT_EQ(decode_to_bytes(bytes + '\0'), std::string());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const std::string again = decode_to_bytes(changed);
    EXPECT_TRUE(again.empty() || again == changed) << bit;
  }
}

TEST(Encodings, AreStrict) {
  const Keepers keepers = Keepers::of(2, 3);
  const Blinding blinding = Blinding::of(views(some_inputs(2))).value();
  expect_strict(keepers.group.encode(), [](const std::string& bytes) {
    const auto group = KeeperGroup::decode(bytes);
    return group ? group->encode() : std::string();
  });
  for (const Purpose purpose :
       {Purpose::roll_import, Purpose::certification, Purpose::list_check}) {
    EXPECT_EQ(parse_purpose(to_string(purpose)).value(), purpose);
    const EvaluateRequest request{purpose, keepers.group.public_key(), blinding.blinded(), {}};
    EXPECT_EQ(request.count(), 2U);
    expect_strict(encode(request), [](const std::string& bytes) {
      const auto again = decode_evaluate_request(bytes);
      return again ? encode(*again) : std::string();
    });
  }
  expect_strict(encode(keepers.ask(3, blinding.blinded())), [](const std::string& bytes) {
    const auto again = decode_evaluate_response(bytes);
    return again ? encode(*again) : std::string();
  });
}

// A case and its number go together.
TEST(Encodings, OfACaseHaveItsNumber) {
  const Keepers keepers = Keepers::of(2, 3);
  EvaluateRequest request{Purpose::case_file, keepers.group.public_key(),
                          Blinding::of(views(some_inputs(2))).value().blinded()};
  request.case_number = "ABCDE-FGHJK";
  EXPECT_EQ(purpose_text(request), "case ABCDE-FGHJK");
  const auto again = decode_evaluate_request(encode(request));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->purpose, Purpose::case_file);
  EXPECT_EQ(again->case_number, "ABCDE-FGHJK");
  for (const char* number : {"", "ABCDE-FGHJKL", "abcde-fghjk", "A B", "ABCDE\nFGHJK"}) {
    request.case_number = number;
    EXPECT_FALSE(decode_evaluate_request(encode(request)).ok()) << number;
  }
}

TEST(Encodings, CarryAMandateWithListChecksOnly) {
  EvaluateRequest request;
  request.purpose = Purpose::list_check;
  request.blinded = std::string(32, 'x');
  request.mandate = "signed";
  EXPECT_EQ(decode_evaluate_request(encode(request)).value().mandate, "signed");
  // The same message for another purpose has a field too many, or one too few.
  std::string bytes = encode(request);
  const std::size_t at = bytes.find("list-check");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at - 1, 11, "\x6Broll-import");
  EXPECT_FALSE(decode_evaluate_request(bytes).ok());
}

TEST(Encodings, HaveLimits) {
  EvaluateRequest request;
  request.blinded = std::string(batch_max * 32, 'x');
  EXPECT_LE(encode(request).size(), message_bytes_max);
  EXPECT_TRUE(decode_evaluate_request(encode(request)).ok());
  for (const std::size_t size : {std::size_t{0}, std::size_t{31}, batch_max * 32 + 32}) {
    request.blinded = std::string(size, 'x');
    EXPECT_FALSE(decode_evaluate_request(encode(request)).ok()) << size;
  }
  EvaluateResponse response;
  response.evaluation.evaluated = std::string(batch_max * 32, 'x');
  response.keeper.value = 1;
  EXPECT_LE(encode(response).size(), message_bytes_max);
  EXPECT_TRUE(decode_evaluate_response(encode(response)).ok());
  for (const std::uint8_t number : {std::uint8_t{0}, std::uint8_t{keepers_max + 1}}) {
    response.keeper.value = number;
    EXPECT_FALSE(decode_evaluate_response(encode(response)).ok());
  }
  const Keepers most = Keepers::of(keepers_max, keepers_max);
  EXPECT_LE(most.group.encode().size(), keeper_group_bytes_max);
}

}  // namespace
}  // namespace urna::pseudonym
