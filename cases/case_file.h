// SPDX-License-Identifier: EUPL-1.2
// A case file: what the registrar hands to the officials of one case, signed (docs/cases.md).
//
// It says what is striking, with its numbers, which ballots are concerned, as pseudonyms, and what
// their voters said when they were asked. It names nobody: no name, number, contact, network or
// account is in it, and the labels of its graph are drawn anew for each case. Moments of what one
// person did are full hours, those of the town's traffic quarters of an hour: finer ones would let
// whoever has the file and the board's moments tell by which telephone or network a ballot came.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/signature.h"

namespace urna::cases {

// Where it began.
enum class Origin : std::uint8_t { signals, complaint, list_check, report };
[[nodiscard]] std::string_view to_string(Origin origin);  // "signals", "list-check" …

// What a voter said to "was that you?"; undelivered: the question reached nobody.
enum class Answer : std::uint8_t { none, mine, not_mine, undelivered };
[[nodiscard]] std::string_view to_string(Answer answer);  // "none", "not-mine" …

enum class NodeKind : std::uint8_t { voter, contact, network, point, guardian };
[[nodiscard]] std::string_view to_string(NodeKind kind);  // "voter" …

struct Words {
  std::string pl, en;
  friend bool operator==(const Words&, const Words&) = default;
};

// A signal of docs/signals.md without its subject. `first_minute` and `last_minute` are Unix
// minutes; the quarters of an hour around.
struct CaseSignal {
  std::string kind;
  std::uint64_t observed = 0, of = 0;
  double expected = 0, probability = 0;
  std::uint64_t compared = 0;
  std::uint64_t first_minute = 0, last_minute = 0;
  Words words;
};

// What happened in the case's networks, contacts and points within one quarter of an hour.
struct TimelinePart {
  std::uint64_t minute = 0;  // its first, Unix
  std::uint64_t certified = 0, refused = 0;
  friend bool operator==(const TimelinePart&, const TimelinePart&) = default;
};

struct Node {
  std::string id;  // a letter and a number
  NodeKind kind = NodeKind::voter;
  friend bool operator==(const Node&, const Node&) = default;
};

struct Edge {
  std::string from, to;
  friend bool operator==(const Edge&, const Edge&) = default;
};

struct CaseVoter {
  std::array<std::uint8_t, 32> pseudonym{};  // as the board has it
  std::string node;
  std::uint64_t told = 0;  // when the question went out, Unix seconds of a full hour; 0: it did not
  Answer answer = Answer::none;
  std::uint64_t answered = 0;  // likewise
  bool reclaimed = false;      // voted again, having shown who they are by a better means
  friend bool operator==(const CaseVoter&, const CaseVoter&) = default;
};

struct CaseFile {
  std::string number;                      // "ABCDE-FGHJK"
  std::array<std::uint8_t, 32> edition{};  // SHA-256 of the manifest
  std::uint64_t version = 1;               // grows with each hand-over: the greatest one holds
  std::uint64_t opened = 0, made = 0;      // Unix seconds
  Origin origin = Origin::signals;
  Words summary;
  std::vector<CaseSignal> signals;
  std::vector<TimelinePart> timeline;  // ascending
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<CaseVoter> voters;  // by pseudonym, ascending
  std::uint64_t asked = 0;        // Unix seconds; 0: the voters were not asked
  std::uint64_t answer_until = 0;
  std::optional<double> expected_by_turnout;  // of a list check
};

inline constexpr std::string_view case_format = "urna/1 case";
inline constexpr std::size_t case_bytes_max = std::size_t{16} << 20U;
inline constexpr std::size_t case_voters_max = 20'000;
inline constexpr std::size_t case_signals_max = 500;
inline constexpr std::size_t case_timeline_max = 10'000;
inline constexpr std::size_t case_nodes_max = 60'000;
inline constexpr std::size_t case_edges_max = 120'000;
inline constexpr std::size_t case_words_bytes_max = 2000;
inline constexpr std::uint64_t case_quarter_minutes = 15;
inline constexpr std::uint64_t case_hour_seconds = 3600;

// Ten of the letters and digits that are told apart, in two groups; the form of case numbers.
[[nodiscard]] bool is_case_number(std::string_view text);

// Sorts nodes, edges and voters as check_case() asks. Of several voters with one pseudonym, who are
// one person, the one who answered last stays; the nodes and edges of the others go. O(n log n).
void put_in_order(CaseFile& file);

// Whether the parts fit together: bounds, forms, order, every voter at a node of their own, every
// edge between two nodes. Error: malformed, naming the member. O(n log n).
[[nodiscard]] Status check_case(const CaseFile& file);

// The document, signed. Numbers that are not whole are written with six digits. Error: as
// check_case().
[[nodiscard]] Result<std::string> sign_case(const CaseFile& file, const proof::SigningKey& key);

// Reads a document and checks everything: bounds, members that are not known, the digest of each
// member, the signature under the registrar's key. Whether it is of this edition is the caller's to
// check. Errors: limit, malformed (naming the member; one that was altered since it was signed,
// too), conflict (the signature is not the registrar's).
[[nodiscard]] Result<CaseFile> parse_case(std::string_view text,
                                          const proof::ElementBytes& registrar);

}  // namespace urna::cases
