// SPDX-License-Identifier: EUPL-1.2
#include "registrar/events.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "base/date.h"
#include "registrar/messages.h"
#include "registrar/plain_text.h"

namespace urna::registrar {
namespace {

using integrity::Event;
using integrity::Token;
using protection::Field;

constexpr std::size_t event_bytes = 160;
constexpr std::size_t events_page = 10'000;

// What lies in a row: an event, with its person if somebody was certified; or that a person said of
// what was done until then that it was not theirs.
struct Row {
  Event event;
  std::optional<PersonRef> person;
  bool disowns = false;
};

std::string context_of(const RandomId& id) {
  return "signal_event.record\n" + std::string(view_of(id));
}

void put_token(CborWriter& out, const std::optional<Token>& token) {
  if (token) {
    out.bytes(view_of(token->octets));
  } else {
    out.null();
  }
}
std::optional<Token> take_token(CborReader& in) {
  if (in.next_is_null()) {
    in.null();
    return std::nullopt;
  }
  return Token{in.fixed_bytes<16>()};
}

std::string encode(const Row& row) {
  const Event& event = row.event;
  CborWriter out;
  out.array(12);
  out.unsigned_integer(event.minute);
  out.unsigned_integer(static_cast<std::uint64_t>(event.outcome));
  out.unsigned_integer(static_cast<std::uint64_t>(event.means));
  put_token(out, event.contact);
  put_token(out, event.network);
  put_token(out, event.point);
  put_token(out, event.guardian);
  out.boolean(event.sharing == integrity::Sharing::named);
  // Nothing, or one more than the age.
  out.unsigned_integer(event.age ? std::uint64_t{*event.age} + 1 : 0);
  out.unsigned_integer(event.initial);
  if (row.person) {
    out.bytes(row.person->view());
  } else {
    out.null();
  }
  out.boolean(row.disowns);
  const std::string bytes = std::move(out).take();
  std::string padded;
  append_big_endian(padded, bytes.size(), 2);
  padded += bytes;
  if (padded.size() > event_bytes) stop_on_broken_precondition("encode: an event's size");
  padded.resize(event_bytes, '\0');
  return padded;
}

Result<Row> decode_row(std::string_view padded) {
  const Error damaged{ErrorCode::io,
                      "an event is damaged",
                      {.field = "signal_event.record"},
                      "restore it from a backup"};
  if (padded.size() != event_bytes) return damaged;
  const std::size_t size = big_endian(padded.substr(0, 2));
  if (size > event_bytes - 2) return damaged;
  CborReader in(padded.substr(2, size));
  Row row;
  Event& event = row.event;
  in.array_exactly(12);
  event.minute = in.unsigned_integer(UINT32_MAX);
  event.outcome = static_cast<integrity::Outcome>(
      in.unsigned_integer(static_cast<std::uint64_t>(integrity::Outcome::unconfirmed)));
  event.means = static_cast<integrity::Means>(
      in.unsigned_integer(static_cast<std::uint64_t>(integrity::Means::point)));
  event.contact = take_token(in);
  event.network = take_token(in);
  event.point = take_token(in);
  event.guardian = take_token(in);
  event.sharing = in.boolean() ? integrity::Sharing::named : integrity::Sharing::unknown;
  const std::uint64_t age = in.unsigned_integer(integrity::age_years_max + 1);
  if (age > 0) event.age = static_cast<std::uint8_t>(age - 1);
  event.initial = static_cast<std::uint8_t>(in.unsigned_integer(integrity::initials));
  if (in.next_is_null()) {
    in.null();
  } else {
    row.person = PersonRef{in.fixed_bytes<16>()};
  }
  row.disowns = in.boolean();
  if (Status end = in.finish(); !end) return damaged;
  return row;
}

Result<Row> open_row(const Office& office, const SignalEventRow& row) {
  const Result<std::string> padded =
      protection::open_sealed(office.keys.sealing, row.record, context_of(row.id));
  return decode_row(padded ? *padded : std::string());
}

// The key of the day's tokens: drawn by the first who needs it.
Result<protection::SecretKey> key_of_today(RegistrarTransaction& transaction,
                                           const Office& office) {
  const std::uint64_t day = office.clock() / seconds_of_day;
  const std::string context = "signal_key\n" + std::to_string(day);
  const std::string fresh =
      protection::seal(office.keys.sealing, protection::random_bytes(32), context);
  const Result<std::string> sealed = transaction.signal_key(day, fresh);
  if (!sealed) return sealed.error();
  Result<std::string> bytes = protection::open_sealed(office.keys.sealing, *sealed, context);
  if (!bytes || bytes->size() != 32) {
    return Error{ErrorCode::io, "the key of the day's tokens is damaged", {.field = "state"}, ""};
  }
  const auto octets = array_of<32>(*bytes);
  return protection::SecretKey::of(octets);
}

class Tokens {
 public:
  explicit Tokens(protection::SecretKey key) : key_(std::move(key)) {}
  [[nodiscard]] std::optional<Token> of(std::string_view kind, std::string_view value) const {
    if (value.empty()) return std::nullopt;
    const KeyedHash hash =
        protection::keyed_hash(key_, std::string(kind) + "\n" + std::string(value));
    return Token{array_of<16>(view_of(hash).substr(0, 16))};
  }

 private:
  protection::SecretKey key_;
};

Status put(RegistrarTransaction& transaction, const Office& office, const Row& row) {
  const RandomId id = random_id();
  return transaction.put_signal_event(
      id, protection::seal(office.keys.sealing, encode(row), context_of(id)),
      event_expiry(office.clock()));
}

Event event_now(const Office& office, const Circumstances& where, const Tokens& tokens) {
  Event event;
  event.minute = office.clock() / 60;
  event.network = tokens.of("network", where.network);
  event.sharing = where.named ? integrity::Sharing::named : integrity::Sharing::unknown;
  return event;
}

integrity::Means means_of(Factor factor) {
  switch (factor) {
    case Factor::none:
    case Factor::sms:
    case Factor::email:
      return integrity::Means::contact_on_register;
    case Factor::sms_given:
    case Factor::email_given:
      return integrity::Means::contact_given;
    case Factor::letter:
      return integrity::Means::letter;
    case Factor::electronic_identity:
      return integrity::Means::electronic_identity;
    case Factor::point:
      return integrity::Means::point;
  }
  stop_on_broken_precondition("means_of: a factor");
}

// The number of a surname's first letter among the 32 of the alphabet; q, v and x stand by their
// neighbours; 0 for what is no letter.
std::uint8_t initial_of(std::string_view name) {
  static constexpr std::array<std::string_view, integrity::initials> letters = {
      "a", "ą", "b", "c", "ć", "d", "e", "ę", "f", "g", "h", "i", "j", "k", "l", "ł",
      "m", "n", "ń", "o", "ó", "p", "r", "s", "ś", "t", "u", "w", "y", "z", "ź", "ż"};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> others = {
      {{"q", "p"}, {"v", "u"}, {"x", "w"}}};
  for (const auto& [letter, neighbour] : others) {
    if (name.starts_with(letter)) name = neighbour;
  }
  for (std::size_t i = letters.size(); i > 0; --i) {
    if (name.starts_with(letters[i - 1])) return static_cast<std::uint8_t>(i);
  }
  return 0;
}

// Which events their people disowned, gathered while rows come in no order.
class Disowning {
 public:
  // A row of a person, and the place of its event if it is one.
  void add(std::size_t place, const Row& row) {
    Person& person = people_[*row.person];
    if (row.disowns) {
      person.disowned_until = std::max(person.disowned_until, row.event.minute);
    } else {
      person.events.push_back({place, row.event.minute, level_of(row.event.means)});
    }
  }

  void mark(std::vector<LocatedEvent>& events) const {
    for (const auto& [reference, person] : people_) {
      for (const One& one : person.events) {
        const auto outranks = [&](const One& other) {
          return other.level > one.level && other.minute >= one.minute;
        };
        const auto outranked = [&](const One& other) {
          return other.level < one.level && other.minute <= one.minute;
        };
        // A person who took a vote back and complains as well does not mean the second vote.
        const bool complained =
            one.minute <= person.disowned_until && std::ranges::none_of(person.events, outranked);
        events[one.place].event.disowned =
            complained || std::ranges::any_of(person.events, outranks);
      }
    }
  }

 private:
  struct One {
    std::size_t place = 0;
    std::uint64_t minute = 0;
    std::uint8_t level = 0;
  };
  struct Person {
    std::vector<One> events;
    std::uint64_t disowned_until = 0;
  };
  std::map<PersonRef, Person> people_;
};

}  // namespace

std::uint64_t event_expiry(std::uint64_t now) {
  return (now / seconds_of_day + 2) * seconds_of_day;
}

Status note_attempt(RegistrarTransaction& transaction, const Office& office,
                    const Circumstances& where, bool somebody) {
  if (!office.policy.signal_events) return ok_status();
  Result<protection::SecretKey> key = key_of_today(transaction, office);
  if (!key) return key.error();
  Event event = event_now(office, where, Tokens(*std::move(key)));
  event.outcome = somebody ? integrity::Outcome::unconfirmed : integrity::Outcome::refused;
  return put(transaction, office, {event, std::nullopt});
}

Status note_certified(RegistrarTransaction& transaction, const Office& office,
                      const Circumstances& where, const OpenSession& session,
                      const PersonRow& person, const Date& birth) {
  if (!office.policy.signal_events) return ok_status();
  Result<protection::SecretKey> key = key_of_today(transaction, office);
  if (!key) return key.error();
  const Tokens tokens(*std::move(key));
  Event event = event_now(office, where, tokens);
  event.outcome = integrity::Outcome::certified;
  event.means = means_of(session.row.factor);
  event.point = tokens.of("point", session.account);
  if (event.point) {
    // The network is that of the point, which says what it has in common with others; as a network
    // of many people it would be a signal of its own.
    event.network.reset();
    event.sharing = integrity::Sharing::unknown;
  }
  const int age = age_on(birth, date_of(office.clock()));
  event.age =
      static_cast<std::uint8_t>(std::clamp(age, 0, static_cast<int>(integrity::age_years_max)));
  const Result<std::string> name = open_field(office.keys, person, PersonField::name);
  if (!name) return name.error();
  const Result<std::string> surname =
      folded(std::string_view(*name).substr(name->find_last_of(' ') + 1));
  if (surname) event.initial = initial_of(*surname);
  const Factor factor = session.row.factor;
  if (session.row.contact) {
    event.contact = tokens.of("contact", view_of(*session.row.contact));
  } else if (factor == Factor::sms || factor == Factor::email) {
    const bool sms = factor == Factor::sms;
    const Result<std::string> contact =
        open_field(office.keys, person, sms ? PersonField::phone : PersonField::email);
    if (!contact) return contact.error();
    // The same token for a number of the register and one that was given.
    const Result<std::string> mailbox = sms ? *contact : mailbox_of(*contact);
    if (mailbox) {
      event.contact = tokens.of(
          "contact", view_of(contact_key(office, sms ? Channel::sms : Channel::email, *mailbox)));
    }
  }
  if (session.row.by_guardian) {
    const Result<std::optional<KeyedHash>> guardian = transaction.guardian_of(person.reference);
    if (!guardian) return guardian.error();
    if (*guardian) event.guardian = tokens.of("guardian", view_of(**guardian));
  }
  return put(transaction, office, {event, person.reference});
}

Status note_disowned(RegistrarTransaction& transaction, const Office& office,
                     const PersonRef& person) {
  if (!office.policy.signal_events) return ok_status();
  Row row;
  row.event.minute = office.clock() / 60;
  row.person = person;
  row.disowns = true;
  return put(transaction, office, row);
}

std::uint8_t level_of(integrity::Means means) {
  switch (means) {
    case integrity::Means::contact_given:
    case integrity::Means::contact_on_register:
    case integrity::Means::letter:
      return 2;
    case integrity::Means::electronic_identity:
      return 3;
    case integrity::Means::point:
      return 4;
  }
  stop_on_broken_precondition("level_of: a means");
}

Result<std::vector<LocatedEvent>> read_events(const Office& office, std::string role,
                                              std::string actor) {
  std::vector<LocatedEvent> events;
  Disowning disowning;
  std::optional<RandomId> last;
  for (bool more = true; more;) {
    std::vector<SignalEventRow> rows;
    const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
      Result<std::vector<SignalEventRow>> found =
          transaction.signal_events_after(last, events_page);
      if (!found) return std::move(found).error();
      rows = *std::move(found);
      if (rows.empty()) return ok_status();
      return note_access(transaction, office, role, actor, protection::AccessAction::read,
                         {Field::signal_event_record}, rows.size(), protection::Purpose::abuse);
    });
    if (!done) return done.error();
    for (const SignalEventRow& row : rows) {
      const Result<Row> opened = open_row(office, row);
      if (!opened) return opened.error();
      if (opened->person) disowning.add(events.size(), *opened);
      if (!opened->disowns) events.push_back({row.id, opened->event});
    }
    more = rows.size() == events_page;
    if (more) last = rows.back().id;
  }
  disowning.mark(events);
  return events;
}

Result<std::vector<std::optional<PersonRef>>> people_of_events(RegistrarTransaction& transaction,
                                                               const Office& office,
                                                               const std::string& role,
                                                               const std::string& actor,
                                                               std::span<const RandomId> rows) {
  std::vector<std::optional<PersonRef>> people;
  std::set<PersonRef> noted;
  for (const RandomId& id : rows) {
    const auto row = transaction.signal_event(id);
    if (!row) return row.error();
    std::optional<PersonRef>& person = people.emplace_back();
    if (!*row) continue;
    const Result<Row> opened = open_row(office, **row);
    if (!opened) return opened.error();
    person = opened->person;
    if (!person || !noted.insert(*person).second) continue;
    const Status written =
        note_access_to(transaction, office, role, actor, protection::AccessAction::read,
                       {Field::signal_event_record}, *person, protection::Purpose::abuse);
    if (!written) return written.error();
  }
  return people;
}

Result<std::uint64_t> list_events(const Office& office, const std::string& official,
                                  const std::function<Status(const Event&)>& tell) {
  const Result<std::vector<LocatedEvent>> events = read_events(office, "official", official);
  if (!events) return events.error();
  for (const LocatedEvent& one : *events) {
    if (Status said = tell(one.event); !said) return std::move(said).error();
  }
  return events->size();
}

}  // namespace urna::registrar
