// SPDX-License-Identifier: EUPL-1.2
// "That was not me": a person who has shown who they are opens a case about their own vote.
//
// A complaint is about the session's person and can be about nobody else: there is no field to name
// another one in. It changes no ballot. What does is voting again, at a higher level if somebody
// holds the person's phone or letters; and an annulment by two officials, who look into the case.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registrar/office.h"
#include "registrar/sessions.h"
#include "registrar/uses.h"

namespace urna::registrar {

enum class ComplaintReason : std::uint8_t {
  vote_not_mine,      // a vote was recorded, and the person cast none
  code_not_asked,     // a code or a certificate that the person did not ask for
  letter_not_intact,  // a letter was open, is lost, or never came
  pressure,           // somebody made the person vote, or took the code from them
  other,
};
[[nodiscard]] std::string_view to_string(ComplaintReason reason);  // "vote-not-mine" …
// Error: malformed.
[[nodiscard]] Result<ComplaintReason> parse_complaint_reason(std::string_view text);

inline constexpr std::size_t complaint_text_bytes_max = 1000;

// Opens a case and tells the person, on the contact of the register, under which number. The text
// may be empty. Errors: not_found (no session), usage (its level is below 2), malformed (the text
// is too long, not UTF-8, or holds control characters other than line ends), limit (as many as one
// may open in a day).
[[nodiscard]] Result<std::string> open_complaint(const Office& office, const SessionToken& token,
                                                 ComplaintReason reason, std::string_view text,
                                                 protection::Language language);

// A case as officials see it in a list: nothing says who it is.
struct Complaint {
  std::string number;  // "ABCDE-FGHJK"
  ComplaintReason reason = ComplaintReason::other;
  std::string text;
  Use grounds;  // when, and how the person had shown who they are
};

// Goes through all cases, in order of their numbers, which are random; logged as read by the
// official. How many. Errors: those of `tell`, at which it stops.
[[nodiscard]] Result<std::uint64_t> list_complaints(
    const Office& office, const std::string& official,
    const std::function<Status(const Complaint&)>& tell);

// One case with its person: for the official who looks into it, logged as read about that person.
// Error: not_found.
struct ComplaintCase {
  Complaint complaint;
  std::string name;  // as the register has it; empty if the person is no longer there
  Uses uses;
};
[[nodiscard]] Result<ComplaintCase> open_case(const Office& office, const std::string& official,
                                              std::string_view number);

// The complaint and whom it is about, for the case that is opened of it; logged as read about that
// person. Error: not_found.
struct ComplaintSubject {
  Complaint complaint;
  PersonRef person;
};
[[nodiscard]] Result<ComplaintSubject> subject_of_complaint(RegistrarTransaction& transaction,
                                                            const Office& office,
                                                            const std::string& official,
                                                            std::string_view number);

}  // namespace urna::registrar
