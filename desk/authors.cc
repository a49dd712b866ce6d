// SPDX-License-Identifier: EUPL-1.2
#include "desk/authors.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "base/bytes.h"
#include "election/manifest.h"
#include "protection/secrets.h"
#include "screening/files.h"

namespace urna::desk {
namespace {

namespace json = boost::json;

constexpr std::size_t token_bytes = 32;
constexpr std::uint64_t day_s = 86'400;

// A link with what it is recognised by.
struct KeptLink {
  AuthorLink link;
  std::string hash;  // 64 hexadecimal digits
};

// The file as it is kept.
struct Kept {
  std::vector<KeptLink> links;
  std::vector<Remark> remarks;
};

Error damaged() {
  return {ErrorCode::io,
          "what is kept of the authors' rehearsal is not of its form",
          {},
          "restore the database from a backup"};
}

Error no_link() {
  return {ErrorCode::not_found,
          "there is no such link, or it was revoked or has expired",
          {},
          "ask the office for a new one"};
}

// Reads members of one object; `good` turns false at the first that is not as it was written.
class Members {
 public:
  Members(const json::value& value, bool& good) : good_(good) {
    if (value.is_object()) object_ = &value.get_object();
    good_ = good_ && object_ != nullptr;
  }
  void take(std::string_view name, std::string& target) const {
    const json::value* member = find(name);
    if (member == nullptr || !member->is_string()) {
      good_ = false;
      return;
    }
    target = member->get_string();
  }
  void take(std::string_view name, std::uint64_t& target) const {
    const json::value* member = find(name);
    json::error_code failure;
    if (member != nullptr) target = member->to_number<std::uint64_t>(failure);
    good_ = good_ && member != nullptr && !failure;
  }
  void take(std::string_view name, bool& target) const {
    const json::value* member = find(name);
    if (member == nullptr || !member->is_bool()) {
      good_ = false;
      return;
    }
    target = member->get_bool();
  }
  [[nodiscard]] json::array list(std::string_view name) const {
    const json::value* member = find(name);
    if (member != nullptr && member->is_array()) return member->get_array();
    good_ = false;
    return {};
  }

 private:
  [[nodiscard]] const json::value* find(std::string_view name) const {
    return object_ == nullptr ? nullptr : object_->if_contains(name);
  }
  const json::object* object_ = nullptr;
  bool& good_;
};

Result<Kept> read_kept(DeskTransaction& transaction, std::string_view edition) {
  const Result<std::optional<std::string>> bytes = transaction.file(edition, authors_file);
  if (!bytes) return bytes.error();
  Kept kept;
  if (!*bytes) return kept;
  json::error_code failure;
  const json::value value = json::parse(**bytes, failure);
  if (failure) return damaged();
  bool good = true;
  const Members root(value, good);
  for (const json::value& one : root.list("links")) {
    const Members members(one, good);
    KeptLink& made = kept.links.emplace_back();
    members.take("id", made.link.id);
    members.take("hash", made.hash);
    members.take("created", made.link.created);
    members.take("expires", made.link.expires);
    members.take("revoked", made.link.revoked);
  }
  for (const json::value& one : root.list("remarks")) {
    const Members members(one, good);
    Remark& made = kept.remarks.emplace_back();
    members.take("id", made.id);
    members.take("link", made.link);
    members.take("pool", made.pool);
    members.take("project", made.project);
    members.take("version", made.version);
    members.take("time", made.time);
    members.take("text", made.text);
    members.take("handled", made.handled);
    members.take("answer", made.answer);
  }
  if (!good) return damaged();
  return kept;
}

Status write_kept(DeskTransaction& transaction, std::string_view edition, const Kept& kept) {
  json::array links;
  for (const KeptLink& one : kept.links) {
    links.push_back({{"id", one.link.id},
                     {"hash", one.hash},
                     {"created", one.link.created},
                     {"expires", one.link.expires},
                     {"revoked", one.link.revoked}});
  }
  json::array remarks;
  for (const Remark& one : kept.remarks) {
    remarks.push_back({{"id", one.id},
                       {"link", one.link},
                       {"pool", one.pool},
                       {"project", one.project},
                       {"version", one.version},
                       {"time", one.time},
                       {"text", one.text},
                       {"handled", one.handled},
                       {"answer", one.answer}});
  }
  return transaction.put_file(
      edition, authors_file,
      json::serialize(json::object{{"links", std::move(links)}, {"remarks", std::move(remarks)}}));
}

Result<EditionRow> edition_row(DeskTransaction& transaction, std::string_view edition) {
  Result<std::optional<EditionRow>> row = transaction.edition(edition);
  if (!row) return std::move(row).error();
  if (!*row) return no_such("edition");
  return **std::move(row);
}

// The edition stands in the token, so that it is looked up by what is no secret.
std::string hash_of(const Office& office, std::string_view token) {
  const protection::KeyedHash hash =
      protection::keyed_hash(office.keys.tokens, "author link\n" + std::string(token));
  return to_hex(view_of(hash));
}

Error malformed_text(std::string message, std::string remedy) {
  return {ErrorCode::malformed, std::move(message), {.field = "text"}, std::move(remedy)};
}

// A text by somebody, as it may be kept and shown.
Status check_text(std::string_view text) {
  if (text.size() > remark_bytes_max || !is_utf8(text))
    return malformed_text("the text is too long", "write at most 1500 characters");
  if (!screening::refuse_personal_data("remark.txt", text)) {
    return Error{ErrorCode::conflict,
                 "there are personal data in the text",
                 {.field = "text"},
                 "leave out telephone and PESEL numbers, addresses, names with them"};
  }
  return ok_status();
}

Actor actor_of(const AuthorLink& link) { return {"author", link.id}; }

}  // namespace

RehearsalTime rehearsal_time(const EditionRow& row, const Snapshot* snapshot) {
  if (row.frozen == 0) return RehearsalTime::now;
  if (snapshot == nullptr) return RehearsalTime::not_yet;
  return snapshot->opened != 0 ? RehearsalTime::over : RehearsalTime::now;
}

Result<NewAuthorLink> make_author_link(const Office& office, const Official& actor,
                                       std::string_view edition, std::uint64_t days,
                                       const Snapshot* snapshot) {
  if (Status allowed = require(actor, Right::prepare); !allowed) return std::move(allowed).error();
  if (days < 1 || days > author_link_days_max) {
    return Error{ErrorCode::malformed,
                 "a link is valid for 1 to 60 days",
                 {.field = "days"},
                 "give a number of days"};
  }
  NewAuthorLink made;
  made.id = random_reference();
  made.token = std::string(edition) + "." + to_hex(protection::random_bytes(token_bytes));
  const std::uint64_t now = office.clock();
  made.expires = now + days * day_s;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<EditionRow> row = edition_row(transaction, edition);
    if (!row) return row.error();
    if (rehearsal_time(*row, snapshot) == RehearsalTime::over) {
      return Error{ErrorCode::conflict, "the voting was opened", {}, "show the ballot itself"};
    }
    Result<Kept> kept = read_kept(transaction, edition);
    if (!kept) return std::move(kept).error();
    if (kept->links.size() >= author_links_max) {
      return Error{ErrorCode::limit, "there are too many links", {}, "use one that is there"};
    }
    kept->links.push_back({{made.id, now, made.expires, false}, hash_of(office, made.token)});
    if (Status put = write_kept(transaction, edition, *kept); !put) return put;
    return note_action(transaction, office, desk::actor_of(actor), Action::made_author_link,
                       edition, made.id);
  });
  if (!done) return done.error();
  return made;
}

Status revoke_author_link(const Office& office, const Official& actor, std::string_view edition,
                          std::string_view link) {
  if (Status allowed = require(actor, Right::prepare); !allowed) return allowed;
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<Kept> kept = read_kept(transaction, edition);
    if (!kept) return std::move(kept).error();
    const auto found =
        std::ranges::find(kept->links, link, [](const KeptLink& one) { return one.link.id; });
    if (found == kept->links.end()) return no_such("link");
    if (found->link.revoked) return ok_status();
    found->link.revoked = true;
    if (Status put = write_kept(transaction, edition, *kept); !put) return put;
    return note_action(transaction, office, desk::actor_of(actor), Action::revoked_author_link,
                       edition, link);
  });
}

Result<Authors> authors_of(const Office& office, std::string_view edition) {
  Authors authors;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    if (const Result<EditionRow> row = edition_row(transaction, edition); !row) return row.error();
    Result<Kept> kept = read_kept(transaction, edition);
    if (!kept) return std::move(kept).error();
    for (const KeptLink& one : kept->links) authors.links.push_back(one.link);
    authors.remarks = std::move(kept->remarks);
    return ok_status();
  });
  if (!done) return done.error();
  return authors;
}

Status handle_remark(const Office& office, const Official& actor, std::string_view edition,
                     std::string_view remark, std::string_view answer) {
  if (Status allowed = require(actor, Right::prepare); !allowed) return allowed;
  if (Status good = check_text(answer); !good) {
    Error error = std::move(good).error();
    error.place.field = "answer";
    return error;
  }
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<Kept> kept = read_kept(transaction, edition);
    if (!kept) return std::move(kept).error();
    const auto found = std::ranges::find(kept->remarks, remark, &Remark::id);
    if (found == kept->remarks.end()) return no_such("remark");
    if (found->handled != 0) {
      return Error{
          ErrorCode::conflict, "somebody else has dealt with this remark", {}, "reload the page"};
    }
    found->handled = office.clock();
    found->answer = answer;
    if (Status put = write_kept(transaction, edition, *kept); !put) return put;
    return note_action(transaction, office, desk::actor_of(actor), Action::handled_remark, edition,
                       answer);
  });
}

Result<Guest> guest_of(const Office& office, std::string_view token) {
  if (token.size() != reference_digits + 1 + 2 * token_bytes || token[reference_digits] != '.')
    return no_link();
  const std::string_view edition = token.substr(0, reference_digits);
  Guest guest;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<std::optional<EditionRow>> row = transaction.edition(edition);
    if (!row) return std::move(row).error();
    if (!*row) return no_link();
    const Result<Kept> kept = read_kept(transaction, edition);
    if (!kept) return kept.error();
    const std::string hash = hash_of(office, token);
    const auto found = std::ranges::find_if(kept->links, [&](const KeptLink& one) {
      return protection::equal_in_constant_time(one.hash, hash);
    });
    if (found == kept->links.end() || found->link.revoked ||
        found->link.expires <= office.clock()) {
      return no_link();
    }
    guest = {**std::move(row), found->link};
    return ok_status();
  });
  if (!done) return done.error();
  return guest;
}

Result<std::vector<Remark>> answered_remarks(const Office& office, const Guest& guest) {
  Result<Authors> authors = authors_of(office, guest.edition.id);
  if (!authors) return std::move(authors).error();
  std::erase_if(authors->remarks, [](const Remark& one) { return one.answer.empty(); });
  return std::move(authors->remarks);
}

Status leave_remark(const Office& office, const Setting& setting, const Guest& guest,
                    const NewRemark& wanted) {
  if (wanted.text.find_first_not_of(" \n\t") == std::string::npos)
    return malformed_text("this is not filled in", "say what is wrong");
  if (Status good = check_text(wanted.text); !good) return good;
  const std::string& edition = guest.edition.id;
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<EditionRow> row = edition_row(transaction, edition);
    if (!row) return row.error();
    const Result<election::Manifest> manifest = manifest_as_voters_see(transaction, setting, *row);
    if (!manifest && manifest.error().code == ErrorCode::io) return manifest.error();
    // What is wrong with a draft is for officials.
    if (!manifest)
      return Error{ErrorCode::unsupported, "there is no ballot now", {}, "try again later"};
    const auto pool = std::ranges::find(manifest->pools, wanted.pool, &election::Pool::id);
    if (pool == manifest->pools.end() ||
        std::ranges::find(pool->projects, wanted.project, &election::Project::id) ==
            pool->projects.end()) {
      return Error{ErrorCode::malformed,
                   "there is no such project",
                   {.field = "project"},
                   "reload the page: the ballot has changed"};
    }
    Result<Kept> kept = read_kept(transaction, edition);
    if (!kept) return std::move(kept).error();
    const auto waiting = std::ranges::count_if(kept->remarks, [&](const Remark& one) {
      return one.handled == 0 && one.pool == wanted.pool && one.project == wanted.project;
    });
    if (kept->remarks.size() >= remarks_max ||
        static_cast<std::size_t>(waiting) >= unanswered_max) {
      return Error{ErrorCode::limit,
                   "too many remarks wait for the office",
                   {},
                   "wait until it has read them, or write to it"};
    }
    kept->remarks.push_back({random_reference(),
                             guest.link.id,
                             wanted.pool,
                             wanted.project,
                             row->version,
                             office.clock(),
                             wanted.text,
                             0,
                             {}});
    if (Status put = write_kept(transaction, edition, *kept); !put) return put;
    return note_action(transaction, office, actor_of(guest.link), Action::left_remark, edition,
                       wanted.text);
  });
}

}  // namespace urna::desk
