// SPDX-License-Identifier: EUPL-1.2
// One report in one language: the words, numbers and names that text and HTML share.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/catalogue.h"
#include "report/count_report.h"
#include "report/format.h"

namespace urna::report {

// Does not own the report, which must outlive it. Everything it returns is free of control
// characters, but not escaped for HTML.
class Context {
 public:
  Context(const CountReport& report, Language language) : report_(report), language_(language) {}

  [[nodiscard]] const CountReport& report() const { return report_; }
  [[nodiscard]] const CountedRule& main() const { return report_.main; }
  [[nodiscard]] const count::Instance& instance() const { return *report_.instance; }
  [[nodiscard]] Language language() const { return language_; }
  [[nodiscard]] bool polish() const { return language_ == Language::polish; }

  [[nodiscard]] std::string say(Say what, std::initializer_list<Word> words = {}) const {
    return report::say(what, language_, words);
  }
  [[nodiscard]] std::string_view in(const Phrase& words) const { return words.in(language_); }
  [[nodiscard]] std::string money(Money amount) const {
    return format_money(amount, currency(), language_);
  }
  [[nodiscard]] std::string integer(std::int64_t value) const {
    return format_integer(value, language_);
  }
  [[nodiscard]] std::string count(Noun noun, std::uint64_t value) const {
    return format_count(noun, static_cast<std::int64_t>(value), language_);
  }
  [[nodiscard]] std::string percent(const Rational& part, const Rational& whole) const {
    return format_percent(part, whole, language_);
  }
  [[nodiscard]] std::string decimal(const Rational& value) const;  // at most 2 decimals

  [[nodiscard]] std::string currency() const;
  [[nodiscard]] std::string title() const;
  // The project's name, or its number if it has none.
  [[nodiscard]] std::string name(count::ProjectIndex p) const;
  [[nodiscard]] std::string id(count::ProjectIndex p) const;
  // „name” (nr id): how a sentence speaks of another project.
  [[nodiscard]] std::string quoted(count::ProjectIndex p) const;
  // Its cost, or the word for "withdrawn".
  [[nodiscard]] std::string cost(count::ProjectIndex p) const;
  [[nodiscard]] bool withdrawn(count::ProjectIndex p) const;

  // Whether the bars and columns show points rather than votes.
  [[nodiscard]] bool shows_points() const;
  [[nodiscard]] std::int64_t support(count::ProjectIndex p) const;
  [[nodiscard]] std::string support_count(count::ProjectIndex p) const;

  [[nodiscard]] Money left() const { return instance().budget - main().outcome.total_cost; }
  [[nodiscard]] count::PerProject<bool> selected(const CountedRule& rule) const {
    return rule.outcome.selected(instance().projects.size());
  }
  // Winners in order of selection, then the others by support, equal support in order of the file.
  [[nodiscard]] std::vector<count::ProjectIndex> display_order() const;
  [[nodiscard]] bool has_margins() const {
    return main().margins.size() == instance().projects.size() && !main().margins.empty();
  }

  [[nodiscard]] std::string brief_reason(const CountedRule& rule, count::ProjectIndex p) const;
  // Whether the margin says more than that some ballot at least must change.
  [[nodiscard]] static bool informative(const count::Margin& margin) {
    return margin.never() || margin.at_most || *margin.at_least > 1;
  }
  [[nodiscard]] std::string margin_cell(const count::Margin& margin) const;      // "12–40"
  [[nodiscard]] std::string margin_sentence(const count::Margin& margin) const;  // with a full stop
  [[nodiscard]] std::string tie_headline(const count::TieEvent& tie) const;
  [[nodiscard]] std::string tie_policy() const;  // with its options, but not the seed of a draw
  [[nodiscard]] std::string spread(const count::Spread& spread) const;
  [[nodiscard]] std::string announced_word(int value) const;
  // The rule's name; where another rule shown bears it too, with the options that differ.
  [[nodiscard]] std::string rule_label(const CountedRule& rule) const;
  [[nodiscard]] std::string file() const;                            // its name without the folders
  [[nodiscard]] std::string options(const CountedRule& rule) const;  // "a=b c=d"; may be empty

 private:
  const CountReport& report_;
  Language language_;
};

}  // namespace urna::report
