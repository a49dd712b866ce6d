// SPDX-License-Identifier: EUPL-1.2
#include "tally/edition_config.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/sha256.h"
#include "count/pabulib/reader.h"
#include "election/from_pabulib.h"
#include "presentation/presentation.h"
#include "presentation/site_code.h"
#include "presentation/strict_json.h"
#include "tally/card.h"

namespace urna::tally {
namespace {

namespace json = boost::json;
using election::Manifest;
using election::Pool;

Error wrong(std::string where, std::string message, std::string remedy = {}) {
  return {
      ErrorCode::malformed, std::move(message), {{}, 0, 0, std::move(where)}, std::move(remedy)};
}

// The fields of an object, each asked for by name. The first error sticks; after it every field
// reads as absent.
class Fields {
 public:
  Fields(const json::value* value, std::string where, std::optional<Error>& error)
      : where_(std::move(where)), error_(error) {
    if (value == nullptr || error_) return;
    object_ = value->if_object();
    if (object_ == nullptr) fail("expected an object { … }");
  }

  // A field that may be left out; null counts as left out.
  const json::value* optional(std::string_view name) {
    known_.emplace(name);
    if (object_ == nullptr || error_) return nullptr;
    const json::value* value = object_->if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  const json::value* required(std::string_view name) {
    const json::value* value = optional(name);
    if (value == nullptr && object_ != nullptr)
      fail("the field \"" + std::string(name) + "\" is missing");
    return value;
  }

  void text(const json::value* value, std::string_view name, std::string& target) {
    if (value == nullptr || error_) return;
    if (!value->is_string()) return fail_at(name, "expected a text");
    target = value->get_string();
  }
  template <typename Number>
  void number(const json::value* value, std::string_view name, Number& target) {
    if (value == nullptr || error_) return;
    const auto read = json::try_value_to<std::uint64_t>(*value);
    if (!value->is_int64() && !value->is_uint64())
      return fail_at(name, "expected a whole number, not negative");
    if (!read || *read > std::numeric_limits<Number>::max())
      return fail_at(name, "the number is out of range");
    target = static_cast<Number>(*read);
  }
  void boolean(const json::value* value, std::string_view name, bool& target) {
    if (value == nullptr || error_) return;
    if (!value->is_bool()) return fail_at(name, "expected true or false");
    target = value->get_bool();
  }
  // Money is a text ("1234.50") or a whole number of currency units.
  void money(const json::value* value, std::string_view name, Money& target) {
    if (value == nullptr || error_) return;
    const std::string digits = value->is_string() ? std::string(value->get_string())
                               : value->is_int64() || value->is_uint64() ? json::serialize(*value)
                                                                         : std::string("?");
    const Result<Money> amount = parse_money(digits);
    if (!amount) return fail_at(name, "expected an amount such as \"1234.50\"");
    target = *amount;
  }
  // One of the words.
  template <typename T>
  void word(const json::value* value, std::string_view name, T& target,
            std::initializer_list<std::pair<const char*, T>> words) {
    if (value == nullptr || error_) return;
    std::string list;
    for (const auto& [text, meaning] : words) {
      if (value->is_string() && value->get_string() == text) {
        target = meaning;
        return;
      }
      list += (list.empty() ? "" : ", ") + std::string(text);
    }
    fail_at(name, "expected one of: " + list);
  }
  const json::array* array(const json::value* value, std::string_view name) {
    if (value == nullptr || error_) return nullptr;
    const json::array* items = value->if_array();
    if (items == nullptr) fail_at(name, "expected an array [ … ]");
    return items;
  }

  // Refuses fields that nobody has asked for.
  void finish() {
    if (object_ == nullptr || error_) return;
    for (const auto& [name, value] : *object_) {
      if (!known_.contains(std::string_view(name)))
        return fail("the field \"" + std::string(name) + "\" is not known");
    }
  }
  [[nodiscard]] std::string at(std::string_view name) const {
    return where_.empty() ? std::string(name) : where_ + "." + std::string(name);
  }
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  void fail(std::string message) {
    if (!error_) error_ = wrong(where_, std::move(message), "see docs/trustees.md for the fields");
  }
  void fail_at(std::string_view name, std::string message) {
    if (!error_)
      error_ = wrong(at(name), std::move(message), "see docs/trustees.md for the fields");
  }
  void fail_with(std::string_view name, Error error) {
    if (error_) return;
    if (error.place.field.empty()) error.place.field = at(name);
    error_ = std::move(error);
  }

 private:
  std::string where_;
  std::optional<Error>& error_;
  const json::object* object_ = nullptr;
  std::set<std::string, std::less<>> known_;
};

class Reader {
 public:
  Reader(const ConfigFiles& files, const MakeKey& make_key) : files_(files), make_key_(make_key) {}

  EditionCheck read(const json::value& root) {
    Fields fields(&root, "", error_);
    Manifest& manifest = edition_.manifest;
    fields.text(fields.required("edition"), "edition", manifest.edition);
    fields.text(fields.required("title"), "title", manifest.title);
    fields.text(fields.required("resolution"), "resolution", manifest.resolution);
    time(fields, "opens", manifest.opens);
    time(fields, "closes", manifest.closes);
    fields.word<election::RepeatPolicy>(fields.required("repeated_ballots"), "repeated_ballots",
                                        manifest.repeats,
                                        {{"last", election::RepeatPolicy::last},
                                         {"first", election::RepeatPolicy::first},
                                         {"void", election::RepeatPolicy::none}});
    fields.number(fields.required("lowest_level"), "lowest_level", manifest.lowest_level);
    fields.word<count::TieKind>(fields.required("ties"), "ties", manifest.ties,
                                {{"draw", count::TieKind::draw},
                                 {"id", count::TieKind::id},
                                 {"cost", count::TieKind::cost},
                                 {"cost-desc", count::TieKind::cost_desc},
                                 {"votes", count::TieKind::votes}});
    fields.number(fields.required("privacy_minimum"), "privacy_minimum", manifest.privacy_minimum);
    go_on();
    each(fields, "pools", fields.required("pools"),
         [&](const json::value& value, const std::string& where) {
           pool(value, where);
           go_on();
         });
    go_on();
    each(fields, "groups", fields.optional("groups"),
         [&](const json::value& value, const std::string& where) { group(value, where); });
    go_on();
    trustees(fields.required("trustees"));
    go_on();
    registrar(fields);
    go_on();
    officials(fields);
    go_on();
    board(fields.required("board"));
    go_on();
    if (const json::value* cards = fields.optional("paper"); cards != nullptr) paper(*cards);
    go_on();
    std::string presentation;
    fields.text(fields.optional("presentation"), "presentation", presentation);
    if (!presentation.empty() && !error_) present(fields, presentation);
    go_on();
    std::string site;
    fields.text(fields.optional("site_sha256"), "site_sha256", site);
    // A pool's file may be of an earlier edition, with the line that was put in then.
    drop(presentation::site_meta_key);
    if (!site.empty() && !error_) name_site(fields, site);
    go_on();
    fields.finish();
    go_on();
    if (errors_.empty()) {
      if (Status sound = election::check(manifest); !sound)
        errors_.push_back(std::move(sound).error());
    }
    return {std::move(edition_), std::move(errors_)};
  }

 private:
  // Keeps the error of the part that was read, if any, and reads the next one.
  void go_on() {
    if (!error_) return;
    errors_.push_back(*std::move(error_));
    error_.reset();
  }

  template <typename Each>
  void each(Fields& fields, std::string_view name, const json::value* value, Each item) {
    const json::array* items = fields.array(value, name);
    if (items == nullptr) return;
    for (std::size_t i = 0; i < items->size() && !error_; ++i)
      item((*items)[i], fields.at(name) + "[" + std::to_string(i) + "]");
  }

  static void time(Fields& fields, std::string_view name, std::uint64_t& target) {
    const json::value* value = fields.required(name);
    if (value == nullptr) return;
    if (!value->is_string()) {
      fields.number(value, name, target);
      return;
    }
    const Result<std::uint64_t> seconds = parse_time(value->get_string());
    if (!seconds) {
      fields.fail_with(name, seconds.error());
    } else {
      target = *seconds;
    }
  }

  // ---- Pools

  void pool(const json::value& value, const std::string& where) {
    Fields fields(&value, where, error_);
    Pool made;
    std::string file;
    fields.text(fields.required("id"), "id", made.id);
    fields.text(fields.optional("file"), "file", file);
    const bool imported = !file.empty();
    if (imported && !import(fields, file, made)) {
      edition_.manifest.pools.push_back(std::move(made));  // groups may name it
      return;
    }
    // Of a file, every field may be given instead of what the file says, save the projects.
    const auto field = [&](std::string_view name) {
      return imported ? fields.optional(name) : fields.required(name);
    };
    fields.text(field("title"), "title", made.title);
    fields.money(field("money"), "money", made.money);
    ballot(field("ballot"), where + ".ballot", made.ballot_rule);
    counting(field("counting"), where + ".counting", made.counting);
    pairs(field("meta"), where + ".meta", made.meta);
    if (!imported) {
      each(fields, "projects", fields.required("projects"),
           [&](const json::value& project, const std::string& place) {
             Fields of(&project, place, error_);
             election::Project& next = made.projects.emplace_back();
             of.text(of.required("id"), "id", next.id);
             of.money(of.required("cost"), "cost", next.cost);
             of.text(of.required("name"), "name", next.name);
             of.finish();
           });
    }
    fields.finish();
    edition_.manifest.pools.push_back(std::move(made));
  }

  bool import(Fields& fields, const std::string& path, Pool& made) {
    const Result<count::Instance> instance = files_.instance(path);
    if (!instance) {
      fields.fail_with("", instance.error());
      return false;
    }
    Result<election::ImportedPool> imported = election::import_pool(*instance, made.id);
    if (!imported) {
      Error error = std::move(imported).error();
      error.place.file = path;
      fields.fail_with("", std::move(error));
      return false;
    }
    for (const std::string& note : imported->notes) edition_.notes.push_back(path + ": " + note);
    made = std::move(imported->pool);
    return true;
  }

  void ballot(const json::value* value, const std::string& where, election::BallotRule& rule) {
    if (value == nullptr) return;
    Fields fields(value, where, error_);
    rule = {};
    fields.word<election::BallotForm>(fields.required("form"), "form", rule.form,
                                      {{"approval", election::BallotForm::approval},
                                       {"ranking", election::BallotForm::ranking},
                                       {"points", election::BallotForm::points}});
    fields.number(fields.required("fewest"), "fewest", rule.fewest);
    fields.number(fields.required("most"), "most", rule.most);
    if (rule.form == election::BallotForm::points) {
      election::PointLimits& limits = rule.points.emplace();
      range(fields, "points_each", limits.each_least, limits.each_most);
      range(fields, "points_in_all", limits.sum_least, limits.sum_most);
    }
    if (const json::value* knapsack = fields.optional("knapsack"))
      fields.money(knapsack, "knapsack", rule.knapsack.emplace());
    fields.boolean(fields.required("blank_valid"), "blank_valid", rule.blank_valid);
    fields.finish();
  }

  // [least, most].
  void range(Fields& fields, std::string_view name, std::uint32_t& least, std::uint32_t& most) {
    const json::array* two = fields.array(fields.required(name), name);
    if (two == nullptr) return;
    if (two->size() != 2) return fields.fail_at(name, "expected [least, most]");
    fields.number(two->if_contains(0), name, least);
    fields.number(two->if_contains(1), name, most);
  }

  void counting(const json::value* value, const std::string& where, election::CountingRule& rule) {
    if (value == nullptr) return;
    Fields fields(value, where, error_);
    rule = {};
    fields.text(fields.required("rule"), "rule", rule.rule);
    pairs(fields.optional("options"), where + ".options", rule.options);
    fields.finish();
  }

  // An object of texts.
  void pairs(const json::value* value, const std::string& where,
             std::vector<election::TextPair>& target) {
    if (value == nullptr || error_) return;
    target.clear();
    const json::object* object = value->if_object();
    if (object == nullptr) {
      error_ = wrong(where, "expected an object { … } of texts");
      return;
    }
    for (const auto& [key, text] : *object) {
      if (!text.is_string()) {
        error_ = wrong(where + "." + std::string(key), "expected a text");
        return;
      }
      target.push_back({std::string(key), std::string(text.get_string())});
    }
  }

  void group(const json::value& value, const std::string& where) {
    Fields fields(&value, where, error_);
    election::PoolGroup made;
    fields.text(fields.required("name"), "name", made.name);
    fields.number(fields.required("most"), "most", made.most);
    each(fields, "pools", fields.required("pools"),
         [&](const json::value& item, const std::string& place) {
           const auto& pools = edition_.manifest.pools;
           const std::string id = item.is_string() ? std::string(item.get_string()) : "";
           const auto found = std::ranges::find(pools, id, &Pool::id);
           if (found == pools.end()) {
             error_ = wrong(place, "expected the id of a pool");
             return;
           }
           made.pools.push_back({static_cast<std::uint16_t>(found - pools.begin())});
         });
    std::ranges::sort(made.pools);
    fields.finish();
    edition_.manifest.groups.push_back(std::move(made));
  }

  // ---- Voting on paper

  // As `urna paper cards` prints it.
  void paper(const json::value& value) {
    Fields fields(&value, "paper", error_);
    election::PaperVoting& made = edition_.manifest.paper.emplace();
    each(fields, "points", fields.required("points"),
         [&](const json::value& item, const std::string& place) {
           if (!item.is_string()) {
             error_ = wrong(place, "expected the name of a point");
             return;
           }
           made.points.emplace_back(item.get_string());
         });
    each(fields, "batches", fields.required("batches"),
         [&](const json::value& item, const std::string& place) { batch(item, place, made); });
    fields.finish();
  }

  void batch(const json::value& value, const std::string& where, election::PaperVoting& paper) {
    Fields fields(&value, where, error_);
    std::string point;
    std::string pool;
    std::string root;
    election::IssuedBatch made;
    fields.text(fields.required("point"), "point", point);
    fields.text(fields.required("pool"), "pool", pool);
    fields.number(fields.required("cards"), "cards", made.cards);
    fields.text(fields.required("root"), "root", root);
    fields.finish();
    if (error_) return;
    const auto named = std::ranges::find(paper.points, point);
    const auto& pools = edition_.manifest.pools;
    const auto found = std::ranges::find(pools, pool, &Pool::id);
    const Result<std::string> bytes = from_hex(root);
    if (named == paper.points.end()) return fields.fail_at("point", "expected one of the points");
    if (found == pools.end()) return fields.fail_at("pool", "expected the id of a pool");
    if (!bytes || bytes->size() != sizeof(Sha256Digest))
      return fields.fail_at("root", "expected a hash of 64 hexadecimal digits");
    made.point = {static_cast<std::uint16_t>(named - paper.points.begin())};
    made.pool = {static_cast<std::uint16_t>(found - pools.begin())};
    made.root = array_of<sizeof(Sha256Digest)>(*bytes);
    paper.batches.push_back(made);
  }

  // ---- Presentation

  // Puts its hash into the META of every pool, so that it is as fixed as the manifest.
  void present(Fields& fields, const std::string& path) {
    const Result<std::string> bytes = files_.presentation(path);
    if (!bytes) return fields.fail_with("presentation", bytes.error());
    const Result<presentation::Presentation> read = presentation::parse_presentation(*bytes);
    Status fits = read ? ok_status() : Status(read.error());
    if (fits) {
      std::vector<presentation::KnownPool> pools;
      for (const Pool& pool : edition_.manifest.pools) {
        presentation::KnownPool& known = pools.emplace_back();
        known.id = pool.id;
        for (const election::Project& project : pool.projects) known.projects.push_back(project.id);
      }
      fits = presentation::check_names(*read, pools);
    }
    if (!fits) {
      Error error = fits.error();
      error.place.file = path;
      return fields.fail_with("presentation", std::move(error));
    }
    fix(presentation::meta_key, to_hex(view_of(sha256(*bytes))));
  }

  // The list of the files that voters' browsers load, by its hash.
  void name_site(Fields& fields, const std::string& hash) {
    const Result<std::string> bytes = from_hex(hash);
    if (!bytes || bytes->size() != sizeof(Sha256Digest)) {
      return fields.fail_with(
          "site_sha256", Error{ErrorCode::malformed,
                               "expected a hash of 64 hexadecimal digits",
                               {},
                               "give what `urna site hash` prints for the folder of the site"});
    }
    fix(presentation::site_meta_key, hash);
  }

  // A line in the META of every pool.
  void fix(std::string_view key, const std::string& value) {
    drop(key);
    for (Pool& pool : edition_.manifest.pools) pool.meta.push_back({std::string(key), value});
  }
  void drop(std::string_view key) {
    for (Pool& pool : edition_.manifest.pools) {
      std::erase_if(pool.meta, [&](const election::TextPair& pair) { return pair.key == key; });
    }
  }

  // ---- Keys

  void trustees(const json::value* value) {
    Fields fields(value, "trustees", error_);
    fields.number(fields.required("threshold"), "threshold", edition_.manifest.threshold);
    each(fields, "cards", fields.required("cards"),
         [&](const json::value& item, const std::string& place) {
           const std::string path =
               item.is_string() ? std::string(item.get_string()) : std::string();
           const Result<std::string> bytes = files_.card(path);
           Result<election::TrusteeCard> card =
               bytes ? decode_card(*bytes) : Result<election::TrusteeCard>(bytes.error());
           if (!card) {
             error_ = std::move(card).error();
             error_->place = {path, 0, 0, place};
             error_->remedy = "ask the trustee for the .card file that `urna trustee keygen` made";
             return;
           }
           edition_.manifest.trustees.push_back(*std::move(card));
         });
    fields.finish();
  }

  // The key's public text: as given, or made.
  // No key is made for a configuration that is refused anyway.
  [[nodiscard]] bool makes_no_keys() const { return make_key_ && !errors_.empty(); }

  std::string key_text(Fields& fields, std::string_view name, const json::value* value,
                       KeyRole role, const std::string& key_name, const std::string& file) {
    std::string text;
    fields.text(value, name, text);
    if (value != nullptr || error_ || makes_no_keys()) return text;
    if (!make_key_) {
      fields.fail_at(name,
                     "the key is missing; its holder makes one with `urna edition keygen`, "
                     "and --make-keys makes all keys for a test");
      return text;
    }
    const Result<std::string> made = make_key_(role, key_name, file);
    if (!made) {
      fields.fail_with(name, made.error());
      return text;
    }
    return *made;
  }

  group::ElementBytes element(std::string_view text, const std::string& where) {
    const Result<std::string> bytes = from_hex(text);
    if (bytes && bytes->size() == sizeof(group::ElementBytes)) return array_of<32>(*bytes);
    if (!error_)
      error_ = wrong(where, "expected a public key of 64 hexadecimal digits",
                     "give what `urna edition keygen` printed");
    return {};
  }

  void registrar(Fields& fields) {
    const std::string text = key_text(fields, "registrar", fields.optional("registrar"),
                                      KeyRole::registrar, "registrar", "registrar.key");
    if (!error_ && !(text.empty() && makes_no_keys()))
      edition_.manifest.registrar = element(text, "registrar");
  }

  void officials(Fields& fields) {
    const json::value* value = fields.optional("officials");
    if (value == nullptr) {
      for (const char* number : {"0", "1"}) {
        const std::string name = "official-" + std::string(number);
        const std::string text =
            key_text(fields, "officials", nullptr, KeyRole::official, name, name + ".key");
        if (error_ || makes_no_keys()) return;
        edition_.manifest.officials.push_back(element(text, "officials"));
      }
      return;
    }
    each(fields, "officials", value, [&](const json::value& item, const std::string& place) {
      edition_.manifest.officials.push_back(
          element(item.is_string() ? std::string(item.get_string()) : std::string(), place));
    });
  }

  void board(const json::value* value) {
    Fields fields(value, "board", error_);
    election::BoardKeys& keys = edition_.manifest.board;
    fields.text(fields.required("origin"), "origin", keys.origin);
    const std::string text =
        key_text(fields, "key", fields.optional("key"), KeyRole::board, keys.origin, "board.key");
    if (error_ || (text.empty() && makes_no_keys())) return;
    const Result<board::LogKey> log = board::LogKey::parse(text);
    if (!log || log->name != keys.origin) {
      fields.fail_at("key", "expected NAME+ID+KEY, its name being the origin");
      return;
    }
    keys.key = log->public_key;
    each(fields, "witnesses", fields.optional("witnesses"),
         [&](const json::value& item, const std::string& place) { witness(item, place); });
    fields.number(fields.required("cosignatures"), "cosignatures", keys.cosignatures);
    fields.finish();
  }

  // A key, or with make_key_ a name.
  void witness(const json::value& item, const std::string& place) {
    std::string text = item.is_string() ? std::string(item.get_string()) : std::string();
    if (makes_no_keys()) return;
    if (make_key_ && board::is_signer_name(text)) {
      Result<std::string> made = make_key_(KeyRole::witness, text, "witness-" + text + ".key");
      if (!made) {
        error_ = std::move(made).error();
        return;
      }
      text = *std::move(made);
    }
    const Result<board::WitnessKey> key = board::WitnessKey::parse(text);
    if (!key) {
      error_ = wrong(place, "expected a witness's key NAME+ID+KEY",
                     "give what `urna edition keygen` printed");
      return;
    }
    edition_.manifest.board.witnesses.push_back({key->name, key->public_key});
  }

  const ConfigFiles& files_;
  const MakeKey& make_key_;
  ConfiguredEdition edition_;
  std::optional<Error> error_;  // of the part being read
  std::vector<Error> errors_;
};

}  // namespace

Result<std::uint64_t> parse_time(std::string_view text) {
  const Error bad{
      ErrorCode::malformed, "expected a time such as 2026-09-01T08:00:00Z (UTC)", {}, ""};
  constexpr std::string_view pattern = "0000-00-00T00:00:00Z";
  if (text.size() != pattern.size()) return bad;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '0' ? !digit : text[i] != pattern[i]) return bad;
  }
  const auto number = [&](std::size_t at, std::size_t digits) {
    unsigned value = 0;
    for (const char c : text.substr(at, digits))
      value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(number(0, 4))),
                                        std::chrono::month(number(5, 2)),
                                        std::chrono::day(number(8, 2))};
  const unsigned hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return bad;
  const auto days = std::chrono::sys_days(day).time_since_epoch().count();
  if (days < 0) return bad;
  return std::uint64_t{static_cast<std::uint32_t>(days)} * 86'400 + hour * 3'600U + minute * 60U +
         second;
}

EditionCheck check_edition(std::string_view text, const ConfigFiles& files,
                           const MakeKey& make_key) {
  constexpr std::size_t depth_max = 8;
  const Result<json::value> root = presentation::parse_strict_json(text, depth_max);
  if (!root) return {{}, {root.error()}};
  return Reader(files, make_key).read(*root);
}

Result<ConfiguredEdition> configure_edition(std::string_view text, const std::string& folder,
                                            const MakeKey& make_key) {
  const auto path_of = [&](const std::string& file) {
    return file.starts_with('/') || folder.empty() ? file : folder + "/" + file;
  };
  const ConfigFiles files{
      [&](const std::string& name) -> Result<std::string> {
        Result<std::string> bytes = read_file(path_of(name), card_bytes_max);
        return bytes;
      },
      [&](const std::string& name) { return count::pabulib::read_instance_file(path_of(name)); },
      [&](const std::string& name) {
        return read_file(path_of(name), presentation::presentation_bytes_max);
      }};
  EditionCheck check = check_edition(text, files, make_key);
  if (!check.errors.empty()) return std::move(check.errors.front());
  return std::move(check.edition);
}

}  // namespace urna::tally
