// SPDX-License-Identifier: EUPL-1.2
// Tables of databases, made of declared personal fields and of columns that say why they are not.
#pragma once

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

// Columns that rows are looked up by besides the key; empty if there is none.
struct Indexes {
  std::string_view plain = {};
  std::string_view unique = {};  // no two rows have the same value
};

// A table. It compiles only if every declared field was declared for it, all of them are kept by
// one rule (rows are deleted whole), and the indexes and the column of expiry are its own.
class Table {
 public:
  // `key` is the primary key, columns joined by ", ". `expires` is the column of the moment (Unix
  // seconds) that a rule of row_expiry counts from, present iff the rule is that.
  consteval Table(std::string_view name, std::span<const Column> columns, std::string_view key,
                  Indexes indexes = {}, std::string_view expires = {})
      : name_(name), columns_(columns), key_(key), indexes_(indexes), expires_(expires) {
    bool plain_found = indexes.plain.empty();
    bool unique_found = indexes.unique.empty();
    bool expiry_found = expires.empty();
    for (const Column& column : columns) {
      plain_found = plain_found || column.name == indexes.plain;
      unique_found = unique_found || column.name == indexes.unique;
      expiry_found = expiry_found || column.name == expires;
      if (!column.is_personal()) continue;
      const FieldDeclaration& field = declared_fields[column.place];
      if (field.table != name) throw "the field is declared for another table";
      if (retention_ && retention_->id != field.retention->id) {
        throw "the fields of a table are kept by one rule";
      }
      retention_ = *field.retention;
    }
    if (!plain_found || !unique_found || !expiry_found) throw "no such column";
    const bool by_row = retention_ && retention_->from == RetentionEvent::row_expiry;
    if (by_row == expires.empty()) throw "a column of expiry goes with a rule of row_expiry";
  }

  [[nodiscard]] constexpr std::string_view name() const { return name_; }
  [[nodiscard]] constexpr std::span<const Column> columns() const { return columns_; }
  [[nodiscard]] constexpr std::string_view key() const { return key_; }
  [[nodiscard]] constexpr const Indexes& indexes() const { return indexes_; }
  [[nodiscard]] constexpr std::string_view expires() const { return expires_; }
  // Nothing for a table without personal fields.
  [[nodiscard]] constexpr const std::optional<RetentionRule>& retention() const {
    return retention_;
  }

 private:
  std::string_view name_;
  std::span<const Column> columns_;
  std::string_view key_;
  Indexes indexes_;
  std::string_view expires_;
  std::optional<RetentionRule> retention_;
};

// A column as a database has it.
struct LiveColumn {
  std::string table;
  std::string column;
};

// Whether a database has exactly these tables with these columns. Error: conflict, naming the first
// column that is declared and not there, or there and not declared.
[[nodiscard]] Status check_schema(std::span<const Table> tables, std::span<const LiveColumn> live);

}  // namespace urna::protection
