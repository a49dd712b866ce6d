// SPDX-License-Identifier: EUPL-1.2
// What the registrar counts for reports, on both databases: identifications, codes, certificates,
// refusals, messages and how soon people were told, by day and of nobody.
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "group/element.h"
#include "registrar/counters.h"
#include "test/service/registrar_town.h"

namespace urna::registrar {
namespace {

using trial::Databases;
using trial::Resident;
using trial::Town;

Resident somebody(int number) {
  Resident one;
  one.pesel = trial::pesel_of("800101", number);
  one.first = "Jan";
  one.last = "Lis";
  one.street = "Lipowa";
  one.house = "1";
  one.district = "Centrum";
  one.phone = "60112" + std::to_string(1000 + number);
  return one;
}

class RegistrarCounters : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const bool postgres = std::string(GetParam()) == "postgres";
    if (postgres && Databases::server() == nullptr) GTEST_SKIP() << "no PostgreSQL 15 here";
    databases_ = std::make_unique<Databases>(postgres);
    town_ = std::make_unique<Town>(*databases_);
  }
  std::uint64_t counted(const std::string& name) {
    std::uint64_t sum = 0;
    const Result<Counters> counters = tell_counters(town_->office());
    EXPECT_TRUE(counters);
    for (const auto& [day, names] : *counters) {
      const auto found = names.find(name);
      if (found != names.end()) sum += found->second;
    }
    return sum;
  }
  std::unique_ptr<Databases> databases_;
  std::unique_ptr<Town> town_;
};

INSTANTIATE_TEST_SUITE_P(Stores, RegistrarCounters, ::testing::Values("sqlite", "postgres"),
                         [](const auto& about) { return std::string(about.param); });

TEST_P(RegistrarCounters, WhatHappenedIsCountedByDay) {
  const Office& office = town_->office();
  const Resident anna = somebody(1), jan = somebody(2);
  ASSERT_EQ(town_->import({anna, jan}).added, 2U);
  const auto key = group::mul(group::SecretScalar::random(), group::Element::generator()).encode();

  const SessionToken token =
      identify(office, IdentifierKind::pesel, trial::fields_of(anna)).value();
  // Knowledge alone, and before the roll: refused, with the reason.
  EXPECT_FALSE(certify(office, token, key));
  EXPECT_EQ(counted("refused.level"), 1U);
  ASSERT_TRUE(request_code(office, token, Channel::sms, "", protection::Language::pl));
  town_->deliver();
  EXPECT_EQ(counted("sent.code.sms"), 1U);
  EXPECT_FALSE(check_code(office, token, "1"));
  ASSERT_TRUE(check_code(office, token, town_->code_sent_to("+48" + anna.phone)));
  EXPECT_EQ(counted("code.wrong"), 1U);
  EXPECT_EQ(counted("code.right"), 1U);
  EXPECT_FALSE(certify(office, token, key));
  EXPECT_EQ(counted("refused.not-on-roll"), 1U);
  ASSERT_TRUE(build_roll(office, "clerk-3", {}));
  const Result<Certified> certified = certify(office, token, key);
  ASSERT_TRUE(certified);
  EXPECT_EQ(counted("certificate.2.sms"), 1U);

  // Somebody who is not there, and the day after.
  Resident nobody = somebody(3);
  ASSERT_TRUE(identify(office, IdentifierKind::pesel, trial::fields_of(nobody)));
  town_->now += 86400;
  ASSERT_TRUE(identify(office, IdentifierKind::pesel, trial::fields_of(nobody)));
  EXPECT_EQ(counted("identify.fits"), 1U);
  EXPECT_EQ(counted("identify.fits-nobody"), 2U);
  EXPECT_EQ(tell_counters(office)->size(), 2U);

  // A notice that a gateway takes at once, and one that it takes after eight minutes.
  const auto tell = [&](std::uint8_t batch) {
    PersonRef person;
    const Status done = town_->store().transact([&](RegistrarTransaction& transaction) -> Status {
      const auto rows = transaction.people_after(std::nullopt, 10);
      if (!rows) return rows.error();
      person = rows->front().reference;
      return ok_status();
    });
    ASSERT_TRUE(done);
    const RecordedVote vote{seal_reference(office, person), {{0}}};
    RandomId id{};
    id[0] = batch;
    ASSERT_TRUE(take_recorded_votes(office, id, std::span(&vote, 1)));
  };
  tell(1);
  town_->deliver();
  tell(2);
  town_->deliver(false);
  town_->now += 480;
  town_->deliver();
  EXPECT_EQ(counted("sent.vote-recorded.sms"), 2U);
  EXPECT_EQ(counted("told.within-10"), 1U);
  EXPECT_EQ(counted("told.within-600"), 1U);
}

TEST_P(RegistrarCounters, TwoServersCountTogether) {
  const Resident anna = somebody(1);
  ASSERT_EQ(town_->import({anna}).added, 1U);
  Town other(*databases_);
  for (int i = 0; i < 20; ++i) {
    const Office& office = i % 2 == 0 ? town_->office() : other.office();
    ASSERT_TRUE(identify(office, IdentifierKind::pesel, trial::fields_of(anna)));
  }
  EXPECT_EQ(counted("identify.fits"), 20U);
}

}  // namespace
}  // namespace urna::registrar
