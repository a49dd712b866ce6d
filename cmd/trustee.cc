// SPDX-License-Identifier: EUPL-1.2
#include "cmd/trustee.h"

#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "election/entries.h"
#include "tally/card.h"
#include "tally/trustee.h"

namespace urna::cmd {
namespace {

constexpr const char* exit_statuses =
    "Exit status: 0 done or nothing to do; 1 nothing could be made yet, or a complaint was made;\n"
    "2 usage; 3 a file is wrong or somebody did not work honestly; 4 a file is missing; 7 files\n"
    "contradict each other.\n"
    "The whole way is told in docs/trustees.md.\n";

struct TrusteeOptions : OfficeOptions {
  std::string name;
  std::string key;
  std::string record;
  std::string out;
  std::string complaint;
  std::vector<std::string> from;
  bool no_passphrase = false;
  bool more_rounds = false;
};

// ---- keygen

// The card of the key in the folder, which is a new one unless there is one already.
Result<election::TrusteeCard> make_or_read(const TrusteeOptions& options, bool& fresh) {
  if (Status made = make_folder(options.out); !made) return std::move(made).error();
  if (options.name.find('/') != std::string::npos)
    return Error{ErrorCode::usage,
                 "a name with / cannot be the name of a card's file",
                 {},
                 "choose another name"};
  const std::string key_path = options.out + "/trustee.key";
  const std::string card_path = options.out + "/" + options.name + ".card";
  std::error_code ignored;
  fresh = !std::filesystem::exists(key_path, ignored);
  if (fresh) {
    const Result<tally::KeyFile> key = tally::make_key(tally::KeyRole::trustee, options.name);
    if (!key) return key.error();
    if (Status written = write_key(key_path, *key, options.no_passphrase, options); !written)
      return std::move(written).error();
  }
  const Result<tally::KeyFile> key =
      tally::load_key(key_path, tally::KeyRole::trustee, passphrase_of(options));
  if (!key) return key.error();
  const Result<election::TrusteeKeys> keys = tally::trustee_keys(*key);
  if (!keys) return keys.error();
  if (key->name != options.name)
    return Error{ErrorCode::conflict,
                 "the folder holds the key of " + key->name,
                 {key_path},
                 "choose another folder; a key is never overwritten"};
  // A card that exists stays as it is, for its fingerprint may have been read out.
  if (const Result<std::string> bytes = read_file(card_path, 4096); bytes) {
    Result<election::TrusteeCard> card = tally::decode_card(*bytes);
    if (card && card->signing_key == keys->signing.key) return card;
    return Error{ErrorCode::conflict,
                 "the card is not of the key beside it",
                 {card_path},
                 "remove the card and run the command again"};
  }
  election::TrusteeCard card = election::make_card(options.name, *keys);
  if (Status written = write_file_atomically(card_path, tally::encode_card(card)); !written)
    return std::move(written).error();
  return card;
}

int keygen(const TrusteeOptions& options) {
  bool fresh = false;
  const Result<election::TrusteeCard> card = make_or_read(options, fresh);
  if (!card) return fail(card.error(), options.json);
  const std::string key_path = options.out + "/trustee.key";
  const std::string card_path = options.out + "/" + options.name + ".card";
  const std::string print = tally::fingerprint(*card);
  const std::string text = fmt::format(
      "{} {}\n  secret, for you alone: keep it, and a copy in another place\n"
      "{}\n  for whoever prepares the edition\n"
      "Fingerprint of the card, to be compared by voice:\n  {}\n",
      key_path, fresh ? "made" : "was there already and is unchanged", card_path, print);
  return say(options, text,
             {{"key", key_path}, {"card", card_path}, {"fingerprint", print}, {"new", fresh}});
}

// ---- The steps on a record

int tell(const TrusteeOptions& options, const Result<tally::StepReport>& report) {
  if (!report) return fail(report.error(), options.json);
  std::string text;
  for (const std::string& path : report->made) text += "made " + path + "\n";
  for (const std::string& note : report->notes) text += note + "\n";
  for (const std::string& awaited : report->awaits) text += "waiting: " + awaited + "\n";
  if (report->complaint)
    text += "Give the complaint to everybody; anyone can judge it with `urna trustee judge`.\n";
  const bool negative = report->complaint || (report->made.empty() && !report->awaits.empty());
  return say(options, text,
             {{"made", to_json(report->made)},
              {"notes", to_json(report->notes)},
              {"awaits", to_json(report->awaits)},
              {"complaint", report->complaint}},
             negative ? 1 : 0);
}

using Step = Result<tally::StepReport> (*)(const TrusteeOptions&, const tally::TrusteeOffice&,
                                           const tally::RecordView&, const tally::Work&);

Result<tally::StepReport> take_step(const TrusteeOptions& options, tally::Cosignatures cosignatures,
                                    Step step) {
  const tally::Work work = work_of(options);
  const Result<tally::KeyFile> key =
      tally::load_key(options.key, tally::KeyRole::trustee, passphrase_of(options));
  if (!key) return key.error();
  const Result<election::TrusteeKeys> keys = tally::trustee_keys(*key);
  if (!keys) return keys.error();
  work.progress("reading and checking the record");
  const Result<tally::RecordView> record = tally::read_record(options.record, cosignatures);
  if (!record) return record.error();
  const Result<tally::TrusteeOffice> office =
      tally::take_office(*record, *keys, options.key + ".memory", options.out);
  if (!office) return office.error();
  return step(options, *office, *record, work);
}

int deal(const TrusteeOptions& options) {
  return tell(options, take_step(options, tally::Cosignatures::not_asked,
                                 [](const TrusteeOptions& given, const tally::TrusteeOffice& office,
                                    const tally::RecordView& record, const tally::Work&) {
                                   return tally::deal_step(office, record, given.from);
                                 }));
}

int accept(const TrusteeOptions& options) {
  return tell(options, take_step(options, tally::Cosignatures::not_asked,
                                 [](const TrusteeOptions&, const tally::TrusteeOffice& office,
                                    const tally::RecordView& record, const tally::Work&) {
                                   return tally::accept_step(office, record);
                                 }));
}

int mix(const TrusteeOptions& options) {
  return tell(options, take_step(options, tally::Cosignatures::required,
                                 [](const TrusteeOptions& given, const tally::TrusteeOffice& office,
                                    const tally::RecordView& record, const tally::Work& work) {
                                   return tally::mix_step(office, record, given.more_rounds, work);
                                 }));
}

int decrypt(const TrusteeOptions& options) {
  return tell(options, take_step(options, tally::Cosignatures::required,
                                 [](const TrusteeOptions&, const tally::TrusteeOffice& office,
                                    const tally::RecordView& record, const tally::Work& work) {
                                   return tally::decrypt_step(office, record, work);
                                 }));
}

// ---- judge

int judge(const TrusteeOptions& options) {
  const Result<std::string> bytes = read_file(options.complaint, election::entry_bytes_max);
  if (!bytes) return fail(bytes.error(), options.json);
  const Result<tally::RecordView> record =
      tally::read_record(options.record, tally::Cosignatures::not_asked);
  if (!record) return fail(record.error(), options.json);
  const Result<tally::Judgement> judgement = tally::judge_file(*record, *bytes);
  if (!judgement) {
    Error error = judgement.error();
    if (error.place.file.empty()) error.place.file = options.complaint;
    return fail(error, options.json);
  }
  const election::Manifest& manifest = record->state.manifest();
  const std::string dealer = tally::called(manifest, judgement->dealer);
  const std::string complainer = tally::called(manifest, judgement->complainer);
  const bool upheld = judgement->verdict == election::Verdict::dealer_lied;
  const std::string text = fmt::format(
      "{}: {}\nThe ceremony starts again with a new manifest.\n", upheld ? "upheld" : "refuted",
      upheld ? "the share that " + dealer + " sent to " + complainer +
                   " does not match the dealing; " + dealer + " lied"
             : "the share that " + dealer + " sent to " + complainer + " is right; " + complainer +
                   " complained falsely");
  return say(options, text,
             {{"upheld", upheld},
              {"liar", upheld ? dealer : complainer},
              {"dealer", dealer},
              {"complainer", complainer}},
             upheld ? 0 : 1);
}

}  // namespace

void add_trustee_command(CLI::App& app, int& exit_status) {
  CLI::App* trustee = app.add_subcommand(
      "trustee", "What a trustee does: key, dealing, acceptance, mixing, decryption");
  trustee->require_subcommand(1);
  trustee->footer(
      "In order: keygen; deal (twice), accept before the voting; mix, decrypt after it.\n"
      "Every command may be run again. docs/trustees.md tells the whole way.");
  const auto add = [&](const char* name, const char* purpose, const char* examples,
                       int (*run)(const TrusteeOptions&)) {
    auto options = std::make_shared<TrusteeOptions>();
    CLI::App* command = trustee->add_subcommand(name, purpose);
    command->footer(std::string(examples) + "\n" + exit_statuses);
    command->callback([options, run, &exit_status] { exit_status = run(*options); });
    add_office_options(*command, *options);
    return std::pair(command, options);
  };
  const auto add_step = [&](const char* name, const char* purpose, const char* examples,
                            int (*run)(const TrusteeOptions&)) {
    const auto added = add(name, purpose, examples, run);
    const auto& [command, options] = added;
    command->add_option("--key", options->key, "Your trustee.key")->required();
    command->add_option("--record", options->record, "Folder of the record")->required();
    command->add_option("--out", options->out, "Folder for the files to hand over")->required();
    add_passphrase_option(*command, *options);
    return added;
  };

  {
    const auto [command, options] =
        add("keygen", "Make your key and your card",
            "Example:\n"
            "  urna trustee keygen --name Anna --out mine\n"
            "      mine/trustee.key is secret; mine/Anna.card is for who prepares the edition\n",
            keygen);
    command->add_option("--name", options->name, "Your name, as it will stand in the manifest")
        ->required();
    command->add_option("--out", options->out, "Folder for key and card")->required();
    command->add_flag("--no-passphrase", options->no_passphrase,
                      "Leave the key open to whoever gets the file");
    add_passphrase_option(*command, *options);
  }
  {
    const auto [command, options] =
        add_step("deal", "Commit to your part of the joint key; later release it",
                 "Examples:\n"
                 "  urna trustee deal --key mine/trustee.key --record record --out for-board\n"
                 "      first dealing-commitment-N.entry; with all commitments on the record,\n"
                 "      dealing-N.entry\n"
                 "  urna trustee deal … --from dealing-commitment-2.entry\n"
                 "      with commitments that are not on the record yet\n",
                 deal);
    command->add_option("--from", options->from, "Commitments of other trustees");
  }
  add_step("accept", "Check all dealings; accept them, or complain",
           "Example:\n"
           "  urna trustee accept --key mine/trustee.key --record record --out for-board\n"
           "      acceptance-N.entry, or complaint-N-about-I.complaint\n",
           accept);
  {
    const auto [command, options] =
        add_step("mix", "Verify the rounds before, then mix each pool that needs it",
                 "Example:\n"
                 "  urna trustee mix --key mine/trustee.key --record record --out for-board\n"
                 "      mix-POOL-ROUND.entry and mix-POOL-ROUND.cbor: hand over both\n",
                 mix);
    command->add_flag("--more-rounds", options->more_rounds,
                      "Mix also what was mixed as often as is needed");
    add_threads_option(*command, *options);
  }
  {
    const auto [command, options] =
        add_step("decrypt", "Verify all rounds, then make your shares of each pool",
                 "Example:\n"
                 "  urna trustee decrypt --key mine/trustee.key --record record --out for-board\n"
                 "      decryption-POOL-N.entry and decryption-POOL-N.cbor: hand over both\n",
                 decrypt);
    add_threads_option(*command, *options);
  }
  {
    const auto [command, options] =
        add("judge", "Say who lied, the dealer or who complained",
            "Example:\n"
            "  urna trustee judge complaint-2-about-1.complaint --record record\n"
            "      0: the complaint is upheld; 1: it is false\n",
            judge);
    command->add_option("COMPLAINT", options->complaint, "The complaint's file")->required();
    command->add_option("--record", options->record, "Folder of the record")->required();
  }
}

}  // namespace urna::cmd
