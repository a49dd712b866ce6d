// SPDX-License-Identifier: EUPL-1.2
#include "cmd/keeper_ceremony.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/private_file.h"
#include "base/sha256.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "pseudonym/ceremony.h"
#include "tally/card.h"

namespace urna::cmd {
namespace {

namespace fs = std::filesystem;
using pseudonym::CeremonyResult;
using pseudonym::KeeperNumber;
using pseudonym::KeyDealing;
using pseudonym::KeyPlan;
using pseudonym::ReceivingKey;

struct CeremonyOptions : OfficeOptions {
  std::string mine;  // the keeper's own folder
  std::string plan;
  std::string out;
  std::string group;
  std::uint32_t threshold = 0;
  std::vector<std::string> receivers;
  std::vector<std::string> dealings;
};

Error placed_in(Error error, const std::string& path) {
  if (error.place.file.empty()) error.place.file = path;
  return error;
}

// Of bytes, to be compared by voice.
std::string print_of(std::string_view bytes) { return tally::fingerprint(sha256(bytes)); }

std::string key_path(const CeremonyOptions& options) { return options.mine + "/receiving.key"; }
std::string share_path(const CeremonyOptions& options) { return options.mine + "/share.key"; }
std::string own_dealing_path(const CeremonyOptions& options) {
  return options.mine + "/dealing.cbor";
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Result<ReceivingKey> read_key(const CeremonyOptions& options) {
  const std::string path = key_path(options);
  const Result<SecretBytes> bytes = read_secret_file(path, pseudonym::ceremony_bytes_max);
  if (!bytes) {
    Error error = bytes.error();
    if (error.code == ErrorCode::not_found) {
      error.remedy = is_there(share_path(options))
                         ? "the share was taken already, and the key was destroyed with that"
                         : "make it with `urna keeper ceremony key`";
    }
    return error;
  }
  Result<ReceivingKey> key = ReceivingKey::decode(bytes->view());
  if (!key) return placed_in(std::move(key).error(), path);
  return key;
}

struct PlanFile {
  std::string bytes;
  KeyPlan plan;
};
Result<PlanFile> read_plan(const CeremonyOptions& options) {
  Result<std::string> bytes = read_file(options.plan, pseudonym::ceremony_bytes_max);
  if (!bytes) return std::move(bytes).error();
  Result<KeyPlan> plan = pseudonym::decode_key_plan(*bytes);
  if (!plan) return placed_in(std::move(plan).error(), options.plan);
  return PlanFile{*std::move(bytes), *std::move(plan)};
}

// Which keeper of the plan has the key.
Result<KeeperNumber> number_in(const KeyPlan& plan, const ReceivingKey& key,
                               const std::string& path) {
  const auto place = std::ranges::find(plan.receivers, key.public_key());
  if (place != plan.receivers.end())
    return KeeperNumber{static_cast<std::uint8_t>(place - plan.receivers.begin() + 1)};
  return Error{ErrorCode::conflict,
               "the plan does not name your key: somebody put another in its place, or it is "
               "another plan",
               {path},
               "give your key to whoever makes the plan, and have it made again"};
}

// Who takes part, by the plan and the own key.
struct Part {
  PlanFile file;
  ReceivingKey key;
  KeeperNumber number;
};
Result<Part> read_part(const CeremonyOptions& options) {
  Result<PlanFile> file = read_plan(options);
  if (!file) return std::move(file).error();
  Result<ReceivingKey> key = read_key(options);
  if (!key) return std::move(key).error();
  const Result<KeeperNumber> number = number_in(file->plan, *key, options.plan);
  if (!number) return number.error();
  return Part{*std::move(file), *std::move(key), *number};
}

// Writes a file that nobody may replace, unless it holds the same already.
Status write_once(const std::string& path, std::string_view bytes) {
  if (const Result<std::string> there = read_file(path, pseudonym::ceremony_bytes_max); there) {
    if (*there == bytes) return ok_status();
    return Error{ErrorCode::conflict,
                 "there is another file of this name",
                 {path},
                 "name a file that is not there"};
  }
  return write_file_atomically(path, bytes);
}

int make_key(const CeremonyOptions& options) {
  if (Status folder = make_private_folder(options.mine); !folder)
    return fail(folder.error(), options.json);
  const bool fresh = !is_there(key_path(options));
  if (fresh && is_there(share_path(options))) {
    return fail(Error{ErrorCode::conflict,
                      "the folder holds a share already",
                      {share_path(options)},
                      "begin another ceremony in another folder"},
                options.json);
  }
  if (fresh) {
    const SecretBytes bytes = ReceivingKey::random().encode();
    if (Status written = create_private_file(key_path(options), bytes.view()); !written)
      return fail(written.error(), options.json);
  }
  const Result<ReceivingKey> key = read_key(options);
  if (!key) return fail(key.error(), options.json);
  const std::string hex = to_hex(view_of(key->public_key()));
  return say(
      options,
      fmt::format("{} {}\n  secret, for you alone\n"
                  "Your receiving key, for whoever makes the plan:\n  {}\n",
                  key_path(options), fresh ? "made" : "was there already and is unchanged", hex),
      {{"key", key_path(options)}, {"receiving_key", hex}, {"new", fresh}});
}

int make_plan(const CeremonyOptions& options) {
  KeyPlan plan;
  plan.threshold = options.threshold;
  for (const std::string& hex : options.receivers) {
    const Result<std::string> bytes = from_hex(hex);
    if (!bytes || bytes->size() != sizeof(pseudonym::ReceivingPublicKey)) {
      return fail(Error{ErrorCode::usage,
                        fmt::format("\"{}\" is not 64 hexadecimal digits", hex),
                        {},
                        "give what `urna keeper ceremony key` printed"},
                  options.json);
    }
    plan.receivers.push_back(array_of<32>(*bytes));
  }
  const std::string bytes = encode(plan);
  if (const Result<KeyPlan> good = pseudonym::decode_key_plan(bytes); !good) {
    return fail(Error{ErrorCode::usage,
                      "this is no plan: " + good.error().message,
                      {},
                      "name every keeper's own key once, and a threshold of 1 to all of them"},
                options.json);
  }
  if (Status written = write_once(options.out, bytes); !written)
    return fail(written.error(), options.json);
  const std::string print = print_of(bytes);
  return say(options,
             fmt::format("{}: {} of {} keepers must answer; for all of them\n"
                         "Fingerprint of the plan, which all compare by voice:\n  {}\n",
                         options.out, plan.threshold, plan.receivers.size(), print),
             {{"plan", options.out},
              {"threshold", plan.threshold},
              {"keepers", plan.receivers.size()},
              {"fingerprint", print}});
}

// The dealing of this keeper that was made before for this plan, if there is one.
Result<std::string> own_dealing(const CeremonyOptions& options, const KeyPlan& plan,
                                KeeperNumber number) {
  const std::string path = own_dealing_path(options);
  Result<std::string> bytes = read_file(path, pseudonym::ceremony_bytes_max);
  if (!bytes) return std::move(bytes).error();
  const Result<KeyDealing> dealing = KeyDealing::decode(*bytes, plan);
  if (!dealing) {
    Error error = placed_in(dealing.error(), path);
    error.remedy = "you dealt for another plan from this folder: begin again in a new one";
    return error;
  }
  if (dealing->dealer().value != number.value) {
    return Error{
        ErrorCode::conflict, "this is not your dealing", {path}, "begin again in another folder"};
  }
  return bytes;
}

int deal(const CeremonyOptions& options) {
  const Result<Part> part = read_part(options);
  if (!part) return fail(part.error(), options.json);
  const auto& [file, key, number] = *part;
  // One dealing for a plan: two that went to different people would make different keys.
  Result<std::string> bytes = own_dealing(options, file.plan, number);
  if (!bytes) {
    if (bytes.error().code != ErrorCode::not_found) return fail(bytes.error(), options.json);
    const Result<KeyDealing> dealing = KeyDealing::make(file.plan, number);
    if (!dealing) return fail(dealing.error(), options.json);
    bytes = dealing->encode();
    if (Status kept = create_private_file(own_dealing_path(options), *bytes); !kept)
      return fail(kept.error(), options.json);
  }
  if (Status written = write_once(options.out, *bytes); !written)
    return fail(written.error(), options.json);
  const std::string print = print_of(file.bytes);
  return say(options,
             fmt::format("{}: what keeper {} deals, for all keepers\n"
                         "It is for the plan with this fingerprint; go on only if all say the "
                         "same:\n  {}\n",
                         options.out, number.value, print),
             {{"dealing", options.out}, {"keeper", number.value}, {"plan_fingerprint", print}});
}

Result<std::vector<KeyDealing>> read_dealings(const CeremonyOptions& options, const KeyPlan& plan,
                                              KeeperNumber number) {
  const Result<std::string> own = own_dealing(options, plan, number);
  if (!own) {
    Error error = own.error();
    if (error.code == ErrorCode::not_found)
      error.remedy = "deal first: `urna keeper ceremony deal`";
    return error;
  }
  std::vector<KeyDealing> dealings;
  for (const std::string& path : options.dealings) {
    const Result<std::string> bytes = read_file(path, pseudonym::ceremony_bytes_max);
    if (!bytes) return bytes.error();
    Result<KeyDealing> dealing = KeyDealing::decode(*bytes, plan);
    if (!dealing) return placed_in(std::move(dealing).error(), path);
    if (dealing->dealer().value == number.value && *bytes != *own) {
      return Error{ErrorCode::conflict,
                   "this is not what you dealt: somebody deals in your name",
                   {path},
                   "stop, and find out who made this file"};
    }
    dealings.push_back(*std::move(dealing));
  }
  return dealings;
}

int take(const CeremonyOptions& options) {
  const Result<Part> part = read_part(options);
  if (!part) return fail(part.error(), options.json);
  const auto& [file, key, number] = *part;
  const auto dealings = read_dealings(options, file.plan, number);
  if (!dealings) return fail(dealings.error(), options.json);
  const Result<CeremonyResult> taken = CeremonyResult::take(file.plan, *dealings, key);
  if (!taken) return fail(taken.error(), options.json);
  const std::string group = taken->group.encode();
  if (Status written = write_once(options.group, group); !written)
    return fail(written.error(), options.json);
  const SecretBytes share = taken->share.encode(taken->group);
  Status done = create_private_file(share_path(options), share.view());
  if (!done && done.error().code == ErrorCode::conflict) {
    // Interrupted before: the same dealings make the same share.
    const Result<SecretBytes> there =
        read_secret_file(share_path(options), pseudonym::key_share_bytes_max);
    if (there && there->view() == share.view()) done = ok_status();
  }
  // What was dealt can be opened by nobody from now on.
  if (done) done = erase_private_file(key_path(options));
  if (!done) return fail(done.error(), options.json);
  const std::string print = print_of(group);
  return say(options,
             fmt::format("{} made\n  secret: the share of keeper {}, for its service alone\n"
                         "{}\n  the group of all keepers, for the registrar and every keeper\n"
                         "Fingerprint of the group; use it only if all keepers have the same:\n"
                         "  {}\n",
                         share_path(options), number.value, options.group, print),
             {{"share", share_path(options)},
              {"group", options.group},
              {"keeper", number.value},
              {"fingerprint", print}});
}

}  // namespace

void add_keeper_ceremony(CLI::App& keeper, int& exit_status) {
  CLI::App* command = keeper.add_subcommand(
      "ceremony", "Make the key together, each keeper on their own computer; nobody ever has it");
  command->require_subcommand(1);
  command->footer(
      "Examples, for two keepers of whom both must answer:\n"
      "  urna keeper ceremony key --mine keeper/        each: prints a receiving key\n"
      "  urna keeper ceremony plan --threshold 2 --receiver A… --receiver B… --out plan.cbor\n"
      "                                                 one of them: for both\n"
      "  urna keeper ceremony deal --mine keeper/ --plan plan.cbor --out dealing-1.cbor\n"
      "                                                 each: for both; compare fingerprints\n"
      "  urna keeper ceremony take --mine keeper/ --plan plan.cbor --dealing dealing-1.cbor \\\n"
      "      --dealing dealing-2.cbor --group keepers.cbor\n"
      "                                                 each: compare fingerprints again\n\n"
      "Every step can be run again. Exit status: 0 done; 2 usage; 3 a file is wrong; 4 a file is\n"
      "missing; 7 files contradict each other, or somebody deals in another's name.");

  const auto step = [&](const char* name, const char* what, int (*run)(const CeremonyOptions&)) {
    auto options = std::make_shared<CeremonyOptions>();
    CLI::App* sub = command->add_subcommand(name, what);
    sub->add_flag("--json", options->json, "Report as one JSON object");
    sub->callback([options, run, &exit_status] { exit_status = run(*options); });
    return std::pair(sub, options);
  };
  const auto add_mine = [](CLI::App& sub, CeremonyOptions& options) {
    sub.add_option("--mine", options.mine, "Your own folder, which nobody else can read")
        ->required();
  };
  const auto add_plan = [](CLI::App& sub, CeremonyOptions& options) {
    sub.add_option("--plan", options.plan, "The plan")->required();
  };

  const auto [key, of_key] = step("key", "Make your receiving key", make_key);
  add_mine(*key, *of_key);

  const auto [plan, of_plan] =
      step("plan", "Say who takes part and how many must answer", make_plan);
  plan->add_option("--threshold", of_plan->threshold, "How many must answer")->required();
  plan->add_option("--receiver", of_plan->receivers, "A keeper's receiving key; each, in order")
      ->required();
  plan->add_option("--out", of_plan->out, "New file")->required();

  const auto [dealing, of_dealing] = step("deal", "Make your part of the key, for everybody", deal);
  add_mine(*dealing, *of_dealing);
  add_plan(*dealing, *of_dealing);
  dealing->add_option("--out", of_dealing->out, "New file")->required();

  const auto [taking, of_taking] =
      step("take", "Make your share out of what everybody dealt, and the public keys", take);
  add_mine(*taking, *of_taking);
  add_plan(*taking, *of_taking);
  taking
      ->add_option("--dealing", of_taking->dealings, "What a keeper dealt; one of each, yours too")
      ->required();
  taking->add_option("--group", of_taking->group, "New file with the public keys")->required();
}

}  // namespace urna::cmd
