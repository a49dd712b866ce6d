// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/check_votes.h"

#include <algorithm>
#include <limits>

#include "count/instance.h"
#include "count/pabulib/check/unicode_text.h"
#include "count/pabulib/check/values.h"

namespace urna::count::pabulib::check {
namespace {

// "-1.50": a number, though not a whole one.
bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return point != std::string_view::npos && digits(text.substr(0, point)) &&
         digits(text.substr(point + 1));
}

}  // namespace

void VotesCheck::header(const Row& row) {
  model_.votes_line = row.line;
  columns_ = Columns(row, findings_);
  id_ = columns_.find("voter_id");
  vote_ = columns_.find("vote");
  points_ = columns_.find("points");
  district_ = columns_.find("district");
  neighborhood_ = columns_.find("neighborhood");
  model_.has_points_column = points_.has_value();
}

void VotesCheck::row(const Row& row) {
  ++model_.vote_rows;
  columns_.check_row(row, findings_, {"voter_id", "vote", "points"});
  voter_ = cell_text(row, id_);
  check_voter(voter_, cell_place(row, id_, "voter_id"));
  districts_.add(cell_text(row, district_), cell_place(row, district_, "district"));
  neighborhoods_.add(cell_text(row, neighborhood_), cell_place(row, neighborhood_, "neighborhood"));
  if (!vote_) return;
  const Place vote = cell_place(row, vote_, "vote");
  read_projects(cell_text(row, vote_), vote);
  read_points(cell_text(row, points_), cell_place(row, points_, "points"));
  check_length(vote);
  check_points(cell_place(row, points_, "points"));
  check_cost(vote);
  count();
}

void VotesCheck::check_voter(std::string_view id, Place place) {
  if (!id_) return;
  if (id.empty()) {
    findings_.add(Code::empty_voter_id, place, "a vote without voter_id");
    return;
  }
  check_id(id, place, findings_);
  if (id.size() > id_bytes_max) return;
  if (const auto line = voters_.insert(id, place.line)) {
    findings_.add(Code::duplicate_voter_id, place, "the voter_id {} stands already on line {}",
                  quoted(id), *line);
  }
}

void VotesCheck::read_projects(std::string_view list, Place place) {
  mentioned_ = 0;
  projects_.clear();
  if (list.empty()) {
    findings_.add(Code::blank_ballot, place, "voter {} names no project", quoted(voter_));
  }
  bool repeated = false;
  check_list(list, place, findings_, [&](std::string_view id, std::size_t offset) {
    ++mentioned_;
    const Place at{place.line, place.column + offset, place.field};
    const std::optional<ProjectIndex> index = model_.ids.find(id);
    projects_.push_back(index);
    if (!index) {
      findings_.add(Code::unknown_project, at, "voter {} names the project {}, which is not listed",
                    quoted(voter_), quoted(id));
      return;
    }
    ProjectFacts& project = model_.projects[index->value];
    if (project.last_vote == model_.vote_rows && !repeated) {
      repeated = true;
      findings_.add(Code::repeated_project, at, "voter {} names the project {} again",
                    quoted(voter_), quoted(id));
    }
    project.last_vote = model_.vote_rows;
  });
}

void VotesCheck::read_points(std::string_view list, Place place) {
  read_points_.given = !list.empty();
  read_points_.values.clear();
  read_points_.countable = true;
  check_list(list, place, findings_, [&](std::string_view item, std::size_t offset) {
    const Place at{place.line, place.column + offset, place.field};
    const Reading<std::int64_t> reading = read_integer(item);
    const bool fits = reading.value && *reading.value <= std::numeric_limits<std::int32_t>::max() &&
                      *reading.value >= -std::numeric_limits<std::int32_t>::max();
    read_points_.values.push_back(fits ? *reading.value : 0);
    if (fits && !reading.fault) return;
    if (fits) {
      findings_.add(*reading.fault, at, "{} begins with zeros", quoted(item));
      return;
    }
    read_points_.countable = false;
    if (is_decimal(item)) {
      findings_.add(Code::fractional_points, at, "voter {} gives {} points", quoted(voter_),
                    quoted(item));
    } else {
      findings_.add(Code::invalid_points, at, "{} is not a number of points", quoted(item));
    }
  });
}

void VotesCheck::check_length(Place place) {
  const MetaFacts& facts = model_.facts;
  mentions_ += mentioned_;
  const auto length = static_cast<std::int64_t>(mentioned_);
  if (facts.max_length && length > *facts.max_length) {
    findings_.add(Code::vote_too_long, place, "voter {} names {} projects, max_length is {}",
                  quoted(voter_), length, *facts.max_length);
  }
  max_length_used_ |= facts.max_length && length >= *facts.max_length;
  if (length == 0) return;  // a blank ballot is reported as such
  if (facts.min_length && length < *facts.min_length) {
    findings_.add(Code::vote_too_short, place, "voter {} names {} projects, min_length is {}",
                  quoted(voter_), length, *facts.min_length);
  }
  if (type_is(VoteType::choose_one) && length != 1) {
    findings_.add(Code::choose_1_length, place, "voter {} names {} projects", quoted(voter_),
                  length);
  }
}

void VotesCheck::check_points(Place place) {
  const MetaFacts& facts = model_.facts;
  if (!read_points_.given) {
    if (needs_points() && mentioned_ > 0) {
      findings_.add(Code::missing_points, place, "voter {} gives no points", quoted(voter_));
    } else if (points_ && !needs_points() && type_is(VoteType::ordinal) && mentioned_ > 0) {
      findings_.add(Code::empty_field, place, "points must have a value");
    }
    return;
  }
  if (type_is(VoteType::approval) || type_is(VoteType::choose_one)) {
    findings_.add(Code::unexpected_points, place, "voter {} gives points", quoted(voter_));
    return;
  }
  const std::vector<std::int64_t>& values = read_points_.values;
  if (values.size() != mentioned_) {
    findings_.add(Code::points_count, place, "voter {} gives {} numbers to {} projects",
                  quoted(voter_), values.size(), mentioned_);
    return;
  }
  if (!read_points_.countable || values.empty()) return;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  std::int64_t sum = 0;
  for (const std::int64_t value : values) sum += value;
  if (type_is(VoteType::cumulative) && *least < 0) {
    findings_.add(Code::negative_points, place, "voter {} gives {} points", quoted(voter_), *least);
  }
  const auto report = [&](Code code, std::int64_t value, std::string_view what,
                          std::int64_t limit) {
    findings_.add(code, place, "voter {} gives {} points, {} is {}", quoted(voter_), value, what,
                  limit);
  };
  if (facts.min_points && *least < *facts.min_points)
    report(Code::points_below_minimum, *least, "min_points", *facts.min_points);
  if (facts.max_points && *most > *facts.max_points)
    report(Code::points_above_maximum, *most, "max_points", *facts.max_points);
  if (facts.min_sum_points && sum < *facts.min_sum_points)
    report(Code::points_sum_below, sum, "min_sum_points", *facts.min_sum_points);
  if (facts.max_sum_points && sum > *facts.max_sum_points)
    report(Code::points_sum_above, sum, "max_sum_points", *facts.max_sum_points);
  if (needs_points() && !std::is_sorted(values.rbegin(), values.rend())) {
    findings_.add(Code::points_order, place, "voter {} does not list the most points first",
                  quoted(voter_));
  }
}

void VotesCheck::check_cost(Place place) {
  const MetaFacts& facts = model_.facts;
  if (!type_is(VoteType::approval) || (!facts.min_sum_cost && !facts.max_sum_cost)) return;
  if (projects_.empty() || projects_.size() > projects_max) return;  // the sum cannot overflow
  Money sum;
  for (const auto& index : projects_) {
    // A withdrawn project had another cost when the vote was cast.
    if (!index || !model_.projects[index->value].cost ||
        *model_.projects[index->value].cost == withdrawn_cost)
      return;
    sum += *model_.projects[index->value].cost;
  }
  if (facts.min_sum_cost && sum < *facts.min_sum_cost) {
    findings_.add(Code::vote_cost_below, place,
                  "the projects of voter {} cost {}, min_sum_cost is {}", quoted(voter_),
                  to_plain_string(sum), to_plain_string(*facts.min_sum_cost));
  }
  if (facts.max_sum_cost && sum > *facts.max_sum_cost) {
    findings_.add(Code::vote_cost_above, place,
                  "the projects of voter {} cost {}, max_sum_cost is {}", quoted(voter_),
                  to_plain_string(sum), to_plain_string(*facts.max_sum_cost));
  }
}

void VotesCheck::count() {
  const bool by_cell = needs_points() || (type_is(VoteType::ordinal) && points_);
  const bool by_place = type_is(VoteType::ordinal) && !points_;
  const bool countable =
      !by_cell || (read_points_.countable && read_points_.values.size() == projects_.size());
  if (!countable) model_.has_uncountable_points = true;
  std::vector<ProjectIndex> projects;
  std::vector<std::int32_t> points;
  for (std::size_t i = 0; i < projects_.size(); ++i) {
    if (!projects_[i]) continue;
    std::int64_t value = 1;
    if (by_cell) value = countable ? read_points_.values[i] : 0;
    if (by_place) value = static_cast<std::int64_t>(projects_.size() - i);
    ProjectFacts& project = model_.projects[projects_[i]->value];
    ++project.counted_votes;
    project.counted_points += value;
    if (ballots_ == nullptr) continue;
    projects.push_back(*projects_[i]);
    if (needs_points()) points.push_back(static_cast<std::int32_t>(value));
  }
  if (ballots_ != nullptr && countable) ballots_->ballot(projects, points);
}

void VotesCheck::finish() {
  const MetaFacts& facts = model_.facts;
  if (model_.vote_rows == 0)
    findings_.add(Code::no_votes, {model_.votes_line, 0, {}}, "there are no votes");
  if (facts.num_votes && static_cast<std::uint64_t>(*facts.num_votes) != model_.vote_rows) {
    findings_.add(Code::num_votes_mismatch, model_.place("num_votes"),
                  "num_votes is {}, and VOTES has {} rows", *facts.num_votes, model_.vote_rows);
  }
  if (facts.max_length && model_.vote_rows > 0) {
    if (!max_length_used_) {
      findings_.add(Code::max_length_unused, model_.place("max_length"),
                    "max_length is {}, and no vote names so many projects", *facts.max_length);
    }
    if (*facts.max_length != 1 && mentions_ == model_.vote_rows) {
      findings_.add(Code::one_project_average, model_.place("max_length"),
                    "max_length is {}, and votes name one project on average", *facts.max_length);
    }
  }
  if (vote_) check_columns();
  districts_.finish(model_, findings_);
  neighborhoods_.finish(model_, findings_);
}

void VotesCheck::check_columns() {
  for (const ProjectFacts& project : model_.projects) {
    if (model_.has_votes_column && project.declared_votes.value_or(0) == 0) {
      findings_.add(Code::project_without_votes, {project.line, project.votes_column, "votes"},
                    "the project {} has no votes", quoted(project.id));
    }
    if (project.declared_votes && *project.declared_votes != project.counted_votes) {
      findings_.add(Code::votes_column_mismatch, {project.line, project.votes_column, "votes"},
                    "the project {} has {} votes here and {} in VOTES", quoted(project.id),
                    *project.declared_votes, project.counted_votes);
    }
    if (project.declared_score && !model_.has_uncountable_points &&
        *project.declared_score != project.counted_points) {
      findings_.add(Code::score_column_mismatch, {project.line, project.score_column, "score"},
                    "the project {} has {} points here and {} in VOTES", quoted(project.id),
                    *project.declared_score, project.counted_points);
    }
    if (project.cost == withdrawn_cost && project.counted_votes > 0) {
      findings_.add(Code::withdrawn_votes, {project.line, 1, "project_id"},
                    "{} votes name the withdrawn project {}", project.counted_votes,
                    quoted(project.id));
    }
  }
}

}  // namespace urna::count::pabulib::check
