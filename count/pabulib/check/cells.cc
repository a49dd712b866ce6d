// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/cells.h"

#include <algorithm>

#include "count/pabulib/check/values.h"

namespace urna::count::pabulib::check {
namespace {

void report_number(Code fault, std::string_view value, Place place, Findings& findings) {
  switch (fault) {
    case Code::comma_decimal:
      findings.add(fault, place, "{} has a decimal comma", quoted(value));
      return;
    case Code::thousand_separator:
      findings.add(fault, place, "the digits of {} are grouped", quoted(value));
      return;
    case Code::leading_zeros:
      findings.add(fault, place, "{} begins with zeros", quoted(value));
      return;
    case Code::negative_number:
      findings.add(fault, place, "{} is negative", quoted(value));
      return;
    case Code::money_precision:
      findings.add(fault, place, "{} is not an amount of money that can be counted", quoted(value));
      return;
    case Code::coordinate_range:
      findings.add(fault, place, "{} is out of range", quoted(value));
      return;
    default:
      findings.add(fault, place, "{} is not a number of the kind wanted here", quoted(value));
      return;
  }
}

void require(bool satisfied, Code code, std::string_view what, std::string_view value, Place place,
             Findings& findings) {
  if (!satisfied) findings.add(code, place, "{} is not {}", quoted(value), what);
}

void check_comment(std::string_view comment, Place place, Findings& findings) {
  if (!comment.starts_with("#1: ")) {
    findings.add(Code::comment_numbering, place, "the comment does not begin with \"#1: \"");
    return;
  }
  std::int64_t expected = 1;
  for (std::size_t at = comment.find('#'); at != std::string_view::npos;
       at = comment.find('#', at + 1)) {
    const std::size_t end = comment.find_first_not_of("0123456789", at + 1);
    if (end == at + 1 || end == std::string_view::npos || comment[end] != ':') continue;
    if (read_integer(comment.substr(at + 1, end - at - 1)).value != expected) {
      findings.add(Code::comment_sequence, {place.line, place.column + at, place.field},
                   "the remark {} should be number {}", quoted(comment.substr(at, end - at)),
                   expected);
      return;
    }
    ++expected;
  }
}

void check_date(std::string_view value, Place place, Findings& findings) {
  const std::optional<DateSpan> date = read_date(value);
  if (!date) {
    findings.add(Code::invalid_date, place, "{} is not a date", quoted(value));
    return;
  }
  const int year = static_cast<int>(std::chrono::year_month_day(date->first).year());
  if (year < 1989 || year > 2100)
    findings.add(Code::unlikely_date, place, "the year {} is unlikely", year);
}

}  // namespace

std::string_view check_text(const Row& row, const Cell& cell, std::string_view field,
                            Findings& findings) {
  const std::string_view text = trimmed_unicode(cell.text);
  if (text.size() != cell.text.size()) {
    findings.add(Code::surrounding_space, place_of(row, cell, field), "white space around {}",
                 quoted(text));
  }
  if (const std::size_t at = find_hidden_character(text); at != std::string_view::npos) {
    Place place = place_of(row, cell, field);
    place.column += at;
    findings.add(Code::control_character, place, "a control or invisible character in {}",
                 quoted(text));
  }
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    findings.add(Code::line_break_in_cell, place_of(row, cell, field),
                 "the cell runs over several lines");
  }
  if (!is_nfc(text)) {
    findings.add(Code::text_not_nfc, place_of(row, cell, field), "{} is not in form NFC",
                 quoted(text));
  }
  return text;
}

void check_id(std::string_view id, Place place, Findings& findings) {
  if (id.size() > id_bytes_max) {
    findings.add(Code::id_too_long, place, "an id of {} bytes", id.size());
    return;
  }
  if (is_ascii(id)) return;
  if (!is_nfc(id))
    findings.add(Code::id_not_nfc, place, "the id {} is not in form NFC", quoted(id));
  if (mixes_alphabets(id))
    findings.add(Code::mixed_script_id, place, "the id {} mixes alphabets", quoted(id));
}

void check_value(const FieldSpec& spec, std::string_view value, Place place, Findings& findings) {
  if (value.empty()) {
    if (!spec.may_be_empty)
      findings.add(Code::empty_field, place, "{} must have a value", spec.name);
    return;
  }
  std::optional<Code> fault;
  switch (spec.domain) {
    case Domain::text:
    case Domain::points:  // checked with the votes
      return;
    case Domain::list:
      check_list(value, place, findings, [](std::string_view, std::size_t) {});
      return;
    case Domain::count:
      fault = read_count(value).fault;
      break;
    case Domain::integer:
      fault = read_integer(value).fault;
      break;
    case Domain::money:
      fault = read_money(value).fault;
      break;
    case Domain::coordinate:
      fault = read_coordinate(value, spec.name == "latitude" ? 90 : 180).fault;
      break;
    case Domain::age:
      fault = read_age(value).fault;
      if (fault)
        findings.add(*fault, place, "{} is not {} age", quoted(value),
                     *fault == Code::invalid_age ? "an" : "a likely");
      return;
    case Domain::country:
      require(is_country(value), Code::unknown_country, "a country", value, place, findings);
      return;
    case Domain::language:
      require(is_language(value), Code::unknown_language, "a code of a language", value, place,
              findings);
      return;
    case Domain::currency:
      require(is_currency(value), Code::unknown_currency, "a code of a currency", value, place,
              findings);
      return;
    case Domain::date:
      check_date(value, place, findings);
      return;
    case Domain::vote_type:
      require(is_vote_type(value), Code::unknown_vote_type, "a type of vote", value, place,
              findings);
      return;
    case Domain::rule:
      require(is_rule(value), Code::unknown_rule, "a rule that Pabulib lists", value, place,
              findings);
      return;
    case Domain::flag:
      require(value == "1", Code::invalid_flag, "1", value, place, findings);
      return;
    case Domain::comment:
      check_comment(value, place, findings);
      return;
    case Domain::selected:
      require(value.size() == 1 && value[0] >= '0' && value[0] <= '3', Code::invalid_selected,
              "0, 1, 2 or 3", value, place, findings);
      return;
    case Domain::sex:
      require(value == "M" || value == "F" || value == "O", Code::invalid_sex, "M, F or O", value,
              place, findings);
      return;
    case Domain::voting_method:
      require(value == "internet" || value == "paper", Code::invalid_voting_method,
              "internet or paper", value, place, findings);
      return;
  }
  if (fault) report_number(*fault, value, place, findings);
}

Columns::Columns(const Row& header, Findings& findings) {
  const std::string_view first = header.section == Section::projects ? "project_id" : "voter_id";
  std::vector<std::string_view> known;
  columns_.reserve(header.cells.size());  // `known` looks into it
  for (const Cell& cell : header.cells) {
    const std::string_view name = check_text(header, cell, {}, findings);
    const Place place = place_of(header, cell, name);
    const std::optional<std::size_t> spec = find_field(header.section, name);
    const bool again = find(name).has_value();
    if (again) {
      findings.add(Code::duplicate_column, place, "the column {} stands here again", quoted(name));
    } else if (spec) {
      known.push_back(schema(header.section)[*spec].name);
    } else if (header.section == Section::projects && name == "target") {
      findings.add(Code::renamed_field, place, "the column target is now called beneficiaries");
    } else {
      findings.add(Code::unknown_field, place, "Pabulib defines no column {} in {}", quoted(name),
                   section_name(header.section));
    }
    const bool usable = spec && !again;
    if (usable) known_.push_back(columns_.size());
    columns_.push_back({std::string(name), usable ? &schema(header.section)[*spec] : nullptr});
  }
  const Place begin{header.line, 1, {}};
  if (columns_.empty() || columns_.front().name != first) {
    findings.add(Code::first_column, begin, "the first column of {} is not {}",
                 section_name(header.section), first);
  } else {
    check_field_order(header.section, known, begin, findings);
  }
  for (const FieldSpec& spec : schema(header.section)) {
    if (spec.required && spec.name != first && !find(spec.name)) {
      findings.add(Code::missing_field, {header.line, 0, spec.name}, "{} has no column {}",
                   section_name(header.section), spec.name);
    }
  }
}

std::optional<std::size_t> Columns::find(std::string_view name) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name == name) return i;
  }
  return std::nullopt;
}

void Columns::check_row(const Row& row, Findings& findings,
                        std::initializer_list<std::string_view> elsewhere) const {
  if (row.cells.size() > columns_.size()) {
    findings.add(Code::extra_cells, place_of(row, row.cells[columns_.size()], {}),
                 "{} cells for {} columns", row.cells.size(), columns_.size());
  } else if (row.cells.size() < columns_.size()) {
    findings.add(Code::missing_cells, {row.line, 0, {}}, "{} cells for {} columns",
                 row.cells.size(), columns_.size());
  }
  for (std::size_t i = 0; i < std::min(row.cells.size(), columns_.size()); ++i)
    check_text(row, row.cells[i], columns_[i].name, findings);
  for (const std::size_t i : known_) {
    const Column& column = columns_[i];
    if (std::find(elsewhere.begin(), elsewhere.end(), column.name) != elsewhere.end()) continue;
    check_value(*column.spec, cell_text(row, i), cell_place(row, i, column.name), findings);
  }
}

std::string_view cell_text(const Row& row, std::optional<std::size_t> column) {
  if (!column || *column >= row.cells.size()) return {};
  return trimmed_unicode(row.cells[*column].text);
}

Place cell_place(const Row& row, std::optional<std::size_t> column, std::string_view field) {
  if (!column || *column >= row.cells.size()) return {row.line, 0, field};
  return place_of(row, row.cells[*column], field);
}

void check_field_order(Section section, const std::vector<std::string_view>& names, Place place,
                       Findings& findings) {
  std::vector<std::string_view> sorted = names;
  std::sort(sorted.begin(), sorted.end(), [section](std::string_view a, std::string_view b) {
    return find_field(section, a) < find_field(section, b);
  });
  if (sorted == names) return;
  std::string order;
  for (const std::string_view name : sorted) {
    if (!order.empty()) order += ", ";
    order += name;
  }
  findings.add(Code::field_order, place, "the order should be {}", order);
}

}  // namespace urna::count::pabulib::check
