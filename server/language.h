// SPDX-License-Identifier: EUPL-1.2
// The languages of the house and the one that a reader prefers.
#pragma once

#include <string>
#include <string_view>

namespace urna::server {

enum class Language { pl, en };

// "pl" or "en".
[[nodiscard]] std::string_view language_tag(Language language);

// A text in both languages.
struct Text {
  std::string pl = {};
  std::string en = {};

  [[nodiscard]] const std::string& in(Language language) const {
    return language == Language::pl ? pl : en;
  }
};

// What the value of Accept-Language (RFC 9110 section 12.5.4) prefers: of pl, en, their regional
// forms and "*", the one of the greatest weight, the earlier one of equals. `otherwise` where the
// value names neither, is malformed at that place, or is longer than 512 bytes.
[[nodiscard]] Language preferred_language(std::string_view accept_language, Language otherwise);

}  // namespace urna::server
