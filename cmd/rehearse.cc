// SPDX-License-Identifier: EUPL-1.2
#include "cmd/rehearse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <sodium.h>
#include <string>
#include <thread>
#include <vector>

#include "base/private_file.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "count/pabulib/reader.h"
#include "rehearsal/rehearsal.h"

namespace urna::cmd {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct RehearseWords {
  std::vector<std::string> instances;
  std::vector<std::string> pools;
  std::string out;
  std::string secrets;
  std::string edition = "rehearsal";
  std::string title = "Rehearsal";
  unsigned trustees = 3;
  unsigned threshold = 2;
  std::optional<std::uint64_t> voters;
  std::uint64_t privacy_minimum = 10;
  std::vector<unsigned> lost;
  unsigned threads = 0;
  bool plain = false;
  bool json = false;
  bool quiet = false;
};

Status keep_secrets(const rehearsal::Cast& cast, const std::string& path) {
  std::string bytes = cast.encode();
  Status written = create_private_file(path, bytes);
  sodium_memzero(bytes.data(), bytes.size());
  return written;
}

void print_pool(const rehearsal::PoolOutcome& pool) {
  fmt::print("\n{}\n", pool.id);
  for (const std::string& note : pool.notes) fmt::print("  note: {}\n", note);
  if (pool.left_out > 0) {
    fmt::print("  left out: {} ballots of the file that no ballot of an edition can express\n",
               pool.left_out);
  }
  fmt::print("  votes put in {}, ballots on the board {}, counted {}\n", pool.votes, pool.cast,
             pool.counted);
  if (pool.withheld) {
    fmt::print("  not opened: too few ballots to keep them secret\n");
    return;
  }
  fmt::print("  opened: valid {}, invalid {}\n", pool.valid, pool.invalid);
  fmt::print("  published votes are those put in: {}\n  winners are those of the plain count: {}\n",
             pool.same_votes ? "yes" : "NO", pool.same_winners ? "yes" : "NO");
}

json::object object_of(const rehearsal::Outcome& outcome) {
  json::array pools;
  for (const rehearsal::PoolOutcome& pool : outcome.pools) {
    pools.push_back(json::object{{"id", pool.id},
                                 {"votes", pool.votes},
                                 {"left_out", pool.left_out},
                                 {"cast", pool.cast},
                                 {"counted", pool.counted},
                                 {"withheld", pool.withheld},
                                 {"valid", pool.valid},
                                 {"invalid", pool.invalid},
                                 {"same_votes", pool.same_votes},
                                 {"same_winners", pool.same_winners},
                                 {"notes", json::value_from(pool.notes)}});
  }
  return {{"entries", outcome.entries}, {"persons", outcome.persons}, {"pools", std::move(pools)}};
}

// The record is made beside its place and renamed when it is whole.
Result<rehearsal::Outcome> rehearse_into(const rehearsal::Plan& plan, const RehearseWords& words) {
  std::error_code failure;
  for (const std::string& place : {words.out, words.secrets}) {
    if (place.empty() || !fs::exists(place, failure)) continue;
    return Error{ErrorCode::conflict,
                 "there is something of that name already",
                 {place},
                 "name a place that does not exist yet"};
  }
  const std::string partial = fs::path(words.out).lexically_normal().string() + ".partial";
  fs::remove_all(partial, failure);
  Result<rehearsal::Outcome> outcome = rehearsal::rehearse(plan, partial);
  if (!outcome) {
    fs::remove_all(partial, failure);
    return outcome;
  }
  if (!words.secrets.empty()) {
    if (Status kept = keep_secrets(outcome->cast, words.secrets); !kept) {
      fs::remove_all(partial, failure);
      return std::move(kept).error();
    }
  }
  fs::rename(partial, words.out, failure);
  if (failure) return Error{ErrorCode::io, failure.message(), {words.out}};
  return outcome;
}

int run(const RehearseWords& words) {
  rehearsal::Plan plan;
  std::vector<std::string> files = words.instances;
  files.insert(files.end(), words.pools.begin(), words.pools.end());
  for (const std::string& file : files) {
    Result<count::Instance> instance = count::pabulib::read_instance_file(file);
    if (!instance) return fail(instance.error(), words.json);
    plan.instances.push_back(std::move(*instance));
  }
  plan.edition = words.edition;
  plan.title = words.title;
  plan.trustees = words.trustees;
  plan.threshold = words.threshold;
  plan.voters = words.voters;
  plan.privacy_minimum = words.privacy_minimum;
  plan.with_incidents = !words.plain;
  plan.lost = words.lost;
  plan.threads =
      words.threads != 0 ? words.threads : std::max(1U, std::thread::hardware_concurrency());
  Result<rehearsal::Outcome> outcome = Error{ErrorCode::io, "not run"};
  {
    ProgressLine progress(words.quiet || words.json);
    plan.progress = [&](const std::string& what, double share) { progress.show(what, share); };
    outcome = rehearse_into(plan, words);
  }
  if (!outcome) return fail(outcome.error(), words.json);

  const bool as_put_in = std::ranges::all_of(outcome->pools, [](const auto& pool) {
    return pool.withheld || (pool.same_votes && pool.same_winners);
  });
  if (words.json) {
    fmt::print("{}\n", json::serialize(object_of(*outcome)));
  } else {
    fmt::print("{}: {} entries on the board, {} persons on the roll\n", words.out, outcome->entries,
               outcome->persons);
    for (const rehearsal::PoolOutcome& pool : outcome->pools) print_pool(pool);
    fmt::print("\nVerify it: urna verify {}\n", words.out);
  }
  return as_put_in ? 0 : 1;
}

}  // namespace

void add_rehearse_command(CLI::App& app, int& exit_status) {
  auto words = std::make_shared<RehearseWords>();
  CLI::App* command = app.add_subcommand(
      "rehearse", "Play a whole edition through with the votes of .pb files, from keys to result");
  command->add_option("instance", words->instances, "Pabulib files, one pool each")->required();
  command->add_option("--pools", words->pools, "Further files, further pools");
  command->add_option("--out", words->out, "Folder for the record; must not exist yet")->required();
  command->add_option("--trustees", words->trustees, "Number of trustees")
      ->capture_default_str()
      ->check(CLI::Range(1U, 32U));
  command->add_option("--threshold", words->threshold, "How many of them can decrypt")
      ->capture_default_str()
      ->check(CLI::Range(1U, 32U));
  command->add_option("--lost", words->lost,
                      "A trustee who takes no part after the key ceremony, from 1 (repeatable)");
  command->add_option("--voters", words->voters,
                      "At most so many votes of each file, drawn by lot");
  command
      ->add_option("--privacy-minimum", words->privacy_minimum,
                   "Pools with fewer counted ballots are not opened")
      ->capture_default_str();
  command->add_option("--edition", words->edition, "Name of the edition")->capture_default_str();
  command->add_option("--title", words->title, "Title of the edition")->capture_default_str();
  command->add_option("--keep-secrets", words->secrets,
                      "Keep all keys in this file, for `urna mutate`; never for a real edition");
  command->add_flag("--plain", words->plain,
                    "No superseded, stolen, annulled, challenged or invalid ballots");
  command->add_option("--threads", words->threads, "Threads (default: as many as there are cores)")
      ->check(CLI::Range(1U, 256U));
  command->add_flag("--json", words->json, "Machine-readable output");
  command->add_flag("-q,--quiet", words->quiet, "No progress");
  command->footer(
      "Examples:\n"
      "  urna rehearse Bleszno.pb --out record\n"
      "  urna rehearse city.pb --pools north.pb south.pb --trustees 5 --threshold 3 --out record\n"
      "  urna rehearse Bleszno.pb --lost 2 --out record   two of three finish\n\n"
      "Every vote becomes an encrypted, signed ballot; some are superseded, stolen and reclaimed,\n"
      "annulled, invalid or challenged besides. The record is what a real edition publishes.\n"
      "Exit status: 0 the votes and winners are those of the files, 1 they are not, 2 usage,\n"
      "3 a file is malformed, 4 not readable or writable, 5 not expressible, 6 limit, 7 conflict.");
  command->callback([words, &exit_status] { exit_status = run(*words); });
}

}  // namespace urna::cmd
