// SPDX-License-Identifier: EUPL-1.2
// Keys and cards in files: what is written is read again, and nothing else is.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <type_traits>
#include <unistd.h>

#include "base/bytes.h"
#include "base/private_file.h"
#include "election/ceremony.h"
#include "tally/card.h"
#include "tally/key_file.h"

namespace urna::tally {
namespace {

namespace fs = std::filesystem;

constexpr SealCost cheap{1, 8192};  // libsodium's least

class Keys : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "urna-keys-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return (folder_ / "a.key").string(); }
  void put(std::string_view bytes) const {
    fs::remove(path());
    ASSERT_TRUE(create_private_file(path(), bytes));
  }
  static AskPassphrase with(const std::string& passphrase) {
    return [passphrase](const std::string&) { return SecretBytes(std::string(passphrase)); };
  }
  static AskPassphrase never() {
    return [](const std::string&) -> Result<SecretBytes> {
      ADD_FAILURE() << "asked for a passphrase";
      return Error{};
    };
  }

  fs::path folder_;
};

TEST_F(Keys, ArePlainOrSealedTheSame) {
  for (const KeyRole role : {KeyRole::trustee, KeyRole::registrar, KeyRole::official,
                             KeyRole::board, KeyRole::witness}) {
    const KeyFile key = make_key(role, "a.b/c").value();
    put(encode_plain(key)->view());
    const Result<KeyFile> plain = load_key(path(), role, never());
    ASSERT_TRUE(plain) << plain.error().to_string();
    EXPECT_EQ(plain->secret.view(), key.secret.view());
    EXPECT_EQ(plain->name, "a.b/c");

    const SecretBytes sealed = encode_sealed(key, "open", cheap).value();
    EXPECT_EQ(sealed.view().find(key.secret.view()), std::string_view::npos);
    put(sealed.view());
    const Result<KeyFile> opened = load_key(path(), role, with("open"));
    ASSERT_TRUE(opened) << opened.error().to_string();
    EXPECT_EQ(opened->secret.view(), key.secret.view());
  }
}

TEST_F(Keys, OpenOnlyWithTheirPassphrase) {
  const KeyFile key = make_key(KeyRole::official, "Nowak").value();
  put(encode_sealed(key, "sesame", cheap)->view());
  for (const char* wrong : {"", "Sesame", "sesame ", "sesam"}) {
    const Result<KeyFile> refused = load_key(path(), KeyRole::official, with(wrong));
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().to_string().find("esam"), std::string::npos);
  }
}

TEST_F(Keys, EveryChangedByteIsNoticed) {
  const KeyFile key = make_key(KeyRole::official, "Nowak").value();
  const std::string sealed(encode_sealed(key, "open", cheap)->view());
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    put(changed);
    EXPECT_FALSE(load_key(path(), KeyRole::official, with("open"))) << at;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    put(std::string_view(sealed).substr(0, size));
    EXPECT_FALSE(load_key(path(), KeyRole::official, with("open"))) << size;
  }
  put(sealed + "x");
  EXPECT_FALSE(load_key(path(), KeyRole::official, with("open")));
}

TEST_F(Keys, AreForOneOfficeAndOneOwner) {
  const KeyFile key = make_key(KeyRole::official, "Nowak").value();
  put(encode_plain(key)->view());
  const Result<KeyFile> other = load_key(path(), KeyRole::registrar, never());
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("\"official\", not \"registrar\""), std::string::npos)
      << other.error().message;
  fs::permissions(path(), fs::perms::group_read, fs::perm_options::add);
  const Result<KeyFile> open = load_key(path(), KeyRole::official, never());
  ASSERT_FALSE(open);
  EXPECT_NE(open.error().remedy.find("chmod 600"), std::string::npos);
  EXPECT_EQ(load_key(path() + "x", KeyRole::official, never()).error().code, ErrorCode::not_found);
}

TEST_F(Keys, NamesHaveLimits) {
  EXPECT_TRUE(make_key(KeyRole::trustee, "Łucja Żak"));
  EXPECT_TRUE(make_key(KeyRole::trustee, std::string(128, 'a')));
  for (const std::string& wrong :
       {std::string(), std::string(129, 'a'), std::string("a\nb"), std::string("\xFF")})
    EXPECT_FALSE(make_key(KeyRole::trustee, wrong)) << wrong;
  EXPECT_FALSE(make_key(KeyRole::board, "two words"));
  EXPECT_FALSE(make_key(KeyRole::witness, "a+b"));
  EXPECT_FALSE(parse_role("voter"));
}

TEST_F(Keys, GiveTheSamePublicText) {
  const KeyFile official = make_key(KeyRole::official, "Nowak").value();
  EXPECT_EQ(public_text(official).value(), to_hex(view_of(signing_key(official)->key)));
  const KeyFile board = make_key(KeyRole::board, "town.example.org").value();
  EXPECT_EQ(board::LogKey::parse(public_text(board).value()).value(),
            log_key(board)->verifier_key());
  const KeyFile witness = make_key(KeyRole::witness, "w").value();
  EXPECT_EQ(board::WitnessKey::parse(public_text(witness).value()).value(),
            witness_key(witness)->verifier_key());
  const election::TrusteeKeys one = trustee_keys(make_key(KeyRole::trustee, "A").value()).value();
  EXPECT_NE(one.signing.key, one.receiving.key);
}

TEST_F(Keys, PrivateFilesAreMadeOnceWithMode600) {
  ASSERT_TRUE(create_private_file(path(), "first"));
  struct stat facts {};
  ASSERT_EQ(::stat(path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  const Status second = create_private_file(path(), "second");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_EQ(read_secret_file(path(), 10)->view(), "first");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1)
      << "a temporary file is left";
  EXPECT_EQ(create_private_file((folder_ / "none/a").string(), "x").error().code,
            ErrorCode::not_found);
  ASSERT_TRUE(make_private_folder((folder_ / "deep/memory").string()));
  ASSERT_EQ(::stat((folder_ / "deep/memory").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

TEST_F(Keys, SecretsAreNotCopied) {
  static_assert(!std::is_copy_constructible_v<SecretBytes>);
  static_assert(!std::is_copy_assignable_v<SecretBytes>);
  std::string bytes = "short";
  SecretBytes first(std::move(bytes));
  EXPECT_TRUE(bytes.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  SecretBytes second(std::move(first));
  EXPECT_EQ(second.view(), "short");
  EXPECT_TRUE(first.view().empty());  // NOLINT(bugprone-use-after-move)
  second = SecretBytes(std::string(100, 'x'));
  EXPECT_EQ(second.view().size(), 100U);
}

TEST(Cards, AreReadAgainAndEveryChangeIsNoticed) {
  const election::TrusteeKeys keys = election::TrusteeKeys::random();
  const election::TrusteeCard card = election::make_card("Anna", keys);
  const std::string bytes = encode_card(card);
  EXPECT_EQ(decode_card(bytes).value(), card);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(decode_card(changed)) << "the proof of possession covers name and keys; " << at;
    EXPECT_FALSE(decode_card(std::string_view(bytes).substr(0, at))) << at;
  }
  EXPECT_FALSE(decode_card(bytes + "x"));
}

TEST(Cards, HaveFingerprintsForTheVoice) {
  Sha256Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(fingerprint(digest), "0001 0203 0405 0607 0809 0a0b 0c0d 0e0f");
  const election::TrusteeKeys keys = election::TrusteeKeys::random();
  const election::TrusteeCard card = election::make_card("Anna", keys);
  EXPECT_EQ(fingerprint(card), fingerprint(sha256(encode_card(card))));
  EXPECT_NE(fingerprint(card), fingerprint(election::make_card("Anna", keys)))
      << "the proof is fresh each time, so a card is made once";
}

}  // namespace
}  // namespace urna::tally
