// SPDX-License-Identifier: EUPL-1.2
// Writes the test vectors of docs/vectors.md into the folder given.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <vector>

#include "../record/sample_edition.h"
#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/cbor.h"
#include "base/sha256.h"
#include "board/log_reader.h"
#include "declared_rules.h"
#include "election/ballot.h"
#include "election/ballot_content.h"
#include "election/embedding.h"
#include "election/entries.h"
#include "election/plaintext.h"
#include "group/hash.h"
#include "paper_vectors.h"
#include "proof/equality.h"
#include "proof/knowledge.h"
#include "proof/sharing.h"
#include "proof/shuffle.h"
#include "proof/signature.h"
#include "proof/weights.h"
#include "rehearsal/rehearsal.h"

namespace urna {
namespace {

namespace json = boost::json;
using group::Element;
using group::Scalar;
using group::SecretScalar;
using proof::Ristretto;
using proof::Transcript;

std::string hex(std::string_view bytes) { return to_hex(bytes); }
template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& bytes) {
  return to_hex(view_of(bytes));
}

// The order of the group, as 32 little-endian bytes.
std::string order() {
  std::string bytes(view_of((Scalar() - Scalar::of(1)).encode()));
  bytes[0] = static_cast<char>(bytes[0] + 1);
  return bytes;
}

std::string flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ 1U);
  return bytes;
}

json::object transcripts() {
  json::array cases;
  for (const char* label : {"ballot", "", "shuffle"}) {
    Transcript transcript(label);
    json::array steps;
    const auto append = [&](const char* name, const std::string& data) {
      transcript.append(name, data);
      steps.push_back(json::object{{"append", name}, {"data", hex(data)}});
    };
    const auto number = [&](const char* name, std::uint64_t value) {
      transcript.append(name, value);
      steps.push_back(json::object{{"append", name}, {"number", value}});
    };
    const auto challenge = [&](const char* name) {
      Transcript scalar = transcript;
      Transcript seed = transcript;
      steps.push_back(json::object{{"challenge", name},
                                   {"digest", hex(transcript.challenge(name))},
                                   {"scalar", hex(scalar.challenge_scalar(name).encode())},
                                   {"seed", hex(seed.challenge_seed(name))}});
    };
    append("edition", std::string(32, '\x11'));
    append("", "");
    number("pool", 258);
    challenge("c");
    append("after a challenge", std::string(300, 'x'));
    number("zero", 0);
    challenge("c");
    challenge("");
    cases.push_back(json::object{{"label", label}, {"steps", std::move(steps)}});
  }
  return {{"about", "Transcripts, section 3.3"}, {"cases", std::move(cases)}};
}

json::object scalars() {
  json::array cases;
  std::vector<std::array<std::uint8_t, 64>> digests(6);
  digests[1].fill(0xff);
  digests[2][0] = 1;
  digests[3][63] = 0x80;
  const std::string l = order();
  std::copy(l.begin(), l.end(), digests[4].begin());
  for (std::size_t i = 0; i < 64; ++i) digests[5][i] = static_cast<std::uint8_t>(7 * i + 1);
  for (const auto& digest : digests) {
    cases.push_back(json::object{{"digest", hex(digest)},
                                 {"scalar", hex(Scalar::from_uniform_bytes(digest).encode())}});
  }
  return {{"about", "64 bytes, little-endian, modulo the order, section 3.3"},
          {"cases", std::move(cases)}};
}

json::object weight_cases() {
  json::array cases;
  proof::Seed seed{};
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
  for (const std::uint64_t index : {0U, 1U, 2U, 3U, 4U, 7U, 1000U, 65'539U}) {
    cases.push_back(json::object{
        {"seed", hex(seed)}, {"index", index}, {"weight", hex(proof::weights(seed, index, 1)[0])}});
  }
  return {{"about", "Numbers from a seed, section 3.4"}, {"cases", std::move(cases)}};
}

json::object generators() {
  json::array cases;
  for (const std::uint64_t index : {0U, 1U, 2U, 255U, 256U, 1'000'000U}) {
    cases.push_back(
        json::object{{"index", index},
                     {"element", hex(Ristretto::independent_generators(index, 1)[0].encode())}});
  }
  return {{"about", "Independent generators, section 3.5"}, {"cases", std::move(cases)}};
}

json::object encodings() {
  json::array cases;
  const auto add = [&](const std::string& bytes, const char* as, bool valid) {
    cases.push_back(json::object{{"bytes", hex(bytes)}, {"as", as}, {"valid", valid}});
  };
  const std::string generator(view_of(Element::generator().encode()));
  add(generator, "element", true);
  add(std::string(32, '\0'), "element", false);
  std::string high = generator;
  high[31] = static_cast<char>(static_cast<unsigned char>(high[31]) | 0x80U);
  add(high, "element", false);
  add(std::string(32, '\xff'), "element", false);
  add(flipped(generator, 0), "element", false);  // negative
  std::string modulus(32, '\xff');               // 2^255 - 19 and one more
  modulus[0] = '\xed';
  modulus[31] = '\x7f';
  add(modulus, "element", false);
  modulus[0] = '\xee';
  add(modulus, "element", false);
  add(std::string(view_of(Scalar::of(1).encode())), "scalar", true);
  add(std::string(32, '\0'), "scalar", true);
  add(std::string(view_of((Scalar() - Scalar::of(1)).encode())), "scalar", true);
  add(order(), "scalar", false);
  add(std::string(32, '\xff'), "scalar", false);
  return {{"about", "Elements and scalars, section 3.1"}, {"cases", std::move(cases)}};
}

json::object signatures() {
  json::array cases;
  for (int n = 0; n < 3; ++n) {
    const auto key = proof::SigningKey::random();
    const std::string edition(32, static_cast<char>(n));
    const std::string body = "body " + std::to_string(n);
    const auto transcript = [&](const std::string& signed_body) {
      Transcript t("signature");
      t.append("edition", edition);
      t.append("kind", "mix");
      t.append("body", signed_body);
      return t;
    };
    const std::string signature(view_of(proof::sign(key, transcript(body))));
    const auto add = [&](const std::string& key_bytes, const std::string& signed_body,
                         const std::string& bytes, bool valid) {
      cases.push_back(json::object{{"key", hex(key_bytes)},
                                   {"edition", hex(edition)},
                                   {"kind", "mix"},
                                   {"body", hex(signed_body)},
                                   {"signature", hex(bytes)},
                                   {"valid", valid}});
    };
    const std::string own(view_of(key.key));
    add(own, body, signature, true);
    add(own, body + " ", signature, false);
    add(own, body, flipped(signature, 32), false);
    add(std::string(view_of(Element::generator().encode())), body, signature, false);
    add(own, body, std::string(32, '\0') + signature.substr(32), false);
    add(own, body, signature.substr(0, 32) + order(), false);
    add(std::string(32, '\0'), body, std::string(64, '\0'), false);
  }
  return {{"about", "Signatures, section 4.1"}, {"cases", std::move(cases)}};
}

json::array context_array() { return json::array{json::array{"pool", hex(std::string(8, '\0'))}}; }
Transcript context_transcript(const char* label) {
  Transcript transcript(label);
  transcript.append("pool", std::string(8, '\0'));
  return transcript;
}

json::object knowledge() {
  json::array cases;
  for (const std::size_t count : {1U, 3U}) {
    std::vector<SecretScalar> secrets;
    for (std::size_t k = 0; k < count; ++k) secrets.push_back(SecretScalar::random());
    const std::string elements =
        group::encode_packed(group::FixedBase::generator().mul_all(secrets));
    const std::string proof =
        proof::prove_knowledge<Ristretto>(context_transcript("ballot"), elements, secrets);
    const auto add = [&](const char* label, const std::string& shown, const std::string& bytes,
                         bool valid) {
      cases.push_back(json::object{{"label", label},
                                   {"context", context_array()},
                                   {"elements", hex(shown)},
                                   {"proof", hex(bytes)},
                                   {"valid", valid}});
    };
    add("ballot", elements, proof, true);
    add("dealing", elements, proof, false);
    add("ballot", elements, flipped(proof, 32 * count), false);
    add("ballot", elements, proof.substr(0, proof.size() - 32) + order(), false);
    add("ballot", elements, std::string(32, '\0') + proof.substr(32), false);
    add("ballot", elements, proof.substr(32), false);
    add("ballot", std::string(view_of(Element::generator().encode())) + elements.substr(32), proof,
        false);
  }
  return {{"about", "Knowledge of logarithms, section 4.2"}, {"cases", std::move(cases)}};
}

json::object equality() {
  json::array cases;
  for (const std::size_t count : {1U, 2U, 9U}) {
    const auto bases = Ristretto::independent_generators(50, count);
    const SecretScalar x = SecretScalar::random();
    const auto key = group::mul_base(x).encode();
    const std::string packed_bases = group::encode_packed(bases);
    const std::string images = group::encode_packed(group::mul_all(x, bases));
    const std::string proof = proof::prove_equality<Ristretto>(context_transcript("decryption"), x,
                                                               key, packed_bases, bases, images);
    const auto add = [&](const std::string& shown, const std::string& bytes, bool valid) {
      cases.push_back(json::object{{"label", "decryption"},
                                   {"context", context_array()},
                                   {"key", hex(key)},
                                   {"bases", hex(packed_bases)},
                                   {"images", hex(shown)},
                                   {"proof", hex(bytes)},
                                   {"valid", valid}});
    };
    add(images, proof, true);
    add(images, flipped(proof, 64), false);
    add(images, proof.substr(0, 64) + order(), false);
    add(images, proof.substr(0, 64), false);
    add(std::string(view_of(Element::generator().encode())) + images.substr(32), proof, false);
    add(std::string(32, '\0') + images.substr(32), proof, false);
  }
  return {{"about", "Equality of logarithms, section 4.3"}, {"cases", std::move(cases)}};
}

json::object shuffles() {
  json::array cases;
  for (const auto& [count, width] :
       {std::pair{0U, 1U}, {1U, 1U}, {2U, 1U}, {5U, 1U}, {4U, 2U}, {1U, 3U}}) {
    const Element key = group::mul_base(SecretScalar::random());
    const std::string inputs =
        group::encode_packed(Ristretto::independent_generators(900, 2 * count * width));
    const auto witness = proof::random_shuffle_witness<Ristretto>(count, width);
    const std::string outputs =
        proof::apply_shuffle<Ristretto>(key, width, inputs, witness).value().packed;
    const proof::ShuffleStatement statement{key.encode(), width, inputs, outputs};
    const proof::ShuffleProof right =
        proof::prove_shuffle<Ristretto>(context_transcript("shuffle"), statement, key, witness);
    const auto add = [&](const std::string& shown, const proof::ShuffleProof& proof, bool valid) {
      cases.push_back(json::object{{"label", "shuffle"},
                                   {"context", context_array()},
                                   {"key", hex(key.encode())},
                                   {"width", width},
                                   {"inputs", hex(inputs)},
                                   {"outputs", hex(shown)},
                                   {"permutation_commitments", hex(proof.permutation_commitments)},
                                   {"chain", hex(proof.chain)},
                                   {"chain_commitments", hex(proof.chain_commitments)},
                                   {"commitments", hex(proof.commitments)},
                                   {"responses", hex(proof.responses)},
                                   {"chain_responses", hex(proof.chain_responses)},
                                   {"permutation_responses", hex(proof.permutation_responses)},
                                   {"valid", valid}});
    };
    add(outputs, right, true);
    for (std::string proof::ShuffleProof::*part :
         {&proof::ShuffleProof::responses, &proof::ShuffleProof::chain_responses,
          &proof::ShuffleProof::permutation_responses}) {
      proof::ShuffleProof wrong = right;
      if ((wrong.*part).empty()) continue;
      wrong.*part = flipped(wrong.*part, 0);
      add(outputs, wrong, false);
      wrong.*part = order() + (right.*part).substr(32);
      add(outputs, wrong, false);
    }
    for (std::string proof::ShuffleProof::*part :
         {&proof::ShuffleProof::permutation_commitments, &proof::ShuffleProof::chain,
          &proof::ShuffleProof::chain_commitments, &proof::ShuffleProof::commitments}) {
      proof::ShuffleProof wrong = right;
      if ((wrong.*part).empty()) continue;
      const std::string generator(view_of(Element::generator().encode()));
      (wrong.*part).replace(0, 32, generator);
      add(outputs, wrong, false);
      (wrong.*part).replace(0, 32, 32, '\0');
      add(outputs, wrong, false);
    }
    if (count > 1) {
      const std::size_t bytes = 64 * width;
      add(outputs.substr(bytes, bytes) + outputs.substr(0, bytes) + outputs.substr(2 * bytes),
          right, false);
      add(inputs, right, false);
    }
  }
  return {{"about", "Shuffles, section 4.5"}, {"cases", std::move(cases)}};
}

json::object embeddings() {
  json::array cases;
  for (unsigned n = 0; n < 8; ++n) {
    election::ElementData data{};
    for (std::size_t i = 0; i < data.size(); ++i) {
      data[i] = static_cast<std::uint8_t>(n == 0 ? 0U : (n == 1 ? 255U : 37U * n + 11U * i));
    }
    const auto encoding = election::embed(data).value().encode();
    cases.push_back(json::object{{"data", hex(data)}, {"element", hex(encoding)}});
    // The next k that gives an element too.
    for (unsigned k = encoding[0] / 2U + 1; k < 128; ++k) {
      group::ElementBytes later = encoding;
      later[0] = static_cast<std::uint8_t>(2 * k);
      if (!Element::decode(later)) continue;
      cases.push_back(json::object{{"element", hex(later)}, {"reason", 2}});
      break;
    }
  }
  cases.push_back(json::object{{"element", hex(Element::generator().encode())}, {"reason", 1}});
  cases.push_back(json::object{{"element", hex(group::ElementBytes{})}, {"reason", 1}});
  return {{"about", "Embedding, section 6.3"}, {"cases", std::move(cases)}};
}

json::object rule_json(const election::BallotRule& rule) {
  json::object object;
  object["1"] = rule.form == election::BallotForm::approval  ? "approval"
                : rule.form == election::BallotForm::ranking ? "ranking"
                                                             : "points";
  object["2"] = rule.fewest;
  object["3"] = rule.most;
  object["4"] = nullptr;
  if (rule.points) {
    object["4"] = json::array{rule.points->each_least, rule.points->each_most,
                              rule.points->sum_least, rule.points->sum_most};
  }
  object["5"] = nullptr;
  if (rule.knapsack) object["5"] = rule.knapsack->grosze;
  object["6"] = rule.blank_valid;
  return object;
}

json::object contents() {
  json::array cases;
  const auto add_rule = [&](const election::BallotRule& rule, std::size_t projects,
                            std::vector<election::BallotContent> valid) {
    std::vector<Money> costs;
    for (std::size_t p = 0; p < projects; ++p) {
      costs.push_back(Money{static_cast<std::int64_t>(100 * (p + 1))});
    }
    const auto terms = election::BallotTerms::of(rule, costs).value();
    json::array cost_array;
    for (const Money cost : costs) cost_array.push_back(cost.grosze);
    const auto base = [&] {
      return json::object{
          {"rule", rule_json(rule)}, {"costs", cost_array}, {"width", terms.layout.width}};
    };
    for (const election::BallotContent& content : valid) {
      json::object entry = base();
      json::array numbers;
      for (const auto project : content.projects) numbers.push_back(project.value);
      entry["projects"] = std::move(numbers);
      entry["points"] = json::value_from(content.points);
      entry["packed"] = hex(election::pack_ballot(terms, content).value());
      cases.push_back(std::move(entry));
    }
    // Contents that are not valid, of which the first reason is told.
    std::vector<std::string> packed = {std::string(terms.layout.bytes(), '\xff'),
                                       std::string(terms.layout.bytes(), '\0')};
    for (std::size_t i = 0; i < 12; ++i) {
      std::string bytes(terms.layout.bytes(), '\0');
      for (std::size_t k = 0; k <= i % 4 && k < bytes.size(); ++k) {
        bytes[k] = static_cast<char>(37 * i + 91 * k + 5);
      }
      packed.push_back(std::move(bytes));
    }
    for (const std::string& bytes : packed) {
      const auto reading = election::unpack_ballot(terms, bytes);
      std::optional<election::InvalidReason> reason;
      if (const auto* unread = std::get_if<election::InvalidReason>(&reading)) {
        reason = *unread;
      } else {
        reason = election::check_content(terms, std::get<election::BallotContent>(reading));
      }
      if (!reason) continue;
      json::object entry = base();
      entry["packed"] = hex(bytes);
      entry["reason"] = static_cast<int>(*reason);
      cases.push_back(std::move(entry));
    }
  };
  const auto projects = [](std::initializer_list<int> numbers) {
    std::vector<election::ProjectNumber> result;
    for (const int number : numbers) result.push_back({static_cast<std::uint16_t>(number)});
    return result;
  };
  using election::BallotForm;
  add_rule({BallotForm::approval, 1, 3, {}, {}, true}, 8,
           {{{}, {}}, {projects({1}), {}}, {projects({2, 5, 8}), {}}});
  add_rule({BallotForm::approval, 1, 15, {}, {}, false}, 150,
           {{projects({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 150}), {}}});
  add_rule({BallotForm::approval, 1, 300, {}, {}, false}, 300, {{projects({1, 300}), {}}});
  add_rule({BallotForm::approval, 2, 4, {}, Money{1000}, false}, 6, {{projects({1, 2}), {}}});
  add_rule({BallotForm::ranking, 3, 3, {}, {}, false}, 9, {{projects({9, 1, 4}), {}}});
  add_rule({BallotForm::points, 1, 10, election::PointLimits{1, 10, 0, 10}, {}, false}, 128,
           {{projects({1, 128}), {4, 6}}});
  add_rule({BallotForm::points, 1, 4, election::PointLimits{1, 3, 3, 3}, {}, true}, 4,
           {{projects({2}), {3}}, {projects({1, 4}), {1, 2}}, {{}, {}}});
  return {{"about", "Contents of ballots, sections 6.1, 6.2 and 6.4"}, {"cases", std::move(cases)}};
}

// What a ballot of a city's rule (test/vectors lists them by name) may say.
struct RuleSample {
  const char* about;
  election::BallotRule rule;
  std::size_t projects;
  std::vector<election::BallotContent> contents;
};

election::BallotContent content_of(std::initializer_list<std::uint16_t> projects,
                                   std::initializer_list<std::uint32_t> points = {}) {
  election::BallotContent content;
  for (const std::uint16_t project : projects) content.projects.push_back({project});
  content.points = points;
  return content;
}

std::vector<RuleSample> city_rules() {
  using election::BallotForm;
  using election::BallotRule;
  using election::PointLimits;
  const auto approval = [](std::uint16_t fewest, std::uint16_t most) {
    return BallotRule{BallotForm::approval, fewest, most, {}, {}, true};
  };
  const auto points = [](std::uint16_t most, PointLimits limits) {
    return BallotRule{BallotForm::points, 1, most, limits, {}, true};
  };
  const BallotRule three_ranked{BallotForm::ranking, 3, 3, {}, {}, false};
  const BallotRule knapsack{BallotForm::approval, 1, 40, {}, Money{30'000'000}, true};
  return {
      {"10 stackable points, some left over (Czestochowa)",
       points(10, {1, 10, 0, 10}),
       120,
       {content_of({7}, {10}), content_of({1, 60, 120}, {2, 3, 1}), content_of({})}},
      {"10 points, the widest ballot of a published edition (Czestochowa 2020, city)",
       points(90, {1, 10, 0, 10}),
       90,
       {content_of({1, 2, 3, 4, 5, 6, 7, 8, 89, 90}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1})}},
      {"at most 15 of 97 (Warszawa, district)",
       approval(1, 15),
       97,
       {content_of({1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53, 97}), content_of({50})}},
      {"at most 10 of 106 (Warszawa, city)", approval(1, 10), 106, {content_of({2, 106})}},
      {"any number within the money (Warszawa 2016, Stalowa Wola)",
       knapsack,
       40,
       {content_of({1, 2, 3, 30}), content_of({40})}},
      {"exactly three, ranked (Krakow)", three_ranked, 160, {content_of({160, 1, 77})}},
      {"one of 60 (Wroclaw, Poznan, Bydgoszcz, Plock)", approval(1, 1), 60, {content_of({60})}},
      {"at most five of 200 (Lodz)", approval(1, 5), 200, {content_of({3, 77, 120, 199, 200})}},
      {"five stackable points (Gdansk)",
       points(5, {1, 5, 0, 5}),
       70,
       {content_of({70}, {5}), content_of({1, 2, 3, 4, 5}, {1, 1, 1, 1, 1})}},
      {"at most three (Gdynia, Elblag)", approval(1, 3), 33, {content_of({1, 17, 33})}},
      {"three points: 3, 2+1, 1+1+1 (Katowice)",
       points(3, {1, 3, 3, 3}),
       45,
       {content_of({9}, {3}), content_of({9, 10}, {1, 2}), content_of({1, 2, 45}, {1, 1, 1})}},
      {"at least three (Swiecie)", approval(3, 21), 21, {content_of({1, 2, 3, 21})}},
      {"points to every project (Wieliczka)",
       points(64, {1, 100, 1, 1000}),
       64,
       {content_of({1, 2, 64}, {100, 1, 99})}},
      {"at most two of any category (Bialystok, Grudziadz)",
       approval(1, 2),
       250,
       {content_of({249, 250})}},
      {"four categories with 1 to 4 (Kielce)", approval(1, 4), 28, {content_of({1, 2, 3, 4})}},
      {"two elements", approval(1, 300), 300, {content_of({1, 232, 233, 300}), content_of({})}},
      {"three elements", points(80, {1, 200, 0, 1000}), 80, {content_of({1, 29, 80}, {200, 7, 1})}},
  };
}

// The number that the transcript of section 9.4 gives for element k.
Scalar ballot_randomness(const std::string& edition, std::uint64_t pool, const std::string& seed,
                         std::uint64_t k) {
  Transcript transcript("ballot randomness");
  transcript.append("edition", edition);
  transcript.append("pool", pool);
  transcript.append("seed", seed);
  transcript.append("element", k);
  return transcript.challenge_scalar("r");
}

std::string short_code(std::string_view hash) {
  const std::string_view alphabet = "023456789ABCDEFGHJKMNPQRSTUVWXYZ";
  std::string code;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char byte : hash.substr(0, 10)) {
    bits = (bits << 8U) | static_cast<unsigned char>(byte);
    for (count += 8; count >= 5; count -= 5) {
      if (code.size() % 5 == 4) code += '-';
      code += alphabet[(bits >> (count - 5)) & 31U];
    }
  }
  return code;
}

// A ballot with every number that was drawn for it.
Result<json::object> ballot_case(const RuleSample& sample, const election::BallotContent& content,
                                 std::uint8_t n) {
  std::vector<Money> costs;
  for (std::size_t p = 0; p < sample.projects; ++p) {
    costs.push_back(Money{static_cast<std::int64_t>(100'000 * (p + 1))});
  }
  const auto terms = election::BallotTerms::of(sample.rule, costs).value();
  if (const auto reason = election::check_content(terms, content)) {
    return Error{ErrorCode::malformed, std::string(sample.about)};
  }
  const std::string edition(32, static_cast<char>(n + 1));
  const auto registrar = proof::SigningKey::random();
  const auto voter = proof::SigningKey::random();
  const election::JointKey joint_key(group::mul_base(SecretScalar::random()));
  const election::PoolNumber pool{static_cast<std::uint16_t>(n % 3)};
  election::BallotPlace place;
  place.edition = election::EditionHash{array_of<32>(edition)};
  place.pool = pool;
  place.certificate = election::issue_certificate(
      place.edition, registrar, election::Pseudonym{array_of<32>(std::string(32, 'p'))}, voter.key,
      static_cast<std::uint8_t>(2 + n % 3), {{0}, {1}, {2}}, 1'790'000'000 + 3600ULL * n, 100U + n);
  place.counter = n % 2;
  if (place.counter > 0) place.previous = election::entry_hash("before");

  const std::string seed(view_of(sha256("seed" + edition)));
  const std::string packed = election::pack_ballot(terms, content).value();
  election::SealedContent sealed;
  std::vector<Element> pairs;
  json::array messages;
  json::array randomness;
  std::vector<Scalar> scalars;
  for (std::size_t k = 0; k < terms.layout.width; ++k) {
    const Element message = election::embed(array_of<29>(packed.substr(29 * k, 29))).value();
    scalars.push_back(ballot_randomness(edition, pool.value, seed, k));
    const SecretScalar r = SecretScalar::from_public(scalars.back());
    pairs.push_back(group::mul_base(r));
    pairs.push_back(message + joint_key.multiples.mul(r));
    sealed.randomness.push_back(r);
    messages.push_back(json::value(hex(message.encode())));
    randomness.push_back(json::value(hex(scalars.back().encode())));
  }
  sealed.ciphertext = group::encode_packed(pairs);
  const election::Ballot ballot = election::cast_sealed(place, joint_key, sealed, voter);

  // What was drawn for proof and signature follows from responses, challenges and secrets.
  const std::string& proof = ballot.proof;
  const std::size_t width = terms.layout.width;
  Transcript transcript = election::ballot_proof_transcript(ballot, joint_key.encoding);
  transcript.append("elements", election::alphas_of(ballot.ciphertext));
  transcript.append("commitments", proof.substr(0, 32 * width));
  const Scalar c = transcript.challenge_scalar("c");
  json::array proof_nonces;
  for (std::size_t k = 0; k < width; ++k) {
    const Scalar s = Scalar::decode(array_of<32>(proof.substr(32 * (width + k), 32))).value();
    proof_nonces.push_back(json::value(hex((s - c * scalars[k]).encode())));
  }
  const std::string signature(view_of(ballot.signature));
  Transcript signing = election::signature_transcript(ballot);
  signing.append("key", view_of(voter.key));
  signing.append("commitment", signature.substr(0, 32));
  const Scalar e = signing.challenge_scalar("e");
  const Scalar s = Scalar::decode(array_of<32>(signature.substr(32))).value();
  const Scalar nonce = s - e * voter.secret.disclose();

  json::array cost_array;
  for (const Money cost : costs) cost_array.push_back(cost.grosze);
  json::array numbers;
  for (const auto project : content.projects) numbers.push_back(project.value);
  const std::string entry = election::encode(ballot);
  const auto hash = election::entry_hash(entry);
  return json::object{
      {"about", sample.about},
      {"rule", rule_json(sample.rule)},
      {"costs", std::move(cost_array)},
      {"width", width},
      {"projects", std::move(numbers)},
      {"points", json::value_from(content.points)},
      {"edition", hex(edition)},
      {"pool", pool.value},
      {"joint_key", hex(joint_key.encoding)},
      {"registrar_key", hex(registrar.key)},
      {"certificate", hex(election::encode(place.certificate))},
      {"voter_secret", hex(voter.secret.disclose().encode())},
      {"voter_key", hex(voter.key)},
      {"counter", place.counter},
      {"previous", place.previous ? json::value(hex(place.previous->view())) : json::value()},
      {"seed", hex(seed)},
      {"randomness", std::move(randomness)},
      {"messages", std::move(messages)},
      {"proof_nonces", std::move(proof_nonces)},
      {"signature_nonce", hex(nonce.encode())},
      {"ciphertext", hex(ballot.ciphertext)},
      {"proof", hex(ballot.proof)},
      {"signature", hex(signature)},
      {"entry", hex(entry)},
      {"hash", hex(hash.view())},
      {"code", short_code(hash.view())},
      {"audited",
       hex(election::encode(election::Audited{place.edition, pool, ballot.ciphertext}))}};
}

Result<json::object> ballots() {
  json::array cases;
  std::uint8_t n = 0;
  for (const RuleSample& sample : city_rules()) {
    for (const election::BallotContent& content : sample.contents) {
      auto one = ballot_case(sample, content, n++);
      if (!one) return std::move(one).error();
      cases.push_back(std::move(*one));
    }
  }
  return json::object{{"about", "Whole ballots, sections 6 and 9"}, {"cases", std::move(cases)}};
}

json::object ties() {
  json::array cases;
  for (const std::uint64_t pool : {0U, 1U, 1023U}) {
    const std::string edition(32, static_cast<char>(pool + 3));
    std::string message;
    append_big_endian(message, pool, 8);
    cases.push_back(json::object{
        {"edition", hex(edition)},
        {"pool", pool},
        {"base", hex(group::hash_to_group(message, "urna/1 tie " + edition).encode())}});
  }
  return {{"about", "Bases of tie seeds, section 12"}, {"cases", std::move(cases)}};
}

json::object lagrange() {
  json::array cases;
  for (const std::vector<std::uint64_t>& trustees :
       std::vector<std::vector<std::uint64_t>>{{1}, {1, 2}, {2, 3}, {1, 3, 5}, {7, 31, 32}}) {
    json::array coefficients;
    for (const Scalar& scalar : proof::lagrange_at_zero<Ristretto>(trustees)) {
      coefficients.push_back(json::value(hex(scalar.encode())));
    }
    cases.push_back(json::object{{"trustees", json::value_from(trustees)},
                                 {"coefficients", std::move(coefficients)}});
  }
  return {{"about", "Lagrange coefficients, section 12"}, {"cases", std::move(cases)}};
}

json::object declared_rules() {
  const std::vector<std::string> ids = {"1", "23", "459", "B.2", "and", "Projects"};
  const std::string_view custom = "If the money left is at least 80% of it, we fund it as well.";
  const std::vector<std::pair<std::string, std::string>> rules = {
      {"greedy", ""},
      {"greedy-threshold", ""},
      {"greedy-no-skip", "#1: nothing follows"},
      {"greedy-custom", std::string(custom)},
      {"greedy-custom", "at least 80 % of it"},
      {"greedy-custom", "at least 80\u00a0% of it"},
      {"greedy-custom", ""},
      {"greedy-exclusive", ""},
      {"greedy-exclusive", "Projects 1, 23, and 459 overlapped, so one of them was funded."},
      {"greedy-exclusive", "PROJECTS 1 & 23 are mutually EXCLUSIVE! So are projects 459 or B.2"},
      {"greedy-exclusive", "Of projects 1 or 23. Both exclude each other"},
      {"greedy-exclusive", "These overlap: projects 1 or 23."},
      {"greedy-exclusive", "In conflict: projects 1 and B.2."},
      {"greedy-exclusive", "Projects 1 and B.2 at ul. Długa exclude each other"},
      {"greedy-exclusive", "Projects 1 and 23 (on al. Zielona) conflict"},
      {"greedy-exclusive", "#1: projects 1 and 23 conflict #2: projects 23 and 459 are fine"},
      {"greedy-exclusive", "Projects 1 and 1 conflict, projects 23 and 459, projects 1 and 459"},
      {"greedy-exclusive", "Projects 1 and 24 overlap with projects Projects 23, 1"},
      {"greedy-exclusive", "Źródło? Projects 1,23,459 cannot run simultaneously... ŻADEN"},
      {"equalshares", ""},
      {"equalshares/add1", ""},
      {"equalshares-comparison", ""},
      {"equalshares/add1-comparison", ""},
      {"equalshares/add2", ""},
      {"greedy-", ""},
      {"greedy-twice", ""},
      {"Greedy", ""},
      {"unknown", ""}};
  json::array cases;
  const auto add = [&](test::MetaLines meta) {
    json::array lines;
    for (const auto& [key, value] : meta)
      lines.emplace_back(json::array{json::value(key), json::value(value)});
    json::value rule = test::declared_rule(ids, meta);
    cases.push_back(json::object{
        {"ids", json::value_from(ids)}, {"meta", std::move(lines)}, {"rule", std::move(rule)}});
  };
  for (const std::string type : {"approval", "choose-1", "ordinal", "cumulative", "scoring"}) {
    for (const auto& [rule, comment] : rules) {
      test::MetaLines meta = {{"vote_type", type}, {"rule", rule}};
      if (!comment.empty()) meta.emplace_back("comment", comment);
      add(meta);
      if (type != "approval" && type != "cumulative") continue;
      meta.emplace_back("min_project_score_threshold", "50");
      add(meta);
    }
  }
  for (const std::string threshold :
       {"0", "", "007", "50.0", "50,000", "-3", "9223372036854775807", "9223372036854775808", "7.5",
        "7.", "+7", "0x7", "7 %", "seven"}) {
    add({{"vote_type", "approval"},
         {"rule", "greedy-no-skip"},
         {"min_project_score_threshold", threshold}});
  }
  add({{"vote_type", "approval"}});
  return {{"about", "Rules that META declares, section 13.1"}, {"cases", std::move(cases)}};
}

// Entries of a rehearsed edition, one or two of each kind, and the same bytes spoilt.
Result<json::object> entries(const std::string& scratch) {
  rehearsal::Plan plan;
  plan.instances = test::sample_edition();
  plan.instances.resize(1);
  if (auto outcome = rehearsal::rehearse(plan, scratch); !outcome) {
    return std::move(outcome).error();
  }
  const auto log = board::LogReader::open(scratch);
  if (!log) return log.error();
  json::array cases;
  std::map<std::string, int> seen;
  const Status read = log->for_each(0, [&](std::uint64_t, std::string_view view) {
    const std::string entry(view);
    const auto decoded = election::decode_entry(entry);
    if (!decoded) return Status(decoded.error());
    const std::string kind(to_string(election::kind_of(*decoded)));
    if (++seen[kind] > 2) return ok_status();
    const auto add = [&](const std::string& bytes, bool valid) {
      json::object one{{"kind", kind}, {"bytes", hex(bytes)}, {"valid", valid}};
      if (valid) one["hash"] = hex(election::entry_hash(bytes).view());
      cases.push_back(std::move(one));
    };
    add(entry, true);
    if (seen[kind] > 1) return ok_status();
    std::string longer = entry;
    longer[0] = static_cast<char>(longer[0] + 1);
    add(longer + std::string("\x18\x63\x00", 3), false);  // an unknown field
    add(entry + std::string(1, '\0'), false);
    add(entry.substr(0, entry.size() - 1), false);
    add(std::string(1, static_cast<char>(0xb8)) +
            std::string(1, static_cast<char>(entry[0] & 0x1f)) + entry.substr(1),
        false);  // a longer head than needed
    return ok_status();
  });
  if (!read) return read.error();
  return json::object{{"about", "Entries, sections 5 to 13"}, {"cases", std::move(cases)}};
}

// Extensions that may follow those before them, and such as may not.
json::object extensions() {
  constexpr std::uint64_t opened = 1'790'000'000;
  constexpr std::uint64_t announced = opened + 14 * 86'400;
  const std::vector<proof::SigningKey> officials = {
      proof::SigningKey::random(), proof::SigningKey::random(), proof::SigningKey::random()};
  json::array keys;
  for (const proof::SigningKey& official : officials)
    keys.push_back(json::value(hex(view_of(official.key))));
  const election::EditionHash edition = election::edition_hash("an edition");
  const auto sign = [&](election::Extension& entry) {
    election::sign(entry, election::OfficialNumber{0}, officials[0], election::OfficialNumber{2},
                   officials[2]);
  };
  const auto extension = [&](std::uint64_t replaces) {
    election::Extension entry;
    entry.edition = edition;
    entry.replaces = replaces;
    entry.time = replaces - 3600;
    entry.closes = replaces + 86'400;
    entry.reason_pl = "Awaria sieci: głosy nie docierały.";
    entry.reason_en = "A network failure: ballots did not arrive.";
    sign(entry);
    return entry;
  };
  std::vector<std::string> row;
  for (std::size_t k = 0; k <= election::extensions_max; ++k)
    row.push_back(encode(extension(announced + k * 86'400)));
  json::array cases;
  const auto add = [&](const std::string& about, std::size_t before, const std::string& bytes,
                       bool valid) {
    json::array earlier;
    for (std::size_t k = 0; k < before; ++k) earlier.push_back(json::value(hex(row[k])));
    cases.push_back(json::object{{"about", about},
                                 {"edition", hex(edition.view())},
                                 {"officials", keys},
                                 {"opened", opened},
                                 {"announced", announced},
                                 {"before", std::move(earlier)},
                                 {"bytes", hex(bytes)},
                                 {"valid", valid}});
  };
  const auto changed = [&](const std::string& about, std::size_t before, bool valid, auto change) {
    election::Extension entry = extension(announced + before * 86'400);
    change(entry);
    sign(entry);
    add(about, before, encode(entry), valid);
  };
  const auto unsigned_change = [&](const std::string& about, auto change) {
    election::Extension entry = extension(announced);
    change(entry);
    add(about, 0, encode(entry), false);
  };
  using election::Extension;
  add("the first one", 0, row[0], true);
  add("a second one", 1, row[1], true);
  add("the last that may be", election::extensions_max - 1, row[election::extensions_max - 1],
      true);
  add("one too many", election::extensions_max, row[election::extensions_max], false);
  add("the same again", 1, row[0], false);
  add("out of order", 0, row[1], false);
  changed("decided in the last second", 0, true, [](Extension& e) { e.time = e.replaces - 1; });
  changed("decided when it was over", 0, false, [](Extension& e) { e.time = e.replaces; });
  changed("decided at the opening", 0, true, [](Extension& e) { e.time = opened; });
  changed("decided before the opening", 0, false, [](Extension& e) { e.time = opened - 1; });
  changed("decided before the one before it", 1, false,
          [](Extension& e) { e.time = announced - 3601; });
  changed("of 31 days", 0, true,
          [](Extension& e) { e.closes = e.replaces + election::extension_seconds_max; });
  changed("of a second more", 0, false,
          [](Extension& e) { e.closes = e.replaces + election::extension_seconds_max + 1; });
  changed("to the same end", 0, false, [](Extension& e) { e.closes = e.replaces; });
  changed("to an earlier end", 0, false, [](Extension& e) { e.closes = e.replaces - 1; });
  changed("without a reason in Polish", 0, false, [](Extension& e) { e.reason_pl.clear(); });
  changed("without a reason in English", 0, false, [](Extension& e) { e.reason_en.clear(); });
  changed("with the longest reason", 0, true,
          [](Extension& e) { e.reason_pl.assign(election::extension_reason_bytes_max, 'a'); });
  changed("with a longer reason", 0, false,
          [](Extension& e) { e.reason_pl.assign(election::extension_reason_bytes_max + 1, 'a'); });
  changed("with a line break", 0, false, [](Extension& e) { e.reason_en = "a\nb"; });
  changed("of another edition", 0, false, [](Extension& e) { e.edition.octets[0] ^= 1; });
  unsigned_change("signed by one",
                  [](Extension& e) { e.signatures[1].signature = e.signatures[0].signature; });
  unsigned_change("signed by one twice", [](Extension& e) { e.signatures[1] = e.signatures[0]; });
  unsigned_change("signed by a stranger",
                  [](Extension& e) { e.signatures[1].official = election::OfficialNumber{3}; });
  unsigned_change("with an altered reason", [](Extension& e) { e.reason_en += "!"; });
  unsigned_change("with an altered end", [](Extension& e) { e.closes += 1; });
  return {{"about", "Extensions of the voting, section 7.1"}, {"cases", std::move(cases)}};
}

// Freezes, annulments and upholdings that may follow those before them, and such as may not.
json::object contests() {
  using election::Annulment;
  using election::Freeze;
  using election::Lifted;
  using election::OfficialNumber;
  using election::Upholding;
  const election::EditionHash edition = election::edition_hash("an edition");
  std::vector<proof::SigningKey> officials;
  for (int k = 0; k < 4; ++k) officials.push_back(proof::SigningKey::random());
  // Ballots of the board: entries 100, 103, 106 and so on.
  std::vector<election::NamedBallot> ballots;
  for (std::uint64_t k = 0; k < 300; ++k) {
    const std::string name = "ballot " + std::to_string(k);
    ballots.push_back({{100 + 3 * k}, election::entry_hash(name)});
  }
  const auto list_of = [](const std::vector<election::NamedBallot>& named) {
    json::array list;
    for (const election::NamedBallot& ballot : named)
      list.push_back(json::array{ballot.index.value, hex(ballot.hash.view())});
    return list;
  };
  const auto sign = [&](auto& entry, std::uint8_t first, std::uint8_t second) {
    election::sign(entry, OfficialNumber{first}, officials[first], OfficialNumber{second},
                   officials[second]);
  };
  const auto freeze = [&](std::size_t first, std::size_t count = 1) {
    Freeze entry{edition, {}, "ABCDE-FGHJK", "complaint", {}};
    for (std::size_t k = 0; k < count; ++k) entry.ballots.push_back(ballots[first + k]);
    election::sign(entry, OfficialNumber{1}, officials[1]);
    return entry;
  };
  const auto annulment = [&](std::size_t ballot, std::uint8_t first = 0, std::uint8_t second = 1) {
    Annulment entry{edition, ballots[ballot].index, ballots[ballot].hash, "stolen-identity", {}};
    sign(entry, first, second);
    return entry;
  };
  const auto upholding = [&](std::size_t ballot, Lifted ends, std::uint8_t first = 0,
                             std::uint8_t second = 1) {
    Upholding entry{edition, ballots[ballot].index, ballots[ballot].hash,
                    ends,    "23456-789ZZ",         "voter-confirmed",
                    {}};
    sign(entry, first, second);
    return entry;
  };
  json::array cases;
  const auto add = [&](const std::string& about, std::size_t count,
                       const std::vector<std::string>& before, const std::string& bytes,
                       bool valid) {
    json::array keys;
    for (std::size_t k = 0; k < count; ++k)
      keys.push_back(json::value(hex(view_of(officials[k].key))));
    json::array earlier;
    for (const std::string& entry : before) earlier.push_back(json::value(hex(entry)));
    const bool many = bytes.size() > 5'000;
    cases.push_back(json::object{
        {"about", about},
        {"edition", hex(edition.view())},
        {"officials", std::move(keys)},
        {"ballots", list_of(many ? ballots : std::vector(ballots.begin(), ballots.begin() + 4))},
        {"before", std::move(earlier)},
        {"bytes", hex(bytes)},
        {"valid", valid}});
  };
  const std::string frozen = encode(freeze(0));
  const std::string upheld = encode(upholding(0, Lifted::freeze));
  const std::string annulled = encode(annulment(0));
  const std::string restored = encode(upholding(0, Lifted::annulment, 2, 3));

  // Every way from standing to standing, and every one that there is not.
  struct Way {
    const char* standing;
    std::vector<std::string> before;
    bool freeze, annul, end_freeze, end_annulment;
  };
  for (const Way& way : std::vector<Way>{
           {"untouched", {}, true, true, false, false},
           {"frozen", {frozen}, false, true, true, false},
           {"upheld", {frozen, upheld}, false, true, false, false},
           {"annulled", {annulled}, false, false, false, true},
           {"annulled when frozen", {frozen, annulled}, false, false, false, true},
           {"annulled when upheld", {frozen, upheld, annulled}, false, false, false, true},
           {"restored", {annulled, restored}, false, false, false, false},
           {"restored when upheld",
            {frozen, upheld, annulled, restored},
            false,
            false,
            false,
            false}}) {
    const std::string standing = way.standing;
    add(standing + ", frozen", 4, way.before, frozen, way.freeze);
    add(standing + ", annulled", 4, way.before, annulled, way.annul);
    add(standing + ", upheld against a freeze", 4, way.before, upheld, way.end_freeze);
    add(standing + ", upheld on appeal", 4, way.before, restored, way.end_annulment);
  }
  // Who decides an appeal.
  add("an appeal decided by one who annulled, of four officials", 4, {annulled},
      encode(upholding(0, Lifted::annulment, 1, 2)), false);
  add("an appeal decided by both who annulled, of three", 3, {annulled},
      encode(upholding(0, Lifted::annulment)), false);
  add("an appeal decided by one who annulled and one who did not, of three", 3, {annulled},
      encode(upholding(0, Lifted::annulment, 1, 2)), true);
  add("an appeal where there are two officials", 2, {annulled},
      encode(upholding(0, Lifted::annulment)), false);
  add("upheld by the one who froze and another one", 4, {frozen},
      encode(upholding(0, Lifted::freeze, 1, 3)), true);

  // Several ballots with one entry.
  add("of two ballots", 4, {}, encode(freeze(0, 2)), true);
  add("of as many ballots as may be", 4, {}, encode(freeze(0, election::frozen_at_once_max)), true);
  add("of one ballot more", 4, {}, encode(freeze(0, election::frozen_at_once_max + 1)), false);
  add("of two ballots, one frozen before", 4, {encode(freeze(1))}, encode(freeze(0, 2)), false);
  add("of two ballots, another one frozen before", 4, {encode(freeze(2))}, encode(freeze(0, 2)),
      true);

  const auto with_freeze = [&](const std::string& about, bool valid, auto change,
                               bool sign_again = true) {
    Freeze entry = freeze(0, 2);
    change(entry);
    if (sign_again) election::sign(entry, OfficialNumber{1}, officials[1]);
    add("a freeze " + about, 4, {}, encode(entry), valid);
  };
  with_freeze("of no ballot", false, [](Freeze& e) { e.ballots.clear(); });
  with_freeze("of an entry that is no ballot", false,
              [](Freeze& e) { e.ballots[1].index = {104}; });
  with_freeze("of an entry to come", false, [](Freeze& e) { e.ballots[1].index = {9'999}; });
  with_freeze("of another hash", false, [](Freeze& e) { e.ballots[0].hash.octets[31] ^= 1; });
  with_freeze("in descending order", false,
              [](Freeze& e) { std::swap(e.ballots[0], e.ballots[1]); });
  with_freeze("of one ballot twice", false, [](Freeze& e) { e.ballots[1] = e.ballots[0]; });
  with_freeze("with the last case number", true, [](Freeze& e) { e.case_number = "ZZZZZ-99999"; });
  for (const char* number :
       {"", "ABCDEFGHJK", "ABCDE-FGHJ", "ABCDE-FGHJKL", "abcde-fghjk", "ABCDI-FGHJK", "ABCD0-FGHJK",
        "ABCDO-FGHJK", "ABCDE-FGHJ1", "ABCDE FGHJK"}) {
    with_freeze("of the case \"" + std::string(number) + "\"", false,
                [&](Freeze& e) { e.case_number = number; });
  }
  with_freeze("without a reason", false, [](Freeze& e) { e.reason.clear(); });
  with_freeze("with a reason in capitals", false, [](Freeze& e) { e.reason = "Complaint"; });
  with_freeze("with the longest reason", true, [](Freeze& e) { e.reason.assign(64, 'z'); });
  with_freeze("with a longer reason", false, [](Freeze& e) { e.reason.assign(65, 'z'); });
  with_freeze("of another edition", false, [](Freeze& e) { e.edition.octets[0] ^= 1; });
  with_freeze(
      "signed by another one", false, [](Freeze& e) { e.signature.official = {0}; }, false);
  with_freeze(
      "signed by a stranger", false, [](Freeze& e) { e.signature.official = {4}; }, false);
  with_freeze(
      "with an altered case", false, [](Freeze& e) { e.case_number = "ABCDE-FGHJL"; }, false);
  with_freeze(
      "with a ballot more", false, [&](Freeze& e) { e.ballots.push_back(ballots[2]); }, false);

  const auto with_upholding = [&](const std::string& about, auto change, bool sign_again = true) {
    Upholding entry = upholding(0, Lifted::freeze);
    change(entry);
    if (sign_again) sign(entry, 0, 1);
    add("an upholding " + about, 4, {frozen}, encode(entry), false);
  };
  with_upholding("of another ballot", [&](Upholding& e) { e.index = ballots[1].index; });
  with_upholding("of another hash", [](Upholding& e) { e.ballot.octets[0] ^= 1; });
  with_upholding("of an annulment that there is not",
                 [](Upholding& e) { e.ends = Lifted::annulment; });
  with_upholding("of no case", [](Upholding& e) { e.case_number = "k-2026-7"; });
  with_upholding("without a reason", [](Upholding& e) { e.reason.clear(); });
  with_upholding("of another edition", [](Upholding& e) { e.edition.octets[0] ^= 1; });
  with_upholding(
      "signed by one", [](Upholding& e) { e.signatures[1].signature = e.signatures[0].signature; },
      false);
  with_upholding(
      "signed by one twice", [](Upholding& e) { e.signatures[1] = e.signatures[0]; }, false);
  with_upholding(
      "with an altered reason", [](Upholding& e) { e.reason += "-2"; }, false);
  return {{"about", "Freezes, annulments and upholdings, section 7.2"},
          {"cases", std::move(cases)}};
}

// One case per line, so that a difference can be read.
std::string written(const json::object& file) {
  std::string text = "{\"about\": " + json::serialize(file.at("about")) + ",\n \"cases\": [\n";
  const json::array& cases = file.at("cases").as_array();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    text += "  " + json::serialize(cases[i]) + (i + 1 < cases.size() ? ",\n" : "\n");
  }
  return text + "]}\n";
}

int run(const std::string& folder, const std::string& scratch) {
  const Result<json::object> entry_cases = entries(scratch);
  if (!entry_cases) {
    fmt::print(stderr, "{}\n", entry_cases.error().to_string());
    return exit_code(entry_cases.error().code);
  }
  const Result<json::object> ballot_cases = ballots();
  if (!ballot_cases) {
    fmt::print(stderr, "{}\n", ballot_cases.error().to_string());
    return exit_code(ballot_cases.error().code);
  }
  const std::vector<std::pair<std::string, json::object>> files = {
      {"transcript", transcripts()},  {"scalar", scalars()},        {"weights", weight_cases()},
      {"generators", generators()},   {"encodings", encodings()},   {"signature", signatures()},
      {"knowledge", knowledge()},     {"equality", equality()},     {"shuffle", shuffles()},
      {"embedding", embeddings()},    {"content", contents()},      {"tie", ties()},
      {"lagrange", lagrange()},       {"entries", *entry_cases},    {"ballots", *ballot_cases},
      {"declared", declared_rules()}, {"extensions", extensions()}, {"contests", contests()},
      {"cards", card_vectors()},      {"paper", paper_vectors()}};
  for (const auto& [name, file] : files) {
    const Status saved = write_file_atomically(folder + "/" + name + ".json", written(file));
    if (!saved) {
      fmt::print(stderr, "{}\n", saved.error().to_string());
      return exit_code(saved.error().code);
    }
    fmt::print("{}.json: {} cases\n", name, file.at("cases").as_array().size());
  }
  return 0;
}

}  // namespace
}  // namespace urna

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: vectors_tool FOLDER NEW-SCRATCH-FOLDER\n");
    return 2;
  }
  return urna::run(argv[1], argv[2]);
}
