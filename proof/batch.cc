// SPDX-License-Identifier: EUPL-1.2
#include "proof/batch.h"

#include <sodium/randombytes.h>

#include "base/bytes.h"
#include "group/multiply_vartime.h"
#include "proof/equations.h"
#include "proof/weights.h"

namespace urna::proof {

using group::Element;
using group::Scalar;

namespace {

// From so many terms on the elements are first decoded for nothing but the sum of all.
constexpr std::size_t many_terms = 512;

// Transcripts that are hashed together: of the few kinds that there are, enough for eight of one
// length most of the time, and few enough for the second-level cache.
constexpr std::size_t texts_together = 192;

// Whether the elements are given as the same numbers, which is quickly seen. Equal ones may not be.
bool same_point(const Element& a, const Element& b) {
  const auto& p = a.point();
  const auto& q = b.point();
  return p.x.limbs() == q.x.limbs() && p.y.limbs() == q.y.limbs() && p.z.limbs() == q.z.limbs();
}

}  // namespace

Batch::Challenge Batch::challenge(WrittenTranscript transcript, std::string_view name) {
  if (text_ends_.size() == texts_together) compute_challenges();
  texts_ += text_for(std::move(transcript), name);
  text_ends_.push_back(texts_.size());
  return {challenges_ + text_ends_.size() - 1};
}

void Batch::use(Challenge challenge, bool common, std::size_t term) {
  if (challenge.number < challenges_)
    stop_on_broken_precondition("Batch: another challenge was asked for before this one was used");
  uses_.push_back({challenge.number - challenges_, common, term});
}

void Batch::compute_challenges() {
  std::vector<std::string_view> texts;
  texts.reserve(text_ends_.size());
  std::size_t begin = 0;
  for (const std::size_t end : text_ends_) {
    texts.push_back(std::string_view(texts_).substr(begin, end - begin));
    begin = end;
  }
  std::vector<Digest> digests(texts.size());
  sha512_all(texts, digests);
  std::vector<Scalar> scalars;
  scalars.reserve(digests.size());
  for (const Digest& digest : digests) scalars.push_back(Ristretto::scalar_of_digest(digest));
  for (const Use& use : uses_)
    (use.common ? commons_[use.term].scalar : scalars_[use.term]) = scalars[use.text];
  challenges_ += text_ends_.size();
  texts_.clear();
  text_ends_.clear();
  uses_.clear();
}

void Batch::open() { equations_.push_back({subject_, scalars_.size(), commons_.size()}); }

void Batch::add(const Scalar& scalar, const ElementBytes& element) {
  scalars_.push_back(scalar);
  elements_ += view_of(element);
}

void Batch::add(Challenge challenge, const ElementBytes& element) {
  use(challenge, false, scalars_.size());
  add(Scalar(), element);
}

void Batch::add_generator(const Scalar& scalar) { commons_.push_back({0, scalar}); }

void Batch::add_common(const Scalar& scalar, const Element& element) {
  // A handful of keys: the last ones are the likeliest, and mostly given as the same point.
  std::size_t base = common_bases_.size();
  while (base > 0 && !same_point(common_bases_[base - 1], element)) --base;
  if (base == 0) {
    base = common_bases_.size();
    while (base > 0 && !(common_bases_[base - 1] == element)) --base;
  }
  if (base == 0) {
    common_bases_.push_back(element);
    base = common_bases_.size();
  }
  commons_.push_back({base - 1, scalar});
}

void Batch::add_common(Challenge challenge, const Element& element) {
  use(challenge, true, commons_.size());
  add_common(Scalar(), element);
}

void Batch::add_wrong() {
  open();
  add(Scalar(), ElementBytes{});  // the identity, which counts as wrong
}

std::size_t Batch::first_term(std::size_t equation) const {
  return equation < equations_.size() ? equations_[equation].first_term : scalars_.size();
}

std::size_t Batch::first_common(std::size_t equation) const {
  return equation < equations_.size() ? equations_[equation].first_common : commons_.size();
}

Batch::Sum Batch::sum_of(std::size_t begin, std::size_t end,
                         std::span<const Scalar> equation_weights) const {
  const Scalar one = Scalar::of(1);
  Sum sum;
  sum.scalars.reserve(first_term(end) - first_term(begin));
  std::vector<Scalar> common_sums(common_bases_.size());
  for (std::size_t e = begin; e < end; ++e) {
    const Scalar& weight = equation_weights[e];
    for (std::size_t t = first_term(e); t < first_term(e + 1); ++t) {
      sum.scalars.push_back(scalars_[t] == one ? weight : weight * scalars_[t]);
    }
    for (std::size_t t = first_common(e); t < first_common(e + 1); ++t) {
      Scalar& common = common_sums[commons_[t].base];
      common = common + weight * commons_[t].scalar;
    }
  }
  sum.of_commons = group::multi_scalar_multiply_vartime(common_sums, common_bases_);
  return sum;
}

bool Batch::holds(std::size_t begin, std::size_t end, std::span<const Element> elements,
                  std::span<const Scalar> equation_weights) const {
  const Sum sum = sum_of(begin, end, equation_weights);
  const std::span own = elements.subspan(first_term(begin), sum.scalars.size());
  return (group::multi_scalar_multiply_vartime(sum.scalars, own) + sum.of_commons).is_identity();
}

bool Batch::all_hold(std::span<const Scalar> equation_weights) {
  decoded_.clear();
  decoded_.reserve(terms());
  if (!Ristretto::append_packed(decoded_, elements_)) return false;
  const Sum sum = sum_of(0, equations_.size(), equation_weights);
  return (group::multi_scalar_multiply_vartime(sum.scalars, decoded_) + sum.of_commons)
      .is_identity();
}

std::vector<Element> Batch::decode_elements(std::size_t& sound_equations) const {
  sound_equations = equations_.size();
  Result<std::vector<Element>> decoded = group::decode_packed(elements_);
  std::vector<Element> elements(decoded ? std::move(*decoded) : std::vector<Element>());
  const bool one_by_one = elements.size() != scalars_.size();
  elements.resize(scalars_.size());
  for (std::size_t e = 0; e < equations_.size(); ++e) {
    for (std::size_t t = first_term(e); t < first_term(e + 1); ++t) {
      bool undecoded = false;
      if (one_by_one) {
        const Result<Element> element = Ristretto::decode(packed_at(elements_, t));
        undecoded = !element;
        if (element) elements[t] = *element;
      }
      const bool sound = packed_at(elements_, t) != ElementBytes{};
      if (!sound || undecoded) {
        sound_equations = e;
        return elements;
      }
    }
  }
  return elements;
}

void Batch::clear() {
  subject_ = 0;
  equations_.clear();
  scalars_.clear();
  elements_.clear();
  commons_.clear();
  challenges_ = 0;
  common_bases_.resize(1);
}

std::optional<std::uint64_t> Batch::verify() {
  const std::optional<std::uint64_t> wrong = first_wrong();
  clear();
  return wrong;
}

std::optional<std::uint64_t> Batch::first_wrong() {
  compute_challenges();
  Seed seed{};
  randombytes_buf(seed.data(), seed.size());
  const auto equation_weights = scalars_from_seed<Ristretto>(seed, 0, equations_.size());
  if (terms() >= many_terms && all_hold(equation_weights)) return std::nullopt;
  // The first equation with something that is no element ends the list; one before it may be wrong
  // too, and is then the first.
  std::size_t sound_equations = 0;
  const std::vector<Element> elements = decode_elements(sound_equations);
  std::optional<std::uint64_t> culprit;
  if (sound_equations < equations_.size()) culprit = equations_[sound_equations].subject;
  if (!holds(0, sound_equations, elements, equation_weights)) {
    // The first wrong equation lies in [begin, end), and those before begin hold.
    std::size_t begin = 0;
    std::size_t end = sound_equations;
    while (end - begin > 1) {
      const std::size_t middle = begin + (end - begin) / 2;
      if (holds(begin, middle, elements, equation_weights)) {
        begin = middle;
      } else {
        end = middle;
      }
    }
    culprit = equations_[begin].subject;
  }
  return culprit;
}

}  // namespace urna::proof
