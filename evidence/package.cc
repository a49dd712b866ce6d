// SPDX-License-Identifier: EUPL-1.2
#include "evidence/package.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "evidence/new_folder.h"
#include "evidence/time_stamp.h"

namespace urna::evidence {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view form = "urna evidence 1";
constexpr std::size_t package_json_max = std::size_t{4} << 20U;
constexpr std::size_t custody_max = std::size_t{4} << 20U;
constexpr std::size_t stamp_max = std::size_t{256} << 10U;
constexpr std::string_view no_line =
    "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::array<std::string_view, 3> levels = {"open", "pseudonymous", "personal"};
constexpr std::array<std::string_view, 5> acts = {"made", "handed-over", "received", "opened",
                                                  "returned"};

Error malformed(std::string message, std::string where) {
  return {ErrorCode::malformed, std::move(message), {std::move(where)}};
}

template <typename Enum, std::size_t size>
Result<Enum> parse_name(const std::array<std::string_view, size>& names, std::string_view text,
                        const char* what) {
  const auto* const found = std::ranges::find(names, text);
  if (found == names.end()) {
    return Error{ErrorCode::malformed,
                 "no such " + std::string(what) + ": \"" + std::string(text) + "\"",
                 {},
                 fmt::format("one of: {}", fmt::join(names, ", "))};
  }
  return static_cast<Enum>(found - names.begin());
}

bool is_text(std::string_view text, std::size_t most) {
  return text.size() <= most && is_utf8(text) && std::ranges::none_of(text, [](char c) {
           const auto octet = static_cast<unsigned char>(c);
           return (octet < 0x20 && octet != '\n') || octet == 0x7F;
         });
}

bool is_item_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= name_bytes_max && is_plain(name.front()) &&
         std::ranges::all_of(
             name, [&](char c) { return is_plain(c) || c == '.' || c == '-' || c == '_'; });
}

// ---- package.json

struct Item {
  std::string name, about;
  Level level = Level::personal;
  std::uint64_t size = 0;
  std::string sha256;
};

struct Contents {
  Description description;
  std::uint64_t made = 0;
  std::vector<Item> items;
};

std::string write_contents(const Contents& contents) {
  json::array items;
  for (const Item& item : contents.items) {
    items.push_back({{"name", item.name},
                     {"about", item.about},
                     {"level", to_string(item.level)},
                     {"size", item.size},
                     {"sha256", item.sha256}});
  }
  return json::serialize(json::object{{"form", form},
                                      {"case", contents.description.case_number},
                                      {"edition", contents.description.edition},
                                      {"about", contents.description.about},
                                      {"basis", contents.description.basis},
                                      {"made", contents.made},
                                      {"items", std::move(items)}}) +
         "\n";
}

// Members of one JSON object, each taken once, all of them known.
class Members {
 public:
  Members(const json::value& value, std::string where) : where_(std::move(where)) {
    if (!value.is_object()) {
      fail("not an object");
      return;
    }
    object_ = &value.get_object();
  }
  std::string text(std::string_view name, std::size_t most) {
    const json::value* value = take(name);
    if (value == nullptr) return {};
    if (!value->is_string() || !is_text(std::string_view(value->get_string()), most)) {
      fail("\"" + std::string(name) + "\" is no text, or too long");
      return {};
    }
    return std::string(value->get_string());
  }
  std::uint64_t number(std::string_view name, std::uint64_t most) {
    const json::value* value = take(name);
    if (value == nullptr) return 0;
    if (!value->is_int64() || value->get_int64() < 0 ||
        static_cast<std::uint64_t>(value->get_int64()) > most) {
      fail("\"" + std::string(name) + "\" is no number from 0 to " + std::to_string(most));
      return 0;
    }
    return static_cast<std::uint64_t>(value->get_int64());
  }
  const json::array* array(std::string_view name, std::size_t most) {
    const json::value* value = take(name);
    if (value == nullptr) return nullptr;
    if (!value->is_array() || value->get_array().size() > most) {
      fail("\"" + std::string(name) + "\" is no list, or too long");
      return nullptr;
    }
    return &value->get_array();
  }
  void fail(std::string what) {
    if (!error_) error_ = malformed(std::move(what), where_);
  }
  // The first thing that was wrong, or a member that nobody asked for.
  Status finish() {
    if (!error_ && object_ != nullptr && taken_ != object_->size())
      fail("a member that is not known");
    return error_ ? Status(*error_) : ok_status();
  }

 private:
  const json::value* take(std::string_view name) {
    const json::value* value = object_ == nullptr ? nullptr : object_->if_contains(name);
    if (value == nullptr) {
      fail("\"" + std::string(name) + "\" is missing");
    } else {
      ++taken_;
    }
    return value;
  }
  std::string where_;
  const json::object* object_ = nullptr;
  std::size_t taken_ = 0;
  std::optional<Error> error_;
};

Result<json::value> parse_json(std::string_view text, const std::string& where) {
  boost::system::error_code failure;
  json::parse_options options;
  options.max_depth = 8;
  json::value value = json::parse(text, failure, {}, options);
  if (failure) return malformed("not JSON", where);
  return value;
}

Result<Contents> parse_contents(std::string_view text) {
  const std::string where = "package.json";
  const Result<json::value> value = parse_json(text, where);
  if (!value) return value.error();
  Members members(*value, where);
  Contents contents;
  if (members.text("form", name_bytes_max) != form) members.fail("not \"urna evidence 1\"");
  contents.description.case_number = members.text("case", name_bytes_max);
  contents.description.edition = members.text("edition", name_bytes_max);
  contents.description.about = members.text("about", text_bytes_max);
  contents.description.basis = members.text("basis", text_bytes_max);
  contents.made = members.number("made", UINT32_MAX);
  const json::array* items = members.array("items", items_max);
  std::set<std::string> names;
  for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
    Members one((*items)[i], where);
    Item item;
    item.name = one.text("name", name_bytes_max);
    item.about = one.text("about", text_bytes_max);
    const Result<Level> level = parse_level(one.text("level", name_bytes_max));
    if (level) item.level = *level;
    item.size = one.number("size", item_bytes_max);
    item.sha256 = one.text("sha256", 64);
    if (!level) one.fail(level.error().message);
    if (!is_item_name(item.name)) one.fail("an item has no plain name");
    if (!names.insert(item.name).second) one.fail("two items of one name");
    const Result<std::string> digest = from_hex(item.sha256);
    if (!digest || digest->size() != 32) one.fail("an item has no SHA-256");
    if (Status good = one.finish(); !good) return std::move(good).error();
    contents.items.push_back(std::move(item));
  }
  if (Status good = members.finish(); !good) return std::move(good).error();
  return contents;
}

// ---- custody.jsonl

proof::Transcript statement(const CustodyLine& line, std::uint64_t number, std::string_view package,
                            std::string_view before) {
  proof::Transcript transcript("evidence custody");
  transcript.append("package", package);
  transcript.append("before", before);
  transcript.append("number", number);
  transcript.append("time", line.time);
  transcript.append("act", to_string(line.act));
  transcript.append("who", line.who);
  transcript.append("to", line.to);
  transcript.append("note", line.note);
  transcript.append("level", line.level ? to_string(*line.level) : std::string_view());
  return transcript;
}

std::string write_line(const CustodyLine& line, std::uint64_t number, std::string_view package,
                       std::string_view before, const proof::SigningKey& key) {
  const proof::Signature signature = proof::sign(key, statement(line, number, package, before));
  return json::serialize(
             json::object{{"number", number},
                          {"time", line.time},
                          {"act", to_string(line.act)},
                          {"who", line.who},
                          {"to", line.to},
                          {"note", line.note},
                          {"level", line.level ? to_string(*line.level) : std::string_view()},
                          {"before", before},
                          {"key", to_hex(view_of(key.key))},
                          {"signature", to_hex(view_of(signature))}}) +
         "\n";
}

// Reads one line and looks whether it is signed and follows the one before.
Result<CustodyLine> read_line(std::string_view text, std::uint64_t number, std::string_view package,
                              std::string_view before) {
  const std::string where = "custody.jsonl line " + std::to_string(number);
  const Result<json::value> value = parse_json(text, where);
  if (!value) return value.error();
  Members members(*value, where);
  CustodyLine line;
  const std::uint64_t stated = members.number("number", UINT32_MAX);
  line.time = members.number("time", UINT32_MAX);
  const Result<Act> act = parse_act(members.text("act", name_bytes_max));
  line.who = members.text("who", name_bytes_max);
  line.to = members.text("to", name_bytes_max);
  line.note = members.text("note", text_bytes_max);
  const std::string level = members.text("level", name_bytes_max);
  const std::string stated_before = members.text("before", 64);
  line.key = members.text("key", 64);
  const Result<std::string> key = from_hex(line.key);
  const Result<std::string> signature = from_hex(members.text("signature", 128));
  if (!act) members.fail(act.error().message);
  if (act) line.act = *act;
  if (!level.empty()) {
    const Result<Level> parsed = parse_level(level);
    if (!parsed) members.fail(parsed.error().message);
    if (parsed) line.level = *parsed;
  }
  if (Status good = members.finish(); !good) return std::move(good).error();
  if (!key || key->size() != 32 || !signature || signature->size() != 64) {
    return malformed("no key or no signature", where);
  }
  if (stated != number || stated_before != before) {
    return malformed("does not follow the line before: lines were taken out, put in or changed",
                     where);
  }
  if ((line.act == Act::made) != (number == 1)) {
    return malformed("the first line, and only that, says who made the package", where);
  }
  if (!proof::verify_signature(array_of<32>(*key), statement(line, number, package, before),
                               array_of<64>(*signature))) {
    return malformed("the signature is not right: the line or package.json was changed", where);
  }
  return line;
}

struct Chain {
  std::vector<CustodyLine> lines;
  std::string head = std::string(no_line);  // hash of the last line
  std::optional<Error> broken;              // at the first wrong line, where reading ends
};

Chain read_chain(std::string_view text, std::string_view package) {
  Chain chain;
  for (std::uint64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (end == std::string_view::npos) {
      chain.broken = malformed("cut short", "custody.jsonl line " + std::to_string(number));
      return chain;
    }
    Result<CustodyLine> read = read_line(line, number, package, chain.head);
    if (!read) {
      chain.broken = std::move(read).error();
      return chain;
    }
    if (!chain.lines.empty() && read->time < chain.lines.back().time) {
      chain.broken = malformed("is older than the line before",
                               "custody.jsonl line " + std::to_string(number));
      return chain;
    }
    chain.lines.push_back(*std::move(read));
    chain.head = sha256_hex(line);
    text.remove_prefix(end + 1);
  }
  if (chain.lines.empty()) chain.broken = malformed("is empty", "custody.jsonl");
  return chain;
}

// ---- Folders

std::string in(const std::string& folder, std::string_view name) {
  return (fs::path(folder) / name).string();
}

// What is in the folder besides what belongs there.
std::vector<std::string> strangers(const std::string& folder, const std::set<std::string>& known) {
  std::vector<std::string> found;
  std::error_code failure;
  for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string name = fs::relative(at->path(), folder).generic_string();
    if (name != "items" && !known.contains(name)) found.push_back(name);
    if (found.size() == items_max) break;
  }
  std::ranges::sort(found);
  return found;
}

Status check_words(const Description& description, const Signer& signer) {
  for (const auto& [name, text] :
       {std::pair<const char*, const std::string&>{"case", description.case_number},
        {"edition", description.edition},
        {"signer", signer.name}}) {
    if (text.empty() || !is_text(text, name_bytes_max) || text.find('\n') != std::string::npos) {
      return Error{ErrorCode::malformed, std::string(name) + " is empty, too long or no text"};
    }
  }
  for (const auto& [name, text] :
       {std::pair<const char*, const std::string&>{"about", description.about},
        {"basis", description.basis}}) {
    if (!is_text(text, text_bytes_max)) {
      return Error{ErrorCode::malformed, std::string(name) + " is too long or no text"};
    }
  }
  return ok_status();
}

}  // namespace

std::string_view to_string(Level level) { return levels.at(static_cast<std::size_t>(level)); }
Result<Level> parse_level(std::string_view text) {
  return parse_name<Level>(levels, text, "level");
}
std::string_view to_string(Act act) { return acts.at(static_cast<std::size_t>(act)); }
Result<Act> parse_act(std::string_view text) { return parse_name<Act>(acts, text, "act"); }

Status make_package(const std::string& folder, const Description& description,
                    const std::vector<Source>& sources, const Signer& signer, std::uint64_t time) {
  if (Status good = check_words(description, signer); !good) return good;
  if (sources.empty() || sources.size() > items_max) {
    return Error{ErrorCode::limit, "a package has 1 to 1000 items"};
  }
  NewFolder making(folder);
  if (Status begun = making.begin(); !begun) return begun;
  Contents contents{description, time, {}};
  std::size_t total = 0;
  std::set<std::string> names;
  for (const Source& source : sources) {
    if (!is_item_name(source.name)) {
      return Error{ErrorCode::malformed,
                   "\"" + source.name + "\" is no plain name for an item",
                   {},
                   "letters, digits, \".\", \"-\", \"_\""};
    }
    if (!names.insert(source.name).second) {
      return Error{ErrorCode::conflict, "two items are called \"" + source.name + "\""};
    }
    if (!is_text(source.about, text_bytes_max)) {
      return Error{
          ErrorCode::malformed, "what an item is about is too long or no text", {source.path}};
    }
    const Result<std::string> bytes = read_file(source.path, item_bytes_max);
    if (!bytes) return bytes.error();
    total += bytes->size();
    if (total > package_bytes_max) {
      return Error{ErrorCode::limit, "the items are more than 256 MiB", {source.path}};
    }
    if (Status put = write_file_atomically(in(making.path(), "items/" + source.name), *bytes);
        !put) {
      return put;
    }
    contents.items.push_back(
        {source.name, source.about, source.level, bytes->size(), sha256_hex(*bytes)});
  }
  const std::string package = write_contents(contents);
  if (Status put = write_file_atomically(in(making.path(), "package.json"), package); !put)
    return put;
  CustodyLine line;
  line.time = time;
  line.who = signer.name;
  const std::string custody = write_line(line, 1, sha256_hex(package), no_line, signer.key);
  if (Status put = write_file_atomically(in(making.path(), "custody.jsonl"), custody); !put)
    return put;
  return making.finish();
}

Status add_custody(const std::string& folder, const Custody& custody, const Signer& signer,
                   std::uint64_t time) {
  if (custody.act == Act::made) {
    return Error{ErrorCode::malformed, "only the first line says who made the package"};
  }
  if (!is_text(custody.to, name_bytes_max) || !is_text(custody.note, text_bytes_max) ||
      signer.name.empty() || !is_text(signer.name, name_bytes_max)) {
    return Error{ErrorCode::malformed, "a name or note is empty, too long or no text"};
  }
  const Result<std::string> package = read_file(in(folder, "package.json"), package_json_max);
  if (!package) return package.error();
  Result<std::string> text = read_file(in(folder, "custody.jsonl"), custody_max);
  if (!text) return text.error();
  const std::string digest = sha256_hex(*package);
  const Chain chain = read_chain(*text, digest);
  if (chain.broken) return *chain.broken;
  CustodyLine line;
  line.time = std::max(time, chain.lines.back().time);
  line.act = custody.act;
  line.who = signer.name;
  line.to = custody.to;
  line.note = custody.note;
  line.level = custody.level;
  text.value() += write_line(line, chain.lines.size() + 1, digest, chain.head, signer.key);
  return write_file_atomically(in(folder, "custody.jsonl"), *text);
}

bool Report::sound() const {
  return std::ranges::none_of(findings, [](const Finding& finding) { return finding.wrong; });
}

Result<Report> verify_package(const std::string& folder, const Trust& trust) {
  const Result<std::string> package = read_file(in(folder, "package.json"), package_json_max);
  if (!package) return package.error();
  Result<Contents> contents = parse_contents(*package);
  if (!contents) {
    Error error = std::move(contents).error();
    error.place.file = in(folder, error.place.file);
    return error;
  }
  Report report;
  report.description = contents->description;
  report.made = contents->made;
  report.items = contents->items.size();
  const auto wrong = [&](std::string where, std::string what) {
    report.findings.push_back({true, std::move(where), std::move(what)});
  };
  const auto note = [&](std::string where, std::string what) {
    report.findings.push_back({false, std::move(where), std::move(what)});
  };

  const std::string digest = sha256_hex(*package);
  const Result<std::string> custody = read_file(in(folder, "custody.jsonl"), custody_max);
  Level told = Level::personal;
  if (!custody) {
    wrong("custody.jsonl", custody.error().message);
  } else {
    Chain chain = read_chain(*custody, digest);
    if (chain.broken) wrong(chain.broken->place.file, chain.broken->message);
    report.custody = std::move(chain.lines);
    for (const CustodyLine& line : report.custody) {
      // The last one is that of this copy: earlier ones were of others.
      if (line.act == Act::handed_over && line.level) told = *line.level;
    }
    if (!report.custody.empty()) {
      const std::string& maker = report.custody.front().key;
      const bool known = std::ranges::any_of(trust.makers, [&](const proof::ElementBytes& key) {
        return to_hex(view_of(key)) == maker;
      });
      if (trust.makers.empty()) {
        note("custody.jsonl line 1", "whether the maker's key " + maker +
                                         " is an official's was not "
                                         "looked at: no keys were given");
      } else if (!known) {
        wrong("custody.jsonl line 1", "the maker's key " + maker + " is none of those given");
      }
    }
  }

  std::set<std::string> belong = {"package.json", "custody.jsonl", "time.tsr"};
  for (const Item& item : contents->items) {
    const std::string name = "items/" + item.name;
    belong.insert(name);
    std::error_code failure;
    if (!fs::exists(in(folder, name), failure)) {
      if (item.level > told) {
        ++report.withheld;
        note(name, fmt::format("withheld: it is {}, and the package was handed over as {}",
                               to_string(item.level), to_string(told)));
      } else {
        wrong(name, "is missing");
      }
      continue;
    }
    const Result<std::string> bytes = read_file(in(folder, name), item_bytes_max);
    if (!bytes) {
      wrong(name, bytes.error().message);
    } else if (sha256_hex(*bytes) != item.sha256) {
      wrong(name, bytes->size() == item.size
                      ? std::string("was changed: its SHA-256 is another")
                      : fmt::format("was changed: it has {} bytes, and had {}", bytes->size(),
                                    item.size));
    }
  }
  for (const std::string& name : strangers(folder, belong)) {
    wrong(name, "does not belong to the package");
  }

  const Result<std::string> stamp = read_file(in(folder, "time.tsr"), stamp_max);
  if (!stamp && stamp.error().code == ErrorCode::not_found) {
    note("time.tsr", "there is no time stamp");
  } else if (!stamp) {
    wrong("time.tsr", stamp.error().message);
  } else {
    const Result<std::uint64_t> moment =
        check_time_stamp(*stamp, sha256(*package), trust.time_authorities);
    if (!moment && moment.error().place.file == trust.time_authorities &&
        !trust.time_authorities.empty()) {
      return moment.error();
    }
    if (!moment) {
      wrong("time.tsr", moment.error().message);
    } else {
      report.stamped = *moment;
      if (trust.time_authorities.empty()) {
        note("time.tsr", "who signed the time stamp was not looked at: no certificates were given");
      }
    }
  }
  return report;
}

Result<std::vector<std::string>> items_up_to(const std::string& folder, Level level) {
  const Result<std::string> package = read_file(in(folder, "package.json"), package_json_max);
  if (!package) return package.error();
  const Result<Contents> contents = parse_contents(*package);
  if (!contents) return contents.error();
  std::vector<std::string> names;
  for (const Item& item : contents->items) {
    if (item.level <= level) names.push_back(item.name);
  }
  return names;
}

Result<std::string> time_request(const std::string& folder) {
  const Result<std::string> package = read_file(in(folder, "package.json"), package_json_max);
  if (!package) return package.error();
  return make_time_request(sha256(*package));
}

Status add_time_stamp(const std::string& folder, std::string_view response,
                      const std::string& time_authorities) {
  const Result<std::string> package = read_file(in(folder, "package.json"), package_json_max);
  if (!package) return package.error();
  const Result<std::uint64_t> moment =
      check_time_stamp(response, sha256(*package), time_authorities);
  if (!moment) return moment.error();
  return write_file_atomically(in(folder, "time.tsr"), response);
}

}  // namespace urna::evidence
