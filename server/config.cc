// SPDX-License-Identifier: EUPL-1.2
#include "server/config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <toml++/toml.h>
#include <unistd.h>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/file.h"

namespace urna::server {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t max_file_bytes = std::size_t{1} << 20;

// A value as the file or the environment has it, before its key looks at it.
using Raw = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> duration_units{
    {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 4> size_units{{{"B", 1},
                                          {"KiB", std::uint64_t{1} << 10},
                                          {"MiB", std::uint64_t{1} << 20},
                                          {"GiB", std::uint64_t{1} << 30}}};

constexpr const char* duration_remedy =
    R"(write a whole number with ms, s, min, h or d, like "10 s")";
constexpr const char* size_remedy = R"(write bytes, or a whole number with KiB, MiB or GiB)";

// A whole number, at most one blank, and a unit; at most 2^62.
std::optional<std::uint64_t> measured(std::string_view text, std::span<const Unit> units) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  for (const Unit& unit : units) {
    if (text != unit.name) continue;
    if (number > (std::uint64_t{1} << 62) / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

std::string duration_text(milliseconds value) {
  auto unit = duration_units.rbegin();
  while (value.count() == 0 ? unit->name != "s"
                            : value.count() % static_cast<std::int64_t>(unit->factor) != 0)
    ++unit;
  return fmt::format("{} {}", value.count() / static_cast<std::int64_t>(unit->factor), unit->name);
}

std::string size_text(Size value) {
  auto unit = size_units.rbegin();
  while (value.bytes == 0 ? unit->factor != 1 : value.bytes % unit->factor != 0) ++unit;
  return fmt::format("{} {}", value.bytes / unit->factor, unit->name);
}

std::string list_text(const std::vector<std::string>& words) {
  return fmt::format("[{}]", fmt::join(words, ", "));
}

Error wrong(std::string message, std::string remedy) {
  return {ErrorCode::malformed, std::move(message), {}, std::move(remedy)};
}

Error wrong_kind(std::string_view kind) {
  return wrong(fmt::format("this must be {}", kind), fmt::format("write {}", kind));
}

struct Key {
  std::string name;
  std::string kind;  // with its article: what must be written
  std::string fallback;
  std::string help;
  Required required = Required::no;
  std::function<Status(const Raw&)> set;
  std::function<Result<Raw>(const std::string&)> from_environment;
  // Of rows only:
  std::function<void(ConfigKeys&)> append_row;
  std::function<void(ConfigKeys&, const std::function<void()>&)> describe_row;
  bool given = false;

  [[nodiscard]] bool has_rows() const { return append_row != nullptr; }
};

Result<Raw> same_text(const std::string& text) { return Raw(text); }

Result<Raw> number_of(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return wrong_kind("a whole number");
  return Raw(number);
}

Result<Raw> truth_of(const std::string& text) {
  if (text != "true" && text != "false") return wrong_kind("true or false");
  return Raw(text == "true");
}

Result<Raw> list_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    words.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return Raw(std::move(words));
}

// Reads a TOML node; none for kinds that no key has.
std::optional<Raw> raw_of(const toml::node& node) {
  if (const auto* truth = node.as_boolean()) return Raw(truth->get());
  if (const auto* number = node.as_integer()) return Raw(number->get());
  if (const auto* text = node.as_string()) return Raw(text->get());
  const auto* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> words;
  for (const toml::node& element : *array) {
    const auto* word = element.as_string();
    if (word == nullptr) return std::nullopt;
    words.push_back(word->get());
  }
  return Raw(std::move(words));
}

SourcePlace place_of(const toml::node& node, const std::string& file, std::string field) {
  return {file, node.source().begin.line, node.source().begin.column, std::move(field)};
}

bool is_key(std::string_view key) {
  if (key.empty() || key.front() == '.' || key.back() == '.') return false;
  return key.find("..") == std::string_view::npos &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '.') c = '_';
  }
  return text;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  const auto value = measured(text, duration_units);
  if (!value) return wrong("no duration", duration_remedy);
  return milliseconds(static_cast<std::int64_t>(*value));
}

Result<Size> parse_size(std::string_view text) {
  const auto value = measured(text, size_units);
  if (!value) return wrong("no size", size_remedy);
  return Size{*value};
}

Environment environment_of_process() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

struct ConfigKeys::State {
  std::string prefix;  // "URNA_REGISTRAR_"; empty for a row
  std::vector<Key> keys;

  Key* find(std::string_view name) {
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
    return found == keys.end() ? nullptr : &*found;
  }

  void add(Key key) {
    if (!is_key(key.name) || find(key.name) != nullptr)
      stop_on_broken_precondition("ConfigKeys::add: a new key of lower-case letters");
    keys.push_back(std::move(key));
  }

  template <typename Number>
  void add_number(std::string_view name, Number& value, std::string_view help, Number least,
                  Number most, Required required) {
    Key key{std::string(name),
            "a whole number",
            std::to_string(value),
            std::string(help),
            required,
            {},
            number_of,
            {},
            {}};
    key.set = [&value, least, most](const Raw& raw) -> Status {
      const auto* number = std::get_if<std::int64_t>(&raw);
      if (number == nullptr) return wrong_kind("a whole number");
      if (std::cmp_less(*number, least) || std::cmp_greater(*number, most))
        return wrong("the number is out of bounds",
                     fmt::format("write a number from {} to {}", least, most));
      value = static_cast<Number>(*number);
      return ok_status();
    };
    add(std::move(key));
  }

  [[nodiscard]] std::string known_under(const std::string& path) const {
    std::vector<std::string> names;
    for (const Key& key : keys)
      if (path.empty() || key.name.starts_with(path + '.')) names.push_back(key.name);
    return fmt::format("known here: {}", fmt::join(names, ", "));
  }

  // Gives every value under `table` to its key.
  Status take(const toml::table& table, const std::string& path, const std::string& file) {
    for (const auto& [name, node] : table) {
      const std::string full = (path.empty() ? "" : path + '.') + std::string(name.str());
      if (Key* key = find(full)) {
        const Status taken = take_value(*key, node, file);
        if (!taken) return taken;
        continue;
      }
      const bool leads_on = std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
        return key.name.starts_with(full + '.');
      });
      if (!leads_on)
        return Error{ErrorCode::malformed, "there is no such key", place_of(node, file, full),
                     known_under(leads_on ? full : path)};
      const auto* inner = node.as_table();
      if (inner == nullptr)
        return Error{ErrorCode::malformed, "this must be a table", place_of(node, file, full),
                     known_under(full)};
      const Status taken = take(*inner, full, file);
      if (!taken) return taken;
    }
    return ok_status();
  }

  static Status take_value(Key& key, const toml::node& node, const std::string& file) {
    key.given = true;
    if (key.has_rows()) return take_rows(key, node, file);
    const auto raw = raw_of(node);
    const Status set = raw ? key.set(*raw) : Status(wrong_kind(key.kind));
    if (set) return set;
    Error error = set.error();
    error.place = place_of(node, file, key.name);
    return error;
  }

  static Status take_rows(Key& key, const toml::node& node, const std::string& file) {
    const auto* array = node.as_array();
    const bool tables =
        array != nullptr &&
        std::all_of(array->begin(), array->end(), [](const auto& row) { return row.is_table(); });
    if (!tables)
      return Error{ErrorCode::malformed, "this must be rows of tables",
                   place_of(node, file, key.name), fmt::format("write [[{}]]", key.name)};
    for (const toml::node& row : *array) {
      ConfigKeys keys("");
      key.append_row(keys);
      Status taken = keys.state_->take(*row.as_table(), "", file);
      if (taken) taken = keys.state_->check_complete(place_of(row, file, key.name));
      if (!taken) {
        Error error = std::move(taken).error();
        if (error.place.field != key.name) error.place.field = key.name + '.' + error.place.field;
        return error;
      }
    }
    return ok_status();
  }

  [[nodiscard]] Status check_complete(const SourcePlace& place) const {
    for (const Key& key : keys) {
      if (key.required == Required::no || key.given) continue;
      SourcePlace missing = place;
      missing.field = key.name;
      const std::string also =
          prefix.empty() ? "" : fmt::format(", or set {}{}", prefix, upper(key.name));
      return Error{ErrorCode::usage, "this key must be given", missing,
                   fmt::format("write {} = … ({}: {}){}", key.name, key.kind, key.help, also)};
    }
    return ok_status();
  }

  Status take(const Environment& environment) {
    for (auto entry = environment.lower_bound(prefix);
         entry != environment.end() && entry->first.starts_with(prefix); ++entry) {
      const std::string& variable = entry->first;
      const auto key = std::find_if(keys.begin(), keys.end(), [&](const Key& candidate) {
        return !candidate.has_rows() && prefix + upper(candidate.name) == variable;
      });
      if (key == keys.end())
        return Error{ErrorCode::malformed,
                     "there is no such key",
                     {"environment", 0, 0, variable},
                     known_under("")};
      key->given = true;
      const auto raw = key->from_environment(entry->second);
      const Status set = raw ? key->set(*raw) : Status(raw.error());
      if (set) continue;
      Error error = set.error();
      error.place = {"environment", 0, 0, variable};
      return error;
    }
    return ok_status();
  }

  void describe(std::string& text, const std::string& indent) const {
    for (const Key& key : keys) {
      text += indent + (key.has_rows() ? "[[" + key.name + "]]" : key.name);
      text += "\n" + indent + "    " + key.help + "; " + key.kind;
      if (!key.has_rows())
        text += key.required == Required::yes ? "; required" : "; default: " + key.fallback;
      if (!prefix.empty() && !key.has_rows()) text += "; " + prefix + upper(key.name);
      text += '\n';
      if (!key.has_rows()) continue;
      ConfigKeys row("");
      key.describe_row(row, [&] { row.state_->describe(text, indent + "    "); });
    }
  }
};

ConfigKeys::ConfigKeys(std::string_view role) : state_(std::make_unique<State>()) {
  if (!role.empty()) state_->prefix = "URNA_" + upper(std::string(role)) + '_';
}
ConfigKeys::~ConfigKeys() = default;

void ConfigKeys::add(std::string_view key, std::string& value, std::string_view help,
                     Required required) {
  const auto set = [&value](const Raw& raw) -> Status {
    const auto* text = std::get_if<std::string>(&raw);
    if (text == nullptr) return wrong_kind("a text in quotes");
    value = *text;
    return ok_status();
  };
  state_->add({std::string(key),
               "a text in quotes",
               '"' + value + '"',
               std::string(help),
               required,
               set,
               same_text,
               {},
               {}});
}

void ConfigKeys::add(std::string_view key, bool& value, std::string_view help) {
  const auto set = [&value](const Raw& raw) -> Status {
    const auto* truth = std::get_if<bool>(&raw);
    if (truth == nullptr) return wrong_kind("true or false");
    value = *truth;
    return ok_status();
  };
  state_->add({std::string(key),
               "true or false",
               value ? "true" : "false",
               std::string(help),
               Required::no,
               set,
               truth_of,
               {},
               {}});
}

void ConfigKeys::add(std::string_view key, std::int64_t& value, std::string_view help,
                     std::int64_t least, std::int64_t most, Required required) {
  state_->add_number(key, value, help, least, most, required);
}
void ConfigKeys::add(std::string_view key, std::uint16_t& value, std::string_view help,
                     std::uint16_t least, std::uint16_t most, Required required) {
  state_->add_number(key, value, help, least, most, required);
}
void ConfigKeys::add(std::string_view key, std::uint32_t& value, std::string_view help,
                     std::uint32_t least, std::uint32_t most, Required required) {
  state_->add_number(key, value, help, least, most, required);
}

void ConfigKeys::add(std::string_view key, milliseconds& value, std::string_view help,
                     milliseconds least, milliseconds most) {
  const auto set = [&value, least, most](const Raw& raw) -> Status {
    const auto* text = std::get_if<std::string>(&raw);
    if (text == nullptr) return wrong("this must be a duration", duration_remedy);
    const auto duration = parse_duration(*text);
    if (!duration) return duration.error();
    if (*duration < least || *duration > most)
      return wrong(
          "the duration is out of bounds",
          fmt::format("write one from {} to {}", duration_text(least), duration_text(most)));
    value = *duration;
    return ok_status();
  };
  state_->add({std::string(key),
               "a duration",
               duration_text(value),
               std::string(help),
               Required::no,
               set,
               same_text,
               {},
               {}});
}

void ConfigKeys::add(std::string_view key, Size& value, std::string_view help, Size least,
                     Size most) {
  const auto set = [&value, least, most](const Raw& raw) -> Status {
    Size size;
    if (const auto* number = std::get_if<std::int64_t>(&raw)) {
      if (*number < 0) return wrong("a size below zero", size_remedy);
      size.bytes = static_cast<std::uint64_t>(*number);
    } else if (const auto* text = std::get_if<std::string>(&raw)) {
      const auto parsed = parse_size(*text);
      if (!parsed) return parsed.error();
      size = *parsed;
    } else {
      return wrong("this must be a size", size_remedy);
    }
    if (size.bytes < least.bytes || size.bytes > most.bytes)
      return wrong("the size is out of bounds",
                   fmt::format("write one from {} to {}", size_text(least), size_text(most)));
    value = size;
    return ok_status();
  };
  const auto from_environment = [](const std::string& text) -> Result<Raw> {
    const auto number = number_of(text);
    return number ? number : Result<Raw>(Raw(text));
  };
  state_->add({std::string(key),
               "a size",
               size_text(value),
               std::string(help),
               Required::no,
               set,
               from_environment,
               {},
               {}});
}

void ConfigKeys::add(std::string_view key, std::vector<std::string>& value, std::string_view help,
                     Required required) {
  const auto set = [&value](const Raw& raw) -> Status {
    const auto* words = std::get_if<std::vector<std::string>>(&raw);
    if (words == nullptr) return wrong_kind("a list of texts");
    value = *words;
    return ok_status();
  };
  state_->add({std::string(key),
               "a list of texts",
               list_text(value),
               std::string(help),
               required,
               set,
               list_of,
               {},
               {}});
}

void ConfigKeys::add_words(std::string_view key, std::size_t fallback,
                           std::function<void(std::size_t)> set, std::vector<std::string> words,
                           std::string_view help) {
  if (fallback >= words.size()) stop_on_broken_precondition("ConfigKeys::add_choice: a default");
  std::string shown = '"' + words[fallback] + '"';
  std::string kind = fmt::format("one of: {}", fmt::join(words, ", "));
  const auto choose = [set = std::move(set), words, kind](const Raw& raw) -> Status {
    const auto* text = std::get_if<std::string>(&raw);
    const auto word = text == nullptr ? words.end() : std::find(words.begin(), words.end(), *text);
    if (word == words.end()) return wrong_kind(kind);
    set(static_cast<std::size_t>(word - words.begin()));
    return ok_status();
  };
  state_->add({std::string(key),
               std::move(kind),
               std::move(shown),
               std::string(help),
               Required::no,
               choose,
               same_text,
               {},
               {}});
}

void ConfigKeys::add_rows(std::string_view key, std::string_view help, AppendRow append,
                          DescribeRow describe) {
  state_->add({std::string(key),
               "rows of tables",
               "",
               std::string(help),
               Required::no,
               {},
               {},
               std::move(append),
               std::move(describe)});
}

Status ConfigKeys::load(const std::string& path, const Environment& environment) {
  if (path.empty()) return load_text("", "environment", environment);
  const auto text = read_file(path, max_file_bytes);
  if (!text) return text.error();
  return load_text(*text, path, environment);
}

Status ConfigKeys::load_text(std::string_view toml_text, const std::string& name,
                             const Environment& environment) {
  toml::table table;
  try {
    table = toml::parse(toml_text, name);
  } catch (const toml::parse_error& error) {
    return Error{ErrorCode::malformed,
                 std::string(error.description()),
                 {name, error.source().begin.line, error.source().begin.column, ""},
                 "see https://toml.io for the format"};
  }
  const Status from_file = state_->take(table, "", name);
  if (!from_file) return from_file;
  const Status from_environment = state_->take(environment);
  if (!from_environment) return from_environment;
  return state_->check_complete({name, 0, 0, ""});
}

std::string ConfigKeys::help() const {
  std::string text;
  state_->describe(text, "");
  return text;
}

}  // namespace urna::server
