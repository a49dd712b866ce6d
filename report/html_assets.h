// SPDX-License-Identifier: EUPL-1.2
// The page's style and script, and the policy that admits exactly these two and nothing else.
#pragma once

#include <string>
#include <string_view>

namespace urna::report {

[[nodiscard]] std::string_view page_style();
[[nodiscard]] std::string_view page_script();

// Content-Security-Policy of the page: nothing but the style and the script above, by their
// SHA-256 digests, and data: pictures.
[[nodiscard]] std::string content_security_policy();

}  // namespace urna::report
