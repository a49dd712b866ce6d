// SPDX-License-Identifier: EUPL-1.2
// The work of a trustee, step by step, with nothing but the record's folder and the own files
// (docs/protocol.md sections 8, 11, 12).
//
// Every step looks at the record, makes what is due and writes it into a folder for handing over;
// running it again does no harm. A file FOO.entry is to be put on the board; its companion of the
// same name with .cbor goes along.
//
// Beside the secret key lies a folder of the trustee's own for each edition. It holds no secret,
// but what must not be done twice differently: the dealing that was committed to, the commitments
// of others on which it was released, and of which ballots each pool was decrypted.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "election/ceremony.h"
#include "election/types.h"
#include "tally/record_view.h"

namespace urna::tally {

// A trustee at work on an edition.
struct TrusteeOffice {
  election::TrusteeNumber number;
  election::TrusteeKeys keys;
  std::string memory;  // the own folder for this edition
  std::string out;     // where files for others go
};

// Finds the trustee whose keys these are. `memory_root` and `out` are made if they do not exist.
// Errors: conflict (the manifest does not name these keys), io.
[[nodiscard]] Result<TrusteeOffice> take_office(const RecordView& record,
                                                const election::TrusteeKeys& keys,
                                                const std::string& memory_root,
                                                const std::string& out);

// What a step has done.
struct StepReport {
  std::vector<std::string> made;    // files written, to be handed over
  std::vector<std::string> notes;   // what the trustee should know
  std::vector<std::string> awaits;  // what must come first, and from whom
  bool complaint = false;           // `made` holds a complaint: the ceremony cannot go on
};

// Commits to a dealing, and releases it once the commitments of all trustees are on the record or
// among `commitments` (files). Errors: conflict (the dealing committed to is not in the memory; a
// trustee has signed two commitments), malformed, io.
[[nodiscard]] Result<StepReport> deal_step(const TrusteeOffice& office, const RecordView& record,
                                           std::span<const std::string> commitments);

// Checks all dealings and accepts them, or complains about those that do not match. The secret x_j
// is not kept: the record and the receiving key give it again whenever it is needed.
// Errors: conflict (another commitment on the record than the one seen before), malformed, io.
[[nodiscard]] Result<StepReport> accept_step(const TrusteeOffice& office, const RecordView& record);

// Mixes every pool that lacks rounds and that this trustee has not mixed, after verifying the
// rounds before; with `more_rounds` also pools that have t rounds. Own rounds in the folder that
// somebody else was faster with are removed. Errors: malformed (a round does
// not hold, naming the trustee), not_found, conflict, io.
[[nodiscard]] Result<StepReport> mix_step(const TrusteeOffice& office, const RecordView& record,
                                          bool more_rounds, const Work& work);

// Makes the decryption shares of every pool that is mixed, after verifying all rounds. Errors: as
// above; conflict also if the record shows other counted ballots of a pool than those of which this
// trustee made shares before.
[[nodiscard]] Result<StepReport> decrypt_step(const TrusteeOffice& office, const RecordView& record,
                                              const Work& work);

struct Judgement {
  election::Verdict verdict = election::Verdict::dealer_lied;
  election::TrusteeNumber complainer;
  election::TrusteeNumber dealer;
};

// Judges a complaint's bytes by the record. Errors: malformed (the complaint proves nothing),
// conflict (another edition; the dealing is not on the record).
[[nodiscard]] Result<Judgement> judge_file(const RecordView& record, std::string_view complaint);

}  // namespace urna::tally
