// SPDX-License-Identifier: EUPL-1.2
// What an office asks to do with everybody's data at once: to keep them longer, to destroy them, to
// hand them on. Each is refused unless the declaration of data and two officials have it so.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/signature.h"
#include "protection/disclosure.h"
#include "protection/retention.h"
#include "registrar/office.h"

namespace urna::registrar {

// ---- Legal hold: nothing goes but what expires by itself

// As two officials of the edition signed it last.
struct Hold {
  bool held = false;
  std::string reason;      // a case's number or a letter's, 1 to 64 of a-z, 0-9, ".", "-"
  std::uint64_t time = 0;  // Unix seconds
  std::uint64_t number = 0;
  std::array<proof::ElementBytes, 2> keys{};
  std::array<proof::Signature, 2> signatures{};
};

// What stands in the database, its signatures checked. Error: conflict (they are not two of these
// officials': somebody has written into the database). Nothing: there never was one.
[[nodiscard]] Result<std::optional<Hold>> find_hold(RegistrarTransaction& transaction,
                                                    const Office& office,
                                                    std::span<const proof::ElementBytes> officials);

// Puts a hold on, or releases it; noted in the access log with both accounts. Errors: usage (the
// keys are not of two officials of the edition, a word is none), conflict (it is so already).
[[nodiscard]] Status change_hold(const Office& office,
                                 std::span<const proof::ElementBytes> officials, bool held,
                                 std::string_view reason,
                                 const std::array<const proof::SigningKey*, 2>& signers,
                                 const std::array<std::string, 2>& accounts);

// The dates with the hold that stands in the database.
[[nodiscard]] Result<protection::EditionDates> with_hold(
    const Office& office, std::span<const proof::ElementBytes> officials,
    protection::EditionDates dates);

// ---- Destruction

// Deletes a table whole, if the declaration says that its time is over and there is no hold. How
// many rows; noted in the access log. A refusal is counted. Errors: those of
// protection::may_delete(), and of find_hold().
[[nodiscard]] Result<std::uint64_t> destroy(const Office& office,
                                            std::span<const proof::ElementBytes> officials,
                                            const protection::EditionDates& dates,
                                            std::string_view table, const std::string& official);

// ---- Export

struct Wanted {
  std::vector<PersonField> fields;
  std::string purpose;    // as the declaration calls it: "notification"
  std::string recipient;  // "sms-gateway"
};
[[nodiscard]] std::optional<PersonField> person_field(std::string_view name);

// Hands the fields of everybody on the register who has all of them to `tell`, if the declaration
// has them for this purpose and recipient; noted in the access log as disclosed. How many people. A
// refusal is counted. Errors: conflict (not for this purpose, not to this recipient, no such
// purpose), and those of `tell`.
[[nodiscard]] Result<std::uint64_t> export_people(
    const Office& office, const Wanted& wanted, const std::string& official,
    const std::function<Status(const std::vector<std::string>&)>& tell);

}  // namespace urna::registrar
