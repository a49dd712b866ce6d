// SPDX-License-Identifier: EUPL-1.2
// The catalogue of open data: DCAT-AP 3 as JSON-LD, without anything to fetch for its meaning.
#include <boost/json.hpp>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "base/date.h"
#include "base/sha256.h"
#include "results/open_data.h"

namespace urna::results {
namespace {

namespace json = boost::json;

constexpr const char* themes = "http://publications.europa.eu/resource/authority/data-theme/";
constexpr const char* file_types = "http://publications.europa.eu/resource/authority/file-type/";
constexpr const char* languages = "http://publications.europa.eu/resource/authority/language/";
constexpr const char* media_types = "https://www.iana.org/assignments/media-types/";

json::object iri(const std::string& address) { return {{"@id", address}}; }

json::object in(const char* language, const std::string& text) {
  return {{"@value", text}, {"@language", language}};
}

json::array in_both(const std::string& polish, const std::string& english) {
  return {in("pl", polish), in("en", english)};
}

json::object typed(const std::string& value, const char* type) {
  return {{"@value", value}, {"@type", type}};
}

json::object time_of(std::uint64_t unix_seconds) {
  return typed(to_iso_moment(unix_seconds), "xsd:dateTime");
}

struct Form {
  std::string_view ending;
  const char* file_type;
  const char* media_type;
  const char* polish;
  const char* english;
};
constexpr Form forms[] = {
    {".pb", "CSV", "text/csv", "Wszystkie głosy (Pabulib)", "All votes (Pabulib)"},
    {".csv", "CSV", "text/csv", "Projekty i wynik (tabela)", "Projects and result (table)"},
    {".geojson", "GEOJSON", "application/geo+json", "Mapa projektów", "Map of the projects"},
    {".json", "JSON", "application/json", "Wynik z uzasadnieniami", "Result with reasons"},
};

json::object distribution_of(const DataFile& file, const Form& form) {
  json::object distribution{
      {"@id", file.name + "#distribution"},
      {"@type", "dcat:Distribution"},
      {"dct:title", in_both(form.polish, form.english)},
      {"dcat:accessURL", iri(file.name)},
      {"dcat:downloadURL", iri(file.name)},
      {"dct:format", iri(std::string(file_types) + form.file_type)},
      {"dcat:mediaType", iri(std::string(media_types) + form.media_type)},
  };
  if (!file.votes_of) {
    distribution["dcat:byteSize"] =
        typed(std::to_string(file.bytes.size()), "xsd:nonNegativeInteger");
    distribution["spdx:checksum"] =
        json::object{{"@type", "spdx:Checksum"},
                     {"spdx:algorithm", iri("spdx:checksumAlgorithm_sha256")},
                     {"spdx:checksumValue", typed(sha256_hex(file.bytes), "xsd:hexBinary")}};
  }
  return distribution;
}

json::object dataset_of(const EditionData& data, const std::string& slug,
                        const std::vector<DataFile>& files, const std::string& title) {
  json::array distributions;
  for (const DataFile& file : files) {
    for (const Form& form : forms) {
      if (file.name == slug + std::string(form.ending))
        distributions.push_back(distribution_of(file, form));
    }
  }
  return {
      {"@id", "#" + slug},
      {"@type", "dcat:Dataset"},
      {"dct:title", in_both(title, title)},
      {"dct:description",
       in_both("Głosy i wynik puli budżetu obywatelskiego: " + title +
                   ". Głosy są anonimowe i w kolejności po przetasowaniu.",
               "Votes and result of a pool of the participatory budget: " + title +
                   ". Votes are anonymous and in the order after the shuffles.")},
      {"dct:publisher", iri("#publisher")},
      {"dct:issued", time_of(data.numbers.closed)},
      {"dct:language", iri(std::string(languages) + "POL")},
      {"dct:temporal", json::object{{"@type", "dct:PeriodOfTime"},
                                    {"dcat:startDate", time_of(data.numbers.opened)},
                                    {"dcat:endDate", time_of(data.numbers.closed)}}},
      {"dct:accessRights",
       iri("http://publications.europa.eu/resource/authority/access-right/PUBLIC")},
      {"dcat:theme", iri(std::string(themes) + "GOVE")},
      {"dcat:keyword", in_both("budżet obywatelski", "participatory budget")},
      {"dcat:distribution", std::move(distributions)},
  };
}

}  // namespace

std::string catalogue(const EditionData& data, const std::vector<DataFile>& files) {
  std::string polish = data.manifest.title;
  std::string english = data.manifest.title;
  if (data.presentation) {
    const presentation::Texts& city = data.presentation->city;
    polish = city.pl.empty() ? city.en : city.pl;
    english = city.en.empty() ? city.pl : city.en;
  }
  json::array datasets;
  for (const PoolNumbers& pool : data.numbers.pools) {
    if (!pool.result) continue;
    const std::string& title = data.manifest.pools[pool.number.value].title;
    datasets.push_back(dataset_of(data, slug_of(data.manifest, pool.number), files,
                                  data.manifest.title + ": " + title));
  }
  const json::object root{
      {"@context", json::object{{"dcat", "http://www.w3.org/ns/dcat#"},
                                {"dct", "http://purl.org/dc/terms/"},
                                {"foaf", "http://xmlns.com/foaf/0.1/"},
                                {"spdx", "http://spdx.org/rdf/terms#"},
                                {"xsd", "http://www.w3.org/2001/XMLSchema#"}}},
      {"@id", "#catalogue"},
      {"@type", "dcat:Catalog"},
      {"dct:title", in_both(data.manifest.title, data.manifest.title)},
      {"dct:description",
       in_both("Dane głosowania w budżecie obywatelskim. " + data.manifest.resolution,
               "Data of a participatory-budget vote. " + data.manifest.resolution)},
      {"dct:publisher", json::object{{"@id", "#publisher"},
                                     {"@type", "foaf:Agent"},
                                     {"foaf:name", in_both(polish, english)}}},
      {"dct:issued", time_of(data.numbers.closed)},
      {"dct:language", iri(std::string(languages) + "POL")},
      {"dcat:themeTaxonomy", iri("http://publications.europa.eu/resource/authority/data-theme")},
      {"dcat:dataset", std::move(datasets)},
  };
  return json::serialize(root) + "\n";
}

}  // namespace urna::results
