// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a .pb file: the reader refuses them with a place and a remedy, or yields an instance
// that keeps its promises.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "count/pabulib/reader.h"
#include "count/tally.h"

namespace {

using namespace urna;
using namespace urna::count;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_ballots(const Instance& instance) {
  const bool pointed =
      instance.vote_type == VoteType::cumulative || instance.vote_type == VoteType::scoring;
  std::uint64_t ballots = 0;
  std::uint64_t mentions = 0;
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const BallotGroup ballot = instance.profile.group(g);
    require(ballot.count > 0);
    require(ballot.points.size() == (pointed ? ballot.projects.size() : 0));
    for (const ProjectIndex p : ballot.projects) require(p.value < instance.projects.size());
    ballots += ballot.count;
    mentions += ballot.projects.size() * ballot.count;
  }
  require(ballots == instance.profile.ballots());

  const Tally sums = tally(instance);
  std::uint64_t votes = 0;
  for (const ProjectIndex p : instance.indices()) {
    votes += static_cast<std::uint64_t>(sums.votes[p]);
    if (instance.vote_type != VoteType::scoring) require(sums.points[p] >= 0);
  }
  require(votes == mentions);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<Instance> read = pabulib::read_instance(pabulib::memory_bytes(bytes), "fuzz.pb");
  if (!read) {
    require(!read.error().message.empty());
    require(!read.error().remedy.empty());
    require(read.error().place.file == "fuzz.pb");
    require(read.error().place.line > 0);
    return 0;
  }
  const auto announced = read->find_meta("num_votes");
  require(announced.has_value());
  require(std::strtoull(std::string(*announced).c_str(), nullptr, 10) == read->profile.ballots());
  for (const Project& project : read->projects) {
    require(!project.id.empty());
    require(project.cost >= Money{});
  }
  check_ballots(*read);
  return 0;
}
