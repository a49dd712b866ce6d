// SPDX-License-Identifier: EUPL-1.2
// The checked-in test vectors (docs/vectors.md) hold for this implementation.
#include <algorithm>
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/file.h"
#include "election/ballot.h"
#include "election/ballot_content.h"
#include "election/contests.h"
#include "election/embedding.h"
#include "election/entries.h"
#include "election/paper.h"
#include "election/paper_book.h"
#include "election/voting_term.h"
#include "group/hash.h"
#include "proof/equality.h"
#include "proof/knowledge.h"
#include "proof/sharing.h"
#include "proof/shuffle.h"
#include "proof/signature.h"
#include "proof/weights.h"
#include "test/vectors/declared_rules.h"

namespace urna {
namespace {

namespace json = boost::json;
using group::Element;
using group::Scalar;
using proof::Ristretto;
using proof::Transcript;

json::array cases_of(const std::string& name) {
  const auto text =
      read_file(std::string(URNA_SOURCE_DIR) + "/test/vectors/" + name + ".json", 50'000'000);
  EXPECT_TRUE(text.ok()) << name;
  if (!text) return {};
  json::array cases = json::parse(*text).at("cases").as_array();
  EXPECT_FALSE(cases.empty()) << name;
  return cases;
}

std::string text(const json::value& value) { return json::value_to<std::string>(value); }
std::string bytes(const json::value& value) { return from_hex(text(value)).value(); }
std::uint64_t number(const json::value& value) { return value.to_number<std::uint64_t>(); }
std::string encoded(const Scalar& scalar) { return std::string(view_of(scalar.encode())); }

Transcript context_of(const json::value& entry) {
  Transcript transcript(text(entry.at("label")));
  for (const json::value& item : entry.at("context").as_array()) {
    transcript.append(text(item.at(0)), bytes(item.at(1)));
  }
  return transcript;
}

TEST(Vectors, Extensions) {
  for (const json::value& entry : cases_of("extensions")) {
    election::VotingTerm term;
    term.opened = number(entry.at("opened"));
    term.closes = number(entry.at("announced"));
    const auto accepts = [&](const json::value& hexadecimal) {
      const auto decoded = election::decode_entry(bytes(hexadecimal));
      const auto* extension = decoded ? std::get_if<election::Extension>(&*decoded) : nullptr;
      if (extension == nullptr || extension->edition.view() != bytes(entry.at("edition")) ||
          !election::check_extension(term, *extension)) {
        return false;
      }
      const json::array& keys = entry.at("officials").as_array();
      for (const election::OfficialSignature& signature : extension->signatures) {
        const std::size_t official = signature.official.value;
        if (official >= keys.size() ||
            !proof::verify_signature(array_of<32>(bytes(keys[official])),
                                     signature_transcript(*extension), signature.signature)) {
          return false;
        }
      }
      election::extend(term, *extension);
      return true;
    };
    for (const json::value& before : entry.at("before").as_array()) EXPECT_TRUE(accepts(before));
    EXPECT_EQ(accepts(entry.at("bytes")), entry.at("valid").as_bool()) << text(entry.at("about"));
  }
}

TEST(Vectors, Contests) {
  for (const json::value& entry : cases_of("contests")) {
    election::Contests contests;
    const json::array& keys = entry.at("officials").as_array();
    const auto stands = [&](const election::NamedBallot& named) {
      const json::array& ballots = entry.at("ballots").as_array();
      return std::ranges::any_of(ballots, [&](const json::value& ballot) {
        return number(ballot.at(0)) == named.index.value &&
               bytes(ballot.at(1)) == named.hash.view();
      });
    };
    const auto holds = [&](const auto& decision, const election::OfficialSignature& signature) {
      const std::size_t official = signature.official.value;
      return official < keys.size() &&
             proof::verify_signature(array_of<32>(bytes(keys[official])),
                                     signature_transcript(decision), signature.signature);
    };
    const auto take = [&](const auto& decision, const Status& may) {
      if (!may || decision.edition.view() != bytes(entry.at("edition"))) return false;
      contests.apply(decision);
      return true;
    };
    const auto accepts = [&](const json::value& hexadecimal) {
      const auto decoded = election::decode_entry(bytes(hexadecimal));
      if (!decoded) return false;
      const auto both = [&](const auto& decision) {
        return stands({decision.index, decision.ballot}) &&
               holds(decision, decision.signatures[0]) && holds(decision, decision.signatures[1]);
      };
      if (const auto* freeze = std::get_if<election::Freeze>(&*decoded)) {
        return std::ranges::all_of(freeze->ballots, stands) && holds(*freeze, freeze->signature) &&
               take(*freeze, contests.check(*freeze));
      }
      if (const auto* annulment = std::get_if<election::Annulment>(&*decoded))
        return both(*annulment) && take(*annulment, contests.check(*annulment));
      const auto* upholding = std::get_if<election::Upholding>(&*decoded);
      return upholding != nullptr && both(*upholding) &&
             take(*upholding, contests.check(*upholding, keys.size()));
    };
    for (const json::value& before : entry.at("before").as_array()) EXPECT_TRUE(accepts(before));
    EXPECT_EQ(accepts(entry.at("bytes")), entry.at("valid").as_bool()) << text(entry.at("about"));
  }
}

TEST(Vectors, Cards) {
  for (const json::value& entry : cases_of("cards")) {
    std::vector<election::CardSerial> serials;
    const json::array& all = entry.at("serials").as_array();
    for (std::size_t i = 0; i < all.size(); ++i) {
      serials.push_back(array_of<election::card_serial_bytes>(bytes(all[i])));
      EXPECT_EQ(election::to_text(serials.back()), text(entry.at("texts").at(i)));
      EXPECT_EQ(election::parse_card_serial(text(entry.at("texts").at(i))), serials.back());
      EXPECT_EQ(view_of(election::leaf_of(serials.back())), bytes(entry.at("leaves").at(i)));
    }
    EXPECT_EQ(view_of(election::root_of_cards(serials)), bytes(entry.at("root")));
  }
}

TEST(Vectors, Paper) {
  for (const json::value& entry : cases_of("paper")) {
    election::Manifest manifest;
    const auto widths = json::value_to<std::vector<std::size_t>>(entry.at("widths"));
    manifest.pools.resize(widths.size());
    const auto pool_numbers = [](const json::value& list) {
      std::vector<election::PoolNumber> pools;
      for (const json::value& pool : list.as_array())
        pools.push_back({static_cast<std::uint16_t>(number(pool))});
      return pools;
    };
    for (const json::value& group : entry.at("groups").as_array()) {
      manifest.groups.push_back(
          {"", pool_numbers(group.at(0)), static_cast<std::uint32_t>(number(group.at(1)))});
    }
    manifest.paper.emplace().points.resize(number(entry.at("points")));
    for (const json::value& batch : entry.at("issued").as_array()) {
      manifest.paper->batches.push_back({{static_cast<std::uint16_t>(number(batch.at(0)))},
                                         {static_cast<std::uint16_t>(number(batch.at(1)))},
                                         static_cast<std::uint32_t>(number(batch.at(2))),
                                         array_of<32>(bytes(batch.at(3)))});
    }
    election::VotingTerm term;
    term.opened = number(entry.at("opened"));
    term.closes = number(entry.at("closes"));
    const auto joint_key = array_of<32>(bytes(entry.at("joint_key")));
    election::PaperBook book(manifest.paper->batches.size());

    const auto accepts_mark = [&](const election::PaperMark& mark) {
      const json::array& roll = entry.at("roll").as_array();
      const auto* person = std::ranges::find_if(roll, [&](const json::value& line) {
        return bytes(line.at(0)) == mark.pseudonym.view();
      });
      const auto key = array_of<32>(bytes(entry.at("registrar")));
      const auto index = static_cast<std::uint32_t>(person - roll.begin());
      if (mark.edition.view() != bytes(entry.at("edition")) || person == roll.end() ||
          mark.pool.value >= widths.size() ||
          !book.check(mark, manifest, term, index, pool_numbers(person->at(1))) ||
          !proof::verify_signature(key, signature_transcript(mark), mark.signature))
        return false;
      book.apply(mark, index);
      return true;
    };
    const auto accepts_batch = [&](const election::PaperBatch& batch) {
      const json::array& keys = entry.at("officials").as_array();
      const auto issued = book.issued(batch, manifest);
      if (batch.edition.view() != bytes(entry.at("edition")) || !issued ||
          !book.check(batch, manifest, widths[issued->pool.value], joint_key))
        return false;
      for (const election::OfficialSignature& signature : batch.signatures) {
        if (signature.official.value >= keys.size() ||
            !proof::verify_signature(array_of<32>(bytes(keys[signature.official.value])),
                                     signature_transcript(batch), signature.signature))
          return false;
      }
      book.apply(batch, manifest);
      return true;
    };
    const auto accepts = [&](const json::value& hexadecimal) {
      const auto decoded = election::decode_entry(bytes(hexadecimal));
      if (!decoded) return false;
      if (const auto* mark = std::get_if<election::PaperMark>(&*decoded))
        return accepts_mark(*mark);
      const auto* batch = std::get_if<election::PaperBatch>(&*decoded);
      return batch != nullptr && accepts_batch(*batch);
    };
    for (const json::value& before : entry.at("before").as_array()) EXPECT_TRUE(accepts(before));
    EXPECT_EQ(accepts(entry.at("bytes")), entry.at("valid").as_bool()) << text(entry.at("about"));
  }
}

TEST(Vectors, Transcript) {
  for (const json::value& entry : cases_of("transcript")) {
    Transcript transcript(text(entry.at("label")));
    for (const json::value& step : entry.at("steps").as_array()) {
      const json::object& fields = step.as_object();
      if (fields.contains("data")) {
        transcript.append(text(step.at("append")), bytes(step.at("data")));
      } else if (fields.contains("number")) {
        transcript.append(text(step.at("append")), number(step.at("number")));
      } else {
        const std::string name = text(step.at("challenge"));
        Transcript scalar = transcript;
        Transcript seed = transcript;
        EXPECT_EQ(view_of(transcript.challenge(name)), bytes(step.at("digest")));
        EXPECT_EQ(encoded(scalar.challenge_scalar(name)), bytes(step.at("scalar")));
        EXPECT_EQ(view_of(seed.challenge_seed(name)), bytes(step.at("seed")));
      }
    }
  }
}

TEST(Vectors, Numbers) {
  for (const json::value& entry : cases_of("scalar")) {
    EXPECT_EQ(encoded(Scalar::from_uniform_bytes(array_of<64>(bytes(entry.at("digest"))))),
              bytes(entry.at("scalar")));
  }
  for (const json::value& entry : cases_of("weights")) {
    const auto weight =
        proof::weights(array_of<32>(bytes(entry.at("seed"))), number(entry.at("index")), 1)[0];
    EXPECT_EQ(view_of(weight), bytes(entry.at("weight")));
  }
  for (const json::value& entry : cases_of("lagrange")) {
    const auto trustees = json::value_to<std::vector<std::uint64_t>>(entry.at("trustees"));
    const auto coefficients = proof::lagrange_at_zero<Ristretto>(trustees);
    for (std::size_t j = 0; j < trustees.size(); ++j) {
      EXPECT_EQ(encoded(coefficients[j]), bytes(entry.at("coefficients").at(j)));
    }
  }
}

TEST(Vectors, DeclaredRules) {
  for (const json::value& entry : cases_of("declared")) {
    test::MetaLines meta;
    for (const json::value& line : entry.at("meta").as_array())
      meta.emplace_back(text(line.at(0)), text(line.at(1)));
    const auto ids = json::value_to<std::vector<std::string>>(entry.at("ids"));
    EXPECT_EQ(json::serialize(test::declared_rule(ids, meta)), json::serialize(entry.at("rule")))
        << json::serialize(entry.at("meta"));
  }
}

TEST(Vectors, Elements) {
  for (const json::value& entry : cases_of("generators")) {
    const auto element = Ristretto::independent_generators(number(entry.at("index")), 1)[0];
    EXPECT_EQ(view_of(element.encode()), bytes(entry.at("element")));
  }
  for (const json::value& entry : cases_of("encodings")) {
    const auto item = array_of<32>(bytes(entry.at("bytes")));
    const bool valid = text(entry.at("as")) == "element" ? Ristretto::decode(item).ok()
                                                         : Scalar::decode(item).ok();
    EXPECT_EQ(valid, entry.at("valid").as_bool()) << text(entry.at("bytes"));
  }
  for (const json::value& entry : cases_of("tie")) {
    std::string message;
    append_big_endian(message, number(entry.at("pool")), 8);
    const auto base = group::hash_to_group(message, "urna/1 tie " + bytes(entry.at("edition")));
    EXPECT_EQ(view_of(base.encode()), bytes(entry.at("base")));
  }
}

TEST(Vectors, Signature) {
  for (const json::value& entry : cases_of("signature")) {
    Transcript transcript("signature");
    transcript.append("edition", bytes(entry.at("edition")));
    transcript.append("kind", text(entry.at("kind")));
    transcript.append("body", bytes(entry.at("body")));
    EXPECT_EQ(proof::verify_signature(array_of<32>(bytes(entry.at("key"))), transcript,
                                      array_of<64>(bytes(entry.at("signature")))),
              entry.at("valid").as_bool());
  }
}

TEST(Vectors, Proofs) {
  for (const json::value& entry : cases_of("knowledge")) {
    EXPECT_EQ(proof::verify_knowledge<Ristretto>(context_of(entry), bytes(entry.at("elements")),
                                                 bytes(entry.at("proof"))),
              entry.at("valid").as_bool());
  }
  for (const json::value& entry : cases_of("equality")) {
    EXPECT_EQ(proof::verify_equality<Ristretto>(
                  context_of(entry), array_of<32>(bytes(entry.at("key"))), bytes(entry.at("bases")),
                  bytes(entry.at("images")), bytes(entry.at("proof"))),
              entry.at("valid").as_bool());
  }
  for (const json::value& entry : cases_of("shuffle")) {
    const std::string inputs = bytes(entry.at("inputs"));
    const std::string outputs = bytes(entry.at("outputs"));
    const auto key = array_of<32>(bytes(entry.at("key")));
    const proof::ShuffleStatement statement{key, number(entry.at("width")), inputs, outputs};
    const proof::ShuffleProof proof{bytes(entry.at("permutation_commitments")),
                                    bytes(entry.at("chain")),
                                    bytes(entry.at("chain_commitments")),
                                    bytes(entry.at("commitments")),
                                    bytes(entry.at("responses")),
                                    bytes(entry.at("chain_responses")),
                                    bytes(entry.at("permutation_responses"))};
    EXPECT_EQ(proof::verify_shuffle<Ristretto>(context_of(entry), statement,
                                               Element::decode(key).value(), proof.view())
                  .ok(),
              entry.at("valid").as_bool());
  }
}

TEST(Vectors, Embedding) {
  for (const json::value& entry : cases_of("embedding")) {
    const auto element = array_of<32>(bytes(entry.at("element")));
    const auto extracted = election::extract(element);
    if (entry.as_object().contains("reason")) {
      ASSERT_TRUE(std::holds_alternative<election::InvalidReason>(extracted));
      EXPECT_EQ(static_cast<std::uint64_t>(std::get<election::InvalidReason>(extracted)),
                number(entry.at("reason")));
    } else {
      const auto data = array_of<29>(bytes(entry.at("data")));
      EXPECT_EQ(std::get<election::ElementData>(extracted), data);
      EXPECT_EQ(election::embed(data).value().encode(), element);
    }
  }
}

election::BallotTerms terms_of(const json::value& entry) {
  const json::value& fields = entry.at("rule");
  election::BallotRule rule;
  const std::string form = text(fields.at("1"));
  rule.form = form == "approval"  ? election::BallotForm::approval
              : form == "ranking" ? election::BallotForm::ranking
                                  : election::BallotForm::points;
  rule.fewest = static_cast<std::uint16_t>(number(fields.at("2")));
  rule.most = static_cast<std::uint16_t>(number(fields.at("3")));
  if (fields.at("4").is_array()) {
    const auto limits = json::value_to<std::vector<std::uint32_t>>(fields.at("4"));
    rule.points = election::PointLimits{limits[0], limits[1], limits[2], limits[3]};
  }
  if (!fields.at("5").is_null()) {
    rule.knapsack = Money{static_cast<std::int64_t>(number(fields.at("5")))};
  }
  rule.blank_valid = fields.at("6").as_bool();
  std::vector<Money> costs;
  for (const json::value& cost : entry.at("costs").as_array()) {
    costs.push_back(Money{static_cast<std::int64_t>(number(cost))});
  }
  return election::BallotTerms::of(rule, costs).value();
}

TEST(Vectors, Content) {
  for (const json::value& entry : cases_of("content")) {
    const election::BallotTerms terms = terms_of(entry);
    EXPECT_EQ(terms.layout.width, number(entry.at("width")));
    const auto reading = election::unpack_ballot(terms, bytes(entry.at("packed")));
    const auto* content = std::get_if<election::BallotContent>(&reading);
    const auto reason = content != nullptr ? election::check_content(terms, *content)
                                           : std::get<election::InvalidReason>(reading);
    if (entry.as_object().contains("reason")) {
      ASSERT_TRUE(reason.has_value());
      EXPECT_EQ(static_cast<std::uint64_t>(*reason), number(entry.at("reason")));
      continue;
    }
    ASSERT_TRUE(content != nullptr && !reason.has_value());
    std::vector<std::uint64_t> projects;
    for (const auto project : content->projects) projects.push_back(project.value);
    EXPECT_EQ(projects, json::value_to<std::vector<std::uint64_t>>(entry.at("projects")));
    EXPECT_EQ(content->points, json::value_to<std::vector<std::uint32_t>>(entry.at("points")));
    EXPECT_EQ(election::pack_ballot(terms, *content).value(), bytes(entry.at("packed")));
  }
}

TEST(Vectors, Ballots) {
  for (const json::value& entry : cases_of("ballots")) {
    SCOPED_TRACE(text(entry.at("about")));
    const election::BallotTerms terms = terms_of(entry);
    ASSERT_EQ(terms.layout.width, number(entry.at("width")));
    election::BallotContent content;
    for (const json::value& project : entry.at("projects").as_array()) {
      content.projects.push_back({static_cast<std::uint16_t>(number(project))});
    }
    content.points = json::value_to<std::vector<std::uint32_t>>(entry.at("points"));
    EXPECT_FALSE(election::check_content(terms, content).has_value());

    const auto decoded = election::decode_entry(bytes(entry.at("entry")));
    ASSERT_TRUE(decoded.ok());
    const auto& ballot = std::get<election::Ballot>(*decoded);
    EXPECT_EQ(election::entry_hash(bytes(entry.at("entry"))).view(), bytes(entry.at("hash")));
    EXPECT_EQ(election::encode(ballot.certificate), bytes(entry.at("certificate")));
    EXPECT_EQ(election::encode(
                  election::Audited{ballot.edition, ballot.pool, bytes(entry.at("ciphertext"))}),
              bytes(entry.at("audited")));
    const auto joint_key = array_of<32>(bytes(entry.at("joint_key")));
    const auto registrar = array_of<32>(bytes(entry.at("registrar_key")));
    EXPECT_TRUE(election::explain_ballot(ballot, registrar, joint_key).ok());

    // The ciphertext holds the content, and the randomness comes from the seed.
    const election::JointKey key(Element::decode(joint_key).value());
    const std::string packed = election::pack_ballot(terms, content).value();
    for (std::size_t k = 0; k < terms.layout.width; ++k) {
      Transcript transcript("ballot randomness");
      transcript.append("edition", bytes(entry.at("edition")));
      transcript.append("pool", number(entry.at("pool")));
      transcript.append("seed", bytes(entry.at("seed")));
      transcript.append("element", std::uint64_t{k});
      const Scalar r = transcript.challenge_scalar("r");
      EXPECT_EQ(encoded(r), bytes(entry.at("randomness").at(k)));
      const Element message = election::embed(array_of<29>(packed.substr(29 * k, 29))).value();
      EXPECT_EQ(view_of(message.encode()), bytes(entry.at("messages").at(k)));
      const auto secret = group::SecretScalar::from_public(r);
      const std::string pair = bytes(entry.at("ciphertext")).substr(64 * k, 64);
      EXPECT_EQ(view_of(group::mul_base(secret).encode()), pair.substr(0, 32));
      EXPECT_EQ(view_of((message + key.multiples.mul(secret)).encode()), pair.substr(32));
    }
  }
}

TEST(Vectors, Entries) {
  for (const json::value& entry : cases_of("entries")) {
    const std::string given = bytes(entry.at("bytes"));
    const auto decoded = election::decode_entry(given);
    EXPECT_EQ(decoded.ok(), entry.at("valid").as_bool()) << text(entry.at("bytes"));
    if (!decoded) continue;
    EXPECT_EQ(to_string(election::kind_of(*decoded)), text(entry.at("kind")));
    EXPECT_EQ(election::entry_hash(given).view(), bytes(entry.at("hash")));
  }
}

}  // namespace
}  // namespace urna
