// SPDX-License-Identifier: EUPL-1.2
// Reports and answers: every figure comes from a source, small ones are hidden, one report after
// another gives nothing away, and no template has a number of its own.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "answers/compose.h"
#include "answers/gather.h"
#include "answers/safe.h"
#include "screening/files.h"

namespace urna::answers {
namespace {

const std::string edition(64, 'a');

Facts facts_of(const std::string& counts) {
  Facts facts;
  facts.title = "Budżet";
  facts.edition = edition;
  const std::string text = R"({"statistics":"registrar","edition":")" + edition +
                           R"(","until":"","days":[{"day":"2026-11-03","counts":)" + counts + "}]}";
  EXPECT_TRUE(add_registrar(facts, text, {"registrar", "r.json", std::string(64, 'b'), ""}));
  return facts;
}

std::string shown(const publish::Document& document) { return publish::to_html(document); }

TEST(AnswersTest, AddsDaysAndGroups) {
  Facts facts;
  facts.edition = edition;
  const std::string text =
      R"({"statistics":"registrar","edition":")" + edition +
      R"(","days":[{"counts":{"refused.level":3,"sent.code.sms":20}},{"counts":{"refused.level":9,"refused.guardian":1}}]})";
  ASSERT_TRUE(add_registrar(facts, text, {"registrar", "r.json", "", ""}));
  EXPECT_EQ(facts.figures.at("registrar.refused.level").value, 12U);
  EXPECT_EQ(facts.figures.at("registrar.refused").value, 13U);
  EXPECT_EQ(facts.figures.at("registrar.sent.code").value, 20U);
  Facts other;
  other.edition = std::string(64, 'c');
  EXPECT_FALSE(add_registrar(other, text, {"registrar", "r.json", "", ""}));
  EXPECT_FALSE(add_registrar(facts,
                             "{\"statistics\":\"registrar\",\"edition\":\"" + edition +
                                 "\",\"days\":[{\"counts\":{\"Anna Nowak\":1}}]}",
                             {"registrar", "r.json", "", ""}));
}

TEST(AnswersTest, HidesFewPeopleAndWhatGivesThemAway) {
  Facts facts = facts_of(R"({"refused.level":120,"refused.guardian":4,"refused.not-on-roll":50})");
  Told told;
  statistics::GateReport report;
  ASSERT_TRUE(make_safe(facts, told, {}, report));
  EXPECT_FALSE(facts.figures.at("registrar.refused.guardian").value);
  // One of the others or their sum is hidden too, else four would be the difference.
  unsigned hidden = 0;
  for (const char* id :
       {"registrar.refused.level", "registrar.refused.not-on-roll", "registrar.refused"}) {
    hidden += facts.figures.at(id).value ? 0U : 1U;
  }
  EXPECT_GE(hidden, 1U);
  const auto worked = statistics::work_out(told.releases);
  ASSERT_TRUE(worked);
  for (const statistics::HiddenCell& one : *worked) EXPECT_LT(one.shown_low, one.shown_high);
}

TEST(AnswersTest, TheDifferenceOfTwoReportsGivesNobodyAway) {
  Told told;
  statistics::GateReport report;
  Facts first = facts_of(R"({"refused.level":120,"code.wrong":40})");
  ASSERT_TRUE(make_safe(first, told, {}, report));
  EXPECT_EQ(first.figures.at("registrar.refused.level").value, 120U);
  // Three more since: 123 would say so.
  const Result<Told> kept = parse_told(to_json(told));
  ASSERT_TRUE(kept);
  told = *kept;
  Facts second = facts_of(R"({"refused.level":123,"code.wrong":90})");
  ASSERT_TRUE(make_safe(second, told, {}, report));
  EXPECT_FALSE(second.figures.at("registrar.refused.level").value);
  EXPECT_EQ(second.figures.at("registrar.code.wrong").value, 90U);
  const auto worked = statistics::work_out(told.releases);
  ASSERT_TRUE(worked);
  EXPECT_FALSE(worked->empty());
  for (const statistics::HiddenCell& one : *worked) EXPECT_LT(one.shown_low, one.shown_high);
  // Counters that went back are others' counters.
  Facts third = facts_of(R"({"refused.level":100,"code.wrong":90})");
  EXPECT_FALSE(make_safe(third, told, {}, report));
}

TEST(AnswersTest, EveryFigureHasItsSource) {
  Facts facts = facts_of(R"({"sent.vote-recorded.sms":1234,"told.within-10":1200})");
  facts.happenings.push_back({1'777'777'777, "case-opened", "ABCDE-FGHJK", "registrar"});
  const Result<Facts> again = parse_facts(to_json(facts));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->figures, facts.figures);
  EXPECT_EQ(again->sources, facts.sources);
  EXPECT_EQ(again->happenings, facts.happenings);
  for (const char* name : {"transparency", "dossier", "press", "interpellation"}) {
    for (const report::Language language : {report::Language::polish, report::Language::english}) {
      Request request{name, language, {}};
      if (std::string(name) == "interpellation") {
        EXPECT_FALSE(compose(facts, standard_templates(), request)) << "without a deadline";
        request.parameters = {{"subject", "x"},
                              {"received", "2026-11-16"},
                              {"deadline", "2026-11-30"},
                              {"law", "art. 24"}};
      }
      const Result<publish::Document> document = compose(facts, standard_templates(), request);
      ASSERT_TRUE(document) << name;
      const std::string html = shown(*document);
      EXPECT_NE(html.find(std::string(64, 'b')), std::string::npos) << name;
      EXPECT_EQ(html.find('{'), html.find("{font:")) << "a brace is left";
      EXPECT_TRUE(screening::refuse_personal_data("a.html", html)) << name;
    }
  }
  Request press{"press", report::Language::polish, {}};
  const std::string html = shown(*compose(facts, standard_templates(), press));
  EXPECT_NE(html.find("1\xC2\xA0"
                      "234\xC2\xA0[1]"),
            std::string::npos);
  // What was never computed is not told.
  EXPECT_EQ(html.find("Badamy"), std::string::npos);
}

// A figure in a template would be nobody's.
TEST(AnswersTest, NoTemplateHasFigures) {
  const boost::json::value all = boost::json::parse(std::string(standard_templates()));
  const std::function<void(const boost::json::value&)> look = [&](const boost::json::value& value) {
    if (value.is_object()) {
      for (const auto& [name, inner] : value.get_object()) {
        if (name == "paragraph") {
          for (const auto& [language, text] : inner.get_object()) {
            std::string words(text.get_string());
            // "from 10 seconds" names a bound of the counters.
            for (const char* bound : {"10 sekund", "10 seconds"}) {
              for (std::size_t at; (at = words.find(bound)) != std::string::npos;)
                words.erase(at, std::string(bound).size());
            }
            for (std::size_t at; (at = words.find('{')) != std::string::npos;)
              words.erase(at, words.find('}', at) - at + 1);
            EXPECT_EQ(words.find_first_of("0123456789"), std::string::npos) << words;
          }
        }
        look(inner);
      }
    } else if (value.is_array()) {
      for (const auto& inner : value.get_array()) look(inner);
    }
  };
  look(all);
}

TEST(AnswersTest, PersonalDataInATemplateOrTitleAreFound) {
  Facts facts = facts_of(R"({"sent.code.sms":50})");
  facts.title = "Budżet, tel. +48 501 234 567";
  const Result<publish::Document> document =
      compose(facts, standard_templates(), {"press", report::Language::polish, {}});
  ASSERT_TRUE(document);
  EXPECT_FALSE(screening::refuse_personal_data("press.html", shown(*document)));
}

}  // namespace
}  // namespace urna::answers
