// SPDX-License-Identifier: EUPL-1.2
// A small edition with all its keys, and a board that grows entry by entry, for tests.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "election/ballot.h"
#include "election/board_state.h"
#include "election/ceremony.h"
#include "election/entries.h"
#include "election/manifest.h"
#include "election/roll.h"
#include "proof/batch.h"

namespace urna::election::sample {

inline BallotRule approval(std::uint16_t fewest, std::uint16_t most, bool blank = false) {
  BallotRule rule;
  rule.form = BallotForm::approval;
  rule.fewest = fewest;
  rule.most = most;
  rule.blank_valid = blank;
  return rule;
}

inline BallotRule ranking(std::uint16_t fewest, std::uint16_t most) {
  BallotRule rule = approval(fewest, most);
  rule.form = BallotForm::ranking;
  return rule;
}

inline BallotRule points(std::uint16_t most, PointLimits limits, bool blank = false) {
  BallotRule rule = approval(1, most, blank);
  rule.form = BallotForm::points;
  rule.points = limits;
  return rule;
}

// Projects "A1" … of 10 zł, 20 zł, …; money for about half of them; counted by greedy.
inline Pool pool(std::string id, std::size_t projects, const BallotRule& rule) {
  Pool pool;
  pool.id = std::move(id);
  pool.title = "Pool " + pool.id;
  pool.ballot_rule = rule;
  pool.counting = {"greedy", {}};
  for (std::size_t i = 1; i <= projects; ++i) {
    const auto cost = static_cast<std::int64_t>(1000 * i);
    pool.projects.push_back(
        {"A" + std::to_string(i), Money{cost}, "Project; no. " + std::to_string(i)});
    pool.money += Money{cost / 2};
  }
  const char* type = rule.form == BallotForm::approval  ? "approval"
                     : rule.form == BallotForm::ranking ? "ordinal"
                                                        : "cumulative";
  pool.meta = {{"description", "A \"small\"; pool"}, {"vote_type", type}, {"rule", "greedy"}};
  return pool;
}

// The i-th of some fixed pseudonyms, ascending.
inline Pseudonym pseudonym(std::uint8_t i) {
  Pseudonym pseudonym;
  pseudonym.octets[0] = i;
  pseudonym.octets[31] = 7;
  return pseudonym;
}

struct Edition {
  Manifest manifest;
  proof::SigningKey registrar = proof::SigningKey::random();
  std::vector<proof::SigningKey> officials;
  std::vector<TrusteeKeys> trustees;
  std::string bytes;
  EditionHash hash;

  explicit Edition(std::vector<Pool> pools, std::uint8_t t = 2, std::size_t n = 3) {
    manifest.edition = "pl-test-2026";
    manifest.title = "Zażółć gęślą jaźń";
    manifest.resolution = "Resolution 1/2026";
    manifest.pools = std::move(pools);
    manifest.opens = 1'000'000;
    manifest.closes = 2'000'000;
    manifest.lowest_level = 3;
    manifest.privacy_minimum = 1;
    manifest.registrar = registrar.key;
    for (int i = 0; i < 3; ++i) {
      officials.push_back(proof::SigningKey::random());
      manifest.officials.push_back(officials.back().key);
    }
    manifest.threshold = t;
    for (std::size_t i = 1; i <= n; ++i) {
      trustees.push_back(TrusteeKeys::random());
      manifest.trustees.push_back(make_card("Trustee " + std::to_string(i), trustees.back()));
    }
    manifest.board.origin = "board.example/2026";
    manifest.board.key[0] = 1;
    for (std::uint8_t i = 0; i < 2; ++i) {
      Witness witness;
      witness.name = "witness" + std::to_string(i) + ".example";
      witness.key[0] = static_cast<std::uint8_t>(i + 2);
      manifest.board.witnesses.push_back(witness);
    }
    manifest.board.cosignatures = 1;
    seal();
  }

  [[nodiscard]] std::string first_entry() const { return encode(manifest_entry(bytes)); }

  // After a change of the manifest.
  void seal() {
    bytes = encode(manifest);
    hash = edition_hash(bytes);
  }
};

// A voter with a key for each certificate.
struct Voter {
  Pseudonym pseudonym;
  proof::SigningKey key = proof::SigningKey::random();
  Certificate certificate;
};

inline constexpr std::uint64_t opening_time = 1'000'000;
inline constexpr std::uint64_t closing_time = 2'000'000;

class Board {
 public:
  explicit Board(Edition& edition)
      : edition_(edition),
        state_(BoardState::begin(edition.first_entry(), edition.bytes).value()) {}

  // Applies an entry of any kind; keeps its bytes if it is accepted.
  template <typename Entry>
  Status add(const Entry& entry) {
    const std::string bytes = encode(entry);
    Status applied = state_.apply(bytes, batch);
    if (applied) entries.push_back(bytes);
    return applied;
  }

  // Phases 2 to 4.
  void ceremony() {
    const std::vector<Dealing> dealings = deal_all();
    for (const Dealing& dealing : dealings)
      expect(add(commit_to(encode(dealing), dealing, keys(dealing.trustee))));
    for (const Dealing& dealing : dealings) expect(add(dealing));
    std::vector<std::string> bytes;
    for (const Dealing& dealing : dealings) bytes.push_back(encode(dealing));
    for (std::size_t j = 1; j <= edition_.trustees.size(); ++j) {
      const TrusteeNumber trustee{static_cast<std::uint8_t>(j)};
      Result<Accepted> accepted =
          accept(edition_.manifest, edition_.hash, bytes, trustee, keys(trustee));
      ASSERT_TRUE(accepted) << accepted.error().to_string();
      expect(add(accepted->acceptance));
      secrets.push_back(accepted->secret);
    }
  }

  std::vector<Dealing> deal_all() {
    std::vector<Dealing> dealings;
    for (std::size_t i = 1; i <= edition_.trustees.size(); ++i) {
      const TrusteeNumber trustee{static_cast<std::uint8_t>(i)};
      dealings.push_back(deal(edition_.manifest, edition_.hash, trustee, keys(trustee)));
    }
    return dealings;
  }

  // Phase 5: pseudonyms 0 … people-1 with these pools each.
  void roll(std::uint8_t people, const std::vector<PoolNumber>& pools) {
    std::vector<RollLine> lines;
    for (std::uint8_t i = 0; i < people; ++i) lines.push_back({pseudonym(i), pools});
    roll_file = encode_roll(lines);
    const Roll roll = Roll::decode(roll_file).value();
    RollEntry entry;
    entry.edition = edition_.hash;
    entry.size = roll.size();
    entry.root = roll.root();
    sign(entry, edition_.registrar);
    state_.provide_roll(roll);
    expect(add(entry));
  }

  // Phase 6.
  void open() { expect(add(opening())); }
  Opening opening() {
    Opening entry;
    entry.edition = edition_.hash;
    entry.joint_key = state_.joint_key_bytes();
    entry.roll = entry_hash(entries.back());
    entry.time = opening_time;
    official_sign(entry);
    return entry;
  }

  template <typename Signed>
  void official_sign(Signed& entry) {
    sign(entry, {0}, edition_.officials[0], {2}, edition_.officials[2]);
  }

  // Ready for ballots of `people` in all pools.
  void prepare(std::uint8_t people) {
    ceremony();
    std::vector<PoolNumber> pools;
    for (std::size_t i = 0; i < edition_.manifest.pools.size(); ++i)
      pools.push_back({static_cast<std::uint16_t>(i)});
    all_pools = pools;
    roll(people, pools);
    open();
    joint_key.emplace(state_.joint_key());
  }

  Voter voter(std::uint8_t person, std::uint8_t level = 3) {
    Voter voter;
    voter.pseudonym = pseudonym(person);
    voter.certificate =
        issue_certificate(edition_.hash, edition_.registrar, voter.pseudonym, voter.key.key, level,
                          all_pools, opening_time + 3600, next_serial++);
    return voter;
  }

  // The ballot that is due next for this voter.
  Ballot ballot(const Voter& voter, PoolNumber pool, const BallotContent& content) {
    const auto next = state_.next_ballot(voter.pseudonym, pool);
    const BallotPlace place{edition_.hash, pool, voter.certificate, next.counter, next.previous};
    return make_ballot(place, state_.terms(pool), *joint_key, content, voter.key).value();
  }
  Status cast(const Voter& voter, PoolNumber pool, const BallotContent& content) {
    return add(ballot(voter, pool, content));
  }

  // The ballot that stands there, as officials name it.
  [[nodiscard]] NamedBallot named(std::uint64_t index) const {
    return {{index}, entry_hash(entries.at(index - 1))};
  }
  // By official 1.
  Freeze freeze(const std::vector<std::uint64_t>& indices) {
    Freeze entry{edition_.hash, {}, "ABCDE-FGHJK", "complaint", {}};
    for (const std::uint64_t index : indices) entry.ballots.push_back(named(index));
    sign(entry, {1}, edition_.officials[1]);
    return entry;
  }
  Upholding upholding(std::uint64_t index, Lifted ends = Lifted::freeze) {
    const NamedBallot ballot = named(index);
    Upholding entry{edition_.hash, ballot.index,      ballot.hash, ends,
                    "ABCDE-FGHJK", "voter-confirmed", {}};
    official_sign(entry);
    return entry;
  }
  Annulment annulment(std::uint64_t index) {
    Annulment entry;
    entry.edition = edition_.hash;
    entry.index = {index};
    entry.ballot = entry_hash(entries.at(index - 1));
    entry.reason = "coercion";
    official_sign(entry);
    return entry;
  }
  // By a day, decided an hour before the end in force.
  Extension extension() {
    Extension entry;
    entry.edition = edition_.hash;
    entry.replaces = state_.term().closes;
    entry.time = entry.replaces - 3600;
    entry.closes = entry.replaces + 86'400;
    entry.reason_pl = "Awaria sieci";
    entry.reason_en = "A network failure";
    official_sign(entry);
    return entry;
  }
  Closing closing(std::uint64_t time = closing_time) {
    Closing entry;
    entry.edition = edition_.hash;
    entry.time = time;
    official_sign(entry);
    return entry;
  }
  Issuance issuance() {
    Issuance entry;
    entry.edition = edition_.hash;
    entry.certificates = next_serial;
    sign(entry, edition_.registrar);
    return entry;
  }
  // Phases 8 to 11.
  void close() {
    expect(add(closing()));
    expect(add(issuance()));
    for (const PoolNumber pool : all_pools) expect(add(state_.counted_entry(pool)));
  }

  static void expect(const Status& status) {
    EXPECT_TRUE(status) << (status ? "" : status.error().to_string());
  }

  [[nodiscard]] const BoardState& state() const { return state_; }
  [[nodiscard]] BoardState& state() { return state_; }
  [[nodiscard]] const TrusteeKeys& keys(TrusteeNumber trustee) const {
    return edition_.trustees[trustee.value - 1U];
  }

  proof::Batch batch;
  std::vector<std::string> entries;  // from entry 1 on
  std::vector<group::SecretScalar> secrets;
  std::string roll_file;
  std::vector<PoolNumber> all_pools;
  std::optional<JointKey> joint_key;
  std::uint64_t next_serial = 0;

 private:
  Edition& edition_;
  BoardState state_;
};

inline BallotContent named(std::initializer_list<int> projects) {
  BallotContent content;
  for (const int project : projects)
    content.projects.push_back({static_cast<std::uint16_t>(project)});
  return content;
}

inline BallotContent given(std::initializer_list<std::pair<int, int>> pairs) {
  BallotContent content;
  for (const auto& [project, number] : pairs) {
    content.projects.push_back({static_cast<std::uint16_t>(project)});
    content.points.push_back(static_cast<std::uint32_t>(number));
  }
  return content;
}

// What the message says.
inline testing::AssertionResult refused_for(const Status& status, const std::string& part) {
  if (status) return testing::AssertionFailure() << "it was accepted";
  const std::string text = status.error().to_string();
  if (text.find(part) == std::string::npos)
    return testing::AssertionFailure() << "\"" << text << "\" does not say: " << part;
  if (status.error().remedy.empty())
    return testing::AssertionFailure() << "no meaning in: " << text;
  return testing::AssertionSuccess();
}

}  // namespace urna::election::sample
