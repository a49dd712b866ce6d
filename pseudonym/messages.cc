// SPDX-License-Identifier: EUPL-1.2
#include "pseudonym/messages.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/cbor.h"

namespace urna::pseudonym {
namespace {

constexpr std::string_view request_kind = "evaluate";
constexpr std::string_view response_kind = "evaluated";
constexpr std::size_t purpose_bytes_max = 16;
constexpr std::array<std::string_view, purposes> purpose_names = {"roll-import", "certification",
                                                                  "list-check", "case"};
constexpr std::size_t case_number_bytes_max = 11;

bool is_case_number(std::string_view text) {
  return !text.empty() && text.size() <= case_number_bytes_max &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

void read_kind(CborReader& in, std::string_view kind) {
  in.key(0);
  in.require(in.text(kind.size()) == kind, "a message of another kind");
}

std::string read_elements(CborReader& in) {
  const std::string_view packed = in.bytes(batch_max * sizeof(ElementBytes));
  in.require(!packed.empty() && packed.size() % sizeof(ElementBytes) == 0,
             "expected elements of 32 bytes, at least one");
  return std::string(packed);
}

}  // namespace

std::string_view to_string(Purpose purpose) {
  return purpose_names[static_cast<std::size_t>(purpose)];
}

Result<Purpose> parse_purpose(std::string_view text) {
  for (std::size_t i = 0; i < purposes; ++i) {
    if (purpose_names[i] == text) return static_cast<Purpose>(i);
  }
  return Error{ErrorCode::malformed,
               "an unknown purpose of pseudonyms",
               {},
               "name roll-import, certification, list-check or case"};
}

std::string purpose_text(const EvaluateRequest& request) {
  std::string text(to_string(request.purpose));
  if (request.purpose == Purpose::case_file) text += " " + request.case_number;
  return text;
}

std::string encode(const EvaluateRequest& request) {
  const bool mandated = request.purpose == Purpose::list_check;
  CborWriter out;
  out.map(mandated ? 5 : 4);
  out.key(0);
  out.text(request_kind);
  out.key(1);
  out.text(purpose_text(request));
  out.key(2);
  out.bytes(view_of(request.group_key));
  out.key(3);
  out.bytes(request.blinded);
  if (mandated) {
    out.key(4);
    out.bytes(request.mandate);
  }
  return std::move(out).take();
}

Result<EvaluateRequest> decode_evaluate_request(std::string_view bytes) {
  CborReader in(bytes);
  EvaluateRequest request;
  std::size_t optional = in.map_with_optional(4, 1);
  read_kind(in, request_kind);
  in.key(1);
  const std::string_view words = in.text(purpose_bytes_max);
  const std::size_t blank = std::min(words.find(' '), words.size());
  const Result<Purpose> purpose = parse_purpose(words.substr(0, blank));
  in.require(purpose.ok(), "an unknown purpose");
  if (purpose) request.purpose = *purpose;
  if (blank < words.size()) request.case_number = std::string(words.substr(blank + 1));
  in.require(request.purpose == Purpose::case_file ? is_case_number(request.case_number)
                                                   : blank == words.size(),
             "a case with its number, or another purpose without one");
  in.key(2);
  request.group_key = in.fixed_bytes<sizeof(ElementBytes)>();
  in.key(3);
  request.blinded = read_elements(in);
  const bool mandated = in.optional_key(4, optional);
  if (mandated) request.mandate = std::string(in.bytes(request_mandate_bytes_max));
  in.require(mandated == (request.purpose == Purpose::list_check),
             "a mandate goes with a list check, and with nothing else");
  in.end_optional(optional);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return request;
}

std::string encode(const EvaluateResponse& response) {
  CborWriter out;
  out.map(4);
  out.key(0);
  out.text(response_kind);
  out.key(1);
  out.unsigned_integer(response.keeper.value);
  out.key(2);
  out.bytes(response.evaluation.evaluated);
  out.key(3);
  out.bytes(view_of(response.evaluation.proof));
  return std::move(out).take();
}

Result<EvaluateResponse> decode_evaluate_response(std::string_view bytes) {
  CborReader in(bytes);
  EvaluateResponse response;
  in.map(4);
  read_kind(in, response_kind);
  in.key(1);
  response.keeper.value = static_cast<std::uint8_t>(in.unsigned_integer(keepers_max));
  in.require(response.keeper.value >= 1, "keepers are numbered from 1");
  in.key(2);
  response.evaluation.evaluated = read_elements(in);
  in.key(3);
  response.evaluation.proof = in.fixed_bytes<64>();
  if (Status end = in.finish(); !end) return std::move(end).error();
  return response;
}

}  // namespace urna::pseudonym
