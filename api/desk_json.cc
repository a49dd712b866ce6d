// SPDX-License-Identifier: EUPL-1.2
#include "api/desk_json.h"

#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/money.h"
#include "election/manifest.h"
#include "tally/card.h"

namespace urna::api {
namespace {

namespace json = boost::json;
using desk::Official;

std::string_view word(desk::ProposalState state) {
  switch (state) {
    case desk::ProposalState::open:
      return "open";
    case desk::ProposalState::confirmed:
      return "confirmed";
    case desk::ProposalState::done:
      return "done";
    case desk::ProposalState::withdrawn:
      return "withdrawn";
    case desk::ProposalState::refused:
      return "refused";
  }
  return {};
}

template <typename Number>
json::array numbers(const std::vector<Number>& values) {
  json::array list;
  for (const Number value : values) list.emplace_back(value.value);
  return list;
}

}  // namespace

json::value time_or_null(std::uint64_t time) {
  return time == 0 ? json::value(nullptr) : json::value(time);
}

json::object to_json(const Error& error) {
  return {{"place", error.place.field},
          {"file", error.place.file},
          {"line", error.place.line},
          {"message", error.message},
          {"remedy", error.remedy}};
}

json::object to_json(const Official& official) {
  json::object object{{"reference", official.reference},
                      {"name", official.name},
                      {"role", desk::to_string(official.role)},
                      {"registered", official.registered},
                      {"revoked", official.revoked},
                      {"signing_key", nullptr}};
  if (!official.signing_key.empty()) object["signing_key"] = to_hex(official.signing_key);
  return object;
}

json::object to_json(const desk::ProposalView& one) {
  json::array signatures;
  for (const desk::SignatureRow& signature : one.signatures)
    signatures.push_back({{"official", signature.official}, {"time", signature.time}});
  return {{"id", one.row.id},
          {"action", one.row.action},
          {"state", one.expired ? std::string_view("expired") : word(one.row.state)},
          {"proposer", one.row.proposer},
          {"created", one.row.created},
          {"expires", one.row.expires},
          {"statement", one.row.statement},
          {"signatures", std::move(signatures)}};
}
json::object to_json(const desk::RehearsalView& view) {
  json::array pools;
  for (const desk::RehearsedPool& pool : view.pools) {
    pools.push_back({{"id", pool.id},
                     {"title", pool.title},
                     {"votes", pool.votes},
                     {"counted", pool.counted},
                     {"valid", pool.valid},
                     {"invalid", pool.invalid},
                     {"same_votes", pool.same_votes},
                     {"same_winners", pool.same_winners},
                     {"winners", json::value_from(pool.winners)},
                     {"cost", pool.cost},
                     {"money", pool.money}});
  }
  json::object object{{"running", view.running},   {"version", view.version},
                      {"ballots", view.ballots},   {"time", view.time},
                      {"pools", std::move(pools)}, {"failed", nullptr}};
  if (view.failed) object["failed"] = to_json(*view.failed);
  return object;
}

json::array to_json(const std::vector<desk::HandedIn>& handed_in) {
  json::array list;
  for (const desk::HandedIn& one : handed_in) {
    list.push_back(
        {{"name", one.name}, {"fate", one.fate}, {"what", one.what}, {"reason", one.reason}});
  }
  return list;
}

json::object to_json(const desk::WorkView& view) {
  json::object object{{"running", view.running},
                      {"doing", view.doing},
                      {"failed", nullptr},
                      {"failed_at", time_or_null(view.failed_at)},
                      {"box", nullptr}};
  if (view.failed) object["failed"] = to_json(*view.failed);
  if (view.box) {
    object["box"] = json::object{
        {"has_record", view.box->has_record}, {"entries", view.box->entries},
        {"ballots", view.box->ballots},       {"phase", view.box->phase},
        {"accepting", view.box->accepting},   {"closes", time_or_null(view.box->closes)},
        {"extensions", view.box->extensions}};
  }
  return object;
}

json::object to_json(const desk::Snapshot& now, bool announced) {
  const election::Manifest& manifest = *now.manifest;
  json::array trustees;
  for (const election::TrusteeCard& card : manifest.trustees)
    trustees.push_back({{"name", card.name}, {"fingerprint", tally::fingerprint(card)}});
  json::array officials;
  for (const group::ElementBytes& key : manifest.officials)
    officials.emplace_back(to_hex(view_of(key)));
  json::array pools;
  for (std::size_t p = 0; p < now.pools.size(); ++p) {
    const desk::PoolSnapshot& pool = now.pools[p];
    const election::Pool& terms = manifest.pools[p];
    json::object object{{"id", terms.id},
                        {"title", terms.title},
                        {"money", to_plain_string(terms.money)},
                        {"projects", terms.projects.size()},
                        {"counted", pool.counted},
                        {"withheld", pool.withheld},
                        {"mixed", numbers(pool.mixed)},
                        {"decrypted", numbers(pool.decrypted)},
                        {"result", nullptr}};
    if (pool.result) {
      json::array winners;
      for (const election::ProjectNumber number : pool.result->winners) {
        const election::Project& project = terms.projects[number.value - 1U];
        winners.push_back(
            {{"id", project.id}, {"name", project.name}, {"cost", to_plain_string(project.cost)}});
      }
      object["result"] = json::object{{"valid", pool.result->valid},
                                      {"blank", pool.result->blank},
                                      {"cost", to_plain_string(pool.result->cost)},
                                      {"winners", std::move(winners)}};
    }
    pools.push_back(std::move(object));
  }
  return {{"edition", to_hex(now.edition.view())},
          {"fingerprint", tally::fingerprint(now.edition.octets)},
          {"name", manifest.edition},
          {"title", manifest.title},
          {"resolution", manifest.resolution},
          {"opens", manifest.opens},
          {"closes", manifest.closes},
          {"step", desk::to_string(now.step(announced))},
          {"awaited", numbers(now.awaited())},
          {"entries", now.entries},
          {"root", to_hex(view_of(now.root))},
          {"ballots", now.ballots},
          {"opened", time_or_null(now.opened)},
          {"closed", time_or_null(now.closed)},
          {"certificates", now.certificates},
          {"cosigned", now.cosigned},
          {"complete", now.complete},
          {"frozen", numbers(now.frozen)},
          {"threshold", manifest.threshold},
          {"privacy_minimum", manifest.privacy_minimum},
          {"trustees", std::move(trustees)},
          {"officials", std::move(officials)},
          {"pools", std::move(pools)}};
}

}  // namespace urna::api
