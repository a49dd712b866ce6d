// SPDX-License-Identifier: EUPL-1.2
// The ballot box over both databases: what is acknowledged is there once, what is wrong is refused,
// and what it shows is a log that an outsider can check.
#include <atomic>
#include <gtest/gtest.h>
#include <set>
#include <thread>

#include "ballotbox/transfer.h"
#include "board/fsck.h"
#include "board/log_reader.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/record_store.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/record_store.h"
#include "test/service/postgres_server.h"
#include "test/service/voting_town.h"

namespace urna {
namespace {

using ballotbox::BallotBox;
using ballotbox::RefusalKind;
namespace sample = election::sample;
using trial::Answers;
using trial::VotingTown;

std::unique_ptr<trial::PostgresServer>& server() {
  static std::unique_ptr<trial::PostgresServer> instance;
  return instance;
}

// Every test of this fixture runs over both databases, each time a new one.
class Box : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!postgres()) return;
    if (!server()) server() = trial::PostgresServer::start();
    if (!server()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    static int number = 0;
    database_ = "box" + std::to_string(++number);
    auto connection = storage::postgres::Connection::open(server()->parameters()).value();
    ASSERT_TRUE(connection.execute(("CREATE DATABASE " + database_).c_str()));
  }
  [[nodiscard]] static bool postgres() { return std::string_view(GetParam()) == "postgres"; }
  [[nodiscard]] std::unique_ptr<ballotbox::RecordStore> store() const {
    auto opened = postgres() ? storage::postgres::open_record_store(server()->parameters(database_))
                             : storage::sqlite::open_record_store(folder_.file("box.db"));
    EXPECT_TRUE(opened) << opened.error().to_string();
    return std::move(opened).value();
  }
  std::unique_ptr<BallotBox> box(const VotingTown& town,
                                 std::optional<ballotbox::Settings> settings = {}) const {
    auto opened = BallotBox::open(store(), town.key, settings.value_or(town.settings()));
    EXPECT_TRUE(opened) << opened.error().to_string();
    return std::move(opened).value();
  }
  // Changes the database behind the program's back.
  void tamper(const std::string& sql) const {
    if (postgres()) {
      auto connection =
          storage::postgres::Connection::open(server()->parameters(database_)).value();
      ASSERT_TRUE(connection.execute(sql.c_str()));
    } else {
      auto database = storage::sqlite::Database::open(folder_.file("box.db")).value();
      ASSERT_TRUE(database.execute(sql));
    }
  }

  trial::Folder folder_;
  std::string database_;
};

INSTANTIATE_TEST_SUITE_P(Stores, Box, ::testing::Values("sqlite", "postgres"),
                         [](const auto& which) { return std::string(which.param); });

const ballotbox::Acknowledgement& receipt_of(
    const std::map<std::size_t, ballotbox::Outcome>& outcomes, std::size_t number) {
  const auto* acknowledgement = trial::acknowledged(outcomes.at(number));
  if (acknowledgement == nullptr) {
    ADD_FAILURE() << number
                  << " refused: " << trial::refused(outcomes.at(number))->error.to_string();
    static const ballotbox::Acknowledgement none;
    return none;
  }
  return *acknowledgement;
}

TEST_P(Box, AcknowledgesWithReceiptsThatHold) {
  VotingTown town(40);
  town.fill(*store());
  const auto box = this->box(town);
  Answers answers;
  std::vector<std::string> ballots;
  for (std::uint8_t i = 0; i < 40; ++i) {
    const auto voter = town.voter(i);
    ballots.push_back(town.first_ballot(voter));
    box->accept(ballots.back(), town.ticket(voter), answers.expect(i));
  }
  std::set<std::uint64_t> places;
  const board::LogKey log = town.key.verifier_key();
  for (const auto& [number, outcome] : answers.wait()) {
    const auto& acknowledgement = receipt_of(answers.wait(), number);
    EXPECT_FALSE(acknowledgement.recorded_before);
    EXPECT_TRUE(places.insert(acknowledgement.index).second);
    EXPECT_EQ(acknowledgement.receipt.index, acknowledgement.index);
    EXPECT_EQ(acknowledgement.receipt.leaf, board::leaf_hash(ballots[number]));
    EXPECT_TRUE(board::verify_receipt(acknowledgement.receipt, log, {}, 0));
  }
  EXPECT_EQ(places.size(), 40U);
  const auto overview = box->overview();
  EXPECT_EQ(overview.size, *places.rbegin() + 1);
  EXPECT_EQ(overview.ballots, 40U);
  EXPECT_TRUE(overview.accepting);
  const auto later = box->receipt(election::entry_hash(ballots[7]));
  ASSERT_TRUE(later);
  EXPECT_TRUE(board::verify_receipt(*later, log, {}, 0));
  EXPECT_FALSE(box->receipt(election::EntryHash{}));
}

TEST_P(Box, RecordsARepetitionOnce) {
  VotingTown town(2);
  town.fill(*store());
  const auto voter = town.voter(0);
  const std::string ballot = town.first_ballot(voter);
  std::uint64_t index = 0;
  {
    const auto box = this->box(town);
    Answers answers;
    for (std::size_t i = 0; i < 20; ++i) {
      box->accept(ballot, town.ticket(voter), answers.expect(i));
    }
    std::size_t first = 0;
    for (const auto& [number, outcome] : answers.wait()) {
      const auto& acknowledgement = receipt_of(answers.wait(), number);
      index = acknowledgement.index;
      first += acknowledgement.recorded_before ? 0U : 1U;
      EXPECT_TRUE(board::verify_receipt(acknowledgement.receipt, town.key.verifier_key(), {}, 0));
    }
    EXPECT_EQ(first, 1U);
    EXPECT_EQ(box->overview().ballots, 1U);
  }
  // And after a restart.
  const auto box = this->box(town);
  Answers answers;
  box->accept(ballot, town.ticket(voter), answers.expect(0));
  EXPECT_TRUE(receipt_of(answers.wait(), 0).recorded_before);
  EXPECT_EQ(receipt_of(answers.wait(), 0).index, index);
}

TEST_P(Box, RefusesWhatDoesNotHoldAndTakesItsNeighbours) {
  VotingTown town(60);
  town.fill(*store());
  const auto box = this->box(town);
  Answers answers;
  for (std::uint8_t i = 0; i < 60; ++i) {
    const auto voter = town.voter(i);
    std::string ballot = town.first_ballot(voter);
    std::string ticket = town.ticket(voter);
    switch (i) {
      case 7: {  // a proof of another ballot
        election::Ballot forged =
            std::get<election::Ballot>(election::decode_entry(ballot).value());
        forged.proof =
            std::get<election::Ballot>(election::decode_entry(town.first_ballot(voter)).value())
                .proof;
        sign(forged, voter.key);
        ballot = encode(forged);
        break;
      }
      case 8:  // a byte of the signature
        ballot.back() = static_cast<char>(ballot.back() ^ 1);
        break;
      case 9: {  // a certificate that the registrar did not sign
        election::Ballot forged =
            std::get<election::Ballot>(election::decode_entry(ballot).value());
        forged.certificate = election::issue_certificate(
            town.edition.hash, proof::SigningKey::random(), voter.pseudonym, voter.key.key, 3,
            town.board.all_pools, sample::opening_time, 99);
        sign(forged, voter.key);
        ballot = encode(forged);
        break;
      }
      case 10:
        ticket = "";
        break;
      case 11:  // somebody else's ticket
        ticket = town.ticket(town.voter(12));
        break;
      case 13:
        ballot += "x";
        break;
      case 14:
        ballot = encode(town.board.closing());
        break;
      default:
        break;
    }
    box->accept(ballot, ticket, answers.expect(i));
  }
  const std::set<std::size_t> wrong = {7, 8, 9, 10, 11, 13, 14};
  for (const auto& [number, outcome] : answers.wait()) {
    if (!wrong.contains(number)) {
      EXPECT_TRUE(trial::acknowledged(outcome)) << number;
      continue;
    }
    ASSERT_TRUE(trial::refused(outcome)) << number;
    EXPECT_EQ(trial::refused(outcome)->kind, RefusalKind::malformed) << number;
  }
  EXPECT_EQ(box->overview().ballots, 60U - wrong.size());
  EXPECT_EQ(box->counters().refused_malformed, wrong.size());
  EXPECT_EQ(box->counters().waiting, 0U);
}

TEST_P(Box, TakesOneOfSeveralFirstBallots) {
  VotingTown town(3);
  town.fill(*store());
  const auto box = this->box(town);
  const auto voter = town.voter(0);
  Answers answers;
  std::vector<std::string> ballots;
  for (std::size_t i = 0; i < 10; ++i) {
    ballots.push_back(town.first_ballot(voter));
    box->accept(ballots.back(), town.ticket(voter), answers.expect(i));
  }
  std::size_t taken = 0;
  std::size_t which = 0;
  for (const auto& [number, outcome] : answers.wait()) {
    if (trial::acknowledged(outcome)) {
      ++taken;
      which = number;
    } else {
      EXPECT_EQ(trial::refused(outcome)->kind, RefusalKind::conflict);
    }
  }
  EXPECT_EQ(taken, 1U);
  // The next one must name it.
  const auto next = box->next_ballot(voter.pseudonym, {0});
  EXPECT_EQ(next.counter, 1U);
  EXPECT_EQ(next.previous, election::entry_hash(ballots[which]));
  Answers second;
  box->accept(town.next_ballot(voter, ballots[which], 1), town.ticket(voter), second.expect(0));
  EXPECT_TRUE(trial::acknowledged(second.wait().at(0)));
}

TEST_P(Box, ShowsALogThatAnOutsiderCanCheck) {
  VotingTown town(250);
  town.fill(*store());
  const auto box = this->box(town);
  Answers answers;
  for (std::size_t i = 0; i < 250; ++i) {
    const auto voter = town.voter(static_cast<std::uint32_t>(i));
    box->accept(town.first_ballot(voter), town.ticket(voter), answers.expect(i));
  }
  answers.wait();
  // More than one bundle, and a partial one. Written from C2SP tlog-tiles: fetch what a tree of
  // that size has.
  const std::uint64_t size = box->overview().size;
  ASSERT_GT(size, 256U);
  const trial::Folder copy;
  const auto fetch = [&](const std::string& path) {
    const auto bytes = box->file(path);
    ASSERT_TRUE(bytes);
    ASSERT_TRUE(*bytes) << path;
    std::filesystem::create_directories(std::filesystem::path(copy.file(path)).parent_path());
    FILE* file = std::fopen(copy.file(path).c_str(), "wb");
    ASSERT_EQ(std::fwrite((*bytes)->data(), 1, (*bytes)->size(), file), (*bytes)->size());
    std::fclose(file);
  };
  fetch("checkpoint");
  for (const board::TilePlace& place : board::tiles_of(size)) fetch(place.path());
  const board::LogKey key = town.key.verifier_key();
  const auto report = board::fsck(copy.path(), &key, {}, 0);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->checkpoint.size, size);
  // Earlier partial tiles stay; what the tree does not have is not there.
  EXPECT_TRUE(box->file("tile/entries/000.p/13").value());
  EXPECT_TRUE(box->file("tile/0/000.p/13").value());
  EXPECT_FALSE(box->file("tile/0/002").value());
  EXPECT_FALSE(box->file("tile/entries/001").value());
  EXPECT_FALSE(box->file("tile/entries/../checkpoint").value());
  EXPECT_EQ(box->file("manifest.cbor").value(), town.edition.bytes);
  EXPECT_FALSE(box->file("box.db").value());
}

TEST_P(Box, ClosesAndTakesNoMore) {
  VotingTown town(3);
  town.fill(*store());
  const auto box = this->box(town);
  const auto first = town.voter(0);
  const auto late = town.voter(1);
  Answers answers;
  box->accept(town.first_ballot(first), town.ticket(first), answers.expect(0));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(0)));
  box->submit(encode(town.board.closing()), answers.expect(1));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(1)));
  const std::uint64_t size = box->overview().size;
  EXPECT_EQ(box->file(election::checkpoint_path(size)).value(), box->overview().checkpoint);
  box->accept(town.first_ballot(late), town.ticket(late), answers.expect(2));
  ASSERT_TRUE(trial::refused(answers.wait().at(2)));
  EXPECT_EQ(trial::refused(answers.wait().at(2))->kind, RefusalKind::not_now);
  box->submit(encode(town.board.issuance()), answers.expect(3));
  EXPECT_TRUE(trial::acknowledged(answers.wait().at(3)));
  EXPECT_EQ(box->overview().phase, election::Phase::annulments);
  // A mix is not for strangers to hand in here.
  box->submit(encode(town.board.state().counted_entry({0})), answers.expect(4));
  EXPECT_EQ(trial::refused(answers.wait().at(4))->kind, RefusalKind::malformed);
}

// The newest note of a box with the witness's signature, as a witness that serves would give it.
std::string cosigned(const BallotBox& box) {
  board::UnverifiedNote note = board::UnverifiedNote::parse(box.newest_note()).value();
  EXPECT_TRUE(
      note.add(board::cosign(note.checkpoint, VotingTown::witness(), 1'800'000'000).value()));
  return note.to_string();
}

TEST_P(Box, ShowsWhatTheWitnessCosignedAndWaitsForItAfterTheClosing) {
  VotingTown town(3, 1, VotingTown::Witnesses::one);
  town.fill(*store());
  auto box = this->box(town);
  const std::vector<board::WitnessKey> witnesses = {VotingTown::witness().verifier_key()};
  const auto is_cosigned = [&](const std::string& note) {
    return board::verify_checkpoint(note, town.key.verifier_key(), witnesses, 1).ok();
  };
  // Recorded on the thread that records, so a moment later.
  const auto eventually = [](const auto& holds) {
    for (int attempt = 0; attempt < 500 && !holds(); ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return holds();
  };
  Answers answers;
  const auto voter = town.voter(0);
  const std::string ballot = town.first_ballot(voter);
  box->accept(ballot, town.ticket(voter), answers.expect(0));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(0)));
  EXPECT_EQ(box->overview().cosigned_size, 0U);
  const std::string early = cosigned(*box);
  ASSERT_TRUE(box->show_cosigned(early));
  EXPECT_EQ(box->file("checkpoint").value(), early);
  EXPECT_EQ(box->receipt(election::entry_hash(ballot))->checkpoint_note, early);

  box->submit(encode(town.board.closing()), answers.expect(1));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(1)));
  EXPECT_EQ(box->file("checkpoint").value(), early) << "what nobody cosigned is not shown";
  const std::string issuance = encode(town.board.issuance());
  box->submit(issuance, answers.expect(2));
  ASSERT_TRUE(trial::refused(answers.wait().at(2)));
  EXPECT_EQ(trial::refused(answers.wait().at(2))->kind, RefusalKind::busy);

  EXPECT_FALSE(box->show_cosigned(box->newest_note())) << "without the witness";
  const std::string late = cosigned(*box);
  ASSERT_TRUE(box->show_cosigned(late));
  EXPECT_FALSE(box->show_cosigned(early)) << "older than what is shown";
  const std::string kept = election::checkpoint_path(box->overview().size);
  EXPECT_TRUE(eventually([&] { return is_cosigned(box->file(kept).value().value_or("")); }));
  EXPECT_TRUE(eventually([&] { return is_cosigned(box->newest_note()); }));

  box.reset();
  box = this->box(town);
  EXPECT_EQ(box->overview().cosigned_size, box->overview().size) << "also after a restart";
  box->submit(issuance, answers.expect(3));
  EXPECT_TRUE(trial::acknowledged(answers.wait().at(3)));
}

TEST_P(Box, KeepsTheHoursOfTheEdition) {
  VotingTown town(2);
  town.fill(*store());
  const auto voter = town.voter(0);
  for (const std::uint64_t now : {sample::opening_time - 1, sample::closing_time}) {
    auto settings = town.settings();
    settings.clock = [now] { return now; };
    const auto box = this->box(town, settings);
    EXPECT_FALSE(box->overview().accepting);
    Answers answers;
    box->accept(town.first_ballot(voter), town.ticket(voter), answers.expect(0));
    ASSERT_TRUE(trial::refused(answers.wait().at(0)));
    EXPECT_EQ(trial::refused(answers.wait().at(0))->kind, RefusalKind::not_now);
  }
  auto settings = town.settings();
  settings.clock = [] { return sample::opening_time; };  // the certificate is of an hour later
  settings.opens = 0;
  const auto box = this->box(town, settings);
  Answers answers;
  auto early = town.voter(1);
  early.certificate = election::issue_certificate(
      town.edition.hash, town.edition.registrar, early.pseudonym, early.key.key, 3,
      town.board.all_pools, sample::opening_time + 3 * 3600, 77);
  box->accept(town.first_ballot(early), town.ticket(early), answers.expect(0));
  EXPECT_EQ(trial::refused(answers.wait().at(0))->kind, RefusalKind::malformed);
}

TEST_P(Box, FreezesABallotForOneOfficialAndLetsTwoDecide) {
  VotingTown town(2);
  town.fill(*store());
  auto box = this->box(town);
  const auto voter = town.voter(0);
  const std::string ballot = town.first_ballot(voter);
  Answers answers;
  box->accept(ballot, town.ticket(voter), answers.expect(0));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(0)));
  const election::NamedBallot named{{trial::acknowledged(answers.wait().at(0))->index},
                                    election::entry_hash(ballot)};
  const auto frozen = [&] {
    std::size_t count = 0;
    EXPECT_TRUE(
        box->look([&](const election::BoardState& state) { count = state.frozen().size(); }));
    return count;
  };

  election::Freeze freeze{town.edition.hash, {named}, "ABCDE-FGHJK", "complaint", {}};
  election::sign(freeze, {1}, town.edition.officials[1]);
  election::Upholding upholding{
      town.edition.hash, named.index,       named.hash, election::Lifted::freeze,
      "ABCDE-FGHJK",     "voter-confirmed", {}};
  town.board.official_sign(upholding);
  box->submit(encode(upholding), answers.expect(1));
  ASSERT_TRUE(trial::refused(answers.wait().at(1)));
  EXPECT_EQ(trial::refused(answers.wait().at(1))->kind, RefusalKind::conflict);
  box->submit(encode(freeze), answers.expect(2));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(2)));
  EXPECT_EQ(frozen(), 1U);
  // It is still so for a box that reads it all anew.
  box.reset();
  box = this->box(town);
  EXPECT_EQ(frozen(), 1U);
  box->submit(encode(upholding), answers.expect(3));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(3)));
  EXPECT_EQ(frozen(), 0U);
  // Signed anew, which are other bytes; the same bytes are a repetition and change nothing.
  election::sign(freeze, {1}, town.edition.officials[1]);
  box->submit(encode(freeze), answers.expect(4));
  EXPECT_TRUE(trial::refused(answers.wait().at(4)));
  EXPECT_EQ(frozen(), 0U);
}

TEST_P(Box, FollowsAnExtensionAtOnceAndTakesNoneWhenTheVotingIsOver) {
  VotingTown town(2);
  town.fill(*store());
  const std::string extension = encode(town.board.extension());
  std::atomic<std::uint64_t> now = sample::closing_time;
  auto settings = town.settings();
  settings.clock = [&now] { return now.load(); };
  auto box = this->box(town, settings);
  Answers answers;
  box->submit(extension, answers.expect(0));
  ASSERT_TRUE(trial::refused(answers.wait().at(0)));
  EXPECT_EQ(trial::refused(answers.wait().at(0))->kind, RefusalKind::not_now);
  EXPECT_TRUE(box->overview().extensions.empty());

  now = sample::closing_time - 1;
  box->submit(extension, answers.expect(1));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(1)));
  now = sample::closing_time;
  EXPECT_EQ(box->overview().closes, sample::closing_time + 86'400);
  EXPECT_TRUE(box->overview().accepting);
  ASSERT_EQ(box->overview().extensions.size(), 1U);
  EXPECT_EQ(box->overview().extensions[0].reason_en, "A network failure");
  const auto voter = town.voter(0);
  box->accept(town.first_ballot(voter), town.ticket(voter), answers.expect(2));
  EXPECT_TRUE(trial::acknowledged(answers.wait().at(2)));
  // Again the same bytes: recorded before, though it came too late by the old end.
  box->submit(extension, answers.expect(3));
  ASSERT_TRUE(trial::acknowledged(answers.wait().at(3)));
  EXPECT_TRUE(trial::acknowledged(answers.wait().at(3))->recorded_before);

  // A setting of the end holds no longer, also after a restart.
  box.reset();
  settings.closes = sample::closing_time + 10;
  now = sample::closing_time + 20;
  box = this->box(town, settings);
  EXPECT_EQ(box->overview().closes, sample::closing_time + 86'400);
  const auto second = town.voter(1);
  box->accept(town.first_ballot(second), town.ticket(second), answers.expect(4));
  EXPECT_TRUE(trial::acknowledged(answers.wait().at(4)));
  now = sample::closing_time + 86'400;
  EXPECT_FALSE(box->overview().accepting);
}

TEST_P(Box, TellsManyToComeAgain) {
  VotingTown town(60);
  town.fill(*store());
  auto settings = town.settings();
  settings.waiting_max = 5;
  const auto box = this->box(town, settings);
  std::vector<std::pair<std::string, std::string>> ballots;
  for (std::uint8_t i = 0; i < 60; ++i) {
    const auto voter = town.voter(i);
    ballots.emplace_back(town.first_ballot(voter), town.ticket(voter));
  }
  Answers answers;
  for (std::size_t i = 0; i < ballots.size(); ++i) {
    box->accept(ballots[i].first, ballots[i].second, answers.expect(i));
  }
  std::size_t taken = 0;
  for (const auto& [number, outcome] : answers.wait()) {
    if (trial::acknowledged(outcome)) {
      ++taken;
    } else {
      EXPECT_EQ(trial::refused(outcome)->kind, RefusalKind::busy);
    }
  }
  EXPECT_GE(taken, 5U);
  EXPECT_LT(taken, 60U);
  EXPECT_EQ(box->overview().ballots, taken);
}

TEST_P(Box, PassesNoticesOnOnce) {
  VotingTown town(12);
  town.fill(*store());
  const auto box = this->box(town);
  Answers answers;
  for (std::uint8_t i = 0; i < 12; ++i) {
    const auto voter = town.voter(i);
    const std::string ballot = town.first_ballot(voter);
    box->accept(ballot, town.ticket(voter), answers.expect(i));
  }
  answers.wait();
  const auto some = box->notices(5).value();
  ASSERT_EQ(some.size(), 5U);
  EXPECT_EQ(some[0].sealed, std::string(2, '\0') + std::string(72, 's'));
  std::vector<std::int64_t> ids;
  for (const auto& notice : some) ids.push_back(notice.id);
  ASSERT_TRUE(box->forget_notices(ids));
  EXPECT_EQ(box->notices(100).value().size(), 7U);
}

TEST_P(Box, DeletesNoticesThatNobodyTookAndKeepsTheRecord) {
  VotingTown town(3);
  town.fill(*store());
  ballotbox::Settings settings = town.settings();
  std::atomic<std::uint64_t> now = settings.clock();
  settings.clock = [&now] { return now.load(); };
  const auto box = this->box(town, settings);
  Answers answers;
  for (std::uint8_t i = 0; i < 3; ++i) {
    const auto voter = town.voter(i);
    box->accept(town.first_ballot(voter), town.ticket(voter), answers.expect(i));
  }
  answers.wait();
  const std::uint64_t size = box->overview().size;
  protection::EditionDates dates;
  EXPECT_EQ(box->delete_what_is_due(dates).value(), 0U) << "not closed";
  dates.voting_closed = dates.protests_over = date_of(now);
  now = unix_seconds_of(*dates.voting_closed) + 31ULL * 86'400 - 1;
  EXPECT_EQ(box->delete_what_is_due(dates).value(), 0U) << "the thirtieth day after it";
  EXPECT_EQ(box->notices(100).value().size(), 3U);
  now += 1;
  dates.legal_hold = true;
  EXPECT_EQ(box->delete_what_is_due(dates).value(), 0U) << "a hold";
  dates.legal_hold = false;
  EXPECT_EQ(box->delete_what_is_due(dates).value(), 3U);
  EXPECT_TRUE(box->notices(100).value().empty());
  now += 36'525ULL * 86'400;
  EXPECT_EQ(box->delete_what_is_due(dates).value(), 0U);
  EXPECT_EQ(store()->head().value().size, size) << "the record is public and stays";
}

TEST_P(Box, NoticesAChangedRow) {
  VotingTown town(6);
  town.fill(*store());
  std::uint64_t size = 0;
  {
    const auto box = this->box(town);
    Answers answers;
    for (std::uint8_t i = 0; i < 6; ++i) {
      const auto voter = town.voter(i);
      box->accept(town.first_ballot(voter), town.ticket(voter), answers.expect(i));
    }
    answers.wait();
    size = box->overview().size;
  }
  const std::string last = std::to_string(size - 1);
  const std::string earlier = std::to_string(size - 2);
  tamper("UPDATE entry SET idx = " + std::to_string(size) + " WHERE idx = " + last);
  EXPECT_FALSE(BallotBox::open(store(), town.key, town.settings())) << "a gap";
  tamper("DELETE FROM entry WHERE idx = " + std::to_string(size));
  const auto shorter = BallotBox::open(store(), town.key, town.settings());
  ASSERT_FALSE(shorter) << "the last row removed";
  EXPECT_NE(shorter.error().message.find("checkpoint"), std::string::npos);
  tamper("INSERT INTO entry SELECT " + last + ", bytes FROM entry WHERE idx = " + earlier);
  EXPECT_FALSE(BallotBox::open(store(), town.key, town.settings())) << "another row's bytes";
}

TEST_P(Box, ImportsAndExportsRecords) {
  VotingTown town(8);
  town.fill(*store());
  const trial::Folder copy;
  const std::string folder = copy.file("record");
  {
    const auto box = this->box(town);
    Answers answers;
    for (std::uint8_t i = 0; i < 8; ++i) {
      const auto voter = town.voter(i);
      box->accept(town.first_ballot(voter), town.ticket(voter), answers.expect(i));
    }
    answers.wait();
    box->submit(encode(town.board.closing()), answers.expect(8));
    box->submit(encode(town.board.issuance()), answers.expect(9));
    answers.wait();
  }
  const auto exported = ballotbox::export_record(*store(), folder, town.key);
  ASSERT_TRUE(exported) << exported.error().to_string();
  // The tally goes on in the folder; a running box takes up what it adds.
  const auto box = this->box(town);
  {
    auto record = election::RecordWriter::open(folder, town.key);
    ASSERT_TRUE(record) << record.error().to_string();
    EXPECT_EQ(record->state().ballots(), 8U);
    ASSERT_TRUE(record->add(encode(record->state().counted_entry({0}))));
    ASSERT_TRUE(record->commit());
  }
  const auto imported = ballotbox::import_record(folder, *store());
  ASSERT_TRUE(imported) << imported.error().to_string();
  EXPECT_EQ(imported->entries, 1U);
  const auto again = ballotbox::import_record(folder, *store());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->entries, 0U);
  EXPECT_EQ(again->files, 0U);
  for (int i = 0; i < 200 && box->overview().size != imported->size; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(box->overview().size, imported->size);
  EXPECT_EQ(box->overview().phase, election::Phase::pools);

  // A record of another edition, and one that has lost its end.
  VotingTown other(8);
  const std::string strange = copy.file("strange");
  {
    auto record = election::RecordWriter::create(strange, other.edition.bytes, other.key);
    ASSERT_TRUE(record);
  }
  EXPECT_EQ(ballotbox::import_record(strange, *store()).error().code, ErrorCode::conflict);
}

// ---- What only a shared database can do

class Shared : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server()) server() = trial::PostgresServer::start();
    if (!server()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    static int number = 0;
    database_ = "shared" + std::to_string(++number);
    auto connection = storage::postgres::Connection::open(server()->parameters()).value();
    ASSERT_TRUE(connection.execute(("CREATE DATABASE " + database_).c_str()));
  }
  static void TearDownTestSuite() { server().reset(); }
  [[nodiscard]] std::unique_ptr<ballotbox::RecordStore> store() const {
    return storage::postgres::open_record_store(server()->parameters(database_)).value();
  }
  std::string database_;
};

TEST_F(Shared, TwoBoxesTakeOneBallotOfEachPerson) {
  VotingTown town(25);
  town.fill(*store());
  const auto one = BallotBox::open(store(), town.key, town.settings()).value();
  const auto other = BallotBox::open(store(), town.key, town.settings()).value();
  // Two different first ballots of each person, each sent to both boxes.
  Answers answers;
  std::vector<std::string> ballots;
  std::vector<std::thread> clients;
  for (std::uint8_t i = 0; i < 25; ++i) {
    const auto voter = town.voter(i);
    for (std::size_t k = 0; k < 2; ++k) {
      const std::string ballot = town.first_ballot(voter);
      const std::string ticket = town.ticket(voter);
      const std::size_t number = 4 * i + 2 * k;
      ballots.push_back(ballot);
      auto first = answers.expect(number);
      auto second = answers.expect(number + 1);
      clients.emplace_back([&, ballot, ticket, first, second] {
        one->accept(ballot, ticket, first);
        other->accept(ballot, ticket, second);
      });
    }
  }
  for (std::thread& client : clients) client.join();
  std::map<std::uint64_t, std::set<std::size_t>> by_index;
  for (const auto& [number, outcome] : answers.wait()) {
    const auto* acknowledgement = trial::acknowledged(outcome);
    if (acknowledgement == nullptr) {
      EXPECT_EQ(trial::refused(outcome)->kind, RefusalKind::conflict)
          << trial::refused(outcome)->error.to_string();
      continue;
    }
    EXPECT_TRUE(board::verify_receipt(acknowledgement->receipt, town.key.verifier_key(), {}, 0));
    by_index[acknowledgement->index].insert(number / 2);
  }
  EXPECT_EQ(by_index.size(), 25U) << "one place on the board for each person";
  std::set<std::size_t> persons;
  for (const auto& [index, which] : by_index) {
    EXPECT_EQ(which.size(), 1U) << "one ballot at a place";
    persons.insert(*which.begin() / 2);
  }
  EXPECT_EQ(persons.size(), 25U);
  for (int i = 0; i < 100 && one->overview().size != other->overview().size; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(one->overview().checkpoint, other->overview().checkpoint);
  EXPECT_EQ(one->overview().ballots, 25U);
}

TEST_F(Shared, A30SurvivesTheDatabaseBeingKilled) {
  VotingTown town(200);
  town.fill(*store());
  const auto box = BallotBox::open(store(), town.key, town.settings()).value();
  Answers answers;
  std::vector<std::string> ballots;
  std::vector<std::string> tickets;
  for (std::size_t i = 0; i < 200; ++i) {
    const auto voter = town.voter(static_cast<std::uint32_t>(i));
    ballots.push_back(town.first_ballot(voter));
    tickets.push_back(town.ticket(voter));
  }
  std::atomic<bool> done = false;
  std::thread killer([&] {
    while (!done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
      EXPECT_TRUE(server()->stop("immediate"));
      EXPECT_TRUE(server()->restart());
    }
  });
  for (std::size_t i = 0; i < 200; ++i) {
    box->accept(ballots[i], tickets[i], answers.expect(i));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const auto outcomes = answers.wait();
  done = true;
  killer.join();
  // Whoever was refused sends again, and was not told that the ballot is wrong.
  Answers second;
  for (const auto& [number, outcome] : outcomes) {
    if (!trial::acknowledged(outcome)) {
      EXPECT_NE(trial::refused(outcome)->kind, RefusalKind::malformed);
      box->accept(ballots[number], tickets[number], second.expect(number));
    }
  }
  for (const auto& [number, outcome] : second.wait()) {
    EXPECT_TRUE(trial::acknowledged(outcome)) << trial::refused(outcome)->error.to_string();
  }
  const auto again = BallotBox::open(store(), town.key, town.settings()).value();
  EXPECT_EQ(again->overview().ballots, 200U);
  for (const std::string& ballot : ballots) {
    const auto receipt = again->receipt(election::entry_hash(ballot));
    ASSERT_TRUE(receipt);
    EXPECT_TRUE(board::verify_receipt(*receipt, town.key.verifier_key(), {}, 0));
  }
  for (const auto& [number, outcome] : outcomes) {
    const auto* acknowledgement = trial::acknowledged(outcome);
    if (acknowledgement == nullptr) continue;
    EXPECT_EQ(again->receipt(election::entry_hash(ballots[number]))->index, acknowledgement->index)
        << "what was acknowledged stays where it was";
  }
}

}  // namespace
}  // namespace urna
