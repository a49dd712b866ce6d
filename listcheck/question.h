// SPDX-License-Identifier: EUPL-1.2
// What the checker asks of a unit: the roll in classes of people who did the same thing, as far as
// the public record tells, none of them so small that an answer would be about single people.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pseudonym/list_check.h"

namespace urna::listcheck {

// Below this nothing is shown, and no class is smaller. The least that a mandate's parties may
// agree on; larger ones are for them to ask for.
inline constexpr std::uint64_t people_least = 10;

// The first ballot of a person, as the public record has it.
struct FirstVote {
  pseudonym::PseudonymBytes pseudonym{};
  std::uint64_t hour = 0;  // Unix seconds / 3600
  std::uint8_t level = 2;
};

// What the people of a class have in common.
struct ClassLabel {
  bool voted = false;
  std::uint8_t level_least = 0, level_most = 0;
  std::uint64_t from_hour = 0, to_hour = 0;  // both included
  std::uint64_t people = 0;
  friend bool operator==(const ClassLabel&, const ClassLabel&) = default;
};

// What the checker keeps between its question and the answer; nothing in it is about a person.
struct Question {
  std::vector<ClassLabel> labels;  // in the order of the classes
};

struct Asked {
  Question question;
  pseudonym::ListClasses classes;
};

// Makes the classes: those who did not vote; the others by level and then by stretches of
// `period_hours`, neighbours joined until each has `people_least`. Errors: conflict (a vote whose
// pseudonym the table has not; fewer than so many voted, or did not).
[[nodiscard]] Result<Asked> make_question(const pseudonym::ListTable& table,
                                          std::span<const FirstVote> votes,
                                          std::uint64_t period_hours, std::uint64_t first_hour);

// {0: "urna list question", 1: [[voted, least, most, from, to, people] …]}, and back. Error:
// malformed.
[[nodiscard]] std::string encode(const Question& question);
[[nodiscard]] Result<Question> decode_question(std::string_view bytes);

}  // namespace urna::listcheck
