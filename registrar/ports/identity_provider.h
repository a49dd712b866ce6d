// SPDX-License-Identifier: EUPL-1.2
// Port: a provider that says who somebody is (an eID, a national node, a city's account). The
// browser is sent there and comes back with an answer that only this registrar can redeem.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::registrar {

// The parameters with which the browser came back; absent ones are empty. All from outside.
struct ProviderAnswer {
  std::string_view state;
  std::string_view code;
  std::string_view error;   // e.g. "access_denied"
  std::string_view issuer;  // RFC 9207
};

// What the provider vouches for. Text is UTF-8 as the provider wrote it: normalising and comparing
// it with the register is the registrar's. Personal data, never to be logged.
struct Identity {
  std::string identifier;  // the value of the claim that the configuration names; not empty
  std::string given_names;
  std::string family_name;
  std::string birth_date;  // as the provider writes it, usually YYYY-MM-DD; empty if not told
  std::string assurance;   // the claim "acr"; empty if not told
};

class IdentityProvider {
 public:
  IdentityProvider() = default;
  IdentityProvider(const IdentityProvider&) = delete;
  IdentityProvider& operator=(const IdentityProvider&) = delete;
  virtual ~IdentityProvider() = default;

  // Begins a sign-in for the browser session named by `session` (any secret text of that session):
  // the address to send the browser to. It can be finished once, within a stated time, and from
  // this session only, so that nobody can be made to finish another's sign-in.
  // Errors: io (the provider cannot be reached: offer another factor), limit (too many sign-ins
  // under way), malformed or unsupported (the provider's description of itself).
  [[nodiscard]] virtual Result<std::string> begin(std::string_view session) = 0;

  // Redeems the answer. Errors: not_found (no such sign-in under way in this session: unknown,
  // used, too old), conflict (the provider ended it, e.g. the person cancelled), malformed (what
  // the provider sent does not hold; `place.field` names the claim), io (the provider cannot be
  // reached), usage (the provider refuses our credentials).
  // Whatever happens, the sign-in is over.
  [[nodiscard]] virtual Result<Identity> finish(std::string_view session,
                                                const ProviderAnswer& answer) = 0;
};

}  // namespace urna::registrar
