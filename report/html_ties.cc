// SPDX-License-Identifier: EUPL-1.2
// The section about ties, and how to repeat the draw that resolved them.
#include <algorithm>
#include <fmt/format.h>

#include "report/html_builder.h"
#include "report/plain_text.h"

namespace urna::report {
namespace {

using count::ProjectIndex;

constexpr std::size_t ties_open_max = 8;
constexpr std::size_t tie_projects_open_max = 8;

void tie_projects(Html& html, const count::TieEvent& tie) {
  const Context& c = html.context();
  const count::TiePolicy& policy = c.report().ties;
  html.raw("<ol>");
  for (std::size_t i = 0; i < tie.projects.size(); ++i) {
    if (i == tie_projects_open_max && tie.projects.size() > tie_projects_open_max + 2) {
      html.raw("</ol><details><summary>");
      html.say(Say::more_rows,
               {{"count", c.integer(static_cast<std::int64_t>(tie.projects.size() - i))}});
      html.raw(fmt::format("</summary><ol start=\"{}\">", i + 1));
    }
    const ProjectIndex p = tie.projects[i];
    html.raw("<li><bdi>").text(c.name(p)).raw("</bdi> <span class=\"number\">");
    html.say(Say::project_number, {{"id", c.id(p)}}).raw("</span>");
    if (policy.kind == count::TieKind::draw) {
      html.raw(" <code>").text(count::draw_lot(policy.seed, c.instance().projects[p].id));
      html.raw("</code>");
    }
    html.raw("</li>");
  }
  html.raw("</ol>");
  if (tie.projects.size() > tie_projects_open_max + 2) html.raw("</details>");
}

void draw(Html& html) {
  const count::TiePolicy& policy = html.context().report().ties;
  html.raw("<h3>").say(Say::draw_how).raw("</h3><p>").say(Say::draw_command).raw("</p>");
  html.raw(
      "<pre tabindex=\"0\"><code>printf 'urna tie draw v1\\n%s\\n%s' \"$SEED\" \"$ID\" | "
      "sha256sum</code></pre><p>");
  html.say(Say::draw_intro).raw("<code>").text(valid_utf8(policy.seed)).raw("</code></p><p>");
  html.say(Say::draw_commitment).raw("<code>").text(count::draw_commitment(policy.seed));
  html.raw("</code></p>");
}

}  // namespace

void write_ties(Html& html) {
  const Context& c = html.context();
  std::vector<count::TieEvent> ties = c.main().outcome.ties;
  html.begin_section("ties", Say::ties);
  if (ties.empty()) {
    html.raw("<p>").say(Say::ties_none).raw(" ");
    html.say(Say::ties_order_of, {{"policy", c.tie_policy()}}).raw("</p>");
  } else {
    html.raw("<p>");
    html.say(Say::ties_intro, {{"count", c.integer(static_cast<std::int64_t>(ties.size()))},
                               {"policy", c.tie_policy()}});
    html.raw("</p>");
  }
  // What mattered comes first.
  std::stable_partition(ties.begin(), ties.end(),
                        [](const count::TieEvent& tie) { return tie.decisive; });
  const bool folded = ties.size() > ties_open_max + 2;
  for (std::size_t i = 0; i < ties.size(); ++i) {
    if (folded && i == ties_open_max) {
      html.raw("<details><summary>");
      html.say(Say::more_rows, {{"count", c.integer(static_cast<std::int64_t>(ties.size() - i))}});
      html.raw("</summary>");
    }
    html.raw(ties[i].decisive ? "<div class=\"tie decisive\"><p><strong>"
                              : "<div class=\"tie\"><p><strong>");
    html.text(c.tie_headline(ties[i])).raw("</strong> ");
    html.say(ties[i].decisive ? Say::tie_decisive : Say::tie_not_decisive);
    html.raw(" ").say(Say::tie_order_was).raw("</p>");
    tie_projects(html, ties[i]);
    html.raw("</div>\n");
  }
  if (folded) html.raw("</details>");
  if (c.report().ties.kind == count::TieKind::draw) draw(html);
  html.end_section();
}

}  // namespace urna::report
