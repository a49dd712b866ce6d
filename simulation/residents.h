// SPDX-License-Identifier: EUPL-1.2
// Residents who vote over HTTP as a browser would: identify, receive a code, certify a fresh key,
// encrypt, cast, and check the receipt. For demonstrations, tests and load.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "count/instance.h"

namespace urna::simulation {

// Invented people only: a real person's data do not belong into such a file.
struct Resident {
  std::string first_name;
  std::string last_name;
  std::string pesel;
  std::string phone;               // "+48…"
  std::vector<std::string> pools;  // ids of the pools in which they vote
  // Typed for the code, in place of the register's telephone; empty: the register's is used.
  std::string given_phone = {};
  // Where they sit, for registrars that believe X-Forwarded-For from this machine; empty: not said.
  std::string address = {};
  bool at_point = false;  // an official vouches for them; no code
};

// Reads a JSON array of objects with the members of Resident. Errors: malformed, limit.
[[nodiscard]] Result<std::vector<Resident>> read_residents(const std::string& path);

struct Services {
  std::string registrar;  // addresses of the services, without a path
  std::string box;
  std::string sms_inbox;         // the control address of the test SMS gateway
  std::string point_token = {};  // an official's, for residents who come to a point
};

// A ballot that was recorded, with a receipt that holds.
struct Acknowledged {
  std::string entry;  // its leaf hash
  std::uint64_t index = 0;
  std::string receipt;  // encoded
};

struct Plan {
  Services services;
  std::vector<Resident> residents;
  // The votes of each pool by its id: each resident who votes there casts the next one.
  std::map<std::string, count::Instance> votes;
  unsigned threads = 16;
  std::function<void(std::uint64_t done, std::uint64_t of)> progress = [](std::uint64_t,
                                                                          std::uint64_t) {};
  // Called from the voters' threads, one at a time.
  std::function<void(const Acknowledged&)> acknowledged = [](const Acknowledged&) {};
};

struct Outcome {
  std::uint64_t residents = 0;        // who have voted wherever they wanted to
  std::uint64_t ballots = 0;          // recorded, with a receipt that holds
  std::uint64_t failed = 0;           // residents who could not
  std::vector<std::string> failures;  // the first few, in words
};

// Lets all residents vote. Waits and tries again when told to, and begins again, a few times, after
// a failure; a ballot that was made is sent again as it is. Errors: io (a service cannot be
// reached at all), malformed (the record's manifest).
[[nodiscard]] Result<Outcome> vote(const Plan& plan);

}  // namespace urna::simulation
