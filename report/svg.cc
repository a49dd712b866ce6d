// SPDX-License-Identifier: EUPL-1.2
#include "report/svg.h"

#include <algorithm>
#include <fmt/format.h>

#include "report/plain_text.h"

namespace urna::report {

std::string svg_percent(const Rational& part, const Rational& whole) {
  if (whole <= 0 || part <= 0) return "0%";
  const Rational share = part >= whole ? Rational(100) : Rational(part / whole * 100);
  return to_decimal_string(share, 3) + "%";
}

std::string svg_bar(const Bar& bar) {
  std::string out =
      R"(<svg class="bar" width="100%" height="12" aria-hidden="true" focusable="false">)"
      R"(<rect class="track" width="100%" height="12" rx="2"/>)";
  if (bar.lighter) {
    out += fmt::format(R"(<rect class="{} light" width="{}" height="12" rx="2"/>)",
                       bar.funded ? "yes" : "no", svg_percent(*bar.lighter, bar.scale));
  }
  out += fmt::format(R"(<rect class="{}" width="{}" height="12" rx="2"/>)",
                     bar.funded ? "yes" : "no", svg_percent(bar.length, bar.scale));
  if (bar.threshold) {
    const std::string x = svg_percent(*bar.threshold, bar.scale);
    out += fmt::format(R"(<line class="threshold" x1="{0}" x2="{0}" y1="0" y2="12"/>)", x);
  }
  return out + "</svg>";
}

std::string svg_budget(const std::vector<Segment>& segments, const Rational& whole,
                       const std::string& label, const std::string& id) {
  std::string out = fmt::format(
      R"(<svg class="budget" width="100%" height="44" role="img" aria-labelledby="{0}">)"
      R"(<title id="{0}">{1}</title><rect class="track" width="100%" height="44"/>)",
      id, escape_html(label));
  Rational before = 0;
  bool odd = false;
  for (const Segment& segment : segments) {
    out += fmt::format(R"(<rect class="{}" x="{}" width="{}" height="44"><title>{}</title></rect>)",
                       odd ? "yes odd" : "yes", svg_percent(before, whole),
                       svg_percent(segment.amount, whole), escape_html(segment.title));
    before += segment.amount;
    // A hairline keeps neighbours apart where the shades alone would not.
    const std::string x = svg_percent(before, whole);
    out += fmt::format(R"(<line class="gap" x1="{0}" x2="{0}" y1="0" y2="44"/>)", x);
    odd = !odd;
  }
  return out + "</svg>";
}

std::string svg_box_plot(const count::Spread& spread, const Rational& scale) {
  const auto at = [&](const Rational& value) { return svg_percent(value, scale); };
  const Rational box = spread.quartile3 - spread.quartile1;
  return fmt::format(
      R"(<svg class="box" width="100%" height="18" aria-hidden="true" focusable="false">)"
      R"(<line class="whisker" x1="{}" x2="{}" y1="9" y2="9"/>)"
      R"(<rect class="body" x="{}" width="{}" y="3" height="12"/>)"
      R"(<line class="median" x1="{}" x2="{}" y1="1" y2="17"/></svg>)",
      at(spread.minimum), at(spread.maximum), at(spread.quartile1), at(box), at(spread.median),
      at(spread.median));
}

}  // namespace urna::report
