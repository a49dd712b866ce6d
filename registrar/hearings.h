// SPDX-License-Identifier: EUPL-1.2
// The hearing of the voters of a case, from their side: "was that your vote?" (docs/cases.md).
//
// Only the person of a session of level 2 or more asks and answers, about themselves, and not one
// who was confirmed by a telephone or address that was typed in that session: whoever has
// somebody's data and a SIM card could answer in their place, too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cases/case_file.h"
#include "registrar/office.h"
#include "registrar/sessions.h"
#include "registrar/uses.h"

namespace urna::registrar {

inline constexpr std::size_t hearings_told_max = 4;
inline constexpr std::uint32_t answers_per_hearing = 20;
inline constexpr std::size_t answer_text_bytes_max = 1000;

struct Hearing {
  std::string number;
  std::uint64_t hour = 0;  // of the confirmation that it is about, Unix time / 3600; 0: not known
  std::uint64_t answer_until = 0;  // Unix seconds; it is too late from then on
  cases::Answer answer = cases::Answer::none;
};

// The person's cases in which voters are asked, the last ones to be answered first. The same work
// is done whether there are any or not. Errors: not_found (no session), usage (its level is below
// 2, or by a contact that was given).
[[nodiscard]] Result<std::vector<Hearing>> tell_hearings(const Office& office,
                                                         const SessionToken& token);

// Takes the person's answer, mine or not_mine, in the place of an earlier one. Not mine also marks
// the votes of the day as disowned. It changes no ballot: voting again does. Errors: as above;
// not_found with the field "number" (nobody asked this person in such a case: not told which),
// conflict (it is too late), limit (answered too often), malformed (the text, or an answer that is
// neither).
[[nodiscard]] Status answer_hearing(const Office& office, const SessionToken& token,
                                    std::string_view number, cases::Answer answer,
                                    std::string_view text);

// What became of the message with the question.
[[nodiscard]] Status settle_question(RegistrarTransaction& transaction, const Office& office,
                                     std::string_view number, const PersonRef& person,
                                     NoticeWay way);

}  // namespace urna::registrar
