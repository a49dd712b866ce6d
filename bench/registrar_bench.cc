// SPDX-License-Identifier: EUPL-1.2
// What the registrar's work on a register costs: importing it, importing it again, building the
// roll, and certifying. Pseudonyms are keyed hashes here, so that the keepers' part, which
// pseudonym_bench measures, is not in the times. Seconds of the clock and of the processor. Then
// what noting events for signals adds to identifying and certifying. At the end, whether the time
// of an answer to "was my identity used?" tells what it says.
//
//   registrar_bench [PEOPLE [POSTGRES-PARAMETERS]]      200000 people, SQLite in a temporary folder
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "api/uses_answer.h"
#include "group/multiply.h"
#include "protection/pesel.h"
#include "registrar/certifying.h"
#include "registrar/importing.h"
#include "registrar/rolling.h"
#include "registrar/uses.h"
#include "storage/registrar_store.h"

namespace {

using namespace urna;
using namespace urna::registrar;

[[noreturn]] void fail(const std::string& what) {
  fmt::print(stderr, "registrar_bench: {}\n", what);
  std::exit(1);
}

template <typename T>
T take(Result<T> result) {
  if (!result) fail(result.error().to_string());
  return *std::move(result);
}

class HashedPseudonyms final : public PseudonymSource {
 public:
  Result<std::vector<election::Pseudonym>> pseudonyms(std::span<const std::string> identifiers,
                                                      Use /*use*/) override {
    std::vector<election::Pseudonym> result;
    for (const std::string& one : identifiers) {
      result.push_back({protection::keyed_hash(key_, one)});
    }
    return result;
  }
  Result<std::vector<election::Pseudonym>> pseudonyms_for_case(
      std::span<const std::string> identifiers, std::string_view /*number*/) override {
    return pseudonyms(identifiers, Use::certificate);
  }

 private:
  protection::SecretKey key_ = protection::SecretKey::random();
};

std::string pesel_of(std::size_t person) {
  const std::size_t day = 1 + person / 10'000 % 28;
  const std::size_t month = 1 + person / 280'000 % 12;
  const std::size_t year = 40 + person / 3'360'000 % 60;
  const std::string ten = fmt::format("{:02}{:02}{:02}{:04}", year, month, day, person % 10'000);
  return ten + protection::pesel_check_digit(ten);
}

std::string csv_of(std::size_t people) {
  std::string csv =
      "pesel,first_name,last_name,city,street,house,flat,postcode,district,phone,email\n";
  for (std::size_t i = 0; i < people; ++i) {
    csv += fmt::format(
        "{},Anna Maria,Nowak-Kowalska{},Brzozów Górny,ul. Długa,{},{},42-299,Centrum,{},"
        "osoba{}@poczta.example\n",
        pesel_of(i), i % 5000, 1 + i % 150, 1 + i % 40, 600'000'000 + i, i);
  }
  return csv;
}

// Prints both times of the work.
class Stopwatch {
 public:
  explicit Stopwatch(std::string what) : what_(std::move(what)) {}
  void stop(std::size_t count) const {
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
    const double processor =
        static_cast<double>(std::clock() - processor_) / static_cast<double>(CLOCKS_PER_SEC);
    fmt::print("{:<28} {:>9.2f} s {:>9.2f} s processor {:>9.1f} us each\n", what_, wall, processor,
               processor * 1e6 / static_cast<double>(count));
  }

 private:
  std::string what_;
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  std::clock_t processor_ = std::clock();
};

// Times of answers, in microseconds, without the slowest tenth, which is other programs.
struct Times {
  std::vector<double> all;
  [[nodiscard]] Times without_slowest() const {
    Times kept = *this;
    std::ranges::sort(kept.all);
    kept.all.resize(kept.all.size() * 9 / 10);
    return kept;
  }
  [[nodiscard]] double mean() const {
    double sum = 0;
    for (const double one : all) sum += one;
    return sum / static_cast<double>(all.size());
  }
  [[nodiscard]] double variance() const {
    const double middle = mean();
    double sum = 0;
    for (const double one : all) sum += (one - middle) * (one - middle);
    return sum / static_cast<double>(all.size() - 1);
  }
};

// Asks alternately about somebody in whose name much was done and somebody in whose name nothing
// was, in random order, and compares the means (Welch's t). False: they differ beyond a wide bound.
bool times_are_alike(const Office& office, const SessionToken& much, const SessionToken& nothing) {
  constexpr int rounds = 3'000;
  constexpr double bound = 10;
  std::array<Times, 2> times;
  for (int i = 0; i < rounds; ++i) {
    const std::size_t first = protection::random_below(2);
    for (const std::size_t which : {first, 1 - first}) {
      const auto begin = std::chrono::steady_clock::now();
      const Uses uses = take(tell_uses(office, which == 0 ? much : nothing));
      const std::string answer = api::uses_json(office, uses);
      const std::chrono::duration<double, std::micro> taken =
          std::chrono::steady_clock::now() - begin;
      if (answer.size() != api::uses_answer_bytes || uses.uses.empty() != (which == 1)) {
        fail("a wrong answer");
      }
      times.at(which).all.push_back(taken.count());
    }
  }
  const Times a = times[0].without_slowest();
  const Times b = times[1].without_slowest();
  const double error = std::sqrt(a.variance() / static_cast<double>(a.all.size()) +
                                 b.variance() / static_cast<double>(b.all.size()));
  const double t = (a.mean() - b.mean()) / error;
  fmt::print(
      "was my identity used?  {:.1f} us where much was done, {:.1f} us where nothing was; "
      "t = {:.2f}, {} answers each\n",
      a.mean(), b.mean(), t, rounds);
  return std::abs(t) < bound;
}

// Identifies and certifies by turns with events noted and without; how much longer it takes with
// them.
double cost_of_events(const Office& office, const PersonFields& fields,
                      const group::ElementBytes& voter) {
  constexpr int rounds = 20;
  constexpr int people = 50;
  RegistrarPolicy silent_policy = office.policy;
  silent_policy.signal_events = false;
  const Office silent{office.store,      office.keys,    silent_policy,  office.clock,
                      office.pseudonyms, office.edition, office.signing, office.log_key};
  std::array<Times, 2> times;
  for (int round = 0; round < rounds; ++round) {
    for (const bool noted : {round % 2 == 0, round % 2 == 1}) {
      const Office& one = noted ? office : silent;
      const auto begin = std::chrono::steady_clock::now();
      for (int i = 0; i < people; ++i) {
        (void)take(identify(one, IdentifierKind::pesel, fields, {"10.1.2.3", false}));
        const SessionToken token =
            take(accept_electronic_identity(one, IdentifierKind::pesel, fields));
        (void)take(certify(one, token, voter, {"10.1.2.3", false}));
      }
      const std::chrono::duration<double, std::micro> taken =
          std::chrono::steady_clock::now() - begin;
      times.at(noted ? 1 : 0).all.push_back(taken.count() / people);
    }
  }
  std::array<double, 2> medians{};
  for (std::size_t i = 0; i < 2; ++i) {
    std::ranges::sort(times.at(i).all);
    medians.at(i) = times.at(i).all[rounds / 2];
  }
  fmt::print(
      "identify, establish and certify: {:.0f} us without events for signals, {:.0f} us with; "
      "ratio "
      "{:.3f} (medians of {} blocks of {} people each, by turns)\n",
      medians[0], medians[1], medians[1] / medians[0], rounds, people);
  return medians[1] / medians[0];
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t people = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 200'000;
  if (people < 3 || people > 3'000'000) fail("between 3 and 3000000 people");
  std::string folder = (std::filesystem::temp_directory_path() / "urna-bench.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) fail("no temporary folder");
  const auto store = take(storage::make_registrar_store(
      take(argc > 2 ? storage::open_postgres(argv[2])
                    : storage::open_sqlite(folder + "/registrar.db"))));

  const RegistrarKeys keys = RegistrarKeys::from(protection::SecretKey::random());
  RegistrarPolicy policy;
  policy.eligibility.day = take(parse_date("2026-10-01"));
  policy.eligibility.city_pools = {{0}};
  policy.eligibility.district_pools = {{"centrum", {{1}}}};
  policy.certificates_per_person = 10'000;
  policy.checks_per_day = 1'000'000;
  std::uint64_t now = 1'790'000'000;
  const Clock clock = [&now] { return now; };
  HashedPseudonyms pseudonyms;
  const election::EditionHash edition{sha256("bench")};
  const proof::SigningKey signing = proof::SigningKey::random();
  const board::LogSecretKey log_key = take(board::LogSecretKey::generate("bench/access"));
  const Office office{*store, keys, policy, clock, pseudonyms, edition, signing, log_key};

  const std::string csv = csv_of(people);
  ImportWays ways;
  ways.official = "bench";
  for (const char* what : {"import", "the same file again"}) {
    std::istringstream in(csv);
    const Stopwatch watch(what);
    const ImportReport report = take(import_register(office, in, ways));
    watch.stop(people);
    if (report.added + report.unchanged != people) fail("not everybody was imported");
  }
  {
    const Stopwatch watch("build the roll");
    const RollReport report = take(build_roll(office, "bench", {}));
    watch.stop(people);
    if (report.people != people) fail("not everybody is on the roll");
  }
  constexpr std::size_t certificates = 500;
  const group::ElementBytes voter =
      group::mul(group::SecretScalar::random(), group::Element::generator()).encode();
  PersonFields fields;
  fields.first_name = "Anna Maria";
  fields.last_name = "Nowak-Kowalska0";
  fields.pesel = pesel_of(0);
  const Stopwatch watch("establish and certify");
  for (std::size_t i = 0; i < certificates; ++i) {
    const SessionToken token =
        take(accept_electronic_identity(office, IdentifierKind::pesel, fields));
    (void)take(certify(office, token, voter));
  }
  watch.stop(certificates);
  (void)cost_of_events(office, fields, voter);

  // In another hour each, so that nothing is counted together.
  fields.last_name = "Nowak-Kowalska1";
  fields.pesel = pesel_of(1);
  const auto established = [&] {
    return take(accept_electronic_identity(office, IdentifierKind::pesel, fields));
  };
  for (int i = 0; i < 40; ++i) {
    now += 3600;
    (void)take(certify(office, established(), voter));
  }
  const SessionToken much = established();
  fields.last_name = "Nowak-Kowalska2";
  fields.pesel = pesel_of(2);
  const bool alike = times_are_alike(office, much, established());
  std::filesystem::remove_all(folder);
  if (!alike) fail("the times of answers differ");
  return 0;
}
