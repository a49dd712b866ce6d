// SPDX-License-Identifier: EUPL-1.2
// The section with a plan of where the projects are: circles, north up, no base map.
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <numbers>

#include "report/html_builder.h"
#include "report/plain_text.h"

namespace urna::report {
namespace {

using count::ProjectIndex;

constexpr double km_per_degree = 111.195;  // of a meridian
constexpr double drawing_width = 720;
constexpr double drawing_margin = 40;
constexpr double radius_max = 28;
constexpr double radius_min = 7;

struct Place {
  ProjectIndex project;
  double east_km = 0;
  double north_km = 0;
};

bool on_earth(const count::Project& project) {
  return project.latitude && project.longitude && std::abs(*project.latitude) < 89 &&
         std::abs(*project.longitude) <= 180;
}

// Kilometres east and north of the equator's zero, with parallels as long as in the middle of the
// places: true to shape over a city.
std::vector<Place> places(const count::Instance& instance) {
  double sum = 0;
  std::size_t placed = 0;
  for (const ProjectIndex p : instance.indices()) {
    if (!on_earth(instance.projects[p])) continue;
    sum += *instance.projects[p].latitude;
    ++placed;
  }
  std::vector<Place> all;
  if (placed == 0) return all;
  const double shrink = std::cos(sum / static_cast<double>(placed) * std::numbers::pi / 180);
  for (const ProjectIndex p : instance.indices()) {
    const count::Project& project = instance.projects[p];
    if (!on_earth(project)) continue;
    all.push_back(
        {p, *project.longitude * km_per_degree * shrink, *project.latitude * km_per_degree});
  }
  return all;
}

// The longest round length that takes at most a quarter of the drawing.
double scale_length_km(double km_shown) {
  double length = 0.001;
  for (double power = 0.001; power < 100'000; power *= 10) {
    for (const double step : {1.0, 2.0, 5.0}) {
      if (step * power <= km_shown / 4) length = step * power;
    }
  }
  return length;
}

}  // namespace

bool has_map_section(const Context& context) {
  std::size_t placed = 0;
  for (const ProjectIndex p : context.instance().indices()) {
    if (on_earth(context.instance().projects[p])) ++placed;
  }
  return placed >= 2;
}

void write_map(Html& html) {
  const Context& c = html.context();
  if (!has_map_section(c)) return;
  std::vector<Place> all = places(c.instance());
  const auto [west, east] = std::minmax_element(
      all.begin(), all.end(), [](const Place& a, const Place& b) { return a.east_km < b.east_km; });
  const auto [south, north] =
      std::minmax_element(all.begin(), all.end(),
                          [](const Place& a, const Place& b) { return a.north_km < b.north_km; });
  const double west_km = west->east_km;
  const double north_km = north->north_km;
  const double width_km = std::max(east->east_km - west_km, 0.05);
  const double height_km = std::max(north_km - south->north_km, 0.05);
  const double inner = drawing_width - 2 * drawing_margin;
  // Wide and flat or tall and thin places keep their shape; the longer side decides the scale.
  const double pixels_per_km = std::min(inner / width_km, inner / height_km);
  const double height = height_km * pixels_per_km + 2 * drawing_margin;
  const double left = (drawing_width - width_km * pixels_per_km) / 2;

  double dearest = 1;
  for (const Place& place : all) {
    if (c.withdrawn(place.project)) continue;
    dearest =
        std::max(dearest, static_cast<double>(c.instance().projects[place.project].cost.grosze));
  }
  const auto radius = [&](ProjectIndex p) {
    if (c.withdrawn(p)) return radius_min;
    const double share = static_cast<double>(c.instance().projects[p].cost.grosze) / dearest;
    return std::max(radius_min, radius_max * std::sqrt(share));
  };
  // Small circles are drawn last so that large ones do not hide them.
  std::stable_sort(all.begin(), all.end(), [&](const Place& a, const Place& b) {
    return radius(a.project) > radius(b.project);
  });

  html.begin_section("map", Say::map);
  html.raw("<p>").say(Say::map_intro).raw("</p><figure class=\"map\">");
  html.raw(fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" "
      "aria-labelledby=\"{}\" aria-describedby=\"{}\"><title id=\"{}\">",
      drawing_width, height + 30, html.id("map-title"), html.id("map-desc"), html.id("map-title")));
  html.say(Say::map).raw(fmt::format("</title><desc id=\"{}\">", html.id("map-desc")));
  html.say(Say::map_description).raw("</desc>");
  const count::PerProject<bool> funded = c.selected(c.main());
  for (const Place& place : all) {
    const ProjectIndex p = place.project;
    html.raw(fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"><title>",
                         funded[p] ? "yes" : "no", left + (place.east_km - west_km) * pixels_per_km,
                         drawing_margin + (north_km - place.north_km) * pixels_per_km, radius(p)));
    html.text(fmt::format("{}: {}, {}", c.name(p), c.cost(p),
                          c.say(funded[p] ? Say::legend_funded : Say::legend_not_funded)));
    html.raw("</title></circle>");
  }
  const double scale_km = scale_length_km(drawing_width / pixels_per_km);
  html.raw(fmt::format("<path class=\"scale\" d=\"M16 {:.1f}v6h{:.1f}v-6\"/></svg><figcaption>",
                       height + 8, scale_km * pixels_per_km));
  std::string length = fmt::format("{:g}", scale_km);
  if (c.polish()) std::replace(length.begin(), length.end(), '.', ',');
  html.say(Say::map_scale, {{"length", length}}).raw("</figcaption></figure>");

  const std::size_t missing = c.instance().projects.size() - all.size();
  if (missing > 0) {
    html.raw("<p>").say(Say::map_missing, {{"count", c.count(Noun::project, missing)}}).raw("</p>");
  }
  html.raw("<details><summary>").say(Say::map_list).raw("</summary>");
  html.begin_table(c.say(Say::map_list), {{c.say(Say::column_name), false},
                                          {c.say(Say::column_result), false},
                                          {c.say(Say::column_cost), true},
                                          {c.say(Say::map_head_place), false}});
  for (const ProjectIndex p : c.display_order()) {
    const count::Project& project = c.instance().projects[p];
    if (!on_earth(project)) continue;
    html.raw("<tr>").row_head(c.name(p)).raw("<td>").verdict(funded[p]).raw("</td>");
    html.cell(c.cost(p), true);
    html.cell(fmt::format("{:.5f} {:.5f}", *project.latitude, *project.longitude)).raw("</tr>\n");
  }
  html.end_table().raw("</details>");
  html.end_section();
}

}  // namespace urna::report
