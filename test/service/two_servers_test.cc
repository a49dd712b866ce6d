// SPDX-License-Identifier: EUPL-1.2
// Two processes `urna serve` on one PostgreSQL database: everybody sends the same ballot, and
// another one that competes with it, to both at once and until they are told (A14, F12); one of the
// two is killed meanwhile. Then the record is exported, tallied and verified: one ballot of each
// person and pool stands on the board, and it is the one that was acknowledged.
#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "adapters/http_client.h"
#include "board/fsck.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/record_store.h"
#include "tally/keeper.h"
#include "tally/receiving.h"
#include "tally/trustee.h"
#include "test/service/postgres_server.h"
#include "test/service/process.h"
#include "test/service/voting_town.h"
#include "verify/verify.h"

namespace urna {
namespace {

using adapters::HttpAnswer;
using adapters::HttpClient;
using trial::VotingTown;

HttpClient client() {
  adapters::HttpLimits limits;
  limits.total_ms = 30'000;
  adapters::HttpTrust trust;
  trust.plain_http = true;
  return {limits, trust};
}

// A ballot with what comes with it, and whose it is.
struct Prepared {
  std::uint32_t person = 0;
  std::uint16_t pool = 0;
  std::string bytes;
  std::string ticket;
};

// What a voter's page is told in the end.
struct Told {
  unsigned status = 0;
  std::uint64_t index = 0;
};

constexpr std::uint32_t people = 50;
constexpr std::uint16_t pools = 2;

class TwoServers : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!database()) database() = trial::PostgresServer::start();
    if (!database()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  }
  static void TearDownTestSuite() { database().reset(); }

  // A town on a database of its own, and both servers running.
  void begin(std::uint32_t roll, std::uint16_t places) {
    static int number = 0;
    const std::string name = "two" + std::to_string(++number);
    auto connection = storage::postgres::Connection::open(database()->parameters()).value();
    ASSERT_TRUE(connection.execute(("CREATE DATABASE " + name).c_str()));
    parameters_ = database()->parameters(name);
    town_.emplace(roll, places);
    auto store = storage::postgres::open_record_store(parameters_).value();
    town_->fill(*store);
    trial::write_text(folder_.file("board.key"), VotingTown::key_file());
    trial::write_text(folder_.file("serve.toml"),
                      "store = \"postgres:" + parameters_ + "\"\nkey = \"" +
                          folder_.file("board.key") +
                          "\"\nbox.opens = 1\nbox.closes = 9999999999\n"
                          "limits.ballots_per_minute = 1000000\n[http]\naccess_log = \"none\"\n");
    for (std::size_t k = 0; k < servers_.size(); ++k) start(k);
  }

  void start(std::size_t k) {
    const std::string ready = folder_.file("ready" + std::to_string(k));
    const std::string log = folder_.file("log" + std::to_string(k));
    std::filesystem::remove(ready);
    servers_.at(k).emplace(
        std::vector<std::string>{URNA_PROGRAM, "serve", "--config", folder_.file("serve.toml"),
                                 "--ready-file", ready},
        log);
    const std::string address = trial::wait_for_address(*servers_.at(k), ready);
    ASSERT_FALSE(address.empty()) << trial::read_text(log);
    const std::lock_guard lock(addresses_mutex_);
    addresses_.at(k) = address;
  }
  std::string address(std::size_t k) {
    const std::lock_guard lock(addresses_mutex_);
    return addresses_.at(k);
  }
  void kill(std::size_t k) { EXPECT_EQ(servers_.at(k)->end(SIGKILL), -SIGKILL); }

  // A first ballot of this person for the pool, made by a browser with a certificate of its own.
  Prepared prepare(std::uint32_t person, std::uint16_t pool, int choice) {
    const election::sample::Voter voter = town_->voter(person);
    return {person, pool,
            town_->first_ballot(voter, election::sample::named({1 + choice % 5}), {pool}),
            to_base64(town_->ticket(voter))};
  }

  // From two browsers of each of `people`, for each of `pools`.
  std::vector<Prepared> competing() {
    std::vector<Prepared> ballots;
    for (std::uint32_t person = 0; person < people; ++person) {
      for (std::uint16_t pool = 0; pool < pools; ++pool) {
        for (const int browser : {1, 2}) ballots.push_back(prepare(person, pool, browser));
      }
    }
    return ballots;
  }

  // Sends to this server until it says something final, as a voter's page does.
  Told send(const HttpClient& http, const Prepared& ballot, std::size_t server) {
    for (int attempt = 0; attempt < 300; ++attempt) {
      const std::string url = address(server) + "/api/v1/ballots";
      adapters::HttpRequest request;
      request.url = url;
      request.body = ballot.bytes;
      request.headers = {{"Content-Type", "application/cbor"}, {"Urna-Notice", ballot.ticket}};
      const Result<HttpAnswer> answer = http.send(request);
      if (!answer || answer->status == 503 || answer->status == 504) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        continue;
      }
      if (answer->status != 200 && answer->status != 201) return {answer->status, 0};
      const boost::json::object body = boost::json::parse(answer->body).as_object();
      const auto receipt =
          board::Receipt::decode(from_base64(std::string(body.at("receipt").as_string())).value());
      EXPECT_TRUE(receipt && receipt->leaf == board::leaf_hash(ballot.bytes) &&
                  board::verify_receipt(*receipt, town_->key.verifier_key(), {}, 0));
      return {answer->status, boost::json::value_to<std::uint64_t>(body.at("index"))};
    }
    return {};
  }

  // Each of these ballots to both servers at once, all at the same time, each from a client of its
  // own. What each was told, by ballot and server.
  std::vector<std::array<Told, 2>> cast_at_once(const std::vector<Prepared>& ballots) {
    std::vector<std::array<Told, 2>> told(ballots.size());
    std::atomic<bool> go = false;
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < ballots.size(); ++i) {
      for (std::size_t k = 0; k < 2; ++k) {
        clients.emplace_back([&, i, k] {
          const HttpClient http = client();
          while (!go) std::this_thread::yield();
          told[i].at(k) = send(http, ballots[i], k);
          // A page that is not sure asks again.
          const Told again = send(http, ballots[i], 1 - k);
          EXPECT_EQ(again.status == 409, told[i].at(k).status == 409);
          EXPECT_EQ(again.index, told[i].at(k).index);
        });
      }
    }
    go = true;
    for (std::thread& one : clients) one.join();
    return told;
  }

  // One of each person's ballots for a pool is acknowledged, by both servers, at one place; all
  // others are refused by both; and the board has these and no more.
  void expect_one_each(const std::vector<Prepared>& ballots,
                       const std::vector<std::array<Told, 2>>& told) {
    std::map<std::pair<std::uint32_t, std::uint16_t>, std::set<std::size_t>> taken;
    std::set<std::uint64_t> places;
    for (std::size_t i = 0; i < ballots.size(); ++i) {
      const auto& [one, other] = told[i];
      if (one.status == 409 && other.status == 409) continue;
      EXPECT_TRUE((one.status == 200 || one.status == 201) &&
                  (other.status == 200 || other.status == 201))
          << one.status << " and " << other.status;
      EXPECT_EQ(one.index, other.index);
      EXPECT_TRUE(places.insert(one.index).second) << "two ballots at one place";
      taken[{ballots[i].person, ballots[i].pool}].insert(i);
    }
    std::set<std::pair<std::uint32_t, std::uint16_t>> all;
    for (const Prepared& one : ballots) all.insert({one.person, one.pool});
    EXPECT_EQ(taken.size(), all.size()) << "somebody's ballot was not taken";
    for (const auto& [whose, which] : taken) {
      EXPECT_EQ(which.size(), 1U) << "two ballots of one person for one pool were acknowledged";
    }
    voters_ = all.size() / town_->board.all_pools.size();
    for (const auto& [whose, which] : taken) {
      expected_[told[*which.begin()][0].index] = ballots[*which.begin()].bytes;
    }
  }

  // Stops the servers, exports the record by the program, tallies it and verifies all of it.
  void expect_verified() {
    for (auto& server : servers_) EXPECT_EQ(server->end(SIGTERM), 0);
    const std::string record = folder_.file("record");
    {
      trial::Process exporting(
          {URNA_PROGRAM, "box", "export", "--config", folder_.file("serve.toml"), record},
          folder_.file("export"));
      ASSERT_EQ(exporting.wait(), 0) << trial::read_text(folder_.file("export"));
    }
    const tally::Work work;
    {
      // The acknowledged ballots are the only ones there.
      const auto view = tally::read_record(record, tally::Cosignatures::not_asked);
      ASSERT_TRUE(view) << view.error().to_string();
      EXPECT_EQ(view->state.ballots(), expected_.size());
      const auto log = board::LogReader::open(record).value();
      for (const auto& [index, bytes] : expected_) EXPECT_EQ(log.entry(index).value(), bytes);
    }
    const auto& sample = town_->edition;
    {
      auto writer = tally::open_record(record, town_->key).value();
      const tally::OfficialPair officials{{0}, {2}, sample.officials[0], sample.officials[2]};
      ASSERT_TRUE(tally::close_voting(writer, officials, election::sample::closing_time));
      ASSERT_TRUE(tally::add_issuance(writer, town_->board.next_serial, sample.registrar));
      ASSERT_TRUE(tally::add_counted(writer));
    }
    std::vector<std::string> shares;
    for (const bool mixing : {true, false}) {
      for (std::size_t k = 0; k < sample.manifest.threshold; ++k) {
        const auto view = tally::read_record(record, tally::Cosignatures::not_asked).value();
        const std::string own = folder_.file("trustee" + std::to_string(k));
        const auto office =
            tally::take_office(view, sample.trustees[k], own + "/memory", own + "/out").value();
        const auto step = mixing ? tally::mix_step(office, view, false, work)
                                 : tally::decrypt_step(office, view, work);
        ASSERT_TRUE(step) << step.error().to_string();
        if (mixing) {
          hand_over(record, step->made);
        } else {
          shares.insert(shares.end(), step->made.begin(), step->made.end());
        }
      }
    }
    hand_over(record, shares);
    {
      auto writer = tally::open_record(record, town_->key).value();
      const auto announced = tally::add_results(writer, work);
      ASSERT_TRUE(announced) << announced.error().to_string();
      EXPECT_EQ(announced->size(), town_->board.all_pools.size());
    }
    verify::VerifyOptions options;
    options.manifest = sample.hash;
    const auto verdict = verify::verify_record(record, options);
    ASSERT_TRUE(verdict) << verdict.error().to_string();
    EXPECT_FALSE(verdict->refused) << verdict->refused->where << ": " << verdict->refused->what;
    ASSERT_EQ(verdict->summary.pools.size(), town_->board.all_pools.size());
    for (const verify::PoolSummary& pool : verdict->summary.pools) {
      EXPECT_EQ(pool.cast, voters_) << pool.id;
      EXPECT_EQ(pool.counted, voters_) << pool.id;
      EXPECT_EQ(pool.valid, voters_) << pool.id;
    }
  }

  void hand_over(const std::string& record, const std::vector<std::string>& made) const {
    std::vector<std::string> entries;
    for (const std::string& path : made) {
      if (path.ends_with(".entry")) entries.push_back(path);
    }
    auto writer = tally::open_record(record, town_->key).value();
    const auto fates = tally::add_files(writer, entries, {});
    ASSERT_TRUE(fates) << fates.error().to_string();
    for (const tally::FileFate& one : *fates) {
      EXPECT_EQ(one.fate, tally::Fate::added) << one.path << " " << one.reason;
    }
  }

  static std::unique_ptr<trial::PostgresServer>& database() {
    static std::unique_ptr<trial::PostgresServer> server;
    return server;
  }

  trial::Folder folder_;
  std::string parameters_;
  std::optional<VotingTown> town_;
  std::array<std::optional<trial::Process>, 2> servers_;
  std::mutex addresses_mutex_;
  std::array<std::string, 2> addresses_;
  std::size_t voters_ = 0;
  std::map<std::uint64_t, std::string> expected_;  // by place
};

TEST_F(TwoServers, A14FiftyPeopleSendTwoBallotsToBoth) {
  ASSERT_NO_FATAL_FAILURE(begin(people, pools));
  const auto ballots = competing();
  expect_one_each(ballots, cast_at_once(ballots));
  expect_verified();
}

TEST_F(TwoServers, A14FiftyClientsSendBallotsOfOnePerson) {
  ASSERT_NO_FATAL_FAILURE(begin(1, 1));
  std::vector<Prepared> ballots;
  for (int browser = 0; browser < 50; ++browser) ballots.push_back(prepare(0, 0, browser));
  expect_one_each(ballots, cast_at_once(ballots));
  EXPECT_EQ(expected_.size(), 1U);
  expect_verified();
}

TEST_F(TwoServers, A14OneOfThemIsKilledMeanwhile) {
  ASSERT_NO_FATAL_FAILURE(begin(people, pools));
  const auto ballots = competing();
  std::atomic<bool> done = false;
  std::atomic<int> kills = 0;
  std::thread killer([&] {
    std::mt19937 random(11);
    while (!done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 40));
      const std::size_t k = random() % 2;
      kill(k);
      start(k);
      ++kills;
    }
  });
  const auto told = cast_at_once(ballots);
  done = true;
  killer.join();
  EXPECT_GE(kills, 3) << "hardly anything was killed";
  expect_one_each(ballots, told);
  expect_verified();
}

}  // namespace
}  // namespace urna
