// SPDX-License-Identifier: EUPL-1.2
#include "pseudonym/blinding.h"

#include <algorithm>

#include "base/bytes.h"
#include "group/element.h"
#include "group/multiply.h"
#include "proof/sharing.h"
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
  const auto used = answers.first(keepers.threshold());
  std::vector<std::uint64_t> participants;
  for (const EvaluateResponse& answer : used) participants.push_back(answer.keeper.value);
  const std::vector<Scalar> weights = proof::lagrange_at_zero<Ristretto>(participants);
  std::vector<Element> halves(proof::packed_count(blinded));
  for (std::size_t j = 0; j < used.size(); ++j) {
    const SecretScalar weight = SecretScalar::from_public(weights[j] * Scalar::half());
    // Verified above, hence elements.
    const std::vector<Element> parts =
        group::mul_all(weight, group::decode_packed(used[j].evaluation.evaluated).value());
    for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = halves[i] + parts[i];
  }
  return group::encode_doubled_packed(halves);
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
  const auto used = answers.first(group.threshold());
  std::vector<std::uint64_t> participants;
  for (const EvaluateResponse& answer : used) participants.push_back(answer.keeper.value);
  const std::vector<Scalar> weights = proof::lagrange_at_zero<Ristretto>(participants);
  const std::vector<SecretScalar> unblinds = inverses(blinds_);

  // Half of what the answers come to without the blinds: sum of weight / (2 blind) times answer.
  std::vector<Element> halves(size());
  std::vector<SecretScalar> scalars(size());
  for (std::size_t j = 0; j < used.size(); ++j) {
    const Scalar weight = weights[j] * Scalar::half();
    for (std::size_t i = 0; i < size(); ++i) scalars[i] = weight * unblinds[i];
    // Verified above, hence elements.
    const std::vector<Element> evaluated =
        group::decode_packed(used[j].evaluation.evaluated).value();
    const std::vector<Element> parts = group::mul_each(scalars, evaluated);
    for (std::size_t i = 0; i < size(); ++i) halves[i] = halves[i] + parts[i];
  }
  const std::vector<ElementBytes> unblinded = group::encode_doubled_all(halves);

  std::vector<Output> outputs;
  outputs.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    outputs.push_back(output_of(inputs_.view().substr(begin, ends_[i] - begin), unblinded[i]));
  }
  return outputs;
}

}  // namespace urna::pseudonym
