// SPDX-License-Identifier: EUPL-1.2
#include "protection/mandate.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "proof/transcript.h"
#include "protection/controller_signature.h"

namespace urna::protection {
namespace {

constexpr std::string_view kind = "urna mandate";
constexpr std::size_t text_bytes_max = 1024;
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t sets_max = 16;
constexpr std::size_t part_fields_max = 64;
constexpr std::size_t inspectors_max = 16;
constexpr std::array<std::string_view, 10> fault_names = {
    "missing",   "malformed", "not-signed",   "other-parties",    "other-edition",
    "not-begun", "ended",     "out-of-scope", "not-an-inspector", "over-quota"};

bool is_text(std::string_view text) {
  return !text.empty() && text.size() <= text_bytes_max && std::ranges::none_of(text, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7F;
  });
}

Error wrong(const char* field, const char* message) {
  return {ErrorCode::usage, message, {.field = field}, "see docs/listcheck.md"};
}

void write_party(CborWriter& out, const MandateParty& party) {
  out.array(2);
  out.text(party.name);
  out.bytes(view_of(party.key));
}

MandateParty read_party(CborReader& in) {
  in.array_exactly(2);
  MandateParty party;
  party.name = std::string(in.text(text_bytes_max));
  party.key = in.fixed_bytes<32>();
  return party;
}

proof::Transcript transcript_of(const Mandate& mandate) {
  proof::Transcript transcript("mandate");
  transcript.append("hash", view_of(mandate_hash(mandate)));
  return transcript;
}

bool is_signed(const Mandate& mandate, const group::ElementBytes& key,
               const std::optional<proof::Signature>& signature) {
  return signature && proof::verify_signature(key, transcript_of(mandate), *signature);
}

}  // namespace

bool is_scope_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Status names_right(const Mandate& mandate) {
  if (!is_text(mandate.edition)) return wrong("edition", "the mandate names no edition");
  if (!is_text(mandate.path)) return wrong("path", "the mandate names no legal path");
  if (!is_text(mandate.purpose)) return wrong("purpose", "the mandate names no purpose");
  if (!is_text(mandate.inspecting.name) || !is_text(mandate.inspected.name) ||
      mandate.inspecting.key == mandate.inspected.key) {
    return wrong("controllers", "the mandate does not name two controllers with keys of their own");
  }
  if (mandate.scope.empty() && !mandate.list_check) {
    return wrong("scope", "the mandate is for nothing");
  }
  for (const MandateScope& part : mandate.scope) {
    if (!is_scope_name(part.set) || part.fields.empty() || part.from > part.to ||
        !std::ranges::all_of(part.fields, is_scope_name) ||
        std::ranges::adjacent_find(part.fields, std::ranges::greater_equal()) !=
            part.fields.end()) {
      return wrong("scope", "a part of the scope is not a data set with fields and a period");
    }
  }
  for (const MandateParty& inspector : mandate.inspectors) {
    if (!is_text(inspector.name)) return wrong("inspectors", "an inspector has no name");
  }
  if (!mandate.scope.empty() && (mandate.inspectors.empty() || mandate.rows_most == 0)) {
    return wrong("inspectors", "a mandate to read names inspectors and how many rows");
  }
  if (mandate.begins > mandate.ends) return wrong("ends", "the mandate ends before it begins");
  if (const auto& list = mandate.list_check;
      list && (list->list_least == 0 || list->list_least > list->list_most ||
               list->evaluations < list->list_most || list->number == 0)) {
    return wrong("list_check", "the numbers of the list check contradict each other");
  }
  return ok_status();
}

std::string encode(const Mandate& mandate) {
  CborWriter out;
  out.map(13);
  out.key(0);
  out.text(kind);
  out.key(1);
  out.text(mandate.edition);
  out.key(2);
  out.text(mandate.path);
  out.key(3);
  out.text(mandate.purpose);
  out.key(4);
  write_party(out, mandate.inspecting);
  out.key(5);
  write_party(out, mandate.inspected);
  out.key(6);
  out.array(mandate.scope.size());
  for (const MandateScope& part : mandate.scope) {
    out.array(4);
    out.text(part.set);
    out.array(part.fields.size());
    for (const std::string& field : part.fields) out.text(field);
    out.unsigned_integer(part.from);
    out.unsigned_integer(part.to);
  }
  out.key(7);
  out.array(mandate.inspectors.size());
  for (const MandateParty& inspector : mandate.inspectors) write_party(out, inspector);
  out.key(8);
  out.unsigned_integer(mandate.begins);
  out.key(9);
  out.unsigned_integer(mandate.ends);
  out.key(10);
  out.unsigned_integer(mandate.rows_most);
  out.key(11);
  if (mandate.list_check) {
    out.array(4);
    out.unsigned_integer(mandate.list_check->list_least);
    out.unsigned_integer(mandate.list_check->list_most);
    out.unsigned_integer(mandate.list_check->evaluations);
    out.unsigned_integer(mandate.list_check->number);
  } else {
    out.null();
  }
  out.key(12);
  out.array(2);
  write_signature(out, mandate.by_inspecting);
  write_signature(out, mandate.by_inspected);
  return std::move(out).take();
}

Result<Mandate> decode_mandate(std::string_view bytes) {
  if (bytes.size() > mandate_bytes_max) {
    return Error{ErrorCode::malformed, "a mandate is not as long as that"};
  }
  CborReader in(bytes);
  Mandate mandate;
  in.map(13);
  in.key(0);
  in.require(in.text(kind.size()) == kind, "expected a mandate");
  in.key(1);
  mandate.edition = std::string(in.text(text_bytes_max));
  in.key(2);
  mandate.path = std::string(in.text(text_bytes_max));
  in.key(3);
  mandate.purpose = std::string(in.text(text_bytes_max));
  in.key(4);
  mandate.inspecting = read_party(in);
  in.key(5);
  mandate.inspected = read_party(in);
  in.key(6);
  mandate.scope.resize(in.array(sets_max));
  for (MandateScope& part : mandate.scope) {
    in.array_exactly(4);
    part.set = std::string(in.text(name_bytes_max));
    part.fields.resize(in.array(part_fields_max));
    for (std::string& field : part.fields) field = std::string(in.text(name_bytes_max));
    part.from = in.unsigned_integer(number_max);
    part.to = in.unsigned_integer(number_max);
  }
  in.key(7);
  mandate.inspectors.resize(in.array(inspectors_max));
  for (MandateParty& inspector : mandate.inspectors) inspector = read_party(in);
  in.key(8);
  mandate.begins = in.unsigned_integer(number_max);
  in.key(9);
  mandate.ends = in.unsigned_integer(number_max);
  in.key(10);
  mandate.rows_most = in.unsigned_integer(number_max);
  in.key(11);
  if (in.next_is_null()) {
    in.null();
  } else {
    in.array_exactly(4);
    MandateListCheck list;
    list.list_least = in.unsigned_integer(number_max);
    list.list_most = in.unsigned_integer(number_max);
    list.evaluations = in.unsigned_integer(number_max);
    list.number = in.unsigned_integer(number_max);
    mandate.list_check = list;
  }
  in.key(12);
  in.array_exactly(2);
  mandate.by_inspecting = read_signature(in);
  mandate.by_inspected = read_signature(in);
  if (Status end = in.finish(); !end) return std::move(end).error();
  if (Status right = names_right(mandate); !right) {
    Error error = std::move(right).error();
    error.code = ErrorCode::malformed;
    return error;
  }
  return mandate;
}

Sha256Digest mandate_hash(const Mandate& mandate) {
  Mandate bare = mandate;
  bare.by_inspecting.reset();
  bare.by_inspected.reset();
  return sha256(encode(bare));
}

std::string mandate_word(const Sha256Digest& hash) { return to_hex(view_of(hash).substr(0, 8)); }

Status sign(Mandate& mandate, const proof::SigningKey& key) {
  if (key.key == mandate.inspecting.key) {
    mandate.by_inspecting = proof::sign(key, transcript_of(mandate));
  } else if (key.key == mandate.inspected.key) {
    mandate.by_inspected = proof::sign(key, transcript_of(mandate));
  } else {
    return Error{ErrorCode::conflict,
                 "this key is of neither controller that the mandate names",
                 {},
                 "sign with the key whose public part is in the mandate"};
  }
  return ok_status();
}

std::string_view to_string(MandateFault fault) {
  return fault_names[static_cast<std::size_t>(fault)];
}

std::optional<MandateFault> find_fault(const Mandate& mandate, const MandateTrust& trust,
                                       std::uint64_t now) {
  if (!is_signed(mandate, mandate.inspecting.key, mandate.by_inspecting) ||
      !is_signed(mandate, mandate.inspected.key, mandate.by_inspected)) {
    return MandateFault::not_signed;
  }
  if (mandate.inspecting.key != trust.inspecting || mandate.inspected.key != trust.inspected) {
    return MandateFault::other_parties;
  }
  if (mandate.edition != trust.edition) return MandateFault::other_edition;
  if (now < mandate.begins) return MandateFault::not_begun;
  if (now > mandate.ends) return MandateFault::ended;
  return std::nullopt;
}

bool covers(const Mandate& mandate, std::string_view set, std::span<const std::string> fields,
            std::uint64_t from, std::uint64_t to) {
  return std::ranges::any_of(mandate.scope, [&](const MandateScope& part) {
    return part.set == set && from >= part.from && to <= part.to && from <= to && !fields.empty() &&
           std::ranges::all_of(fields, [&](const std::string& field) {
             return std::ranges::binary_search(part.fields, field);
           });
  });
}

}  // namespace urna::protection
