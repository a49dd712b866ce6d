// SPDX-License-Identifier: EUPL-1.2
// Who may do what at the desk.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace urna::desk {

// The data protection officer sees everything and decides nothing (GDPR art. 38(6)).
enum class Role : std::uint8_t { official, administrator, dpo };

[[nodiscard]] constexpr std::string_view to_string(Role role) {
  switch (role) {
    case Role::official:
      return "official";
    case Role::administrator:
      return "administrator";
    case Role::dpo:
      return "dpo";
  }
  return {};
}
[[nodiscard]] constexpr std::optional<Role> parse_role(std::string_view text) {
  for (const Role role : {Role::official, Role::administrator, Role::dpo}) {
    if (to_string(role) == text) return role;
  }
  return std::nullopt;
}

enum class Right : std::uint8_t {
  look,     // at editions, their history, the officials
  prepare,  // drafts, files of trustees and of the registrar, rehearsals
  decide,   // freeze the rules, propose and sign, end the time for annulments; act in cases
  advise,   // give an opinion on a case, which binds nobody
};

[[nodiscard]] constexpr bool may(Role role, Right right) {
  switch (role) {
    case Role::official:
      return right != Right::advise;
    case Role::administrator:
      return right == Right::look || right == Right::prepare;
    case Role::dpo:
      return right == Right::look || right == Right::advise;
  }
  return false;
}

}  // namespace urna::desk
