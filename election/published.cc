// SPDX-License-Identifier: EUPL-1.2
#include "election/published.h"

#include <string>

#include "count/pabulib/reader.h"
#include "count/pabulib/scanner.h"
#include "election/counting.h"

namespace urna::election {
namespace {

void append_cell(std::string& file, std::string_view text) {
  if (text.find_first_of(";\"") == std::string_view::npos) {
    file += text;
    return;
  }
  file += '"';
  for (const char c : text) {
    if (c == '"') file += '"';
    file += c;
  }
  file += '"';
}

void append_line(std::string& file, std::string_view key, std::string_view value) {
  append_cell(file, key);
  file += ';';
  append_cell(file, value);
  file += '\n';
}

template <typename Items, typename Append>
void append_joined(std::string& file, const Items& items, Append append) {
  bool first = true;
  for (const auto& item : items) {
    if (!first) file += ',';
    first = false;
    append(item);
  }
}

bool fits(BallotForm form, count::VoteType type) {
  switch (type) {
    case count::VoteType::approval:
    case count::VoteType::choose_one:
      return form == BallotForm::approval;
    case count::VoteType::ordinal:
      return form == BallotForm::ranking;
    case count::VoteType::cumulative:
    case count::VoteType::scoring:
      return form == BallotForm::points;
  }
  return false;
}

}  // namespace

std::string published_head(const Pool& pool, std::uint64_t ballots) {
  std::string file = "META\nkey;value\n";
  for (const TextPair& pair : pool.meta) append_line(file, pair.key, pair.value);
  append_line(file, "num_projects", std::to_string(pool.projects.size()));
  append_line(file, "num_votes", std::to_string(ballots));
  append_line(file, "budget", to_plain_string(pool.money));

  file += "PROJECTS\nproject_id;cost;name\n";
  for (const Project& project : pool.projects) {
    append_cell(file, project.id);
    file += ';' + to_plain_string(project.cost) + ';';
    append_cell(file, project.name);
    file += '\n';
  }

  const bool points = pool.ballot_rule.form == BallotForm::points;
  file += points ? "VOTES\nvoter_id;vote;points\n" : "VOTES\nvoter_id;vote\n";
  return file;
}

std::string published_cells(const Pool& pool, const BallotContent& content) {
  std::string cells = ";";
  append_joined(cells, content.projects,
                [&](ProjectNumber project) { cells += pool.projects[project.value - 1U].id; });
  if (pool.ballot_rule.form == BallotForm::points) {
    cells += ';';
    append_joined(cells, content.points,
                  [&](std::uint32_t given) { cells += std::to_string(given); });
  }
  cells += '\n';
  return cells;
}

std::string published_file(const Pool& pool, std::span<const PublishedBallot> ballots) {
  std::string file = published_head(pool, ballots.size());
  for (const PublishedBallot& ballot : ballots)
    file += std::to_string(ballot.position) + published_cells(pool, ballot.content);
  return file;
}

Result<count::Instance> read_published(std::string_view file) {
  return count::pabulib::read_instance(count::pabulib::memory_bytes(file), "the published file");
}

Status check_published(const Pool& pool) {
  const Result<count::Instance> instance = read_published(published_file(pool, {}));
  if (!instance) return instance.error();
  const auto wrong = [](std::string message) {
    return Error{ErrorCode::malformed, std::move(message)};
  };
  if (!fits(pool.ballot_rule.form, instance->vote_type))
    return wrong("vote_type of META does not fit the form of the ballots");
  // Three lines of META are the file's own.
  bool same = instance->projects.size() == pool.projects.size() &&
              instance->meta.size() == pool.meta.size() + 3 && instance->budget == pool.money;
  for (std::size_t i = 0; same && i < pool.meta.size(); ++i) {
    same =
        instance->meta[i].key == pool.meta[i].key && instance->meta[i].value == pool.meta[i].value;
  }
  for (std::size_t i = 0; same && i < pool.projects.size(); ++i) {
    const count::Project& read = instance->projects[{static_cast<std::uint16_t>(i)}];
    const Project& project = pool.projects[i];
    same = read.id == project.id && read.cost == project.cost && read.name == project.name;
  }
  if (!same) return wrong("a text reads back as another one; blanks at its ends are lost");
  return check_counting(pool.counting, *instance);
}

}  // namespace urna::election
