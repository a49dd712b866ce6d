// SPDX-License-Identifier: EUPL-1.2
#include "tally/card.h"

#include "base/bytes.h"
#include "base/cbor.h"
#include "election/ceremony.h"

namespace urna::tally {
std::string encode_card(const election::TrusteeCard& card) {
  CborWriter out;
  out.map(5);
  out.key(0);
  out.text("card");
  out.key(1);
  out.text(card.name);
  out.key(2);
  out.bytes(view_of(card.signing_key));
  out.key(3);
  out.bytes(view_of(card.receiving_key));
  out.key(4);
  out.bytes(view_of(card.possession));
  return std::move(out).take();
}

Result<election::TrusteeCard> decode_card(std::string_view bytes) {
  CborReader in(bytes);
  election::TrusteeCard card;
  in.map(5);
  in.key(0);
  in.require(in.text(4) == "card", "expected \"card\"");
  in.key(1);
  card.name = in.text(name_bytes_max);
  in.require(!card.name.empty(), "a card without a name");
  in.key(2);
  card.signing_key = in.fixed_bytes<32>();
  in.key(3);
  card.receiving_key = in.fixed_bytes<32>();
  in.key(4);
  card.possession = in.fixed_bytes<election::possession_bytes>();
  if (Status end = in.finish(); !end) return std::move(end).error();
  election::Manifest alone;
  alone.trustees = {card};
  if (Status possessed = election::check_possession(alone); !possessed)
    return std::move(possessed).error();
  return card;
}

std::string fingerprint(const Sha256Digest& hash) {
  constexpr std::size_t digits = 32;
  constexpr std::size_t in_group = 4;
  const std::string hex = to_hex(view_of(hash));
  std::string groups;
  for (std::size_t at = 0; at < digits; at += in_group) {
    if (at != 0) groups += ' ';
    groups += hex.substr(at, in_group);
  }
  return groups;
}

std::string fingerprint(const election::TrusteeCard& card) {
  return fingerprint(sha256(encode_card(card)));
}

}  // namespace urna::tally
