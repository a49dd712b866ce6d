// SPDX-License-Identifier: EUPL-1.2
// Cases at the desk: from the file that the registrar hands over (cases/case_file.h) to the end of
// the appeal (docs/cases.md).
//
// The data protection officer advises and decides nothing; two officials decide, each ballot for
// itself, through proposals (proposals.h). What they sign is bound to the file and the opinion that
// were there when it was proposed: if either has changed since, it cannot be signed any more.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cases/case_file.h"
#include "cases/clocks.h"
#include "desk/boards.h"
#include "desk/case_standing.h"
#include "desk/office.h"
#include "desk/proposals.h"

namespace urna::desk {

inline constexpr std::size_t case_text_bytes_max = 4'000;

// By when what is next must be done.
struct CaseClock {
  cases::ClockRule rule;
  std::uint64_t due = 0;
};

struct CaseView {
  std::shared_ptr<const cases::CaseFile> file;
  std::uint64_t received = 0;
  CaseStanding standing;
  std::optional<CaseClock> clock;
  std::vector<CaseVoterView> voters;
  std::vector<CaseEventRow> events;
  std::vector<CaseProposal> proposals;
  Boards::Seen board;
};

// What an official wants done about ballots of a case.
struct CaseWish {
  std::string action;  // freeze, annul, uphold, keep
  std::vector<std::uint64_t> ballots;
  std::string reason;     // a code, which stands on the board
  std::string grounds;    // for who decides and for the letter; not published
  std::string departure;  // why not as the officer advises, or without waiting for the opinion
  std::string urgent;     // why before the voters' time to answer is over
};

struct CaseOpinion {
  std::string advice;
  std::string text;
};

struct Appeal {
  std::vector<std::uint64_t> ballots;
  std::uint64_t filed = 0;  // Unix seconds: when it was handed in or posted
  std::string text;
  std::string late;  // why one that came too late is taken all the same
};

class Cases {
 public:
  // All outlive this.
  Cases(const Office& office, const Setting& setting, Works& works, const cases::Clocks& clocks)
      : office_(office), clocks_(clocks), works_(works), boards_(setting, works) {}

  // Takes a file of the registrar. Errors: usage (the role), malformed (what parse_case() says),
  // conflict (not the registrar's signature, another edition, a version that is there or was
  // replaced), limit, not_found.
  [[nodiscard]] Result<std::uint64_t> take(const Official& actor, const EditionRow& edition,
                                           std::string_view document);

  // Errors of all below: not_found (no such case); io, conflict of Boards::look(). Everybody at the
  // desk may look.
  [[nodiscard]] Result<std::vector<CaseView>> list(const EditionRow& edition);
  [[nodiscard]] Result<CaseView> view(const EditionRow& edition, std::string_view number);
  // As it was handed in.
  [[nodiscard]] Result<std::string> document(const Official& actor, const EditionRow& edition,
                                             std::string_view number);
  [[nodiscard]] Result<std::vector<PoolEffect>> effect(const EditionRow& edition) {
    return boards_.effect(edition);
  }

  // Nothing is to be done. Errors: usage; conflict (ballots are frozen, or it is over); malformed.
  [[nodiscard]] Status dismiss(const Official& actor, const EditionRow& edition,
                               std::string_view number, std::string_view reason,
                               std::string_view grounds);
  // The officer's. Errors: usage (anybody else), malformed, conflict (closed).
  [[nodiscard]] Status advise(const Official& actor, const EditionRow& edition,
                              std::string_view number, const CaseOpinion& opinion);
  // Proposes it; whoever must sign does so as with every proposal. The proposal's id. Errors:
  // usage; malformed (the field says which); conflict: what does not fit the case's state.
  [[nodiscard]] Result<std::string> propose(const Official& actor, const EditionRow& edition,
                                            std::string_view number, const CaseWish& wish);
  // Errors: usage; malformed; conflict (nothing decided about these ballots, or too late).
  [[nodiscard]] Status appeal(const Official& actor, const EditionRow& edition,
                              std::string_view number, const Appeal& appeal);
  // Errors: usage; conflict (not decided, an appeal is open, or it can still be filed).
  [[nodiscard]] Status close(const Official& actor, const EditionRow& edition,
                             std::string_view number, std::string_view grounds);

  // What is proposed beside cases must not be about a ballot of one. Errors: conflict, naming it.
  [[nodiscard]] Status require_no_case(const EditionRow& edition, std::string_view reference,
                                       const std::vector<std::uint64_t>& ballots);
  // Whether a proposal out of a case can still be signed, and by this official; ok for others.
  // Errors: conflict (file or opinion have changed since), usage (who has decided before).
  [[nodiscard]] Status require_signable(const Official& actor, const EditionRow& edition,
                                        std::string_view proposal);
  // Whether no appeal waits. Error: conflict, naming the case.
  [[nodiscard]] Status require_no_appeal(const EditionRow& edition);

 private:
  // All, or that of the number.
  [[nodiscard]] Result<std::vector<CaseView>> views(const EditionRow& edition,
                                                    std::string_view number);
  [[nodiscard]] Result<std::shared_ptr<const cases::CaseFile>> read(const EditionRow& edition,
                                                                    const CaseRow& row);
  [[nodiscard]] std::optional<CaseClock> clock_of(const CaseView& view) const;
  // What the wish is as a proposal; the appeal that it answers, if any.
  struct Allowed {
    Wish wish;
    std::optional<std::uint64_t> appeal;
  };
  [[nodiscard]] Result<Allowed> require_action(const CaseView& view, const CaseWish& wish) const;
  // Adds what was done, if nothing else was done since the view.
  [[nodiscard]] Status add(const Official& actor, const EditionRow& edition, const CaseView& view,
                           std::string_view kind, std::string content,
                           std::optional<Action> action);

  const Office& office_;
  const cases::Clocks& clocks_;
  Works& works_;
  Boards boards_;
  std::mutex mutex_;  // of what follows
  // By edition and number: the newest file, read.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const cases::CaseFile>> files_;
};

}  // namespace urna::desk
