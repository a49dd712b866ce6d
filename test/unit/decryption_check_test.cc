// SPDX-License-Identifier: EUPL-1.2
// A pool's decryption checked by one sum: right ones hold, the first wrong thing is named, errors
// do not cancel.
#include "election/decryption_check.h"

#include <deque>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "election/decrypting.h"
#include "group/multiply.h"
#include "proof/suite.h"

namespace urna::election {
namespace {

using group::Element;
using group::Scalar;
using group::SecretScalar;
using proof::Ristretto;

// Ciphertexts of a few different elements, opened by trustees of whom any two can.
struct Opened {
  Opened(std::size_t count, std::size_t ciphertext_width, std::vector<unsigned> opening)
      : width(ciphertext_width), trustees(std::move(opening)) {
    const auto constant = SecretScalar::random();
    const auto slope = SecretScalar::random();
    const std::vector<Element> contents =
        group::FixedBase::generator().mul_all(Ristretto::random_secrets(3));
    const Element key = group::mul_base(constant);
    std::vector<Element> pairs;
    for (std::size_t i = 0; i < count * width; ++i) {
      const auto randomness = SecretScalar::random();
      pairs.push_back(group::mul_base(randomness));
      pairs.push_back(contents[i * i % 3] + group::mul(randomness, key));
    }
    ciphertexts = group::encode_packed(pairs);
    const MixedList list{{}, {3}, width, ciphertexts};
    std::vector<TrusteeShares> combined;
    for (const unsigned trustee : trustees) {
      const SecretScalar secret = constant + Scalar::of(trustee) * slope;
      keys.push_back(group::mul_base(secret));
      files.push_back(
          make_shares(list, number(trustee), secret, keys.back(), proof::SigningKey::random())
              .value()
              .file);
      if (combined.size() < 2) {
        combined.push_back(
            {number(trustee),
             check_shares(list, number(trustee), keys.back(), files.back()).value()});
      }
    }
    OpenedList opened = open_list(list, combined).value();
    plaintexts = std::move(opened.plaintexts);
    tie_seed = opened.tie_seed;
  }
  static TrusteeNumber number(unsigned trustee) {
    return TrusteeNumber{static_cast<TrusteeNumber::Value>(trustee)};
  }
  // With the list's elements at hand in pieces of so many ciphertexts, unless it is 0.
  [[nodiscard]] CheckedDecryption check(unsigned threads = 1, std::size_t piece = 0,
                                        std::size_t pieces_missing = 0) const {
    DecryptedPool pool{{}, {3}, width, ciphertexts, {}, 2, plaintexts, {}};
    const std::size_t bytes = 64 * width;
    for (std::size_t begin = 0; piece > 0 && begin < ciphertexts.size() / bytes; begin += piece) {
      const std::string part = ciphertexts.substr(bytes * begin, bytes * piece);
      auto& decoded = pool.elements.pieces.emplace_back();
      decoded.begin = begin;
      decoded.size = part.size() / bytes;
      decoded.columns.resize(2 * width);
      for (std::size_t k = 0; k < 2 * width; ++k)
        EXPECT_TRUE(decoded.columns[k].append_packed(part, k, 2 * width).ok());
    }
    pool.elements.pieces.resize(pool.elements.pieces.size() - pieces_missing);
    for (std::size_t j = 0; j < trustees.size(); ++j) {
      pool.shares.push_back({number(trustees[j]), keys[j], files[j]});
    }
    return check_decryption(pool, threads);
  }
  // The number of the shares that are wrong, from 0; that of all shares if it is the plaintexts; -1
  // if all holds.
  [[nodiscard]] int wrong(unsigned threads = 1) const {
    const CheckedDecryption checked = check(threads);
    if (!checked.wrong) return -1;
    return static_cast<int>(checked.wrong->shares.value_or(trustees.size()));
  }

  std::size_t width;
  std::vector<unsigned> trustees;
  std::string ciphertexts;
  std::deque<std::string> files;
  std::vector<Element> keys;
  std::string plaintexts;
  Sha256Digest tie_seed{};
};

// The element at a place plus another.
void add_to_element(std::string& packed, std::size_t at, const Element& more) {
  const auto element = Element::decode(array_of<32>(packed.substr(at, 32))).value();
  packed.replace(at, 32, view_of((element + more).encode()));
}

void add_to_scalar(std::string& packed, std::size_t at, const Scalar& more) {
  const auto scalar = Scalar::decode(array_of<32>(packed.substr(at, 32))).value();
  packed.replace(at, 32, view_of((scalar + more).encode()));
}

TEST(DecryptionCheck, HoldsForAllSizesAndYieldsTheTieSeed) {
  for (const std::size_t count : {0U, 1U, 2U, 9U}) {
    for (const std::size_t width : {1U, 3U}) {
      const Opened opened(count, width, {1, 3, 4});
      for (const unsigned threads : {1U, 2U, 5U}) {
        for (const std::size_t piece : {0U, 2U, 5U}) {
          const CheckedDecryption checked = opened.check(threads, piece);
          EXPECT_FALSE(checked.wrong) << checked.wrong->error.message;
          EXPECT_EQ(checked.tie_seed, opened.tie_seed);
        }
      }
    }
  }
}

TEST(DecryptionCheck, NamesTheFirstWrongThing) {
  constexpr std::size_t count = 5;
  Opened opened(count, 1, {1, 2, 3});
  const Element more = Element::generator();
  const std::size_t proof = opened.files[0].size() - 96;
  const std::size_t last_share = proof - 3 - 32;  // the proof's head lies between
  for (std::size_t j = 0; j < opened.files.size(); ++j) {
    const std::string file = opened.files[j];
    for (std::size_t i = 0; i <= count; ++i) {
      add_to_element(opened.files[j], last_share - 32 * i, more);
      EXPECT_EQ(opened.wrong(2), static_cast<int>(j)) << i;
      opened.files[j] = file;
    }
    add_to_element(opened.files[j], proof, more);
    EXPECT_EQ(opened.wrong(), static_cast<int>(j));
    opened.files[j] = file;
    add_to_scalar(opened.files[j], proof + 64, Scalar::of(1));
    EXPECT_EQ(opened.wrong(), static_cast<int>(j));
    opened.files[j] = file.substr(1);
    EXPECT_EQ(opened.wrong(), static_cast<int>(j));
    opened.files[j] = file;
    std::swap(opened.keys[j], opened.keys[(j + 1) % 3]);
    EXPECT_EQ(opened.wrong(), static_cast<int>(std::min(j, (j + 1) % 3)));
    std::swap(opened.keys[j], opened.keys[(j + 1) % 3]);
  }
  const std::string plaintexts = opened.plaintexts;
  for (std::size_t i = 0; i < count; ++i) {
    add_to_element(opened.plaintexts, 32 * i, more);
    EXPECT_EQ(opened.wrong(3), 3) << i;
    EXPECT_EQ(opened.check(1, 2).wrong->shares, std::nullopt) << i;
    opened.plaintexts = plaintexts;
  }
  opened.plaintexts.resize(32 * (count - 1));
  EXPECT_EQ(opened.wrong(), 3);
  opened.plaintexts = plaintexts;
  EXPECT_EQ(opened.wrong(), -1);
  // Several wrong things.
  add_to_element(opened.plaintexts, 0, more);
  add_to_scalar(opened.files[1], proof + 64, Scalar::of(1));
  EXPECT_EQ(opened.wrong(), 1);
}

TEST(DecryptionCheck, RefusesErrorsThatCancel) {
  Opened opened(6, 1, {2, 3});
  const Element more = group::mul_base(SecretScalar::random());
  add_to_element(opened.plaintexts, 32 * 1, more);
  add_to_element(opened.plaintexts, 32 * 4, -more);
  EXPECT_EQ(opened.wrong(), 2);

  // T_G of two trustees: the equations of their keys.
  Opened proofs(6, 1, {2, 3});
  const std::size_t proof = proofs.files[0].size() - 96;
  add_to_element(proofs.files[0], proof, more);
  add_to_element(proofs.files[1], proof, -more);
  EXPECT_EQ(proofs.wrong(), 0);
}

// What is missing would not be checked.
TEST(DecryptionCheckDeathTest, TakesTheElementsOfTheWholeListOnly) {
  const Opened opened(5, 1, {1, 2});
  EXPECT_DEATH((void)opened.check(1, 2, 1), "whole list");
}

// A voter can encrypt the identity; nowhere else may it stand.
TEST(DecryptionCheck, TakesTheIdentityAsAPlaintextOnly) {
  Opened opened(3, 1, {1, 2});
  // beta_2 minus what is found there is what decrypts to the identity.
  const auto at = [](const std::string& packed, std::size_t place) {
    return Element::decode(array_of<32>(packed.substr(place, 32))).value();
  };
  add_to_element(opened.ciphertexts, 64 + 32, -at(opened.plaintexts, 32));
  opened.plaintexts.replace(32, 32, std::string(32, '\0'));
  EXPECT_EQ(opened.wrong(), -1);  // the bases, and thus the proofs, are the same
  opened.ciphertexts.replace(64 + 32, 32, std::string(32, '\0'));
  EXPECT_NE(opened.wrong(), -1);
}

}  // namespace
}  // namespace urna::election
