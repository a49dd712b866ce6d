// SPDX-License-Identifier: EUPL-1.2
// The register office's part of a blinded list check (docs/listcheck.md): the list, which it cannot
// read, and everybody on the roll go through the keepers under one more secret, which is forgotten.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "protection/mandate.h"
#include "pseudonym/list_check.h"
#include "registrar/office.h"

namespace urna::registrar {

// The keepers under one mandate. Errors: io (too few answer), limit (their quota), conflict (a
// proof is wrong, naming the keeper; or they refuse the mandate).
class ListEvaluator {
 public:
  ListEvaluator() = default;
  ListEvaluator(const ListEvaluator&) = delete;
  ListEvaluator& operator=(const ListEvaluator&) = delete;
  virtual ~ListEvaluator() = default;
  // The key times each element, packed, in order.
  [[nodiscard]] virtual Result<std::string> evaluate(std::string_view blinded) = 0;
};

// What the checker gets, and nobody else. The list is looked at first: a wrong element is refused
// before anybody is read. Reading everybody on the roll goes into the access log before anything is
// asked of keepers. What is not in the result is forgotten: with it, a pseudonym could be tried
// against identifiers. `edition` is the one of the pseudonyms. Errors: malformed (an element);
// conflict (the list has not as many people as the mandate says); those of store and keepers.
[[nodiscard]] Result<pseudonym::ListTable> make_list_table(const Office& office,
                                                           std::string official,
                                                           const std::string& edition,
                                                           const protection::Mandate& mandate,
                                                           const pseudonym::ListRequest& request,
                                                           ListEvaluator& keepers);

}  // namespace urna::registrar
