// SPDX-License-Identifier: EUPL-1.2
// Who keeps the key of the pseudonyms: the public part of every keeper's share, how many of them
// must answer, and the public part of the key itself, which nobody has.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "group/element.h"
#include "pseudonym/types.h"

namespace urna::pseudonym {

// Public. Shares are the values at 1 … n of a polynomial of degree t - 1 whose value at 0 is the
// key (Shamir 1979).
class KeeperGroup {
 public:
  // Errors: malformed, unless 1 <= threshold <= keepers <= keepers_max, all keys are elements and
  // not the identity, and the keys lie on one polynomial of that degree.
  [[nodiscard]] static Result<KeeperGroup> create(std::size_t threshold,
                                                  std::vector<ElementBytes> share_keys,
                                                  const ElementBytes& public_key);

  [[nodiscard]] std::size_t threshold() const { return threshold_; }
  [[nodiscard]] std::size_t size() const { return share_keys_.size(); }
  [[nodiscard]] bool has(KeeperNumber keeper) const {
    return keeper.value >= 1 && keeper.value <= size();
  }
  // Precondition (else the program stops): has(keeper).
  [[nodiscard]] const ElementBytes& share_key(KeeperNumber keeper) const;
  [[nodiscard]] const ElementBytes& public_key() const { return public_key_; }

  // {0: "urna keepers", 1: threshold, 2: packed share keys, 3: public key}, and back. Errors:
  // malformed, for anything but the encoding of a group that create() accepts.
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static Result<KeeperGroup> decode(std::string_view bytes);

 private:
  KeeperGroup(std::size_t threshold, std::vector<ElementBytes> share_keys,
              const ElementBytes& public_key)
      : threshold_(threshold), share_keys_(std::move(share_keys)), public_key_(public_key) {}

  std::size_t threshold_;
  std::vector<ElementBytes> share_keys_;
  ElementBytes public_key_;
};

// The greatest length of an encoded group.
inline constexpr std::size_t keeper_group_bytes_max = 1024;

}  // namespace urna::pseudonym
