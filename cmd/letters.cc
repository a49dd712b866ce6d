// SPDX-License-Identifier: EUPL-1.2
#include "cmd/letters.h"

#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/letter_pdf.h"
#include "base/date.h"
#include "base/private_file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "cmd/registrar_config.h"
#include "registrar/letters.h"

namespace urna::cmd {
namespace {

namespace fs = std::filesystem;

// As many as a file may hold.
constexpr std::size_t letters_in_file_max = 5'000;
constexpr std::size_t letters_file_bytes_max = std::size_t{256} << 20U;

struct LettersOptions : ServiceOptions {
  std::string official;
  std::string out;
  std::string district;
  std::size_t limit = letters_in_file_max;
  bool all = false;
  bool again = false;
  bool json = false;
  bool quiet = false;
};

// "28 listopada 2026", "28 November 2026".
std::string written_out(Date day, registrar::LetterLanguage language) {
  static constexpr std::array<std::string_view, 12> polish = {
      "stycznia", "lutego",   "marca",    "kwietnia",     "maja",      "czerwca",
      "lipca",    "sierpnia", "września", "października", "listopada", "grudnia"};
  static constexpr std::array<std::string_view, 12> english = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const auto& months = language == registrar::LetterLanguage::polish ? polish : english;
  return fmt::format("{} {} {}", static_cast<unsigned>(day.day()),
                     months.at(static_cast<unsigned>(day.month()) - 1),
                     static_cast<int>(day.year()));
}

// The name of the file until its codes are in force.
std::string unconfirmed(const std::string& out) { return out + ".unconfirmed"; }

Result<SecretBytes> print_letters(const registrar::LetterFrame& frame,
                                  std::span<const registrar::PrintedLetter> letters) {
  std::vector<std::string> codes;
  codes.reserve(letters.size());
  std::vector<registrar::CodeLetter> pages;
  pages.reserve(letters.size());
  for (const registrar::PrintedLetter& letter : letters) {
    std::string& code = codes.emplace_back(letter.code);
    std::erase(code, '-');
    const std::string_view address = letter.address;
    const std::size_t end = address.find('\n');
    pages.push_back({{letter.name, address.substr(0, end), address.substr(end + 1)}, code});
  }
  adapters::LetterPdf printer;
  Result<SecretBytes> pdf = printer.print(frame, pages);
  for (std::string& code : codes) SecretBytes::wipe(code);
  return pdf;
}

// What an interrupted run with this name left: put right if its codes are in force, else destroyed.
// True: it was the former, and the file is there now.
Result<bool> finish_interrupted(const registrar::Office& office, const std::string& out) {
  if (!fs::exists(unconfirmed(out))) return false;
  Result<SecretBytes> left = read_secret_file(unconfirmed(out), letters_file_bytes_max);
  if (!left) return std::move(left).error();
  const Result<bool> in_force = letters_are_in_force(office, sha256(left->view()));
  if (!in_force) return in_force.error();
  const Status done =
      *in_force ? rename_private_file(unconfirmed(out), out) : erase_private_file(unconfirmed(out));
  if (!done) return done.error();
  return *in_force;
}

int make_letters(const LettersOptions& options) {
  Result<OpenedOffice> opened = open_office(options);
  if (!opened) return fail(opened.error(), options.json);
  if (!opened->registrar) return 0;
  const registrar::Office& office = opened->registrar->office();
  registrar::LetterFrame frame = opened->config.letters;
  if (frame.site_url.empty()) {
    return fail({ErrorCode::usage,
                 "the configuration has no letters",
                 {{}, 0, 0, "letters.site_url"},
                 "set the keys of [letters]; see --print-config"},
                options.json);
  }
  if (fs::exists(options.out)) {
    return fail({ErrorCode::conflict,
                 "there is a file of that name, and letters are never overwritten",
                 {options.out},
                 "name another one"},
                options.json);
  }
  OfficeOptions output;
  output.json = options.json;
  output.quiet = options.quiet;
  const Result<bool> finished = finish_interrupted(office, options.out);
  if (!finished) return fail(finished.error(), options.json);
  if (*finished) {
    return say(output,
               fmt::format("{}: printed by an earlier run that was interrupted; its codes are in "
                           "force. Run the command again for the next ones\n",
                           options.out),
               {{"file", options.out}, {"finished", true}});
  }

  frame.edition = opened->registrar->manifest().title;
  frame.date = written_out(date_of(office.clock()), frame.language);
  ProgressLine progress(options.quiet || options.json);
  registrar::LetterWays ways;
  ways.official = options.official;
  ways.to_all = options.all;
  ways.again = options.again;
  ways.district = options.district;
  ways.most = options.limit;
  ways.progress = [&](std::uint64_t people) { progress.show(fmt::format("{} people", people), 0); };
  const auto print =
      [&](std::span<const registrar::PrintedLetter> letters) -> Result<Sha256Digest> {
    progress.show(fmt::format("{} letters", letters.size()), 1);
    const Result<SecretBytes> pdf = print_letters(frame, letters);
    if (!pdf) return pdf.error();
    if (Status made = create_private_file(unconfirmed(options.out), pdf->view()); !made) {
      return std::move(made).error();
    }
    return sha256(pdf->view());
  };
  const Result<registrar::LetterReport> report = registrar::make_letters(office, ways, print);
  if (!report) {
    // After io it is not known whether the codes are in force: the next run finds out.
    if (report.error().code != ErrorCode::io) {
      if (Status erased = erase_private_file(unconfirmed(options.out)); !erased) {
        return fail(erased.error(), options.json);
      }
    }
    return fail(report.error(), options.json);
  }
  if (report->printed > 0) {
    if (Status named = rename_private_file(unconfirmed(options.out), options.out); !named) {
      return fail(named.error(), options.json);
    }
  }
  std::string text = report->printed == 0
                         ? std::string("nobody is without a letter who should have one\n")
                         : fmt::format("{}: {} letters\n", options.out, report->printed);
  if (report->left > 0) text += fmt::format("{} people are left: run it again\n", report->left);
  if (report->voided > 0) {
    text += fmt::format("{} letters that were printed before are void\n", report->voided);
  }
  if (report->interrupted > 0) {
    text += fmt::format("{} letters of a run that did not come to its end are void\n",
                        report->interrupted);
  }
  if (report->unaddressed > 0) {
    text += fmt::format("{} people have no name and address that fit on a letter\n",
                        report->unaddressed);
  }
  return say(output, text,
             {{"file", options.out},
              {"finished", false},
              {"printed", report->printed},
              {"left", report->left},
              {"voided", report->voided},
              {"interrupted", report->interrupted},
              {"unaddressed", report->unaddressed}});
}

}  // namespace

void add_letters_command(CLI::App& registrar, int& exit_status) {
  auto options = std::make_shared<LettersOptions>();
  CLI::App* command =
      registrar.add_subcommand("letters", "Letters with codes to registered addresses, as a PDF");
  add_service_options(*command, *options);
  command
      ->add_option("--official", options->official, "Account of who does this, for the access log")
      ->required();
  command->add_option("--out", options->out, "New PDF file, for its owner alone")->required();
  command->add_option("--district", options->district, "Only to residents of this district");
  command->add_option("--limit", options->limit, "Letters in the file, at most 5000")
      ->check(CLI::Range(std::size_t{1}, letters_in_file_max))
      ->capture_default_str();
  command->add_flag("--all", options->all,
                    "Also to people whose phone or e-mail address is in the register");
  command->add_flag("--again", options->again,
                    "New letters also where one was printed and not used; those are void at once");
  command->add_flag("--json", options->json, "Machine-readable output");
  command->add_flag("-q,--quiet", options->quiet, "No progress");
  command->footer(
      "Examples:\n"
      "  urna registrar letters --config registrar.toml --official a.nowak --out letters-1.pdf\n"
      "  urna registrar letters … --district Zawodzie --limit 500 --out zawodzie.pdf\n\n"
      "Run it until nobody is left; whoever has a letter gets no second one. Codes work from the\n"
      "moment the command has ended well. If it is interrupted, give it the same --out again: it\n"
      "finishes what was printed, or destroys it and prints anew. Exit status: 0 done, 2 usage or\n"
      "configuration, 3 a text does not fit, 4 files or databases, 7 the file exists, or two ran\n"
      "at once.");
  command->callback([options, &exit_status] { exit_status = make_letters(*options); });
}

}  // namespace urna::cmd
