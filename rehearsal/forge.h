// SPDX-License-Identifier: EUPL-1.2
// The tools of a forger who holds every key: entries made, replaced and put in, and the rest of the
// record brought into line.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/ballot.h"
#include "election/board_state.h"
#include "election/entries.h"
#include "rehearsal/cast.h"
#include "rehearsal/record_copy.h"
#include "rehearsal/tally.h"

namespace urna::rehearsal {

// What the true record looks like to the forger. Shared by all mutants.
struct TrueRecord {
  RecordCopy copy;
  std::vector<election::Entry> entries;  // decoded, parallel to copy.entries
  election::BoardState state;            // after all entries
  election::JointKey joint_key;
  std::vector<election::Pseudonym> idle;  // on the roll, without a ballot

  // Errors: those of BoardState.
  [[nodiscard]] static Result<TrueRecord> read(const std::string& directory);
};

class Forge {
 public:
  Forge(const TrueRecord& truth, const Cast& cast)
      : truth_(truth), cast_(cast), copy_(truth.copy) {}

  RecordCopy& copy() { return copy_; }
  [[nodiscard]] const TrueRecord& truth() const { return truth_; }
  [[nodiscard]] const Cast& cast() const { return cast_; }
  [[nodiscard]] const election::Manifest& manifest() const { return truth_.state.manifest(); }
  [[nodiscard]] const election::EditionHash& edition() const { return truth_.state.edition(); }

  // The index of the n-th entry of that type, from 0; nullopt if there is none.
  template <typename Kind>
  [[nodiscard]] std::optional<std::size_t> find(std::size_t n = 0) const {
    for (std::size_t i = 0; i < truth_.entries.size(); ++i) {
      if (std::holds_alternative<Kind>(truth_.entries[i]) && n-- == 0) return i;
    }
    return std::nullopt;
  }
  template <typename Kind>
  [[nodiscard]] const Kind& entry(std::size_t index) const {
    return std::get<Kind>(truth_.entries[index]);
  }

  // ---- Voters of the forger's own

  struct Voter {
    proof::SigningKey key;
    election::Certificate certificate;
  };
  // A person on the roll who has not voted, newly certified for these pools, with a serial number
  // that was not used. Precondition: fewer calls than truth().idle.
  Voter voter(std::vector<election::PoolNumber> pools, std::uint8_t level = 2);
  Voter voter_named(const election::Pseudonym& pseudonym, std::vector<election::PoolNumber> pools,
                    std::uint8_t level, std::uint64_t serial);
  std::uint64_t new_serial() { return truth_.state.certificates_issued() + new_serials_++; }
  // A valid ciphertext for the pool: the blank content, which any pool can hold.
  [[nodiscard]] election::SealedContent seal(election::PoolNumber pool) const;
  // A ballot in every respect in order, as this voter's first in the pool.
  [[nodiscard]] election::Ballot ballot(const Voter& voter, election::PoolNumber pool) const;
  // Signs again after a change.
  static void sign_again(election::Ballot& ballot, const Voter& voter) { sign(ballot, voter.key); }

  // ---- Putting entries in

  // As the last entry before `closing`.
  void add_before_closing(std::string entry);
  void replace(std::size_t index, std::string entry) { copy_.entries[index] = std::move(entry); }

  // ---- From the closing on, made anew: how may deviate

  struct Deviation {
    // The positions (numbers of ballots) counted in a pool.
    std::function<void(election::PoolNumber, std::vector<std::uint32_t>&)> counted;
    // The list given to the first mixer.
    std::function<void(election::PoolNumber, std::string&)> list;
    // The output of tally_pool().
    std::function<void(election::PoolNumber, TallyOutput&)> tallied;
    TallyMethods methods;
    bool open_withheld = false;
    // The votes on paper left out.
    bool without_paper = false;
  };
  // Replays the copy's entries before `closing`, closes, keeps what was decided about ballots after
  // that, and tallies all pools. Errors: what
  // BoardState says of the entries.
  [[nodiscard]] Status tally_again(const Deviation& deviation);

 private:
  const TrueRecord& truth_;
  const Cast& cast_;
  RecordCopy copy_;
  std::size_t idle_used_ = 0;
  std::uint64_t new_serials_ = 0;
};

}  // namespace urna::rehearsal
