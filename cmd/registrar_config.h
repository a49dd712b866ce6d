// SPDX-License-Identifier: EUPL-1.2
// The registrar's configuration, and everything it opens.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http_client.h"
#include "adapters/openid_connect.h"
#include "adapters/sms_gateway.h"
#include "adapters/smtp_mail.h"
#include "base/result.h"
#include "cases/clocks.h"
#include "cmd/service.h"
#include "election/manifest.h"
#include "protection/register.h"
#include "registrar/messages.h"
#include "registrar/office.h"
#include "registrar/ports/letter_printer.h"

namespace urna::cmd {

struct RegistrarConfig {
  server::ServerConfig http;
  std::string store;
  std::string manifest;
  std::string signing_key;
  std::string log_key;
  std::string passphrase_file;
  std::string master_key;
  std::string box_token_file;
  // Keepers.
  std::string keeper_group;
  struct Keeper {
    std::string url;
    std::string token_file;
  };
  std::vector<Keeper> keepers;
  // Policy.
  std::vector<std::string> identifiers = {"pesel"};
  std::int64_t age_most = 120;
  std::string eligibility_day;
  std::int64_t age_least = 0;
  std::int64_t guardian_below = 0;
  std::uint32_t wards_max = 5;
  std::vector<std::string> city_pools;
  struct District {
    std::string name;
    std::vector<std::string> pools;
  };
  std::vector<District> districts;
  registrar::ContactSource contacts = registrar::ContactSource::registered;
  registrar::RegistrarPolicy limits;  // the numbers of it
  struct Operator {
    std::string account;
    std::string point;
    std::string place;
    std::string token_hash;
    std::int64_t valid_from = 0;
    std::int64_t valid_until = 0;
  };
  std::vector<Operator> operators;
  // Letters.
  registrar::LetterFrame letters;  // all but edition and date
  // The world outside.
  std::string sms_url;
  std::string sms_token_file;
  std::string mail_host;
  std::uint16_t mail_port = 587;
  adapters::MailEncryption mail_encryption = adapters::MailEncryption::starttls_required;
  std::string mail_from;
  std::string mail_name;
  std::string mail_user;
  std::string mail_password_file;
  std::string oidc_issuer;
  std::string oidc_name;
  std::string oidc_client;
  std::string oidc_secret_file;
  std::string oidc_redirect;
  std::string oidc_scope = "openid";
  std::string oidc_claim = "pesel";
  registrar::IdentifierKind oidc_identifier = registrar::IdentifierKind::pesel;
  bool oidc_plain_http = false;
  protection::Controller controller;
  RetentionConfig retention;
  std::vector<std::string> named_networks;
  // Cases.
  bool cases_open_for_clusters = false;
  std::int64_t cases_level_exponent = 6;
  std::int64_t cases_every_seconds = 300;
  std::string cases_clocks;
  std::int64_t cases_answer_by = 0;
  std::uint32_t identify_per_minute = 60;
  std::uint32_t factors_per_minute = 120;
  std::uint32_t reads_per_minute = 600;
  std::uint32_t attempts_per_person_hour = 20;
};

// The file of the configuration, or what is built in. Errors: those of the file.
[[nodiscard]] Result<cases::Clocks> clocks_of(const RegistrarConfig& config);

void add_registrar_keys(server::ConfigKeys& keys, RegistrarConfig& config);

// Both read from the configuration that the options name; no registrar if that was only printed.
class OpenedRegistrar;
struct OpenedOffice {
  RegistrarConfig config;
  std::unique_ptr<OpenedRegistrar> registrar;
};
[[nodiscard]] Result<OpenedOffice> open_office(const ServiceOptions& options);

// An office with all that it refers to; movable by pointer only.
class OpenedRegistrar {
 public:
  // Errors: usage (the configuration contradicts itself or the manifest), and those of files, keys
  // and stores.
  [[nodiscard]] static Result<std::unique_ptr<OpenedRegistrar>> open(const RegistrarConfig& config);

  [[nodiscard]] const registrar::Office& office() const { return *office_; }
  [[nodiscard]] const election::Manifest& manifest() const { return manifest_; }
  [[nodiscard]] registrar::IdentityProvider* identity_provider() { return provider_.get(); }
  // Sends through the gateways of the configuration. A channel without one: unsupported.
  [[nodiscard]] Status send(const registrar::OutgoingMessage& message);

 private:
  OpenedRegistrar() = default;
  [[nodiscard]] Status open_gateways(const RegistrarConfig& config);
  [[nodiscard]] Status read_policy(const RegistrarConfig& config);

  election::Manifest manifest_;
  election::EditionHash edition_;
  std::unique_ptr<registrar::RegistrarStore> store_;
  std::optional<registrar::RegistrarKeys> keys_;
  registrar::RegistrarPolicy policy_;
  registrar::Clock clock_;
  std::unique_ptr<registrar::PseudonymSource> pseudonyms_;
  std::optional<proof::SigningKey> signing_;
  std::optional<board::LogSecretKey> log_key_;
  std::optional<registrar::Office> office_;
  std::unique_ptr<adapters::HttpClient> gateway_http_;
  std::unique_ptr<adapters::SmsGateway> sms_;
  std::unique_ptr<adapters::SmtpMail> mail_;
  std::unique_ptr<adapters::HttpClient> provider_http_;
  std::unique_ptr<adapters::OpenIdConnect> provider_;
};

}  // namespace urna::cmd
