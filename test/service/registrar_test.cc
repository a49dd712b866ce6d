// SPDX-License-Identifier: EUPL-1.2
// The registrar over both databases: register, sessions, certificates, notices, and what is left of
// them in the database.
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/sha512.h"
#include "election/ballot.h"
#include "election/roll.h"
#include "group/multiply.h"
#include "protection/planted.h"
#include "registrar/paper_marks.h"
#include "storage/access_log.h"
#include "test/service/registrar_town.h"

namespace urna::registrar::trial {
namespace {

const Resident anna{pesel_of("440514", 14),
                    "Anna",
                    "Brzęczyszczykiewicz",
                    "Jaśminowa",
                    "17",
                    "Centrum",
                    "+48601234567",
                    "anna.b@poczta.example",
                    ""};
const Resident piotr{pesel_of("800101", 21),
                     "Piotr",
                     "Wiśniewolski",
                     "Jaśminowa",
                     "18",
                     "Zawodzie",
                     "+48602345678",
                     "",
                     ""};
const Resident maria{
    pesel_of("210307", 33), "Maria", "Gżegżółkowska", "Rozmarynowa", "2", "Centrum", "", "", ""};
const Resident ola{pesel_of("162501", 5),
                   "Ola",
                   "Brzęczyszczykiewicz",
                   "Jaśminowa",
                   "17",
                   "Centrum",
                   "",
                   "",
                   anna.pesel};
const Resident kuba{pesel_of("172501", 7),
                    "Kuba",
                    "Brzęczyszczykiewicz",
                    "Jaśminowa",
                    "17",
                    "Centrum",
                    "",
                    "",
                    anna.pesel};
const Resident zosia{pesel_of("182501", 9),
                     "Zosia",
                     "Brzęczyszczykiewicz",
                     "Jaśminowa",
                     "17",
                     "Centrum",
                     "",
                     "",
                     anna.pesel};
const std::vector<Resident> everybody = {anna, piotr, maria, ola, kuba, zosia};

group::ElementBytes some_voter_key() {
  return group::mul(group::SecretScalar::random(), group::Element::generator()).encode();
}

class RegistrarTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const bool postgres = std::string(GetParam()) == "postgres";
    if (postgres && Databases::server() == nullptr) GTEST_SKIP() << "no PostgreSQL 15 here";
    databases_ = std::make_unique<Databases>(postgres);
    town_ = std::make_unique<Town>(*databases_);
  }
  Town& town() { return *town_; }
  const Office& office() { return town_->office(); }
  void import_and_roll() {
    ASSERT_EQ(town().import(everybody).added, everybody.size());
    ASSERT_EQ(build_roll(office(), "clerk-3", {}).value().people, everybody.size());
  }
  Result<SessionToken> begin(const Resident& one) {
    return identify(office(), IdentifierKind::pesel, fields_of(one));
  }

  std::unique_ptr<Databases> databases_;
  std::unique_ptr<Town> town_;
};

INSTANTIATE_TEST_SUITE_P(Stores, RegistrarTest, ::testing::Values("sqlite", "postgres"),
                         [](const auto& about) { return std::string(about.param); });

// ---- The register

TEST_P(RegistrarTest, SchemaIsTheDeclaredOne) {
  const auto live = town().store().live_columns().value();
  EXPECT_TRUE(protection::check_schema(tables, live).ok());
  std::size_t columns = 0;
  for (const protection::Table& table : tables) columns += table.columns().size();
  EXPECT_EQ(live.size(), columns);
  // A column that somebody adds by hand.
  ASSERT_TRUE(databases_->open()->run("ALTER TABLE person ADD COLUMN nickname TEXT"));
  const auto refused = storage::make_registrar_store(databases_->open());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().place.field, "person.nickname");
}

TEST_P(RegistrarTest, ImportKeepsTheGoodRowsAndNamesTheBadOnes) {
  std::string csv = csv_of({anna, piotr});
  csv += "44051401459,Jan,Nowak,Brzozów,,1,42-299,Centrum,,,\r\n";                 // 4: check digit
  csv += pesel_of("900101", 1) + ",,Nowak,Brzozów,,1,42-299,Centrum,,,\r\n";       // 5: no name
  csv += pesel_of("900101", 2) + ",Jan,Nowak,Brzozów,,1,42-299,Centrum,12,,\r\n";  // 6: phone
  csv += pesel_of("900101", 3) + ",Jan,Nowak\r\n";                                 // 7: short
  csv += anna.pesel + ",Anna,Inna,Brzozów,,1,42-299,Centrum,,,\r\n";               // 8: twice
  csv += "x\"y\r\n";                                                               // 9: no CSV
  csv += pesel_of("828101", 3) + ",Jan,Nowak,Brzozów,,1,42-299,Centrum,,,\r\n";    // 10: of 1882
  const ImportReport report = town().import_text(csv);
  EXPECT_EQ(report.rows, 9U);
  EXPECT_EQ(report.added, 2U);
  EXPECT_EQ(report.bad, 7U);
  std::vector<std::string> places;
  for (const Error& fault : town().faults) {
    places.push_back(std::to_string(fault.place.line) + ":" + std::to_string(fault.place.column) +
                     ":" + fault.place.field);
    for (const char* value : {"44051401459", "Nowak", "Jan", "12;"}) {
      EXPECT_EQ(fault.to_string().find(value), std::string::npos) << fault.to_string();
    }
  }
  EXPECT_EQ(places, (std::vector<std::string>{"4:1:pesel", "5:2:first_name", "6:9:phone",
                                              "7:0:", "8:0:", "9:1:", "10:1:pesel"}));
}

TEST_P(RegistrarTest, ImportingAgainChangesOnlyWhatChanged) {
  EXPECT_EQ(town().import(everybody).added, 6U);
  ImportReport report = town().import(everybody);
  EXPECT_EQ(report.unchanged, 6U);
  EXPECT_EQ(report.added + report.changed + report.withdrawn, 0U);

  std::vector<Resident> later = everybody;
  later[1].street = "Lipowa";
  later.erase(later.begin() + 2);
  report = town().import(later);
  EXPECT_EQ(report.changed, 1U);
  EXPECT_EQ(report.unchanged, 4U);
  EXPECT_EQ(report.withdrawn, 1U);
  EXPECT_EQ(build_roll(office(), "clerk-3", {}).value().people, 5U);
  EXPECT_EQ(town().import(later).unchanged, 5U);
  EXPECT_EQ(town().import(later).withdrawn, 0U) << "told once";

  report = town().import(everybody);
  EXPECT_EQ(report.changed, 2U) << "the one who is back, and the one who moved back";

  // A bad row may be the one of somebody who seems absent: nobody is withdrawn.
  std::vector<Resident> broken = everybody;
  broken[2].pesel = "21030700331";
  report = town().import(broken);
  EXPECT_EQ(report.bad, 1U);
  EXPECT_EQ(report.withdrawn, 0U);
  EXPECT_EQ(report.absent, 1U);
  EXPECT_EQ(build_roll(office(), "clerk-3", {}).value().people, 6U);
}

TEST_P(RegistrarTest, ImportRefusesAWrongHeaderAndChangesNothing) {
  ImportWays ways;
  ways.official = "clerk-3";
  const auto refused = [&](const std::string& csv) {
    std::istringstream in(csv);
    const auto report = import_register(office(), in, ways);
    return report ? std::string("accepted") : report.error().place.field + "!";
  };
  EXPECT_EQ(refused(""), "!");
  EXPECT_EQ(refused("first_name,last_name\n"), "pesel!");
  EXPECT_EQ(refused("pesel;first_name;last_name\n"), "!");
  EXPECT_EQ(refused("pesel,first_name,last_name,pesel\n"), "!");
  EXPECT_EQ(refused("pesel,first_name,last_name,shoe_size\n"), "!");
  EXPECT_EQ(refused("last_name,pesel,first_name\n"), "accepted");
}

TEST_P(RegistrarTest, RollHasEverybodyWhoMayVoteOnceWithTheirPools) {
  town().policy.eligibility.age_least = 10;
  ASSERT_EQ(town().import(everybody).added, 6U);
  Resident nowhere = piotr;
  nowhere.pesel = pesel_of("800101", 22);
  nowhere.district = "Atlantyda";
  std::vector<Resident> all = everybody;
  all.push_back(nowhere);
  ASSERT_EQ(town().import(all).added, 1U);
  const RollReport report = build_roll(office(), "clerk-3", {}).value();
  EXPECT_EQ(report.people, 4U) << "Anna, Piotr, Maria, and Ola, who is ten";
  EXPECT_EQ(report.too_young, 2U);
  EXPECT_EQ(report.without_pool, 1U);
  EXPECT_EQ(report.duplicates, 0U);
  const election::Roll roll = election::Roll::decode(report.file).value();
  ASSERT_EQ(roll.size(), 4U);
  const NormalisedPerson person =
      normalise(IdentifierKind::pesel, fields_of(piotr), date_of(town().now)).value();
  const std::array identifiers = {person.identifier.bytes()};
  const auto pseudonym =
      town().pseudonyms.pseudonyms(identifiers, PseudonymSource::Use::roll).value();
  const auto place = roll.find(pseudonym[0]);
  ASSERT_TRUE(place.has_value());
  EXPECT_TRUE(
      std::ranges::equal(roll.pools(*place), std::array<election::PoolNumber, 2>{{{0}, {2}}}));

  town().pseudonyms.down = true;
  EXPECT_EQ(build_roll(office(), "clerk-3", {}).error().code, ErrorCode::io);
}

TEST_P(RegistrarTest, GoesThroughRegistersOfManyPages) {
  std::vector<Resident> many;
  for (int number = 0; number < 2345; ++number) {
    Resident one = piotr;
    one.pesel = pesel_of("800101", number);
    many.push_back(one);
  }
  EXPECT_EQ(town().import(many).added, 2345U);
  EXPECT_EQ(build_roll(office(), "clerk-3", {}).value().people, 2345U);
  many.erase(many.begin() + 100, many.begin() + 1300);
  const ImportReport report = town().import(many);
  EXPECT_EQ(report.unchanged, 1145U);
  EXPECT_EQ(report.withdrawn, 1200U);
  EXPECT_EQ(build_roll(office(), "clerk-3", {}).value().people, 1145U);
}

TEST_P(RegistrarTest, StoreHasNoPersonTwice) {
  ASSERT_EQ(town().import({anna}).added, 1U);
  const Status twice = town().store().transact([&](RegistrarTransaction& transaction) -> Status {
    std::vector<PersonRow> people = transaction.people_after(std::nullopt, 10).value();
    people[0].reference = random_person_ref();
    return transaction.put_people(people);
  });
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().code, ErrorCode::conflict);
  EXPECT_EQ(build_roll(office(), "clerk-3", {}).value().people, 1U);
}

// ---- Sessions

TEST_P(RegistrarTest, CodeToTheRegistersContactGivesACertificate) {
  import_and_roll();
  const SessionToken token = begin(anna).value();
  EXPECT_EQ(view_session(office(), token).value().level, 1);
  ASSERT_TRUE(request_code(office(), token, Channel::email, "", protection::Language::en).ok());
  EXPECT_EQ(town().deliver().sent, 1U);
  ASSERT_EQ(town().sent.size(), 1U);
  EXPECT_EQ(town().sent[0].contact, anna.email);
  const std::string code = town().code_sent_to(anna.email);
  ASSERT_EQ(code.size(), 6U);
  EXPECT_EQ(check_code(office(), token, code).value(), 2);
  EXPECT_EQ(check_code(office(), token, code).error().code, ErrorCode::conflict) << "used";

  const group::ElementBytes key = some_voter_key();
  const Certified certified = certify(office(), token, key).value();
  const election::Certificate& certificate = certified.certificate;
  EXPECT_EQ(certificate.voter_key, key);
  EXPECT_EQ(certificate.level, 2);
  EXPECT_EQ(certificate.hour, town().now / 3600);
  EXPECT_EQ(certificate.pools, (std::vector<election::PoolNumber>{{0}, {1}}));
  EXPECT_TRUE(proof::verify_signature(town().signing.key,
                                      election::signature_transcript(certificate, office().edition),
                                      certificate.signature));
  EXPECT_EQ(view_session(office(), token).error().code, ErrorCode::not_found) << "ended";
  EXPECT_EQ(certify(office(), token, key).error().code, ErrorCode::not_found);
}

TEST_P(RegistrarTest, KnowledgeAloneNeverSuffices) {
  import_and_roll();
  for (const std::uint8_t lowest : std::array<std::uint8_t, 3>{0, 1, 2}) {
    town().policy.lowest_level = lowest;
    const SessionToken token = begin(anna).value();
    EXPECT_EQ(certify(office(), token, some_voter_key()).error().code, ErrorCode::usage);
  }
  EXPECT_EQ(town().pseudonyms.asked_for_certificates, 0U) << "the keepers were not asked";
  town().policy.lowest_level = 3;
  const SessionToken token = town().with_code(piotr).value();
  EXPECT_EQ(certify(office(), token, some_voter_key()).error().code, ErrorCode::usage)
      << "a code is not enough where the edition wants more";
}

TEST_P(RegistrarTest, AnswersDoNotSayWhoIsThere) {
  import_and_roll();
  Resident nobody = anna;
  nobody.pesel = pesel_of("440514", 99);
  nobody.last = "Nieistniejąca";
  for (const Resident& one : {anna, nobody, maria}) {
    const Result<SessionToken> token = begin(one);
    ASSERT_TRUE(token.ok());
    EXPECT_EQ(token->text.size(), 64U);
    EXPECT_EQ(view_session(office(), *token).value().level, 1);
    EXPECT_TRUE(request_code(office(), *token, Channel::sms, "", protection::Language::pl).ok());
    const Result<std::uint8_t> level = check_code(office(), *token, "000000x");
    EXPECT_EQ(level.error().code, ErrorCode::conflict);
    EXPECT_EQ(level.error().message, "the code is wrong or no longer valid");
    EXPECT_EQ(check_letter(office(), *token, "AAAA-BBBB-CCCC").error().message,
              level.error().message);
    EXPECT_EQ(certify(office(), *token, some_voter_key()).error().code, ErrorCode::usage);
  }
  // All three left the same rows: a session, a message of one length, accesses.
  const auto rows = [&](const std::string& statement) {
    constexpr std::array types = {storage::SqlType::integer};
    return databases_->open()->query(statement, {}, types).value()[0][0].number;
  };
  EXPECT_EQ(rows("SELECT count(*) FROM session"), 3);
  EXPECT_EQ(rows("SELECT count(*) FROM outbox"), 3);
  EXPECT_EQ(rows("SELECT count(DISTINCT length(message)) FROM outbox"), 1);
  EXPECT_EQ(rows("SELECT count(DISTINCT length(person)) FROM session"), 1);
  const DeliveryReport report = town().deliver();
  EXPECT_EQ(report.sent, 1U) << "only Anna has a phone";
  EXPECT_EQ(report.failed + report.given_up + report.unreachable, 0U);
  EXPECT_EQ(rows("SELECT count(*) FROM outbox"), 0);
}

TEST_P(RegistrarTest, CodesAreShortLivedSingleAndFew) {
  import_and_roll();
  const SessionToken token = begin(anna).value();
  EXPECT_EQ(check_code(office(), token, "123456").error().code, ErrorCode::conflict) << "none yet";
  ASSERT_TRUE(request_code(office(), token, Channel::sms, "", protection::Language::pl).ok());
  town().deliver();
  const std::string first = town().code_sent_to(anna.phone);
  town().now += town().policy.code_seconds;
  EXPECT_FALSE(check_code(office(), token, first).ok()) << "expired";
  ASSERT_TRUE(request_code(office(), token, Channel::sms, "", protection::Language::pl).ok());
  town().deliver();
  const std::string second = town().code_sent_to(anna.phone);
  if (first != second) {
    EXPECT_FALSE(check_code(office(), token, first).ok()) << "replaced";
  }

  // Of another session of the same person.
  const SessionToken other = begin(anna).value();
  EXPECT_FALSE(check_code(office(), other, second).ok());

  ASSERT_TRUE(request_code(office(), token, Channel::sms, "", protection::Language::pl).ok());
  EXPECT_EQ(request_code(office(), token, Channel::sms, "", protection::Language::pl).error().code,
            ErrorCode::limit)
      << "three in a session";
  town().now += town().policy.session_seconds;
  EXPECT_EQ(request_code(office(), other, Channel::sms, "", protection::Language::pl).error().code,
            ErrorCode::not_found)
      << "the session is over";
}

TEST_P(RegistrarTest, WrongCodesEndTheSessionAndLockThePerson) {
  import_and_roll();
  town().policy.code_failures_max = 3;
  town().policy.failures_per_day = 5;
  const auto wrong = [&](const SessionToken& token) {
    return check_code(office(), token, "wrong!").error().code;
  };
  const SessionToken one = begin(anna).value();
  ASSERT_TRUE(request_code(office(), one, Channel::sms, "", protection::Language::pl).ok());
  town().deliver();
  const std::string code = town().code_sent_to(anna.phone);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(wrong(one), ErrorCode::conflict);
  EXPECT_EQ(check_code(office(), one, code).error().code, ErrorCode::limit)
      << "the right one comes too late";
  const SessionToken two = begin(anna).value();
  EXPECT_EQ(wrong(two), ErrorCode::conflict);
  town().sent.clear();
  town().deliver();
  EXPECT_TRUE(town().sent.empty());
  EXPECT_EQ(wrong(two), ErrorCode::conflict);
  town().deliver();
  ASSERT_EQ(town().sent.size(), 1U) << "Anna is told";
  EXPECT_EQ(town().sent[0].contact, anna.phone);
  EXPECT_NE(town().sent[0].text.find("podać się za Ciebie"), std::string::npos);

  // Locked: the answers stay the same, but nothing is sent and nothing is right.
  town().sent.clear();
  const SessionToken three = begin(anna).value();
  EXPECT_TRUE(request_code(office(), three, Channel::sms, "", protection::Language::pl).ok());
  town().deliver();
  EXPECT_TRUE(town().sent.empty());
  // Those ways on which the person is seen stay open.
  EXPECT_TRUE(accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(anna)).ok());
  EXPECT_TRUE(vouch(office(), "point one", IdentifierKind::pesel, fields_of(anna)).ok());
  town().now += town().policy.lock_seconds;
  EXPECT_TRUE(town().with_code(anna).ok()) << "a day later";
}

TEST_P(RegistrarTest, GuessingTheDigitsOfAKnownPersonLocksThemEarly) {
  import_and_roll();
  // The name and the birth date are known, as of a mayor; the last digits are tried.
  int tried = 0;
  for (int number = 100; tried < 20; ++number, ++tried) {
    Resident guess = anna;
    guess.pesel = pesel_of("440514", number);
    ASSERT_TRUE(begin(guess).ok());
    if (tried == 3) {
      town().deliver();
      EXPECT_TRUE(town().sent.empty());
    }
    if (tried == 4) {
      town().deliver();
      ASSERT_EQ(town().sent.size(), 1U) << "told after five guesses";
      EXPECT_EQ(town().sent[0].contact, anna.phone);
    }
  }
  town().sent.clear();
  const SessionToken right = begin(anna).value();
  ASSERT_TRUE(request_code(office(), right, Channel::sms, "", protection::Language::pl).ok());
  town().deliver();
  EXPECT_TRUE(town().sent.empty()) << "the right guess finds a locked door, told once";
  EXPECT_TRUE(town().with_code(piotr).ok()) << "others are not concerned";

  // The number is known, the name is not: an attempt on the number's owner.
  for (int i = 0; i < 5; ++i) {
    Resident guess = piotr;
    guess.last = "Zgadywany";
    ASSERT_TRUE(begin(guess).ok());
  }
  EXPECT_FALSE(town().with_code(piotr).ok());
}

TEST_P(RegistrarTest, TypedContactsServeFewPeople) {
  import_and_roll();
  town().policy.contacts = ContactSource::either;
  const auto with_typed = [&](const Resident& one, Channel channel, const std::string& typed,
                              const std::string& contact) -> Result<std::uint8_t> {
    const SessionToken token = begin(one).value();
    const Status asked = request_code(office(), token, channel, typed, protection::Language::pl);
    if (!asked) return asked.error();
    town().deliver();
    return check_code(office(), token, town().code_sent_to(contact));
  };
  const std::string phone = "+48700700700";
  EXPECT_EQ(with_typed(anna, Channel::sms, "700 700 700", phone).value(), 2);
  EXPECT_EQ(with_typed(piotr, Channel::sms, "0048700700700", phone).value(), 2);
  EXPECT_EQ(with_typed(maria, Channel::sms, "700-700-700", phone).error().code, ErrorCode::limit)
      << "two people for a phone, however it is written";
  EXPECT_EQ(with_typed(anna, Channel::sms, "700700700", phone).value(), 2) << "the same again";
  EXPECT_EQ(with_typed(anna, Channel::email, "w@x.example", "w@x.example").value(), 2);
  EXPECT_EQ(with_typed(piotr, Channel::email, "w+2@x.example", "w+2@x.example").error().code,
            ErrorCode::limit)
      << "one person for a mailbox";
  // Two sessions side by side: the cap is held when the code is confirmed.
  const SessionToken a = begin(maria).value();
  const SessionToken b = begin(piotr).value();
  const std::string shared = "+48711711711";
  town().policy.persons_per_phone = 1;
  ASSERT_TRUE(request_code(office(), a, Channel::sms, shared, protection::Language::pl).ok());
  ASSERT_TRUE(request_code(office(), b, Channel::sms, shared, protection::Language::pl).ok());
  town().sent.clear();
  town().deliver();
  ASSERT_EQ(town().sent.size(), 2U);
  int right = 0;
  for (const OutgoingMessage& message : std::vector(town().sent)) {
    town().sent = {message};
    const std::string code = town().code_sent_to(shared);
    if (check_code(office(), a, code).ok() || check_code(office(), b, code).ok()) ++right;
  }
  EXPECT_EQ(right, 1);

  town().policy.contacts = ContactSource::registered;
  EXPECT_EQ(with_typed(anna, Channel::sms, "700700700", phone).error().code, ErrorCode::usage);
  town().policy.contacts = ContactSource::typed;
  const SessionToken token = begin(anna).value();
  EXPECT_EQ(request_code(office(), token, Channel::sms, "", protection::Language::pl).error().code,
            ErrorCode::usage);
  EXPECT_EQ(request_code(office(), token, Channel::sms, "x", protection::Language::pl).error().code,
            ErrorCode::malformed);
}

// What a printing house was given, and whether it printed.
class Printer {
 public:
  Result<LetterReport> run(const Office& office, bool to_all, bool again = false,
                           std::size_t most = 500, const std::string& district = "") {
    LetterWays ways;
    ways.official = "clerk-3";
    ways.to_all = to_all;
    ways.again = again;
    ways.most = most;
    ways.district = district;
    letters.clear();
    return make_letters(office, ways,
                        [&](std::span<const PrintedLetter> given) -> Result<Sha256Digest> {
                          letters.assign(given.begin(), given.end());
                          if (meanwhile) meanwhile();
                          if (broken) return Error{ErrorCode::io, "no paper", {}, ""};
                          return sha256("file " + std::to_string(++files));
                        });
  }
  // The code of somebody's letter; "" if there is none.
  [[nodiscard]] std::string code_of(const Resident& one) const {
    const auto found = std::ranges::find(letters, one.first + " " + one.last, &PrintedLetter::name);
    return found == letters.end() ? "" : found->code;
  }

  std::vector<PrintedLetter> letters;
  std::function<void()> meanwhile;
  bool broken = false;
  int files = 0;
};

TEST_P(RegistrarTest, LettersGoToThoseWithoutContactAndWorkOnce) {
  Printer printer;
  ASSERT_EQ(town().import(everybody).added, 6U);
  EXPECT_EQ(printer.run(office(), true)->printed, 0U) << "nobody is on the roll yet";
  ASSERT_EQ(build_roll(office(), "clerk-3", {}).value().people, 6U);
  const LetterReport report = printer.run(office(), false).value();
  EXPECT_EQ(report.printed, 1U) << "children act through their guardians";
  EXPECT_EQ(report.left + report.voided + report.interrupted + report.unaddressed, 0U);
  ASSERT_EQ(printer.letters.size(), 1U);
  EXPECT_EQ(printer.letters[0].address, "Rozmarynowa 2\n42-299 Brzozów Górny");
  const std::string code = printer.code_of(maria);
  EXPECT_EQ(code.size(), 14U);
  const SessionToken token = begin(maria).value();
  EXPECT_FALSE(check_letter(office(), begin(anna).value(), code).ok()) << "another person";
  EXPECT_FALSE(check_letter(office(), token, "AAAA-BBBB-CCCC").ok()) << "a guess";
  std::string typed = code;
  std::ranges::transform(typed, typed.begin(), [](unsigned char c) {
    return c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  });
  EXPECT_EQ(check_letter(office(), token, typed).value(), 2);
  EXPECT_FALSE(check_letter(office(), begin(maria).value(), code).ok()) << "used";
  EXPECT_EQ(printer.run(office(), false, true)->printed, 0U) << "a letter that was used was good";
}

TEST_P(RegistrarTest, LettersAreMadeOnceAndInPortions) {
  import_and_roll();
  Printer printer;
  LetterReport report = printer.run(office(), true, false, 2).value();
  EXPECT_EQ(report.printed, 2U);
  EXPECT_EQ(report.left, 1U) << "Anna, Piotr and Maria are grown up";
  std::set<std::string> names;
  for (const PrintedLetter& letter : printer.letters) names.insert(letter.name);
  report = printer.run(office(), true, false, 2).value();
  EXPECT_EQ(report.printed, 1U);
  EXPECT_EQ(report.left, 0U);
  for (const PrintedLetter& letter : printer.letters) names.insert(letter.name);
  EXPECT_EQ(names.size(), 3U) << "nobody got two";
  EXPECT_EQ(printer.run(office(), true)->printed, 0U);

  // Again: what is out there is void at once, for all, though only one is printed now.
  report = printer.run(office(), true, true, 1).value();
  EXPECT_EQ(report.voided, 3U);
  EXPECT_EQ(report.printed, 1U);
  EXPECT_EQ(report.left, 2U);
  report = printer.run(office(), true).value();
  EXPECT_EQ(report.printed, 2U);
  EXPECT_EQ(report.voided, 0U);
}

TEST_P(RegistrarTest, LaterLettersMakeEarlierOnesVoid) {
  import_and_roll();
  Printer printer;
  ASSERT_EQ(printer.run(office(), true)->printed, 3U);
  const std::string first = printer.code_of(piotr);
  ASSERT_EQ(printer.run(office(), true, true)->printed, 3U);
  const std::string second = printer.code_of(piotr);
  const SessionToken token = begin(piotr).value();
  EXPECT_FALSE(check_letter(office(), token, first).ok());
  EXPECT_EQ(check_letter(office(), token, second).value(), 2);
}

TEST_P(RegistrarTest, CodesOfLettersThatWereNotPrintedToTheEndOpenNothing) {
  import_and_roll();
  Printer printer;
  printer.broken = true;
  EXPECT_EQ(printer.run(office(), true).error().code, ErrorCode::io);
  const std::string lost = printer.code_of(piotr);
  ASSERT_EQ(lost.size(), 14U);
  EXPECT_FALSE(check_letter(office(), begin(piotr).value(), lost).ok());
  // Not even while the printer works.
  printer.broken = false;
  bool opened = true;
  printer.meanwhile = [&] {
    opened = check_letter(office(), begin(piotr).value(), printer.code_of(piotr)).ok();
  };
  const LetterReport report = printer.run(office(), true).value();
  EXPECT_FALSE(opened);
  EXPECT_EQ(report.printed, 3U);
  EXPECT_EQ(report.interrupted, 3U);
  EXPECT_FALSE(check_letter(office(), begin(piotr).value(), lost).ok());
  EXPECT_TRUE(letters_are_in_force(office(), sha256("file 1")).value());
  EXPECT_FALSE(letters_are_in_force(office(), sha256("file 2")).value());
  EXPECT_TRUE(check_letter(office(), begin(piotr).value(), printer.code_of(piotr)).ok());
}

TEST_P(RegistrarTest, TwoRunsOfLettersAtOnceLeaveOneInForce) {
  import_and_roll();
  Printer first;
  Printer second;
  first.meanwhile = [&] { ASSERT_EQ(second.run(office(), true)->printed, 3U); };
  EXPECT_EQ(first.run(office(), true).error().code, ErrorCode::conflict);
  EXPECT_FALSE(check_letter(office(), begin(piotr).value(), first.code_of(piotr)).ok());
  EXPECT_TRUE(check_letter(office(), begin(piotr).value(), second.code_of(piotr)).ok());
}

TEST_P(RegistrarTest, LettersGoToADistrictAndToAddresses) {
  Resident nowhere = maria;
  nowhere.pesel = pesel_of("210307", 34);
  nowhere.house = "";
  nowhere.street = "";
  Resident long_name = maria;
  long_name.pesel = pesel_of("210307", 35);
  long_name.last = std::string(90, 'a');
  std::vector<Resident> all = everybody;
  all.push_back(nowhere);
  all.push_back(long_name);
  ASSERT_EQ(town().import(all).added, 8U);
  ASSERT_EQ(build_roll(office(), "clerk-3", {}).value().people, 8U);
  Printer printer;
  LetterReport report = printer.run(office(), true, false, 500, " zawodzie").value();
  EXPECT_EQ(report.printed, 1U);
  EXPECT_NE(printer.code_of(piotr), "");
  report = printer.run(office(), true).value();
  EXPECT_EQ(report.printed, 2U);
  EXPECT_EQ(report.unaddressed, 2U);
  EXPECT_EQ(printer.run(office(), true, false, 500, "Atlantyda")->printed, 0U);
  const auto log = town().store().copy_access_log().value();
  std::uint64_t told = 0;
  for (const protection::AccessRow& row : log.rows) {
    const auto entry = protection::decode_access_entry(row.entry).value();
    if (entry.action != "disclose") continue;
    EXPECT_EQ(entry.actor, "clerk-3");
    EXPECT_EQ(entry.fields, (std::vector<std::string>{"person.name", "person.address"}));
    told += entry.persons;
  }
  EXPECT_EQ(told, 3U) << "as many as were printed";
}

TEST_P(RegistrarTest, PointsVouchWhileTheirCredentialIsInForce) {
  import_and_roll();
  EXPECT_EQ(vouch(office(), "mobile point", IdentifierKind::pesel, fields_of(anna)).error().code,
            ErrorCode::usage)
      << "a point that nobody opened";
  Resident stranger = anna;
  stranger.pesel = pesel_of("440514", 98);
  EXPECT_EQ(vouch(office(), "point one", IdentifierKind::pesel, fields_of(stranger)).error().code,
            ErrorCode::not_found);
  const SessionToken token =
      vouch(office(), "point one", IdentifierKind::pesel, fields_of(anna)).value();
  EXPECT_EQ(certify(office(), token, some_voter_key()).value().certificate.level, 4);
  const SessionToken eid =
      accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(piotr)).value();
  EXPECT_EQ(certify(office(), eid, some_voter_key()).value().certificate.level, 3);
  town().now += 7200;
  EXPECT_EQ(vouch(office(), "point one", IdentifierKind::pesel, fields_of(anna)).error().code,
            ErrorCode::usage)
      << "closed";
}

TEST_P(RegistrarTest, PointsMarkPeopleForPaperWhoShowADocument) {
  import_and_roll();
  election::Manifest manifest;
  manifest.pools.resize(3);
  // Point one has cards of the city's pool, another one those of a district.
  manifest.paper.emplace().points = {"op-2", "op-1"};
  manifest.paper->batches = {{{1}, {0}, 10, {}}, {{0}, {1}, 10, {}}};
  const auto at_point = [&](const Resident& one) {
    return vouch(office(), "point one", IdentifierKind::pesel, fields_of(one)).value();
  };
  const auto code_of = [](const auto& marks) { return marks ? ErrorCode{} : marks.error().code; };
  const std::vector<election::PoolNumber> city = {{0}};
  const std::vector<election::PoolNumber> district = {{1}};
  const std::vector<election::PoolNumber> other_district = {{2}};

  // A telephone is not enough, and no session at all is not either.
  const SessionToken by_code = town().with_code(anna).value();
  EXPECT_EQ(code_of(mark_for_paper(office(), manifest, by_code, city)), ErrorCode::usage);
  EXPECT_EQ(code_of(mark_for_paper(office(), manifest, {"nothing"}, city)), ErrorCode::not_found);
  // Whoever is dead is not on the register: nobody can vouch for them (A3).
  Resident dead = anna;
  dead.pesel = pesel_of("440514", 98);
  EXPECT_EQ(vouch(office(), "point one", IdentifierKind::pesel, fields_of(dead)).error().code,
            ErrorCode::not_found);

  town().deliver();
  town().sent.clear();
  const SessionToken token = at_point(anna);
  EXPECT_EQ(code_of(mark_for_paper(office(), manifest, token, district)), ErrorCode::conflict)
      << "the point has none";
  EXPECT_EQ(code_of(mark_for_paper(office(), manifest, token, other_district)), ErrorCode::conflict)
      << "not Anna's";
  const auto marks = mark_for_paper(office(), manifest, token, {});
  ASSERT_TRUE(marks.ok()) << marks.error().to_string();
  ASSERT_EQ(marks->size(), 1U) << "of all that the point has for Anna";
  const election::PaperMark& mark = marks->front();
  EXPECT_EQ(mark.pool, election::PoolNumber{0});
  EXPECT_EQ(mark.point, election::PointNumber{1});
  EXPECT_EQ(mark.hour, town().now / 3600);
  EXPECT_EQ(mark.edition, office().edition);
  EXPECT_TRUE(
      proof::verify_signature(town().signing.key, signature_transcript(mark), mark.signature));
  const SessionToken again = at_point(anna);
  EXPECT_EQ(mark.pseudonym,
            certify(office(), again, some_voter_key()).value().certificate.pseudonym);
  EXPECT_EQ(code_of(mark_for_paper(office(), manifest, token, city)), ErrorCode::not_found)
      << "the session has ended";
  // Anna is told, on the contact of the register.
  town().deliver();
  ASSERT_EQ(town().sent.size(), 1U);
  EXPECT_EQ(town().sent[0].contact, anna.phone);

  // A child comes with the guardian, or not at all.
  EXPECT_EQ(code_of(mark_for_paper(office(), manifest, at_point(ola), city)), ErrorCode::conflict);
  // Without cards there is nothing to be given.
  EXPECT_EQ(code_of(mark_for_paper(office(), election::Manifest(), at_point(piotr), {})),
            ErrorCode::conflict);
}

TEST_P(RegistrarTest, AssistedRegistrationAddsToTheRoll) {
  import_and_roll();
  PersonFields guest;
  guest.first_name = "Олена";
  guest.last_name = "Шевченко";
  guest.birth_date = "1990-03-04";
  guest.passport_country = "UKR";
  guest.passport_number = "FA123456";
  const auto add = [&](std::string_view credential) {
    return register_assisted(office(), credential, IdentifierKind::passport, guest, "Zawodzie", "",
                             "");
  };
  EXPECT_EQ(add("mobile point").error().code, ErrorCode::usage);
  ASSERT_TRUE(add("point one").ok());
  EXPECT_EQ(add("point one").error().code, ErrorCode::conflict);
  const SessionToken early = vouch(office(), "point one", IdentifierKind::passport, guest).value();
  EXPECT_EQ(certify(office(), early, some_voter_key()).error().code, ErrorCode::conflict)
      << "not on the roll yet";
  const std::vector<election::RollAddition> added = roll_additions(office(), "clerk-3").value();
  ASSERT_EQ(added.size(), 1U);
  EXPECT_TRUE(proof::verify_signature(town().signing.key, election::signature_transcript(added[0]),
                                      added[0].signature));
  const Certified certified = certify(office(), early, some_voter_key()).value();
  EXPECT_EQ(certified.certificate.pseudonym, added[0].pseudonym);
  EXPECT_EQ(certified.certificate.pools, added[0].pools);
  EXPECT_TRUE(roll_additions(office(), "clerk-3").value().empty());
  EXPECT_EQ(town().import(everybody).withdrawn, 0U) << "the register's file is not about guests";
}

TEST_P(RegistrarTest, GuardiansActForTheirOwnAndForFew) {
  import_and_roll();
  const SessionToken child =
      vouch(office(), "point one", IdentifierKind::pesel, fields_of(ola)).value();
  EXPECT_EQ(certify(office(), child, some_voter_key()).error().code, ErrorCode::conflict)
      << "ten years old, and alone";
  const SessionToken mother = town().with_code(anna).value();
  const auto act = [&](const SessionToken& guardian, const Resident& ward) {
    return act_for_ward(office(), guardian, IdentifierKind::pesel, fields_of(ward));
  };
  EXPECT_EQ(act(begin(anna).value(), ola).error().code, ErrorCode::usage) << "knowledge only";
  EXPECT_EQ(act(town().with_code(piotr).value(), ola).error().code, ErrorCode::conflict)
      << "a coach";
  EXPECT_EQ(act(mother, maria).error().code, ErrorCode::conflict) << "a grown-up";
  const SessionToken for_ola = act(mother, ola).value();
  EXPECT_TRUE(view_session(office(), for_ola).value().by_guardian);
  EXPECT_TRUE(certify(office(), for_ola, some_voter_key()).ok());
  EXPECT_TRUE(act(mother, kuba).ok());
  EXPECT_TRUE(act(mother, ola).ok()) << "the same child again";
  EXPECT_EQ(act(mother, zosia).error().code, ErrorCode::conflict) << "two are as many as may be";
}

TEST_P(RegistrarTest, WithdrawnPeopleGetNothing) {
  import_and_roll();
  const SessionToken token = town().with_code(anna).value();
  std::vector<Resident> rest = everybody;
  rest.erase(rest.begin());
  ASSERT_EQ(town().import(rest).withdrawn, 1U);
  EXPECT_EQ(certify(office(), token, some_voter_key()).error().code, ErrorCode::conflict);
  EXPECT_FALSE(town().with_code(anna).ok());
  EXPECT_EQ(vouch(office(), "point one", IdentifierKind::pesel, fields_of(anna)).error().code,
            ErrorCode::not_found);
}

// ---- Certificates

TEST_P(RegistrarTest, SerialsAreUniqueAndInNoOrder) {
  import_and_roll();
  town().policy.certificates_per_person = 1000;
  std::vector<std::uint64_t> serials;
  for (int i = 0; i < 150; ++i) {
    const SessionToken token =
        accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(anna)).value();
    serials.push_back(certify(office(), token, some_voter_key()).value().certificate.serial);
  }
  EXPECT_EQ(std::set<std::uint64_t>(serials.begin(), serials.end()).size(), 150U);
  EXPECT_FALSE(std::ranges::is_sorted(serials));
  int ascents = 0;
  for (std::size_t i = 1; i < 40; ++i) ascents += serials[i] > serials[i - 1] ? 1 : 0;
  EXPECT_LT(ascents, 35) << "nearly in order says nearly all";
  const SerialCount count = count_certificates(office()).value();
  EXPECT_EQ(count.issued, 150U);
  EXPECT_EQ(count.bound, *std::ranges::max_element(serials) + 1);
  const election::Issuance issuance = state_issuance(office()).value();
  EXPECT_EQ(issuance.certificates, count.bound);
  EXPECT_TRUE(proof::verify_signature(town().signing.key, election::signature_transcript(issuance),
                                      issuance.signature));
  EXPECT_LT(count.bound, 150U + 2 * serial_block);

  // After a restart none is given out twice.
  Town again(*databases_);
  EXPECT_EQ(count_certificates(again.office()).value().issued, 150U);
}

TEST_P(RegistrarTest, CertificatesPerPersonAreFew) {
  import_and_roll();
  town().policy.certificates_per_person = 2;
  const auto once = [&]() -> Result<Certified> {
    const SessionToken token =
        accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(anna)).value();
    return certify(office(), token, some_voter_key());
  };
  EXPECT_TRUE(once().ok());
  EXPECT_TRUE(once().ok());
  EXPECT_EQ(once().error().code, ErrorCode::limit);
  EXPECT_EQ(count_certificates(office()).value().issued, 2U);
}

TEST_P(RegistrarTest, KeepersDownCostNothing) {
  import_and_roll();
  const SessionToken token = town().with_code(anna).value();
  town().pseudonyms.down = true;
  EXPECT_EQ(certify(office(), token, some_voter_key()).error().code, ErrorCode::io);
  town().pseudonyms.down = false;
  EXPECT_TRUE(certify(office(), token, some_voter_key()).ok()) << "the session is still there";
  EXPECT_EQ(count_certificates(office()).value().issued, 1U);
}

TEST_P(RegistrarTest, TwoRequestsInOneSessionGetOneCertificate) {
  import_and_roll();
  const SessionToken token = town().with_code(anna).value();
  std::array<int, 2> issued{};
  std::array<std::unique_ptr<Town>, 2> servers;
  for (auto& server : servers) {
    server = std::make_unique<Town>(*databases_);
    server->policy = town().policy;
    server->signing = town().signing;
  }
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      if (certify(servers.at(i)->office(), token, some_voter_key())) ++issued.at(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(issued[0] + issued[1], 1);
  EXPECT_EQ(count_certificates(office()).value().issued, 1U);
}

TEST_P(RegistrarTest, RefusesKeysThatAreNone) {
  import_and_roll();
  const SessionToken token = town().with_code(anna).value();
  group::ElementBytes wrong{};
  EXPECT_EQ(certify(office(), token, wrong).error().code, ErrorCode::usage) << "the identity";
  wrong.fill(0xFF);
  EXPECT_EQ(certify(office(), token, wrong).error().code, ErrorCode::usage);
  EXPECT_TRUE(certify(office(), token, some_voter_key()).ok());
}

// ---- Notices

TEST_P(RegistrarTest, EveryRecordedVoteIsToldOnceToTheRegistersContact) {
  import_and_roll();
  town().policy.contacts = ContactSource::either;
  const SessionToken token = begin(anna).value();
  ASSERT_TRUE(
      request_code(office(), token, Channel::sms, "700700700", protection::Language::pl).ok());
  town().deliver();
  ASSERT_TRUE(check_code(office(), token, town().code_sent_to("+48700700700")).ok());
  const Certified certified = certify(office(), token, some_voter_key()).value();
  town().sent.clear();
  const RandomId batch{1};
  std::vector<RecordedVote> votes = {{certified.ticket.sealed, {{0}, {1}}},
                                     {std::string(56, 'x'), {{0}}}};
  NoticeReport report = take_recorded_votes(office(), batch, votes).value();
  EXPECT_EQ(report.queued, 1U);
  EXPECT_EQ(report.refused, 1U);
  EXPECT_EQ(take_recorded_votes(office(), batch, votes).value().queued, 0U) << "the batch again";

  EXPECT_EQ(town().deliver(false).failed, 1U) << "the gateway is down";
  EXPECT_TRUE(town().sent.empty());
  EXPECT_EQ(town().deliver().sent, 0U) << "not at once again";
  town().now += 10;
  EXPECT_EQ(town().deliver().sent, 1U);
  ASSERT_EQ(town().sent.size(), 1U);
  EXPECT_EQ(town().sent[0].contact, anna.phone) << "not to the phone typed by whoever voted";
  EXPECT_NE(town().sent[0].text.find("City, Centrum"), std::string::npos) << town().sent[0].text;
  EXPECT_EQ(town().deliver().sent, 0U);
}

TEST_P(RegistrarTest, UnsentCodesExpireAndNoticesWait) {
  import_and_roll();
  const SessionToken token = begin(anna).value();
  ASSERT_TRUE(request_code(office(), token, Channel::sms, "", protection::Language::pl).ok());
  EXPECT_EQ(town().deliver(false).failed, 1U);
  town().now += town().policy.code_seconds;
  EXPECT_EQ(town().deliver().given_up, 1U) << "a code that is no longer valid is not sent";
  EXPECT_TRUE(town().sent.empty());

  const SessionToken seen =
      vouch(office(), "point one", IdentifierKind::pesel, fields_of(maria)).value();
  const Certified certified = certify(office(), seen, some_voter_key()).value();
  const std::array votes = {RecordedVote{certified.ticket.sealed, {{0}}}};
  ASSERT_EQ(take_recorded_votes(office(), RandomId{2}, votes).value().queued, 1U);
  EXPECT_EQ(town().deliver().unreachable, 1U) << "Maria has neither phone nor e-mail";
}

// ---- Was my identity used?

// Two uses on the same grounds in the same hour count as one of two.
std::string told(const Uses& uses) {
  std::string text;
  for (const Use& use : uses.uses) {
    text += std::to_string(use.count) + "x";
    if (use.kind == UseKind::vote) {
      text += "vote:" + std::to_string(static_cast<int>(use.notice));
    } else {
      text += use.kind == UseKind::certificate ? "certificate" : "complaint";
      text += ":" + std::to_string(use.level) + ":" + std::to_string(static_cast<int>(use.factor)) +
              ":" + use.account;
    }
    text += " ";
  }
  return text;
}

TEST_P(RegistrarTest, PeopleLearnWhatWasDoneInTheirName) {
  import_and_roll();
  const auto ask = [&](const Resident& one) {
    return tell_uses(
        office(),
        accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(one)).value());
  };
  town().policy.checks_per_day = 100;
  EXPECT_EQ(told(ask(anna).value()), "");
  const SessionToken by_code = town().with_code(anna).value();
  const Certified certified = certify(office(), by_code, some_voter_key()).value();
  EXPECT_EQ(told(ask(anna).value()), "1xcertificate:2:1: ");
  EXPECT_EQ(ask(anna)->uses[0].hour, town().now / 3600);
  EXPECT_EQ(told(ask(piotr).value()), "") << "each has their own";

  // At a point, an hour later; and once more in that hour.
  town().now += 3600;
  for (int i = 0; i < 2; ++i) {
    const SessionToken seen =
        vouch(office(), "point one", IdentifierKind::pesel, fields_of(anna)).value();
    ASSERT_TRUE(certify(office(), seen, some_voter_key()).ok());
  }
  EXPECT_EQ(told(ask(anna).value()), "1xcertificate:2:1: 2xcertificate:4:7:op-1 ");

  // Votes: waiting until the gateway has taken the notice.
  const std::array votes = {RecordedVote{certified.ticket.sealed, {{0}}},
                            RecordedVote{certified.ticket.sealed, {{1}}}};
  ASSERT_EQ(take_recorded_votes(office(), RandomId{1}, votes).value().queued, 2U);
  const std::string before = "1xcertificate:2:1: 2xcertificate:4:7:op-1 ";
  EXPECT_EQ(told(ask(anna).value()), before + "2xvote:0 ");
  EXPECT_EQ(town().deliver(false).failed, 2U);
  EXPECT_EQ(told(ask(anna).value()), before + "2xvote:0 ");
  town().now += 20;
  EXPECT_EQ(town().deliver().sent, 2U);
  EXPECT_EQ(told(ask(anna).value()), before + "2xvote:1 ");
  EXPECT_EQ(town().deliver().sent, 0U);

  // A code to a contact that was typed, which the person may never have had.
  town().policy.contacts = ContactSource::either;
  const SessionToken typed = begin(piotr).value();
  ASSERT_TRUE(
      request_code(office(), typed, Channel::email, "x@evil.example", protection::Language::pl)
          .ok());
  town().deliver();
  ASSERT_TRUE(check_code(office(), typed, town().code_sent_to("x@evil.example")).ok());
  ASSERT_TRUE(certify(office(), typed, some_voter_key()).ok());
  EXPECT_EQ(told(ask(piotr).value()), "1xcertificate:2:4: ");

  // Whom nobody can reach is told so when asking.
  const SessionToken seen =
      vouch(office(), "point one", IdentifierKind::pesel, fields_of(maria)).value();
  const Certified of_maria = certify(office(), seen, some_voter_key()).value();
  const std::array one = {RecordedVote{of_maria.ticket.sealed, {{0}}}};
  ASSERT_EQ(take_recorded_votes(office(), RandomId{2}, one).value().queued, 1U);
  town().deliver();
  EXPECT_EQ(told(ask(maria).value()), "1xcertificate:4:7:op-1 1xvote:3 ");
}

TEST_P(RegistrarTest, ALetterOrAGuardianIsToldToo) {
  import_and_roll();
  Printer printer;
  ASSERT_EQ(printer.run(office(), false)->printed, 1U);
  const SessionToken token = begin(maria).value();
  ASSERT_TRUE(check_letter(office(), token, printer.code_of(maria)).ok());
  EXPECT_EQ(told(tell_uses(office(), token).value()), "");
  ASSERT_TRUE(certify(office(), token, some_voter_key()).ok());
  EXPECT_EQ(
      told(
          tell_uses(
              office(),
              accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(maria)).value())
              .value()),
      "1xcertificate:2:5: ");
  const SessionToken mother = town().with_code(anna).value();
  const SessionToken for_ola =
      act_for_ward(office(), mother, IdentifierKind::pesel, fields_of(ola)).value();
  ASSERT_TRUE(certify(office(), for_ola, some_voter_key()).ok());
  const SessionToken again =
      act_for_ward(office(), mother, IdentifierKind::pesel, fields_of(ola)).value();
  const Uses uses = tell_uses(office(), again).value();
  ASSERT_EQ(uses.uses.size(), 1U);
  EXPECT_TRUE(uses.uses[0].by_guardian);
  EXPECT_EQ(told(tell_uses(office(), mother).value()), "") << "the mother herself has not voted";
}

TEST_P(RegistrarTest, OnlyWhoHasShownWhoTheyAreMayAskAndThreeTimesADay) {
  import_and_roll();
  EXPECT_EQ(tell_uses(office(), SessionToken{}).error().code, ErrorCode::not_found);
  EXPECT_EQ(tell_uses(office(), SessionToken{std::string(64, '0')}).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(tell_uses(office(), begin(anna).value()).error().code, ErrorCode::usage)
      << "whoever knows data learns nothing";
  // In several sessions, by several ways: the count is the person's.
  const SessionToken token = town().with_code(anna).value();
  EXPECT_TRUE(tell_uses(office(), token).ok());
  EXPECT_TRUE(tell_uses(office(), token).ok());
  const SessionToken other =
      vouch(office(), "point one", IdentifierKind::pesel, fields_of(anna)).value();
  EXPECT_TRUE(tell_uses(office(), other).ok());
  EXPECT_EQ(tell_uses(office(), other).error().code, ErrorCode::limit);
  EXPECT_EQ(tell_uses(office(), token).error().code, ErrorCode::limit);
  EXPECT_TRUE(tell_uses(office(), town().with_code(piotr).value()).ok()) << "another person";
  town().now += seconds_left_today(office()) - 1;
  const auto eid = [&] {
    return accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(anna)).value();
  };
  EXPECT_EQ(tell_uses(office(), eid()).error().code, ErrorCode::limit);
  town().now += 1;
  EXPECT_TRUE(tell_uses(office(), eid()).ok()) << "tomorrow";
  // Each question is in the access log.
  town().now += 3600;
  ASSERT_TRUE(publish_voter_accesses(office()).ok());
  const auto log = town().store().copy_access_log().value();
  int questions = 0;
  for (const protection::AccessRow& row : log.rows) {
    const auto entry = protection::decode_access_entry(row.entry).value();
    if (entry.fields == std::vector<std::string>{"identity_use.record"}) ++questions;
  }
  EXPECT_EQ(questions, 5);
}

TEST_P(RegistrarTest, RecordsOfUsesAreOfOneSizeAndKeepTheLatest) {
  import_and_roll();
  town().policy.certificates_per_person = 1000;
  town().policy.checks_per_day = 1000;
  const std::string long_account(64, 'a');
  town().policy.operators = {{long_account, "", "", operator_token_hash(town().keys, "long"),
                              town().now - 10, town().now + 1'000'000}};
  const auto sizes = [&] {
    constexpr std::array types = {storage::SqlType::integer, storage::SqlType::integer};
    const auto rows =
        databases_->open()
            ->query("SELECT min(length(record)), max(length(record)) FROM identity_use", {}, types)
            .value();
    EXPECT_EQ(rows[0][0].number, rows[0][1].number);
    return rows[0][0].number;
  };
  ASSERT_TRUE(certify(office(), town().with_code(piotr).value(), some_voter_key()).ok());
  const auto size = sizes();
  for (int i = 0; i < 60; ++i) {
    town().now += 3600;
    const SessionToken token =
        i % 2 == 0
            ? vouch(office(), "long", IdentifierKind::pesel, fields_of(anna)).value()
            : accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(anna)).value();
    ASSERT_TRUE(certify(office(), token, some_voter_key()).ok());
    ASSERT_EQ(sizes(), size);
    const Uses uses =
        tell_uses(
            office(),
            accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(anna)).value())
            .value();
    ASSERT_LE(uses.uses.size(), uses_told_max);
    ASSERT_EQ(uses.uses.size() + uses.earlier, static_cast<std::uint64_t>(i) + 1);
    ASSERT_EQ(uses.uses.back().hour, town().now / 3600);
    ASSERT_GE(uses.uses.size(), std::min<std::size_t>(10, static_cast<std::size_t>(i) + 1));
  }
}

// ---- That was not me

TEST_P(RegistrarTest, ComplaintsAreAboutOnesOwnVoteAndChangeNoBallot) {
  import_and_roll();
  // Both have votes; one complains.
  for (const Resident& one : {anna, piotr}) {
    ASSERT_TRUE(certify(office(), town().with_code(one).value(), some_voter_key()).ok());
  }
  const auto rows_of_others = [&](const std::string& table) {
    constexpr std::array types = {storage::SqlType::bytes};
    std::set<std::string> rows;
    const storage::SqlRows found =
        databases_->open()->query("SELECT record FROM " + table, {}, types).value();
    for (const auto& row : found) rows.insert(row[0].bytes);
    return rows;
  };
  const std::set<std::string> before = rows_of_others("identity_use");
  const auto serials = count_certificates(office()).value();
  town().sent.clear();

  EXPECT_EQ(open_complaint(office(), begin(anna).value(), ComplaintReason::vote_not_mine, "",
                           protection::Language::pl)
                .error()
                .code,
            ErrorCode::usage)
      << "a claim needs identification";
  EXPECT_EQ(open_complaint(office(), SessionToken{}, ComplaintReason::vote_not_mine, "",
                           protection::Language::pl)
                .error()
                .code,
            ErrorCode::not_found);
  const SessionToken token =
      vouch(office(), "point one", IdentifierKind::pesel, fields_of(anna)).value();
  const std::string words = "To nie ja.\nByłam wtedy w pracy; głosował " + piotr.last;
  const std::string number = open_complaint(office(), token, ComplaintReason::vote_not_mine, words,
                                            protection::Language::pl)
                                 .value();
  EXPECT_EQ(number.size(), 11U);
  EXPECT_EQ(number[5], '-');

  // Of the records of uses the claimant's alone has changed; certificates have not.
  std::set<std::string> after = rows_of_others("identity_use");
  std::vector<std::string> changed;
  std::ranges::set_difference(before, after, std::back_inserter(changed));
  EXPECT_EQ(changed.size(), 1U);
  EXPECT_EQ(after.size(), before.size());
  EXPECT_EQ(count_certificates(office()).value().issued, serials.issued);
  EXPECT_EQ(told(tell_uses(office(), token).value()), "1xcertificate:2:1: 1xcomplaint:4:7:op-1 ");
  EXPECT_EQ(
      told(
          tell_uses(
              office(),
              accept_electronic_identity(office(), IdentifierKind::pesel, fields_of(piotr)).value())
              .value()),
      "1xcertificate:2:1: ");

  // The person is told, on the contact of the register.
  EXPECT_EQ(town().deliver().sent, 1U);
  ASSERT_EQ(town().sent.size(), 1U);
  EXPECT_EQ(town().sent[0].contact, anna.phone);
  EXPECT_NE(town().sent[0].text.find(number), std::string::npos);
  // And may vote again, at the higher level, in the same session.
  EXPECT_EQ(certify(office(), token, some_voter_key()).value().certificate.level, 4);

  std::vector<Complaint> listed;
  const auto keep = [&](const Complaint& one) {
    listed.push_back(one);
    return ok_status();
  };
  EXPECT_EQ(list_complaints(office(), "clerk-7", keep).value(), 1U);
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].number, number);
  EXPECT_EQ(listed[0].reason, ComplaintReason::vote_not_mine);
  EXPECT_EQ(listed[0].text, words);
  EXPECT_EQ(listed[0].grounds.level, 4);
  EXPECT_EQ(listed[0].grounds.account, "op-1");
  EXPECT_EQ(listed[0].grounds.hour, town().now / 3600);
  const ComplaintCase opened = open_case(office(), "clerk-7", number).value();
  EXPECT_EQ(opened.name, anna.first + " " + anna.last);
  EXPECT_EQ(told(opened.uses), "1xcertificate:2:1: 1xcomplaint:4:7:op-1 1xcertificate:4:7:op-1 ");
  EXPECT_EQ(open_case(office(), "clerk-7", "AAAAA-AAAAA").error().code, ErrorCode::not_found);

  // Who read it is in the log: the list as of one person, the case as of this person.
  const auto log = town().store().copy_access_log().value();
  const auto list = protection::decode_access_entry(log.rows[log.rows.size() - 2].entry).value();
  EXPECT_EQ(list.actor, "clerk-7");
  EXPECT_EQ(list.purpose, "complaints");
  EXPECT_EQ(list.fields, std::vector<std::string>{"complaint.record"});
  EXPECT_FALSE(list.person.has_value());
  const auto one = protection::decode_access_entry(log.rows.back().entry).value();
  EXPECT_EQ(one.fields,
            (std::vector<std::string>{"person.name", "identity_use.record", "complaint.record"}));
  EXPECT_TRUE(one.person.has_value());
}

TEST_P(RegistrarTest, ComplaintsAreBoundedAndFew) {
  import_and_roll();
  const SessionToken token = town().with_code(anna).value();
  const auto complain = [&](const std::string& text) {
    return open_complaint(office(), token, ComplaintReason::other, text, protection::Language::en);
  };
  EXPECT_EQ(complain(std::string(1001, 'a')).error().place.field, "text");
  EXPECT_EQ(complain(std::string("a\0b", 3)).error().code, ErrorCode::malformed);
  EXPECT_EQ(complain("a\rb").error().code, ErrorCode::malformed);
  EXPECT_EQ(complain("\xff").error().code, ErrorCode::malformed);
  std::set<std::string> numbers;
  numbers.insert(complain("").value());
  numbers.insert(complain(std::string(1000, 'a')).value());
  numbers.insert(complain("a\nb").value());
  EXPECT_EQ(numbers.size(), 3U);
  EXPECT_EQ(complain("").error().code, ErrorCode::limit) << "three a day";
  const SessionToken other =
      vouch(office(), "point one", IdentifierKind::pesel, fields_of(anna)).value();
  EXPECT_EQ(open_complaint(office(), other, ComplaintReason::other, "", protection::Language::en)
                .error()
                .code,
            ErrorCode::limit)
      << "of the person, not of the session";
  constexpr std::array types = {storage::SqlType::integer, storage::SqlType::integer};
  const auto rows =
      databases_->open()
          ->query("SELECT count(*), count(DISTINCT length(record)) FROM complaint", {}, types)
          .value();
  EXPECT_EQ(rows[0][0].number, 3);
  EXPECT_EQ(rows[0][1].number, 1) << "all of one size";
  for (const ComplaintReason reason :
       {ComplaintReason::vote_not_mine, ComplaintReason::code_not_asked,
        ComplaintReason::letter_not_intact, ComplaintReason::pressure, ComplaintReason::other}) {
    EXPECT_EQ(parse_complaint_reason(to_string(reason)).value(), reason);
  }
  EXPECT_FALSE(parse_complaint_reason("revenge").ok());
}

// ---- The access log

TEST_P(RegistrarTest, AccessesAreLoggedVotersByTheHourAndShuffled) {
  import_and_roll();
  const auto copy_before = town().store().copy_access_log().value();
  EXPECT_GE(copy_before.rows.size(), 2U) << "import and roll";
  ASSERT_TRUE(town().with_code(anna).ok());
  ASSERT_TRUE(town().with_code(piotr).ok());
  EXPECT_EQ(publish_voter_accesses(office()).value(), 0U) << "the hour is not over";
  EXPECT_EQ(town().store().copy_access_log().value().rows.size(), copy_before.rows.size());
  town().now += 3600;
  EXPECT_EQ(publish_voter_accesses(office()).value(), 4U);
  auto copy = town().store().copy_access_log().value();
  ASSERT_EQ(copy.rows.size(), copy_before.rows.size() + 4);
  for (std::size_t i = copy_before.rows.size(); i < copy.rows.size(); ++i) {
    const auto entry = protection::decode_access_entry(copy.rows[i].entry).value();
    EXPECT_EQ(entry.time % 3600, 0U);
    EXPECT_EQ(entry.role, "voter");
    EXPECT_TRUE(entry.person.has_value());
  }

  const auto verdict = [&] {
    protection::AccessLogKeys keys;
    keys.log = office().log_key.verifier_key();
    const auto log = storage::copy_access_log(*databases_->open()).value();
    protection::AccessLogVerifier verifier(log.notes, keys);
    for (const protection::AccessRow& row : log.rows) verifier.add(row);
    return verifier.finish();
  };
  EXPECT_TRUE(verdict().sound()) << verdict().reason;
  // A witness signs, and the note finds its place.
  const auto witness = board::WitnessSecretKey::from_seed("second", key_of(3).bytes()).value();
  const std::string note = protection::cosign_access_log(copy, office().log_key.verifier_key(),
                                                         std::nullopt, witness, town().now)
                               .value();
  EXPECT_TRUE(town().store().put_cosigned_note(note).ok());
  EXPECT_TRUE(verdict().sound());

  const auto sql = databases_->open();
  ASSERT_TRUE(
      sql->run("UPDATE access_log SET entry = (SELECT entry FROM access_log WHERE "
               "position = 0) WHERE position = 3"));
  EXPECT_EQ(verdict().first_bad, 3U);
  ASSERT_TRUE(sql->run("DELETE FROM access_log WHERE position = 1"));
  EXPECT_EQ(verdict().first_bad, 1U);
}

// ---- What lies in the database

std::vector<std::string> everything_planted() {
  std::vector<std::string> planted;
  for (const Resident& one : everybody) {
    for (const std::string& value : {one.pesel, one.last, one.first, one.street, one.phone,
                                     one.phone.substr(one.phone.empty() ? 0 : 3), one.email}) {
      if (value.size() >= 6) planted.push_back(value);
    }
  }
  return planted;
}

TEST_P(RegistrarTest, DumpsHoldNothingOfAPerson) {
  import_and_roll();
  town().policy.contacts = ContactSource::either;
  ASSERT_TRUE(town().with_code(anna).ok());
  const SessionToken token = begin(piotr).value();
  ASSERT_TRUE(
      request_code(office(), token, Channel::sms, "799799799", protection::Language::pl).ok());
  Printer printer;
  ASSERT_EQ(printer.run(office(), true)->printed, 3U);
  ASSERT_TRUE(open_complaint(office(), town().with_code(anna).value(),
                             ComplaintReason::vote_not_mine,
                             "To nie ja, " + anna.first + " " + anna.last + ", " + anna.phone,
                             protection::Language::pl)
                  .ok());
  town().now += 3600;
  ASSERT_TRUE(publish_voter_accesses(office()).ok());
  std::vector<std::string> planted = everything_planted();
  planted.emplace_back("799799799");
  const auto found = [&] {
    std::vector<protection::Finding> findings =
        protection::find_personal_data(databases_->dump(), planted);
    // Digits in a row that happen to be a PESEL or a phone are not planted ones; files of random
    // bytes have some.
    std::erase_if(findings, [](const protection::Finding& one) {
      return one.kind != protection::FindingKind::planted;
    });
    return findings.size();
  };
  ASSERT_FALSE(databases_->dump().empty());
  EXPECT_EQ(found(), 0U);
  // The scan finds what is there: a clerk keeps a note.
  ASSERT_TRUE(databases_->open()->run("CREATE TABLE note (n TEXT)"));
  ASSERT_TRUE(databases_->open()->run("INSERT INTO note VALUES ('" + anna.last + "')"));
  EXPECT_GT(found(), 0U);
}

// Every hash of 32 or more bytes that somebody could compute without a key.
std::vector<std::string> unkeyed(const std::string& text) {
  const Sha512Digest long_digest = sha512(text);
  return {std::string(view_of(sha256(text))), std::string(view_of(long_digest).substr(0, 32)),
          std::string(view_of(sha256(view_of(sha256(text)))))};
}

TEST_P(RegistrarTest, BruteForceWithoutTheKeysFindsNobody) {
  import_and_roll();
  ASSERT_TRUE(town().with_code(anna).ok());
  // All values of 32 and more bytes in the dump, at every offset of 32 bytes from their beginning.
  const auto hashes = [&] {
    std::set<std::string> values;
    const std::string dump = databases_->dump();
    for (std::size_t i = 0; i < dump.size();) {
      std::size_t end = i;
      while (end < dump.size() && std::isxdigit(static_cast<unsigned char>(dump[end])) != 0) ++end;
      std::string hex = dump.substr(i, (end - i) / 2 * 2);
      std::ranges::transform(hex, hex.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      for (std::size_t at = 0; at + 64 <= hex.size(); at += 2) {
        values.insert(from_hex(hex.substr(at, 64)).value());
      }
      i = end + 1;
    }
    return values;
  };
  // Everybody born on Anna's birthday: all numbers there are, in the forms that a programmer would
  // hash them in.
  const auto hits = [&](const std::set<std::string>& values) {
    int found = 0;
    for (int number = 0; number < 10'000; ++number) {
      const std::string pesel = pesel_of("440514", number);
      PersonFields fields = fields_of(anna);
      fields.pesel = pesel;
      const NormalisedPerson person =
          normalise(IdentifierKind::pesel, fields, date_of(town().now)).value();
      for (const std::string& text : {pesel, pesel + "\n", person.identifier.bytes(),
                                      "identifier\n" + person.identifier.bytes(),
                                      std::string(view_of(office().edition.octets)) + pesel}) {
        for (const std::string& digest : unkeyed(text)) found += values.contains(digest) ? 1 : 0;
      }
    }
    return found;
  };
  const std::set<std::string> values = hashes();
  EXPECT_GT(values.size(), 100U);
  EXPECT_EQ(hits(values), 0);
  // It would find a hash without a key.
  std::set<std::string> careless = values;
  careless.emplace(view_of(sha256(anna.pesel)));
  EXPECT_EQ(hits(careless), 1);
  // And with the keys the person is there.
  const NormalisedPerson person =
      normalise(IdentifierKind::pesel, fields_of(anna), date_of(town().now)).value();
  EXPECT_TRUE(
      values.contains(std::string(view_of(identifier_hash(town().keys, person.identifier)))));
}

TEST_P(RegistrarTest, DeletesWhatIsDue) {
  import_and_roll();
  ASSERT_TRUE(town().with_code(anna).ok());
  const auto count = [&](const std::string& table) {
    constexpr std::array types = {storage::SqlType::integer};
    return databases_->open()
        ->query("SELECT count(*) FROM " + table, {}, types)
        .value()[0][0]
        .number;
  };
  EXPECT_EQ(count("session"), 1);
  protection::EditionDates dates;
  EXPECT_EQ(delete_what_is_due(office(), dates).value(), 0U);
  town().now += town().policy.session_seconds;
  EXPECT_EQ(delete_what_is_due(office(), dates).value(), 1U);
  EXPECT_EQ(count("session"), 0);
  town().now += 2 * 86400ULL;
  EXPECT_EQ(count("signal_event"), 1);
  EXPECT_EQ(delete_what_is_due(office(), dates).value(), 1U);
  EXPECT_EQ(count("signal_event"), 0);
  dates.voting_closed = dates.protests_over = date_of(town().now);
  dates.legal_hold = true;
  town().now += 400ULL * 86400;
  EXPECT_EQ(delete_what_is_due(office(), dates).value(), 0U) << "a hold";
  EXPECT_EQ(count("person"), 6);
  dates.legal_hold = false;
  EXPECT_GE(delete_what_is_due(office(), dates).value(), 7U);
  EXPECT_EQ(count("person"), 0);
  EXPECT_EQ(count("attempt"), 0);
  EXPECT_GT(count("access_log"), 0) << "kept longer";
}

}  // namespace
}  // namespace urna::registrar::trial
