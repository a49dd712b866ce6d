// SPDX-License-Identifier: EUPL-1.2
// How fast .pb bytes become an Instance, and how much memory that takes per ballot.
//
// Baseline in the same run: the same bytes through the same source, copied and searched for line
// ends only. Time spent inside the source (making synthetic votes) is left out of both. Published
// files are found in URNA_DATA or beside the source tree; without them only synthetic votes are
// measured. Each result is checked before its time is printed.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "count/pabulib/reader.h"
#include "count/tally.h"

namespace {

using namespace urna;
using namespace urna::count;

// Processor time of this thread, so that other programs on the machine count little.
struct Clock {
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<Clock, duration>;
  static time_point now() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
  }
};

constexpr std::size_t votes_per_ballot = 5;
constexpr std::uint32_t synthetic_projects = 200;
constexpr std::size_t popular_ballots = 1000;
constexpr std::uint64_t seed = 20240615;

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "parse_bench: {}\n", why);
  std::exit(1);
}

double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

// Bytes of memory this process has resident (VmRSS) or had at most (VmHWM).
std::uint64_t resident_bytes(std::string_view which) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(which))
      return std::strtoull(line.c_str() + which.size() + 1, nullptr, 10) * 1024;
  }
  fail("no /proc/self/status");
}

// Forgets the maximum so far, so that VmHWM is that of what follows.
void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// A pool of approval votes, each for five of 200 projects, made up while it is read: nothing of it
// lies in memory. `distinct`: every ballot at random (of 2.5 * 10^9), else one of 1,000.
class SyntheticPool {
 public:
  SyntheticPool(std::uint64_t votes, bool distinct) : votes_(votes), distinct_(distinct) {
    text_ = fmt::format(
        "META\nkey;value\nnum_projects;{}\nnum_votes;{}\nbudget;1000000\nvote_type;approval\n"
        "PROJECTS\nproject_id;cost\n",
        synthetic_projects, votes);
    for (std::uint32_t p = 1; p <= synthetic_projects; ++p)
      fmt::format_to(std::back_inserter(text_), "{};{}\n", p, 1000 * p);
    text_ += "VOTES\nvoter_id;vote;age;sex;voting_method\n";
    for (auto& ballot : popular_) ballot = random_ballot();
  }

  Result<std::size_t> read(std::span<char> buffer) {
    const Clock::time_point begin = Clock::now();
    while (text_.size() < buffer.size() && made_ < votes_) append_vote();
    const std::size_t count = std::min(buffer.size(), text_.size());
    std::copy_n(text_.data(), count, buffer.data());
    text_.erase(0, count);
    time_ += Clock::now() - begin;
    return count;
  }

  [[nodiscard]] Clock::duration time() const { return time_; }

 private:
  using Ballot = std::array<std::uint32_t, votes_per_ballot>;

  Ballot random_ballot() {
    Ballot ballot{};
    for (std::size_t i = 0; i < ballot.size();) {
      const auto project = static_cast<std::uint32_t>(random_() % synthetic_projects) + 1;
      if (std::find(ballot.begin(), ballot.begin() + static_cast<std::ptrdiff_t>(i), project) ==
          ballot.begin() + static_cast<std::ptrdiff_t>(i))
        ballot[i++] = project;
    }
    return ballot;
  }

  void append_vote() {
    const Ballot ballot = distinct_ ? random_ballot() : popular_[random_() % popular_ballots];
    fmt::format_to(std::back_inserter(text_), "{};{},{},{},{},{};{};{};internet\n",
                   1'000'000'000 + made_, ballot[0], ballot[1], ballot[2], ballot[3], ballot[4],
                   16 + made_ % 70, made_ % 2 == 0 ? 'F' : 'M');
    ++made_;
  }

  std::uint64_t votes_;
  bool distinct_;
  std::mt19937_64 random_{seed};
  std::array<Ballot, popular_ballots> popular_{};
  std::string text_;
  std::uint64_t made_ = 0;
  Clock::duration time_{};
};

struct Measured {
  double seconds = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
};

Measured count_lines(const pabulib::ByteSource& source) {
  Measured result;
  std::vector<char> buffer(256U << 10U);
  const Clock::time_point begin = Clock::now();
  for (;;) {
    const Result<std::size_t> count = source(buffer);
    if (!count) fail(count.error().to_string());
    if (*count == 0) break;
    result.bytes += *count;
    result.lines += static_cast<std::uint64_t>(
        std::count(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count), '\n'));
  }
  result.seconds = seconds(Clock::now() - begin);
  return result;
}

void print_row(std::string_view what, std::uint64_t votes, const Measured& read, double baseline,
               std::string_view memory) {
  const double megabytes = static_cast<double>(read.bytes) / 1e6;
  fmt::print("{:<28} {:>9} {:>8.1f} {:>8.3f} {:>8.0f} {:>9.0f} {:>8.0f} {}\n", what, votes,
             megabytes, read.seconds, megabytes / read.seconds, megabytes / baseline,
             read.seconds * 1e9 / static_cast<double>(votes), memory);
}

// A file in memory, the fastest of several readings.
void measure_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) fail("cannot read " + path.string());
  Measured best{1e9, text.size(), 0};
  double baseline = 1e9;
  std::uint64_t votes = 0;
  for (int round = 0; round < 9; ++round) {
    const Clock::time_point begin = Clock::now();
    const Result<Instance> read = pabulib::read_instance(pabulib::memory_bytes(text), "file");
    best.seconds = std::min(best.seconds, seconds(Clock::now() - begin));
    if (!read) fail(read.error().to_string());
    votes = read->profile.ballots();
    if (std::to_string(votes) != read->find_meta("num_votes")) fail("wrong number of votes");
    baseline = std::min(baseline, count_lines(pabulib::memory_bytes(text)).seconds);
  }
  print_row(path.stem().string(), votes, best, baseline, "");
}

void measure_synthetic(std::uint64_t votes, bool distinct) {
  SyntheticPool for_baseline(votes, distinct);
  const Measured lines =
      count_lines([&](std::span<char> buffer) { return for_baseline.read(buffer); });
  const double baseline = lines.seconds - seconds(for_baseline.time());

  SyntheticPool pool(votes, distinct);
  const std::uint64_t resident = resident_bytes("VmRSS:");
  reset_peak();
  const Clock::time_point begin = Clock::now();
  const Result<Instance> read = pabulib::read_instance(
      [&](std::span<char> buffer) { return pool.read(buffer); }, "synthetic");
  Measured result{seconds(Clock::now() - begin - pool.time()), lines.bytes, lines.lines};
  const std::uint64_t peak = resident_bytes("VmHWM:") - resident;

  if (!read) fail(read.error().to_string());
  const Profile& profile = read->profile;
  if (profile.ballots() != votes) fail("wrong number of votes");
  std::int64_t named = 0;
  for (const std::int64_t sum : tally(*read).votes) named += sum;
  if (named != static_cast<std::int64_t>(votes * votes_per_ballot)) fail("votes got lost");
  const double held = static_cast<double>(profile.entries() * sizeof(ProjectIndex) +
                                          profile.groups() * 2 * sizeof(std::uint32_t));
  print_row(distinct ? "synthetic, distinct ballots" : "synthetic, 1000 ballots", votes, result,
            baseline,
            fmt::format("{:>6.1f} {:>6.1f}", held / static_cast<double>(votes),
                        static_cast<double>(peak) / static_cast<double>(votes)));
}

std::optional<std::filesystem::path> published_votes() {
  const char* const given = std::getenv("URNA_DATA");
  const std::filesystem::path folder =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(__FILE__).parent_path() / "../../shared/data";
  if (std::filesystem::is_directory(folder / "pabulib")) return folder / "pabulib";
  return std::nullopt;
}

}  // namespace

int main() {
  fmt::print("{:<28} {:>9} {:>8} {:>8} {:>8} {:>9} {:>8} {:>6} {:>6}\n", "input", "votes", "MB",
             "s", "MB/s", "base MB/s", "ns/vote", "held B", "peak B");
  if (const auto folder = published_votes()) {
    for (const char* const name : {"Poland_Lodz_2022.pb", "Poland_Wroclaw_2015_150_-_500.pb"}) {
      if (std::filesystem::exists(*folder / name)) measure_file(*folder / name);
    }
  } else {
    fmt::print("(no published votes found: set URNA_DATA)\n");
  }
  for (const bool distinct : {false, true}) {
    for (const std::uint64_t votes : {10'000U, 100'000U, 1'000'000U, 10'000'000U})
      measure_synthetic(votes, distinct);
  }
  fmt::print(
      "held B: bytes of the profile per vote; peak B: growth of the resident set per vote\n");
  return 0;
}
