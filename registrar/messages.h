// SPDX-License-Identifier: EUPL-1.2
// Messages to people: queued sealed, sent later, tried again while the gateway is down.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "election/types.h"
#include "protection/words.h"
#include "registrar/office.h"

namespace urna::registrar {

enum class Channel : std::uint8_t { sms, email };

enum class MessageKind : std::uint8_t {
  nothing,  // in the place of a message to somebody who is not there
  code,
  vote_recorded,
  locked,  // somebody tried to pass for the person
  complaint_opened,
  question,  // whether a vote was theirs (cases.h)
};

struct Message {
  MessageKind kind = MessageKind::nothing;
  Channel channel = Channel::sms;   // of a code
  std::string contact;              // of a code; others go to the register's contact
  std::optional<PersonRef> person;  // of all but codes
  std::string code;                 // or the number of a complaint or case
  std::uint64_t until = 0;          // of a question: when it is too late (Unix seconds)
  std::vector<election::PoolNumber> pools;
  protection::Language language = protection::Language::pl;
};

// Queues a message until it is sent or expires (Unix seconds). All take the same room, so that the
// queue does not say which people are there.
[[nodiscard]] Status queue_message(RegistrarTransaction& transaction, const Office& office,
                                   const Message& message, std::uint64_t expires);

// What goes to a gateway. The receiver keeps nothing of it.
struct OutgoingMessage {
  std::string key;  // the same for every try of one message: 32 hexadecimal digits
  Channel channel = Channel::sms;
  std::string contact;  // "+48…" or an e-mail address
  std::string subject;  // of an e-mail
  std::string text;
};
// Ok if the gateway took the message. An error: try again later.
using SendMessage = std::function<Status(const OutgoingMessage&)>;

struct DeliveryReport {
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;       // to be tried again
  std::uint64_t unreachable = 0;  // the register has no contact: nothing can be sent
  std::uint64_t given_up = 0;     // expired, damaged, or not to be disclosed
};

// Sends what is due, at most `count` messages; meant to be called every second or so, by one or
// several processes. A message is sent at least once: twice if the process is killed between the
// gateway's answer and the note of it. Between two tries 10, 20, 40 … seconds pass, at most an
// hour. `pool_titles` are named in notices of votes.
[[nodiscard]] Result<DeliveryReport> deliver_messages(const Office& office,
                                                      std::span<const std::string> pool_titles,
                                                      const SendMessage& send, std::size_t count);

// ---- Notices of recorded votes

struct RecordedVote {
  std::string sealed_reference;  // of the notice ticket
  std::vector<election::PoolNumber> pools;
};
struct NoticeReport {
  std::uint64_t queued = 0;
  std::uint64_t refused = 0;  // references that do not open, or that are nobody's any more
};
// Queues a notice for each vote. The ballot box sends votes in batches, later than they were cast
// and in random order; the same batch again queues nothing.
[[nodiscard]] Result<NoticeReport> take_recorded_votes(const Office& office, const RandomId& batch,
                                                       std::span<const RecordedVote> votes);
inline constexpr std::size_t recorded_votes_max = 4096;

// The reference in a ticket, sealed for this edition.
[[nodiscard]] std::string seal_reference(const Office& office, const PersonRef& person);

}  // namespace urna::registrar
