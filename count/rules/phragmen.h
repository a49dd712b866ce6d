// SPDX-License-Identifier: EUPL-1.2
// Phragmen's sequential rule for approval ballots.
#pragma once

#include "base/result.h"
#include "count/instance.h"
#include "count/outcome.h"
#include "count/tie_order.h"

namespace urna::count {

// Voters carry loads, at first 0. In every round each project that is not yet chosen, has a vote
// and does not cost more than the whole pool would raise the load of all its supporters to
//   (cost + sum of its supporters' loads) / number of supporters;
// the project where this is least is chosen and its supporters get that load. If any project that
// attains the minimum costs more than the money left, the rule stops without choosing. Of several
// that all fit, `ties` chooses. A project that a ballot names twice counts once.
// Source: Los, Christoff, Grossi, "Proportional Budget Allocations: Towards a Systematization"
// (IJCAI 2022), after Brill, Freeman, Janson, Lackner, "Phragmen's Voting Methods and Justified
// Representation" (AAAI 2017).
//
// Exact: certified intervals decide where they are disjoint, long integers where they overlap.
// Reason::price is the new load in currency units.
//
// A tie is decisive iff choosing another of its projects in that round, all other ties resolved by
// the same order, ends with another set of winners; this is found by running those branches. When
// they together would cost too much (about a second), the ties left over are reported as decisive
// unless their projects share no voter and all fit, and a note says so.
//
// O(sum over winners of the entries of the ballots naming them + projects * winners^2); memory: 8
// bytes per pair of project and winner. Errors: unsupported (ballots are not approvals).
[[nodiscard]] Result<Outcome> phragmen(const Instance& instance, const TieOrder& ties);

}  // namespace urna::count
