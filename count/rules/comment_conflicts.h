// SPDX-License-Identifier: EUPL-1.2
// Projects that exclude each other, as far as the free text of the file's comment names them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "count/instance.h"

namespace urna::count {

struct CommentConflict {
  std::vector<ProjectIndex> projects;  // at least two, in the order of the text
  std::string sentence;                // where it was read
};

// Reads the meta field `comment`, sentence by sentence. A sentence states a conflict iff it speaks
// of one ("simultaneously", "mutually exclusive", "exclude", "overlap", "conflict") and lists,
// right after the word "projects", at least two ids of the file, separated by commas or "and".
// Anything less certain is not read as a conflict: a wrong exclusion would change the winners
// silently. O(length of the comment * number of projects).
[[nodiscard]] std::vector<CommentConflict> read_comment_conflicts(const Instance& instance);

// The sentences of a comment: split after '.', '!' or '?' before a space, and before "#1:", "#2:" …
// A full stop after a lower-case word of at most three letters ("ul.", "ust.") is taken for an
// abbreviation. Surrounding spaces are left out. Views into `comment`.
[[nodiscard]] std::vector<std::string_view> sentences_of(std::string_view comment);

}  // namespace urna::count
