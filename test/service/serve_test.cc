// SPDX-License-Identifier: EUPL-1.2
// `urna serve` as a process: ballots over HTTP, killed at any moment, with a full or failing disk;
// what was acknowledged is there once, and the record it serves is one that anybody can verify.
#include <atomic>
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "adapters/http_client.h"
#include "board/fsck.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/record_store.h"
#include "test/service/process.h"
#include "test/service/voting_town.h"

namespace urna {
namespace {

using adapters::HttpAnswer;
using adapters::HttpClient;
using trial::Process;
using trial::VotingTown;

HttpClient client() {
  adapters::HttpLimits limits;
  limits.total_ms = 30'000;
  limits.answer_bytes_max = std::size_t{64} << 20U;
  adapters::HttpTrust trust;
  trust.plain_http = true;
  return {limits, trust};
}

// A ballot box with its folder.
class Served {
 public:
  explicit Served(std::uint32_t people) : town(people) {
    auto store = storage::sqlite::open_record_store(folder.file("box.db")).value();
    town.fill(*store);
    trial::write_text(folder.file("board.key"), town.key_file());
    write_config("");
  }
  void write_config(const std::string& more) const {
    trial::write_text(
        folder.file("serve.toml"),
        "store = \"sqlite:" + folder.file("box.db") + "\"\nkey = \"" + folder.file("board.key") +
            "\"\nbox.opens = 1\nbox.closes = 9999999999\n" +
            "limits.ballots_per_minute = 1000000\nlimits.reads_per_minute = " + "1000000\n" + more +
            "[http]\naccess_log = \"none\"\n");
  }
  // Starts the program; its address.
  std::string start(const std::vector<std::string>& before = {}) {
    std::filesystem::remove(folder.file("ready"));
    std::vector<std::string> words = before;
    for (const std::string& word :
         {std::string(URNA_PROGRAM), std::string("serve"), std::string("--config"),
          folder.file("serve.toml"), std::string("--ready-file"), folder.file("ready")}) {
      words.push_back(word);
    }
    process.emplace(words, folder.file("log"));
    std::string started = trial::wait_for_address(*process, folder.file("ready"));
    EXPECT_FALSE(started.empty()) << trial::read_text(folder.file("log"));
    return started;
  }

  trial::Folder folder;
  VotingTown town;
  std::optional<Process> process;
};

struct Prepared {
  std::string ballot;
  std::string ticket;
};

std::vector<Prepared> prepare(VotingTown& town, std::uint32_t count) {
  std::vector<Prepared> prepared;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto voter = town.voter(i);
    prepared.push_back({town.first_ballot(voter), to_base64(town.ticket(voter))});
  }
  return prepared;
}

Result<HttpAnswer> cast(const HttpClient& http, const std::string& address, const Prepared& one) {
  const std::string url = address + "/api/v1/ballots";
  adapters::HttpRequest request;
  request.url = url;
  request.body = one.ballot;
  request.headers = {{"Content-Type", "application/cbor"}, {"Urna-Notice", one.ticket}};
  return http.send(request);
}

Result<HttpAnswer> get(const HttpClient& http, const std::string& url) {
  adapters::HttpRequest request;
  request.url = url;
  return http.send(request);
}

struct Said {
  std::uint64_t index = 0;
  board::Receipt receipt;
};
std::optional<Said> acknowledged(const Result<HttpAnswer>& answer) {
  if (!answer || (answer->status != 201 && answer->status != 200)) return std::nullopt;
  const boost::json::object body = boost::json::parse(answer->body).as_object();
  const auto receipt =
      board::Receipt::decode(from_base64(std::string(body.at("receipt").as_string())).value());
  return Said{boost::json::value_to<std::uint64_t>(body.at("index")), receipt.value()};
}

// Everything acknowledged stands where it was said to, once, and the log is whole.
void expect_whole(Served& served, const std::vector<Prepared>& ballots,
                  const std::map<std::size_t, Said>& said) {
  auto store = storage::sqlite::open_record_store(served.folder.file("box.db")).value();
  const auto box =
      ballotbox::BallotBox::open(std::move(store), served.town.key, served.town.settings());
  ASSERT_TRUE(box) << box.error().to_string();
  std::set<std::uint64_t> places;
  for (const auto& [number, one] : said) {
    EXPECT_TRUE(places.insert(one.index).second) << "two ballots at one place";
    const auto receipt = (*box)->receipt(election::entry_hash(ballots[number].ballot));
    ASSERT_TRUE(receipt) << "ballot " << number << " was acknowledged and is not there";
    EXPECT_EQ(receipt->index, one.index);
    EXPECT_TRUE(board::verify_receipt(one.receipt, served.town.key.verifier_key(), {}, 0));
    EXPECT_TRUE(board::verify_receipt(*receipt, served.town.key.verifier_key(), {}, 0));
  }
}

TEST(Serve, TakesBallotsAndShowsThem) {
  Served served(30);
  const auto ballots = prepare(served.town, 30);
  const std::string address = served.start();
  const HttpClient http = client();
  std::map<std::size_t, Said> said;
  for (std::size_t i = 0; i < ballots.size(); ++i) {
    const auto answer = cast(http, address, ballots[i]);
    ASSERT_TRUE(answer) << answer.error().to_string();
    EXPECT_EQ(answer->status, 201U) << answer->body;
    said[i] = acknowledged(answer).value();
  }
  const auto again = cast(http, address, ballots[3]);
  EXPECT_EQ(again->status, 200U);
  EXPECT_EQ(acknowledged(again)->index, said[3].index);

  const auto edition = get(http, address + "/api/v1/edition");
  const auto overview = boost::json::parse(edition->body).as_object();
  EXPECT_EQ(boost::json::value_to<std::uint64_t>(overview.at("ballots")), 30U);
  EXPECT_EQ(overview.at("phase").as_string(), "voting");
  EXPECT_EQ(get(http, address + "/checkpoint")->body, overview.at("checkpoint").as_string());
  EXPECT_EQ(get(http, address + "/manifest.cbor")->body, served.town.edition.bytes);
  EXPECT_EQ(get(http, address + "/tile/0/000.p/5")->body.size(), 160U);
  EXPECT_EQ(get(http, address + "/tile/0/007")->status, 404U);
  EXPECT_EQ(get(http, address + "/tile/../box.db")->status, 404U);
  EXPECT_EQ(get(http, address + "/healthz")->status, 204U);
  EXPECT_EQ(get(http, address + "/readyz")->status, 204U);
  EXPECT_NE(get(http, address + "/metrics")->body.find("urna_ballots_recorded 30"),
            std::string::npos);
  const auto next =
      get(http, address + "/api/v1/next-ballot/" + to_hex(VotingTown::pseudonym(4).view()) + "/0");
  EXPECT_EQ(boost::json::parse(next->body).at("counter").as_int64(), 1);

  // Refusals are problems with a stable type.
  Prepared broken = ballots[0];
  broken.ballot.back() = static_cast<char>(broken.ballot.back() ^ 1);
  const auto refused = cast(http, address, broken);
  EXPECT_EQ(refused->status, 422U);
  EXPECT_EQ(refused->content_type, "application/problem+json");
  EXPECT_EQ(boost::json::parse(refused->body).at("type").as_string(), "/problems/ballot-malformed");

  EXPECT_EQ(served.process->end(SIGTERM), 0) << trial::read_text(served.folder.file("log"));
  expect_whole(served, ballots, said);
}

TEST(Serve, ShowsThePagesBesideTheRecord) {
  Served served(3);
  std::filesystem::create_directories(served.folder.file("site/vote"));
  trial::write_text(served.folder.file("site/vote/index.html"), "<!doctype html>vote");
  served.write_config("site.folder = \"" + served.folder.file("site") + "\"\n");
  const std::string address = served.start();
  const HttpClient http = client();
  const auto page = get(http, address + "/vote/");
  ASSERT_TRUE(page) << page.error().to_string();
  EXPECT_EQ(page->status, 200U);
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page->body, "<!doctype html>vote");
  EXPECT_EQ(get(http, address + "/vote/%2e%2e/%2e%2e/board.key")->status, 400U);
  EXPECT_EQ(get(http, address + "/vote/index.html")->status, 404U);
  EXPECT_EQ(get(http, address + "/checkpoint")->status, 200U);
  EXPECT_EQ(served.process->end(SIGTERM), 0);

  // A site that would hide the record is refused at the start.
  std::filesystem::create_directories(served.folder.file("site/checkpoint"));
  trial::write_text(served.folder.file("site/checkpoint/index.html"), "");
  Process refused({URNA_PROGRAM, "serve", "--config", served.folder.file("serve.toml")},
                  served.folder.file("log"));
  EXPECT_EQ(refused.wait(), 7);
}

// Killed without warning again and again while ballots arrive from several clients.
TEST(Serve, A30KilledAtAnyMomentLosesNothingAcknowledged) {
  constexpr int kills = 50;
  constexpr std::uint32_t people = 1'500;
  Served served(people);
  const auto ballots = prepare(served.town, people);
  std::mutex mutex;
  std::map<std::size_t, Said> said;
  std::mt19937 random(7);
  std::atomic<std::size_t> next = 0;
  for (int round = 0; round < kills; ++round) {
    const std::string address = served.start();
    ASSERT_FALSE(address.empty());
    std::vector<std::thread> clients;
    std::atomic<bool> gone = false;
    for (int c = 0; c < 4; ++c) {
      clients.emplace_back([&] {
        const HttpClient http = client();
        while (!gone) {
          const std::size_t number = next.fetch_add(1) % people;
          const auto answer = cast(http, address, ballots[number]);
          if (const auto one = acknowledged(answer)) {
            const std::lock_guard lock(mutex);
            const auto [place, fresh] = said.emplace(number, *one);
            EXPECT_EQ(place->second.index, one->index) << "an acknowledged ballot has moved";
          }
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 120));
    EXPECT_EQ(served.process->end(SIGKILL), -SIGKILL);
    gone = true;
    for (std::thread& one : clients) one.join();
  }
  EXPECT_GT(said.size(), 100U) << "the test did hardly anything";
  expect_whole(served, ballots, said);
}

// A file system of 3 MB fills up.
TEST(Serve, RefusesClearlyWhenTheDiskIsFull) {
  if (::geteuid() != 0) GTEST_SKIP() << "making a small file system takes root";
  constexpr std::uint32_t people = 6'000;
  Served served(people);
  const std::string small = served.folder.file("small");
  std::filesystem::create_directory(small);
  if (std::system(("mount -t tmpfs -o size=3m tmpfs " + small + " 2>/dev/null").c_str()) != 0) {
    GTEST_SKIP() << "this machine allows no tmpfs";
  }
  std::filesystem::copy_file(served.folder.file("box.db"), small + "/box.db");
  std::filesystem::remove(served.folder.file("box.db"));
  std::filesystem::create_symlink(small + "/box.db", served.folder.file("box.db"));
  const std::string address = served.start();
  const HttpClient http = client();
  std::map<std::size_t, Said> said;
  std::vector<Prepared> ballots;
  unsigned refused = 0;
  for (std::uint32_t i = 0; i < people && refused < 3; ++i) {
    const auto voter = served.town.voter(i);
    ballots.push_back({served.town.first_ballot(voter), to_base64(served.town.ticket(voter))});
    const auto answer = cast(http, address, ballots.back());
    ASSERT_TRUE(answer);
    if (const auto one = acknowledged(answer)) {
      EXPECT_EQ(refused, 0U) << "after a failed write nothing more is acknowledged";
      said[i] = *one;
    } else {
      ++refused;
      EXPECT_EQ(answer->status, 503U) << answer->body;
      EXPECT_GT(answer->retry_after_s, 0U);
    }
  }
  EXPECT_EQ(refused, 3U) << "the disk did not fill up";
  EXPECT_GT(said.size(), 100U);
  EXPECT_EQ(get(http, address + "/readyz")->status, 503U);
  EXPECT_EQ(get(http, address + "/checkpoint")->status, 200U) << "reading goes on";
  EXPECT_EQ(served.process->end(SIGTERM), 0);
  // With room again, everything that was acknowledged is there, and voting goes on.
  ASSERT_EQ(std::system(("mount -o remount,size=40m " + small).c_str()), 0);
  const std::string again = served.start();
  for (std::size_t i = 0; i < ballots.size(); ++i) {
    const auto answer = cast(http, again, ballots[i]);
    const auto one = acknowledged(answer);
    ASSERT_TRUE(one) << answer->body;
    if (said.contains(i)) {
      EXPECT_EQ(said.at(i).index, one->index);
    }
    said[i] = *one;
  }
  EXPECT_EQ(served.process->end(SIGTERM), 0);
  expect_whole(served, ballots, said);
  ASSERT_EQ(std::system(("umount " + small).c_str()), 0);
}

// The n-th fdatasync fails, as a dying disk makes it.
TEST(Serve, A30StopsRecordingWhenASyncFails) {
  if (std::system("strace -o /dev/null true 2>/dev/null") != 0) {
    GTEST_SKIP() << "strace is missing or not allowed";
  }
  Served served(200);
  const auto ballots = prepare(served.town, 200);
  const std::string address =
      served.start({"strace", "-D", "-f", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", "-e",
                    "inject=fdatasync,fsync:error=EIO:when=12+"});
  const HttpClient http = client();
  std::map<std::size_t, Said> said;
  unsigned refused = 0;
  for (std::size_t i = 0; i < ballots.size() && refused < 3; ++i) {
    const auto answer = cast(http, address, ballots[i]);
    ASSERT_TRUE(answer);
    if (const auto one = acknowledged(answer)) {
      EXPECT_EQ(refused, 0U);
      said[i] = *one;
    } else {
      ++refused;
      EXPECT_EQ(answer->status, 503U);
    }
  }
  EXPECT_EQ(refused, 3U) << "no sync failed";
  EXPECT_EQ(get(http, address + "/readyz")->status, 503U);
  served.process->end(SIGTERM);
  expect_whole(served, ballots, said);
}

TEST(Serve, RefusesToStartOnAReadOnlyOrChangedStore) {
  Served served(5);
  {
    const auto ballots = prepare(served.town, 5);
    const std::string address = served.start();
    const HttpClient http = client();
    for (const Prepared& one : ballots) ASSERT_TRUE(acknowledged(cast(http, address, one)));
    EXPECT_EQ(served.process->end(SIGTERM), 0);
  }
  const auto try_to_start = [&] {
    std::filesystem::remove(served.folder.file("ready"));
    Process process({URNA_PROGRAM, "serve", "--config", served.folder.file("serve.toml"),
                     "--ready-file", served.folder.file("ready")},
                    served.folder.file("refusals"));
    EXPECT_EQ(trial::wait_for_address(process, served.folder.file("ready")), "");
  };
  const std::string mounted = served.folder.file("frozen");
  std::filesystem::create_directory(mounted);
  if (::geteuid() == 0 &&
      std::system(("mount -t tmpfs tmpfs " + mounted + " 2>/dev/null").c_str()) == 0) {
    std::filesystem::rename(served.folder.file("box.db"), served.folder.file("kept.db"));
    std::filesystem::copy_file(served.folder.file("kept.db"), mounted + "/box.db");
    std::filesystem::create_symlink(mounted + "/box.db", served.folder.file("box.db"));
    ASSERT_EQ(std::system(("mount -o remount,ro " + mounted).c_str()), 0);
    try_to_start();
    EXPECT_NE(trial::read_text(served.folder.file("refusals")).find("database"), std::string::npos);
    ASSERT_EQ(std::system(("umount " + mounted).c_str()), 0);
    std::filesystem::remove(served.folder.file("box.db"));
    std::filesystem::rename(served.folder.file("kept.db"), served.folder.file("box.db"));
  }
  {
    auto database = storage::sqlite::Database::open(served.folder.file("box.db")).value();
    ASSERT_TRUE(
        database.execute("UPDATE entry SET bytes = zeroblob(length(bytes)) WHERE idx = (SELECT "
                         "max(idx) FROM entry)"));
  }
  try_to_start();
  EXPECT_NE(trial::read_text(served.folder.file("refusals")).find("entry"), std::string::npos)
      << trial::read_text(served.folder.file("refusals"));
}

}  // namespace
}  // namespace urna
