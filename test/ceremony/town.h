// SPDX-License-Identifier: EUPL-1.2
// A small town for tests: an office that keeps the board, three trustees, each with a folder of
// their own, who exchange copies of files only and run the real program.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <string>
#include <sys/wait.h>
#include <vector>

#include "election/ballot.h"
#include "election/record.h"
#include "election/roll.h"
#include "tally/key_file.h"

namespace urna::test {

namespace fs = std::filesystem;

struct Outcome {
  int status = -1;
  std::string out;  // standard output and standard error
};

inline std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_all(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// Replaces `to` by a copy of `from`.
inline void copy_folder(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::create_directories(to.parent_path());
  fs::copy(from, to, fs::copy_options::recursive);
}

class Town {
 public:
  static constexpr std::uint64_t opening = 1'790'000'000;
  static constexpr std::uint64_t closing = opening + 86'400;
  static inline const std::vector<std::string> trustees = {"Anna", "Bartek", "Celina"};

  Town(fs::path root, std::string program) : root_(std::move(root)), program_(std::move(program)) {}

  [[nodiscard]] const fs::path& root() const { return root_; }
  [[nodiscard]] fs::path record() const { return root_ / "office/record"; }
  [[nodiscard]] fs::path home(const std::string& trustee) const { return root_ / trustee; }
  [[nodiscard]] fs::path out(const std::string& trustee) const { return home(trustee) / "out"; }
  [[nodiscard]] fs::path key(const std::string& file) const {
    return root_ / "office/edition/keys" / file;
  }

  // Runs the program; the prefix goes before it on the command line.
  Outcome run(const std::string& words, const std::string& prefix = "") const {
    const fs::path printed = root_ / "printed";
    const std::string line =
        prefix + " '" + program_ + "' " + words + " >'" + printed.string() + "' 2>&1";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_all(printed)};
  }
  // A step of a trustee on a fresh copy of the office's record.
  Outcome step(const std::string& trustee, const std::string& step_name,
               const std::string& more = "", const std::string& prefix = "") const {
    copy_folder(record(), home(trustee) / "record");
    return step_on_copy(trustee, step_name, more, prefix);
  }
  // The same on the copy that the trustee has.
  Outcome step_on_copy(const std::string& trustee, const std::string& step_name,
                       const std::string& more = "", const std::string& prefix = "") const {
    const std::string folder = home(trustee).string();
    return run("trustee " + step_name + " --quiet --key " + folder + "/trustee.key --record " +
                   folder + "/record --out " + folder + "/out " + more,
               prefix);
  }
  Outcome board(const std::string& command, const std::string& more = "") const {
    return run("board " + command + " " + record().string() + " --key " +
               key("board.key").string() + " " + more);
  }
  // The office receives copies of what these trustees hand over, then adds it.
  Outcome add(const std::vector<std::string>& from) const {
    std::string folders;
    for (const std::string& trustee : from) {
      copy_folder(out(trustee), root_ / "office/incoming" / trustee);
      folders += " " + (root_ / "office/incoming" / trustee).string();
    }
    return board("add --quiet", folders);
  }
  Outcome cosign() const {
    return run("board cosign " + record().string() + " --key " + key("witness-w1.key").string());
  }
  Outcome verify() const {
    return run("verify --quiet --manifest " + manifest_hash() + " " + record().string());
  }
  [[nodiscard]] std::string manifest_hash() const {
    return to_hex(election::edition_hash(read_all(root_ / "office/edition/manifest.cbor")).view());
  }

  // ---- Stages

  // Keys, cards, manifest, an empty record.
  void begin() const {
    write_all(root_ / "office/north.pb",
              "META\nkey;value\ndescription;North\ncountry;Poland\nunit;Town\ninstance;2026\n"
              "num_projects;3\nnum_votes;0\nbudget;1000\nvote_type;approval\nrule;greedy\n"
              "max_length;2\nPROJECTS\nproject_id;cost;name\n1;600;Park\n2;500;Pool\n3;400;Path\n"
              "VOTES\nvoter_id;vote\n");
    write_all(root_ / "office/south.pb",
              "META\nkey;value\ndescription;South\ncountry;Poland\nunit;Town\ninstance;2026\n"
              "num_projects;2\nnum_votes;0\nbudget;300\nvote_type;approval\nrule;greedy\n"
              "PROJECTS\nproject_id;cost;name\na;300;Arch\nb;200;Bench\nVOTES\nvoter_id;vote\n");
    std::string cards;
    for (const std::string& trustee : trustees) {
      const Outcome made = run("trustee keygen --no-passphrase --name " + trustee + " --out " +
                               home(trustee).string());
      ASSERT_EQ(made.status, 0) << made.out;
      fs::create_directories(out(trustee));
      fs::copy_file(home(trustee) / (trustee + ".card"), root_ / "office" / (trustee + ".card"));
      cards += (cards.empty() ? "\"" : ",\"") + trustee + ".card\"";
    }
    write_all(root_ / "office/edition.json",
              R"({"edition":"town-2026","title":"Town","resolution":"1/2026",)"
              R"("opens":"2026-09-21T14:13:20Z","closes":"2026-09-22T14:13:20Z",)"
              R"("repeated_ballots":"last","lowest_level":2,"ties":"draw","privacy_minimum":2,)"
              R"("pools":[{"id":"north","file":"north.pb"},{"id":"south","file":"south.pb"}],)"
              R"("trustees":{"threshold":2,"cards":[)" +
                  cards +
                  R"(]},)"
                  R"("board":{"origin":"town.example.org","witnesses":["w1"],"cosignatures":1}})");
    const Outcome made =
        run("edition new --make-keys --config " + (root_ / "office/edition.json").string() +
            " --out " + (root_ / "office/edition").string());
    ASSERT_EQ(made.status, 0) << made.out;
    const Outcome begun =
        board("new", "--manifest " + (root_ / "office/edition/manifest.cbor").string());
    ASSERT_EQ(begun.status, 0) << begun.out;
  }

  // Commitments, dealings, acceptances.
  void deal() const {
    for (const char* step_name : {"deal", "deal", "accept"}) {
      for (const std::string& trustee : trustees) {
        const Outcome made = step(trustee, step_name);
        ASSERT_EQ(made.status, 0) << trustee << " " << step_name << ": " << made.out;
      }
      const Outcome added = add(trustees);
      ASSERT_EQ(added.status, 0) << added.out;
    }
  }

  // Roll and opening.
  void open() const {
    std::vector<election::RollLine> lines;
    for (std::uint8_t person = 1; person <= voters; ++person)
      lines.push_back({pseudonym(person), {{0}, {1}}});
    write_all(root_ / "office/roll.cbor", election::encode_roll(lines));
    const Outcome roll = board("roll", "--roll " + (root_ / "office/roll.cbor").string() +
                                           " --registrar-key " + key("registrar.key").string());
    ASSERT_EQ(roll.status, 0) << roll.out;
    const Outcome opened = board("open", "--time 2026-09-21T14:13:20Z --official " + officials());
    ASSERT_EQ(opened.status, 0) << opened.out;
    ASSERT_EQ(cosign().status, 0);
  }

  // The first `count` people vote in both pools: person i for the projects votes()[i - 1].
  void vote(std::uint8_t count) const {
    const auto no_passphrase = [](const std::string&) { return Result<SecretBytes>(Error{}); };
    const auto registrar = tally::signing_key(
        tally::load_key(key("registrar.key"), tally::KeyRole::registrar, no_passphrase).value());
    const auto log_key = tally::log_key(
        tally::load_key(key("board.key"), tally::KeyRole::board, no_passphrase).value());
    auto record_writer = election::RecordWriter::open(record().string(), log_key.value());
    ASSERT_TRUE(record_writer) << record_writer.error().to_string();
    const election::BoardState& state = record_writer->state();
    const election::JointKey joint_key(state.joint_key());
    for (std::uint8_t person = 1; person <= count; ++person) {
      const proof::SigningKey voter = proof::SigningKey::random();
      const election::Certificate certificate =
          election::issue_certificate(state.edition(), *registrar, pseudonym(person), voter.key, 2,
                                      {{0}, {1}}, opening + 60, person - 1U);
      for (const std::uint16_t pool : {std::uint16_t{0}, std::uint16_t{1}}) {
        const election::BallotContent content{votes().at(pool).at(person - 1U), {}};
        const auto ballot =
            election::make_ballot({state.edition(), {pool}, certificate, 0, std::nullopt},
                                  state.terms({pool}), joint_key, content, voter);
        ASSERT_TRUE(ballot) << ballot.error().to_string();
        const Status added = record_writer->add(election::encode(*ballot));
        ASSERT_TRUE(added) << added.error().to_string();
      }
    }
    ASSERT_TRUE(record_writer->commit());
  }

  void close() const {
    ASSERT_EQ(board("close", "--time 2026-09-22T14:13:20Z --official " + officials()).status, 0);
    ASSERT_EQ(cosign().status, 0);
    const Outcome counted =
        board("counted", "--certificates 5 --registrar-key " + key("registrar.key").string());
    ASSERT_EQ(counted.status, 0) << counted.out;
    ASSERT_EQ(cosign().status, 0);
  }

  [[nodiscard]] std::string officials() const {
    return key("official-1.key").string() + " " + key("official-0.key").string();
  }

  static constexpr std::uint8_t voters = 5;
  // By pool and person. North: project 1 has 4 votes, 3 has 3, 2 has 2. South: 2 has 4, 1 has 1.
  static std::map<std::uint16_t, std::vector<std::vector<election::ProjectNumber>>> votes() {
    return {{0, {{{1}, {3}}, {{1}, {2}}, {{1}}, {{2}, {3}}, {{1}, {3}}}},
            {1, {{{2}}, {{2}}, {{1}}, {{2}}, {{2}}}}};
  }
  static election::Pseudonym pseudonym(std::uint8_t person) {
    election::Pseudonym made;
    made.octets[0] = person;
    return made;
  }

 private:
  fs::path root_;
  std::string program_;
};

}  // namespace urna::test
