// SPDX-License-Identifier: EUPL-1.2
// Stores of a keeper: the same in memory, in SQLite and in PostgreSQL, from several places at once,
// and after a process was killed at any moment: what was answered has been charged.
#include "storage/postgres/keeper_store.h"

#include <atomic>
#include <chrono>
#include <csignal>
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
#include "storage/sqlite/keeper_store.h"
#include "test/service/postgres_server.h"
#include "test/unit/keeper_sample.h"

namespace urna::keeper {
namespace {

using test::Folder;
using test::MemoryStore;
using test::SampleKeepers;

std::unique_ptr<KeeperStore> open_sqlite(const std::string& path) {
  return storage::sqlite::open_keeper_store(path).value();
}

// A place for one store after another.
class Place {
 public:
  virtual ~Place() = default;
  virtual std::unique_ptr<KeeperStore> open() = 0;
};

class InMemory final : public Place {
 public:
  std::unique_ptr<KeeperStore> open() override { return std::make_unique<MemoryStore>(); }
};

class InSqlite final : public Place {
 public:
  std::unique_ptr<KeeperStore> open() override { return open_sqlite(folder_.file("keeper.db")); }

 private:
  Folder folder_;
};

class InPostgres final : public Place {
 public:
  // Nothing if PostgreSQL is not installed.
  static std::unique_ptr<Place> start() {
    auto server = trial::PostgresServer::start();
    return server ? std::unique_ptr<Place>(new InPostgres(std::move(server))) : nullptr;
  }
  std::unique_ptr<KeeperStore> open() override {
    return storage::postgres::open_keeper_store(server_->parameters()).value();
  }
  trial::PostgresServer& server() { return *server_; }

 private:
  explicit InPostgres(std::unique_ptr<trial::PostgresServer> server) : server_(std::move(server)) {}
  std::unique_ptr<trial::PostgresServer> server_;
};

struct Kind {
  const char* name;
  bool lasting;  // opened again, it has what it had, and several can be open at once
  std::unique_ptr<Place> (*make)();
};

class KeeperStores : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    place_ = GetParam().make();
    if (!place_) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    store_ = place_->open();
  }
  std::unique_ptr<Place> place_;
  std::unique_ptr<KeeperStore> store_;
};

INSTANTIATE_TEST_SUITE_P(
    In, KeeperStores,
    ::testing::Values(Kind{"Memory", false, [] { return std::unique_ptr<Place>(new InMemory); }},
                      Kind{"Sqlite", true, [] { return std::unique_ptr<Place>(new InSqlite); }},
                      Kind{"Postgres", true, InPostgres::start}),
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

TEST_P(KeeperStores, AreThereAfterwards) {
  if (!GetParam().lasting) return;
  ASSERT_TRUE(store_->charge(std::vector<Counter>{{"day", 100}}, 7, line_of(7)).ok());
  store_.reset();
  store_ = place_->open();
  EXPECT_EQ(store_->counted("day").value(), 7U);
  EXPECT_EQ(store_->lines(1, 10).value().size(), 1U);
}

TEST_P(KeeperStores, ShareTheCountersOfOneDatabase) {
  if (!GetParam().lasting) return;
  std::atomic<int> charged = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto store = place_->open();
      for (int k = 0; k < 20; ++k) {
        if (!store->charge(std::vector<Counter>{{"day", 50}}, 1, line_of(1)).value()) ++charged;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(charged, 50);
  EXPECT_EQ(store_->counted("day").value(), 50U);
  EXPECT_EQ(store_->lines(1, 100).value().size(), 50U);
}

TEST(PostgresKeeperStore, GoesOnAfterTheServerCrashed) {
  const std::unique_ptr<Place> place = InPostgres::start();
  if (!place) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  const auto store = place->open();
  const std::vector<Counter> counter = {{"day", 100}};
  ASSERT_TRUE(store->charge(counter, 7, line_of(7)).ok());
  trial::PostgresServer& server = static_cast<InPostgres&>(*place).server();
  ASSERT_TRUE(server.stop("immediate"));
  EXPECT_EQ(store->charge(counter, 7, line_of(7)).error().code, ErrorCode::io);
  EXPECT_EQ(store->append(line_of(7)).error().code, ErrorCode::io);
  EXPECT_FALSE(store->counted("day").ok());
  ASSERT_TRUE(server.restart());
  EXPECT_EQ(store->counted("day").value(), 7U);
  EXPECT_TRUE(store->charge(counter, 3, line_of(3)).ok());
  EXPECT_EQ(store->counted("day").value(), 10U);
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
      pseudonym::Purpose::roll_import, sample.keepers.group.public_key(), blinding.blinded(), {}});
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
    const std::vector<LogLine> lines = store->lines(1, 1'000'000).value();
    for (const LogLine& line : lines) logged += line.count;
    EXPECT_EQ(logged, charged);
  }
}

}  // namespace
}  // namespace urna::keeper
