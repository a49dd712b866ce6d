// SPDX-License-Identifier: EUPL-1.2
#include "desk/works.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/private_file.h"
#include "board/log_reader.h"
#include "desk/proposals.h"
#include "election/record.h"
#include "tally/cosigning.h"
#include "tally/keeper.h"
#include "tally/receiving.h"

namespace urna::desk {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using election::Phase;
using election::PoolNumber;
using election::RecordWriter;

constexpr std::size_t fates_max = 200;
// How long until the next look at editions whose last step failed, or whose box may have changed.
constexpr std::chrono::seconds look_again{5};

Error io_error(const std::string& what, const std::error_code& cause) {
  return {ErrorCode::io, what + ": " + cause.message(), {}, "see the folder and its permissions"};
}

// The names that programs give to what they hand over.
bool is_handed_in_name(std::string_view name) {
  if (!is_file_name(name)) return false;
  return name == "roll.cbor" || name.ends_with(".entry") || name.ends_with(".checkpoint") ||
         ((name.starts_with("mix-") || name.starts_with("decryption-")) && name.ends_with(".cbor"));
}

// A round of mixing and shares come as an entry with a file beside it, in either order.
bool has_companion(const election::Entry& entry) {
  return std::holds_alternative<election::Mix>(entry) ||
         std::holds_alternative<election::Decryption>(entry);
}
std::string companion(const std::string& name) {
  return fs::path(name).replace_extension(".cbor").string();
}

// In the order in which they are recorded: what is decided was frozen before.
constexpr std::array actions_about_ballots = {action_freeze, action_annul, action_uphold,
                                              action_keep};

// The first few, for a message.
std::string listed(const std::vector<election::EntryIndex>& entries) {
  constexpr std::size_t named_max = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(entries.size(), named_max); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(entries[i].value);
  if (entries.size() > named_max) text += ", …";
  return text;
}

bool is_handled_here(const election::Entry& entry) {
  return std::holds_alternative<election::RollEntry>(entry) ||
         std::holds_alternative<election::Issuance>(entry);
}

}  // namespace

class Works::Machine {
 public:
  Machine(const Office& office, const Setting& setting, std::string folder, unsigned threads)
      : office_(office), setting_(setting), folder_(std::move(folder)), threads_(threads) {}

  ~Machine() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    woken_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void start() {
    thread_ = std::thread([this] { run(); });
  }

  void wake(std::string_view edition) {
    {
      const std::scoped_lock lock(mutex_);
      due_.emplace(edition);
    }
    woken_.notify_all();
  }

  std::shared_ptr<const Snapshot> snapshot(std::string_view edition) const {
    const std::scoped_lock lock(mutex_);
    const auto found = seen_.find(edition);
    return found == seen_.end() ? nullptr : found->second.snapshot;
  }

  WorkView work(std::string_view edition) const {
    const std::scoped_lock lock(mutex_);
    const auto found = seen_.find(edition);
    return found == seen_.end() ? WorkView() : found->second.work;
  }

  std::string place(std::string_view edition, std::string_view what) const {
    return folder_ + "/" + std::string(edition) + "/" + std::string(what);
  }

  Status hand_in(const Official& actor, std::string_view edition, std::string_view name,
                 std::string_view bytes) {
    if (Status allowed = require(actor, Right::prepare); !allowed) return allowed;
    if (!is_handed_in_name(name)) {
      return Error{
          ErrorCode::malformed,
          "this is not the name of a file that a trustee, a witness or the registrar makes",
          {.field = "name"},
          "give the files under the names that the programs gave them"};
    }
    if (bytes.size() > handed_in_bytes_max)
      return Error{ErrorCode::limit, "the file is too long", {.field = "name"}, ""};
    if (name.ends_with(".entry")) {
      if (const auto entry = election::decode_entry(bytes); !entry) {
        const bool complaint = election::decode_complaint(bytes).ok();
        return Error{ErrorCode::malformed,
                     complaint ? "this is a complaint; it is judged, not recorded"
                               : "the file is no entry of a board",
                     {.field = "name"},
                     complaint ? "see docs/trustees.md: When something is wrong"
                               : "ask for the file again; it was damaged on its way"};
      }
    }
    if (!snapshot(edition)) return no_such("edition whose rules are frozen");
    const Status noted = office_.store.transact([&](DeskTransaction& transaction) {
      return note_action(transaction, office_, actor_of(actor), Action::handed_in, edition, bytes);
    });
    if (!noted) return noted;
    {
      const std::scoped_lock lock(inbox_mutex_);
      if (Status written =
              write_file_atomically(place(edition, "inbox/" + std::string(name)), bytes);
          !written) {
        return written;
      }
    }
    wake(edition);
    return ok_status();
  }

  std::vector<HandedIn> handed_in(std::string_view edition) const {
    const std::scoped_lock lock(inbox_mutex_);
    std::vector<HandedIn> list = read_fates(edition);
    // What was handed in and not looked at yet.
    for (const std::string& name : inbox(edition)) {
      const auto of_name = [&](const HandedIn& one) { return one.name == name; };
      if (std::ranges::none_of(list, of_name) && !name.ends_with(".cbor"))
        list.push_back({name, "waiting", "", ""});
    }
    return list;
  }

  election::VotingTerm term(std::string_view edition) const {
    const std::scoped_lock lock(mutex_);
    election::VotingTerm term;
    const auto found = seen_.find(edition);
    if (found == seen_.end() || !found->second.snapshot) return term;
    term.opened = found->second.snapshot->opened;
    term.closes = found->second.snapshot->manifest->closes;
    const std::optional<BallotBoxPort::View>& box = found->second.work.box;
    if (!box || box->extensions == 0) return term;
    term.closes = box->closes;
    term.extended = box->extended;
    term.extensions = box->extensions;
    return term;
  }

  Result<std::vector<BallotOnBoard>> find_ballots(const EditionRow& edition,
                                                  const std::vector<std::uint64_t>& indices,
                                                  std::size_t most) const {
    const auto wrong = [](ErrorCode code, std::string message, std::string remedy) {
      return Error{code, std::move(message), {.field = "ballots"}, std::move(remedy)};
    };
    if (indices.empty() || indices.size() > most)
      return wrong(ErrorCode::malformed, "no ballot is named, or too many",
                   "name at most " + std::to_string(most));
    const std::shared_ptr<const Snapshot> now = snapshot(edition.id);
    const Box* box = setting_.box(edition.box);
    if (!now || box == nullptr || (now->phase != Phase::voting && now->phase != Phase::annulments))
      return wrong(ErrorCode::conflict, "the time for decisions about ballots is not now",
                   "reload the page");
    std::optional<board::LogReader> log;
    if (now->phase == Phase::annulments) {
      Result<board::LogReader> opened = board::LogReader::open(place(edition.id, "record"));
      if (!opened) return std::move(opened).error();
      log.emplace(*std::move(opened));
    }
    std::vector<BallotOnBoard> ballots;
    for (const std::uint64_t index : indices) {
      const std::string name = "entry " + std::to_string(index);
      if (log && index >= log->checkpoint().size)
        return wrong(ErrorCode::malformed, name + " is not on the board", "see the number again");
      const Result<std::string> bytes = log ? log->entry(index) : box->port->entry(index);
      if (!bytes) {
        if (bytes.error().code != ErrorCode::not_found) return bytes.error();
        return wrong(ErrorCode::malformed, name + " is not on the board", "see the number again");
      }
      const Result<election::Entry> entry = election::decode_entry(*bytes);
      const auto* ballot = entry ? std::get_if<election::Ballot>(&*entry) : nullptr;
      if (ballot == nullptr || ballot->edition != now->edition ||
          ballot->pool.value >= now->manifest->pools.size())
        return wrong(ErrorCode::malformed, name + " is no ballot of this edition",
                     "see the number again");
      const auto same = [&](const BallotOnBoard& one) { return one.index.value == index; };
      if (std::ranges::any_of(ballots, same))
        return wrong(ErrorCode::malformed, name + " is named twice", "name it once");
      ballots.push_back({election::EntryIndex{index}, election::entry_hash(*bytes), ballot->pool});
    }
    return ballots;
  }

  Status end_annulments(const Official& actor, std::string_view edition) {
    if (Status allowed = require(actor, Right::decide); !allowed) return allowed;
    const std::shared_ptr<const Snapshot> now = snapshot(edition);
    if (!now || now->phase != Phase::annulments) {
      return Error{
          ErrorCode::conflict, "the time for annulments is not now", {}, "reload the page"};
    }
    const Result<std::vector<ProposalView>> proposals = list_proposals(office_, edition);
    if (!proposals) return proposals.error();
    const bool waiting = std::ranges::any_of(*proposals, [](const ProposalView& one) {
      return is_about_ballots(one.row.action) && !one.expired &&
             (one.row.state == ProposalState::open || one.row.state == ProposalState::confirmed);
    });
    if (waiting) {
      return Error{ErrorCode::conflict,
                   "a decision about a ballot is proposed and not taken",
                   {},
                   "sign it or withdraw it first"};
    }
    if (!now->frozen.empty()) {
      return Error{ErrorCode::conflict,
                   "nobody has decided about the frozen ballots of entries " + listed(now->frozen),
                   {.field = "frozen"},
                   "annul or uphold them first"};
    }
    const Status done = office_.store.transact([&](DeskTransaction& transaction) -> Status {
      Result<std::optional<EditionRow>> row = transaction.edition(edition);
      if (!row) return std::move(row).error();
      if (!*row) return no_such("edition");
      (*row)->counting = true;
      if (Status put = transaction.put_edition(**row); !put) return put;
      return note_action(transaction, office_, actor_of(actor), Action::ended_annulments, edition);
    });
    if (done) wake(edition);
    return done;
  }

 private:
  struct Seen {
    std::shared_ptr<const Snapshot> snapshot;
    WorkView work;
  };

  // ---- The thread

  void run() {
    std::unique_lock lock(mutex_);
    bool all = true;
    while (!stopping_) {
      std::set<std::string, std::less<>> due = std::move(due_);
      due_.clear();
      lock.unlock();
      look(due, all);
      lock.lock();
      if (due_.empty() && !stopping_) {
        all = woken_.wait_for(lock, look_again) == std::cv_status::timeout;
      } else {
        all = false;
      }
    }
  }

  void look(const std::set<std::string, std::less<>>& due, bool all) {
    const Result<std::vector<Listed>> editions = list_editions(office_);
    if (!editions) return;  // looked at again soon
    for (const Listed& one : *editions) {
      if (one.row.frozen == 0 || (!all && !due.contains(one.row.id))) continue;
      // Nothing changes any more.
      if (one.row.announced != 0 && snapshot(one.row.id)) continue;
      begin(one.row.id);
      const Status done = advance(one.row);
      end(one.row.id, done);
    }
  }

  void begin(const std::string& edition) {
    const std::scoped_lock lock(mutex_);
    seen_[edition].work.running = true;
  }
  void end(const std::string& edition, const Status& done) {
    const std::scoped_lock lock(mutex_);
    WorkView& work = seen_[edition].work;
    work.running = false;
    work.failed.reset();
    if (done) return;
    work.failed = done.error();
    work.failed_at = office_.clock();
  }
  void say(const std::string& edition, const std::string& doing) {
    const std::scoped_lock lock(mutex_);
    seen_[edition].work.doing = doing;
  }
  void show(const std::string& edition, const RecordWriter& record) {
    auto made = std::make_shared<Snapshot>(look_at(record));
    const std::scoped_lock lock(mutex_);
    seen_[edition].snapshot = std::move(made);
  }
  void show(const std::string& edition, const BallotBoxPort::View& box) {
    const std::scoped_lock lock(mutex_);
    seen_[edition].work.box = box;
  }

  tally::Work work_of(const std::string& edition) {
    return {threads_, [this, edition](const std::string& doing) { say(edition, doing); }};
  }

  // ---- The steps

  Status advance(const EditionRow& row) {
    const Box* box = setting_.box(row.box);
    if (box == nullptr) {
      return Error{ErrorCode::usage,
                   "the configuration does not name the ballot box of this edition",
                   {.field = row.box},
                   "add it under [[boxes]]"};
    }
    if (Status ready = open_record(row, *box); !ready) return ready;
    RecordWriter& record = records_.at(row.id);
    const Status stepped = steps(row, *box, record);
    show(row.id, records_.at(row.id));
    return stepped;
  }

  Status steps(const EditionRow& row, const Box& box, RecordWriter& record) {
    if (Status taken = take_inbox(row.id, record); !taken) return taken;
    if (Status opened = open_voting(row, record); !opened) return opened;
    if (record.state().phase() == Phase::voting) {
      if (Status closed = tend_voting(row, box); !closed) return closed;
    }
    // The record may be another one now.
    RecordWriter& after = records_.at(row.id);
    if (after.state().phase() == Phase::annulments) {
      if (Status decided = decide_in_record(row, after); !decided) return decided;
    }
    if (row.counting && after.state().phase() == Phase::annulments) {
      say(row.id, "the list of ballots that count");
      if (const auto added = tally::add_counted(after); !added) return added.error();
    }
    if (after.state().phase() == Phase::pools && !after.state().complete()) {
      const auto results = tally::add_results(after, work_of(row.id));
      if (!results) return results.error();
    }
    return publish(row, box, after);
  }

  Status open_record(const EditionRow& row, const Box& box) {
    if (records_.contains(row.id)) return ok_status();
    std::error_code failure;
    fs::create_directories(place(row.id, "inbox"), failure);
    if (failure) return io_error("the edition's folder cannot be made", failure);
    if (Status finished = finish_exchange(row.id); !finished) return finished;
    const std::string folder = place(row.id, "record");
    Result<std::string> manifest = manifest_of(row.id);
    if (!manifest) return std::move(manifest).error();
    say(row.id, "the record is opened");
    if (const auto begun = tally::begin_record(folder, *manifest, box.key); !begun)
      return begun.error();
    Result<RecordWriter> record = tally::open_record(folder, box.key);
    if (!record) return std::move(record).error();
    show(row.id, *record);
    records_.emplace(row.id, *std::move(record));
    return ok_status();
  }

  Result<std::string> manifest_of(const std::string& edition) {
    std::string bytes;
    const Status done = office_.store.transact([&](DeskTransaction& transaction) -> Status {
      Result<std::optional<std::string>> file = transaction.file(edition, manifest_file);
      if (!file) return std::move(file).error();
      if (!*file) return no_such("manifest");
      bytes = **std::move(file);
      return ok_status();
    });
    if (!done) return done.error();
    return bytes;
  }

  // ---- Files that were handed in

  std::vector<std::string> inbox(std::string_view edition) const {
    std::vector<std::string> names;
    std::error_code failure;
    for (fs::directory_iterator it(place(edition, "inbox"), failure), end; !failure && it != end;
         it.increment(failure)) {
      std::string name = it->path().filename().string();
      if (is_handed_in_name(name)) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    return names;
  }

  std::vector<HandedIn> read_fates(std::string_view edition) const {
    constexpr std::size_t fates_bytes_max = std::size_t{4} << 20U;
    const Result<std::string> bytes = read_file(place(edition, "fates.json"), fates_bytes_max);
    std::vector<HandedIn> list;
    if (!bytes) return list;
    json::error_code failure;
    const json::value value = json::parse(*bytes, failure);
    if (failure || !value.is_array()) return list;
    for (const json::value& item : value.get_array()) {
      const auto text = [&](std::string_view name) {
        const json::value* member =
            item.is_object() ? item.get_object().if_contains(name) : nullptr;
        return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                        : std::string();
      };
      list.push_back({text("name"), text("fate"), text("what"), text("reason")});
    }
    return list;
  }

  // Adds what has become of files, and removes those that need not be looked at again.
  Status settle(const std::string& edition, const std::vector<HandedIn>& fates,
                const std::vector<std::string>& finished) {
    if (fates.empty() && finished.empty()) return ok_status();
    const std::scoped_lock lock(inbox_mutex_);
    std::vector<HandedIn> all = read_fates(edition);
    for (const HandedIn& fate : fates) {
      std::erase_if(all, [&](const HandedIn& one) { return one.name == fate.name; });
      all.push_back(fate);
    }
    if (all.size() > fates_max)
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(fates_max));
    json::array list;
    for (const HandedIn& one : all) {
      list.push_back(json::object{
          {"name", one.name}, {"fate", one.fate}, {"what", one.what}, {"reason", one.reason}});
    }
    if (Status written = write_file_atomically(place(edition, "fates.json"), json::serialize(list));
        !written) {
      return written;
    }
    for (const std::string& name : finished) {
      std::error_code failure;
      fs::remove(place(edition, "inbox/" + name), failure);
      if (failure) return io_error("a file that was handed in cannot be removed", failure);
    }
    return ok_status();
  }

  Status take_inbox(const std::string& edition, RecordWriter& record) {
    std::vector<std::string> names;
    {
      const std::scoped_lock lock(inbox_mutex_);
      names = inbox(edition);
    }
    if (names.empty()) return ok_status();
    std::vector<HandedIn> fates;
    std::vector<std::string> finished;
    std::vector<std::string> entries;
    const auto tell = [&](const std::string& name, const char* fate, std::string what,
                          const Status& done) {
      fates.push_back({name, fate, std::move(what),
                       done ? std::string() : done.error().message + "; " + done.error().remedy});
      if (fates.back().fate != "waiting") finished.push_back(name);
    };
    for (const std::string& name : names) {
      const std::string path = place(edition, "inbox/" + name);
      if (name.ends_with(".checkpoint")) {
        const Result<std::string> note = read_file(path, board::max_note_bytes);
        const auto taken = note ? tally::take_cosignatures(place(edition, "record"), *note)
                                : Result<std::uint64_t>(note.error());
        tell(name, taken ? "added" : "refused", "cosignatures of a witness",
             taken ? ok_status() : Status(taken.error()));
      } else if (name.ends_with(".entry")) {
        const Result<std::string> bytes = read_file(path, election::entry_bytes_max);
        Result<election::Entry> entry =
            bytes ? election::decode_entry(*bytes) : Result<election::Entry>(bytes.error());
        if (!entry) {
          tell(name, "refused", "file", entry.error());
        } else if (is_handled_here(*entry)) {
          if (Status done = take_registrar_entry(edition, record, name, *bytes, *entry, tell);
              !done)
            return done;
        } else if (has_companion(*entry) &&
                   std::ranges::find(names, companion(name)) == names.end()) {
          tell(name, "waiting", "entry of a trustee",
               Error{ErrorCode::not_found,
                     "its file " + companion(name) + " is missing",
                     {},
                     "hand that in too"});
        } else {
          entries.push_back(path);
        }
      }
    }
    if (!entries.empty()) {
      say(edition, "files that were handed in are checked");
      const auto given = tally::add_files(record, entries, work_of(edition));
      if (!given) return given.error();
      for (const tally::FileFate& fate : *given) {
        const std::string name = fs::path(fate.path).filename().string();
        std::string reason = fate.reason;
        if (fate.error) reason = fate.error->message + "; " + fate.error->remedy;
        fates.push_back({name, std::string(to_string(fate.fate)), fate.what, std::move(reason)});
        if (fate.fate == tally::Fate::waiting) continue;
        finished.push_back(name);
        if (std::ranges::find(names, companion(name)) != names.end())
          finished.push_back(companion(name));
      }
    }
    // What the record has is durable by now; files that go only now are found to be known later.
    return settle(edition, fates, finished);
  }

  // The roll's entry comes with roll.cbor, the number of certificates alone.
  template <typename Tell>
  Status take_registrar_entry(const std::string& edition, RecordWriter& record,
                              const std::string& name, const std::string& bytes,
                              const election::Entry& entry, const Tell& tell) {
    const Phase phase = record.state().phase();
    const bool roll = std::holds_alternative<election::RollEntry>(entry);
    const char* const what = roll ? "the roll" : "the number of certificates";
    const Phase due = roll ? Phase::roll : Phase::issuance;
    if (phase > due) {
      tell(name, "known", what, ok_status());
      return ok_status();
    }
    if (phase < due) {
      tell(name, "waiting", what, Error{ErrorCode::conflict, "it is not its turn yet", {}, "wait"});
      return ok_status();
    }
    if (roll) {
      const Result<std::string> file =
          read_file(place(edition, "inbox/roll.cbor"), election::record_file_bytes_max);
      if (!file) {
        tell(name, "waiting", what,
             Error{ErrorCode::not_found, "roll.cbor is missing", {}, "hand it in too"});
        return ok_status();
      }
      if (Status given = record.provide_roll(*file); !given) {
        tell(name, "refused", what, given);
        return ok_status();
      }
    }
    if (Status added = record.add(bytes); !added) {
      tell(name, "refused", what, added);
      return ok_status();
    }
    if (Status published = record.commit(); !published) return published;
    tell(name, "added", what, ok_status());
    if (roll) {
      const std::scoped_lock lock(inbox_mutex_);
      std::error_code ignored;
      fs::remove(place(edition, "inbox/roll.cbor"), ignored);
    }
    return ok_status();
  }

  // ---- Opening and closing

  Status open_voting(const EditionRow& row, RecordWriter& record) {
    const Result<std::optional<ProposalView>> wanted = confirmed(office_, row.id, action_open);
    if (!wanted) return wanted.error();
    if (!*wanted) return ok_status();
    if (record.state().phase() == Phase::opening) {
      say(row.id, "the opening is recorded");
      const auto entries = signed_entries(office_, **wanted, record.state().manifest());
      if (!entries) return entries.error();
      if (Status added = record.add(entries->front()); !added) return added;
      if (Status published = record.commit(); !published) return published;
      show(row.id, record);
    }
    if (record.state().phase() < Phase::voting) return ok_status();
    // Also after a crash between the two: it is the newest checkpoint until the box has the record.
    if (Status kept = record.keep_checkpoint(); !kept) return kept;
    return mark(office_, **wanted, ProposalState::done);
  }

  Status tend_voting(const EditionRow& row, const Box& box) {
    Result<BallotBoxPort::View> view = box.port->view();
    if (!view) return std::move(view).error();
    RecordWriter& record = records_.at(row.id);
    if (!view->has_record || view->entries < record.state().size()) {
      say(row.id, "the record goes to the ballot box");
      if (Status pushed = box.port->push(place(row.id, "record")); !pushed) return pushed;
      view = box.port->view();
      if (!view) return std::move(view).error();
    }
    show(row.id, *view);
    if (view->has_record && view->edition != to_hex(record.state().edition().view())) {
      return Error{ErrorCode::conflict,
                   "the ballot box has the record of another edition",
                   {},
                   "see its configuration"};
    }
    const bool over = view->phase != "voting";
    if (Status done = change_voting(row, box, over); !done) return done;
    const Result<std::optional<ProposalView>> wanted = confirmed(office_, row.id, action_close);
    if (!wanted) return wanted.error();
    if (!*wanted && !over) return ok_status();
    if (!over) {
      say(row.id, "the closing goes to the ballot box");
      const auto entries = signed_entries(office_, **wanted, record.state().manifest());
      if (!entries) return entries.error();
      if (Status sent = box.port->submit(entries->front()); !sent) return sent;
    }
    if (Status pulled = exchange(row, box); !pulled) return pulled;
    if (*wanted) return mark(office_, **wanted, ProposalState::done);
    return ok_status();
  }

  // Extensions, and decisions about ballots while people vote. When it is over no extension is
  // taken any more; decisions then wait for the record.
  Status change_voting(const EditionRow& row, const Box& box, bool over) {
    const auto send = [&](const std::string& entry) -> Status {
      if (!over) return box.port->submit(entry);
      return Error{ErrorCode::conflict, "the voting is over", {}, ""};
    };
    Result<bool> changed = carry_out(row, action_extend, send);
    if (!changed) return std::move(changed).error();
    for (const std::string_view action : actions_about_ballots) {
      if (over) break;
      const Result<bool> done = carry_out(row, action, send);
      if (!done) return done.error();
      *changed = *changed || *done;
    }
    if (!*changed) return ok_status();
    const Result<BallotBoxPort::View> view = box.port->view();
    if (!view) return view.error();
    show(row.id, *view);
    return ok_status();
  }

  Status decide_in_record(const EditionRow& row, RecordWriter& record) {
    for (const std::string_view action : actions_about_ballots) {
      const Result<bool> changed = carry_out(row, action, [&](const std::string& entry) {
        // A crash may have come between the record and the note that it was done.
        const Result<bool> there = is_recorded_last(record, entry);
        if (!there) return Status(there.error());
        if (*there) return ok_status();
        if (Status added = record.add(entry); !added) return added;
        if (Status published = record.commit(); !published) return published;
        // Which ballots are frozen is to be seen no later than that it was carried out.
        show(row.id, record);
        return ok_status();
      });
      if (!changed) return changed.error();
    }
    return ok_status();
  }

  // Whether the entry is among the decisions about ballots at the end of the record.
  static Result<bool> is_recorded_last(const RecordWriter& record, const std::string& sought) {
    const Result<board::LogReader> log = board::LogReader::open(record.directory());
    if (!log) return log.error();
    for (std::uint64_t index = log->checkpoint().size; index > 0; --index) {
      const Result<std::string> bytes = log->entry(index - 1);
      if (!bytes) return bytes.error();
      if (*bytes == sought) return true;
      const Result<election::Entry> entry = election::decode_entry(*bytes);
      const bool decision = entry && (std::holds_alternative<election::Freeze>(*entry) ||
                                      std::holds_alternative<election::Annulment>(*entry) ||
                                      std::holds_alternative<election::Upholding>(*entry));
      if (!decision) return false;
    }
    return false;
  }

  // Records the entries of all confirmed proposals of the action; what the board does not take is
  // noted as refused. Whether there were any. Errors: those that another attempt may overcome.
  Result<bool> carry_out(const EditionRow& row, std::string_view action,
                         const std::function<Status(const std::string&)>& record) {
    bool any = false;
    while (true) {
      const Result<std::optional<ProposalView>> wanted = confirmed(office_, row.id, action);
      if (!wanted) return wanted.error();
      if (!*wanted) return any;
      any = true;
      say(row.id, action == action_extend ? "the extension is recorded"
                                          : "decisions about ballots are recorded");
      // What is kept is signed as a statement; there is nothing to record.
      const Result<std::vector<std::string>> entries =
          action == action_keep
              ? std::vector<std::string>()
              : signed_entries(office_, **wanted, records_.at(row.id).state().manifest());
      if (!entries) return entries.error();
      ProposalState state = ProposalState::done;
      for (const std::string& entry : *entries) {
        const Status done = record(entry);
        if (done) continue;
        if (done.error().code == ErrorCode::io) return done.error();
        state = ProposalState::refused;
        break;
      }
      if (Status marked = mark(office_, **wanted, state); !marked) return std::move(marked).error();
    }
  }

  // Puts the ballot box's record in the place of the own one, after it was read and checked.
  Status exchange(const EditionRow& row, const Box& box) {
    say(row.id, "the record comes from the ballot box");
    const std::string pulled = place(row.id, "pulled");
    std::error_code failure;
    fs::remove_all(pulled, failure);
    if (failure) return io_error("an unfinished download cannot be removed", failure);
    if (Status got = box.port->pull(pulled); !got) return got;
    say(row.id, "the ballots are verified");
    // Opened for the checks of every entry, proofs of ballots included; then closed again.
    Result<RecordWriter> record = tally::open_record(pulled, box.key);
    if (!record) return std::move(record).error();
    const election::BoardState& state = record->state();
    if (state.edition() != records_.at(row.id).state().edition() ||
        state.phase() < Phase::issuance) {
      return Error{ErrorCode::conflict,
                   "the ballot box does not show the closed record of this edition",
                   {},
                   "see its log"};
    }
    if (Status same = continues(place(row.id, "record"), pulled); !same) return same;
    {
      const Result<RecordWriter> closed = std::move(record);  // closes its files
    }
    records_.erase(row.id);
    if (Status marked = write_file_atomically(place(row.id, "pulled.whole"), ""); !marked)
      return marked;
    if (Status finished = finish_exchange(row.id); !finished) return finished;
    return open_record(row, box);
  }

  // Whether the entries of the first record begin the second one.
  static Status continues(const std::string& before, const std::string& after) {
    const Result<board::LogReader> one = board::LogReader::open(before);
    if (!one) return one.error();
    const Result<board::LogReader> other = board::LogReader::open(after);
    if (!other) return other.error();
    const std::uint64_t size = one->checkpoint().size;
    const Error changed{ErrorCode::conflict,
                        "the ballot box shows another past than was handed to it",
                        {},
                        "keep both records: they prove it"};
    if (other->checkpoint().size < size) return changed;
    for (std::uint64_t index = 0; index < size; ++index) {
      const Result<std::string> mine = one->entry(index);
      if (!mine) return mine.error();
      const Result<std::string> theirs = other->entry(index);
      if (!theirs) return theirs.error();
      if (*mine != *theirs) return changed;
    }
    return ok_status();
  }

  // From `pulled.whole` on the exchange is carried through, whatever happens between.
  Status finish_exchange(const std::string& edition) {
    std::error_code failure;
    if (!fs::exists(place(edition, "pulled.whole"), failure)) return ok_status();
    if (fs::exists(place(edition, "pulled"), failure)) {
      if (fs::exists(place(edition, "record"), failure))
        fs::rename(place(edition, "record"), place(edition, "opened"), failure);
      if (!failure) fs::rename(place(edition, "pulled"), place(edition, "record"), failure);
      if (failure) return io_error("the record cannot be put in its place", failure);
    }
    fs::remove(place(edition, "pulled.whole"), failure);
    if (failure) return io_error("a mark cannot be removed", failure);
    return ok_status();
  }

  // ---- Publishing and announcing

  // The box is given what the record has beyond it: everything but results, which wait for two
  // officials to announce them.
  Status publish(const EditionRow& row, const Box& box, RecordWriter& record) {
    const election::BoardState& state = record.state();
    if (state.phase() < Phase::issuance) return ok_status();
    const Result<std::optional<ProposalView>> wanted = confirmed(office_, row.id, action_announce);
    if (!wanted) return wanted.error();
    const bool announced = wanted->has_value() || row.announced != 0;
    bool results = false;
    for (std::size_t p = 0; p < state.manifest().pools.size(); ++p)
      results = results || state.progress({static_cast<std::uint16_t>(p)}).result.has_value();
    if (results && !announced) return ok_status();
    Result<BallotBoxPort::View> view = box.port->view();
    if (!view) return std::move(view).error();
    if (view->entries < state.size()) {
      say(row.id, "the record goes to the ballot box");
      if (Status pushed = box.port->push(place(row.id, "record")); !pushed) return pushed;
      view = box.port->view();
      if (!view) return std::move(view).error();
    }
    show(row.id, *view);
    if (!*wanted || !state.complete()) return ok_status();
    const Status noted = office_.store.transact([&](DeskTransaction& transaction) -> Status {
      Result<std::optional<EditionRow>> now = transaction.edition(row.id);
      if (!now) return std::move(now).error();
      if (!*now) return no_such("edition");
      (*now)->announced = office_.clock();
      return transaction.put_edition(**now);
    });
    if (!noted) return noted;
    return mark(office_, **wanted, ProposalState::done);
  }

  // ---- Looking

  Snapshot look_at(const RecordWriter& record) const {
    const election::BoardState& state = record.state();
    Snapshot now;
    now.manifest = std::make_shared<const election::Manifest>(state.manifest());
    now.edition = state.edition();
    now.phase = state.phase();
    now.entries = state.size();
    now.ballots = state.ballots();
    if (state.phase() >= Phase::roll) now.joint_key = state.joint_key_bytes();
    now.opened = state.opening_time();
    now.closed = state.closing_time();
    now.certificates = state.certificates_issued();
    now.complete = state.complete();
    now.frozen.assign(state.frozen().begin(), state.frozen().end());
    if (const Result<board::LogReader> log = board::LogReader::open(record.directory())) {
      now.root = log->checkpoint().root;
      const std::vector<board::WitnessKey> witnesses = tally::witness_keys(state.manifest());
      now.cosigned =
          board::verify_checkpoint(log->checkpoint_note(), tally::board_key(state.manifest()),
                                   witnesses, state.manifest().board.cosignatures)
              .ok();
      if (state.phase() == Phase::opening) {
        // The roll's entry is the last one.
        if (const Result<std::string> entry = log->entry(state.size() - 1))
          now.roll = election::entry_hash(*entry);
      }
    }
    for (std::size_t p = 0; p < state.manifest().pools.size(); ++p) {
      const PoolNumber pool{static_cast<std::uint16_t>(p)};
      const election::PoolProgress& progress = state.progress(pool);
      PoolSnapshot one;
      if (state.phase() == Phase::pools) one.counted = state.counted_ballots_of(pool);
      one.withheld = progress.withheld;
      for (const election::Mix& mix : progress.mixes) one.mixed.push_back(mix.trustee);
      for (const election::Decryption& shares : progress.decryptions)
        one.decrypted.push_back(shares.trustee);
      one.result = progress.result;
      now.pools.push_back(std::move(one));
    }
    return now;
  }

  const Office& office_;
  const Setting& setting_;
  const std::string folder_;
  const unsigned threads_;

  std::map<std::string, RecordWriter> records_;  // of the thread alone

  mutable std::mutex inbox_mutex_;  // of files in inboxes, and of fates.json

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable woken_;
  std::set<std::string, std::less<>> due_;
  std::map<std::string, Seen, std::less<>> seen_;
  bool stopping_ = false;
  std::thread thread_;
};

Works::Works(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Works::~Works() = default;

Result<std::unique_ptr<Works>> Works::start(const Office& office, const Setting& setting,
                                            std::string folder, unsigned threads) {
  if (Status made = make_private_folder(folder); !made) return std::move(made).error();
  auto machine = std::make_unique<Machine>(office, setting, std::move(folder), threads);
  machine->start();
  return std::unique_ptr<Works>(new Works(std::move(machine)));  // NOLINT: private constructor
}

void Works::wake(std::string_view edition) { machine_->wake(edition); }
std::shared_ptr<const Snapshot> Works::snapshot(std::string_view edition) const {
  return machine_->snapshot(edition);
}
WorkView Works::work(std::string_view edition) const { return machine_->work(edition); }
Status Works::hand_in(const Official& actor, std::string_view edition, std::string_view name,
                      std::string_view bytes) {
  return machine_->hand_in(actor, edition, name, bytes);
}
std::vector<HandedIn> Works::handed_in(std::string_view edition) const {
  return machine_->handed_in(edition);
}
Result<std::vector<BallotOnBoard>> Works::find_ballots(const EditionRow& edition,
                                                       const std::vector<std::uint64_t>& indices,
                                                       std::size_t most) const {
  return machine_->find_ballots(edition, indices, most);
}
election::VotingTerm Works::term(std::string_view edition) const { return machine_->term(edition); }
Status Works::end_annulments(const Official& actor, std::string_view edition) {
  return machine_->end_annulments(actor, edition);
}
std::string Works::record_folder(std::string_view edition) const {
  return machine_->place(edition, "record");
}

}  // namespace urna::desk
