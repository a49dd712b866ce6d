// SPDX-License-Identifier: EUPL-1.2
// Checks that every cell gets: its white space, its characters, and the domain of its field.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "count/pabulib/check/finding.h"
#include "count/pabulib/check/schema.h"
#include "count/pabulib/check/unicode_text.h"
#include "count/pabulib/scanner.h"

namespace urna::count::pabulib::check {

// Where a cell begins. `field` must outlive the place.
[[nodiscard]] inline Place place_of(const Row& row, const Cell& cell, std::string_view field) {
  return {row.line + cell.line_offset, cell.column, field};
}

// Reports surrounding_space, control_character, line_break_in_cell and text_not_nfc.
// Returns the text without white space around it.
std::string_view check_text(const Row& row, const Cell& cell, std::string_view field,
                            Findings& findings);

// Reports what is wrong with an id besides that: id_not_nfc, mixed_script_id, id_too_long.
void check_id(std::string_view id, Place place, Findings& findings);

// Ids above this length are not looked up.
inline constexpr std::size_t id_bytes_max = 1000;

// Reports empty_field and whatever the domain of the field demands. `value` without white space
// around it.
void check_value(const FieldSpec& spec, std::string_view value, Place place, Findings& findings);

// Reports list_space and empty_list_item, and calls item(text, offset) for each item that is not
// empty, without white space around it.
template <typename Item>
void check_list(std::string_view list, Place place, Findings& findings, Item&& item) {
  bool spaces = false, empty = false;
  for (std::size_t begin = 0; !list.empty() && begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string_view raw = list.substr(begin, end - begin);
    const std::string_view text = trimmed_unicode(raw);
    if (text.size() != raw.size() && !spaces) {
      spaces = true;
      findings.add(Code::list_space, {place.line, place.column + begin, place.field},
                   "white space beside a comma of {}", quoted(list));
    }
    if (text.empty() && !empty) {
      empty = true;
      findings.add(Code::empty_list_item, {place.line, place.column + begin, place.field},
                   "an empty item in the list {}", quoted(list));
    }
    if (!text.empty()) item(text, begin);
    begin = end + 1;
  }
}

// The columns of PROJECTS or VOTES.
class Columns {
 public:
  struct Column {
    std::string name;
    const FieldSpec* spec = nullptr;  // nullptr: unknown to Pabulib, or here for the second time
  };

  Columns() = default;
  // Reads the line of column names and reports first_column, duplicate_column, unknown_field,
  // renamed_field, field_order and missing_field.
  Columns(const Row& header, Findings& findings);

  [[nodiscard]] const std::vector<Column>& all() const { return columns_; }
  // Position of the first column of that name.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  // Reports extra_cells, missing_cells, check_text() and check_value() of all cells but those of
  // the column names in `elsewhere`, whose values are checked elsewhere.
  void check_row(const Row& row, Findings& findings,
                 std::initializer_list<std::string_view> elsewhere) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::size_t> known_;  // positions of the columns with a spec
};

// Text of a cell without white space around it; empty if there is no such column or cell.
[[nodiscard]] std::string_view cell_text(const Row& row, std::optional<std::size_t> column);
// Place of that cell, of the row if there is none.
[[nodiscard]] Place cell_place(const Row& row, std::optional<std::size_t> column,
                               std::string_view field);

// Reports field_order for known field names in the order they were found.
void check_field_order(Section section, const std::vector<std::string_view>& names, Place place,
                       Findings& findings);

}  // namespace urna::count::pabulib::check
