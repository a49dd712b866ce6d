// SPDX-License-Identifier: EUPL-1.2
// Checking a log's files: every way of changing them is found, and named.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "board/fsck.h"
#include "board/merkle.h"
#include "test/unit/board_sample.h"

namespace urna::board {
namespace {

namespace fs = std::filesystem;
using testing::entry_of;
using testing::files_of;
using testing::key_of;
using testing::read_all;
using testing::write_all;

class Fsck : public testing::LogTest {
 protected:
  // The error, which must be of this code and in this file of the log.
  void expect_error(ErrorCode code, const std::string& file, const std::string& words = "") const {
    const Result<FsckReport> report = fsck(log_, &key_, {}, 0);
    ASSERT_FALSE(report) << file;
    EXPECT_EQ(report.error().code, code) << report.error().to_string();
    EXPECT_EQ(report.error().place.file, log_ + "/" + file) << report.error().to_string();
    EXPECT_NE(report.error().message.find(words), std::string::npos) << report.error().to_string();
  }
  // Signs a checkpoint of these entries into the log, whatever its tiles say.
  void sign(const std::vector<std::string>& entries) const {
    MerkleTree tree;
    for (const std::string& entry : entries) tree.append(leaf_hash(entry));
    write_all(log_ + "/checkpoint",
              sign_checkpoint({key_.name, tree.size(), tree.root(tree.size())}, secret_).value());
  }
};

TEST_F(Fsck, ReportsASoundLog) {
  fill({2, 300, 513});
  const Result<FsckReport> report = fsck(log_, &key_, {}, 0);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->checkpoint.size, 513U);
  EXPECT_TRUE(report->signature_verified);
  const std::map<std::string, std::string> files = files_of(log_ + "/tile");
  EXPECT_EQ(report->files, files.size());
  std::uint64_t bytes = 0;
  for (const auto& [name, content] : files) bytes += content.size();
  EXPECT_EQ(report->bytes, bytes);

  const Result<FsckReport> unsigned_report = fsck(log_, nullptr, {}, 0);
  ASSERT_TRUE(unsigned_report);
  EXPECT_FALSE(unsigned_report->signature_verified);
  fs::remove_all(log_);
  fill({0});
  EXPECT_TRUE(fsck(log_, &key_, {}, 0));
}

TEST_F(Fsck, WitnessesAreChecked) {
  fill({3});
  const WitnessSecretKey anna = key_of<WitnessSecretKey>("anna.example", 2);
  const std::vector<WitnessKey> witnesses{anna.verifier_key()};
  EXPECT_EQ(fsck(log_, &key_, witnesses, 1).error().code, ErrorCode::conflict);
  {
    Result<LogWriter> writer = LogWriter::open(log_, key_);
    ASSERT_TRUE(writer->add_cosignature(cosign(writer->checkpoint(), anna, 5).value(),
                                        anna.verifier_key()));
  }
  const Result<FsckReport> report = fsck(log_, &key_, witnesses, 1);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->cosignatures, (std::vector<Cosignature>{{"anna.example", 5}}));
  EXPECT_EQ(fsck(log_, nullptr, witnesses, 1).error().code, ErrorCode::usage);
  EXPECT_EQ(fsck(log_, &key_, {}, 1).error().code, ErrorCode::usage);
}

// A flipped bit in any file, at its beginning, middle and end; every file missing, cut or extended.
TEST_F(Fsck, EveryFileIsHeld) {
  fill({2, 5, 256, 300, 513});
  ASSERT_TRUE(fsck(log_, &key_, {}, 0));
  const std::map<std::string, std::string> files = files_of(log_);
  ASSERT_EQ(files.size(), 9U);
  for (const auto& [name, good] : files) {
    const std::string path = log_ + "/" + name;
    for (const std::size_t i : {std::size_t{0}, good.size() / 2, good.size() - 1}) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      write_all(path, changed);
      EXPECT_FALSE(fsck(log_, &key_, {}, 0)) << name << " " << i;
    }
    write_all(path, good.substr(0, good.size() - 1));
    EXPECT_FALSE(fsck(log_, &key_, {}, 0)) << name;
    write_all(path, good + "x");
    EXPECT_FALSE(fsck(log_, &key_, {}, 0)) << name;
    fs::remove(path);
    // An earlier partial tile may be absent.
    const bool earlier = name == "tile/1/000.p/1";
    EXPECT_EQ(fsck(log_, &key_, {}, 0).ok(), earlier) << name;
    write_all(path, good);
  }
  EXPECT_TRUE(fsck(log_, &key_, {}, 0));
}

TEST_F(Fsck, NamesTheFileAndTheEntry) {
  fill({300});
  const std::map<std::string, std::string> files = files_of(log_);
  const auto change = [&](const std::string& name, std::size_t place) {
    std::string bytes = files.at(name);
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
    write_all(log_ + "/" + name, bytes);
  };
  const auto restore = [&](const std::string& name) {
    write_all(log_ + "/" + name, files.at(name));
  };
  change("tile/0/000", 32 * 77 + 5);
  expect_error(ErrorCode::conflict, "tile/0/000", "hash 77 of the tile is not that of entry 77:");
  restore("tile/0/000");
  change("tile/0/001.p/44", 32 * 43);
  expect_error(ErrorCode::conflict, "tile/0/001.p/44",
               "hash 43 of the tile is not that of entry 299:");
  restore("tile/0/001.p/44");
  change("tile/1/000.p/1", 3);
  expect_error(ErrorCode::conflict, "tile/1/000.p/1", "that of the entries 0 to 255:");
  restore("tile/1/000.p/1");
  change("tile/entries/001.p/44", 3);  // within entry 256
  expect_error(ErrorCode::conflict, "tile/0/001.p/44", "entry 256:");
  change("tile/entries/001.p/44", 0);  // its length
  expect_error(ErrorCode::malformed, "tile/entries/001.p/44", "it begins with entry 256");
  restore("tile/entries/001.p/44");
  fs::remove(log_ + "/tile/entries/000");
  expect_error(ErrorCode::not_found, "tile/entries/000", "missing");
  restore("tile/entries/000");
  write_all(log_ + "/tile/0/000", files.at("tile/0/000") + files.at("tile/0/000"));
  expect_error(ErrorCode::limit, "tile/0/000");
}

TEST_F(Fsck, FilesTooManyAreFound) {
  fill({300});
  for (const char* name :
       {"tile/0/002.p/1", "tile/0/001", "tile/0/001.p/45", "tile/0/000.p/7", "tile/1/000.p/2",
        "tile/2/000.p/1", "tile/entries/000.p/1", "tile/entries/000.abcdef.tmp", "tile/notes.txt",
        "tile/entries/x000/001"}) {
    write_all(log_ + "/" + name, "x");
    expect_error(ErrorCode::conflict, name, "has no such file");
    fs::remove(log_ + "/" + name);
  }
  fs::create_symlink("/dev/null", log_ + "/tile/0/link");
  expect_error(ErrorCode::conflict, "tile/0/link", "has no such file");
  fs::remove(log_ + "/tile/0/link");
  // A link in the place of a good file may lead elsewhere tomorrow.
  fs::rename(log_ + "/tile/0/000", root_ / "moved");
  fs::create_symlink(root_ / "moved", log_ + "/tile/0/000");
  expect_error(ErrorCode::conflict, "tile/0/000", "has no such file");
}

TEST_F(Fsck, EarlierPartialTilesAreBeginnings) {
  fill({3, 7});
  ASSERT_TRUE(fsck(log_, &key_, {}, 0));
  write_all(log_ + "/tile/0/000.p/4", read_all(log_ + "/tile/0/000.p/7").substr(0, 4 * 32));
  EXPECT_TRUE(fsck(log_, &key_, {}, 0));
  write_all(log_ + "/tile/0/000.p/4", read_all(log_ + "/tile/0/000.p/7").substr(0, 5 * 32));
  expect_error(ErrorCode::conflict, "tile/0/000.p/4", "earlier partial");
  write_all(log_ + "/tile/0/000.p/4", read_all(log_ + "/tile/0/000.p/7").substr(32, 4 * 32));
  expect_error(ErrorCode::conflict, "tile/0/000.p/4", "earlier partial");
  fs::remove(log_ + "/tile/0/000.p/4");
  write_all(log_ + "/tile/entries/000.p/3", read_all(log_ + "/tile/entries/000.p/7"));
  expect_error(ErrorCode::conflict, "tile/entries/000.p/3", "earlier partial");
}

// Rewritten logs whose files all agree with one another, held against the signed checkpoint.
TEST_F(Fsck, ARewrittenLogHasAnotherRoot) {
  std::vector<std::string> entries;
  for (std::uint64_t i = 0; i < 300; ++i) entries.push_back(entry_of(i));
  const auto rewritten = [&](std::vector<std::string> others) {
    fs::remove_all(log_);
    const LogSecretKey secret = key_of<LogSecretKey>(key_.name, 1);
    Result<LogWriter> writer = LogWriter::create(log_, secret);
    for (const std::string& entry : others) ASSERT_TRUE(writer->append(entry));
    ASSERT_TRUE(writer->commit(secret));
    sign(entries);
  };
  rewritten(entries);
  EXPECT_TRUE(fsck(log_, &key_, {}, 0));

  std::vector<std::string> others = entries;
  others[123] = "forged";
  rewritten(others);
  expect_error(ErrorCode::conflict, "checkpoint", "changed, exchanged, added or removed");
  others = entries;
  std::swap(others[4], others[250]);
  rewritten(others);
  expect_error(ErrorCode::conflict, "checkpoint");
  others = entries;
  others.erase(others.begin() + 5);
  others.push_back("new");
  rewritten(others);
  expect_error(ErrorCode::conflict, "checkpoint");
  // Truncated and extended logs lack files, or have too many.
  others = entries;
  others.pop_back();
  rewritten(others);
  expect_error(ErrorCode::not_found, "tile/entries/001.p/44");
  others = entries;
  others.push_back("new");
  rewritten(others);
  expect_error(ErrorCode::not_found, "tile/entries/001.p/44");
  others.resize(256);
  rewritten(others);
  expect_error(ErrorCode::not_found, "tile/entries/001.p/44");
}

TEST_F(Fsck, ReorderedBundlesAreFound) {
  fill({512});
  fs::rename(log_ + "/tile/entries/000", log_ + "/tile/entries/swap");
  fs::rename(log_ + "/tile/entries/001", log_ + "/tile/entries/000");
  fs::rename(log_ + "/tile/entries/swap", log_ + "/tile/entries/001");
  expect_error(ErrorCode::conflict, "tile/0/000", "entry 0:");
  // With the hashes exchanged too, it is the next level that tells.
  fs::rename(log_ + "/tile/0/000", log_ + "/tile/0/swap");
  fs::rename(log_ + "/tile/0/001", log_ + "/tile/0/000");
  fs::rename(log_ + "/tile/0/swap", log_ + "/tile/0/001");
  expect_error(ErrorCode::conflict, "tile/1/000.p/2", "the entries 0 to 255:");
}

TEST_F(Fsck, TheCheckpointIsTheLogsOwn) {
  fill({3});
  const LogSecretKey other = key_of<LogSecretKey>("board.example/gdynia", 5);
  const auto checked = [&](const LogKey& key) { return fsck(log_, &key, {}, 0); };
  EXPECT_EQ(checked(other.verifier_key()).error().code, ErrorCode::conflict);
  LogKey same_name = other.verifier_key();
  same_name.name = key_.name;
  EXPECT_EQ(checked(same_name).error().code, ErrorCode::malformed);
  // A checkpoint that claims more entries than anyone could have.
  write_all(log_ + "/checkpoint",
            sign_checkpoint({key_.name, ~std::uint64_t{0}, leaf_hash("")}, secret_).value());
  expect_error(ErrorCode::not_found, "tile/entries/000");
  fs::remove(log_ + "/checkpoint");
  expect_error(ErrorCode::not_found, "checkpoint");
}

}  // namespace
}  // namespace urna::board
