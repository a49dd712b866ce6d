// SPDX-License-Identifier: EUPL-1.2
// The ballot box's tables: the record of one edition, and what waits to be passed on.
#pragma once

#include <array>

#include "protection/table.h"

namespace urna::ballotbox {

namespace columns {

using protection::column;
using protection::not_personal;
using enum protection::ColumnType;
using protection::Field;

inline constexpr std::array entry = {
    column<Field::board_place>(integer),
    column<Field::board_entry>(bytes),
};
inline constexpr std::array checkpoint = {
    not_personal("one", integer, "always 1: there is one row"),
    not_personal("note", text, "the board's size and root, signed by the board and its witnesses"),
};
inline constexpr std::array file = {
    not_personal("path", text, "which of the record's files, as docs/protocol.md names them"),
    not_personal("part", integer, "which piece of a long file"),
    column<Field::record_file>(bytes),
};
inline constexpr std::array notice = {
    not_personal("id", integer, "random, so that rows have no order"),
    column<Field::pending_notice>(bytes),
};

}  // namespace columns

inline constexpr std::array tables = {
    protection::Table("entry", columns::entry, "idx", {}, {}, protection::Rows::by_number),
    protection::Table("checkpoint", columns::checkpoint, "one", {}, {},
                      protection::Rows::by_number),
    protection::Table("file", columns::file, "path, part"),
    protection::Table("notice", columns::notice, "id", {}, {}, protection::Rows::by_number),
};

}  // namespace urna::ballotbox
