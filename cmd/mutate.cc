// SPDX-License-Identifier: EUPL-1.2
#include "cmd/mutate.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>

#include "base/private_file.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "rehearsal/mutants.h"

namespace urna::cmd {
namespace {

struct MutateWords {
  std::string record;
  std::string secrets;
  std::string out;
  bool json = false;
  bool quiet = false;
};

constexpr std::size_t secrets_bytes_max = 1'000'000;

Result<rehearsal::MutantReport> mutate(const MutateWords& words) {
  std::error_code failure;
  if (std::filesystem::exists(words.out, failure)) {
    return Error{ErrorCode::conflict,
                 "there is something of that name already",
                 {words.out},
                 "name a folder that does not exist yet"};
  }
  const Result<SecretBytes> bytes = read_secret_file(words.secrets, secrets_bytes_max);
  if (!bytes) return bytes.error();
  const Result<rehearsal::Cast> cast = rehearsal::Cast::decode(bytes->view());
  if (!cast) {
    Error error = cast.error();
    error.place.file = words.secrets;
    error.remedy = "give the file that `urna rehearse --keep-secrets` wrote";
    return error;
  }
  ProgressLine progress(words.quiet || words.json);
  return rehearsal::make_mutants(
      words.record, *cast, words.out,
      [&](const std::string& name, double share) { progress.show(name, share); });
}

int run(const MutateWords& words) {
  const Result<rehearsal::MutantReport> report = mutate(words);
  if (!report) return fail(report.error(), words.json);
  if (words.json) {
    boost::json::array written;
    for (const rehearsal::MutantRecord& mutant : report->written) {
      written.push_back(boost::json::object{{"name", mutant.name},
                                            {"item", mutant.item},
                                            {"step", mutant.step},
                                            {"description", mutant.description}});
    }
    fmt::print("{}\n", boost::json::serialize(boost::json::object{
                           {"written", std::move(written)},
                           {"left_out", boost::json::value_from(report->left_out)}}));
    return 0;
  }
  for (const rehearsal::MutantRecord& mutant : report->written) {
    fmt::print("{:<34} {:<11} {}\n", mutant.name, mutant.step.empty() ? "(accepted)" : mutant.step,
               mutant.description);
  }
  for (const std::string& name : report->left_out) {
    fmt::print("{:<34} left out: this record gives no occasion\n", name);
  }
  fmt::print("{} records in {}\n", report->written.size(), words.out);
  return 0;
}

}  // namespace

void add_mutate_command(CLI::App& app, int& exit_status) {
  auto words = std::make_shared<MutateWords>();
  CLI::App* command = app.add_subcommand(
      "mutate", "Make false records out of a rehearsed one, to test verifiers with");
  command->add_option("record", words->record, "Folder of the record")->required();
  command->add_option("--secrets", words->secrets, "What `urna rehearse --keep-secrets` wrote")
      ->required();
  command->add_option("--out", words->out, "Folder for the false records; must not exist yet")
      ->required();
  command->add_flag("--json", words->json, "Machine-readable output");
  command->add_flag("-q,--quiet", words->quiet, "No progress");
  command->footer(
      "Examples:\n"
      "  urna rehearse a.pb b.pb --out record --keep-secrets secrets\n"
      "  urna mutate record --secrets secrets --out mutants\n\n"
      "Each folder is wrong in one respect and otherwise signed and hashed as it should be;\n"
      "those called control-… are right. mutants.json says in which step each must be refused.\n"
      "Exit status: 0 done, 2 usage, 3 malformed, 4 not readable or writable, 7 conflict.");
  command->callback([words, &exit_status] { exit_status = run(*words); });
}

}  // namespace urna::cmd
