// SPDX-License-Identifier: EUPL-1.2
// What a service tells of itself: metrics and log lines, byte for byte.
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "server/log.h"
#include "server/metrics.h"

namespace {

using namespace urna::server;

TEST(ServerMetrics, WritesTheFormatOfPrometheus) {
  Metrics metrics;
  metrics.counter("urna_ballots_total", "Ballots\nrecorded", {{"pool", "a\"b\\"}}).add(3);
  metrics.counter("urna_ballots_total", "", {{"pool", "other"}}).add();
  metrics.gauge("urna_queue", "Waiting").set(-2);
  metrics.gauge("urna_asked", "Asked for", [] { return 1.5; });
  Histogram& histogram = metrics.histogram("urna_seconds", "Time", {0.5, 1}, {{"step", "sign"}});
  for (const double value : {0.25, 0.5, 0.75, 9.0}) histogram.observe(value);
  EXPECT_EQ(metrics.text(),
            "# HELP urna_asked Asked for\n# TYPE urna_asked gauge\nurna_asked 1.5\n"
            "# HELP urna_ballots_total Ballots\\nrecorded\n# TYPE urna_ballots_total counter\n"
            "urna_ballots_total{pool=\"a\\\"b\\\\\"} 3\nurna_ballots_total{pool=\"other\"} 1\n"
            "# HELP urna_queue Waiting\n# TYPE urna_queue gauge\nurna_queue -2\n"
            "# HELP urna_seconds Time\n# TYPE urna_seconds histogram\n"
            "urna_seconds_bucket{step=\"sign\",le=\"0.5\"} 2\n"
            "urna_seconds_bucket{step=\"sign\",le=\"1\"} 3\n"
            "urna_seconds_bucket{step=\"sign\",le=\"+Inf\"} 4\n"
            "urna_seconds_sum{step=\"sign\"} 10.5\nurna_seconds_count{step=\"sign\"} 4\n");
}

TEST(ServerMetrics, GivesTheSameSeriesAgain) {
  Metrics metrics;
  Counter& first = metrics.counter("a", "A");
  EXPECT_EQ(&metrics.counter("a", "A"), &first);
  EXPECT_NE(&metrics.counter("a", "A", {{"b", "c"}}), &first);
  EXPECT_DEATH(metrics.gauge("a", "A"), "one kind");
  EXPECT_DEATH(metrics.counter("A", ""), "name of a metric");
  EXPECT_DEATH(metrics.counter("b", "", {{"a-b", ""}}), "name of a label");
}

std::string line_of(LogLevel written, LogLevel wanted, std::initializer_list<LogField> fields) {
  std::string lines;
  const Log log = Log::to([&](std::string_view line) { lines += line; }, wanted);
  log.write(written, "a_thing", fields);
  return lines;
}

TEST(ServerLog, WritesOneObjectALine) {
  const std::string line = line_of(LogLevel::warn, LogLevel::info,
                                   {{"count", 3},
                                    {"negative", -4L},
                                    {"share", 0.5},
                                    {"odd", std::numeric_limits<double>::infinity()},
                                    {"right", true},
                                    {"word", Word("two words")},
                                    {"path", OperatorText{"/a \"b\"\n"}},
                                    {"bytes", OperatorText{"\xff"}},
                                    {"request", RequestId{"0123456789abcdef"}}});
  EXPECT_TRUE(line.starts_with("{\"time\":\"2"));
  const std::string expected =
      R"x(Z","level":"warn","event":"a_thing","count":3,"negative":-4,"share":0.5,"odd":null,)x"
      R"x("right":true,"word":"two words","path":"/a \"b\"\u000a","bytes":"(not UTF-8)",)x"
      R"x("request":"0123456789abcdef"})x";
  EXPECT_EQ(line.substr(32), expected);
}

TEST(ServerLog, LeavesOutWhatIsNotWanted) {
  EXPECT_EQ(line_of(LogLevel::debug, LogLevel::info, {}), "");
  EXPECT_NE(line_of(LogLevel::error, LogLevel::error, {}), "");
  EXPECT_FALSE(Log::none().writes(LogLevel::error));
}

TEST(ServerLog, TakesNoTextFromOutside) {
  static_assert(!std::is_constructible_v<Word, std::string>);
  static_assert(!std::is_constructible_v<Word, std::string_view>);
  static_assert(!std::is_constructible_v<LogField::Value, std::string>);
  static_assert(!std::is_constructible_v<LogField::Value, std::string_view>);
  // What someone takes for an id but is none is not written.
  const std::string line =
      line_of(LogLevel::info, LogLevel::info, {{"request", RequestId{"Jan Kowalski"}}});
  EXPECT_EQ(line.find("Kowalski"), std::string::npos);
}

}  // namespace
