// SPDX-License-Identifier: EUPL-1.2
#include "listcheck/question.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"

namespace urna::listcheck {
namespace {

constexpr std::string_view question_kind = "urna list question";

struct Class {
  ClassLabel label;
  std::string set;
};

void join(Class& into, const Class& other) {
  into.set += other.set;
  into.label.people += other.label.people;
  into.label.level_least = std::min(into.label.level_least, other.label.level_least);
  into.label.level_most = std::max(into.label.level_most, other.label.level_most);
  into.label.from_hour = std::min(into.label.from_hour, other.label.from_hour);
  into.label.to_hour = std::max(into.label.to_hour, other.label.to_hour);
}

// Joins neighbours until each is large enough; what is left over at the end of a level goes to the
// class before it, of the same level if there is one.
std::vector<Class> joined(std::vector<Class> cells) {
  std::vector<Class> classes;
  bool open = false;
  for (Class& cell : cells) {
    const bool other_level = open && classes.back().label.level_most != cell.label.level_most;
    if (other_level && classes.size() >= 2 &&
        classes[classes.size() - 2].label.level_most == classes.back().label.level_most) {
      const Class rest = std::move(classes.back());
      classes.pop_back();
      join(classes.back(), rest);
      open = false;
    }
    if (open) {
      join(classes.back(), cell);
    } else {
      classes.push_back(std::move(cell));
    }
    open = classes.back().label.people < people_least;
  }
  if (open && classes.size() >= 2) {
    const Class rest = std::move(classes.back());
    classes.pop_back();
    join(classes.back(), rest);
  }
  return classes;
}

}  // namespace

Result<Asked> make_question(const pseudonym::ListTable& table, std::span<const FirstVote> votes,
                            std::uint64_t period_hours, std::uint64_t first_hour) {
  using Cell = std::pair<std::uint8_t, std::uint64_t>;  // level, period
  std::map<Cell, Class> voted;
  std::vector<bool> has_voted(pseudonym::set_size(table.pseudonyms));
  const auto at = [&](std::size_t i) {
    return std::string_view(table.pseudonyms).substr(32 * i, 32);
  };
  for (const FirstVote& vote : votes) {
    std::size_t low = 0;
    std::size_t high = has_voted.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (at(middle) < view_of(vote.pseudonym)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == has_voted.size() || at(low) != view_of(vote.pseudonym) || has_voted[low]) {
      return Error{ErrorCode::conflict,
                   "the record has a vote of somebody whom the register office's table has not, or "
                   "two first ones",
                   {},
                   "ask the register office for a table of the whole roll"};
    }
    has_voted[low] = true;
    const std::uint64_t period =
        (vote.hour - std::min(vote.hour, first_hour)) / std::max<std::uint64_t>(period_hours, 1);
    Class& cell = voted[{vote.level, period}];
    const Class one{{true, vote.level, vote.level, vote.hour, vote.hour, 1},
                    table.people.substr(32 * low, 32)};
    if (cell.label.people == 0) {
      cell = one;
    } else {
      join(cell, one);
    }
  }
  Class absent;
  for (std::size_t i = 0; i < has_voted.size(); ++i) {
    if (has_voted[i]) continue;
    absent.set += std::string_view(table.people).substr(32 * i, 32);
    ++absent.label.people;
  }
  std::vector<Class> cells;
  cells.reserve(voted.size());
  for (auto& [key, cell] : voted) cells.push_back(std::move(cell));
  if (votes.size() < people_least || absent.label.people < people_least) {
    return Error{ErrorCode::conflict,
                 "so few voted, or did not, that an answer would be about single people",
                 {},
                 "ask later"};
  }
  std::vector<Class> classes = joined(std::move(cells));
  classes.insert(classes.begin(), std::move(absent));
  Asked asked;
  asked.classes.mandate = table.mandate;
  for (const Class& one : classes) {
    asked.question.labels.push_back(one.label);
    asked.classes.classes.push_back(pseudonym::sorted_set(one.set));
  }
  return asked;
}

std::string encode(const Question& question) {
  CborWriter out;
  out.map(2);
  out.key(0);
  out.text(question_kind);
  out.key(1);
  out.array(question.labels.size());
  for (const ClassLabel& label : question.labels) {
    out.array(6);
    out.boolean(label.voted);
    out.unsigned_integer(label.level_least);
    out.unsigned_integer(label.level_most);
    out.unsigned_integer(label.from_hour);
    out.unsigned_integer(label.to_hour);
    out.unsigned_integer(label.people);
  }
  return std::move(out).take();
}

Result<Question> decode_question(std::string_view bytes) {
  CborReader in(bytes);
  Question question;
  in.map(2);
  in.key(0);
  in.require(in.text(question_kind.size()) == question_kind, "expected a question");
  in.key(1);
  question.labels.resize(in.array(pseudonym::list_classes_max));
  for (ClassLabel& label : question.labels) {
    in.array_exactly(6);
    label.voted = in.boolean();
    label.level_least = static_cast<std::uint8_t>(in.unsigned_integer(255));
    label.level_most = static_cast<std::uint8_t>(in.unsigned_integer(255));
    label.from_hour = in.unsigned_integer(number_max);
    label.to_hour = in.unsigned_integer(number_max);
    label.people = in.unsigned_integer(pseudonym::roll_people_max);
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  return question;
}

}  // namespace urna::listcheck
