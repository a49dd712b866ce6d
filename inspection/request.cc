// SPDX-License-Identifier: EUPL-1.2
#include "inspection/request.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "proof/transcript.h"
#include "protection/mandate.h"

namespace urna::inspection {
namespace {

constexpr std::string_view request_kind = "urna inspection read";
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t fields_max = 64;

void write_body(CborWriter& out, const ReadRequest& request) {
  out.key(0);
  out.text(request_kind);
  out.key(1);
  out.bytes(request.mandate);
  out.key(2);
  out.text(request.set);
  out.key(3);
  out.array(request.fields.size());
  for (const std::string& field : request.fields) out.text(field);
  out.key(4);
  out.unsigned_integer(request.from);
  out.key(5);
  out.unsigned_integer(request.to);
  out.key(6);
  out.unsigned_integer(request.time);
  out.key(7);
  out.bytes(view_of(request.number));
  out.key(8);
  out.bytes(view_of(request.inspector));
}

proof::Transcript transcript_of(const ReadRequest& request) {
  CborWriter body;
  body.map(9);
  write_body(body, request);
  proof::Transcript transcript("inspection read");
  transcript.append("body", body.data());
  return transcript;
}

}  // namespace

void sign(ReadRequest& request, const proof::SigningKey& inspector) {
  request.inspector = inspector.key;
  request.signature = proof::sign(inspector, transcript_of(request));
}

bool is_signed(const ReadRequest& request) {
  return proof::verify_signature(request.inspector, transcript_of(request), request.signature);
}

std::string encode(const ReadRequest& request) {
  CborWriter out;
  out.map(10);
  write_body(out, request);
  out.key(9);
  out.bytes(view_of(request.signature));
  return std::move(out).take();
}

Result<ReadRequest> decode_read_request(std::string_view bytes) {
  CborReader in(bytes);
  ReadRequest request;
  in.map(10);
  in.key(0);
  in.require(in.text(request_kind.size()) == request_kind, "expected a request to read");
  in.key(1);
  request.mandate = std::string(in.bytes(protection::mandate_bytes_max));
  in.key(2);
  request.set = std::string(in.text(name_bytes_max));
  in.key(3);
  request.fields.resize(in.array(fields_max));
  for (std::string& field : request.fields) field = std::string(in.text(name_bytes_max));
  in.require(protection::is_scope_name(request.set) && !request.fields.empty() &&
                 std::ranges::all_of(request.fields, protection::is_scope_name) &&
                 std::ranges::adjacent_find(request.fields, std::ranges::greater_equal()) ==
                     request.fields.end(),
             "expected a data set and different fields in order");
  in.key(4);
  request.from = in.unsigned_integer(number_max);
  in.key(5);
  request.to = in.unsigned_integer(number_max);
  in.key(6);
  request.time = in.unsigned_integer(number_max);
  in.key(7);
  request.number = in.fixed_bytes<16>();
  in.key(8);
  request.inspector = in.fixed_bytes<32>();
  in.key(9);
  request.signature = in.fixed_bytes<64>();
  if (Status end = in.finish(); !end) return std::move(end).error();
  return request;
}

}  // namespace urna::inspection
