// SPDX-License-Identifier: EUPL-1.2
// Cards as one official has typed them in, judged one by one, and compared with what another one
// has typed apart.
//
// A file of lines, one for each paper in a box, in the order in which the papers were numbered when
// it was opened:
//
//   batch;card;serial;vote;points
//   3;1;ABCD-EFGH-JKLM-NPQR;P12,P7;
//   3;2;…;unreadable;
//
// `batch` is what the paper says of itself, from 1; `card` the number put on the paper; `vote` the
// ids of projects joined by commas, in order of preference where the ballots rank, nothing on a
// blank one; `points` those of the projects in the same order, where the ballots have any. The last
// column may be left out. An empty line, and one that begins with #, says nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cards/card_file.h"
#include "election/ballot_content.h"
#include "election/manifest.h"
#include "election/paper.h"

namespace urna::cards {

struct TypedCard {
  election::BatchNumber batch;  // from 0
  std::uint32_t card = 0;
  std::string serial;  // as typed
  bool unreadable = false;
  std::vector<std::string> projects;
  std::vector<std::uint32_t> points;
  std::size_t line = 0;  // of the file, from 1
};

// Reads the file. Errors: malformed, naming the line; conflict (one number of a card twice).
[[nodiscard]] Result<std::vector<TypedCard>> read_typed(std::string_view text);

// What becomes of a paper.
enum class Fate : std::uint8_t {
  vote,
  unreadable,
  against_rule,
  never_issued,
  used_before,
  of_another_batch,
};
[[nodiscard]] std::string_view name_of(Fate fate);

struct JudgedCard {
  TypedCard typed;
  Fate fate = Fate::vote;
  std::string why;                  // in a few words, where it is no vote
  election::BallotContent content;  // of a vote
};

// In the order of the file; of several papers with one serial number the first one counts.
// Precondition: check_cards().
[[nodiscard]] std::vector<JudgedCard> judge(const std::vector<TypedCard>& typed,
                                            const CardFile& cards,
                                            const election::Manifest& manifest);

// A paper that two people have read differently.
struct Difference {
  election::BatchNumber batch;
  std::uint32_t card = 0;
  std::string what;  // "the serial numbers differ"
  friend bool operator==(const Difference&, const Difference&) = default;
};
[[nodiscard]] std::vector<Difference> compare(const std::vector<JudgedCard>& first,
                                              const std::vector<JudgedCard>& second);

// What was found of each batch, those of which nothing was typed included. Error: malformed (a
// content that cannot be packed, which judge() does not let pass).
[[nodiscard]] Result<std::vector<election::FoundCards>> found_of(
    const std::vector<JudgedCard>& judged, const CardFile& cards,
    const election::Manifest& manifest);

}  // namespace urna::cards
