// SPDX-License-Identifier: EUPL-1.2
// Voting on paper on a whole board: who votes so, what is in the boxes, and what counts.
#include <gtest/gtest.h>
#include <set>

#include "election/ballot_content.h"
#include "election/board_state.h"
#include "election/paper.h"
#include "test/unit/election_sample.h"

namespace urna::election {
namespace {

using namespace sample;

constexpr PoolNumber north{0};
constexpr PoolNumber south{1};
constexpr PoolNumber west{2};

TEST(CardSerial, IsTypedByPeople) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const CardSerial serial = random_card_serial();
    const std::string written = to_text(serial);
    EXPECT_EQ(written.size(), 19U);
    EXPECT_EQ(parse_card_serial(written), serial);
    std::string typed;
    for (const char c : written) {
      if (c == '-') continue;
      typed += static_cast<char>(c >= 'A' && c <= 'Z' && i % 2 == 0 ? c - 'A' + 'a' : c);
      if (i % 3 == 0) typed += ' ';
    }
    EXPECT_EQ(parse_card_serial(typed), serial);
    seen.insert(written);
  }
  EXPECT_EQ(seen.size(), 200U);
  EXPECT_EQ(to_text(CardSerial{}), "AAAA-AAAA-AAAA-AAAA");
  for (const char* wrong : {"", "AAAA-AAAA-AAAA-AAA", "AAAA-AAAA-AAAA-AAAAA", "AAAA-AAAA-AAAA-AAA0",
                            "AAAA-AAAA-AAAA-AAAI", "AAAA-AAAA-AAAA-AAAO", "AAAA-AAAA-AAAA-AAAĄ"})
    EXPECT_FALSE(parse_card_serial(wrong)) << wrong;
}

// Points 0 and 1 issue cards of "north" (two batches at 0), 0 one batch of each of a group.
class Paper : public testing::Test {
 protected:
  Paper() {
    for (const auto& [point, pool, cards] :
         {std::tuple<PointNumber, PoolNumber, std::uint32_t>{{0}, north, 4},
          {{0}, north, 2},
          {{1}, north, 3},
          {{0}, south, 2},
          {{0}, west, 2}}) {
      std::vector<CardSerial>& batch = serials.emplace_back(cards);
      for (CardSerial& serial : batch) serial = random_card_serial();
      paper.batches.push_back({point, pool, cards, root_of_cards(batch)});
    }
    edition.manifest.paper = paper;
    edition.manifest.groups = {{"districts", {south, west}, 1}};
    edition.seal();
    board.emplace(edition);
    board->prepare(6);
  }

  PaperMark mark(std::uint8_t person, PoolNumber pool = north, std::uint16_t point = 0) {
    PaperMark entry{edition.hash, pool, pseudonym(person), {point}, opening_time / 3600 + 1, {}};
    sign(entry, edition.registrar);
    return entry;
  }
  // Contents of the first cards, and unreadable ones after these.
  PaperBatch batch(std::uint32_t number, const std::vector<BallotContent>& contents,
                   std::size_t unreadable = 0) {
    FoundCards found;
    found.used.assign(serials[number].size(), false);
    std::fill_n(found.used.begin(), contents.size() + unreadable, true);
    for (const BallotContent& content : contents) {
      found.contents.push_back(
          pack_ballot(board->state().terms(paper.batches[number].pool), content).value());
    }
    found.unfit[0] = unreadable;
    PaperBatch entry =
        make_paper_batch(edition.hash, {number}, serials[number], *board->joint_key, found).value();
    board->official_sign(entry);
    return entry;
  }
  void close() {
    Board::expect(board->add(board->closing()));
    Board::expect(board->add(board->issuance()));
  }

  Edition edition{{pool("north", 5, approval(1, 3)), pool("south", 4, approval(1, 1)),
                   pool("west", 4, approval(1, 1))}};
  PaperVoting paper{{"Office", "Library"}, {}};
  std::vector<std::vector<CardSerial>> serials;
  std::optional<Board> board;
};

TEST_F(Paper, CountsWithTheOthersAndInTheirPlace) {
  const Voter early = board->voter(0);
  const Voter other = board->voter(1);
  Board::expect(board->cast(early, north, named({1})));
  Board::expect(board->cast(other, north, named({2})));
  Board::expect(board->cast(early, south, named({3})));
  Board::expect(board->add(mark(0)));
  Board::expect(board->add(mark(2)));
  // Of every level, and by a new certificate too.
  EXPECT_TRUE(refused_for(board->cast(early, north, named({4})), "votes on paper"));
  EXPECT_TRUE(refused_for(board->cast(board->voter(0, 4), north, named({4})), "votes on paper"));
  Board::expect(board->cast(early, south, named({4})));
  EXPECT_EQ(board->state().paper().marks_at({0}, north), 2U);

  close();
  Board::expect(board->add(batch(0, {named({5})})));
  Board::expect(board->add(batch(1, {}, 1)));
  EXPECT_EQ(board->state().paper().due(), BatchNumber{2});
  EXPECT_TRUE(refused_for(board->add(board->state().counted_entry(north)),
                          "nobody has stated what was in the box of batch 2"));
  for (const std::uint32_t number : {2U, 3U, 4U}) Board::expect(board->add(batch(number, {})));
  for (const PoolNumber pool : board->all_pools) {
    const Counted counted = board->state().counted_entry(pool);
    EXPECT_EQ(counted.ballots, pool == north ? 2U : pool == south ? 1U : 0U);
    Board::expect(board->add(counted));
  }
  EXPECT_EQ(board->state().counted(north).size(), 1U);
  EXPECT_EQ(board->state().paper_ballots(north), 1U);
  EXPECT_EQ(board->state().counted_ballots_of(north), 2U);
  const std::string list = board->state().counted_ciphertexts(north);
  EXPECT_EQ(list, board->state().ciphertext(1) + board->state().paper_ciphertexts(north));
  EXPECT_EQ(list.size(), 2 * pair_bytes);
  // The index of the batch's entry stands in the place of a ballot's.
  EXPECT_EQ(board->state().paper_entries(north).size(), 1U);
  EXPECT_GT(board->state().paper_entries(north)[0].value, board->state().ballot(1).index.value);
}

TEST_F(Paper, AMarkIsOfAPersonOnTheRollOnceAndInTime) {
  const auto with = [&](auto change) {
    PaperMark entry = mark(3);
    change(entry);
    sign(entry, edition.registrar);
    return board->add(entry);
  };
  EXPECT_TRUE(
      refused_for(with([](PaperMark& m) { m.pseudonym = pseudonym(99); }), "not on the roll"));
  EXPECT_TRUE(refused_for(with([](PaperMark& m) { m.pool = {7}; }), "no pool 7"));
  EXPECT_TRUE(refused_for(with([](PaperMark& m) { m.point = {2}; }), "point 2"));
  EXPECT_TRUE(refused_for(with([](PaperMark& m) { m.pool = south, m.point = {1}; }),
                          "no card of pool 1 is issued at point 1"));
  EXPECT_TRUE(refused_for(with([](PaperMark& m) { m.hour = opening_time / 3600 - 1; }),
                          "before the opening"));
  EXPECT_TRUE(
      refused_for(with([](PaperMark& m) { m.hour = closing_time / 3600 + 1; }), "after the end"));
  PaperMark forged = mark(3);
  forged.signature[0] ^= 1U;
  EXPECT_TRUE(refused_for(board->add(forged), "signature of the registrar"));
  sign(forged, edition.officials[0]);
  EXPECT_TRUE(refused_for(board->add(forged), "signature of the registrar"));
  Board::expect(board->add(mark(3)));
  EXPECT_TRUE(refused_for(board->add(mark(3)), "before"));
  EXPECT_TRUE(refused_for(board->add(mark(3, north, 1)), "before"));
  Board::expect(board->add(mark(3, south)));
  EXPECT_TRUE(refused_for(board->add(mark(3, west)), "group districts"));

  // Its hour binds the closing like a certificate's.
  PaperMark late = mark(4);
  late.hour = closing_time / 3600;
  sign(late, edition.registrar);
  Board::expect(board->add(late));
  EXPECT_TRUE(refused_for(board->add(board->closing(closing_time - 3600)), "after the closing"));
  close();
  EXPECT_TRUE(refused_for(board->add(mark(5)), "out of its phase"));
}

TEST_F(Paper, AMarkUsesUpTheGroup) {
  const Voter voter = board->voter(0);
  Board::expect(board->cast(voter, south, named({1})));
  Board::expect(board->add(mark(0, west)));
  close();
  for (std::uint32_t number = 0; number < 5; ++number)
    Board::expect(board->add(
        batch(number, number == 4 ? std::vector{named({2})} : std::vector<BallotContent>())));
  EXPECT_EQ(board->state().counted_entry(south).ballots, 0U);
  EXPECT_EQ(board->state().counted_entry(west).ballots, 1U);
}

TEST_F(Paper, ABoxHoldsNoMoreThanWasHandedOut) {
  Board::expect(board->add(mark(0)));
  Board::expect(board->add(mark(1)));
  Board::expect(board->add(mark(2, north, 1)));
  EXPECT_TRUE(refused_for(board->add(batch(0, {})), "out of its phase"));
  close();
  const auto with = [&](auto change, bool sign_again = true) {
    PaperBatch entry = batch(0, {named({1}), named({2, 3})});
    change(entry);
    if (sign_again) board->official_sign(entry);
    return board->add(entry);
  };
  // Whatever they say, three cards are one too many.
  EXPECT_TRUE(refused_for(board->add(batch(0, {named({1}), named({2}), named({3})})),
                          "3 cards of pool 0 were in the box of point 0, where 2 people"));
  EXPECT_TRUE(refused_for(board->add(batch(0, {}, 3)), "3 cards"));
  EXPECT_TRUE(refused_for(board->add(batch(3, {named({1})})), "1 cards of pool 1"));
  // Photocopies of a card, or cards from elsewhere.
  EXPECT_TRUE(refused_for(with([](PaperBatch& b) { b.cards[1] = b.cards[0]; }), "not those"));
  EXPECT_TRUE(refused_for(
      with([](PaperBatch& b) { b.cards[1] = std::string(view_of(random_card_serial())); }),
      "not those of batch 0"));
  EXPECT_TRUE(
      refused_for(with([&](PaperBatch& b) { b.cards[1] = std::string(view_of(serials[2][0])); }),
                  "not those of batch 0"));
  EXPECT_TRUE(refused_for(with([](PaperBatch& b) { b.batch = {5}; }), "no batch 5"));
  EXPECT_TRUE(refused_for(with([](PaperBatch& b) { b.unfit[1] = 1; }), "not together the 2"));
  EXPECT_TRUE(refused_for(with([](PaperBatch& b) { std::fill_n(b.ciphertexts.begin(), 32, '\0'); }),
                          "no group element"));
  EXPECT_TRUE(refused_for(with([](PaperBatch& b) { b.proofs[40] ^= 1; }), "proof"));
  EXPECT_TRUE(refused_for(with([](PaperBatch& b) { ++b.refused[0]; }, false), "official 0"));
  EXPECT_TRUE(refused_for(
      with([](PaperBatch& b) { b.signatures[1].signature = b.signatures[0].signature; }, false),
      "official 2"));
  Board::expect(board->add(batch(0, {named({1})}, 1)));
  EXPECT_TRUE(refused_for(board->add(batch(0, {})), "stated before"));
  EXPECT_TRUE(refused_for(board->add(batch(1, {named({1})})), "3 cards"));
  Board::expect(board->add(batch(1, {})));
  Board::expect(board->add(batch(2, {named({1})})));
  EXPECT_EQ(board->state().paper().cards_at({0}, north), 2U);
}

// The same serial number issued twice, by an office that cheats: one card counts once all the same.
TEST_F(Paper, OneSerialNumberCountsOnceOnTheBoard) {
  serials[2][0] = serials[0][0];
  edition.manifest.paper->batches[2].root = root_of_cards(serials[2]);
  edition.seal();
  board.emplace(edition);
  board->prepare(4);
  Board::expect(board->add(mark(0)));
  Board::expect(board->add(mark(1, north, 1)));
  close();
  Board::expect(board->add(batch(0, {named({1})})));
  EXPECT_TRUE(refused_for(board->add(batch(2, {named({1})})), "stated before"));
}

// A ballot of the board may not be stated as a card: whoever did it would see in the result how
// that person voted.
TEST_F(Paper, ABallotIsNoCard) {
  const Voter voter = board->voter(1);
  const Ballot ballot = board->ballot(voter, north, named({1}));
  Board::expect(board->add(ballot));
  Board::expect(board->add(mark(0)));
  close();
  PaperBatch entry = batch(0, {named({1})});
  entry.ciphertexts = ballot.ciphertext;
  entry.proofs = ballot.proof;
  board->official_sign(entry);
  EXPECT_TRUE(refused_for(board->add(entry), "proof"));
}

TEST_F(Paper, AnEditionWithoutPaperHasNone) {
  Edition plain({pool("north", 5, approval(1, 3))});
  EXPECT_EQ(plain.bytes[0], '\xB0');
  EXPECT_EQ(edition.bytes[0], '\xB1');
  Board other(plain);
  other.prepare(2);
  PaperMark entry{plain.hash, north, pseudonym(0), {0}, opening_time / 3600, {}};
  sign(entry, plain.registrar);
  EXPECT_TRUE(refused_for(other.add(entry), "no card of pool 0"));
  Board::expect(other.add(other.closing()));
  Board::expect(other.add(other.issuance()));
  PaperBatch box{plain.hash, {0}, {std::string(10, 'a')}, {}, {}, {}, {}, {}};
  other.official_sign(box);
  EXPECT_TRUE(refused_for(other.add(box), "no batch 0"));
  Board::expect(other.add(other.state().counted_entry(north)));
}

TEST_F(Paper, TheManifestIsReadAsItWasWritten) {
  const Result<Manifest> read = decode_manifest(edition.bytes);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, edition.manifest);
  const auto refused = [&](auto change) {
    Manifest manifest = edition.manifest;
    change(*manifest.paper);
    return !check(manifest) && !decode_manifest(encode(manifest));
  };
  EXPECT_FALSE(refused([](PaperVoting&) {}));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.points.clear(); }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.batches.clear(); }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.points[1] = p.points[0]; }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.points[1] = ""; }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.points[1] = "a\nb"; }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.batches[0].point = {2}; }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.batches[0].pool = {3}; }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.batches[0].cards = 0; }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.batches[0].root = p.batches[1].root; }));
  // As many as fit into an entry of votes of one element.
  EXPECT_FALSE(refused([](PaperVoting& p) { p.batches[0].cards = 401; }));
  EXPECT_TRUE(refused([](PaperVoting& p) { p.batches[0].cards = 402; }));
  // What follows the head decides nothing else.
  std::string without = edition.bytes;
  without[0] = '\xB0';
  EXPECT_FALSE(decode_manifest(without));
}

TEST_F(Paper, TheFullestBatchFitsIntoAnEntry) {
  std::vector<CardSerial> many(401);
  for (CardSerial& serial : many) serial = random_card_serial();
  FoundCards found;
  found.used.assign(many.size(), true);
  found.contents.assign(many.size(), std::string(29, '\x08'));
  PaperBatch entry = make_paper_batch(edition.hash, {0}, many, *board->joint_key, found).value();
  board->official_sign(entry);
  const std::string bytes = encode(entry);
  EXPECT_LE(bytes.size(), entry_bytes_max);
  EXPECT_TRUE(decode_entry(bytes));
  const IssuedBatch issued{{0}, north, 401, root_of_cards(many)};
  EXPECT_TRUE(check_paper_batch(entry, issued, 1, board->joint_key->encoding));
  EXPECT_EQ(used_cards(entry), many);
}

}  // namespace
}  // namespace urna::election
