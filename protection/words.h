// SPDX-License-Identifier: EUPL-1.2
// Text in the languages of the house.
#pragma once

#include <cstdint>
#include <string_view>

namespace urna::protection {

enum class Language : std::uint8_t { pl, en };

struct Words {
  std::string_view pl;
  std::string_view en;

  [[nodiscard]] constexpr std::string_view in(Language language) const {
    return language == Language::pl ? pl : en;
  }
};

}  // namespace urna::protection
