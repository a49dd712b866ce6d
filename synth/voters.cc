// SPDX-License-Identifier: EUPL-1.2
#include "synth/voters.h"

#include <algorithm>
#include <array>

#include "synth/vocabulary.h"

namespace urna::synth {
namespace {

// Ages at the sixteenths of the electorate: most are between 30 and 50, the oldest few spread far.
constexpr std::array<std::uint32_t, 17> age_at{13, 18, 22, 26, 29, 32, 35, 37, 40,
                                               43, 47, 52, 58, 64, 70, 78, 92};

// Takes the lowest bits off a lot, so that no bit answers two questions.
std::uint32_t take_bits(std::uint64_t& lot, unsigned bits) {
  const auto value = static_cast<std::uint32_t>(lot & ((std::uint64_t{1} << bits) - 1));
  lot >>= bits;
  return value;
}

std::uint32_t age_of(std::uint32_t lot12) {
  const std::uint32_t sixteenth = lot12 >> 8U;
  const std::uint32_t within = lot12 & 255U;
  return age_at[sixteenth] + (age_at[sixteenth + 1] - age_at[sixteenth]) * within / 256;
}

}  // namespace

Voters::Voters(const PoolParameters& parameters)
    : lots_(parameters.seed, "voters"),
      district_(parameters.district),
      participation_percent_(parameters.participation_percent),
      paper_percent_(parameters.habits.paper_percent) {
  const std::vector<District>& districts = parameters.electorate.districts;
  std::uint64_t total = 0;
  for (const District& district : districts) total += district.weight;
  if (total == 0) return;  // no districts: weights are positive
  std::uint64_t sum = 0;
  for (const District& district : districts) {
    sum += district.weight;
    district_ends_.push_back(static_cast<std::uint32_t>((sum << 16U) / total));
  }
}

std::optional<Person> Voters::find(std::uint64_t number) const {
  std::uint64_t lot = lots_.of(number);
  Person person;
  person.number = number;
  const std::uint32_t place = take_bits(lot, 16);
  const std::uint32_t takes_city = take_bits(lot, 10) * 100 >> 10U;
  const std::uint32_t takes_district = take_bits(lot, 10) * 100 >> 10U;
  if ((district_ ? takes_district : takes_city) >= participation_percent_) return std::nullopt;
  person.district = static_cast<std::size_t>(
      std::upper_bound(district_ends_.begin(), district_ends_.end(), place) -
      district_ends_.begin());
  if (district_ && person.district != *district_) return std::nullopt;
  person.age = age_of(take_bits(lot, 12));
  person.woman = take_bits(lot, 7) < 71;  // 55 in 100, as in most published editions
  person.paper = take_bits(lot, 6) * 100 >> 6U < paper_percent_;
  person.favourite = take_bits(lot, 3);
  static_assert(category_count == 8, "three bits choose a category");
  return person;
}

}  // namespace urna::synth
