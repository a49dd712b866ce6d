// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "count/pabulib/columns.h"
#include "count/pabulib/id_table.h"
#include "count/pabulib/text.h"
#include "count/tally.h"

namespace urna::count::pabulib {
namespace {

constexpr std::string_view refetch = "fetch the whole file again, or correct the number";

bool has_points(VoteType type) { return type == VoteType::cumulative || type == VoteType::scoring; }

std::optional<double> decimal_degrees(std::string_view text) {
  double value = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

class InstanceReader final : public RowSink {
 public:
  explicit InstanceReader(std::string_view file) { instance_.file = file; }

  Status row(const Row& row) override {
    switch (row.section) {
      case Section::meta:
        return row.header ? meta_header(row) : meta(row);
      case Section::projects:
        return row.header ? projects_header(row) : project(row);
      case Section::votes:
        return row.header ? votes_header(row) : vote(row);
    }
    return ok_status();
  }

  void oddity(Oddity kind, std::uint64_t line) override {
    if (kind == Oddity::no_final_newline) unfinished_line_ = line;
  }

  // After a scan without error.
  Result<Instance> finish() && {
    if (votes_ != num_votes_) {
      return at(
          num_votes_line_, 0, "num_votes",
          fmt::format("the file has {} rows of votes where {} are announced", votes_, num_votes_),
          std::string(refetch));
    }
    // Rows shorter than the header are harmless if their line is whole.
    if (unfinished_line_ == last_vote_line_ && last_vote_short_) {
      return at(last_vote_line_, 0, {}, "the file ends inside the last row",
                "fetch the whole file again");
    }
    instance_.profile = std::move(*builder_).build();
    if (unfinished_line_ == last_vote_line_ && last_cell_counts_ && !declared_sums_agree()) {
      return at(last_vote_line_, 0, {},
                "the last line has no line end, and the sums declared in PROJECTS do not show "
                "that its last cell is whole",
                "fetch the whole file again, or end the last line if it is complete");
    }
    return std::move(instance_);
  }

 private:
  [[nodiscard]] Error at(std::uint64_t line, std::uint64_t column, std::string_view field,
                         std::string message, std::string remedy,
                         ErrorCode code = ErrorCode::malformed) const {
    return Error{code,
                 std::move(message),
                 {instance_.file, line, column, std::string(field)},
                 std::move(remedy)};
  }
  [[nodiscard]] Error at(const Row& row, const Cell& cell, std::string_view field,
                         std::string message, std::string remedy,
                         ErrorCode code = ErrorCode::malformed) const {
    return at(row.line + cell.line_offset, cell.column, field, std::move(message),
              std::move(remedy), code);
  }
  // Without the cell, at the last one of the row.
  [[nodiscard]] Error at(const Row& row, const Cell* cell, std::string_view field,
                         std::string message, std::string remedy) const {
    return at(row, cell != nullptr ? *cell : row.cells.back(), field, std::move(message),
              std::move(remedy));
  }

  // Every needed column must be there, and none of `known` twice.
  [[nodiscard]] Status check_header(const Row& row, std::span<const std::string_view> needed,
                                    std::span<const std::string_view> known) const {
    for (const std::string_view name : needed) {
      if (!find_column(row.cells, name)) {
        return at(row.line, 0, name, fmt::format("the column {} is missing", name),
                  "add it to the line of column names");
      }
    }
    for (const std::string_view name : known) {
      const Column first = find_column(row.cells, name);
      if (!first) continue;
      const auto rest = row.cells.subspan(*first + 1);
      if (const Column second = find_column(rest, name)) {
        return at(row, rest[*second], name, fmt::format("a second column {}", name),
                  "keep one of them");
      }
    }
    return ok_status();
  }

  // More cells than columns mean an unquoted ';', unless the rest is blank.
  [[nodiscard]] Status check_width(const Row& row, std::size_t columns) const {
    for (std::size_t i = columns; i < row.cells.size(); ++i) {
      if (!is_blank(row.cells[i].text)) {
        return at(row, row.cells[i], {},
                  fmt::format("a cell beyond the {} columns of the section", columns),
                  "put a cell that holds ';' between quotation marks");
      }
    }
    return ok_status();
  }

  // META

  Status meta_header(const Row& row) {
    const bool known = row.cells.size() >= 2 && trimmed(row.cells[0].text) == "key" &&
                       trimmed(row.cells[1].text) == "value";
    if (!known) {
      return at(row.line, 1, {}, "META does not open with its column names",
                "put the line key;value below META");
    }
    return ok_status();
  }

  Status meta(const Row& row) {
    const std::string key(trimmed(row.cells[0].text));
    std::string value;
    if (row.cells.size() > 1) value = trimmed(row.cells[1].text);
    // Comments are written by hand and hold unquoted separators; they go on to the last cell that
    // is not blank.
    std::size_t cells = row.cells.size();
    while (cells > 2 && is_blank(row.cells[cells - 1].text)) --cells;
    for (std::size_t i = 2; i < cells; ++i) value.append(";").append(row.cells[i].text);
    const Cell& place = row.cells[std::min<std::size_t>(row.cells.size() - 1, 1)];
    const std::optional<std::string_view> before = instance_.find_meta(key);
    instance_.meta.push_back(MetaField{key, value, row.line});

    if (key == "budget") {
      if (before) return given_twice(row, key);
      Result<Money> amount = parse_money(value);
      if (!amount) return at(row, place, key, std::move(amount).error());
      instance_.budget = *amount;
    } else if (key == "vote_type") {
      if (before) return given_twice(row, key);
      const std::optional<VoteType> type = vote_type_named(value);
      if (!type) {
        return at(row, place, key, fmt::format("the vote type '{}' is unknown", value),
                  "write approval, choose-1, ordinal, cumulative or scoring",
                  ErrorCode::unsupported);
      }
      instance_.vote_type = *type;
    } else if (key == "num_votes" || key == "num_projects") {
      if (before) return given_twice(row, key);
      const std::optional<std::int64_t> number = whole_number(value);
      if (!number || *number < 0) {
        return at(row, place, key, "not a number of rows", "write a whole number such as 120");
      }
      (key == "num_votes" ? num_votes_ : num_projects_) = static_cast<std::uint64_t>(*number);
      (key == "num_votes" ? num_votes_line_ : num_projects_line_) = row.line;
    } else if (key == "min_project_score_threshold") {
      if (before) return given_twice(row, key);
      instance_.score_threshold = whole_number(value);
      // It decides who wins: what cannot be read must not be taken for absent.
      if (!instance_.score_threshold && !value.empty())
        return at(row, place, key, "not a whole number", "write a whole number such as 50");
    } else if (key == "rule") {
      if (before) return given_twice(row, key);
      instance_.declared_rule = value;
    } else if (key == "currency" && !before) {
      instance_.currency = value;
    } else if (!before) {
      read_limit(key, value);
    }
    return ok_status();
  }

  [[nodiscard]] Error at(const Row& row, const Cell& cell, std::string_view field,
                         Error reason) const {
    return at(row, cell, field, std::move(reason.message), std::move(reason.remedy), reason.code);
  }

  [[nodiscard]] Error given_twice(const Row& row, std::string_view key) const {
    return at(row, row.cells[0], key, "given twice", "keep one of the two lines");
  }

  void read_limit(std::string_view key, std::string_view value) {
    BallotLimits& limits = instance_.limits;
    if (key == "min_length") limits.length_min = whole_number(value);
    if (key == "max_length") limits.length_max = whole_number(value);
    if (key == "min_points") limits.points_min = whole_number(value);
    if (key == "max_points") limits.points_max = whole_number(value);
    if (key == "min_sum_points") limits.points_sum_min = whole_number(value);
    if (key == "max_sum_points") limits.points_sum_max = whole_number(value);
    if (key != "min_sum_cost" && key != "max_sum_cost") return;
    const Result<Money> amount = parse_money(value);
    if (!amount) return;
    (key == "min_sum_cost" ? limits.cost_sum_min : limits.cost_sum_max) = *amount;
  }

  [[nodiscard]] Status finish_meta(std::uint64_t line) const {
    for (const std::string_view key : {"budget", "vote_type", "num_projects", "num_votes"}) {
      if (!instance_.find_meta(key)) {
        return at(line, 0, key, fmt::format("META has no {}", key),
                  fmt::format("add a line {};… to META", key));
      }
    }
    return ok_status();
  }

  // PROJECTS

  Status projects_header(const Row& row) {
    if (Status complete = finish_meta(row.line); !complete) return complete;
    constexpr std::string_view needed[] = {"project_id", "cost"};
    constexpr std::string_view known[] = {"project_id", "cost",  "name",
                                          "votes",      "score", "selected"};
    if (Status valid = check_header(row, needed, known); !valid) return valid;
    width_ = row.cells.size();
    ProjectColumns& at_column = project_columns_;
    at_column.id = find_column(row.cells, "project_id");
    at_column.cost = find_column(row.cells, "cost");
    at_column.name = find_column(row.cells, "name");
    at_column.votes = find_column(row.cells, "votes");
    at_column.score = find_column(row.cells, "score");
    at_column.selected = find_column(row.cells, "selected");
    at_column.category = find_column(row.cells, "category");
    at_column.beneficiaries = find_column(row.cells, "beneficiaries");
    if (!at_column.beneficiaries) at_column.beneficiaries = find_column(row.cells, "target");
    at_column.latitude = find_column(row.cells, "latitude");
    at_column.longitude = find_column(row.cells, "longitude");
    for (const std::string_view name : {"subunit", "neighborhood", "district"}) {
      if (const Column found = find_column(row.cells, name)) at_column.district = found;
    }
    return ok_status();
  }

  Status project(const Row& row) {
    if (Status valid = check_width(row, width_); !valid) return valid;
    Project project;
    project.line = row.line;
    const Cell* const id = cell_at(row, project_columns_.id);
    if (id == nullptr || is_blank(id->text))
      return at(row, id, "project_id", "a project without an id", "give it one, or delete the row");
    project.id = trimmed(id->text);
    if (project.id.find(',') != std::string::npos) {
      return at(row, *id, "project_id", "an id with a comma, which separates ids in ballots",
                "choose an id without a comma");
    }
    const Cell* const cost = cell_at(row, project_columns_.cost);
    if (cost == nullptr || is_blank(cost->text))
      return at(row, cost, "cost", "a project without a cost",
                "give its cost, 0 if it costs nothing");
    Result<Money> amount = parse_money(trimmed(cost->text));
    if (!amount) return at(row, *cost, "cost", std::move(amount).error());
    project.cost = *amount;

    project.name = text_at(row, project_columns_.name);
    project.declared_votes = whole_number(text_at(row, project_columns_.votes));
    project.declared_score = whole_number(text_at(row, project_columns_.score));
    const auto selected = whole_number(text_at(row, project_columns_.selected));
    if (selected && std::in_range<int>(*selected)) project.selected = static_cast<int>(*selected);
    project.categories = split_list(text_at(row, project_columns_.category));
    project.beneficiaries = split_list(text_at(row, project_columns_.beneficiaries));
    project.district = text_at(row, project_columns_.district);
    project.latitude = decimal_degrees(text_at(row, project_columns_.latitude));
    project.longitude = decimal_degrees(text_at(row, project_columns_.longitude));

    if (instance_.projects.size() == projects_max) {
      return at(row, *id, "project_id", fmt::format("more than {} projects", projects_max),
                "split the pool", ErrorCode::limit);
    }
    if (!ids_.insert(project.id)) {
      return at(row, *id, "project_id",
                fmt::format("the id '{}' stands here a second time", project.id),
                "give every project its own id");
    }
    instance_.projects.push_back(std::move(project));
    return ok_status();
  }

  // VOTES

  Status votes_header(const Row& row) {
    if (instance_.projects.size() != num_projects_) {
      return at(num_projects_line_, 0, "num_projects",
                fmt::format("the file has {} rows of projects where {} are announced",
                            instance_.projects.size(), num_projects_),
                std::string(refetch));
    }
    constexpr std::string_view needed[] = {"voter_id", "vote", "points"};
    const bool pointed = has_points(instance_.vote_type);
    const auto used = std::span(needed).first(pointed ? 3 : 2);
    if (Status valid = check_header(row, used, used); !valid) return valid;
    width_ = row.cells.size();
    vote_column_ = find_column(row.cells, "vote");
    if (pointed) points_column_ = find_column(row.cells, "points");
    last_cell_counts_ = vote_column_ == width_ - 1 || points_column_ == width_ - 1;
    builder_.emplace(instance_.vote_type);
    return ok_status();
  }

  Status vote(const Row& row) {
    if (row.cells.size() > width_) {
      if (Status valid = check_width(row, width_); !valid) return valid;
    }
    ++votes_;
    last_vote_line_ = row.line;
    last_vote_short_ = row.cells.size() < width_;
    const Cell* const vote = cell_at(row, vote_column_);
    if (vote == nullptr) {
      return at(row, vote, "vote", "the row ends before the column vote",
                "complete the row; a blank ballot has an empty cell there");
    }
    ballot_.clear();
    if (Status read = read_projects(row, *vote); !read) return read;
    points_.clear();
    if (points_column_) {
      const Cell* const points = cell_at(row, points_column_);
      if (points != nullptr) {
        if (Status read = read_points(row, *points); !read) return read;
      }
      if (points_.size() != ballot_.size()) {
        return at(
            row, points != nullptr ? *points : row.cells.back(), "points",
            fmt::format("{} numbers of points for {} projects", points_.size(), ballot_.size()),
            "give one number for each project of the column vote, in the same order");
      }
    }
    if (!builder_->add(ballot_, points_)) {
      return at(row, *vote, "vote", "more ballots than can be held", "split the pool",
                ErrorCode::limit);
    }
    return ok_status();
  }

  // Calls take(item, position in the cell) for each part between commas, without spaces around it;
  // not at all for a blank cell.
  template <typename Take>
  static Status for_each_item(std::string_view text, Take take) {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* p = begin;
    while (p != end && is_space(*p)) ++p;
    if (p == end) return ok_status();
    for (;;) {
      const char* const first = p;
      while (p != end && *p != ',') ++p;
      const std::string_view item(first, static_cast<std::size_t>(p - first));
      if (Status taken = take(trimmed(item), static_cast<std::size_t>(first - begin)); !taken)
        return taken;
      if (p == end) return ok_status();
      ++p;
    }
  }

  Status read_projects(const Row& row, const Cell& cell) {
    return for_each_item(cell.text, [&](std::string_view id, std::size_t position) -> Status {
      const std::optional<ProjectIndex> project = ids_.find(id);
      if (!project) [[unlikely]] {
        Cell place = cell;
        place.column += static_cast<std::uint32_t>(position);
        return at(row, place, "vote",
                  id.empty() ? "an empty place in the list of projects"
                             : fmt::format("no project has the id '{}'", id),
                  "name projects of the section PROJECTS, separated by commas");
      }
      ballot_.push_back(*project);
      return ok_status();
    });
  }

  Status read_points(const Row& row, const Cell& cell) {
    return for_each_item(cell.text, [&](std::string_view text, std::size_t position) -> Status {
      const std::optional<std::int64_t> number = whole_number(text);
      const bool negative_allowed = instance_.vote_type == VoteType::scoring;
      if (!number || !std::in_range<std::int32_t>(*number) || (*number < 0 && !negative_allowed))
          [[unlikely]] {
        Cell place = cell;
        place.column += static_cast<std::uint32_t>(position);
        return at(row, place, "points", fmt::format("'{}' is not a number of points", text),
                  negative_allowed ? "write whole numbers, separated by commas"
                                   : "write whole numbers from 0 on, separated by commas");
      }
      points_.push_back(static_cast<std::int32_t>(*number));
      return ok_status();
    });
  }

  // Whether PROJECTS declares, for every project, exactly the votes (and points, if ballots give
  // any) that were read. A last cell cut short takes votes from a project or gives them to another.
  [[nodiscard]] bool declared_sums_agree() const {
    const Tally sums = tally(instance_);
    const bool pointed = has_points(instance_.vote_type);
    for (const ProjectIndex p : instance_.indices()) {
      const Project& project = instance_.projects[p];
      if (project.declared_votes != sums.votes[p]) return false;
      if (pointed && project.declared_score != sums.points[p]) return false;
    }
    return true;
  }

  struct ProjectColumns {
    Column id, cost, name, votes, score, selected, category, beneficiaries, district, latitude,
        longitude;
  };

  Instance instance_;
  std::uint64_t num_projects_ = 0;
  std::uint64_t num_projects_line_ = 0;
  std::uint64_t num_votes_ = 0;
  std::uint64_t num_votes_line_ = 0;
  std::size_t width_ = 0;  // columns of the section being read
  ProjectColumns project_columns_;
  IdTable ids_;

  Column vote_column_;
  Column points_column_;           // only where points count
  bool last_cell_counts_ = false;  // the last column is one of these
  std::optional<ProfileBuilder> builder_;
  std::vector<ProjectIndex> ballot_;
  std::vector<std::int32_t> points_;
  std::uint64_t votes_ = 0;
  std::uint64_t last_vote_line_ = 0;
  bool last_vote_short_ = false;
  std::optional<std::uint64_t> unfinished_line_;  // of the row without a line end
};

}  // namespace

std::optional<VoteType> vote_type_named(std::string_view name) {
  if (name == "approval") return VoteType::approval;
  if (name == "choose-1") return VoteType::choose_one;
  if (name == "ordinal") return VoteType::ordinal;
  if (name == "cumulative") return VoteType::cumulative;
  if (name == "scoring") return VoteType::scoring;
  return std::nullopt;
}

Result<Instance> read_instance(const ByteSource& source, std::string_view file) {
  InstanceReader reader(file);
  if (Status scanned = scan(source, file, reader); !scanned) return std::move(scanned).error();
  return std::move(reader).finish();
}

Result<Instance> read_instance_file(const std::string& path) {
  Result<ByteSource> source = open_bytes(path);
  if (!source) return std::move(source).error();
  return read_instance(*source, path);
}

}  // namespace urna::count::pabulib
