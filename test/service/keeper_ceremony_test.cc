// SPDX-License-Identifier: EUPL-1.2
// `urna keeper ceremony`: three keepers, each with a folder of their own, make a key by files that
// they hand over; and what stops them.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/file.h"
#include "group/multiply.h"
#include "proof/sharing.h"
#include "proof/suite.h"
#include "pseudonym/ceremony.h"

namespace urna::pseudonym {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

bool write_bytes(const std::string& path, const std::string& bytes) {
  return write_file_atomically(path, bytes).ok();
}

struct Finished {
  int status = -1;
  std::string output;
  [[nodiscard]] json::object object() const {
    json::error_code failure;
    const json::value value = json::parse(output, failure);
    return value.is_object() ? value.get_object() : json::object();
  }
};

class KeeperCeremony : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (fs::temp_directory_path() / "urna-keepers.XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Finished run(const std::string& arguments) const {
    Finished result;
    const std::string command = "cd '" + folder_ + "' && '" URNA_PROGRAM "' keeper ceremony " +
                                arguments + " </dev/null 2>/dev/null";
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
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::string bytes(const std::string& name) const {
    return read_file(path(name), 10'000).value();
  }
  [[nodiscard]] mode_t mode(const std::string& name) const {
    struct stat facts {};
    return ::stat(path(name).c_str(), &facts) == 0 ? facts.st_mode & 0777U : 0;
  }

  // Receiving keys in a, b, c, and a plan of whom two must answer.
  void make_plan() {
    std::string receivers;
    for (const std::string name : {"a", "b", "c"}) {
      const Finished made = run("key --mine " + name + " --json");
      ASSERT_EQ(made.status, 0) << made.output;
      receivers += " --receiver " + std::string(made.object().at("receiving_key").as_string());
    }
    ASSERT_EQ(run("plan --threshold 2 --out plan.cbor" + receivers).status, 0);
  }
  void deal_all() {
    for (const std::string name : {"a", "b", "c"})
      ASSERT_EQ(run("deal --mine " + name + " --plan plan.cbor --out " + name + ".cbor").status, 0);
  }
  Finished take(
      const std::string& name,
      const std::string& dealings = "--dealing a.cbor --dealing b.cbor --dealing c.cbor") const {
    return run("take --json --mine " + name + " --plan plan.cbor " + dealings + " --group group-" +
               name + ".cbor");
  }

  std::string folder_;
};

TEST_F(KeeperCeremony, EachHasAShareOfOneKeyAndNothingElseIsLeft) {
  make_plan();
  deal_all();
  std::vector<KeyShare> shares;
  std::vector<std::string> prints;
  for (const std::string name : {"a", "b", "c"}) {
    EXPECT_EQ(mode(name + "/receiving.key"), 0600U);
    const Finished taken = take(name);
    ASSERT_EQ(taken.status, 0) << taken.output;
    prints.emplace_back(taken.object().at("fingerprint").as_string());
    EXPECT_EQ(mode(name + "/share.key"), 0600U);
    EXPECT_FALSE(fs::exists(path(name + "/receiving.key")))
        << "what was dealt could still be opened";
    EXPECT_EQ(bytes("group-" + name + ".cbor"), bytes("group-a.cbor"));
    const auto group = KeeperGroup::decode(bytes("group-" + name + ".cbor"));
    ASSERT_TRUE(group.ok());
    auto share = KeyShare::decode(bytes(name + "/share.key"), *group);
    ASSERT_TRUE(share.ok());
    EXPECT_EQ(share->keeper().value, shares.size() + 1);
    shares.push_back(*std::move(share));
  }
  EXPECT_EQ(std::ranges::count(prints, prints[0]), 3);
  // Any two of them have the key.
  const auto group = KeeperGroup::decode(bytes("group-a.cbor")).value();
  const std::vector<std::uint64_t> two = {1, 3};
  const auto weights = proof::lagrange_at_zero<proof::Ristretto>(two);
  const group::SecretScalar key = weights[0] * shares[0].secret() + weights[1] * shares[2].secret();
  EXPECT_EQ(group::mul_base(key).encode(), group.public_key());
  // Again: the share stays, and says why there is nothing to do.
  const std::string before = bytes("a/share.key");
  EXPECT_EQ(take("a").status, 4);
  EXPECT_EQ(run("key --mine a").status, 7);
  EXPECT_EQ(bytes("a/share.key"), before);
}

TEST_F(KeeperCeremony, StepsCanBeRunAgain) {
  make_plan();
  const Finished first = run("key --mine a --json");
  const Finished second = run("key --mine a --json");
  EXPECT_EQ(first.object().at("receiving_key"), second.object().at("receiving_key"));
  EXPECT_FALSE(second.object().at("new").as_bool());
  deal_all();
  // One dealing for a plan, however often it is asked for.
  EXPECT_EQ(run("deal --mine a --plan plan.cbor --out a.cbor").status, 0);
  EXPECT_EQ(run("deal --mine a --plan plan.cbor --out again.cbor").status, 0);
  EXPECT_EQ(bytes("again.cbor"), bytes("a.cbor"));
  EXPECT_EQ(run("deal --mine a --plan plan.cbor --out b.cbor").status, 7)
      << "another's file is there";
  // Power was lost after the share was written.
  fs::copy_file(path("a/receiving.key"), path("kept"));
  ASSERT_EQ(take("a").status, 0);
  const std::string share = bytes("a/share.key");
  fs::copy_file(path("kept"), path("a/receiving.key"));
  EXPECT_EQ(take("a").status, 0);
  EXPECT_EQ(bytes("a/share.key"), share);
  EXPECT_FALSE(fs::exists(path("a/receiving.key")));
}

TEST_F(KeeperCeremony, WhatDoesNotFitStopsItAndLeavesNoShare) {
  make_plan();
  deal_all();
  // Somebody is missing, or is there twice.
  EXPECT_EQ(take("a", "--dealing a.cbor --dealing b.cbor").status, 7);
  EXPECT_EQ(take("a", "--dealing a.cbor --dealing b.cbor --dealing b.cbor --dealing c.cbor").status,
            7);
  // One byte of what was dealt to a, and one of the proof.
  const std::string whole = bytes("b.cbor");
  for (const std::size_t place : {whole.size() - 200, whole.size() - 300}) {
    std::string altered = whole;
    altered[place] = static_cast<char>(altered[place] ^ 1);
    ASSERT_TRUE(write_bytes(path("bad.cbor"), altered));
    const Finished taken = take("a", "--dealing a.cbor --dealing bad.cbor --dealing c.cbor");
    EXPECT_EQ(taken.status, 3) << taken.output;
    EXPECT_NE(taken.output.find("keeper 2"), std::string::npos) << taken.output;
  }
  // Somebody deals in a's name: a notices, whoever else believes it.
  const KeyPlan plan = decode_key_plan(bytes("plan.cbor")).value();
  ASSERT_TRUE(write_bytes(path("posed.cbor"), KeyDealing::make(plan, {1}).value().encode()));
  const Finished posed = take("a", "--dealing posed.cbor --dealing b.cbor --dealing c.cbor");
  EXPECT_EQ(posed.status, 7);
  EXPECT_NE(posed.output.find("somebody deals in your name"), std::string::npos) << posed.output;
  // A plan in which another key stands in the place of a's.
  KeyPlan other = plan;
  other.receivers[0] = ReceivingKey::random().public_key();
  ASSERT_TRUE(write_bytes(path("other.cbor"), encode(other)));
  EXPECT_EQ(run("deal --mine a --plan other.cbor --out x.cbor").status, 7);
  EXPECT_EQ(run("deal --mine b --plan other.cbor --out x.cbor").status, 7)
      << "b dealt for the plan";
  EXPECT_FALSE(fs::exists(path("x.cbor")));
  EXPECT_FALSE(fs::exists(path("a/share.key")));
  EXPECT_FALSE(fs::exists(path("group-a.cbor")));
  EXPECT_TRUE(fs::exists(path("a/receiving.key")));

  // Plans that are none.
  const std::string key(run("key --mine a --json").object().at("receiving_key").as_string());
  EXPECT_EQ(run("plan --threshold 2 --receiver " + key + " --out p.cbor").status, 2);
  EXPECT_EQ(
      run("plan --threshold 1 --receiver " + key + " --receiver " + key + " --out p.cbor").status,
      2);
  EXPECT_EQ(run("plan --threshold 1 --receiver beef --out p.cbor").status, 2);
  EXPECT_EQ(run("plan --threshold 1 --receiver " + key + " --out plan.cbor").status, 7);
  EXPECT_FALSE(fs::exists(path("p.cbor")));
}

}  // namespace
}  // namespace urna::pseudonym
