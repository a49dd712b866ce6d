// SPDX-License-Identifier: EUPL-1.2
#include "synth/ballots.h"

#include <algorithm>
#include <functional>

#include "synth/vocabulary.h"

namespace urna::synth {

using count::ProjectIndex;
using count::VoteType;

void BallotMaker::Urn::put(ProjectIndex project, std::uint32_t appeal) {
  ends_.push_back((ends_.empty() ? 0 : ends_.back()) + appeal);
  projects_.push_back(project);
}

ProjectIndex BallotMaker::Urn::draw(Random& random) const {
  const std::uint32_t lot = random.below(ends_.back());
  const auto found = std::upper_bound(ends_.begin(), ends_.end(), lot);
  return projects_[static_cast<std::size_t>(found - ends_.begin())];
}

BallotMaker::BallotMaker(const PoolParameters& parameters,
                         const std::vector<InventedProject>& projects)
    : parameters_(parameters),
      length_min_(parameters.length_min),
      length_max_(
          std::min(parameters.length_max.value_or(parameters.projects), parameters.projects)),
      random_(parameters.seed, "ballots " + pool_label(parameters)),
      by_district_(parameters.electorate.districts.size()),
      by_category_(category_count),
      named_(projects.size(), 0) {
  if (parameters.vote_type == VoteType::choose_one) length_max_ = 1;
  if (parameters.vote_type == VoteType::cumulative)
    length_max_ = std::min(length_max_, static_cast<std::uint32_t>(parameters.points));

  for (std::size_t i = 0; i < projects.size(); ++i) {
    const ProjectIndex p{static_cast<std::uint16_t>(i)};
    all_.put(p, projects[i].appeal);
    by_category_[projects[i].category].put(p, projects[i].appeal);
    if (projects[i].district) by_district_[*projects[i].district].put(p, projects[i].appeal);
  }

  const std::uint32_t leaflets = 1 + parameters.projects / 6;
  for (std::uint32_t i = 0; i < leaflets; ++i) {
    Person author;
    author.favourite = random_.below(category_count);
    if (!by_district_.empty())
      author.district = random_.below(static_cast<std::uint32_t>(by_district_.size()));
    Ballot leaflet;
    fill(author, leaflet);
    leaflets_.push_back(std::move(leaflet));
  }
}

const Ballot& BallotMaker::next(const Person& person) {
  if (random_.percent(parameters_.habits.campaign_percent)) {
    // The lesser of two draws: the first leaflets are spread more widely.
    const auto count = static_cast<std::uint32_t>(leaflets_.size());
    const std::uint32_t first = random_.below(count);
    return leaflets_[std::min(first, random_.below(count))];
  }
  fill(person, ballot_);
  return ballot_;
}

void BallotMaker::fill(const Person& person, Ballot& ballot) {
  ++ballot_number_;
  ballot.projects.clear();
  ballot.points.clear();
  const std::uint32_t length = draw_length();
  while (ballot.projects.size() < length) ballot.projects.push_back(draw_unnamed(person));
  divide_points(ballot);
}

std::uint32_t BallotMaker::draw_length() {
  const std::uint32_t lot = random_.below(100);
  if (lot < parameters_.habits.single_percent) return length_min_;
  if (lot < parameters_.habits.single_percent + parameters_.habits.full_percent) return length_max_;
  if (length_max_ - length_min_ < 2)
    return length_min_ + random_.below(length_max_ - length_min_ + 1);
  std::uint32_t length = length_max_;
  for (std::uint32_t i = 0; i < parameters_.habits.middle_draws; ++i)
    length = std::min(length, length_min_ + 1 + random_.below(length_max_ - length_min_ - 1));
  return length;
}

ProjectIndex BallotMaker::draw_unnamed(const Person& person) {
  // The most appealing projects are soon named; drawing again is bounded, then the next in the list
  // that is free is taken.
  constexpr int draws_max = 32;
  ProjectIndex drawn;
  for (int i = 0; i < draws_max; ++i) {
    const std::uint32_t taste = random_.below(100);
    const Urn* urn = &all_;
    if (taste < 30) {
      urn = &by_category_[person.favourite];
    } else if (taste < 65 && !by_district_.empty()) {
      urn = &by_district_[person.district];
    }
    if (urn->empty()) urn = &all_;
    drawn = urn->draw(random_);
    if (named_[drawn] != ballot_number_) break;
  }
  while (named_[drawn] == ballot_number_)
    drawn.value = static_cast<std::uint16_t>((drawn.value + 1U) % named_.size());
  named_[drawn] = ballot_number_;
  return drawn;
}

void BallotMaker::divide_points(Ballot& ballot) {
  const auto length = static_cast<std::int32_t>(ballot.projects.size());
  if (parameters_.vote_type == VoteType::scoring) {
    for (std::int32_t i = 0; i < length; ++i)
      ballot.points.push_back(static_cast<std::int32_t>(random_.between(1, parameters_.points)));
    return;
  }
  if (parameters_.vote_type != VoteType::cumulative) return;
  std::int32_t left = parameters_.points - length;
  if (left > 0 && random_.percent(parameters_.habits.incomplete_percent))
    left = static_cast<std::int32_t>(random_.between(0, left - 1));
  ballot.points.assign(ballot.projects.size(), 1);
  const bool evenly = random_.percent(50);
  for (std::int32_t i = length - 1; i > 0; --i) {
    const std::int32_t given =
        evenly ? left / (i + 1) : static_cast<std::int32_t>(random_.between(0, left));
    ballot.points[static_cast<std::size_t>(i)] += given;
    left -= given;
  }
  ballot.points.front() += left;
  std::sort(ballot.points.begin(), ballot.points.end(), std::greater<>());
}

}  // namespace urna::synth
