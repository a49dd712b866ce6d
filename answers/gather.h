// SPDX-License-Identifier: EUPL-1.2
// Figures out of what the services hold: the record, the registrar's counters, signals,
// complaints, case files, packages of evidence.
#pragma once

#include <string>
#include <string_view>

#include "answers/figures.h"
#include "base/result.h"
#include "cases/case_file.h"
#include "evidence/package.h"
#include "results/numbers.h"

namespace urna::answers {

// Adds a source and what follows from it. Each at most once, but for cases and packages.

// "record.…": certificates, ballots, voters, superseded and annulled ones, counted ones by level
// and pool; when voting was opened and closed.
void add_record(Facts& facts, const results::EditionNumbers& numbers, Source source);

// "registrar.NAME" for each counter of `urna registrar statistics`, over all days, and
// "registrar.GROUP" for the groups (groups.h). Error: malformed, conflict (another edition).
[[nodiscard]] Status add_registrar(Facts& facts, std::string_view json, Source source);

// "signals", "signals.KIND" and "clusters", of `urna registrar signals --json` or `urna signals
// find
// --json`; several files of several days add up. Error: malformed.
[[nodiscard]] Status add_signals(Facts& facts, std::string_view json, Source source);

// "complaints.REASON" and "complaints", of `urna registrar complaints --json`. Error: malformed.
[[nodiscard]] Status add_complaints(Facts& facts, std::string_view json, Source source);

// "cases", "cases.voters", "cases.reclaimed", "cases.not-mine"; when it was opened.
void add_case(Facts& facts, const cases::CaseFile& file, Source source);

// "evidence.packages", "evidence.items", "evidence.altered"; when it was made and who had it is
// told by acts, without names.
void add_evidence(Facts& facts, const evidence::Report& report, Source source);

// Puts the happenings in order. After the last one is added.
void finish(Facts& facts);

}  // namespace urna::answers
