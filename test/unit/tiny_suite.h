// SPDX-License-Identifier: EUPL-1.2
// A group of 13 elements, so small that every statement, secret and challenge can be tried: the
// integers modulo 13 under addition, with generator 1.
#pragma once

#include <array>
#include <cstdint>
#include <sodium.h>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "proof/suite.h"

namespace urna::test {

struct Tiny {
  static constexpr std::uint64_t order = 13;

  template <int Role>  // scalars, secrets and elements are different types
  struct Number {
    std::uint64_t value = 0;
    static Number of(std::uint64_t v) { return {v % order}; }
    friend Number operator+(Number a, Number b) { return of(a.value + b.value); }
    friend Number operator-(Number a, Number b) { return of(a.value + order - b.value); }
    friend Number operator-(Number a) { return of(order - a.value); }
    friend Number operator*(Number a, Number b) { return of(a.value * b.value); }
    friend bool operator==(Number, Number) = default;
    [[nodiscard]] proof::ScalarBytes encode() const {
      proof::ScalarBytes bytes{};
      bytes[0] = static_cast<std::uint8_t>(value);
      return bytes;
    }
    [[nodiscard]] Number<0> disclose() const { return {value}; }
    [[nodiscard]] Result<Number> inverted() const {
      for (std::uint64_t v = 1; v < order; ++v) {
        if (v * value % order == 1) return of(v);
      }
      return Error{ErrorCode::malformed, "zero"};
    }
  };
  using Scalar = Number<0>;
  using Secret = Number<1>;
  using Element = Number<2>;
  friend Secret operator*(Scalar a, Secret b) { return Secret::of(a.value * b.value); }

  struct FixedBase {
    explicit FixedBase(Element e) : element(e) {}
    [[nodiscard]] std::vector<Element> mul_all(std::span<const Secret> scalars) const {
      std::vector<Element> result;
      for (const Secret s : scalars) result.push_back(mul(s, element));
      return result;
    }
    Element element;
  };

  static Secret random_secret() { return Secret::of(randombytes_uniform(order)); }
  static std::vector<Secret> random_secrets(std::size_t count) {
    std::vector<Secret> secrets(count);
    for (Secret& secret : secrets) secret = random_secret();
    return secrets;
  }
  static Secret secret_of(Scalar s) { return {s.value}; }
  static Secret halved(Secret s) { return Secret::of(s.value * 7); }
  static Scalar scalar_of_digest(std::span<const std::uint8_t> digest) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : digest) value = (value * 256 + byte) % order;
    return {value};
  }
  static Scalar scalar_of_weight(std::span<const std::uint8_t> bytes) {
    return scalar_of_digest(bytes);
  }
  static Result<Scalar> decode_scalar(const proof::ScalarBytes& bytes) {
    const Result<Element> number = decode(bytes);
    if (!number) return number.error();
    return Scalar{number->value};
  }
  // Unlike Ristretto, the identity is an element like any other: it cannot be avoided here.
  static Result<Element> decode(const proof::ElementBytes& bytes) {
    if (bytes[0] >= order) return Error{ErrorCode::malformed, "not below the order"};
    for (std::size_t i = 1; i < bytes.size(); ++i) {
      if (bytes[i] != 0) return Error{ErrorCode::malformed, "not below the order"};
    }
    return Element{bytes[0]};
  }
  static Result<std::vector<Element>> decode_packed(std::string_view packed) {
    std::vector<Element> result;
    for (std::size_t at = 0; at < packed.size(); at += 32) {
      const Result<Element> element = decode(array_of<32>(packed.substr(at, 32)));
      if (!element) return element.error();
      result.push_back(*element);
    }
    return result;
  }
  struct Addends {
    std::vector<Element> elements;

    void reserve(std::size_t count) { elements.reserve(count); }
    void append(std::span<const Element> more) {
      elements.insert(elements.end(), more.begin(), more.end());
    }
    void append(const Addends& other, std::size_t first, std::size_t count) {
      append(std::span(other.elements).subspan(first, count));
    }
    void clear() { elements.clear(); }
  };
  static Status append_packed(Addends& to, std::string_view packed, std::size_t column = 0,
                              std::size_t columns = 1) {
    for (std::size_t at = 32 * column; at < packed.size(); at += 32 * columns) {
      const Result<Element> element = decode(array_of<32>(packed.substr(at, 32)));
      if (!element) return element.error();
      to.elements.push_back(*element);
    }
    return ok_status();
  }
  static Element mul_base(Secret s) { return {s.value}; }
  static Element mul(Secret s, Element e) { return Element::of(s.value * e.value); }
  static const FixedBase& base() {
    static const FixedBase table(generator());
    return table;
  }
  static Element sum(std::span<const Secret> scalars, std::span<const Element> elements) {
    Element total;
    for (std::size_t i = 0; i < scalars.size(); ++i) total = total + mul(scalars[i], elements[i]);
    return total;
  }
  static Element sum_vartime(std::span<const Scalar> scalars, std::span<const Element> elements) {
    Element total;
    for (std::size_t i = 0; i < scalars.size(); ++i) {
      total = total + mul(secret_of(scalars[i]), elements[i]);
    }
    return total;
  }
  static Element sum_vartime(std::span<const Scalar> scalars, const Addends& addends) {
    return sum_vartime(scalars, addends.elements);
  }
  static std::vector<Element> sums_vartime(std::span<const Scalar> scalars,
                                           std::span<const Addends> columns) {
    std::vector<Element> result;
    for (const Addends& column : columns) result.push_back(sum_vartime(scalars, column));
    return result;
  }
  static Element generator() { return {1}; }
  static std::string encode(std::span<const Element> elements) {
    std::string packed;
    for (const Element e : elements) packed += view_of(e.encode());
    return packed;
  }
  static std::string encode_doubled(std::span<const Element> elements) {
    std::vector<Element> doubles;
    for (const Element e : elements) doubles.push_back(e + e);
    return encode(doubles);
  }
  // Not independent, of course; the equations do not mind.
  static std::vector<Element> independent_generators(std::uint64_t first, std::size_t count) {
    std::vector<Element> result;
    for (std::uint64_t i = 0; i < count; ++i) {
      result.push_back({1 + (5 * (first + i) + 3) % (order - 1)});
    }
    return result;
  }
};

}  // namespace urna::test
