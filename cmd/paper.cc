// SPDX-License-Identifier: EUPL-1.2
#include "cmd/paper.h"

#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <utility>

#include "base/atomic_file.h"
#include "base/file.h"
#include "base/private_file.h"
#include "cards/card_file.h"
#include "cards/card_pdf.h"
#include "cmd/office.h"
#include "cmd/program.h"

namespace urna::cmd {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t plan_bytes_max = 1'000'000;
constexpr std::size_t cards_bytes_max = std::size_t{512} << 20U;
constexpr std::size_t typed_bytes_max = std::size_t{64} << 20U;

struct PaperOptions : OfficeOptions {
  std::string input;
  std::vector<std::string> typed;
  std::string manifest;
  std::string cards;
  std::string out;
  std::string commitments;
  std::string point;
  std::string serial;
};

Result<election::Manifest> manifest_in(const std::string& path) {
  const Result<std::string> bytes = read_file(path, election::manifest_bytes_max);
  if (!bytes) return bytes.error();
  Result<election::Manifest> manifest = election::decode_manifest(*bytes);
  if (manifest) return manifest;
  Error error = std::move(manifest).error();
  error.place.file = path;
  return error;
}

// ---- cards

int make_cards(const PaperOptions& options) {
  const Result<std::string> plan = read_file(options.input, plan_bytes_max);
  if (!plan) return fail(plan.error(), options.json);
  const Result<cards::CardFile> cards = cards::draw_cards(*plan);
  if (!cards) {
    Error error = cards.error();
    error.place.file = options.input;
    return fail(error, options.json);
  }
  // The secret first: commitments to numbers that are lost would be of no use.
  if (Status written = create_private_file(options.out, encode(*cards).view()); !written)
    return fail(written.error(), options.json);
  if (Status written = write_file_atomically(options.commitments, commitments_json(*cards));
      !written)
    return fail(written.error(), options.json);
  std::size_t number = 0;
  for (const cards::Batch& batch : cards->batches) number += batch.serials.size();
  return say(
      options,
      fmt::format("{}: {} cards in {} batches for {} points; keep this file as safe as the "
                  "cards\n{}: the part \"paper\" of the edition's configuration\n",
                  options.out, number, cards->batches.size(), cards->points.size(),
                  options.commitments),
      {{"cards", number}, {"batches", cards->batches.size()}, {"points", cards->points.size()}});
}

// ---- print

int print(const PaperOptions& options) {
  const Result<election::Manifest> manifest = manifest_in(options.manifest);
  if (!manifest) return fail(manifest.error(), options.json);
  const Result<cards::CardFile> cards = read_cards(options.cards, *manifest);
  if (!cards) return fail(cards.error(), options.json);
  if (Status made = make_private_folder(options.out); !made)
    return fail(made.error(), options.json);
  json::array files;
  std::string text;
  for (std::size_t b = 0; b < cards->batches.size(); ++b) {
    if (!options.point.empty() && cards->batches[b].point != options.point) continue;
    const Result<SecretBytes> pdf =
        cards::print_batch(*cards, {static_cast<election::BatchNumber::Value>(b)}, *manifest);
    if (!pdf) return fail(pdf.error(), options.json);
    const std::string path = fmt::format("{}/batch-{:05}.pdf", options.out, b + 1);
    if (Status written = create_private_file(path, pdf->view()); !written)
      return fail(written.error(), options.json);
    text += fmt::format("{}: {} cards of pool {} for {}\n", path, cards->batches[b].serials.size(),
                        cards->batches[b].pool, cards->batches[b].point);
    files.emplace_back(path);
  }
  if (files.empty()) {
    return fail({ErrorCode::usage,
                 "no such point: " + options.point,
                 {.field = "--point"},
                 "name it as the manifest does"},
                options.json);
  }
  return say(options, text, {{"files", std::move(files)}});
}

// ---- enter and compare

json::object object_of(const cards::JudgedCard& card) {
  return {{"batch", card.typed.batch.value + 1},
          {"card", card.typed.card},
          {"line", card.typed.line},
          {"serial", card.typed.serial},
          {"fate", cards::name_of(card.fate)},
          {"why", card.why}};
}

int enter(const PaperOptions& options) {
  const Result<election::Manifest> manifest = manifest_in(options.manifest);
  if (!manifest) return fail(manifest.error(), options.json);
  const Result<cards::CardFile> cards = read_cards(options.cards, *manifest);
  if (!cards) return fail(cards.error(), options.json);
  const auto judged = read_judged(options.input, *cards, *manifest);
  if (!judged) return fail(judged.error(), options.json);
  std::map<std::string_view, std::uint64_t> numbers;
  json::array refused;
  std::string text;
  for (const cards::JudgedCard& card : *judged) {
    ++numbers[cards::name_of(card.fate)];
    if (card.fate == cards::Fate::vote) continue;
    text += fmt::format("{}:{}: batch {}, card {}, {}: {}: {}\n", options.input, card.typed.line,
                        card.typed.batch.value + 1, card.typed.card, card.typed.serial,
                        cards::name_of(card.fate), card.why);
    refused.push_back(object_of(card));
  }
  json::object counts;
  std::string summary;
  for (const auto& [name, number] : numbers) {
    counts[name] = number;
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", number, name);
  }
  return say(
      options, text + fmt::format("{}: {} papers: {}\n", options.input, judged->size(), summary),
      {{"papers", judged->size()}, {"numbers", std::move(counts)}, {"refused", std::move(refused)}},
      text.empty() ? 0 : 1);
}

int compare(const PaperOptions& options) {
  const Result<election::Manifest> manifest = manifest_in(options.manifest);
  if (!manifest) return fail(manifest.error(), options.json);
  const Result<cards::CardFile> cards = read_cards(options.cards, *manifest);
  if (!cards) return fail(cards.error(), options.json);
  const auto first = read_judged(options.typed.at(0), *cards, *manifest);
  if (!first) return fail(first.error(), options.json);
  const auto second = read_judged(options.typed.at(1), *cards, *manifest);
  if (!second) return fail(second.error(), options.json);
  const std::vector<cards::Difference> differences = cards::compare(*first, *second);
  json::array list;
  std::string text;
  for (const cards::Difference& one : differences) {
    text += fmt::format("batch {}, card {}: {}\n", one.batch.value + 1, one.card, one.what);
    list.push_back(
        json::object{{"batch", one.batch.value + 1}, {"card", one.card}, {"what", one.what}});
  }
  text += fmt::format("{} and {}: {} papers, {} read differently\n", options.typed[0],
                      options.typed[1], first->size(), differences.size());
  return say(options, text, {{"papers", first->size()}, {"differences", std::move(list)}},
             differences.empty() ? 0 : 1);
}

// ---- trace

int trace(const PaperOptions& options) {
  const Result<SecretBytes> bytes = read_secret_file(options.cards, cards_bytes_max);
  if (!bytes) return fail(bytes.error(), options.json);
  const Result<cards::CardFile> cards = cards::decode_cards(bytes->view());
  if (!cards) return fail(cards.error(), options.json);
  const auto serial = election::parse_card_serial(options.serial);
  const auto found = serial ? cards::find_card(*cards, *serial) : std::nullopt;
  if (!found) {
    return fail({ErrorCode::not_found,
                 serial ? "no card was issued with this serial number"
                        : "this is no serial number of a card",
                 {.field = options.serial},
                 "it is a photocopy with an invented number, or misread"},
                options.json);
  }
  const cards::Batch& batch = cards->batches[found->first.value];
  return say(options,
             fmt::format("{}: issued at {}, pool {}, batch {}\n", election::to_text(*serial),
                         batch.point, batch.pool, found->first.value + 1),
             {{"serial", election::to_text(*serial)},
              {"point", batch.point},
              {"pool", batch.pool},
              {"batch", found->first.value + 1}});
}

}  // namespace

Result<cards::CardFile> read_cards(const std::string& path, const election::Manifest& manifest) {
  const Result<SecretBytes> bytes = read_secret_file(path, cards_bytes_max);
  if (!bytes) return bytes.error();
  Result<cards::CardFile> cards = cards::decode_cards(bytes->view());
  Status right = cards ? cards::check_cards(*cards, manifest) : Status(cards.error());
  if (right) return cards;
  Error error = std::move(right).error();
  error.place.file = path;
  return error;
}

Result<std::vector<cards::JudgedCard>> read_judged(const std::string& path,
                                                   const cards::CardFile& cards,
                                                   const election::Manifest& manifest) {
  const Result<std::string> text = read_file(path, typed_bytes_max);
  if (!text) return text.error();
  const Result<std::vector<cards::TypedCard>> typed = cards::read_typed(*text);
  if (typed) return cards::judge(*typed, cards, manifest);
  Error error = typed.error();
  error.place.file = path;
  return error;
}

Result<std::vector<cards::JudgedCard>> read_agreed(const std::vector<std::string>& paths,
                                                   const cards::CardFile& cards,
                                                   const election::Manifest& manifest) {
  std::error_code failure;
  if (fs::equivalent(paths.at(0), paths.at(1), failure)) {
    return Error{ErrorCode::usage,
                 "this is one file and not two",
                 {paths[1]},
                 "two people type the cards apart from each other"};
  }
  Result<std::vector<cards::JudgedCard>> first = read_judged(paths[0], cards, manifest);
  if (!first) return first;
  const auto second = read_judged(paths[1], cards, manifest);
  if (!second) return second.error();
  const std::vector<cards::Difference> differences = cards::compare(*first, *second);
  if (differences.empty()) return first;
  return Error{ErrorCode::conflict,
               fmt::format("{} papers were read differently; the first is card {} of batch {}: {}",
                           differences.size(), differences[0].card, differences[0].batch.value + 1,
                           differences[0].what),
               {paths[1]},
               "see `urna paper compare`; both look at these cards again"};
}

void add_paper_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "paper", "Voting on paper: cards, their commitments, and what two people have typed");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*work)(const PaperOptions&)) {
    auto options = std::make_shared<PaperOptions>();
    CLI::App* added = command->add_subcommand(name, what);
    added->add_flag("--json", options->json, "Machine-readable output");
    added->callback([options, work, &exit_status] { exit_status = work(*options); });
    return std::pair(added, options);
  };
  const auto ask_cards = [](CLI::App* added, const std::shared_ptr<PaperOptions>& options) {
    added->add_option("--cards", options->cards, "File that `urna paper cards` wrote")->required();
  };
  const auto ask_manifest = [](CLI::App* added, const std::shared_ptr<PaperOptions>& options) {
    added->add_option("--manifest", options->manifest, "manifest.cbor of the edition")->required();
  };
  {
    auto [added, options] =
        add("cards", "Draw the serial numbers of cards, and commit to them", make_cards);
    added->add_option("plan", options->input, "JSON file: how many cards of which pool where")
        ->required();
    added->add_option("--out", options->out, "New file for the serial numbers, secret")->required();
    added
        ->add_option("--commitments", options->commitments,
                     "File for the part \"paper\" of the edition's configuration")
        ->required();
  }
  {
    auto [added, options] = add("print", "The cards as PDF, a file for each batch", print);
    ask_manifest(added, options);
    ask_cards(added, options);
    added->add_option("--out", options->out, "Folder for the files")->required();
    added->add_option("--point", options->point, "Of this point alone");
  }
  {
    auto [added, options] =
        add("enter", "Judge cards as one person has typed them, and list what is refused", enter);
    added->add_option("typed", options->input, "File of lines batch;card;serial;vote;points")
        ->required();
    ask_manifest(added, options);
    ask_cards(added, options);
  }
  {
    auto [added, options] =
        add("compare", "Compare what two people have typed, card by card", compare);
    added->add_option("typed", options->typed, "Their files")->required()->expected(2);
    ask_manifest(added, options);
    ask_cards(added, options);
  }
  {
    auto [added, options] =
        add("trace", "Where the card with this serial number was issued", trace);
    added->add_option("serial", options->serial, "The serial number")->required();
    ask_cards(added, options);
  }
  command->footer(
      "Examples:\n"
      "  urna paper cards plan.json --out cards.key --commitments paper.json\n"
      "  urna paper print --manifest manifest.cbor --cards cards.key --out cards/\n"
      "  urna paper enter a.csv --manifest manifest.cbor --cards cards.key\n"
      "  urna paper compare a.csv b.csv --manifest manifest.cbor --cards cards.key\n"
      "  urna box cards --config serve.toml --official a.key b.key --cards cards.key \\\n"
      "      --typed a.csv b.csv      both sign what was in the boxes\n"
      "  urna paper trace ABCD-EFGH-JKLM-NPQR --cards cards.key\n\n"
      "A plan: {\"batch\": 100, \"points\": [{\"name\": \"Urząd\", \"cards\": {\"POOL\": 250}}]}\n"
      "A line: 3;1;ABCD-EFGH-JKLM-NPQR;P12,P7;   vote: ids of projects, nothing if blank, or the "
      "word\nunreadable. Names of points are those of the registrar's operators.\n"
      "Exit status: 0 done, 1 papers were refused or read differently, 2 usage, 3 malformed, 4 "
      "files,\nor no such card, 7 conflict. Who does what when: docs/operations.md.");
}

}  // namespace urna::cmd
