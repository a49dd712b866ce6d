// SPDX-License-Identifier: EUPL-1.2
// Writing a log, reading it, receipts, and what is left after errors and sudden deaths.
#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "base/bytes.h"
#include "board/fsck.h"
#include "board/log_reader.h"
#include "board/log_writer.h"
#include "board/merkle.h"
#include "board/receipt.h"
#include "test/unit/board_sample.h"

namespace urna::board {
namespace {

namespace fs = std::filesystem;
using testing::entry_of;
using testing::files_of;
using testing::key_of;
using testing::read_all;
using testing::write_all;

class Log : public testing::LogTest {
 protected:
  [[nodiscard]] std::string sound() const {
    const Result<FsckReport> report = fsck(log_, &key_, {}, 0);
    return report ? "" : report.error().to_string();
  }
  // Reads all entries from `first` and expects entry_of() each; the number of entries.
  [[nodiscard]] std::uint64_t read_from(std::uint64_t first) const {
    const Result<LogReader> reader = LogReader::open(log_);
    EXPECT_TRUE(reader);
    if (!reader) return 0;
    std::uint64_t next = first;
    const Status read = reader->for_each(first, [&](std::uint64_t index, std::string_view entry) {
      EXPECT_EQ(index, next++);
      EXPECT_EQ(entry, entry_of(index));
      return ok_status();
    });
    EXPECT_TRUE(read) << read.error().to_string();
    return next;
  }
};

// While this lives, no file grows beyond so many bytes, as if the device were full.
class FullDevice {
 public:
  explicit FullDevice(rlim_t bytes) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    rlimit now = before_;
    now.rlim_cur = bytes;
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &now), 0);
  }
  FullDevice(const FullDevice&) = delete;
  FullDevice& operator=(const FullDevice&) = delete;
  ~FullDevice() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

TEST_F(Log, IsASiteOfTiles) {
  fill({0, 1, 3, 300, 520});
  MerkleTree tree;
  for (std::uint64_t i = 0; i < 520; ++i) tree.append(leaf_hash(entry_of(i)));

  const std::map<std::string, std::string> files = files_of(log_);
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) names.push_back(name);
  // The partial tiles of sizes 1, 3 and 300 are gone where full ones took their place; those of
  // level 1, which is still partial, stay.
  EXPECT_EQ(names,
            (std::vector<std::string>{"checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/8",
                                      "tile/1/000.p/1", "tile/1/000.p/2", "tile/entries/000",
                                      "tile/entries/001", "tile/entries/002.p/8"}));
  std::string leaves;
  for (std::uint64_t i = 512; i < 520; ++i) leaves += view_of(leaf_hash(entry_of(i)));
  EXPECT_EQ(files.at("tile/0/002.p/8"), leaves);
  EXPECT_EQ(files.at("tile/1/000.p/1"), view_of(tree.root(256)));
  std::string bundle;
  for (std::uint64_t i = 512; i < 520; ++i) ASSERT_TRUE(append_to_bundle(bundle, entry_of(i)));
  EXPECT_EQ(files.at("tile/entries/002.p/8"), bundle);
  const Result<VerifiedCheckpoint> verified =
      verify_checkpoint(files.at("checkpoint"), key_, {}, 0);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->checkpoint, (Checkpoint{"board.example/lodz", 520, tree.root(520)}));
  EXPECT_EQ(sound(), "");
}

TEST_F(Log, GivesTheSameBytesHoweverItIsWritten) {
  fill({600});
  const std::map<std::string, std::string> at_once = files_of(log_);
  fs::remove_all(log_);
  fill({10, 255});
  fill({256, 257});
  fill({600});
  std::map<std::string, std::string> in_steps = files_of(log_);
  // Earlier partial tiles of what is still partial.
  std::erase_if(in_steps, [&](const auto& file) { return !at_once.contains(file.first); });
  EXPECT_EQ(in_steps, at_once);
  EXPECT_EQ(sound(), "");
}

TEST_F(Log, AllEntriesAreReadBack) {
  for (const std::uint64_t size : {0U, 1U, 255U, 256U, 257U, 511U, 512U, 700U}) {
    fill({size});
    EXPECT_EQ(sound(), "") << size;
    const Result<LogReader> reader = LogReader::open(log_);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->checkpoint().size, size);
    EXPECT_EQ(reader->checkpoint_note(), read_all(log_ + "/checkpoint"));
    for (const std::uint64_t first : {std::uint64_t{0}, size / 2, size})
      EXPECT_EQ(read_from(first), size);
    for (std::uint64_t index = 0; index < size; index += 37)
      EXPECT_EQ(reader->entry(index).value(), entry_of(index));
    EXPECT_EQ(reader->entry(size).error().code, ErrorCode::usage);
    EXPECT_EQ(reader->for_each(size + 1, {}).error().code, ErrorCode::usage);
  }
}

TEST_F(Log, EntriesOfAnySizeUpToTheLimit) {
  Result<LogWriter> writer = LogWriter::create(log_, secret_);
  ASSERT_TRUE(writer);
  EXPECT_EQ(writer->append("").value(), 0U);
  EXPECT_EQ(writer->append(std::string(65535, 'x')).value(), 1U);
  EXPECT_EQ(writer->append(std::string(65536, 'x')).error().code, ErrorCode::limit);
  EXPECT_EQ(writer->append("after").value(), 2U);
  ASSERT_TRUE(writer->commit(secret_));
  EXPECT_EQ(LogReader::open(log_)->entry(1)->size(), 65535U);
  EXPECT_EQ(LogReader::open(log_)->entry(2).value(), "after");
}

TEST_F(Log, TheVisitorMayStop) {
  fill({10});
  std::uint64_t seen = 0;
  const Status stopped = LogReader::open(log_)->for_each(0, [&](std::uint64_t, std::string_view) {
    if (++seen < 4) return ok_status();
    return Status(Error{ErrorCode::limit, "enough"});
  });
  EXPECT_EQ(stopped.error().message, "enough");
  EXPECT_EQ(seen, 4U);
}

TEST_F(Log, ProofsFromTilesAreThoseOfTheTree) {
  fill({66000});
  MerkleTree tree;
  for (std::uint64_t i = 0; i < 66000; ++i) tree.append(leaf_hash(entry_of(i)));
  const Result<LogReader> reader = LogReader::open(log_);
  ASSERT_TRUE(reader);
  for (const std::uint64_t index : {0U, 255U, 256U, 4711U, 65535U, 65536U, 65999U})
    EXPECT_EQ(reader->inclusion_proof(index).value(), tree.inclusion_proof(index, 66000));
  for (const std::uint64_t size : {0U, 1U, 255U, 256U, 4711U, 65535U, 65536U, 65537U, 66000U}) {
    EXPECT_EQ(reader->consistency_proof(size).value(), tree.consistency_proof(size, 66000));
    EXPECT_EQ(reader->edge(size)->root(), tree.root(size));
  }
  EXPECT_EQ(reader->inclusion_proof(66000).error().code, ErrorCode::usage);
  EXPECT_EQ(reader->consistency_proof(66001).error().code, ErrorCode::usage);
}

// A reader goes on with its checkpoint while the log grows and partial tiles become full.
TEST_F(Log, AReaderOfAnOlderCheckpointIsNotLeftWithout) {
  fill({5, 300});
  const Result<LogReader> reader = LogReader::open(log_);
  fill({302, 600});
  ASSERT_TRUE(reader);
  std::uint64_t count = 0;
  const Status read = reader->for_each(0, [&](std::uint64_t, std::string_view) {
    ++count;
    return ok_status();
  });
  EXPECT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(count, 300U);
  EXPECT_EQ(reader->entry(299).value(), entry_of(299));
  EXPECT_EQ(reader->entry(300).error().code, ErrorCode::usage);
}

TEST_F(Log, ChangedFilesAreNoticedByTheReader) {
  fill({300});
  const std::string path = log_ + "/tile/entries/000";
  const std::string good = read_all(path);
  std::string changed = good;
  changed[2] = 'E';
  write_all(path, changed);
  const Result<LogReader> reader = LogReader::open(log_);
  const auto ignore = [](std::uint64_t, std::string_view) { return ok_status(); };
  EXPECT_EQ(reader->for_each(0, ignore).error().code, ErrorCode::conflict);
  EXPECT_EQ(reader->entry(0).error().code, ErrorCode::conflict);
  EXPECT_TRUE(reader->entry(1));
  EXPECT_TRUE(reader->for_each(256, ignore));
  write_all(path, good.substr(0, good.size() - 1));
  EXPECT_EQ(reader->entry(0).error().code, ErrorCode::malformed);
  EXPECT_EQ(reader->entry(0).error().place.file, path);
  fs::remove(path);
  EXPECT_EQ(reader->entry(0).error().code, ErrorCode::not_found);
  write_all(path, good);
  write_all(log_ + "/tile/0/000", "short");
  EXPECT_EQ(reader->entry(0).error().code, ErrorCode::malformed);
  write_all(log_ + "/checkpoint", "nothing");
  EXPECT_EQ(LogReader::open(log_).error().place.file, log_ + "/checkpoint");
  EXPECT_EQ(LogReader::open(log_ + "2").error().code, ErrorCode::not_found);
}

TEST_F(Log, HasOneWriter) {
  fill({3});
  {
    const Result<LogWriter> writer = LogWriter::open(log_, key_);
    ASSERT_TRUE(writer);
    const Result<LogWriter> second = LogWriter::open(log_, key_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
  }
  EXPECT_TRUE(LogWriter::open(log_, key_));
}

TEST_F(Log, IsNotMadeTwiceNorInAFullFolder) {
  fill({3});
  EXPECT_EQ(LogWriter::create(log_, secret_).error().code, ErrorCode::conflict);
  write_all(root_ / "other/file", "x");
  EXPECT_EQ(LogWriter::create((root_ / "other").string(), secret_).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(LogWriter::create((root_ / "none/log").string(), secret_).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(LogWriter::open((root_ / "none").string(), key_).error().code, ErrorCode::not_found);
}

TEST_F(Log, IsContinuedOnlyWithItsKeyAndSoundEdge) {
  fill({259});
  const LogSecretKey other = key_of<LogSecretKey>("board.example/lodz", 9);
  EXPECT_FALSE(LogWriter::open(log_, other.verifier_key()));
  {
    Result<LogWriter> writer = LogWriter::open(log_, key_);
    ASSERT_TRUE(writer->append("x"));
    EXPECT_EQ(writer->commit(other).error().code, ErrorCode::usage);
  }
  for (const char* name : {"tile/0/001.p/3", "tile/entries/001.p/3", "tile/1/000.p/1"}) {
    const std::string path = log_ + "/" + name;
    const std::string good = read_all(path);
    std::string changed = good;
    changed[4] = static_cast<char>(changed[4] ^ 1);
    write_all(path, changed);
    EXPECT_EQ(LogWriter::open(log_, key_).error().code, ErrorCode::conflict) << name;
    fs::remove(path);
    EXPECT_EQ(LogWriter::open(log_, key_).error().code, ErrorCode::not_found) << name;
    write_all(path, good);
  }
  EXPECT_TRUE(LogWriter::open(log_, key_));
}

TEST_F(Log, CosignaturesAreKeptUntilTheNextCheckpoint) {
  fill({3});
  const WitnessSecretKey anna = key_of<WitnessSecretKey>("anna.example", 2);
  const std::vector<WitnessKey> witnesses{anna.verifier_key()};
  Result<LogWriter> writer = LogWriter::open(log_, key_);
  ASSERT_TRUE(writer);
  const NoteSignature first = cosign(writer->checkpoint(), anna, 100).value();
  ASSERT_TRUE(writer->add_cosignature(first, anna.verifier_key()));
  ASSERT_TRUE(writer->add_cosignature(cosign(writer->checkpoint(), anna, 200).value(),
                                      anna.verifier_key()));
  const auto cosignatures = [&] {
    return verify_checkpoint(read_all(log_ + "/checkpoint"), key_, witnesses, 0)->cosignatures;
  };
  EXPECT_EQ(cosignatures(), (std::vector<Cosignature>{{"anna.example", 200}}));
  ASSERT_TRUE(writer->commit(secret_));  // nothing new: the note stays
  EXPECT_EQ(cosignatures().size(), 1U);
  EXPECT_EQ(writer->checkpoint_note(), read_all(log_ + "/checkpoint"));
  ASSERT_TRUE(writer->append(entry_of(3)));
  ASSERT_TRUE(writer->commit(secret_));
  EXPECT_TRUE(cosignatures().empty());
  // Of the checkpoint before.
  EXPECT_EQ(writer->add_cosignature(first, anna.verifier_key()).error().code, ErrorCode::malformed);
  EXPECT_TRUE(writer->append(entry_of(4)));
}

// The checkpoint cannot be written, though the tiles can: the old state stays readable, the writer
// refuses to go on, and opening the log again clears up.
TEST_F(Log, AFailedCheckpointLeavesTheOldState) {
  fill({1});
  const std::map<std::string, std::string> before = files_of(log_);
  Result<LogWriter> writer = LogWriter::open(log_, key_);
  ASSERT_TRUE(writer);
  {
    const FullDevice full(100);  // a checkpoint has about 170 bytes, these tiles fewer than 100
    ASSERT_TRUE(writer->append(entry_of(1)));
    const Status committed = writer->commit(secret_);
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, ErrorCode::io);
  }
  EXPECT_TRUE(fs::exists(log_ + "/tile/0/000.p/2"));
  EXPECT_EQ(read_from(0), 1U);
  EXPECT_EQ(writer->append("x").error().code, ErrorCode::io);
  EXPECT_EQ(writer->commit(secret_).error().code, ErrorCode::io);
  EXPECT_NE(sound(), "");
  { const Result<LogWriter> done = std::move(writer); }

  ASSERT_TRUE(LogWriter::open(log_, key_));
  EXPECT_EQ(files_of(log_), before);
  EXPECT_EQ(sound(), "");
  fill({300});
  EXPECT_EQ(read_from(0), 300U);
}

TEST_F(Log, FailedTilesLeaveTheOldState) {
  fill({200});
  const std::map<std::string, std::string> before = files_of(log_);
  {
    Result<LogWriter> writer = LogWriter::open(log_, key_);
    ASSERT_TRUE(writer);
    const FullDevice full(1000);  // a bundle of 256 has more
    Status status = ok_status();
    for (std::uint64_t i = 200; i < 300 && status; ++i) {
      const Result<std::uint64_t> added = writer->append(entry_of(i));
      if (!added) status = added.error();
    }
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::io);
    EXPECT_EQ(writer->commit(secret_).error().code, ErrorCode::io);
    EXPECT_EQ(writer->add_cosignature(NoteSignature{}, WitnessKey{}).error().code, ErrorCode::io);
  }
  EXPECT_EQ(read_from(0), 200U);
  ASSERT_TRUE(LogWriter::open(log_, key_));
  EXPECT_EQ(files_of(log_), before);
  // A file where a folder must be.
  write_all(log_ + "/tile/1", "");
  Result<LogWriter> writer = LogWriter::open(log_, key_);
  ASSERT_TRUE(writer);
  for (std::uint64_t i = 200; i < 255; ++i) ASSERT_TRUE(writer->append(entry_of(i)));
  ASSERT_TRUE(writer->append(entry_of(255)));
  EXPECT_EQ(writer->commit(secret_).error().code, ErrorCode::io);
  EXPECT_EQ(read_from(0), 200U);
}

TEST_F(Log, EntriesNotCommittedAreForgotten) {
  fill({10});
  const std::map<std::string, std::string> before = files_of(log_);
  {
    Result<LogWriter> writer = LogWriter::open(log_, key_);
    for (std::uint64_t i = 10; i < 600; ++i) ASSERT_TRUE(writer->append("forgotten"));
  }
  write_all(log_ + "/checkpoint.abcdef.tmp", "half");
  write_all(log_ + "/tile/entries/000.abcdef.tmp", "half");
  EXPECT_EQ(read_from(0), 10U);
  fill({10});
  EXPECT_EQ(files_of(log_), before);
  fill({600});
  EXPECT_EQ(read_from(0), 600U);
  EXPECT_EQ(sound(), "");
}

// The power goes after readers saw a new checkpoint, but before its name was durable: the old file
// is back, the copy beside it is not lost, and the log goes on from what was seen.
TEST_F(Log, ACheckpointThatWasSeenIsNotForgotten) {
  fill({200});
  const std::string old_note = read_all(log_ + "/checkpoint");
  fill({300});
  const std::string new_note = read_all(log_ + "/checkpoint");
  EXPECT_FALSE(fs::exists(log_ + "/checkpoint.next"));
  write_all(log_ + "/checkpoint", old_note);
  write_all(log_ + "/checkpoint.next", new_note);
  {
    const Result<LogWriter> writer = LogWriter::open(log_, key_);
    ASSERT_TRUE(writer) << writer.error().to_string();
    EXPECT_EQ(writer->size(), 300U);
  }
  EXPECT_EQ(read_all(log_ + "/checkpoint"), new_note);
  EXPECT_FALSE(fs::exists(log_ + "/checkpoint.next"));
  EXPECT_EQ(sound(), "");

  // One that is not newer is only removed.
  for (const std::string& note : {old_note, new_note}) {
    write_all(log_ + "/checkpoint.next", note);
    EXPECT_EQ(LogWriter::open(log_, key_)->size(), 300U);
    EXPECT_EQ(read_all(log_ + "/checkpoint"), new_note);
    EXPECT_FALSE(fs::exists(log_ + "/checkpoint.next"));
  }
  // Another history, and one that the log did not sign.
  const Checkpoint fork{key_.name, 300, leaf_hash("")};
  write_all(log_ + "/checkpoint.next", sign_checkpoint(fork, secret_).value());
  EXPECT_EQ(LogWriter::open(log_, key_).error().code, ErrorCode::conflict);
  const LogSecretKey forger = key_of<LogSecretKey>(key_.name, 9);
  write_all(log_ + "/checkpoint.next",
            sign_checkpoint({key_.name, 301, fork.root}, forger).value());
  EXPECT_EQ(LogWriter::open(log_, key_).error().place.file, log_ + "/checkpoint.next");
  EXPECT_EQ(read_all(log_ + "/checkpoint"), new_note);
}

// The new checkpoint is durable beside the old one when its renaming fails.
TEST_F(Log, OpeningCompletesACommitThatFailedLast) {
  fill({5});
  const std::string old_note = read_all(log_ + "/checkpoint");
  {
    Result<LogWriter> writer = LogWriter::open(log_, key_);
    ASSERT_TRUE(writer->append(entry_of(5)));
    // No file can be renamed to a folder.
    fs::remove(log_ + "/checkpoint");
    fs::create_directory(log_ + "/checkpoint");
    EXPECT_EQ(writer->commit(secret_).error().code, ErrorCode::io);
    EXPECT_EQ(writer->commit(secret_).error().code, ErrorCode::io);
  }
  fs::remove(log_ + "/checkpoint");
  write_all(log_ + "/checkpoint", old_note);
  EXPECT_EQ(read_from(0), 5U);
  ASSERT_TRUE(LogWriter::open(log_, key_));
  EXPECT_EQ(read_from(0), 6U);
  EXPECT_EQ(sound(), "");
}

// A writer that is killed at any moment: what it told of as committed is there, whole, and the next
// writer goes on.
TEST_F(Log, SurvivesSuddenDeath) {
  fill({0});
  std::uint64_t acknowledged = 0;
  for (unsigned round = 0; round < 25; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Result<LogWriter> writer = LogWriter::open(log_, key_);
      while (writer) {
        for (unsigned i = 0; i < 90; ++i)
          if (!writer->append(entry_of(writer->size()))) ::_exit(1);
        if (!writer->commit(secret_)) ::_exit(1);
        const std::uint64_t size = writer->size();
        if (::write(ends[1], &size, sizeof size) != sizeof size) ::_exit(1);
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    std::uint64_t size = 0;
    const auto told = [&] { return ::read(ends[0], &size, sizeof size) == sizeof size; };
    ASSERT_TRUE(told()) << "the writer gave up before its first commit";
    ::usleep(500 * (round % 17));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer gave up by itself";
    do {
      EXPECT_GT(size, acknowledged);
      acknowledged = size;
    } while (told());
    ::close(ends[0]);
    const std::uint64_t found = read_from(0);
    EXPECT_GE(found, acknowledged);
    acknowledged = found;
    ASSERT_TRUE(LogWriter::open(log_, key_));
    ASSERT_EQ(sound(), "");
  }
}

TEST_F(Log, Receipts) {
  fill({300});
  const WitnessSecretKey anna = key_of<WitnessSecretKey>("anna.example", 2);
  const std::vector<WitnessKey> witnesses{anna.verifier_key()};
  {
    Result<LogWriter> writer = LogWriter::open(log_, key_);
    ASSERT_TRUE(writer->add_cosignature(cosign(writer->checkpoint(), anna, 5).value(),
                                        anna.verifier_key()));
  }
  const Receipt receipt = make_receipt(*LogReader::open(log_), 77).value();
  EXPECT_EQ(receipt.leaf, leaf_hash(entry_of(77)));
  EXPECT_EQ(receipt.index, 77U);
  const Result<VerifiedCheckpoint> verified = verify_receipt(receipt, key_, witnesses, 1);
  ASSERT_TRUE(verified) << verified.error().to_string();
  EXPECT_EQ(verified->checkpoint.size, 300U);
  EXPECT_EQ(verified->cosignatures.size(), 1U);

  const std::string bytes = receipt.encode();
  EXPECT_EQ(Receipt::decode(bytes).value(), receipt);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(Receipt::decode(std::string_view(bytes).substr(0, cut)));
  EXPECT_FALSE(Receipt::decode(bytes + "x"));
  std::size_t decoded = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const Result<Receipt> other = Receipt::decode(changed);
    if (!other) continue;
    ++decoded;
    EXPECT_EQ(other->encode(), changed);
    EXPECT_FALSE(verify_receipt(*other, key_, witnesses, 1)) << i;
  }
  EXPECT_GT(decoded, 300U);

  Receipt elsewhere = receipt;
  elsewhere.index = 78;
  EXPECT_EQ(verify_receipt(elsewhere, key_, {}, 0).error().code, ErrorCode::conflict);
  Receipt longer = receipt;
  longer.proof.push_back(receipt.leaf);
  EXPECT_FALSE(verify_receipt(longer, key_, {}, 0));
  const LogKey other = key_of<LogSecretKey>("board.example/gdynia", 1).verifier_key();
  EXPECT_EQ(verify_receipt(receipt, other, {}, 0).error().code, ErrorCode::conflict);
  Receipt many = receipt;
  many.proof.resize(65);
  EXPECT_FALSE(Receipt::decode(many.encode()));
  // A log that has lost the entry gives no receipt for it.
  std::string bundle = read_all(log_ + "/tile/entries/000");
  bundle[5] = '!';
  write_all(log_ + "/tile/entries/000", bundle);
  EXPECT_FALSE(make_receipt(*LogReader::open(log_), 0));
  EXPECT_FALSE(make_receipt(*LogReader::open(log_), 300));
}

TEST_F(Log, TheExampleOfTheDocument) {
  Result<LogWriter> writer = LogWriter::create(log_, secret_);
  ASSERT_TRUE(writer);
  for (const char* entry : {"one", "two", "three"}) ASSERT_TRUE(writer->append(entry));
  ASSERT_TRUE(writer->commit(secret_));
  const WitnessSecretKey anna = key_of<WitnessSecretKey>("anna.example", 2);
  ASSERT_TRUE(writer->add_cosignature(cosign(writer->checkpoint(), anna, 1792000000).value(),
                                      anna.verifier_key()));

  const std::string page = read_all(fs::path(URNA_SOURCE_DIR) / "docs/board.md");
  const auto expect_on_page = [&](const std::string& text) {
    EXPECT_NE(page.find("\n" + text + "\n"), std::string::npos) << text;
  };
  expect_on_page(key_.to_string());
  expect_on_page(anna.verifier_key().to_string());
  expect_on_page(to_hex(read_all(log_ + "/tile/entries/000.p/3")));
  const std::string tile = to_hex(read_all(log_ + "/tile/0/000.p/3"));
  expect_on_page(tile.substr(0, 64) + "\n" + tile.substr(64, 64) + "\n" + tile.substr(128));
  const std::string note = read_all(log_ + "/checkpoint");
  EXPECT_NE(page.find("```\n" + note + "```"), std::string::npos) << note;
  EXPECT_NE(page.find(to_hex(view_of(writer->checkpoint().root))), std::string::npos);

  const std::string receipt = make_receipt(*LogReader::open(log_), 1)->encode();
  ASSERT_TRUE(receipt.ends_with(note));
  // The digits of the block, without the blanks.
  const std::size_t from = page.find("a5 00 01\n");
  ASSERT_NE(from, std::string::npos);
  std::string digits;
  for (const char c : page.substr(from, page.find(" …", from) - from))
    if (c != ' ' && c != '\n') digits += c;
  EXPECT_EQ(digits, to_hex(receipt.substr(0, receipt.size() - note.size())));
  EXPECT_NE(page.find("checkpoint of " + std::to_string(note.size()) + " bytes"),
            std::string::npos);
}

}  // namespace
}  // namespace urna::board
