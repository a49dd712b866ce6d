// SPDX-License-Identifier: EUPL-1.2
// The generator: same seed, same bytes; what it writes can be read back; what was asked for is
// there.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "count/instance.h"
#include "count/pabulib/reader.h"
#include "count/pabulib/scanner.h"
#include "count/tally.h"
#include "synth/edition.h"
#include "synth/map.h"
#include "synth/pool.h"
#include "synth/random.h"
#include "synth/vocabulary.h"

namespace urna::synth {
namespace {

using count::BallotGroup;
using count::Instance;
using count::ProjectIndex;
using count::VoteType;

std::string text_of(const PoolParameters& parameters) {
  std::string text;
  const Result<PoolSummary> written = write_pool(parameters, [&](std::string_view bytes) {
    text += bytes;
    return ok_status();
  });
  EXPECT_TRUE(written.ok()) << written.error().to_string();
  return text;
}

Instance made(const PoolParameters& parameters) {
  Result<Instance> instance = generate_pool(parameters);
  EXPECT_TRUE(instance.ok()) << instance.error().to_string();
  return std::move(instance).value();
}

PoolParameters small_pool(VoteType type) {
  PoolParameters parameters;
  parameters.seed = 42;
  parameters.vote_type = type;
  parameters.projects = 12;
  parameters.electorate.persons = 300;
  parameters.electorate.districts = {{"Brzozówka", 3}, {"Mokrów", 1}};
  if (type == VoteType::approval) parameters.length_max = 4;
  if (type == VoteType::ordinal) {
    parameters.length_min = 3;
    parameters.length_max = 3;
  }
  return parameters;
}

constexpr std::array<VoteType, 5> all_types{VoteType::approval, VoteType::choose_one,
                                            VoteType::ordinal, VoteType::cumulative,
                                            VoteType::scoring};

// ChaCha20 with the key SHA-256("urna synth v1\n1\ntest"), nonce 0, computed with Python's
// `cryptography`: any other implementation of the specification must agree.
TEST(Random, FollowsItsSpecification) {
  Random random(1, "test");
  EXPECT_EQ(random.word(), 2014035672U);
  EXPECT_EQ(random.word(), 1349012935U);
  // Past the first block of the buffer the counter must go on.
  for (int i = 2; i < 1024; ++i) (void)random.word();
  EXPECT_EQ(random.word(), 3183988927U);
}

TEST(Random, BelowIsUniformAndInRange) {
  Random random(7, "below");
  std::array<int, 6> seen{};
  constexpr int draws = 60'000;
  for (int i = 0; i < draws; ++i) ++seen.at(random.below(6));
  // Chi-squared with 5 degrees of freedom: above 25.7 with probability 10^-4; the seed is fixed.
  double chi_squared = 0;
  for (const int count : seen)
    chi_squared += (count - draws / 6.0) * (count - draws / 6.0) / (draws / 6.0);
  EXPECT_LT(chi_squared, 25.7);
}

TEST(Random, BelowRejectsTheBiasedPart) {
  // For n just above 2^31 almost half of the words are rejected; without that the lower half of the
  // range would come up three times for every two.
  Random random(7, "bias");
  constexpr std::uint32_t n = 3'000'000'000;
  int low = 0;
  constexpr int draws = 30'000;
  for (int i = 0; i < draws; ++i) low += random.below(n) < n / 3 ? 1 : 0;
  EXPECT_NEAR(low, draws / 3, 400);
}

TEST(Random, LabelsAndSeedsMakeDifferentStreams) {
  std::set<std::uint32_t> first_words;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    for (const char* label : {"a", "b", ""}) first_words.insert(Random(seed, label).word());
  }
  EXPECT_EQ(first_words.size(), 24U);
}

// Freezes the bytes: a change of any word list, table or order of draws is a change of every
// published seed and must be meant.
TEST(Synth, KnownBytes) {
  EXPECT_EQ(sha256_hex(text_of(small_pool(VoteType::approval))),
            "3f6f75afde2a10974994a16f7af6e8cff9f2942abd7b2898ade80ee1565b13af");
  EXPECT_EQ(sha256_hex(text_of(small_pool(VoteType::cumulative))),
            "907909573a6d6e7a67e91e4afd877471f23435ba2047508c6f8653718a941017");
}

TEST(Synth, SameSeedSameBytesOtherSeedOther) {
  for (const VoteType type : all_types) {
    PoolParameters parameters = small_pool(type);
    const std::string first = text_of(parameters);
    EXPECT_EQ(first, text_of(parameters));
    parameters.seed = 43;
    EXPECT_NE(first, text_of(parameters));
  }
}

void expect_equal(const Instance& a, const Instance& b) {
  ASSERT_EQ(a.meta.size(), b.meta.size());
  for (std::size_t i = 0; i < a.meta.size(); ++i) {
    EXPECT_EQ(a.meta[i].key, b.meta[i].key);
    EXPECT_EQ(a.meta[i].value, b.meta[i].value);
    EXPECT_EQ(a.meta[i].line, b.meta[i].line);
  }
  EXPECT_EQ(a.budget, b.budget);
  EXPECT_EQ(a.vote_type, b.vote_type);
  EXPECT_EQ(a.declared_rule, b.declared_rule);
  EXPECT_EQ(a.score_threshold, b.score_threshold);
  EXPECT_EQ(a.currency, b.currency);
  EXPECT_EQ(a.limits.length_min, b.limits.length_min);
  EXPECT_EQ(a.limits.length_max, b.limits.length_max);
  EXPECT_EQ(a.limits.points_min, b.limits.points_min);
  EXPECT_EQ(a.limits.points_max, b.limits.points_max);
  EXPECT_EQ(a.limits.points_sum_min, b.limits.points_sum_min);
  EXPECT_EQ(a.limits.points_sum_max, b.limits.points_sum_max);
  ASSERT_EQ(a.projects.size(), b.projects.size());
  for (const ProjectIndex p : a.indices()) {
    EXPECT_EQ(a.projects[p].id, b.projects[p].id);
    EXPECT_EQ(a.projects[p].name, b.projects[p].name);
    EXPECT_EQ(a.projects[p].cost, b.projects[p].cost);
    EXPECT_EQ(a.projects[p].declared_votes, b.projects[p].declared_votes);
    EXPECT_EQ(a.projects[p].declared_score, b.projects[p].declared_score);
    EXPECT_EQ(a.projects[p].selected, b.projects[p].selected);
    EXPECT_EQ(a.projects[p].categories, b.projects[p].categories);
    EXPECT_EQ(a.projects[p].district, b.projects[p].district);
    EXPECT_EQ(a.projects[p].latitude, b.projects[p].latitude);
    EXPECT_EQ(a.projects[p].longitude, b.projects[p].longitude);
    EXPECT_EQ(a.projects[p].line, b.projects[p].line);
  }
  ASSERT_EQ(a.profile.ballots(), b.profile.ballots());
  ASSERT_EQ(a.profile.groups(), b.profile.groups());
  for (std::size_t g = 0; g < a.profile.groups(); ++g) {
    const BallotGroup x = a.profile.group(g);
    const BallotGroup y = b.profile.group(g);
    EXPECT_EQ(x.count, y.count);
    EXPECT_TRUE(
        std::equal(x.projects.begin(), x.projects.end(), y.projects.begin(), y.projects.end()));
    EXPECT_TRUE(std::equal(x.points.begin(), x.points.end(), y.points.begin(), y.points.end()));
  }
}

TEST(Synth, ReadingTheFileGivesTheSameAsMakingItInMemory) {
  for (const VoteType type : all_types) {
    PoolParameters parameters = small_pool(type);
    parameters.threshold = 7;
    const std::string text = text_of(parameters);
    const Result<Instance> read =
        count::pabulib::read_instance(count::pabulib::memory_bytes(text), "memory");
    ASSERT_TRUE(read.ok()) << read.error().to_string();
    expect_equal(*read, made(parameters));
  }
}

TEST(Synth, DeclaredVotesAndScoresAreThoseOfTheBallots) {
  for (const VoteType type : all_types) {
    const Instance instance = made(small_pool(type));
    const count::Tally tally = count::tally(instance);
    for (const ProjectIndex p : instance.indices()) {
      EXPECT_EQ(instance.projects[p].declared_votes, tally.votes[p]);
      if (instance.projects[p].declared_score) {
        EXPECT_EQ(instance.projects[p].declared_score, tally.points[p]);
      }
    }
  }
}

TEST(Synth, EveryBallotKeepsTheLimits) {
  for (const VoteType type : all_types) {
    const PoolParameters parameters = small_pool(type);
    const Instance instance = made(parameters);
    EXPECT_EQ(instance.profile.ballots(), parameters.electorate.persons);
    for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
      const BallotGroup ballot = instance.profile.group(g);
      const auto length = static_cast<std::int64_t>(ballot.projects.size());
      EXPECT_GE(length, instance.limits.length_min.value_or(1));
      EXPECT_LE(length, instance.limits.length_max.value_or(12));
      std::set<ProjectIndex> named(ballot.projects.begin(), ballot.projects.end());
      EXPECT_EQ(named.size(), ballot.projects.size()) << "a project twice in one ballot";
      std::int64_t sum = 0;
      for (const std::int32_t given : ballot.points) {
        EXPECT_GE(given, 1);
        EXPECT_LE(given, parameters.points);
        sum += given;
      }
      if (type == VoteType::cumulative) {
        EXPECT_GE(sum, 1);
        EXPECT_LE(sum, parameters.points);
      }
    }
  }
}

TEST(Synth, BallotsAreSkewedAndRepeatAsRealOnesDo) {
  PoolParameters parameters;
  parameters.projects = 60;
  parameters.length_max = 10;
  parameters.electorate.persons = 20'000;
  const Instance instance = made(parameters);
  std::vector<std::int64_t> votes;
  for (const count::Project& project : instance.projects) votes.push_back(*project.declared_votes);
  std::sort(votes.rbegin(), votes.rend());
  EXPECT_GT(votes[0], 3 * votes[30]) << "the best project is far ahead of the median";
  EXPECT_GT(votes[59], 0) << "with 20,000 voters somebody names every project";
  const std::size_t groups = instance.profile.groups();
  EXPECT_GT(groups, 2'000U) << "many different ballots";
  EXPECT_LT(groups, 15'000U) << "many equal ballots";
  std::uint32_t largest = 0;
  for (std::size_t g = 0; g < groups; ++g)
    largest = std::max(largest, instance.profile.group(g).count);
  EXPECT_GT(largest, 150U) << "leaflets are copied";
}

// Twice the area of a ring, in square degrees; positive if it turns counterclockwise.
double doubled_area(const presentation::Ring& ring) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i)
    sum += ring[i].longitude * ring[i + 1].latitude - ring[i + 1].longitude * ring[i].latitude;
  return sum;
}

bool lies_in(const presentation::Ring& ring, double longitude, double latitude) {
  bool inside = false;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    const presentation::Position a = ring[i], b = ring[i + 1];
    if ((a.latitude > latitude) == (b.latitude > latitude)) continue;
    const double crossing = a.longitude + (latitude - a.latitude) / (b.latitude - a.latitude) *
                                              (b.longitude - a.longitude);
    if (crossing > longitude) inside = !inside;
  }
  return inside;
}

TEST(Synth, DistrictsShareTheCityAndHoldTheirProjects) {
  EditionParameters parameters;
  parameters.districts = 12;
  parameters.voters = 2'000;
  const std::vector<PlannedPool> pools = plan_edition(parameters).value();
  const std::vector<District>& districts = pools[0].parameters.electorate.districts;
  const std::vector<presentation::District> map = invent_districts(parameters.seed, districts);
  ASSERT_EQ(map.size(), districts.size());
  double sum = 0;
  for (const presentation::District& district : map) {
    const double area = doubled_area(district.polygons[0][0]);
    EXPECT_GT(area, 0) << district.name << " turns the wrong way round";
    sum += area;
  }
  const InventedMap invented = invent_map(parameters.seed, districts.size());
  presentation::Ring city;
  for (const Point place : invented.outline)
    city.push_back({place.longitude_micro / 1e6, place.latitude_micro / 1e6});
  city.push_back(city.front());
  EXPECT_NEAR(sum, doubled_area(city), doubled_area(city) * 0.001) << "gaps, or places in two";
  for (std::size_t d = 0; d < districts.size(); ++d) {
    const count::Instance pool = generate_pool(pools[d + 1].parameters).value();
    for (const count::Project& project : pool.projects) {
      EXPECT_TRUE(lies_in(map[d].polygons[0][0], *project.longitude, *project.latitude))
          << districts[d].name << ' ' << project.id;
    }
  }
}

TEST(Synth, ACityWithoutDistrictsHasNoMap) { EXPECT_TRUE(invent_districts(1, {}).empty()); }

TEST(Synth, CostsAreSkewedWithinTheCap) {
  PoolParameters parameters;
  parameters.projects = 400;
  parameters.electorate.persons = 10;
  parameters.demand_percent = 1000;
  parameters.cost_cap_percent = 20;
  const Instance instance = made(parameters);
  std::vector<Money> costs;
  Money sum;
  for (const count::Project& project : instance.projects) {
    costs.push_back(project.cost);
    sum += project.cost;
    EXPECT_GT(project.cost.grosze, 0);
    EXPECT_EQ(project.cost.grosze % 100, 0);
  }
  std::sort(costs.begin(), costs.end());
  EXPECT_LE(costs.back().grosze * 100, parameters.budget.grosze * 20);
  // Ten times the budget was asked for; the cap is far away for 400 projects.
  EXPECT_NEAR(static_cast<double>(sum.grosze) / static_cast<double>(parameters.budget.grosze), 10.0,
              1.0);
  EXPECT_GT(costs[399].grosze, 5 * costs[200].grosze);
}

TEST(Edition, EveryKindIsReadableAndInItsManner) {
  for (const Kind& kind : kinds()) {
    EditionParameters parameters;
    parameters.kind = std::string(kind.name);
    parameters.voters = 4'000;
    const Result<std::vector<PlannedPool>> pools = plan_edition(parameters);
    ASSERT_TRUE(pools.ok()) << pools.error().to_string();
    ASSERT_EQ(pools->size(), kind.districts + std::size_t{1}) << kind.name;
    std::set<std::string> names;
    Money money;
    for (const PlannedPool& pool : *pools) {
      EXPECT_TRUE(names.insert(pool.file_name).second) << "two pools in one file";
      money += pool.parameters.budget;
      const std::string text = text_of(pool.parameters);
      const Result<Instance> read =
          count::pabulib::read_instance(count::pabulib::memory_bytes(text), pool.file_name);
      ASSERT_TRUE(read.ok()) << kind.name << ": " << read.error().to_string();
      EXPECT_EQ(read->vote_type, kind.vote_type);
      EXPECT_EQ(read->declared_rule, kind.rule);
      EXPECT_EQ(read->score_threshold.has_value(), kind.threshold_permille > 0);
    }
    // Shares are rounded down to whole units.
    EXPECT_LE(money.grosze, kind.budget * 100);
    EXPECT_GE(money.grosze, kind.budget * 100 * 999 / 1000);
  }
}

TEST(Edition, OptionsAreRespected) {
  EditionParameters parameters;
  parameters.seed = 5;
  parameters.voters = 40'000;
  parameters.turnout_permille = 250;
  parameters.projects = 33;
  parameters.districts = 4;
  parameters.vote_type = VoteType::scoring;
  parameters.points = 6;
  parameters.length_max = 5;
  parameters.budget = Money{123'456'700};
  parameters.rule = "equalshares/add1";
  parameters.unit = "Zdrojowiec";
  parameters.single_pool = true;
  const Result<std::vector<PlannedPool>> pools = plan_edition(parameters);
  ASSERT_TRUE(pools.ok());
  ASSERT_EQ(pools->size(), 1U);
  const Instance instance = made(pools->front().parameters);
  EXPECT_EQ(pools->front().file_name, "Poland_Zdrojowiec_2025.pb");
  EXPECT_EQ(instance.profile.ballots(), 10'000U);
  EXPECT_EQ(instance.projects.size(), 33U);
  EXPECT_EQ(instance.vote_type, VoteType::scoring);
  EXPECT_EQ(instance.limits.points_max, 6);
  EXPECT_EQ(instance.limits.length_max, 5);
  EXPECT_EQ(instance.budget, Money{123'456'700});
  EXPECT_EQ(instance.declared_rule, "equalshares/add1");
  std::set<std::string> districts;
  for (const count::Project& project : instance.projects) districts.insert(project.district);
  EXPECT_LE(districts.size(), 5U);
  EXPECT_GE(districts.size(), 3U);
}

// Rows of VOTES by voter, each as a map from column to cell.
class VoterRows : public count::pabulib::RowSink {
 public:
  Status row(const count::pabulib::Row& row) override {
    if (row.section != count::pabulib::Section::votes) return ok_status();
    if (row.header) {
      for (const auto& cell : row.cells) columns_.emplace_back(cell.text);
      return ok_status();
    }
    std::map<std::string, std::string>& voter = voters[std::string(row.cells[0].text)];
    for (std::size_t i = 1; i < row.cells.size(); ++i)
      voter[columns_[i]] = std::string(row.cells[i].text);
    return ok_status();
  }

  std::map<std::string, std::map<std::string, std::string>> voters;

 private:
  std::vector<std::string> columns_;
};

TEST(Edition, APersonIsTheSameInEveryPool) {
  EditionParameters parameters;
  parameters.kind = "warszawa";
  parameters.voters = 20'000;
  parameters.districts = 3;
  const Result<std::vector<PlannedPool>> pools = plan_edition(parameters);
  ASSERT_TRUE(pools.ok());
  std::vector<VoterRows> rows(pools->size());
  for (std::size_t i = 0; i < pools->size(); ++i) {
    const std::string text = text_of((*pools)[i].parameters);
    ASSERT_TRUE(count::pabulib::scan(count::pabulib::memory_bytes(text), "memory", rows[i]).ok());
  }
  std::size_t in_both = 0;
  for (std::size_t i = 1; i < pools->size(); ++i) {
    const PoolParameters& pool = (*pools)[i].parameters;
    const std::string& district = pool.electorate.districts[*pool.district].name;
    for (const auto& [voter, cells] : rows[i].voters) {
      const auto found = rows[0].voters.find(voter);
      if (found == rows[0].voters.end()) continue;
      ++in_both;
      EXPECT_EQ(found->second.at("district"), district);
      EXPECT_EQ(found->second.at("age"), cells.at("age"));
      EXPECT_EQ(found->second.at("sex"), cells.at("sex"));
      EXPECT_EQ(found->second.at("voting_method"), cells.at("voting_method"));
    }
  }
  EXPECT_GT(in_both, 500U) << "most of the 1,200 voters take part in both pools";
}

TEST(Edition, RefusesWhatCannotBe) {
  const auto error_of = [](auto change) {
    EditionParameters parameters;
    change(parameters);
    const Result<std::vector<PlannedPool>> pools = plan_edition(parameters);
    if (!pools) return pools.error();
    for (const PlannedPool& pool : *pools) {
      Result<Instance> instance = generate_pool(pool.parameters);
      if (!instance) return instance.error();
    }
    return Error{ErrorCode::io, "nothing was refused", {}, ""};
  };
  using P = EditionParameters;
  EXPECT_EQ(error_of([](P& p) { p.kind = "atlantis"; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.projects = 0; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.projects = 70'000; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.districts = 5'000; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.budget = Money{150}; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.points = 0; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.threshold = -1; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.turnout_permille = 1001; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.length_min = 4, p.length_max = 3; }).code, ErrorCode::usage);
  EXPECT_EQ(error_of([](P& p) { p.unit = "a;b"; }).code, ErrorCode::usage);
}

TEST(Synth, ProgressCanStopAndLeavesNoFile) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("urna_synth_" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  PoolParameters parameters;
  parameters.electorate.persons = 70'000;
  const std::string path = (folder / "pool.pb").string();
  // The first pass counts 70,000 persons; stopping beyond them stops in the middle of the writing.
  const Result<PoolSummary> written = write_pool_file(
      parameters, path, [](std::uint64_t done, std::uint64_t) { return done < 100'000; });
  ASSERT_FALSE(written.ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  ASSERT_TRUE(write_pool_file(parameters, path).ok());
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(bytes, text_of(parameters));
  std::filesystem::remove_all(folder);
}

TEST(Vocabulary, DistrictNamesDifferAndFileNamesArePlain) {
  Random random(3, "names");
  const std::vector<std::string> names = district_names(random, 1000);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 1000U);
  std::set<std::string> files;
  for (const std::string& name : names) {
    const std::string file = file_name_of(name);
    files.insert(file);
    EXPECT_TRUE(std::all_of(file.begin(), file.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    })) << file;
  }
  EXPECT_EQ(files.size(), 1000U) << "two districts would share a file";
  EXPECT_EQ(file_name_of("Zażółć gęślą/jaźń"), "Zazolc_gesla_jazn");
}

}  // namespace
}  // namespace urna::synth
