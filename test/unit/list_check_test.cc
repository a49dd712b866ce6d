// SPDX-License-Identifier: EUPL-1.2
// The blinded list check: it counts what a plain intersection counts, and whatever deviates is
// refused by name.
#include "pseudonym/list_check.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "group/multiply.h"
#include "integrity/chance.h"
#include "listcheck/question.h"
#include "listcheck/result.h"
#include "listcheck/unit_list.h"
#include "pseudonym/blinding.h"
#include "pseudonym/ceremony.h"
#include "pseudonym/voprf.h"

namespace urna::pseudonym {
namespace {

using group::SecretScalar;
using listcheck::FirstVote;

constexpr std::size_t least = listcheck::people_least;

// Two keepers and a register office in one place.
struct Town {
  KeepersTogether keepers = make_keepers_together(2, 3).value();

  [[nodiscard]] std::vector<EvaluateResponse> ask(std::string_view blinded) const {
    std::vector<EvaluateResponse> answers;
    for (const KeyShare& share : keepers.shares) {
      answers.push_back(
          {share.keeper(),
           evaluate(share.secret(), keepers.group.share_key(share.keeper()), blinded).value()});
    }
    return answers;
  }
  [[nodiscard]] std::string evaluated(std::string_view blinded) const {
    return combine_answers(keepers.group, blinded, ask(blinded)).value();
  }
  // The pseudonym that voting would give.
  [[nodiscard]] PseudonymBytes pseudonym(std::string_view person) const {
    const Blinding blinding = Blinding::of(std::array{person}).value();
    return pseudonym_of(blinding.finalize(keepers.group, ask(blinding.blinded())).value().front());
  }
  // What registrar/list_check.cc does, without a register.
  [[nodiscard]] ListTable table(std::span<const std::string_view> roll,
                                const ListRequest& request) const {
    const SecretScalar secret = SecretScalar::random();
    const std::string people = evaluated(blind_each(secret, roll));
    const std::string bare = multiply_each(secret.inverted(), people).value();
    std::map<PseudonymBytes, std::string> lines;
    for (std::size_t i = 0; i < roll.size(); ++i) {
      lines[pseudonym_of(
          output_of(roll[i], array_of<32>(std::string_view(bare).substr(32 * i, 32))))] =
          people.substr(32 * i, 32);
    }
    ListTable made;
    made.mandate = request.mandate;
    made.list = sorted_set(evaluated(multiply_each(secret, request.blinded).value()));
    for (const auto& [pseudonym, element] : lines) {
      made.pseudonyms += view_of(pseudonym);
      made.people += element;
    }
    return made;
  }
};

std::vector<std::string> people(std::size_t count, std::size_t first = 0) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back("person " + std::to_string(first + i));
  return made;
}
std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

TEST(ListCheck, CountsWhatAPlainIntersectionCounts) {
  std::mt19937 random(7);  // NOLINT(*-msc51-cpp): the same every time
  const Town town;
  for (int run = 0; run < 12; ++run) {
    const std::size_t size = 40 + random() % 200;
    std::vector<std::string> roll = people(size);
    std::vector<std::string> list;
    // Some of the roll, some of them twice, and strangers.
    for (const std::string& one : roll) {
      if (random() % 3 == 0) list.push_back(one);
      if (random() % 9 == 0) list.push_back(one);
    }
    for (std::string& stranger : people(random() % 7 + 1, 100'000)) list.push_back(stranger);
    std::ranges::shuffle(list, random);
    std::set<std::string> voters;
    std::map<PseudonymBytes, std::string> persons;
    std::vector<FirstVote> votes;
    for (const std::string& one : roll) {
      if (random() % 2 != 0) continue;
      voters.insert(one);
      votes.push_back({town.pseudonym(one), 500'000 + random() % 100,
                       static_cast<std::uint8_t>(2 + random() % 3)});
      persons[votes.back().pseudonym] = one;
    }
    if (votes.size() < least || roll.size() - votes.size() < least) continue;

    const Sha256Digest mandate = sha256(std::to_string(run));
    const BlindedList blinded = blind_list(views(list), mandate).value();
    const ListTable table = town.table(views(roll), blinded.request);
    const listcheck::Asked asked = listcheck::make_question(table, votes, 24, 500'000).value();
    const std::string classes = encode(asked.classes);
    const ListAnswer answer = answer_classes(blinded.secret, classes, least, size).value();
    const std::vector<std::uint64_t> matches = count_matches(table, classes, answer).value();

    const std::set<std::string> different(list.begin(), list.end());
    std::vector<std::uint64_t> plain(matches.size());
    std::uint64_t absent = 0;
    std::uint64_t present = 0;
    for (const std::string& one : roll) {
      if (different.count(one) == 0) continue;
      ++(voters.count(one) == 0 ? absent : present);
    }
    EXPECT_EQ(matches[0], absent);
    std::uint64_t voted_for = 0;
    for (std::size_t c = 1; c < matches.size(); ++c) voted_for += matches[c];
    EXPECT_EQ(voted_for, present);
    // Each class by itself.
    for (std::size_t c = 1; c < matches.size(); ++c) {
      const listcheck::ClassLabel& label = asked.question.labels[c];
      EXPECT_GE(label.people, least);
      EXPECT_TRUE(label.voted);
      std::uint64_t in_class = 0;
      for (const FirstVote& vote : votes) {
        const std::string& person = persons.at(vote.pseudonym);
        if (different.count(person) != 0 && vote.level == label.level_least &&
            label.level_least == label.level_most && vote.hour >= label.from_hour &&
            vote.hour <= label.to_hour) {
          ++in_class;
        }
      }
      if (label.level_least == label.level_most) {
        EXPECT_EQ(matches[c], in_class);
      }
    }
  }
}

TEST(ListCheck, ShowsTheUnitNothingThatItKnows) {
  const Town town;
  const std::vector<std::string> roll = people(30);
  const BlindedList blinded = blind_list(views(roll), {}).value();
  const ListTable table = town.table(views(roll), blinded.request);
  std::vector<FirstVote> votes;
  for (std::size_t i = 0; i < 15; ++i) votes.push_back({town.pseudonym(roll[i]), 1, 2});
  const std::string classes = encode(listcheck::make_question(table, votes, 24, 0).value().classes);
  // Neither pseudonyms nor what they are made of, with or without the unit's secret.
  const std::string own = blind_each(blinded.secret.secret, views(roll));
  for (const std::string& one : roll) {
    EXPECT_EQ(classes.find(view_of(town.pseudonym(one))), std::string::npos);
  }
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(classes.find(own.substr(32 * i, 32)), std::string::npos);
  }
  // The office's secret is fresh each time: nothing can be compared with an earlier check.
  EXPECT_EQ(count_common(sorted_set(table.people),
                         sorted_set(town.table(views(roll), blinded.request).people)),
            0U);
  EXPECT_EQ(
      count_common(blinded.request.blinded, blind_list(views(roll), {}).value().request.blinded),
      0U);
}

TEST(ListCheck, NamesTheKeeperWhoseShareIsWrong) {
  const Town town;
  const std::string blinded = blind_each(SecretScalar::random(), views(people(5)));
  std::vector<EvaluateResponse> answers = town.ask(blinded);
  const std::string right = combine_answers(town.keepers.group, blinded, answers).value();
  EXPECT_EQ(combine_answers(town.keepers.group, blinded, std::span(answers).subspan(1)).value(),
            right);
  answers[1].evaluation =
      evaluate(SecretScalar::random(), town.keepers.group.share_key(KeeperNumber{2}), blinded)
          .value();
  const auto wrong = combine_answers(town.keepers.group, blinded, answers);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().place.field, "keeper 2");
  EXPECT_FALSE(combine_answers(town.keepers.group, blinded, std::span(answers).first(1)).ok());
}

TEST(ListCheck, TakesOnlyElements) {
  const std::string good = blind_each(SecretScalar::random(), views(people(2)));
  EXPECT_TRUE(multiply_each(SecretScalar::random(), good).ok());
  const std::string identity(32, '\0');
  EXPECT_FALSE(multiply_each(SecretScalar::random(), good + identity).ok());
  EXPECT_FALSE(multiply_each(SecretScalar::random(), good + std::string(32, '\xFF')).ok());
  std::string high = good;
  high[31] = static_cast<char>(high[31] | '\x80');  // libsodium 1.0.18 would take it
  EXPECT_FALSE(multiply_each(SecretScalar::random(), high).ok());
  EXPECT_FALSE(multiply_each(SecretScalar::random(), good.substr(1)).ok());
  // The same person twice, or out of order, is no set.
  const std::string first = good.substr(0, 32);
  EXPECT_FALSE(decode_list_request(encode(ListRequest{{}, first + first})).ok());
  std::string sorted = sorted_set(good);
  EXPECT_TRUE(decode_list_request(encode(ListRequest{{}, sorted})).ok());
  EXPECT_FALSE(
      decode_list_request(encode(ListRequest{{}, sorted.substr(32) + sorted.substr(0, 32)})).ok());
  EXPECT_FALSE(decode_list_request(encode(ListRequest{{}, ""})).ok());
}

TEST(ListCheck, TheUnitRefusesQuestionsAboutSinglePeople) {
  const BlindedList blinded = blind_list(views(people(12)), {}).value();
  const SecretScalar office = SecretScalar::random();
  const std::string all = sorted_set(blind_each(office, views(people(40))));
  const auto answer = [&](std::vector<std::string> classes, std::uint64_t roll) {
    return answer_classes(blinded.secret, encode(ListClasses{{}, std::move(classes)}), least, roll);
  };
  EXPECT_TRUE(answer({all.substr(0, 640), all.substr(640)}, 40).ok());
  EXPECT_FALSE(answer({all.substr(0, 9 * 32), all.substr(9 * 32)}, 40).ok());  // nine people
  EXPECT_FALSE(answer({all.substr(0, 640), all.substr(608)}, 41).ok());        // one in both
  EXPECT_FALSE(answer({all.substr(0, 640)}, 40).ok());                         // half of the roll
  const std::string identity = std::string(32, '\0') + all.substr(32);
  EXPECT_FALSE(answer({identity}, 40).ok());
  // Another mandate.
  EXPECT_FALSE(
      answer_classes(blinded.secret, encode(ListClasses{sha256("another"), {all}}), least, 40)
          .ok());
}

TEST(ListCheck, TheCheckerRefusesOtherAnswers) {
  const Town town;
  const std::vector<std::string> roll = people(40);
  const BlindedList blinded = blind_list(views(roll), {}).value();
  const ListTable table = town.table(views(roll), blinded.request);
  const std::string classes = encode(ListClasses{{}, {sorted_set(table.people)}});
  const ListAnswer answer = answer_classes(blinded.secret, classes, least, 40).value();
  EXPECT_EQ(count_matches(table, classes, answer).value(), std::vector<std::uint64_t>{40});
  ListAnswer other = answer;
  other.asked = sha256("another question");
  EXPECT_FALSE(count_matches(table, classes, other).ok());
  other = answer;
  other.classes[0] = other.classes[0].substr(32);
  EXPECT_FALSE(count_matches(table, classes, other).ok());
  other = answer;
  other.mandate = sha256("another");
  EXPECT_FALSE(count_matches(table, classes, other).ok());
  other = answer;
  other.classes.push_back(other.classes[0]);
  EXPECT_FALSE(count_matches(table, classes, other).ok());
}

// ---- Questions and results

TEST(ListQuestion, JoinsWhatIsTooSmall) {
  ListTable table;
  for (int i = 0; i < 100; ++i) {
    table.pseudonyms += view_of(sha256(std::to_string(i)));
    table.people += view_of(sha256("w" + std::to_string(i)));
  }
  table.pseudonyms = sorted_set(table.pseudonyms);
  const auto vote = [&](std::size_t i, std::uint64_t hour, std::uint8_t level) {
    return FirstVote{array_of<32>(std::string_view(table.pseudonyms).substr(32 * i, 32)), hour,
                     level};
  };
  std::vector<FirstVote> votes;
  for (std::size_t i = 0; i < 20; ++i) votes.push_back(vote(i, 1000, 2));
  for (std::size_t i = 20; i < 24; ++i) votes.push_back(vote(i, 1024, 2));
  for (std::size_t i = 24; i < 27; ++i) votes.push_back(vote(i, 1000, 3));
  for (std::size_t i = 27; i < 39; ++i) votes.push_back(vote(i, 1024, 4));
  const auto asked = listcheck::make_question(table, votes, 24, 1000);
  ASSERT_TRUE(asked.ok());
  std::uint64_t people_of_all = 0;
  for (std::size_t c = 0; c < asked->question.labels.size(); ++c) {
    EXPECT_GE(asked->question.labels[c].people, least);
    EXPECT_EQ(set_size(asked->classes.classes[c]), asked->question.labels[c].people);
    people_of_all += asked->question.labels[c].people;
  }
  EXPECT_EQ(people_of_all, 100U);
  EXPECT_EQ(asked->question.labels[0], (listcheck::ClassLabel{false, 0, 0, 0, 0, 61}));
  EXPECT_EQ(asked->question.labels[1], (listcheck::ClassLabel{true, 2, 2, 1000, 1024, 24}));
  const std::string bytes = encode(asked->question);
  EXPECT_EQ(listcheck::decode_question(bytes).value().labels, asked->question.labels);

  votes.resize(9);
  EXPECT_FALSE(listcheck::make_question(table, votes, 24, 1000).ok());
  votes.resize(10, vote(0, 1, 2));
  EXPECT_FALSE(listcheck::make_question(table, votes, 24, 1000).ok());  // somebody twice
}

listcheck::Question question_of(std::uint64_t absent, std::uint64_t first, std::uint64_t second) {
  return {{{false, 0, 0, 0, 0, absent}, {true, 2, 2, 10, 11, first}, {true, 3, 3, 10, 40, second}}};
}

TEST(ListResult, ShowsNothingAboutFewerThanTen) {
  using listcheck::Hidden;
  using Matches = std::vector<std::uint64_t>;
  const listcheck::Question question = question_of(800, 150, 50);
  const auto made = [&](const Matches& matches, std::uint64_t list) {
    return listcheck::make_result(question, matches, list).value();
  };
  // One real person and 29 inventions.
  const auto invented = made({0, 1, 0}, 30);
  EXPECT_EQ(invented.hidden, Hidden::too_few_on_roll);
  const std::string json = listcheck::to_json(invented, "unit", "m", 0);
  EXPECT_EQ(json.find("voted"), std::string::npos);
  EXPECT_EQ(json.find("on_roll\""), std::string::npos);
  EXPECT_EQ(made({51, 9, 0}, 60).hidden, Hidden::few_voted_for);
  EXPECT_EQ(made({60, 0, 0}, 60).hidden, Hidden::few_voted_for);
  EXPECT_EQ(made({9, 51, 0}, 60).hidden, Hidden::nearly_all_voted);
  EXPECT_EQ(made({0, 60, 0}, 60).hidden, Hidden::nearly_all_voted);
  // Hidden numbers are the same whatever they are.
  EXPECT_EQ(listcheck::to_json(made({51, 9, 0}, 60), "u", "m", 0),
            listcheck::to_json(made({60, 0, 0}, 60), "u", "m", 0));
  EXPECT_EQ(listcheck::to_json(made({9, 51, 0}, 60), "u", "m", 0),
            listcheck::to_json(made({0, 55, 5}, 60), "u", "m", 0));

  const auto shown = made({30, 27, 3}, 60);
  EXPECT_EQ(shown.hidden, Hidden::nothing);
  EXPECT_EQ(shown.voted_for, 30U);
  EXPECT_EQ(shown.on_roll, 60U);
  EXPECT_DOUBLE_EQ(shown.expected, 12);
  ASSERT_EQ(shown.parts.size(), 1U);  // three of level 3 alone would be too few
  EXPECT_EQ(shown.parts[0].voted_for, 30U);
  EXPECT_EQ(made({30, 20, 10}, 60).parts.size(), 2U);
  // Three of the list may not vote: how many can, would be about them.
  const auto some = made({30, 27, 0}, 60);
  EXPECT_FALSE(some.on_roll.has_value());
  EXPECT_EQ(some.expected, std::round(some.expected));
  // More matches than people: somebody came twice.
  EXPECT_FALSE(listcheck::make_result(question, Matches{30, 31, 0}, 60).ok());
  EXPECT_FALSE(listcheck::make_result(question, Matches{30, 30}, 60).ok());
}

TEST(ListResult, SaysSoInBothLanguages) {
  const auto result =
      listcheck::make_result(question_of(800, 150, 50), std::vector<std::uint64_t>{30, 30, 0}, 60);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(listcheck::sentence(*result, false),
            "A vote was recorded in the name of 30 people of the list (of 60 who may vote); with a "
            "turnout of 20.0% one would expect 12.0. The probability that chance gives as many is "
            "at most 8e-08.");
  EXPECT_NE(listcheck::sentence(*result, true).find("w imieniu 30 osób"), std::string::npos);
  EXPECT_NE(listcheck::sentence(*result, true).find("20,0%"), std::string::npos);
}

TEST(Chance, HypergeometricIsExactForSmallNumbers) {
  const auto choose = [](std::uint64_t n, std::uint64_t k) {
    double c = 1;
    for (std::uint64_t i = 0; i < k; ++i)
      c = c * static_cast<double>(n - i) / static_cast<double>(i + 1);
    return k > n ? 0 : c;
  };
  for (std::uint64_t all = 1; all <= 9; ++all) {
    for (std::uint64_t marked = 0; marked <= all; ++marked) {
      for (std::uint64_t drawn = 0; drawn <= all; ++drawn) {
        for (std::uint64_t least_marked = 0; least_marked <= drawn + 1; ++least_marked) {
          double sum = 0;
          for (std::uint64_t k = least_marked; k <= drawn; ++k) {
            sum += choose(marked, k) * choose(all - marked, drawn - k) / choose(all, drawn);
          }
          EXPECT_NEAR(integrity::hypergeometric_at_least(least_marked, drawn, marked, all), sum,
                      1e-12);
        }
      }
    }
  }
}

TEST(UnitList, IsReadAsTheRegisterIs) {
  std::istringstream file(
      "department,pesel,first_name,last_name\n"
      "A,44051401359,Jan,Kowalski\n"
      "B,44051401359,jan,KOWALSKI\n"
      "C,44051401358,Ewa,Nowak\n");
  std::vector<std::string> bad;
  const auto list = listcheck::read_unit_list(
      file, registrar::IdentifierKind::pesel, parse_date("2026-11-28").value(),
      [&](const Error& error) { bad.push_back(error.to_string()); });
  ASSERT_TRUE(list.ok()) << list.error().to_string();
  ASSERT_EQ(list->identifiers.size(), 2U);
  EXPECT_EQ(list->identifiers[0].view(), list->identifiers[1].view());
  registrar::PersonFields fields;
  fields.pesel = "44051401359";
  fields.first_name = "Jan";
  fields.last_name = "Kowalski";
  EXPECT_EQ(list->identifiers[0].view(),
            registrar::normalise(registrar::IdentifierKind::pesel, fields,
                                 parse_date("2026-11-28").value())
                .value()
                .identifier.bytes());
  EXPECT_EQ(list->bad, 1U);
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].find("Nowak"), std::string::npos);
  EXPECT_EQ(bad[0].find("44051401358"), std::string::npos);
  std::istringstream lacking("first_name,last_name\nJan,Kowalski\n");
  EXPECT_FALSE(listcheck::read_unit_list(lacking, registrar::IdentifierKind::pesel,
                                         parse_date("2026-11-28").value(), [](const Error&) {})
                   .ok());
}

}  // namespace
}  // namespace urna::pseudonym
