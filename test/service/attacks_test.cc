// SPDX-License-Identifier: EUPL-1.2
// Attack stories against the board that take keys or bytes which no client of the API has
// (docs/attacks.md).
#include <gtest/gtest.h>

#include "ballotbox/transfer.h"
#include "board/log_reader.h"
#include "storage/sqlite/record_store.h"
#include "tally/keeper.h"
#include "test/service/voting_town.h"
#include "verify/verify.h"

namespace urna {
namespace {

using ballotbox::BallotBox;
using ballotbox::RefusalKind;
using election::Ballot;
using election::sample::Voter;
using trial::Answers;
using trial::VotingTown;

std::unique_ptr<ballotbox::RecordStore> open_store(const trial::Folder& folder) {
  return storage::sqlite::open_record_store(folder.file("box.db")).value();
}

ballotbox::Outcome accept(BallotBox& box, const std::string& ballot, const std::string& ticket) {
  Answers answers;
  box.accept(ballot, ticket, answers.expect(0));
  return answers.wait().at(0);
}

Ballot decoded(const std::string& bytes) {
  return std::get<Ballot>(election::decode_entry(bytes).value());
}

// What somebody with the ballot box's database and the board's key can do: entries of their own,
// under a checkpoint that is signed as it should be.
void put_behind_the_back(ballotbox::RecordStore& store, const VotingTown& town,
                         const std::vector<std::string>& entries) {
  board::MerkleTree tree;
  const auto result = store.append(
      0,
      [&](std::uint64_t, std::string_view entry) {
        tree.append(board::leaf_hash(entry));
        return ok_status();
      },
      [&]() -> Result<ballotbox::Round> {
        ballotbox::Round round;
        round.entries = entries;
        for (const std::string& entry : entries) tree.append(board::leaf_hash(entry));
        round.checkpoint =
            board::sign_checkpoint({"board.example/2026", tree.size(), tree.root(tree.size())},
                                   town.key)
                .value();
        return round;
      });
  ASSERT_EQ(result.ending, ballotbox::Ending::committed);
}

// What the verifier says of the record as far as it goes.
verify::Finding verdict_of(ballotbox::RecordStore& store, const VotingTown& town,
                           const std::string& folder) {
  const auto written = ballotbox::export_record(store, folder, town.key);
  EXPECT_TRUE(written) << written.error().to_string();
  const auto verdict = verify::verify_record(folder, {});
  EXPECT_TRUE(verdict && verdict->refused);
  return verdict && verdict->refused ? *verdict->refused : verify::Finding();
}

TEST(Attacks, A27ABallotCopiedFromTheBoardIsNotTakenAsOnesOwn) {
  trial::Folder folder;
  VotingTown town(3, 2);
  town.fill(*open_store(folder));
  const auto box = BallotBox::open(open_store(folder), town.key, town.settings()).value();
  const Voter victim = town.voter(0);
  const Voter thief = town.voter(1);
  const std::string original = town.first_ballot(victim);
  ASSERT_NE(trial::acknowledged(accept(*box, original, town.ticket(victim))), nullptr);

  std::vector<std::pair<std::string, Ballot>> copies;
  Ballot copy = decoded(original);
  copy.certificate = thief.certificate;
  copies.emplace_back("under the thief's certificate, with the victim's signature", copy);
  sign(copy, thief.key);
  copies.emplace_back("under the thief's certificate and signature", copy);
  copy.pool = {1};
  sign(copy, thief.key);
  copies.emplace_back("in another pool", copy);
  copy = decoded(original);
  sign(copy, thief.key);
  copies.emplace_back("under the victim's certificate, signed by the thief", copy);
  copy = decoded(town.first_ballot(thief));
  copy.ciphertext = decoded(original).ciphertext;
  sign(copy, thief.key);
  copies.emplace_back("with a proof of the thief's own for another ciphertext", copy);
  for (const auto& [how, forged] : copies) {
    const auto outcome = accept(*box, encode(forged), town.ticket(thief));
    ASSERT_NE(trial::refused(outcome), nullptr) << how;
    EXPECT_EQ(trial::refused(outcome)->kind, RefusalKind::malformed) << how;
  }
  // The same bytes are the same ballot, whoever sends them.
  const auto again = accept(*box, original, town.ticket(victim));
  ASSERT_NE(trial::acknowledged(again), nullptr);
  EXPECT_TRUE(trial::acknowledged(again)->recorded_before);
  EXPECT_EQ(box->overview().ballots, 1U);
  EXPECT_NE(trial::acknowledged(accept(*box, town.first_ballot(thief), town.ticket(thief))),
            nullptr)
      << "the thief's own vote is not lost";

  // Put onto the board by who keeps it, they are found by anybody.
  for (const auto& [how, forged] : copies) {
    trial::Folder other;
    const auto store = open_store(other);
    town.fill(*store);
    const std::uint64_t first = town.beginning().entries.size();
    put_behind_the_back(*store, town, {original, encode(forged)});
    const verify::Finding finding = verdict_of(*store, town, other.file("record"));
    EXPECT_EQ(finding.step, verify::Step::ballots) << how << ": " << finding.what;
    EXPECT_NE(finding.where.find("entry " + std::to_string(first + 1)), std::string::npos)
        << how << ": " << finding.where;
  }
}

TEST(Attacks, A25TheBallotBoxCannotAddABallotForWhoDidNotVote) {
  VotingTown town(3);
  const Voter honest = town.voter(0);
  const std::string cast = town.first_ballot(honest);

  std::vector<std::pair<std::string, std::string>> forgeries;
  const election::sample::Edition& edition = town.edition;
  const auto self_made = [&](const proof::SigningKey& signer, const election::Pseudonym& whose) {
    Voter voter;
    voter.pseudonym = whose;
    voter.certificate = election::issue_certificate(
        edition.hash, signer, whose, voter.key.key, 3, town.board.all_pools,
        election::sample::opening_time + 3600, town.board.next_serial);
    return town.first_ballot(voter);
  };
  forgeries.emplace_back("a certificate that another key has signed",
                         self_made(proof::SigningKey::random(), VotingTown::pseudonym(1)));
  forgeries.emplace_back("the registrar's key, but nobody of the roll",
                         self_made(edition.registrar, VotingTown::pseudonym(77)));
  Ballot stolen = decoded(town.first_ballot(town.voter(1)));
  const proof::SigningKey own = proof::SigningKey::random();
  stolen.certificate.voter_key = own.key;
  sign(stolen, own);
  forgeries.emplace_back("a person's certificate with another key in it", encode(stolen));
  for (const auto& [how, forged] : forgeries) {
    trial::Folder folder;
    const auto store = open_store(folder);
    town.fill(*store);
    const std::uint64_t first = town.beginning().entries.size();
    put_behind_the_back(*store, town, {cast, forged});
    const verify::Finding finding = verdict_of(*store, town, folder.file("record"));
    EXPECT_EQ(finding.step, verify::Step::ballots) << how << ": " << finding.what;
    EXPECT_NE(finding.where.find("entry " + std::to_string(first + 1)), std::string::npos)
        << how << ": " << finding.where;
  }
}

// With the registrar's key as well a ballot can be made that holds; but then there are more
// certificates on the board than the registrar's office says it has issued.
TEST(Attacks, A25ACertificateThatWasNotIssuedContradictsTheRegistrarsCount) {
  trial::Folder folder;
  VotingTown town(3);
  const std::string cast = town.first_ballot(town.voter(0));
  const std::uint64_t issued = town.board.next_serial;
  const std::string added = town.first_ballot(town.voter(1));
  const auto store = open_store(folder);
  town.fill(*store);
  put_behind_the_back(*store, town, {cast, added});
  const std::string record = folder.file("record");
  ASSERT_TRUE(ballotbox::export_record(*store, record, town.key));
  auto writer = tally::open_record(record, town.key).value();
  const tally::OfficialPair officials{
      {0}, {2}, town.edition.officials[0], town.edition.officials[2]};
  ASSERT_TRUE(tally::close_voting(writer, officials, election::sample::closing_time));
  const auto counted = tally::add_issuance(writer, issued, town.edition.registrar);
  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().code, ErrorCode::conflict) << counted.error().to_string();
  EXPECT_TRUE(tally::add_issuance(writer, issued + 1, town.edition.registrar));
}

// A program that loses the choices of a pool in a quarter of the ballots, as one did in 2017:
// before they are recorded, or when the ballots are listed that count.
TEST(Attacks, A13APoolThatIsLostInAQuarterOfTheBallotsIsFound) {
  constexpr std::uint32_t people = 50;
  constexpr std::uint32_t lost = 13;
  trial::Folder folder;
  VotingTown town(people, 2);
  town.fill(*open_store(folder));
  std::vector<std::string> kept;
  std::vector<std::pair<std::string, board::Receipt>> receipts;  // of the lost ones
  {
    const auto box = BallotBox::open(open_store(folder), town.key, town.settings()).value();
    for (std::uint32_t i = 0; i < people; ++i) {
      const Voter voter = town.voter(i);
      for (const std::uint16_t pool : {std::uint16_t{0}, std::uint16_t{1}}) {
        const std::string ballot = town.first_ballot(voter, election::sample::named({1}), {pool});
        const ballotbox::Outcome outcome = accept(*box, ballot, town.ticket(voter));
        ASSERT_NE(trial::acknowledged(outcome), nullptr);
        if (pool == 1 && i % 4 == 0) {
          receipts.emplace_back(ballot, trial::acknowledged(outcome)->receipt);
        } else {
          kept.push_back(ballot);
        }
      }
    }
  }
  ASSERT_EQ(receipts.size(), lost);

  // What is published in the end has 26 % fewer ballots of the pool. It holds for itself, but every
  // voter who lost one has, signed by the board, a place in a history that this one does not have.
  trial::Folder other;
  const auto store = open_store(other);
  town.fill(*store);
  put_behind_the_back(*store, town, kept);
  const std::string record = other.file("record");
  ASSERT_TRUE(ballotbox::export_record(*store, record, town.key));
  const auto published = board::LogReader::open(record).value();
  for (const auto& [ballot, receipt] : receipts) {
    const auto shown = board::verify_receipt(receipt, town.key.verifier_key(), {}, 0);
    ASSERT_TRUE(shown) << shown.error().to_string();
    EXPECT_EQ(receipt.leaf, board::leaf_hash(ballot));
    if (receipt.index < published.checkpoint().size) {
      EXPECT_NE(board::leaf_hash(published.entry(receipt.index).value()), receipt.leaf);
    }
  }

  trial::Folder third;
  const auto false_list = open_store(third);
  town.fill(*false_list);
  // All are on the board, and the list of those that count leaves the quarter out.
  for (const auto& [ballot, receipt] : receipts) kept.push_back(ballot);
  for (const std::string& ballot : kept) {
    election::sample::Board::expect(town.board.add(decoded(ballot)));
  }
  const std::size_t voted = town.board.entries.size();
  town.board.close();
  std::vector<std::string> entries(
      town.board.entries.end() - static_cast<std::ptrdiff_t>(kept.size() + 4),
      town.board.entries.end());
  ASSERT_EQ(town.board.entries.size(), voted + 4);
  auto counted = std::get<election::Counted>(election::decode_entry(entries.back()).value());
  ASSERT_EQ(counted.ballots, people);
  counted.ballots -= lost;
  entries.back() = encode(counted);
  put_behind_the_back(*false_list, town, entries);
  const verify::Finding finding = verdict_of(*false_list, town, third.file("record"));
  EXPECT_EQ(finding.step, verify::Step::counted) << finding.where << ": " << finding.what;
}

}  // namespace
}  // namespace urna
