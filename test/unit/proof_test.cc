// SPDX-License-Identifier: EUPL-1.2
// Transcripts, signatures, proofs of knowledge and of equality, sharing, and batches of equations;
// each also over a group of 13 elements, for every value there is.
#include <gtest/gtest.h>
#include <sodium.h>

#include "base/bytes.h"
#include "proof/batch.h"
#include "proof/equality.h"
#include "proof/knowledge.h"
#include "proof/sharing.h"
#include "proof/signature.h"
#include "proof/transcript.h"
#include "proof/weights.h"
#include "test/unit/tiny_suite.h"

namespace urna::proof {
namespace {

using group::Element;
using group::Scalar;
using group::SecretScalar;
using test::Tiny;

template <class S>
std::string packed(const std::vector<typename S::Element>& elements) {
  return S::encode(elements);
}

TEST(Transcript, IsTheDocumentedString) {
  // SHA-512 of the string, written out by hand from docs/protocol.md section 3.3.
  const auto frame = [](std::string_view data) {
    std::string framed;
    append_big_endian(framed, data.size(), 8);
    return framed += data;
  };
  std::string string = frame("urna/1") + frame("purpose");
  string += std::string(1, '\0') + frame("name") + frame("data");
  string += std::string(1, '\0') + frame("number") + frame(std::string("\0\0\0\0\0\0\1\2", 8));
  string += '\1' + frame("first");
  Digest expected{};
  crypto_hash_sha512(expected.data(), octets_of(string).data(), string.size());  // libsodium's

  Transcript transcript("purpose");
  transcript.append("name", "data");
  transcript.append("number", std::uint64_t{258});
  EXPECT_EQ(transcript.challenge("first"), expected);

  string += '\1' + frame("second");
  crypto_hash_sha512(expected.data(), octets_of(string).data(), string.size());
  EXPECT_EQ(transcript.challenge("second"), expected);
}

TEST(Transcript, TellsEveryHistoryFromEveryOther) {
  std::vector<Digest> seen;
  const auto add = [&](auto fill) {
    Transcript transcript("t");
    fill(transcript);
    seen.push_back(transcript.challenge("c"));
  };
  add([](Transcript&) {});
  add([](Transcript& t) { t.append("a", "bc"); });
  add([](Transcript& t) { t.append("ab", "c"); });
  add([](Transcript& t) { t.append("a", "b"), t.append("c", ""); });
  add([](Transcript& t) { (void)t.challenge("a"); });
  add([](Transcript& t) { t.append("a", ""); });
  add([](Transcript& t) { t.append("challenge", "a"); });
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(seen[i], seen[j]) << i << " " << j;
  }
  Transcript other("u");
  EXPECT_NE(other.challenge("c"), seen[0]);
}

TEST(Transcript, TakesALongDatumInPieces) {
  Transcript whole("t");
  whole.append("list", "abcdef");
  Transcript pieces("t");
  pieces.begin_append("list", 6);
  pieces.continue_append("ab");
  pieces.continue_append("cdef");
  EXPECT_EQ(whole.challenge("c"), pieces.challenge("c"));
}

// Names around the length up to which a head is put together before it is hashed.
TEST(Transcript, NamesOfEveryLength) {
  for (std::size_t length = 0; length < 60; ++length) {
    const std::string name(length, 'n');
    std::string string;
    for (const std::string& frame : {std::string("urna/1"), std::string("t")}) {
      append_big_endian(string, frame.size(), 8);
      string += frame;
    }
    for (const std::string_view data : {"one", ""}) {
      string += '\0';
      append_big_endian(string, length, 8);
      string += name;
      append_big_endian(string, data.size(), 8);
      string += data;
    }
    string += '\1';
    append_big_endian(string, 1, 8);
    string += 'c';
    WrittenTranscript transcript("t");
    transcript.append(name, "one");
    transcript.append(name, "");
    EXPECT_EQ(text_for(std::move(transcript), "c"), string) << length;
  }
}

TEST(Transcript, WrittenGivesTheSameChallenges) {
  const auto fill = [](auto& transcript) {
    transcript.append("name", "data");
    transcript.append("number", std::uint64_t{258});
    transcript.begin_append("list", 4);
    transcript.continue_append("abcd");
  };
  Transcript hashed("t");
  WrittenTranscript written("t");
  fill(hashed);
  fill(written);
  EXPECT_EQ(hashed.challenge("c"), written.challenge("c"));
  fill(hashed);
  fill(written);
  EXPECT_EQ(hashed.challenge_scalar("d"), written.challenge_scalar("d"));
  EXPECT_EQ(hashed.challenge_seed("e"), written.challenge_seed("e"));
  EXPECT_EQ(hashed.challenge("f"), sha512(text_for(std::move(written), "f")));
}

TEST(Weights, AreTheDocumentedBytesFromAnyStart) {
  Seed seed{};
  seed[0] = 9;
  const std::vector<Weight> all = weights(seed, 0, 600);  // more than are hashed at once
  for (std::uint64_t i = 0; i < all.size(); ++i) {
    std::string input(view_of(seed));
    append_big_endian(input, i / 4, 8);
    Digest digest{};
    crypto_hash_sha512(digest.data(), octets_of(input).data(), input.size());
    Weight expected{};
    std::copy_n(digest.begin() + static_cast<std::ptrdiff_t>(16 * (i % 4)), 16, expected.begin());
    EXPECT_EQ(all[i], expected);
    EXPECT_EQ(weights(seed, i, 1)[0], expected);
  }
}

TEST(Signature, IsValidForItsMessageAndKeyOnly) {
  const SigningKey key = SigningKey::random();
  Transcript message("signature");
  message.append("body", "text");
  const Signature signature = sign(key, message);
  EXPECT_TRUE(verify_signature(key.key, message, signature));
  EXPECT_NE(sign(key, message), signature) << "a nonce used twice reveals the key";

  Transcript other("signature");
  other.append("body", "texu");
  EXPECT_FALSE(verify_signature(key.key, other, signature));
  EXPECT_FALSE(verify_signature(SigningKey::random().key, message, signature));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature flipped = signature;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(verify_signature(key.key, message, flipped)) << bit;
  }
}

TEST(Signature, RefusesIdentityKeyAndCommitment) {
  Transcript message("signature");
  // With the identity as key, s G = R holds for every message.
  Signature forged{};
  const SecretScalar k = SecretScalar::random();
  const ElementBytes commitment = group::mul_base(k).encode();
  std::copy(commitment.begin(), commitment.end(), forged.begin());
  const ScalarBytes s = k.disclose().encode();
  std::copy(s.begin(), s.end(), forged.begin() + 32);
  EXPECT_FALSE(verify_signature(ElementBytes{}, message, forged));
  EXPECT_FALSE(verify_signature(SigningKey::random().key, message, Signature{}));
}

TEST(Knowledge, IsBoundToContextElementsAndItself) {
  std::vector<SecretScalar> secrets = {SecretScalar::random(), SecretScalar::random(),
                                       SecretScalar::random()};
  const std::string elements = group::encode_packed(group::FixedBase::generator().mul_all(secrets));
  Transcript context("ballot");
  const std::string proof = prove_knowledge<Ristretto>(context, elements, secrets);
  ASSERT_EQ(proof.size(), knowledge_proof_bytes(3));
  EXPECT_TRUE(verify_knowledge<Ristretto>(context, elements, proof));
  for (std::size_t at = 0; at < proof.size(); ++at) {
    std::string changed = proof;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(verify_knowledge<Ristretto>(context, elements, changed)) << at;
  }
  Transcript other("ballot");
  other.append("voter", "another");
  EXPECT_FALSE(verify_knowledge<Ristretto>(other, elements, proof));
  std::string swapped = elements.substr(32, 32) + elements.substr(0, 32) + elements.substr(64);
  EXPECT_FALSE(verify_knowledge<Ristretto>(context, swapped, proof));
  EXPECT_FALSE(verify_knowledge<Ristretto>(context, elements, proof + std::string(64, '\0')));
  EXPECT_FALSE(verify_knowledge<Ristretto>(context, elements.substr(0, 64), proof));
}

// Weak Fiat-Shamir would let a forger choose the element last: with c = H(T) alone, X = (s G -
// T)/c.
TEST(Knowledge, RefusesAnElementChosenAfterTheChallenge) {
  const SecretScalar k = SecretScalar::random();
  const Element commitment = group::mul_base(k);
  Transcript weak("ballot");
  weak.append("commitments", view_of(commitment.encode()));
  const Scalar c = weak.challenge_scalar("c");
  const Scalar s = Scalar::of(5);
  const Element element =
      Ristretto::sum_vartime(std::array{c.inverted().value() * s, -c.inverted().value()},
                             std::array{Element::generator(), commitment});
  const std::string proof =
      std::string(view_of(commitment.encode())) + std::string(view_of(s.encode()));
  EXPECT_FALSE(verify_knowledge<Ristretto>(Transcript("ballot"),
                                           std::string(view_of(element.encode())), proof));
}

TEST(Knowledge, AcceptsExactlyTheRightResponseOverTheTinyGroup) {
  for (std::uint64_t x = 0; x < Tiny::order; ++x) {
    const std::vector<Tiny::Secret> secret = {{x}};
    const std::string element = packed<Tiny>({Tiny::mul_base({x})});
    for (int repeat = 0; repeat < 20; ++repeat) {
      EXPECT_TRUE(verify_knowledge<Tiny>(Transcript("t"), element,
                                         prove_knowledge<Tiny>(Transcript("t"), element, secret)));
    }
    for (std::uint64_t nonce = 0; nonce < Tiny::order; ++nonce) {
      int accepted = 0;
      for (std::uint64_t s = 0; s < Tiny::order; ++s) {
        const std::string proof =
            packed<Tiny>({Tiny::Element{nonce}}) + std::string(view_of(Tiny::Scalar{s}.encode()));
        accepted += verify_knowledge<Tiny>(Transcript("t"), element, proof) ? 1 : 0;
      }
      EXPECT_EQ(accepted, 1);
    }
  }
}

TEST(Equality, HoldsForManyBasesAndRefusesEveryOtherImage) {
  for (const std::size_t count : {1U, 2U, 9U, 300U}) {
    std::vector<SecretScalar> logs;
    for (std::size_t i = 0; i < count; ++i) logs.push_back(SecretScalar::random());
    const auto bases = group::FixedBase::generator().mul_all(logs);
    const SecretScalar x = SecretScalar::random();
    const ElementBytes key = group::mul_base(x).encode();
    const auto images = group::mul_all(x, bases);
    const std::string packed_bases = group::encode_packed(bases);
    const std::string packed_images = group::encode_packed(images);
    const std::string proof =
        prove_equality<Ristretto>(Transcript("t"), x, key, packed_bases, bases, packed_images);
    ASSERT_EQ(proof.size(), equality_proof_bytes);
    EXPECT_TRUE(
        verify_equality<Ristretto>(Transcript("t"), key, packed_bases, packed_images, proof));
    EXPECT_TRUE(
        verify_equality<Ristretto>(Transcript("t"), key, packed_bases, packed_images, proof, 2, 4));
    EXPECT_FALSE(
        verify_equality<Ristretto>(Transcript("u"), key, packed_bases, packed_images, proof));
    for (std::size_t at = 0; at < proof.size(); at += 7) {
      std::string changed = proof;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      EXPECT_FALSE(
          verify_equality<Ristretto>(Transcript("t"), key, packed_bases, packed_images, changed));
    }

    // A prover who knows x but answers wrongly for one base, with a proof made for that answer.
    auto wrong = images;
    wrong[count / 2] = wrong[count / 2] + Element::generator();
    const std::string packed_wrong = group::encode_packed(wrong);
    const std::string lie =
        prove_equality<Ristretto>(Transcript("t"), x, key, packed_bases, bases, packed_wrong);
    EXPECT_FALSE(verify_equality<Ristretto>(Transcript("t"), key, packed_bases, packed_wrong, lie));
    if (count > 1) {
      // Two errors that cancel if all weights were equal.
      wrong = images;
      wrong[0] = wrong[0] + Element::generator();
      wrong[1] = wrong[1] - Element::generator();
      const std::string cancelling = group::encode_packed(wrong);
      EXPECT_FALSE(verify_equality<Ristretto>(
          Transcript("t"), key, packed_bases, cancelling,
          prove_equality<Ristretto>(Transcript("t"), x, key, packed_bases, bases, cancelling)));
    }
  }
}

TEST(Equality, FollowsItsEquationsOverTheTinyGroup) {
  for (std::uint64_t x = 0; x < Tiny::order; ++x) {
    const auto key = Tiny::mul_base({x}).encode();
    for (std::uint64_t base = 0; base < Tiny::order; ++base) {
      const std::vector<Tiny::Element> bases = {{base}, {5}};
      const std::string packed_bases = packed<Tiny>(bases);
      for (std::uint64_t image = 0; image < Tiny::order; ++image) {
        const std::string images = packed<Tiny>({{image}, Tiny::mul({x}, {5})});
        Transcript transcript("t");
        const auto w = scalars_from_seed<Tiny>(
            append_equality_statement(transcript, key, packed_bases, images), 0, 2);
        // Right for the weighted sums, which for a wrong image happens by chance here only.
        const bool folds = w[0] * Tiny::Scalar{image} + w[1] * Tiny::Scalar::of(5 * x) ==
                           Tiny::Scalar{x} * (w[0] * Tiny::Scalar{base} + w[1] * Tiny::Scalar{5});
        const std::string proof =
            prove_equality<Tiny>(Transcript("t"), {x}, key, packed_bases, bases, images);
        if (folds) {
          EXPECT_TRUE(verify_equality<Tiny>(Transcript("t"), key, packed_bases, images, proof));
        }
        int accepted = 0;
        for (std::uint64_t s = 0; s < Tiny::order; ++s) {
          const std::string answer =
              proof.substr(0, 64) + std::string(view_of(Tiny::Scalar{s}.encode()));
          accepted +=
              verify_equality<Tiny>(Transcript("t"), key, packed_bases, images, answer) ? 1 : 0;
        }
        EXPECT_LE(accepted, 1);
        if (folds) {
          EXPECT_EQ(accepted, 1);
        }
      }
    }
  }
}

// Every t of n participants recover the secret; t - 1 shares fit every secret equally often.
TEST(Sharing, RecoversFromEverySetAndHidesFromSmallerOnes) {
  for (std::uint64_t a0 = 0; a0 < Tiny::order; ++a0) {
    for (std::uint64_t a1 = 0; a1 < Tiny::order; ++a1) {
      const SharingPolynomial<Tiny> f({{a0}, {a1}, {7}});
      const auto commitments = Tiny::decode_packed(f.commitments()).value();
      for (std::uint64_t j = 1; j <= 5; ++j) {
        for (std::uint64_t s = 0; s < Tiny::order; ++s) {
          EXPECT_EQ(share_matches<Tiny>(commitments, j, {s}), s == f.share(j).value);
        }
      }
      for (std::uint64_t set = 0; set < 32; ++set) {
        std::vector<std::uint64_t> members;
        for (std::uint64_t j = 1; j <= 5; ++j) {
          if ((set >> (j - 1) & 1U) != 0) members.push_back(j);
        }
        if (members.size() < 3) continue;
        Tiny::Secret sum;
        const auto coefficients = lagrange_at_zero<Tiny>(members);
        for (std::size_t i = 0; i < members.size(); ++i) {
          sum = sum + coefficients[i] * f.share(members[i]);
        }
        EXPECT_EQ(sum.value, a0);
      }
    }
  }
  // Of the 13^2 polynomials of degree 1, one for each pair (secret, share of participant 3).
  std::array<std::array<int, 13>, 13> seen{};
  for (std::uint64_t a0 = 0; a0 < Tiny::order; ++a0) {
    for (std::uint64_t a1 = 0; a1 < Tiny::order; ++a1) {
      ++seen[a0][SharingPolynomial<Tiny>({{a0}, {a1}}).share(3).value];
    }
  }
  for (const auto& row : seen) {
    for (const int times : row) EXPECT_EQ(times, 1);
  }
}

TEST(Sharing, WorksOverRistretto) {
  const auto f = SharingPolynomial<Ristretto>::random(3);
  const auto commitments = Ristretto::decode_packed(f.commitments()).value();
  const std::vector<std::uint64_t> members = {2, 5, 31};
  const auto coefficients = lagrange_at_zero<Ristretto>(members);
  SecretScalar sum = SecretScalar::from_public(Scalar());
  for (std::size_t i = 0; i < members.size(); ++i) {
    EXPECT_TRUE(share_matches<Ristretto>(commitments, members[i], f.share(members[i])));
    EXPECT_FALSE(share_matches<Ristretto>(commitments, members[i], f.share(members[i] + 1)));
    sum = sum + coefficients[i] * f.share(members[i]);
  }
  EXPECT_EQ(sum.disclose(), f.secret().disclose());
}

class BatchOfSignatures : public ::testing::Test {
 protected:
  static constexpr std::size_t count = 40;
  void SetUp() override {
    for (std::size_t i = 0; i < count; ++i) {
      keys_.push_back(i % 3 == 0 ? common_ : SigningKey::random());
      signatures_.push_back(sign(keys_[i], message(i)));
    }
  }
  template <class AnyTranscript = Transcript>
  static AnyTranscript message(std::size_t i) {
    AnyTranscript transcript("signature");
    transcript.append("number", std::uint64_t{i});
    return transcript;
  }
  // The same whether transcripts are hashed as they come or side by side.
  [[nodiscard]] std::optional<std::uint64_t> culprit() const {
    const auto found = culprit_by<Transcript>();
    EXPECT_EQ(culprit_by<WrittenTranscript>(), found);
    return found;
  }
  template <class AnyTranscript>
  [[nodiscard]] std::optional<std::uint64_t> culprit_by() const {
    const Element common = Element::decode(common_.key).value();
    Batch batch;
    for (std::size_t i = 0; i < count; ++i) {
      batch.subject(100 + i);
      if (i % 3 == 0) {
        EXPECT_TRUE(
            check_signature(batch, common, common_.key, message<AnyTranscript>(i), signatures_[i]));
      } else {
        EXPECT_TRUE(
            check_signature(batch, keys_[i].key, message<AnyTranscript>(i), signatures_[i]));
      }
    }
    return batch.verify();
  }
  SigningKey common_ = SigningKey::random();
  std::vector<SigningKey> keys_;
  std::vector<Signature> signatures_;
};

TEST_F(BatchOfSignatures, AcceptsAllRightOnes) { EXPECT_EQ(culprit(), std::nullopt); }

TEST_F(BatchOfSignatures, NamesTheFirstWrongOneWhereverItIs) {
  for (std::size_t i = 0; i < count; ++i) {
    const Signature original = signatures_[i];
    signatures_[i][32] = static_cast<std::uint8_t>(signatures_[i][32] ^ 1);
    EXPECT_EQ(culprit(), 100 + i);
    if (i + 5 < count) {
      const Signature later = signatures_[i + 5];
      signatures_[i + 5] = Signature{};  // the identity: no element here
      EXPECT_EQ(culprit(), 100 + i);
      signatures_[i + 5] = later;
    }
    signatures_[i] = original;
    signatures_[i][0] = static_cast<std::uint8_t>(signatures_[i][0] ^ 1);
    EXPECT_EQ(culprit(), 100 + i) << "no element, or another";
    signatures_[i] = Signature{};
    EXPECT_EQ(culprit(), 100 + i);
    signatures_[i] = original;
  }
}

// Two responses moved by d and -d: a plain sum would hold.
TEST_F(BatchOfSignatures, IsNotFooledByErrorsThatCancel) {
  const auto move = [&](std::size_t i, const Scalar& by) {
    const auto s = Scalar::decode(packed_at(view_of(signatures_[i]), 1)).value() + by;
    std::copy(s.encode().begin(), s.encode().end(), signatures_[i].begin() + 32);
  };
  for (int repeat = 0; repeat < 50; ++repeat) {
    move(4, Scalar::of(1));
    move(5, -Scalar::of(1));
    EXPECT_EQ(culprit(), 104U);
    move(4, -Scalar::of(1));
    move(5, Scalar::of(1));
  }
  EXPECT_EQ(culprit(), std::nullopt);
}

TEST(Batch, IsEmptyAfterwardsAndHoldsWhenEmpty) {
  Batch batch;
  EXPECT_EQ(batch.verify(), std::nullopt);
  batch.subject(3);
  batch.open();
  batch.add_generator(Scalar::of(1));
  EXPECT_EQ(batch.verify(), 3U);
  EXPECT_EQ(batch.verify(), std::nullopt);
}

// What a batch keeps for the next one is memory only.
TEST(Batch, ServesAgain) {
  constexpr std::size_t count = 600;  // enough for the elements to be decoded for one sum
  const auto secret = Ristretto::random_secret();
  const std::string element = Ristretto::encode(std::array{Ristretto::mul_base(secret)});
  const auto other_key = group::mul_base(group::SecretScalar::random());
  const std::string proof =
      prove_knowledge<Ristretto>(Transcript("t"), element, std::span(&secret, 1));
  Batch batch;
  const auto culprit = [&](std::size_t proofs, std::size_t turned) {
    for (std::size_t i = 0; i < proofs; ++i) {
      batch.subject(i);
      EXPECT_TRUE(check_knowledge<Ristretto>(batch, WrittenTranscript(i == turned ? "u" : "t"),
                                             element, proof));
      // A key that every batch has anew: k X - k X.
      batch.open();
      batch.add_common(Scalar::of(i), other_key);
      batch.add_common(-Scalar::of(i), other_key);
    }
    return batch.verify();
  };
  EXPECT_EQ(culprit(count, count), std::nullopt);
  EXPECT_EQ(culprit(count, 300), 300U);
  EXPECT_EQ(culprit(7, 7), std::nullopt);
  EXPECT_EQ(culprit(7, 2), 2U);
  EXPECT_EQ(culprit(count + 50, count + 50), std::nullopt);
}

// So many that their transcripts are hashed in several goes.
TEST(Batch, HashesManyWrittenTranscripts) {
  constexpr std::size_t count = 500;
  const auto secret = Ristretto::random_secret();
  const std::string element = Ristretto::encode(std::array{Ristretto::mul_base(secret)});
  const auto context = [](auto transcript, std::size_t i) {
    transcript.append("text", std::string(i % 300, 'x'));
    return transcript;
  };
  std::vector<std::string> proofs;
  for (std::size_t i = 0; i < count; ++i) {
    proofs.push_back(
        prove_knowledge<Ristretto>(context(Transcript("t"), i), element, std::span(&secret, 1)));
  }
  const auto culprit = [&](std::size_t turned) {
    Batch batch;
    for (std::size_t i = 0; i < count; ++i) {
      batch.subject(i);
      EXPECT_TRUE(check_knowledge<Ristretto>(
          batch, context(WrittenTranscript(i == turned ? "u" : "t"), i), element, proofs[i]));
    }
    return batch.verify();
  };
  EXPECT_EQ(culprit(count), std::nullopt);
  for (const std::size_t turned : {0U, 191U, 192U, 333U, 499U}) EXPECT_EQ(culprit(turned), turned);
}

TEST(Batch, StopsWhenAChallengeIsUsedTooLate) {
  const auto use_late = [] {
    Batch batch;
    const auto early = batch.challenge(WrittenTranscript("t"), "c");
    for (int i = 0; i < 1000; ++i) (void)batch.challenge(WrittenTranscript("t"), "c");
    batch.open();
    batch.add(early, ElementBytes{});
  };
  EXPECT_DEATH(use_late(), "another challenge was asked for");
}

}  // namespace
}  // namespace urna::proof
