// SPDX-License-Identifier: EUPL-1.2
#include "presentation/from_pabulib.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "count/pabulib/columns.h"

namespace urna::presentation {
namespace {

using count::pabulib::Column;
using count::pabulib::find_column;
using count::pabulib::Row;
using count::pabulib::Section;
using count::pabulib::text_at;

// Printable, runs of blanks as one, and no longer than that.
std::string plain(std::string_view text, std::size_t bytes_max) {
  std::string result;
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    if (c == ' ' && (result.empty() || result.back() == ' ')) continue;
    result += c;
  }
  if (result.size() > bytes_max) {
    constexpr std::string_view ellipsis = "…";
    result.resize(bytes_max - ellipsis.size());
    // Not in the middle of a letter.
    while (!is_utf8(result)) result.pop_back();
    result += ellipsis;
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

std::vector<std::string> labels_of(std::string_view cell) {
  std::vector<std::string> labels;
  for (const std::string& part : count::pabulib::split_list(cell)) {
    std::string label = plain(part, part.size());
    if (label.empty() || label.size() > label_bytes_max || labels.size() == labels_max) continue;
    labels.push_back(std::move(label));
  }
  return labels;
}

std::optional<double> degrees(std::string_view text, double most) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Files that know no place say 0 there.
  if (fault != std::errc{} || end != text.data() + text.size() || !(std::abs(value) <= most) ||
      value == 0) {
    return std::nullopt;
  }
  return std::round(value * 1e6) / 1e6;
}

class PoolReader final : public count::pabulib::RowSink {
 public:
  explicit PoolReader(const std::string& pool) : pool_(pool) { file_.pool = pool; }

  Status row(const Row& row) override {
    if (row.section == Section::votes) {
      done_ = true;
      return Error{ErrorCode::limit, "enough was read"};
    }
    if (row.section == Section::meta) {
      if (!row.header) meta(row);
      return ok_status();
    }
    return row.header ? columns(row) : project(row);
  }

  // Whether the rows that matter were read, so that the scan was ended from here.
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] PoolFile take() && {
    file_.district = subunit_.empty() ? district_ : subunit_;
    for (ProjectStory& story : file_.projects) {
      if (english_) std::swap(story.description.pl, story.description.en);
    }
    return std::move(file_);
  }

 private:
  void meta(const Row& row) {
    const std::string_view key = text_at(row, 0);
    const std::string value = plain(text_at(row, 1), label_bytes_max);
    if (key == "unit" && file_.city.empty()) file_.city = value;
    if (key == "subunit") subunit_ = value;
    if (key == "district") district_ = value;
    if (key == "language") english_ = value == "en";
  }

  Status columns(const Row& row) {
    id_ = find_column(row.cells, "project_id");
    if (!id_) {
      return Error{ErrorCode::malformed,
                   "PROJECTS has no column project_id",
                   {{}, row.line, 0, "project_id"},
                   "see docs/check.md"};
    }
    const auto first_of = [&](std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names) {
        if (const Column found = find_column(row.cells, name)) return found;
      }
      return Column();
    };
    category_ = first_of({"category"});
    target_ = first_of({"target", "beneficiaries"});
    description_ = first_of({"description"});
    where_ = first_of({"district", "neighborhood"});
    latitude_ = first_of({"latitude"});
    longitude_ = first_of({"longitude"});
    return ok_status();
  }

  Status project(const Row& row) {
    ProjectStory story;
    story.pool = pool_;
    story.id = text_at(row, id_);
    story.topics = labels_of(text_at(row, category_));
    story.beneficiaries = labels_of(text_at(row, target_));
    story.districts = labels_of(text_at(row, where_));
    story.description.pl = plain(text_at(row, description_), description_bytes_max);
    const auto latitude = degrees(text_at(row, latitude_), 90);
    const auto longitude = degrees(text_at(row, longitude_), 180);
    if (latitude && longitude) story.place = Position{*longitude, *latitude};
    // A project of which nothing is told but its name needs no story.
    if (!story.topics.empty() || !story.beneficiaries.empty() || !story.districts.empty() ||
        !story.description.empty() || story.place) {
      file_.projects.push_back(std::move(story));
    }
    return ok_status();
  }

  const std::string& pool_;
  PoolFile file_;
  std::string subunit_;
  std::string district_;
  bool english_ = false;
  bool done_ = false;
  Column id_, category_, target_, description_, where_, latitude_, longitude_;
};

// For comparing names of districts: "Gnaszyn - Kawodrza" is "Gnaszyn-Kawodrza".
std::string folded(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (c == ' ' || c == '-') continue;
    key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

}  // namespace

Result<PoolFile> read_pool_file(const count::pabulib::ByteSource& file, std::string_view name,
                                const std::string& pool) {
  PoolReader reader(pool);
  const Status scanned = count::pabulib::scan(file, name, reader);
  if (!scanned && !reader.done()) {
    Error error = scanned.error();
    if (error.place.file.empty()) error.place.file = name;
    return error;
  }
  return std::move(reader).take();
}

Presentation assemble(std::vector<PoolFile> pools, std::vector<District> districts,
                      const Texts& city) {
  Presentation presentation;
  presentation.city = city;
  presentation.districts = std::move(districts);
  for (PoolFile& pool : pools) {
    if (presentation.city.empty()) presentation.city.pl = pool.city;
    for (District& district : presentation.districts) {
      if (pool.district.empty() || folded(district.name) != folded(pool.district)) continue;
      if (std::find(district.pools.begin(), district.pools.end(), pool.pool) ==
          district.pools.end()) {
        district.pools.push_back(pool.pool);
      }
    }
    std::move(pool.projects.begin(), pool.projects.end(),
              std::back_inserter(presentation.projects));
  }
  return presentation;
}

}  // namespace urna::presentation
