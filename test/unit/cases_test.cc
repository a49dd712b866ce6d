// SPDX-License-Identifier: EUPL-1.2
#include <gtest/gtest.h>
#include <limits>
#include <string>

#include "base/bytes.h"
#include "base/date.h"
#include "cases/case_file.h"
#include "cases/clocks.h"

namespace urna::cases {
namespace {

// ---- Clocks

std::uint64_t at(std::string_view day, std::uint64_t seconds) {
  return unix_seconds_of(*parse_date(day)) + seconds;
}
constexpr std::uint64_t hour = 3600;

std::string due(std::string_view rule, std::uint64_t event) {
  const Result<std::uint64_t> moment = Clocks::standard().due(rule, event);
  return moment ? to_iso_moment(*moment) : moment.error().to_string();
}

TEST(Clocks, HoursRunThroughWeekendsAndTheChangeOfClocks) {
  // Friday evening; clocks go back on Sunday: three days later it is an hour earlier on the wall.
  EXPECT_EQ(due("breach-notice", at("2026-10-23", 18 * hour)), "2026-10-26T18:00:00Z");
  EXPECT_EQ(due("breach-notice", at("2026-03-27", 18 * hour)), "2026-03-30T18:00:00Z");
  EXPECT_EQ(due("quarantine", at("2026-10-24", 23 * hour)), "2026-10-25T23:00:00Z");
}

TEST(Clocks, DaysEndWithTheDayOfTheTown) {
  // The night of Warsaw is two hours before that of UTC in summer, one in winter.
  EXPECT_EQ(due("hearing-answer", at("2026-10-20", 8 * hour)), "2026-10-27T23:00:00Z");
  EXPECT_EQ(due("hearing-answer", at("2026-03-25", 8 * hour)), "2026-04-01T22:00:00Z");
  // Half past eleven in the evening of UTC is tomorrow in Warsaw.
  EXPECT_EQ(due("interpellation", at("2026-06-01", 23 * hour + 1800)), "2026-06-16T22:00:00Z");
  EXPECT_EQ(due("interpellation", at("2026-06-01", 20 * hour)), "2026-06-15T22:00:00Z");
}

TEST(Clocks, DaysFreeOfWorkPutTheEndOff) {
  // 24 December, two days of Christmas, a Sunday.
  EXPECT_EQ(due("appeal", at("2026-12-10", 9 * hour)), "2026-12-28T23:00:00Z");
  // Corpus Christi.
  EXPECT_EQ(due("decision", at("2026-05-21", 9 * hour)), "2026-06-05T22:00:00Z");
  // Easter Monday of 2027.
  EXPECT_EQ(due("decision", at("2027-03-15", 9 * hour)), "2027-03-30T22:00:00Z");
}

TEST(Clocks, MonthsEndWithTheirLastDay) {
  EXPECT_EQ(due("rights-request", at("2028-01-31", 9 * hour)), "2028-02-29T23:00:00Z");
  // The 28th is a Sunday.
  EXPECT_EQ(due("rights-request", at("2027-01-31", 9 * hour)), "2027-03-01T23:00:00Z");
  EXPECT_EQ(due("rights-request", at("2026-08-31", 9 * hour)), "2026-09-30T22:00:00Z");
  EXPECT_EQ(due("rights-request-extended", at("2026-11-30", 9 * hour)), "2027-03-01T23:00:00Z");
}

TEST(Clocks, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Clocks::standard().due("never", 1).error().code, ErrorCode::not_found);
  EXPECT_EQ(Clocks::standard().due("appeal", at("2041-05-01", 0)).error().code,
            ErrorCode::unsupported);
  // The provision was not there.
  EXPECT_EQ(Clocks::standard().due("interpellation", at("2018-01-30", 0)).error().code,
            ErrorCode::not_found);
}

std::string with(std::string from, const std::string& to) {
  std::string text(Clocks::standard_text());
  const std::size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

TEST(Clocks, ReadStrictly) {
  const auto field = [](const std::string& text) {
    const Result<Clocks> clocks = Clocks::parse(text);
    return clocks ? std::string() : clocks.error().place.field;
  };
  EXPECT_EQ(field(std::string(Clocks::standard_text())), "");
  EXPECT_EQ(field(with("Europe/Warsaw", "Europe/Urna")), "zone");
  EXPECT_EQ(field(with("\"unit\": \"hours\"", "\"unit\": \"weeks\"")), "rules.unit");
  EXPECT_EQ(field(with("\"amount\": 24", "\"amount\": -1")), "rules.amount");
  EXPECT_EQ(field(with("\"amount\": 24", "\"amount\": 24, \"note\": 1")), "rules.note");
  EXPECT_EQ(field(with("2026-01-01", "2026-02-30")), "free_days.days");
  EXPECT_EQ(field(with("\"decision\"", "\"appeal\"")), "rules.name");
  EXPECT_EQ(Clocks::parse("{").error().code, ErrorCode::malformed);
}

// A term that a new law changed.
TEST(Clocks, TheRuleInForceOnTheDayOfTheEvent) {
  const std::string text = R"({"format":"urna/1 clocks","zone":"Europe/Warsaw",
    "free_days":{"from_year":2026,"to_year":2027,"days":[]},"rules":[
    {"name":"a","amount":3,"unit":"working-days","from":"x","to_working_day":false,
     "law":{"act":"","article":"","valid_to":"2026-12-31","to_be_confirmed":true}},
    {"name":"a","amount":2,"unit":"hours","from":"x","to_working_day":false,
     "law":{"act":"","article":"","valid_from":"2027-01-01","to_be_confirmed":true}}]})";
  const Result<Clocks> clocks = Clocks::parse(text);
  ASSERT_TRUE(clocks.ok()) << clocks.error().to_string();
  // From Thursday: Friday, Monday, Tuesday.
  EXPECT_EQ(to_iso_moment(*clocks->due("a", at("2026-09-10", 9 * hour))), "2026-09-15T22:00:00Z");
  EXPECT_EQ(to_iso_moment(*clocks->due("a", at("2027-09-10", 9 * hour))), "2027-09-10T11:00:00Z");
}

// ---- Case files

CaseFile sample() {
  CaseFile file;
  file.number = "ABCDE-FGHJK";
  file.edition.fill(7);
  file.opened = 1'790'000'000;
  file.made = file.opened + 60;
  file.summary = {"Trzy głosy jednym telefonem", "Three votes by one telephone"};
  const std::uint64_t quarter = file.opened / 900 * 15;
  file.signals.push_back({"shared-contact",
                          3,
                          40,
                          1.0 / 3,
                          3.4567891e-21,
                          17,
                          quarter,
                          quarter + 30,
                          {"Jednym telefonem …", "One telephone …"}});
  file.timeline = {{quarter, 2, 1}, {quarter + 15, 1, 0}};
  file.nodes = {{"v2", NodeKind::voter}, {"c1", NodeKind::contact}, {"v1", NodeKind::voter}};
  file.edges = {{"v1", "c1"}, {"v2", "c1"}};
  file.asked = file.opened + 10;
  file.answer_until = file.asked + 7 * 86400;
  CaseVoter one;
  one.pseudonym.fill(1);
  one.node = "v1";
  one.told = file.opened / hour * hour;
  one.answer = Answer::not_mine;
  one.answered = one.told + hour;
  CaseVoter two;
  two.pseudonym.fill(2);
  two.node = "v2";
  two.reclaimed = true;
  file.voters = {one, two};
  return file;
}

const proof::SigningKey& key() {
  static const proof::SigningKey key = proof::SigningKey::random();
  return key;
}

std::string field_of(const Result<CaseFile>& file) {
  return file ? std::string("read") : file.error().place.field;
}

TEST(CaseFiles, ComeBackAsTheyWere) {
  CaseFile file = sample();
  file.expected_by_turnout = 12.3456789;
  const Result<std::string> text = sign_case(file, key());
  ASSERT_TRUE(text.ok()) << text.error().to_string();
  const Result<CaseFile> back = parse_case(*text, key().key);
  ASSERT_TRUE(back.ok()) << back.error().to_string();
  EXPECT_EQ(back->number, file.number);
  EXPECT_EQ(back->edition, file.edition);
  EXPECT_EQ(back->origin, file.origin);
  EXPECT_EQ(back->summary, file.summary);
  EXPECT_EQ(back->timeline, file.timeline);
  EXPECT_EQ(back->nodes, file.nodes);
  EXPECT_EQ(back->edges, file.edges);
  EXPECT_EQ(back->voters, file.voters);
  EXPECT_EQ(back->asked, file.asked);
  EXPECT_EQ(back->answer_until, file.answer_until);
  EXPECT_DOUBLE_EQ(back->signals.at(0).probability, 3.45679e-21);
  EXPECT_DOUBLE_EQ(back->expected_by_turnout.value_or(0), 12.3457);
  // What was read is signed anew to the same members.
  EXPECT_TRUE(parse_case(*sign_case(*back, key()), key().key).ok());
}

// Two rows of the register with one identifier are one voter, wherever they stand among the others.
TEST(CaseFiles, AVoterWhoStandsTwiceIsOne) {
  for (std::uint8_t octet = 0; octet < 4; ++octet) {
    CaseFile file = sample();
    const CaseVoter known = file.voters[octet == 2 ? 1 : 0];
    if (octet == 0 || octet == 3) file.voters[0].pseudonym.fill(octet);
    CaseVoter again = file.voters[octet == 2 ? 1 : 0];
    again.node = "v3";
    again.answer = Answer::mine;
    again.answered = again.told + 2 * hour;
    file.nodes.push_back({"v3", NodeKind::voter});
    file.edges.push_back({"v3", "c1"});
    file.voters.push_back(again);
    EXPECT_FALSE(sign_case(file, key()).ok());
    put_in_order(file);
    ASSERT_EQ(file.voters.size(), 2U);
    EXPECT_EQ(file.voters[octet < 2 ? 0 : 1], again);
    EXPECT_EQ(file.nodes.size(), 3U);
    EXPECT_EQ(file.edges.size(), 2U);
    for (const Node& node : file.nodes) EXPECT_NE(node.id, known.node);
    for (const Edge& edge : file.edges) EXPECT_NE(edge.from, known.node);
    EXPECT_TRUE(sign_case(file, key()).ok());
  }
}

// Numbers of all sizes: a reader of JSON that errs in the last bit refuses none.
TEST(CaseFiles, NumbersOfAllSizes) {
  for (double p = 1; p > 1e-300; p *= 0.0007312934) {
    CaseFile file = sample();
    file.signals[0].probability = p;
    file.signals[0].expected = 1e-9 / (p + 1e-20);
    ASSERT_TRUE(parse_case(*sign_case(file, key()), key().key).ok()) << p;
  }
}

TEST(CaseFiles, WhatWasAlteredIsNamed) {
  const std::string text = *sign_case(sample(), key());
  const auto altered = [&](const std::string& from, const std::string& to) {
    std::string copy = text;
    const std::size_t place = copy.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return field_of(parse_case(copy.replace(place, from.size(), to), key().key));
  };
  EXPECT_EQ(altered("ABCDE-FGHJK", "ABCDE-FGHJL"), "number");
  EXPECT_EQ(altered("\"version\":1", "\"version\":2"), "version");
  EXPECT_EQ(altered("\"not-mine\"", "\"mine\""), "voters");
  EXPECT_EQ(altered("\"certified\":2", "\"certified\":3"), "timeline");
  EXPECT_EQ(altered("\"signals\",\"summary\"", "\"report\",\"summary\""), "origin");
  EXPECT_EQ(altered("One telephone", "One telephones"), "signals");
  EXPECT_EQ(altered("[\"v1\",\"c1\"]", "[\"v1\",\"v2\"]"), "graph");
  EXPECT_EQ(altered(to_hex(std::string(32, '\1')), to_hex(std::string(32, '\0'))), "voters");
  EXPECT_EQ(altered("\"answer_until\":1", "\"answer_until\":2"), "hearing");
  EXPECT_EQ(altered("3.45679", "3.45678"), "signals");
  // A member that nobody knows, one that is missing, one of another type.
  EXPECT_EQ(altered("\"kind\":\"contact\"", "\"kind\":\"contact\",\"name\":\"x\""),
            "graph.nodes.name");
  EXPECT_EQ(altered("\"reclaimed\":true", "\"told2\":true"), "voters.reclaimed");
  EXPECT_EQ(altered("\"told\":0", "\"told\":\"0\""), "voters.told");
  EXPECT_EQ(altered("\"refused\":1", "\"refused\":-1"), "timeline.refused");
  EXPECT_EQ(field_of(parse_case(text.substr(0, text.size() / 2), key().key)), "");
}

TEST(CaseFiles, OfAnotherRegistrarAreRefused) {
  const std::string text = *sign_case(sample(), proof::SigningKey::random());
  const Result<CaseFile> read = parse_case(text, key().key);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::conflict);
  EXPECT_EQ(read.error().place.field, "signature");
}

TEST(CaseFiles, ThatDoNotFitTogetherAreNotSigned) {
  const auto refused = [](auto change) {
    CaseFile file = sample();
    change(file);
    const Result<std::string> text = sign_case(file, key());
    return text ? std::string("signed") : text.error().place.field;
  };
  EXPECT_EQ(refused([](CaseFile& f) { f.number = "ABCDE-FGHJ0"; }), "number");
  EXPECT_EQ(refused([](CaseFile& f) { f.made = f.opened - 1; }), "made");
  EXPECT_EQ(refused([](CaseFile& f) { f.summary.en = "a\nb"; }), "summary");
  EXPECT_EQ(refused([](CaseFile& f) { std::swap(f.voters[0], f.voters[1]); }), "voters.pseudonym");
  EXPECT_EQ(refused([](CaseFile& f) { f.voters[0].node = "c1"; }), "voters.node");
  EXPECT_EQ(refused([](CaseFile& f) { f.voters[0].node = "v2"; }), "voters.node");
  EXPECT_EQ(refused([](CaseFile& f) { f.voters.pop_back(); }), "graph.nodes");
  EXPECT_EQ(refused([](CaseFile& f) { f.voters[0].told += 60; }), "voters.told");
  EXPECT_EQ(refused([](CaseFile& f) { f.voters[0].answered = 0; }), "voters.answered");
  EXPECT_EQ(refused([](CaseFile& f) { f.asked = f.answer_until = 0; }), "voters.told");
  EXPECT_EQ(refused([](CaseFile& f) { f.timeline[1].minute -= 15; }), "timeline.minute");
  EXPECT_EQ(refused([](CaseFile& f) { f.timeline[0].minute += 1; }), "timeline.minute");
  EXPECT_EQ(refused([](CaseFile& f) { f.edges.push_back({"v1", "n1"}); }), "graph.edges");
  EXPECT_EQ(refused([](CaseFile& f) { f.edges.push_back(f.edges[0]); }), "graph.edges");
  EXPECT_EQ(refused([](CaseFile& f) { f.nodes[1].id = "Anna"; }), "graph.nodes");
  EXPECT_EQ(refused([](CaseFile& f) { f.signals[0].probability = 1.5; }), "signals.probability");
  EXPECT_EQ(refused([](CaseFile& f) {
              f.expected_by_turnout = std::numeric_limits<double>::quiet_NaN();
            }),
            "expected_by_turnout");
}

}  // namespace
}  // namespace urna::cases
