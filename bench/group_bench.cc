// SPDX-License-Identifier: EUPL-1.2
// What group arithmetic costs on each backend, and how the sum of multiples grows with its length.
//
// Baseline in the same run: libsodium doing the same work element by element, through its encoded
// interface: for an encoding it adds encoded elements, which is its only way to the same bytes. It
// is run on 256 elements and stated per element, since its cost is constant. Every result is held
// against the baseline's, or for long sums against the sum of two halves, before its time is
// printed. Times are processor time of one thread, the least of several runs; interfering programs
// change times more than ratios.
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

#include "group/hash.h"
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

// Least time of up to nine runs, or fewer once a second has been spent.
double least_us(const std::function<void()>& work) {
  double least = 0;
  double spent = 0;
  for (int run = 0; run < 9 && spent < 1e6; ++run) {
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

// The backends that this processor has; the row of one that it lacks shows a dash.
std::vector<Backend> available() {
  std::vector<Backend> backends{Backend::portable};
  if (is_available(Backend::ifma)) backends.push_back(Backend::ifma);
  return backends;
}

// Times `work` for each backend and prints them per element, beside libsodium's and how many times
// longer libsodium takes.
void print_row(std::string_view what, std::size_t count, double sodium_us,
               const std::function<void(Backend)>& work) {
  std::string times;
  std::string ratios;
  for (const Backend each : available()) {
    const double us = least_us([&] { work(each); }) / static_cast<double>(count);
    times += fmt::format(" {:>8.3f} |", us);
    ratios += fmt::format(" {:>8.1f} |", sodium_us / us);
  }
  if (available().size() == 1) {
    times += fmt::format(" {:>8} |", "-");
    ratios += fmt::format(" {:>8} |", "-");
  }
  fmt::print("| {:<36} |{} {:>9.3f} |{}\n", what, times, sodium_us, ratios);
}

constexpr std::size_t batch = 4096;

void codec(const Inputs& inputs) {
  const auto each = [](double us) { return us / static_cast<double>(baseline_terms); };
  const auto encodings = std::span(inputs.encodings).first(batch);
  const auto elements = std::span(inputs.elements).first(batch);
  std::vector<ElementBytes> theirs(baseline_terms);
  const auto same = [&](const std::vector<ElementBytes>& ours) {
    return std::equal(theirs.begin(), theirs.end(), ours.begin());
  };

  int valid = 0;
  const double decode = each(least_us([&] {
    valid = 0;
    for (std::size_t i = 0; i < baseline_terms; ++i)
      valid += crypto_core_ristretto255_is_valid_point(encodings[i].data());
  }));
  require(valid == static_cast<int>(baseline_terms), "decode");
  print_row("decode_all, 4096 elements", batch, decode,
            [&](Backend backend) { require(decode_all(encodings, backend).ok(), "decode_all"); });

  const auto sodium_sums = [&](const std::function<const ElementBytes&(std::size_t)>& other) {
    return each(least_us([&] {
      for (std::size_t i = 0; i < baseline_terms; ++i)
        require(crypto_core_ristretto255_add(theirs[i].data(), encodings[i].data(),
                                             other(i).data()) == 0,
                "crypto_core_ristretto255_add");
    }));
  };
  const ElementBytes identity{};
  const double encode = sodium_sums([&](std::size_t) -> const ElementBytes& { return identity; });
  print_row("encode_all, 4096 elements", batch, encode,
            [&](Backend backend) { require(same(encode_all(elements, backend)), "encode_all"); });
  const double doubled =
      sodium_sums([&](std::size_t i) -> const ElementBytes& { return encodings[i]; });
  for (const std::size_t count : {std::size_t{256}, batch})
    print_row(fmt::format("encode_doubled_all, {} elements", count), count, doubled,
              [&](Backend backend) {
                require(same(encode_doubled_all(elements.first(count), backend)),
                        "encode_doubled_all");
              });

  const std::string domain = "urna bench";
  const double hash = each(least_us([&] {
    for (std::size_t i = 0; i < baseline_terms; ++i) {
      const std::string number = {0, 0, 0, 0, 0, 0, 0, static_cast<char>(i)};
      crypto_core_ristretto255_from_hash(theirs[i].data(), expand_message(number, domain).data());
    }
  }));
  print_row("hash_to_group_numbered, 4096 elements", batch, hash, [&](Backend backend) {
    const auto hashed = hash_to_group_numbered(domain, 0, batch, backend);
    require(hashed[200].encode() == theirs[200], "hash_to_group_numbered");
  });
}

void secret_multiples(const Inputs& inputs) {
  constexpr std::size_t count = baseline_terms;
  const auto each = [](double us) { return us / static_cast<double>(count); };
  const auto elements = std::span(inputs.elements).first(count);
  std::vector<SecretScalar> secrets;
  for (std::size_t i = 0; i < count; ++i)
    secrets.push_back(SecretScalar::from_public(inputs.scalars[i]));
  std::vector<ElementBytes> theirs(count);

  const double base = each(least_us([&] {
    for (std::size_t i = 0; i < count; ++i)
      require(crypto_scalarmult_ristretto255_base(theirs[i].data(),
                                                  inputs.scalars[i].encode().data()) == 0,
              "crypto_scalarmult_ristretto255_base");
  }));
  const FixedBase& generator = FixedBase::generator();
  print_row("mul_base", count, base, [&](Backend) {
    for (std::size_t i = 0; i < count; ++i)
      require(mul_base(secrets[i]).encode() == theirs[i], "mul_base");
  });
  print_row("generator().mul_all, 256 scalars", count, base, [&](Backend backend) {
    require(encode_all(generator.mul_all(secrets, backend), backend) == theirs, "mul_all");
  });

  const auto sodium_multiples = [&](const std::function<ElementBytes(std::size_t)>& multiple) {
    return each(least_us([&] {
      for (std::size_t i = 0; i < count; ++i) theirs[i] = multiple(i);
    }));
  };
  const double any = sodium_multiples(
      [&](std::size_t i) { return sodium_multiple(inputs.scalars[i], inputs.encodings[i]); });
  print_row("mul", count, any, [&](Backend backend) {
    for (std::size_t i = 0; i < count; ++i)
      require(mul(secrets[i], elements[i], backend).encode() == theirs[i], "mul");
  });
  const double one_element = sodium_multiples(
      [&](std::size_t i) { return sodium_multiple(inputs.scalars[i], inputs.encodings[0]); });
  print_row("FixedBase, mul_all, 256 scalars", count, one_element, [&](Backend backend) {
    const FixedBase table(elements[0]);
    require(encode_all(table.mul_all(secrets, backend), backend) == theirs, "FixedBase");
  });
  const double one_scalar = sodium_multiples(
      [&](std::size_t i) { return sodium_multiple(inputs.scalars[0], inputs.encodings[i]); });
  print_row("mul_all, 256 elements", count, one_scalar, [&](Backend backend) {
    require(encode_all(mul_all(secrets[0], elements, backend), backend) == theirs, "mul_all");
  });
}

void sums(const Inputs& inputs) {
  ElementBytes expected{};
  const double sodium = least_us([&] { expected = sodium_sum(inputs, baseline_terms); }) /
                        static_cast<double>(baseline_terms);
  std::vector<SecretScalar> secrets;
  for (std::size_t i = 0; i < baseline_terms; ++i)
    secrets.push_back(SecretScalar::from_public(inputs.scalars[i]));
  print_row("secret sum of 256 multiples", baseline_terms, sodium, [&](Backend backend) {
    const Element sum =
        multi_scalar_multiply(secrets, std::span(inputs.elements).first(baseline_terms), backend);
    require(sum.encode() == expected, "multi_scalar_multiply");
  });

  const auto public_sum = [&](std::string_view what, std::span<const Scalar> scalars,
                              std::span<const Element> elements) {
    const std::size_t count = scalars.size();
    const Element halves =
        multi_scalar_multiply_vartime(scalars.first(count / 2), elements.first(count / 2)) +
        multi_scalar_multiply_vartime(scalars.last(count / 2), elements.last(count / 2));
    if (count == baseline_terms) require(halves.encode() == expected, "two halves");
    print_row(what, count, sodium, [&](Backend backend) {
      if (!(multi_scalar_multiply_vartime(scalars, elements, backend) == halves))
        fail("two halves of a sum do not make the whole");
    });
  };
  for (std::size_t count = 16; count <= largest; count *= 4)
    public_sum(fmt::format("sum of {} multiples", count), std::span(inputs.scalars).first(count),
               std::span(inputs.elements).first(count));

  std::vector<Scalar> weights;
  for (const Scalar& scalar : inputs.scalars) {
    ScalarBytes bytes{};
    std::copy_n(scalar.encode().begin(), 16, bytes.begin());
    weights.push_back(*Scalar::decode(bytes));
  }
  // The baseline takes as long for short scalars; 256 terms would not be the sum checked above.
  for (const std::size_t count : {std::size_t{1024}, largest})
    public_sum(fmt::format("the same, {} scalars of 128 bits", count),
               std::span(weights).first(count), std::span(inputs.elements).first(count));
  const std::vector<std::span<const Element>> bases(4, std::span(inputs.elements));
  print_row("four sums of 65536, the same scalars", 4 * largest, sodium, [&](Backend backend) {
    const auto results = multi_scalar_multiply_many_vartime(inputs.scalars, bases, backend);
    require(results.size() == bases.size(), "multi_scalar_multiply_many_vartime");
  });
}

}  // namespace

int main() {
  const Inputs inputs = make_inputs();
  fmt::print("Microseconds for each element, and how many times longer libsodium takes.\n\n");
  fmt::print("| {:<36} | {:>8} | {:>8} | {:>9} | {:>8} | {:>8} |\n", "operation", "portable",
             "ifma", "libsodium", "ratio", "ratio");
  fmt::print("|{:-<38}|{:->10}|{:->10}|{:->11}|{:->10}|{:->10}|\n", "", ":", ":", ":", ":", ":");
  codec(inputs);
  secret_multiples(inputs);
  sums(inputs);
}
