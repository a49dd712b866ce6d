// SPDX-License-Identifier: EUPL-1.2
#include "group/addends.h"

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/huge_pages.h"

namespace urna::group {
namespace {

constexpr std::size_t encoding_size = sizeof(ElementBytes);

void append_identity(const Operations& operations, std::vector<AffineAddend>& addends) {
  operations.append_addends_vartime(std::array{Element()}, addends);
}

}  // namespace

Addends::Addends(Backend chosen) : backend_(chosen) {
  append_identity(operations(backend_), addends_);
}

void Addends::reserve(std::size_t elements) {
  if (elements < addends_.capacity()) return;
  std::vector<AffineAddend> larger;
  larger.reserve(elements + 1);
  // Points are fetched at random, and the processor remembers the places of few pages: of 2 MB
  // each, they would be enough.
  ask_for_huge_pages(larger.data(), larger.capacity() * sizeof(AffineAddend));
  larger.insert(larger.end(), addends_.begin(), addends_.end());
  addends_ = std::move(larger);
}

void Addends::append(std::span<const Element> elements) {
  reserve(size() + elements.size());
  addends_.pop_back();
  operations(backend_).append_addends_vartime(elements, addends_);
  append_identity(operations(backend_), addends_);
}

void Addends::append(const Addends& other, std::size_t first, std::size_t count) {
  if (backend_ != other.backend_ || first > other.size() || count > other.size() - first)
    stop_on_broken_precondition("Addends::append: elements of a list of the same backend");
  reserve(size() + count);
  addends_.pop_back();
  const auto begin = other.addends_.begin() + static_cast<std::ptrdiff_t>(first);
  addends_.insert(addends_.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
  append_identity(operations(backend_), addends_);
}

void Addends::clear() {
  addends_.clear();
  append_identity(operations(backend_), addends_);
}

Status Addends::append_packed(std::string_view packed, std::size_t column, std::size_t columns) {
  const std::size_t stride = columns * encoding_size;
  if (packed.size() % stride != 0)
    return Error{ErrorCode::malformed, "packed encodings are not a multiple of 32 bytes long"};
  const std::size_t count = packed.size() / stride;
  if (count == 0) return ok_status();
  reserve(size() + count);
  addends_.pop_back();
  const auto* const first =
      reinterpret_cast<const std::uint8_t*>(packed.data()) + column * encoding_size;
  const std::size_t valid =
      operations(backend_).decode_addends_vartime(first, stride, count, addends_);
  append_identity(operations(backend_), addends_);
  if (valid < count)
    return Error{ErrorCode::malformed,
                 "encoding " + std::to_string(valid) + " is not that of a group element"};
  return ok_status();
}

}  // namespace urna::group
