// SPDX-License-Identifier: EUPL-1.2
// Signals: what is together more often than chance explains. A signal is a reason for people to
// look, and nothing else: it annuls no ballot, holds none up, and says nothing of anybody's guilt.
//
// Each kind compares one subject (a telephone, a network, a guardian, a point of a day) with all
// others of that day, by the test that stands at its name. The probability is multiplied by the
// number of subjects that were looked at (Bonferroni), and a signal is one below `level`.
// docs/signals.md has the laws, their grounds, and the false alarms that were measured.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "integrity/event.h"

namespace urna::integrity {

enum class Kind : std::uint8_t {
  // People certified by one telephone or address of mail; sizes of households, a geometric law.
  shared_contact,
  // People of one network whose contacts were used for others there; a binomial law with the share
  // of such people in all other networks.
  few_contacts,
  // People of one network that the city has not named as shared; a geometric law.
  crowded_network,
  // Certified at one network at even intervals; gaps by a gamma law against the exponential one.
  even_intervals,
  // More in a quarter of an hour at one network than its part in what happened elsewhere; Poisson.
  burst,
  // People of one network within ten years of age; a binomial law with the share of that age
  // elsewhere.
  alike_ages,
  // Surnames in the order of the alphabet; ascents in a random order.
  alphabetical,
  // Children of one guardian; a geometric law.
  many_wards,
  // One point against all other points of the edition; a negative binomial law.
  busy_point,
  // Votes that their owners took back or complained of, at one network, contact or point; binomial.
  disowned,
  // Attempts at one network with data that fit nobody; a geometric law.
  refused_identities,
};
inline constexpr std::uint8_t kind_last = static_cast<std::uint8_t>(Kind::refused_identities);

[[nodiscard]] std::string_view to_string(Kind kind);  // "shared-contact" …

struct Signal {
  Kind kind = Kind::shared_contact;
  Token subject{};
  std::uint64_t first_minute = 0, last_minute = 0;
  std::uint64_t observed = 0;         // what was counted; its meaning is that of the sentence
  std::uint64_t of = 0;               // among how many
  double expected = 0;                // how many chance gives on average
  double probability = 0;             // that chance gives as many to any of the subjects compared
  std::uint64_t compared = 0;         // subjects looked at
  std::uint32_t detail = 0;           // alike_ages: the lowest age
  std::vector<std::uint32_t> events;  // their places in what was looked at, ascending
};

struct Levels {
  double level = 1e-4;               // a signal of a kind and a day is this improbable by chance
  std::uint64_t smallest_group = 4;  // of fewer people nothing is said
};

// All signals of the events, which may be in any order; by day, kind and subject. Deterministic.
// O(n log n).
[[nodiscard]] std::vector<Signal> find_signals(const std::vector<Event>& events,
                                               const Levels& levels = {});

// One sentence with its numbers, in both languages.
struct Explanation {
  std::string pl, en;
};
[[nodiscard]] Explanation explain(const Signal& signal);

// Signals that have events in common, which people look into together.
struct Cluster {
  std::vector<std::size_t> signals;   // ascending
  std::vector<std::uint32_t> events;  // of all of them, ascending
};
// By their first signals. O(n log n) in the number of events of all signals.
[[nodiscard]] std::vector<Cluster> cluster(const std::vector<Signal>& signals);

}  // namespace urna::integrity
