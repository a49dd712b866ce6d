// SPDX-License-Identifier: EUPL-1.2
// Every structure's bytes: what is written reads back, and every deviation is refused.
#include <gtest/gtest.h>

#include "board/merkle.h"
#include "election/entries.h"
#include "election/files.h"
#include "election/roll.h"
#include "group/hash.h"
#include "test/unit/election_sample.h"

namespace urna::election {
namespace {

using namespace sample;

// Length of the CBOR item at the beginning.
std::size_t item_size(std::string_view bytes) {
  const auto first = octets_of(bytes)[0];
  const unsigned information = first & 31U;
  const std::size_t extra = information < 24 ? 0 : std::size_t{1} << (information - 24);
  const std::uint64_t argument = extra == 0 ? information : big_endian(bytes.substr(1, extra));
  std::size_t size = 1 + extra;
  const unsigned type = first >> 5U;
  if (type == 2 || type == 3) size += argument;
  if (type == 4 || type == 5) {
    for (std::uint64_t i = 0; i < (type == 5 ? 2 : 1) * argument; ++i)
      size += item_size(bytes.substr(size));
  }
  return size;
}

// The fields (key and value together) of a map with fewer than 24 of them.
std::vector<std::string> fields_of(std::string_view map) {
  std::vector<std::string> fields;
  const std::size_t count = octets_of(map)[0] & 31U;
  std::size_t at = 1;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = 1 + item_size(map.substr(at + 1));
    fields.emplace_back(map.substr(at, size));
    at += size;
  }
  EXPECT_EQ(at, map.size());
  return fields;
}

std::string map_of(const std::vector<std::string>& fields) {
  std::string map(1, static_cast<char>(0xA0U | fields.size()));
  for (const std::string& field : fields) map += field;
  return map;
}

// `read` says whether the bytes are accepted, and if so whether they encode to themselves again.
template <typename Read>
void check_strictness(const std::string& bytes, Read read) {
  ASSERT_TRUE(read(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read(bytes.substr(0, size))) << "cut at " << size;
  for (const char c : {'\0', '\x01', '\xF6'}) EXPECT_FALSE(read(bytes + c));

  const std::vector<std::string> fields = fields_of(bytes);
  EXPECT_EQ(map_of(fields), bytes);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto changed = fields;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(read(map_of(changed))) << "without field " << i;
    changed = fields;
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), fields[i]);
    EXPECT_FALSE(read(map_of(changed))) << "field twice " << i;
    changed = fields;
    changed[i] = fields[i].substr(0, 1) + std::string("\x20");  // -1
    EXPECT_FALSE(read(map_of(changed))) << "negative number in " << i;
    changed[i] = fields[i].substr(0, 1) + std::string("\xFA\0\0\0\0", 5);
    EXPECT_FALSE(read(map_of(changed))) << "float in " << i;
    changed[i] = fields[i].substr(0, 1) + "\xC1" + fields[i].substr(1);
    EXPECT_FALSE(read(map_of(changed))) << "tag in " << i;
    if (i > 0) {
      changed = fields;
      std::swap(changed[i - 1], changed[i]);
      EXPECT_FALSE(read(map_of(changed))) << "order of " << i;
    }
  }
  auto unknown = fields;
  unknown.push_back(std::string("\x16\xF6"));  // key 22
  EXPECT_FALSE(read(map_of(unknown)));
  // The same map in a longer head.
  EXPECT_FALSE(read(std::string("\xB8") + static_cast<char>(fields.size()) + bytes.substr(1)));
  EXPECT_FALSE(read("\xBF" + bytes.substr(1) + "\xFF"));

  // One encoding each: whatever one bit makes of it is refused or encodes to itself.
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    (void)read(changed);
  }
}

void check_entry(const Entry& entry) {
  const std::string bytes = std::visit([](const auto& e) { return encode(e); }, entry);
  SCOPED_TRACE(to_string(kind_of(entry)));
  const Result<Entry> again = decode_entry(bytes);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(*again, entry);
  check_strictness(bytes, [](const std::string& candidate) {
    const Result<Entry> read = decode_entry(candidate);
    if (!read) {
      EXPECT_FALSE(read.error().message.empty());
      return false;
    }
    EXPECT_EQ(std::visit([](const auto& e) { return encode(e); }, *read), candidate);
    return true;
  });
}

Sha256Digest digest(std::uint8_t first) {
  Sha256Digest digest{};
  digest[0] = first;
  return digest;
}

class Entries : public testing::Test {
 protected:
  Edition edition{{pool("north", 5, approval(1, 3)), pool("south", 4, approval(1, 1, true))}};
  proof::SigningKey key = proof::SigningKey::random();
};

TEST_F(Entries, Manifest) {
  edition.manifest.groups.push_back({"choice", {{0}, {1}}, 1});
  edition.seal();
  check_entry(manifest_entry(edition.bytes));
}

TEST_F(Entries, Ceremony) {
  const Dealing dealing = deal(edition.manifest, edition.hash, {1}, edition.trustees[0]);
  check_entry(dealing);
  check_entry(commit_to(encode(dealing), dealing, edition.trustees[0]));
  Acceptance acceptance{edition.hash, {2}, digest(1), key.key, {}};
  sign(acceptance, key);
  check_entry(acceptance);
  const Complaint complaint = complain(dealing, {2}, edition.trustees[1]);
  check_strictness(encode(complaint), [](const std::string& candidate) {
    const Result<Complaint> read = decode_complaint(candidate);
    if (read) {
      EXPECT_EQ(encode(*read), candidate);
    }
    return read.ok();
  });
}

TEST_F(Entries, RollOpeningClosing) {
  RollEntry roll{edition.hash, 1'000'000, digest(2), {}};
  sign(roll, key);
  check_entry(roll);
  Opening opening{edition.hash, key.key, {digest(3)}, 1'700'000'000, {}};
  sign(opening, {0}, key, {1}, key);
  check_entry(opening);
  Closing closing{edition.hash, 1'700'000'000, {}};
  sign(closing, {3}, key, {63}, key);
  check_entry(closing);
  RollAddition addition{edition.hash, pseudonym(1), {{0}, {7}}, {}};
  sign(addition, key);
  check_entry(addition);
  Issuance issuance{edition.hash, 12, {}};
  sign(issuance, key);
  check_entry(issuance);
  Freeze freeze{edition.hash, {{{300}, {digest(4)}}}, "ABCDE-FGHJK", "void-2", {}};
  sign(freeze, {5}, key);
  check_entry(freeze);
  for (std::uint64_t k = 301; k < 300 + frozen_at_once_max; ++k)
    freeze.ballots.push_back({{k}, {digest(4)}});
  EXPECT_TRUE(decode_entry(encode(freeze)));
  freeze.ballots.push_back({{9'000}, {digest(4)}});
  EXPECT_FALSE(decode_entry(encode(freeze)));
  freeze.ballots = {{{7}, {digest(4)}}, {{7}, {digest(4)}}};
  EXPECT_FALSE(decode_entry(encode(freeze)));
  freeze.ballots = {};
  EXPECT_FALSE(decode_entry(encode(freeze)));
  freeze.ballots = {{{7}, {digest(4)}}};
  for (const char* number : {"", "ABCDE-FGHJ1", "ABCDE-FGHJKL", "abcde-fghjk"}) {
    freeze.case_number = number;
    EXPECT_FALSE(decode_entry(encode(freeze)));
  }
  Upholding upholding{edition.hash,      {300}, {digest(4)}, Lifted::annulment, "ABCDE-FGHJK",
                      "voter-confirmed", {}};
  sign(upholding, {0}, key, {1}, key);
  check_entry(upholding);
  upholding.ends = Lifted::freeze;
  check_entry(upholding);
  upholding.case_number = "ABCDE";
  EXPECT_FALSE(decode_entry(encode(upholding)));
  upholding.case_number = "ABCDE-FGHJK";
  upholding.reason = "No";
  EXPECT_FALSE(decode_entry(encode(upholding)));
  Annulment annulment{edition.hash, {300}, {digest(4)}, "void-2", {}};
  sign(annulment, {0}, key, {1}, key);
  check_entry(annulment);
  annulment.reason = "Void";
  EXPECT_FALSE(decode_entry(encode(annulment)));
  annulment.reason = "";
  EXPECT_FALSE(decode_entry(encode(annulment)));
  annulment.reason = std::string(65, 'a');
  EXPECT_FALSE(decode_entry(encode(annulment)));
  addition.pools = {{7}, {7}};
  EXPECT_FALSE(decode_entry(encode(addition)));
  addition.pools = {};
  EXPECT_FALSE(decode_entry(encode(addition)));
  PaperMark mark{edition.hash, {1}, pseudonym(4), {3}, 497'222, {}};
  sign(mark, key);
  check_entry(mark);
  mark.point = {points_max};
  EXPECT_FALSE(decode_entry(encode(mark)));
  PaperBatch box{edition.hash,
                 {2},
                 {std::string(32, 'h'), std::string(10, 's'), std::string(10, 't')},
                 std::string(64, 'c'),
                 std::string(64, 'p'),
                 {1, 0},
                 {415, 2, 0},
                 {}};
  sign(box, {0}, key, {1}, key);
  check_entry(box);
  box.cards.resize(1);
  box.ciphertexts.clear();
  box.proofs.clear();
  check_entry(box);
  for (const std::size_t size : {9U, 11U, 31U, 33U, 0U}) {
    PaperBatch wrong = box;
    wrong.cards.emplace_back(size, 'x');
    EXPECT_FALSE(decode_entry(encode(wrong))) << size;
  }
  box.ciphertexts.assign(64, 'c');
  EXPECT_FALSE(decode_entry(encode(box)));
  box.ciphertexts.assign(63, 'c');
  box.proofs.assign(63, 'c');
  EXPECT_FALSE(decode_entry(encode(box)));
  Extension extension{edition.hash,
                      1'700'000'000,
                      1'700'003'600,
                      1'700'090'000,
                      "Awaria sieci",
                      "A network failure",
                      {}};
  sign(extension, {0}, key, {2}, key);
  check_entry(extension);
  for (const std::string& reason :
       {std::string(), std::string(extension_reason_bytes_max + 1, 'a'), std::string("a\n")}) {
    Extension wrong = extension;
    wrong.reason_pl = reason;
    EXPECT_FALSE(decode_entry(encode(wrong)));
    wrong = extension;
    wrong.reason_en = reason;
    EXPECT_FALSE(decode_entry(encode(wrong)));
  }
  extension.signatures[0].official = {2};
  EXPECT_FALSE(decode_entry(encode(extension)));
  closing.signatures[1].official = {3};
  EXPECT_FALSE(decode_entry(encode(closing)));
}

TEST_F(Entries, BallotAndCertificate) {
  const JointKey joint_key(group::hash_to_group("test", "joint key"));
  const Certificate certificate = issue_certificate(edition.hash, edition.registrar, pseudonym(3),
                                                    key.key, 4, {{0}, {1}}, 1'700'000'000, 77);
  EXPECT_EQ(certificate.hour, 472'222U);
  const BallotTerms terms = terms_of(edition.manifest.pools[0]).value();
  for (const std::uint64_t counter : {0U, 1U, 300U}) {
    BallotPlace place{edition.hash, {0}, certificate, counter, {}};
    if (counter > 0) place.previous = EntryHash{digest(9)};
    const Result<Ballot> ballot = make_ballot(place, terms, joint_key, named({2, 5}), key);
    ASSERT_TRUE(ballot);
    check_entry(*ballot);
    Ballot wrong = *ballot;
    wrong.previous = counter > 0 ? std::nullopt : std::optional<EntryHash>(EntryHash{});
    EXPECT_FALSE(decode_entry(encode(wrong)));
    wrong = *ballot;
    wrong.proof += wrong.proof;
    EXPECT_FALSE(decode_entry(encode(wrong)));
    wrong = *ballot;
    wrong.certificate.level = 5;
    EXPECT_FALSE(decode_entry(encode(wrong)));
    wrong = *ballot;
    wrong.signature.fill(0xFF);  // a scalar above the order
    EXPECT_FALSE(decode_entry(encode(wrong)));
  }
  check_strictness(encode(certificate), [](const std::string& candidate) {
    const Result<Certificate> read = decode_certificate(candidate);
    if (read) {
      EXPECT_EQ(encode(*read), candidate);
    }
    return read.ok();
  });
  check_entry(Audited{edition.hash, {1}, std::string(128, 'x')});
}

TEST_F(Entries, Count) {
  check_entry(Counted{edition.hash, {1}, 12, digest(1)});
  check_entry(Withheld{edition.hash, {1023}, 3});
  Mix mix{edition.hash, {1}, 3, {32}, digest(1), 70'000, {}};
  sign(mix, key);
  check_entry(mix);
  mix.round = 0;
  EXPECT_FALSE(decode_entry(encode(mix)));
  Decryption decryption{edition.hash, {1}, {1}, digest(1), 70'000, {}};
  sign(decryption, key);
  check_entry(decryption);
  decryption.trustee = {33};
  EXPECT_FALSE(decode_entry(encode(decryption)));

  PoolResult result{edition.hash, {1},          digest(1), digest(2),
                    digest(3),    10,           2,         {1, 0, 0, 0, 0, 0, 0, 0, 0, 1},
                    {{4}, {1}},   Money{12'300}};
  check_entry(result);
  PoolResult wrong = result;
  wrong.blank = 11;
  EXPECT_FALSE(decode_entry(encode(wrong)));
  wrong = result;
  wrong.cost = Money{std::int64_t{1} << 53U};  // a number above 2^53 - 1
  EXPECT_FALSE(decode_entry(encode(wrong)));
  wrong = result;
  wrong.winners[0] = {0};
  EXPECT_FALSE(decode_entry(encode(wrong)));
}

TEST_F(Entries, KindAndSize) {
  EXPECT_EQ(decode_entry("").error().code, ErrorCode::unsupported);
  EXPECT_EQ(decode_entry(std::string("\xA1\0\x63"
                                     "new",
                                     6))
                .error()
                .code,
            ErrorCode::unsupported);
  EXPECT_EQ(decode_entry(std::string(entry_bytes_max + 1, '\0')).error().code, ErrorCode::limit);
}

// A signature is over the body, edition and kind, and over nothing else.
TEST_F(Entries, SignaturesAreOverTheBody) {
  Mix mix{edition.hash, {1}, 3, {2}, digest(1), 70'000, {}};
  sign(mix, key);
  EXPECT_TRUE(proof::verify_signature(key.key, signature_transcript(mix), mix.signature));
  Mix other = mix;
  other.signature = {};
  EXPECT_TRUE(proof::verify_signature(key.key, signature_transcript(other), mix.signature));
  other.size = 1;
  EXPECT_FALSE(proof::verify_signature(key.key, signature_transcript(other), mix.signature));
  other = mix;
  other.edition.octets[5] ^= 1;
  EXPECT_FALSE(proof::verify_signature(key.key, signature_transcript(other), mix.signature));
  // A ballot's body holds the certificate with its signature.
  Ballot ballot;
  ballot.ciphertext = std::string(64, 'a');
  ballot.proof = std::string(64, '\0');
  sign(ballot, key);
  ballot.certificate.signature[1] ^= 1;
  EXPECT_FALSE(proof::verify_signature(key.key, signature_transcript(ballot), ballot.signature));
  // By hand, from the text of section 4.1.
  proof::Transcript transcript("signature");
  transcript.append("edition", edition.hash.view());
  transcript.append("kind", "issuance");
  transcript.append("body", std::string("\xA3\0\x68issuance\x01\x58\x20", 14) +
                                std::string(edition.hash.view()) + "\x02\x18\x64");
  Issuance issuance{edition.hash, 100, proof::sign(key, transcript)};
  EXPECT_TRUE(proof::verify_signature(key.key, signature_transcript(issuance), issuance.signature));
}

TEST(EntryHashes, AreLeafHashes) {
  EXPECT_EQ(entry_hash("abc"), EntryHash{sha256(std::string("\0abc", 4))});
}

TEST(RollFile, RoundTripAndRoot) {
  const std::vector<RollLine> lines = {
      {pseudonym(1), {{0}}}, {pseudonym(2), {{0}, {500}}}, {pseudonym(9), {{0}}}};
  const std::string file = encode_roll(lines);
  const Result<Roll> roll = Roll::decode(file);
  ASSERT_TRUE(roll);
  EXPECT_EQ(roll->size(), 3U);
  EXPECT_EQ(roll->greatest_pool(), PoolNumber{500});
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(roll->find(lines[i].pseudonym), i);
    EXPECT_TRUE(std::equal(lines[i].pools.begin(), lines[i].pools.end(), roll->pools(i).begin(),
                           roll->pools(i).end()));
  }
  EXPECT_FALSE(roll->find(pseudonym(3)));
  // RFC 9162 by hand: three leaves.
  const auto leaf = [](std::string_view line) {
    return sha256(std::string(1, '\0') + std::string(line));
  };
  const auto node = [](const Sha256Digest& a, const Sha256Digest& b) {
    return sha256("\x01" + std::string(view_of(a)) + std::string(view_of(b)));
  };
  const std::string_view bytes = file;
  const std::size_t first = item_size(bytes.substr(1));
  const std::size_t second = item_size(bytes.substr(1 + first));
  EXPECT_EQ(roll->root(),
            node(node(leaf(bytes.substr(1, first)), leaf(bytes.substr(1 + first, second))),
                 leaf(bytes.substr(1 + first + second))));
  EXPECT_EQ(Roll::decode("\x80")->root(), sha256(""));
  EXPECT_FALSE(Roll::decode("\x80")->greatest_pool());
}

// Lengths around the pieces that are hashed side by side.
TEST(RollFile, ItsRootIsThatOfItsLinesForEveryLengthAndNumberOfThreads) {
  for (const std::size_t size : {1U, 2047U, 2048U, 2049U, 4096U, 5000U}) {
    std::vector<RollLine> lines;
    std::vector<Sha256Digest> leaves;
    for (std::size_t i = 0; i < size; ++i) {
      Pseudonym person;
      person.octets[0] = static_cast<std::uint8_t>(i >> 8U);
      person.octets[1] = static_cast<std::uint8_t>(i);
      lines.push_back({person, {{static_cast<PoolNumber::Value>(i % 300)}}});
      // The file of one line is its length and the line.
      leaves.push_back(board::leaf_hash(encode_roll(std::span(&lines.back(), 1)).substr(1)));
    }
    const std::string file = encode_roll(lines);
    for (const unsigned threads : {1U, 2U, 5U})
      EXPECT_EQ(Roll::decode(file, threads)->root(), board::root_of(leaves)) << size;
  }
}

TEST(RollFile, DeviationsAreRefused) {
  const std::string a = std::string("\x82\x58\x20") + std::string(pseudonym(1).view());
  const std::string b = std::string("\x82\x58\x20") + std::string(pseudonym(2).view());
  const std::string none = "\x80";
  const std::string zero = std::string("\x81\0", 2);
  const auto accepts = [](const std::string& file) { return Roll::decode(file).ok(); };
  EXPECT_TRUE(accepts("\x82" + a + zero + b + zero));
  EXPECT_FALSE(accepts("\x82" + b + zero + a + zero));
  EXPECT_FALSE(accepts("\x82" + a + zero + a + zero));
  EXPECT_FALSE(accepts("\x82" + a + zero + b + none));
  EXPECT_FALSE(accepts("\x82" + a + zero));
  EXPECT_FALSE(accepts("\x81" + a + zero + b + zero));
  EXPECT_FALSE(accepts("\x81" + a + std::string("\x82\0\0", 3)));
  EXPECT_FALSE(accepts("\x81" + a + std::string("\x82\x01\0", 3)));
  EXPECT_FALSE(accepts("\x81" + a + std::string("\x81\x19\x04\0", 4)));
  EXPECT_TRUE(accepts("\x81" + a + std::string("\x81\x19\x03\xFF", 4)));
  EXPECT_FALSE(accepts(std::string("\x9B\0\0\0\0\xFF\xFF\xFF\xFF", 9)));
}

TEST(Files, ShuffleAndShares) {
  const std::string data(4096, 'x');
  const auto part = [&](std::size_t size) { return std::string_view(data).substr(0, size); };
  const ShuffleFile shuffle{part(384), part(96),  part(96), part(96),
                            part(224), part(160), part(96), part(96)};
  const std::string bytes = encode(shuffle);
  const Result<ShuffleFile> read = decode_shuffle(bytes, 3, 2);
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), bytes);
  check_strictness(bytes, [](const std::string& candidate) {
    const Result<ShuffleFile> again = decode_shuffle(candidate, 3, 2);
    if (again) {
      EXPECT_EQ(encode(*again), candidate);
    }
    return again.ok();
  });
  EXPECT_FALSE(decode_shuffle(bytes, 2, 2));
  EXPECT_FALSE(decode_shuffle(bytes, 3, 3));
  // Nothing to mix is mixed too.
  EXPECT_TRUE(
      decode_shuffle(encode(ShuffleFile{{}, {}, {}, {}, part(160), part(128), {}, {}}), 0, 1));

  const std::string shares = encode(SharesFile{part(224), part(96)});
  check_strictness(shares, [](const std::string& candidate) {
    const Result<SharesFile> again = decode_shares(candidate, 3, 2);
    if (again) {
      EXPECT_EQ(encode(*again), candidate);
    }
    return again.ok();
  });
  EXPECT_FALSE(decode_shares(shares, 2, 2));
}

// ---- The manifest's limits and consistency, one deviation each

using Change = void (*)(Edition&);

class ManifestRefused : public testing::TestWithParam<std::pair<const char*, Change>> {};

TEST_P(ManifestRefused, WhateverIsWrong) {
  Edition edition({pool("north", 5, approval(1, 3)), pool("south", 4, approval(1, 1)),
                   pool("east", 4, approval(1, 1))});
  edition.manifest.groups.push_back({"choice", {{0}, {1}}, 1});
  ASSERT_TRUE(check(edition.manifest));
  GetParam().second(edition);
  const Status checked = check(edition.manifest);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().to_string().find(GetParam().first), std::string::npos)
      << checked.error().to_string();
  EXPECT_FALSE(decode_manifest(encode(edition.manifest)));
}

const std::pair<const char*, Change> manifest_faults[] = {
    {"short", [](Edition& e) { e.manifest.edition = ""; }},
    {"at most 128", [](Edition& e) { e.manifest.edition = std::string(129, 'x'); }},
    {"at most 512", [](Edition& e) { e.manifest.title = std::string(513, 'x'); }},
    {"control", [](Edition& e) { e.manifest.resolution = "a\nb"; }},
    {"control", [](Edition& e) { e.manifest.title = "\x7F"; }},
    {"UTF-8", [](Edition& e) { e.manifest.title = "\xFF"; }},
    {"short",
     [](Edition& e) {
       e.manifest.pools.clear();
       e.manifest.groups.clear();
     }},
    {"", [](Edition& e) { e.manifest.ties = count::TieKind::file; }},
    {"closes before", [](Edition& e) { e.manifest.closes = e.manifest.opens; }},
    {"small", [](Edition& e) { e.manifest.lowest_level = 1; }},
    {"at most 4", [](Edition& e) { e.manifest.lowest_level = 5; }},
    {"registrar", [](Edition& e) { e.manifest.registrar = {}; }},
    {"official", [](Edition& e) { e.manifest.officials[1].fill(0xFF); }},
    {"one key", [](Edition& e) { e.manifest.officials[1] = e.manifest.officials[0]; }},
    {"short", [](Edition& e) { e.manifest.officials.resize(1); }},
    {"more trustees", [](Edition& e) { e.manifest.threshold = 4; }},
    {"small", [](Edition& e) { e.manifest.threshold = 0; }},
    {"one name", [](Edition& e) { e.manifest.trustees[1].name = e.manifest.trustees[0].name; }},
    {"twice",
     [](Edition& e) { e.manifest.trustees[1].signing_key = e.manifest.trustees[0].receiving_key; }},
    {"Trustee 3", [](Edition& e) { e.manifest.trustees[2].receiving_key = {}; }},
    {"scalar", [](Edition& e) { e.manifest.trustees[2].possession.fill(0xFF); }},
    {"one name", [](Edition& e) { e.manifest.board.witnesses[1].name = e.manifest.board.origin; }},
    {"one key", [](Edition& e) { e.manifest.board.witnesses[1].key = e.manifest.board.key; }},
    {"space or '+'", [](Edition& e) { e.manifest.board.witnesses[0].name = "a b"; }},
    {"space or '+'", [](Edition& e) { e.manifest.board.origin = "a+b"; }},
    {"must cosign", [](Edition& e) { e.manifest.board.cosignatures = 3; }},
    {"stands in two groups",
     [](Edition& e) {
       e.manifest.groups.push_back({"b", {{1}, {2}}, 1});
     }},
    {"no pool 3",
     [](Edition& e) {
       e.manifest.groups[0].pools = {{0}, {3}};
     }},
    {"ascending",
     [](Edition& e) {
       e.manifest.groups[0].pools = {{1}, {0}};
     }},
    {"short", [](Edition& e) { e.manifest.groups[0].pools = {{1}}; }},
    {"limits nothing", [](Edition& e) { e.manifest.groups[0].most = 2; }},
    {"small", [](Edition& e) { e.manifest.groups[0].most = 0; }},
    {"one id", [](Edition& e) { e.manifest.pools[1].id = "north"; }},
    {"short", [](Edition& e) { e.manifest.pools[1].id = ""; }},
    {"at most 64", [](Edition& e) { e.manifest.pools[1].id = std::string(65, 'x'); }},
    {"two projects", [](Edition& e) { e.manifest.pools[0].projects[1].id = "A1"; }},
    {"printable ASCII", [](Edition& e) { e.manifest.pools[0].projects[1].id = "A 1"; }},
    {"printable ASCII", [](Edition& e) { e.manifest.pools[0].projects[1].id = "A,1"; }},
    {"printable ASCII", [](Edition& e) { e.manifest.pools[0].projects[1].id = "\xC5\x81"; }},
    {"short", [](Edition& e) { e.manifest.pools[0].projects.clear(); }},
    {"at most 100000000000000",
     [](Edition& e) { e.manifest.pools[0].money = {100'000'000'000'001}; }},
    {"at most 4096",
     [](Edition& e) { e.manifest.pools[0].projects[0].name = std::string(4097, 'x'); }},
    {"META stands twice",
     [](Edition& e) {
       e.manifest.pools[0].meta.push_back({"rule", ""});
     }},
    {"not for the manifest",
     [](Edition& e) {
       e.manifest.pools[0].meta.push_back({"budget", "1"});
     }},
    {"not for the manifest",
     [](Edition& e) {
       e.manifest.pools[0].meta.push_back({"num_votes", "1"});
     }},
    {"another one", [](Edition& e) { e.manifest.pools[0].projects[0].name = " x"; }},
    {"META has no budget",
     [](Edition& e) {
       e.manifest.pools[0].meta.push_back({"PROJECTS", ""});
     }},
    {"fewest", [](Edition& e) { e.manifest.pools[0].ballot_rule.fewest = 4; }},
    {"more projects", [](Edition& e) { e.manifest.pools[0].ballot_rule.most = 6; }},
    {"points", [](Edition& e) { e.manifest.pools[0].ballot_rule.points.emplace(); }},
    {"vote_type", [](Edition& e) { e.manifest.pools[0].meta[1].value = "ordinal"; }},
    {"vote_type",
     [](Edition& e) { e.manifest.pools[0].meta.erase(e.manifest.pools[0].meta.begin() + 1); }},
    {"unknown counting rule", [](Edition& e) { e.manifest.pools[0].counting.rule = "lottery"; }},
    {"no option",
     [](Edition& e) {
       e.manifest.pools[0].counting.options = {{"threshold", "x"}};
     }},
    {"no option",
     [](Edition& e) {
       e.manifest.pools[0].counting.options = {{"stop", "true"}, {"stop", "true"}};
     }},
    {"no option",
     [](Edition& e) {
       e.manifest.pools[0].counting = {"declared", {{"stop", "true"}}};
     }},
};
INSTANTIATE_TEST_SUITE_P(Manifest, ManifestRefused, testing::ValuesIn(manifest_faults));

TEST(Manifest, MayBeLargerThanAnEntryButNotThanItsLimit) {
  Edition edition({pool("big", 1000, approval(1, 3))});
  for (Project& project : edition.manifest.pools[0].projects) project.name = std::string(80, 'n');
  EXPECT_TRUE(check(edition.manifest));
  edition.seal();
  EXPECT_GT(edition.bytes.size(), entry_bytes_max);
  EXPECT_TRUE(decode_manifest(edition.bytes));

  for (std::size_t k = 0; k < 250; ++k) {
    edition.manifest.pools[0].meta.push_back({"key" + std::to_string(k), std::string(65'535, 'v')});
  }
  edition.manifest.pools.push_back(edition.manifest.pools[0]);
  edition.manifest.pools.back().id = "second";
  const Status checked = check(edition.manifest);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace urna::election
