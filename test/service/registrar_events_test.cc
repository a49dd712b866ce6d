// SPDX-License-Identifier: EUPL-1.2
// What the registrar keeps for signals: a clerk with fifteen SIM cards is seen among ordinary
// voters, and what it is seen by says nothing of who anybody is, is gone after two days, and is
// never followed from one day to the next. On both databases.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "group/element.h"
#include "integrity/signal.h"
#include "registrar/events.h"
#include "test/service/registrar_town.h"

namespace urna::registrar {
namespace {

using integrity::Event;
using integrity::Outcome;
using trial::Databases;
using trial::Resident;
using trial::Town;

const std::vector<std::string> surnames = {"Adamska", "Bąk",   "Cichy",  "Czarny", "Dudek", "Duda",
                                           "Fijał",   "Gajda", "Górska", "Hajduk", "Iwan",  "Jasik",
                                           "Kaleta",  "Kania", "Lis",    "Łoś",    "Maj",   "Mazur",
                                           "Nowicka", "Okoń",  "Pająk",  "Rak",    "Sowa",  "Szulc",
                                           "Tokarz",  "Urban", "Wilk",   "Wrona",  "Zając", "Żak"};

std::vector<Resident> people(int from, std::size_t count) {
  std::vector<Resident> result;
  for (std::size_t i = 0; i < count; ++i) {
    Resident one;
    one.pesel = trial::pesel_of("800101", from + static_cast<int>(i));
    one.first = "Jan";
    one.last = surnames[i % surnames.size()];
    one.street = "Lipowa";
    one.house = std::to_string(i + 1);
    one.district = "Centrum";
    result.push_back(one);
  }
  return result;
}

group::ElementBytes some_voter_key() {
  return group::mul(group::SecretScalar::random(), group::Element::generator()).encode();
}

class RegistrarEvents : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const bool postgres = std::string(GetParam()) == "postgres";
    if (postgres && Databases::server() == nullptr) GTEST_SKIP() << "no PostgreSQL 15 here";
    databases_ = std::make_unique<Databases>(postgres);
    town_ = std::make_unique<Town>(*databases_);
    town_->policy.contacts = ContactSource::typed;
    town_->now = day_ * 86400 + 12 * 3600;
  }
  void vote(const Resident& one, const std::string& phone, const Circumstances& where) {
    const SessionToken token =
        identify(office(), IdentifierKind::pesel, trial::fields_of(one), where).value();
    ASSERT_TRUE(request_code(office(), token, Channel::sms, phone, protection::Language::pl).ok());
    town_->deliver();
    const Result<std::uint8_t> level =
        check_code(office(), token, town_->code_sent_to("+48" + phone));
    ASSERT_TRUE(level.ok()) << phone << ": " << level.error().to_string();
    const Result<Certified> certified = certify(office(), token, some_voter_key(), where);
    ASSERT_TRUE(certified.ok()) << certified.error().to_string();
  }
  std::vector<Event> events() {
    std::vector<Event> all;
    const auto count = list_events(office(), "a.nowak", [&](const Event& event) -> Status {
      all.push_back(event);
      return ok_status();
    });
    EXPECT_TRUE(count.ok()) << count.error().to_string();
    EXPECT_EQ(*count, all.size());
    return all;
  }
  const Office& office() { return town_->office(); }

  std::uint64_t day_ = 20'717;
  std::unique_ptr<Databases> databases_;
  std::unique_ptr<Town> town_;
};

INSTANTIATE_TEST_SUITE_P(Stores, RegistrarEvents, ::testing::Values("sqlite", "postgres"),
                         [](const auto& about) { return std::string(about.param); });

TEST_P(RegistrarEvents, AClerkWithFifteenCardsIsSeenAndNobodyIsNamed) {
  const std::vector<Resident> staff = people(1, 30);
  const std::vector<Resident> others = people(1000, 60);
  std::vector<Resident> all = staff;
  all.insert(all.end(), others.begin(), others.end());
  ASSERT_EQ(town_->import(all).added, all.size());
  ASSERT_TRUE(build_roll(office(), "clerk-3", {}).ok());

  for (std::size_t i = 0; i < others.size(); ++i) {
    town_->now += 37 * (i % 7);
    vote(others[i], "6010" + std::to_string(10'000 + i), {"home " + std::to_string(i), false});
  }
  EXPECT_TRUE(integrity::find_signals(events()).empty());
  for (std::size_t i = 0; i < staff.size(); ++i) {
    town_->now += 240;
    vote(staff[i], "7010" + std::to_string(10'000 + i % 15), {"a desk", false});
  }
  const std::vector<Event> seen = events();
  EXPECT_EQ(std::ranges::count(seen, Outcome::certified, &Event::outcome), 90);
  EXPECT_EQ(std::ranges::count(seen, Outcome::unconfirmed, &Event::outcome), 90);
  std::set<integrity::Kind> kinds;
  const auto signals = integrity::find_signals(seen);
  for (const integrity::Signal& signal : signals) {
    kinds.insert(signal.kind);
    EXPECT_GE(signal.first_minute, town_->now / 60 - 120);
  }
  EXPECT_TRUE(kinds.contains(integrity::Kind::few_contacts));
  EXPECT_TRUE(kinds.contains(integrity::Kind::even_intervals));
  EXPECT_TRUE(kinds.contains(integrity::Kind::alphabetical));
  EXPECT_EQ(integrity::cluster(signals).size(), 1U);
  EXPECT_EQ(integrity::cluster(signals)[0].events.size(), 30U);

  // Nobody stands in what is told, nor in the database.
  std::string told;
  for (const Event& event : seen) told += integrity::to_json_line(event) + "\n";
  const std::string dump = databases_->dump();
  ASSERT_FALSE(dump.empty());
  for (const std::string& planted :
       {staff[0].pesel, others[0].pesel, std::string("Adamska"), std::string("701010000"),
        std::string("a desk"), std::string("home 3")}) {
    EXPECT_EQ(told.find(planted), std::string::npos) << planted;
    EXPECT_EQ(dump.find(planted), std::string::npos) << planted;
  }
  // Who looked is in the log.
  const auto log = town_->store().copy_access_log();
  ASSERT_TRUE(log.ok());
  EXPECT_TRUE(std::ranges::any_of(log->rows, [](const protection::AccessRow& row) {
    return row.entry.find("a.nowak") != std::string::npos;
  }));
}

// An attempt on nobody leaves a row like one on somebody.
TEST_P(RegistrarEvents, AnAttemptOnNobodyLooksTheSame) {
  const std::vector<Resident> one = people(1, 1);
  ASSERT_EQ(town_->import(one).added, 1U);
  Resident nobody = one[0];
  nobody.pesel = trial::pesel_of("800101", 999);
  ASSERT_TRUE(
      identify(office(), IdentifierKind::pesel, trial::fields_of(one[0]), {"n", false}).ok());
  ASSERT_TRUE(
      identify(office(), IdentifierKind::pesel, trial::fields_of(nobody), {"n", true}).ok());
  std::vector<std::size_t> sizes;
  ASSERT_TRUE(town_->store()
                  .transact([&](RegistrarTransaction& transaction) -> Status {
                    const auto rows = transaction.signal_events_after({}, 10);
                    if (!rows) return rows.error();
                    for (const SignalEventRow& row : *rows) sizes.push_back(row.record.size());
                    return ok_status();
                  })
                  .ok());
  ASSERT_EQ(sizes.size(), 2U);
  EXPECT_EQ(sizes[0], sizes[1]);
  const std::vector<Event> seen = events();
  EXPECT_EQ(std::ranges::count(seen, Outcome::refused, &Event::outcome), 1);
  EXPECT_EQ(std::ranges::count(seen, integrity::Sharing::named, &Event::sharing), 1);
  EXPECT_EQ(seen[0].network, seen[1].network);
}

// Everybody at a point sits in its network; the point alone is what they have in common.
TEST_P(RegistrarEvents, AtAPointTheNetworkIsNotNoted) {
  const std::vector<Resident> queue = people(1, 12);
  ASSERT_EQ(town_->import(queue).added, queue.size());
  ASSERT_TRUE(build_roll(office(), "clerk-3", {}).ok());
  town_->policy.operators = {
      {"op-1", "", "", operator_token_hash(town_->keys, "point one"), 0, town_->now + 7200}};
  for (const Resident& one : queue) {
    const Result<SessionToken> token =
        vouch(office(), "point one", IdentifierKind::pesel, trial::fields_of(one));
    ASSERT_TRUE(token.ok()) << token.error().to_string();
    ASSERT_TRUE(certify(office(), *token, some_voter_key(), {"the point's", false}).ok());
    town_->now += 60;
  }
  const std::vector<Event> seen = events();
  ASSERT_EQ(seen.size(), queue.size());
  for (const Event& event : seen) {
    EXPECT_FALSE(event.network);
    EXPECT_EQ(event.point, seen[0].point);
    EXPECT_TRUE(event.point);
  }
  EXPECT_TRUE(integrity::find_signals(seen).empty());
}

TEST_P(RegistrarEvents, ACityThatWantsNoneNotesNone) {
  const std::vector<Resident> one = people(1, 1);
  ASSERT_EQ(town_->import(one).added, 1U);
  ASSERT_TRUE(build_roll(office(), "clerk-3", {}).ok());
  town_->policy.signal_events = false;
  vote(one[0], "601010000", {"n", false});
  EXPECT_TRUE(events().empty());
  town_->policy.signal_events = true;
  ASSERT_TRUE(
      identify(office(), IdentifierKind::pesel, trial::fields_of(one[0]), {"n", false}).ok());
  EXPECT_EQ(events().size(), 1U);
}

TEST_P(RegistrarEvents, TokensOfAnotherDayAreOthersAndEventsGo) {
  const std::vector<Resident> one = people(1, 1);
  ASSERT_EQ(town_->import(one).added, 1U);
  const auto attempt = [&] {
    return identify(office(), IdentifierKind::pesel, trial::fields_of(one[0]), {"n", false}).ok();
  };
  ASSERT_TRUE(attempt());
  ASSERT_TRUE(attempt());
  EXPECT_EQ(events()[0].network, events()[1].network);
  town_->now += 86400;
  ASSERT_TRUE(attempt());
  std::map<integrity::Token, int> tokens;
  for (const Event& event : events()) ++tokens[*event.network];
  EXPECT_EQ(tokens.size(), 2U);
  // The key of yesterday is gone: an attempt that is dated back has a third token.
  town_->now -= 86400;
  ASSERT_TRUE(attempt());
  tokens.clear();
  for (const Event& event : events()) ++tokens[*event.network];
  EXPECT_EQ(tokens.size(), 3U);

  town_->now += 86400;
  ASSERT_TRUE(delete_what_is_due(office(), {}).ok());
  EXPECT_EQ(events().size(), 4U);
  town_->now = (day_ + 2) * 86400 - 1;
  ASSERT_TRUE(delete_what_is_due(office(), {}).ok());
  EXPECT_EQ(events().size(), 4U);
  town_->now += 1;
  ASSERT_TRUE(delete_what_is_due(office(), {}).ok());
  EXPECT_EQ(events().size(), 1U);
}

}  // namespace
}  // namespace urna::registrar
