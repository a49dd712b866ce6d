// SPDX-License-Identifier: EUPL-1.2
#include "simulation/traffic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

namespace urna::simulation {
namespace {

using integrity::Event;
using integrity::Means;
using integrity::Outcome;
using integrity::Sharing;
using integrity::Token;

constexpr std::uint64_t minutes_of_day = 24 * 60;
constexpr std::uint64_t first_day = 20'000;  // days since 1970

// Draws that do not depend on the standard library's distributions.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}
  // Uniform in [0, bound).
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  double unit() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }
  bool chance(double p) { return unit() < p; }
  double exponential(double mean) { return -mean * std::log1p(-unit()); }
  Token token() {
    Token result;
    for (std::uint8_t& octet : result.octets) octet = static_cast<std::uint8_t>(engine_());
    return result;
  }
  // About normal: the sum of twelve uniform numbers.
  double around(double mean, double deviation) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += unit();
    return mean + deviation * sum;
  }

 private:
  std::mt19937_64 engine_;
};

// How Polish surnames begin, per thousand, roughly: K, S, W, M, B, P, G, J, Z, D, R, C and others.
constexpr std::array<std::uint16_t, integrity::initials> surnames_per_thousand = {
    20, 1,  75, 55, 10, 55, 1, 20, 25, 70, 20, 2, 45, 140, 45, 10,
    70, 25, 1,  25, 1,  70, 1, 45, 95, 20, 35, 5, 75, 1,   20, 8};

class Maker {
 public:
  Maker(std::uint64_t seed, const Town& town) : draw_(seed), town_(town) {
    for (Token& carrier : carriers_) carrier = draw_.token();
    for (Token& point : points_) point = draw_.token();
  }

  void ordinary() {
    std::uint64_t made = 0;
    while (made < town_.voters) made += household();
    for (std::uint64_t i = 0; i < town_.voters / 50; ++i) mistype();
  }

  // ---- Ordinary things

  void school_class(bool named) {
    const Token network = draw_.token();
    const std::uint64_t start = hour_of(weekday(), 9);
    for (int i = 0; i < 28; ++i) {
      Event event = person(start + draw_.below(45));
      event.age = static_cast<std::uint8_t>(16 + draw_.below(3));
      event.network = network;
      event.sharing = named ? Sharing::named : Sharing::unknown;
      event.contact = draw_.token();
      add(event);
    }
  }
  void library() {
    const Token network = draw_.token();
    const std::uint64_t day = weekday();
    for (int i = 0; i < 60; ++i) {
      Event event = person(hour_of(day, 9) + draw_.below(9 * 60));
      event.network = network;
      event.sharing = Sharing::named;
      event.contact = draw_.token();
      add(event);
    }
  }
  void big_family() {
    const Token network = draw_.token();
    const Token phone = draw_.token();
    const std::uint64_t start = hour_of(weekday(), 19);
    const std::uint8_t name = initial();
    for (unsigned i = 0; i < 7; ++i) {
      Event event = person(start + draw_.below(25));
      event.network = network;
      event.contact = phone;
      event.initial = name;
      add(event);
    }
  }
  void carrier_address() {
    const Token network = draw_.token();
    const std::uint64_t day = weekday();
    for (int i = 0; i < 400; ++i) {
      Event event = person(moment_of(day));
      event.network = network;
      event.sharing = Sharing::named;
      event.contact = draw_.token();
      add(event);
    }
  }
  void bus_point() {
    const std::uint64_t start = hour_of(weekday(), 10);
    const Token network = draw_.token();
    double moment = 0;
    for (int i = 0; i < 45; ++i) {
      moment += 2 + draw_.exponential(3);
      Event event = person(start + static_cast<std::uint64_t>(moment));
      event.means = Means::point;
      event.point = points_[0];
      event.network = network;
      event.sharing = Sharing::named;
      event.contact.reset();
      add(event);
    }
  }
  void television() {
    const std::uint64_t start = hour_of(weekday(), 19) + 45;
    for (int i = 0; i < 600; ++i) {
      Event event = person(start + static_cast<std::uint64_t>(draw_.exponential(12)));
      event.network = draw_.chance(0.4) ? carriers_[draw_.below(carriers_.size())] : draw_.token();
      event.sharing = is_carrier(*event.network) ? Sharing::named : Sharing::unknown;
      event.contact = draw_.token();
      add(event);
    }
  }
  void care_home() {
    const std::uint64_t start = hour_of(weekday(), 10);
    for (int i = 0; i < 25; ++i) {
      Event event = person(start + draw_.below(180));
      event.age = static_cast<std::uint8_t>(78 + draw_.below(20));
      event.means = Means::point;
      event.point = points_[1];
      event.contact.reset();
      event.network.reset();
      add(event);
    }
  }
  void office() {
    const Token network = draw_.token();
    const std::uint64_t day = weekday();
    for (int i = 0; i < 30; ++i) {
      Event event = person(hour_of(day, 8) + draw_.below(8 * 60));
      event.age = static_cast<std::uint8_t>(24 + draw_.below(40));
      event.network = network;
      event.contact = draw_.token();
      add(event);
    }
  }
  void last_day() {
    for (std::uint64_t i = 0; i < town_.voters / 4; ++i) {
      Event event = person(moment_of(town_.days - 1));
      event.network = draw_.chance(0.4) ? carriers_[draw_.below(carriers_.size())] : draw_.token();
      event.sharing = is_carrier(*event.network) ? Sharing::named : Sharing::unknown;
      event.contact = draw_.token();
      add(event);
    }
  }

  // ---- Fraudulent things

  // Thirty people's data, fifteen cards, one list in the order of the alphabet, a task at a desk.
  void clerk_with_sims(bool by_carrier, bool careful) {
    const Token network = by_carrier ? carriers_[0] : draw_.token();
    std::vector<Token> cards(15);
    for (Token& card : cards) card = draw_.token();
    std::vector<std::uint8_t> names(30);
    for (std::uint8_t& name : names) name = initial();
    std::ranges::sort(names);
    if (careful) shuffle(names);
    double moment = 0;
    const std::uint64_t start = hour_of(weekday(), 15);
    for (std::size_t i = 0; i < names.size(); ++i) {
      moment += careful ? draw_.exponential(9) : draw_.around(4, 0.6);
      Event event = person(start + static_cast<std::uint64_t>(moment));
      event.age = static_cast<std::uint8_t>(25 + draw_.below(38));
      event.initial = names[i];
      event.means = Means::contact_given;
      event.contact = cards[i % cards.size()];
      event.network = network;
      event.sharing = by_carrier ? Sharing::named : Sharing::unknown;
      add(event);
    }
  }
  // One address, sixty-five telephones, three hundred and twenty votes, the oldest of the town.
  void address_of_the_old() {
    const Token network = draw_.token();
    std::vector<Token> phones(65);
    for (Token& phone : phones) phone = draw_.token();
    double moment = 0;
    const std::uint64_t start = hour_of(weekday(), 6);
    for (std::size_t i = 0; i < 320; ++i) {
      moment += draw_.around(3, 0.7);
      Event event = person(start + static_cast<std::uint64_t>(moment));
      event.age = static_cast<std::uint8_t>(draw_.chance(0.5) ? 97 : 90 + draw_.below(10));
      event.means = Means::contact_given;
      event.contact = phones[i % phones.size()];
      event.network = network;
      add(event);
    }
  }
  // Two hundred votes from an author's address on the last day, each by a telephone of its own.
  void author_on_last_day() {
    const Token network = draw_.token();
    for (int i = 0; i < 200; ++i) {
      Event event = person(moment_of(town_.days - 1));
      event.contact = draw_.token();
      event.network = network;
      add(event);
    }
  }
  void coach() {
    const Token guardian = draw_.token();
    const Token phone = draw_.token();
    const Token network = draw_.token();
    const std::uint64_t start = hour_of(weekday(), 20);
    double moment = 0;
    for (int i = 0; i < 40; ++i) {
      moment += draw_.exponential(4);
      Event event = person(start + static_cast<std::uint64_t>(moment));
      event.age = static_cast<std::uint8_t>(draw_.below(14));
      event.guardian = guardian;
      event.contact = phone;
      event.network = network;
      add(event);
    }
  }
  void list_of_the_dead() {
    const Token network = draw_.token();
    const std::uint64_t start = hour_of(weekday(), 22);
    for (int i = 0; i < 120; ++i) {
      Event event = person(start + draw_.below(100));
      event.outcome = Outcome::refused;
      event.age.reset();
      event.initial = 0;
      event.contact.reset();
      event.network = network;
      add(event);
    }
  }
  // Letters taken from the boxes of one staircase; a third of the people say so.
  void stolen_letters() {
    const Token network = carriers_[1];
    const Token point = draw_.token();
    const std::uint64_t day = weekday();
    for (int i = 0; i < 36; ++i) {
      Event event = person(moment_of(day));
      event.means = Means::letter;
      event.contact.reset();
      event.network = network;
      event.sharing = Sharing::named;
      event.point = point;  // the batch of letters
      event.disowned = draw_.chance(0.35);
      add(event);
    }
  }
  void false_point() {
    const std::uint64_t day = weekday();
    const Token point = points_[3];
    for (int i = 0; i < 400; ++i) {
      Event event = person(hour_of(day, 8) + draw_.below(10 * 60));
      event.means = Means::point;
      event.point = point;
      event.contact.reset();
      event.network.reset();
      add(event);
    }
  }

  Traffic finish() {
    // In order of time, as they would be read; what was added keeps its mark.
    std::vector<std::uint32_t> order(events_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
      return events_[a].minute < events_[b].minute;
    });
    Traffic traffic;
    traffic.events.reserve(order.size());
    for (const std::uint32_t i : order) {
      if (i >= own_) traffic.added.push_back(static_cast<std::uint32_t>(traffic.events.size()));
      traffic.events.push_back(events_[i]);
    }
    return traffic;
  }
  void end_of_ordinary() { own_ = events_.size(); }

 private:
  void add(const Event& event) { events_.push_back(event); }
  bool is_carrier(const Token& network) const {
    return std::ranges::find(carriers_, network) != carriers_.end();
  }
  std::uint64_t weekday() { return draw_.below(town_.days - 1); }
  std::uint64_t hour_of(std::uint64_t day, std::uint64_t hour) const {
    return (first_day + day) * minutes_of_day + hour * 60;
  }
  // By daylight mostly, most of it in the evening.
  std::uint64_t moment_of(std::uint64_t day) {
    const double hour = std::clamp(draw_.around(draw_.chance(0.6) ? 18.5 : 11, 2.6), 0.0, 23.98);
    return hour_of(day, 0) + static_cast<std::uint64_t>(hour * 60);
  }
  std::uint8_t initial() {
    std::uint64_t left = draw_.below(std::accumulate(
        surnames_per_thousand.begin(), surnames_per_thousand.end(), std::uint64_t{0}));
    for (std::size_t i = 0; i < surnames_per_thousand.size(); ++i) {
      if (left < surnames_per_thousand[i]) return static_cast<std::uint8_t>(i + 1);
      left -= surnames_per_thousand[i];
    }
    return 1;
  }
  Event person(std::uint64_t minute) {
    Event event;
    event.minute = minute;
    event.age = static_cast<std::uint8_t>(std::clamp(draw_.around(46, 17), 16.0, 99.0));
    event.initial = initial();
    event.disowned = draw_.chance(0.001);
    return event;
  }
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[draw_.below(i)]);
  }

  // People who live together vote on the same evening or not, by the household's network or a
  // carrier's, with a telephone of their own or a parent's. One in eight comes to a point.
  std::uint64_t household() {
    const std::uint64_t size = 1 + draw_.below(2) + (draw_.chance(0.35) ? draw_.below(3) : 0);
    const Token network = draw_.token();
    const Token phone = draw_.token();
    const bool guardian = size >= 3 && draw_.chance(0.3);
    const Token parent = draw_.token();
    // More towards the end.
    const auto day = static_cast<std::uint64_t>(std::sqrt(draw_.unit()) *
                                                static_cast<double>(town_.days) * 0.999);
    const std::uint64_t together = moment_of(day);
    const std::uint8_t name = initial();
    for (std::uint64_t i = 0; i < size; ++i) {
      Event event = person(draw_.chance(0.6) ? together + draw_.below(20) : moment_of(day));
      if (draw_.chance(0.8)) event.initial = name;
      if (guardian && i >= 2) {
        event.age = static_cast<std::uint8_t>(6 + draw_.below(12));
        event.guardian = parent;
        event.contact = phone;
        event.network = network;
      } else if (draw_.chance(0.12)) {
        event.means = Means::point;
        event.point = points_[draw_.below(points_.size())];
      } else {
        event.contact = i == 0 || draw_.chance(0.05) ? phone : draw_.token();
        const bool mobile = draw_.chance(0.35);
        event.network = mobile ? carriers_[draw_.below(carriers_.size())] : network;
        event.sharing = mobile ? Sharing::named : Sharing::unknown;
        event.means = draw_.chance(0.5) ? Means::contact_on_register : Means::contact_given;
        if (draw_.chance(0.1)) {
          event.means = Means::letter;
          event.contact.reset();
        }
      }
      add(event);
    }
    return size;
  }
  void mistype() {
    const std::uint64_t tries = 1 + draw_.below(3);
    const Token network = draw_.token();
    const std::uint64_t start = moment_of(draw_.below(town_.days));
    for (std::uint64_t i = 0; i < tries; ++i) {
      Event event;
      event.minute = start + i;
      event.outcome = Outcome::refused;
      event.network = network;
      add(event);
    }
  }

  Draw draw_;
  Town town_;
  std::array<Token, 5> carriers_;
  std::array<Token, 12> points_;
  std::vector<Event> events_;
  std::size_t own_ = 0;
};

struct Entry {
  Scenario scenario;
  void (*add)(Maker&);
};

constexpr std::array<Entry, 20> entries = {{
    {{"ordinary", "", "The town alone"}, [](Maker&) {}},
    {{"school-class", "",
      "A class of 28 votes in one lesson, in a network that the city has named"},
     [](Maker& maker) { maker.school_class(true); }},
    {{"school-class-not-named", "", "The same in a network that the city has not named"},
     [](Maker& maker) { maker.school_class(false); }},
    {{"library", "", "60 people vote in a library within a day"},
     [](Maker& maker) { maker.library(); }},
    {{"big-family", "", "Seven people share one telephone and vote after supper"},
     [](Maker& maker) { maker.big_family(); }},
    {{"carrier", "", "400 people of a day behind one address of a carrier"},
     [](Maker& maker) { maker.carrier_address(); }},
    {{"bus-point", "", "45 people queue at a bus of the city"},
     [](Maker& maker) { maker.bus_point(); }},
    {{"care-home", "", "25 old people vote at an assisted point"},
     [](Maker& maker) { maker.care_home(); }},
    {{"office", "", "30 colleagues vote from work, each with their own telephone"},
     [](Maker& maker) { maker.office(); }},
    {{"television", "", "600 people vote after a television spot"},
     [](Maker& maker) { maker.television(); }},
    {{"last-day", "", "A quarter more on the last day"}, [](Maker& maker) { maker.last_day(); }},
    {{"clerk-with-sims", "A1", "30 people's data, 15 cards, one desk", true},
     [](Maker& maker) { maker.clerk_with_sims(false, false); }},
    {{"clerk-with-sims-by-carrier", "A1",
      "The same by a carrier's network, among its other customers", true},
     [](Maker& maker) { maker.clerk_with_sims(true, false); }},
    {{"careful-clerk", "A1", "The same from a desk, in no order and at no rhythm", true},
     [](Maker& maker) { maker.clerk_with_sims(false, true); }},
    {{"address-of-the-old", "A4", "One address, 65 telephones, 320 votes, the oldest of the town",
      true},
     [](Maker& maker) { maker.address_of_the_old(); }},
    {{"author-on-last-day", "A10", "200 votes from one address on the last day", true},
     [](Maker& maker) { maker.author_on_last_day(); }},
    {{"coach", "A9", "One guardian for 40 children", true}, [](Maker& maker) { maker.coach(); }},
    {{"list-of-the-dead", "A12", "120 attempts with data that fit nobody", true},
     [](Maker& maker) { maker.list_of_the_dead(); }},
    {{"stolen-letters", "A8", "36 letters of one staircase; a third of the people say so", true},
     [](Maker& maker) { maker.stolen_letters(); }},
    {{"false-point", "A18", "400 people in a day at a point that has 4 on others", true},
     [](Maker& maker) { maker.false_point(); }},
}};

constexpr auto described = [] {
  std::array<Scenario, entries.size()> result;
  for (std::size_t i = 0; i < entries.size(); ++i) result[i] = entries[i].scenario;
  return result;
}();

}  // namespace

std::span<const Scenario> scenarios() { return described; }

Traffic make_traffic(std::size_t scenario, std::uint64_t seed, const Town& town) {
  Maker maker(seed * 1000 + scenario, town);
  maker.ordinary();
  maker.end_of_ordinary();
  entries.at(scenario).add(maker);
  return maker.finish();
}

}  // namespace urna::simulation
