// SPDX-License-Identifier: EUPL-1.2
#include "cmd/site.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <memory>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/sha256.h"
#include "cmd/program.h"
#include "cmd/screen.h"
#include "fetch/download.h"
#include "fetch/fetch.h"
#include "presentation/site_code.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;

constexpr std::string_view index = "index.html";
// Answered where there is nothing, with the status that says so: not to be downloaded.
constexpr std::string_view missing_page = "404.html";
constexpr std::string_view manifest_name = "manifest.cbor";

struct Words {
  ScreenWords screening;
  std::string site;
  std::string record;
  std::string manifest;  // hash
  std::string sha256;    // of the list
  bool json = false;
};

// Where browsers ask for a file of the site.
std::string path_of(std::string_view name) {
  if (name == index) return "";
  if (name.ends_with("/index.html")) name.remove_suffix(index.size());
  return std::string(name);
}

Result<presentation::SiteCode> read_list(const std::string& folder) {
  const Result<std::string> bytes = read_file(
      folder + "/" + std::string(presentation::site_list_name), presentation::site_list_bytes_max);
  if (!bytes) return bytes.error();
  return presentation::parse_site_code(*bytes);
}

// The files of the site, as far as it has them.
Result<presentation::SiteCode> download(const std::string& site, const std::string& folder) {
  fetch::DownloadBounds bounds;
  bounds.total_bytes_max = std::uint64_t{64} << 20U;
  fetch::Download from(site, folder, bounds);
  fetch::Wanted list{std::string(presentation::site_list_name), presentation::site_list_bytes_max,
                     true};
  list.accept_gzip = true;
  const auto silent = [](std::size_t) {};
  if (Status got = from.get(std::span(&list, 1), silent); !got) return std::move(got).error();
  Result<presentation::SiteCode> code = read_list(folder);
  if (!code) return code;
  std::erase_if(code->files, [](const auto& file) { return file.name == missing_page; });
  std::vector<fetch::Wanted> wanted;
  for (const presentation::CodeFile& file : code->files) {
    fetch::Wanted one{path_of(file.name), presentation::site_file_bytes_max, false};
    one.as = file.name;
    one.accept_gzip = true;
    wanted.push_back(std::move(one));
  }
  if (Status got = from.get(wanted, silent); !got) return std::move(got).error();
  return code;
}

Result<election::Manifest> manifest_of(const std::string& record, const std::string& hash) {
  std::string folder = record;
  std::optional<fetch::TemporaryFolder> downloaded;
  if (fetch::is_web_address(record)) {
    Result<fetch::TemporaryFolder> made = fetch::TemporaryFolder::make();
    if (!made) return made.error();
    downloaded.emplace(std::move(*made));
    folder = downloaded->path();
    fetch::Download from(record, folder, {});
    const fetch::Wanted file{std::string(manifest_name), election::manifest_bytes_max, true};
    if (Status got = from.get(std::span(&file, 1), [](std::size_t) {}); !got)
      return std::move(got).error();
  }
  const Result<std::string> bytes =
      read_file(folder + "/" + std::string(manifest_name), election::manifest_bytes_max);
  if (!bytes) return bytes.error();
  if (!hash.empty() && sha256_hex(*bytes) != hash) {
    return Error{ErrorCode::conflict,
                 "the manifest of the record is another: " + sha256_hex(*bytes),
                 {record},
                 "ask the city for the hash of the manifest, and where its record is"};
  }
  return election::decode_manifest(*bytes);
}

// Once an edition names the list, its files cannot be taken back: so they are screened before.
Status screen_site(const Words& words) {
  if (fetch::is_web_address(words.site)) return ok_status();  // they are out
  const Result<screening::Rules> rules = screening_rules(words.screening);
  if (!rules) return rules.error();
  const Result<std::vector<std::string>> files = files_below(words.site);
  if (!files) return files.error();
  for (const std::string& file : *files) {
    if (file.ends_with(".gz")) continue;  // the same bytes, packed, as the file beside it
    const Result<screening::FileReport> report = screening::screen_file(file, *rules);
    if (!report) return report.error();
    if (Status good = screening::refuse(file, report->findings); !good) return good;
  }
  return ok_status();
}

int hash(const Words& words) {
  const Result<SiteFiles> site = look_at_site(words.site);
  if (!site) return fail(site.error(), words.json);
  if (!site->changed.empty()) {
    return fail(Error{ErrorCode::conflict,
                      "the list does not fit the files; the first: " + site->changed.front(),
                      {words.site},
                      "build the site anew"},
                words.json);
  }
  if (Status good = screen_site(words); !good) return fail(good.error(), words.json);
  if (words.json) {
    fmt::print("{}\n", json::serialize(
                           json::object{{"site_sha256", site->sha256}, {"files", site->files}}));
  } else {
    fmt::print("{}\n", site->sha256);
  }
  return 0;
}

int check(const Words& words) {
  std::optional<std::string> named;
  if (!words.sha256.empty()) named = words.sha256;
  if (!words.record.empty()) {
    const Result<election::Manifest> manifest = manifest_of(words.record, words.manifest);
    if (!manifest) return fail(manifest.error(), words.json);
    Result<std::optional<std::string>> found = named_site(*manifest);
    if (!found) return fail(found.error(), words.json);
    named = *std::move(found);
  }
  const Result<SiteFiles> site = look_at_site(words.site);
  if (!site) return fail(site.error(), words.json);
  const std::string why = difference(*site, named);
  if (words.json) {
    json::object told{{"same", why.empty()},
                      {"site_sha256", site->sha256},
                      {"files", site->files},
                      {"changed", json::value_from(site->changed)}};
    told["named"] = named ? json::value(*named) : json::value(nullptr);
    fmt::print("{}\n", json::serialize(told));
  } else if (why.empty()) {
    fmt::print("SAME: {} files, by the list {}\n", site->files, site->sha256);
    if (site->from_web) fmt::print("  {} was not asked for\n", missing_page);
  } else {
    fmt::print("DIFFERENT: {}\n", why);
    for (const std::string& name : site->changed) fmt::print("  {}\n", name);
  }
  return why.empty() ? 0 : 1;
}

}  // namespace

Result<SiteFiles> look_at_site(const std::string& site) {
  std::string folder = site;
  std::optional<fetch::TemporaryFolder> downloaded;
  Result<presentation::SiteCode> code = Error{ErrorCode::io, "not read"};
  if (fetch::is_web_address(site)) {
    Result<fetch::TemporaryFolder> made = fetch::TemporaryFolder::make();
    if (!made) return made.error();
    downloaded.emplace(std::move(*made));
    folder = downloaded->path();
    code = download(site, folder);
  } else {
    code = read_list(folder);
  }
  if (!code) return code.error();
  Result<std::vector<std::string>> changed = presentation::changed_files(*code, folder);
  if (!changed) return changed.error();
  return SiteFiles{code->sha256, code->files.size(), *std::move(changed), downloaded.has_value()};
}

Result<std::optional<std::string>> named_site(const election::Manifest& manifest) {
  std::optional<std::string> named;
  for (const election::Pool& pool : manifest.pools) {
    for (const election::TextPair& line : pool.meta) {
      if (line.key != presentation::site_meta_key) continue;
      if (named && *named != line.value) {
        return Error{ErrorCode::malformed,
                     "two pools of the manifest name different sites",
                     {{}, 0, 0, pool.id},
                     "every pool must have the same " + std::string(presentation::site_meta_key)};
      }
      named = line.value;
    }
  }
  return named;
}

std::string difference(const SiteFiles& site, const std::optional<std::string>& named) {
  if (!named) return "the edition does not name the files of its site";
  if (site.sha256 != *named) {
    return fmt::format("the edition names the list {}, the site has {}", *named, site.sha256);
  }
  if (site.changed.empty()) return {};
  return fmt::format("{} files are not as the list of the edition says", site.changed.size());
}

void add_site_command(CLI::App& app, int& exit_status) {
  CLI::App* site = app.add_subcommand(
      "site",
      "The files that voters' browsers load: their hash, and whether they are the named ones");
  site->require_subcommand(1);
  auto words = std::make_shared<Words>();
  const auto add = [&](const char* name, const char* purpose, int (*run)(const Words&)) {
    CLI::App* command = site->add_subcommand(name, purpose);
    command->add_option("site", words->site, "Folder of the built site, or its address")
        ->required();
    command->add_flag("--json", words->json, "Machine-readable output");
    command->callback([words, run, &exit_status] { exit_status = run(*words); });
    return command;
  };
  CLI::App* hashing =
      add("hash", "Print the SHA-256 of the list of files, once they fit the list", hash);
  add_screen_options(*hashing, words->screening);
  hashing->footer(
      "Example:\n"
      "  urna site hash web/site/dist   for the field site_sha256 of `urna edition new`\n\n"
      "Files with personal data are refused; docs/screening.md.\n"
      "Exit status: 0 done, 3 the list is malformed, 4 files, 7 a file is not as listed, or has\n"
      "personal data in it.");
  CLI::App* checking =
      add("check", "Compare a site with the list that an edition names, file by file", check);
  CLI::Option* record = checking->add_option(
      "--record", words->record, "Record of the edition: a folder, or the address of its web site");
  checking
      ->add_option("--manifest", words->manifest,
                   "Hash of the manifest that the record must have, 64 hexadecimal digits")
      ->needs(record);
  CLI::Option* sha256 =
      checking->add_option("--sha256", words->sha256, "The hash of the list, known otherwise");
  record->excludes(sha256);
  checking->footer(
      "Examples:\n"
      "  urna site check https://vote.example/ --record https://vote.example/\n"
      "  urna site check https://vote.example/ --sha256 \"$(urna site hash web/site/dist)\"\n\n"
      "Who signed the manifest is what `urna verify` finds; `urna verify --site` does both.\n"
      "Files compressed in a folder (.gz) are not read; from an address, what is sent to browsers\n"
      "that take compressed files is compared.\n\n"
      "Exit status: 0 the same, 1 different, 2 usage, 3 malformed, 4 files or connection,\n"
      "7 the record is of another manifest.");
}

}  // namespace urna::cmd
