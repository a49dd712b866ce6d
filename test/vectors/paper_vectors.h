// SPDX-License-Identifier: EUPL-1.2
// The vectors about voting on paper (docs/vectors.md).
#pragma once

#include <boost/json.hpp>

namespace urna {

[[nodiscard]] boost::json::object card_vectors();
[[nodiscard]] boost::json::object paper_vectors();

}  // namespace urna
