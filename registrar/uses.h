// SPDX-License-Identifier: EUPL-1.2
// "Was my identity used?": what was done in a person's name, for that person alone to ask.
//
// Each person has one sealed record of one size: when certificates were issued, on what grounds and
// at which point, and of which recorded votes they were told, by which way. Times are hours: nobody
// who reads this can tell more of a ballot's place on the board than from the access log. What was
// voted, and in which pools, is not known here. Whoever asks gets an answer of one size after the
// same work, whatever there is; api/ writes it so that the bytes are as many, too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "registrar/office.h"
#include "registrar/sessions.h"

namespace urna::registrar {

enum class UseKind : std::uint8_t { certificate, vote, complaint };

// How the person was told of a recorded vote.
enum class NoticeWay : std::uint8_t {
  waiting,
  sms,
  email,
  unreachable,  // the register has neither phone nor e-mail, or no gateway took it in time
};

struct Use {
  UseKind kind = UseKind::certificate;
  std::uint64_t hour = 0;  // Unix time / 3600
  // Of certificates and complaints: on what grounds.
  std::uint8_t level = 0;
  Factor factor = Factor::none;
  std::string account;  // of the official, for Factor::point
  bool by_guardian = false;
  NoticeWay notice = NoticeWay::waiting;  // of votes
  std::uint32_t count = 1;                // how many that differ in nothing

  friend bool operator==(const Use&, const Use&) = default;
};

inline constexpr std::size_t uses_told_max = 32;

// In order of their hours; of more than uses_told_max the latest.
struct Uses {
  std::vector<Use> uses;
  std::uint64_t earlier = 0;  // how many are no longer there
};

// The grounds of a session, as a use of this kind in the present hour.
[[nodiscard]] Use use_in(const Office& office, const OpenSession& session, UseKind kind);

// Adds to the person's record. Several people: in ascending order, as for uses_for_update().
[[nodiscard]] Status add_use(RegistrarTransaction& transaction, const Office& office,
                             const PersonRef& person, const Use& use);
// One notice that was waiting has gone that way.
[[nodiscard]] Status settle_notice(RegistrarTransaction& transaction, const Office& office,
                                   const PersonRef& person, NoticeWay way);

// What there is about the session's person, who asks at most policy.checks_per_day times a day.
// Errors: not_found (no session), usage (its level is below 2), limit (asked too often today).
[[nodiscard]] Result<Uses> tell_uses(const Office& office, const SessionToken& token);

// The same for an official who looks into a complaint; the caller notes the access.
[[nodiscard]] Result<Uses> uses_of(RegistrarTransaction& transaction, const Office& office,
                                   const PersonRef& person);

// Seconds until what is counted by the day begins anew.
[[nodiscard]] std::uint64_t seconds_left_today(const Office& office);

}  // namespace urna::registrar
