// SPDX-License-Identifier: EUPL-1.2
// The tables of an inspection service. Other controllers' data are not among them.
#pragma once

#include <array>

#include "protection/table.h"

namespace urna::inspection {

namespace columns {

using protection::column;
using protection::not_personal;
using enum protection::ColumnType;
using protection::Field;

inline constexpr std::array state = {
    not_personal("name", text, "which value this is"),
    not_personal("value", bytes, "the head of the log"),
};
inline constexpr std::array access_log = {
    not_personal("position", integer, "the row's number in the log"),
    column<Field::inspection_entry>(bytes),
    not_personal("chain", bytes, "a hash that only proves that rows are unchanged"),
};
inline constexpr std::array access_note = {
    not_personal("size", integer, "how many rows the checkpoint is over"),
    not_personal("note", text, "a signed checkpoint"),
};
inline constexpr std::array counter = {
    not_personal("name", text, "a mandate's or a request's hash"),
    not_personal("used", integer, "how many rows were read under it"),
};

}  // namespace columns

inline constexpr std::array tables = {
    protection::Table("state", columns::state, "name"),
    protection::Table("access_log", columns::access_log, "position"),
    protection::Table("access_note", columns::access_note, "size"),
    protection::Table("counter", columns::counter, "name"),
};

}  // namespace urna::inspection
