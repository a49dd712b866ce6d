// SPDX-License-Identifier: EUPL-1.2
#include "test/oracle/real_data.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "count/pabulib/reader.h"

namespace urna::oracle {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder, const char* extension) {
  std::vector<fs::path> paths;
  if (!fs::is_directory(folder)) return paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

fs::path data_folder() {
  const char* given = std::getenv("URNA_DATA");
  return given != nullptr ? fs::path(given) : fs::path(URNA_SOURCE_DIR) / "../shared/data";
}

std::vector<fs::path> real_instances() { return files_in(data_folder() / "pabulib", ".pb"); }

std::vector<fs::path> reference_files() { return files_in(data_folder() / "expected", ".json"); }

ReferenceCase read_reference(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const boost::json::value parsed = boost::json::parse(text.str());
  ReferenceCase result;
  result.name = std::string(parsed.at("file").as_string());
  Result<count::Instance> instance =
      count::pabulib::read_instance_file((data_folder() / "pabulib" / result.name).string());
  if (!instance) throw std::runtime_error(instance.error().to_string());
  result.instance = *std::move(instance);
  result.outcomes = parsed.at("exact").as_object();
  return result;
}

std::vector<std::string> reference_ids(const boost::json::value& outcome, const char* key) {
  std::vector<std::string> ids;
  for (const boost::json::value& id : outcome.at(key).as_array()) ids.emplace_back(id.as_string());
  return ids;
}

std::vector<std::string> ids_of(const count::Instance& instance,
                                const std::vector<count::ProjectIndex>& projects) {
  std::vector<std::string> ids;
  for (const count::ProjectIndex p : projects) ids.push_back(instance.projects[p].id);
  return ids;
}

}  // namespace urna::oracle
