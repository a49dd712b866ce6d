// SPDX-License-Identifier: EUPL-1.2
// The board entry by entry: a whole election is accepted; every deviation is refused, each by a
// board that is otherwise valid.
#include <gtest/gtest.h>

#include "election/board_state.h"
#include "test/unit/election_sample.h"

namespace urna::election {
namespace {

using namespace sample;

std::vector<Pool> two_pools() {
  return {pool("north", 5, approval(1, 3)), pool("south", 4, approval(1, 1, true))};
}

class Voting : public testing::Test {
 protected:
  Voting() { board.prepare(4); }
  Edition edition{two_pools()};
  Board board{edition};
  const PoolNumber north{0};
  const PoolNumber south{1};
};

Mix mix(const Edition& edition, PoolNumber pool, std::uint8_t round, std::uint8_t trustee) {
  Mix entry;
  entry.edition = edition.hash;
  entry.pool = pool;
  entry.round = round;
  entry.trustee = {trustee};
  sign(entry, edition.trustees[trustee - 1U].signing);
  return entry;
}

Decryption decryption(const Edition& edition, PoolNumber pool, std::uint8_t trustee) {
  Decryption entry;
  entry.edition = edition.hash;
  entry.pool = pool;
  entry.trustee = {trustee};
  sign(entry, edition.trustees[trustee - 1U].signing);
  return entry;
}

PoolResult result_of(const Edition& edition, PoolNumber pool, std::uint64_t valid) {
  PoolResult entry;
  entry.edition = edition.hash;
  entry.pool = pool;
  entry.valid = valid;
  return entry;
}

TEST_F(Voting, AWholeElectionIsAccepted) {
  const Voter first = board.voter(0);
  const Voter second = board.voter(1, 4);
  Board::expect(board.cast(first, north, named({1, 2})));
  Board::expect(board.cast(first, north, named({3})));
  Board::expect(board.cast(first, south, named({})));
  Board::expect(board.cast(second, north, named({5})));
  Board::expect(board.add(board.annulment(board.state().size() - 1)));
  Board::expect(board.cast(second, north, named({4})));
  EXPECT_FALSE(board.batch.verify().has_value());
  EXPECT_EQ(board.state().ballots(), 5U);
  EXPECT_EQ(board.state().pseudonym(board.state().ballot(3).person), pseudonym(1));

  board.close();
  EXPECT_EQ(board.state().counted(north).size(), 2U);
  EXPECT_EQ(board.state().counted(north)[0], 1U);
  EXPECT_EQ(board.state().counted(north)[1], 4U);
  EXPECT_EQ(board.state().counted_ciphertexts(north),
            board.state().ciphertext(1) + board.state().ciphertext(4));
  EXPECT_EQ(board.state().counted(south).size(), 1U);

  for (const PoolNumber pool : {north, south}) {
    Board::expect(board.add(mix(edition, pool, 1, 3)));
    Board::expect(board.add(mix(edition, pool, 2, 1)));
    Board::expect(board.add(decryption(edition, pool, 2)));
    Board::expect(board.add(decryption(edition, pool, 3)));
    EXPECT_FALSE(board.state().complete());
    Board::expect(board.add(result_of(edition, pool, pool == north ? 2 : 1)));
  }
  EXPECT_TRUE(board.state().complete());
  EXPECT_FALSE(board.batch.verify().has_value());
}

TEST_F(Voting, LevelPoolHourAndRollOfTheCertificate) {
  const auto cast_with = [&](auto change) {
    Voter voter = board.voter(0);
    change(voter.certificate);
    voter.certificate.signature =
        proof::sign(edition.registrar, signature_transcript(voter.certificate, edition.hash));
    return board.add(board.ballot(voter, north, named({1})));
  };
  EXPECT_TRUE(refused_for(cast_with([](Certificate& c) { c.level = 2; }), "level 2"));
  EXPECT_TRUE(refused_for(cast_with([](Certificate& c) { c.pools = {{1}}; }), "not for pool 0"));
  EXPECT_TRUE(refused_for(cast_with([](Certificate& c) { c.hour = opening_time / 3600 - 1; }),
                          "before the opening"));
  EXPECT_TRUE(refused_for(cast_with([](Certificate& c) { c.pseudonym = pseudonym(9); }),
                          "not on the roll"));
  EXPECT_TRUE(refused_for(cast_with([](Certificate& c) {
                            c.pools = {{0}, {1}, {2}};
                          }),
                          "pool 2, which the roll does not give"));
  Board::expect(cast_with([](Certificate& c) { c.hour = opening_time / 3600; }));
  EXPECT_EQ(board.state().ballots(), 1U);
}

TEST_F(Voting, OneSerialIsOfOneCertificate) {
  const Voter first = board.voter(0);
  Board::expect(board.cast(first, north, named({1})));
  Board::expect(board.cast(first, south, named({1})));  // the same certificate again
  board.next_serial = 0;
  const Voter second = board.voter(1);
  EXPECT_TRUE(refused_for(board.cast(second, north, named({1})), "serial number 0"));
}

TEST_F(Voting, CounterAndPrevious) {
  const Voter voter = board.voter(0);
  Ballot ballot = board.ballot(voter, north, named({1}));
  ballot.counter = 1;
  ballot.previous = EntryHash{};
  sign(ballot, voter.key);
  EXPECT_TRUE(refused_for(board.add(ballot), "counter is 1 where 0"));
  Board::expect(board.cast(voter, north, named({1})));

  Ballot again = board.ballot(voter, north, named({2}));
  Ballot wrong = again;
  wrong.previous->octets[0] ^= 1;
  sign(wrong, voter.key);
  EXPECT_TRUE(refused_for(board.add(wrong), "previous ballot is not the last"));
  Ballot fresh = again;
  fresh.counter = 0;
  fresh.previous.reset();
  sign(fresh, voter.key);
  EXPECT_TRUE(refused_for(board.add(fresh), "counter is 0 where 1"));
  Board::expect(board.add(again));
  // A new certificate of the same person goes on counting; another pool begins anew.
  Board::expect(board.cast(board.voter(0), north, named({3})));
  EXPECT_EQ(board.state().next_ballot(pseudonym(0), north).counter, 3U);
  EXPECT_EQ(board.state().next_ballot(pseudonym(0), south).counter, 0U);
  EXPECT_FALSE(board.batch.verify().has_value());
}

TEST_F(Voting, NoCiphertextTwice) {
  const Voter first = board.voter(0);
  const Voter second = board.voter(1);
  const Ballot ballot = board.ballot(first, north, named({1}));
  Board::expect(board.add(ballot));
  // The same alpha with another beta, under another name.
  Ballot copy = board.ballot(second, north, named({1}));
  copy.ciphertext.replace(0, 32, ballot.ciphertext.substr(0, 32));
  sign(copy, second.key);
  EXPECT_TRUE(refused_for(board.add(copy), "stands in an earlier ballot"));

  // An audited ciphertext may not be cast.
  const Ballot shown = board.ballot(second, south, named({1}));
  Audited audited{edition.hash, south, shown.ciphertext};
  Board::expect(board.add(audited));
  EXPECT_TRUE(refused_for(board.add(shown), "audited ciphertext"));
  Board::expect(board.cast(second, south, named({1})));
}

TEST_F(Voting, AuditedCiphertextsAreOnes) {
  const Ballot ballot = board.ballot(board.voter(0), north, named({1}));
  Audited audited{edition.hash, north, ballot.ciphertext};
  audited.ciphertext[0] = static_cast<char>(audited.ciphertext[0] ^ 1);
  EXPECT_TRUE(refused_for(board.add(audited), "no group element"));
  audited.ciphertext = ballot.ciphertext + ballot.ciphertext;
  EXPECT_TRUE(refused_for(board.add(audited), "128 bytes"));
  audited.pool = {2};
  EXPECT_TRUE(refused_for(board.add(audited), "no pool 2"));
}

// Each fault is found by the batch, under the entry's index, and told apart.
TEST_F(Voting, ProofsAndSignatures) {
  const auto fault = [&](auto change) {
    Edition other = edition;
    Board twin(other);
    // A board of the same ceremony.
    for (const std::string& entry : board.entries) {
      if (decode_entry(entry).value().index() == 4)
        twin.state().provide_roll(Roll::decode(board.roll_file).value());
      Board::expect(twin.state().apply(entry, twin.batch));
    }
    twin.entries = board.entries;
    twin.all_pools = board.all_pools;
    twin.joint_key.emplace(twin.state().joint_key());
    Board::expect(twin.cast(twin.voter(0), north, named({1})));
    Voter voter = twin.voter(1);
    Ballot ballot = twin.ballot(voter, north, named({2}));
    change(ballot, voter);
    const std::uint64_t index = twin.state().size();
    Board::expect(twin.add(ballot));
    Board::expect(twin.cast(twin.voter(2), north, named({1})));
    const auto culprit = twin.batch.verify();
    EXPECT_EQ(culprit, index);
    return twin.state().explain({index}, encode(ballot)).to_string();
  };
  const auto resign = [](Ballot& ballot, Voter& voter) { sign(ballot, voter.key); };

  const std::string registrar = fault([&](Ballot& ballot, Voter& voter) {
    ballot.certificate.hour += 1;
    resign(ballot, voter);
  });
  EXPECT_NE(registrar.find("registrar's signature"), std::string::npos) << registrar;
  const std::string proof = fault([&](Ballot& ballot, Voter& voter) {
    ballot.proof[40] = static_cast<char>(ballot.proof[40] ^ 1);
    resign(ballot, voter);
  });
  EXPECT_NE(proof.find("knows its content"), std::string::npos) << proof;
  const std::string signature = fault([&](Ballot& ballot, Voter&) { ballot.signature[40] ^= 1; });
  EXPECT_NE(signature.find("voter's signature"), std::string::npos) << signature;
  const std::string beta = fault([&](Ballot& ballot, Voter& voter) {
    // The proof covers the bytes of beta, not that they are an element: an honest proof is made.
    const std::string packed = pack_ballot(board.state().terms(north), named({2})).value();
    SealedContent sealed = seal_content(*board.joint_key, packed).value();
    sealed.ciphertext.replace(32, 32, std::string(32, '\xFF'));
    const BallotPlace place{edition.hash, north, voter.certificate, 0, {}};
    ballot = cast_sealed(place, *board.joint_key, sealed, voter.key);
  });
  EXPECT_NE(beta.find("no group element"), std::string::npos) << beta;
  const std::string moved = fault([&](Ballot& ballot, Voter& voter) {
    // Somebody else's ciphertext and proof under this name.
    const Voter thief = board.voter(3);
    const Ballot stolen = board.ballot(thief, north, named({1}));
    ballot.ciphertext = stolen.ciphertext;
    ballot.proof = stolen.proof;
    resign(ballot, voter);
  });
  EXPECT_NE(moved.find("knows its content"), std::string::npos) << moved;
}

TEST_F(Voting, ARefusedEntryChangesNothing) {
  const std::uint64_t size = board.state().size();
  Ballot ballot = board.ballot(board.voter(0), north, named({1}));
  ballot.pool = {7};
  EXPECT_TRUE(refused_for(board.add(ballot), "no pool 7"));
  ballot.pool = north;
  ballot.edition.octets[0] ^= 1;
  EXPECT_TRUE(refused_for(board.add(ballot), "another edition"));
  ballot.edition.octets[0] ^= 1;
  ballot.ciphertext += ballot.ciphertext;
  ballot.proof.assign(128, '\0');
  EXPECT_TRUE(refused_for(board.add(ballot), "128 bytes where ballots of pool 0 have 64"));
  EXPECT_FALSE(board.state().apply("nonsense", board.batch));
  EXPECT_EQ(board.state().size(), size);
  EXPECT_EQ(board.state().ballots(), 0U);
  EXPECT_FALSE(board.batch.verify().has_value());
  EXPECT_EQ(board.batch.terms(), 0U);
}

TEST_F(Voting, Annulments) {
  Board::expect(board.cast(board.voter(0), north, named({1})));
  const std::uint64_t index = board.state().size() - 1;
  Annulment annulment = board.annulment(index);
  Annulment wrong = annulment;
  wrong.index = {index - 1};
  board.official_sign(wrong);
  EXPECT_TRUE(refused_for(board.add(wrong), "is not the ballot"));
  wrong = annulment;
  wrong.index = {index + 1};  // itself
  board.official_sign(wrong);
  EXPECT_TRUE(refused_for(board.add(wrong), "is not the ballot"));
  wrong = annulment;
  wrong.ballot.octets[0] ^= 1;
  board.official_sign(wrong);
  EXPECT_TRUE(refused_for(board.add(wrong), "is not the ballot"));
  wrong = annulment;
  wrong.signatures[1].signature[0] ^= 1;
  EXPECT_TRUE(refused_for(board.add(wrong), "signature of official 2"));
  wrong = annulment;
  wrong.signatures[1].official = {3};
  EXPECT_TRUE(refused_for(board.add(wrong), "no official 3"));
  wrong = annulment;
  std::swap(wrong.signatures[0], wrong.signatures[1]);
  EXPECT_FALSE(board.add(wrong));
  wrong = annulment;
  wrong.signatures[1] = wrong.signatures[0];
  EXPECT_FALSE(board.add(wrong));
  Board::expect(board.add(annulment));
  EXPECT_TRUE(refused_for(board.add(annulment), "annulled already"));
  // Annulled ballots keep their place in the chain.
  EXPECT_EQ(board.state().next_ballot(pseudonym(0), north).counter, 1U);
}

TEST_F(Voting, FreezesWaitForADecision) {
  for (std::uint8_t i = 0; i < 3; ++i) Board::expect(board.cast(board.voter(i), north, named({1})));
  const std::uint64_t third = board.state().size() - 1;
  const std::uint64_t second = third - 1;
  const std::uint64_t first = third - 2;
  const Freeze freeze = board.freeze({first, third});
  const auto refused = [&](auto change, const std::string& part) {
    Freeze entry = freeze;
    change(entry);
    sign(entry, entry.signature.official, edition.officials[entry.signature.official.value % 3]);
    return refused_for(board.add(entry), part);
  };
  EXPECT_TRUE(refused([&](Freeze& e) { e.ballots[0].index = {first - 1}; }, "is not the ballot"));
  EXPECT_TRUE(refused([&](Freeze& e) { e.ballots[1].index = {third + 9}; }, "is not the ballot"));
  EXPECT_TRUE(refused([](Freeze& e) { e.ballots[1].hash.octets[7] ^= 1; }, "is not the ballot"));
  EXPECT_TRUE(refused([](Freeze& e) { std::swap(e.ballots[0], e.ballots[1]); }, "ascending"));
  EXPECT_TRUE(refused([](Freeze& e) { e.ballots[1] = e.ballots[0]; }, "ascending"));
  EXPECT_TRUE(refused([](Freeze& e) { e.edition.octets[0] ^= 1; }, "another edition"));
  EXPECT_TRUE(refused([](Freeze& e) { e.signature.official = {3}; }, "no official 3"));
  Freeze altered = freeze;
  altered.case_number = "ABCDE-FGHJL";
  EXPECT_TRUE(refused_for(board.add(altered), "signature of official 1"));
  EXPECT_TRUE(board.state().frozen().empty());
  EXPECT_TRUE(refused_for(board.add(board.upholding(first)), "is not frozen"));

  Board::expect(board.add(freeze));
  EXPECT_TRUE(refused_for(board.add(freeze), "is frozen already"));
  // One that is frozen already spoils the whole entry.
  EXPECT_TRUE(refused_for(board.add(board.freeze({second, third})), "is frozen already"));
  EXPECT_EQ(board.state().frozen(), (std::set<EntryIndex>{{first}, {third}}));
  EXPECT_EQ(board.state().standing(0), Standing::frozen);
  EXPECT_EQ(board.state().standing(1), Standing::untouched);
  EXPECT_FALSE(board.state().ballot(0).annulled);

  // Its voter votes again as ever, and the case stays open.
  Board::expect(board.cast(board.voter(0), north, named({2})));
  EXPECT_EQ(board.state().frozen().size(), 2U);
  Board::expect(board.add(board.closing()));
  Board::expect(board.add(board.issuance()));
  EXPECT_TRUE(refused_for(board.add(board.state().counted_entry(north)),
                          "entry " + std::to_string(first) + " is frozen"));

  Upholding upholding = board.upholding(first);
  upholding.reason = "other";
  EXPECT_TRUE(refused_for(board.add(upholding), "signature of official 0"));
  upholding = board.upholding(first);
  upholding.signatures[1].signature = upholding.signatures[0].signature;
  EXPECT_TRUE(refused_for(board.add(upholding), "signature of official 2"));
  upholding = board.upholding(first);
  upholding.signatures[1] = upholding.signatures[0];
  EXPECT_FALSE(board.add(upholding));
  upholding = board.upholding(first);
  upholding.ballot.octets[0] ^= 1;
  board.official_sign(upholding);
  EXPECT_TRUE(refused_for(board.add(upholding), "is not the ballot"));
  EXPECT_TRUE(refused_for(board.add(board.upholding(first, Lifted::annulment)), "is not annulled"));
  Board::expect(board.add(board.upholding(first)));
  EXPECT_TRUE(refused_for(board.add(board.upholding(first)), "is not frozen"));
  EXPECT_TRUE(refused_for(board.add(board.freeze({first})), "frozen before and upheld"));
  EXPECT_EQ(board.state().standing(0), Standing::upheld);
  EXPECT_TRUE(refused_for(board.add(board.state().counted_entry(north)),
                          "entry " + std::to_string(third) + " is frozen"));
  Board::expect(board.add(board.annulment(third)));
  EXPECT_TRUE(refused_for(board.add(board.freeze({third})), "is annulled"));
  EXPECT_TRUE(board.state().frozen().empty());
  EXPECT_TRUE(board.state().ballot(2).annulled);

  Board::expect(board.add(board.state().counted_entry(north)));
  const auto counted = board.state().counted(north);
  EXPECT_EQ(std::vector<std::uint32_t>(counted.begin(), counted.end()),
            (std::vector<std::uint32_t>{1, 3}));
  EXPECT_TRUE(refused_for(board.add(board.freeze({second})), "out of its phase"));
  EXPECT_TRUE(
      refused_for(board.add(board.upholding(third, Lifted::annulment)), "out of its phase"));
}

TEST_F(Voting, AnAppealIsDecidedByOthersAndForGood) {
  Board::expect(board.cast(board.voter(0), north, named({1})));
  const std::uint64_t index = board.state().size() - 1;
  Board::expect(board.add(board.freeze({index})));
  Board::expect(board.add(board.upholding(index)));
  const Upholding before = board.upholding(index);
  Board::expect(board.add(board.annulment(index)));  // by officials 0 and 2
  EXPECT_TRUE(refused_for(board.add(before), "is not frozen"));
  Upholding appeal = board.upholding(index, Lifted::annulment);
  EXPECT_TRUE(refused_for(board.add(appeal), "decided by officials who annulled it"));
  // Three officials: one of these two may take part, with another one.
  sign(appeal, {1}, edition.officials[1], {2}, edition.officials[2]);
  Board::expect(board.add(appeal));
  EXPECT_FALSE(board.state().ballot(0).annulled);
  EXPECT_EQ(board.state().standing(0), Standing::restored);
  EXPECT_TRUE(refused_for(board.add(appeal), "is not annulled"));
  EXPECT_TRUE(refused_for(board.add(board.annulment(index)), "restored on appeal"));
  EXPECT_TRUE(refused_for(board.add(board.freeze({index})), "restored on appeal"));
  Board::expect(board.add(board.closing()));
  Board::expect(board.add(board.issuance()));
  Board::expect(board.add(board.state().counted_entry(north)));
  EXPECT_EQ(board.state().counted(north).size(), 1U);
}

TEST(Appeals, AreForTwoOthersWhereThereAreFourOfficials) {
  Edition edition({pool("north", 5, approval(1, 3))});
  edition.officials.push_back(proof::SigningKey::random());
  edition.manifest.officials.push_back(edition.officials.back().key);
  edition.seal();
  Board board(edition);
  board.prepare(2);
  Board::expect(board.cast(board.voter(0), {0}, named({1})));
  const std::uint64_t index = board.state().size() - 1;
  Board::expect(board.add(board.annulment(index)));
  Upholding appeal = board.upholding(index, Lifted::annulment);
  sign(appeal, {1}, edition.officials[1], {2}, edition.officials[2]);
  EXPECT_TRUE(refused_for(board.add(appeal), "decided by officials who annulled it"));
  sign(appeal, {1}, edition.officials[1], {3}, edition.officials[3]);
  Board::expect(board.add(appeal));
}

TEST_F(Voting, RollAdditions) {
  RollAddition addition;
  addition.edition = edition.hash;
  addition.pseudonym = pseudonym(50);
  addition.pools = {north};
  sign(addition, edition.registrar);
  RollAddition forged = addition;
  sign(forged, edition.officials[0]);
  EXPECT_TRUE(refused_for(board.add(forged), "the registrar"));
  Board::expect(board.add(addition));
  EXPECT_TRUE(refused_for(board.add(addition), "on the roll already"));
  addition.pseudonym = pseudonym(2);
  sign(addition, edition.registrar);
  EXPECT_TRUE(refused_for(board.add(addition), "on the roll already"));
  addition.pools = {{2}};
  EXPECT_TRUE(refused_for(board.add(addition), "no pool 2"));

  board.all_pools = {north};
  Board::expect(board.cast(board.voter(50), north, named({1})));
  board.all_pools = {north, south};
  EXPECT_TRUE(refused_for(board.cast(board.voter(50), north, named({1})), "pool 1, which"));
  EXPECT_EQ(board.state().pseudonym(board.state().ballot(0).person), pseudonym(50));
}

TEST_F(Voting, ClosingAndIssuance) {
  Voter late = board.voter(0);
  late.certificate.hour = closing_time / 3600 + 1;
  late.certificate.signature =
      proof::sign(edition.registrar, signature_transcript(late.certificate, edition.hash));
  EXPECT_TRUE(refused_for(board.cast(late, north, named({1})), "after the end of the voting"));
  Board::expect(board.add(board.extension()));
  Board::expect(board.cast(late, north, named({1})));
  EXPECT_TRUE(refused_for(board.add(board.closing()), "issued after the closing"));
  EXPECT_TRUE(refused_for(board.add(board.closing(opening_time - 1)), "before the opening"));
  Closing closing = board.closing(closing_time + 3600);
  closing.signatures[0].signature[1] ^= 1;
  EXPECT_TRUE(refused_for(board.add(closing), "signature of official 0"));
  EXPECT_TRUE(refused_for(board.add(board.issuance()), "out of its phase"));
  Board::expect(board.add(board.closing(closing_time + 3600)));
  EXPECT_TRUE(refused_for(board.cast(board.voter(1), north, named({1})), "out of its phase"));
  board.next_serial = 0;
  EXPECT_TRUE(refused_for(board.add(board.issuance()), "serial number 0 where 0 were issued"));
  board.next_serial = 1;
  Issuance issuance = board.issuance();
  issuance.certificates = 2;
  EXPECT_TRUE(refused_for(board.add(issuance), "the registrar"));
  Board::expect(board.add(board.issuance()));
  EXPECT_EQ(board.state().certificates_issued(), 1U);
}

TEST_F(Voting, AnExtensionPutsTheEndOff) {
  EXPECT_EQ(board.state().term().closes, closing_time);
  Board::expect(board.add(board.extension()));
  EXPECT_EQ(board.state().term().closes, closing_time + 86'400);
  // Certificates of the last hour, and not one later.
  const auto voter_at = [&](std::uint8_t person, std::uint64_t hour) {
    Voter voter = board.voter(person);
    voter.certificate.hour = hour;
    voter.certificate.signature =
        proof::sign(edition.registrar, signature_transcript(voter.certificate, edition.hash));
    return voter;
  };
  const std::uint64_t last = (closing_time + 86'400) / 3600;
  EXPECT_TRUE(refused_for(board.cast(voter_at(1, last + 1), north, named({1})), "the end of the"));
  Board::expect(board.cast(voter_at(1, last), north, named({1})));
  // Again, and only from the end in force.
  const Extension second = board.extension();
  EXPECT_EQ(second.replaces, closing_time + 86'400);
  Board::expect(board.add(second));
  EXPECT_TRUE(refused_for(board.add(second), "it replaces the end"));
  EXPECT_EQ(board.state().extensions().size(), 2U);
  EXPECT_EQ(board.state().extensions()[1].reason_pl, "Awaria sieci");
  EXPECT_TRUE(refused_for(board.add(board.closing(second.time - 1)), "an extension was decided"));
  Board::expect(board.add(board.closing(second.closes)));
  Extension late = board.extension();
  EXPECT_TRUE(refused_for(board.add(late), "out of its phase"));
}

TEST_F(Voting, WrongExtensions) {
  const auto refused = [&](auto change, const std::string& part) {
    Extension entry = board.extension();
    change(entry);
    board.official_sign(entry);
    return refused_for(board.add(entry), part);
  };
  EXPECT_TRUE(refused([](Extension& e) { e.time = e.replaces; }, "when the voting was over"));
  EXPECT_TRUE(refused([](Extension& e) { e.time = opening_time - 1; }, "before the opening"));
  EXPECT_TRUE(refused([](Extension& e) { e.closes = e.replaces; }, "not end later"));
  EXPECT_TRUE(refused([](Extension& e) { e.closes = e.replaces - 1; }, "not end later"));
  EXPECT_TRUE(refused([](Extension& e) { e.replaces += 1; }, "it replaces the end"));
  EXPECT_TRUE(refused([](Extension& e) { e.closes = e.replaces + 31 * 86'400 + 1; }, "31 days"));
  EXPECT_TRUE(refused([](Extension& e) { e.edition.octets[0] ^= 1; }, "another edition"));

  Extension entry = board.extension();
  entry.signatures[1].signature = entry.signatures[0].signature;
  EXPECT_TRUE(refused_for(board.add(entry), "signature of official 2"));
  entry = board.extension();
  entry.reason_en += "!";
  EXPECT_TRUE(refused_for(board.add(entry), "signature of official 0"));
  entry = board.extension();
  entry.signatures[1].official = {3};
  EXPECT_TRUE(refused_for(board.add(entry), "no official 3"));
  EXPECT_TRUE(board.state().extensions().empty());

  // An earlier decision does not follow a later one; the longest extension, and as many as may be.
  entry = board.extension();
  entry.closes = entry.replaces + 31 * 86'400;
  board.official_sign(entry);
  Board::expect(board.add(entry));
  EXPECT_TRUE(refused([](Extension& e) { e.time = closing_time - 3601; }, "that it follows"));
  for (std::size_t k = 1; k < extensions_max; ++k) Board::expect(board.add(board.extension()));
  EXPECT_TRUE(refused_for(board.add(board.extension()), "8 times already"));
}

TEST_F(Voting, CountedListsAreThoseOfTheRule) {
  for (std::uint8_t i = 0; i < 3; ++i) Board::expect(board.cast(board.voter(i), north, named({1})));
  Board::expect(board.add(board.closing()));
  Board::expect(board.add(board.issuance()));
  Counted counted = board.state().counted_entry(north);
  EXPECT_EQ(counted.ballots, 3U);
  Counted wrong = counted;
  wrong.ballots = 2;
  EXPECT_TRUE(refused_for(board.add(wrong), "not the list"));
  wrong = counted;
  wrong.indices[0] ^= 1;
  EXPECT_TRUE(refused_for(board.add(wrong), "not the list"));
  // An annulment is still possible after a refused list.
  Board::expect(board.add(board.annulment(board.state().ballot(1).index.value)));
  EXPECT_TRUE(refused_for(board.add(counted), "not the list"));
  EXPECT_TRUE(refused_for(board.add(board.state().counted_entry(south)), "pool 1 where pool 0"));
  Board::expect(board.add(board.state().counted_entry(north)));
  EXPECT_EQ(board.state().counted(north).size(), 2U);
  EXPECT_TRUE(refused_for(board.add(board.annulment(board.state().ballot(0).index.value)),
                          "out of its phase"));
  wrong = board.state().counted_entry(south);
  wrong.ballots = 1;
  EXPECT_TRUE(refused_for(board.add(wrong), "not the list"));
  Board::expect(board.add(board.state().counted_entry(south)));

  // No ballot in the south: withheld, and nothing else.
  EXPECT_TRUE(refused_for(board.add(mix(edition, south, 1, 1)), "privacy minimum"));
  EXPECT_TRUE(refused_for(board.add(Withheld{edition.hash, north, 2}), "privacy minimum"));
  EXPECT_TRUE(refused_for(board.add(Withheld{edition.hash, south, 1}), "1 ballots where 0"));
  Board::expect(board.add(Withheld{edition.hash, south, 0}));
  EXPECT_TRUE(refused_for(board.add(Withheld{edition.hash, south, 0}), "finished already"));
}

TEST_F(Voting, MixesDecryptionsResults) {
  Board::expect(board.cast(board.voter(0), north, named({1})));
  Board::expect(board.cast(board.voter(0), south, named({1})));
  board.close();
  EXPECT_TRUE(refused_for(board.add(mix(edition, north, 2, 1)), "round 2 where round 1"));
  Mix forged = mix(edition, north, 1, 1);
  forged.trustee = {2};
  EXPECT_TRUE(refused_for(board.add(forged), "signature of trustee"));
  forged.trustee = {4};
  EXPECT_TRUE(refused_for(board.add(forged), "no trustee 4"));
  Board::expect(board.add(mix(edition, north, 1, 1)));
  EXPECT_TRUE(refused_for(board.add(mix(edition, north, 2, 1)), "mixed this pool before"));
  EXPECT_TRUE(refused_for(board.add(decryption(edition, north, 1)), "mixed 1 times where 2"));
  Board::expect(board.add(mix(edition, south, 1, 3)));  // pools may alternate
  Board::expect(board.add(mix(edition, north, 2, 2)));
  EXPECT_TRUE(refused_for(board.add(result_of(edition, north, 1)), "decrypted by 0 trustees"));
  Board::expect(board.add(decryption(edition, north, 2)));
  EXPECT_TRUE(refused_for(board.add(mix(edition, north, 3, 3)), "being decrypted already"));
  EXPECT_TRUE(refused_for(board.add(decryption(edition, north, 2)), "ascending"));
  EXPECT_TRUE(refused_for(board.add(decryption(edition, north, 1)), "ascending"));
  Board::expect(board.add(decryption(edition, north, 3)));
  EXPECT_TRUE(refused_for(board.add(result_of(edition, north, 0)), "not together the 1"));
  EXPECT_TRUE(refused_for(board.add(result_of(edition, north, 2)), "not together the 1"));
  Board::expect(board.add(result_of(edition, north, 1)));
  EXPECT_TRUE(refused_for(board.add(decryption(edition, north, 3)), "finished already"));
  EXPECT_FALSE(board.state().complete());
}

TEST(Ceremony, EveryDeviationIsRefused) {
  Edition edition(two_pools());
  Board board(edition);
  const std::vector<Dealing> dealings = board.deal_all();
  const auto commitment = [&](std::size_t i) {
    return commit_to(encode(dealings[i]), dealings[i], board.keys(dealings[i].trustee));
  };
  EXPECT_TRUE(refused_for(board.add(dealings[0]), "out of its phase"));
  EXPECT_TRUE(refused_for(board.add(commitment(1)), "turn of trustee 1"));
  DealingCommitment forged = commitment(0);
  sign(forged, board.keys({2}).signing);
  EXPECT_TRUE(refused_for(board.add(forged), "signature of trustee"));
  for (std::size_t i = 0; i < 3; ++i) Board::expect(board.add(commitment(i)));

  Dealing other = deal(edition.manifest, edition.hash, {1}, board.keys({1}));
  EXPECT_TRUE(refused_for(board.add(other), "committed to"));
  Board::expect(board.add(dealings[0]));
  EXPECT_TRUE(refused_for(board.add(dealings[2]), "turn of trustee 2"));
  Board::expect(board.add(dealings[1]));
  Board::expect(board.add(dealings[2]));

  std::vector<std::string> bytes;
  for (const Dealing& dealing : dealings) bytes.push_back(encode(dealing));
  const Result<Accepted> first =
      accept(edition.manifest, edition.hash, bytes, {1}, board.keys({1}));
  ASSERT_TRUE(first) << first.error().to_string();
  Acceptance wrong = first->acceptance;
  wrong.joint_key = edition.registrar.key;
  EXPECT_TRUE(refused_for(board.add(wrong), "not the sum"));
  wrong = first->acceptance;
  wrong.dealings[0] ^= 1;
  EXPECT_TRUE(refused_for(board.add(wrong), "other dealings"));
  wrong = first->acceptance;
  wrong.signature[0] ^= 1;
  EXPECT_TRUE(refused_for(board.add(wrong), "signature of trustee"));
  Board::expect(board.add(first->acceptance));
  RollEntry early;
  early.edition = edition.hash;
  EXPECT_TRUE(refused_for(board.add(early), "out of its phase"));
}

TEST(Ceremony, ABadDealingIsRefusedWhateverIsWrong) {
  Edition edition(two_pools());
  Board board(edition);
  const TrusteeKeys& keys = board.keys({1});
  const Dealing good = deal(edition.manifest, edition.hash, {1}, keys);
  Board::expect(check_dealing(edition.manifest, good));
  const auto with = [&](auto change) {
    Dealing dealing = good;
    change(dealing);
    sign(dealing, keys.signing);
    return check_dealing(edition.manifest, dealing);
  };
  EXPECT_TRUE(refused_for(with([](Dealing& d) { d.commitments.resize(32); }), "numbers"));
  EXPECT_TRUE(refused_for(with([](Dealing& d) { d.shares.resize(128); }), "numbers"));
  EXPECT_TRUE(refused_for(with([](Dealing& d) { d.commitments.replace(32, 32, 32, '\0'); }),
                          "commitment 1"));
  EXPECT_TRUE(refused_for(with([](Dealing& d) { d.shares.replace(64, 32, 32, '\0'); }),
                          "share for trustee 2"));
  EXPECT_TRUE(refused_for(with([](Dealing& d) { d.proof[33] = char(d.proof[33] ^ 1); }), "proof"));
  EXPECT_TRUE(refused_for(with([](Dealing& d) { d.trustee = {2}; }), "proof"));
  Dealing unsigned_dealing = good;
  unsigned_dealing.signature[0] ^= 1;
  EXPECT_TRUE(refused_for(check_dealing(edition.manifest, unsigned_dealing), "signature"));
}

TEST(Ceremony, ComplaintsAreJudged) {
  Edition edition(two_pools());
  Board board(edition);
  const TrusteeKeys& dealer = board.keys({1});
  const TrusteeKeys& receiver = board.keys({2});
  const Dealing good = deal(edition.manifest, edition.hash, {1}, dealer);
  EXPECT_TRUE(open_share(good, {2}, receiver));
  EXPECT_FALSE(open_share(good, {3}, receiver));  // another's

  Dealing bad = good;
  bad.shares[64 + 40] = static_cast<char>(bad.shares[64 + 40] ^ 1);
  sign(bad, dealer.signing);
  Board::expect(check_dealing(edition.manifest, bad));  // not to be seen from outside
  EXPECT_FALSE(open_share(bad, {2}, receiver));

  const Complaint complaint = complain(bad, {2}, receiver);
  const Result<Complaint> read = decode_complaint(encode(complaint));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, complaint);
  EXPECT_EQ(judge_complaint(edition.manifest, bad, complaint).value(), Verdict::dealer_lied);
  EXPECT_EQ(judge_complaint(edition.manifest, good, complain(good, {2}, receiver)).value(),
            Verdict::complaint_false);
  // A secret that is not the one of the share.
  Complaint lie = complaint;
  lie.secret = edition.registrar.key;
  sign(lie, receiver.signing);
  EXPECT_FALSE(judge_complaint(edition.manifest, bad, lie));
  lie = complaint;
  sign(lie, dealer.signing);
  EXPECT_FALSE(judge_complaint(edition.manifest, bad, lie));
  lie = complaint;
  lie.dealer = {3};
  sign(lie, receiver.signing);
  EXPECT_FALSE(judge_complaint(edition.manifest, bad, lie));
}

TEST(Ceremony, SharesMakeUpTheKey) {
  for (const auto& [t, n] : {std::pair{1, 1}, {1, 2}, {2, 3}, {3, 3}, {3, 5}}) {
    Edition edition(two_pools(), static_cast<std::uint8_t>(t), static_cast<std::size_t>(n));
    Board board(edition);
    board.ceremony();
    ASSERT_EQ(board.state().phase(), Phase::roll);
    for (std::size_t j = 0; j < board.secrets.size(); ++j)
      EXPECT_EQ(group::mul_base(board.secrets[j]), board.state().verification_keys()[j]);
  }
}

TEST(Ceremony, CardsProvePossession) {
  Edition edition(two_pools());
  Board::expect(check_possession(edition.manifest));
  edition.manifest.trustees[1].possession[3] ^= 1;
  EXPECT_TRUE(refused_for(check_possession(edition.manifest), "Trustee 2"));
  edition.manifest.trustees[1] = edition.manifest.trustees[0];
  edition.manifest.trustees[1].name = "Thief";
  EXPECT_TRUE(refused_for(check_possession(edition.manifest), "Thief"));
}

TEST(Opening, RollAndOpeningMustAgree) {
  Edition edition(two_pools());
  Board board(edition);
  board.ceremony();
  const std::string file = encode_roll(std::vector<RollLine>{{pseudonym(1), {{0}}}});
  const Roll roll = Roll::decode(file).value();
  RollEntry entry{edition.hash, roll.size(), roll.root(), {}};
  sign(entry, edition.registrar);
  EXPECT_TRUE(refused_for(board.add(entry), "no roll.cbor"));
  board.state().provide_roll(
      Roll::decode(encode_roll(std::vector<RollLine>{{pseudonym(1), {{0}, {1}}}})).value());
  EXPECT_TRUE(refused_for(board.add(entry), "not the roll of this entry"));
  board.state().provide_roll(roll);
  RollEntry forged = entry;
  forged.signature[0] ^= 1;
  EXPECT_TRUE(refused_for(board.add(forged), "the registrar"));
  RollEntry sized = entry;
  sized.size = 2;
  sign(sized, edition.registrar);
  EXPECT_TRUE(refused_for(board.add(sized), "not the roll of this entry"));
  const std::string wild_file = encode_roll(std::vector<RollLine>{{pseudonym(1), {{2}}}});
  const Roll wild = Roll::decode(wild_file).value();
  RollEntry wild_entry{edition.hash, wild.size(), wild.root(), {}};
  sign(wild_entry, edition.registrar);
  board.state().provide_roll(wild);
  EXPECT_TRUE(refused_for(board.add(wild_entry), "no pool 2"));
  board.state().provide_roll(roll);
  Board::expect(board.add(entry));

  Opening opening = board.opening();
  opening.roll.octets[0] ^= 1;
  board.official_sign(opening);
  EXPECT_TRUE(refused_for(board.add(opening), "another roll"));
  opening = board.opening();
  opening.joint_key = edition.registrar.key;
  board.official_sign(opening);
  EXPECT_TRUE(refused_for(board.add(opening), "joint key"));
  opening = board.opening();
  opening.time += 1;
  EXPECT_TRUE(refused_for(board.add(opening), "signature of official"));
  EXPECT_TRUE(refused_for(board.add(manifest_entry(edition.bytes)), "out of its phase"));
  board.open();
}

TEST(BoardState, BeginsWithAManifest) {
  const Edition edition(two_pools());
  const std::string entry = edition.first_entry();
  EXPECT_TRUE(BoardState::begin(entry, edition.bytes));
  EXPECT_FALSE(BoardState::begin("", edition.bytes));
  EXPECT_FALSE(BoardState::begin(entry + '\0', edition.bytes));
  EXPECT_FALSE(BoardState::begin(entry, edition.bytes + '\0'));
  EXPECT_FALSE(BoardState::begin(encode(Withheld{edition.hash, PoolNumber{0}, 0}), edition.bytes));
  const std::string other(edition.bytes.size(), '\0');
  EXPECT_FALSE(BoardState::begin(encode(manifest_entry(other)), other));
}

// Width 2: 100 projects, full ranking of 60.
TEST(BoardState, WideBallots) {
  Edition edition({pool("wide", 100, ranking(1, 60))});
  Board board(edition);
  board.prepare(2);
  EXPECT_EQ(board.state().terms({0}).layout.width, 2U);
  const Ballot first = board.ballot(board.voter(0), {0}, named({100, 1, 50}));
  EXPECT_EQ(first.ciphertext.size(), 128U);
  Board::expect(board.add(first));
  // Either alpha is remembered.
  const Voter second = board.voter(1);
  Ballot copy = board.ballot(second, {0}, named({1}));
  copy.ciphertext.replace(0, 32, first.ciphertext.substr(64, 32));
  sign(copy, second.key);
  EXPECT_TRUE(refused_for(board.add(copy), "stands in an earlier ballot"));
  Board::expect(board.cast(second, {0}, named({2})));
  EXPECT_EQ(board.state().ciphertext(0), first.ciphertext);
  EXPECT_FALSE(board.batch.verify().has_value());
}

}  // namespace
}  // namespace urna::election
