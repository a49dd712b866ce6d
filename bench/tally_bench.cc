// SPDX-License-Identifier: EUPL-1.2
// What verifying a whole record costs, step by step, and how it grows with the number of ballots.
//
// The record is rehearsed with invented votes: three trustees, three mixes, decryption by two. It
// is made and verified in processes of their own, so that each has its own peak of memory. Baseline
// in the same run: reading and hashing every file of the record, which any verifier must; and
// around each verification libsodium's sum of multiples, term after term, since the same machine is
// faster at one time than at another.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <sodium.h>
#include <spawn.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "base/sha256.h"
#include "count/pabulib/reader.h"
#include "election/mixing.h"
#include "group/backend/backend.h"
#include "group/multiply.h"
#include "proof/suite.h"
#include "rehearsal/rehearsal.h"
#include "verify/verify.h"

namespace {

namespace fs = std::filesystem;
using namespace urna;

[[noreturn]] void fail(const std::string& what) {
  fmt::print(stderr, "tally_bench: {}\n", what);
  std::exit(1);
}

template <typename Work>
double seconds(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Up to five of thirty projects on each ballot, from a fixed sequence.
count::Instance invented_votes(std::size_t voters) {
  std::string text =
      "META\nkey;value\ndescription;measured\ncountry;Poland\nunit;Bench\ninstance;2026\n"
      "num_projects;30\nnum_votes;" +
      std::to_string(voters) +
      "\nbudget;100000\nvote_type;approval\nrule;greedy\nmax_length;5\nPROJECTS\n"
      "project_id;cost;name\n";
  for (int p = 1; p <= 30; ++p) text += fmt::format("{0};{1};Project {0}\n", p, 4000 + 311 * p);
  text += "VOTES\nvoter_id;vote\n";
  std::uint64_t state = 1;
  for (std::size_t v = 1; v <= voters; ++v) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::uint64_t first = 1 + (state >> 40U) % 26;
    text += std::to_string(v) + ";" + std::to_string(first);
    for (std::uint64_t k = 1; k <= (state >> 33U) % 5; ++k) text += "," + std::to_string(first + k);
    text += "\n";
  }
  return count::pabulib::read_instance(count::pabulib::memory_bytes(text), "bench").value();
}

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Runs this program with these words and waits: what it does has the memory of a process of its
// own.
void run_apart(std::vector<std::string> words) {
  std::fflush(stdout);
  words.insert(words.begin(), "tally_bench");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  int status = 0;
  if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments.data(), environ) != 0 ||
      ::waitpid(child, &status, 0) != child || status != 0) {
    fail("a part of the measurement failed");
  }
}

void make_record(const std::string& folder, std::size_t voters) {
  rehearsal::Plan plan;
  plan.instances.push_back(invented_votes(voters));
  plan.with_incidents = false;
  plan.threads = 2;
  const double rehearsing = seconds([&] {
    const auto outcome = rehearsal::rehearse(plan, folder);
    if (!outcome) fail(outcome.error().to_string());
    if (!outcome->pools[0].same_votes || !outcome->pools[0].same_winners) fail("other votes");
  });
  std::uintmax_t bytes = 0;
  const double reading = seconds([&] {
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file()) continue;
      bytes += file.file_size();
      if (sha256(read_file(file.path().string(), 4'000'000'000).value()) == Sha256Digest{}) {
        fail("a hash of zeros");
      }
    }
  });
  fmt::print("\n{} ballots, {:.0f} MB; rehearsed in {:.1f} s; read and hashed in {:.3f} s\n",
             voters, static_cast<double>(bytes) / 1e6, rehearsing, reading);
}

// Processor seconds of all threads so far.
double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

// One round over random ciphertexts, made and checked.
void mix(std::size_t ballots, unsigned threads) {
  const auto joint_key = group::mul_base(group::SecretScalar::random());
  std::string list;
  constexpr std::size_t block = 8192;
  for (std::size_t begin = 0; begin < ballots; begin += block) {
    const auto logs = proof::Ristretto::random_secrets(2 * std::min(block, ballots - begin));
    list += group::encode_packed(group::FixedBase::generator().mul_all(logs));
  }
  const double before_mixing = peak_megabytes();
  const election::MixInput input{joint_key, 1, list};
  const election::MixRound round{{}, {0}, 1, {1}};
  Result<election::MadeMix> made = Error{};
  double used = processor_seconds();
  const double mixing =
      seconds([&] { made = election::make_mix(round, input, proof::SigningKey::random()); });
  if (!made) fail("the mix failed");
  fmt::print(
      "{} ballots mixed in {:.2f} s ({:.2f} s of processor), {:.2f} us per ballot, peak {:.0f} MB, "
      "of which {:.0f} MB before\n",
      ballots, mixing, processor_seconds() - used, 1e6 * mixing / static_cast<double>(ballots),
      peak_megabytes(), before_mixing);
  used = processor_seconds();
  bool right = false;
  const double checking = seconds(
      [&] { right = election::check_mix(round, input, made->file, {.threads = threads}).ok(); });
  if (!right) fail("a right mix was refused");
  fmt::print("checked with {} threads in {:.2f} s ({:.2f} s of processor)\n", threads, checking,
             processor_seconds() - used);
}

// Microseconds that libsodium takes for a multiple and an addition, one after another.
double libsodium_term() {
  constexpr int terms = 1000;
  std::array<std::uint8_t, crypto_core_ristretto255_BYTES> base{};
  std::array<std::uint8_t, crypto_core_ristretto255_BYTES> sum{};
  crypto_core_ristretto255_random(base.data());
  return 1e6 / terms * seconds([&] {
           for (int i = 0; i < terms; ++i) {
             std::array<std::uint8_t, crypto_core_ristretto255_SCALARBYTES> scalar{};
             crypto_core_ristretto255_scalar_random(scalar.data());
             std::array<std::uint8_t, crypto_core_ristretto255_BYTES> multiple{};
             if (crypto_scalarmult_ristretto255(multiple.data(), scalar.data(), base.data()) != 0 ||
                 crypto_core_ristretto255_add(sum.data(), sum.data(), multiple.data()) != 0) {
               fail("libsodium refuses an element");
             }
           }
         });
}

void verify_record(const std::string& folder, unsigned threads) {
  const double term_before = libsodium_term();
  const double used_before = processor_seconds();
  verify::VerifyOptions options;
  options.threads = threads;
  std::string steps;
  std::uint64_t ballots = 0;
  std::map<verify::Step, double> peaks;
  options.progress = [&](verify::Step step, double) { peaks[step] = peak_megabytes(); };
  double used = 0;
  const double verifying = seconds([&] {
    const auto verdict = verify::verify_record(folder, options);
    used = processor_seconds() - used_before;
    if (!verdict || verdict->refused) fail("a right record was refused");
    ballots = verdict->summary.ballots;
    for (const auto& [step, spent] : verdict->seconds) {
      steps += fmt::format(" {} {:.2f} s {:.0f} MB", verify::name_of(step), spent, peaks[step]);
    }
  });
  fmt::print(
      "verified with {} thread{}: {:.2f} s ({:.2f} s of processor), {:.2f} us per ballot, peak "
      "{:.0f} MB ({} ); libsodium's sum {:.0f} us a term\n",
      threads, threads == 1 ? "" : "s", verifying, used,
      1e6 * verifying / static_cast<double>(ballots), peak_megabytes(), steps,
      std::min(term_before, libsodium_term()));
}

void measure(std::size_t voters) {
  const std::string folder =
      (fs::temp_directory_path() / fmt::format("urna-tally-bench-{}", ::getpid())).string();
  run_apart({"make", folder, std::to_string(voters)});
  run_apart({"verify", folder, "1"});
  for (int run = 0; run < 5; ++run) run_apart({"verify", folder, "2"});
  fs::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto number = [&](std::size_t word) {
    return std::strtoull(words[word].c_str(), nullptr, 10);
  };
  if (words.size() == 3 && words[0] == "make") {
    make_record(words[1], number(2));
  } else if (words.size() == 3 && words[0] == "verify") {
    verify_record(words[1], static_cast<unsigned>(number(2)));
  } else if (words.size() == 3 && words[0] == "mix") {
    mix(number(1), static_cast<unsigned>(number(2)));
  } else {
    const std::size_t largest = words.empty() ? 100'000 : number(0);
    if (largest < 100) {
      fail(
          "usage: tally_bench [BALLOTS, at least 100] | make FOLDER BALLOTS | "
          "verify FOLDER THREADS | mix BALLOTS THREADS");
    }
    fmt::print("Backend {}.\n", group::backend() == group::Backend::ifma ? "ifma" : "portable");
    for (std::size_t voters = largest / 10; voters <= largest; voters *= 10) measure(voters);
  }
}
