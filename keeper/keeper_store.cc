// SPDX-License-Identifier: EUPL-1.2
#include "keeper/keeper_store.h"

#include <array>

namespace urna::keeper {
namespace {

constexpr std::array<std::string_view, events> names = {"evaluated", "refused", "alarm",
                                                        "acknowledged", "destroyed"};

}  // namespace

std::string_view to_string(Event event) { return names[static_cast<std::size_t>(event)]; }

Result<Event> parse_event(std::string_view text) {
  for (std::size_t i = 0; i < events; ++i) {
    if (names[i] == text) return static_cast<Event>(i);
  }
  return Error{ErrorCode::malformed, "an unknown event in the keeper's log"};
}

}  // namespace urna::keeper
