// SPDX-License-Identifier: EUPL-1.2
#include "cmd/edition.h"

#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/money.h"
#include "base/private_file.h"
#include "base/sha256.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/screen.h"
#include "count/pabulib/scanner.h"
#include "election/manifest.h"
#include "presentation/from_pabulib.h"
#include "presentation/presentation.h"
#include "tally/card.h"
#include "tally/edition_config.h"

namespace urna::cmd {
namespace {

constexpr std::size_t config_bytes_max = 16U << 20U;

struct EditionOptions : OfficeOptions {
  ScreenWords screening;
  std::string config;
  std::string out;
  std::string manifest;
  std::string role;
  std::string name;
  std::vector<std::string> pools;
  std::string geojson;
  std::string city_pl;
  std::string city_en;
  bool make_keys = false;
  bool no_passphrase = false;
};

// ---- keygen

int keygen(const EditionOptions& options) {
  const Result<tally::KeyRole> role = tally::parse_role(options.role);
  if (!role) return fail(role.error(), options.json);
  if (*role == tally::KeyRole::trustee)
    return fail(Error{ErrorCode::usage,
                      "a trustee's key is made by another command",
                      {},
                      "use `urna trustee keygen`"},
                options.json);
  const Result<tally::KeyFile> key = tally::make_key(*role, options.name);
  if (!key) return fail(key.error(), options.json);
  const Result<std::string> text = tally::public_text(*key);
  if (!text) return fail(text.error(), options.json);
  const std::filesystem::path folder = std::filesystem::path(options.out).parent_path();
  if (!folder.empty()) {
    if (Status made = make_folder(folder.string()); !made) return fail(made.error(), options.json);
  }
  if (Status written = write_key(options.out, *key, options.no_passphrase, options); !written)
    return fail(written.error(), options.json);
  return say(options,
             fmt::format("{} made: secret, for you alone\npublic key, for the edition:\n  {}\n",
                         options.out, *text),
             {{"key", options.out}, {"role", options.role}, {"public", *text}});
}

// ---- new

// Keys for a test: made once, then read again.
tally::MakeKey key_maker(const std::string& folder) {
  return [folder](tally::KeyRole role, const std::string& name,
                  const std::string& file) -> Result<std::string> {
    const std::string path = folder + "/" + file;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      if (Status made = make_private_folder(folder); !made) return std::move(made).error();
      const Result<tally::KeyFile> key = tally::make_key(role, name);
      if (!key) return key.error();
      const Result<SecretBytes> bytes = tally::encode_plain(*key);
      if (!bytes) return bytes.error();
      if (Status written = create_private_file(path, bytes->view()); !written)
        return std::move(written).error();
    }
    const Result<tally::KeyFile> key = tally::load_key(path, role, [](const std::string& sealed) {
      return Result<SecretBytes>(Error{ErrorCode::conflict,
                                       "this key has a passphrase; it was not made for tests",
                                       {sealed},
                                       "choose another --out"});
    });
    if (!key) return key.error();
    return tally::public_text(*key);
  };
}

// The configuration and what it says of projects are published with the manifest.
Status screen_edition(const EditionOptions& options, const std::string& folder,
                      const std::string& config) {
  const Result<screening::Rules> rules = screening_rules(options.screening);
  if (!rules) return rules.error();
  if (Status good = screening::refuse_personal_data(options.config, config, *rules); !good)
    return good;
  boost::json::error_code failure;
  const boost::json::value read = boost::json::parse(config, failure);
  if (failure || !read.is_object()) return ok_status();  // told better by who reads it
  const boost::json::value* named = read.get_object().if_contains("presentation");
  if (named == nullptr || !named->is_string()) return ok_status();
  const std::string path =
      (std::filesystem::path(folder) / std::string(named->get_string())).string();
  const Result<std::string> bytes = read_file(path, presentation::presentation_bytes_max);
  if (!bytes) return bytes.error();
  return screening::refuse_personal_data(path, *bytes, *rules);
}

Result<tally::ConfiguredEdition> make_edition(const EditionOptions& options) {
  Result<std::string> json = read_file(options.config, config_bytes_max);
  if (!json) return std::move(json).error();
  if (Status made = make_folder(options.out); !made) return std::move(made).error();
  const std::string folder = std::filesystem::path(options.config).parent_path().string();
  if (Status good = screen_edition(options, folder, *json); !good) return std::move(good).error();
  Result<tally::ConfiguredEdition> edition = tally::configure_edition(
      *json, folder, options.make_keys ? key_maker(options.out + "/keys") : tally::MakeKey());
  if (!edition) {
    Error error = std::move(edition).error();
    if (error.place.file.empty() || error.place.file == "manifest")
      error.place.file = options.config;
    return error;
  }
  return edition;
}

int make_new(const EditionOptions& options) {
  const Result<tally::ConfiguredEdition> edition = make_edition(options);
  if (!edition) return fail(edition.error(), options.json);
  const std::string bytes = election::encode(edition->manifest);
  const std::string path = options.out + "/manifest.cbor";
  const Result<std::string> before = read_file(path, election::manifest_bytes_max);
  if (before && *before != bytes) {
    return fail(Error{ErrorCode::conflict,
                      "there is another manifest already",
                      {path},
                      "remove it if nobody has it yet, or choose another --out"},
                options.json);
  }
  if (!before) {
    if (Status written = write_file_atomically(path, bytes); !written)
      return fail(written.error(), options.json);
  }
  std::string text;
  for (const std::string& note : edition->notes) text += "note: " + note + "\n";
  const std::string hash = to_hex(election::edition_hash(bytes).view());
  const std::string print = tally::fingerprint(election::edition_hash(bytes).octets);
  text += fmt::format("{} {}\nedition hash {}\nfingerprint, to be compared by voice:\n  {}\n", path,
                      before ? "was there already and is the same" : "made", hash, print);
  if (options.make_keys)
    text += "Keys for a test lie in " + options.out + "/keys; never use them for a real vote.\n";
  return say(options, text,
             {{"manifest", path},
              {"edition_hash", hash},
              {"fingerprint", print},
              {"notes", to_json(edition->notes)}});
}

// ---- show

std::string_view word(election::RepeatPolicy policy) {
  switch (policy) {
    case election::RepeatPolicy::last:
      return "the last one counts";
    case election::RepeatPolicy::first:
      return "the first one counts";
    case election::RepeatPolicy::none:
      return "none of them counts";
  }
  return {};
}

std::string_view word(election::BallotForm form) {
  switch (form) {
    case election::BallotForm::approval:
      return "approval";
    case election::BallotForm::ranking:
      return "ranking";
    case election::BallotForm::points:
      return "points";
  }
  return {};
}

std::string describe(const election::BallotRule& rule) {
  std::string text =
      fmt::format("{} of {} to {} projects", word(rule.form), rule.fewest, rule.most);
  if (rule.points)
    text += fmt::format(", {} to {} points to each, {} to {} in all", rule.points->each_least,
                        rule.points->each_most, rule.points->sum_least, rule.points->sum_most);
  if (rule.knapsack) text += ", costing at most " + to_plain_string(*rule.knapsack);
  return text + (rule.blank_valid ? ", may be blank" : ", not blank");
}

std::string describe(const election::CountingRule& counting) {
  std::string text = counting.rule;
  for (const election::TextPair& option : counting.options)
    text += " " + option.key + "=" + option.value;
  return text;
}

std::string show_text(const election::Manifest& manifest, const election::EditionHash& hash) {
  std::string text = fmt::format(
      "{}: {}\nresolution: {}\nedition hash {}\nfingerprint {}\nopens {}, closes {}\n"
      "of several ballots of a person {}; lowest level {}; ties: {}\n"
      "a pool with fewer than {} ballots is not opened\n",
      manifest.edition, manifest.title, manifest.resolution, to_hex(hash.view()),
      tally::fingerprint(hash.octets), to_iso_moment(manifest.opens),
      to_iso_moment(manifest.closes), word(manifest.repeats), manifest.lowest_level,
      count::to_string({manifest.ties, ""}), manifest.privacy_minimum);
  for (std::size_t p = 0; p < manifest.pools.size(); ++p) {
    const election::Pool& pool = manifest.pools[p];
    text += fmt::format("pool {} ({}): {}; {} projects, money {}; {}; counted by {}\n", p, pool.id,
                        pool.title, pool.projects.size(), to_plain_string(pool.money),
                        describe(pool.ballot_rule), describe(pool.counting));
  }
  for (const election::PoolGroup& group : manifest.groups) {
    std::string pools;
    for (const election::PoolNumber pool : group.pools)
      pools += (pools.empty() ? "" : ", ") + manifest.pools[pool.value].id;
    text += fmt::format("group {}: ballots count in {} of {}\n", group.name, group.most, pools);
  }
  text +=
      fmt::format("trustees: any {} of {} decrypt\n", manifest.threshold, manifest.trustee_count());
  for (std::size_t i = 0; i < manifest.trustees.size(); ++i)
    text += fmt::format("  {} {}  card {}\n", i + 1, manifest.trustees[i].name,
                        tally::fingerprint(manifest.trustees[i]));
  text += fmt::format("registrar {}\n", to_hex(view_of(manifest.registrar)));
  for (std::size_t i = 0; i < manifest.officials.size(); ++i)
    text += fmt::format("official {} {}\n", i, to_hex(view_of(manifest.officials[i])));
  const election::BoardKeys& board = manifest.board;
  text += fmt::format("board {}\n", board::LogKey{board.origin, board.key}.to_string());
  for (const election::Witness& witness : board.witnesses)
    text += fmt::format("witness {}\n", board::WitnessKey{witness.name, witness.key}.to_string());
  return text + fmt::format("{} witnesses must cosign\n", board.cosignatures);
}

boost::json::object show_json(const election::Manifest& manifest,
                              const election::EditionHash& hash) {
  boost::json::array pools, groups, trustees, officials, witnesses;
  for (const election::Pool& pool : manifest.pools)
    pools.push_back({{"id", pool.id},
                     {"title", pool.title},
                     {"projects", pool.projects.size()},
                     {"money", to_plain_string(pool.money)},
                     {"ballot", describe(pool.ballot_rule)},
                     {"counting", describe(pool.counting)}});
  for (const election::PoolGroup& group : manifest.groups) {
    boost::json::array members;
    for (const election::PoolNumber pool : group.pools)
      members.emplace_back(manifest.pools[pool.value].id);
    groups.push_back({{"name", group.name}, {"pools", std::move(members)}, {"most", group.most}});
  }
  for (const election::TrusteeCard& card : manifest.trustees)
    trustees.push_back({{"name", card.name}, {"fingerprint", tally::fingerprint(card)}});
  for (const group::ElementBytes& key : manifest.officials)
    officials.emplace_back(to_hex(view_of(key)));
  const election::BoardKeys& board = manifest.board;
  for (const election::Witness& witness : board.witnesses)
    witnesses.emplace_back(board::WitnessKey{witness.name, witness.key}.to_string());
  return {{"edition", manifest.edition},
          {"title", manifest.title},
          {"resolution", manifest.resolution},
          {"edition_hash", to_hex(hash.view())},
          {"fingerprint", tally::fingerprint(hash.octets)},
          {"opens", to_iso_moment(manifest.opens)},
          {"closes", to_iso_moment(manifest.closes)},
          {"repeated_ballots", word(manifest.repeats)},
          {"lowest_level", manifest.lowest_level},
          {"ties", count::to_string({manifest.ties, ""})},
          {"privacy_minimum", manifest.privacy_minimum},
          {"pools", std::move(pools)},
          {"groups", std::move(groups)},
          {"threshold", manifest.threshold},
          {"trustees", std::move(trustees)},
          {"registrar", to_hex(view_of(manifest.registrar))},
          {"officials", std::move(officials)},
          {"board", board::LogKey{board.origin, board.key}.to_string()},
          {"witnesses", std::move(witnesses)},
          {"cosignatures", board.cosignatures}};
}

int show(const EditionOptions& options) {
  const Result<std::string> bytes = read_file(options.manifest, election::manifest_bytes_max);
  if (!bytes) return fail(bytes.error(), options.json);
  const Result<election::Manifest> manifest = election::decode_manifest(*bytes);
  if (!manifest) {
    Error error = manifest.error();
    error.place.file = options.manifest;
    if (error.remedy.empty()) error.remedy = "ask who prepares the edition for manifest.cbor";
    return fail(error, options.json);
  }
  const election::EditionHash hash = election::edition_hash(*bytes);
  return say(options, show_text(*manifest, hash), show_json(*manifest, hash));
}

// ---- presentation

Result<presentation::Presentation> make_presentation(const EditionOptions& options) {
  std::vector<presentation::PoolFile> pools;
  for (const std::string& word : options.pools) {
    const std::size_t sign = word.find('=');
    if (sign == std::string::npos || sign == 0) {
      return Error{ErrorCode::usage,
                   "not a pool: " + word,
                   {},
                   "give the id of a pool and its file: --pool city=city.pb"};
    }
    const std::string path = word.substr(sign + 1);
    const Result<count::pabulib::ByteSource> bytes = count::pabulib::open_bytes(path);
    if (!bytes) return bytes.error();
    Result<presentation::PoolFile> pool =
        presentation::read_pool_file(*bytes, path, word.substr(0, sign));
    if (!pool) return std::move(pool).error();
    pools.push_back(std::move(*pool));
  }
  std::vector<presentation::District> districts;
  if (!options.geojson.empty()) {
    const Result<std::string> text =
        read_file(options.geojson, presentation::presentation_bytes_max);
    if (!text) return text.error();
    Result<std::vector<presentation::District>> read = presentation::parse_districts(*text);
    if (!read) {
      Error error = std::move(read).error();
      error.place.file = options.geojson;
      return error;
    }
    districts = std::move(*read);
  }
  presentation::Presentation made = presentation::assemble(std::move(pools), std::move(districts),
                                                           {options.city_pl, options.city_en});
  if (made.city.empty()) {
    return Error{ErrorCode::usage,
                 "no pool names its city",
                 {},
                 "name it with --city, and in English with --city-en if it differs"};
  }
  return made;
}

int present(const EditionOptions& options) {
  const Result<presentation::Presentation> made = make_presentation(options);
  if (!made) return fail(made.error(), options.json);
  const std::string bytes = encode(*made);
  // What is written must be what will be read.
  if (const auto again = presentation::parse_presentation(bytes); !again)
    return fail(again.error(), options.json);
  if (Status good = screen_made_files({{options.out, bytes}}, options.screening); !good)
    return fail(good.error(), options.json);
  if (Status written = write_file_atomically(options.out, bytes); !written)
    return fail(written.error(), options.json);
  std::size_t placed = 0;
  for (const presentation::ProjectStory& story : made->projects) placed += story.place ? 1U : 0U;
  const std::string hash = sha256_hex(bytes);
  return say(options,
             fmt::format("{}: {} districts, {} projects told about, {} of them with a place\n"
                         "SHA-256 {}\n",
                         options.out, made->districts.size(), made->projects.size(), placed, hash),
             {{"presentation", options.out},
              {"districts", made->districts.size()},
              {"projects", made->projects.size()},
              {"placed", placed},
              {"sha256", hash}});
}

}  // namespace

void add_edition_command(CLI::App& app, int& exit_status) {
  CLI::App* edition =
      app.add_subcommand("edition", "The manifest of an edition and the keys that it names");
  edition->require_subcommand(1);
  const auto add = [&](const char* name, const char* purpose, const char* examples,
                       int (*run)(const EditionOptions&)) {
    auto options = std::make_shared<EditionOptions>();
    CLI::App* command = edition->add_subcommand(name, purpose);
    command->footer(
        std::string(examples) +
        "\nExit status: 0 done, 2 usage, 3 a file or field is wrong, 4 a file is missing "
        "or\ncannot be written, 5 or 6 outside what is supported, 7 conflict.\n");
    command->callback([options, run, &exit_status] { exit_status = run(*options); });
    add_office_options(*command, *options);
    return std::pair(command, options);
  };
  {
    const auto [command, options] =
        add("new", "Make manifest.cbor from a configuration",
            "Examples:\n"
            "  urna edition new --config edition.json --out edition\n"
            "      edition/manifest.cbor; the fields of edition.json are in docs/trustees.md\n"
            "  urna edition new --config edition.json --out edition --make-keys\n"
            "      for a test: keys that the file leaves out are made in edition/keys\n",
            make_new);
    command->add_option("--config", options->config, "JSON file")->required();
    command->add_option("--out", options->out, "Folder for manifest.cbor")->required();
    command->add_flag("--make-keys", options->make_keys,
                      "Make the keys that are left out, without passphrases: for tests");
    add_screen_options(*command, options->screening);
  }
  {
    const auto [command, options] =
        add("presentation", "Make presentation.json: what pages tell beyond the manifest",
            "Examples:\n"
            "  urna edition presentation --pool city=city.pb --pool north=north.pb \\\n"
            "      --geojson districts.geojson --out presentation.json\n"
            "      topics, places and descriptions of the projects, and a map of the districts\n"
            "The configuration for `urna edition new` names the file in its field presentation.\n",
            present);
    command->add_option("--pool", options->pools, "ID=FILE.pb: a pool's id and its Pabulib file")
        ->required();
    command->add_option("--geojson", options->geojson,
                        "Districts as polygons with the property name (GeoJSON)");
    command->add_option("--city", options->city_pl, "The city's name (default: the files' unit)");
    command->add_option("--city-en", options->city_en, "Its name in English");
    add_screen_options(*command, options->screening);
    command->add_option("--out", options->out, "File to write")->required();
  }
  {
    const auto [command, options] = add("show", "Print a manifest for people",
                                        "Examples:\n"
                                        "  urna edition show edition/manifest.cbor\n"
                                        "  urna edition show --json edition/manifest.cbor\n",
                                        show);
    command->add_option("MANIFEST", options->manifest, "manifest.cbor")->required();
  }
  {
    const auto [command, options] =
        add("keygen", "Make the key of a registrar, an official, a board or a witness",
            "Examples:\n"
            "  urna edition keygen --role official --name Nowak --out mine/official.key\n"
            "  urna edition keygen --role board --name urna.example.org/2026 --out board.key\n",
            keygen);
    command->add_option("--role", options->role, "registrar, official, board or witness")
        ->required();
    command
        ->add_option("--name", options->name,
                     "Name of the holder; of a board its origin, of a witness its name")
        ->required();
    command->add_option("--out", options->out, "File for the secret key")->required();
    command->add_flag("--no-passphrase", options->no_passphrase,
                      "Leave the key open to whoever gets the file");
    add_passphrase_option(*command, *options);
  }
}

}  // namespace urna::cmd
