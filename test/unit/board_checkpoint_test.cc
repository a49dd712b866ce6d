// SPDX-License-Identifier: EUPL-1.2
// Signed notes and checkpoints: published examples of others, strict forms, who signed what, and
// everything that must be refused.
#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "board/checkpoint.h"
#include "board/merkle.h"

namespace urna::board {
namespace {

using namespace std::string_literals;

template <typename Key>
Key key_of(std::string_view name, std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return Key::from_seed(name, seed).value();
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t place = text.find(what);
  EXPECT_NE(place, std::string::npos) << what;
  return text.replace(place, what.size(), by);
}

TEST(NoteKey, PublishedKeysHaveTheirIds) {
  for (const std::string& text :
       {"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"s,
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"s,
        "monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT"s}) {
    const Result<LogKey> key = LogKey::parse(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(key->to_string(), text);
    EXPECT_FALSE(WitnessKey::parse(text)) << "a log's key is no witness's";
  }
}

TEST(NoteKey, OtherTextsAreRefused) {
  const std::string good = "monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT";
  ASSERT_TRUE(LogKey::parse(good));
  for (const std::string& wrong :
       {""s, "monkeys"s, "monkeys+db4d9f7e"s, good + "+", good + "\n", " " + good,
        replaced(good, "monkeys", ""), replaced(good, "monkeys", "monkey"),
        replaced(good, "monkeys", "mon keys"), replaced(good, "monkeys", "mónkeys"),
        replaced(good, "db4d9f7e", "DB4D9F7E"), replaced(good, "db4d9f7e", "db4d9f7f"),
        replaced(good, "db4d9f7e", "b4d9f7e"), replaced(good, "AULa", "AULb"),
        replaced(good, "AULa", "BULa"), replaced(good, "CfWT", ""),
        replaced(good, "CfWT", "CfWTAAAA")})
    EXPECT_FALSE(LogKey::parse(wrong)) << wrong;
}

TEST(NoteKey, TheTypesKeepSecretsApart) {
  static_assert(!std::is_convertible_v<LogSecretKey, WitnessSecretKey>);
  static_assert(!std::is_convertible_v<LogKey, WitnessKey>);
  static_assert(!std::equality_comparable<LogSecretKey>);
  const LogSecretKey log = key_of<LogSecretKey>("a", 1);
  const WitnessSecretKey witness = key_of<WitnessSecretKey>("a", 1);
  EXPECT_EQ(log.verifier_key().public_key, witness.verifier_key().public_key);
  EXPECT_NE(log.verifier_key().id(), witness.verifier_key().id());
  for (const std::string& wrong : {""s, "a b"s, "a+b"s, "a\n"s, "\xC3\xB3"s, std::string(256, 'a')})
    EXPECT_FALSE(LogSecretKey::generate(wrong)) << wrong;
  const LogSecretKey one = LogSecretKey::generate("a").value();
  const LogSecretKey two = LogSecretKey::generate("a").value();
  EXPECT_NE(one.verifier_key(), two.verifier_key());
  EXPECT_EQ(LogSecretKey::from_seed("a", one.seed())->verifier_key(), one.verifier_key());
}

TEST(Note, APublishedNoteIsSignedAlike) {
  // The example of golang.org/x/mod/sumdb/note, whose private key is public.
  const std::string seed = from_base64("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")->substr(1);
  const LogSecretKey key = LogSecretKey::from_seed("PeterNeumann", array_of<32>(seed)).value();
  const std::string text =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n";
  const NoteSignature signature{"PeterNeumann", key.verifier_key().id(),
                                std::string(view_of(key.sign(text)))};
  const std::string line =
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
      "Zb6KE6RyyBwJnAM=\n";
  EXPECT_EQ(signature.line(), line);
  EXPECT_EQ(NoteSignature::parse(line).value(), signature);
}

// Two checkpoints and the proof between them that the witness of transparency-dev is tested with.
TEST(Checkpoint, PublishedCheckpointsOfAnotherLogVerify) {
  const LogKey log =
      LogKey::parse("monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT").value();
  const std::string earlier_note =
      "monkeys\n5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n\n"
      "— monkeys 202fftzGl3LVoqjXfwCFZZXs8I+5G22+Ek2K0AOyBuSJ/8/CZawNF+6fNlTKOCd622pbzJNkkJFWuw9Db"
      "icZCkEx9AY=\n";
  const std::string later_note =
      "monkeys\n8\nV8K9aklZ4EPB+RMOk1/8VsJUdFZR77GDtZUQq84vSbo=\n\n"
      "— monkeys 202ffoUEboiQYpHzICeaFmoy3RNviHTpAxYrq/eO4QQVQMvu9UebKBMX2MJC76NLthZaKsnKbCA8Gxrje"
      "PZhvDCH7Ag=\n";
  MerkleProof proof;
  for (const char* hash : {"b9e1d62618f7fee8034e4c5010f727ab24d8e4705cb296c374bf2025a87a10d2",
                           "aac66cd7a79ce4012d80762fe8eec3a77f22d1ca4145c3f4cee022e7efcd599d",
                           "89d0f753f66a290c483b39cd5e9eafb12021293395fad3d4a2ad053cfbcfdc9e",
                           "29e40bb79c966f4c6fe96aff6f30acfce5f3e8d84c02215175d6e018a5dee833"})
    proof.push_back(array_of<32>(from_hex(hash).value()));
  const Result<VerifiedCheckpoint> earlier = verify_checkpoint(earlier_note, log, {}, 0);
  const Result<VerifiedCheckpoint> later = verify_checkpoint(later_note, log, {}, 0);
  ASSERT_TRUE(earlier);
  ASSERT_TRUE(later);
  EXPECT_EQ(later->checkpoint.size, 8U);
  EXPECT_TRUE(check_consistency(earlier->checkpoint, later->checkpoint, proof));
  proof.pop_back();
  EXPECT_FALSE(check_consistency(earlier->checkpoint, later->checkpoint, proof));
  EXPECT_FALSE(verify_checkpoint(replaced(later_note, "\n8\n", "\n9\n"), log, {}, 0));
}

class SignedCheckpoint : public testing::Test {
 protected:
  static Checkpoint checkpoint_of(std::string_view entry, std::uint64_t size = 1) {
    return {"board.example/lodz", size, leaf_hash(entry)};
  }
  [[nodiscard]] std::string cosigned(const std::vector<const WitnessSecretKey*>& by,
                                     const Checkpoint& what = checkpoint_of("entry")) const {
    UnverifiedNote note = UnverifiedNote::parse(sign_checkpoint(what, log_).value()).value();
    for (const WitnessSecretKey* witness : by)
      EXPECT_TRUE(note.add(cosign(what, *witness, time_).value()));
    return note.to_string();
  }

  static constexpr std::uint64_t time_ = 1792000000;
  LogSecretKey log_ = key_of<LogSecretKey>("board.example/lodz", 1);
  WitnessSecretKey anna_ = key_of<WitnessSecretKey>("anna.example", 2);
  WitnessSecretKey bohdan_ = key_of<WitnessSecretKey>("bohdan.example", 3);
  WitnessSecretKey celina_ = key_of<WitnessSecretKey>("celina.example", 4);
  std::vector<WitnessKey> witnesses_{anna_.verifier_key(), bohdan_.verifier_key(),
                                     celina_.verifier_key()};
  LogKey key_ = log_.verifier_key();
};

TEST_F(SignedCheckpoint, SaysWhoCosigned) {
  const std::string note = cosigned({&celina_, &anna_});
  for (std::size_t threshold = 0; threshold <= 2; ++threshold) {
    const Result<VerifiedCheckpoint> verified =
        verify_checkpoint(note, key_, witnesses_, threshold);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->checkpoint, checkpoint_of("entry"));
    EXPECT_EQ(verified->cosignatures,
              (std::vector<Cosignature>{{"anna.example", time_}, {"celina.example", time_}}));
  }
  const Result<VerifiedCheckpoint> too_few = verify_checkpoint(note, key_, witnesses_, 3);
  ASSERT_FALSE(too_few);
  EXPECT_EQ(too_few.error().code, ErrorCode::conflict);
  EXPECT_NE(too_few.error().message.find("missing are bohdan.example"), std::string::npos);
  EXPECT_FALSE(verify_checkpoint(cosigned({}), key_, witnesses_, 1));
}

TEST_F(SignedCheckpoint, TheCosignedTextIsAsSpecified) {
  const Checkpoint what = checkpoint_of("entry");
  const NoteSignature signature = cosign(what, anna_, 1679315147).value();
  const std::string message = "cosignature/v1\ntime 1679315147\nboard.example/lodz\n1\n" +
                              to_base64(view_of(what.root)) + "\n";
  EXPECT_EQ(signature.bytes,
            "\0\0\0\0\x64\x18\x50\xCB"s + std::string(view_of(anna_.sign(message))));
  EXPECT_EQ(signature.key_id, anna_.verifier_key().id());
  EXPECT_TRUE(cosign(what, anna_, (std::uint64_t{1} << 63U) - 1));
  EXPECT_FALSE(cosign(what, anna_, std::uint64_t{1} << 63U));
}

TEST_F(SignedCheckpoint, StrangersAreIgnoredButNotCounted) {
  const WitnessSecretKey stranger = key_of<WitnessSecretKey>("stranger.example", 9);
  const WitnessSecretKey impostor = key_of<WitnessSecretKey>("anna.example", 9);
  const std::string note = cosigned({&stranger, &impostor, &bohdan_});
  const Result<VerifiedCheckpoint> verified = verify_checkpoint(note, key_, witnesses_, 1);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->cosignatures, (std::vector<Cosignature>{{"bohdan.example", time_}}));
  EXPECT_FALSE(verify_checkpoint(note, key_, witnesses_, 2));
}

// A flipped bit spoils a signature or makes a stranger of a signer.
TEST_F(SignedCheckpoint, EveryFlippedBitIsNoticed) {
  const std::string note = cosigned({&anna_, &bohdan_, &celina_});
  ASSERT_TRUE(verify_checkpoint(note, key_, witnesses_, 3));
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = note;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << bit));
      EXPECT_FALSE(verify_checkpoint(changed, key_, witnesses_, 3)) << i << " " << bit;
    }
  }
  for (std::size_t cut = 0; cut < note.size(); ++cut)
    EXPECT_FALSE(verify_checkpoint(note.substr(0, cut), key_, witnesses_, 3)) << cut;
}

TEST_F(SignedCheckpoint, AWrongSignatureOfAKnownWitnessRefusesTheNote) {
  UnverifiedNote note = UnverifiedNote::parse(cosigned({&anna_, &bohdan_})).value();
  // The time is part of what is signed.
  note.signatures[1].bytes[7] = static_cast<char>(note.signatures[1].bytes[7] ^ 1);
  const Result<VerifiedCheckpoint> verified =
      verify_checkpoint(note.to_string(), key_, witnesses_, 1);
  ASSERT_FALSE(verified);
  EXPECT_NE(verified.error().message.find("anna.example"), std::string::npos);
  // A signature over another checkpoint, and one as a log signs.
  note = UnverifiedNote::parse(cosigned({})).value();
  ASSERT_TRUE(note.add(cosign(checkpoint_of("other"), anna_, time_).value()));
  EXPECT_FALSE(verify_checkpoint(note.to_string(), key_, witnesses_, 0));
  ASSERT_TRUE(note.add({"anna.example", anna_.verifier_key().id(),
                        std::string(view_of(anna_.sign(checkpoint_of("entry").text())))}));
  EXPECT_FALSE(verify_checkpoint(note.to_string(), key_, witnesses_, 0));
}

TEST_F(SignedCheckpoint, AnotherLogIsRefused) {
  const LogSecretKey other = key_of<LogSecretKey>("board.example/gdynia", 1);
  const Result<std::string> not_its_own = sign_checkpoint(checkpoint_of("entry"), other);
  ASSERT_FALSE(not_its_own);
  EXPECT_EQ(not_its_own.error().code, ErrorCode::usage);

  Checkpoint checkpoint = checkpoint_of("entry");
  checkpoint.origin = "board.example/gdynia";
  const std::string note = sign_checkpoint(checkpoint, other).value();
  const Result<VerifiedCheckpoint> verified = verify_checkpoint(note, key_, {}, 0);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::conflict);
  // Under the right name, but with another key.
  const LogSecretKey forger = key_of<LogSecretKey>("board.example/lodz", 9);
  const std::string forged = sign_checkpoint(checkpoint_of("entry"), forger).value();
  EXPECT_FALSE(verify_checkpoint(forged, key_, {}, 0));
  // With the true key's id, the signature is looked at.
  UnverifiedNote disguised = UnverifiedNote::parse(forged).value();
  disguised.signatures[0].key_id = key_.id();
  const Result<VerifiedCheckpoint> wrong = verify_checkpoint(disguised.to_string(), key_, {}, 0);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("is wrong"), std::string::npos);
}

TEST_F(SignedCheckpoint, WitnessesAreDistinctFromEachOtherAndFromTheLog) {
  const std::string note = cosigned({&anna_, &bohdan_});
  const auto code = [&](std::vector<WitnessKey> witnesses, std::size_t threshold) {
    const auto verified = verify_checkpoint(note, key_, witnesses, threshold);
    EXPECT_FALSE(verified);
    return verified ? ErrorCode::io : verified.error().code;
  };
  EXPECT_EQ(code({witnesses_[0]}, 2), ErrorCode::usage);
  EXPECT_EQ(code({witnesses_[0], witnesses_[0]}, 1), ErrorCode::usage);
  EXPECT_EQ(code({witnesses_[0], {"alias.example", witnesses_[0].public_key}}, 1),
            ErrorCode::usage);
  EXPECT_EQ(code({{"anna.example", key_.public_key}}, 0), ErrorCode::usage);
}

TEST_F(SignedCheckpoint, FormsAreStrict) {
  const std::string good = cosigned({&anna_});
  const UnverifiedNote parsed = UnverifiedNote::parse(good).value();
  EXPECT_EQ(parsed.to_string(), good);
  const std::string root = to_base64(view_of(parsed.checkpoint.root));
  const std::string anna_line = parsed.signatures[1].line();
  for (const std::string& wrong : {""s,
                                   "\n"s,
                                   "\n\n"s,
                                   replaced(good, "\n\n", "\n"),
                                   replaced(good, "\n\n", "\n\n\n"),
                                   replaced(good, "\n1\n", "\n01\n"),
                                   replaced(good, "\n1\n", "\n+1\n"),
                                   replaced(good, "\n1\n", "\n 1\n"),
                                   replaced(good, "\n1\n", "\n-1\n"),
                                   replaced(good, "\n1\n", "\n\n"),
                                   replaced(good, "\n1\n", "\n18446744073709551616\n"),
                                   replaced(good, "\n1\n", "\n0\n"),
                                   replaced(good, "\n1\n", "\n1\r\n"),
                                   replaced(good, root, ""),
                                   replaced(good, root, root.substr(0, 40)),
                                   replaced(good, root, root.substr(0, 43)),
                                   replaced(good, root + "\n", root + "\nextra\n"),
                                   replaced(good, "board.example/lodz\n", "\n"),
                                   replaced(good, "board.example/lodz\n", "board.example lodz\n"),
                                   replaced(good, "board.example/lodz\n", "board.example/łódź\n"),
                                   good + "\n",
                                   good + anna_line,
                                   good + "— x AAAA\n",
                                   good + "— x AAAAAA\n",
                                   good + "—  AAAAAAA=\n",
                                   good + "— x  AAAAAAA=\n",
                                   good + "- x AAAAAAA=\n",
                                   good + "— x+y AAAAAAA=\n",
                                   good.substr(0, good.size() - 1),
                                   good.substr(0, good.find("—")),
                                   replaced(good, "— anna", "—anna"),
                                   "\xEF\xBB\xBF" + good})
    EXPECT_FALSE(UnverifiedNote::parse(wrong)) << wrong;
  EXPECT_TRUE(UnverifiedNote::parse(good + "— x AAAAAAA=\n"));
  EXPECT_TRUE(UnverifiedNote::parse(replaced(good, "\n1\n", "\n18446744073709551615\n")));
}

TEST_F(SignedCheckpoint, NotesAreBounded) {
  UnverifiedNote note = UnverifiedNote::parse(cosigned({})).value();
  for (std::size_t i = 1; i < max_note_signatures; ++i)
    ASSERT_TRUE(note.add({"w" + std::to_string(i), 7, "signature"}));
  EXPECT_TRUE(verify_checkpoint(note.to_string(), key_, {}, 0));
  EXPECT_TRUE(note.add({"w1", 7, "another"}));  // replaces
  EXPECT_EQ(note.add({"w1", 8, "third"}).error().code, ErrorCode::limit);
  const std::string more = note.to_string() + NoteSignature{"z", 1, "s"}.line();
  EXPECT_EQ(UnverifiedNote::parse(more).error().code, ErrorCode::limit);
  EXPECT_EQ(UnverifiedNote::parse(std::string(max_note_bytes + 1, 'a')).error().code,
            ErrorCode::limit);
}

TEST_F(SignedCheckpoint, ForksAreFound) {
  const Checkpoint one = checkpoint_of("one", 7);
  const Checkpoint two = checkpoint_of("two", 7);
  const std::optional<Error> fork = find_fork(one, two);
  ASSERT_TRUE(fork.has_value());
  EXPECT_EQ(fork->code, ErrorCode::conflict);
  EXPECT_NE(fork->message.find(to_base64(view_of(two.root))), std::string::npos);
  EXPECT_FALSE(find_fork(one, one).has_value());
  EXPECT_FALSE(find_fork(one, checkpoint_of("two", 8)).has_value());
  Checkpoint elsewhere = two;
  elsewhere.origin = "board.example/gdynia";
  EXPECT_FALSE(find_fork(one, elsewhere).has_value());

  EXPECT_TRUE(check_consistency(one, one, {}));
  EXPECT_EQ(check_consistency(one, two, {}).error().message, fork->message);
  EXPECT_NE(check_consistency(one, elsewhere, {}).error().message.find("different logs"),
            std::string::npos);
  EXPECT_NE(check_consistency(one, checkpoint_of("one", 6), {}).error().message.find("shrunk"),
            std::string::npos);
  EXPECT_FALSE(check_consistency(one, checkpoint_of("one", 8), {}));
}

}  // namespace
}  // namespace urna::board
