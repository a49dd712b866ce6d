// SPDX-License-Identifier: EUPL-1.2
// What signals are computed from (docs/signals.md), kept until the end of the day after.
//
// An event has a minute, an age, the first letter of a surname and tokens. It lies sealed under a
// random number, so that rows have no order; but whoever has the registrar's keys can open it, and
// could compare minutes with the board. Therefore it is gone after two days, and what is worth
// keeping of it is the signal. Tokens are under a key that is drawn each day and deleted with the
// day's events.
//
// Beside the event lies whose it was, if somebody was certified: a cluster that leads to nobody
// would help none of its victims. Only people_of_events() tells it, for the events of a case that
// is being opened, and notes each person in the access log; integrity::Event has no place for it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "integrity/event.h"
#include "registrar/office.h"
#include "registrar/sessions.h"

namespace urna::registrar {

// An event lives until the end of the day after its own.
[[nodiscard]] std::uint64_t event_expiry(std::uint64_t now);

// Somebody gave data: those of a person, or of nobody. One event of one size either way.
[[nodiscard]] Status note_attempt(RegistrarTransaction& transaction, const Office& office,
                                  const Circumstances& where, bool somebody);

// Somebody is certified in this session; `birth` is theirs.
[[nodiscard]] Status note_certified(RegistrarTransaction& transaction, const Office& office,
                                    const Circumstances& where, const OpenSession& session,
                                    const PersonRow& person, const Date& birth);

// The person says that what was done in their name until now was not theirs.
[[nodiscard]] Status note_disowned(RegistrarTransaction& transaction, const Office& office,
                                   const PersonRef& person);

// An event with its row.
struct LocatedEvent {
  RandomId row{};
  integrity::Event event;
};
// All events that are there, in no order; logged as read. An event is `disowned` if its person has
// said so later, or was certified again by a means of a higher level: nothing else of who it was is
// told. O(n), which a test holds at some microseconds an event. Error: io (a row is damaged).
[[nodiscard]] Result<std::vector<LocatedEvent>> read_events(const Office& office, std::string role,
                                                            std::string actor);
// Whose these events are, in their order: nothing for those of nobody, and for those that are gone.
// Each person is noted in the access log. For opening a case, and for nothing else.
[[nodiscard]] Result<std::vector<std::optional<PersonRef>>> people_of_events(
    RegistrarTransaction& transaction, const Office& office, const std::string& role,
    const std::string& actor, std::span<const RandomId> rows);

// Of what is known of a means, as docs/registrar.md counts them: 2 a code or a letter, 3 an
// electronic identity, 4 an official.
[[nodiscard]] std::uint8_t level_of(integrity::Means means);

// The same as read_events(), one by one, as read by an official. How many. Errors: those of `tell`,
// at which it stops; io (a row is damaged).
[[nodiscard]] Result<std::uint64_t> list_events(
    const Office& office, const std::string& official,
    const std::function<Status(const integrity::Event&)>& tell);

}  // namespace urna::registrar
