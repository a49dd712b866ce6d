// SPDX-License-Identifier: EUPL-1.2
#include "cmd/box.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ballotbox/ballot_box.h"
#include "ballotbox/board_view.h"
#include "ballotbox/transfer.h"
#include "base/file.h"
#include "cards/typed.h"
#include "cases/case_file.h"
#include "cmd/office.h"
#include "cmd/paper.h"
#include "cmd/program.h"
#include "cmd/serve_config.h"
#include "cmd/service.h"
#include "election/record.h"
#include "tally/edition_config.h"
#include "tally/keeper.h"

namespace urna::cmd {
namespace {

struct BoxOptions : ServiceOptions {
  std::string folder;
  bool json = false;
};

int move_record(const BoxOptions& options, bool import) {
  ServeConfig config;
  server::ConfigKeys keys("serve");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), options.json);
  if (!*loaded) return 0;
  Result<OpenedBox> opened = open_box(config);
  if (!opened) return fail(opened.error(), options.json);
  const Result<ballotbox::TransferReport> report =
      import ? ballotbox::import_record(options.folder, *opened->store)
             : ballotbox::export_record(*opened->store, options.folder, *opened->key);
  if (!report) return fail(report.error(), options.json);
  OfficeOptions output;
  output.json = options.json;
  return say(output,
             fmt::format("{} {}: {} entries, {} files; {} entries in all\n", options.folder,
                         import ? "taken into the store" : "written", report->entries,
                         report->files, report->size),
             {{"entries", report->entries}, {"files", report->files}, {"size", report->size}});
}

// What officials sign with their keys, at this store.
struct DecisionOptions : ServiceOptions {
  std::vector<std::string> officials;
  std::string time;
  // Of an extension.
  std::string until;
  std::string reason_pl;
  std::string reason_en;
  // Of ballots: those of a case file, or these entries.
  std::string case_file;
  std::set<std::string> answers;
  std::vector<std::uint64_t> entries;
  std::string case_number;
  std::string reason;
  bool appeal = false;
  // Of cards of paper.
  std::string cards;
  std::vector<std::string> typed;
  bool json = false;
};

// What a decision is made of.
struct Deciding {
  const election::Manifest& manifest;
  const election::BoardState& state;
  const std::vector<proof::SigningKey>& keys;
};
// The entries, signed.
using Make = std::function<Result<std::vector<std::string>>(const Deciding&)>;

// Records the entries by a ballot box of its own on the same store; a running service follows.
int submit(const ServeConfig& config, OpenedBox opened, const std::vector<std::string>& entries,
           bool json) {
  ballotbox::Settings settings;
  settings.clock = unix_time;
  auto box = ballotbox::BallotBox::open(std::move(opened.store), *opened.key, settings);
  if (!box) return fail(box.error(), json);
  boost::json::array recorded;
  std::string text;
  for (const std::string& entry : entries) {
    std::promise<ballotbox::Outcome> promise;
    std::future<ballotbox::Outcome> outcome = promise.get_future();
    (*box)->submit(entry, [&](ballotbox::Outcome given) { promise.set_value(std::move(given)); });
    const ballotbox::Outcome given = outcome.get();
    if (const auto* refusal = std::get_if<ballotbox::Refusal>(&given)) {
      return fail(refusal->error, json);
    }
    const std::uint64_t index = std::get<ballotbox::Acknowledgement>(given).index;
    recorded.emplace_back(index);
    text += fmt::format("{}: entry {} recorded\n", config.store, index);
  }
  OfficeOptions output;
  output.json = json;
  return say(output, text, {{"entries", std::move(recorded)}});
}

// Makes the entries out of the board as it stands, and records them one after another: after an
// interruption, doing it again does the rest.
int decide(const DecisionOptions& options, const Make& make) {
  ServeConfig config;
  server::ConfigKeys keys("serve");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), options.json);
  if (!*loaded) return 0;
  Result<OpenedBox> opened = open_box(config);
  if (!opened) return fail(opened.error(), options.json);
  const Result<std::optional<std::string>> bytes = opened->store->file(election::manifest_path);
  if (!bytes) return fail(bytes.error(), options.json);
  const Result<election::Manifest> manifest = election::decode_manifest((*bytes).value_or(""));
  if (!manifest) return fail(manifest.error(), options.json);
  OfficeOptions office;
  office.passphrase_file = config.passphrase_file;
  std::vector<proof::SigningKey> signers;
  for (const std::string& path : options.officials) {
    Result<proof::SigningKey> key = load_signing_key(path, tally::KeyRole::official, office);
    if (!key) return fail(key.error(), options.json);
    signers.push_back(std::move(*key));
  }
  const auto view = ballotbox::BoardView::load(*opened->store, opened->key->verifier_key());
  if (!view) return fail(view.error(), options.json);
  const Result<std::vector<std::string>> entries = make({*manifest, view->state(), signers});
  if (!entries) return fail(entries.error(), options.json);
  return submit(config, std::move(*opened), *entries, options.json);
}

template <typename Entry>
Result<std::string> signed_by_two(const Deciding& deciding, Entry entry) {
  const Result<tally::OfficialPair> officials =
      tally::find_officials(deciding.manifest, deciding.keys.at(0), deciding.keys.at(1));
  if (!officials) return officials.error();
  sign(entry, officials->first, officials->first_key, officials->second, officials->second_key);
  return encode(entry);
}

template <typename Entry>
Result<std::vector<std::string>> one_by_two(const Deciding& deciding, Entry entry) {
  Result<std::string> made = signed_by_two(deciding, std::move(entry));
  if (!made) return made.error();
  return std::vector<std::string>{*std::move(made)};
}

Result<std::uint64_t> time_of(const DecisionOptions& options) {
  if (options.time.empty()) return unix_time();
  return tally::parse_time(options.time);
}

int close(const DecisionOptions& options) {
  return decide(options, [&](const Deciding& deciding) -> Result<std::vector<std::string>> {
    const Result<std::uint64_t> time = time_of(options);
    if (!time) return time.error();
    return one_by_two(deciding, election::Closing{deciding.state.edition(), *time, {}});
  });
}

int extend(const DecisionOptions& options) {
  return decide(options, [&](const Deciding& deciding) -> Result<std::vector<std::string>> {
    const Result<std::uint64_t> time = time_of(options);
    if (!time) return time.error();
    const Result<std::uint64_t> until = tally::parse_time(options.until);
    if (!until) return until.error();
    return one_by_two(deciding, election::Extension{deciding.state.edition(),
                                                    *time,
                                                    deciding.state.term().closes,
                                                    *until,
                                                    options.reason_pl,
                                                    options.reason_en,
                                                    {}});
  });
}

// ---- Cards of paper

// Of every batch of which nothing stands on the board yet.
int state_cards(const DecisionOptions& options) {
  return decide(options, [&](const Deciding& deciding) -> Result<std::vector<std::string>> {
    if (deciding.state.phase() != election::Phase::annulments) {
      return Error{ErrorCode::conflict,
                   "boxes are opened after the closing and the issuance, and before the count",
                   {},
                   "close the voting and record the number of certificates first"};
    }
    const Result<cards::CardFile> cards = read_cards(options.cards, deciding.manifest);
    if (!cards) return cards.error();
    const auto agreed = read_agreed(options.typed, *cards, deciding.manifest);
    if (!agreed) return agreed.error();
    const auto found = cards::found_of(*agreed, *cards, deciding.manifest);
    if (!found) return found.error();
    const election::JointKey joint_key(deciding.state.joint_key());
    std::vector<std::string> entries;
    for (std::size_t b = 0; b < found->size(); ++b) {
      const election::BatchNumber number{static_cast<election::BatchNumber::Value>(b)};
      if (deciding.state.paper().batch(number) != nullptr) continue;
      Result<election::PaperBatch> batch = election::make_paper_batch(
          deciding.state.edition(), number, cards->batches[b].serials, joint_key, (*found)[b]);
      if (!batch) return std::move(batch).error();
      Result<std::string> entry = signed_by_two(deciding, *std::move(batch));
      if (!entry) return std::move(entry).error();
      entries.push_back(*std::move(entry));
    }
    return entries;
  });
}

// ---- Ballots of a case

using election::Standing;

// Ballots by their numbers on the board, and the number of their case.
struct Chosen {
  std::vector<std::size_t> ballots;
  std::string case_number;
};

// All ballots of the case's voters, for behind the one that counts there may be another that would
// count in its place. In a pool in which a voter has voted again after showing who they are by a
// better means, none: that ballot is the owner's and counts whatever becomes of the others.
Result<Chosen> of_case(const Deciding& deciding, const DecisionOptions& options) {
  const Result<std::string> text = read_file(options.case_file, cases::case_bytes_max);
  if (!text) return text.error();
  const Result<cases::CaseFile> file = cases::parse_case(*text, deciding.manifest.registrar);
  if (!file) {
    Error error = file.error();
    error.place.file = options.case_file;
    return error;
  }
  const election::BoardState& state = deciding.state;
  if (file->edition != state.edition().octets) {
    return Error{ErrorCode::conflict,
                 "a case of another edition",
                 {.file = options.case_file, .field = "edition"},
                 "give the file of a case of this edition"};
  }
  std::set<election::Pseudonym> people;
  for (const cases::CaseVoter& voter : file->voters) {
    if (options.answers.empty() || options.answers.contains(std::string(to_string(voter.answer)))) {
      people.insert(election::Pseudonym{voter.pseudonym});
    }
  }
  using Place = std::pair<std::uint32_t, election::PoolNumber>;  // a person in a pool
  std::map<Place, std::pair<std::uint8_t, std::vector<std::size_t>>> concerned;
  std::set<Place> reclaimed;
  for (std::size_t i = 0; i < state.ballots(); ++i) {
    const election::CastBallot& ballot = state.ballot(i);
    if (!people.contains(state.pseudonym(ballot.person))) continue;
    const Place place{ballot.person, ballot.pool};
    auto& [level, ballots] =
        concerned.try_emplace(place, ballot.level, std::vector<std::size_t>()).first->second;
    if (ballot.level != level) reclaimed.insert(place);
    ballots.push_back(i);
  }
  Chosen chosen{{}, file->number};
  for (const auto& [place, found] : concerned) {
    if (reclaimed.contains(place)) continue;
    chosen.ballots.insert(chosen.ballots.end(), found.second.begin(), found.second.end());
  }
  std::ranges::sort(chosen.ballots);
  return chosen;
}

Result<Chosen> by_entries(const Deciding& deciding, const DecisionOptions& options) {
  Chosen chosen{{}, options.case_number};
  const std::set<std::uint64_t> wanted(options.entries.begin(), options.entries.end());
  for (std::size_t i = 0; i < deciding.state.ballots(); ++i) {
    if (wanted.contains(deciding.state.ballot(i).index.value)) chosen.ballots.push_back(i);
  }
  if (chosen.ballots.size() == wanted.size()) return chosen;
  return Error{ErrorCode::not_found,
               "not all of these entries are ballots",
               {{}, 0, 0, "--entry"},
               "take the numbers of entries from the board"};
}

// Those of the case, or of the entries, that stand so: of others nothing is to be decided.
Result<Chosen> choose(const Deciding& deciding, const DecisionOptions& options,
                      const std::set<Standing>& standings) {
  Result<Chosen> chosen =
      options.case_file.empty() ? by_entries(deciding, options) : of_case(deciding, options);
  if (!chosen) return chosen;
  std::erase_if(chosen->ballots, [&](std::size_t number) {
    return !standings.contains(deciding.state.standing(number));
  });
  if (!chosen->ballots.empty()) return chosen;
  return Error{ErrorCode::not_found,
               "there is no ballot of which this is to be decided",
               {.file = options.case_file},
               "see on the board what was decided already"};
}

int freeze(const DecisionOptions& options) {
  return decide(options, [&](const Deciding& deciding) -> Result<std::vector<std::string>> {
    const Result<Chosen> chosen = choose(deciding, options, {Standing::untouched});
    if (!chosen) return chosen.error();
    const Result<election::OfficialNumber> official =
        tally::find_official(deciding.manifest, deciding.keys.at(0));
    if (!official) return official.error();
    std::vector<std::string> entries;
    for (std::size_t first = 0; first < chosen->ballots.size();
         first += election::frozen_at_once_max) {
      election::Freeze entry{deciding.state.edition(), {}, chosen->case_number, options.reason, {}};
      const std::size_t end =
          std::min(chosen->ballots.size(), first + election::frozen_at_once_max);
      for (std::size_t i = first; i < end; ++i) {
        const std::size_t number = chosen->ballots[i];
        entry.ballots.push_back(
            {deciding.state.ballot(number).index, deciding.state.ballot_entry(number)});
      }
      sign(entry, *official, deciding.keys.at(0));
      entries.push_back(encode(entry));
    }
    return entries;
  });
}

int annul(const DecisionOptions& options) {
  return decide(options, [&](const Deciding& deciding) -> Result<std::vector<std::string>> {
    // Of a case, what waits for a decision; of entries, also what nobody froze.
    std::set<Standing> standings = {Standing::frozen};
    if (options.case_file.empty()) standings.insert({Standing::untouched, Standing::upheld});
    const Result<Chosen> chosen = choose(deciding, options, standings);
    if (!chosen) return chosen.error();
    std::vector<std::string> entries;
    for (const std::size_t number : chosen->ballots) {
      Result<std::string> entry =
          signed_by_two(deciding, election::Annulment{deciding.state.edition(),
                                                      deciding.state.ballot(number).index,
                                                      deciding.state.ballot_entry(number),
                                                      options.reason,
                                                      {}});
      if (!entry) return entry.error();
      entries.push_back(*std::move(entry));
    }
    return entries;
  });
}

int uphold(const DecisionOptions& options) {
  return decide(options, [&](const Deciding& deciding) -> Result<std::vector<std::string>> {
    const Result<Chosen> chosen =
        choose(deciding, options, {options.appeal ? Standing::annulled : Standing::frozen});
    if (!chosen) return chosen.error();
    std::vector<std::string> entries;
    for (const std::size_t number : chosen->ballots) {
      Result<std::string> entry =
          signed_by_two(deciding, election::Upholding{deciding.state.edition(),
                                                      deciding.state.ballot(number).index,
                                                      deciding.state.ballot_entry(number),
                                                      options.appeal ? election::Lifted::annulment
                                                                     : election::Lifted::freeze,
                                                      chosen->case_number,
                                                      options.reason,
                                                      {}});
      if (!entry) return entry.error();
      entries.push_back(*std::move(entry));
    }
    return entries;
  });
}

}  // namespace

void add_box_command(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("box", "The record of an edition, in and out of the ballot box's store");
  command->require_subcommand(1);
  for (const bool import : {true, false}) {
    auto options = std::make_shared<BoxOptions>();
    CLI::App* move =
        command->add_subcommand(import ? "import" : "export",
                                import ? "Take what a record in a folder has beyond the store"
                                       : "Write the store's record to a new folder, for the tally");
    add_service_options(*move, *options);
    move->add_option("folder", options->folder, "Folder of the record")->required();
    move->add_flag("--json", options->json, "Machine-readable output");
    move->callback(
        [options, import, &exit_status] { exit_status = move_record(*options, import); });
  }
  const auto add_decision = [&](const char* name, const char* about, int officials, auto decide) {
    auto options = std::make_shared<DecisionOptions>();
    CLI::App* decision = command->add_subcommand(name, about);
    add_service_options(*decision, *options);
    decision
        ->add_option("--official", options->officials,
                     officials == 2 ? "The keys of two officials" : "The key of an official")
        ->required()
        ->expected(officials);
    decision->add_flag("--json", options->json, "Machine-readable output");
    decision->callback([options, decide, &exit_status] { exit_status = decide(*options); });
    return std::pair(decision, options);
  };
  const auto add_time = [](CLI::App* decision, DecisionOptions& options) {
    decision->add_option("--time", options.time, "\"2026-09-22T20:00:00Z\"; default: now");
  };
  const auto [closing, when] =
      add_decision("close", "Close the voting: two officials sign", 2, close);
  add_time(closing, *when);
  const auto [extension, options] = add_decision(
      "extend", "Put the end of the voting off, before it has come: two officials sign", 2, extend);
  add_time(extension, *options);
  extension->add_option("--until", options->until, "The new end, such as 2026-09-23T20:00:00Z")
      ->required();
  extension->add_option("--reason-pl", options->reason_pl, "Why, in Polish, for the public")
      ->required();
  extension->add_option("--reason-en", options->reason_en, "Why, in English")->required();
  const auto add_ballots = [](CLI::App* decision, DecisionOptions& chosen, bool numbered) {
    auto* ballots = decision->add_option_group("ballots", "Which ballots");
    CLI::Option* of_case = ballots->add_option(
        "--case", chosen.case_file, "Those of a case file, but for owners who have voted again");
    ballots->add_option("--entry", chosen.entries, "Those of these entries of the board");
    ballots->require_option(1);
    decision
        ->add_option("--answer", chosen.answers,
                     "Of the case, those whose voters answered so (repeatable)")
        ->check(CLI::IsMember({"none", "mine", "not-mine", "undelivered"}))
        ->needs(of_case);
    if (numbered) {
      decision->add_option("--number", chosen.case_number, "Number of the case, with --entry")
          ->excludes(of_case);
    }
    decision->add_option("--reason", chosen.reason, "Code that stands on the board: a-z, 0-9, -")
        ->required();
  };
  const auto [freezing, contested] = add_decision(
      "freeze", "Have ballots wait for a decision: one official signs, nothing is counted before",
      1, freeze);
  add_ballots(freezing, *contested, true);
  const auto [annulling, voided] =
      add_decision("annul", "Annul ballots: two officials sign", 2, annul);
  add_ballots(annulling, *voided, false);
  const auto [upholding, upheld] = add_decision(
      "uphold", "Let frozen ballots stand, or on appeal annulled ones: two officials sign", 2,
      uphold);
  add_ballots(upholding, *upheld, true);
  upholding->add_flag("--appeal", upheld->appeal, "Those that were annulled");
  const auto [boxes, typed] = add_decision(
      "cards", "State what was in the boxes of paper cards: two officials who typed it apart sign",
      2, state_cards);
  boxes->add_option("--cards", typed->cards, "File that `urna paper cards` wrote")->required();
  boxes->add_option("--typed", typed->typed, "What each of the two has typed (urna paper)")
      ->required()
      ->expected(2);
  command->footer(
      "Examples:\n"
      "  urna box close --config serve.toml --official a.key b.key\n"
      "  urna box extend --config serve.toml --official a.key b.key --until 2026-09-23T20:00:00Z "
      "\\\n"
      "      --reason-pl 'Awaria sieci.' --reason-en 'The network failed.'\n"
      "  urna box freeze --config serve.toml --official a.key --case case.json --reason "
      "stolen-identity\n"
      "  urna box annul --config serve.toml --official a.key b.key --case case.json \\\n"
      "      --answer not-mine --reason stolen-identity\n"
      "  urna box uphold --config serve.toml --official a.key b.key --case case.json \\\n"
      "      --answer mine --reason voter-confirms\n"
      "  urna box cards --config serve.toml --official a.key b.key --cards cards.key \\\n"
      "      --typed a.csv b.csv\n"
      "  urna box import --config serve.toml record/   after the ceremony, and during the tally\n"
      "  urna box export --config serve.toml record/   after the closing\n\n"
      "`urna serve` may run meanwhile. Importing twice changes nothing.");
}

}  // namespace urna::cmd
