// SPDX-License-Identifier: EUPL-1.2
// A keeper's share of the key, and the file that it lies in.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "group/scalar.h"
#include "pseudonym/keeper_group.h"
#include "pseudonym/types.h"

namespace urna::pseudonym {

// A share that belongs to its group: its multiple of the generator is the keeper's public key.
// Wiped on destruction.
class KeyShare {
 public:
  // Error: conflict (the group has no such keeper, or another public key for it).
  [[nodiscard]] static Result<KeyShare> create(KeeperNumber keeper,
                                               const group::SecretScalar& secret,
                                               const KeeperGroup& group);

  [[nodiscard]] KeeperNumber keeper() const { return keeper_; }
  [[nodiscard]] const group::SecretScalar& secret() const { return secret_; }

  // {0: "urna keeper share", 1: keeper, 2: public key of the group, 3: the secret}, and back: not
  // encrypted, for a file that only the keeper's service can read (base/private_file.h). Errors:
  // malformed (another file; a number that is not below the order); conflict (of another group, and
  // as create()).
  [[nodiscard]] SecretBytes encode(const KeeperGroup& group) const;
  [[nodiscard]] static Result<KeyShare> decode(std::string_view bytes, const KeeperGroup& group);

 private:
  KeyShare(KeeperNumber keeper, const group::SecretScalar& secret)
      : keeper_(keeper), secret_(secret) {}

  KeeperNumber keeper_;
  group::SecretScalar secret_;
};

// The greatest length of the file.
inline constexpr std::size_t key_share_bytes_max = 256;

}  // namespace urna::pseudonym
