// SPDX-License-Identifier: EUPL-1.2
#include "election/voting_term.h"

#include <string>
#include <utility>

#include "election/refusal.h"

namespace urna::election {
Status check_extension(const VotingTerm& term, const Extension& extension) {
  if (term.extensions >= extensions_max)
    return refused(ErrorCode::limit,
                   "the voting was extended " + std::to_string(extensions_max) + " times already",
                   "it may not be extended more often");
  if (extension.replaces != term.closes)
    return refused(ErrorCode::conflict,
                   "it replaces the end " + std::to_string(extension.replaces) + " where " +
                       std::to_string(term.closes) + " is in force",
                   "the officials meant another end of the voting or saw another board");
  if (extension.time < term.opened || extension.time < term.extended)
    return refused(ErrorCode::conflict,
                   "it was decided before the opening or before the extension that it follows",
                   "one of the two times is wrong");
  if (extension.time >= term.closes)
    return refused(ErrorCode::conflict, "it was decided when the voting was over",
                   "a voting that has ended must not be taken up again");
  if (extension.closes <= term.closes)
    return refused(ErrorCode::conflict, "the voting would not end later",
                   "an extension must not shorten the voting");
  if (extension.closes - term.closes > extension_seconds_max)
    return refused(ErrorCode::limit, "the voting would end more than 31 days later",
                   "no single extension may be so long");
  return ok_status();
}

void extend(VotingTerm& term, const Extension& extension) {
  term.closes = extension.closes;
  term.extended = extension.time;
  ++term.extensions;
}

}  // namespace urna::election
