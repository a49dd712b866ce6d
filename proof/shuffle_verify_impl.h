// SPDX-License-Identifier: EUPL-1.2
// The verifying half of shuffle.h, for shuffle.cc and for tests over a tiny group.
//
// All rounds are tested together by two sums. The first takes equations (1), (2), (3) and (5) of
// every round; the second, one for each alpha and beta of a ciphertext, takes equations (4).
//
// * Every equation but the first of a second sum is multiplied by a weight of its own, uniform
//   among 2^128 values and drawn after all lists are fixed. If such an equation is wrong, then
//   whatever the other weights are, the sum is the identity for at most one value of its weight: a
//   probability of 2^-128. The first round needs none in the second sum: if it alone is wrong, so
//   is the sum.
// * The independent generators are the same in all rounds and stand in the first sum once. A list
//   between two rounds, the outputs of one and the inputs of the next, stands in the second once.
// * The weight of (3) is some r, and that of (1) is -t r with another random t. Together these
//   equations give r ((3) - t (1)), where the bracket is wrong but for one value of t; and C_i has
//   the scalar r c (u_i - t), which leaves it a sum with scalars of 128 bits.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <sodium.h>

#include "base/parallel.h"
#include "proof/equations.h"
#include "proof/shuffle.h"
#include "proof/weights.h"

namespace urna::proof {
namespace shuffle_detail {

// Elements that are summed together: enough for long sums, few enough for their memory, which is
// about 370 bytes each, times the threads.
inline constexpr std::size_t elements_together = 65'536;

template <class S>
Status decode_scalars(std::string_view packed, std::vector<typename S::Scalar>& scalars) {
  scalars.clear();
  scalars.reserve(packed_count(packed));
  for (std::size_t i = 0; i < packed_count(packed); ++i) {
    auto scalar = S::decode_scalar(packed_at(packed, i));
    if (!scalar) return std::move(scalar).error();
    scalars.push_back(*scalar);
  }
  return ok_status();
}

inline bool lengths_fit(const ShuffleSeries& series, const ShuffleRound& round) {
  const std::size_t count = series.count();
  const std::size_t width = series.width;
  const auto& proof = round.proof;
  return width > 0 && series.inputs.size() == count * series.ciphertext_bytes() &&
         round.outputs.size() == series.inputs.size() &&
         proof.permutation_commitments.size() == 32 * count && proof.chain.size() == 32 * count &&
         proof.chain_commitments.size() == 32 * count &&
         proof.chain_responses.size() == 32 * count &&
         proof.permutation_responses.size() == 32 * count &&
         proof.commitments.size() == 32 * (3 + 2 * width) &&
         proof.responses.size() == 32 * (3 + width);
}

inline Status append_source(Transcript& transcript, std::string_view name,
                            const ByteSource& source) {
  transcript.begin_append(name, source.size());
  return source.for_each([&](std::string_view piece) { transcript.continue_append(piece); });
}

// What is the same for all pieces of a round.
template <class S>
struct RoundFacts {
  std::vector<typename S::Element> t;  // T1 T2 T3 T4
  std::vector<typename S::Scalar> s;   // s1 s2 s3 s4
  Seed u_seed{};
  typename S::Scalar c{};

  // The verifier's own numbers: weight(own_seed, i) for equation (5) of ciphertext i, from 1, and
  // those of equations (2), (3) and (4); that of (1) is -`ratio` times that of (3).
  Seed own_seed{};
  typename S::Scalar second{}, third{}, ratio{}, fourth{};

  static Result<RoundFacts> read(const ElementBytes& key, const ShuffleSeries& series,
                                 std::size_t number) {
    const ShuffleRound& round = series.rounds[number];
    if (!lengths_fit(series, round)) {
      return Error{ErrorCode::malformed,
                   "the lists of the proof of the shuffle have wrong lengths"};
    }
    RoundFacts facts;
    std::string room;
    const auto commitments = round.proof.commitments.read(0, round.proof.commitments.size(), room);
    if (!commitments) return commitments.error();
    auto t = S::decode_packed(*commitments);
    if (!t) return std::move(t).error();
    facts.t = std::move(*t);
    const auto responses = round.proof.responses.read(0, round.proof.responses.size(), room);
    if (!responses) return responses.error();
    if (Status decoded = decode_scalars<S>(*responses, facts.s); !decoded) {
      return std::move(decoded).error();
    }

    Transcript transcript = round.transcript;
    transcript.append("key", view_of(key));
    transcript.append("count", std::uint64_t{series.count()});
    transcript.append("width", std::uint64_t{series.width});
    const std::array before_seed = {std::pair("inputs", &series.inputs_of(number)),
                                    std::pair("outputs", &round.outputs),
                                    std::pair("permutation", &round.proof.permutation_commitments)};
    for (const auto& [name, source] : before_seed) {
      if (Status read = append_source(transcript, name, *source); !read) {
        return std::move(read).error();
      }
    }
    facts.u_seed = transcript.challenge_seed("u");
    const std::array before_challenge = {
        std::pair("chain", &round.proof.chain), std::pair("commitments", &round.proof.commitments),
        std::pair("chain commitments", &round.proof.chain_commitments)};
    for (const auto& [name, source] : before_challenge) {
      if (Status read = append_source(transcript, name, *source); !read) {
        return std::move(read).error();
      }
    }
    facts.c = S::scalar_of_digest(transcript.challenge("c"));
    return facts;
  }

  void draw_weights(std::size_t count, bool first_round) {
    randombytes_buf(own_seed.data(), own_seed.size());
    const auto drawn = scalars_from_seed<S>(own_seed, count + 1, 4);
    second = drawn[0];
    third = drawn[1];
    ratio = drawn[2];
    fourth = first_round ? S::Scalar::of(1) : drawn[3];
  }
};

// What one piece of the lists contributes.
template <class S>
struct PieceSums {
  std::optional<Error> error;
  typename S::Element first{};                 // of equations (1), (2), (3), (5)
  typename S::Scalar minus_generator{};        // scalar of -G in it
  std::vector<typename S::Scalar> u_products;  // by round, of the u_i
  std::vector<typename S::Element> second{};   // of equations (4), by column of the ciphertexts
};

// The work on one piece: ciphertexts begin … begin + size - 1 of all lists.
template <class S>
class Piece {
 public:
  using Scalar = typename S::Scalar;
  using Element = typename S::Element;

  Piece(const ShuffleSeries& series, std::span<const RoundFacts<S>> facts,
        std::span<const Element> known_generators, std::size_t begin, std::size_t size)
      : series_(series),
        facts_(facts),
        known_generators_(known_generators),
        begin_(begin),
        size_(size),
        // The scalar s'_i of the first item of the next piece stands with this piece's last element
        // of the chain.
        following_(begin + size < series.count() ? 1 : 0) {}

  PieceSums<S> sums() && {
    Status done = read_scalars();
    if (done) done = add_chains();
    if (done) done = add_permutations();
    if (done) done = add_ciphertexts();
    if (!done) sums_.error = std::move(done).error();
    return std::move(sums_);
  }

 private:
  // Appends this piece of a list whose items have `item_bytes`.
  [[nodiscard]] Status append(std::string& to, const ByteSource& list,
                              std::size_t item_bytes = 32) const {
    return list.append_to(to, begin_ * item_bytes, size_ * item_bytes);
  }

  Status read_scalars() {
    std::string room;
    for (std::size_t m = 0; m < facts_.size(); ++m) {
      const auto packed = series_.rounds[m].proof.permutation_responses.read(
          32 * begin_, 32 * (size_ + following_), room);
      if (!packed) return packed.error();
      if (Status read = decode_scalars<S>(*packed, s_prime_.emplace_back()); !read) return read;
      u_.push_back(scalars_from_seed<S>(facts_[m].u_seed, begin_, size_));
      Scalar product = Scalar::of(1);
      for (const Scalar& u : u_.back()) product = product * u;
      sums_.u_products.push_back(product);
    }
    return ok_status();
  }

  // T-hat_i w_i + C-hat_i (c w_i - s'_{i+1} w_{i+1}) - G s-hat_i w_i of every round, and
  // H_i times the sum of r (t c - s'_i) over all rounds.
  Status add_chains() {
    const std::size_t rounds = facts_.size();
    std::vector<Scalar> scalars((2 * rounds + 1) * size_);
    const std::span of_generators = std::span(scalars).last(size_);
    std::string packed;
    std::string room;
    std::vector<Scalar> s_hat;
    for (std::size_t m = 0; m < rounds; ++m) {
      const RoundFacts<S>& own = facts_[m];
      const auto& proof = series_.rounds[m].proof;
      const auto responses = proof.chain_responses.read(32 * begin_, 32 * size_, room);
      if (!responses) return responses.error();
      if (Status read = decode_scalars<S>(*responses, s_hat); !read) return read;
      if (Status read = append(packed, proof.chain_commitments); !read) return read;

      const auto w = scalars_from_seed<S>(own.own_seed, begin_ + 1, size_ + following_);
      const Scalar constant = own.third * own.ratio * own.c;
      const std::vector<Scalar>& s_prime = s_prime_[m];
      for (std::size_t i = 0; i < size_; ++i) {
        scalars[m * size_ + i] = w[i];
        // C-hat_N stands in equation (2) too.
        scalars[(rounds + m) * size_ + i] =
            own.c * w[i] +
            (i + 1 < size_ + following_ ? -(s_prime[i + 1] * w[i + 1]) : own.c * own.second);
        of_generators[i] = of_generators[i] + (constant - own.third * s_prime[i]);
        sums_.minus_generator = sums_.minus_generator + s_hat[i] * w[i];
      }
    }
    for (const ShuffleRound& round : series_.rounds) {
      if (Status read = append(packed, round.proof.chain); !read) return read;
    }
    auto elements = S::decode_packed(packed);
    if (!elements) return std::move(elements).error();
    elements->reserve(scalars.size());
    if (known_generators_.size() > series_.count()) {
      const auto generators = known_generators_.subspan(1 + begin_, size_);
      elements->insert(elements->end(), generators.begin(), generators.end());
    } else {
      const auto generators = S::independent_generators(1 + begin_, size_);
      elements->insert(elements->end(), generators.begin(), generators.end());
    }
    sums_.first = sums_.first + S::sum_vartime(scalars, *elements);
    return ok_status();
  }

  // C_i r c (u_i - t) of every round.
  Status add_permutations() {
    std::string room;
    for (std::size_t m = 0; m < facts_.size(); ++m) {
      const auto packed =
          series_.rounds[m].proof.permutation_commitments.read(32 * begin_, 32 * size_, room);
      if (!packed) return packed.error();
      const auto elements = S::decode_packed(*packed);
      if (!elements) return elements.error();
      std::vector<Scalar> scalars = u_[m];
      for (Scalar& scalar : scalars) scalar = scalar - facts_[m].ratio;
      const std::array sum = {S::sum_vartime(scalars, *elements)};
      const std::array factor = {facts_[m].third * facts_[m].c};
      sums_.first = sums_.first + S::sum_vartime(factor, sum);
    }
    return ok_status();
  }

  // The sums with these scalars over every column of packed ciphertexts.
  Result<std::vector<Element>> column_sums(std::span<const Scalar> scalars,
                                           std::string_view packed) const {
    std::vector<std::vector<Element>> columns;
    for (std::size_t k = 0; k < 2 * series_.width; ++k) {
      auto decoded = S::decode_packed(every_nth(packed, k, 2 * series_.width));
      if (!decoded) return std::move(decoded).error();
      columns.push_back(std::move(*decoded));
    }
    return S::sums_vartime(scalars, columns);
  }

  // e_i y s'_i for the outputs of every round and - e_i y c u_i for its inputs, y being the weight
  // of its equation (4).
  Status add_ciphertexts() {
    std::string packed;
    if (Status read = append(packed, series_.inputs, series_.ciphertext_bytes()); !read) {
      return read;
    }
    const auto inputs = column_sums(u_[0], packed);
    if (!inputs) return inputs.error();

    packed.clear();
    std::vector<Scalar> scalars;
    scalars.reserve(facts_.size() * size_);
    for (std::size_t m = 0; m < facts_.size(); ++m) {
      if (Status read = append(packed, series_.rounds[m].outputs, series_.ciphertext_bytes());
          !read) {
        return read;
      }
      const bool last = m + 1 == facts_.size();
      const Scalar next = last ? Scalar() : facts_[m + 1].fourth * facts_[m + 1].c;
      for (std::size_t i = 0; i < size_; ++i) {
        const Scalar own =
            m == 0 ? s_prime_[m][i] : facts_[m].fourth * s_prime_[m][i];  // its weight is 1
        scalars.push_back(last ? own : own - next * u_[m + 1][i]);
      }
    }
    auto outputs = column_sums(scalars, packed);
    if (!outputs) return std::move(outputs).error();
    const std::array factor = {-facts_[0].c};
    for (std::size_t k = 0; k < outputs->size(); ++k) {
      sums_.second.push_back((*outputs)[k] +
                             S::sum_vartime(factor, std::span(*inputs).subspan(k, 1)));
    }
    return ok_status();
  }

  const ShuffleSeries& series_;
  std::span<const RoundFacts<S>> facts_;
  std::span<const Element> known_generators_;
  std::size_t begin_;
  std::size_t size_;
  std::size_t following_;
  std::vector<std::vector<Scalar>> s_prime_;  // by round; `following_` more than the piece
  std::vector<std::vector<Scalar>> u_;
  PieceSums<S> sums_;
};

// How many ciphertexts make a piece: as many pieces for each thread.
inline std::size_t piece_of(const ShuffleSeries& series, unsigned threads) {
  const std::size_t rounds = series.rounds.size();
  const std::size_t each = std::max(2 * rounds + 1, 2 * series.width * rounds);
  const std::size_t most = std::max<std::size_t>(elements_together / each, 1);
  const std::size_t at_once = std::max(threads, 1U);
  const std::size_t pieces = (series.count() / most / at_once + 1) * at_once;
  return series.count() / pieces + 1;
}

// Whether all rounds of the series hold, without saying which does not.
template <class S>
Status verify_together(const ElementBytes& key_bytes, const typename S::Element& key,
                       const ShuffleSeries& series, const ShuffleWork<S>& work) {
  using Scalar = typename S::Scalar;
  using Element = typename S::Element;
  const std::size_t count = series.count();
  const std::size_t width = series.width;

  std::vector<RoundFacts<S>> facts(series.rounds.size());
  std::vector<std::optional<Error>> errors(series.rounds.size());
  for_each_piece(facts.size(), work.threads, [&](std::size_t m) {
    auto read = RoundFacts<S>::read(key_bytes, series, m);
    if (read) {
      facts[m] = std::move(*read);
    } else {
      errors[m] = std::move(read).error();
    }
  });
  for (const std::optional<Error>& error : errors) {
    if (error) return *error;
  }
  for (std::size_t m = 0; m < facts.size(); ++m) facts[m].draw_weights(count, m == 0);

  const std::size_t piece = work.piece != 0 ? work.piece : piece_of(series, work.threads);
  std::vector<PieceSums<S>> sums((count + piece - 1) / piece);
  for_each_piece(sums.size(), work.threads, [&](std::size_t p) {
    const std::size_t begin = p * piece;
    sums[p] =
        Piece<S>(series, facts, work.generators, begin, std::min(piece, count - begin)).sums();
  });

  Element first{};
  std::vector<Element> second(2 * width);
  Scalar minus_generator;
  std::vector<Scalar> u_products(facts.size(), Scalar::of(1));
  for (const PieceSums<S>& part : sums) {
    if (part.error) return *part.error;
    first = first + part.first;
    minus_generator = minus_generator + part.minus_generator;
    for (std::size_t m = 0; m < facts.size(); ++m) {
      u_products[m] = u_products[m] * part.u_products[m];
    }
    for (std::size_t k = 0; k < 2 * width; ++k) second[k] = second[k] + part.second[k];
  }

  // What stands in the equations once.
  std::vector<Scalar> scalars;
  std::vector<Element> elements;
  Scalar chain_start;  // of H_0
  for (std::size_t m = 0; m < facts.size(); ++m) {
    const RoundFacts<S>& own = facts[m];
    const Scalar of_first = -(own.ratio * own.third);
    minus_generator =
        minus_generator + of_first * own.s[0] + own.second * own.s[1] + own.third * own.s[2];
    for (const auto& [scalar, number] :
         {std::pair(of_first, 0), std::pair(own.second, 1), std::pair(own.third, 2)}) {
      scalars.push_back(scalar);
      elements.push_back(own.t[static_cast<std::size_t>(number)]);
    }
    // H_0 begins the chain (its first link is -s'_1 w_1) and stands in equation (2); for an empty
    // list it is C-hat_N as well.
    chain_start = chain_start - own.c * own.second * u_products[m];
    if (count == 0) {
      chain_start = chain_start + own.c * own.second;
    } else {
      std::string room;
      const auto packed = series.rounds[m].proof.permutation_responses.read(0, 32, room);
      if (!packed) return packed.error();
      const auto response = S::decode_scalar(packed_at(*packed, 0));
      if (!response) return response.error();
      chain_start = chain_start - *response * scalars_from_seed<S>(own.own_seed, 1, 1)[0];
    }
  }
  scalars.push_back(chain_start);
  elements.push_back(S::independent_generators(0, 1)[0]);
  scalars.push_back(-minus_generator);
  elements.push_back(S::generator());
  if (!(first + S::sum_vartime(scalars, elements) == Element())) {
    return Error{ErrorCode::malformed,
                 "the outputs are not shown to be a permutation of the inputs: equation (1), (2), "
                 "(3) or (5) of the proof of the shuffle does not hold"};
  }
  for (std::size_t k = 0; k < 2 * width; ++k) {
    // sum s'_i e'_i - c sum u_i e_i = s4 (G or Y) + T4, in every round
    scalars = {Scalar()};
    elements = {k % 2 == 0 ? S::generator() : key};
    for (const RoundFacts<S>& own : facts) {
      scalars[0] = scalars[0] + own.fourth * own.s[3 + k / 2];
      scalars.push_back(own.fourth);
      elements.push_back(own.t[3 + k]);
    }
    if (!(second[k] == S::sum_vartime(scalars, elements))) {
      return Error{ErrorCode::malformed,
                   "the outputs do not re-encrypt the inputs: equation (4) of the proof of the "
                   "shuffle does not hold"};
    }
  }
  return ok_status();
}

}  // namespace shuffle_detail

template <class S>
std::optional<WrongShuffle> verify_shuffles(const ElementBytes& key_bytes,
                                            const typename S::Element& key,
                                            const ShuffleSeries& series,
                                            const ShuffleWork<S>& work) {
  if (series.rounds.empty()) return std::nullopt;
  Status together = shuffle_detail::verify_together<S>(key_bytes, key, series, work);
  if (together) return std::nullopt;
  if (series.rounds.size() > 1) {
    for (std::size_t m = 0; m < series.rounds.size(); ++m) {
      const ShuffleSeries alone{series.width, series.inputs_of(m), {series.rounds[m]}};
      Status verdict = shuffle_detail::verify_together<S>(key_bytes, key, alone, work);
      if (!verdict) return WrongShuffle{m, std::move(verdict).error()};
    }
  }
  return WrongShuffle{0, std::move(together).error()};
}

template <class S>
Status verify_shuffle(Transcript transcript, const ShuffleStatement& statement,
                      const typename S::Element& key, const ShuffleProofView& proof,
                      const ShuffleWork<S>& work) {
  const ShuffleSeries series{
      statement.width,
      statement.inputs,
      {{std::move(transcript),
        statement.outputs,
        {proof.permutation_commitments, proof.chain, proof.chain_commitments, proof.commitments,
         proof.responses, proof.chain_responses, proof.permutation_responses}}}};
  auto wrong = verify_shuffles<S>(statement.key, key, series, work);
  if (wrong) return std::move(wrong->error);
  return ok_status();
}

}  // namespace urna::proof
