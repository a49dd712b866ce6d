// SPDX-License-Identifier: EUPL-1.2
// A registrar's office over a real database, for tests: a small town, a clock that stands still
// until it is moved, pseudonyms from one key, gateways that remember what they were given.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/bytes.h"
#include "protection/pesel.h"
#include "registrar/certifying.h"
#include "registrar/complaints.h"
#include "registrar/importing.h"
#include "registrar/letters.h"
#include "registrar/messages.h"
#include "registrar/office.h"
#include "registrar/operators.h"
#include "registrar/rolling.h"
#include "registrar/sessions.h"
#include "registrar/tables.h"
#include "registrar/uses.h"
#include "storage/registrar_store.h"
#include "test/service/postgres_server.h"

namespace urna::registrar::trial {

namespace fs = std::filesystem;
using protection::SecretKey;

inline SecretKey key_of(std::uint8_t number) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(number);
  return SecretKey::of(bytes);
}

// The keepers of tests: a keyed hash, which is what two of them compute together.
class OneKey final : public PseudonymSource {
 public:
  Result<std::vector<election::Pseudonym>> pseudonyms(std::span<const std::string> identifiers,
                                                      Use use) override {
    if (down) return Error{ErrorCode::io, "too few keepers answer", {}, ""};
    (use == Use::roll ? asked_for_roll : asked_for_certificates) += identifiers.size();
    std::vector<election::Pseudonym> result;
    for (const std::string& one : identifiers) {
      result.push_back({protection::keyed_hash(key_of(77), one)});
    }
    return result;
  }
  Result<std::vector<election::Pseudonym>> pseudonyms_for_case(
      std::span<const std::string> identifiers, std::string_view number) override {
    Result<std::vector<election::Pseudonym>> made = pseudonyms(identifiers, Use::certificate);
    if (made) {
      asked_for_certificates -= identifiers.size();
      asked_for_cases[std::string(number)] += identifiers.size();
    }
    return made;
  }
  std::map<std::string, std::uint64_t> asked_for_cases;
  bool down = false;
  std::uint64_t asked_for_roll = 0, asked_for_certificates = 0;
};

// The PESEL of somebody born on a day (YYMMDD with the century in the month) with a number.
inline std::string pesel_of(const std::string& six, int number) {
  std::string ten = std::to_string(number);
  ten = six + std::string(4 - ten.size(), '0') + ten;
  return ten + protection::pesel_check_digit(ten);
}

struct Resident {
  std::string pesel, first, last, street, house, district, phone, email, guardian;
};

inline PersonFields fields_of(const Resident& one) {
  PersonFields fields;
  fields.pesel = one.pesel;
  fields.first_name = one.first;
  fields.last_name = one.last;
  return fields;
}

inline std::string csv_of(const std::vector<Resident>& residents) {
  std::string csv =
      "pesel,first_name,last_name,city,street,house,postcode,district,phone,email,"
      "guardian_pesel\r\n";
  for (const Resident& one : residents) {
    csv += one.pesel + "," + one.first + ",\"" + one.last + "\",Brzozów Górny," + one.street + "," +
           one.house + ",42-299," + one.district + "," + one.phone + "," + one.email + "," +
           one.guardian + "\r\n";
  }
  return csv;
}

// A database that is gone at the end.
class Databases {
 public:
  explicit Databases(bool postgres) : postgres_(postgres) {
    path_ = (fs::temp_directory_path() / "urna-registrar.XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
    if (postgres_) {
      static int number = 0;
      name_ = "town" + std::to_string(++number);
      auto sql = storage::open_postgres(server()->parameters()).value();
      if (!sql->run("CREATE DATABASE " + name_)) std::abort();
    }
  }
  Databases(const Databases&) = delete;
  Databases& operator=(const Databases&) = delete;
  ~Databases() { fs::remove_all(path_); }

  // Nothing if it is not installed. One for the whole program.
  static urna::trial::PostgresServer* server() {
    static const auto server = urna::trial::PostgresServer::start();
    return server.get();
  }

  [[nodiscard]] std::unique_ptr<storage::Sql> open() const {
    return postgres_ ? storage::open_postgres(server()->parameters(name_)).value()
                     : storage::open_sqlite(file()).value();
  }
  [[nodiscard]] std::string file() const { return path_ + "/registrar.db"; }
  // Of the PostgreSQL database.
  [[nodiscard]] std::string parameters() const { return server()->parameters(name_); }
  [[nodiscard]] bool postgres() const { return postgres_; }

  // Everything that lies in the database, as its own tool writes it; with SQLite also the bytes of
  // its files.
  [[nodiscard]] std::string dump() const {
    const std::string out = path_ + "/dump";
    const std::string command = postgres_
                                    ? "/usr/lib/postgresql/15/bin/pg_dump -h " +
                                          server()->folder() + " -U urna " + name_ + " >" + out
                                    : "sqlite3 " + file() + " .dump >" + out;
    if (std::system(command.c_str()) != 0) return {};
    std::string all;
    for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
      std::ifstream in(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }

 private:
  bool postgres_;
  std::string path_;
  std::string name_;
};

// The office of the town.
class Town {
 public:
  explicit Town(const Databases& databases)
      : store_(storage::make_registrar_store(databases.open()).value()) {
    policy.eligibility.day = parse_date("2026-10-01").value();
    policy.eligibility.guardian = {13, 2};
    policy.eligibility.city_pools = {{0}};
    policy.eligibility.district_pools = {{"centrum", {{1}}}, {"zawodzie", {{2}}}};
    policy.operators = {{"op-1", "", "", operator_token_hash(keys, "point one"), now - 10, now + 7200}};
  }

  [[nodiscard]] RegistrarStore& store() { return *store_; }
  [[nodiscard]] const Office& office() { return office_; }

  ImportReport import(const std::vector<Resident>& residents) {
    return import_text(csv_of(residents));
  }
  ImportReport import_text(const std::string& csv) {
    std::istringstream in(csv);
    ImportWays ways;
    ways.official = "clerk-3";
    faults.clear();
    ways.report_bad = [&](const Error& error) { faults.push_back(error); };
    const Result<ImportReport> report = import_register(office_, in, ways);
    EXPECT_TRUE(report.ok()) << report.error().to_string();
    return report ? *report : ImportReport();
  }

  // Sends all that is due through a gateway that works, or does not.
  DeliveryReport deliver(bool works = true) {
    const std::vector<std::string> titles = {"City", "Centrum", "Zawodzie"};
    const SendMessage send = [&](const OutgoingMessage& message) -> Status {
      if (!works) return Error{ErrorCode::io, "the gateway is down", {}, ""};
      sent.push_back(message);
      return ok_status();
    };
    return deliver_messages(office_, titles, send, 1000).value();
  }
  // The code in the last message to a contact; empty if there is none.
  [[nodiscard]] std::string code_sent_to(const std::string& contact) const {
    std::string code;
    for (const OutgoingMessage& message : sent) {
      if (message.contact != contact) continue;
      for (std::size_t i = 0; i + 6 <= message.text.size(); ++i) {
        const std::string six = message.text.substr(i, 6);
        if (six.find_first_not_of("0123456789") == std::string::npos) code = six;
      }
    }
    return code;
  }

  // A session of level 2 for somebody with a phone in the register.
  Result<SessionToken> with_code(const Resident& one) {
    const SessionToken token = identify(office_, IdentifierKind::pesel, fields_of(one)).value();
    EXPECT_TRUE(request_code(office_, token, Channel::sms, "", protection::Language::pl).ok());
    deliver();
    const Result<std::uint8_t> level = check_code(office_, token, code_sent_to(one.phone));
    if (!level) return level.error();
    EXPECT_EQ(*level, 2);
    return token;
  }

  std::uint64_t now = 1'790'000'000;
  RegistrarKeys keys = RegistrarKeys::from(key_of(5));
  RegistrarPolicy policy;
  OneKey pseudonyms;
  proof::SigningKey signing = proof::SigningKey::random();
  std::vector<Error> faults;
  std::vector<OutgoingMessage> sent;

 private:
  std::unique_ptr<RegistrarStore> store_;
  Clock clock_ = [this] { return now; };
  election::EditionHash edition_{sha256("an edition")};
  board::LogSecretKey log_key_ =
      board::LogSecretKey::from_seed("registrar.example/access", key_of(9).bytes()).value();
  Office office_{*store_, keys, policy, clock_, pseudonyms, edition_, signing, log_key_};
};

}  // namespace urna::registrar::trial
