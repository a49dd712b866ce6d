// SPDX-License-Identifier: EUPL-1.2
// Owners of what libraries in C give out: std::unique_ptr<BIO, FreeWith<BIO_free>>.
#pragma once

namespace urna {

// Calls the function on what is owned.
template <auto function>
struct FreeWith {
  template <typename T>
  void operator()(T* owned) const {
    function(owned);
  }
};

}  // namespace urna
