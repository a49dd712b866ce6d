// SPDX-License-Identifier: EUPL-1.2
#include "server/peer.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

#include "base/bytes.h"
#include "server/blanks.h"

namespace urna::server {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t max_forwarded = 32;

Error no_address() {
  return {ErrorCode::malformed, "no IP address", {}, "write one like 192.0.2.1 or 2001:db8::1"};
}

void clear_after(Address& address, unsigned bits) {
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned kept = bits > 8 * i ? std::min(bits - 8 * i, 8U) : 0;
    address.octets[i] = static_cast<std::uint8_t>(address.octets[i] & (0xff00U >> kept));
  }
}

bool is_within(const Address& address, const std::vector<Network>& networks) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.contains(address); });
}

}  // namespace

bool Address::is_v4() const {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), octets.begin());
}

Result<Address> Address::parse(std::string_view text) {
  if (text.size() > 45) return no_address();
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return no_address();
  Address address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) == 1) return address;
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.octets.begin());
  if (inet_pton(AF_INET, terminated.c_str(), address.octets.data() + mapped_prefix.size()) != 1)
    return no_address();
  return address;
}

Network Network::around(const Address& address, unsigned v4_bits, unsigned v6_bits) {
  Network network{address, address.is_v4() ? 96 + v4_bits : v6_bits};
  if (network.bits > 128) stop_on_broken_precondition("Network::around: at most 32 and 128 bits");
  clear_after(network.base, network.bits);
  return network;
}

Result<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return address.error();
  // Written with a colon it is an IPv6 network, even within the mapped addresses.
  const bool v4 = text.find(':') == std::string_view::npos;
  unsigned bits = v4 ? 32 : 128;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned written = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), written);
    if (error != std::errc{} || end != digits.data() + digits.size() || written > bits)
      return Error{ErrorCode::malformed,
                   "no size of a network after the slash",
                   {},
                   "write 0 to 32 for IPv4, 0 to 128 for IPv6"};
    bits = written;
  }
  Network network{*address, v4 ? 96 + bits : bits};
  clear_after(network.base, network.bits);
  if (network.base != *address)
    return Error{ErrorCode::malformed,
                 "the address has bits after the network's prefix",
                 {},
                 "write the first address of the network"};
  return network;
}

bool Network::contains(const Address& address) const {
  Address start = address;
  clear_after(start, bits);
  return start == base;
}

std::string Network::key() const {
  std::string bytes(view_of(base.octets));
  append_big_endian(bytes, bits, 1);
  return bytes;
}

Result<Address> origin_of(const Address& peer, const std::vector<std::string_view>& forwarded_for,
                          const std::vector<Network>& trusted_proxies) {
  Address origin = peer;
  std::size_t read = 0;
  // From the end: each address was added by the proxy after it, so it is as good as that one.
  for (std::size_t value = forwarded_for.size(); value-- > 0;) {
    std::string_view rest = forwarded_for[value];
    while (true) {
      if (!is_within(origin, trusted_proxies)) return origin;
      if (++read > max_forwarded)
        return Error{ErrorCode::malformed, "too many addresses in X-Forwarded-For", {}, {}};
      const std::size_t comma = rest.rfind(',');
      const auto address =
          Address::parse(trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
      if (!address) return Error{ErrorCode::malformed, "no address in X-Forwarded-For", {}, {}};
      origin = *address;
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return origin;
}

}  // namespace urna::server
