// SPDX-License-Identifier: EUPL-1.2
// Cases over real databases: from a cluster or a complaint to the signed case file, and the people
// who are asked.
#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

#include "registrar/case_export.h"
#include "registrar/case_opening.h"
#include "registrar/cases.h"
#include "registrar/events.h"
#include "registrar/hearings.h"
#include "test/service/registrar_town.h"

namespace urna::registrar {
namespace {

using cases::Answer;
using cases::CaseFile;
using cases::NodeKind;
using trial::Databases;
using trial::fields_of;
using trial::Resident;
using trial::Town;

// Everybody has a telephone on the register, so that everybody can be asked there; but the last.
std::vector<Resident> residents() {
  std::vector<Resident> all;
  for (int i = 0; i < 24; ++i) {
    const std::string number = std::to_string(i);
    Resident one;
    one.pesel = trial::pesel_of("80010" + std::to_string(1 + i % 9), 100 + i);
    one.first = "Maria";
    one.last = std::string("Nowak") + static_cast<char>('a' + i);
    one.street = "Długa";
    one.house = "1";
    one.district = i % 2 == 0 ? "Centrum" : "Zawodzie";
    one.phone = "60210" + std::string(4 - std::min<std::size_t>(4, number.size()), '0') + number;
    if (i == 23) one.phone.clear();
    all.push_back(one);
  }
  return all;
}

constexpr std::uint64_t day_seconds = 86'400;

class RegistrarCases : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const bool postgres = std::string(GetParam()) == "postgres";
    if (postgres && Databases::server() == nullptr) GTEST_SKIP() << "no PostgreSQL 15 here";
    databases_ = std::make_unique<Databases>(postgres);
    town_ = std::make_unique<Town>(*databases_);
    town_->policy.contacts = ContactSource::either;
    town_->policy.persons_per_phone = 8;
    town_->policy.operators[0].valid_from = 0;
    town_->policy.operators[0].valid_until = UINT32_MAX;
    // The morning of a day of the town and of UTC.
    town_->now = town_->now / day_seconds * day_seconds + 9 * 3600;
    town_->import(residents());
    ASSERT_TRUE(build_roll(town_->office(), "clerk-3", {}).ok());
  }
  Town& town() { return *town_; }
  const Office& office() { return town_->office(); }

  static group::ElementBytes voter_key() { return proof::SigningKey::random().key; }

  // Somebody votes with the data of `one` and a code to the given telephone.
  void steal(const Resident& one, const std::string& phone, const std::string& network) {
    const Circumstances where{network, false};
    const SessionToken token =
        identify(office(), IdentifierKind::pesel, fields_of(one), where).value();
    ASSERT_TRUE(request_code(office(), token, Channel::sms, phone, protection::Language::pl).ok());
    town().deliver();
    ASSERT_TRUE(check_code(office(), token, town().code_sent_to("+48" + phone)).ok());
    const Result<Certified> certified = certify(office(), token, voter_key(), where);
    ASSERT_TRUE(certified.ok()) << certified.error().to_string();
  }
  // Twelve people by two cards in one network, and some ordinary voters elsewhere.
  void play_theft() {
    const std::vector<Resident> all = residents();
    for (std::size_t i = 0; i < 12; ++i) {
      steal(all[i], "7000000" + std::to_string(10 + i / 6), "thief");
      town().now += 65;
    }
    for (std::size_t i = 12; i < 23; ++i) {
      const Circumstances where{"home " + std::to_string(i), false};
      const SessionToken token =
          identify(office(), IdentifierKind::pesel, fields_of(all[i]), where).value();
      ASSERT_TRUE(request_code(office(), token, Channel::sms, "", protection::Language::pl).ok());
      town().deliver();
      ASSERT_TRUE(check_code(office(), token, town().code_sent_to("+48" + all[i].phone)).ok());
      ASSERT_TRUE(certify(office(), token, voter_key(), where).ok());
      town().now += 613;
    }
  }
  // A session in which the person shows who they are by the register's telephone.
  SessionToken known(const Resident& one) {
    const SessionToken token = identify(office(), IdentifierKind::pesel, fields_of(one)).value();
    EXPECT_TRUE(request_code(office(), token, Channel::sms, "", protection::Language::pl).ok());
    town().deliver();
    EXPECT_TRUE(check_code(office(), token, town().code_sent_to("+48" + one.phone)).ok());
    return token;
  }
  SessionToken at_point(const Resident& one) {
    return vouch(office(), "point one", IdentifierKind::pesel, fields_of(one)).value();
  }
  std::set<std::array<std::uint8_t, 32>> pseudonyms_of(std::size_t first, std::size_t end) {
    std::set<std::array<std::uint8_t, 32>> all;
    const std::vector<Resident> people = residents();
    for (std::size_t i = first; i < end; ++i) {
      const Result<NormalisedPerson> person =
          normalise(IdentifierKind::pesel, fields_of(people[i]), date_of(town().now), {});
      EXPECT_TRUE(person.ok());
      const std::vector<std::string> one = {std::string(person->identifier.bytes())};
      all.insert(
          town().pseudonyms.pseudonyms(one, PseudonymSource::Use::certificate).value()[0].octets);
    }
    return all;
  }

  std::unique_ptr<Databases> databases_;
  std::unique_ptr<Town> town_;
};

INSTANTIATE_TEST_SUITE_P(Stores, RegistrarCases, ::testing::Values("sqlite", "postgres"),
                         [](const auto& one) { return std::string(one.param); });

TEST_P(RegistrarCases, AClusterLeadsToItsPeopleWhoAreAskedAndNobodyIsNamed) {
  play_theft();
  const Result<OpenedCase> opened = open_case_of_cluster(office(), "a.nowak", "dwie karty", 1);
  ASSERT_TRUE(opened.ok()) << opened.error().to_string();
  EXPECT_TRUE(opened->fresh);
  EXPECT_EQ(opened->voters, 12U);
  EXPECT_EQ(open_case_of_cluster(office(), "a.nowak", "x", 2).error().code, ErrorCode::not_found);
  EXPECT_EQ(open_case_of_cluster(office(), "a.nowak", "", 1).error().place.field, "reason");
  // Again: the same case, nobody more.
  const Result<OpenedCase> again = open_case_of_cluster(office(), "a.nowak", "again", 1);
  EXPECT_EQ(again->number, opened->number);
  EXPECT_FALSE(again->fresh);
  EXPECT_EQ(again->added, 0U);
  EXPECT_EQ(again->voters, 12U);

  // Asked once, on the register's telephone, and never on the thief's.
  town().sent.clear();
  const cases::Clocks& clocks = cases::Clocks::standard();
  const Result<HearingReport> heard = hear_case(office(), "a.nowak", opened->number, clocks);
  ASSERT_TRUE(heard.ok()) << heard.error().to_string();
  EXPECT_EQ(heard->asked, 12U);
  EXPECT_EQ(heard->answer_until, *clocks.due("hearing-answer", town().now));
  EXPECT_EQ(hear_case(office(), "a.nowak", opened->number, clocks)->asked, 0U);
  town().deliver();
  town().deliver();
  ASSERT_EQ(town().sent.size(), 12U);
  std::set<std::string> contacts;
  for (const OutgoingMessage& message : town().sent) {
    contacts.insert(message.contact);
    EXPECT_NE(message.text.find(opened->number), std::string::npos);
  }
  EXPECT_EQ(contacts.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_TRUE(contacts.contains("+48" + residents()[i].phone)) << i;
  }

  // One says it was theirs, ten that it was not, one is silent; one of the ten votes again.
  town().now += 3600;
  for (std::size_t i = 0; i < 11; ++i) {
    const Answer answer = i == 0 ? Answer::mine : Answer::not_mine;
    const Status answered = answer_hearing(office(), known(residents()[i]), opened->number, answer,
                                           i == 1 ? "Byłam w pracy." : "");
    ASSERT_TRUE(answered.ok()) << answered.error().to_string();
  }
  ASSERT_TRUE(certify(office(), at_point(residents()[5]), voter_key(), {"point", true}).ok());

  const Result<CaseView> view = show_case(office(), "a.nowak", opened->number);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->told, 12U);
  EXPECT_EQ(view->mine, 1U);
  EXPECT_EQ(view->not_mine, 10U);
  EXPECT_EQ(view->reason, "dwie karty");
  EXPECT_EQ(view->texts, std::vector<std::string>{"Byłam w pracy."});

  const Result<ExportedCase> exported = export_case(office(), "a.nowak", opened->number);
  ASSERT_TRUE(exported.ok()) << exported.error().to_string();
  const Result<CaseFile> file = cases::parse_case(exported->text, town().signing.key);
  ASSERT_TRUE(file.ok()) << file.error().to_string();
  EXPECT_EQ(file->number, opened->number);
  EXPECT_EQ(file->version, 1U);
  EXPECT_EQ(file->edition, office().edition.octets);
  ASSERT_EQ(file->voters.size(), 12U);
  std::set<std::array<std::uint8_t, 32>> pseudonyms;
  std::map<Answer, int> answers;
  int reclaimed = 0;
  for (const cases::CaseVoter& voter : file->voters) {
    pseudonyms.insert(voter.pseudonym);
    ++answers[voter.answer];
    reclaimed += voter.reclaimed ? 1 : 0;
    EXPECT_NE(voter.told, 0U);
  }
  EXPECT_EQ(pseudonyms, pseudonyms_of(0, 12));
  EXPECT_EQ(answers[Answer::mine], 1);
  EXPECT_EQ(answers[Answer::not_mine], 10);
  EXPECT_EQ(answers[Answer::none], 1);
  EXPECT_EQ(reclaimed, 1);
  // Twelve at one network by two telephones.
  EXPECT_EQ(std::ranges::count(file->nodes, NodeKind::contact, &cases::Node::kind), 2);
  EXPECT_EQ(std::ranges::count(file->nodes, NodeKind::network, &cases::Node::kind), 1);
  EXPECT_EQ(file->edges.size(), 24U);
  std::uint64_t certified = 0;
  for (const cases::TimelinePart& part : file->timeline) certified += part.certified;
  EXPECT_EQ(certified, 12U);
  EXPECT_FALSE(file->signals.empty());
  // Nobody is named, by anything.
  for (const Resident& one : residents()) {
    for (const std::string& secret : {one.pesel, one.last, one.phone}) {
      if (secret.empty()) continue;
      EXPECT_EQ(exported->text.find(secret), std::string::npos);
      EXPECT_EQ(databases_->dump().find(secret), std::string::npos);
    }
  }
  EXPECT_EQ(exported->text.find("Byłam"), std::string::npos);
  EXPECT_EQ(exported->text.find("700000010"), std::string::npos);
  // The keepers counted it apart, under the case's number, and the next one is a later version.
  EXPECT_EQ(town().pseudonyms.asked_for_cases[opened->number], 12U);
  EXPECT_EQ(export_case(office(), "a.nowak", opened->number)->file.version, 2U);
}

TEST_P(RegistrarCases, TheServiceOpensThemAndAddsWhoComesLater) {
  EXPECT_TRUE(open_cases_of_clusters(office(), {})->empty());
  const std::vector<Resident> all = residents();
  play_theft();
  const auto first = open_cases_of_clusters(office(), {});
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  ASSERT_EQ(first->size(), 1U);
  EXPECT_TRUE(first->front().fresh);
  EXPECT_EQ(first->front().voters, 12U);
  EXPECT_TRUE(open_cases_of_clusters(office(), {})->empty());
  // Two more by another card of the same network.
  steal(all[12], "700000099", "thief");
  steal(all[13], "700000099", "thief");
  const auto later = open_cases_of_clusters(office(), {});
  ASSERT_EQ(later->size(), 1U);
  EXPECT_EQ(later->front().number, first->front().number);
  EXPECT_FALSE(later->front().fresh);
  EXPECT_EQ(later->front().added, 2U);
  EXPECT_EQ(list_cases(office(), "a.nowak")->size(), 1U);
  // Each person was noted once in the access log, as read by the service.
  const auto copy = town().store().copy_access_log();
  std::multiset<std::string> noted;
  for (const protection::AccessRow& row : copy->rows) {
    const auto entry = protection::decode_access_entry(row.entry);
    if (entry && entry->role == "service" && entry->actor == "cases" && entry->person) {
      noted.insert(std::string(view_of(*entry->person)));
    }
  }
  EXPECT_EQ(noted.size(), 14U);
  EXPECT_EQ(std::set<std::string>(noted.begin(), noted.end()).size(), 14U);
}

TEST_P(RegistrarCases, OfAComplaintUnderItsNumber) {
  const std::vector<Resident> all = residents();
  steal(all[0], "700000001", "thief");
  const SessionToken token = known(all[0]);
  const Result<std::string> number = open_complaint(office(), token, ComplaintReason::vote_not_mine,
                                                    "Nie głosowałam.", protection::Language::pl);
  ASSERT_TRUE(number.ok());
  EXPECT_EQ(open_case_of_complaint(office(), "a.nowak", "zgłoszenie", "ABCDE-ABCDE").error().code,
            ErrorCode::not_found);
  const auto opened = open_case_of_complaint(office(), "a.nowak", "zgłoszenie", *number);
  ASSERT_TRUE(opened.ok()) << opened.error().to_string();
  EXPECT_EQ(opened->number, *number);
  EXPECT_FALSE(open_case_of_complaint(office(), "a.nowak", "again", *number)->fresh);
  const Result<ExportedCase> exported = export_case(office(), "a.nowak", *number);
  ASSERT_TRUE(exported.ok()) << exported.error().to_string();
  EXPECT_EQ(exported->file.origin, cases::Origin::complaint);
  EXPECT_EQ(exported->file.voters.size(), 1U);
  EXPECT_EQ(exported->text.find("Nie głosowałam"), std::string::npos);
  // What is disowned is so in the events, and only of that person.
  const auto events = read_events(office(), "official", "a.nowak");
  EXPECT_EQ(std::ranges::count_if(*events, [](const LocatedEvent& e) { return e.event.disowned; }),
            1);
}

TEST_P(RegistrarCases, AVoteTakenBackAtAHigherLevelIsDisowned) {
  const std::vector<Resident> all = residents();
  steal(all[0], "700000001", "thief");
  steal(all[1], "700000001", "thief");
  town().now += 600;
  ASSERT_TRUE(certify(office(), at_point(all[0]), voter_key(), {"point", true}).ok());
  // Again, and the complaint too: the second vote stays theirs.
  ASSERT_TRUE(open_complaint(office(), known(all[0]), ComplaintReason::vote_not_mine, "",
                             protection::Language::pl)
                  .ok());
  const auto events = read_events(office(), "official", "a.nowak");
  std::vector<integrity::Event> disowned;
  for (const LocatedEvent& one : *events) {
    if (one.event.disowned) disowned.push_back(one.event);
  }
  ASSERT_EQ(disowned.size(), 1U);
  EXPECT_EQ(disowned[0].means, integrity::Means::contact_given);
}

TEST_P(RegistrarCases, AnswersAreForOneselfInTimeAndTheLastOneCounts) {
  const std::vector<Resident> all = residents();
  play_theft();
  const std::string number = open_case_of_cluster(office(), "a.nowak", "x", 1)->number;
  const SessionToken voter = known(all[1]);
  // Nobody was asked yet.
  EXPECT_TRUE(tell_hearings(office(), voter)->empty());
  EXPECT_EQ(answer_hearing(office(), voter, number, Answer::mine, "").error().place.field,
            "number");
  const auto heard = hear_case(office(), "a.nowak", number, cases::Clocks::standard());
  ASSERT_TRUE(heard.ok());
  const auto hearings = tell_hearings(office(), voter);
  ASSERT_EQ(hearings->size(), 1U);
  EXPECT_EQ(hearings->front().number, number);
  EXPECT_EQ(hearings->front().answer, Answer::none);
  EXPECT_EQ(hearings->front().answer_until, heard->answer_until);
  // Somebody who is in no case, a number that there is not, a session that shows too little.
  const SessionToken other = known(all[20]);
  EXPECT_TRUE(tell_hearings(office(), other)->empty());
  EXPECT_EQ(answer_hearing(office(), other, number, Answer::mine, "").error().place.field,
            "number");
  EXPECT_EQ(answer_hearing(office(), voter, "ABCDE-ABCDE", Answer::mine, "").error().place.field,
            "number");
  const SessionToken knows = identify(office(), IdentifierKind::pesel, fields_of(all[1])).value();
  EXPECT_EQ(answer_hearing(office(), knows, number, Answer::mine, "").error().code,
            ErrorCode::usage);
  EXPECT_EQ(tell_hearings(office(), knows).error().code, ErrorCode::usage);
  // The thief's own session, by the card that the vote came by.
  const SessionToken thief = identify(office(), IdentifierKind::pesel, fields_of(all[2])).value();
  ASSERT_TRUE(
      request_code(office(), thief, Channel::sms, "700000011", protection::Language::pl).ok());
  town().deliver();
  ASSERT_TRUE(check_code(office(), thief, town().code_sent_to("+48700000011")).ok());
  EXPECT_EQ(answer_hearing(office(), thief, number, Answer::mine, "").error().code,
            ErrorCode::usage);
  EXPECT_EQ(tell_hearings(office(), thief).error().code, ErrorCode::usage);

  EXPECT_EQ(answer_hearing(office(), voter, number, Answer::none, "").error().code,
            ErrorCode::malformed);
  EXPECT_EQ(answer_hearing(office(), voter, number, Answer::mine, std::string(1001, 'a'))
                .error()
                .place.field,
            "text");
  ASSERT_TRUE(answer_hearing(office(), voter, number, Answer::mine, "").ok());
  ASSERT_TRUE(answer_hearing(office(), voter, number, Answer::not_mine, "").ok());
  EXPECT_EQ(tell_hearings(office(), voter)->front().answer, Answer::not_mine);
  EXPECT_EQ(show_case(office(), "a.nowak", number)->not_mine, 1U);
  EXPECT_EQ(show_case(office(), "a.nowak", number)->mine, 0U);
  for (std::uint32_t i = 2; i < answers_per_hearing; ++i) {
    ASSERT_TRUE(answer_hearing(office(), voter, number, Answer::not_mine, "").ok());
  }
  EXPECT_EQ(answer_hearing(office(), voter, number, Answer::mine, "").error().code,
            ErrorCode::limit);
  // Too late.
  town().now = heard->answer_until;
  EXPECT_EQ(answer_hearing(office(), known(all[3]), number, Answer::not_mine, "").error().code,
            ErrorCode::conflict);
}

TEST_P(RegistrarCases, WhoCannotBeReachedIsSaidSo) {
  const std::vector<Resident> all = residents();
  play_theft();
  steal(all[23], "700000050", "thief");
  const std::string number = open_case_of_cluster(office(), "a.nowak", "x", 1)->number;
  ASSERT_TRUE(hear_case(office(), "a.nowak", number, cases::Clocks::standard()).ok());
  EXPECT_EQ(town().deliver().unreachable, 1U);
  const Result<ExportedCase> exported = export_case(office(), "a.nowak", number);
  EXPECT_EQ(
      std::ranges::count(exported->file.voters, Answer::undelivered, &cases::CaseVoter::answer), 1);
  EXPECT_EQ(show_case(office(), "a.nowak", number)->undelivered, 1U);
}

TEST_P(RegistrarCases, TheTermEndsBeforeTheCountedList) {
  play_theft();
  const std::string number = open_case_of_cluster(office(), "a.nowak", "x", 1)->number;
  const cases::Clocks& clocks = cases::Clocks::standard();
  EXPECT_EQ(hear_case(office(), "a.nowak", number, clocks, town().now).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(show_case(office(), "a.nowak", number)->asked, 0U);
  EXPECT_EQ(hear_case(office(), "a.nowak", number, clocks, town().now + 3600)->answer_until,
            town().now + 3600);
  EXPECT_EQ(hear_case(office(), "a.nowak", "ABCDE-ABCDE", clocks).error().code,
            ErrorCode::not_found);
}

TEST_P(RegistrarCases, KeepersDownLeaveEverythingAsItWas) {
  play_theft();
  const std::string number = open_case_of_cluster(office(), "a.nowak", "x", 1)->number;
  town().pseudonyms.down = true;
  EXPECT_EQ(export_case(office(), "a.nowak", number).error().code, ErrorCode::io);
  EXPECT_EQ(show_case(office(), "a.nowak", number)->version, 0U);
  town().pseudonyms.down = false;
  EXPECT_EQ(export_case(office(), "a.nowak", number)->file.version, 1U);
  EXPECT_EQ(export_case(office(), "a.nowak", "ABCDE-ABCDE").error().code, ErrorCode::not_found);
}

// The sender is killed after some messages: nobody is left out, and nobody's question is lost.
TEST_P(RegistrarCases, ASenderThatIsKilledAsksNobodyLess) {
  play_theft();
  const std::string number = open_case_of_cluster(office(), "a.nowak", "x", 1)->number;
  ASSERT_TRUE(hear_case(office(), "a.nowak", number, cases::Clocks::standard()).ok());
  town().sent.clear();
  int tries = 0;
  const SendMessage dies = [&](const OutgoingMessage& message) -> Status {
    if (++tries > 5) return Error{ErrorCode::io, "gone", {}, ""};
    town().sent.push_back(message);
    return ok_status();
  };
  const std::vector<std::string> titles = {"City", "Centrum", "Zawodzie"};
  ASSERT_TRUE(deliver_messages(office(), titles, dies, 1000).ok());
  EXPECT_EQ(show_case(office(), "a.nowak", number)->told, 5U);
  EXPECT_EQ(hear_case(office(), "a.nowak", number, cases::Clocks::standard())->asked, 0U);
  town().now += 3600;
  town().deliver();
  EXPECT_EQ(town().sent.size(), 12U);
  std::set<std::string> contacts;
  for (const OutgoingMessage& message : town().sent) contacts.insert(message.contact);
  EXPECT_EQ(contacts.size(), 12U);
  EXPECT_EQ(show_case(office(), "a.nowak", number)->told, 12U);
}

}  // namespace
}  // namespace urna::registrar
