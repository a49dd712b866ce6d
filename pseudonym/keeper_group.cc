// SPDX-License-Identifier: EUPL-1.2
#include "pseudonym/keeper_group.h"

#include "base/bytes.h"
#include "base/cbor.h"
#include "group/scalar.h"
#include "proof/equations.h"
#include "proof/suite.h"

namespace urna::pseudonym {
namespace {

using group::Element;
using group::Scalar;
using proof::Ristretto;

constexpr std::string_view group_kind = "urna keepers";

Error wrong(std::string message) {
  return {ErrorCode::malformed,
          std::move(message),
          {},
          "take the file of the keepers' group that the key ceremony made"};
}

// The value at `x` of the polynomial that has these values at 0 … values - 1 (Lagrange).
Element interpolated(std::span<const Element> values, std::uint64_t x) {
  std::vector<Scalar> coefficients;
  for (std::uint64_t i = 0; i < values.size(); ++i) {
    Scalar numerator = Scalar::of(1);
    Scalar denominator = Scalar::of(1);
    for (std::uint64_t k = 0; k < values.size(); ++k) {
      if (k == i) continue;
      numerator = numerator * (Scalar::of(x) - Scalar::of(k));
      denominator = denominator * (Scalar::of(i) - Scalar::of(k));
    }
    coefficients.push_back(numerator * denominator.inverted().value());
  }
  return Ristretto::sum_vartime(coefficients, values);
}

}  // namespace

Result<KeeperGroup> KeeperGroup::create(std::size_t threshold, std::vector<ElementBytes> share_keys,
                                        const ElementBytes& public_key) {
  if (share_keys.size() > keepers_max || threshold < 1 || threshold > share_keys.size()) {
    return wrong("not 1 to " + std::to_string(keepers_max) +
                 " keepers, or a threshold that is not one of these numbers");
  }
  // The values at 0, 1, …, n.
  std::vector<Element> values;
  for (std::size_t j = 0; j <= share_keys.size(); ++j) {
    const Result<Element> value = Ristretto::decode(j == 0 ? public_key : share_keys[j - 1]);
    if (!value) {
      return wrong((j == 0 ? "the public key" : "the key of keeper " + std::to_string(j)) +
                   " is not an element, or is the identity");
    }
    values.push_back(*value);
  }
  for (std::size_t j = threshold; j < values.size(); ++j) {
    if (!(interpolated(std::span(values).first(threshold), j) == values[j])) {
      return wrong("the key of keeper " + std::to_string(j) +
                   " does not lie on one polynomial with the keys before it");
    }
  }
  return KeeperGroup(threshold, std::move(share_keys), public_key);
}

const ElementBytes& KeeperGroup::share_key(KeeperNumber keeper) const {
  if (!has(keeper)) stop_on_broken_precondition("share_key: a keeper of the group");
  return share_keys_[keeper.value - 1U];
}

std::string KeeperGroup::encode() const {
  CborWriter out;
  out.map(4);
  out.key(0);
  out.text(group_kind);
  out.key(1);
  out.unsigned_integer(threshold_);
  out.key(2);
  std::string packed;
  for (const ElementBytes& key : share_keys_) packed += view_of(key);
  out.bytes(packed);
  out.key(3);
  out.bytes(view_of(public_key_));
  return std::move(out).take();
}

Result<KeeperGroup> KeeperGroup::decode(std::string_view bytes) {
  CborReader in(bytes);
  in.map(4);
  in.key(0);
  in.require(in.text(group_kind.size()) == group_kind, "expected \"urna keepers\"");
  in.key(1);
  const std::size_t threshold = in.unsigned_integer(keepers_max);
  in.key(2);
  const std::string_view packed = in.bytes(keepers_max * sizeof(ElementBytes));
  in.require(packed.size() % sizeof(ElementBytes) == 0, "keys of another length");
  in.key(3);
  const auto public_key = in.fixed_bytes<sizeof(ElementBytes)>();
  if (const Status end = in.finish(); !end) return wrong(end.error().message);
  std::vector<ElementBytes> share_keys;
  for (std::size_t j = 0; j < proof::packed_count(packed); ++j) {
    share_keys.push_back(proof::packed_at(packed, j));
  }
  return create(threshold, std::move(share_keys), public_key);
}

}  // namespace urna::pseudonym
