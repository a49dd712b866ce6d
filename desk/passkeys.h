// SPDX-License-Identifier: EUPL-1.2
// Passkeys (W3C Web Authentication Level 3), as whoever relies on them checks them. Signatures and
// the form of the authenticator's data are libfido2's part.
//
// What is asked of every answer: the type, the challenge, the origin and the relying party are
// ours, no frame of another site was around it, the person was present and verified (fingerprint,
// face or PIN), and the passkey's counter has grown if it counts at all.
//
// Attestation is not asked for: who may register is decided by the invitation, not by the make of
// the authenticator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::desk {

struct RelyingParty {
  std::string id;      // a domain, e.g. "desk.example.org"
  std::string origin;  // e.g. "https://desk.example.org"
  std::string name;    // shown by the browser
};

// COSE numbers.
enum class PasskeyAlgorithm : std::int64_t { es256 = -7, eddsa = -8, rs256 = -257 };

struct Passkey {
  std::string credential;  // its number, chosen by the authenticator
  PasskeyAlgorithm algorithm = PasskeyAlgorithm::es256;
  std::string public_key;  // in libfido2's form
  std::uint64_t counter = 0;
};

inline constexpr std::size_t credential_bytes_max = 1023;
inline constexpr std::size_t client_data_bytes_max = 4'096;
inline constexpr std::size_t authenticator_data_bytes_max = 4'096;
inline constexpr std::size_t assertion_signature_bytes_max = 1'024;

// What a browser gives to navigator.credentials.create().
struct RegistrationAnswer {
  std::string client_data;         // JSON as signed
  std::string authenticator_data;  // bytes
  std::int64_t algorithm = 0;
};
// Error: malformed, saying what does not hold; unsupported (another algorithm).
[[nodiscard]] Result<Passkey> verify_registration(const RelyingParty& party,
                                                  std::string_view challenge,
                                                  const RegistrationAnswer& answer);

// What a browser gives to navigator.credentials.get().
struct AssertionAnswer {
  std::string credential;
  std::string client_data;
  std::string authenticator_data;
  std::string signature;
};
// The passkey's new counter. Errors: malformed, saying what does not hold; conflict (the counter
// has not grown: there is a copy of the passkey).
[[nodiscard]] Result<std::uint64_t> verify_assertion(const RelyingParty& party,
                                                     const Passkey& passkey,
                                                     std::string_view challenge,
                                                     const AssertionAnswer& answer);

}  // namespace urna::desk
