// SPDX-License-Identifier: EUPL-1.2
// What lies sealed in the tables of cases; for the files of cases and hearings.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cases/case_file.h"
#include "integrity/event.h"
#include "registrar/office.h"

namespace urna::registrar {

// A signal with the telephone, network … that it is of; its token says nothing after its day.
struct SubjectSignal {
  cases::CaseSignal signal;
  integrity::Token subject;
};

// A node of the graph that is no voter.
struct TokenNode {
  integrity::Token token;
  cases::NodeKind kind = cases::NodeKind::contact;
  std::string id;
};

struct CaseRecord {
  cases::Origin origin = cases::Origin::signals;
  std::string official;  // who opened it; empty: the service
  std::string reason;    // why
  std::uint64_t opened = 0;
  std::uint64_t version = 0;  // of the last hand-over; 0: none
  std::uint64_t asked = 0, answer_until = 0;
  cases::Words summary;
  std::vector<SubjectSignal> signals;
  std::vector<cases::TimelinePart> timeline;
  std::vector<TokenNode> nodes;
  std::vector<RandomId> taken;  // rows of events whose people are in the case
};

// What became of the question to a voter.
enum class Told : std::uint8_t { no, waiting, sms, email, unreachable };

struct CaseVoterRecord {
  std::string node;
  std::vector<std::string> linked;  // nodes that it has an edge to
  std::uint64_t hour = 0;           // of the confirmation that the case is about, Unix time / 3600
  std::uint8_t level = 0;           // of its means
  Told told = Told::no;
  std::uint64_t told_hour = 0;
  cases::Answer answer = cases::Answer::none;
  std::uint64_t answered_hour = 0;
  std::uint32_t answers = 0;  // how many were given
  std::string text;
};

inline constexpr std::size_t linked_max = 24;

[[nodiscard]] std::string seal_case(const Office& office, std::string_view number,
                                    const CaseRecord& record);
[[nodiscard]] Result<CaseRecord> open_case_record(const Office& office, const CaseRow& row);
// All of one size.
[[nodiscard]] std::string seal_case_voter(const Office& office, std::string_view number,
                                          const PersonRef& person, const CaseVoterRecord& record);
[[nodiscard]] Result<CaseVoterRecord> open_case_voter(const Office& office,
                                                      const CaseVoterRow& row);

// A case with all its voters.
struct LoadedCase {
  CaseRecord record;
  std::vector<CaseVoterRow> rows;
  std::vector<CaseVoterRecord> voters;  // in the same order
};
// Error: io.
[[nodiscard]] Result<LoadedCase> load_case(RegistrarTransaction& transaction, const Office& office,
                                           const CaseRow& row);

[[nodiscard]] Error no_such_case();
// Whether the question reached the voter.
[[nodiscard]] bool was_told(const CaseVoterRecord& voter);

}  // namespace urna::registrar
