// SPDX-License-Identifier: EUPL-1.2
#include "pseudonym/key_share.h"

#include <sodium/utils.h>
#include <string>

#include "base/bytes.h"
#include "base/cbor.h"
#include "group/multiply.h"

namespace urna::pseudonym {
namespace {

constexpr std::string_view share_kind = "urna keeper share";

Error of_another_group() {
  return {ErrorCode::conflict,
          "the share of the key does not belong to this group of keepers",
          {},
          "give the share and the group's file that one key ceremony made"};
}

}  // namespace

Result<KeyShare> KeyShare::create(KeeperNumber keeper, const group::SecretScalar& secret,
                                  const KeeperGroup& group) {
  if (!group.has(keeper) || group::mul_base(secret).encode() != group.share_key(keeper)) {
    return of_another_group();
  }
  return KeyShare(keeper, secret);
}

SecretBytes KeyShare::encode(const KeeperGroup& group) const {
  // The secret stands last, so that it is in no buffer that the writer gave up while growing.
  CborWriter out;
  out.map(4);
  out.key(0);
  out.text(share_kind);
  out.key(1);
  out.unsigned_integer(keeper_.value);
  out.key(2);
  out.bytes(view_of(group.public_key()));
  out.key(3);
  out.bytes(view_of(secret_.secret_bytes()));
  return SecretBytes(std::move(out).take());
}

Result<KeyShare> KeyShare::decode(std::string_view bytes, const KeeperGroup& group) {
  CborReader in(bytes);
  in.map(4);
  in.key(0);
  in.require(in.text(share_kind.size()) == share_kind, "expected \"urna keeper share\"");
  in.key(1);
  const KeeperNumber keeper{static_cast<std::uint8_t>(in.unsigned_integer(keepers_max))};
  in.key(2);
  const auto group_key = in.fixed_bytes<sizeof(ElementBytes)>();
  in.key(3);
  auto number = in.fixed_bytes<32>();
  const Result<group::SecretScalar> secret = group::SecretScalar::decode(number);
  sodium_memzero(number.data(), number.size());
  if (const Status end = in.finish(); !end || !secret) {
    return Error{ErrorCode::malformed,
                 "not the share of a keeper: " + (end ? secret.error() : end.error()).message,
                 {},
                 "give the file that the key ceremony made"};
  }
  if (group_key != group.public_key()) return of_another_group();
  return create(keeper, *secret, group);
}

}  // namespace urna::pseudonym
