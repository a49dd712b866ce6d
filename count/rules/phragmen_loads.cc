// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/phragmen_loads.h"

#include <algorithm>
#include <cassert>

namespace urna::count {

ApprovalSets::ApprovalSets(const Instance& instance) : votes_(instance.projects.size(), 0) {
  const Profile& profile = instance.profile;
  const std::size_t projects = instance.projects.size();
  projects_.reserve(profile.entries());
  begins_.reserve(profile.groups() + 1);
  voters_.reserve(profile.groups());
  begins_.push_back(0);
  std::vector<std::size_t> named(projects + 1, 0);
  for (std::size_t g = 0; g < profile.groups(); ++g) {
    const BallotGroup ballot = profile.group(g);
    // Approval ballots are sorted, so equal projects are neighbours.
    std::unique_copy(ballot.projects.begin(), ballot.projects.end(), std::back_inserter(projects_));
    begins_.push_back(projects_.size());
    voters_.push_back(ballot.count);
    for (const ProjectIndex p : this->projects(g)) {
      votes_[p] += ballot.count;
      ++named[p.value + 1U];
    }
  }
  for (std::size_t p = 0; p < projects; ++p) named[p + 1] += named[p];
  supporter_begins_ = named;
  supporters_.resize(projects_.size());
  for (std::size_t g = 0; g < groups(); ++g) {
    for (const ProjectIndex p : this->projects(g)) {
      supporters_[named[p.value]++] = static_cast<std::uint32_t>(g);
    }
  }
}

PhragmenLoads::PhragmenLoads(const Instance& instance, const ApprovalSets& sets)
    : instance_(&instance),
      sets_(&sets),
      last_(sets.groups(), 0),
      counts_(instance.projects.size()),
      bounds_(1) {
  for (const ProjectIndex p : instance.indices()) counts_[p].push_back(sets.votes(p));
}

Bounds PhragmenLoads::new_load_bounds(ProjectIndex p) const {
  const std::vector<std::uint64_t>& counts = counts_[p];
  Bounds sum = Bounds::exactly(instance_->projects[p].cost.grosze);
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] != 0) sum.add_multiple(counts[i], bounds_[i]);
  }
  effort_ += counts.size();
  return sum.divided_by(sets_->votes(p));
}

Integer PhragmenLoads::numerator(ProjectIndex p) const {
  const std::vector<std::uint64_t>& counts = counts_[p];
  Integer sum = 0;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    mpz_mul_ui(sum.get_mpz_t(), sum.get_mpz_t(), divisors_[i - 1]);
    mpz_addmul_ui(sum.get_mpz_t(), numerators_[i - 1].get_mpz_t(), counts[i]);
  }
  effort_ += counts.size() * 16;  // a multiplication of long numbers is that much dearer
  return sum + integer(instance_->projects[p].cost.grosze) * denominator_;
}

Rational PhragmenLoads::new_load(ProjectIndex p) const {
  Rational load(numerator(p), denominator_ * Integer(sets_->votes(p)));
  load.canonicalize();
  return load;
}

int PhragmenLoads::compare_new_loads(ProjectIndex a, ProjectIndex b) const {
  const Integer left = numerator(a) * Integer(sets_->votes(b));
  const Integer right = numerator(b) * Integer(sets_->votes(a));
  return cmp(left, right);
}

void PhragmenLoads::choose(ProjectIndex p) {
  assert(sets_->votes(p) > 0);
  // The order matters: both values are of the state before the choice.
  const Bounds bounds = new_load_bounds(p);
  numerators_.push_back(numerator(p));
  bounds_.push_back(bounds);
  divisors_.push_back(sets_->votes(p));
  denominator_ *= Integer(sets_->votes(p));
  const auto load = static_cast<std::uint32_t>(divisors_.size());
  for (std::vector<std::uint64_t>& counts : counts_) counts.push_back(0);
  for (const std::uint32_t g : sets_->supporters(p)) {
    const std::uint32_t voters = sets_->voters(g);
    const std::span<const ProjectIndex> named = sets_->projects(g);
    for (const ProjectIndex q : named) {
      counts_[q][last_[g]] -= voters;
      counts_[q][load] += voters;
    }
    last_[g] = load;
    effort_ += named.size();
  }
  effort_ += counts_.size();
}

}  // namespace urna::count
