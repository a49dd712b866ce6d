// SPDX-License-Identifier: EUPL-1.2
// Mandates, and data looked at under them: inside all of one, with both logs, or not at all.
#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "inspection/inspecting.h"
#include "inspection/report.h"
#include "protection/mandate.h"
#include "storage/inspection_store.h"
#include "storage/sql.h"
#include "test/unit/keeper_sample.h"

namespace urna::inspection {
namespace {

using protection::Mandate;
using protection::MandateFault;

constexpr std::uint64_t day = 86'400;
constexpr std::uint64_t now = 20'000 * day;

struct Parties {
  proof::SigningKey city = proof::SigningKey::random();
  proof::SigningKey unit = proof::SigningKey::random();
  proof::SigningKey officer = proof::SigningKey::random();

  [[nodiscard]] Mandate mandate() const {
    Mandate made;
    made.edition = "pl-sample-2026";
    made.path = "uchwała nr 1";
    made.purpose = "kontrola";
    made.inspecting = {"city", city.key};
    made.inspected = {"unit", unit.key};
    made.scope = {{"staff-list", {"department", "role"}, now - 10 * day, now}};
    made.inspectors = {{"A. Nowak", officer.key}};
    made.begins = now - day;
    made.ends = now + day;
    made.rows_most = 5;
    return made;
  }
  [[nodiscard]] Mandate signed_mandate() const { return both(mandate()); }
  [[nodiscard]] Mandate both(Mandate one) const {
    EXPECT_TRUE(protection::sign(one, city).ok());
    EXPECT_TRUE(protection::sign(one, unit).ok());
    return one;
  }
  [[nodiscard]] protection::MandateTrust trust() const {
    return {city.key, unit.key, "pl-sample-2026"};
  }
};

TEST(Mandate, IsInForceOnlyWhenBothSignedAndInsideItsTime) {
  const Parties parties;
  const Mandate good = parties.signed_mandate();
  EXPECT_EQ(find_fault(good, parties.trust(), now), std::nullopt);
  EXPECT_EQ(find_fault(good, parties.trust(), good.begins), std::nullopt);
  EXPECT_EQ(find_fault(good, parties.trust(), good.ends), std::nullopt);
  EXPECT_EQ(find_fault(good, parties.trust(), good.begins - 1), MandateFault::not_begun);
  EXPECT_EQ(find_fault(good, parties.trust(), good.ends + 1), MandateFault::ended);
  EXPECT_EQ(find_fault(parties.mandate(), parties.trust(), now), MandateFault::not_signed);
  Mandate longer = good;
  longer.ends += day;
  EXPECT_EQ(find_fault(longer, parties.trust(), now), MandateFault::not_signed);
  Mandate swapped = good;
  std::swap(swapped.by_inspecting, swapped.by_inspected);
  EXPECT_EQ(find_fault(swapped, parties.trust(), now), MandateFault::not_signed);
  protection::MandateTrust other = parties.trust();
  other.edition = "another";
  EXPECT_EQ(find_fault(good, other, now), MandateFault::other_edition);
  other = parties.trust();
  std::swap(other.inspecting, other.inspected);
  EXPECT_EQ(find_fault(good, other, now), MandateFault::other_parties);
  Mandate strangers = good;
  EXPECT_FALSE(protection::sign(strangers, parties.officer).ok());
}

TEST(Mandate, CoversItsScopeAndNothingElse) {
  const Mandate mandate = Parties().mandate();
  using Fields = std::vector<std::string>;
  const auto in = [&](const char* set, const Fields& fields, std::uint64_t from, std::uint64_t to) {
    return covers(mandate, set, fields, from, to);
  };
  EXPECT_TRUE(in("staff-list", {"department"}, now - day, now));
  EXPECT_TRUE(in("staff-list", {"department", "role"}, now - 10 * day, now));
  EXPECT_FALSE(in("staff-list", {"department", "name"}, now - day, now));
  EXPECT_FALSE(in("staff-list", {}, now - day, now));
  EXPECT_FALSE(in("salaries", {"department"}, now - day, now));
  EXPECT_FALSE(in("staff-list", {"department"}, now - 11 * day, now));
  EXPECT_FALSE(in("staff-list", {"department"}, now, now + 1));
  EXPECT_FALSE(in("staff-list", {"department"}, now, now - day));
}

TEST(Mandate, IsReadBackExactlyOrRefused) {
  const Parties parties;
  Mandate mandate = parties.signed_mandate();
  mandate.list_check = protection::MandateListCheck{10, 100, 5000, 1};
  const std::string bytes = encode(mandate);
  EXPECT_EQ(protection::decode_mandate(bytes).value(), mandate);
  for (std::size_t size = 0; size < bytes.size(); size += 3) {
    EXPECT_FALSE(protection::decode_mandate(std::string_view(bytes).substr(0, size)).ok());
  }
  EXPECT_FALSE(protection::decode_mandate(bytes + "x").ok());
  const auto refused = [&](auto change) {
    Mandate other = mandate;
    change(other);
    return !protection::names_right(other).ok() && !protection::decode_mandate(encode(other)).ok();
  };
  EXPECT_TRUE(refused([](Mandate& m) { m.path.clear(); }));
  EXPECT_TRUE(refused([](Mandate& m) { m.purpose = "a\nb"; }));
  EXPECT_TRUE(refused([](Mandate& m) { m.inspected.key = m.inspecting.key; }));
  EXPECT_TRUE(refused([](Mandate& m) { m.scope[0].fields = {"role", "department"}; }));
  EXPECT_TRUE(refused([](Mandate& m) { m.scope[0].fields = {"role", "role"}; }));
  EXPECT_TRUE(refused([](Mandate& m) { m.inspectors.clear(); }));
  EXPECT_TRUE(refused([](Mandate& m) { m.begins = m.ends + 1; }));
  EXPECT_TRUE(refused([](Mandate& m) { m.list_check->list_least = 0; }));
  EXPECT_TRUE(refused([](Mandate& m) { m.list_check->evaluations = 99; }));
}

// A log elsewhere that may be out of reach.
class Elsewhere final : public SecondLog {
 public:
  Status append(std::string_view entry) override {
    if (down) return Error{ErrorCode::io, "down"};
    entries.push_back(protection::decode_access_entry(entry).value());
    return ok_status();
  }
  bool down = false;
  std::vector<protection::AccessEntry> entries;
};

class InspectionOfAUnit : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_.file("staff.csv"))
        << "date,first_name,department,role\n"
        << protection_day(now - 2 * day) << ",Anna,benefits,clerk\n"
        << protection_day(now - 3 * day) << ",Jan,benefits,head\n"
        << protection_day(now - 30 * day) << ",Ewa,care,clerk\n"
        << ",Olga,care,clerk\n";
    InspectionConfig config;
    config.trust = parties_.trust();
    config.data = {{"staff-list", folder_.file("staff.csv"), {"department", "role"}, "date"}};
    config.clock = [this] { return clock_; };
    inspection_ = std::make_unique<Inspection>(std::move(config), *store_, second_, log_key_);
  }

  static std::string protection_day(std::uint64_t moment) { return to_iso_string(date_of(moment)); }

  [[nodiscard]] ReadRequest request(const Mandate& mandate) {
    ReadRequest made;
    made.mandate = encode(mandate);
    made.set = "staff-list";
    made.fields = {"department", "role"};
    made.from = now - 10 * day;
    made.to = now;
    made.time = clock_;
    made.number[0] = ++number_;
    sign(made, parties_.officer);
    return made;
  }
  // What the answer was, in a word; both logs must have the same row last.
  std::string ask(const ReadRequest& request) {
    const std::size_t before = second_.entries.size();
    const auto answer = inspection_->read(encode(request));
    const protection::AccessEntry last = own().back();
    EXPECT_EQ(second_.entries.size(), before + 1);
    EXPECT_EQ(second_.entries.back().action, last.action);
    EXPECT_EQ(second_.entries.back().actor, last.actor);
    if (const auto* rows = std::get_if<Rows>(&answer)) {
      EXPECT_EQ(last.action, "read");
      EXPECT_EQ(last.persons, rows->rows.size());
      return std::to_string(rows->rows.size()) + " rows";
    }
    EXPECT_EQ(last.persons, 0U);
    return last.action;
  }
  [[nodiscard]] std::vector<protection::AccessEntry> own() const {
    std::vector<protection::AccessEntry> entries;
    const protection::AccessLogCopy copy = store_->copy_log().value();
    for (const protection::AccessRow& row : copy.rows) {
      entries.push_back(protection::decode_access_entry(row.entry).value());
    }
    return entries;
  }

  keeper::test::Folder folder_;
  Parties parties_;
  std::uint64_t clock_ = now;
  std::uint8_t number_ = 0;
  Elsewhere second_;
  board::LogSecretKey log_key_ =
      board::LogSecretKey::generate("unit.example.org/inspections").value();
  std::unique_ptr<InspectionStore> store_ =
      storage::make_inspection_store(storage::open_sqlite(folder_.file("inspection.db")).value())
          .value();
  std::unique_ptr<Inspection> inspection_;
};

TEST_F(InspectionOfAUnit, GivesRowsInsideTheMandateOnly) {
  const Mandate good = parties_.signed_mandate();
  EXPECT_EQ(ask(request(good)), "2 rows");  // not those of last month, nor of no day
  EXPECT_EQ(own().back().purpose,
            "mandate-" + protection::mandate_word(protection::mandate_hash(good)));

  ReadRequest one = request(good);
  one.mandate.clear();
  sign(one, parties_.officer);
  EXPECT_EQ(ask(one), "refused-missing");
  clock_ = good.ends + 1;
  EXPECT_EQ(ask(request(good)), "refused-ended");
  clock_ = good.begins - 1;
  EXPECT_EQ(ask(request(good)), "refused-not-begun");
  clock_ = now;
  one = request(good);
  one.fields = {"department", "first_name"};
  sign(one, parties_.officer);
  EXPECT_EQ(ask(one), "refused-out-of-scope");
  one = request(good);
  one.set = "salaries";
  sign(one, parties_.officer);
  EXPECT_EQ(ask(one), "refused-out-of-scope");
  one = request(good);
  one.from = now - 40 * day;
  sign(one, parties_.officer);
  EXPECT_EQ(ask(one), "refused-out-of-scope");
  EXPECT_EQ(ask(request(parties_.mandate())), "refused-not-signed");
  one = request(good);
  one.mandate = "forged";
  sign(one, parties_.officer);
  EXPECT_EQ(ask(one), "refused-malformed");
  one = request(good);
  sign(one, parties_.city);
  EXPECT_EQ(ask(one), "refused-not-an-inspector");
  one = request(good);
  one.to = now - 1;
  EXPECT_EQ(ask(one), "refused-signature");
  one = request(good);
  one.time = clock_ - request_seconds_max - 1;
  sign(one, parties_.officer);
  EXPECT_EQ(ask(one), "refused-signature");

  one = request(good);
  EXPECT_EQ(ask(one), "2 rows");
  EXPECT_EQ(ask(one), "refused-signature");  // a second time
  EXPECT_EQ(ask(request(good)), "refused-over-quota");
}

TEST_F(InspectionOfAUnit, GivesNothingWithoutTheOtherLog) {
  second_.down = true;
  const auto answer = inspection_->read(encode(request(parties_.signed_mandate())));
  ASSERT_TRUE(std::holds_alternative<Refused>(answer));
  EXPECT_EQ(std::get<Refused>(answer).why, Refusal::no_second);
  EXPECT_EQ(own().back().action, "refused-no-second-log");
  // A refusal while it is down is at least here, with the fact that it is not there.
  static_cast<void>(inspection_->read(encode(request(parties_.mandate()))));
  EXPECT_EQ(own().back().action, "refusal-not-in-second-log");
  second_.down = false;
  EXPECT_EQ(ask(request(parties_.signed_mandate())), "2 rows");
}

TEST_F(InspectionOfAUnit, KeepsALogThatVerifies) {
  static_cast<void>(inspection_->read(encode(request(parties_.signed_mandate()))));
  static_cast<void>(inspection_->read("nothing"));
  EXPECT_FALSE(inspection_->take_entry("no entry").ok());
  const protection::AccessEntry other =
      list_check_entry(now, "checker", "ask", "mandate-0123456789abcdef", 60);
  EXPECT_TRUE(inspection_->take_entry(protection::encode(other).value()).ok());
  protection::AccessLogCopy copy = store_->copy_log().value();
  ASSERT_EQ(copy.rows.size(), 3U);
  const auto verdict = [&] {
    protection::AccessLogVerifier verifier(copy.notes, {log_key_.verifier_key(), {}, {}});
    for (const protection::AccessRow& row : copy.rows) verifier.add(row);
    return verifier.finish();
  };
  EXPECT_TRUE(verdict().sound()) << verdict().reason;
  copy.rows.erase(copy.rows.begin() + 1);
  EXPECT_FALSE(verdict().sound());
}

TEST(InspectionReport, IsSignedByBoth) {
  const Parties parties;
  const Mandate mandate = parties.signed_mandate();
  Report report;
  report.mandate = protection::mandate_hash(mandate);
  report.time = now;
  report.findings = {"lista pracowników leżała na wspólnym dysku"};
  report.remarks = "usunięto tego samego dnia";
  report.recommendations = {"uprawnienia co kwartał"};
  report.follow_up = {{"sprawdzenie", now + 90 * day}};
  EXPECT_FALSE(verify(report, mandate).ok());
  ASSERT_TRUE(sign(report, mandate, parties.city).ok());
  EXPECT_FALSE(verify(report, mandate).ok());
  ASSERT_TRUE(sign(report, mandate, parties.unit).ok());
  EXPECT_TRUE(verify(report, mandate).ok());
  EXPECT_FALSE(sign(report, mandate, parties.officer).ok());
  Report again = decode_report(encode(report)).value();
  EXPECT_TRUE(verify(again, mandate).ok());
  again.remarks = "";
  EXPECT_FALSE(verify(again, mandate).ok());
  Mandate other = mandate;
  other.purpose = "inna";
  EXPECT_FALSE(verify(report, other).ok());
}

}  // namespace
}  // namespace urna::inspection
