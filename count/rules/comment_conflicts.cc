// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/comment_conflicts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <unordered_map>

namespace urna::count {
namespace {

constexpr std::array<std::string_view, 5> conflict_words = {"simultaneously", "mutually exclusive",
                                                            "exclude", "overlap", "conflict"};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

using Ids = std::unordered_map<std::string_view, ProjectIndex>;

// Of two projects with one id the first.
Ids ids_of(const Instance& instance) {
  Ids ids;
  for (const ProjectIndex p : instance.indices()) ids.emplace(instance.projects[p].id, p);
  return ids;
}

// Takes the next word off `text`; commas end a word and are dropped.
std::string_view next_word(std::string_view& text) {
  constexpr std::string_view separators = " ,";
  const std::size_t begin = std::min(text.find_first_not_of(separators), text.size());
  text.remove_prefix(begin);
  const std::string_view word = text.substr(0, text.find_first_of(separators));
  text.remove_prefix(word.size());
  return word;
}

// "459, 1687, and 2150 overlapped …" → the three; stops at the first word that is no id.
std::vector<ProjectIndex> read_list(const Ids& ids, std::string_view text) {
  std::vector<ProjectIndex> list;
  while (true) {
    std::string_view word = next_word(text);
    if (word == "and" || word == "or" || word == "&") continue;
    auto found = ids.find(word);
    if (found == ids.end() && word.ends_with('.'))
      found = ids.find(word.substr(0, word.size() - 1));
    if (found == ids.end()) return list;
    const ProjectIndex p = found->second;
    if (std::find(list.begin(), list.end(), p) == list.end()) list.push_back(p);
  }
}

// "ul. Konarskiego", "ust. 5", "al. …": a short word in lower case before the full stop.
bool ends_in_abbreviation(std::string_view text) {
  const std::size_t space = text.find_last_of(" (");
  const std::string_view word = space == std::string_view::npos ? text : text.substr(space + 1);
  return word.size() <= 3 && std::all_of(word.begin(), word.end(), [](char c) {
           return std::islower(static_cast<unsigned char>(c)) != 0;
         });
}

bool starts_remark(std::string_view text) {
  if (text.size() < 3 || text[0] != '#') return false;
  const std::size_t end = text.find_first_not_of("0123456789", 1);
  return end != 1 && end != std::string_view::npos && text[end] == ':';
}

}  // namespace

std::vector<std::string_view> sentences_of(std::string_view comment) {
  std::vector<std::string_view> sentences;
  std::size_t begin = 0;
  const auto cut = [&](std::size_t end) {
    const std::string_view sentence = trim(comment.substr(begin, end - begin));
    if (!sentence.empty()) sentences.push_back(sentence);
    begin = end;
  };
  for (std::size_t i = 0; i < comment.size(); ++i) {
    if (starts_remark(comment.substr(i))) cut(i);
    const bool full_stop = comment[i] == '.' || comment[i] == '!' || comment[i] == '?';
    if (!full_stop || i + 1 >= comment.size() || comment[i + 1] != ' ') continue;
    if (comment[i] == '.' && ends_in_abbreviation(comment.substr(begin, i - begin))) continue;
    cut(i + 1);
  }
  cut(comment.size());
  return sentences;
}

std::vector<CommentConflict> read_comment_conflicts(const Instance& instance) {
  std::vector<CommentConflict> conflicts;
  const Ids ids = ids_of(instance);
  for (const std::string_view sentence : sentences_of(instance.find_meta("comment").value_or(""))) {
    const std::string plain = lower(sentence);
    if (std::none_of(conflict_words.begin(), conflict_words.end(), [&](std::string_view word) {
          return plain.find(word) != std::string::npos;
        })) {
      continue;
    }
    constexpr std::string_view opening = "projects ";
    for (std::size_t at = plain.find(opening); at != std::string::npos;
         at = plain.find(opening, at + 1)) {
      CommentConflict conflict{read_list(ids, sentence.substr(at + opening.size())),
                               std::string(sentence)};
      if (conflict.projects.size() >= 2) conflicts.push_back(std::move(conflict));
    }
  }
  return conflicts;
}

}  // namespace urna::count
