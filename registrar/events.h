// SPDX-License-Identifier: EUPL-1.2
// What signals are computed from (docs/signals.md), kept until the end of the day after.
//
// An event has a minute, an age, the first letter of a surname and tokens. It lies sealed under a
// random number, so that rows have no order; but whoever has the registrar's keys can open it, and
// could compare minutes with the board. Therefore it is gone after two days, and what is worth
// keeping of it is the signal. Tokens are under a key that is drawn each day and deleted with the
// day's events.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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

// Goes through all events that are there, in no order; logged as read by the official. How many.
// Errors: those of `tell`, at which it stops; io (a row is damaged).
[[nodiscard]] Result<std::uint64_t> list_events(
    const Office& office, const std::string& official,
    const std::function<Status(const integrity::Event&)>& tell);

}  // namespace urna::registrar
