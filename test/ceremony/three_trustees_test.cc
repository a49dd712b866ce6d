// SPDX-License-Identifier: EUPL-1.2
// Three trustees in folders of their own run the program on copies of files: the whole way from
// cards to the result, with one lost, one who lies at each step, files missing or damaged, commands
// run twice or killed, a board that keeps two records.
#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "election/ceremony.h"
#include "election/decrypting.h"
#include "election/entries.h"
#include "election/mixing.h"
#include "tally/record_view.h"
#include "test/ceremony/town.h"

namespace urna::test {
namespace {

using testing::Test;

const std::string program = URNA_PROGRAM;

bool says(const Outcome& outcome, const std::string& text) {
  return outcome.out.find(text) != std::string::npos;
}

election::TrusteeKeys keys_of(const Town& town, const std::string& trustee) {
  const auto file =
      tally::load_key(town.home(trustee) / "trustee.key", tally::KeyRole::trustee,
                      [](const std::string&) { return Result<SecretBytes>(Error{}); });
  return tally::trustee_keys(file.value()).value();
}

tally::RecordView view_of_record(const Town& town) {
  auto view = tally::read_record(town.record().string(), tally::Cosignatures::not_asked);
  EXPECT_TRUE(view) << view.error().to_string();
  return *std::move(view);
}

// The votes of a published file without their positions, sorted: mixing hides the order.
std::multiset<std::string> published_votes(const fs::path& file) {
  const std::string text = read_all(file);
  std::istringstream lines(text.substr(text.find("voter_id;vote\n") + 14));
  std::multiset<std::string> votes;
  for (std::string line; std::getline(lines, line);) votes.insert(line.substr(line.find(';') + 1));
  return votes;
}

// Made once: the town before the ceremony, and with the ballots counted.
class ThreeTrustees : public Test {
 protected:
  static void SetUpTestSuite() {
    std::string folder = (fs::temp_directory_path() / "urna-town-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    base_ = folder;
    const Town town(base_ / "now", program);
    fs::create_directories(town.root());
    town.begin();
    save("begun");
    town.deal();
    town.open();
    save("open");
    town.vote(Town::voters);
    town.close();
    save("counted");
  }
  static void TearDownTestSuite() { fs::remove_all(base_); }

  // All paths in a stage are those of the one town "now".
  static void save(const std::string& stage) { copy_folder(base_ / "now", base_ / stage); }
  static Town town_at(const std::string& stage) {
    copy_folder(base_ / stage, base_ / "now");
    return {base_ / "now", program};
  }

  // Mixed by these two in this order.
  static void mix(const Town& town, const std::vector<std::string>& mixers) {
    for (const std::string& trustee : mixers) {
      const Outcome mixed = town.step(trustee, "mix");
      ASSERT_EQ(mixed.status, 0) << mixed.out;
      const Outcome added = town.add({trustee});
      ASSERT_EQ(added.status, 0) << added.out;
      ASSERT_EQ(town.cosign().status, 0);
    }
  }
  // Decrypted by these two, announced, verified.
  static void finish(const Town& town, const std::vector<std::string>& decrypters) {
    for (const std::string& trustee : decrypters) {
      const Outcome made = town.step(trustee, "decrypt");
      ASSERT_EQ(made.status, 0) << made.out;
    }
    const Outcome added = town.add(decrypters);
    ASSERT_EQ(added.status, 0) << added.out;
    const Outcome result = town.board("result --quiet");
    ASSERT_EQ(result.status, 0) << result.out;
    EXPECT_TRUE(says(result, "the record is complete")) << result.out;
    EXPECT_TRUE(says(result, "winners: 1, 3;")) << result.out;
    EXPECT_TRUE(says(result, "winners: b;")) << result.out;
    ASSERT_EQ(town.cosign().status, 0);
    const Outcome verified = town.verify();
    EXPECT_EQ(verified.status, 0) << verified.out;
    EXPECT_EQ(published_votes(town.record() / "result/0.pb"),
              (std::multiset<std::string>{"1,3", "1,2", "1", "2,3", "1,3"}));
    EXPECT_EQ(published_votes(town.record() / "result/1.pb"),
              (std::multiset<std::string>{"b", "b", "a", "b", "b"}));
  }

  static fs::path base_;
};
fs::path ThreeTrustees::base_;

TEST_F(ThreeTrustees, TellTheResultTogether) {
  const Town town = town_at("counted");
  mix(town, {"Anna", "Bartek"});
  const Outcome unneeded = town.step("Celina", "mix");
  EXPECT_EQ(unneeded.status, 0) << unneeded.out;
  EXPECT_TRUE(says(unneeded, "mixed as often as is needed")) << unneeded.out;
  const Outcome status = town.run("board status " + town.record().string());
  EXPECT_EQ(status.status, 0);
  EXPECT_TRUE(says(status, "urna trustee decrypt")) << status.out;
  finish(town, {"Anna", "Bartek", "Celina"});
  const Outcome fsck = town.run("board fsck " + town.record().string());
  EXPECT_EQ(fsck.status, 0) << fsck.out;
  const Outcome told = town.run("board status --json " + town.record().string());
  EXPECT_EQ(told.status, 0);
  EXPECT_TRUE(says(told, R"("complete":true,"next":[]})")) << told.out;
  const Outcome shown =
      town.run("edition show --json " + (town.root() / "office/edition/manifest.cbor").string());
  EXPECT_EQ(shown.status, 0);
  EXPECT_TRUE(says(shown, town.manifest_hash())) << shown.out;
}

TEST_F(ThreeTrustees, TwoFinishWhenOneIsLost) {
  const Town town = town_at("counted");
  fs::remove_all(town.home("Anna"));
  mix(town, {"Celina", "Bartek"});
  finish(town, {"Bartek", "Celina"});
}

TEST_F(ThreeTrustees, SecretsAreForTheirOwnersAlone) {
  const Town town = town_at("counted");
  for (const fs::path& path : {town.home("Anna") / "trustee.key", town.key("board.key"),
                               town.key("registrar.key"), town.key("witness-w1.key")}) {
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U) << path;
  }
  // Neither the secret nor what would give it stands in what is handed over or on the record.
  const election::TrusteeKeys keys = keys_of(town, "Anna");
  const std::string secret(view_of(keys.signing.secret.secret_bytes()));
  for (const fs::path& folder : {town.out("Anna"), town.record()}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      EXPECT_EQ(read_all(entry.path()).find(secret), std::string::npos) << entry.path();
    }
  }
  fs::permissions(town.home("Anna") / "trustee.key", fs::perms::others_read, fs::perm_options::add);
  const Outcome refused = town.step("Anna", "mix");
  EXPECT_EQ(refused.status, 7);
  EXPECT_TRUE(says(refused, "chmod 600")) << refused.out;
}

TEST_F(ThreeTrustees, ShareTheSecretWithAPassphrase) {
  const Town town = town_at("begun");
  write_all(town.root() / "passphrase", "correct horse\n");
  write_all(town.root() / "wrong", "battery staple\n");
  const std::string mine = (town.root() / "Dorota").string();
  const Outcome made = town.run("trustee keygen --name Dorota --out " + mine +
                                " --passphrase-file " + (town.root() / "passphrase").string());
  ASSERT_EQ(made.status, 0) << made.out;
  const Outcome again = town.run("trustee keygen --name Dorota --out " + mine +
                                 " --passphrase-file " + (town.root() / "passphrase").string());
  EXPECT_EQ(again.status, 0) << again.out;
  EXPECT_TRUE(says(again, "unchanged")) << again.out;
  const Outcome wrong = town.run("trustee keygen --name Dorota --out " + mine +
                                 " --passphrase-file " + (town.root() / "wrong").string());
  EXPECT_EQ(wrong.status, 7) << wrong.out;
  const Outcome other = town.run("trustee keygen --name Ewa --out " + mine + " --passphrase-file " +
                                 (town.root() / "passphrase").string());
  EXPECT_EQ(other.status, 7) << "a key was overwritten: " << other.out;
}

TEST_F(ThreeTrustees, DealingsWaitForAllCommitments) {
  const Town town = town_at("begun");
  const Outcome early = town.step("Anna", "accept");
  EXPECT_EQ(early.status, 1);
  EXPECT_TRUE(says(early, "trustee 3 (Celina)")) << early.out;

  EXPECT_EQ(town.step("Anna", "deal").status, 0);
  const std::string commitment = read_all(town.out("Anna") / "dealing-commitment-1.entry");
  const Outcome second = town.step("Anna", "deal");
  EXPECT_EQ(second.status, 1);
  EXPECT_TRUE(says(second, "missing: trustee 2 (Bartek), trustee 3 (Celina)")) << second.out;
  EXPECT_FALSE(fs::exists(town.out("Anna") / "dealing-1.entry"));

  // Entries of later trustees wait for those before.
  EXPECT_EQ(town.step("Celina", "deal").status, 0);
  const Outcome waiting = town.add({"Celina"});
  EXPECT_EQ(waiting.status, 1);
  EXPECT_TRUE(says(waiting, "first must come: trustee 1 (Anna), trustee 2 (Bartek)"))
      << waiting.out;

  // Commitments may also come from hand to hand.
  EXPECT_EQ(town.step("Bartek", "deal").status, 0);
  const std::string others = (town.out("Bartek") / "dealing-commitment-2.entry").string() + " " +
                             (town.out("Celina") / "dealing-commitment-3.entry").string();
  const Outcome released = town.step("Anna", "deal", "--from " + others);
  EXPECT_EQ(released.status, 0) << released.out;
  ASSERT_TRUE(fs::exists(town.out("Anna") / "dealing-1.entry"));

  // The same dealing, whatever is lost of what was handed over.
  const auto committed =
      std::get<election::DealingCommitment>(election::decode_entry(commitment).value());
  const std::string dealing = read_all(town.out("Anna") / "dealing-1.entry");
  EXPECT_EQ(sha256(dealing), committed.dealing);
  fs::remove_all(town.out("Anna"));
  EXPECT_EQ(town.step("Anna", "deal", "--from " + others).status, 0);
  EXPECT_EQ(read_all(town.out("Anna") / "dealing-1.entry"), dealing);
}

TEST_F(ThreeTrustees, ALostMemoryIsNoticed) {
  const Town town = town_at("begun");
  for (const std::string& trustee : Town::trustees) EXPECT_EQ(town.step(trustee, "deal").status, 0);
  ASSERT_EQ(town.add(Town::trustees).status, 0);
  fs::remove_all(town.home("Bartek") / "trustee.key.memory");
  const Outcome lost = town.step("Bartek", "deal");
  EXPECT_EQ(lost.status, 7);
  EXPECT_TRUE(says(lost, "backup")) << lost.out;
}

// A dealing of Celina's whose share for Anna is wrong, with its commitment.
void deal_wrongly(const Town& town) {
  const election::TrusteeKeys keys = keys_of(town, "Celina");
  const tally::RecordView record = view_of_record(town);
  election::Dealing dealing =
      election::deal(record.state.manifest(), record.state.edition(), {3}, keys);
  dealing.shares[40] = static_cast<char>(dealing.shares[40] ^ 1);
  election::sign(dealing, keys.signing);
  const std::string bytes = election::encode(dealing);
  write_all(town.out("Celina") / "dealing-commitment-3.entry",
            election::encode(election::commit_to(bytes, dealing, keys)));
  write_all(town.out("Celina") / "dealing-3.entry", bytes);
}

TEST_F(ThreeTrustees, AWrongShareIsComplainedAboutAndJudged) {
  const Town town = town_at("begun");
  deal_wrongly(town);
  for (int round = 0; round < 2; ++round) {
    for (const char* trustee : {"Anna", "Bartek"}) ASSERT_EQ(town.step(trustee, "deal").status, 0);
    const Outcome added = town.add(Town::trustees);
    ASSERT_EQ(added.status, round == 0 ? 1 : 0) << added.out;  // the third dealing waits at first
  }
  EXPECT_EQ(town.step("Bartek", "accept").status, 0) << "Bartek's share is right";
  const Outcome complained = town.step("Anna", "accept");
  EXPECT_EQ(complained.status, 1);
  EXPECT_TRUE(says(complained, "trustee 3 (Celina)")) << complained.out;
  EXPECT_FALSE(fs::exists(town.out("Anna") / "acceptance-1.entry"));
  const fs::path complaint = town.out("Anna") / "complaint-1-about-3.complaint";
  ASSERT_TRUE(fs::exists(complaint));

  const std::string judge = "trustee judge --record " + town.record().string() + " ";
  const Outcome upheld = town.run(judge + complaint.string());
  EXPECT_EQ(upheld.status, 0);
  EXPECT_TRUE(says(upheld, "trustee 3 (Celina) lied")) << upheld.out;

  // A complaint about a right share is refuted.
  const tally::RecordView record = view_of_record(town);
  const fs::path slander = town.root() / "slander";
  write_all(slander, election::encode(election::complain(record.state.dealings()[1], {1},
                                                         keys_of(town, "Anna"))));
  const Outcome refuted = town.run(judge + slander.string());
  EXPECT_EQ(refuted.status, 1);
  EXPECT_TRUE(says(refuted, "trustee 1 (Anna) complained falsely")) << refuted.out;

  // One that proves nothing is no complaint; none goes onto the board.
  std::string forged = read_all(complaint);
  forged[forged.size() - 1] = static_cast<char>(forged.back() ^ 1);
  write_all(slander, forged);
  EXPECT_EQ(town.run(judge + slander.string()).status, 3);
  const Outcome no_entry = town.board("add", complaint.string());
  EXPECT_EQ(no_entry.status, 2);
  EXPECT_TRUE(says(no_entry, "urna trustee judge")) << no_entry.out;
}

TEST_F(ThreeTrustees, TwoCommitmentsOfOneTrusteeAreNoticed) {
  const Town town = town_at("begun");
  deal_wrongly(town);
  const std::string shown = (town.root() / "shown.entry").string();
  fs::copy_file(town.out("Celina") / "dealing-commitment-3.entry", shown);
  ASSERT_EQ(town.step("Bartek", "deal").status, 0);
  const std::string bartek = (town.out("Bartek") / "dealing-commitment-2.entry").string();
  ASSERT_EQ(town.step("Anna", "deal", "--from " + shown + " " + bartek).status, 0);
  deal_wrongly(town);  // another one goes onto the board
  for (int round = 0; round < 2; ++round) {
    (void)town.step("Bartek", "deal");
    (void)town.add(Town::trustees);
  }
  const Outcome noticed = town.step("Anna", "accept");
  EXPECT_EQ(noticed.status, 7);
  EXPECT_TRUE(says(noticed, "trustee 3 (Celina) has signed two different commitments"))
      << noticed.out;
}

TEST_F(ThreeTrustees, AMixThatDropsABallotIsRefusedAndItsMakerNamed) {
  const Town town = town_at("counted");
  mix(town, {"Anna"});
  // Bartek mixes a list in which the first ballot stands twice and the last one is missing.
  const tally::RecordView record = view_of_record(town);
  const election::BoardState& state = record.state;
  std::string list = tally::verified_list(record.directory, state, {0}, {}).value();
  const std::size_t ballot = 64 * state.terms({0}).layout.width;
  list.replace(list.size() - ballot, ballot, list, 0, ballot);
  const auto forged = election::make_mix({state.edition(), {0}, 2, {2}},
                                         {state.joint_key(), state.terms({0}).layout.width, list},
                                         keys_of(town, "Bartek").signing);
  ASSERT_TRUE(forged);
  write_all(town.out("Bartek") / "mix-0-2.cbor", forged->file);
  write_all(town.out("Bartek") / "mix-0-2.entry", election::encode(forged->entry));
  const std::string before = read_all(town.record() / "checkpoint");
  const Outcome refused = town.add({"Bartek"});
  EXPECT_EQ(refused.status, 3);
  EXPECT_TRUE(says(refused, "trustee 2 (Bartek) did not work honestly")) << refused.out;
  EXPECT_EQ(read_all(town.record() / "checkpoint"), before);
  EXPECT_FALSE(fs::exists(town.record() / "mix/0-2.cbor"));
  mix(town, {"Celina"});
  finish(town, {"Anna", "Celina"});
}

TEST_F(ThreeTrustees, WhoIsSlowerMixesTheNextRound) {
  const Town town = town_at("counted");
  for (const char* trustee : {"Anna", "Bartek"}) ASSERT_EQ(town.step(trustee, "mix").status, 0);
  ASSERT_EQ(town.add({"Anna"}).status, 0);
  const Outcome late = town.add({"Bartek"});
  EXPECT_EQ(late.status, 7);
  EXPECT_TRUE(says(late, "round 2 of pool 0 (north) is due, not round 1")) << late.out;
  ASSERT_EQ(town.cosign().status, 0);
  mix(town, {"Bartek"});
  finish(town, {"Bartek", "Celina"});
}

TEST_F(ThreeTrustees, WrongSharesAreRefusedAndTheOtherTwoFinish) {
  const Town town = town_at("counted");
  mix(town, {"Anna", "Bartek"});
  ASSERT_EQ(town.step("Anna", "decrypt").status, 0);
  ASSERT_EQ(town.step("Celina", "decrypt").status, 0);
  // Bartek decrypts pool 0 with another secret than his.
  const tally::RecordView record = view_of_record(town);
  const election::BoardState& state = record.state;
  const std::string ciphertexts = tally::verified_list(record.directory, state, {0}, {}).value();
  const auto forged = election::make_shares(
      {state.edition(), {0}, state.terms({0}).layout.width, ciphertexts}, {2},
      group::SecretScalar::random(), state.verification_keys()[1], keys_of(town, "Bartek").signing);
  ASSERT_TRUE(forged);
  fs::remove_all(town.out("Bartek"));
  write_all(town.out("Bartek") / "decryption-0-2.cbor", forged->file);
  write_all(town.out("Bartek") / "decryption-0-2.entry", election::encode(forged->entry));
  const Outcome refused = town.add({"Anna", "Bartek"});
  EXPECT_EQ(refused.status, 3);
  EXPECT_TRUE(says(refused, "trustee 2 (Bartek) did not work honestly")) << refused.out;
  EXPECT_TRUE(says(refused, "ask for those of trustee 3 (Celina)")) << refused.out;
  finish(town, {"Anna", "Celina"});
}

TEST_F(ThreeTrustees, FewerThanTheThresholdGetNowhere) {
  const Town town = town_at("counted");
  const Outcome unmixed = town.step("Celina", "decrypt");
  EXPECT_EQ(unmixed.status, 1);
  EXPECT_TRUE(says(unmixed, "2 more rounds of mixing")) << unmixed.out;
  mix(town, {"Anna"});
  EXPECT_EQ(town.step("Celina", "decrypt").status, 1) << "one round is not enough";
  mix(town, {"Bartek"});
  ASSERT_EQ(town.step("Celina", "decrypt").status, 0);
  const std::string before = read_all(town.record() / "checkpoint");
  const Outcome alone = town.add({"Celina"});
  EXPECT_EQ(alone.status, 1);
  EXPECT_TRUE(says(alone, "trustee 1 (Anna), trustee 2 (Bartek)")) << alone.out;
  EXPECT_EQ(read_all(town.record() / "checkpoint"), before);
  EXPECT_EQ(town.board("result").status, 1);
  // Recorded first, Celina's shares would have shut out the others: trustees ascend.
  finish(town, {"Anna", "Celina"});
}

TEST_F(ThreeTrustees, MissingAndDamagedFilesAreNamedWithWhoHasThem) {
  const Town town = town_at("counted");
  ASSERT_EQ(town.step("Anna", "mix").status, 0);
  const std::string file = read_all(town.out("Anna") / "mix-0-1.cbor");
  fs::remove(town.out("Anna") / "mix-0-1.cbor");
  const Outcome missing = town.add({"Anna"});
  EXPECT_EQ(missing.status, 4);
  EXPECT_TRUE(says(missing, "mix-0-1.cbor")) << missing.out;
  EXPECT_TRUE(says(missing, "ask trustee 1 (Anna)")) << missing.out;
  EXPECT_TRUE(fs::exists(town.record() / "mix/1-1.cbor")) << "the other pool was added";

  std::string damaged = file;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  write_all(town.out("Anna") / "mix-0-1.cbor", damaged);
  const Outcome changed = town.add({"Anna"});
  EXPECT_EQ(changed.status, 7);
  EXPECT_TRUE(says(changed, "not the one that trustee 1 (Anna) signed")) << changed.out;

  write_all(town.out("Anna") / "mix-0-1.cbor", file);
  ASSERT_EQ(town.add({"Anna"}).status, 0);
  ASSERT_EQ(town.cosign().status, 0);
  copy_folder(town.record(), town.home("Bartek") / "record");
  fs::remove(town.home("Bartek") / "record/mix/0-1.cbor");
  const Outcome incomplete = town.step_on_copy("Bartek", "mix");
  EXPECT_EQ(incomplete.status, 4);
  EXPECT_TRUE(says(incomplete, "ask trustee 1 (Anna) or who keeps the board")) << incomplete.out;
}

TEST_F(ThreeTrustees, NobodyMixesWhatTheWitnessesHaveNotSeen) {
  const Town town = town_at("counted");
  ASSERT_EQ(town.step("Anna", "mix").status, 0);
  ASSERT_EQ(town.add({"Anna"}).status, 0);
  const Outcome refused = town.step("Bartek", "mix");
  EXPECT_EQ(refused.status, 7);
  EXPECT_TRUE(says(refused, "w1")) << refused.out;

  // A witness elsewhere sends a signed copy of the checkpoint.
  copy_folder(town.record(), town.root() / "witness/record");
  const std::string signed_copy = (town.root() / "witness/w1.checkpoint").string();
  ASSERT_EQ(town.run("board cosign " + (town.root() / "witness/record").string() + " --key " +
                     town.key("witness-w1.key").string() + " --out " + signed_copy)
                .status,
            0);
  const Outcome taken = town.board("add", signed_copy);
  EXPECT_EQ(taken.status, 0) << taken.out;
  EXPECT_TRUE(says(taken, "cosignatures: 1")) << taken.out;
  EXPECT_EQ(town.step("Bartek", "mix").status, 0);
}

TEST_F(ThreeTrustees, RunTwiceDoesNoHarm) {
  const Town town = town_at("counted");
  const std::string counted = read_all(town.record() / "checkpoint");
  EXPECT_EQ(
      town.board("new", "--manifest " + (town.root() / "office/edition/manifest.cbor").string())
          .status,
      0);
  EXPECT_EQ(town.run("edition new --make-keys --config " +
                     (town.root() / "office/edition.json").string() + " --out " +
                     (town.root() / "office/edition").string())
                .status,
            0);
  for (const char* step : {"deal", "accept"}) EXPECT_EQ(town.step("Anna", step).status, 0) << step;
  EXPECT_EQ(town.add(Town::trustees).status, 0) << "all is known";
  EXPECT_EQ(town.board("roll", "--roll " + (town.root() / "office/roll.cbor").string() +
                                   " --registrar-key " + town.key("registrar.key").string())
                .status,
            0);
  EXPECT_EQ(town.board("open", "--official " + town.officials()).status, 0);
  EXPECT_EQ(town.board("close", "--official " + town.officials()).status, 0);
  EXPECT_EQ(town.board("counted").status, 0);
  EXPECT_EQ(read_all(town.record() / "checkpoint"), counted);

  ASSERT_EQ(town.step("Anna", "mix").status, 0);
  const std::string made = read_all(town.out("Anna") / "mix-0-1.entry");
  EXPECT_EQ(town.step("Anna", "mix").status, 0);
  EXPECT_EQ(read_all(town.out("Anna") / "mix-0-1.entry"), made) << "mixed a second time";
  ASSERT_EQ(town.add({"Anna"}).status, 0);
  const std::string added = read_all(town.record() / "checkpoint");
  EXPECT_EQ(town.add({"Anna"}).status, 0);
  EXPECT_EQ(read_all(town.record() / "checkpoint"), added);
  ASSERT_EQ(town.cosign().status, 0);
  EXPECT_EQ(town.cosign().status, 0);
  EXPECT_EQ(town.step("Anna", "mix").status, 0);
  mix(town, {"Celina"});
  finish(town, {"Anna", "Celina"});
  const std::string complete = read_all(town.record() / "checkpoint");
  EXPECT_EQ(town.step("Anna", "decrypt").status, 0);
  EXPECT_EQ(town.add({"Anna", "Celina"}).status, 0);
  EXPECT_EQ(town.board("result").status, 0);
  EXPECT_EQ(read_all(town.record() / "checkpoint"), complete);
}

TEST_F(ThreeTrustees, KilledCommandsLeaveNothingInTheWay) {
  const Town town = town_at("counted");
  mix(town, {"Anna", "Bartek"});
  for (const char* seconds : {"0.005", "0.02", "0.05", "0.1"}) {
    (void)town.step("Anna", "decrypt", "", std::string("timeout -s KILL ") + seconds);
    (void)town.step("Celina", "decrypt", "", std::string("timeout -s KILL ") + seconds);
  }
  // What a keeper killed at the worst moments would leave.
  write_all(town.record() / "decryption/0-3.cbor", "unfinished");
  write_all(town.record() / "mix/0-3.cbor", "unfinished");
  write_all(town.record() / "result/0.pb.AbCdEf.tmp", "unfinished");
  write_all(town.record() / "roll.cbor.AbCdEf.tmp", "unfinished");
  write_all(town.record() / "checkpoint.AbCdEf.tmp", "unfinished");
  finish(town, {"Anna", "Bartek"});  // verify refuses files that no entry names
}

TEST_F(ThreeTrustees, ABoardWithTwoRecordsIsNoticed) {
  // The true record, mixed and decrypted by Anna.
  const Town honest = town_at("counted");
  mix(honest, {"Anna", "Bartek"});
  ASSERT_EQ(honest.step("Anna", "decrypt").status, 0);
  copy_folder(honest.home("Anna") / "trustee.key.memory", base_ / "memory");
  copy_folder(honest.root() / "office/edition/keys", base_ / "keys");

  // Another one of the same edition with fewer ballots, to learn how few have voted.
  const Town false_town = town_at("open");
  false_town.vote(2);
  false_town.close();
  mix(false_town, {"Bartek", "Celina"});
  copy_folder(base_ / "memory", false_town.home("Anna") / "trustee.key.memory");
  const Outcome noticed = false_town.step("Anna", "decrypt");
  EXPECT_EQ(noticed.status, 7);
  EXPECT_TRUE(says(noticed, "other ballots in this record")) << noticed.out;

  // And the witness who has cosigned the true one does not cosign this.
  fs::copy_file(base_ / "keys/witness-w1.key.checkpoint",
                false_town.key("witness-w1.key.checkpoint"), fs::copy_options::overwrite_existing);
  const Outcome refused = false_town.cosign();
  EXPECT_EQ(refused.status, 7);
  EXPECT_TRUE(says(refused, "does not continue the checkpoint that you cosigned")) << refused.out;
}

TEST_F(ThreeTrustees, CommandsOutOfTurnSayWhatIsMissing) {
  const Town town = town_at("begun");
  const Outcome roll = town.board("open", "--official " + town.officials());
  EXPECT_EQ(roll.status, 7);
  EXPECT_TRUE(says(roll, "waiting for the trustees' commitments")) << roll.out;
  EXPECT_EQ(town.board("counted").status, 7);
  EXPECT_EQ(town.board("result").status, 7);
  EXPECT_EQ(town.step("Anna", "mix").status, 7) << "no witness has cosigned";
  ASSERT_EQ(town.cosign().status, 0);
  const Outcome mix = town.step("Anna", "mix");
  EXPECT_EQ(mix.status, 1);
  EXPECT_TRUE(says(mix, "urna board counted")) << mix.out;
  // Keys of others.
  fs::remove_all(town.home("Anna"));
  ASSERT_EQ(
      town.run("trustee keygen --no-passphrase --name Anna --out " + town.home("Anna").string())
          .status,
      0);
  const Outcome stranger = town.step("Anna", "deal");
  EXPECT_EQ(stranger.status, 7);
  EXPECT_TRUE(says(stranger, "of none of the trustees")) << stranger.out;
  const Outcome official = town.board("open", "--official " + town.key("official-0.key").string() +
                                                  " " + town.key("official-0.key").string());
  EXPECT_EQ(official.status, 7);
  EXPECT_TRUE(says(official, "same official")) << official.out;
  const Outcome wrong_key = town.run("board cosign " + town.record().string() + " --key " +
                                     town.key("registrar.key").string());
  EXPECT_EQ(wrong_key.status, 7);
  EXPECT_TRUE(says(wrong_key, "not \"witness\"")) << wrong_key.out;
}

}  // namespace
}  // namespace urna::test
