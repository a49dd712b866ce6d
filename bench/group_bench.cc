// SPDX-License-Identifier: EUPL-1.2
// What group arithmetic costs, and how the sum of multiples grows with its length.
//
// Baseline in the same run: libsodium doing the same work element by element, through its encoded
// interface. For sums it is run on at most 256 terms and stated per term, since its cost per term
// is constant. Every result is held against the baseline's before its time is printed. Times are
// processor time of one thread, the least of several runs; interfering programs change times more
// than ratios.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <random>
#include <sodium/crypto_core_ristretto255.h>
#include <sodium/crypto_scalarmult_ristretto255.h>
#include <string>
#include <string_view>
#include <vector>

#include "group/multiply.h"
#include "group/multiply_vartime.h"

namespace {

using namespace urna::group;

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "group_bench: {}\n", why);
  std::exit(1);
}

void require(bool condition, const char* what) {
  if (!condition) fail(std::string(what) + ": a result differs from libsodium's");
}

double processor_us() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Least time of up to five runs, or fewer once a second has been spent.
double least_us(const std::function<void()>& work) {
  double least = 0;
  double spent = 0;
  for (int run = 0; run < 5 && spent < 1e6; ++run) {
    const double start = processor_us();
    work();
    const double took = processor_us() - start;
    least = run == 0 ? took : std::min(least, took);
    spent += took;
  }
  return least;
}

struct Inputs {
  std::vector<Scalar> scalars;
  std::vector<Element> elements;
  std::vector<ElementBytes> encodings;
};

constexpr std::size_t largest = std::size_t{1} << 16U;
constexpr std::size_t baseline_terms = 256;

// Scalars are random; elements are decoded, as they come from a record.
Inputs make_inputs() {
  std::mt19937_64 engine(20240615);
  Inputs inputs;
  for (std::size_t i = 0; i < largest; ++i) {
    std::array<std::uint8_t, 64> bytes{};
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(engine());
    inputs.scalars.push_back(Scalar::from_uniform_bytes(bytes));
    inputs.encodings.push_back(Element::from_uniform_bytes(bytes).encode());
  }
  auto decoded = decode_all(inputs.encodings);
  if (!decoded) fail(decoded.error().message);
  inputs.elements = *std::move(decoded);
  return inputs;
}

ElementBytes sodium_multiple(const Scalar& scalar, const ElementBytes& encoding) {
  ElementBytes result{};
  require(
      crypto_scalarmult_ristretto255(result.data(), scalar.encode().data(), encoding.data()) == 0,
      "crypto_scalarmult_ristretto255");
  return result;
}

ElementBytes sodium_sum(const Inputs& inputs, std::size_t count) {
  ElementBytes sum{};
  for (std::size_t i = 0; i < count; ++i) {
    const ElementBytes term = sodium_multiple(inputs.scalars[i], inputs.encodings[i]);
    require(crypto_core_ristretto255_add(sum.data(), sum.data(), term.data()) == 0,
            "crypto_core_ristretto255_add");
  }
  return sum;
}

void print_row(std::string_view what, double ours_us, double sodium_us) {
  fmt::print("| {:<34} | {:>9.3f} | {:>9.3f} | {:>6.1f} |\n", what, ours_us, sodium_us,
             sodium_us / ours_us);
}

void single_operations(const Inputs& inputs) {
  constexpr std::size_t count = baseline_terms;
  const auto each = [](double us) { return us / static_cast<double>(count); };
  std::vector<Element> elements(count);
  std::vector<ElementBytes> ours(count);
  std::vector<ElementBytes> theirs(count);

  const double decode = least_us([&] {
    for (std::size_t i = 0; i < count; ++i) elements[i] = *Element::decode(inputs.encodings[i]);
  });
  int valid = 0;
  const double sodium_decode = least_us([&] {
    valid = 0;
    for (std::size_t i = 0; i < count; ++i)
      valid += crypto_core_ristretto255_is_valid_point(inputs.encodings[i].data());
  });
  require(valid == static_cast<int>(count), "decode");
  print_row("decode", each(decode), each(sodium_decode));

  // libsodium has no batch: doubling an encoded element is its way to the same bytes.
  const double encode =
      least_us([&] { ours = encode_doubled_all(std::span(inputs.elements).first(count)); });
  const double sodium_encode = least_us([&] {
    for (std::size_t i = 0; i < count; ++i)
      require(crypto_core_ristretto255_add(theirs[i].data(), inputs.encodings[i].data(),
                                           inputs.encodings[i].data()) == 0,
              "crypto_core_ristretto255_add");
  });
  require(ours == theirs, "batch encode");
  print_row("double and encode, batch of 256", each(encode), each(sodium_encode));

  std::vector<SecretScalar> secrets;
  for (std::size_t i = 0; i < count; ++i)
    secrets.push_back(SecretScalar::from_public(inputs.scalars[i]));
  static_cast<void>(FixedBase::generator());
  const double base = least_us([&] {
    for (std::size_t i = 0; i < count; ++i) ours[i] = mul_base(secrets[i]).encode();
  });
  const double sodium_base = least_us([&] {
    for (std::size_t i = 0; i < count; ++i)
      require(crypto_scalarmult_ristretto255_base(theirs[i].data(),
                                                  inputs.scalars[i].encode().data()) == 0,
              "crypto_scalarmult_ristretto255_base");
  });
  require(ours == theirs, "mul_base");
  print_row("secret multiple of the generator", each(base), each(sodium_base));

  const double sodium_mul = least_us([&] {
    for (std::size_t i = 0; i < count; ++i)
      theirs[i] = sodium_multiple(inputs.scalars[i], inputs.encodings[0]);
  });
  const double any = least_us([&] {
    for (std::size_t i = 0; i < count; ++i)
      ours[i] = mul(secrets[i], *Element::decode(inputs.encodings[0])).encode();
  });
  require(ours == theirs, "mul");
  print_row("secret multiple of any element", each(any), each(sodium_mul));
  const double fixed = least_us([&] {
    const FixedBase table(inputs.elements[0]);
    for (std::size_t i = 0; i < count; ++i) ours[i] = table.mul(secrets[i]).encode();
  });
  require(ours == theirs, "FixedBase");
  print_row("256 secret multiples of one element", each(fixed), each(sodium_mul));
}

void sums(const Inputs& inputs) {
  ElementBytes expected{};
  const double sodium = least_us([&] { expected = sodium_sum(inputs, baseline_terms); }) /
                        static_cast<double>(baseline_terms);
  require(multi_scalar_multiply_vartime(std::span(inputs.scalars).first(baseline_terms),
                                        std::span(inputs.elements).first(baseline_terms))
                  .encode() == expected,
          "multi_scalar_multiply_vartime");

  double previous = 0;
  for (std::size_t count = 64; count <= largest; count *= 2) {
    const auto scalars = std::span(inputs.scalars).first(count);
    const auto elements = std::span(inputs.elements).first(count);
    Element sum;
    const double total = least_us([&] { sum = multi_scalar_multiply_vartime(scalars, elements); });
    // The halves, by the other way of splitting, must add up to the whole.
    const Element halves =
        multi_scalar_multiply_vartime(scalars.first(count / 2), elements.first(count / 2)) +
        multi_scalar_multiply_vartime(scalars.last(count / 2), elements.last(count / 2));
    if (!(halves == sum)) fail("two halves of a sum do not make the whole");
    print_row(fmt::format("sum of {} multiples, per term{}", count,
                          previous == 0 ? "" : fmt::format(" (x{:.2f})", total / previous)),
              total / static_cast<double>(count), sodium);
    previous = total;
  }
}

}  // namespace

int main() {
  const Inputs inputs = make_inputs();
  fmt::print("Microseconds each. (x…): total time against the sum half as long.\n\n");
  fmt::print("| {:<34} | {:>9} | {:>9} | {:>6} |\n", "operation", "urna", "libsodium", "ratio");
  fmt::print("|{:-<36}|{:->11}|{:->11}|{:->8}|\n", "", ":", ":", ":");
  single_operations(inputs);
  sums(inputs);
}
