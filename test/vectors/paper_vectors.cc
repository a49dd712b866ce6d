// SPDX-License-Identifier: EUPL-1.2
#include "paper_vectors.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "election/paper.h"
#include "group/hash.h"

namespace urna {
namespace {

namespace json = boost::json;
using election::BatchNumber;
using election::CardSerial;
using election::FoundCards;
using election::OfficialNumber;
using election::PaperBatch;
using election::PaperMark;
using election::PointNumber;
using election::PoolNumber;
using election::Pseudonym;

json::value hex(std::string_view bytes) { return json::value(to_hex(bytes)); }

constexpr std::uint64_t opened = 1'790'000'000;
constexpr std::uint64_t closes = opened + 14 * 86'400;

// Three pools, two of them in a group of which one may be chosen; two points; four batches.
struct Town {
  election::EditionHash edition = election::edition_hash("an edition on paper");
  proof::SigningKey registrar = proof::SigningKey::random();
  std::vector<proof::SigningKey> officials = {
      proof::SigningKey::random(), proof::SigningKey::random(), proof::SigningKey::random()};
  election::JointKey joint_key{group::hash_to_group("a joint key", "urna/1 test")};
  std::vector<std::size_t> widths = {1, 2, 1};
  std::vector<std::vector<CardSerial>> serials;
  std::vector<election::IssuedBatch> issued;
  std::vector<Pseudonym> people;

  Town() {
    for (const auto& [point, pool, cards] :
         {std::tuple<PointNumber, PoolNumber, std::uint32_t>{{0}, {0}, 4},
          {{0}, {0}, 2},
          {{1}, {0}, 3},
          {{0}, {1}, 3},
          {{0}, {2}, 1}}) {
      std::vector<CardSerial>& batch = serials.emplace_back(cards);
      for (CardSerial& serial : batch) serial = election::random_card_serial();
      issued.push_back({point, pool, cards, election::root_of_cards(batch)});
    }
    for (std::uint8_t i = 1; i <= 4; ++i) {
      Pseudonym person;
      person.octets.fill(i);
      people.push_back(person);
    }
  }

  // What the roll gives each of them.
  [[nodiscard]] static json::array pools_of(std::size_t person) {
    return person == 3 ? json::array{1} : json::array{0, 1, 2};
  }
  [[nodiscard]] json::object facts() const {
    json::array keys;
    for (const proof::SigningKey& official : officials) keys.push_back(hex(view_of(official.key)));
    json::array batches;
    for (const election::IssuedBatch& batch : issued) {
      batches.push_back(
          json::array{batch.point.value, batch.pool.value, batch.cards, hex(view_of(batch.root))});
    }
    json::array roll;
    for (std::size_t i = 0; i < people.size(); ++i)
      roll.push_back(json::array{hex(people[i].view()), pools_of(i)});
    return json::object{{"edition", hex(edition.view())},
                        {"registrar", hex(view_of(registrar.key))},
                        {"officials", std::move(keys)},
                        {"joint_key", hex(view_of(joint_key.encoding))},
                        {"opened", opened},
                        {"closes", closes},
                        {"widths", json::value_from(widths)},
                        {"groups", json::array{json::array{json::array{1, 2}, 1}}},
                        {"points", 2},
                        {"issued", std::move(batches)},
                        {"roll", std::move(roll)}};
  }

  [[nodiscard]] PaperMark mark(std::size_t person, std::uint16_t pool,
                               std::uint16_t point = 0) const {
    PaperMark entry{edition, {pool}, people[person], {point}, opened / 3600 + 5, {}};
    sign(entry, registrar);
    return entry;
  }
  // With the first `used` cards in the box, of which the last `unreadable` hold no vote.
  [[nodiscard]] PaperBatch batch(std::uint32_t number, std::size_t used,
                                 std::size_t unreadable = 0) const {
    FoundCards found;
    found.used.assign(issued[number].cards, false);
    std::fill_n(found.used.begin(), used, true);
    const std::size_t width = widths[issued[number].pool.value];
    found.contents.assign(used - unreadable, std::string(29 * width, '\x10'));
    found.unfit[0] = unreadable;
    found.refused = {415, 2, 0};
    PaperBatch entry =
        election::make_paper_batch(edition, BatchNumber{number}, serials[number], joint_key, found)
            .value();
    sign_by_two(entry);
    return entry;
  }
  void sign_by_two(PaperBatch& entry) const {
    election::sign(entry, OfficialNumber{0}, officials[0], OfficialNumber{2}, officials[2]);
  }
};

}  // namespace

json::object card_vectors() {
  json::array cases;
  for (const std::size_t cards : {1U, 2U, 3U, 7U}) {
    std::vector<CardSerial> serials;
    json::array bytes;
    json::array texts;
    json::array leaves;
    for (std::size_t i = 0; i < cards; ++i) {
      serials.push_back(election::random_card_serial());
      if (cards == 1) serials.back().fill(0);
      if (cards == 2 && i == 1) serials.back().fill(255);
      bytes.push_back(hex(view_of(serials.back())));
      texts.push_back(json::value(election::to_text(serials.back())));
      leaves.push_back(hex(view_of(election::leaf_of(serials.back()))));
    }
    cases.push_back(json::object{{"serials", std::move(bytes)},
                                 {"texts", std::move(texts)},
                                 {"leaves", std::move(leaves)},
                                 {"root", hex(view_of(election::root_of_cards(serials)))}});
  }
  return {{"about", "Serial numbers of cards and the roots of batches, section 7.3"},
          {"cases", std::move(cases)}};
}

json::object paper_vectors() {
  const Town town;
  json::array cases;
  const auto add = [&](const std::string& about, const std::vector<std::string>& before,
                       const std::string& bytes, bool valid) {
    json::array earlier;
    for (const std::string& entry : before) earlier.push_back(hex(entry));
    json::object one = town.facts();
    one["about"] = about;
    one["before"] = std::move(earlier);
    one["bytes"] = hex(bytes);
    one["valid"] = valid;
    cases.push_back(std::move(one));
  };

  // Marks
  const std::string first = encode(town.mark(0, 0));
  const std::string second = encode(town.mark(1, 0));
  add("a mark", {}, first, true);
  add("a mark of another person at the same point", {first}, second, true);
  add("a mark of the same person in another pool", {first}, encode(town.mark(0, 1)), true);
  add("a mark of the same person in the same pool", {first}, encode(town.mark(0, 0, 1)), false);
  add("the same mark again", {first}, first, false);
  add("a second mark in a group of which one may be chosen", {encode(town.mark(0, 1))},
      encode(town.mark(0, 2)), false);
  add("a mark in a pool that the roll gives to others", {}, encode(town.mark(3, 0)), false);
  add("a mark in the pool that the roll gives", {}, encode(town.mark(3, 1)), true);
  add("a mark at a point that has no cards of the pool", {}, encode(town.mark(0, 1, 1)), false);
  add("a mark at no point", {}, encode(town.mark(0, 0, 2)), false);
  const auto with_mark = [&](const std::string& about, bool valid,
                             const std::function<void(PaperMark&)>& change,
                             bool sign_again = true) {
    PaperMark entry = town.mark(0, 0);
    change(entry);
    if (sign_again) sign(entry, town.registrar);
    add("a mark " + about, {}, encode(entry), valid);
  };
  with_mark("of nobody on the roll", false, [](PaperMark& e) { e.pseudonym.octets[5] ^= 1; });
  with_mark("of the first hour", true, [](PaperMark& e) { e.hour = opened / 3600; });
  with_mark("before the opening", false, [](PaperMark& e) { e.hour = opened / 3600 - 1; });
  with_mark("of the last hour", true, [](PaperMark& e) { e.hour = closes / 3600; });
  with_mark("after the end", false, [](PaperMark& e) { e.hour = closes / 3600 + 1; });
  with_mark("of another edition", false, [](PaperMark& e) { e.edition.octets[0] ^= 1; });
  with_mark(
      "of another hour than was signed", false, [](PaperMark& e) { ++e.hour; }, false);
  with_mark(
      "signed by an official", false, [&](PaperMark& e) { sign(e, town.officials[0]); }, false);

  // Batches
  const std::vector<std::string> two = {first, second};
  add("a batch of which nothing was in the box", {}, encode(town.batch(0, 0)), true);
  add("a card for each mark", two, encode(town.batch(0, 2)), true);
  add("fewer cards than marks", two, encode(town.batch(0, 1)), true);
  add("more cards than marks", two, encode(town.batch(0, 3)), false);
  add("a card and no mark", {}, encode(town.batch(0, 1)), false);
  add("unreadable cards and no mark", {}, encode(town.batch(0, 1, 1)), false);
  add("an unreadable card", two, encode(town.batch(0, 2, 1)), true);
  add("cards of two batches for two marks", {first, second, encode(town.batch(0, 1))},
      encode(town.batch(1, 1)), true);
  add("cards of two batches for fewer marks", {first, second, encode(town.batch(0, 1))},
      encode(town.batch(1, 2)), false);
  add("a card of another point than the marks", two, encode(town.batch(2, 1)), false);
  add("a card of another pool than the marks", two, encode(town.batch(3, 1)), false);
  add("a vote of two elements", {encode(town.mark(0, 1))}, encode(town.batch(3, 1)), true);
  add("a batch again", {encode(town.batch(0, 0))}, encode(town.batch(0, 0)), false);
  const auto with_batch = [&](const std::string& about,
                              const std::function<void(PaperBatch&)>& change,
                              bool sign_again = true, bool valid = false) {
    PaperBatch entry = town.batch(0, 2);
    change(entry);
    if (sign_again) town.sign_by_two(entry);
    add("a batch " + about, two, encode(entry), valid);
  };
  with_batch(
      "with other numbers of refused papers",
      [](PaperBatch& e) {
        e.refused = {0, 0, 1};
      },
      true, true);
  with_batch("with a card that was never issued", [](PaperBatch& e) {
    e.cards[0] = std::string(view_of(election::random_card_serial()));
  });
  with_batch("with a card of another batch",
             [&](PaperBatch& e) { e.cards[0] = std::string(view_of(town.serials[2][0])); });
  with_batch("with one card twice", [](PaperBatch& e) { e.cards[1] = e.cards[0]; });
  with_batch("with cards in another order",
             [](PaperBatch& e) { std::swap(e.cards[0], e.cards[2]); });
  with_batch("without one of its cards", [](PaperBatch& e) { e.cards.pop_back(); });
  with_batch("with a serial of nine bytes", [](PaperBatch& e) { e.cards[0].pop_back(); });
  with_batch("of another number", [](PaperBatch& e) { e.batch = {1}; });
  with_batch("of no number", [&](PaperBatch& e) {
    e.batch = {static_cast<BatchNumber::Value>(town.issued.size())};
  });
  with_batch("of another edition", [](PaperBatch& e) { e.edition.octets[0] ^= 1; });
  with_batch("with a vote less", [](PaperBatch& e) {
    e.ciphertexts.resize(64);
    e.proofs.resize(64);
  });
  with_batch(
      "with a vote less and an unreadable card",
      [](PaperBatch& e) {
        e.ciphertexts.resize(64);
        e.proofs.resize(64);
        e.unfit[0] = 1;
      },
      true, true);
  with_batch("with an unreadable card more", [](PaperBatch& e) { e.unfit[1] = 1; });
  with_batch("with a number of cards that overflows", [](PaperBatch& e) {
    e.unfit = {election::number_max, election::number_max};
  });
  with_batch("with votes in another order", [](PaperBatch& e) {
    e.ciphertexts = e.ciphertexts.substr(64) + e.ciphertexts.substr(0, 64);
    e.proofs = e.proofs.substr(64) + e.proofs.substr(0, 64);
  });
  with_batch("with one vote twice", [](PaperBatch& e) {
    e.ciphertexts.replace(64, 64, e.ciphertexts.substr(0, 64));
    e.proofs.replace(64, 64, e.proofs.substr(0, 64));
  });
  with_batch("with half a vote", [](PaperBatch& e) {
    e.ciphertexts.resize(96);
    e.proofs.resize(96);
  });
  with_batch("with a proof less", [](PaperBatch& e) { e.proofs.resize(64); });
  with_batch("with proofs exchanged",
             [](PaperBatch& e) { e.proofs = e.proofs.substr(64) + e.proofs.substr(0, 64); });
  with_batch("with an altered response",
             [](PaperBatch& e) { e.proofs[32] = static_cast<char>(e.proofs[32] ^ 1); });
  with_batch("with the identity in a vote",
             [](PaperBatch& e) { std::fill_n(e.ciphertexts.begin(), 32, '\0'); });
  with_batch("whose second part is no element",
             [](PaperBatch& e) { std::fill_n(e.ciphertexts.begin() + 32, 32, '\xff'); });
  with_batch(
      "signed by one", [](PaperBatch& e) { e.signatures[1].signature = e.signatures[0].signature; },
      false);
  with_batch(
      "signed by one twice", [](PaperBatch& e) { e.signatures[1] = e.signatures[0]; }, false);
  with_batch(
      "signed by a stranger", [](PaperBatch& e) { e.signatures[1].official = {3}; }, false);
  with_batch(
      "altered after it was signed", [](PaperBatch& e) { ++e.refused[2]; }, false);
  return {{"about", "Voting on paper: marks and batches of cards, section 7.3"},
          {"cases", std::move(cases)}};
}

}  // namespace urna
