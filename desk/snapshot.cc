// SPDX-License-Identifier: EUPL-1.2
#include "desk/snapshot.h"

#include <algorithm>

namespace urna::desk {

using election::Phase;
using election::TrusteeNumber;

std::string_view to_string(Step step) {
  switch (step) {
    case Step::commitments:
      return "commitments";
    case Step::dealings:
      return "dealings";
    case Step::acceptances:
      return "acceptances";
    case Step::roll:
      return "roll";
    case Step::opening:
      return "opening";
    case Step::voting:
      return "voting";
    case Step::issuance:
      return "issuance";
    case Step::annulments:
      return "annulments";
    case Step::mixing:
      return "mixing";
    case Step::decryption:
      return "decryption";
    case Step::counting:
      return "counting";
    case Step::announcement:
      return "announcement";
    case Step::announced:
      return "announced";
  }
  return {};
}

Step Snapshot::step(bool announced) const {
  switch (phase) {
    case Phase::dealing_commitments:
      return Step::commitments;
    case Phase::dealings:
      return Step::dealings;
    case Phase::acceptances:
      return Step::acceptances;
    case Phase::roll:
      return Step::roll;
    case Phase::opening:
      return Step::opening;
    case Phase::voting:
      return Step::voting;
    case Phase::issuance:
      return Step::issuance;
    case Phase::annulments:
    case Phase::counted:
      return Step::annulments;
    case Phase::pools:
      break;
  }
  if (complete) return announced ? Step::announced : Step::announcement;
  const auto open = [](const PoolSnapshot& pool) { return !pool.withheld && !pool.result; };
  const auto unmixed = [&](const PoolSnapshot& pool) {
    return open(pool) && pool.mixed.size() < manifest->threshold;
  };
  const auto sealed = [&](const PoolSnapshot& pool) {
    return open(pool) && pool.decrypted.size() < manifest->threshold;
  };
  if (std::ranges::any_of(pools, unmixed)) return Step::mixing;
  if (std::ranges::any_of(pools, sealed)) return Step::decryption;
  return Step::counting;
}

std::vector<TrusteeNumber> Snapshot::awaited() const {
  std::vector<TrusteeNumber> list;
  const auto n = static_cast<std::uint8_t>(manifest->trustee_count());
  const auto add_if = [&](auto absent) {
    for (std::uint8_t j = 1; j <= n; ++j) {
      if (absent(TrusteeNumber{j})) list.push_back(TrusteeNumber{j});
    }
  };
  switch (step(true)) {
    case Step::commitments:
    case Step::dealings:
    case Step::acceptances:
      // In these phases the entries of all trustees follow each other after the manifest's.
      add_if([&](TrusteeNumber j) { return j.value > (entries - 1) % n; });
      break;
    case Step::mixing:
    case Step::decryption: {
      const bool mixing = step(true) == Step::mixing;
      add_if([&](TrusteeNumber j) {
        return std::ranges::any_of(pools, [&](const PoolSnapshot& pool) {
          if (pool.withheld || pool.result) return false;
          const std::vector<TrusteeNumber>& done = mixing ? pool.mixed : pool.decrypted;
          return done.size() < manifest->threshold && std::ranges::find(done, j) == done.end();
        });
      });
      break;
    }
    default:
      break;
  }
  return list;
}

}  // namespace urna::desk
