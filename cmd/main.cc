// SPDX-License-Identifier: EUPL-1.2
// The program: one binary, one sub-command per task.
#include <CLI/CLI.hpp>

#include "cmd/answers.h"
#include "cmd/board.h"
#include "cmd/box.h"
#include "cmd/breach.h"
#include "cmd/cases.h"
#include "cmd/check.h"
#include "cmd/count.h"
#include "cmd/desk.h"
#include "cmd/edition.h"
#include "cmd/evidence.h"
#include "cmd/generate.h"
#include "cmd/inspection.h"
#include "cmd/keeper.h"
#include "cmd/listcheck.h"
#include "cmd/log.h"
#include "cmd/mandate.h"
#include "cmd/mutate.h"
#include "cmd/paper.h"
#include "cmd/program.h"
#include "cmd/publish.h"
#include "cmd/registrar.h"
#include "cmd/rehearse.h"
#include "cmd/serve.h"
#include "cmd/signals.h"
#include "cmd/simulate.h"
#include "cmd/site.h"
#include "cmd/trustee.h"
#include "cmd/verify.h"
#include "cmd/witness.h"

int main(int argc, char** argv) {
  int exit_status = 0;
  CLI::App app("urna: participatory-budget votes that anyone can check");
  app.set_version_flag("--version", urna::cmd::program_name_and_version());
  app.require_subcommand(1);
  app.footer("`urna COMMAND --help` shows the options, examples and exit statuses of a command.");
  urna::cmd::add_count_command(app, exit_status);
  urna::cmd::add_check_command(app, exit_status);
  urna::cmd::add_generate_command(app, exit_status);
  urna::cmd::add_mutate_command(app, exit_status);
  urna::cmd::add_rehearse_command(app, exit_status);
  urna::cmd::add_verify_command(app, exit_status);
  urna::cmd::add_publish_command(app, exit_status);
  urna::cmd::add_answers_command(app, exit_status);
  urna::cmd::add_edition_command(app, exit_status);
  urna::cmd::add_trustee_command(app, exit_status);
  urna::cmd::add_board_command(app, exit_status);
  urna::cmd::add_registrar_command(app, exit_status);
  urna::cmd::add_keeper_command(app, exit_status);
  urna::cmd::add_log_command(app, exit_status);
  urna::cmd::add_site_command(app, exit_status);
  urna::cmd::add_witness_command(app, exit_status);
  urna::cmd::add_serve_command(app, exit_status);
  urna::cmd::add_box_command(app, exit_status);
  urna::cmd::add_paper_command(app, exit_status);
  urna::cmd::add_desk_command(app, exit_status);
  urna::cmd::add_evidence_command(app, exit_status);
  urna::cmd::add_breach_command(app, exit_status);
  urna::cmd::add_signals_command(app, exit_status);
  urna::cmd::add_cases_command(app, exit_status);
  urna::cmd::add_simulate_command(app, exit_status);
  urna::cmd::add_mandate_command(app, exit_status);
  urna::cmd::add_inspection_command(app, exit_status);
  urna::cmd::add_listcheck_command(app, exit_status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Asking for help or the version is not an error.
    const int status = app.exit(error);
    return status == 0 ? 0 : urna::exit_code(urna::ErrorCode::usage);
  }
  return exit_status;
}
