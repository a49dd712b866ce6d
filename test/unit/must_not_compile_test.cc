// SPDX-License-Identifier: EUPL-1.2
// What the types promise to refuse, the compiler refuses; the same source without the fault
// compiles.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <tuple>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

bool compiles(const std::string& includes, const std::string& body) {
  const fs::path source =
      fs::path(testing::TempDir()) / ("urna_compile_" + std::to_string(::getpid()) + ".cc");
  std::ofstream(source) << includes << "namespace urna::protection {\n" << body << "\n}\n";
  const std::string command = std::string("\"") + URNA_CXX + "\" -std=c++20 -fsyntax-only -I\"" +
                              URNA_SOURCE_DIR + "\" \"" + source.string() + "\" >/dev/null 2>&1";
  const int status = std::system(command.c_str());
  fs::remove(source);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool table_compiles(const std::string& columns, const std::string& table) {
  return compiles(
      "#include \"protection/table.h\"\n#include <array>\n",
      "constexpr std::array columns = {" + columns + "};\nconstexpr Table table(" + table + ");");
}

const std::string letter =
    "column<Field::letter_person>(ColumnType::bytes), "
    "column<Field::letter_code>(ColumnType::bytes)";

TEST(MustNotCompile, ADeclaredTableCompiles) {
  EXPECT_TRUE(table_compiles(letter, R"("letter", columns, "person")"));
}

TEST(MustNotCompile, AFieldThatIsNotDeclared) {
  EXPECT_FALSE(table_compiles(letter + ", column<Field::letter_nickname>(ColumnType::text)",
                              R"("letter", columns, "person")"));
  EXPECT_FALSE(table_compiles(letter + ", column<static_cast<Field>(250)>(ColumnType::text)",
                              R"("letter", columns, "person")"))
      << "a name without a declaration";
}

TEST(MustNotCompile, AFieldThatIsNotDeclaredInAnyService) {
  const auto all_compile = [](const std::string& header, const std::string& columns,
                              const std::string& table) {
    return compiles(
        "#include \"" + header + "\"\n#include \"protection/table.h\"\n",
        "constexpr std::array more = {" + columns + "};\nconstexpr Table table(\"" + table + ");");
  };
  // A table of each service, with a column more than it has.
  for (const auto& [header, field, table] : {
           std::tuple("ballotbox/tables.h", "pending_notice", "notice"),
           std::tuple("keeper/tables.h", "request_detail", "line"),
           std::tuple("desk/tables.h", "official_name", "official"),
           std::tuple("registrar/tables.h", "person_name", "person"),
       }) {
    const std::string columns =
        "not_personal(\"id\", ColumnType::integer, \"random\"), column<Field::" +
        std::string(field) + ">(ColumnType::bytes)";
    const std::string rest = std::string(table) + "\", more, \"id\"";
    EXPECT_TRUE(all_compile(header, columns, rest)) << table;
    EXPECT_FALSE(all_compile(
        header, columns + ", column<Field::" + std::string(table) + "_nickname>(ColumnType::text)",
        rest))
        << table;
    EXPECT_FALSE(all_compile(header, columns + ", Column{\"nickname\"}", rest))
        << table << ": a column that says nothing";
  }
}

TEST(MustNotCompile, AKeyOrAnIndexOfColumnsThatTheTableHasNot) {
  EXPECT_FALSE(table_compiles(letter, R"("letter", columns, "number")"));
  EXPECT_FALSE(table_compiles(letter, R"("letter", columns, "person, number")"));
  EXPECT_TRUE(table_compiles(letter, R"("letter", columns, "person, code_hash")"));
  EXPECT_FALSE(table_compiles(letter, R"("letter", columns, "person", {.plain = "number"})"));
  EXPECT_FALSE(table_compiles(letter, R"("letter", columns, "person", {}, {}, Rows::by_number)"))
      << "numbers of bytes";
}

TEST(MustNotCompile, AFieldOfAnotherTable) {
  EXPECT_FALSE(table_compiles(letter + ", column<Field::person_name>(ColumnType::bytes)",
                              R"("letter", columns, "person")"));
}

TEST(MustNotCompile, ATechnicalColumnWithoutAReason) {
  EXPECT_TRUE(table_compiles(letter + ", not_personal(\"n\", ColumnType::integer, \"a counter\")",
                             R"("letter", columns, "person")"));
  EXPECT_FALSE(table_compiles(letter + ", not_personal(\"n\", ColumnType::integer, \"\")",
                              R"("letter", columns, "person")"));
}

TEST(MustNotCompile, AnExpiringTableWithoutItsColumn) {
  const std::string session =
      "column<Field::session_token_hash>(ColumnType::bytes), "
      "column<Field::session_expires>(ColumnType::integer)";
  EXPECT_TRUE(table_compiles(session, R"("session", columns, "token_hash", {}, "expires")"));
  EXPECT_FALSE(table_compiles(session, R"("session", columns, "token_hash")"));
}

TEST(MustNotCompile, SecretsArePrintedOrComparedByNobody) {
  const std::string head = "#include <iostream>\n#include \"protection/secrets.h\"\n";
  EXPECT_TRUE(compiles(head, "SecretKey f() { return SecretKey::random(); }"));
  EXPECT_FALSE(compiles(head, "void f(const SecretKey& k) { std::cout << k; }"));
  EXPECT_FALSE(compiles(head, "bool f(const SecretKey& k) { return k == k; }"));
  const std::string pesel = "#include <iostream>\n#include \"protection/pesel.h\"\n";
  EXPECT_FALSE(compiles(pesel, "void f(const Pesel& p) { std::cout << p; }"));
}

}  // namespace
