// SPDX-License-Identifier: EUPL-1.2
#include "desk/drafts.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "count/pabulib/reader.h"
#include "count/pabulib/scanner.h"
#include "election/ceremony.h"
#include "election/manifest.h"
#include "presentation/presentation.h"
#include "screening/files.h"
#include "tally/card.h"
#include "tally/key_file.h"

namespace urna::desk {
namespace {

namespace json = boost::json;

constexpr std::size_t draft_depth_max = 8;

// The edition, to be changed. Errors: not_found; conflict (frozen).
Result<EditionRow> open_draft(DeskTransaction& transaction, std::string_view id) {
  Result<std::optional<EditionRow>> row = transaction.edition(id);
  if (!row) return std::move(row).error();
  if (!*row) return no_such("edition");
  if ((*row)->frozen != 0) {
    return Error{ErrorCode::conflict,
                 "the rules of this edition are frozen",
                 {},
                 "make a new edition from it"};
  }
  return **std::move(row);
}

Result<json::object> parse_draft(std::string_view text) {
  if (text.size() > draft_bytes_max) {
    return Error{ErrorCode::limit, "the draft is too long", {}, "put projects into .pb files"};
  }
  if (!is_utf8(text)) return malformed_field({}, "the draft is not UTF-8");
  json::error_code failure;
  json::parse_options options;
  options.max_depth = draft_depth_max;
  json::value value =
      json::parse(json::string_view(text.data(), text.size()), failure, {}, options);
  if (failure) {
    return malformed_field({}, "not JSON: " + failure.message(),
                           "check commas, quotation marks and brackets");
  }
  if (!value.is_object()) return malformed_field({}, "expected an object { … }");
  return std::move(value.as_object());
}

// What an edition says is published with its manifest.
Status refuse_personal_data(std::string_view name, std::string_view bytes) {
  Status good = screening::refuse_personal_data(name, bytes);
  if (good) return good;
  Error error = std::move(good).error();
  error.code = ErrorCode::malformed;
  error.place.field = "name";
  error.remedy = "take personal data out of the file";
  return error;
}

bool ends_with(std::string_view name, std::string_view end) { return name.ends_with(end); }

// What people upload; others stand beside the draft and are the desk's own.
bool is_draft_file(std::string_view name) {
  return is_file_name(name) &&
         (ends_with(name, ".card") || ends_with(name, ".pb") || name == presentation_file);
}

}  // namespace

const Box* Setting::box(std::string_view name) const {
  const auto found = std::ranges::find(boxes, name, &Box::name);
  return found == boxes.end() ? nullptr : &*found;
}

Result<std::string> create_draft(const Office& office, const Official& actor,
                                 std::string_view from) {
  if (Status allowed = require(actor, Right::prepare); !allowed) return std::move(allowed).error();
  EditionRow row;
  row.id = random_reference();
  row.version = 1;
  row.draft = "{}";
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    if (!from.empty()) {
      const Result<std::optional<EditionRow>> source = transaction.edition(from);
      if (!source) return source.error();
      if (!*source) return no_such("edition");
      row.draft = (*source)->draft;
      const Result<std::vector<EditionFile>> files = transaction.files(from);
      if (!files) return files.error();
      for (const EditionFile& file : *files) {
        if (!is_draft_file(file.name)) continue;
        const Result<std::optional<std::string>> bytes = transaction.file(from, file.name);
        if (!bytes) return bytes.error();
        if (Status put = transaction.put_file(row.id, file.name, (*bytes).value_or("")); !put)
          return put;
      }
    }
    if (Status put = transaction.put_edition(row); !put) return put;
    return note_action(transaction, office, actor_of(actor), Action::created_edition, row.id);
  });
  if (!done) return done.error();
  return row.id;
}

Result<std::uint64_t> save_draft(const Office& office, const Official& actor,
                                 std::string_view edition, std::uint64_t version,
                                 std::string_view text) {
  if (Status allowed = require(actor, Right::prepare); !allowed) return std::move(allowed).error();
  const Result<json::object> draft = parse_draft(text);
  if (!draft) return draft.error();
  if (Status good = refuse_personal_data("draft", text); !good) return std::move(good).error();
  std::uint64_t now_version = 0;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<EditionRow> row = open_draft(transaction, edition);
    if (!row) return std::move(row).error();
    const std::string serialised = json::serialize(*draft);
    now_version = row->version;
    if (row->draft == serialised) return ok_status();
    if (row->version != version) {
      return Error{ErrorCode::conflict,
                   "somebody else has changed this edition meanwhile",
                   {.field = "version"},
                   "look at the other changes, then save yours again"};
    }
    row->draft = serialised;
    now_version = ++row->version;
    if (Status put = transaction.put_edition(*row); !put) return put;
    return note_action(transaction, office, actor_of(actor), Action::changed_draft, edition,
                       serialised);
  });
  if (!done) return done.error();
  return now_version;
}

bool is_file_name(std::string_view name) {
  constexpr std::size_t name_bytes_max = 100;
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, good) &&
         name.front() != '.' && name.front() != '-';
}

Status put_draft_file(const Office& office, const Official& actor, std::string_view edition,
                      std::string_view name, std::string_view bytes) {
  if (Status allowed = require(actor, Right::prepare); !allowed) return allowed;
  if (!is_draft_file(name)) {
    return malformed_field("name", "expected the name of a .card or .pb file, or presentation.json",
                           "name it with letters, digits and hyphens");
  }
  if (bytes.size() > draft_file_bytes_max) {
    return Error{ErrorCode::limit, "the file is too long", {.field = "name"}, "leave out votes"};
  }
  // What is none is refused now, where the person who has the file sees it.
  if (ends_with(name, ".card")) {
    if (Result<election::TrusteeCard> card = tally::decode_card(bytes); !card) {
      return malformed_field("name", "the file is no trustee's card: " + card.error().message,
                             "ask the trustee for the .card file that `urna trustee keygen` made");
    }
  } else if (name == presentation_file) {
    if (const auto read = presentation::parse_presentation(bytes); !read) {
      Error error = read.error();
      error.code = ErrorCode::malformed;
      error.message = "the file is no presentation.json: " + error.message;
      error.place.field = "name";
      return error;
    }
    if (Status good = refuse_personal_data(name, bytes); !good) return good;
  } else {
    const std::string content(bytes);
    const auto instance =
        count::pabulib::read_instance(count::pabulib::memory_bytes(content), name);
    if (!instance) {
      Error error = instance.error();
      if (error.place.field.empty()) error.place.field = "name";
      error.code = ErrorCode::malformed;
      return error;
    }
    if (Status good = refuse_personal_data(name, bytes); !good) return good;
  }
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<EditionRow> row = open_draft(transaction, edition);
    if (!row) return std::move(row).error();
    const Result<std::vector<EditionFile>> files = transaction.files(edition);
    if (!files) return files.error();
    if (files->size() >= draft_files_max) {
      return Error{ErrorCode::limit, "there are too many files", {}, "remove what is not used"};
    }
    if (Status put = transaction.put_file(edition, name, bytes); !put) return put;
    return note_action(transaction, office, actor_of(actor), Action::put_file, edition, bytes);
  });
}

Status remove_draft_file(const Office& office, const Official& actor, std::string_view edition,
                         std::string_view name) {
  if (Status allowed = require(actor, Right::prepare); !allowed) return allowed;
  if (!is_draft_file(name)) return no_such("file");
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<EditionRow> row = open_draft(transaction, edition);
    if (!row) return std::move(row).error();
    if (Status removed = transaction.remove_file(edition, name); !removed) return removed;
    return note_action(transaction, office, actor_of(actor), Action::removed_file, edition, name);
  });
}

std::string title_of(std::string_view draft) {
  const Result<json::object> object = parse_draft(draft);
  if (!object) return {};
  const json::value* title = object->if_contains("title");
  return title != nullptr && title->is_string() ? std::string(title->get_string()) : std::string();
}

Result<std::vector<Listed>> list_editions(const Office& office) {
  std::vector<Listed> list;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<std::vector<EditionRow>> rows = transaction.editions();
    if (!rows) return std::move(rows).error();
    for (EditionRow& row : rows.value()) {
      std::string title = title_of(row.draft);
      list.push_back({std::move(row), std::move(title)});
    }
    return ok_status();
  });
  if (!done) return done.error();
  std::ranges::sort(list, {}, [](const Listed& one) { return std::pair(one.title, one.row.id); });
  return list;
}

Result<std::vector<DraftFile>> describe_files(DeskTransaction& transaction,
                                              std::string_view edition) {
  const Result<std::vector<EditionFile>> files = transaction.files(edition);
  if (!files) return files.error();
  std::vector<DraftFile> list;
  for (const EditionFile& file : *files) {
    if (!is_draft_file(file.name)) continue;
    DraftFile described{file.name, file.size, {}, {}};
    if (ends_with(file.name, ".card")) {
      const Result<std::optional<std::string>> bytes = transaction.file(edition, file.name);
      if (!bytes) return bytes.error();
      if (const auto card = tally::decode_card((*bytes).value_or(""))) {
        described.trustee = card->name;
        described.fingerprint = tally::fingerprint(*card);
      }
    }
    list.push_back(std::move(described));
  }
  return list;
}

namespace {

// Makes of a draft what `urna edition new` reads. What cannot be translated is left as it is, for
// the reader to refuse by its place.
json::object edition_json(json::object draft, const Setting& setting,
                          const std::vector<OfficialRow>& officials, StandIns stand_ins) {
  if (const json::value* resolution = draft.if_contains("resolution");
      resolution != nullptr && resolution->is_object()) {
    const auto part = [&](std::string_view name) {
      const json::value* value = resolution->get_object().if_contains(name);
      return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                    : std::string();
    };
    const std::string number = part("number");
    const std::string date = part("date");
    if (!number.empty() && !date.empty()) draft["resolution"] = number + ", " + date;
  }
  if (const json::value* chosen = draft.if_contains("officials");
      chosen != nullptr && chosen->is_array()) {
    json::array keys;
    for (const json::value& one : chosen->get_array()) {
      const std::string reference = one.is_string() ? std::string(one.get_string()) : std::string();
      const auto row = std::ranges::find(officials, reference, &OfficialRow::reference);
      const bool usable = row != officials.end() && !row->revoked && row->role == Role::official;
      keys.push_back(usable ? json::value(to_hex(row->signing_key)) : json::value(""));
    }
    draft["officials"] = std::move(keys);
  } else if (stand_ins == StandIns::no) {
    draft["officials"] = json::array();
  }
  draft["registrar"] = setting.registrar_key;
  std::string name;
  if (const json::value* box = draft.if_contains("box"); box != nullptr && box->is_string())
    name = box->get_string();
  draft.erase("box");
  draft.erase("board");
  draft.erase("site_sha256");
  if (const Box* box = setting.box(name)) {
    draft["board"] = json::object{{"origin", box->key.verifier_key().name},
                                  {"key", box->key.verifier_key().to_string()},
                                  {"witnesses", json::value_from(box->witnesses)},
                                  {"cosignatures", box->cosignatures}};
    if (!box->site_sha256.empty()) draft["site_sha256"] = box->site_sha256;
  }
  return draft;
}

// For a preview: trustees, officials and board that nobody has.
void put_stand_ins(json::object& edition, std::map<std::string, std::string>& cards) {
  json::array names;
  for (const char* name : {"1", "2"}) {
    const election::TrusteeKeys keys = election::TrusteeKeys::random();
    const std::string file = std::string("stand-in-") + name;
    cards[file] = tally::encode_card(election::make_card(name, keys));
    names.emplace_back(file);
  }
  edition["trustees"] = json::object{{"threshold", 1}, {"cards", std::move(names)}};
  edition.erase("officials");
  edition["board"] = json::object{{"origin", "preview"}, {"cosignatures", 0}};
}

}  // namespace

Result<tally::EditionCheck> check_draft(DeskTransaction& transaction, const Setting& setting,
                                        const EditionRow& row, StandIns stand_ins) {
  Result<json::object> draft = parse_draft(row.draft);
  if (!draft) return std::move(draft).error();
  const Result<std::vector<OfficialRow>> officials = transaction.officials();
  if (!officials) return officials.error();
  json::object edition = edition_json(*std::move(draft), setting, *officials, stand_ins);
  std::map<std::string, std::string> cards;
  if (stand_ins == StandIns::yes) put_stand_ins(edition, cards);
  const auto uploaded = [&](const std::string& name) -> Result<std::string> {
    if (const auto card = cards.find(name); card != cards.end()) return card->second;
    Result<std::optional<std::string>> bytes = std::optional<std::string>();
    if (is_draft_file(name)) bytes = transaction.file(row.id, name);
    if (!bytes) return std::move(bytes).error();
    if (!*bytes) {
      return Error{ErrorCode::not_found, "there is no such file", {.file = name}, "upload it"};
    }
    return **std::move(bytes);
  };
  const tally::ConfigFiles files{uploaded,
                                 [&](const std::string& name) -> Result<count::Instance> {
                                   const Result<std::string> bytes = uploaded(name);
                                   if (!bytes) return bytes.error();
                                   return count::pabulib::read_instance(
                                       count::pabulib::memory_bytes(*bytes), name);
                                 },
                                 uploaded};
  const tally::MakeKey made = [](tally::KeyRole role, const std::string& name,
                                 const std::string& /*file*/) -> Result<std::string> {
    const Result<tally::KeyFile> key = tally::make_key(role, name);
    if (!key) return key.error();
    return tally::public_text(*key);
  };
  return tally::check_edition(json::serialize(edition), files,
                              stand_ins == StandIns::yes ? made : tally::MakeKey());
}

Result<election::Manifest> manifest_as_voters_see(DeskTransaction& transaction,
                                                  const Setting& setting, const EditionRow& row) {
  if (row.frozen != 0) {
    const Result<std::optional<std::string>> bytes = transaction.file(row.id, manifest_file);
    if (!bytes) return bytes.error();
    if (!*bytes) return no_such("manifest");
    return election::decode_manifest(**bytes);
  }
  Result<tally::EditionCheck> check = check_draft(transaction, setting, row, StandIns::yes);
  if (!check) return std::move(check).error();
  if (!check->errors.empty()) return check->errors.front();
  return std::move(check->edition.manifest);
}

Result<std::string> presentation_as_voters_see(DeskTransaction& transaction,
                                               const EditionRow& row) {
  const Result<json::object> draft = parse_draft(row.draft);
  if (!draft) return draft.error();
  const json::value* named = draft->if_contains("presentation");
  if (named == nullptr || !named->is_string() || named->get_string() != presentation_file)
    return std::string();
  Result<std::optional<std::string>> bytes = transaction.file(row.id, presentation_file);
  if (!bytes) return std::move(bytes).error();
  return (*std::move(bytes)).value_or(std::string());
}

Result<std::string> freeze(const Office& office, const Setting& setting, const Official& actor,
                           std::string_view edition, std::uint64_t version) {
  if (Status allowed = require(actor, Right::decide); !allowed) return std::move(allowed).error();
  std::string hash;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<EditionRow> row = open_draft(transaction, edition);
    if (!row) return std::move(row).error();
    if (row->version != version) {
      return Error{ErrorCode::conflict,
                   "somebody else has changed this edition meanwhile",
                   {.field = "version"},
                   "look at the other changes first"};
    }
    const Result<tally::EditionCheck> check = check_draft(transaction, setting, *row, StandIns::no);
    if (!check) return check.error();
    if (!check->errors.empty()) return check->errors.front();
    const election::Manifest& manifest = check->edition.manifest;
    const auto box = std::ranges::find_if(setting.boxes, [&](const Box& one) {
      return one.key.verifier_key().public_key == manifest.board.key;
    });
    if (box == setting.boxes.end()) return malformed_field("box", "no ballot box is chosen");
    const Result<std::vector<EditionRow>> others = transaction.editions();
    if (!others) return others.error();
    for (const EditionRow& other : *others) {
      if (other.frozen == 0 || other.box != box->name) continue;
      return Error{ErrorCode::conflict,
                   "this ballot box belongs to another edition",
                   {.field = "box"},
                   "choose another one, or have one set up"};
    }
    const std::string bytes = election::encode(manifest);
    hash = to_hex(election::edition_hash(bytes).view());
    row->frozen = office.clock();
    row->box = box->name;
    if (Status put = transaction.put_file(edition, manifest_file, bytes); !put) return put;
    if (Status put = transaction.put_edition(*row); !put) return put;
    return note_action(transaction, office, actor_of(actor), Action::froze, edition, bytes);
  });
  if (!done) return done.error();
  return hash;
}

}  // namespace urna::desk
