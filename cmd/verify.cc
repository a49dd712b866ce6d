// SPDX-License-Identifier: EUPL-1.2
#include "cmd/verify.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/sha256.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "cmd/site.h"
#include "election/manifest.h"
#include "fetch/fetch.h"
#include "tally/edition_config.h"
#include "verify/verify.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;

struct VerifyWords {
  std::string record;
  std::string manifest;
  std::string site;
  unsigned threads = 0;  // 0: as many as the machine has
  std::uint64_t megabytes_max = 64'000;
  bool json = false;
  bool quiet = false;
  bool timings = false;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void print_pool(const verify::PoolSummary& pool) {
  fmt::print("\n{}\n", pool.title.empty() ? pool.id : pool.title);
  fmt::print("  ballots cast {}, counted {}{}\n", pool.cast, pool.counted,
             pool.on_paper == 0 ? "" : fmt::format(", of these {} on paper", pool.on_paper));
  if (pool.withheld) {
    fmt::print("  not opened: too few ballots to keep them secret\n");
    return;
  }
  fmt::print("  shuffled by {}; opened by {}\n", joined(pool.mixed_by), joined(pool.decrypted_by));
  fmt::print("  valid {} (blank {}), invalid {}\n", pool.valid, pool.blank, pool.invalid.size());
  for (const election::InvalidBallot& ballot : pool.invalid) {
    fmt::print("    invalid: ballot {} of the opened list: {}\n", ballot.position,
               election::meaning_of(ballot.reason));
  }
  fmt::print("  funded: {} of {} for {} projects\n", to_plain_string(pool.cost),
             to_plain_string(pool.money), pool.funded.size());
  for (const verify::FundedProject& project : pool.funded) {
    fmt::print("    {}  {}  {}\n", project.id, to_plain_string(project.cost), project.name);
  }
}

// What the record says of the site that voters used, and what was found there.
struct SiteReport {
  std::optional<std::string> named;  // hash of the list of files
  bool asked = false;
  std::string difference;  // empty: the same
};

// Precondition: the record in the folder was verified.
Result<SiteReport> report_site(const std::string& folder, const std::string& site) {
  const Result<std::string> bytes =
      read_file(folder + "/manifest.cbor", election::manifest_bytes_max);
  if (!bytes) return bytes.error();
  const Result<election::Manifest> manifest = election::decode_manifest(*bytes);
  if (!manifest) return manifest.error();
  SiteReport report;
  Result<std::optional<std::string>> named = named_site(*manifest);
  if (!named) return named.error();
  report.named = *std::move(named);
  if (site.empty()) return report;
  const Result<SiteFiles> found = look_at_site(site);
  if (!found) return found.error();
  report.asked = true;
  report.difference = difference(*found, report.named);
  return report;
}

void print_site(const SiteReport& report) {
  if (!report.named) fmt::print("\nThe edition does not name the files of its site.\n");
  if (report.named) fmt::print("\nSite: list of files {}\n", *report.named);
  if (report.asked && report.difference.empty()) fmt::print("  the site is this one\n");
  if (!report.difference.empty()) fmt::print("  DIFFERENT: {}\n", report.difference);
}

void print_report(const verify::Verdict& verdict) {
  const verify::Summary& summary = verdict.summary;
  if (verdict.refused) {
    const verify::Finding& finding = *verdict.refused;
    fmt::print("REFUSED at step {}\n", name_of(finding.step));
    if (!finding.where.empty()) fmt::print("  where: {}\n", finding.where);
    fmt::print("  what:  {}\n  meaning: {}\n", finding.what, failure_means(finding.step));
    return;
  }
  fmt::print("VERIFIED: {} ({})\n", summary.title, summary.edition);
  fmt::print("  manifest {}\n", to_hex(summary.manifest.view()));
  fmt::print(
      "  {} entries on the board; {} persons on the roll; {} certificates; {} ballots, of "
      "which {} annulled, {} upheld after a freeze, {} restored on appeal\n",
      summary.entries, summary.roll, summary.certificates, summary.ballots, summary.annulled,
      summary.upheld, summary.restored);
  for (const election::Extension& extension : summary.extensions) {
    fmt::print("  voting extended from {} to {}: {}\n", to_iso_moment(extension.replaces),
               to_iso_moment(extension.closes), extension.reason_en);
  }
  for (const board::Cosignature& witness : summary.cosignatures) {
    fmt::print("  witnessed by {}\n", witness.witness);
  }
  for (const verify::PoolSummary& pool : summary.pools) print_pool(pool);
  fmt::print("\nWhat this shows:\n");
  for (int step = 0; step <= static_cast<int>(verify::Step::files); ++step) {
    fmt::print("  {:<10}  {}\n", name_of(static_cast<verify::Step>(step)),
               shows(static_cast<verify::Step>(step)));
  }
}

json::object object_of(const verify::PoolSummary& pool) {
  json::array invalid;
  for (const election::InvalidBallot& ballot : pool.invalid) {
    invalid.push_back(
        json::object{{"position", ballot.position}, {"reason", election::name_of(ballot.reason)}});
  }
  json::array funded;
  for (const verify::FundedProject& project : pool.funded) {
    funded.push_back(json::object{
        {"id", project.id}, {"name", project.name}, {"cost", to_plain_string(project.cost)}});
  }
  return {{"id", pool.id},
          {"title", pool.title},
          {"cast", pool.cast},
          {"counted", pool.counted},
          {"on_paper", pool.on_paper},
          {"withheld", pool.withheld},
          {"mixed_by", json::value_from(pool.mixed_by)},
          {"decrypted_by", json::value_from(pool.decrypted_by)},
          {"valid", pool.valid},
          {"blank", pool.blank},
          {"invalid", std::move(invalid)},
          {"funded", std::move(funded)},
          {"cost", to_plain_string(pool.cost)},
          {"money", to_plain_string(pool.money)}};
}

json::object object_of(const verify::Verdict& verdict) {
  const verify::Summary& summary = verdict.summary;
  json::object report{{"accepted", !verdict.refused.has_value()}};
  if (verdict.refused) {
    report["refused"] = json::object{{"step", name_of(verdict.refused->step)},
                                     {"where", verdict.refused->where},
                                     {"what", verdict.refused->what},
                                     {"meaning", failure_means(verdict.refused->step)}};
  }
  report["edition"] = summary.edition;
  report["title"] = summary.title;
  report["manifest"] = to_hex(summary.manifest.view());
  report["entries"] = summary.entries;
  report["roll"] = summary.roll;
  report["certificates"] = summary.certificates;
  report["ballots"] = summary.ballots;
  report["annulled"] = summary.annulled;
  report["upheld"] = summary.upheld;
  report["restored"] = summary.restored;
  json::array extensions;
  for (const election::Extension& extension : summary.extensions) {
    extensions.push_back(json::object{{"time", extension.time},
                                      {"replaces", extension.replaces},
                                      {"closes", extension.closes},
                                      {"reason_pl", extension.reason_pl},
                                      {"reason_en", extension.reason_en}});
  }
  report["extensions"] = std::move(extensions);
  json::array witnesses;
  for (const board::Cosignature& witness : summary.cosignatures) {
    witnesses.push_back(json::object{{"name", witness.witness}, {"time", witness.time}});
  }
  report["witnesses"] = std::move(witnesses);
  json::array pools;
  for (const verify::PoolSummary& pool : summary.pools) pools.push_back(object_of(pool));
  report["pools"] = std::move(pools);
  json::object seconds;
  for (const auto& [step, spent] : verdict.seconds) seconds[name_of(step)] = spent;
  report["seconds"] = std::move(seconds);
  return report;
}

int run(const VerifyWords& words) {
  verify::VerifyOptions options;
  options.threads =
      words.threads != 0 ? words.threads : std::max(1U, std::thread::hardware_concurrency());
  if (!words.manifest.empty()) {
    const Result<std::string> hash = from_hex(words.manifest);
    if (!hash || hash->size() != sizeof(Sha256Digest)) {
      return fail(Error{ErrorCode::usage,
                        "not the hash of a manifest: " + words.manifest,
                        {},
                        "give 64 lower-case hexadecimal digits"},
                  words.json);
    }
    options.manifest = election::EditionHash{array_of<32>(*hash)};
  }
  Result<verify::Verdict> verdict = Error{ErrorCode::io, "not run"};
  Result<SiteReport> site = SiteReport{};
  {
    ProgressLine progress(words.quiet || words.json);
    std::string folder = words.record;
    std::optional<fetch::TemporaryFolder> downloaded;
    if (fetch::is_web_address(words.record)) {
      Result<fetch::TemporaryFolder> made = fetch::TemporaryFolder::make();
      if (!made) return fail(made.error(), words.json);
      downloaded.emplace(std::move(*made));
      folder = downloaded->path();
      fetch::DownloadBounds bounds;
      bounds.total_bytes_max = words.megabytes_max * 1'000'000;
      const Status fetched = fetch::fetch_record(
          words.record, folder, bounds, [&](double share) { progress.show("download", share); });
      if (!fetched) return fail(fetched.error(), words.json);
    } else if (words.record.find("://") != std::string::npos) {
      return fail(Error{ErrorCode::usage,
                        "not the address of a web site: " + words.record,
                        {},
                        "give an address that begins with https:// or http://, or a folder"},
                  words.json);
    }
    options.progress = [&](verify::Step step, double share) {
      progress.show(name_of(step), share);
    };
    verdict = verify::verify_record(folder, options);
    if (verdict && !verdict->refused) site = report_site(folder, words.site);
  }
  if (!verdict) return fail(verdict.error(), words.json);
  if (!site) return fail(site.error(), words.json);
  if (words.json) {
    json::object report = object_of(*verdict);
    report["site_sha256"] = site->named ? json::value(*site->named) : json::value(nullptr);
    if (site->asked) report["site_same"] = site->difference.empty();
    fmt::print("{}\n", json::serialize(report));
  } else {
    print_report(*verdict);
    if (!verdict->refused) print_site(*site);
    if (words.timings) {
      for (const auto& [step, spent] : verdict->seconds) {
        fmt::print(stderr, "{:<10} {:8.3f} s\n", name_of(step), spent);
      }
    }
  }
  return verdict->refused || !site->difference.empty() ? 1 : 0;
}

}  // namespace

void add_verify_command(CLI::App& app, int& exit_status) {
  auto words = std::make_shared<VerifyWords>();
  CLI::App* command = app.add_subcommand(
      "verify", "Verify a published record: that the result follows from the ballots cast");
  command
      ->add_option("record", words->record, "Folder of the record, or the address of its web site")
      ->required();
  command->add_option("--manifest", words->manifest,
                      "Hash of the manifest that it must be the record of, 64 hexadecimal digits");
  command->add_option("--site", words->site,
                      "The site that voters used, an address or a folder: compare its files, too");
  command->add_option("--threads", words->threads, "Threads (default: as many as there are cores)")
      ->check(CLI::Range(1U, 256U));
  command
      ->add_option("--download-limit", words->megabytes_max,
                   "Most megabytes to download from a web site (default: 64000)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  command->add_flag("--timings", words->timings, "Print the time each step took");
  command->add_flag("--json", words->json, "Machine-readable output");
  command->add_flag("-q,--quiet", words->quiet, "No progress");
  command->footer(
      "Examples:\n"
      "  urna verify record/                  a summary for people\n"
      "  urna verify record/ --json           the same for programs\n"
      "  urna verify record/ --manifest HASH  refuse every other edition\n"
      "  urna verify https://vote.example/    download the record, then the same\n"
      "  urna verify record/ --site https://vote.example/\n"
      "                                       and whether the site is the one that was signed\n\n"
      "Exit status: 0 accepted, 1 refused, or another site, 2 usage, 4 the record cannot be read,\n"
      "6 the web site sends more than a record may have.\n"
      "What is checked, and what it means: docs/protocol.md, section 14.");
  command->callback([words, &exit_status] { exit_status = run(*words); });
}

}  // namespace urna::cmd
