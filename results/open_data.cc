// SPDX-License-Identifier: EUPL-1.2
#include "results/open_data.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "count/tally.h"
#include "presentation/geojson.h"
#include "presentation/site_code.h"
#include "report/json_writer.h"
#include "results/json.h"

namespace urna::results {
namespace {

using count::Instance;
using count::ProjectIndex;

bool any(const Instance& instance, bool (*has)(const count::Project&)) {
  return std::any_of(instance.projects.begin(), instance.projects.end(), has);
}

bool has_score(const Instance& instance) {
  return instance.vote_type != count::VoteType::approval &&
         instance.vote_type != count::VoteType::choose_one;
}

std::string joined(const std::vector<std::string>& labels, std::string_view separator) {
  std::string text;
  for (const std::string& label : labels) {
    if (!text.empty()) text += separator;
    text += label;
  }
  return text;
}

// A cell of a Pabulib file.
std::string pb_cell(std::string_view text) {
  if (text.find_first_of(";\"") == std::string_view::npos) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

std::string csv_text(std::string_view text) {
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

std::string degrees(double value) {
  // As presentation.json writes it.
  std::string pair;
  presentation::append_position(pair, {value, 0});
  return pair.substr(1, pair.find(',') - 1);
}

void append_row(std::string& text, std::initializer_list<std::string> cells) {
  bool first = true;
  for (const std::string& cell : cells) {
    if (!first) text += ',';
    first = false;
    text += cell;
  }
  text += "\r\n";
}

const CountedPool& counted_of(const EditionData& data, election::PoolNumber pool) {
  return *data.pools[pool.value];
}

}  // namespace

std::string pb_head(const EditionData& data, election::PoolNumber number) {
  const report::CountReport& report = counted_of(data, number).report;
  const Instance& instance = *report.instance;
  std::string text = "META\nkey;value\n";
  for (const count::MetaField& field : instance.meta) {
    // What only the manifest says: Pabulib has no such fields.
    if (field.key == presentation::meta_key || field.key == presentation::site_meta_key) continue;
    text.append(pb_cell(field.key)).append(";").append(pb_cell(field.value)).append("\n");
  }

  const bool score = has_score(instance);
  const bool topics = any(instance, [](const count::Project& p) { return !p.categories.empty(); });
  const bool target =
      any(instance, [](const count::Project& p) { return !p.beneficiaries.empty(); });
  const bool place =
      any(instance, [](const count::Project& p) { return p.latitude.has_value() && p.longitude; });
  text += "PROJECTS\nproject_id;cost;votes";
  if (score) text += ";score";
  text += ";name";
  if (topics) text += ";category";
  if (target) text += ";target";
  text += ";selected";
  if (place) text += ";latitude;longitude";
  text += '\n';
  const count::PerProject<bool> funded = report.main.outcome.selected(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    const count::Project& project = instance.projects[p];
    text += pb_cell(project.id) + ';' + to_plain_string(project.cost) + ';' +
            std::to_string(report.tally.votes[p]);
    if (score) text += ';' + std::to_string(report.tally.points[p]);
    text += ';' + pb_cell(project.name);
    // A comma separates labels there.
    if (topics) text += ';' + pb_cell(joined(project.categories, ","));
    if (target) text += ';' + pb_cell(joined(project.beneficiaries, ","));
    text += funded[p] ? ";1" : ";0";
    if (place) {
      const bool here = project.latitude && project.longitude;
      text += ';' + (here ? degrees(*project.latitude) : "") + ';' +
              (here ? degrees(*project.longitude) : "");
    }
    text += '\n';
  }
  return text;
}

std::string csv_table(const EditionData& data, election::PoolNumber number) {
  const report::CountReport& report = counted_of(data, number).report;
  const Instance& instance = *report.instance;
  std::string text;
  append_row(text, {"project_id", "name", "cost", "votes", "points", "funded", "reason_pl",
                    "reason_en", "topics", "beneficiaries", "district", "latitude", "longitude"});
  const count::PerProject<bool> funded = report.main.outcome.selected(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    const count::Project& project = instance.projects[p];
    const bool here = project.latitude && project.longitude;
    append_row(
        text,
        {csv_text(project.id), csv_text(project.name), to_plain_string(project.cost),
         std::to_string(report.tally.votes[p]),
         has_score(instance) ? std::to_string(report.tally.points[p]) : "", funded[p] ? "1" : "0",
         csv_text(explain(report, report.main, p, report::Language::polish)),
         csv_text(explain(report, report.main, p, report::Language::english)),
         csv_text(joined(project.categories, "; ")), csv_text(joined(project.beneficiaries, "; ")),
         csv_text(project.district), here ? degrees(*project.latitude) : "",
         here ? degrees(*project.longitude) : ""});
  }
  return text;
}

std::string geojson(const EditionData& data, election::PoolNumber number) {
  const report::CountReport& report = counted_of(data, number).report;
  const Instance& instance = *report.instance;
  const count::PerProject<bool> funded = report.main.outcome.selected(instance.projects.size());
  report::JsonWriter json;
  json.begin_object();
  json.key("type").string("FeatureCollection");
  json.key("features").begin_array();
  for (const ProjectIndex p : instance.indices()) {
    const count::Project& project = instance.projects[p];
    if (!project.latitude || !project.longitude) continue;
    json.begin_object();
    json.key("type").string("Feature");
    json.key("id").string(project.id);
    json.key("geometry").begin_object();
    json.key("type").string("Point");
    std::string position;
    presentation::append_position(position, {*project.longitude, *project.latitude});
    json.key("coordinates").raw(position);
    json.end_object();
    json.key("properties").begin_object();
    json.key("name").string(project.name);
    json.key("cost").money(project.cost);
    json.key("votes").integer(report.tally.votes[p]);
    if (has_score(instance)) json.key("points").integer(report.tally.points[p]);
    json.key("funded").boolean(funded[p]);
    json.key("topics").begin_array();
    for (const std::string& topic : project.categories) json.string(topic);
    json.end_array();
    json.key("district").string(project.district);
    json.end_object();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

std::vector<DataFile> open_data(const EditionData& data) {
  std::vector<DataFile> files;
  constexpr const char* json_type = "application/json";
  files.push_back({"results.json", json_type, edition_json(data), {}});
  for (const PoolNumbers& numbers : data.numbers.pools) {
    const election::PoolNumber pool = numbers.number;
    if (!data.pools[pool.value]) continue;
    const std::string slug = slug_of(data.manifest, pool);
    files.push_back({slug + ".pb", "text/csv; charset=utf-8", pb_head(data, pool), pool});
    files.push_back({slug + ".csv", "text/csv; charset=utf-8", csv_table(data, pool), {}});
    files.push_back({slug + ".json", json_type, pool_json(data, pool), {}});
    files.push_back({slug + ".geojson", "application/geo+json", geojson(data, pool), {}});
  }
  std::string about = catalogue(data, files);
  files.push_back({"catalogue.jsonld", "application/ld+json", std::move(about), {}});
  return files;
}

void append_votes(std::string& file, std::string_view published) {
  constexpr std::string_view head = "\nVOTES\n";
  const std::size_t votes = published.find(head);
  if (votes != std::string_view::npos) file += published.substr(votes + 1);
}

}  // namespace urna::results
