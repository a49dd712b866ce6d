// SPDX-License-Identifier: EUPL-1.2
// What verifying a whole record costs, step by step, and how it grows with the number of ballots.
//
// The record is rehearsed with invented votes: three trustees, three mixes, decryption by two.
// Baseline in the same run: reading and hashing every file of the record, which any verifier must.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sha256.h"
#include "count/pabulib/reader.h"
#include "group/backend/backend.h"
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

void measure(std::size_t voters) {
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("urna-tally-bench-{}", ::getpid());
  rehearsal::Plan plan;
  plan.instances.push_back(invented_votes(voters));
  plan.with_incidents = false;
  plan.threads = 2;
  const double rehearsing = seconds([&] {
    const auto outcome = rehearsal::rehearse(plan, folder.string());
    if (!outcome) fail(outcome.error().to_string());
    if (!outcome->pools[0].same_votes || !outcome->pools[0].same_winners) fail("other votes");
  });
  double reading = 0;
  std::uintmax_t bytes = 0;
  reading = seconds([&] {
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file()) continue;
      bytes += file.file_size();
      if (sha256(read_file(file.path().string(), 4'000'000'000).value()) == Sha256Digest{}) {
        fail("a hash of zeros");
      }
    }
  });
  fmt::print("\n{} ballots, {:.0f} MB; rehearsed in {:.1f} s; read and hashed in {:.3f} s\n\n",
             voters, static_cast<double>(bytes) / 1e6, rehearsing, reading);
  for (const unsigned threads : {1U, 2U}) {
    verify::VerifyOptions options;
    options.threads = threads;
    std::string steps;
    const double verifying = seconds([&] {
      const auto verdict = verify::verify_record(folder.string(), options);
      if (!verdict || verdict->refused) fail("a right record was refused");
      for (const auto& [step, spent] : verdict->seconds) {
        steps += fmt::format(" {} {:.2f}", verify::name_of(step), spent);
      }
    });
    fmt::print(
        "verified with {} thread{}: {:.2f} s, {:.1f} us per ballot, {:.0f} times reading ({} )\n",
        threads, threads == 1 ? "" : "s", verifying, 1e6 * verifying / static_cast<double>(voters),
        verifying / reading, steps);
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  fmt::print("peak memory so far, rehearsal included: {} MB\n", usage.ru_maxrss / 1024);
  fs::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t largest = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  if (largest < 100) fail("usage: tally_bench [BALLOTS, at least 100]");
  fmt::print("Backend {}.\n", group::backend() == group::Backend::ifma ? "ifma" : "portable");
  for (std::size_t voters = largest / 10; voters <= largest; voters *= 10) measure(voters);
}
