// SPDX-License-Identifier: EUPL-1.2
// What the registrar does for signals, in a process beside the one that is measured: again and
// again it reads a day's events from its database, opens each, and looks for what is together.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>
#include <random>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "integrity/signal.h"
#include "registrar/events.h"
#include "storage/registrar_store.h"

namespace urna::bench {

class SignalsBeside {
 public:
  // A database with so many events in a new file, read and searched every `every`. Ends the program
  // on an error.
  SignalsBeside(const std::string& file, std::size_t events, std::chrono::milliseconds every) {
    prepare(file, events);
    id_ = ::fork();
    if (id_ != 0) return;
    watch(file, invented(events), every);
    std::_Exit(0);
  }
  SignalsBeside(const SignalsBeside&) = delete;
  SignalsBeside& operator=(const SignalsBeside&) = delete;
  ~SignalsBeside() {
    ::kill(id_, SIGTERM);
    ::waitpid(id_, nullptr, 0);
  }

  // What one look takes, in seconds.
  static double one_look(const std::string& file, std::size_t events) {
    prepare(file, events);
    const std::vector<integrity::Event> certified = invented(events);
    const auto begin = std::chrono::steady_clock::now();
    Opened office(file);
    look(office, certified);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    fmt::print(stderr, "signals: {}\n", what);
    std::_Exit(1);
  }
  template <typename T>
  static T take(Result<T> result) {
    if (!result) fail(result.error().to_string());
    return *std::move(result);
  }
  class NoPseudonyms final : public registrar::PseudonymSource {
   public:
    Result<std::vector<election::Pseudonym>> pseudonyms(std::span<const std::string> /*of*/,
                                                        Use /*use*/) override {
      return Error{ErrorCode::io, "there are no keepers here"};
    }
    Result<std::vector<election::Pseudonym>> pseudonyms_for_case(
        std::span<const std::string> /*of*/, std::string_view /*number*/) override {
      return Error{ErrorCode::io, "there are no keepers here"};
    }
  };
  struct Opened {
    explicit Opened(const std::string& file)
        : store(take(storage::make_registrar_store(take(storage::open_sqlite(file))))) {}
    std::unique_ptr<registrar::RegistrarStore> store;
    registrar::RegistrarKeys keys = registrar::RegistrarKeys::from(
        protection::SecretKey::of(std::array<std::uint8_t, 32>{1, 2, 3}));
    registrar::RegistrarPolicy policy;
    registrar::Clock clock = [] { return std::uint64_t{1'790'000'000}; };
    NoPseudonyms pseudonyms;
    election::EditionHash edition{};
    proof::SigningKey signing = proof::SigningKey::random();
    board::LogSecretKey log_key = take(board::LogSecretKey::generate("bench/access"));
    registrar::Office office{*store, keys, policy, clock, pseudonyms, edition, signing, log_key};
  };

  static void prepare(const std::string& file, std::size_t events) {
    Opened opened(file);
    const Status noted =
        opened.store->transact([&](registrar::RegistrarTransaction& transaction) -> Status {
          for (std::size_t i = 0; i < events; ++i) {
            Status one = registrar::note_attempt(
                transaction, opened.office,
                {fmt::format("10.0.{}.{}", i / 500, i / 2 % 250), false}, true);
            if (!one) return one;
          }
          return ok_status();
        });
    if (!noted) fail(noted.error().to_string());
  }

  // As many people certified within a day; two of a network, one of ten with somebody's telephone.
  static std::vector<integrity::Event> invented(std::size_t events) {
    std::mt19937_64 random(7);
    std::vector<integrity::Token> networks(events / 2 + 1);
    for (integrity::Token& one : networks) {
      for (std::uint8_t& octet : one.octets) octet = static_cast<std::uint8_t>(random());
    }
    std::vector<integrity::Event> made(events);
    for (std::size_t i = 0; i < events; ++i) {
      integrity::Event& one = made[i];
      one.minute = 29'800'000 / 1440 * 1440 + random() % 1440;
      one.network = networks[random() % networks.size()];
      integrity::Token contact;
      for (std::uint8_t& octet : contact.octets) octet = static_cast<std::uint8_t>(random());
      one.contact = i > 0 && random() % 10 == 0 ? made[i - 1].contact : contact;
      one.age = static_cast<std::uint8_t>(16 + random() % 70);
      one.initial = static_cast<std::uint8_t>(1 + random() % integrity::initials);
    }
    return made;
  }

  static void look(Opened& opened, const std::vector<integrity::Event>& certified) {
    if (take(registrar::read_events(opened.office, "service", "bench")).size() !=
        certified.size()) {
      fail("events are missing");
    }
    (void)integrity::cluster(integrity::find_signals(certified));
  }

  static void watch(const std::string& file, const std::vector<integrity::Event>& certified,
                    std::chrono::milliseconds every) {
    Opened opened(file);
    for (auto next = std::chrono::steady_clock::now();; next += every) {
      look(opened, certified);
      std::this_thread::sleep_until(next + every);
    }
  }

  pid_t id_ = -1;
};

}  // namespace urna::bench
