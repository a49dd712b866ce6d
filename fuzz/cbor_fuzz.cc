// SPDX-License-Identifier: EUPL-1.2
// Any bytes as CBOR: what the reader accepts is, item by item, what the writer writes; after an
// error nothing but zeros comes.
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "base/bytes.h"
#include "base/cbor.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// Copies one item and what is in it, reading each head as what its first byte says.
void copy_item(urna::CborReader& in, std::string_view input, urna::CborWriter& out, int depth) {
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  if (!in.ok()) return;
  if (in.offset() == input.size() || depth > 100) {
    in.fail("no item, or too deep");
    return;
  }
  const auto first = static_cast<std::uint8_t>(input[in.offset()]);
  switch (first >> 5U) {
    case 0:
      out.unsigned_integer(in.unsigned_integer());
      break;
    case 2:
      out.bytes(in.bytes(any));
      break;
    case 3:
      out.text(in.text(any));
      break;
    case 4: {
      const std::size_t items = in.array(any);
      require(items <= input.size() - in.offset());
      out.array(items);
      for (std::size_t i = 0; i < items && in.ok(); ++i) copy_item(in, input, out, depth + 1);
      break;
    }
    case 5: {
      // All fields taken as optional: as many as a map of this input can have.
      std::size_t left = in.map_with_optional(0, input.size());
      out.map(left);
      while (left > 0 && in.ok()) {
        urna::CborReader ahead = in;
        const std::uint64_t key = ahead.unsigned_integer();
        if (!in.optional_key(key, left)) break;
        out.key(key);
        copy_item(in, input, out, depth + 1);
      }
      in.end_optional(left);
      break;
    }
    default:
      if (in.next_is_null()) {
        in.null();
        out.null();
      } else {
        out.boolean(in.boolean());
      }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  urna::CborReader in(input);
  urna::CborWriter out;
  copy_item(in, input, out, 0);
  const bool accepted = in.finish().ok();
  if (accepted) {
    require(out.data() == input);
  } else {
    const std::size_t offset = in.offset();
    require(in.unsigned_integer() == 0 && in.bytes(size).empty() && in.text(size).empty());
    require(in.array(size) == 0 && !in.boolean() && !in.next_is_null());
    require(in.offset() == offset && !in.finish());
  }
  return 0;
}
