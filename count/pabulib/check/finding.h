// SPDX-License-Identifier: EUPL-1.2
// What `check` can find in a .pb file: a closed list of codes, and the places where they occurred.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace urna::count::pabulib::check {

enum class Level {
  error,    // the file is not valid Pabulib, contradicts itself, or cannot be counted as it stands
  warning,  // valid, but probably not what was meant, or a trap for some reader of the format
  note,     // worth knowing; nothing has to change
};

// "error", "warning" or "note".
[[nodiscard]] std::string_view to_string(Level level);

// In the order of the reference in docs/check.md. The level of a finding depends on its code only.
enum class Code : std::uint8_t {
  // Bytes and lines
  file_structure,
  limit_exceeded,
  nul_byte,
  invalid_utf8,
  byte_order_mark,
  mixed_line_ends,
  lone_carriage_return,
  empty_line,
  no_final_newline,
  section_name_spaces,
  section_name_case,
  control_character,
  line_break_in_cell,
  stray_quotes,
  // Rows and columns
  meta_header,
  first_column,
  duplicate_column,
  extra_cells,
  missing_cells,
  surrounding_space,
  text_not_nfc,
  // Fields of any section
  missing_field,
  unknown_field,
  renamed_field,
  field_order,
  empty_field,
  not_a_number,
  comma_decimal,
  thousand_separator,
  leading_zeros,
  negative_number,
  money_precision,
  list_space,
  empty_list_item,
  repeated_list_value,
  // META
  empty_key,
  duplicate_key,
  unknown_country,
  unknown_language,
  unknown_currency,
  invalid_date,
  date_range,
  unlikely_date,
  unknown_vote_type,
  unknown_rule,
  invalid_flag,
  comment_numbering,
  comment_sequence,
  limits_contradict,
  max_length_over_projects,
  max_sum_points_missing,
  choose_1_limits,
  choose_1_suggested,
  unused_points_field,
  budget_zero,
  num_projects_mismatch,
  num_votes_mismatch,
  unused_declared_value,
  undeclared_value,
  // PROJECTS
  no_projects,
  too_many_projects,
  empty_project_id,
  duplicate_project_id,
  look_alike_ids,
  mixed_script_id,
  id_not_nfc,
  invalid_selected,
  project_without_cost,
  project_over_budget,
  project_cost_limits,
  withdrawn_project,
  withdrawn_votes,
  incomplete_coordinates,
  coordinate_range,
  identical_coordinates,
  label_variants,
  no_votes_column,
  project_without_votes,
  // VOTES
  no_votes,
  empty_voter_id,
  duplicate_voter_id,
  id_too_long,
  blank_ballot,
  unknown_project,
  repeated_project,
  vote_too_long,
  vote_too_short,
  max_length_unused,
  one_project_average,
  choose_1_length,
  vote_cost_below,
  vote_cost_above,
  missing_points,
  unexpected_points,
  points_count,
  invalid_points,
  fractional_points,
  negative_points,
  points_below_minimum,
  points_above_maximum,
  points_sum_below,
  points_sum_above,
  points_order,
  invalid_age,
  unlikely_age,
  invalid_sex,
  invalid_voting_method,
  votes_column_mismatch,
  score_column_mismatch,
  // Result
  no_selected_column,
  rule_not_declared,
  rule_not_checked,
  threshold_missing,
  threshold_without_rule,
  custom_rule_without_comment,
  rule_not_followed,
  rule_perhaps_not_followed,
  threshold_violation,
  tie_decides,
  withdrawn_selected,
  budget_exceeded,
  fully_funded_wrong,
  all_projects_affordable,
  unused_budget,
  unused_budget_perhaps,
};
inline constexpr std::size_t codes_count =
    static_cast<std::size_t>(Code::unused_budget_perhaps) + 1;

struct CodeInfo {
  Code code;
  std::string_view name;  // stable, kebab-case
  Level level;
  std::string_view meaning;
  std::string_view remedy;
};

[[nodiscard]] const CodeInfo& info(Code code);
// All codes, in the order of the enumeration.
[[nodiscard]] std::span<const CodeInfo> all_codes();

// Where in the file; 0 or empty where a part does not apply. Columns count bytes from 1.
struct Place {
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string_view field = {};
};

struct Finding {
  Code code = Code::file_structure;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string field;
  std::string message;  // one sentence without a final full stop
  std::string remedy;   // what to do about it
};

// Collects findings in bounded memory: all are counted, the first few of each code are kept.
class Findings {
 public:
  // Keeps at most `places_max` findings of each code; nullopt keeps all.
  explicit Findings(std::optional<std::size_t> places_max) : places_max_(places_max) {}

  // The message is formatted only if it is kept: a file may hold millions of faulty rows.
  template <typename... Args>
  void add(Code code, Place place, fmt::format_string<Args...> format, Args&&... args) {
    if (!count_one(code)) return;
    keep(code, place, fmt::format(format, std::forward<Args>(args)...), {});
  }
  // With a remedy that differs from that of the code.
  void add_with_remedy(Code code, Place place, std::string message, std::string remedy);

  [[nodiscard]] std::uint64_t count(Code code) const {
    return counts_[static_cast<std::size_t>(code)];
  }
  [[nodiscard]] std::uint64_t count(Level level) const;
  [[nodiscard]] bool contains(Code code) const { return count(code) != 0; }
  // The kept findings, sorted by line, column and code. Consumes them.
  [[nodiscard]] std::vector<Finding> take_sorted();
  [[nodiscard]] const std::array<std::uint64_t, codes_count>& counts() const { return counts_; }

 private:
  // Counts a finding; true iff its details are to be kept.
  bool count_one(Code code);
  void keep(Code code, Place place, std::string message, std::string remedy);

  std::optional<std::size_t> places_max_;
  std::array<std::uint64_t, codes_count> counts_{};
  std::vector<Finding> kept_;
};

// Text from the file as it may be shown in a message: at most 60 bytes, cut at a character, control
// characters replaced by '?', in quotation marks.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace urna::count::pabulib::check
