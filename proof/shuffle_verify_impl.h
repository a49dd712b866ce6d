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
// about 270 bytes each and 128 more where a list has two columns, times the threads.
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

// What one task contributes.
template <class S>
struct TaskSums {
  std::optional<Error> error;
  typename S::Element first{};                      // of equations (1), (2), (3), (5)
  typename S::Scalar minus_generator{};             // scalar of -G in it
  typename S::Scalar u_product = S::Scalar::of(1);  // of the u_i of the task's round
  std::vector<typename S::Element> second{};        // of equations (4), by column
  std::vector<typename S::Addends> outputs{};       // the last ones, if they are kept, by column
};

// The lists of all rounds that are summed together: each kind in pieces of its own length, so that
// all sums are as long as is best.
enum class Lists : std::uint8_t {
  chains,        // C-hat and T-hat of all rounds, and the generators
  outputs,       // of all rounds, alphas and betas apart
  permutations,  // C of one round
  inputs,        // of the first round, alphas and betas apart
};

// The ciphertexts begin … begin + size - 1 of some lists.
struct Task {
  Lists lists = Lists::chains;
  std::size_t round = 0;  // of permutations
  std::size_t begin = 0;
  std::size_t size = 0;
};

// The work on one task.
template <class S>
class TaskWork {
 public:
  using Scalar = typename S::Scalar;
  using Element = typename S::Element;
  using Addends = typename S::Addends;
  // The lists of elements of a task, whose memory serves the next one.
  using Room = std::vector<Addends>;

  TaskWork(const ShuffleSeries& series, std::span<const RoundFacts<S>> facts,
           const ShuffleWork<S>& work, const Task& task, Room& room)
      : series_(series),
        facts_(facts),
        work_(work),
        room_(room),
        lists_(task.lists),
        round_(task.round),
        begin_(task.begin),
        size_(task.size),
        // The scalar s'_i of the first item of the next piece stands with this piece's last element
        // of the chain.
        following_(begin_ + size_ < series.count() ? 1 : 0) {}

  TaskSums<S> sums() && {
    Status done = ok_status();
    switch (lists_) {
      case Lists::chains:
        done = add_chains();
        break;
      case Lists::outputs:
        done = add_outputs();
        break;
      case Lists::permutations:
        done = add_permutation();
        break;
      case Lists::inputs:
        done = add_inputs();
        break;
    }
    if (!done) sums_.error = std::move(done).error();
    return std::move(sums_);
  }

 private:
  // This piece of a list whose items have `item_bytes`, perhaps in `room`.
  [[nodiscard]] Result<std::string_view> read(const ByteSource& list, std::string& room,
                                              std::size_t item_bytes = 32) const {
    return list.read(begin_ * item_bytes, size_ * item_bytes, room);
  }
  [[nodiscard]] Status append(Addends& to, const ByteSource& list) const {
    std::string room;
    const auto packed = read(list, room);
    if (!packed) return packed.error();
    return S::append_packed(to, *packed);
  }
  // s'_i of a round, and one more if more follow.
  [[nodiscard]] Status read_permutation_responses(std::size_t round,
                                                  std::vector<Scalar>& s_prime) const {
    std::string room;
    const auto packed = series_.rounds[round].proof.permutation_responses.read(
        32 * begin_, 32 * (size_ + following_), room);
    if (!packed) return packed.error();
    return decode_scalars<S>(*packed, s_prime);
  }
  [[nodiscard]] std::vector<Scalar> u(std::size_t round) const {
    return scalars_from_seed<S>(facts_[round].u_seed, begin_, size_);
  }

  // T-hat_i w_i + C-hat_i (c w_i - s'_{i+1} w_{i+1}) - G s-hat_i w_i of every round, and
  // H_i times the sum of r (t c - s'_i) over all rounds.
  Status add_chains() {
    const std::size_t rounds = facts_.size();
    std::vector<Scalar> scalars((2 * rounds + 1) * size_);
    const std::span of_generators = std::span(scalars).last(size_);
    Addends& elements = columns(1, scalars.size())[0];
    std::string room;
    std::vector<Scalar> s_hat;
    std::vector<Scalar> s_prime;
    for (std::size_t m = 0; m < rounds; ++m) {
      const RoundFacts<S>& own = facts_[m];
      const auto& proof = series_.rounds[m].proof;
      const auto responses = read(proof.chain_responses, room);
      if (!responses) return responses.error();
      if (Status read = decode_scalars<S>(*responses, s_hat); !read) return read;
      if (Status read = read_permutation_responses(m, s_prime); !read) return read;
      if (Status read = append(elements, proof.chain_commitments); !read) return read;

      const auto w = scalars_from_seed<S>(own.own_seed, begin_ + 1, size_ + following_);
      const Scalar constant = own.third * own.ratio * own.c;
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
      if (Status read = append(elements, round.proof.chain); !read) return read;
    }
    if (work_.generators != nullptr) {
      elements.append(std::span(*work_.generators).subspan(1 + begin_, size_));
    } else {
      elements.append(S::independent_generators(1 + begin_, size_));
    }
    sums_.first = S::sum_vartime(scalars, elements);
    return ok_status();
  }

  // C_i r c (u_i - t) of a round.
  Status add_permutation() {
    const RoundFacts<S>& own = facts_[round_];
    Addends& elements = columns(1, size_)[0];
    if (Status read = append(elements, series_.rounds[round_].proof.permutation_commitments);
        !read) {
      return read;
    }
    std::vector<Scalar> scalars = u(round_);
    for (Scalar& scalar : scalars) {
      sums_.u_product = sums_.u_product * scalar;
      scalar = scalar - own.ratio;
    }
    const std::array sum = {S::sum_vartime(scalars, elements)};
    const std::array factor = {own.third * own.c};
    sums_.first = S::sum_vartime(factor, sum);
    return ok_status();
  }

  // So many empty lists with room for `length` elements each.
  [[nodiscard]] std::span<Addends> columns(std::size_t count, std::size_t length) {
    if (room_.size() < count) room_.resize(count);
    const std::span columns = std::span(room_).first(count);
    for (Addends& column : columns) {
      column.clear();
      column.reserve(length);
    }
    return columns;
  }
  // Every column of the ciphertexts of a list.
  [[nodiscard]] Status append_ciphertexts(std::span<Addends> to, const ByteSource& list) const {
    std::string room;
    const auto packed = read(list, room, series_.ciphertext_bytes());
    if (!packed) return packed.error();
    for (std::size_t k = 0; k < to.size(); ++k) {
      if (Status read = S::append_packed(to[k], *packed, k, to.size()); !read) return read;
    }
    return ok_status();
  }

  // - e_i c u_i for the inputs of the first round, the weight of whose equation (4) is 1.
  Status add_inputs() {
    const std::span<Addends> elements = columns(2 * series_.width, size_);
    if (Status read = append_ciphertexts(elements, series_.inputs); !read) return read;
    const std::array factor = {-facts_[0].c};
    for (const Element& sum : S::sums_vartime(u(0), elements)) {
      sums_.second.push_back(S::sum_vartime(factor, std::array{sum}));
    }
    return ok_status();
  }

  // e_i y s'_i for the outputs of every round, y being the weight of its equation (4), less
  // e_i y c u_i of the next round, of which they are the inputs.
  Status add_outputs() {
    const std::span<Addends> elements = columns(2 * series_.width, facts_.size() * size_);
    std::vector<Scalar> scalars;
    scalars.reserve(facts_.size() * size_);
    std::vector<Scalar> s_prime;
    for (std::size_t m = 0; m < facts_.size(); ++m) {
      if (Status read = append_ciphertexts(elements, series_.rounds[m].outputs); !read) return read;
      if (Status read = read_permutation_responses(m, s_prime); !read) return read;
      const bool last = m + 1 == facts_.size();
      const Scalar next = last ? Scalar() : facts_[m + 1].fourth * facts_[m + 1].c;
      const std::vector<Scalar> next_u = last ? std::vector<Scalar>() : u(m + 1);
      for (std::size_t i = 0; i < size_; ++i) {
        const Scalar own = m == 0 ? s_prime[i] : facts_[m].fourth * s_prime[i];  // its weight is 1
        scalars.push_back(last ? own : own - next * next_u[i]);
      }
    }
    sums_.second = S::sums_vartime(scalars, elements);
    if (work_.keep_outputs) {
      sums_.outputs.resize(elements.size());
      for (std::size_t k = 0; k < elements.size(); ++k)
        sums_.outputs[k].append(elements[k], (facts_.size() - 1) * size_, size_);
    }
    return ok_status();
  }

  const ShuffleSeries& series_;
  std::span<const RoundFacts<S>> facts_;
  const ShuffleWork<S>& work_;
  Room& room_;
  Lists lists_;
  std::size_t round_;
  std::size_t begin_;
  std::size_t size_;
  std::size_t following_;
  TaskSums<S> sums_;
};

// Appends the tasks for lists of `count` ciphertexts that bring `each` elements for every one of
// them (more than there are make shorter tasks): as many tasks for each thread. With `piece` other
// than zero, that many ciphertexts a task.
inline void append_tasks(std::vector<Task>& tasks, Task task, std::size_t count, std::size_t each,
                         unsigned threads, std::size_t piece) {
  if (piece == 0) piece = piece_size(count, elements_together / each, threads);
  for (task.begin = 0; task.begin < count; task.begin += piece) {
    task.size = std::min(piece, count - task.begin);
    tasks.push_back(task);
  }
}

// The longest come first and short ones last, so that threads finish together.
inline std::vector<Task> tasks_of(const ShuffleSeries& series, unsigned threads,
                                  std::size_t piece) {
  const std::size_t rounds = series.rounds.size();
  const std::size_t count = series.count();
  std::vector<Task> tasks;
  append_tasks(tasks, {Lists::outputs}, count, rounds * series.width, threads, piece);
  append_tasks(tasks, {Lists::inputs}, count, series.width, threads, piece);
  append_tasks(tasks, {Lists::chains}, count, 2 * rounds + 1, threads, piece);
  for (std::size_t m = 0; m < rounds; ++m)
    append_tasks(tasks, {Lists::permutations, m}, count, m + 1 < rounds ? 1 : 4, threads, piece);
  return tasks;
}

// The pieces in which generators are added to those of the caller.
template <class S>
class MissingGenerators {
 public:
  MissingGenerators(std::vector<typename S::Element>* generators, std::size_t due)
      : generators_(generators), first_(generators == nullptr ? due : generators->size()) {
    if (first_ < due) generators_->resize(due);
    pieces_ = first_ < due ? (due - first_ + piece - 1) / piece : 0;
  }
  [[nodiscard]] std::size_t pieces() const { return pieces_; }
  // For each piece once, in any thread.
  void make(std::size_t number) const {
    const std::size_t first = first_ + piece * number;
    const auto made =
        S::independent_generators(first, std::min(piece, generators_->size() - first));
    std::ranges::copy(made, generators_->begin() + static_cast<std::ptrdiff_t>(first));
  }

 private:
  static constexpr std::size_t piece = 2048;
  std::vector<typename S::Element>* generators_;
  std::size_t first_;
  std::size_t pieces_ = 0;
};

// Whether all rounds of the series hold, without saying which does not; and the last outputs, if
// they are to be kept.
template <class S>
Result<DecodedList<S>> verify_together(const ElementBytes& key_bytes,
                                       const typename S::Element& key, const ShuffleSeries& series,
                                       const ShuffleWork<S>& work) {
  using Scalar = typename S::Scalar;
  using Element = typename S::Element;
  const std::size_t count = series.count();
  const std::size_t width = series.width;

  std::vector<RoundFacts<S>> facts(series.rounds.size());
  std::vector<std::optional<Error>> errors(series.rounds.size());
  const MissingGenerators<S> missing(work.generators, count + 1);
  for_each_piece(facts.size() + missing.pieces(), work.threads, [&](std::size_t m) {
    if (m >= facts.size()) return missing.make(m - facts.size());
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

  const std::vector<Task> tasks = tasks_of(series, work.threads, work.piece);
  std::vector<TaskSums<S>> sums(tasks.size());
  for_each_piece_in<typename TaskWork<S>::Room>(
      tasks.size(), work.threads, [&](std::size_t p, typename TaskWork<S>::Room& room) {
        sums[p] = TaskWork<S>(series, facts, work, tasks[p], room).sums();
      });

  Element first{};
  std::vector<Element> second(2 * width);
  Scalar minus_generator;
  std::vector<Scalar> u_products(facts.size(), Scalar::of(1));
  DecodedList<S> outputs;
  for (std::size_t p = 0; p < tasks.size(); ++p) {
    TaskSums<S>& part = sums[p];
    if (part.error) return *part.error;
    first = first + part.first;
    minus_generator = minus_generator + part.minus_generator;
    Scalar& u_product = u_products[tasks[p].round];
    u_product = u_product * part.u_product;
    for (std::size_t k = 0; k < part.second.size(); ++k) second[k] = second[k] + part.second[k];
    if (!part.outputs.empty())
      outputs.pieces.push_back({tasks[p].begin, tasks[p].size, std::move(part.outputs)});
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
  return outputs;
}

}  // namespace shuffle_detail

template <class S>
VerifiedShuffles<S> verify_shuffles(const ElementBytes& key_bytes, const typename S::Element& key,
                                    const ShuffleSeries& series, const ShuffleWork<S>& work) {
  if (series.rounds.empty()) return {};
  auto together = shuffle_detail::verify_together<S>(key_bytes, key, series, work);
  if (together) return {std::nullopt, std::move(*together)};
  if (series.rounds.size() > 1) {
    for (std::size_t m = 0; m < series.rounds.size(); ++m) {
      const ShuffleSeries alone{series.width, series.inputs_of(m), {series.rounds[m]}};
      auto verdict = shuffle_detail::verify_together<S>(key_bytes, key, alone, work);
      if (!verdict) return {WrongShuffle{m, std::move(verdict).error()}, {}};
    }
  }
  return {WrongShuffle{0, std::move(together).error()}, {}};
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
  auto verified = verify_shuffles<S>(statement.key, key, series, work);
  if (verified.wrong) return std::move(verified.wrong->error);
  return ok_status();
}

}  // namespace urna::proof
