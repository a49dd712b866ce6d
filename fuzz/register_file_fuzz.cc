// SPDX-License-Identifier: EUPL-1.2
// A register's file, and every text in it as each kind of thing that it may be: whatever comes, no
// crash; what is accepted is in its final form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "protection/pesel.h"
#include "registrar/csv.h"
#include "registrar/identifier.h"
#include "registrar/plain_text.h"

namespace {

using namespace urna;
using namespace urna::registrar;

void require(bool holds) {
  if (!holds) std::abort();
}

// A form that would change once more is not one form.
void require_final(Result<std::string> (*form)(std::string_view), const std::string& text) {
  const Result<std::string> once = form(text);
  if (!once) return;
  const Result<std::string> twice = form(*once);
  // Folding may lengthen a text beyond what is read.
  if (!twice) return require(twice.error().code == ErrorCode::limit);
  require(*twice == *once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  CsvReader reader(in);
  // Each turn reads at least a byte.
  for (std::size_t turn = 0; turn <= size + 1; ++turn) {
    const Result<std::optional<CsvRow>> row = reader.next();
    if (!row) {
      require(row.error().place.line > 0);
      continue;
    }
    if (!*row) return 0;
    PersonFields fields;
    for (const std::string& field : (*row)->fields) {
      require_final(folded, field);
      require_final(folded_number, field);
      require_final(canonical_phone, field);
      require_final(canonical_email, field);
      require_final(mailbox_of, field);
      const Result<protection::Pesel> pesel = protection::Pesel::parse(field);
      if (pesel) require(pesel->digits() == field && pesel->birth().ok());
    }
    std::size_t next = 0;
    for (std::string* place : {&fields.first_name, &fields.last_name, &fields.birth_date,
                               &fields.city, &fields.street, &fields.house, &fields.postcode}) {
      if (next < (*row)->fields.size()) *place = (*row)->fields[next++];
    }
    const Date today = date_of(1'790'000'000);
    const auto fault = find_fault(IdentifierKind::name_birth_address, fields, today);
    const auto person = normalise(IdentifierKind::name_birth_address, fields, today);
    require(person.ok() == !fault.has_value());
    if (person) require(CanonicalIdentifier::of_bytes(person->identifier.bytes()).ok());
  }
  std::abort();
}
