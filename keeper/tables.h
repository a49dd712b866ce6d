// SPDX-License-Identifier: EUPL-1.2
// A keeper's tables.
#pragma once

#include <array>

#include "protection/table.h"

namespace urna::keeper {

namespace columns {

using protection::column;
using protection::not_personal;
using enum protection::ColumnType;
using protection::Field;

inline constexpr std::array counter = {
    not_personal("name", text, "a service, a purpose and a period that a quota is for"),
    not_personal("used", integer, "how many elements the service was charged for in it"),
};
inline constexpr std::array line = {
    column<Field::request_number>(integer),
    column<Field::request_time>(integer),
    column<Field::request_event>(text),
    not_personal("caller", text, "the configured name of the service that asked"),
    column<Field::request_purpose>(text),
    column<Field::request_count>(integer),
    column<Field::request_detail>(text),
};

}  // namespace columns

// Lines are numbered by the database: a number is never given twice, even if lines were removed.
inline constexpr std::array tables = {
    protection::Table("counter", columns::counter, "name"),
    protection::Table("line", columns::line, "number", {.plain = "event, number"}, {},
                      protection::Rows::numbered),
};

}  // namespace urna::keeper
