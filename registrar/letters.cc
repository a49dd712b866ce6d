// SPDX-License-Identifier: EUPL-1.2
#include "registrar/letters.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "protection/disclosure.h"
#include "registrar/eligibility.h"
#include "registrar/plain_text.h"
#include "registrar/sessions.h"

namespace urna::registrar {
namespace {

using protection::AccessAction;
using protection::Field;
using protection::Purpose;

constexpr std::size_t people_at_once = 500;
constexpr std::size_t line_bytes_max = 80;
constexpr std::array disclosed = {Field::person_name, Field::person_address};

std::string grouped(const std::string& code) {
  return code.substr(0, 4) + "-" + code.substr(4, 4) + "-" + code.substr(8);
}

// Whether name and both lines of the address are there and short enough for an envelope's window:
// one person's long name must not stop everybody's letters.
bool fits(std::string_view name, std::string_view address) {
  const std::size_t end = std::min(address.find('\n'), address.size());
  const std::string_view second = address.substr(std::min(end + 1, address.size()));
  const auto is_line = [](std::string_view line) {
    return line.size() <= line_bytes_max && line.find_first_not_of(' ') != std::string_view::npos &&
           line.find('\n') == std::string_view::npos;
  };
  return is_line(name) && is_line(address.substr(0, end)) && is_line(second);
}

// What stands on a letter.
struct Addressee {
  std::string name, address;
};

// One run: the letters made so far, page by page of people.
class Run {
 public:
  Run(const Office& office, const LetterWays& ways, std::string district)
      : office_(office), ways_(ways), district_(std::move(district)) {}

  // Stores codes for the next people. False: there was nobody left.
  Result<bool> next_page() {
    // A transaction may be tried once more, so what it adds is kept apart until it is over.
    std::vector<PrintedLetter> letters;
    LetterReport report;
    std::optional<PersonRef> last = last_;
    std::size_t found = 0;
    const Status done = office_.store.transact([&](RegistrarTransaction& transaction) -> Status {
      letters.clear();
      report = report_;
      const Result<std::vector<PersonRow>> people = transaction.people_after(last_, people_at_once);
      if (!people) return people.error();
      found = people->size();
      if (found == 0) return ok_status();
      last = people->back().reference;
      for (const PersonRow& row : *people) {
        if (Status judged = judge(transaction, row, letters, report); !judged) return judged;
      }
      const Status read =
          note_access(transaction, office_, "official", ways_.official, AccessAction::read,
                      {Field::person_birth_date, Field::person_district, Field::person_phone,
                       Field::person_email},
                      found, Purpose::identification);
      if (!read || letters.empty()) return read;
      return note_access(transaction, office_, "official", ways_.official, AccessAction::disclose,
                         {disclosed.begin(), disclosed.end()}, letters.size(),
                         Purpose::identification);
    });
    if (!done) return done.error();
    report_ = report;
    last_ = last;
    people_ += found;
    for (PrintedLetter& letter : letters) letters_.push_back(std::move(letter));
    if (ways_.progress) ways_.progress(people_);
    return found == people_at_once;
  }

  // Puts the codes into force, if they still are the newest of all these people.
  Status confirm(const Sha256Digest& printed) {
    return office_.store.transact([&](RegistrarTransaction& transaction) -> Status {
      for (const PrintedLetter& letter : letters_) {
        Result<std::optional<LetterRow>> row = transaction.letter_for_update(letter.person);
        if (!row) return row.error();
        if (!*row || (*row)->code != hash_of(letter) || (*row)->printed) {
          return Error{ErrorCode::conflict,
                       "another run made letters for the same people meanwhile",
                       {},
                       "destroy what this one printed, and begin again when no other runs"};
        }
        LetterRow confirmed = **row;
        confirmed.printed = true;
        if (Status put = transaction.put_letter(confirmed); !put) return put;
      }
      return transaction.note_printed(printed);
    });
  }

  [[nodiscard]] const std::vector<PrintedLetter>& letters() const { return letters_; }
  [[nodiscard]] LetterReport report() const { return report_; }

 private:
  [[nodiscard]] KeyedHash hash_of(const PrintedLetter& letter) const {
    std::string plain = letter.code;
    std::erase(plain, '-');
    return letter_hash(office_, letter.person, plain);
  }

  // The addressee; nothing if there is no letter for this person.
  [[nodiscard]] Result<std::optional<Addressee>> addressee(const PersonRow& row,
                                                           LetterReport& report) const {
    if (row.withdrawn || !row.on_roll) return std::optional<Addressee>();
    constexpr std::array wanted = {PersonField::birth_date, PersonField::district,
                                   PersonField::phone,      PersonField::email,
                                   PersonField::name,       PersonField::address};
    std::array<std::string, wanted.size()> values;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      Result<std::string> value = open_field(office_.keys, row, wanted.at(i));
      if (!value) return std::move(value).error();
      values.at(i) = *std::move(value);
    }
    const Result<Date> birth = parse_date(values[0]);
    if (!birth) return birth.error();
    const bool wrong_place = !district_.empty() && values[1] != district_;
    const bool reached = !values[2].empty() || !values[3].empty();
    if (wrong_place || (reached && !ways_.to_all) ||
        needs_guardian(office_.policy.eligibility, *birth)) {
      return std::optional<Addressee>();
    }
    if (!fits(values[4], values[5])) {
      ++report.unaddressed;
      return std::optional<Addressee>();
    }
    return std::optional(Addressee{std::move(values[4]), std::move(values[5])});
  }

  Status judge(RegistrarTransaction& transaction, const PersonRow& row,
               std::vector<PrintedLetter>& letters, LetterReport& report) const {
    Result<std::optional<Addressee>> to = addressee(row, report);
    if (!to) return to.error();
    if (!*to) return ok_status();
    const Result<std::optional<LetterRow>> before = transaction.letter_for_update(row.reference);
    if (!before) return before.error();
    if (*before && ((*before)->used || ((*before)->printed && !ways_.again))) return ok_status();
    const bool prints = letters_.size() + letters.size() < ways_.most;
    if (*before && (*before)->printed) ++report.voided;
    if (*before && !(*before)->printed) ++report.interrupted;
    if (!prints) {
      ++report.left;
      if (!*before || !(*before)->printed) return ok_status();
    }
    // One that is not printed in this run is void all the same: nobody is given its code.
    const std::string code = random_readable(letter_code_length);
    PrintedLetter letter{row.reference, std::move((*to)->name), std::move((*to)->address),
                         grouped(code)};
    const Status put = transaction.put_letter({row.reference, hash_of(letter), false, false});
    if (!put) return put;
    if (prints) {
      ++report.printed;
      letters.push_back(std::move(letter));
    }
    return ok_status();
  }

  const Office& office_;
  const LetterWays& ways_;
  std::string district_;  // as an import keeps it
  std::vector<PrintedLetter> letters_;
  LetterReport report_;
  std::optional<PersonRef> last_;
  std::uint64_t people_ = 0;
};

}  // namespace

Result<LetterReport> make_letters(const Office& office, const LetterWays& ways,
                                  const PrintLetters& print) {
  const Status allowed =
      protection::check_disclosure(disclosed, Purpose::identification,
                                   protection::Recipient::letter_printer, date_of(office.clock()));
  if (!allowed) return allowed.error();
  Result<std::string> district = folded(ways.district);
  if (!district) {
    return Error{ErrorCode::usage, "this is no name of a district", {.field = "district"}, ""};
  }
  Run run(office, ways, *std::move(district));
  for (bool more = true; more;) {
    const Result<bool> page = run.next_page();
    if (!page) return page.error();
    more = *page;
  }
  if (run.letters().empty()) return run.report();
  const Result<Sha256Digest> printed = print(run.letters());
  if (!printed) return printed.error();
  if (Status confirmed = run.confirm(*printed); !confirmed) return std::move(confirmed).error();
  return run.report();
}

Result<bool> letters_are_in_force(const Office& office, const Sha256Digest& printed) {
  bool in_force = false;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<bool> noted = transaction.was_printed(printed);
    if (!noted) return noted.error();
    in_force = *noted;
    return ok_status();
  });
  if (!done) return done.error();
  return in_force;
}

}  // namespace urna::registrar
