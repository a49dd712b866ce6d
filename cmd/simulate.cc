// SPDX-License-Identifier: EUPL-1.2
#include "cmd/simulate.h"

#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "count/pabulib/reader.h"
#include "simulation/residents.h"

namespace urna::cmd {
namespace {

struct SimulateOptions : OfficeOptions {
  std::string registrar;
  std::string box;
  std::string sms_inbox;
  std::string residents;
  std::vector<std::string> pools;
  std::string receipts;
  std::string point_token_file;
};

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

int vote(const SimulateOptions& options) {
  simulation::Plan plan;
  plan.services = {options.registrar, options.box, options.sms_inbox, {}};
  if (!options.point_token_file.empty()) {
    Result<std::string> token = read_file(options.point_token_file, 4096);
    if (!token) return fail(token.error(), options.json);
    while (token->ends_with('\n')) token.value().pop_back();
    plan.services.point_token = *std::move(token);
  }
  Result<std::vector<simulation::Resident>> residents =
      simulation::read_residents(options.residents);
  if (!residents) return fail(residents.error(), options.json);
  plan.residents = std::move(*residents);
  for (const std::string& pool : options.pools) {
    const std::size_t equals = pool.find('=');
    if (equals == std::string::npos) {
      return fail({ErrorCode::usage, "not of the form ID=FILE: " + pool}, options.json);
    }
    const std::string file = pool.substr(equals + 1);
    Result<count::Instance> instance = count::pabulib::read_instance_file(file);
    if (!instance) return fail(instance.error(), options.json);
    plan.votes.emplace(pool.substr(0, equals), std::move(*instance));
  }
  if (options.threads != 0) plan.threads = options.threads;
  std::unique_ptr<std::FILE, Close> receipts;
  if (!options.receipts.empty()) {
    receipts.reset(std::fopen(options.receipts.c_str(), "ab"));
    if (receipts == nullptr) {
      return fail({ErrorCode::io, "the file of receipts cannot be written", {options.receipts}},
                  options.json);
    }
    plan.acknowledged = [&receipts](const simulation::Acknowledged& one) {
      fmt::print(receipts.get(), "{} {} {}\n", one.index, to_hex(one.entry),
                 to_base64(one.receipt));
      std::fflush(receipts.get());
    };
  }
  ProgressLine line(options.quiet || options.json);
  std::mutex mutex;
  plan.progress = [&](std::uint64_t done, std::uint64_t of) {
    const std::lock_guard lock(mutex);
    line.show(fmt::format("{} of {} residents have voted", done, of),
              static_cast<double>(done) / static_cast<double>(of));
  };
  const Result<simulation::Outcome> outcome = simulation::vote(plan);
  if (!outcome) return fail(outcome.error(), options.json);
  for (const std::string& failure : outcome->failures) fmt::print(stderr, "{}\n", failure);
  return say(options,
             fmt::format("{} residents have voted, {} could not; {} ballots recorded, each with a "
                         "receipt that holds\n",
                         outcome->residents, outcome->failed, outcome->ballots),
             {{"residents", outcome->residents},
              {"failed", outcome->failed},
              {"ballots", outcome->ballots}},
             outcome->failed == 0 ? 0 : 1);
}

}  // namespace

void add_simulate_command(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("simulate", "Invented residents who vote over HTTP, as browsers would");
  command->require_subcommand(1);
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* voting = command->add_subcommand("vote", "Let residents cast the votes of files");
  voting->add_option("--registrar", options->registrar, "Address of the registrar")->required();
  voting->add_option("--box", options->box, "Address of the ballot box")->required();
  voting->add_option("--sms-inbox", options->sms_inbox, "Control address of the test SMS gateway")
      ->required();
  voting->add_option("--residents", options->residents, "JSON file of residents")->required();
  voting->add_option("--pool", options->pools, "ID=FILE: a pool and its Pabulib file; several")
      ->required();
  voting->add_option("--threads", options->threads, "Residents at the same time");
  voting->add_option("--receipts", options->receipts,
                     "File that each acknowledgement is appended to: index, leaf hash, receipt");
  voting->add_option("--point-token", options->point_token_file,
                     "File with an official's token, for residents with \"at_point\": true");
  voting->add_flag("--json", options->json, "Machine-readable output");
  voting->add_flag("-q,--quiet", options->quiet, "No progress");
  voting->footer(
      "Example:\n"
      "  urna simulate vote --registrar http://127.0.0.1:8081 --box http://127.0.0.1:8080 \\\n"
      "    --sms-inbox http://127.0.0.1:8090 --residents residents.json --pool north=north.pb\n\n"
      "Exit status: 0 all have voted, 1 some could not.");
  voting->callback([options, &exit_status] { exit_status = vote(*options); });
}

}  // namespace urna::cmd
