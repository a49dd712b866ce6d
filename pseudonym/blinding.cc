// SPDX-License-Identifier: EUPL-1.2
#include "pseudonym/blinding.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <span>

#include "base/bytes.h"
#include "group/element.h"
#include "group/multiply.h"
#include "proof/suite.h"

namespace urna::pseudonym {
namespace {

using group::Element;
using group::Scalar;
using group::SecretScalar;
using proof::Ristretto;

constexpr std::string_view input_label = "urna/1 pseudonym";

void append_frame(std::string& to, std::string_view data) {
  append_big_endian(to, data.size(), 8);
  to += data;
}

// The inverses of all, by one inversion (Montgomery's trick). One zero makes all of them zero; a
// uniform number is zero with probability 2^-252.
std::vector<SecretScalar> inverses(std::span<const SecretScalar> scalars) {
  std::vector<SecretScalar> result;
  result.reserve(scalars.size());
  SecretScalar product = SecretScalar::from_public(Scalar::of(1));
  for (const SecretScalar& scalar : scalars) {
    result.push_back(product);
    product = product * scalar;
  }
  SecretScalar inverse = product.inverted();
  for (std::size_t i = scalars.size(); i-- > 0;) {
    result[i] = result[i] * inverse;
    inverse = inverse * scalars[i];
  }
  return result;
}

Error about_keeper(ErrorCode code, std::string message, KeeperNumber keeper, std::string remedy) {
  Error error{code, std::move(message), {}, std::move(remedy)};
  error.place.field = "keeper " + std::to_string(keeper.value);
  return error;
}

Status check_answers(const KeeperGroup& group, std::string_view blinded,
                     std::span<const EvaluateResponse> answers) {
  std::vector<KeeperNumber> seen;
  for (const EvaluateResponse& answer : answers) {
    if (!group.has(answer.keeper) || std::ranges::count(seen, answer.keeper) != 0) {
      return about_keeper(ErrorCode::conflict,
                          "an answer of a keeper that is not of the group, or a second one",
                          answer.keeper, "ask each keeper of the group once");
    }
    seen.push_back(answer.keeper);
    if (!verify_evaluation(group.share_key(answer.keeper), blinded, answer.evaluation)) {
      return about_keeper(ErrorCode::malformed,
                          "the answer is not that of this keeper's share to what was asked",
                          answer.keeper, "ask another keeper, and see whose fault it is");
    }
  }
  if (answers.size() < group.threshold()) {
    return Error{ErrorCode::limit,
                 std::to_string(answers.size()) + " keepers answered, " +
                     std::to_string(group.threshold()) + " must",
                 {},
                 "try again when more keepers answer"};
  }
  return ok_status();
}

// The Lagrange coefficients at 0 of some keepers as whole numbers over one denominator. For every
// set of at most sixteen keepers numerators are below 2^24 and the denominator is below 2^18.
struct Weights {
  std::vector<std::int64_t> numerators;
  std::int64_t denominator = 1;
};

Weights weights_of(std::span<const EvaluateResponse> answers) {
  static_assert(keepers_max == 16, "a product of fifteen numbers up to 16 fits into 64 bits");
  Weights weights;
  std::vector<std::int64_t> denominators;
  for (const EvaluateResponse& answer : answers) {
    const std::int64_t own = answer.keeper.value;
    std::int64_t numerator = 1;
    std::int64_t denominator = 1;
    for (const EvaluateResponse& other : answers) {
      if (other.keeper == answer.keeper) continue;
      numerator *= other.keeper.value;
      denominator *= other.keeper.value - own;
    }
    const std::int64_t common = std::gcd(numerator, denominator) * (denominator < 0 ? -1 : 1);
    weights.numerators.push_back(numerator / common);
    denominators.push_back(denominator / common);
    weights.denominator = std::lcm(weights.denominator, denominators.back());
  }
  for (std::size_t j = 0; j < denominators.size(); ++j)
    weights.numerators[j] *= weights.denominator / denominators[j];
  return weights;
}

// Variable time.
Element small_multiple(std::int64_t factor, const Element& element) {
  const auto magnitude = static_cast<std::uint64_t>(std::abs(factor));
  Element multiple;
  for (auto bit = static_cast<unsigned>(std::bit_width(magnitude)); bit-- > 0;) {
    multiple = multiple + multiple;
    if ((magnitude >> bit & 1U) != 0) multiple = multiple + element;
  }
  return factor < 0 ? -multiple : multiple;
}

// What the keepers' key makes of what they were asked, times a number.
struct Combined {
  std::vector<Element> elements;
  Scalar inverse = Scalar::of(1);  // of that number
};

// From answers that are verified, one of each keeper. They are blinded, and the coefficients known:
// nothing is secret.
Combined combine_vartime(std::span<const EvaluateResponse> answers) {
  const Weights weights = weights_of(answers);
  Combined combined;
  combined.inverse = Scalar::of(static_cast<std::uint64_t>(weights.denominator)).inverted().value();
  for (std::size_t j = 0; j < answers.size(); ++j) {
    const std::vector<Element> parts =
        group::decode_packed(answers[j].evaluation.evaluated).value();
    combined.elements.resize(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Element& element = combined.elements[i];
      element = element + small_multiple(weights.numerators[j], parts[i]);
    }
  }
  return combined;
}

}  // namespace

Result<SecretBytes> pseudonym_input(std::string_view edition, std::string_view identifier) {
  if (edition.empty() || edition.size() > edition_bytes_max || identifier.empty() ||
      identifier.size() > identifier_bytes_max) {
    return Error{ErrorCode::limit,
                 "an edition's name of 1 to 128 bytes and an identifier of 1 to 1024 are needed"};
  }
  std::string input;
  input.reserve(3 * 8 + input_label.size() + edition.size() + identifier.size());
  append_frame(input, input_label);
  append_frame(input, edition);
  append_frame(input, identifier);
  return SecretBytes(std::move(input));
}

Result<std::string> combine_answers(const KeeperGroup& keepers, std::string_view blinded,
                                    std::span<const EvaluateResponse> answers) {
  if (Status right = check_answers(keepers, blinded, answers); !right) {
    return std::move(right).error();
  }
  const Combined combined = combine_vartime(answers.first(keepers.threshold()));
  if (combined.inverse == Scalar::of(1)) return group::encode_packed(combined.elements);
  const SecretScalar half = SecretScalar::from_public(combined.inverse * Scalar::half());
  return group::encode_doubled_packed(group::mul_all(half, combined.elements));
}

PseudonymBytes pseudonym_of(const Output& output) {
  return array_of<32>(view_of(output).substr(0, 32));
}

Result<Blinding> Blinding::of(std::span<const std::string_view> inputs) {
  return with_blinds(inputs, Ristretto::random_secrets(inputs.size()));
}

Result<Blinding> Blinding::with_blinds(std::span<const std::string_view> inputs,
                                       std::vector<SecretScalar> blinds) {
  if (blinds.size() != inputs.size()) {
    stop_on_broken_precondition("Blinding: one blind for each input");
  }
  std::size_t bytes = 0;
  for (const std::string_view input : inputs) bytes += input.size();
  if (inputs.empty() || inputs.size() > batch_max ||
      std::ranges::any_of(inputs, [](auto input) { return input.size() > input_bytes_max; })) {
    return Error{ErrorCode::limit, "not 1 to " + std::to_string(batch_max) + " inputs of at most " +
                                       std::to_string(input_bytes_max) + " bytes"};
  }
  Blinding made;
  std::string joined;
  joined.reserve(bytes);
  for (const std::string_view input : inputs) {
    joined += input;
    made.ends_.push_back(joined.size());
  }
  made.inputs_ = SecretBytes(std::move(joined));

  // Doubles are encoded many times faster than elements are.
  std::vector<SecretScalar> halves;
  halves.reserve(blinds.size());
  for (const SecretScalar& blind : blinds) halves.push_back(Scalar::half() * blind);
  made.blinded_ = group::encode_doubled_packed(group::mul_each(halves, hash_to_elements(inputs)));
  made.blinds_ = std::move(blinds);
  return made;
}

Result<std::vector<Output>> Blinding::finalize(const KeeperGroup& group,
                                               std::span<const EvaluateResponse> answers) const {
  if (Status right = check_answers(group, blinded_, answers); !right) {
    return std::move(right).error();
  }
  const Combined combined = combine_vartime(answers.first(group.threshold()));
  // Half of them without the blinds, since doubles are encoded faster.
  const Scalar half = combined.inverse * Scalar::half();
  std::vector<SecretScalar> scalars = inverses(blinds_);
  for (SecretScalar& scalar : scalars) scalar = half * scalar;
  const std::vector<ElementBytes> unblinded =
      group::encode_doubled_all(group::mul_each(scalars, combined.elements));

  std::vector<Output> outputs;
  outputs.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    outputs.push_back(output_of(inputs_.view().substr(begin, ends_[i] - begin), unblinded[i]));
  }
  return outputs;
}

}  // namespace urna::pseudonym
