// SPDX-License-Identifier: EUPL-1.2
// Many equations tested by one sum (docs/protocol.md section 4.6; Bellare, Garay, Rabin 1998).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "group/addends.h"
#include "proof/suite.h"
#include "proof/transcript.h"

namespace urna::proof {

// Collects equations over ristretto255. verify() multiplies each by a fresh uniform 128-bit number
// from the operating system and tests the sum, which is the identity with probability 2^-128 if any
// equation is wrong; then it searches for the first wrong one by halves. An element that is not
// one, or is the identity, counts as a wrong equation.
//
// An equation belongs to the subject named last, so that a culprit has a name. 200 bytes per term.
// For public data: variable time.
class Batch {
 public:
  // All equations until the next call are about this subject, e.g. the index of an entry.
  // Subjects must not descend.
  void subject(std::uint64_t subject) { subject_ = subject; }

  // Stands for a challenge whose transcript will be hashed beside others.
  struct Challenge {
    std::size_t number = 0;
  };
  // See EquationSink. Terms whose scalar is 1 cost half as much as others.
  [[nodiscard]] static group::Scalar challenge(Transcript transcript, std::string_view name) {
    return transcript.challenge_scalar(name);
  }
  [[nodiscard]] Challenge challenge(WrittenTranscript transcript, std::string_view name);
  void open();
  void add(const group::Scalar& scalar, const ElementBytes& element);
  void add(Challenge challenge, const ElementBytes& element);
  void add_generator(const group::Scalar& scalar);
  // A term with an element that stands in many equations, such as a key: its scalars are summed.
  // Precondition: not the identity.
  void add_common(const group::Scalar& scalar, const group::Element& element);
  void add_common(Challenge challenge, const group::Element& element);

  // An equation that does not hold: for what is refused without one.
  void add_wrong();

  // The subject of the first wrong equation, if any. The batch is empty afterwards, but keeps its
  // memory for the next equations.
  [[nodiscard]] std::optional<std::uint64_t> verify();

  [[nodiscard]] std::size_t terms() const { return scalars_.size(); }

 private:
  struct Equation {
    std::uint64_t subject = 0;
    std::size_t first_term = 0;
    std::size_t first_common = 0;
  };
  struct CommonTerm {
    std::size_t base = 0;
    group::Scalar scalar;
  };
  // Where a challenge's scalar belongs.
  struct Use {
    std::size_t text = 0;
    bool common = false;
    std::size_t term = 0;
  };
  void use(Challenge challenge, bool common, std::size_t term);
  // Hashes what is written and puts the challenges into their terms.
  void compute_challenges();
  // Where the terms of an equation begin; for the number of equations: where all end.
  [[nodiscard]] std::size_t first_term(std::size_t equation) const;
  [[nodiscard]] std::size_t first_common(std::size_t equation) const;
  // All elements, of which those of the first `sound_equations` equations are elements.
  [[nodiscard]] std::vector<group::Element> decode_elements(std::size_t& sound_equations) const;
  // The weighted sum of the equations begin … end - 1, but for the terms' elements.
  struct Sum {
    std::vector<group::Scalar> scalars;
    group::Element of_commons;
  };
  [[nodiscard]] Sum sum_of(std::size_t begin, std::size_t end,
                           std::span<const group::Scalar> equation_weights) const;
  // Whether every item is an element and the weighted sum of all equations is the identity.
  [[nodiscard]] bool all_hold(std::span<const group::Scalar> equation_weights);
  // Whether the weighted sum of the equations begin … end - 1 is the identity.
  [[nodiscard]] bool holds(std::size_t begin, std::size_t end,
                           std::span<const group::Element> elements,
                           std::span<const group::Scalar> equation_weights) const;
  [[nodiscard]] std::optional<std::uint64_t> first_wrong();
  void clear();

  std::uint64_t subject_ = 0;
  std::vector<Equation> equations_;
  std::vector<group::Scalar> scalars_;
  std::string elements_;  // packed, parallel to scalars_
  std::vector<CommonTerm> commons_;
  // Of the challenges from number challenges_ on, one after another, and where each ends.
  std::string texts_;
  std::vector<std::size_t> text_ends_;
  std::vector<Use> uses_;       // of these
  std::size_t challenges_ = 0;  // computed so far
  std::vector<group::Element> common_bases_ = {group::Element::generator()};
  group::Addends decoded_;  // room of all_hold()
};

}  // namespace urna::proof
