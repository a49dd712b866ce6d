// SPDX-License-Identifier: EUPL-1.2
// Integers of 128 bits, for products of two numbers of 64.
#pragma once

namespace urna::count {

__extension__ using Int128 = __int128;

}  // namespace urna::count
