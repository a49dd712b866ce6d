// SPDX-License-Identifier: EUPL-1.2
// A small edition that gives occasion for everything: two pools of one width, a pool of two
// elements, one of points, one too small to be opened.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "count/instance.h"
#include "count/pabulib/reader.h"

namespace urna::test {

// Projects 1 … `projects` of falling cost; `votes` are the rows of VOTES after the voter's id.
inline std::string pabulib_text(const std::string& name, std::size_t projects,
                                const std::string& vote_type, const std::string& limits,
                                const std::vector<std::string>& votes, bool points) {
  std::string text = "META\nkey;value\ndescription;" + name +
                     "\ncountry;Poland\nunit;Przykład\ninstance;2026\nsubunit;" + name +
                     "\nnum_projects;" + std::to_string(projects) + "\nnum_votes;" +
                     std::to_string(votes.size()) + "\nbudget;1000\nvote_type;" + vote_type +
                     "\nrule;greedy\n" + limits + "PROJECTS\nproject_id;cost;name\n";
  for (std::size_t p = 1; p <= projects; ++p) {
    text += std::to_string(p) + ";" + std::to_string(900 - 2 * p) + ";Projekt nr " +
            std::to_string(p) + "\n";
  }
  text += points ? "VOTES\nvoter_id;vote;points\n" : "VOTES\nvoter_id;vote\n";
  for (std::size_t v = 0; v < votes.size(); ++v) {
    text += std::to_string(v + 1) + ";" + votes[v] + "\n";
  }
  return text;
}

// The votes of each are drawn from a fixed sequence, so that they are the same every time.
inline std::vector<count::Instance> sample_edition() {
  std::uint32_t state = 2026;
  const auto next = [&](std::uint32_t below) {
    state = state * 1'664'525U + 1'013'904'223U;
    return (state >> 8U) % below;
  };
  const auto choices = [&](std::size_t voters, std::uint32_t projects, std::uint32_t most) {
    std::vector<std::string> votes;
    for (std::size_t v = 0; v < voters; ++v) {
      std::vector<std::uint32_t> chosen;
      for (std::uint32_t k = 1 + next(most); k > 0; --k) {
        const std::uint32_t project = 1 + next(projects);
        if (std::ranges::find(chosen, project) == chosen.end()) chosen.push_back(project);
      }
      std::ranges::sort(chosen);
      std::string vote;
      for (const std::uint32_t project : chosen) {
        vote += (vote.empty() ? "" : ",") + std::to_string(project);
      }
      votes.push_back(std::move(vote));
    }
    return votes;
  };
  std::vector<std::string> points = choices(24, 12, 3);
  for (std::string& vote : points) {
    const auto commas = static_cast<std::size_t>(std::ranges::count(vote, ','));
    std::string given = "3";
    for (std::size_t k = 0; k < commas; ++k) given += ",2";
    vote += ";" + given;
  }
  const std::vector<std::string> texts = {
      pabulib_text("Śródmieście", 8, "approval", "max_length;3\n", choices(40, 8, 3), false),
      pabulib_text("Północ", 8, "approval", "max_length;3\n", choices(30, 8, 3), false),
      // 300 projects, any number of them: a mask of 300 bits, two elements.
      pabulib_text("Zielone", 300, "approval", "max_length;300\n", choices(20, 300, 9), false),
      pabulib_text("Ogólnomiejska", 12, "cumulative", "max_sum_points;10\n", points, true),
      pabulib_text("Wyspa", 4, "approval", "max_length;1\n", choices(3, 4, 1), false),
  };
  std::vector<count::Instance> instances;
  for (const std::string& text : texts) {
    instances.push_back(
        count::pabulib::read_instance(count::pabulib::memory_bytes(text), "sample.pb").value());
  }
  return instances;
}

}  // namespace urna::test
