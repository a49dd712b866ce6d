// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "count/pabulib/id_table.h"
#include "count/pabulib/scanner.h"
#include "count/pabulib/text.h"
#include "count/pabulib/utf8.h"

namespace urna::count::pabulib {
namespace {

// Writes down everything it is told: "META* 2: key|value", an asterisk marking the header.
class Recorder : public RowSink {
 public:
  Status row(const Row& row) override {
    std::string text = fmt::format("{}{} {}: ", "MPV"[static_cast<int>(row.section)],
                                   row.header ? "*" : "", row.line);
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (i > 0) text += '|';
      text += row.cells[i].text;
    }
    rows.push_back(text);
    for (const Cell& cell : row.cells) cells.push_back(cell);
    offsets.push_back(row.offset);
    return ok_status();
  }
  void oddity(Oddity kind, std::uint64_t line) override { oddities.emplace_back(kind, line); }

  std::vector<std::string> rows;
  std::vector<Cell> cells;  // `text` dangles
  std::vector<std::uint64_t> offsets;
  std::vector<std::pair<Oddity, std::uint64_t>> oddities;
};

using Rows = std::vector<std::string>;
using Oddities = std::vector<std::pair<Oddity, std::uint64_t>>;

Status scan_text(std::string_view text, RowSink& sink, const ScanLimits& limits = {}) {
  return scan(memory_bytes(text), "f.pb", sink, limits);
}

// As memory_bytes(), but at most `piece` bytes at a time.
ByteSource pieces(std::string_view text, std::size_t piece) {
  return [text, piece](std::span<char> buffer) mutable -> Result<std::size_t> {
    const std::size_t count = std::min({piece, buffer.size(), text.size()});
    std::copy_n(text.data(), count, buffer.data());
    text.remove_prefix(count);
    return count;
  };
}

constexpr std::string_view small =
    "META\nkey;value\nbudget;10\nPROJECTS\nproject_id;cost\n1;5\nVOTES\nvoter_id;vote\nv;1\n";

TEST(PabulibScanner, PassesSectionsHeadersAndRows) {
  Recorder seen;
  ASSERT_TRUE(scan_text(small, seen));
  EXPECT_EQ(seen.rows, (Rows{"M* 2: key|value", "M 3: budget|10", "P* 5: project_id|cost",
                             "P 6: 1|5", "V* 8: voter_id|vote", "V 9: v|1"}));
  EXPECT_EQ(seen.oddities, Oddities{});
  EXPECT_EQ(small.substr(seen.offsets[3], 3), "1;5");
}

TEST(PabulibScanner, ReadsTheSameFromPiecesOfAnySize) {
  const std::string text =
      "\xEF\xBB\xBFMETA\r\nkey;value\rcomment;\"a;\r\n\"\"b\"\"\"\nPROJECTS\nid;cost\n\"1\";"
      "5\r\n\r\nVOTES\nv;w\n"
      "\"x\"y;\xC4\x85";
  Recorder whole;
  ASSERT_TRUE(scan_text(text, whole));
  EXPECT_EQ(whole.rows[1], "M 3: comment|a;\r\n\"b\"");
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U}) {
    Recorder seen;
    ASSERT_TRUE(scan(pieces(text, piece), "f", seen));
    EXPECT_EQ(seen.rows, whole.rows);
    EXPECT_EQ(seen.oddities, whole.oddities);
  }
}

TEST(PabulibScanner, UnquotesCells) {
  Recorder seen;
  const std::string text =
      "META\nkey;value\nx;\"a;b\nc \"\"d\"\"\";z;\"\"\n" + std::string(small.substr(15));
  ASSERT_TRUE(scan_text(text, seen));
  EXPECT_EQ(seen.rows[1], "M 3: x|a;b\nc \"d\"|z|");
  EXPECT_EQ(seen.rows[2], "M 5: budget|10");
  const Cell& quoted = seen.cells[3];
  EXPECT_EQ(quoted.column, 4U);
  EXPECT_EQ(quoted.line_offset, 0U);
  const Cell& after = seen.cells[4];
  EXPECT_EQ(after.column, 10U);
  EXPECT_EQ(after.line_offset, 1U);
  EXPECT_EQ(text.substr(seen.offsets[1] + quoted.begin, quoted.end - quoted.begin),
            "\"a;b\nc \"\"d\"\"\"");
}

TEST(PabulibScanner, TakesQuotesInsideACellAsTheyStand) {
  Recorder seen;
  const std::string text = "META\nkey;value\na;b \"c\" d;\"\n\";e\nf;\"Green\" town \"x\";g\n" +
                           std::string(small.substr(15));
  ASSERT_TRUE(scan_text(text, seen));
  EXPECT_EQ(seen.rows[1], "M 3: a|b \"c\" d|\n|e");
  EXPECT_EQ(seen.rows[2], "M 5: f|\"Green\" town \"x\"|g");
  EXPECT_EQ(seen.oddities, (Oddities{{Oddity::stray_quotes, 5}}));
}

TEST(PabulibScanner, AcceptsEveryLineEndAndTellsOfTheOddOnes) {
  std::string text(small);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
    text.replace(at, 1, "\r\n");
  Recorder crlf;
  ASSERT_TRUE(scan_text(text, crlf));
  EXPECT_EQ(crlf.rows.size(), 6U);
  EXPECT_EQ(crlf.oddities, Oddities{});

  std::string lone(small);
  std::replace(lone.begin(), lone.end(), '\n', '\r');
  Recorder cr;
  ASSERT_TRUE(scan_text(lone, cr));
  EXPECT_EQ(cr.rows, crlf.rows);
  EXPECT_EQ(cr.oddities, (Oddities{{Oddity::lone_carriage_return, 1}}));

  std::string mixed(small);
  mixed.insert(mixed.find("\nbudget"), 1, '\r');
  mixed.pop_back();
  Recorder odd;
  ASSERT_TRUE(scan_text(mixed, odd));
  EXPECT_EQ(odd.rows, crlf.rows);
  EXPECT_EQ(odd.oddities, (Oddities{{Oddity::mixed_line_ends, 2}, {Oddity::no_final_newline, 9}}));
}

TEST(PabulibScanner, FindsSectionNamesHoweverWritten) {
  Recorder seen;
  const std::string text =
      "\xEF\xBB\xBF\n meta "
      "\nkey;value\n\n;;\nProjects;;\nproject_id;cost\n1;5\nVOTES\nvoter_id;vote\n"
      "votes;1\n  \n";
  ASSERT_TRUE(scan_text(text, seen));
  EXPECT_EQ(seen.rows, (Rows{"M* 3: key|value", "P* 7: project_id|cost", "P 8: 1|5",
                             "V* 10: voter_id|vote", "V 11: votes|1"}));
  EXPECT_EQ(seen.oddities, (Oddities{{Oddity::byte_order_mark, 1},
                                     {Oddity::empty_line, 1},
                                     {Oddity::section_name_spaces, 2},
                                     {Oddity::section_name_case, 2},
                                     {Oddity::empty_line, 4},
                                     {Oddity::empty_line, 5},
                                     {Oddity::section_name_spaces, 6},
                                     {Oddity::section_name_case, 6},
                                     {Oddity::empty_line, 12}}));
}

TEST(PabulibScanner, GrowsForALongRow) {
  const std::string value(3U << 20U, 'x');
  Recorder seen;
  ASSERT_TRUE(
      scan_text("META\nkey;value\nc;\"" + value + "\"\n" + std::string(small.substr(15)), seen));
  EXPECT_EQ(seen.rows[1].size(), std::string("M 3: c|").size() + value.size());
  EXPECT_EQ(seen.rows[2], "M 4: budget|10");
}

struct Refusal {
  std::string_view text;
  ErrorCode code;
  std::uint64_t line;
  std::uint64_t column;
};

TEST(PabulibScanner, RefusesWithThePlace) {
  using namespace std::string_view_literals;
  const Refusal refusals[] = {
      {"", ErrorCode::malformed, 1, 0},
      {"key;value\n", ErrorCode::malformed, 1, 1},
      {"META\nkey;value\n", ErrorCode::malformed, 3, 0},
      {"META\nPROJECTS\n", ErrorCode::malformed, 2, 1},
      {"META\nkey;value\nVOTES\n", ErrorCode::malformed, 3, 1},
      {"META\nkey;value\nMETA\n", ErrorCode::malformed, 3, 1},
      {"PROJECTS\n", ErrorCode::malformed, 1, 1},
      {"META\nkey;value\nPROJECTS\np;c\nVOTES\n", ErrorCode::malformed, 6, 0},
      {"META\nkey;value\na;\"b\nc;d", ErrorCode::malformed, 3, 3},
      {"META\nkey;value\na;\"b;c\"d\n", ErrorCode::malformed, 3, 8},
      {"META\nkey;value\na;\"b\nc\"d\n", ErrorCode::malformed, 4, 3},
      {"META\nkey;value\na;b\0c\n"sv, ErrorCode::malformed, 3, 4},
      {"META\nkey;value\na;\"\n\0\"\n"sv, ErrorCode::malformed, 4, 1},
      {"META\nkey;value\na;\xC4\n", ErrorCode::malformed, 3, 3},
      {"META\nkey;value\na;\"\n b\xFF\"\n", ErrorCode::malformed, 4, 3},
  };
  for (const Refusal& refusal : refusals) {
    Recorder seen;
    const Status status = scan_text(refusal.text, seen);
    ASSERT_FALSE(status) << refusal.text;
    EXPECT_EQ(status.error().code, refusal.code) << refusal.text;
    EXPECT_EQ(status.error().place.file, "f.pb");
    EXPECT_EQ(status.error().place.line, refusal.line) << refusal.text;
    EXPECT_EQ(status.error().place.column, refusal.column) << refusal.text;
    EXPECT_FALSE(status.error().message.empty());
    EXPECT_FALSE(status.error().remedy.empty());
  }
}

TEST(PabulibScanner, HoldsItsLimits) {
  Recorder seen;
  ScanLimits limits;
  limits.line_bytes_max = 15;
  EXPECT_TRUE(scan_text(small, seen, limits));
  limits.line_bytes_max = 14;  // the line "project_id;cost" has 15
  const Status line = scan_text(small, seen, limits);
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, ErrorCode::limit);
  EXPECT_EQ(line.error().place.line, 5U);

  limits = {};
  limits.cells_max = 2;
  EXPECT_TRUE(scan_text(small, seen, limits));
  limits.cells_max = 1;
  const Status cells = scan_text(small, seen, limits);
  ASSERT_FALSE(cells);
  EXPECT_EQ(cells.error().code, ErrorCode::limit);

  // A quote that never closes is found out before the whole file is in memory.
  limits = {};
  limits.line_bytes_max = 1U << 20U;
  std::uint64_t read = 0;
  const ByteSource endless = [&](std::span<char> buffer) -> Result<std::size_t> {
    std::fill(buffer.begin(), buffer.end(), 'x');
    if (read == 0) std::copy_n("META\n\"", 6, buffer.data());
    read += buffer.size();
    return buffer.size();
  };
  const Status quote = scan(endless, "f.pb", seen, limits);
  ASSERT_FALSE(quote);
  EXPECT_EQ(quote.error().code, ErrorCode::limit);
  EXPECT_LE(read, std::uint64_t{4} << 20U);
}

TEST(PabulibScanner, PassesOnErrorsOfSourceAndSink) {
  Recorder seen;
  const ByteSource broken = [](std::span<char>) -> Result<std::size_t> {
    return Error{ErrorCode::io, "disk", {}, {}};
  };
  const Status source = scan(broken, "f", seen);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().message, "disk");

  class Refuser : public RowSink {
    Status row(const Row& row) override {
      if (row.line == 6) return Error{ErrorCode::conflict, "no", {}, {}};
      return ok_status();
    }
  } refuser;
  const Status sink = scan_text(small, refuser);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().message, "no");
}

TEST(PabulibBytes, RefusesWhatIsNoFile) {
  const auto missing = open_bytes("/nonexistent/f.pb");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  const auto folder = open_bytes(testing::TempDir());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::io);
}

TEST(PabulibUtf8, KnowsTheBoundsOfEverySequence) {
  constexpr std::size_t none = std::string_view::npos;
  EXPECT_EQ(find_invalid_utf8(""), none);
  EXPECT_EQ(
      find_invalid_utf8("a\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"
                        "\xF0\x90\x80\x80\xF4\x8F\xBF\xBFz"),
      none);
  for (const std::string_view wrong :
       {"\x80", "\xC1\xBF", "\xC2", "\xC2z", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xEF\xBF",
        "\xE1\x80z", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF1\x80\x80z",
        "\xF1\x80\x80", "\xFF"}) {
    EXPECT_EQ(find_invalid_utf8("ok" + std::string(wrong)), 2U);
  }
}

TEST(PabulibIdTable, FindsEveryIdAndNoOther) {
  IdTable table;
  std::vector<std::string> ids;
  for (int i = 0; i < 3000; ++i) ids.push_back(std::to_string(i));
  for (int i = 0; i < 3000; ++i) ids.push_back(fmt::format("a-long-identifier-{}-of-a-project", i));
  ids.push_back("00");  // not "0"
  for (const std::string& id : ids) EXPECT_TRUE(table.insert(id));
  for (const std::string& id : ids) EXPECT_FALSE(table.insert(id));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = table.find(ids[i]);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value, i);
  }
  EXPECT_FALSE(table.find(""));
  EXPECT_FALSE(table.find("3000"));
  EXPECT_FALSE(table.find("000"));
  EXPECT_FALSE(table.find("a-long-identifier-3000-of-a-project"));
}

TEST(PabulibText, ReadsWholeNumbers) {
  EXPECT_EQ(whole_number("12"), 12);
  EXPECT_EQ(whole_number(" -3.0 "), -3);
  EXPECT_EQ(whole_number("3,00"), 3);
  EXPECT_EQ(whole_number("9223372036854775807"), 9223372036854775807);
  for (const std::string_view wrong :
       {"", " ", "-", "1.5", "1.", ".0", "1e3", "+1", "1 2", "0x1", "9223372036854775808", "1.0.0"})
    EXPECT_FALSE(whole_number(wrong)) << wrong;
}

TEST(PabulibText, SplitsLists) {
  EXPECT_EQ(split_list(" a b , ,c,"), (std::vector<std::string>{"a b", "c"}));
  EXPECT_TRUE(split_list(" ").empty());
}

}  // namespace
}  // namespace urna::count::pabulib
