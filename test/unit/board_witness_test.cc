// SPDX-License-Identifier: EUPL-1.2
// A witness cosigns one history of a log, across restarts, and says why it does not cosign others
// (C2SP tlog-witness); a log that asks takes no other answer.
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "board/log_reader.h"
#include "board/merkle.h"
#include "board/witness.h"
#include "test/unit/board_sample.h"

namespace urna::board {
namespace {

namespace fs = std::filesystem;
using testing::entry_of;
using testing::files_of;
using testing::key_of;

class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest()
      : folder_((fs::path(::testing::TempDir()) /
                 ("urna_witness_" +
                  std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) +
                  "_" + std::to_string(::getpid())))
                    .string()) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (std::uint64_t i = 0; i < 300; ++i) tree_.append(leaf_hash(entry_of(i)));
  }
  WitnessTest(const WitnessTest&) = delete;
  WitnessTest& operator=(const WitnessTest&) = delete;
  ~WitnessTest() override { fs::remove_all(folder_); }

  std::unique_ptr<Witness> open() {
    Result<std::unique_ptr<Witness>> witness = Witness::open(folder_, key_, {log_.verifier_key()});
    EXPECT_TRUE(witness) << witness.error().to_string();
    return std::move(*witness);
  }
  [[nodiscard]] std::string note(std::uint64_t size) const {
    return sign_checkpoint({log_.verifier_key().name, size, tree_.root(size)}, log_).value();
  }
  [[nodiscard]] std::string request(std::uint64_t old_size, std::uint64_t size) const {
    return AddCheckpoint{old_size, tree_.consistency_proof(old_size, size), note(size)}.to_string();
  }
  // Why the request was refused; nullopt if it was granted with a signature that holds.
  static std::optional<WitnessRefused> refusal(Witness& witness, const std::string& body) {
    auto given = witness.add(body, 1'792'000'000);
    if (auto* refused = std::get_if<WitnessRefused>(&given)) return *refused;
    const Result<AddCheckpoint> asked = AddCheckpoint::parse(body);
    EXPECT_TRUE(asked);
    const Result<Cosignature> held = verify_cosignature(
        UnverifiedNote::parse(asked->note)->checkpoint, std::get<NoteSignature>(given),
        key_of<WitnessSecretKey>("w1", 2).verifier_key());
    EXPECT_TRUE(held) << held.error().to_string();
    return std::nullopt;
  }
  static void expect_refused(Witness& witness, const std::string& body, WitnessRefusal why) {
    const auto refused = refusal(witness, body);
    ASSERT_TRUE(refused);
    EXPECT_EQ(to_string(refused->why), to_string(why)) << refused->error.to_string();
  }

  std::string folder_;
  MerkleTree tree_;
  LogSecretKey log_ = key_of<LogSecretKey>("board.example/lodz", 1);
  WitnessSecretKey key_ = key_of<WitnessSecretKey>("w1", 2);
};

TEST_F(WitnessTest, TheRequestIsThatOfTheSpecification) {
  const AddCheckpoint request{3, {leaf_hash("a"), leaf_hash("b")}, note(5)};
  EXPECT_EQ(request.to_string(), "old 3\n" + to_base64(view_of(leaf_hash("a"))) + "\n" +
                                     to_base64(view_of(leaf_hash("b"))) + "\n\n" + note(5));
  const Result<AddCheckpoint> again = AddCheckpoint::parse(request.to_string());
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(*again, request);
}

TEST_F(WitnessTest, OtherRequestsAreRefused) {
  const std::string good = request(0, 5);
  ASSERT_TRUE(AddCheckpoint::parse(good));
  const std::string hash = to_base64(view_of(leaf_hash("a"))) + "\n";
  std::string too_long = "old 1\n";
  for (std::size_t i = 0; i <= max_witness_proof; ++i) too_long += hash;
  for (const std::string& wrong : std::vector<std::string>{
           "", "old 0", "old 00\n\n" + note(5), "old -1\n\n" + note(5),
           "old 18446744073709551616\n\n" + note(5), "Old 0\n\n" + note(5), "old 0\n" + note(5),
           "old 0\nAAAA\n\n" + note(5), "old 0\n" + hash.substr(1) + "\n" + note(5), "old 0\n\n",
           "old 0\n\n" + note(5) + "\n", too_long + "\n" + note(5),
           "old 0\n\n" + std::string(max_add_checkpoint_bytes, 'x')}) {
    EXPECT_FALSE(AddCheckpoint::parse(wrong)) << wrong.substr(0, 80);
  }
}

TEST_F(WitnessTest, CosignsWhatContinuesAndRemembersItAcrossRestarts) {
  auto witness = open();
  EXPECT_FALSE(refusal(*witness, request(0, 3)));
  EXPECT_FALSE(refusal(*witness, request(3, 3))) << "the same again";
  EXPECT_FALSE(refusal(*witness, request(3, 257)));
  EXPECT_FALSE(Witness::open(folder_, key_, {log_.verifier_key()})) << "one process at a time";
  witness.reset();
  witness = open();
  ASSERT_EQ(witness->watched().size(), 1U);
  EXPECT_EQ(witness->watched()[0].size, 257U);
  const auto refused = refusal(*witness, request(0, 300));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->why, WitnessRefusal::other_size);
  EXPECT_EQ(refused->remembered_size, 257U);
  EXPECT_FALSE(refusal(*witness, request(257, 300)));
}

TEST_F(WitnessTest, RefusesAnotherHistoryAndKeepsItAsEvidence) {
  auto witness = open();
  ASSERT_FALSE(refusal(*witness, request(0, 10)));
  MerkleTree other;
  for (std::uint64_t i = 0; i < 20; ++i) other.append(leaf_hash(entry_of(i + (i == 4 ? 100 : 0))));
  const auto other_note = [&](std::uint64_t size) {
    return sign_checkpoint({log_.verifier_key().name, size, other.root(size)}, log_).value();
  };
  expect_refused(*witness, AddCheckpoint{10, {}, other_note(10)}.to_string(), WitnessRefusal::fork);
  expect_refused(*witness,
                 AddCheckpoint{10, other.consistency_proof(10, 20), other_note(20)}.to_string(),
                 WitnessRefusal::no_continuation);
  std::size_t kept = 0;
  for (const auto& [path, bytes] : files_of(fs::path(folder_) / "evidence")) {
    if (bytes == other_note(10) || bytes == other_note(20)) ++kept;
  }
  EXPECT_EQ(kept, 2U);
  EXPECT_FALSE(refusal(*witness, request(10, 20))) << "the first history goes on";
}

TEST_F(WitnessTest, RefusesWhatIsNotTheLogs) {
  auto witness = open();
  const auto signed_by = [&](const LogSecretKey& key) {
    return AddCheckpoint{
        0, {}, sign_checkpoint({key.verifier_key().name, 3, tree_.root(3)}, key).value()}
        .to_string();
  };
  expect_refused(*witness, signed_by(key_of<LogSecretKey>("board.example/lodz", 9)),
                 WitnessRefusal::not_signed);
  expect_refused(*witness, signed_by(key_of<LogSecretKey>("other.example", 1)),
                 WitnessRefusal::unknown_log);
  expect_refused(*witness, AddCheckpoint{4, {}, note(3)}.to_string(), WitnessRefusal::malformed);
  expect_refused(*witness, "nothing", WitnessRefusal::malformed);
  EXPECT_EQ(witness->watched()[0].size, 0U);
}

TEST_F(WitnessTest, AFolderThatIsLostOrAnothersIsNoBeginning) {
  open().reset();
  const auto with = [&](const std::string& folder, const WitnessSecretKey& key,
                        std::vector<LogKey> logs) {
    return Witness::open(folder, key, std::move(logs)).ok();
  };
  EXPECT_FALSE(with(folder_ + "/gone", key_, {log_.verifier_key()}));
  EXPECT_FALSE(with(folder_, key_, {}));
  EXPECT_FALSE(with(folder_, key_, {log_.verifier_key(), log_.verifier_key()}));
  ASSERT_FALSE(refusal(*open(), request(0, 3)));
  EXPECT_FALSE(with(folder_, key_of<WitnessSecretKey>("w2", 3), {log_.verifier_key()}))
      << "the memory of another witness";
}

TEST_F(WitnessTest, ASignatureThatCannotBeRememberedIsNotGiven) {
  auto witness = open();
  fs::remove_all(folder_);
  expect_refused(*witness, request(0, 3), WitnessRefusal::unavailable);
  fs::create_directories(folder_);
  EXPECT_FALSE(refusal(*witness, request(0, 3)));
}

// ---- Asking

TEST_F(WitnessTest, AskingFindsOutWhatTheWitnessRemembers) {
  auto witness = open();
  std::size_t requests = 0;
  const SendToWitness send = [&](const std::string& body) -> Result<WitnessReply> {
    ++requests;
    auto given = witness->add(body, 1'792'000'000);
    if (auto* refused = std::get_if<WitnessRefused>(&given)) {
      return WitnessReply{409, std::to_string(refused->remembered_size) + "\n"};
    }
    return WitnessReply{200, std::get<NoteSignature>(given).line()};
  };
  const auto ask = [&](std::uint64_t size, std::uint64_t& remembered) {
    return ask_witness(
        note(size), key_.verifier_key(), remembered,
        [&](std::uint64_t old_size) -> Result<MerkleProof> {
          return tree_.consistency_proof(old_size, size);
        },
        send);
  };
  std::uint64_t remembered = 0;
  ASSERT_TRUE(ask(100, remembered));
  EXPECT_EQ(remembered, 100U);
  EXPECT_EQ(requests, 1U);
  std::uint64_t forgotten = 0;
  ASSERT_TRUE(ask(200, forgotten));
  EXPECT_EQ(requests, 3U);
  const Result<NoteSignature> older = ask(150, remembered);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, ErrorCode::conflict);
}

TEST_F(WitnessTest, AskingTakesNoOtherAnswer) {
  const WitnessKey expected = key_.verifier_key();
  const Checkpoint here{log_.verifier_key().name, 5, tree_.root(5)};
  const auto line = [&](const WitnessSecretKey& key, std::uint64_t size) {
    return cosign({here.origin, size, tree_.root(size)}, key, 1'792'000'000)->line();
  };
  const auto answered = [&](unsigned status, const std::string& body) {
    std::uint64_t remembered = 0;
    return ask_witness(
               note(5), expected, remembered,
               [&](std::uint64_t old_size) -> Result<MerkleProof> {
                 return tree_.consistency_proof(old_size, 5);
               },
               [&](const std::string&) -> Result<WitnessReply> {
                 return WitnessReply{status, body};
               })
        .ok();
  };
  EXPECT_TRUE(answered(200, line(key_, 5)));
  EXPECT_TRUE(answered(200, line(key_of<WitnessSecretKey>("w0", 7), 5) + line(key_, 5)));
  EXPECT_FALSE(answered(200, ""));
  EXPECT_FALSE(answered(200, line(key_, 6))) << "of another checkpoint";
  EXPECT_FALSE(answered(200, line(key_of<WitnessSecretKey>("w1", 7), 5))) << "another key";
  EXPECT_FALSE(answered(200, "— w1 not base64\n"));
  EXPECT_FALSE(answered(409, "5x\n"));
  EXPECT_FALSE(answered(409, "6\n")) << "more than there is";
  EXPECT_FALSE(answered(409, "3\n")) << "the same for ever";
  EXPECT_FALSE(answered(500, ""));
  EXPECT_FALSE(answered(302, ""));
}

}  // namespace
}  // namespace urna::board
