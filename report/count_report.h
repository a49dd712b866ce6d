// SPDX-License-Identifier: EUPL-1.2
// A counted pool with everything that is told about it; rendered as text, JSON or HTML.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "count/analysis/analysis.h"
#include "count/analysis/announced.h"
#include "count/instance.h"
#include "count/margin/margin.h"
#include "count/outcome.h"
#include "count/tally.h"

namespace urna::report {

enum class Language { polish, english };

// One rule applied to the pool.
struct CountedRule {
  std::string name;         // --rule: greedy, equal-shares, phragmen, max-welfare
  std::string declared_as;  // the file's own name for it if --rule declared; else empty
  std::vector<std::pair<std::string, std::string>> options;  // option name (without --) and value
  bool ranked_by_points = false;  // for greedy: Reason::value is points, not votes
  count::Satisfaction satisfaction = count::Satisfaction::cost;  // Equal Shares, maximum welfare
  count::Outcome outcome;
  count::PerProject<count::Margin> margins;  // empty if not computed
  count::Analysis analysis;
  std::optional<count::AnnouncedComparison> announced;
};

struct CountReport {
  const count::Instance* instance = nullptr;  // not owned
  count::Tally tally;
  count::TiePolicy ties;
  CountedRule main;
  std::vector<CountedRule> others;  // side by side with main
  std::string program;              // name and version that counted, "urna 0.1.0"; may be empty
  std::string input_sha256;         // of the file counted, in hexadecimal; may be empty
};

// The sentence that explains the result of one project to its author.
[[nodiscard]] std::string explain(const CountReport& report, const CountedRule& rule,
                                  count::ProjectIndex project, Language language);

// A table for a terminal (UTF-8), 100 columns; `colour` uses ANSI codes for funded/not funded.
[[nodiscard]] std::string to_text(const CountReport& report, Language language, bool colour);

// Whether the rules that stand beside the main one are told with the reason for each project, or
// only what a comparison needs.
enum class OthersDetail { full, brief };

// One JSON object followed by a newline; the keys are documented in docs/counting-json.md.
[[nodiscard]] std::string to_json(const CountReport& report,
                                  OthersDetail others = OthersDetail::full);

// One self-contained page, Polish and English, without any external request.
[[nodiscard]] std::string to_html(const CountReport& report);

}  // namespace urna::report
