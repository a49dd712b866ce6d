// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "integrity/chance.h"
#include "integrity/signal.h"

namespace urna::integrity {
namespace {

// Assumptions on ordinary life, stated in docs/signals.md. A group of k people has one more with at
// least this probability, whatever the day's figures say.
constexpr double one_more_by_contact = 0.3;   // a household with one telephone
constexpr double one_more_in_network = 0.75;  // an office, a large family
constexpr double one_more_ward = 0.5;
constexpr double one_more_refusal = 0.5;
// Points differ by twice their mean for good reasons: a bus that comes once, a care
// home.
constexpr double spread_of_points = 2;
// A family votes within minutes; so many people are none.
constexpr std::uint64_t smallest_burst = 12;
constexpr std::uint64_t burst_minutes = 15;
constexpr std::uint64_t windows_of_day = 24 * 60 / burst_minutes;
constexpr double least_mean_gap = 2;  // minutes; below, the rounding to minutes is all that is seen
constexpr unsigned band_years = 10;
constexpr std::size_t least_for_ages = 8;
// A family with one telephone is the matter of shared_contact.
constexpr std::size_t least_contacts = 3;
constexpr std::size_t least_for_contacts = 8;
constexpr std::size_t least_points = 6;
constexpr std::uint64_t least_disowned = 3;

using Places = std::vector<std::uint32_t>;
using Groups = std::map<Token, Places>;

// A moment within the minute, always the same for a place and as good as uniform: the rounding to
// whole minutes would look regular by itself.
double within_minute(std::uint64_t place) {
  std::uint64_t z = place * 0x9e3779b97f4a7c15U + 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1p-53;
}

// The events of one day by what they have in common. Places are in order of time.
struct Day {
  Day(const std::vector<Event>& all, Places places) : events(&all), certified() {
    for (const std::uint32_t i : places) {
      const Event& event = all[i];
      if (event.outcome == Outcome::refused && event.network) refused[*event.network].push_back(i);
      if (event.outcome != Outcome::certified) continue;
      certified.push_back(i);
      if (event.contact) contacts[*event.contact].push_back(i);
      if (event.network) networks[*event.network].push_back(i);
      if (event.point) points[*event.point].push_back(i);
      if (event.guardian) guardians[*event.guardian].push_back(i);
    }
  }
  [[nodiscard]] const Event& at(std::uint32_t place) const { return (*events)[place]; }
  [[nodiscard]] bool is_named(const Places& places) const {
    return at(places.front()).sharing == Sharing::named;
  }

  const std::vector<Event>* events;
  Places certified;
  Groups contacts, networks, points, guardians, refused;
};

// What a test says of one subject; the probability is for it alone.
struct Finding {
  std::uint64_t observed = 0, of = 0;
  double expected = 0;
  double probability = 1;
  std::uint32_t detail = 0;
  Places events;  // empty: all of the subject
};

class Search {
 public:
  Search(const Levels& levels, std::vector<Signal>& signals) : levels_(levels), signals_(signals) {}

  // Tries a test on each group; `looks` is how often each is looked at.
  void each(const Day& day, Kind kind, const Groups& groups,
            const std::function<std::optional<Finding>(const Token&, const Places&)>& test,
            std::uint64_t looks = 1) {
    for (const auto& [subject, places] : groups) {
      std::optional<Finding> finding = test(subject, places);
      if (!finding || finding->observed < least_of(kind)) continue;
      const std::uint64_t compared = groups.size() * looks;
      const double probability = finding->probability * static_cast<double>(compared);
      if (!(probability < levels_.level)) continue;
      Signal signal;
      signal.kind = kind;
      signal.subject = subject;
      signal.observed = finding->observed;
      signal.of = finding->of;
      signal.expected = finding->expected;
      signal.probability = probability;
      signal.compared = groups.size();
      signal.detail = finding->detail;
      signal.events = finding->events.empty() ? places : std::move(finding->events);
      signal.first_minute = day.at(signal.events.front()).minute;
      signal.last_minute = day.at(signal.events.back()).minute;
      std::ranges::sort(signal.events);
      signals_.push_back(std::move(signal));
    }
  }

 private:
  [[nodiscard]] std::uint64_t least_of(Kind kind) const {
    return kind == Kind::disowned ? least_disowned : levels_.smallest_group;
  }
  const Levels& levels_;
  std::vector<Signal>& signals_;
};

// A share of others, drawn towards one half where there are few of them.
double share(std::uint64_t of_them, std::uint64_t all) {
  return (static_cast<double>(of_them) + 1) / (static_cast<double>(all) + 2);
}

// Groups of a geometric law, whose parameter is that of all other groups, but at least `floor`.
auto larger_than_chance(const Groups& groups, double floor) {
  const std::uint64_t members = std::accumulate(
      groups.begin(), groups.end(), std::uint64_t{0},
      [](std::uint64_t sum, const auto& group) { return sum + group.second.size(); });
  return [members, count = groups.size(), floor](const Token&,
                                                 const Places& places) -> std::optional<Finding> {
    const std::uint64_t others = members - places.size();
    const double q = std::max(floor, 1 - share(count - 1, others));
    return Finding{
        places.size(), members, 1 / (1 - q), geometric_at_least(places.size(), q), 0, {}};
  };
}

std::size_t distinct_contacts(const Day& day, const Places& places, std::size_t& with_contact) {
  std::set<Token> contacts;
  with_contact = 0;
  for (const std::uint32_t i : places) {
    if (!day.at(i).contact) continue;
    contacts.insert(*day.at(i).contact);
    ++with_contact;
  }
  return contacts.size();
}

void find_few_contacts(const Day& day, Search& search) {
  std::size_t all = 0;
  std::uint64_t shared = 0;
  std::uint64_t in_networks = 0;
  for (const auto& [network, places] : day.networks) {
    const std::size_t contacts = distinct_contacts(day, places, all);
    shared += all - contacts;
    in_networks += all;
  }
  search.each(day, Kind::few_contacts, day.networks,
              [&](const Token&, const Places& places) -> std::optional<Finding> {
                std::size_t here = 0;
                const std::size_t contacts = distinct_contacts(day, places, here);
                if (contacts < least_contacts || here < least_for_contacts) return std::nullopt;
                const std::uint64_t again = here - contacts;
                const double elsewhere = share(shared - again, in_networks - here);
                return Finding{here,
                               contacts,
                               static_cast<double>(here) * (1 - elsewhere),
                               binomial_at_least(again, here, elsewhere),
                               0,
                               {}};
              });
}

void find_even_intervals(const Day& day, Search& search) {
  search.each(day, Kind::even_intervals, day.networks,
              [&](const Token&, const Places& places) -> std::optional<Finding> {
                if (day.is_named(places) || places.size() < 9) return std::nullopt;
                std::vector<double> moments;
                for (std::size_t i = 0; i < places.size(); ++i) {
                  moments.push_back(static_cast<double>(day.at(places[i]).minute) +
                                    within_minute(places[i]));
                }
                std::ranges::sort(moments);
                std::vector<double> gaps;
                for (std::size_t i = 1; i < moments.size(); ++i) {
                  gaps.push_back(std::max(moments[i] - moments[i - 1], 1e-6));
                }
                const double mean =
                    (moments.back() - moments.front()) / static_cast<double>(gaps.size());
                if (mean < least_mean_gap) return std::nullopt;
                return Finding{places.size(), gaps.size(), mean, regular_gaps(gaps), 0, {}};
              });
}

void find_bursts(const Day& day, Search& search) {
  std::vector<std::uint64_t> all;
  for (const std::uint32_t i : day.certified) all.push_back(day.at(i).minute);
  const auto within = [&](std::uint64_t from, std::uint64_t to) {
    return static_cast<std::uint64_t>(std::ranges::lower_bound(all, to) -
                                      std::ranges::lower_bound(all, from));
  };
  search.each(
      day, Kind::burst, day.networks,
      [&](const Token&, const Places& places) -> std::optional<Finding> {
        if (day.is_named(places) || places.size() < smallest_burst) return std::nullopt;
        // The fullest quarter of an hour.
        std::size_t best = 0;
        std::size_t first = 0;
        for (std::size_t from = 0, to = 0; from < places.size(); ++from) {
          while (to < places.size() &&
                 day.at(places[to]).minute < day.at(places[from]).minute + burst_minutes) {
            ++to;
          }
          if (to - from > best) std::tie(best, first) = std::pair(to - from, from);
        }
        if (best < smallest_burst) return std::nullopt;
        const std::uint64_t start = day.at(places[first]).minute;
        const std::uint64_t others_then = within(start, start + burst_minutes) - best;
        const std::uint64_t others = all.size() - places.size();
        const std::uint64_t here_else = places.size() - best;
        const double mean = (static_cast<double>(here_else) + 1) *
                            (static_cast<double>(others_then) + 1) /
                            (static_cast<double>(others - std::min(others_then, others)) + 1);
        Finding finding{best, places.size(), mean, poisson_at_least(best, mean), 0, {}};
        finding.events.assign(places.begin() + static_cast<std::ptrdiff_t>(first),
                              places.begin() + static_cast<std::ptrdiff_t>(first + best));
        return finding;
      },
      windows_of_day);
}

void find_alike_ages(const Day& day, Search& search) {
  using Ages = std::array<std::uint64_t, age_years_max + 1>;
  const auto count = [&](const Places& places) {
    Ages ages{};
    for (const std::uint32_t i : places) {
      if (day.at(i).age) ++ages[std::min<std::size_t>(*day.at(i).age, age_years_max)];
    }
    return ages;
  };
  const auto in_band = [](const Ages& ages, std::size_t lowest) {
    return std::accumulate(ages.begin() + static_cast<std::ptrdiff_t>(lowest),
                           ages.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                              lowest + band_years, ages.size())),
                           std::uint64_t{0});
  };
  const Ages all = count(day.certified);
  const std::uint64_t everybody = std::accumulate(all.begin(), all.end(), std::uint64_t{0});
  search.each(
      day, Kind::alike_ages, day.networks,
      [&](const Token&, const Places& places) -> std::optional<Finding> {
        if (day.is_named(places) || places.size() < least_for_ages) return std::nullopt;
        const Ages here = count(places);
        const std::uint64_t people = std::accumulate(here.begin(), here.end(), std::uint64_t{0});
        std::optional<Finding> best;
        for (std::size_t lowest = 0; lowest <= age_years_max; ++lowest) {
          const std::uint64_t alike = in_band(here, lowest);
          if (alike < least_for_ages / 2) continue;
          const double elsewhere = share(in_band(all, lowest) - alike, everybody - people);
          const double p = binomial_at_least(alike, people, elsewhere);
          if (best && p >= best->probability) continue;
          best = Finding{alike,
                         people,
                         static_cast<double>(people) * elsewhere,
                         p,
                         static_cast<std::uint32_t>(lowest),
                         {}};
        }
        if (best) {
          for (const std::uint32_t i : places) {
            const auto age = day.at(i).age;
            if (age && *age >= best->detail && *age < best->detail + band_years) {
              best->events.push_back(i);
            }
          }
        }
        return best;
      },
      age_years_max + 1);
}

void find_alphabetical(const Day& day, Search& search) {
  search.each(day, Kind::alphabetical, day.networks,
              [&](const Token&, const Places& places) -> std::optional<Finding> {
                // Letters that equal their predecessor say nothing of an order.
                std::vector<std::uint8_t> letters;
                for (const std::uint32_t i : places) {
                  const std::uint8_t letter = day.at(i).initial;
                  if (letter != 0 && (letters.empty() || letters.back() != letter)) {
                    letters.push_back(letter);
                  }
                }
                std::uint64_t ascents = 0;
                for (std::size_t i = 1; i < letters.size(); ++i) {
                  if (letters[i] > letters[i - 1]) ++ascents;
                }
                const std::uint64_t steps = letters.empty() ? 0 : letters.size() - 1;
                return Finding{ascents,
                               steps,
                               static_cast<double>(steps) / 2,
                               ascents_at_least(ascents, letters.size()),
                               0,
                               {}};
              });
}

void find_busy_points(const Day& day, Search& search) {
  if (day.points.size() < least_points) return;
  double sum = 0;
  double squares = 0;
  for (const auto& [point, places] : day.points) {
    const auto size = static_cast<double>(places.size());
    sum += size;
    squares += size * size;
  }
  search.each(day, Kind::busy_point, day.points,
              [&](const Token&, const Places& places) -> std::optional<Finding> {
                const auto here = static_cast<double>(places.size());
                const auto others = static_cast<double>(day.points.size() - 1);
                const double mean = (sum - here) / others;
                const double seen = ((squares - here * here) - others * mean * mean) / (others - 1);
                const double ordinary = mean + spread_of_points * spread_of_points * mean * mean;
                return Finding{
                    places.size(),
                    day.points.size(),
                    mean,
                    overdispersed_at_least(places.size(), mean, std::max(seen, ordinary)),
                    0,
                    {}};
              });
}

void find_disowned(const Day& day, Search& search) {
  const auto disowned = [&](const Places& places) {
    Places found;
    std::ranges::copy_if(places, std::back_inserter(found),
                         [&](std::uint32_t i) { return day.at(i).disowned; });
    return found;
  };
  const std::uint64_t all = disowned(day.certified).size();
  for (const Groups* groups : {&day.contacts, &day.networks, &day.points}) {
    search.each(day, Kind::disowned, *groups,
                [&](const Token&, const Places& places) -> std::optional<Finding> {
                  Places here = disowned(places);
                  if (here.empty()) return std::nullopt;
                  const double elsewhere =
                      share(all - here.size(), day.certified.size() - places.size());
                  const std::uint64_t count = here.size();
                  return Finding{
                      count, places.size(), static_cast<double>(places.size()) * elsewhere,
                      binomial_at_least(count, places.size(), elsewhere), 0,
                      // Of a carrier only these; else whoever else is there matters, too.
                      groups == &day.networks && day.is_named(places) ? std::move(here) : Places()};
                });
  }
}

Groups not_named(const Day& day, const Groups& networks) {
  Groups result;
  for (const auto& [network, places] : networks) {
    if (!day.is_named(places)) result.emplace(network, places);
  }
  return result;
}

}  // namespace

std::vector<Signal> find_signals(const std::vector<Event>& events, const Levels& levels) {
  std::map<std::uint64_t, Places> days;
  for (std::uint32_t i = 0; i < events.size(); ++i) days[events[i].day()].push_back(i);
  std::vector<Signal> signals;
  Search search(levels, signals);
  for (auto& [number, places] : days) {
    std::ranges::stable_sort(places, [&](std::uint32_t a, std::uint32_t b) {
      return events[a].minute < events[b].minute;
    });
    const Day day(events, std::move(places));
    search.each(day, Kind::shared_contact, day.contacts,
                larger_than_chance(day.contacts, one_more_by_contact));
    find_few_contacts(day, search);
    const Groups crowds = not_named(day, day.networks);
    search.each(day, Kind::crowded_network, crowds,
                larger_than_chance(crowds, one_more_in_network));
    find_even_intervals(day, search);
    find_bursts(day, search);
    find_alike_ages(day, search);
    find_alphabetical(day, search);
    search.each(day, Kind::many_wards, day.guardians,
                larger_than_chance(day.guardians, one_more_ward));
    find_busy_points(day, search);
    find_disowned(day, search);
    const Groups refusals = not_named(day, day.refused);
    search.each(day, Kind::refused_identities, refusals,
                larger_than_chance(refusals, one_more_refusal));
  }
  return signals;
}

std::vector<Cluster> cluster(const std::vector<Signal>& signals) {
  // Union by the first signal of each event.
  std::vector<std::size_t> parent(signals.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t s) {
    while (parent[s] != s) s = parent[s] = parent[parent[s]];
    return s;
  };
  std::map<std::uint32_t, std::size_t> first;
  for (std::size_t s = 0; s < signals.size(); ++s) {
    for (const std::uint32_t event : signals[s].events) {
      const auto [place, is_new] = first.emplace(event, s);
      if (is_new) continue;
      const std::size_t a = root(place->second);
      const std::size_t b = root(s);
      parent[std::max(a, b)] = std::min(a, b);
    }
  }
  std::map<std::size_t, Cluster> found;
  for (std::size_t s = 0; s < signals.size(); ++s) found[root(s)].signals.push_back(s);
  for (const auto& [event, s] : first) found[root(s)].events.push_back(event);
  std::vector<Cluster> result;
  for (auto& [s, one] : found) result.push_back(std::move(one));
  return result;
}

}  // namespace urna::integrity
