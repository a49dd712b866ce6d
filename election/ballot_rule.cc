// SPDX-License-Identifier: EUPL-1.2
#include "election/ballot_rule.h"

#include <bit>
#include <utility>

#include "election/types.h"

namespace urna::election {
namespace {

Status check_rule(const BallotRule& rule, std::size_t projects) {
  const auto wrong = [](const char* message) { return Error{ErrorCode::malformed, message}; };
  if (rule.fewest < 1 || rule.fewest > rule.most)
    return wrong("the fewest projects of a ballot are at least 1 and at most its most");
  if (rule.most > projects) return wrong("a ballot may name more projects than there are");
  if (rule.points.has_value() != (rule.form == BallotForm::points))
    return wrong("limits of points belong to the form points, and to no other");
  if (rule.points) {
    const PointLimits& limits = *rule.points;
    if (limits.each_least < 1 || limits.each_least > limits.each_most ||
        limits.each_most > points_each_max || limits.sum_least > limits.sum_most ||
        limits.sum_most > points_sum_max)
      return wrong("the limits of points contradict themselves");
  }
  return ok_status();
}

// The number of binary digits.
unsigned bits(std::uint64_t number) { return static_cast<unsigned>(std::bit_width(number)); }

}  // namespace

Result<BallotLayout> layout_of(const BallotRule& rule, std::size_t projects) {
  if (Status checked = check_rule(rule, projects); !checked) return std::move(checked).error();
  BallotLayout layout;
  layout.projects = projects;
  layout.places = rule.most;
  layout.number_bits = bits(projects);
  if (rule.points) layout.point_bits = bits(rule.points->each_most);

  // Per project, against per place of a list.
  const std::size_t dense_bits = projects * (rule.points ? layout.point_bits : 1U);
  const std::size_t listed_bits = layout.places * (layout.number_bits + layout.point_bits);
  const bool dense = rule.form != BallotForm::ranking && dense_bits <= listed_bits;
  layout.content_bits = dense ? dense_bits : listed_bits;
  if (rule.points) {
    layout.layout = dense ? Layout::vector : Layout::pairs;
  } else {
    layout.layout = dense ? Layout::mask : Layout::list;
  }
  constexpr std::size_t element_bits = 8 * element_data_bytes;
  layout.width = (layout.content_bits + element_bits - 1) / element_bits;
  if (layout.width > width_max) {
    return Error{ErrorCode::limit, "a ballot of this rule takes " + std::to_string(layout.width) +
                                       " group elements where at most " +
                                       std::to_string(width_max) + " are possible"};
  }
  return layout;
}

}  // namespace urna::election
