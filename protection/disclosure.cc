// SPDX-License-Identifier: EUPL-1.2
#include "protection/disclosure.h"

#include <string>

namespace urna::protection {

Status check_disclosure(std::span<const Field> fields, Purpose purpose, Recipient recipient,
                        Date day) {
  for (const Field field : fields) {
    const FieldDeclaration& declared = declaration_of(field);
    const auto refused = [&](std::string message) {
      return Error{ErrorCode::conflict,
                   std::move(message),
                   {.field = std::string(declared.table) + "." + std::string(declared.column)},
                   "see the register of processing for what these data are for"};
    };
    if (!declared.purposes.contains(purpose)) {
      return refused("these data are not kept for the purpose " + std::string(id_of(purpose)));
    }
    if (!declared.recipients.contains(recipient)) {
      return refused("these data do not go to the recipient " + std::string(id_of(recipient)));
    }
    if (!declared.basis->valid_on(day)) {
      return refused("the legal basis is not in force on that day");
    }
  }
  return ok_status();
}

}  // namespace urna::protection
