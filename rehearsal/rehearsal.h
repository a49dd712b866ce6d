// SPDX-License-Identifier: EUPL-1.2
// A whole edition played through with real votes: keys, roll, ballots, closing, mixes, decryption,
// count.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "count/instance.h"
#include "rehearsal/cast.h"

namespace urna::rehearsal {

struct Plan {
  std::vector<count::Instance> instances;  // one pool each, in order
  std::string edition = "rehearsal";
  std::string title = "Rehearsal";
  unsigned trustees = 3;
  unsigned threshold = 2;
  std::optional<std::uint64_t> voters;  // at most so many ballots of each instance
  std::uint64_t privacy_minimum = 10;
  // Besides the instances' ballots: those that are superseded, stolen and reclaimed, annulled,
  // frozen and upheld, restored on appeal, invalid, challenged; persons added to the roll late; an
  // extension of the voting.
  bool with_incidents = true;
  // Whether a few of the voters vote on paper, some of them when they had voted before; needs
  // incidents.
  bool on_paper = true;
  // Trustees that take no part after the key ceremony, numbered from 1.
  std::vector<unsigned> lost;
  std::uint64_t opens = 1'790'000'000;  // Unix seconds; the whole rehearsal lies within 16 days
  unsigned threads = 1;
  // What is being done, and the share of it done, 0 … 1.
  std::function<void(const std::string&, double)> progress = [](const std::string&, double) {};
};

struct PoolOutcome {
  std::string id;
  std::uint64_t cast = 0;      // ballots put on the board, of all kinds
  std::uint64_t counted = 0;   // of these
  std::uint64_t votes = 0;     // of the instance, put in
  std::uint64_t left_out = 0;  // of the instance, that no ballot of the edition can express
  bool withheld = false;
  std::uint64_t valid = 0;  // after decryption
  std::uint64_t invalid = 0;
  bool same_votes = false;    // the published votes are those put in, as often
  bool same_winners = false;  // the winners are those of the instance's own count
  std::vector<std::string> notes;
};

struct Outcome {
  std::uint64_t entries = 0;
  std::uint64_t persons = 0;  // on the roll
  std::vector<PoolOutcome> pools;
  Cast cast;
};

// Writes the record to the new folder `directory`. Errors: unsupported and limit (an instance that
// no edition can express, no trustees left), io, conflict (the folder is not empty).
[[nodiscard]] Result<Outcome> rehearse(const Plan& plan, const std::string& directory);

}  // namespace urna::rehearsal
