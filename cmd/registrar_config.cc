// SPDX-License-Identifier: EUPL-1.2
#include "cmd/registrar_config.h"

#include <algorithm>
#include <utility>

#include "api/data_protection.h"
#include "api/keeper_client.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/private_file.h"
#include "cmd/office.h"
#include "cmd/stores.h"
#include "pseudonym/keeper_group.h"
#include "registrar/plain_text.h"
#include "server/config.h"
#include "tally/key_file.h"

namespace urna::cmd {
namespace {

using registrar::IdentifierKind;

Result<SecretBytes> read_secret(const std::string& path) {
  Result<std::string> token = read_token(path);
  if (!token) return std::move(token).error();
  return SecretBytes(std::move(*token));
}

bool is_one_line(std::string_view text) {
  return is_utf8(text) && std::ranges::all_of(text, [](char c) {
           const auto octet = static_cast<unsigned char>(c);
           return octet >= 0x20 && octet != 0x7F;
         });
}

// Short, and the same in an answer as in the configuration.
bool is_point_name(std::string_view name) {
  return name.size() <= 64 && is_one_line(name) &&
         name.find_first_of("\"\\") == std::string_view::npos;
}

// Pools by their ids, ascending.
Result<std::vector<election::PoolNumber>> pools_named(const election::Manifest& manifest,
                                                      const std::vector<std::string>& ids,
                                                      const std::string& field) {
  std::vector<election::PoolNumber> pools;
  for (const std::string& id : ids) {
    const auto found = std::ranges::find(manifest.pools, id, &election::Pool::id);
    if (found == manifest.pools.end()) {
      return server::wrong_setting(field, "the manifest has no pool \"" + id + "\"",
                                   "name pools by their ids in the manifest");
    }
    pools.push_back({static_cast<std::uint16_t>(found - manifest.pools.begin())});
  }
  std::ranges::sort(pools);
  return pools;
}

}  // namespace

Result<OpenedOffice> open_office(const ServiceOptions& options) {
  OpenedOffice opened;
  server::ConfigKeys keys("registrar");
  add_registrar_keys(keys, opened.config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return loaded.error();
  if (!*loaded) return opened;
  auto registrar = OpenedRegistrar::open(opened.config);
  if (!registrar) return std::move(registrar).error();
  opened.registrar = std::move(*registrar);
  return opened;
}

Result<cases::Clocks> clocks_of(const RegistrarConfig& config) {
  if (config.cases_clocks.empty()) return cases::Clocks::standard();
  const Result<std::string> text = read_file(config.cases_clocks, cases::clocks_bytes_max);
  if (!text) return text.error();
  Result<cases::Clocks> clocks = cases::Clocks::parse(*text);
  if (clocks) return clocks;
  Error error = std::move(clocks).error();
  error.place.file = config.cases_clocks;
  return error;
}

void add_registrar_keys(server::ConfigKeys& keys, RegistrarConfig& config) {
  using server::Required;
  server::add_server_keys(keys, config.http);
  keys.add("store", config.store, store_help, Required::yes);
  keys.add("manifest", config.manifest, "the edition's manifest.cbor", Required::yes);
  keys.add("signing_key", config.signing_key, "the registrar's key, made by `urna edition key`",
           Required::yes);
  keys.add("log_key", config.log_key, "key of the access log: of the role board", Required::yes);
  keys.add("passphrase_file", config.passphrase_file, "file with the keys' passphrase, if sealed");
  keys.add("master_key", config.master_key,
           "file with 64 hexadecimal digits, from which everything at rest is sealed",
           Required::yes);
  keys.add("box_token_file", config.box_token_file, "file with the token that the ballot box bears",
           Required::yes);
  keys.add("keeper_group", config.keeper_group, "file with the public keys of the keepers",
           Required::yes);
  keys.add_tables<RegistrarConfig::Keeper>(
      "keepers", "where the keepers listen", config.keepers,
      [](RegistrarConfig::Keeper& row, server::ConfigKeys& bound) {
        bound.add("url", row.url, "address, without a path", Required::yes);
        bound.add("token_file", row.token_file, "file with the token for it", Required::yes);
      });

  keys.add("identifiers", config.identifiers,
           "what voters are known by: pesel, name-birth-address, resident-card, passport");
  keys.add("ages.most", config.age_most, "an age that nobody exceeds", 100, 150);
  keys.add("eligibility.day", config.eligibility_day, "day on which age is taken, YYYY-MM-DD",
           Required::yes);
  keys.add("eligibility.age_least", config.age_least, "youngest age that may vote", 0, 120);
  keys.add("eligibility.guardian_below", config.guardian_below,
           "age below which a guardian acts; 0: nobody needs one", 0, 18);
  keys.add("eligibility.wards_max", config.wards_max, "children that one guardian may act for", 0,
           50);
  keys.add("eligibility.city_pools", config.city_pools, "ids of the pools that are for everybody");
  keys.add_tables<RegistrarConfig::District>(
      "districts", "pools for the residents of a district", config.districts,
      [](RegistrarConfig::District& row, server::ConfigKeys& bound) {
        bound.add("name", row.name, "as the register names it", Required::yes);
        bound.add("pools", row.pools, "ids of pools", Required::yes);
      });
  keys.add_choice("codes.contacts", config.contacts, {"registered", "typed", "either"},
                  "which contacts a code may go to");
  keys.add("codes.persons_per_phone", config.limits.persons_per_phone,
           "people that a typed phone may serve", 1, 1'000);
  keys.add("codes.persons_per_email", config.limits.persons_per_email,
           "people that a typed e-mail address may serve", 1, 1'000);
  keys.add("codes.seconds", config.limits.code_seconds, "how long a code is good", 30, 86'400);
  keys.add("codes.failures_max", config.limits.code_failures_max, "wrong codes in a session", 1,
           20);
  keys.add("codes.per_session", config.limits.codes_per_session, "codes in a session", 1, 20);
  keys.add("codes.per_day", config.limits.codes_per_day, "codes to a person in a day", 1, 100);
  keys.add("session_seconds", config.limits.session_seconds, "how long a session lasts", 60,
           86'400);
  keys.add("attempts.failures_per_day", config.limits.failures_per_day,
           "wrong attempts on a person in a day, after which the person is locked and told", 1,
           100);
  keys.add("attempts.lock_seconds", config.limits.lock_seconds, "how long a lock lasts", 60,
           2'592'000);
  keys.add("attempts.checks_per_day", config.limits.checks_per_day,
           "times in a day that a person may ask whether their identity was used", 1, 100);
  keys.add("attempts.complaints_per_day", config.limits.complaints_per_day,
           "complaints of a person in a day", 1, 100);
  keys.add("certificates_per_person", config.limits.certificates_per_person,
           "certificates that a person may have", 1, 1'000);
  keys.add("notice_seconds", config.limits.notice_seconds, "how long a notice is tried", 3'600,
           31'536'000);
  keys.add_tables<RegistrarConfig::Operator>(
      "operators", "officials at points", config.operators,
      [](RegistrarConfig::Operator& row, server::ConfigKeys& bound) {
        bound.add("account", row.account, "name: a-z, 0-9, . and -", Required::yes);
        bound.add(
            "point", row.point,
            "what people know the point as, in \"was my identity used?\"; empty: the account");
        bound.add("place", row.place,
                  "where the point is and when it is open, as people read it on the site");
        bound.add("token_hash", row.token_hash, "as `urna registrar operator-token` prints it",
                  Required::yes);
        bound.add("valid_from", row.valid_from, "Unix seconds", 0, 253'402'300'799, Required::yes);
        bound.add("valid_until", row.valid_until, "Unix seconds", 0, 253'402'300'799,
                  Required::yes);
      });

  keys.add("letters.site_url", config.letters.site_url,
           "address of the voting pages, as letters with codes name it; empty: no letters");
  keys.add("letters.city", config.letters.city, "who writes them");
  keys.add("letters.return_to", config.letters.return_to, "the sender's address in small print");
  keys.add("letters.valid_until", config.letters.valid_until,
           "until when a code works, as readers write it");
  keys.add("letters.help_contact", config.letters.help_contact, "whom to ask");
  keys.add("letters.privacy_note", config.letters.privacy_note, "one paragraph at the end");
  keys.add_choice("letters.language", config.letters.language, {"polish", "english"},
                  "language of the letters");
  keys.add("sms.url", config.sms_url, "SMS gateway; empty: no SMS");
  keys.add("sms.token_file", config.sms_token_file, "file with the token for it");
  keys.add("mail.host", config.mail_host, "mail server; empty: no e-mail");
  keys.add("mail.port", config.mail_port, "its port");
  keys.add_choice("mail.encryption", config.mail_encryption,
                  {"tls", "starttls", "starttls-if-offered", "none"}, "how it is spoken to");
  keys.add("mail.from", config.mail_from, "address that mail comes from");
  keys.add("mail.name", config.mail_name, "name shown with it");
  keys.add("mail.user", config.mail_user, "user; empty: no log-in");
  keys.add("mail.password_file", config.mail_password_file, "file with the password");
  keys.add("oidc.issuer", config.oidc_issuer, "OpenID provider; empty: none");
  keys.add("oidc.name", config.oidc_name,
           "what residents know the provider as; empty: its address");
  keys.add("oidc.client", config.oidc_client, "client id");
  keys.add("oidc.secret_file", config.oidc_secret_file, "file with the client secret");
  keys.add("oidc.redirect", config.oidc_redirect, "where the provider sends browsers back to");
  keys.add("oidc.scope", config.oidc_scope, "scopes asked for");
  keys.add("oidc.claim", config.oidc_claim, "claim that holds the identifier");
  keys.add_choice("oidc.identifier", config.oidc_identifier,
                  {"pesel", "name-birth-address", "resident-card", "passport"},
                  "what that claim is: pesel or resident-card");
  keys.add("oidc.plain_http", config.oidc_plain_http,
           "allow a provider without TLS, on the same machine");
  keys.add(
      "signals.named_networks", config.named_networks,
      "networks that many share, so that crowds there are no signal: schools, libraries, carriers");
  keys.add("signals.note_events", config.limits.signal_events,
           "note for two days what signals are computed from; without, nothing is ever found");
  keys.add("cases.open_for_clusters", config.cases_open_for_clusters,
           "open a case for every cluster of signals by itself; else an official does");
  keys.add("cases.level_exponent", config.cases_level_exponent,
           "of such clusters only: chance gives a signal with a probability below ten to the minus "
           "this",
           2, 100);
  keys.add("cases.every_seconds", config.cases_every_seconds, "how often it looks for them", 1,
           86'400);
  keys.add("cases.clocks", config.cases_clocks,
           "file of deadlines (docs/cases.md); empty: those that are built in");
  keys.add("cases.answer_by", config.cases_answer_by,
           "no answer to a question about a vote is taken from this moment on (Unix seconds), "
           "which is before the list of counted ballots is made; 0: the clock alone says when",
           0, 253'402'300'799);
  api::add_controller_keys(keys, config.controller);
  add_retention_keys(keys, config.retention);
  keys.add("limits.identify_per_minute", config.identify_per_minute, "from one network", 1,
           1'000'000);
  keys.add("limits.factors_per_minute", config.factors_per_minute, "from one network", 1,
           1'000'000);
  keys.add("limits.reads_per_minute", config.reads_per_minute, "from one network", 1, 1'000'000);
  keys.add("limits.attempts_per_person_hour", config.attempts_per_person_hour,
           "identifications with the same name, birth date and number, from anywhere", 1, 100'000);
}

Status OpenedRegistrar::read_policy(const RegistrarConfig& config) {
  policy_ = config.limits;
  policy_.identifiers.clear();
  for (const std::string& name : config.identifiers) {
    const Result<IdentifierKind> kind = registrar::parse_identifier_kind(name);
    if (!kind) {
      return server::wrong_setting("identifiers", "no such kind of identifier",
                                   "write pesel, name-birth-address, resident-card or passport");
    }
    policy_.identifiers.push_back(*kind);
  }
  policy_.contacts = config.contacts;
  policy_.lowest_level = manifest_.lowest_level;
  policy_.ages.most = static_cast<int>(config.age_most);
  const Result<Date> day = parse_date(config.eligibility_day);
  if (!day)
    return server::wrong_setting("eligibility.day", "this is no day", "write it as 2026-09-01");
  policy_.eligibility.day = *day;
  policy_.eligibility.age_least = static_cast<int>(config.age_least);
  policy_.eligibility.guardian = {static_cast<int>(config.guardian_below), config.wards_max};
  auto city = pools_named(manifest_, config.city_pools, "eligibility.city_pools");
  if (!city) return std::move(city).error();
  policy_.eligibility.city_pools = std::move(*city);
  for (const RegistrarConfig::District& district : config.districts) {
    auto pools = pools_named(manifest_, district.pools, "districts.pools");
    if (!pools) return std::move(pools).error();
    // As an import keeps them.
    const Result<std::string> name = registrar::folded(district.name);
    if (!name)
      return server::wrong_setting("districts.name", "this is no name",
                                   "write it as the register does");
    policy_.eligibility.district_pools[*name] = std::move(*pools);
  }
  for (const RegistrarConfig::Operator& one : config.operators) {
    const Result<std::string> hash = from_hex(one.token_hash);
    if (!hash || hash->size() != 32) {
      return server::wrong_setting("operators.token_hash",
                                   "the token's hash is not 64 hexadecimal digits",
                                   "make it with `urna registrar operator-token`");
    }
    if (!is_point_name(one.point)) {
      return server::wrong_setting(
          "operators.point", "this is no name of a point",
          "write at most 64 bytes without quotes, backslashes and line ends");
    }
    if (one.place.size() > 200 || !is_one_line(one.place)) {
      return server::wrong_setting("operators.place", "this is no description of a place",
                                   "write at most 200 bytes without line ends");
    }
    policy_.operators.push_back({one.account, one.point, one.place, array_of<32>(*hash),
                                 static_cast<std::uint64_t>(one.valid_from),
                                 static_cast<std::uint64_t>(one.valid_until)});
  }
  return ok_status();
}

Status OpenedRegistrar::open_gateways(const RegistrarConfig& config) {
  adapters::HttpTrust trust;
  trust.plain_http = true;
  gateway_http_ = std::make_unique<adapters::HttpClient>(adapters::HttpLimits{}, trust);
  if (!config.sms_url.empty()) {
    Result<SecretBytes> token = read_secret(config.sms_token_file);
    if (!token) return std::move(token).error();
    adapters::SmsGatewayConfig sms;
    sms.url = config.sms_url;
    sms.token = std::move(*token);
    sms_ = std::make_unique<adapters::SmsGateway>(std::move(sms), *gateway_http_);
  }
  if (!config.mail_host.empty()) {
    const Result<registrar::MailAddress> from = registrar::MailAddress::parse(config.mail_from);
    if (!from)
      return server::wrong_setting("mail.from", "this is no e-mail address",
                                   "write bo@example.org");
    adapters::SmtpConfig smtp{.host = config.mail_host,
                              .port = config.mail_port,
                              .encryption = config.mail_encryption,
                              .user = config.mail_user,
                              .from = {*from, config.mail_name}};
    if (!config.mail_user.empty()) {
      Result<SecretBytes> password = read_secret(config.mail_password_file);
      if (!password) return std::move(password).error();
      smtp.password = std::move(*password);
    }
    mail_ = std::make_unique<adapters::SmtpMail>(
        std::move(smtp), [] { return static_cast<std::int64_t>(unix_time()); });
  }
  if (!config.oidc_issuer.empty()) {
    Result<SecretBytes> secret = read_secret(config.oidc_secret_file);
    if (!secret) return std::move(secret).error();
    trust.plain_http = config.oidc_plain_http;
    provider_http_ = std::make_unique<adapters::HttpClient>(adapters::HttpLimits{}, trust);
    adapters::OpenIdConfig oidc;
    oidc.issuer = config.oidc_issuer;
    oidc.client_id = config.oidc_client;
    oidc.client_secret = std::move(*secret);
    oidc.redirect_uri = config.oidc_redirect;
    oidc.scope = config.oidc_scope;
    oidc.claims.identifier = config.oidc_claim;
    oidc.plain_http = config.oidc_plain_http;
    auto provider = adapters::OpenIdConnect::create(
        std::move(oidc), *provider_http_, [] { return static_cast<std::int64_t>(unix_time()); });
    if (!provider) return std::move(provider).error();
    provider_ = std::move(*provider);
  }
  return ok_status();
}

Result<std::unique_ptr<OpenedRegistrar>> OpenedRegistrar::open(const RegistrarConfig& config) {
  std::unique_ptr<OpenedRegistrar> opened(new OpenedRegistrar);
  const Result<std::string> manifest = read_file(config.manifest, election::manifest_bytes_max);
  if (!manifest) return manifest.error();
  Result<election::Manifest> decoded = election::decode_manifest(*manifest);
  if (!decoded) return std::move(decoded).error();
  opened->manifest_ = std::move(*decoded);
  opened->edition_ = election::edition_hash(*manifest);
  if (Status policy = opened->read_policy(config); !policy) return std::move(policy).error();

  OfficeOptions office;
  office.passphrase_file = config.passphrase_file;
  Result<proof::SigningKey> signing =
      load_signing_key(config.signing_key, tally::KeyRole::registrar, office);
  if (!signing) return std::move(signing).error();
  if (signing->key != opened->manifest_.registrar) {
    return Error{ErrorCode::conflict,
                 "the key is not the registrar's of the manifest",
                 {config.signing_key},
                 "give the key whose public part the manifest names"};
  }
  opened->signing_.emplace(std::move(*signing));
  Result<board::LogSecretKey> log_key = load_log_key(config.log_key, office);
  if (!log_key) return std::move(log_key).error();
  opened->log_key_.emplace(std::move(*log_key));
  const Result<protection::SecretKey> master = read_master_key(config.master_key);
  if (!master) return master.error();
  opened->keys_.emplace(registrar::RegistrarKeys::from(*master));

  Result<std::unique_ptr<registrar::RegistrarStore>> store = open_registrar_store(config.store);
  if (!store) return std::move(store).error();
  opened->store_ = std::move(*store);

  const Result<std::string> group_file =
      read_file(config.keeper_group, pseudonym::keeper_group_bytes_max);
  if (!group_file) return group_file.error();
  Result<pseudonym::KeeperGroup> group = pseudonym::KeeperGroup::decode(*group_file);
  if (!group) return std::move(group).error();
  if (config.keepers.size() < group->threshold()) {
    return server::wrong_setting("keepers", "fewer keepers are named than must answer",
                                 "name all of them");
  }
  std::vector<api::KeeperAddress> keepers;
  for (const RegistrarConfig::Keeper& keeper : config.keepers) {
    Result<std::string> token = read_token(keeper.token_file);
    if (!token) return std::move(token).error();
    keepers.push_back({keeper.url, std::move(*token)});
  }
  opened->pseudonyms_ =
      api::keeper_client(std::move(*group), std::move(keepers), opened->manifest_.edition);
  opened->clock_ = unix_time;
  if (Status gateways = opened->open_gateways(config); !gateways) {
    return std::move(gateways).error();
  }
  opened->office_.emplace(registrar::Office{*opened->store_, *opened->keys_, opened->policy_,
                                            opened->clock_, *opened->pseudonyms_, opened->edition_,
                                            *opened->signing_, *opened->log_key_});
  return opened;
}

Status OpenedRegistrar::send(const registrar::OutgoingMessage& message) {
  if (message.channel == registrar::Channel::sms) {
    if (!sms_) return Error{ErrorCode::unsupported, "there is no SMS gateway"};
    const auto phone = registrar::PhoneNumber::parse(message.contact);
    if (!phone) return phone.error();
    return sms_->send({*phone, message.text, message.key});
  }
  if (!mail_) return Error{ErrorCode::unsupported, "there is no mail server"};
  const auto address = registrar::MailAddress::parse(message.contact);
  if (!address) return address.error();
  return mail_->send({*address, message.subject, message.text, message.key});
}

}  // namespace urna::cmd
