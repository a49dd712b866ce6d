// SPDX-License-Identifier: EUPL-1.2
// What columns about a person are called in files of people (docs/registrar.md).
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "registrar/identifier.h"

namespace urna::registrar {

struct ColumnOfFile {
  std::string_view name;
  std::string PersonFields::*member;
};
inline constexpr std::array<ColumnOfFile, 12> person_columns = {{
    {"pesel", &PersonFields::pesel},
    {"first_name", &PersonFields::first_name},
    {"last_name", &PersonFields::last_name},
    {"birth_date", &PersonFields::birth_date},
    {"card", &PersonFields::card},
    {"passport_country", &PersonFields::passport_country},
    {"passport_number", &PersonFields::passport_number},
    {"city", &PersonFields::city},
    {"street", &PersonFields::street},
    {"house", &PersonFields::house},
    {"flat", &PersonFields::flat},
    {"postcode", &PersonFields::postcode},
}};

}  // namespace urna::registrar
