// SPDX-License-Identifier: EUPL-1.2
#include "election/ballot_content.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"

namespace urna::election {
namespace {

// Appends numbers to a bit string, most significant bit first, filled up with zeros.
class BitWriter {
 public:
  explicit BitWriter(std::size_t bytes) : bytes_(bytes, '\0') {}
  void put(std::uint32_t number, unsigned bits) {
    for (unsigned i = bits; i-- > 0; ++position_) {
      const std::uint32_t bit = number >> i & 1U;
      char& byte = bytes_[position_ / 8];
      byte = static_cast<char>(static_cast<std::uint8_t>(byte) | bit << (7U - position_ % 8));
    }
  }
  [[nodiscard]] std::string take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
  std::size_t position_ = 0;
};

class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_(octets_of(bytes)) {}
  std::uint32_t get(unsigned bits) {
    std::uint32_t number = 0;
    for (; bits > 0; --bits, ++position_) {
      number = number << 1U | bit();
    }
    return number;
  }
  [[nodiscard]] bool rest_is_zero() {
    for (; position_ < 8 * bytes_.size(); ++position_) {
      if (bit() != 0) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] std::uint32_t bit() const {
    const std::uint32_t byte = bytes_[position_ / 8];
    return byte >> (7U - position_ % 8) & 1U;
  }
  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

bool ascending(std::span<const ProjectNumber> projects) {
  return std::adjacent_find(projects.begin(), projects.end(), std::greater_equal<>()) ==
         projects.end();
}

bool all_differ(std::vector<ProjectNumber> projects) {
  std::sort(projects.begin(), projects.end());
  return ascending(projects);
}

bool in_order(BallotForm form, const std::vector<ProjectNumber>& projects) {
  return form == BallotForm::ranking ? all_differ(projects) : ascending(projects);
}

// Reasons 4 and 5 for a content that is not yet bits.
std::optional<InvalidReason> check_form(const BallotTerms& terms, const BallotContent& content) {
  const bool points = terms.rule.form == BallotForm::points;
  if (content.points.size() != (points ? content.projects.size() : 0))
    return InvalidReason::project;
  for (const ProjectNumber project : content.projects) {
    if (project.value < 1 || project.value > terms.costs.size()) return InvalidReason::project;
  }
  if (!in_order(terms.rule.form, content.projects) ||
      std::find(content.points.begin(), content.points.end(), 0U) != content.points.end())
    return InvalidReason::order;
  return std::nullopt;
}

// One place of a list: a project, or zero behind the last.
struct Place {
  std::uint32_t project = 0;
  std::uint32_t points = 0;
};

std::vector<Place> read_places(const BallotLayout& layout, BitReader& bits) {
  std::vector<Place> places;
  const bool dense = layout.layout == Layout::mask || layout.layout == Layout::vector;
  const std::size_t count = dense ? layout.projects : layout.places;
  for (std::size_t i = 0; i < count; ++i) {
    Place place;
    switch (layout.layout) {
      case Layout::mask:
        place = {bits.get(1), 0};
        break;
      case Layout::vector:
        place = {1, bits.get(layout.point_bits)};
        break;
      case Layout::list:
        place.project = bits.get(layout.number_bits);
        break;
      case Layout::pairs:
        place.project = bits.get(layout.number_bits);
        place.points = bits.get(layout.point_bits);
        break;
    }
    if (dense) {
      const bool named = layout.layout == Layout::mask ? place.project != 0 : place.points != 0;
      if (!named) continue;
      place.project = static_cast<std::uint32_t>(i + 1);
    }
    places.push_back(place);
  }
  return places;
}

}  // namespace

std::string_view name_of(InvalidReason reason) {
  switch (reason) {
    case InvalidReason::encoding:
      return "encoding";
    case InvalidReason::counter:
      return "counter";
    case InvalidReason::padding:
      return "padding";
    case InvalidReason::project:
      return "project";
    case InvalidReason::order:
      return "order";
    case InvalidReason::blank:
      return "blank";
    case InvalidReason::length:
      return "length";
    case InvalidReason::points:
      return "points";
    case InvalidReason::sum:
      return "sum";
    case InvalidReason::cost:
      return "cost";
  }
  return {};
}

std::string_view meaning_of(InvalidReason reason) {
  switch (reason) {
    case InvalidReason::encoding:
      return "a group element does not hold data";
    case InvalidReason::counter:
      return "a group element is not the first that holds its data";
    case InvalidReason::padding:
      return "a bit after the content is not zero";
    case InvalidReason::project:
      return "there is no such project";
    case InvalidReason::order:
      return "projects are out of order or named twice";
    case InvalidReason::blank:
      return "the ballot is blank, which is not valid here";
    case InvalidReason::length:
      return "the ballot names fewer or more projects than allowed";
    case InvalidReason::points:
      return "a project is given fewer or more points than allowed";
    case InvalidReason::sum:
      return "the ballot gives fewer or more points in all than allowed";
    case InvalidReason::cost:
      return "the projects named cost more than allowed";
  }
  return {};
}

Result<BallotTerms> BallotTerms::of(const BallotRule& rule, std::vector<Money> costs) {
  Result<BallotLayout> layout = layout_of(rule, costs.size());
  if (!layout) return std::move(layout).error();
  return BallotTerms{rule, *layout, std::move(costs)};
}

std::optional<InvalidReason> check_content(const BallotTerms& terms, const BallotContent& content) {
  if (const auto reason = check_form(terms, content)) return reason;
  const BallotRule& rule = terms.rule;
  if (content.blank()) {
    if (!rule.blank_valid) return InvalidReason::blank;
    return std::nullopt;
  }
  if (content.projects.size() < rule.fewest || content.projects.size() > rule.most)
    return InvalidReason::length;
  if (rule.points) {
    std::uint64_t sum = 0;
    for (const std::uint32_t points : content.points) {
      if (points < rule.points->each_least || points > rule.points->each_most)
        return InvalidReason::points;
      sum += points;
    }
    if (sum < rule.points->sum_least || sum > rule.points->sum_most) return InvalidReason::sum;
  }
  if (rule.knapsack) {
    Money cost;
    for (const ProjectNumber project : content.projects) cost += terms.costs[project.value - 1U];
    if (cost > *rule.knapsack) return InvalidReason::cost;
  }
  return std::nullopt;
}

Result<std::string> pack_ballot(const BallotTerms& terms, const BallotContent& content) {
  if (const auto reason = check_form(terms, content))
    return Error{ErrorCode::malformed, std::string(meaning_of(*reason))};
  const BallotLayout& layout = terms.layout;
  const bool dense = layout.layout == Layout::mask || layout.layout == Layout::vector;
  const bool points = terms.rule.form == BallotForm::points;
  if (!dense && content.projects.size() > layout.places)
    return Error{ErrorCode::malformed, "the ballot names more projects than its list has places"};
  for (const std::uint32_t given : content.points) {
    if (given >> layout.point_bits != 0)
      return Error{ErrorCode::malformed, "a number of points has more digits than its field"};
  }

  BitWriter bits(layout.bytes());
  if (dense) {
    std::size_t next = 0;
    for (std::size_t number = 1; number <= layout.projects; ++number) {
      const bool named = next < content.projects.size() && content.projects[next].value == number;
      if (points) {
        bits.put(named ? content.points[next] : 0, layout.point_bits);
      } else {
        bits.put(named ? 1 : 0, 1);
      }
      if (named) ++next;
    }
  } else {
    for (std::size_t i = 0; i < content.projects.size(); ++i) {
      bits.put(content.projects[i].value, layout.number_bits);
      if (points) bits.put(content.points[i], layout.point_bits);
    }
  }
  return std::move(bits).take();
}

ContentReading unpack_ballot(const BallotTerms& terms, std::string_view bytes) {
  const BallotLayout& layout = terms.layout;
  if (bytes.size() != layout.bytes())
    stop_on_broken_precondition("unpack_ballot: as many bytes as the layout says");
  BitReader bits(bytes);
  const std::vector<Place> places = read_places(layout, bits);
  if (!bits.rest_is_zero()) return InvalidReason::padding;
  for (const Place& place : places) {
    if (place.project > layout.projects || (place.project == 0 && place.points != 0))
      return InvalidReason::project;
  }

  BallotContent content;
  bool ended = false;
  for (const Place& place : places) {
    if (place.project == 0) {
      ended = true;
      continue;
    }
    const bool without_points = terms.rule.points.has_value() && place.points == 0;
    if (ended || without_points) return InvalidReason::order;
    content.projects.push_back({static_cast<std::uint16_t>(place.project)});
    if (terms.rule.points) content.points.push_back(place.points);
  }
  if (!in_order(terms.rule.form, content.projects)) return InvalidReason::order;
  return content;
}

}  // namespace urna::election
