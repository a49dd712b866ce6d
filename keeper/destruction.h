// SPDX-License-Identifier: EUPL-1.2
// The certificate that a keeper's share was destroyed: what, when, by whom, signed by the share
// itself as the last thing it does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/signature.h"
#include "pseudonym/keeper_group.h"
#include "pseudonym/key_share.h"

namespace urna::keeper {

// {0: "urna keeper destruction", 1: edition, 2: public key of the group, 3: keeper, 4: public key
// of the share, 5: time in Unix seconds, 6: [who, …], 7: signature}. The signature is that of
// docs/protocol.md section 4.1 under the key in field 4, over Transcript("keeper destruction") with
// append("body", B), where B is the map without field 7.
struct Destruction {
  std::string edition;  // 1 to 128 bytes
  pseudonym::ElementBytes group_key{};
  pseudonym::KeeperNumber keeper;
  pseudonym::ElementBytes share_key{};
  std::uint64_t time = 0;
  std::vector<std::string> by;  // 1 to 8 names of 1 to 128 bytes without control characters
  proof::Signature signature{};
};

// Error: usage, unless edition and names have the form above.
[[nodiscard]] Result<Destruction> certify_destruction(const pseudonym::KeyShare& share,
                                                      const pseudonym::KeeperGroup& group,
                                                      std::string edition, std::uint64_t time,
                                                      std::vector<std::string> by);

[[nodiscard]] std::string encode(const Destruction& destruction);

// Errors: malformed (another file; a wrong signature); conflict (not a share of this group).
[[nodiscard]] Result<Destruction> read_destruction(std::string_view bytes,
                                                   const pseudonym::KeeperGroup& group);

// The greatest length of the file.
inline constexpr std::size_t destruction_bytes_max = 4096;

}  // namespace urna::keeper
