// SPDX-License-Identifier: EUPL-1.2
// Classes of ASCII characters, whatever the locale.
#pragma once

namespace urna {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace urna
