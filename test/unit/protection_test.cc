// SPDX-License-Identifier: EUPL-1.2
// The declaration of personal data, and what is generated from it.
#include <array>
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/bytes.h"
#include "protection/disclosure.h"
#include "protection/fields.h"
#include "protection/planted.h"
#include "protection/register.h"
#include "protection/retention.h"
#include "protection/secrets.h"
#include "protection/table.h"

namespace urna::protection {
namespace {

constexpr Date day(int year, unsigned month, unsigned number) {
  return law::day(year, month, number);
}

constexpr std::array letter_columns = {
    column<Field::letter_person>(ColumnType::bytes),
    column<Field::letter_code>(ColumnType::bytes),
    column<Field::letter_used>(ColumnType::integer),
};
constexpr std::array session_columns = {
    column<Field::session_token_hash>(ColumnType::bytes),
    column<Field::session_expires>(ColumnType::integer),
    not_personal("version", ColumnType::integer, "counts layouts of the table"),
};
constexpr std::array person_columns = {column<Field::person_reference>(ColumnType::bytes)};
constexpr std::array serial_columns = {
    not_personal("serial", ColumnType::integer, "a number that nobody has yet")};
constexpr std::array tables = {
    Table("letter", letter_columns, "person"),
    Table("session", session_columns, "token_hash", {}, "expires"),
    Table("person", person_columns, "reference"),
    Table("free_serial", serial_columns, "serial"),
};

TEST(Declaration, IsCompleteAndWithoutRepetition) {
  std::set<std::tuple<DataSet, std::string_view, std::string_view>> places;
  for (const FieldDeclaration& field : declared_fields) {
    EXPECT_TRUE(places.emplace(field.set, field.table, field.column).second) << field.column;
    EXPECT_FALSE(field.purposes.empty()) << field.column;
    EXPECT_FALSE(field.recipients.empty()) << field.column;
    ASSERT_NE(field.basis, nullptr) << field.column;
    ASSERT_NE(field.retention, nullptr) << field.column;
    EXPECT_FALSE(field.what.pl.empty() || field.what.en.empty()) << field.column;
    EXPECT_EQ(&declaration_of(field.field), &field) << field.column << " is declared twice";
  }
  EXPECT_GT(places.size(), 30U);
}

TEST(Declaration, SchemaOfADatabaseMustBeTheDeclaredOne) {
  std::vector<LiveColumn> live;
  for (const Table& table : tables) {
    for (const Column& one : table.columns()) {
      live.push_back({std::string(table.name()), std::string(one.name), one.type});
    }
  }
  EXPECT_TRUE(check_schema(tables, live).ok());
  std::vector<LiveColumn> more = live;
  more.push_back({"letter", "nickname", ColumnType::text});
  const Status undeclared = check_schema(tables, more);
  ASSERT_FALSE(undeclared.ok());
  EXPECT_EQ(undeclared.error().place.field, "letter.nickname");
  std::vector<LiveColumn> other = live;
  for (const std::optional<ColumnType> type :
       {std::optional(ColumnType::text), std::optional<ColumnType>()}) {
    other[1].type = type;
    const Status mistyped = check_schema(tables, other);
    ASSERT_FALSE(mistyped.ok());
    EXPECT_EQ(mistyped.error().place.field, "letter.code_hash");
  }
  live.erase(live.begin());
  const Status lacking = check_schema(tables, live);
  ASSERT_FALSE(lacking.ok());
  EXPECT_EQ(lacking.error().place.field, "letter.person");
}

TEST(Retention, DeletesEachTableInItsTimeAndNotBefore) {
  EditionDates dates;
  const std::uint64_t now = unix_seconds_of(day(2026, 11, 1));
  EXPECT_EQ(deletions_due(tables, dates, now), (std::vector<Deletion>{{"session", "expires", now}}))
      << "only what expires by itself goes before the edition is closed";

  dates.voting_closed = day(2026, 10, 2);
  // 30 days after 2 October are over with 1 November.
  EXPECT_EQ(deletions_due(tables, dates, now).size(), 1U);
  const std::uint64_t next = unix_seconds_of(day(2026, 11, 2));
  EXPECT_EQ(deletions_due(tables, dates, next),
            (std::vector<Deletion>{{"letter", {}, next}, {"session", "expires", next}}));
  EXPECT_FALSE(may_delete(tables, "letter", dates, now).ok());
  EXPECT_TRUE(may_delete(tables, "letter", dates, next).ok());
  EXPECT_FALSE(may_delete(tables, "person", dates, next).ok()) << "protests are not over";
  EXPECT_TRUE(may_delete(tables, "free_serial", dates, now).ok());
  EXPECT_EQ(may_delete(tables, "nothing", dates, now).error().code, ErrorCode::not_found);

  // A leap year between: days are counted, not months.
  dates.protests_over = day(2027, 12, 1);
  EXPECT_FALSE(may_delete(tables, "person", dates, unix_seconds_of(day(2028, 2, 29))).ok());
  EXPECT_TRUE(may_delete(tables, "person", dates, unix_seconds_of(day(2028, 3, 1))).ok());
}

TEST(Retention, LegalHoldStopsDeletion) {
  EditionDates dates;
  dates.voting_closed = day(2020, 1, 1);
  dates.protests_over = day(2020, 1, 1);
  dates.legal_hold = true;
  const std::uint64_t now = unix_seconds_of(day(2026, 11, 1));
  EXPECT_EQ(deletions_due(tables, dates, now),
            (std::vector<Deletion>{{"session", "expires", now}}));
  EXPECT_EQ(may_delete(tables, "letter", dates, now).error().code, ErrorCode::conflict);
}

TEST(Disclosure, LeavesOnlyForADeclaredPurposeToADeclaredRecipient) {
  const Date today = day(2026, 11, 1);
  const std::array contact = {Field::person_phone};
  EXPECT_TRUE(check_disclosure(contact, Purpose::notification, Recipient::sms_gateway, today).ok());
  EXPECT_FALSE(check_disclosure(contact, Purpose::abuse, Recipient::sms_gateway, today).ok());
  EXPECT_FALSE(
      check_disclosure(contact, Purpose::notification, Recipient::letter_printer, today).ok());
  EXPECT_FALSE(
      check_disclosure(contact, Purpose::notification, Recipient::sms_gateway, day(2018, 5, 24))
          .ok())
      << "before the basis was in force";
  const std::array mixed = {Field::person_phone, Field::person_identifier};
  const Status refused =
      check_disclosure(mixed, Purpose::notification, Recipient::sms_gateway, today);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().place.field, "person.identifier");
}

TEST(Register, NamesEveryFieldOnceInEveryForm) {
  const Controller city{"Miasto <b>X</b>", "ul. Długa 1", "iod@miasto.example"};
  std::size_t fields = 0;
  for (const DataSet set : all_data_sets) {
    const boost::json::object object = boost::json::parse(register_json(set, city)).as_object();
    fields += object.at("fields").as_array().size();
    EXPECT_EQ(object.at("controller").at("name").as_string(), "Miasto <b>X</b>");
  }
  EXPECT_EQ(fields, declared_fields.size());
  for (const Language language : {Language::pl, Language::en}) {
    for (const FieldDeclaration& field : declared_fields) {
      const std::string text = register_markdown(field.set, city, language);
      const std::string notice = notice_markdown(field.set, city, language);
      const std::string name =
          "`" + std::string(field.table) + "." + std::string(field.column) + "`";
      EXPECT_NE(text.find(name), std::string::npos) << name;
      EXPECT_NE(notice.find(field.retention->text.in(language)), std::string::npos) << name;
      for (const Recipient recipient : all_recipients) {
        if (field.recipients.contains(recipient)) {
          EXPECT_NE(notice.find(describe(recipient).in(language)), std::string::npos);
        }
      }
      EXPECT_EQ(notice.find("<b>"), std::string::npos);
      EXPECT_NE(notice.find("iod@miasto.example"), std::string::npos);
    }
  }
}

TEST(Secrets, HashesAreKeyedAndValuesOpenOnlyInTheirPlace) {
  const SecretKey key = SecretKey::random();
  const SecretKey other = SecretKey::random();
  EXPECT_EQ(keyed_hash(key, "44051401458"), keyed_hash(key, "44051401458"));
  EXPECT_NE(keyed_hash(key, "44051401458"), keyed_hash(other, "44051401458"));
  EXPECT_NE(keyed_hash(key.derived("a"), "x"), keyed_hash(key.derived("b"), "x"));

  const std::string sealed = seal(key, "Jan", "person.name 1");
  EXPECT_EQ(sealed.size(), 3 + sealed_overhead);
  EXPECT_NE(sealed, seal(key, "Jan", "person.name 1"));
  EXPECT_EQ(open_sealed(key, sealed, "person.name 1").value(), "Jan");
  EXPECT_FALSE(open_sealed(key, sealed, "person.name 2").ok());
  EXPECT_FALSE(open_sealed(other, sealed, "person.name 1").ok());
  EXPECT_FALSE(open_sealed(key, "", "person.name 1").ok());
  std::string changed = sealed;
  changed.back() ^= 1;
  EXPECT_FALSE(open_sealed(key, changed, "person.name 1").ok());
  // RFC 4231, test case 2 has a short key; this is HMAC-SHA-256 of "" under 32 zero bytes.
  const std::array<std::uint8_t, 32> zeros{};
  EXPECT_EQ(to_hex(view_of(keyed_hash(SecretKey::of(zeros), ""))),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

std::vector<FindingKind> kinds(std::string_view bytes, std::vector<std::string> planted = {}) {
  std::vector<FindingKind> found;
  for (const Finding& one : find_personal_data(bytes, planted)) found.push_back(one.kind);
  return found;
}

TEST(Scanner, FindsWhatLooksPersonal) {
  using Kinds = std::vector<FindingKind>;
  EXPECT_EQ(kinds("pesel=44051401458;"), Kinds{FindingKind::pesel});
  EXPECT_EQ(kinds("44051401459"), Kinds{}) << "a wrong check digit";
  EXPECT_EQ(kinds("144051401458"), Kinds{}) << "a longer number";
  EXPECT_EQ(kinds("a44051401458"), Kinds{}) << "part of a hash";
  EXPECT_EQ(kinds("tel. 601 234 567"), Kinds{FindingKind::phone});
  EXPECT_EQ(kinds("601-234-567."), Kinds{FindingKind::phone});
  EXPECT_EQ(kinds("+48601234567"), Kinds{FindingKind::phone});
  EXPECT_EQ(kinds("601 234-567"), Kinds{});
  EXPECT_EQ(kinds("<jan.k@poczta.example>"), Kinds{FindingKind::email});
  EXPECT_EQ(kinds("user@host"), Kinds{});
  EXPECT_EQ(kinds("@poczta.example"), Kinds{});
}

TEST(Scanner, FindsPlantedValuesInEveryForm) {
  const std::string name = "Brzęczyszczykiewicz";
  const std::vector<std::string> planted = {name};
  EXPECT_EQ(kinds("x " + name + " y", planted).size(), 1U);
  EXPECT_EQ(kinds("x BRZęCZYSZCZYKIEWICZ y", planted).size(), 1U);
  EXPECT_EQ(kinds("X'00" + to_hex(name) + "'", planted).size(), 1U);
  std::string upper = to_hex(name);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(kinds("X'00" + upper + "'", planted).size(), 1U);
  for (const std::string before : {"", "a", "ab", "abc"}) {
    EXPECT_FALSE(kinds(to_base64(before + name + "tail"), planted).empty()) << before;
  }
  EXPECT_TRUE(kinds("Brzeczyszczykiewicz", planted).empty());
}

}  // namespace
}  // namespace urna::protection
