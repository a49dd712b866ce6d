// SPDX-License-Identifier: EUPL-1.2
// Small drawings inside the page. Numbers become attributes, never style, so the page's policy can
// forbid inline styles; colours come from classes of the style sheet.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/rational.h"
#include "count/analysis/analysis.h"

namespace urna::report {

// part/whole as a percentage with 3 decimals, "12.346%", between 0 and 100; "0%" if whole <= 0.
[[nodiscard]] std::string svg_percent(const Rational& part, const Rational& whole);

struct Bar {
  Rational length;                         // the full part
  std::optional<Rational> lighter = {};    // reaches further, lighter
  std::optional<Rational> threshold = {};  // a vertical line
  Rational scale;                          // what the whole width stands for
  bool funded = false;
};

// A horizontal bar as wide as its place. Hidden from assistive technology: the number stands
// beside it.
[[nodiscard]] std::string svg_bar(const Bar& bar);

// The pool as one bar divided into segments that alternate in shade; `titles` are escaped here.
struct Segment {
  Rational amount;
  std::string title;
};
[[nodiscard]] std::string svg_budget(const std::vector<Segment>& segments, const Rational& whole,
                                     const std::string& label, const std::string& id);

// Minimum, quartiles and maximum on the scale 0 … `scale`.
[[nodiscard]] std::string svg_box_plot(const count::Spread& spread, const Rational& scale);

}  // namespace urna::report
