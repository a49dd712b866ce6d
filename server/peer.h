// SPDX-License-Identifier: EUPL-1.2
// Who sent a request, no more exactly than limits need it: addresses and networks, also behind
// trusted proxies.
//
// An address is personal data. It is held while its request is, never logged, and leaves this room
// only as the prefix of its network.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::server {

// An IPv6 address, or an IPv4 one in its mapped form ::ffff:a.b.c.d.
struct Address {
  std::array<std::uint8_t, 16> octets{};

  [[nodiscard]] bool is_v4() const;
  // "192.0.2.1", "2001:db8::1", with brackets or a port refused. Error: malformed.
  [[nodiscard]] static Result<Address> parse(std::string_view text);

  friend auto operator<=>(const Address&, const Address&) = default;
};

// The first `bits` bits of an address; the others are zero.
struct Network {
  Address base = {};
  unsigned bits = 0;  // of 128; an IPv4 network has 96 more than usually written

  // The network of this size around an address. Precondition: sizes within 0..32 and 0..128.
  [[nodiscard]] static Network around(const Address& address, unsigned v4_bits, unsigned v6_bits);
  // "10.0.0.0/8", "2001:db8::/32", or a single address. Error: malformed, also if bits after the
  // prefix are set.
  [[nodiscard]] static Result<Network> parse(std::string_view text);

  [[nodiscard]] bool contains(const Address& address) const;
  // 17 bytes that differ between networks: the key for limits.
  [[nodiscard]] std::string key() const;

  friend auto operator<=>(const Network&, const Network&) = default;
};

// The address that a request came from, given the peer of the connection and the values of its
// X-Forwarded-For headers in order. Without trusted proxies, and from a peer outside of them, the
// headers are not looked at. From a trusted proxy, the last address that is not itself a trusted
// proxy; the peer, if there is no header. Error: malformed, if an entry that must be read is no
// plain address, or if more than 32 would have to be read.
[[nodiscard]] Result<Address> origin_of(const Address& peer,
                                        const std::vector<std::string_view>& forwarded_for,
                                        const std::vector<Network>& trusted_proxies);

}  // namespace urna::server
