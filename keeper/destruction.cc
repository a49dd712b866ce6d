// SPDX-License-Identifier: EUPL-1.2
#include "keeper/destruction.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/cbor.h"

namespace urna::keeper {
namespace {

constexpr std::string_view destruction_kind = "urna keeper destruction";
constexpr std::size_t text_bytes_max = 128;
constexpr std::size_t names_max = 8;

bool is_text(std::string_view text) {
  return !text.empty() && text.size() <= text_bytes_max && is_utf8(text) &&
         std::ranges::none_of(
             text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_sound(const Destruction& destruction) {
  return is_text(destruction.edition) && !destruction.by.empty() &&
         destruction.by.size() <= names_max && std::ranges::all_of(destruction.by, is_text);
}

std::string write(const Destruction& destruction, bool with_signature) {
  CborWriter out;
  out.map(with_signature ? 8 : 7);
  out.key(0);
  out.text(destruction_kind);
  out.key(1);
  out.text(destruction.edition);
  out.key(2);
  out.bytes(view_of(destruction.group_key));
  out.key(3);
  out.unsigned_integer(destruction.keeper.value);
  out.key(4);
  out.bytes(view_of(destruction.share_key));
  out.key(5);
  out.unsigned_integer(destruction.time);
  out.key(6);
  out.array(destruction.by.size());
  for (const std::string& name : destruction.by) out.text(name);
  if (with_signature) {
    out.key(7);
    out.bytes(view_of(destruction.signature));
  }
  return std::move(out).take();
}

proof::Transcript signed_body(const Destruction& destruction) {
  proof::Transcript transcript("keeper destruction");
  transcript.append("body", write(destruction, false));
  return transcript;
}

}  // namespace

Result<Destruction> certify_destruction(const pseudonym::KeyShare& share,
                                        const pseudonym::KeeperGroup& group, std::string edition,
                                        std::uint64_t time, std::vector<std::string> by) {
  Destruction made;
  made.edition = std::move(edition);
  made.group_key = group.public_key();
  made.keeper = share.keeper();
  made.share_key = group.share_key(share.keeper());
  made.time = time;
  made.by = std::move(by);
  if (!is_sound(made)) {
    return Error{ErrorCode::usage,
                 "the certificate names an edition and 1 to 8 persons, in 1 to 128 bytes each",
                 {},
                 "say who destroys the share"};
  }
  made.signature = proof::sign(proof::SigningKey::of(share.secret()), signed_body(made));
  return made;
}

std::string encode(const Destruction& destruction) { return write(destruction, true); }

Result<Destruction> read_destruction(std::string_view bytes, const pseudonym::KeeperGroup& group) {
  CborReader in(bytes);
  Destruction read;
  in.map(8);
  in.key(0);
  in.require(in.text(destruction_kind.size()) == destruction_kind,
             "expected \"urna keeper destruction\"");
  in.key(1);
  read.edition = in.text(text_bytes_max);
  in.key(2);
  read.group_key = in.fixed_bytes<32>();
  in.key(3);
  read.keeper.value = static_cast<std::uint8_t>(in.unsigned_integer(pseudonym::keepers_max));
  in.key(4);
  read.share_key = in.fixed_bytes<32>();
  in.key(5);
  read.time = in.unsigned_integer();
  in.key(6);
  read.by.resize(in.array(names_max));
  for (std::string& name : read.by) name = in.text(text_bytes_max);
  in.key(7);
  read.signature = in.fixed_bytes<64>();
  in.require(!in.ok() || is_sound(read), "an empty text, or one with control characters");
  if (Status end = in.finish(); !end) return std::move(end).error();
  if (read.group_key != group.public_key() || !group.has(read.keeper) ||
      read.share_key != group.share_key(read.keeper)) {
    return Error{ErrorCode::conflict,
                 "the certificate is about a share of another group of keepers",
                 {},
                 "give the file of the group that the share belonged to"};
  }
  if (!proof::verify_signature(read.share_key, signed_body(read), read.signature)) {
    return Error{ErrorCode::malformed, "the certificate of destruction is not signed by the share"};
  }
  return read;
}

}  // namespace urna::keeper
