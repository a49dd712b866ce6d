// SPDX-License-Identifier: EUPL-1.2
#include "registrar/rolling.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "election/roll.h"

namespace urna::registrar {
namespace {

// Enough for the keepers to be asked for several batches at a time, few enough for others who wait
// for the store.
constexpr std::size_t rolled_together = 4096;

using Lines = std::vector<election::RollLine>;

// Goes through the register and makes a line for everybody who is wanted and may vote.
class Walk {
 public:
  Walk(const Office& office, std::string official, bool newcomers_only)
      : office_(office), official_(std::move(official)), newcomers_only_(newcomers_only) {}

  Status run(RollReport& report, Lines& lines, const std::function<void(std::uint64_t)>& progress) {
    std::optional<PersonRef> last;
    for (;;) {
      std::size_t found = 0;
      if (Status read = read_batch(last, found, report); !read) return read;
      if (!identifiers_.empty()) {
        Result<std::vector<election::Pseudonym>> pseudonyms =
            office_.pseudonyms.pseudonyms(identifiers_, PseudonymSource::Use::roll);
        if (!pseudonyms) return std::move(pseudonyms).error();
        if (pseudonyms->size() != identifiers_.size()) {
          return Error{ErrorCode::io, "the keepers answered for another number of people", {}, ""};
        }
        for (std::size_t i = 0; i < identifiers_.size(); ++i) {
          lines.push_back({(*pseudonyms)[i], std::move(pools_[i])});
        }
        if (Status marked = mark(); !marked) return marked;
      }
      if (progress) progress(lines.size());
      if (found < rolled_together) return ok_status();
    }
  }

 private:
  Status read_batch(std::optional<PersonRef>& last, std::size_t& found, RollReport& report) {
    identifiers_.clear();
    pools_.clear();
    people_.clear();
    return office_.store.transact([&](RegistrarTransaction& transaction) -> Status {
      const Result<std::vector<PersonRow>> rows = transaction.people_after(last, rolled_together);
      if (!rows) return rows.error();
      for (const PersonRow& row : *rows) {
        if (row.withdrawn || (newcomers_only_ && row.on_roll)) continue;
        if (Status taken = take(row, report); !taken) return taken;
      }
      found = rows->size();
      if (found > 0) last = rows->back().reference;
      if (people_.empty()) return ok_status();
      using protection::Field;
      return note_access(
          transaction, office_, "official", official_, protection::AccessAction::read,
          {Field::person_identifier, Field::person_birth_date, Field::person_district},
          people_.size(), protection::Purpose::eligibility);
    });
  }

  Status take(const PersonRow& row, RollReport& report) {
    const Result<std::string> birth = open_field(office_.keys, row, PersonField::birth_date);
    if (!birth) return birth.error();
    const Result<std::string> district = open_field(office_.keys, row, PersonField::district);
    if (!district) return district.error();
    const Result<Date> date = parse_date(*birth);
    if (!date) return date.error();
    Result<std::vector<election::PoolNumber>> pools =
        pools_of(office_.policy.eligibility, *date, *district);
    if (!pools) {
      ++(pools.error().code == ErrorCode::conflict ? report.too_young : report.without_pool);
      return ok_status();
    }
    Result<std::string> identifier = open_field(office_.keys, row, PersonField::identifier);
    if (!identifier) return std::move(identifier).error();
    identifiers_.push_back(*std::move(identifier));
    pools_.push_back(*std::move(pools));
    people_.push_back(row.reference);
    return ok_status();
  }

  Status mark() {
    return office_.store.transact(
        [&](RegistrarTransaction& transaction) { return transaction.mark_on_roll(people_); });
  }

  const Office& office_;
  std::string official_;
  bool newcomers_only_;
  std::vector<std::string> identifiers_;
  std::vector<std::vector<election::PoolNumber>> pools_;
  std::vector<PersonRef> people_;
};

// Sorts by pseudonym and joins equal ones. How many were joined.
std::uint64_t sort_and_join(Lines& lines) {
  std::ranges::sort(lines, {}, &election::RollLine::pseudonym);
  Lines joined;
  joined.reserve(lines.size());
  for (election::RollLine& line : lines) {
    if (joined.empty() || joined.back().pseudonym != line.pseudonym) {
      joined.push_back(std::move(line));
      continue;
    }
    std::vector<election::PoolNumber> pools;
    std::ranges::set_union(joined.back().pools, line.pools, std::back_inserter(pools));
    joined.back().pools = std::move(pools);
  }
  const std::uint64_t duplicates = lines.size() - joined.size();
  lines = std::move(joined);
  return duplicates;
}

}  // namespace

Result<RollReport> build_roll(const Office& office, std::string official,
                              const std::function<void(std::uint64_t people)>& progress) {
  RollReport report;
  Lines lines;
  if (Status done = Walk(office, std::move(official), false).run(report, lines, progress); !done) {
    return std::move(done).error();
  }
  report.duplicates = sort_and_join(lines);
  report.people = lines.size();
  report.file = election::encode_roll(lines);
  return report;
}

Result<std::vector<election::RollAddition>> roll_additions(const Office& office,
                                                           std::string official) {
  RollReport report;
  Lines lines;
  if (Status done = Walk(office, std::move(official), true).run(report, lines, {}); !done) {
    return std::move(done).error();
  }
  (void)sort_and_join(lines);
  std::vector<election::RollAddition> entries;
  for (election::RollLine& line : lines) {
    election::RollAddition& entry = entries.emplace_back();
    entry.edition = office.edition;
    entry.pseudonym = line.pseudonym;
    entry.pools = std::move(line.pools);
    election::sign(entry, office.signing);
  }
  return entries;
}

Result<election::RollEntry> roll_entry(const Office& office, std::string_view file) {
  const Result<election::Roll> roll = election::Roll::decode(file);
  if (!roll) return roll.error();
  election::RollEntry entry;
  entry.edition = office.edition;
  entry.size = roll->size();
  entry.root = roll->root();
  election::sign(entry, office.signing);
  return entry;
}

}  // namespace urna::registrar
