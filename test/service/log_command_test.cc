// SPDX-License-Identifier: EUPL-1.2
// `urna log`: what a data protection officer does with the access log of a registrar.
#include <array>
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <vector>

#include "test/service/registrar_town.h"

namespace urna::registrar::trial {
namespace {

struct Finished {
  int status = -1;
  std::string output;
};

Finished run(const std::string& arguments) {
  Finished result;
  const std::string command = "'" URNA_PROGRAM "' " + arguments + " </dev/null 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer{};
  for (std::size_t count = 0; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    result.output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

class LogCommand : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const bool postgres = std::string(GetParam()) == "postgres";
    if (postgres && Databases::server() == nullptr) GTEST_SKIP() << "no PostgreSQL 15 here";
    databases_ = std::make_unique<Databases>(postgres);
    town_ = std::make_unique<Town>(*databases_);
    add_accesses();
    folder_ = (fs::temp_directory_path() / "urna-log.XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void add_accesses() {
    for (int i = 0; i < 5; ++i) {
      const Status noted = town_->store().transact([&](RegistrarTransaction& transaction) {
        return note_access(transaction, town_->office(), "official", "clerk-3",
                           protection::AccessAction::read, {protection::Field::person_name}, 1,
                           protection::Purpose::eligibility);
      });
      ASSERT_TRUE(noted.ok());
    }
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return "'" + folder_ + "/" + name + "'";
  }
  [[nodiscard]] std::string database() const {
    return databases_->postgres() ? "'" + databases_->parameters() + "'"
                                  : "'" + databases_->file() + "'";
  }
  [[nodiscard]] std::string key() const {
    return "'" + town_->office().log_key.verifier_key().to_string() + "'";
  }
  void sql(const std::string& statement) {
    ASSERT_TRUE(databases_->open()->run(statement)) << statement;
  }

  std::unique_ptr<Databases> databases_;
  std::unique_ptr<Town> town_;
  std::string folder_;
};

INSTANTIATE_TEST_SUITE_P(Stores, LogCommand, ::testing::Values("sqlite", "postgres"),
                         [](const auto& about) { return std::string(about.param); });

TEST_P(LogCommand, NamesTheFirstBadRow) {
  Finished verified = run("log verify " + database() + " --key " + key());
  EXPECT_EQ(verified.status, 0) << verified.output;
  EXPECT_NE(verified.output.find("sound: 5 rows"), std::string::npos) << verified.output;

  sql("DELETE FROM access_log WHERE position = 4");
  verified = run("log verify " + database() + " --key " + key() + " --json");
  EXPECT_EQ(verified.status, 1);
  EXPECT_NE(verified.output.find("\"first_bad\":4"), std::string::npos) << verified.output;
  sql("UPDATE access_log SET position = 9 WHERE position = 1");
  verified = run("log verify " + database() + " --key " + key());
  EXPECT_NE(verified.output.find("first bad row: 1\n"), std::string::npos) << verified.output;
}

TEST_P(LogCommand, AnotherKeyIsRefused) {
  const auto other = board::LogSecretKey::from_seed("registrar.example/access", key_of(8).bytes());
  const Finished verified =
      run("log verify " + database() + " --key '" + other.value().verifier_key().to_string() + "'");
  EXPECT_EQ(verified.status, 1) << verified.output;
  EXPECT_EQ(run("log verify " + database() + " --key nonsense").status, 2);
  EXPECT_EQ(run("log verify " + file("nowhere")).status, 4);
}

TEST_P(LogCommand, WitnessCosignsAndHoldsTheLogToIt) {
  const Finished made = run(
      "edition keygen --role witness --name dpo.example --no-passphrase --out " + file("dpo.key"));
  ASSERT_EQ(made.status, 0) << made.output;
  const std::size_t at = made.output.find("dpo.example+");
  ASSERT_NE(at, std::string::npos) << made.output;
  const std::string witness =
      "'" + made.output.substr(at, made.output.find_first_of(" \n", at) - at) + "'";
  ASSERT_EQ(run("log copy " + database() + " --out " + file("a.log")).status, 0);
  const std::string cosign =
      " --key " + file("dpo.key") + " --log-key " + key() + " --out " + file("a.note");
  Finished cosigned = run("log cosign " + file("a.log") + cosign);
  ASSERT_EQ(cosigned.status, 0) << cosigned.output;
  const std::string verify =
      "log verify " + database() + " --key " + key() + " --witness " + witness;
  EXPECT_EQ(run(verify).status, 1) << "not in the database yet";
  const Finished accepted = run("log accept " + database() + " --note " + file("a.note"));
  ASSERT_EQ(accepted.status, 0) << accepted.output;
  EXPECT_EQ(run(verify).status, 0) << run(verify).output;

  // The log goes on, the witness comes again.
  add_accesses();
  ASSERT_EQ(run("log copy " + database() + " --out " + file("b.log")).status, 0);
  cosigned = run("log cosign " + file("b.log") + cosign);
  EXPECT_EQ(cosigned.status, 0) << cosigned.output;

  // An administrator with the log's key writes a shorter history; its copy is not cosigned.
  sql("DELETE FROM access_log");
  sql("DELETE FROM access_note");
  sql("DELETE FROM state WHERE name = 'access_head'");
  add_accesses();
  EXPECT_EQ(run("log verify " + database() + " --key " + key()).status, 0) << "sound by itself";
  EXPECT_EQ(run(verify).status, 1);
  EXPECT_EQ(run("log verify " + database() + " --seen " + file("dpo.key.access-log")).status, 1);
  ASSERT_EQ(run("log copy " + database() + " --out " + file("c.log")).status, 0);
  EXPECT_EQ(run("log cosign " + file("c.log") + cosign).status, 7);
}

}  // namespace
}  // namespace urna::registrar::trial
