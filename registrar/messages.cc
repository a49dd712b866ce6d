// SPDX-License-Identifier: EUPL-1.2
#include "registrar/messages.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#include "base/bytes.h"
#include "base/cbor.h"
#include "protection/disclosure.h"
#include "registrar/counters.h"
#include "registrar/hearings.h"
#include "registrar/uses.h"

namespace urna::registrar {
namespace {

using protection::Language;
using protection::Words;

// A code, a contact and as many pools as an edition has fit in; a longer list is cut in the notice.
constexpr std::size_t message_bytes = 640;
constexpr std::size_t pools_told_max = 64;
constexpr std::uint64_t claim_seconds = 120;
constexpr std::string_view outbox_context = "outbox";

std::string encode(const Message& message) {
  CborWriter out;
  out.map(8);
  out.key(0);
  out.unsigned_integer(static_cast<std::uint64_t>(message.kind));
  out.key(1);
  out.unsigned_integer(static_cast<std::uint64_t>(message.channel));
  out.key(2);
  out.text(message.contact);
  out.key(3);
  if (message.person) {
    out.bytes(message.person->view());
  } else {
    out.null();
  }
  out.key(4);
  out.text(message.code);
  out.key(5);
  const std::size_t pools = std::min(message.pools.size(), pools_told_max);
  out.array(pools);
  for (std::size_t i = 0; i < pools; ++i) out.unsigned_integer(message.pools[i].value);
  out.key(6);
  out.unsigned_integer(static_cast<std::uint64_t>(message.language));
  out.key(7);
  out.unsigned_integer(message.until);
  std::string bytes = std::move(out).take();
  std::string padded;
  append_big_endian(padded, bytes.size(), 2);
  padded += bytes;
  if (padded.size() > message_bytes) stop_on_broken_precondition("queue_message: a short message");
  padded.resize(message_bytes, '\0');
  return padded;
}

Result<Message> decode_message(std::string_view padded) {
  const Error damaged{ErrorCode::malformed, "a damaged message", {}, ""};
  if (padded.size() != message_bytes) return damaged;
  const std::size_t size = big_endian(padded.substr(0, 2));
  if (size > message_bytes - 2) return damaged;
  CborReader in(padded.substr(2, size));
  Message message;
  in.map(8);
  in.key(0);
  message.kind = static_cast<MessageKind>(
      in.unsigned_integer(static_cast<std::uint64_t>(MessageKind::question)));
  in.key(1);
  message.channel = static_cast<Channel>(in.unsigned_integer(1));
  in.key(2);
  message.contact = std::string(in.text(message_bytes));
  in.key(3);
  if (in.next_is_null()) {
    in.null();
  } else {
    message.person = PersonRef{in.fixed_bytes<16>()};
  }
  in.key(4);
  message.code = std::string(in.text(64));
  in.key(5);
  message.pools.resize(in.array(pools_told_max));
  for (election::PoolNumber& pool : message.pools) {
    pool.value = static_cast<std::uint16_t>(in.unsigned_integer(election::pools_max));
  }
  in.key(6);
  message.language = static_cast<Language>(in.unsigned_integer(1));
  in.key(7);
  message.until = in.unsigned_integer(UINT32_MAX);
  if (Status end = in.finish(); !end) return damaged;
  return message;
}

constexpr Words subject_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::code:
      return {"Kod do głosowania", "Your voting code"};
    case MessageKind::vote_recorded:
      return {"Zapisano głos w Twoim imieniu", "A vote was recorded in your name"};
    case MessageKind::locked:
      return {"Ktoś podaje się za Ciebie", "Somebody tries to pass for you"};
    case MessageKind::complaint_opened:
      return {"Przyjęto zgłoszenie", "Your complaint is registered"};
    case MessageKind::question:
      return {"Pytanie o Twój głos", "A question about your vote"};
    case MessageKind::nothing:
      break;
  }
  return {"", ""};
}

std::string text_of(const Message& message, std::span<const std::string> pool_titles) {
  const bool polish = message.language == Language::pl;
  switch (message.kind) {
    case MessageKind::code:
      return fmt::format(
          fmt::runtime(polish ? "Budżet obywatelski: Twój kod to {}. Nikomu go nie podawaj. Jeśli "
                                "nie głosujesz, nie rób nic."
                              : "Participatory budget: your code is {}. Give it to nobody. If you "
                                "are not voting, do nothing."),
          message.code);
    case MessageKind::vote_recorded: {
      std::string pools;
      for (const election::PoolNumber pool : message.pools) {
        if (pool.value >= pool_titles.size()) continue;
        pools += (pools.empty() ? "" : ", ") + pool_titles[pool.value];
      }
      return fmt::format(
          fmt::runtime(polish ? "Budżet obywatelski: zapisano głos w Twoim imieniu ({}). Jeśli to "
                                "nie Ty, zagłosuj ponownie w punkcie obsługi albo zgłoś sprawę "
                                "w urzędzie: tamten głos nie będzie liczony."
                              : "Participatory budget: a vote was recorded in your name ({}). If "
                                "it was not you, vote again at an official point or tell the city "
                                "hall: that vote will not be counted."),
          pools);
    }
    case MessageKind::locked:
      return polish ? "Budżet obywatelski: ktoś wielokrotnie próbował podać się za Ciebie. "
                      "Głosowanie przez internet w Twoim imieniu jest na dobę zablokowane. Możesz "
                      "głosować z profilem zaufanym albo w punkcie obsługi."
                    : "Participatory budget: somebody tried several times to pass for you. Voting "
                      "online in your name is locked for a day. You can vote with an electronic "
                      "identity or at an official point.";
    case MessageKind::complaint_opened:
      return fmt::format(
          fmt::runtime(polish
                           ? "Budżet obywatelski: przyjęto zgłoszenie {} w Twojej sprawie. "
                             "Zachowaj numer. Jeśli to nie Ty zgłaszasz, powiedz o tym "
                             "w urzędzie."
                           : "Participatory budget: complaint {} about your vote was registered. "
                             "Keep the number. If it was not you who complained, tell the city "
                             "hall."),
          message.code);
    case MessageKind::question:
      return fmt::format(
          fmt::runtime(
              polish ? "Budżet obywatelski: pytanie o Twój głos, sprawa {}. Czy to Twój głos? "
                       "Odpowiedz przed {} na stronie głosowania („Czy użyto mojej "
                       "tożsamości?”) albo w punkcie obsługi. O kod ani dane nie prosimy "
                       "w wiadomościach."
                     : "Participatory budget: a question about your vote, case {}. Was it "
                       "yours? Answer before {} on the voting pages (\"Was my identity "
                       "used?\") or at an official point. We ask for no code or data in "
                       "messages."),
          message.code, to_iso_string(date_of(message.until)));
    case MessageKind::nothing:
      break;
  }
  return {};
}

enum class Outcome : std::uint8_t { ready, dropped, unreachable, given_up };

struct Prepared {
  OutboxRow row;
  MessageKind kind = MessageKind::nothing;
  std::optional<PersonRef> voter;  // whom a notice of a vote or a question about it is for
  std::string question;            // the number of the case that it is about
  Outcome outcome = Outcome::dropped;
  OutgoingMessage message;
};

// The addressee, from the register unless it is a code. Error: only the store's.
Result<Prepared> prepare(RegistrarTransaction& transaction, const Office& office, OutboxRow row,
                         std::span<const std::string> pool_titles) {
  Prepared prepared;
  prepared.row = std::move(row);
  prepared.outcome = Outcome::given_up;
  const std::uint64_t now = office.clock();
  const Result<std::string> plain =
      protection::open_sealed(office.keys.sealing, prepared.row.message, outbox_context);
  if (!plain) return prepared;
  const Result<Message> message = decode_message(*plain);
  if (!message) return prepared;
  prepared.kind = message->kind;
  const bool question = message->kind == MessageKind::question;
  if (question || message->kind == MessageKind::vote_recorded) prepared.voter = message->person;
  if (question) prepared.question = message->code;
  if (prepared.row.expires <= now) return prepared;
  prepared.outcome = Outcome::dropped;
  if (message->kind == MessageKind::nothing) return prepared;

  OutgoingMessage& out = prepared.message;
  out.key = to_hex(view_of(prepared.row.id));
  out.channel = message->channel;
  out.contact = message->contact;
  if (message->kind != MessageKind::code) {
    prepared.outcome = Outcome::unreachable;
    if (!message->person) return prepared;
    const Result<std::optional<PersonRow>> person = transaction.person(*message->person);
    if (!person) return person.error();
    if (!*person) return prepared;
    const Result<std::string> phone = open_field(office.keys, **person, PersonField::phone);
    const Result<std::string> email = open_field(office.keys, **person, PersonField::email);
    if (!phone || !email || (phone->empty() && email->empty())) return prepared;
    out.channel = phone->empty() ? Channel::email : Channel::sms;
    out.contact = phone->empty() ? *email : *phone;
    const Status noted = note_voter_access(
        transaction, office, "service", "notices", protection::AccessAction::disclose,
        {phone->empty() ? protection::Field::person_email : protection::Field::person_phone},
        message->person, protection::Purpose::notification);
    if (!noted) return noted.error();
  }
  const bool sms = out.channel == Channel::sms;
  const std::array field = {sms ? protection::Field::person_phone
                                : protection::Field::person_email};
  const Status allowed = protection::check_disclosure(
      field,
      message->kind == MessageKind::code ? protection::Purpose::identification
                                         : protection::Purpose::notification,
      sms ? protection::Recipient::sms_gateway : protection::Recipient::mail_service, date_of(now));
  prepared.outcome = allowed ? Outcome::ready : Outcome::given_up;
  out.subject = subject_of(message->kind).in(message->language);
  out.text = text_of(*message, pool_titles);
  return prepared;
}

NoticeWay way_of(const Prepared& prepared) {
  if (prepared.outcome != Outcome::ready) return NoticeWay::unreachable;
  return prepared.message.channel == Channel::sms ? NoticeWay::sms : NoticeWay::email;
}

// What became of notices of votes and of questions, into the records of those whom they were for:
// in ascending order of people, as others who lock several do.
Status settle_notices(RegistrarTransaction& transaction, const Office& office,
                      std::vector<const Prepared*> notices) {
  std::erase_if(notices, [](const Prepared* one) { return !one->voter; });
  std::ranges::stable_sort(notices, {}, [](const Prepared* one) { return *one->voter; });
  for (const Prepared* one : notices) {
    const Status settled =
        one->question.empty()
            ? settle_notice(transaction, office, *one->voter, way_of(*one))
            : settle_question(transaction, office, one->question, *one->voter, way_of(*one));
    if (!settled) return settled;
  }
  return ok_status();
}

std::string_view word_of_kind(MessageKind kind) {
  switch (kind) {
    case MessageKind::nothing:
      return "nothing";
    case MessageKind::code:
      return "code";
    case MessageKind::vote_recorded:
      return "vote-recorded";
    case MessageKind::locked:
      return "locked";
    case MessageKind::complaint_opened:
      return "complaint-opened";
    case MessageKind::question:
      return "question";
  }
  stop_on_broken_precondition("word_of_kind: a kind of message");
}

// Messages by kind and way, and how soon people were told of votes: a notice expires a fixed time
// after it was queued.
Status count_outcomes(RegistrarTransaction& transaction, const Office& office,
                      std::span<const Prepared* const> messages) {
  std::map<std::string, std::uint64_t, std::less<>> names;
  for (const Prepared* one : messages) {
    if (one->outcome == Outcome::dropped) continue;
    const std::string_view kind = word_of_kind(one->kind);
    if (one->outcome == Outcome::ready) {
      ++names[fmt::format("sent.{}.{}", kind,
                          one->message.channel == Channel::sms ? "sms" : "email")];
    } else {
      ++names[fmt::format("unsent.{}.{}", kind,
                          one->outcome == Outcome::unreachable ? "no-contact" : "expired")];
    }
    if (one->kind == MessageKind::vote_recorded && one->outcome == Outcome::ready) {
      const std::uint64_t now = office.clock();
      const std::uint64_t left = one->row.expires > now ? one->row.expires - now : 0;
      const std::uint64_t kept = office.policy.notice_seconds;
      ++names[std::string(told_within(kept > left ? kept - left : 0))];
    }
  }
  for (const auto& [name, times] : names) {
    if (Status counted = count(transaction, office, name, times); !counted) return counted;
  }
  return ok_status();
}

std::uint64_t pause_after(std::uint32_t attempts) {
  return std::min(message_pause_seconds_max, std::uint64_t{10} << std::min(attempts, 9U));
}

}  // namespace

Status queue_message(RegistrarTransaction& transaction, const Office& office,
                     const Message& message, std::uint64_t expires) {
  OutboxRow row;
  row.id = random_id();
  row.message = protection::seal(office.keys.sealing, encode(message), outbox_context);
  row.due = office.clock();
  row.expires = expires;
  return transaction.put_message(row);
}

Result<DeliveryReport> deliver_messages(const Office& office,
                                        std::span<const std::string> pool_titles,
                                        const SendMessage& send, std::size_t count) {
  // Claimed in one transaction, sent outside of any, noted in another: a slow gateway does not hold
  // the database.
  std::vector<Prepared> all;
  const Status claimed = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    all.clear();
    const std::uint64_t now = office.clock();
    Result<std::vector<OutboxRow>> due = transaction.due_messages(now, count);
    if (!due) return due.error();
    for (OutboxRow& row : due.value()) {
      Result<Prepared> prepared = prepare(transaction, office, std::move(row), pool_titles);
      if (!prepared) return prepared.error();
      if (prepared->outcome == Outcome::ready) {
        OutboxRow& claim = prepared.value().row;
        const std::uint32_t before = claim.attempts++;
        claim.due = now + std::max(claim_seconds, pause_after(before));
        if (Status put = transaction.put_message(claim); !put) return put;
      } else if (Status gone = transaction.remove_message(prepared->row.id); !gone) {
        return gone;
      }
      all.push_back(*std::move(prepared));
    }
    std::vector<const Prepared*> ended;
    for (const Prepared& one : all) {
      if (one.outcome != Outcome::ready) ended.push_back(&one);
    }
    if (Status settled = settle_notices(transaction, office, ended); !settled) return settled;
    return count_outcomes(transaction, office, ended);
  });
  if (!claimed) return claimed.error();

  DeliveryReport report;
  std::vector<const Prepared*> sent;
  std::vector<Prepared*> failed;
  for (Prepared& one : all) {
    switch (one.outcome) {
      case Outcome::dropped:
        break;
      case Outcome::unreachable:
        ++report.unreachable;
        break;
      case Outcome::given_up:
        ++report.given_up;
        break;
      case Outcome::ready:
        if (send(one.message)) {
          sent.push_back(&one);
        } else {
          failed.push_back(&one);
        }
    }
  }
  report.sent = sent.size();
  report.failed = failed.size();
  if (sent.empty() && failed.empty()) return report;
  const Status noted = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    for (const Prepared* one : sent) {
      if (Status gone = transaction.remove_message(one->row.id); !gone) return gone;
    }
    if (Status settled = settle_notices(transaction, office, sent); !settled) return settled;
    for (Prepared* one : failed) {
      one->row.due = office.clock() + pause_after(one->row.attempts - 1);
      if (Status put = transaction.put_message(one->row); !put) return put;
    }
    return count_outcomes(transaction, office, sent);
  });
  if (!noted) return noted.error();
  return report;
}

std::string seal_reference(const Office& office, const PersonRef& person) {
  return protection::seal(office.keys.tickets, person.view(), office.edition.view());
}

Result<NoticeReport> take_recorded_votes(const Office& office, const RandomId& batch,
                                         std::span<const RecordedVote> votes) {
  if (votes.size() > recorded_votes_max) {
    return Error{ErrorCode::limit, "too many votes in one batch", {}, "send fewer at once"};
  }
  NoticeReport report;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    report = {};
    const Result<bool> first = transaction.first_time(batch);
    if (!first) return first.error();
    if (!*first) return ok_status();
    std::vector<Message> messages;
    for (const RecordedVote& vote : votes) {
      const Result<std::string> reference = protection::open_sealed(
          office.keys.tickets, vote.sealed_reference, office.edition.view());
      if (!reference || reference->size() != 16) {
        ++report.refused;
        continue;
      }
      Message message;
      message.kind = MessageKind::vote_recorded;
      message.person = PersonRef{array_of<16>(*reference)};
      message.pools = vote.pools;
      messages.push_back(std::move(message));
    }
    // Records of several people are locked in ascending order, whoever does it.
    std::ranges::stable_sort(messages, {}, [](const Message& one) { return *one.person; });
    for (const Message& message : messages) {
      const Result<std::optional<PersonRow>> person = transaction.person(*message.person);
      if (!person) return person.error();
      if (!*person) {
        ++report.refused;
        continue;
      }
      const Status queued = queue_message(transaction, office, message,
                                          office.clock() + office.policy.notice_seconds);
      if (!queued) return queued;
      Use use;
      use.kind = UseKind::vote;
      use.hour = office.clock() / 3600;
      if (Status added = add_use(transaction, office, *message.person, use); !added) return added;
      ++report.queued;
    }
    return ok_status();
  });
  if (!done) return done.error();
  return report;
}

}  // namespace urna::registrar
