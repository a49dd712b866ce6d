// SPDX-License-Identifier: EUPL-1.2
// The breach desk: since when a breach is known cannot be changed, the clock is exact, each
// controller files for itself, and nothing incomplete goes out as complete (attack story A15).
#include <gtest/gtest.h>

#include "base/date.h"
#include "breach/desk.h"

namespace urna::breach {
namespace {

const std::vector<std::string> two = {"City", "Welfare centre"};

struct Desk {
  Items items = *Items::parse(Items::standard_text());
  const cases::Clocks& clocks = cases::Clocks::standard();
  board::LogSecretKey key = *board::LogSecretKey::generate("breach.town.example");
  Log log;
  std::uint64_t now = 1'792'000'000;  // October 2026

  void open_now() { ASSERT_TRUE(open(log, "Scans", two, "a.nowak", now, key)); }
  Incident incident() { return *incident_of(log, items, clocks); }
  Status say(const std::string& item) {
    return add_item(log, items, item, "what is known", "a.nowak", now, key);
  }
  void say_all() {
    for (const Item& one : items.items) ASSERT_TRUE(say(one.name));
  }
  Status file_at(const std::string& controller, Stage stage, std::uint64_t time,
                 const std::string& reason = "") {
    return file(log, items, clocks, controller, stage, reason, "a.nowak", time, key);
  }
};

TEST(BreachTest, TheClockIsExactAcrossWeekendsAndChangesOfClocks) {
  // Fridays before clocks go forward (29 March 2026) and back (25 October 2026), in Warsaw.
  for (const char* day : {"2026-03-27", "2026-10-23", "2026-12-24", "2028-02-28"}) {
    Desk desk;
    desk.now = unix_seconds_of(*parse_date(day)) + 16 * 3600 + 59 * 60 + 59;
    desk.open_now();
    EXPECT_EQ(desk.incident().due, desk.now + 72 * 3600) << day;
    // The last second is in time, the next is late.
    EXPECT_TRUE(desk.file_at("City", Stage::initial, desk.now + 72 * 3600 - 1));
    EXPECT_FALSE(desk.file_at("Welfare centre", Stage::initial, desk.now + 72 * 3600));
    EXPECT_TRUE(desk.file_at("Welfare centre", Stage::initial, desk.now + 72 * 3600, "illness"));
    const Incident incident = desk.incident();
    EXPECT_FALSE(incident.filings[0].late);
    EXPECT_TRUE(incident.filings[1].late);
  }
}

TEST(BreachTest, OneIncidentAtTwoControllersIsTwoFilings) {
  Desk desk;
  desk.open_now();
  EXPECT_EQ(desk.incident().not_filed(), two);
  ASSERT_TRUE(desk.file_at("City", Stage::initial, desk.now + 60));
  EXPECT_EQ(desk.incident().not_filed(), std::vector<std::string>{"Welfare centre"});
  EXPECT_FALSE(desk.file_at("Another city", Stage::initial, desk.now + 60));
  ASSERT_TRUE(desk.file_at("Welfare centre", Stage::initial, desk.now + 61));
  EXPECT_TRUE(desk.incident().not_filed().empty());
}

TEST(BreachTest, AMissingItemStopsCompleteAndNotInitial) {
  for (const Item& missing : Desk().items.items) {
    Desk desk;
    desk.open_now();
    for (const Item& one : desk.items.items) {
      if (one.name != missing.name) {
        ASSERT_TRUE(desk.say(one.name));
      }
    }
    const Status complete = desk.file_at("City", Stage::complete, desk.now + 60);
    ASSERT_FALSE(complete) << missing.name;
    EXPECT_EQ(complete.error().code, ErrorCode::conflict);
    EXPECT_EQ(complete.error().place.field, missing.name);
    EXPECT_TRUE(desk.file_at("City", Stage::initial, desk.now + 60));
    desk.now += 61;
    ASSERT_TRUE(desk.say(missing.name));
    // What follows a filing in time is not late, whenever it comes.
    EXPECT_TRUE(desk.file_at("City", Stage::complete, desk.now + 30 * 86400));
    EXPECT_FALSE(desk.incident().filings.back().late);
  }
}

TEST(BreachTest, NoLetterWithoutConsequencesAndMeasures) {
  for (const char* missing : {"nature", "contact", "consequences", "measures"}) {
    Desk desk;
    desk.open_now();
    for (const char* one : {"nature", "contact", "consequences", "measures"}) {
      if (std::string_view(one) != missing) {
        ASSERT_TRUE(desk.say(one));
      }
    }
    const auto write = [&] {
      return write_letter(desk.log, desk.items, desk.clocks, "City", "a.nowak", desk.now, desk.key);
    };
    const Result<Letter> refused = write();
    ASSERT_FALSE(refused) << missing;
    EXPECT_EQ(refused.error().place.field, missing);
    ASSERT_TRUE(desk.say(missing));
    const Result<Letter> letter = write();
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->pl.find('{'), std::string::npos);
    EXPECT_EQ(desk.incident().letters, std::vector<std::string>{"City"});
  }
}

TEST(BreachTest, TheMomentOfAwarenessCannotBeChanged) {
  Desk desk;
  desk.open_now();
  const std::uint64_t aware = desk.incident().aware;
  // Not by opening again, and not by a clock set back.
  EXPECT_FALSE(open(desk.log, "Scans", two, "a.nowak", aware - 86400, desk.key));
  EXPECT_FALSE(open(desk.log, "Scans", two, "a.nowak", aware + 86400, desk.key));
  desk.now = aware - 1;
  EXPECT_FALSE(desk.say("nature"));
  desk.now = aware + 1;
  ASSERT_TRUE(desk.say("nature"));
  EXPECT_EQ(desk.incident().aware, aware);

  const std::string bytes = desk.log.bytes();
  const Result<Log> again = Log::read(bytes, desk.key.verifier_key());
  ASSERT_TRUE(again) << (again ? "" : again.error().to_string());
  EXPECT_EQ(again->entries(), desk.log.entries());
  // Not by whoever has the file: each byte is under the chain and the signature.
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    refused += Log::read(changed, desk.key.verifier_key()) ? 0U : 1U;
  }
  EXPECT_EQ(refused, bytes.size());
  // Nor by another log made with another key.
  Desk other;
  other.now = aware + 10 * 86400;
  other.open_now();
  EXPECT_FALSE(Log::read(other.log.bytes(), desk.key.verifier_key()));
  // With the key itself a fresh log can be made: the second controller's cosignature is against
  // that (`urna log cosign`), as for access logs.
}

TEST(BreachTest, WordsAreChecked) {
  Desk desk;
  EXPECT_FALSE(desk.say("nature")) << "before anything was opened";
  EXPECT_FALSE(open(desk.log, "Scans", {}, "a.nowak", desk.now, desk.key));
  EXPECT_FALSE(open(desk.log, "Scans", {"City", "City"}, "a.nowak", desk.now, desk.key));
  EXPECT_FALSE(open(desk.log, "Scans", two, "Anna Nowak", desk.now, desk.key));
  desk.open_now();
  EXPECT_FALSE(desk.say("weather"));
  EXPECT_FALSE(add_item(desk.log, desk.items, "nature", " ", "a.nowak", desk.now, desk.key));
  EXPECT_FALSE(Items::parse("{}"));
}

}  // namespace
}  // namespace urna::breach
