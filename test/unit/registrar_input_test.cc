// SPDX-License-Identifier: EUPL-1.2
// What the registrar is given: names, addresses, identifiers, contacts, files, rules of an edition.
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protection/pesel.h"
#include "registrar/csv.h"
#include "registrar/eligibility.h"
#include "registrar/identifier.h"
#include "registrar/plain_text.h"

namespace urna::registrar {
namespace {

Date day(const char* text) { return parse_date(text).value(); }

TEST(PlainText, WritesANameInOneWay) {
  const auto same = [](const char* a, const char* b) {
    return folded(a).value() == folded(b).value();
  };
  EXPECT_TRUE(same("Łukasz Żółć", "ŁUKASZ ŻÓŁĆ"));
  EXPECT_TRUE(same("Z\xCC\x87o\xCC\x81\xC5\x82\xC4\x87", "żółć")) << "letters with combining marks";
  EXPECT_TRUE(same("  Anna   Maria ", "anna maria"));
  EXPECT_TRUE(same("Nowak - Kowalska", "Nowak\xE2\x80\x93Kowalska")) << "en dash";
  EXPECT_TRUE(same("Anna\xC2\xA0Maria", "Anna Maria")) << "no-break space";
  EXPECT_TRUE(
      same("O\xE2\x80\x99"
           "Brien",
           "O'Brien"));
  EXPECT_FALSE(same("Lukasz", "Łukasz")) << "another letter is another name";
  EXPECT_EQ(folded("   ").value(), "");
  EXPECT_FALSE(folded("Anna\n").ok());
  EXPECT_FALSE(folded("An\xE2\x80\x8Bna").ok()) << "zero-width space";
  EXPECT_FALSE(folded(std::string("A\0B", 3)).ok());
  EXPECT_FALSE(folded("\xFF").ok());
  EXPECT_FALSE(folded(std::string(257, 'a')).ok());
}

TEST(PlainText, WritesAnAddressInOneWay) {
  for (const char* street : {"ul. Długa", "Długa", "ULICA DŁUGA", "ul.Długa", "ul Długa"}) {
    EXPECT_EQ(folded_street(street).value(), "długa") << street;
  }
  EXPECT_EQ(folded_street("Al. Wolności").value(), "aleja wolności");
  EXPECT_EQ(folded_street("Aleje Wolności").value(), "aleja wolności");
  EXPECT_EQ(folded_street("os. Tysiąclecia").value(), "osiedle tysiąclecia");
  EXPECT_EQ(folded_street("Ulanów").value(), "ulanów") << "no abbreviation";
  EXPECT_EQ(folded_number("12 A").value(), folded_number("12a").value());
}

TEST(PlainText, WritesContactsInOneWay) {
  for (const char* phone :
       {"601 234 567", "601-234-567", "+48 601234567", "0048601234567", "+48601234567"}) {
    EXPECT_EQ(canonical_phone(phone).value(), "+48601234567") << phone;
  }
  EXPECT_EQ(canonical_phone("+49 151 23456789").value(), "+4915123456789");
  for (const char* wrong : {"", "60123456", "6012345678", "+4860123456", "601234567x", "+",
                            "６01234567", "601234567\n", "+0123456789"}) {
    EXPECT_FALSE(canonical_phone(wrong).ok()) << wrong;
  }
  EXPECT_EQ(canonical_email("Jan.K@Poczta.Example").value(), "jan.k@poczta.example");
  EXPECT_EQ(mailbox_of("jan+glos1@poczta.example").value(), "jan@poczta.example");
  for (const char* wrong : {"", "jan", "@x.pl", "jan@x", "jan@x.pl\n", "jan@@x.pl", "ja n@x.pl",
                            "jan@.pl", "jan@x.pl.", "jan..k@x.pl", "jan@x.pl, ola@x.pl",
                            "jan@x.pl\r\nBcc: ola@x.pl", "żan@x.pl", "\"j\"@x.pl"}) {
    EXPECT_FALSE(canonical_email(wrong).ok()) << wrong;
  }
}

PersonFields anna() {
  PersonFields fields;
  fields.first_name = "Anna";
  fields.last_name = "Nowak-Kowalska";
  fields.birth_date = "1944-05-14";
  fields.pesel = "44051401458";
  fields.card = "KM-00123";
  fields.passport_country = "UKR";
  fields.passport_number = "FA123456";
  fields.city = "Częstochowa";
  fields.street = "ul. Długa";
  fields.house = "12 A";
  fields.flat = "3";
  fields.postcode = "42-200";
  return fields;
}

TEST(Identifier, IsOneForOnePersonHoweverItIsTyped) {
  const Date today = day("2026-11-28");
  for (const IdentifierKind kind : {IdentifierKind::pesel, IdentifierKind::name_birth_address,
                                    IdentifierKind::resident_card, IdentifierKind::passport}) {
    const NormalisedPerson one = normalise(kind, anna(), today).value();
    PersonFields other = anna();
    other.first_name = " ANNA";
    other.last_name = "nowak – kowalska";
    other.street = "Długa";
    other.house = "12a";
    EXPECT_EQ(normalise(kind, other, today).value().identifier, one.identifier) << to_string(kind);
    EXPECT_EQ(normalise(kind, other, today).value().target, one.target);
    EXPECT_EQ(CanonicalIdentifier::of_bytes(one.identifier.bytes()).value(), one.identifier);
    EXPECT_EQ(parse_identifier_kind(to_string(kind)).value(), kind);
  }
  EXPECT_FALSE(CanonicalIdentifier::of_bytes("44051401458").ok());
  const std::string bytes = normalise(IdentifierKind::pesel, anna(), today)->identifier.bytes();
  EXPECT_EQ(to_hex(bytes), "000000000000000d" + to_hex("urna/1 person") + "0000000000000005" +
                               to_hex("pesel") + "000000000000000b" + to_hex("44051401458"))
      << "the form that docs/registrar.md describes";
}

TEST(Identifier, PartsCannotBeMistakenForEachOther) {
  const Date today = day("2026-11-28");
  PersonFields a = anna();
  PersonFields b = anna();
  a.first_name = "Anna Maria";
  a.last_name = "Nowak";
  b.first_name = "Anna";
  b.last_name = "Maria Nowak";
  EXPECT_FALSE(normalise(IdentifierKind::name_birth_address, a, today).value().identifier ==
               normalise(IdentifierKind::name_birth_address, b, today).value().identifier);
  a = b = anna();
  a.house = "1";
  a.flat = "23";
  b.house = "12";
  b.flat = "3";
  EXPECT_FALSE(normalise(IdentifierKind::name_birth_address, a, today).value().identifier ==
               normalise(IdentifierKind::name_birth_address, b, today).value().identifier);
}

std::string field_refused(IdentifierKind kind, const PersonFields& fields) {
  const Date today = day("2026-11-28");
  const Result<NormalisedPerson> result = normalise(kind, fields, today);
  const std::optional<FieldFault> fault = find_fault(kind, fields, today);
  EXPECT_EQ(result.ok(), !fault.has_value());
  if (result) return "";
  EXPECT_FALSE(fault->words.pl.empty());
  EXPECT_EQ(result.error().message, fault->words.en);
  EXPECT_EQ(result.error().place.field, fault->field);
  return result.error().place.field;
}

// Somebody whose number is right but for the age.
std::string born(const std::string& six) {
  const std::string ten = six + "0145";
  return ten + protection::pesel_check_digit(ten);
}

TEST(Identifier, RefusesPeopleWhoCannotBe) {
  const auto refused = [](const std::string& pesel) {
    PersonFields fields = anna();
    fields.pesel = pesel;
    fields.birth_date = "";
    return field_refused(IdentifierKind::pesel, fields);
  };
  EXPECT_EQ(refused("44051401458"), "");
  EXPECT_EQ(refused(born("258101")), "pesel") << "born in 1825";
  EXPECT_EQ(refused(born("838101")), "pesel") << "born in 1883";
  EXPECT_EQ(refused(born("840101")), "") << "born in 1984";
  EXPECT_EQ(refused(born("052128")), "") << "born in 2005, in January";
  EXPECT_EQ(refused(born("263129")), "pesel") << "born tomorrow";
  EXPECT_EQ(refused(born("263128")), "") << "born today: age is for the rules of the edition";
  EXPECT_EQ(refused("44051401459"), "pesel");
  EXPECT_EQ(refused("44051401458\n"), "pesel");
  EXPECT_EQ(refused("４４０５１４０１４５８"), "pesel");
  EXPECT_EQ(refused("44051401458 "), "pesel");
  EXPECT_EQ(refused(""), "pesel");

  PersonFields fields = anna();
  fields.birth_date = "1944-05-15";
  EXPECT_EQ(field_refused(IdentifierKind::pesel, fields), "birth_date");
  fields = anna();
  fields.last_name = " ";
  EXPECT_EQ(field_refused(IdentifierKind::pesel, fields), "last_name") << "a number is not enough";
  fields = anna();
  fields.birth_date = "1884-01-01";
  EXPECT_EQ(field_refused(IdentifierKind::resident_card, fields), "birth_date") << "aged 142";
  fields.birth_date = "";
  EXPECT_EQ(field_refused(IdentifierKind::passport, fields), "birth_date");
  fields = anna();
  fields.postcode = "42200";
  EXPECT_EQ(field_refused(IdentifierKind::name_birth_address, fields), "postcode");
  fields = anna();
  fields.street = "";
  EXPECT_EQ(field_refused(IdentifierKind::name_birth_address, fields), "") << "a village";
  fields.house = "";
  EXPECT_EQ(field_refused(IdentifierKind::name_birth_address, fields), "house");
  fields = anna();
  fields.card = "KM 1";
  EXPECT_EQ(field_refused(IdentifierKind::resident_card, fields), "card");
  fields = anna();
  fields.passport_country = "UA";
  EXPECT_EQ(field_refused(IdentifierKind::passport, fields), "passport_country");
}

TEST(Identifier, AsksForWhatItNeedsAndNothingElse) {
  const std::map<std::string_view, std::string PersonFields::*> members = {
      {"first_name", &PersonFields::first_name},
      {"last_name", &PersonFields::last_name},
      {"birth_date", &PersonFields::birth_date},
      {"pesel", &PersonFields::pesel},
      {"card", &PersonFields::card},
      {"passport_country", &PersonFields::passport_country},
      {"passport_number", &PersonFields::passport_number},
      {"city", &PersonFields::city},
      {"street", &PersonFields::street},
      {"house", &PersonFields::house},
      {"flat", &PersonFields::flat},
      {"postcode", &PersonFields::postcode},
  };
  for (const IdentifierKind kind : {IdentifierKind::pesel, IdentifierKind::name_birth_address,
                                    IdentifierKind::resident_card, IdentifierKind::passport}) {
    PersonFields asked;
    for (const AskedField& field : fields_asked(kind)) {
      asked.*members.at(field.name) = anna().*members.at(field.name);
    }
    EXPECT_EQ(field_refused(kind, asked), "") << to_string(kind);
    for (const AskedField& field : fields_asked(kind)) {
      PersonFields without = asked;
      (without.*members.at(field.name)).clear();
      EXPECT_EQ(field_refused(kind, without), field.required ? field.name : std::string_view())
          << to_string(kind) << " " << field.name;
    }
  }
}

TEST(Eligibility, FollowsTheRulesOfTheEdition) {
  EligibilityRules rules;
  rules.day = day("2026-10-01");
  rules.age_least = 13;
  rules.guardian = {16, 5};
  rules.city_pools = {{0}};
  rules.district_pools = {{"centrum", {{2}}}, {"północ", {{1}, {0}}}};
  const auto pools = [&](const char* birth, const char* district) {
    std::vector<int> numbers;
    const auto result = pools_of(rules, day(birth), district);
    if (!result) return std::vector<int>{-static_cast<int>(result.error().code)};
    for (const election::PoolNumber pool : *result) numbers.push_back(pool.value);
    return numbers;
  };
  EXPECT_EQ(pools("2000-01-01", "centrum"), (std::vector<int>{0, 2}));
  EXPECT_EQ(pools("2000-01-01", "północ"), (std::vector<int>{0, 1})) << "each pool once";
  EXPECT_EQ(pools("2013-10-01", "centrum"), (std::vector<int>{0, 2})) << "thirteen on the day";
  EXPECT_EQ(pools("2013-10-02", "centrum"),
            std::vector<int>{-static_cast<int>(ErrorCode::conflict)});
  EXPECT_EQ(pools("2027-01-01", "centrum"),
            std::vector<int>{-static_cast<int>(ErrorCode::conflict)});
  EXPECT_EQ(pools("2000-01-01", "nowhere"),
            std::vector<int>{-static_cast<int>(ErrorCode::not_found)});
  EXPECT_TRUE(needs_guardian(rules, day("2010-10-02")));
  EXPECT_FALSE(needs_guardian(rules, day("2010-10-01")));
}

struct Read {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> faults;  // "line:column"
};
Read read_csv(const std::string& text) {
  std::istringstream in(text);
  CsvReader reader(in);
  Read read;
  for (;;) {
    Result<std::optional<CsvRow>> row = reader.next();
    if (!row) {
      read.faults.push_back(std::to_string(row.error().place.line) + ":" +
                            std::to_string(row.error().place.column));
      if (read.faults.size() > 100) return read;
      continue;
    }
    if (!*row) return read;
    read.rows.push_back((*row)->fields);
  }
}

TEST(Csv, ReadsWhatTheStandardSays) {
  using Rows = std::vector<std::vector<std::string>>;
  EXPECT_EQ(read_csv("a,b\r\nc,d\r\n").rows, (Rows{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(read_csv("a,b\nc,d").rows, (Rows{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(read_csv("\xEF\xBB\xBF"
                     "a,\n,b\n")
                .rows,
            (Rows{{"a", ""}, {"", "b"}}));
  EXPECT_EQ(read_csv("\"a,\"\"b\"\"\",\"c\nd\"\ne,f\n").rows,
            (Rows{{"a,\"b\"", "c\nd"}, {"e", "f"}}));
  EXPECT_EQ(read_csv("\n\na\n\n").rows, (Rows{{"a"}}));
  EXPECT_EQ(read_csv("\"\"\n").rows, (Rows{{""}}));
  EXPECT_TRUE(read_csv("").rows.empty());
}

TEST(Csv, NamesTheFaultyFieldAndGoesOn) {
  Read read = read_csv("a,b\nx,y\"z\nc,d\n");
  EXPECT_EQ(read.faults, std::vector<std::string>{"2:2"});
  EXPECT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read_csv("a\n\"b\"c\nd\n").faults, std::vector<std::string>{"2:1"});
  EXPECT_EQ(read_csv("a\n\"b").faults, std::vector<std::string>{"2:1"});
  EXPECT_EQ(read_csv("a\nb\rc\nd\n").faults, std::vector<std::string>{"2:1"});
  EXPECT_EQ(read_csv("a\n\xFF\nd\n").faults, std::vector<std::string>{"2:1"});
  read = read_csv("a\n" + std::string(2000, 'x') + "\nd\n");
  EXPECT_EQ(read.faults, std::vector<std::string>{"2:1"});
  EXPECT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read_csv(std::string(200, ',') + "\nd\n").faults, std::vector<std::string>{"1:64"});
}

}  // namespace
}  // namespace urna::registrar
