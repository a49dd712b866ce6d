// SPDX-License-Identifier: EUPL-1.2
// Officials: invited once, registered with a passkey, signed in for a while.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/office.h"

namespace urna::desk {

// ---- Invitations, by who runs the service

struct Invitation {
  std::string reference;
  std::string token;  // 64 hexadecimal digits, for the link; shown once
};
// Error: malformed (the name is not 1 to 100 characters, or has control characters).
[[nodiscard]] Result<Invitation> invite(const Office& office, std::string_view name, Role role);
// Closes an account: sessions end, nothing can be signed any more. Error: not_found.
[[nodiscard]] Status revoke(const Office& office, std::string_view reference);

// ---- Registration

struct RegistrationQuestion {
  std::string challenge;  // 32 bytes
  std::string reference;
  std::string name;
  Role role = Role::official;
};
// Error: not_found (no such invitation, or it was used or has expired: not told apart), limit.
[[nodiscard]] Result<RegistrationQuestion> begin_registration(const Office& office,
                                                              std::string_view invitation);

struct Entered {
  std::string session;  // 64 hexadecimal digits
  Official official;
};
// Registers the passkey, uses the invitation up and signs in. Errors: those of
// verify_registration() and begin_registration(); conflict (the passkey is somebody's already).
[[nodiscard]] Result<Entered> finish_registration(const Office& office, std::string_view invitation,
                                                  const RegistrationAnswer& answer);

// ---- Signing in

// 32 bytes to be signed by whatever passkey there is. Error: limit (too many wait).
[[nodiscard]] Result<std::string> begin_sign_in(const Office& office);
// Errors: those of verify_assertion(); malformed also for passkeys that are nobody's, challenges
// that were not asked or were used, closed accounts.
[[nodiscard]] Result<Entered> finish_sign_in(const Office& office, const AssertionAnswer& answer);

// Whose session it is; it lasts a little longer then. Error: not_found.
[[nodiscard]] Result<Official> official_of_session(const Office& office, std::string_view session);
[[nodiscard]] Status sign_out(const Office& office, std::string_view session);

// ---- Keys for signing

// The official's public key for signatures of the protocol, with a signature that shows that the
// secret one is at hand: over Transcript("urna/1 desk key"), append("official", reference), made by
// the official's browser out of the passkey's secret. A second key is refused. Errors: malformed,
// conflict.
[[nodiscard]] Status give_signing_key(const Office& office, const Official& official,
                                      std::string_view key, std::string_view signature);

// ---- Everybody

[[nodiscard]] Result<std::vector<Official>> list_officials(const Office& office);
// For use within a transaction. Errors: malformed (sealed for another desk).
[[nodiscard]] Result<Official> official_of(const Office& office, const OfficialRow& row);
// Verifies an assertion of a signed-in official over `challenge` and takes note of the counter.
// Errors: those of verify_assertion(); usage (the account is closed).
[[nodiscard]] Status verify_and_count(DeskTransaction& transaction, const Office& office,
                                      std::string_view reference, std::string_view challenge,
                                      const AssertionAnswer& answer);

}  // namespace urna::desk
