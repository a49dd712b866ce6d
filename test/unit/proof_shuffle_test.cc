// SPDX-License-Identifier: EUPL-1.2
// The proof of a shuffle: completeness, every change refused, and the same code over a tiny group.
#include <algorithm>
#include <deque>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "proof/shuffle.h"
#include "proof/shuffle_impl.h"
#include "proof/shuffle_verify_impl.h"
#include "test/sampled.h"
#include "test/unit/tiny_suite.h"

namespace urna::proof {
namespace {

template <class S>
std::vector<typename S::Secret> secrets(std::size_t count) {
  std::vector<typename S::Secret> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(S::random_secret());
  return result;
}

// A shuffle of random ciphertexts with its proof.
template <class S>
struct Shuffled {
  Shuffled(std::size_t count, std::size_t ciphertext_width)
      : width(ciphertext_width), key(S::mul_base(S::random_secret())) {
    inputs = S::encode(S::base().mul_all(secrets<S>(2 * count * width)));
    witness.emplace(random_shuffle_witness<S>(count, width));
    const Ciphertexts<S> made = apply_shuffle<S>(key, width, inputs, *witness).value();
    outputs = made.packed;
    proof = prove_shuffle<S>(Transcript("test"), statement(), key, *witness, made.elements);
  }
  [[nodiscard]] ShuffleStatement statement() const {
    return {array_of<32>(S::encode(std::span(&key, 1))), width, inputs, outputs};
  }
  [[nodiscard]] Status verify(unsigned threads = 1, std::size_t piece = 16'384) const {
    return verify_shuffle<S>(Transcript("test"), statement(), key, proof.view(),
                             {threads, piece, {}});
  }

  std::size_t width;
  typename S::Element key;
  std::string inputs;
  std::string outputs;
  std::optional<ShuffleWitness<S>> witness;
  ShuffleProof proof;
};

std::array<std::string*, 7> lists_of(ShuffleProof& proof) {
  return {&proof.permutation_commitments,
          &proof.chain,
          &proof.chain_commitments,
          &proof.commitments,
          &proof.responses,
          &proof.chain_responses,
          &proof.permutation_responses};
}

std::string element_of(std::uint64_t n) {
  return std::string(
      view_of(group::mul_base(group::SecretScalar::from_public(group::Scalar::of(n))).encode()));
}

TEST(Shuffle, HoldsForAllSizesWidthsAndPieces) {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 8U, 65U}) {
    for (const std::size_t width : {1U, 2U, 3U}) {
      const Shuffled<Ristretto> shuffled(count, width);
      for (const std::size_t piece : {1U, 2U, 64U, 16'384U}) {
        const Status verdict = shuffled.verify(piece == 2 ? 2 : 1, piece);
        EXPECT_TRUE(verdict.ok()) << count << " x " << width << ": " << verdict.error().message;
      }
    }
  }
}

TEST(Shuffle, MayBeVerifiedWithGeneratorsAtHand) {
  const Shuffled<Ristretto> shuffled(9, 1);
  const auto generators = Ristretto::independent_generators(0, 20);
  const auto verified = [&](std::vector<group::Element>& at_hand, unsigned threads) {
    return verify_shuffle<Ristretto>(Transcript("test"), shuffled.statement(), shuffled.key,
                                     shuffled.proof.view(), {threads, 4, &at_hand})
        .ok();
  };
  for (const std::size_t known : {0U, 1U, 5U, 9U, 10U, 20U}) {
    for (const unsigned threads : {1U, 3U}) {
      std::vector<group::Element> at_hand(generators.begin(),
                                          generators.begin() + static_cast<std::ptrdiff_t>(known));
      EXPECT_TRUE(verified(at_hand, threads));
      // Those that were missing are there now.
      ASSERT_EQ(at_hand.size(), std::max<std::size_t>(known, 10));
      EXPECT_TRUE(std::equal(at_hand.begin(), at_hand.end(), generators.begin()));
    }
  }
  std::vector<group::Element> wrong(generators.begin() + 1, generators.end());
  EXPECT_FALSE(verified(wrong, 1));
}

TEST(Shuffle, OutputsArePermutedAndUnlike) {
  const Shuffled<Ristretto> shuffled(200, 1);
  EXPECT_FALSE(std::ranges::is_sorted(shuffled.witness->source));
  for (std::size_t i = 0; i < 400; ++i) {
    EXPECT_EQ(shuffled.inputs.find(shuffled.outputs.substr(32 * i, 32)), std::string::npos);
  }
}

// Every item of every list replaced by another valid one.
TEST(Shuffle, RefusesEveryChangedItem) {
  for (const std::size_t width : {1U, 2U}) {
    Shuffled<Ristretto> shuffled(4, width);
    const auto refused = [&](std::string& list, std::size_t at, const std::string& item) {
      const std::string original = list.substr(at, 32);
      list.replace(at, 32, item);
      const bool ok = shuffled.verify().ok();
      list.replace(at, 32, original);
      return !ok;
    };
    auto lists = lists_of(shuffled.proof);
    for (std::size_t l = 0; l < lists.size(); ++l) {
      const bool scalars = l >= 4;
      for (std::size_t at = 0; at < lists[l]->size(); at += 32) {
        const std::string item =
            scalars ? std::string(view_of(group::Scalar::of(77).encode())) : element_of(77);
        EXPECT_TRUE(refused(*lists[l], at, item)) << l << " " << at;
      }
    }
    for (std::string* list : {&shuffled.inputs, &shuffled.outputs}) {
      for (std::size_t at = 0; at < list->size(); at += 32) {
        EXPECT_TRUE(refused(*list, at, element_of(78)));
      }
    }
    EXPECT_TRUE(shuffled.verify().ok());
  }
}

TEST(Shuffle, RefusesWhatIsNoElementOrNoScalar) {
  Shuffled<Ristretto> shuffled(3, 1);
  const std::string identity(32, '\0');
  const std::string off_group(32, '\x01');
  std::string order = std::string(view_of((group::Scalar() - group::Scalar::of(1)).encode()));
  order[0] = static_cast<char>(order[0] + 1);  // l - 1 ends in 0xec
  auto lists = lists_of(shuffled.proof);
  for (std::size_t l = 0; l < lists.size(); ++l) {
    for (const std::string& item : l < 4 ? std::vector{identity, off_group} : std::vector{order}) {
      const std::string original = *lists[l];
      lists[l]->replace(0, 32, item);
      EXPECT_FALSE(shuffled.verify().ok()) << l;
      *lists[l] = original;
    }
    lists[l]->append(32, '\0');
    EXPECT_FALSE(shuffled.verify().ok()) << l;
    lists[l]->resize(lists[l]->size() - 32);
  }
  EXPECT_TRUE(shuffled.verify().ok());
}

TEST(Shuffle, IsBoundToContextAndKey) {
  const Shuffled<Ristretto> shuffled(3, 1);
  Transcript other("test");
  other.append("round", std::uint64_t{2});
  EXPECT_FALSE(
      verify_shuffle<Ristretto>(other, shuffled.statement(), shuffled.key, shuffled.proof.view())
          .ok());
  ShuffleStatement statement = shuffled.statement();
  const auto other_key = group::mul_base(group::SecretScalar::random());
  statement.key = other_key.encode();
  EXPECT_FALSE(
      verify_shuffle<Ristretto>(Transcript("test"), statement, other_key, shuffled.proof.view())
          .ok());
}

// A mixer who knows everything but does something else than permute: the honest algorithm run on a
// list it does not fit gives a proof that fails.
TEST(Shuffle, RefusesWhatIsNoPermutation) {
  enum class Deed { duplicate, foreign, swap_components, plain_change };
  for (const Deed deed :
       {Deed::duplicate, Deed::foreign, Deed::swap_components, Deed::plain_change}) {
    Shuffled<Ristretto> shuffled(5, 2);
    std::string& outputs = shuffled.outputs;
    switch (deed) {
      case Deed::duplicate:
        outputs.replace(0, 128, outputs.substr(128, 128));
        break;
      case Deed::foreign:
        outputs.replace(0, 32, element_of(5));
        break;
      case Deed::swap_components: {
        const std::string first = outputs.substr(0, 64);
        outputs.replace(0, 64, outputs.substr(64, 64));
        outputs.replace(64, 64, first);
        break;
      }
      case Deed::plain_change: {
        const auto beta = group::Element::decode(array_of<32>(outputs.substr(32, 32))).value();
        outputs.replace(32, 32, view_of((beta + group::Element::generator()).encode()));
        break;
      }
    }
    shuffled.proof = prove_shuffle<Ristretto>(Transcript("test"), shuffled.statement(),
                                              shuffled.key, *shuffled.witness);
    EXPECT_FALSE(shuffled.verify().ok()) << static_cast<int>(deed);
  }
  // A source named twice.
  Shuffled<Ristretto> shuffled(3, 1);
  shuffled.witness->source = {0, 0, 2};
  shuffled.outputs =
      apply_shuffle<Ristretto>(shuffled.key, 1, shuffled.inputs, *shuffled.witness).value().packed;
  shuffled.proof = prove_shuffle<Ristretto>(Transcript("test"), shuffled.statement(), shuffled.key,
                                            *shuffled.witness);
  EXPECT_FALSE(shuffled.verify().ok());
}

// Several shuffles, each of the outputs of the one before.
template <class S>
struct Series {
  Series(std::size_t rounds, std::size_t count, std::size_t ciphertext_width)
      : width(ciphertext_width),
        key(S::mul_base(S::random_secret())),
        inputs(S::encode(S::base().mul_all(secrets<S>(2 * count * width)))) {
    const std::string* before = &inputs;
    for (std::size_t m = 0; m < rounds; ++m) {
      const auto witness = random_shuffle_witness<S>(count, width);
      outputs.push_back(apply_shuffle<S>(key, width, *before, witness).value().packed);
      const ShuffleStatement statement{key_bytes(), width, *before, outputs.back()};
      proofs.push_back(prove_shuffle<S>(context(m), statement, key, witness));
      before = &outputs.back();
    }
  }
  [[nodiscard]] ElementBytes key_bytes() const {
    return array_of<32>(S::encode(std::span(&key, 1)));
  }
  static Transcript context(std::size_t round) {
    Transcript transcript("series");
    transcript.append("round", std::uint64_t{round});
    return transcript;
  }
  // The first wrong round, from 1; 0 if all hold.
  [[nodiscard]] std::size_t wrong(unsigned threads = 1, std::size_t piece = 0) const {
    const auto found = verified({threads, piece}).wrong;
    return found ? found->round + 1 : 0;
  }
  [[nodiscard]] VerifiedShuffles<S> verified(const ShuffleWork<S>& work) const {
    ShuffleSeries series{width, inputs, {}};
    for (std::size_t m = 0; m < outputs.size(); ++m) {
      const ShuffleProof& proof = proofs[m];
      series.rounds.push_back(
          {context(m),
           outputs[m],
           {proof.permutation_commitments, proof.chain, proof.chain_commitments, proof.commitments,
            proof.responses, proof.chain_responses, proof.permutation_responses}});
    }
    return verify_shuffles<S>(key_bytes(), key, series, work);
  }

  std::size_t width;
  typename S::Element key;
  std::string inputs;
  std::deque<std::string> outputs;
  std::vector<ShuffleProof> proofs;
};

// The scalar at a place of a packed list plus another.
void add_to_scalar(std::string& list, std::size_t at, const group::Scalar& more) {
  const auto scalar = group::Scalar::decode(array_of<32>(list.substr(32 * at, 32))).value();
  list.replace(32 * at, 32, view_of((scalar + more).encode()));
}

TEST(ShuffleSeries, HoldsForAllLengthsSizesWidthsAndPieces) {
  for (const std::size_t rounds : {0U, 1U, 2U, 3U, 4U}) {
    for (const std::size_t count : {0U, 1U, 2U, 7U, 33U}) {
      for (const std::size_t width : {1U, 2U}) {
        const Series<Ristretto> series(rounds, count, width);
        for (const std::size_t piece : {0U, 1U, 2U, 7U, 32U}) {
          if (test::sanitized && (piece + rounds + width) % 4 != 0) continue;
          EXPECT_EQ(series.wrong(piece == 2 ? 3 : 1, piece), 0U)
              << rounds << " rounds of " << count << " x " << width << ", pieces of " << piece;
        }
      }
    }
  }
}

TEST(ShuffleSeries, KeepsTheElementsOfTheLastOutputs) {
  constexpr std::size_t count = 33;
  for (const std::size_t width : {1U, 2U}) {
    for (const std::size_t rounds : {1U, 3U}) {
      Series<Ristretto> series(rounds, count, width);
      for (const std::size_t piece : {0U, 7U}) {
        const auto verified = series.verified({2, piece, nullptr, true});
        EXPECT_FALSE(verified.wrong);
        std::size_t next = 0;
        const std::string& list = series.outputs.back();
        for (const auto& kept : verified.outputs.pieces) {
          ASSERT_EQ(kept.begin, next);
          ASSERT_EQ(kept.columns.size(), 2 * width);
          next += kept.size;
          for (std::size_t k = 0; k < 2 * width; ++k) {
            ASSERT_EQ(kept.columns[k].size(), kept.size);
            std::vector<group::Scalar> scalars;
            std::vector<group::Element> elements;
            for (std::size_t i = 0; i < kept.size; ++i) {
              scalars.push_back(group::Scalar::of(i + 3));
              elements.push_back(
                  Ristretto::decode(packed_at(list, 2 * width * (kept.begin + i) + k)).value());
            }
            EXPECT_TRUE(Ristretto::sum_vartime(scalars, kept.columns[k]) ==
                        Ristretto::sum_vartime(scalars, elements));
          }
        }
        EXPECT_EQ(next, count);
      }
      series.proofs[0].chain_responses.replace(0, 32, std::string(32, '\0'));
      const auto refused = series.verified({2, 0, nullptr, true});
      EXPECT_EQ(refused.wrong->round, 0U);
      EXPECT_TRUE(refused.outputs.pieces.empty());
    }
  }
}

// In every list of every round, at every place, hence also where pieces meet.
TEST(ShuffleSeries, NamesTheFirstWrongRound) {
  constexpr std::size_t count = 5;
  constexpr std::size_t step = test::sanitized ? 3 : 1;
  Series<Ristretto> series(3, count, 1);
  const group::Scalar one = group::Scalar::of(1);
  for (std::size_t m = 0; m < 3; ++m) {
    auto lists = lists_of(series.proofs[m]);
    for (std::size_t l = 0; l < lists.size(); ++l) {
      for (std::size_t at = 0; at < lists[l]->size() / 32; at += step) {
        const std::string original = *lists[l];
        if (l >= 4) {
          add_to_scalar(*lists[l], at, one);
        } else {
          lists[l]->replace(32 * at, 32, element_of(77));
        }
        EXPECT_EQ(series.wrong(1, 2), m + 1) << m << " " << l << " " << at;
        *lists[l] = original;
      }
    }
    // What is no element, and a list that is too short.
    const std::string original = *lists[1];
    lists[1]->replace(32 * 2, 32, std::string(32, '\x01'));
    EXPECT_EQ(series.wrong(2, 2), m + 1);
    lists[1]->resize(32 * (count - 1));
    EXPECT_EQ(series.wrong(2, 2), m + 1);
    *lists[1] = original;
    // A list between two rounds is wrong as outputs first.
    const std::string outputs = series.outputs[m];
    series.outputs[m].replace(64 * 3, 32, element_of(78));
    EXPECT_EQ(series.wrong(1, 2), m + 1);
    series.outputs[m] = outputs;
  }
  const std::string inputs = series.inputs;
  series.inputs.replace(32, 32, element_of(79));
  EXPECT_EQ(series.wrong(1, 2), 1U);
  series.inputs = inputs;
  // Several wrong ones.
  add_to_scalar(series.proofs[2].responses, 0, one);
  EXPECT_EQ(series.wrong(), 3U);
  add_to_scalar(series.proofs[1].responses, 3, one);
  EXPECT_EQ(series.wrong(), 2U);
}

// Two equations made wrong by +G and -G, or +Y and -Y: only weights keep their sum from hiding it.
TEST(ShuffleSeries, RefusesErrorsThatCancel) {
  constexpr std::size_t count = 6;
  const group::Scalar more = group::Scalar::of(12'345);
  struct Place {
    std::size_t round, list, at;
  };
  const std::size_t short_responses = 4;
  const std::size_t chain_responses = 5;
  const std::vector<std::pair<Place, Place>> pairs = {
      // Of two rounds: equations (1), (2), (3), (4) and (5).
      {{0, short_responses, 0}, {1, short_responses, 0}},
      {{1, short_responses, 1}, {2, short_responses, 1}},
      {{0, short_responses, 2}, {2, short_responses, 2}},
      {{0, short_responses, 3}, {1, short_responses, 3}},
      {{1, short_responses, 3}, {2, short_responses, 3}},
      {{0, chain_responses, 4}, {1, chain_responses, 4}},
      // Of one round: (1) with (2) and (3), (5) with another (5) and with (2).
      {{1, short_responses, 0}, {1, short_responses, 1}},
      {{1, short_responses, 0}, {1, short_responses, 2}},
      {{1, chain_responses, 0}, {1, chain_responses, 5}},
      {{2, chain_responses, 3}, {2, short_responses, 1}},
  };
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [plus, minus] = pairs[i];
    Series<Ristretto> series(3, count, 1);
    add_to_scalar(*lists_of(series.proofs[plus.round])[plus.list], plus.at, more);
    add_to_scalar(*lists_of(series.proofs[minus.round])[minus.list], minus.at, -more);
    EXPECT_EQ(series.wrong(1, 4), plus.round + 1) << i;
  }
}

// Over 13 elements right series always hold; wrong ones pass now and then, for weights repeat.
TEST(ShuffleSeries, HoldsOverTheTinyGroup) {
  int refused = 0;
  for (std::size_t repeat = 0; repeat < 200; ++repeat) {
    Series<test::Tiny> series(1 + repeat % 4, repeat % 6, 1 + repeat % 2);
    ASSERT_EQ(series.wrong(1, 1 + repeat % 3), 0U);
    std::string& response = series.proofs.back().responses;
    response[0] = static_cast<char>((response[0] + 1) % 13);
    refused += series.wrong(1, 2) == series.proofs.size() ? 1 : 0;
  }
  // Four weights must differ from 0: about (12/13)^4 of 200, 145 to 150, with a deviation of 6.
  EXPECT_GT(refused, 110);
}

// Every permutation of up to four, many keys and lists, over 13 elements.
TEST(Shuffle, HoldsForEveryPermutationOverTheTinyGroup) {
  for (std::size_t count = 0; count <= 4; ++count) {
    std::vector<std::uint32_t> permutation(count);
    for (std::size_t i = 0; i < count; ++i) permutation[i] = static_cast<std::uint32_t>(i);
    do {
      for (std::uint64_t key_secret = 0; key_secret < test::Tiny::order; ++key_secret) {
        Shuffled<test::Tiny> shuffled(count, 1 + key_secret % 2);
        shuffled.key = test::Tiny::mul_base({key_secret});
        shuffled.witness->source = permutation;
        shuffled.outputs = apply_shuffle<test::Tiny>(shuffled.key, shuffled.width, shuffled.inputs,
                                                     *shuffled.witness)
                               .value()
                               .packed;
        shuffled.proof = prove_shuffle<test::Tiny>(Transcript("test"), shuffled.statement(),
                                                   shuffled.key, *shuffled.witness);
        ASSERT_TRUE(shuffled.verify(1, 2).ok());
      }
    } while (std::ranges::next_permutation(permutation).found);
  }
}

}  // namespace
}  // namespace urna::proof
