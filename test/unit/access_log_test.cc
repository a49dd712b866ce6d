// SPDX-License-Identifier: EUPL-1.2
// The access log: whatever is done to its rows, the verifier names the first bad one.
#include "protection/access_log.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "protection/planted.h"

namespace urna::protection {
namespace {

template <typename Key>
Key key_of(std::string_view name, std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return Key::from_seed(name, seed).value();
}

// A log in memory.
class MemoryLog : public AccessLogStore {
 public:
  Result<AccessLogHead> access_head() override { return head_; }
  Status append_access(const AccessRow& row) override {
    copy.rows.push_back(row);
    return ok_status();
  }
  Status finish_access(const AccessLogHead& head, std::string_view note) override {
    // What a database keeps, it keeps as bytes.
    head_ = AccessLogHead::decode(head.encode()).value();
    copy.notes.emplace_back(note);
    return ok_status();
  }
  AccessLogCopy copy;

 private:
  AccessLogHead head_;
};

AccessRecord record_of(std::uint64_t number) {
  AccessRecord record;
  record.time = 1'790'000'000 + number;
  record.role = "operator";
  record.actor = "op-17";
  record.fields = {Field::person_name, Field::person_phone};
  record.persons = 1;
  record.person = keyed_hash(SecretKey::of(std::array<std::uint8_t, 32>{7}), "44051401458");
  record.purpose = Purpose::identification;
  return record;
}

class AccessLogTest : public testing::Test {
 protected:
  AccessLogTest() {
    // Appends of 1, 2, 3, 4, 5, 1 … rows: 20 rows under 7 checkpoints.
    std::uint64_t number = 0;
    for (const int rows : {1, 2, 3, 4, 5, 1, 4}) {
      std::vector<std::string> entries;
      for (int i = 0; i < rows; ++i) entries.push_back(encode(record_of(number++)).value());
      EXPECT_TRUE(append_to_access_log(log_, entries, key_).ok());
    }
  }
  AccessLogVerdict verify(const AccessLogCopy& copy, bool witnessed = false,
                          std::vector<std::string> seen = {}) const {
    AccessLogKeys keys;
    keys.log = key_.verifier_key();
    if (witnessed) keys.witnesses = {witness_.verifier_key()};
    keys.seen = std::move(seen);
    AccessLogVerifier verifier(copy.notes, keys);
    for (const AccessRow& row : copy.rows) verifier.add(row);
    return verifier.finish();
  }
  // Everything anew from the entries, as somebody who has the log's key would.
  AccessLogCopy rewritten(std::vector<std::string> entries) const {
    MemoryLog log;
    for (const std::string& entry : entries) {
      EXPECT_TRUE(append_to_access_log(log, std::span(&entry, 1), key_).ok());
    }
    return log.copy;
  }

  board::LogSecretKey key_ = key_of<board::LogSecretKey>("registrar.example/access", 1);
  board::WitnessSecretKey witness_ = key_of<board::WitnessSecretKey>("second-controller", 2);
  MemoryLog log_;
};

TEST_F(AccessLogTest, SoundLogIsSound) {
  const AccessLogVerdict verdict = verify(log_.copy);
  EXPECT_TRUE(verdict.sound()) << verdict.reason;
  EXPECT_EQ(verdict.entries, 20U);
  EXPECT_TRUE(verify({}).sound());
  const AccessLogCopy copy = decode_access_log_copy(encode(log_.copy)).value();
  EXPECT_TRUE(verify(copy).sound());
  EXPECT_EQ(encode(copy), encode(log_.copy));
}

TEST_F(AccessLogTest, NamesTheAlteredRow) {
  for (std::size_t i = 0; i < log_.copy.rows.size(); ++i) {
    AccessLogCopy copy = log_.copy;
    AccessRecord other = record_of(i);
    other.actor = "op-18";
    copy.rows[i].entry = encode(other).value();
    EXPECT_EQ(verify(copy).first_bad, i);
    copy = log_.copy;
    copy.rows[i].entry.back() ^= 1;
    EXPECT_EQ(verify(copy).first_bad, i);
    copy = log_.copy;
    copy.rows[i].chain[31] ^= 1;
    EXPECT_EQ(verify(copy).first_bad, i);
  }
}

TEST_F(AccessLogTest, NamesTheDroppedRow) {
  for (std::size_t i = 0; i < log_.copy.rows.size(); ++i) {
    AccessLogCopy copy = log_.copy;
    copy.rows.erase(copy.rows.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(verify(copy).first_bad, i);
    for (std::size_t k = i; k < copy.rows.size(); ++k) --copy.rows[k].position;
    EXPECT_EQ(verify(copy).first_bad, i) << "and numbered anew";
  }
}

TEST_F(AccessLogTest, NamesTheFirstOfSwappedRows) {
  for (std::size_t i = 0; i + 1 < log_.copy.rows.size(); ++i) {
    AccessLogCopy copy = log_.copy;
    std::swap(copy.rows[i], copy.rows[i + 1]);
    EXPECT_EQ(verify(copy).first_bad, i);
    std::swap(copy.rows[i].position, copy.rows[i + 1].position);
    EXPECT_EQ(verify(copy).first_bad, i);
    std::swap(copy.rows[i].chain, copy.rows[i + 1].chain);
    EXPECT_EQ(verify(copy).first_bad, i);
  }
}

TEST_F(AccessLogTest, NamesTheCutAndTheInsertedRow) {
  for (std::size_t size = 0; size < log_.copy.rows.size(); ++size) {
    AccessLogCopy copy = log_.copy;
    copy.rows.resize(size);
    EXPECT_EQ(verify(copy).first_bad, size);
  }
  AccessLogCopy copy = log_.copy;
  AccessLogHead head;
  for (const AccessRow& row : copy.rows) head.append(row.entry);
  const std::string entry = encode(record_of(20)).value();
  head.append(entry);
  copy.rows.push_back({20, entry, head.chain()});
  EXPECT_EQ(verify(copy).first_bad, 20U) << "a row that nobody signed";
}

TEST_F(AccessLogTest, ChainMadeAnewDoesNotAgreeWithTheSignatures) {
  // Without the log's key: rows and chain are right, the checkpoints are the old ones.
  std::vector<std::string> entries;
  for (const AccessRow& row : log_.copy.rows) entries.push_back(row.entry);
  AccessRecord other = record_of(7);
  other.persons = 2;
  entries[7] = encode(other).value();
  AccessLogCopy copy = rewritten(entries);
  copy.notes = log_.copy.notes;
  const AccessLogVerdict verdict = verify(copy);
  EXPECT_EQ(verdict.first_bad, 6U) << "rows 6 to 9 were signed together";
  EXPECT_NE(verdict.reason.find("rows 6 to 9"), std::string::npos) << verdict.reason;
}

TEST_F(AccessLogTest, WitnessHoldsAgainstWhoHasTheLogsKey) {
  EXPECT_FALSE(verify(log_.copy, true).sound()) << "nobody has cosigned yet";
  const Result<std::string> cosigned =
      cosign_access_log(log_.copy, key_.verifier_key(), std::nullopt, witness_, 1'790'000'100);
  ASSERT_TRUE(cosigned.ok()) << cosigned.error().to_string();
  AccessLogCopy honest = log_.copy;
  honest.notes.back() = *cosigned;
  const AccessLogVerdict verdict = verify(honest, true, {*cosigned});
  EXPECT_TRUE(verdict.sound()) << verdict.reason;
  EXPECT_EQ(verdict.cosigned, 20U);

  std::vector<std::string> entries;
  for (const AccessRow& row : log_.copy.rows) entries.push_back(row.entry);
  entries.erase(entries.begin() + 11);
  const AccessLogCopy forged = rewritten(entries);
  EXPECT_TRUE(verify(forged).sound()) << "the log's own key cannot tell";
  EXPECT_FALSE(verify(forged, true).sound());
  EXPECT_FALSE(verify(forged, false, {*cosigned}).sound());
  EXPECT_FALSE(
      cosign_access_log(forged, key_.verifier_key(), *cosigned, witness_, 1'790'000'200).ok());
  // And what continues honestly is cosigned again.
  EXPECT_TRUE(
      cosign_access_log(honest, key_.verifier_key(), *cosigned, witness_, 1'790'000'200).ok());
}

TEST_F(AccessLogTest, CheckpointsOfOthersAreRefused) {
  const auto stranger = key_of<board::LogSecretKey>("registrar.example/access", 9);
  MemoryLog other;
  const std::string entry = encode(record_of(0)).value();
  ASSERT_TRUE(append_to_access_log(other, std::span(&entry, 1), stranger).ok());
  EXPECT_FALSE(verify(other.copy).sound());
  AccessLogCopy copy = log_.copy;
  copy.notes[3].resize(copy.notes[3].size() - 5);
  EXPECT_FALSE(verify(copy).sound());
  copy = log_.copy;
  copy.notes.clear();
  EXPECT_EQ(verify(copy).first_bad, 0U);
}

TEST_F(AccessLogTest, EntriesHoldNobodysData) {
  const std::string entry = encode(record_of(3)).value();
  EXPECT_TRUE(find_personal_data(entry, std::vector<std::string>{"44051401458"}).empty());
  const AccessEntry read = decode_access_entry(entry).value();
  EXPECT_EQ(read.actor, "op-17");
  EXPECT_EQ(read.fields, (std::vector<std::string>{"person.name", "person.phone"}));
  EXPECT_EQ(read.purpose, "identification");
  EXPECT_TRUE(read.person.has_value());
  AccessRecord record = record_of(0);
  record.actor = "Jan Kowalski";
  EXPECT_FALSE(encode(record).ok()) << "no free text";
  record = record_of(0);
  record.fields.clear();
  EXPECT_FALSE(encode(record).ok());
}

}  // namespace
}  // namespace urna::protection
