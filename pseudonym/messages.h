// SPDX-License-Identifier: EUPL-1.2
// What goes between who asks for pseudonyms and a keeper, as CBOR. Lengths are checked here; that
// the elements are elements is checked where they are used.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "pseudonym/types.h"
#include "pseudonym/voprf.h"

namespace urna::pseudonym {

// Why pseudonyms are asked for. Keepers allow and count them apart.
enum class Purpose : std::uint8_t {
  roll_import,    // of everybody entitled, before the vote
  certification,  // of one person who votes
  list_check,     // of a list of people whose data may have been abused
  case_file,      // of the people whose votes officials look into
};
inline constexpr std::size_t purposes = 4;

// "roll-import", "certification", "list-check", "case".
[[nodiscard]] std::string_view to_string(Purpose purpose);
// The inverse. Error: malformed.
[[nodiscard]] Result<Purpose> parse_purpose(std::string_view text);

// {0: "evaluate", 1: purpose, 2: public key of the group, 3: packed elements}; of a case the
// purpose is followed by a blank and its number; of a list check there is also 4: the mandate that
// it is under.
struct EvaluateRequest {
  Purpose purpose = Purpose::certification;
  ElementBytes group_key{};
  std::string blinded;           // 1 to batch_max elements
  std::string case_number = {};  // of case_file: 1 to 11 of A-Z, 0-9 and "-"; else empty
  std::string mandate = {};      // of list_check; else empty

  [[nodiscard]] std::size_t count() const { return blinded.size() / sizeof(ElementBytes); }
};

// {0: "evaluated", 1: keeper, 2: packed elements, 3: proof}.
struct EvaluateResponse {
  KeeperNumber keeper;
  Evaluation evaluation;
};

// The greatest length of an encoded message.
inline constexpr std::size_t request_mandate_bytes_max = 16'384;
inline constexpr std::size_t message_bytes_max =
    batch_max * sizeof(ElementBytes) + request_mandate_bytes_max + 256;

// "certification", "case ABCDE-FGHJK" …: what the keepers' log has.
[[nodiscard]] std::string purpose_text(const EvaluateRequest& request);

// Errors of decoding: malformed, for anything but the encoding of such a structure.
[[nodiscard]] std::string encode(const EvaluateRequest& request);
[[nodiscard]] Result<EvaluateRequest> decode_evaluate_request(std::string_view bytes);
[[nodiscard]] std::string encode(const EvaluateResponse& response);
[[nodiscard]] Result<EvaluateResponse> decode_evaluate_response(std::string_view bytes);

}  // namespace urna::pseudonym
