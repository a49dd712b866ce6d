// SPDX-License-Identifier: EUPL-1.2
// HTML as text: what is text is always escaped, what is markup is always a literal of ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/rational.h"
#include "report/context.h"

namespace urna::report {

// One language's half of the page being written. Text given to text(), element() and cell() is
// escaped here and nowhere else; raw() takes markup written in the source code only.
class Html {
 public:
  explicit Html(Context context) : context_(context) {}

  [[nodiscard]] const Context& context() const { return context_; }
  // An id that is unique on the page although both languages have the same sections.
  [[nodiscard]] std::string id(std::string_view name) const;

  Html& raw(std::string_view markup);
  Html& text(std::string_view words);
  Html& say(Say what, std::initializer_list<Word> words = {});
  // <tag class="…">words</tag>; no attribute if the class is empty.
  Html& element(std::string_view tag, std::string_view words, std::string_view css_class = {});

  // <section aria-labelledby> with its heading of level 2; `name` becomes the id. Ended by the
  // caller's end_section().
  Html& begin_section(std::string_view name, Say heading);
  Html& end_section();

  // A table in its own scrollable region that the keyboard can reach, with a caption and column
  // heads; the rows are the caller's, closed by end_table(). The first column names the row.
  struct Head {
    std::string words;
    bool number = false;
  };
  Html& begin_table(std::string_view caption, const std::vector<Head>& heads,
                    std::string_view css_class = {});
  Html& end_table();
  Html& row_head(std::string_view words);
  Html& cell(std::string_view words, bool number = false);

  // The word with its mark, never colour alone: "✔ Funded" or "– Not funded".
  Html& verdict(bool funded);

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  Context context_;
  std::string text_;
};

// A count, as bars and shares take it.
[[nodiscard]] inline Rational whole(std::uint64_t count) {
  return rational(static_cast<std::int64_t>(count));
}

// The sections, in the order of the page; each writes nothing if it has nothing to tell.
void write_summary(Html& html);
void write_ranking(Html& html);
void write_projects(Html& html);
void write_margins(Html& html);
void write_ties(Html& html);
void write_rules(Html& html);
void write_money(Html& html);
void write_map(Html& html);
void write_fairness(Html& html);
void write_announced(Html& html);
void write_computed(Html& html);

[[nodiscard]] bool has_money_section(const Context& context);
[[nodiscard]] bool has_map_section(const Context& context);

}  // namespace urna::report
