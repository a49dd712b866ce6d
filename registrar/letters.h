// SPDX-License-Identifier: EUPL-1.2
// Letters with codes to registered addresses.
//
// A code counts once its letter is printed to the end, and not before: whatever an interruption
// leaves behind is paper with codes that open nothing, and the next run makes new ones for the same
// people. A later letter to a person makes the earlier one void.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "registrar/office.h"

namespace urna::registrar {

struct PrintedLetter {
  PersonRef person;
  std::string name, address;  // as the register writes them
  std::string code;           // "ABCD-EFGH-JKMN"
};

// Prints all of them, durably, and gives the hash of what was printed.
using PrintLetters = std::function<Result<Sha256Digest>(std::span<const PrintedLetter>)>;

struct LetterWays {
  std::string official;  // for the access log
  bool to_all = false;   // also to those with a phone or an e-mail address
  // Also to those whose letter was printed and is not used: all of these are void from now on, also
  // where `most` leaves their new letters to later runs.
  bool again = false;
  std::string district;    // as the register names it; empty: all
  std::size_t most = 500;  // letters in this run
  std::function<void(std::uint64_t people)> progress = {};
};

struct LetterReport {
  std::uint64_t printed = 0;
  std::uint64_t left = 0;         // people who should get one, for later runs
  std::uint64_t voided = 0;       // printed letters that are void now
  std::uint64_t unaddressed = 0;  // people whose name and address do not fit on a letter, or miss
  std::uint64_t interrupted = 0;  // letters that an earlier run began and did not print to the end
};

// Makes a code for each person who may vote without a guardian, is on the roll, and has no letter
// yet; all are printed together, in no order that says anything. Errors: usage (the district is no
// name), conflict (another run printed letters for some of the same people meanwhile: what was
// printed here is void), and those of `print` and the store. After an error what was printed is to
// be destroyed; its codes open nothing.
[[nodiscard]] Result<LetterReport> make_letters(const Office& office, const LetterWays& ways,
                                                const PrintLetters& print);

// Whether the codes of something printed came into force: for a run that was interrupted after
// that.
[[nodiscard]] Result<bool> letters_are_in_force(const Office& office, const Sha256Digest& printed);

}  // namespace urna::registrar
