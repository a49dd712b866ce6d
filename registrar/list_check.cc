// SPDX-License-Identifier: EUPL-1.2
#include "registrar/list_check.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "pseudonym/blinding.h"
#include "pseudonym/voprf.h"

namespace urna::registrar {
namespace {

constexpr std::size_t checked_together = 4096;

struct Line {
  pseudonym::PseudonymBytes pseudonym{};
  pseudonym::ElementBytes element{};  // W
};

// The people on the roll after `last`, as inputs of the pseudonym function.
Status read_batch(const Office& office, const std::string& official, const std::string& edition,
                  std::optional<PersonRef>& last, std::size_t& found,
                  std::vector<SecretBytes>& inputs) {
  inputs.clear();
  return office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::vector<PersonRow>> rows = transaction.people_after(last, checked_together);
    if (!rows) return rows.error();
    for (const PersonRow& row : *rows) {
      // Whoever was withdrawn later is on the public roll all the same.
      if (!row.on_roll) continue;
      Result<std::string> identifier = open_field(office.keys, row, PersonField::identifier);
      if (!identifier) return std::move(identifier).error();
      Result<SecretBytes> input = pseudonym::pseudonym_input(edition, *identifier);
      SecretBytes::wipe(*identifier);
      if (!input) return std::move(input).error();
      inputs.push_back(*std::move(input));
    }
    found = rows->size();
    if (found > 0) last = rows->back().reference;
    if (inputs.empty()) return ok_status();
    return note_access(transaction, office, "official", official, protection::AccessAction::read,
                       {protection::Field::person_identifier}, inputs.size(),
                       protection::Purpose::complaints);
  });
}

// W of the batch beside the pseudonyms, which are made of W without the secret.
Status add_lines(const std::vector<SecretBytes>& inputs, const group::SecretScalar& secret,
                 ListEvaluator& keepers, std::vector<Line>& lines) {
  std::vector<std::string_view> views;
  views.reserve(inputs.size());
  for (const SecretBytes& input : inputs) views.push_back(input.view());
  const Result<std::string> people = keepers.evaluate(pseudonym::blind_each(secret, views));
  if (!people) return people.error();
  if (pseudonym::set_size(*people) != inputs.size()) {
    return Error{ErrorCode::io, "the keepers answered for another number of people"};
  }
  const Result<std::string> bare = pseudonym::multiply_each(secret.inverted(), *people);
  if (!bare) return bare.error();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    lines.push_back({pseudonym::pseudonym_of(pseudonym::output_of(
                         views[i], array_of<32>(std::string_view(*bare).substr(32 * i, 32)))),
                     array_of<32>(std::string_view(*people).substr(32 * i, 32))});
  }
  return ok_status();
}

}  // namespace

Result<pseudonym::ListTable> make_list_table(const Office& office, std::string official,
                                             const std::string& edition,
                                             const protection::Mandate& mandate,
                                             const pseudonym::ListRequest& request,
                                             ListEvaluator& keepers) {
  const std::size_t size = pseudonym::set_size(request.blinded);
  if (!mandate.list_check || size < mandate.list_check->list_least ||
      size > mandate.list_check->list_most ||
      request.mandate != protection::mandate_hash(mandate)) {
    return Error{ErrorCode::conflict,
                 "the list is under another mandate, or has not as many people as it says",
                 {},
                 "ask for a mandate that says how many people the unit has"};
  }
  const group::SecretScalar secret = group::SecretScalar::random();
  const Result<std::string> twice = pseudonym::multiply_each(secret, request.blinded);
  if (!twice) return twice.error();

  std::vector<Line> lines;
  std::vector<SecretBytes> inputs;
  std::optional<PersonRef> last;
  for (std::size_t found = checked_together; found == checked_together;) {
    if (Status read = read_batch(office, official, edition, last, found, inputs); !read) {
      return std::move(read).error();
    }
    if (inputs.empty()) continue;
    if (Status added = add_lines(inputs, secret, keepers, lines); !added) {
      return std::move(added).error();
    }
  }
  if (lines.empty()) {
    return Error{ErrorCode::conflict, "nobody is on the roll yet", {}, "build the roll first"};
  }
  const Result<std::string> list = keepers.evaluate(*twice);
  if (!list) return list.error();

  std::ranges::sort(lines, {}, &Line::pseudonym);
  const auto same = [](const Line& a, const Line& b) { return a.pseudonym == b.pseudonym; };
  lines.erase(std::unique(lines.begin(), lines.end(), same), lines.end());
  pseudonym::ListTable table;
  table.mandate = request.mandate;
  table.list = pseudonym::sorted_set(*list);
  for (const Line& line : lines) {
    table.pseudonyms += view_of(line.pseudonym);
    table.people += view_of(line.element);
  }
  return table;
}

}  // namespace urna::registrar
