// SPDX-License-Identifier: EUPL-1.2
#include "registrar/importing.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "registrar/csv.h"
#include "registrar/operators.h"
#include "registrar/person_columns.h"
#include "registrar/plain_text.h"

namespace urna::registrar {
namespace {

// References are random, so the rows of a batch lie all over the table: the larger a batch, the
// fewer pages are written for a row. A batch of this size takes a few seconds.
constexpr std::size_t batch_rows = 50'000;
constexpr std::size_t progress_rows = 1000;
constexpr std::size_t page_people = 1000;  // that are looked at in one transaction

struct HashOfHash {
  std::size_t operator()(const KeyedHash& hash) const {
    return static_cast<std::size_t>(big_endian(view_of(hash).substr(0, 8)));
  }
};
using HashSet = std::unordered_set<KeyedHash, HashOfHash>;

constexpr std::array<std::string_view, 4> other_columns = {"district", "phone", "email",
                                                           "guardian_pesel"};

// Which column stands where.
class Header {
 public:
  static Result<Header> of(const CsvRow& row, IdentifierKind kind) {
    Header header;
    for (const std::string& name : row.fields) {
      const auto fault = [&](const char* message, const char* remedy) {
        return Error{ErrorCode::malformed,
                     message,
                     {.line = row.line, .column = header.names_.size() + 1},
                     remedy};
      };
      const bool known =
          std::ranges::any_of(person_columns,
                              [&](const ColumnOfFile& column) { return column.name == name; }) ||
          std::ranges::find(other_columns, name) != other_columns.end();
      if (!known) {
        return fault("the header has a column that is not known",
                     "columns are separated by commas; see docs/registrar.md for their names");
      }
      if (std::ranges::find(header.names_, name) != header.names_.end()) {
        return fault("the header has a column twice", "");
      }
      header.names_.push_back(name);
    }
    for (const std::string_view needed : needed_by(kind)) {
      if (std::ranges::find(header.names_, needed) == header.names_.end()) {
        return Error{ErrorCode::malformed,
                     "the header lacks a column",
                     {.line = row.line, .field = std::string(needed)},
                     "see docs/registrar.md"};
      }
    }
    return header;
  }

  [[nodiscard]] std::size_t size() const { return names_.size(); }
  // From 1; 0 if there is none of that name.
  [[nodiscard]] std::size_t number_of(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    return found == names_.end() ? 0 : static_cast<std::size_t>(found - names_.begin()) + 1;
  }
  [[nodiscard]] std::string_view value(const CsvRow& row, std::string_view name) const {
    const std::size_t number = number_of(name);
    return number == 0 ? std::string_view() : std::string_view(row.fields[number - 1]);
  }

 private:
  static std::vector<std::string_view> needed_by(IdentifierKind kind) {
    std::vector<std::string_view> needed = {"first_name", "last_name"};
    switch (kind) {
      case IdentifierKind::pesel:
        needed.insert(needed.end(), {"pesel"});
        break;
      case IdentifierKind::name_birth_address:
        needed.insert(needed.end(), {"birth_date", "city", "house", "postcode"});
        break;
      case IdentifierKind::resident_card:
        needed.insert(needed.end(), {"birth_date", "card"});
        break;
      case IdentifierKind::passport:
        needed.insert(needed.end(), {"birth_date", "passport_country", "passport_number"});
        break;
    }
    return needed;
  }
  std::vector<std::string> names_;
};

// A person whose fields are good, not yet sealed.
struct GoodPerson {
  NormalisedPerson person;
  std::string name, address;  // as written, for letters
  std::string district, phone, email;
  std::string guardian;  // hash of the identifier, or empty
};

std::string joined_address(const PersonFields& fields) {
  std::string address = fields.street + (fields.street.empty() ? "" : " ") + fields.house;
  if (!fields.flat.empty()) address += "/" + fields.flat;
  return address + "\n" + fields.postcode + " " + fields.city;
}

// Everything that is not the identifier. Error: malformed, with the field.
Result<GoodPerson> read_person(const RegistrarKeys& keys, IdentifierKind kind,
                               const PersonFields& fields, Date today, PossibleAges ages,
                               std::string_view district, std::string_view phone,
                               std::string_view email, std::string_view guardian_pesel) {
  const auto in_field = [](Error error, const char* field) {
    error.place.field = field;
    return error;
  };
  Result<NormalisedPerson> person = normalise(kind, fields, today, ages);
  if (!person) return std::move(person).error();
  GoodPerson good{*std::move(person),
                  fields.first_name + " " + fields.last_name,
                  joined_address(fields),
                  {},
                  {},
                  {},
                  {}};
  Result<std::string> folded_district = folded(district);
  if (!folded_district) return in_field(std::move(folded_district).error(), "district");
  good.district = *std::move(folded_district);
  if (!phone.empty()) {
    Result<std::string> canonical = canonical_phone(phone);
    if (!canonical) return in_field(std::move(canonical).error(), "phone");
    good.phone = *std::move(canonical);
  }
  if (!email.empty()) {
    Result<std::string> canonical = canonical_email(email);
    if (!canonical) return in_field(std::move(canonical).error(), "email");
    good.email = *std::move(canonical);
  }
  if (!guardian_pesel.empty()) {
    PersonFields guardian;
    guardian.pesel = guardian_pesel;
    // The guardian's name is not in this row, and not part of the identifier.
    guardian.first_name = guardian.last_name = "x";
    Result<NormalisedPerson> of = normalise(IdentifierKind::pesel, guardian, today, ages);
    if (!of) return in_field(std::move(of).error(), "guardian_pesel");
    good.guardian = view_of(identifier_hash(keys, of->identifier));
  }
  return good;
}

// Under a key: the digest of a row is a hash of a person's data.
KeyedHash digest_of(const RegistrarKeys& keys, const GoodPerson& good) {
  std::string all = "digest\n";
  for (const std::string* part :
       {&good.person.identifier.bytes(), &good.person.target, &good.name, &good.address,
        &good.district, &good.phone, &good.email, &good.guardian}) {
    append_big_endian(all, part->size(), 8);
    all += *part;
  }
  return protection::keyed_hash(keys.finding, all);
}

PersonRow sealed_row(const RegistrarKeys& keys, const GoodPerson& good, const PersonRef& reference,
                     const KeyedHash& digest) {
  PersonRow row;
  row.reference = reference;
  row.identifier_hash = identifier_hash(keys, good.person.identifier);
  row.target_hash = target_hash(keys, good.person);
  row.digest = digest;
  const auto sealed = [&](PersonField field, std::string_view value) {
    return seal_field(keys, reference, field, value);
  };
  row.identifier = sealed(PersonField::identifier, good.person.identifier.bytes());
  row.name = sealed(PersonField::name, good.name);
  row.birth_date = sealed(PersonField::birth_date, to_iso_string(good.person.birth));
  row.address = sealed(PersonField::address, good.address);
  row.district = sealed(PersonField::district, good.district);
  row.phone = sealed(PersonField::phone, good.phone);
  row.email = sealed(PersonField::email, good.email);
  row.guardian = sealed(PersonField::guardian, good.guardian);
  return row;
}

std::vector<protection::Field> all_person_fields() {
  std::vector<protection::Field> fields;
  for (const protection::FieldDeclaration& field : protection::declared_fields) {
    if (field.set == protection::DataSet::registrar && field.table == "person") {
      fields.push_back(field.field);
    }
  }
  return fields;
}

class Import {
 public:
  Import(const Office& office, const ImportWays& ways)
      : office_(office), ways_(ways), today_(date_of(office.clock())) {}

  Result<ImportReport> run(std::istream& file) {
    CsvReader reader(file);
    Result<std::optional<CsvRow>> first = reader.next();
    if (!first) return std::move(first).error();
    if (!*first) return Error{ErrorCode::malformed, "the file is empty", {.line = 1}, ""};
    const Result<Header> header = Header::of(**first, ways_.kind);
    if (!header) return header.error();
    for (;;) {
      Result<std::optional<CsvRow>> row = reader.next();
      if (!row) {
        if (row.error().code == ErrorCode::io) return std::move(row).error();
        ++report_.rows;
        refuse(std::move(row).error());
        continue;
      }
      if (!*row) break;
      ++report_.rows;
      take(*header, **row);
      if (batch_.size() == batch_rows) {
        if (Status stored = store_batch(); !stored) return std::move(stored).error();
      }
      if (report_.rows % progress_rows == 0 && ways_.progress) ways_.progress(report_.rows);
    }
    if (Status stored = store_batch(); !stored) return std::move(stored).error();
    if (Status done = withdraw_absent(); !done) return std::move(done).error();
    return report_;
  }

 private:
  struct Waiting {
    KeyedHash identifier{};
    KeyedHash digest{};
    GoodPerson person;
  };

  void refuse(Error error) {
    ++report_.bad;
    if (ways_.report_bad) ways_.report_bad(error);
  }

  void take(const Header& header, const CsvRow& row) {
    if (row.fields.size() != header.size()) {
      return refuse({ErrorCode::malformed,
                     "the row has more or fewer fields than the header",
                     {.line = row.line},
                     ""});
    }
    PersonFields fields;
    for (const ColumnOfFile& column : person_columns) {
      fields.*column.member = header.value(row, column.name);
    }
    Result<GoodPerson> person =
        read_person(office_.keys, ways_.kind, fields, today_, office_.policy.ages,
                    header.value(row, "district"), header.value(row, "phone"),
                    header.value(row, "email"), header.value(row, "guardian_pesel"));
    if (!person) {
      Error error = std::move(person).error();
      error.place.line = row.line;
      error.place.column = header.number_of(error.place.field);
      return refuse(std::move(error));
    }
    const KeyedHash identifier = identifier_hash(office_.keys, person->person.identifier);
    if (!seen_.insert(identifier).second) {
      return refuse({ErrorCode::conflict,
                     "a person whom an earlier row of the file has",
                     {.line = row.line},
                     "keep one of the two"});
    }
    const KeyedHash digest = digest_of(office_.keys, *person);
    batch_.push_back({identifier, digest, *std::move(person)});
  }

  Status store_batch() {
    if (batch_.empty()) return ok_status();
    std::uint64_t added = 0;
    std::uint64_t changed = 0;
    const Status done = office_.store.transact([&](RegistrarTransaction& transaction) -> Status {
      added = changed = 0;
      std::vector<KeyedHash> hashes;
      for (const Waiting& one : batch_) hashes.push_back(one.identifier);
      const Result<std::vector<KnownPerson>> known = transaction.known_people(hashes);
      if (!known) return known.error();
      std::unordered_map<KeyedHash, const KnownPerson*, HashOfHash> by_hash;
      for (const KnownPerson& one : *known) by_hash.emplace(one.identifier_hash, &one);
      std::vector<PersonRow> rows;
      for (const Waiting& one : batch_) {
        const auto found = by_hash.find(one.identifier);
        if (found == by_hash.end()) {
          ++added;
          rows.push_back(sealed_row(office_.keys, one.person, random_person_ref(), one.digest));
        } else if (found->second->digest != one.digest || found->second->withdrawn) {
          ++changed;
          rows.push_back(
              sealed_row(office_.keys, one.person, found->second->reference, one.digest));
        }
      }
      if (rows.empty()) return ok_status();
      std::ranges::sort(rows, {}, &PersonRow::reference);
      if (Status put = transaction.put_people(rows); !put) return put;
      return note_access(transaction, office_, "official", ways_.official,
                         protection::AccessAction::write, all_person_fields(), rows.size(),
                         protection::Purpose::eligibility);
    });
    if (!done) return done;
    report_.added += added;
    report_.changed += changed;
    report_.unchanged += batch_.size() - added - changed;
    batch_.clear();
    return ok_status();
  }

  // Those who were imported once and are not in this file.
  Status withdraw_absent() {
    std::optional<PersonRef> last;
    for (;;) {
      std::size_t found = 0;
      std::uint64_t absent_here = 0;
      const Status done = office_.store.transact([&](RegistrarTransaction& transaction) -> Status {
        const Result<std::vector<PersonRow>> people = transaction.people_after(last, page_people);
        if (!people) return people.error();
        std::vector<PersonRef> absent;
        for (const PersonRow& row : *people) {
          if (row.origin == Origin::imported && !row.withdrawn &&
              !seen_.contains(row.identifier_hash)) {
            absent.push_back(row.reference);
          }
        }
        found = people->size();
        if (found > 0) last = people->back().reference;
        absent_here = absent.size();
        if (report_.bad > 0 || absent.empty()) return ok_status();
        if (Status marked = transaction.mark_withdrawn(absent); !marked) return marked;
        return note_access(transaction, office_, "official", ways_.official,
                           protection::AccessAction::write, {protection::Field::person_withdrawn},
                           absent.size(), protection::Purpose::eligibility);
      });
      if (!done) return done;
      (report_.bad > 0 ? report_.absent : report_.withdrawn) += absent_here;
      if (found < page_people) return ok_status();
    }
  }

  const Office& office_;
  const ImportWays& ways_;
  Date today_;
  HashSet seen_;
  std::vector<Waiting> batch_;
  ImportReport report_;
};

}  // namespace

Result<ImportReport> import_register(const Office& office, std::istream& file,
                                     const ImportWays& ways) {
  return Import(office, ways).run(file);
}

Status register_assisted(const Office& office, std::string_view operator_token, IdentifierKind kind,
                         const PersonFields& fields, std::string_view district,
                         std::string_view phone, std::string_view email) {
  const Result<std::string> account = operator_of(office, operator_token);
  if (!account) return account.error();
  const Result<GoodPerson> good = read_person(office.keys, kind, fields, date_of(office.clock()),
                                              office.policy.ages, district, phone, email, {});
  if (!good) return good.error();
  PersonRow row =
      sealed_row(office.keys, *good, random_person_ref(), digest_of(office.keys, *good));
  row.origin = Origin::assisted;
  return office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::optional<PersonRow>> known = transaction.find_person(row.identifier_hash);
    if (!known) return known.error();
    if (*known) {
      return Error{ErrorCode::conflict, "the person is on the register already", {}, ""};
    }
    if (Status put = transaction.put_people(std::span(&row, 1)); !put) return put;
    return note_voter_access(transaction, office, "operator", *account,
                             protection::AccessAction::write, all_person_fields(), row.reference,
                             protection::Purpose::eligibility);
  });
}

}  // namespace urna::registrar
