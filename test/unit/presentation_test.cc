// SPDX-License-Identifier: EUPL-1.2
// presentation.json: what is written reads back as the same, everything else is refused with its
// place; and it is made from Pabulib files and districts from elsewhere.
#include "presentation/presentation.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "presentation/from_pabulib.h"

namespace urna::presentation {
namespace {

const std::string good = R"({"version":1,
"city":{"pl":"Jaworogród","en":"Jaworogrod"},
"districts":{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"Brzozowo","pools":["n"]},"geometry":{"type":"Polygon","coordinates":[[[19,50],[19.2,50],[19.1,50.123456],[19,50]]]}},
{"type":"Feature","properties":{"name":"Wrzosów","pools":[]},"geometry":{"type":"MultiPolygon","coordinates":[[[[19,51],[19.2,51],[19.1,51.1],[19,51]]],[[[18,51],[18.2,51],[18.1,51.1],[18,51]]]]}}]},
"projects":[
{"pool":"n","id":"4","description":{"pl":"Drzewa.\nI krzewy.","en":"Trees."},"topics":["sport"],"for":["children"],"districts":["Brzozowo"],"place":[19.1,50.05]},
{"pool":"n","id":"9"}]}
)";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t place = text.find(what);
  EXPECT_NE(place, std::string::npos) << what;
  return text.replace(place, what.size(), by);
}

TEST(Presentation, ReadsWhatItWrites) {
  const Result<Presentation> read = parse_presentation(good);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(encode(*read), good);
  EXPECT_EQ(read->city, (Texts{"Jaworogród", "Jaworogrod"}));
  ASSERT_EQ(read->districts.size(), 2U);
  EXPECT_EQ(read->districts[0].pools, std::vector<std::string>{"n"});
  EXPECT_EQ(read->districts[0].polygons[0][0][2], (Position{19.1, 50.123456}));
  EXPECT_EQ(read->districts[1].polygons.size(), 2U);
  ASSERT_EQ(read->projects.size(), 2U);
  EXPECT_EQ(read->projects[0].description.pl, "Drzewa.\nI krzewy.");
  EXPECT_EQ(read->projects[0].beneficiaries, std::vector<std::string>{"children"});
  EXPECT_EQ(read->projects[0].place, (Position{19.1, 50.05}));
  EXPECT_FALSE(read->projects[1].place);
}

TEST(Presentation, DistrictsMayBeAbsent) {
  const Result<Presentation> read =
      parse_presentation(R"({"version":1,"city":{"pl":"M"},"districts":null,"projects":[]})");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_TRUE(read->districts.empty());
}

TEST(Presentation, RefusesWhatIsNotAsDescribedAndSaysWhere) {
  struct Case {
    std::string what, by, place;
  };
  const std::vector<Case> cases = {
      {"\"version\":1", "\"version\":2", "version"},
      {"\"version\":1", "\"version\":1,\"colour\":\"red\"", ""},
      {"\"pl\":\"Jaworogród\"", "\"de\":\"Jaworogród\"", "city"},
      {"\"en\":\"Jaworogrod\"", "\"en\":\"\"", "city.en"},
      {"\"name\":\"Wrzosów\"", "\"name\":\"Brzozowo\"", "districts.features[1].properties.name"},
      {"\"pools\":[\"n\"]", "\"pools\":[7]", "districts.features[0].properties.pools"},
      {"\"pools\":[\"n\"]", "\"area\":7", "districts.features[0].properties"},
      {"\"type\":\"Polygon\"", "\"type\":\"Point\"", "districts.features[0].geometry"},
      {"[19,50],[19.2,50]", "[19,50]", "districts.features[0].geometry.coordinates"},
      {"50.123456],[19,50]", "50.123456],[19,50.1]", "districts.features[0].geometry.coordinates"},
      {"[19.2,50]", "[199.2,50]", "districts.features[0].geometry.coordinates"},
      {"[19.2,50]", "[19.2,50,1]", "districts.features[0].geometry.coordinates"},
      {"[19.2,50]", "[\"19.2\",50]", "districts.features[0].geometry.coordinates"},
      {"\"place\":[19.1,50.05]", "\"place\":[19.1,90.05]", "projects[0].place"},
      {"\"topics\":[\"sport\"]", "\"topics\":\"sport\"", "projects[0].topics"},
      {"\"topics\":[\"sport\"]", "\"topics\":[\"spo\\u0007rt\"]", "projects[0].topics"},
      {"\"id\":\"9\"", "\"id\":\"4\"", "projects[1]"},
      {"\"id\":\"9\"", "\"id\":\"9\",\"id\":\"8\"", ""},
      {"\"id\":\"9\"", "\"id\":\"9\",\"votes\":3", "projects[1]"},
      {"\"pool\":\"n\",\"id\":\"9\"", "\"id\":\"9\"", "projects[1].pool"},
      {"Drzewa.\\nI", "Drzewa.\\tI", "projects[0].description.pl"},
      {"}]}\n", "}]", ""},
  };
  for (const Case& one : cases) {
    const Result<Presentation> read = parse_presentation(replaced(good, one.what, one.by));
    ASSERT_FALSE(read) << one.by;
    EXPECT_EQ(read.error().place.field, one.place) << one.by;
  }
}

TEST(Presentation, ManyPositionsAreRefusedBeforeTheyFillTheMemory) {
  std::string ring = "[19,50]";
  for (std::size_t i = 0; i <= positions_max; ++i) ring += ",[19,50]";
  const Result<Presentation> read = parse_presentation(
      replaced(good, "[[19,50],[19.2,50],[19.1,50.123456],[19,50]]", "[" + ring + "]"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::limit);
}

TEST(Presentation, SpeaksOnlyOfWhatTheEditionHas) {
  const Presentation read = parse_presentation(good).value();
  const std::vector<KnownPool> all = {{"n", {"4", "9", "10"}}};
  EXPECT_TRUE(check_names(read, all));
  const std::vector<KnownPool> fewer = {{"n", {"4", "10"}}};
  EXPECT_FALSE(check_names(read, fewer));
  const std::vector<KnownPool> other = {{"m", {"4", "9"}}};
  EXPECT_FALSE(check_names(read, other));
}

const std::string pool_file =
    "META\nkey;value\nunit;Jaworogród\nsubunit;Gaj - Północ\nlanguage;en\n"
    "PROJECTS\nproject_id;cost;name;category;target;description;district;latitude;longitude\n"
    "1;5;Park;sport, culture;children;\"New;  trees\";Gaj;50.05;19.1\n"
    "2;5;Most;;;;;0;0\n"
    "3;5;Most;;;;;91;19\n"
    "VOTES\nvoter_id;vote\n1;this row is not read\n";

TEST(PresentationFromPabulib, TakesTopicsPlacesAndDescriptions) {
  const Result<PoolFile> read =
      read_pool_file(count::pabulib::memory_bytes(pool_file), "p.pb", "gaj");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->city, "Jaworogród");
  EXPECT_EQ(read->district, "Gaj - Północ");
  ASSERT_EQ(read->projects.size(), 1U) << "nothing is told of a project without a place or topic";
  const ProjectStory& story = read->projects[0];
  EXPECT_EQ(story.pool, "gaj");
  EXPECT_EQ(story.description, (Texts{"", "New; trees"}));
  EXPECT_EQ(story.topics, (std::vector<std::string>{"sport", "culture"}));
  EXPECT_EQ(story.districts, std::vector<std::string>{"Gaj"});
  EXPECT_EQ(story.place, (Position{19.1, 50.05}));
}

TEST(PresentationFromPabulib, LongDescriptionsAreCutBetweenLetters) {
  std::string text = pool_file;
  std::string description;
  while (description.size() <= description_bytes_max) description += "ż";
  text = replaced(text, "\"New;  trees\"", description);
  const Result<PoolFile> read = read_pool_file(count::pabulib::memory_bytes(text), "p.pb", "gaj");
  ASSERT_TRUE(read) << read.error().to_string();
  const std::string& cut = read->projects[0].description.en;
  EXPECT_LE(cut.size(), description_bytes_max);
  EXPECT_TRUE(is_utf8(cut));
  EXPECT_TRUE(cut.ends_with("ż…"));
}

TEST(PresentationFromPabulib, DistrictsFindThePoolsNamedAfterThem) {
  std::vector<PoolFile> pools;
  pools.push_back(read_pool_file(count::pabulib::memory_bytes(pool_file), "p.pb", "gaj").value());
  Result<std::vector<District>> districts = parse_districts(
      R"({"type":"FeatureCollection","crs":{},"features":[{"type":"Feature","id":7,)"
      R"("properties":{"name":"GAJ-Północ","area":3.5},"geometry":{"type":"Polygon",)"
      R"("coordinates":[[[19,50,240],[19.2,50,240],[19.1,50.1,240],[19,50,240]]]}}]})");
  ASSERT_TRUE(districts) << districts.error().to_string();
  const Presentation made = assemble(std::move(pools), std::move(*districts), {});
  EXPECT_EQ(made.city.pl, "Jaworogród");
  ASSERT_EQ(made.districts.size(), 1U);
  EXPECT_EQ(made.districts[0].pools, std::vector<std::string>{"gaj"});
  EXPECT_EQ(parse_presentation(encode(made)).value(), made);
}

TEST(PresentationFromPabulib, AFileWithoutIdsIsRefused) {
  const Result<PoolFile> read = read_pool_file(
      count::pabulib::memory_bytes(replaced(pool_file, "project_id", "number")), "p.pb", "gaj");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().place.file, "p.pb");
}

}  // namespace
}  // namespace urna::presentation
