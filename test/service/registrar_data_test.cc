// SPDX-License-Identifier: EUPL-1.2
// Data of everybody: exported for no purpose but theirs (attack story A16), destroyed neither
// before their time nor under a legal hold (A17). On both databases.
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "registrar/counters.h"
#include "registrar/holding.h"
#include "test/service/registrar_town.h"

namespace urna::registrar {
namespace {

using trial::Databases;
using trial::Resident;
using trial::Town;

class RegistrarData : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const bool postgres = std::string(GetParam()) == "postgres";
    if (postgres && Databases::server() == nullptr) GTEST_SKIP() << "no PostgreSQL 15 here";
    databases_ = std::make_unique<Databases>(postgres);
    town_ = std::make_unique<Town>(*databases_);
    Resident anna;
    anna.pesel = trial::pesel_of("800101", 1);
    anna.first = "Anna";
    anna.last = "Lis";
    anna.street = "Lipowa";
    anna.house = "1";
    anna.district = "Centrum";
    anna.phone = "601121001";
    Resident jan = anna;
    jan.pesel = trial::pesel_of("810101", 2);
    jan.phone.clear();
    ASSERT_EQ(town_->import({anna, jan}).added, 2U);
    for (int i = 0; i < 3; ++i) {
      keys_.push_back(proof::SigningKey::random());
      officials_.push_back(keys_.back().key);
    }
  }
  const Office& office() { return town_->office(); }
  Result<std::uint64_t> export_for(const std::string& purpose, const std::string& recipient,
                                   std::vector<PersonField> fields = {PersonField::phone}) {
    told_.clear();
    return export_people(office(), {std::move(fields), purpose, recipient}, "a.nowak",
                         [&](const std::vector<std::string>& values) -> Status {
                           told_.insert(told_.end(), values.begin(), values.end());
                           return ok_status();
                         });
  }
  Status hold(bool held, std::size_t first, std::size_t second,
              const std::string& reason = "po-1") {
    return change_hold(office(), officials_, held, reason, {&keys_[first], &keys_[second]},
                       {"a.nowak", "j.lis"});
  }
  protection::EditionDates over() const {
    protection::EditionDates dates;
    dates.voting_closed = date_of(town_->now - 200 * 86400);
    dates.protests_over = date_of(town_->now - 150 * 86400);
    return dates;
  }
  std::uint64_t people() {
    std::uint64_t count = 0;
    EXPECT_TRUE(town_->store().transact([&](RegistrarTransaction& transaction) -> Status {
      const auto rows = transaction.people_after(std::nullopt, 100);
      if (!rows) return rows.error();
      count = rows->size();
      return ok_status();
    }));
    return count;
  }
  std::size_t logged(const std::string& action, const std::string& role) {
    std::size_t count = 0;
    const Result<protection::AccessLogCopy> copy = town_->store().copy_access_log();
    EXPECT_TRUE(copy);
    for (const protection::AccessRow& row : copy->rows) {
      const auto entry = protection::decode_access_entry(row.entry);
      EXPECT_TRUE(entry);
      count += entry->action == action && entry->role == role ? 1U : 0U;
    }
    return count;
  }
  std::uint64_t counted(const std::string& name) {
    std::uint64_t sum = 0;
    const Result<Counters> counters = tell_counters(office());
    EXPECT_TRUE(counters);
    for (const auto& [day, names] : *counters) {
      const auto found = names.find(name);
      sum += found == names.end() ? 0 : found->second;
    }
    return sum;
  }

  std::unique_ptr<Databases> databases_;
  std::unique_ptr<Town> town_;
  std::vector<proof::SigningKey> keys_;
  std::vector<proof::ElementBytes> officials_;
  std::vector<std::string> told_;
};

INSTANTIATE_TEST_SUITE_P(Stores, RegistrarData, ::testing::Values("sqlite", "postgres"),
                         [](const auto& about) { return std::string(about.param); });

TEST_P(RegistrarData, ContactsGoOutForTheirPurposeAlone) {
  for (const auto& [purpose, recipient] :
       {std::pair("marketing", "sms-gateway"), std::pair("newsletter", "everybody"),
        std::pair("complaints", "sms-gateway"), std::pair("abuse", "sms-gateway"),
        std::pair("notification", "everybody"), std::pair("notification", "mail-service"),
        std::pair("notification", "budget-office"), std::pair("notification", "party")}) {
    const Result<std::uint64_t> refused = export_for(purpose, recipient);
    ASSERT_FALSE(refused) << purpose << " to " << recipient;
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_TRUE(told_.empty());
  }
  EXPECT_EQ(counted("refused-export"), 8U);
  EXPECT_EQ(logged("disclose", "official"), 0U);
  // One field that is kept for something else spoils the whole.
  EXPECT_FALSE(
      export_for("notification", "sms-gateway", {PersonField::phone, PersonField::identifier}));

  const Result<std::uint64_t> given = export_for("notification", "sms-gateway");
  ASSERT_TRUE(given) << given.error().to_string();
  EXPECT_EQ(*given, 1U);
  EXPECT_EQ(told_, std::vector<std::string>{"+48601121001"});
  EXPECT_EQ(logged("disclose", "official"), 1U);
}

TEST_P(RegistrarData, NothingIsDestroyedBeforeItsTime) {
  protection::EditionDates dates;
  EXPECT_FALSE(destroy(office(), officials_, dates, "person", "a.nowak"));
  dates.voting_closed = date_of(town_->now - 10 * 86400);
  dates.protests_over = date_of(town_->now - 5 * 86400);
  const auto early = destroy(office(), officials_, dates, "person", "a.nowak");
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::conflict);
  EXPECT_EQ(people(), 2U);
  EXPECT_EQ(counted("refused-destruction"), 2U);
  EXPECT_EQ(destroy(office(), officials_, over(), "no-such", "a.nowak").error().code,
            ErrorCode::not_found);
  EXPECT_FALSE(destroy(office(), officials_, over(), "state", "a.nowak"));
  EXPECT_FALSE(destroy(office(), officials_, over(), "access_log", "a.nowak"));

  const auto gone = destroy(office(), officials_, over(), "person", "a.nowak");
  ASSERT_TRUE(gone) << gone.error().to_string();
  EXPECT_EQ(*gone, 2U);
  EXPECT_EQ(people(), 0U);
  EXPECT_EQ(logged("remove", "official"), 1U);
}

TEST_P(RegistrarData, NothingIsDestroyedUnderALegalHold) {
  // One person alone, twice the same, and somebody from outside cannot.
  EXPECT_FALSE(hold(true, 0, 0));
  const proof::SigningKey stranger = proof::SigningKey::random();
  EXPECT_FALSE(change_hold(office(), officials_, true, "po-1", {&keys_[0], &stranger},
                           {"a.nowak", "j.lis"}));
  EXPECT_FALSE(hold(true, 0, 1, "Anna Nowak"));
  EXPECT_FALSE(hold(false, 0, 1)) << "there is none";
  ASSERT_TRUE(hold(true, 0, 1));
  EXPECT_FALSE(hold(true, 0, 2)) << "there is one";
  EXPECT_EQ(logged("write", "legal-hold-set"), 2U);

  const auto refused = destroy(office(), officials_, over(), "person", "a.nowak");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  // The job that deletes what is due is told as well.
  const auto dates = with_hold(office(), officials_, over());
  ASSERT_TRUE(dates);
  EXPECT_TRUE(dates->legal_hold);
  ASSERT_TRUE(delete_what_is_due(office(), *dates));
  EXPECT_EQ(people(), 2U);

  // Whoever writes into the database without two keys does not lift it.
  ASSERT_TRUE(town_->store().transact(
      [&](RegistrarTransaction& transaction) { return transaction.put_hold("released"); }));
  EXPECT_FALSE(destroy(office(), officials_, over(), "person", "a.nowak"));
  EXPECT_TRUE(with_hold(office(), officials_, over())->legal_hold);
  EXPECT_EQ(people(), 2U);
}

TEST_P(RegistrarData, TwoOfficialsReleaseAHold) {
  ASSERT_TRUE(hold(true, 0, 1));
  EXPECT_FALSE(hold(false, 2, 2));
  ASSERT_TRUE(hold(false, 2, 1));
  EXPECT_EQ(logged("write", "legal-hold-released"), 2U);
  EXPECT_FALSE(with_hold(office(), officials_, over())->legal_hold);
  ASSERT_TRUE(delete_what_is_due(office(), *with_hold(office(), officials_, over())));
  EXPECT_EQ(people(), 0U);
}

}  // namespace
}  // namespace urna::registrar
