// SPDX-License-Identifier: EUPL-1.2
#include "group/element.h"

#include <cstddef>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/huge_pages.h"
#include "group/codec.h"

namespace urna::group {
namespace {

constexpr EdwardsPoint base_point = {
    FieldElement::from_limbs(
        {0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5}),
    FieldElement::from_limbs(
        {0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666}),
    FieldElement::one(),
    FieldElement::from_limbs(
        {0x68ab3a5b7dda3, 0x00eea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7})};

}  // namespace

const Element& Element::generator() {
  static const Element generator{base_point};
  return generator;
}

Result<Element> Element::decode(const ElementBytes& bytes) {
  const DecodedPoint decoded = decode_points<1>({bytes})[0];
  if (decoded.valid.reveal()) return Element(decoded.point);
  return Error{ErrorCode::malformed, "32 bytes are not the encoding of a group element"};
}

ElementBytes Element::encode() const { return encode_points<1>({&point_})[0]; }

Element Element::from_uniform_bytes(std::span<const std::uint8_t, 64> bytes) {
  const std::array<CompletedPoint, 2> points =
      map_to_curve<2>({FieldElement::from_low_255_bits(bytes.first<32>()),
                       FieldElement::from_low_255_bits(bytes.last<32>())});
  return Element(add(points[0].extended(), to_addend(points[1].extended())).extended());
}

Element operator+(const Element& a, const Element& b) {
  return Element(add(a.point_, to_addend(b.point_)).extended());
}
Element operator-(const Element& a, const Element& b) {
  return Element(subtract(a.point_, to_addend(b.point_)).extended());
}
Element operator-(const Element& a) { return Element(negative(a.point_)); }
Element Element::doubled() const { return Element(twice(point_).extended()); }

bool operator==(const Element& a, const Element& b) {
  // Section 4.3.3: the four points of one element differ by a rotation and signs.
  const EdwardsPoint& p = a.point_;
  const EdwardsPoint& q = b.point_;
  return ((p.x * q.y).equals(p.y * q.x) | (p.y * q.y).equals(p.x * q.x)).reveal();
}

namespace {

Result<std::vector<Element>> decode(const std::uint8_t* encodings, std::size_t count,
                                    Backend chosen) {
  std::vector<Element> elements;
  elements.reserve(count);
  ask_for_huge_pages(elements.data(), count * sizeof(Element));
  elements.resize(count);
  const std::size_t valid = operations(chosen).decode_all(encodings, elements);
  if (valid < count)
    return Error{ErrorCode::malformed,
                 "encoding " + std::to_string(valid) + " is not that of a group element"};
  return elements;
}

constexpr std::size_t encoding_size = sizeof(ElementBytes);

}  // namespace

Result<std::vector<Element>> decode_all(std::span<const ElementBytes> encodings, Backend chosen) {
  return decode(reinterpret_cast<const std::uint8_t*>(encodings.data()), encodings.size(), chosen);
}

Result<std::vector<Element>> decode_packed(std::string_view packed, Backend chosen) {
  if (packed.size() % encoding_size != 0)
    return Error{ErrorCode::malformed, "packed encodings are not a multiple of 32 bytes long"};
  return decode(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size() / encoding_size,
                chosen);
}

std::vector<std::uint8_t> find_elements(std::string_view packed, Backend chosen) {
  if (packed.size() % encoding_size != 0)
    stop_on_broken_precondition("find_elements: a multiple of 32 bytes");
  std::vector<std::uint8_t> valid(packed.size() / encoding_size);
  operations(chosen).find_elements(reinterpret_cast<const std::uint8_t*>(packed.data()), valid);
  return valid;
}

std::vector<ElementBytes> encode_all(std::span<const Element> elements, Backend chosen) {
  std::vector<ElementBytes> encodings(elements.size());
  operations(chosen).encode_all(elements, reinterpret_cast<std::uint8_t*>(encodings.data()));
  return encodings;
}

std::string encode_packed(std::span<const Element> elements, Backend chosen) {
  std::string packed(elements.size() * encoding_size, '\0');
  operations(chosen).encode_all(elements, reinterpret_cast<std::uint8_t*>(packed.data()));
  return packed;
}

std::vector<ElementBytes> encode_doubled_all(std::span<const Element> elements, Backend chosen) {
  std::vector<ElementBytes> encodings(elements.size());
  operations(chosen).encode_doubled_all(elements,
                                        reinterpret_cast<std::uint8_t*>(encodings.data()));
  return encodings;
}

std::string encode_doubled_packed(std::span<const Element> elements, Backend chosen) {
  std::string packed(elements.size() * encoding_size, '\0');
  operations(chosen).encode_doubled_all(elements, reinterpret_cast<std::uint8_t*>(packed.data()));
  return packed;
}

}  // namespace urna::group
