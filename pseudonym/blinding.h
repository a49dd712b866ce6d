// SPDX-License-Identifier: EUPL-1.2
// The side of who asks for pseudonyms: inputs are blinded, keepers answer, and the answers of as
// many as the threshold says become the function's outputs.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "group/scalar.h"
#include "pseudonym/keeper_group.h"
#include "pseudonym/messages.h"
#include "pseudonym/types.h"

namespace urna::pseudonym {

inline constexpr std::size_t edition_bytes_max = 128;
inline constexpr std::size_t identifier_bytes_max = 1024;

// What the function is given for a person: the edition and the normalised identifier, each with its
// length, so that the pseudonyms of two editions have nothing in common for who lacks the key.
// frame("urna/1 pseudonym") || frame(edition) || frame(identifier), with frame() of
// docs/protocol.md section 3.2. Error: limit (empty, or longer than the maxima above).
[[nodiscard]] Result<SecretBytes> pseudonym_input(std::string_view edition,
                                                  std::string_view identifier);

// The first 32 bytes of the output, which RFC 9497 has 64 of.
[[nodiscard]] PseudonymBytes pseudonym_of(const Output& output);

// The key times each of the blinded elements, packed in their order, of the answers of as many
// keepers as must; every answer is verified first. Errors as Blinding::finalize(). For lists that
// stay blinded (list_check.h).
[[nodiscard]] Result<std::string> combine_answers(const KeeperGroup& keepers,
                                                  std::string_view blinded,
                                                  std::span<const EvaluateResponse> answers);

// Inputs on their way through the keepers: the inputs and the blinds are secret and wiped. The
// blinded elements are uniform and independent of the inputs; keepers and who listens learn their
// number only.
//
// Each input is blinded by its own factor, as in RFC 9497 section 3.3.2; outputs are those of the
// RFC for the key that the keepers share.
class Blinding {
 public:
  // Errors: limit (no input, more than batch_max, or one longer than input_bytes_max). Constant
  // time for inputs of the same lengths. 6 us each with the ifma backend.
  [[nodiscard]] static Result<Blinding> of(std::span<const std::string_view> inputs);
  // The same with given blinds, for test vectors. Precondition (else the program stops): one for
  // each input.
  [[nodiscard]] static Result<Blinding> with_blinds(std::span<const std::string_view> inputs,
                                                    std::vector<group::SecretScalar> blinds);

  // Packed, in the order of the inputs: field 3 of the request to every keeper.
  [[nodiscard]] const std::string& blinded() const { return blinded_; }
  [[nodiscard]] std::size_t size() const { return blinds_.size(); }

  // Verifies every answer against its keeper's public key and combines the first t of them: the
  // outputs in the order of the inputs. Any t keepers give the same. Errors, naming the keeper in
  // field: malformed (its proof or its number of elements is wrong), conflict (it is not of the
  // group, or answered twice); limit (fewer than t answers). Constant time in inputs and blinds.
  // For each input of a large batch 3 us for each answer and 5 us for each of the t, with the ifma
  // backend.
  [[nodiscard]] Result<std::vector<Output>> finalize(
      const KeeperGroup& group, std::span<const EvaluateResponse> answers) const;

 private:
  Blinding() = default;

  SecretBytes inputs_;             // one after the other
  std::vector<std::size_t> ends_;  // of each in inputs_
  std::vector<group::SecretScalar> blinds_;
  std::string blinded_;
};

}  // namespace urna::pseudonym
