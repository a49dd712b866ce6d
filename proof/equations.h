// SPDX-License-Identifier: EUPL-1.2
// What verification comes down to: equations "sum of scalar times element = 0" between public
// encoded elements. A check adds its equations to a sink, which tests them at once (Direct) or
// collects them for one large sum (Batch, batch.h).
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "proof/suite.h"
#include "proof/transcript.h"

namespace urna::proof {

// A sink for equations over the suite S: open() begins an equation; add() adds a term to it.
// challenge() gives the scalar of a challenge, or what stands for it as a term's scalar until the
// next one is asked for.
template <class Sink, class S>
concept EquationSink = requires(Sink& sink, const typename S::Scalar& scalar,
                                const ElementBytes& element, Transcript transcript,
                                WrittenTranscript written) {
  sink.open();
  sink.add(sink.challenge(std::move(transcript), "c"), element);
  sink.add(sink.challenge(std::move(written), "c"), element);
  sink.add(scalar, element);
  sink.add_generator(scalar);
};

// Tests equations one by one, as they come.
template <class S>
class Direct {
 public:
  template <class Store>
  typename S::Scalar challenge(BasicTranscript<Store> transcript, std::string_view name) {
    return S::scalar_of_digest(transcript.challenge(name));
  }
  void open() { close(); }
  void add(const typename S::Scalar& scalar, const ElementBytes& bytes) {
    const auto element = S::decode(bytes);
    if (!element) {
      holds_ = false;
      return;
    }
    add_element(scalar, *element);
  }
  void add_generator(const typename S::Scalar& scalar) { add_element(scalar, S::generator()); }
  // Whether every equation so far holds and every element is one.
  [[nodiscard]] bool holds() {
    close();
    return holds_;
  }

 private:
  void add_element(const typename S::Scalar& scalar, const typename S::Element& element) {
    sum_ = sum_ + S::sum_vartime(std::span(&scalar, 1), std::span(&element, 1));
  }
  void close() {
    holds_ = holds_ && sum_ == typename S::Element();
    sum_ = typename S::Element();
  }
  typename S::Element sum_{};
  bool holds_ = true;
};

// Items of 32 bytes in a packed list.
[[nodiscard]] inline std::size_t packed_count(std::string_view packed) {
  return packed.size() / sizeof(ElementBytes);
}
// Precondition (else the program stops): index < packed_count(packed).
[[nodiscard]] inline ElementBytes packed_at(std::string_view packed, std::size_t index) {
  return array_of<sizeof(ElementBytes)>(packed.substr(index * sizeof(ElementBytes), 32));
}

// Elements at positions column, column + stride, … of a packed list.
[[nodiscard]] inline std::string every_nth(std::string_view packed, std::size_t column,
                                           std::size_t stride) {
  std::string result;
  result.reserve(packed.size() / stride);
  for (std::size_t at = 32 * column; at < packed.size(); at += 32 * stride) {
    result += packed.substr(at, 32);
  }
  return result;
}

}  // namespace urna::proof
