// SPDX-License-Identifier: EUPL-1.2
// Numbers, plural forms, safe text, and the catalogue's two languages.
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "report/catalogue.h"
#include "report/format.h"
#include "report/plain_text.h"
#include "test/unit/report_sample.h"

namespace urna::report {
namespace {

constexpr Language pl = Language::polish;
constexpr Language en = Language::english;

TEST(Format, MoneyOfEachLanguage) {
  EXPECT_EQ(format_money(Money{123'456'750}, "PLN", pl), "1\u202f234\u202f567,50\u00a0zł");
  EXPECT_EQ(format_money(Money{123'456'750}, "PLN", en), "PLN\u00a01,234,567.50");
  EXPECT_EQ(format_money(Money{99'900}, "EUR", pl), "999\u00a0EUR");
  EXPECT_EQ(format_money(Money{100'000}, "", en), "1,000");
  EXPECT_EQ(format_money(Money{5}, "PLN", pl), "0,05\u00a0zł");
  EXPECT_EQ(format_money(Money{-150'000}, "PLN", en), "PLN\u00a0\u22121,500");
}

TEST(Format, PolishCountedNouns) {
  const auto votes = [](std::int64_t n) { return format_count(Noun::vote, n, pl); };
  EXPECT_EQ(votes(1), "1\u00a0głos");
  EXPECT_EQ(votes(2), "2\u00a0głosy");
  EXPECT_EQ(votes(4), "4\u00a0głosy");
  for (const int many : {0, 5, 11, 12, 13, 14, 15, 21, 25, 31, 111, 112, 114}) {
    EXPECT_EQ(votes(many), std::to_string(many) + "\u00a0głosów") << many;
  }
  for (const int few : {22, 23, 24, 34, 102, 103, 122}) {
    EXPECT_EQ(votes(few), std::to_string(few) + "\u00a0głosy") << few;
  }
  EXPECT_EQ(format_count(Noun::ballot_accusative, 1, pl), "1\u00a0kartę");
  EXPECT_EQ(format_count(Noun::project_genitive, 1, pl), "1\u00a0projektu");
  EXPECT_EQ(format_count(Noun::vote, 1, en), "1\u00a0vote");
  EXPECT_EQ(format_count(Noun::vote, 0, en), "0\u00a0votes");
}

TEST(Format, Ordinals) {
  EXPECT_EQ(format_ordinal(1, en), "1st");
  EXPECT_EQ(format_ordinal(22, en), "22nd");
  EXPECT_EQ(format_ordinal(13, en), "13th");
  EXPECT_EQ(format_ordinal(103, en), "103rd");
  EXPECT_EQ(format_ordinal(3, pl), "3.");
}

TEST(Format, PercentNeverRoundsToNoneOrAll) {
  EXPECT_EQ(format_percent(rational(1), rational(8), en), "12.5%");
  EXPECT_EQ(format_percent(rational(1), rational(8), pl), "12,5\u00a0%");
  EXPECT_EQ(format_percent(rational(1), rational(100'000), en), "0.1%");
  EXPECT_EQ(format_percent(rational(99'999), rational(100'000), en), "99.9%");
  EXPECT_EQ(format_percent(rational(5), rational(5), en), "100%");
  EXPECT_EQ(format_percent(rational(0), rational(0), en), "0%");
}

TEST(PlainText, NothingFromOutsideSteers) {
  EXPECT_EQ(one_line("a\x1b[31mb\tc\r\nd"), "a [31mb c d");
  EXPECT_EQ(one_line("x\u202Ey\u2066z"), "x\uFFFDy\uFFFDz");
  EXPECT_EQ(one_line("\xC0\xAF|\xED\xA0\x80|\xF5|\xC5"),
            "\uFFFD\uFFFD|\uFFFD\uFFFD\uFFFD|\uFFFD|\uFFFD");
  EXPECT_EQ(one_line("\xC2\x9B"
                     "31m"),
            "31m");  // a control sequence of eight-bit terminals
  EXPECT_EQ(one_line("Zażółć gęślą jaźń 🎉"), "Zażółć gęślą jaźń 🎉");
  EXPECT_EQ(isolated("שלום"), "\u2068שלום\u2069");
  EXPECT_EQ(isolated("łąka"), "łąka");
}

TEST(PlainText, WidthCountsColumnsNotBytes) {
  EXPECT_EQ(display_width("żółw"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("公園"), 4U);
  EXPECT_EQ(truncated("Zażółć gęślą", 8), "Zażółć…");
  EXPECT_EQ(padded("żó", 4), "żó  ");
  EXPECT_EQ(padded_left("żó", 4), "  żó");
  EXPECT_EQ(display_width(padded("公園公園", 6)), 6U);
}

TEST(PlainText, HtmlEscapesAllFive) {
  EXPECT_EQ(escape_html("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(Catalogue, FillReplacesOncePerPlace) {
  const std::array<Word, 2> words{{{"a", "{b}"}, {"b", "2"}}};
  EXPECT_EQ(fill("{a}-{b}-{a}", words), "{b}-2-{b}");
  EXPECT_EQ(fill("{unknown} {", words), "{unknown} {");
}

std::multiset<std::string> places(std::string_view pattern) {
  std::multiset<std::string> names;
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos;
       open = pattern.find('{', open + 1)) {
    names.insert(std::string(pattern.substr(open, pattern.find('}', open) - open + 1)));
  }
  return names;
}

void expect_both(const Phrase& words, const std::string& what) {
  EXPECT_FALSE(words.polish.empty()) << what;
  EXPECT_FALSE(words.english.empty()) << what;
  EXPECT_EQ(places(words.polish), places(words.english)) << what;
}

TEST(Catalogue, EverySayingHasBothLanguagesWithTheSamePlaces) {
  for (int i = 0; i <= static_cast<int>(Say::last); ++i) {
    expect_both(phrase(static_cast<Say>(i)), "saying number " + std::to_string(i));
  }
}

TEST(Catalogue, EveryReasonHasBothLanguagesWithTheSamePlaces) {
  std::set<std::string_view> sentences;
  for (const ReasonCode code : all_reasons) {
    for (const bool self : {false, true}) {
      const ReasonPhrases phrases = reason_phrases(code, self);
      const std::string what = "reason " + std::to_string(static_cast<int>(code));
      expect_both(phrases.sentence, what);
      expect_both(phrases.brief, what);
      EXPECT_TRUE(phrases.sentence.polish.ends_with('.')) << what;
      EXPECT_TRUE(phrases.sentence.english.ends_with('.')) << what;
      sentences.insert(phrases.sentence.polish);
    }
  }
  // No two reasons sound the same; two of them have a second form about the project itself.
  EXPECT_EQ(sentences.size(), all_reasons.size() + 2);
}

TEST(Catalogue, EveryOtherPhraseHasBothLanguages) {
  for (int i = 0; i <= static_cast<int>(count::TieCriterion::welfare); ++i) {
    expect_both(tie_criterion_phrase(static_cast<count::TieCriterion>(i)), "criterion");
  }
  for (int i = 0; i <= static_cast<int>(count::TieKind::draw); ++i) {
    expect_both(tie_policy_phrase(static_cast<count::TieKind>(i)), "policy");
  }
  for (int i = 0; i <= static_cast<int>(count::Explanation::unexplained); ++i) {
    expect_both(explanation_phrase(static_cast<count::Explanation>(i)), "explanation");
  }
  for (int i = 0; i <= static_cast<int>(count::VoteType::scoring); ++i) {
    expect_both(vote_type_phrase(static_cast<count::VoteType>(i)), "vote type");
  }
}

TEST(Explain, EveryReasonIsWholeInBothLanguages) {
  const Sample sample = make_sample();
  for (const ProjectIndex p : sample.instance->indices()) {
    for (const Language language : {pl, en}) {
      const std::string sentence = explain(sample.report, sample.report.main, p, language);
      EXPECT_GT(sentence.size(), 20U);
      EXPECT_EQ(sentence.find('{'), std::string::npos) << sentence;
      EXPECT_EQ(sentence.find('\x1b'), std::string::npos) << sentence;
    }
  }
}

TEST(Explain, TellsTheNumbersOfTheCase) {
  Sample sample = make_sample();
  count::Reason& reason = sample.report.main.outcome.reasons[ProjectIndex{7}];
  ASSERT_EQ(reason.code, ReasonCode::lost_no_money);
  reason.value = 1542;
  reason.rank = 12;
  sample.instance->projects[ProjectIndex{7}].cost = Money{1'234'550};
  EXPECT_EQ(explain(sample.report, sample.report.main, ProjectIndex{7}, pl),
            "Projekt otrzymał 1\u202f542\u00a0głosy i zajął 12.\u00a0miejsce. Kosztuje "
            "12\u202f345,50\u00a0zł, a gdy przyszła jego kolej, w puli zostało "
            "9\u202f000\u00a0zł. Zabrakło 3\u202f345,50\u00a0zł.");
  EXPECT_EQ(explain(sample.report, sample.report.main, ProjectIndex{7}, en),
            "The project received 1,542\u00a0votes and came 12th. It costs PLN\u00a012,345.50, and "
            "PLN\u00a09,000 was left in the pool at its turn. It was PLN\u00a03,345.50 short.");
}

TEST(Explain, PointsAreCalledPoints) {
  Sample sample = make_sample();
  sample.report.main.ranked_by_points = true;
  sample.report.main.outcome.reasons[ProjectIndex{0}].value = 3;
  const std::string sentence = explain(sample.report, sample.report.main, ProjectIndex{0}, pl);
  EXPECT_NE(sentence.find("3\u00a0punkty"), std::string::npos) << sentence;
}

TEST(Explain, PriceOfEqualSharesIsPerPointOnlyForScore) {
  Sample sample = make_sample();
  CountedRule& rule = sample.report.main;
  EXPECT_NE(explain(sample.report, rule, ProjectIndex{1}, en).find("PLN\u00a012.35."),
            std::string::npos);
  rule.satisfaction = count::Satisfaction::score;
  EXPECT_NE(explain(sample.report, rule, ProjectIndex{1}, en).find("PLN\u00a012.35 per point"),
            std::string::npos);
}

}  // namespace
}  // namespace urna::report
