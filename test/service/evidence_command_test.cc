// SPDX-License-Identifier: EUPL-1.2
// `urna evidence` and `urna signals` as a person calls them: from an invented town's events to a
// package that its recipient opens and checks.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>

namespace urna {
namespace {

namespace fs = std::filesystem;

struct Ended {
  int status = -1;
  std::string output;
};

class EvidenceCommand : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "urna-evidence-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  Ended urna(const std::string& arguments) const {
    const std::string command =
        "cd '" + folder_.string() + "' && '" URNA_PROGRAM "' " + arguments + " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    Ended ended;
    if (pipe == nullptr) return ended;
    std::array<char, 4096> piece{};
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe)) {
      ended.output.append(piece.data(), got);
    }
    ended.status = WEXITSTATUS(::pclose(pipe));
    return ended;
  }
  void good(const std::string& arguments) const {
    const Ended ended = urna(arguments);
    ASSERT_EQ(ended.status, 0) << arguments << "\n" << ended.output;
  }

  fs::path folder_;
};

TEST_F(EvidenceCommand, FromEventsToTheRecipient) {
  good("signals invent clerk-with-sims --seed 3 >events.jsonl");
  const Ended found = urna("signals find events.jsonl --json >signals.json");
  EXPECT_EQ(found.status, 1) << found.output;  // there are signals
  EXPECT_NE(urna("signals find events.jsonl --language pl").output.find("few-contacts"),
            std::string::npos);

  good("edition keygen --role official --name Nowak --no-passphrase --out anna.key");
  const std::string signer = " --by 'Anna Nowak' --key anna.key";
  good(
      "evidence make --case ABCDE-FGHJK --edition pl-town-2026 --item "
      "pseudonymous:events.jsonl:certificates --item open:signals.json --out case" +
      signer);
  good("evidence keygen --name Court --out court.key");
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "court.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  good("evidence seal case --to court.key.pub --level open --note 'letter 12' --out case.sealed" +
       signer);
  good("evidence open case.sealed --key court.key --out opened");
  const Ended sound = urna("evidence verify opened");
  EXPECT_EQ(sound.status, 0) << sound.output;
  EXPECT_NE(sound.output.find("SOUND"), std::string::npos);
  EXPECT_NE(sound.output.find("handed-over  Anna Nowak to Court: letter 12"), std::string::npos);
  good("evidence custody opened --act received" + signer);

  std::ofstream(folder_ / "opened/items/signals.json", std::ios::app) << " ";
  const Ended altered = urna("evidence verify opened");
  EXPECT_EQ(altered.status, 1);
  EXPECT_NE(altered.output.find("WRONG: items/signals.json"), std::string::npos) << altered.output;

  // Whoever is not an official, and what is no package.
  EXPECT_EQ(urna("evidence verify case --maker " + std::string(64, '0')).status, 1);
  EXPECT_EQ(urna("evidence verify case --maker 12").status, 2);
  EXPECT_EQ(urna("evidence verify nothing").status, 4);
  EXPECT_EQ(urna("evidence make --case A --edition B --item secret:events.jsonl --out new" + signer)
                .status,
            2);
  EXPECT_EQ(urna("evidence open case.sealed --key anna.key --out new").status, 3);
}

TEST_F(EvidenceCommand, SignalsNameTheWrongLine) {
  std::ofstream(folder_ / "events.jsonl")
      << "{\"minute\":1,\"outcome\":\"certified\"}\n{\"minute\":1,\"outcome\":\"voted\"}\n";
  const Ended ended = urna("signals find events.jsonl");
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.output.find("events.jsonl:2: outcome"), std::string::npos) << ended.output;
  EXPECT_EQ(urna("signals invent no-such").status, 2);
}

}  // namespace
}  // namespace urna
