// SPDX-License-Identifier: EUPL-1.2
// Tables of databases, made of declared personal fields and of columns that say why they are not.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protection/fields.h"

namespace urna::protection {

enum class ColumnType : std::uint8_t { integer, text, bytes };
inline constexpr std::array all_column_types = {ColumnType::integer, ColumnType::text,
                                                ColumnType::bytes};
enum class Null : std::uint8_t { no, yes };

struct Column {
  std::string_view name;
  ColumnType type{};
  Null null{};
  std::size_t place = declared_fields.size();  // in declared_fields; their number if technical
  std::string_view reason;                     // why a technical column relates to nobody

  [[nodiscard]] constexpr bool is_personal() const { return place < declared_fields.size(); }
};

// A column for a declared field. Other fields do not compile.
template <Field field>
requires(is_declared(field)) consteval Column column(ColumnType type, Null null = Null::no) {
  return {declaration_of(field).column, type, null, declaration_place(field), {}};
}

// A column that relates to nobody; the reason may not be empty.
consteval Column not_personal(std::string_view name, ColumnType type, std::string_view reason,
                              Null null = Null::no) {
  if (reason.empty()) throw "a technical column needs a reason";
  return {name, type, null, declared_fields.size(), reason};
}

// Columns, joined by ", ", that rows are looked up by besides the key; empty if there are none.
struct Indexes {
  std::string_view plain = {};
  std::string_view unique = {};  // no two rows have the same value
};

// How rows lie.
enum class Rows : std::uint8_t {
  by_key,     // in no order but the key's, which may be random so that none is left
  by_number,  // by the key, one column of integers; cheaper where rows are long
  numbered,   // the same, and the database gives the numbers: ascending, none twice
};

// A table. It compiles only if every declared field was declared for it, all of them are kept by
// one rule (rows are deleted whole), and key, indexes and the column of expiry are its own.
class Table {
 public:
  // `key` is the primary key, columns joined by ", ". `expires` is the column of the moment (Unix
  // seconds) that a rule of row_expiry counts from, present iff the rule is that.
  consteval Table(std::string_view name, std::span<const Column> columns, std::string_view key,
                  Indexes indexes = {}, std::string_view expires = {}, Rows rows = Rows::by_key)
      : name_(name),
        columns_(columns),
        key_(key),
        indexes_(indexes),
        expires_(expires),
        rows_(rows) {
    if (key.empty() || !has_all(key) || !has_all(indexes.plain) || !has_all(indexes.unique) ||
        !has_all(expires)) {
      throw "no such column";
    }
    for (const Column& column : columns) {
      if (rows != Rows::by_key && column.name == key && column.type != ColumnType::integer) {
        throw "rows are numbered by integers";
      }
      if (!column.is_personal()) {
        if (column.reason.empty()) throw "a technical column needs a reason";
        continue;
      }
      const FieldDeclaration& field = declared_fields[column.place];
      if (field.table != name) throw "the field is declared for another table";
      if (retention_ && retention_->id != field.retention->id) {
        throw "the fields of a table are kept by one rule";
      }
      retention_ = *field.retention;
    }
    if (rows != Rows::by_key && !has(key)) throw "rows are numbered by one column";
    const bool by_row = retention_ && retention_->from == RetentionEvent::row_expiry;
    if (by_row == expires.empty()) throw "a column of expiry goes with a rule of row_expiry";
  }

  [[nodiscard]] constexpr std::string_view name() const { return name_; }
  [[nodiscard]] constexpr std::span<const Column> columns() const { return columns_; }
  [[nodiscard]] constexpr std::string_view key() const { return key_; }
  [[nodiscard]] constexpr const Indexes& indexes() const { return indexes_; }
  [[nodiscard]] constexpr std::string_view expires() const { return expires_; }
  [[nodiscard]] constexpr Rows rows() const { return rows_; }
  // Nothing for a table without personal fields.
  [[nodiscard]] constexpr const std::optional<RetentionRule>& retention() const {
    return retention_;
  }

 private:
  [[nodiscard]] constexpr bool has(std::string_view column) const {
    for (const Column& own : columns_) {
      if (own.name == column) return true;
    }
    return false;
  }
  // Columns joined by ", "; none of none.
  [[nodiscard]] constexpr bool has_all(std::string_view list) const {
    while (!list.empty()) {
      const std::size_t end = list.find(", ");
      if (!has(list.substr(0, end))) return false;
      list = end == std::string_view::npos ? std::string_view() : list.substr(end + 2);
    }
    return true;
  }

  std::string_view name_;
  std::span<const Column> columns_;
  std::string_view key_;
  Indexes indexes_;
  std::string_view expires_;
  Rows rows_;
  std::optional<RetentionRule> retention_;
};

// A column as a database has it.
struct LiveColumn {
  std::string table;
  std::string column;
  std::optional<ColumnType> type;  // nothing: one that no declared column has
};

// Whether a database has exactly these tables with these columns. Error: conflict, naming the first
// column that is declared and not there, there and not declared, or of another type.
[[nodiscard]] Status check_schema(std::span<const Table> tables, std::span<const LiveColumn> live);

}  // namespace urna::protection
