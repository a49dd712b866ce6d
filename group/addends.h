// SPDX-License-Identifier: EUPL-1.2
// Public elements made ready for large sums (multiply_vartime.h). Whoever needs elements for
// nothing else saves the way over Element: a tenth of decoding, and more than half of the memory.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "group/backend/backend.h"
#include "group/element.h"

namespace urna::group {

// A list that grows at its end. 128 bytes per element. Variable time: nothing here may be secret.
class Addends {
 public:
  explicit Addends(Backend chosen = backend());

  // Room for so many elements in all.
  void reserve(std::size_t elements);
  void append(std::span<const Element> elements);
  // Elements first … first + count - 1 of another list. Precondition (else the program stops): the
  // other list has them and is made for the same backend.
  void append(const Addends& other, std::size_t first, std::size_t count);
  // Leaves no element, and the memory for the next ones.
  void clear();
  // Decodes the encodings of 32 bytes at the positions column, column + columns, … of a packed list
  // and appends their elements. Errors: malformed, naming the position (within the column) of the
  // first that is no element, or if the length is not a multiple of 32 `columns` bytes; what was
  // appended is unspecified then. Precondition: column < columns.
  [[nodiscard]] Status append_packed(std::string_view packed, std::size_t column = 0,
                                     std::size_t columns = 1);

  [[nodiscard]] std::size_t size() const { return addends_.size() - 1; }
  // In the form of the backend, and the identity after them.
  [[nodiscard]] const AffineAddend* data() const { return addends_.data(); }
  [[nodiscard]] Backend made_for() const { return backend_; }

 private:
  Backend backend_;
  std::vector<AffineAddend> addends_;
};

}  // namespace urna::group
