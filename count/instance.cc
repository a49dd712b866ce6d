// SPDX-License-Identifier: EUPL-1.2
#include "count/instance.h"

namespace urna::count {

std::optional<std::string_view> Instance::find_meta(std::string_view key) const {
  for (const MetaField& field : meta) {
    if (field.key == key) return field.value;
  }
  return std::nullopt;
}

std::string Instance::title() const {
  std::string title;
  for (const std::string_view key : {"unit", "instance", "subunit"}) {
    const auto value = find_meta(key);
    if (!value || value->empty()) continue;
    if (!title.empty()) title += ", ";
    title += *value;
  }
  return title.empty() ? file : title;
}

}  // namespace urna::count
