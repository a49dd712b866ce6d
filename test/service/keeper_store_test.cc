// SPDX-License-Identifier: EUPL-1.2
// Stores of a keeper: the same behaviour in memory and in SQLite, by several processes at once, and
// after a process was killed at any moment: what was answered has been charged.
#include "storage/sqlite/keeper_store.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "keeper/keeper.h"
#include "pseudonym/blinding.h"
#include "test/unit/keeper_sample.h"

namespace urna::keeper {
namespace {

using test::Folder;
using test::MemoryStore;
using test::SampleKeepers;

struct Kind {
  const char* name;
  std::function<std::unique_ptr<KeeperStore>(const std::string& path)> open;
};

std::unique_ptr<KeeperStore> open_sqlite(const std::string& path) {
  return storage::sqlite::open_keeper_store(path).value();
}

class KeeperStores : public ::testing::TestWithParam<Kind> {
 protected:
  Folder folder_;
  std::unique_ptr<KeeperStore> store_ = GetParam().open(folder_.file("keeper.db"));
};

INSTANTIATE_TEST_SUITE_P(Of, KeeperStores,
                         ::testing::Values(Kind{"Memory",
                                                [](const std::string&) {
                                                  return std::make_unique<MemoryStore>();
                                                }},
                                           Kind{"Sqlite", open_sqlite}),
                         [](const auto& instance) { return instance.param.name; });

LogLine line_of(std::uint64_t count) {
  return {0, 1'800'000'000, Event::evaluated, "registrar", "roll-import", count, "zażółć"};
}

TEST_P(KeeperStores, ChargeAllCountersOrNone) {
  const std::vector<Counter> both = {{"hour", 10}, {"day", 15}};
  EXPECT_EQ(store_->charge(both, 10, line_of(10)).value(), std::nullopt);
  EXPECT_EQ(store_->charge(both, 1, line_of(1)).value(), 0U);
  const std::vector<Counter> next = {{"next hour", 10}, {"day", 15}};
  EXPECT_EQ(store_->charge(next, 6, line_of(6)).value(), 1U);
  EXPECT_EQ(store_->counted("next hour").value(), 0U);
  EXPECT_EQ(store_->charge(next, 5, line_of(5)).value(), std::nullopt);
  EXPECT_EQ(store_->counted("hour").value(), 10U);
  EXPECT_EQ(store_->counted("next hour").value(), 5U);
  EXPECT_EQ(store_->counted("day").value(), 15U);
  // A limit that was lowered below what was used.
  EXPECT_EQ(store_->charge(std::vector<Counter>{{"day", 3}}, 0, line_of(0)).value(), 0U);
  EXPECT_EQ(store_->charge(std::vector<Counter>{{"x", 3}}, ~std::uint64_t{0}, line_of(0)).value(),
            0U);
  // What was refused left no line.
  const std::vector<LogLine> lines = store_->lines(1, 10).value();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].count, 10U);
  EXPECT_EQ(lines[1].count, 5U);
}

TEST_P(KeeperStores, KeepLinesInOrder) {
  EXPECT_EQ(store_->last(Event::alarm).value(), 0U);
  EXPECT_TRUE(store_->lines(1, 10).value().empty());
  for (const Event event : {Event::refused, Event::alarm, Event::acknowledged, Event::alarm,
                            Event::destroyed, Event::evaluated}) {
    LogLine line = line_of(7);
    line.event = event;
    EXPECT_TRUE(store_->append(line));
  }
  EXPECT_EQ(store_->last(Event::alarm).value(), 4U);
  EXPECT_EQ(store_->last(Event::acknowledged).value(), 3U);
  const std::vector<LogLine> lines = store_->lines(3, 2).value();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].number, 3U);
  EXPECT_EQ(lines[0].event, Event::acknowledged);
  EXPECT_EQ(lines[0].time, 1'800'000'000U);
  EXPECT_EQ(lines[0].caller, "registrar");
  EXPECT_EQ(lines[0].purpose, "roll-import");
  EXPECT_EQ(lines[0].count, 7U);
  EXPECT_EQ(lines[0].detail, "zażółć");
  EXPECT_EQ(lines[1].number, 4U);
}

TEST(SqliteKeeperStore, IsThereAfterwards) {
  const Folder folder;
  const std::string path = folder.file("keeper.db");
  const std::vector<Counter> counter = {{"day", 100}};
  ASSERT_TRUE(open_sqlite(path)->charge(counter, 7, line_of(7)).ok());
  const auto store = open_sqlite(path);
  EXPECT_EQ(store->counted("day").value(), 7U);
  EXPECT_EQ(store->lines(1, 10).value().size(), 1U);
}

TEST(SqliteKeeperStore, TwoOfThemShareTheCounters) {
  const Folder folder;
  const std::string path = folder.file("keeper.db");
  static_cast<void>(open_sqlite(path));  // the tables are there
  std::atomic<int> charged = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto store = open_sqlite(path);
      for (int k = 0; k < 20; ++k) {
        if (!store->charge(std::vector<Counter>{{"day", 50}}, 1, line_of(1)).value()) ++charged;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(charged, 50);
  EXPECT_EQ(open_sqlite(path)->counted("day").value(), 50U);
}

// A keeper that answers as fast as it can and, after each answer has left, writes a byte to the
// pipe, until it is killed.
[[noreturn]] void answer_for_ever(const SampleKeepers& sample, const KeeperConfig& config,
                                  const std::string& path, int pipe) {
  const auto store = open_sqlite(path);
  const auto keeper = Keeper::open(config, sample.keepers.group, *store).value();
  const auto blinding =
      pseudonym::Blinding::of(std::vector<std::string_view>(3, "somebody")).value();
  const std::string request = encode(pseudonym::EvaluateRequest{
      pseudonym::Purpose::roll_import, sample.keepers.group.public_key(), blinding.blinded()});
  while (true) {
    const auto answer = keeper->evaluate(sample.registrar_token.view(), request);
    if (!std::holds_alternative<std::string>(answer) || ::write(pipe, "x", 1) != 1) ::_exit(1);
  }
}

TEST(SqliteKeeperStore, WhatWasAnsweredIsChargedWheneverItIsKilled) {
  const SampleKeepers sample;
  KeeperConfig config = sample.config(1);
  config.callers[0].allowed[0].limits = {{1'000'000, 0}};
  const std::string path = sample.folder.file("keeper.db");
  std::mt19937 random(7);
  std::uint64_t answered = 0;
  constexpr int rounds = 25;
  for (int round = 0; round < rounds; ++round) {
    int ends[2] = {};
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) answer_for_ever(sample, config, path, ends[1]);
    ::close(ends[1]);
    // Wait for the first answer, so that there is something to kill, and then for a moment.
    char byte = 0;
    ASSERT_EQ(::read(ends[0], &byte, 1), 1) << "the keeper did not answer";
    ++answered;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    std::vector<char> rest(4096);
    ssize_t got = 0;
    while ((got = ::read(ends[0], rest.data(), rest.size())) > 0) {
      answered += static_cast<std::uint64_t>(got);
    }
    ::close(ends[0]);

    const auto store = open_sqlite(path);
    const std::uint64_t charged = store->counted("registrar/roll-import/0/0").value();
    EXPECT_GE(charged, 3 * answered) << round;
    // At most the one answer that each killed process was about to give.
    EXPECT_LE(charged, 3 * (answered + static_cast<std::uint64_t>(round) + 1)) << round;
    std::uint64_t logged = 0;
    for (const LogLine& line : store->lines(1, 1'000'000).value()) logged += line.count;
    EXPECT_EQ(logged, charged);
  }
}

}  // namespace
}  // namespace urna::keeper
