// SPDX-License-Identifier: EUPL-1.2
// What a blinded list check takes: a roll of 100,000 and a list of 1,000, two keepers.
//
//   listcheck_bench [ROLL [LIST]]
//
// Baseline in the same run: a loop over libsodium that does to one element after another what each
// takes: hash and map, multiply, encode; a keeper's multiple and its share of the proof (a hash and
// a multiple), verifying with two multiples and a hash, combining with two multiples; unblinding
// for the pseudonym; the unit's multiple. It is timed for some elements and multiplied. Processor
// time of one thread. The result is held against a plain intersection of the two sets.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <set>
#include <sodium.h>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "group/hash.h"
#include "pseudonym/blinding.h"
#include "pseudonym/ceremony.h"
#include "pseudonym/list_check.h"
#include "pseudonym/voprf.h"

namespace {

using namespace urna;
using namespace urna::pseudonym;

[[noreturn]] void fail(const char* what) {
  fmt::print(stderr, "listcheck_bench: {}\n", what);
  std::exit(1);
}

double processor_s() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

template <typename Work>
double seconds(Work work) {
  const double start = processor_s();
  work();
  return processor_s() - start;
}

// Seconds of libsodium for one element.
struct Baseline {
  double map = 0, multiple = 0, scalar = 0;
};

Baseline libsodium() {
  constexpr std::string_view domain = "HashToGroup-OPRFV1-\x01-ristretto255-SHA512";
  constexpr std::size_t count = 512;
  std::vector<std::array<unsigned char, 32>> elements(count);
  std::array<unsigned char, 32> scalar{};
  std::array<unsigned char, 32> product{};
  crypto_core_ristretto255_scalar_random(scalar.data());
  Baseline each;
  each.map = seconds([&] {
    for (std::size_t i = 0; i < count; ++i) {
      const auto uniform = group::expand_message(std::to_string(i), domain);
      crypto_core_ristretto255_from_hash(elements[i].data(), uniform.data());
    }
  });
  each.multiple = seconds([&] {
    for (const auto& element : elements) {
      if (crypto_scalarmult_ristretto255(product.data(), scalar.data(), element.data()) != 0) {
        fail("libsodium refused an element");
      }
    }
  });
  const auto ours =
      multiply_each(group::SecretScalar::decode(scalar).value(), view_of(elements.back()));
  if (*ours != view_of(product)) fail("libsodium multiplies otherwise");
  each.scalar = seconds([&] {
    for (const auto& element : elements) {
      const auto uniform = group::expand_message(view_of(element), domain);
      crypto_core_ristretto255_scalar_reduce(product.data(), uniform.data());
    }
  });
  for (double* one : {&each.map, &each.multiple, &each.scalar}) *one /= count;
  return each;
}

void row(const char* what, double ours, double theirs) {
  fmt::print("| {:<44} | {:>7.2f} | {:>9.2f} | {:>5.1f} |\n", what, ours, theirs, theirs / ours);
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) fail("libsodium does not start");
  const std::size_t roll_size = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const std::size_t list_size = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000;
  if (roll_size < 100 || roll_size > roll_people_max || list_size < 20 ||
      list_size > std::min(roll_size / 2, list_people_max)) {
    fail("a roll of at least 100, a list of at least 20 and at most half of it");
  }
  const Baseline base = libsodium();
  const KeepersTogether keepers = make_keepers_together(2, 2).value();

  std::vector<SecretBytes> bytes;
  for (std::size_t i = 0; i < roll_size; ++i) {
    bytes.push_back(*pseudonym_input("pl-bench-2026", fmt::format("pesel:{:011}", i)));
  }
  std::vector<std::string_view> roll;
  for (const SecretBytes& one : bytes) roll.push_back(one.view());
  // Every other one of the first: on the list; a tenth of the list is on no roll.
  std::vector<std::string> strangers;
  for (std::size_t i = 0; i < list_size / 10; ++i)
    strangers.push_back(fmt::format("stranger {}", i));
  std::vector<std::string_view> list(strangers.begin(), strangers.end());
  for (std::size_t i = 0; list.size() < list_size; ++i) list.push_back(roll[2 * i]);

  double keeper_s = 0;
  double combine_s = 0;
  const auto evaluated = [&](const std::string& blinded) {
    std::string all;
    for (std::size_t begin = 0; begin < blinded.size(); begin += 32 * batch_max) {
      const std::string batch = blinded.substr(begin, 32 * batch_max);
      std::vector<EvaluateResponse> answers;
      for (const KeyShare& share : keepers.shares) {
        keeper_s += seconds([&] {
          answers.push_back(
              {share.keeper(),
               evaluate(share.secret(), keepers.group.share_key(share.keeper()), batch).value()});
        });
      }
      combine_s += seconds([&] { all += combine_answers(keepers.group, batch, answers).value(); });
    }
    return all;
  };

  BlindedList blinded;
  const double unit_blind = seconds([&] { blinded = blind_list(list, {}).value(); });
  ListTable table;
  double office = 0;
  const group::SecretScalar secret = group::SecretScalar::random();
  std::string own;
  office += seconds([&] { own = blind_each(secret, roll); });
  table.people = evaluated(own);
  std::vector<PseudonymBytes> pseudonyms;
  office += seconds([&] {
    const std::string bare = multiply_each(secret.inverted(), table.people).value();
    for (std::size_t i = 0; i < roll.size(); ++i) {
      pseudonyms.push_back(pseudonym_of(
          output_of(roll[i], array_of<32>(std::string_view(bare).substr(32 * i, 32)))));
    }
  });
  std::string twice;
  office += seconds([&] { twice = multiply_each(secret, blinded.request.blinded).value(); });
  table.list = sorted_set(evaluated(twice));

  // A third of the roll voted: the first ones.
  const std::size_t voted = roll_size / 3;
  ListClasses classes;
  std::string question;
  const double ask = seconds([&] {
    classes.classes = {sorted_set(std::string_view(table.people).substr(32 * voted)),
                       sorted_set(std::string_view(table.people).substr(0, 32 * voted))};
    question = encode(classes);
  });
  ListAnswer answer;
  const double unit_answer =
      seconds([&] { answer = answer_classes(blinded.secret, question, 10, roll_size).value(); });
  std::vector<std::uint64_t> matches;
  const double count = seconds([&] { matches = count_matches(table, question, answer).value(); });

  const std::set<std::string_view> plain(list.begin(), list.end());
  std::vector<std::uint64_t> expected(2);
  for (std::size_t i = 0; i < roll_size; ++i) expected[i < voted ? 1 : 0] += plain.count(roll[i]);
  if (matches != expected) fail("not what a plain intersection counts");

  const auto n = static_cast<double>(roll_size);
  const auto m = static_cast<double>(list_size);
  const double both = n + m;
  fmt::print("A roll of {}, a list of {}, {} of them voted for; seconds of processor time\n\n",
             roll_size, list_size, matches[1]);
  fmt::print("| {:<44} | {:>7} | {:>9} | {:>5} |\n|---|--:|--:|--:|\n", "", "urna", "libsodium",
             "ratio");
  row("unit: blind the list", unit_blind, m * (base.map + base.multiple));
  row("register office: blind, unblind, pseudonyms", office,
      n * (base.map + 2 * base.multiple) + m * base.multiple);
  row("two keepers: answer and prove", keeper_s, 2 * both * (2 * base.multiple + base.scalar));
  row("register office: verify and combine", combine_s,
      both * (2 * (2 * base.multiple + base.scalar) + 2 * base.multiple));
  row("checker: classes", ask, ask);
  row("unit: answer", unit_answer, n * base.multiple);
  row("checker: count", count, count);
  row("all of it", unit_blind + office + keeper_s + combine_s + ask + unit_answer + count,
      m * (base.map + 2 * base.multiple) + n * (base.map + 3 * base.multiple) +
          2 * both * (2 * base.multiple + base.scalar) +
          both * (6 * base.multiple + 2 * base.scalar) + ask + count);
  return 0;
}
