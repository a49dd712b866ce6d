// SPDX-License-Identifier: EUPL-1.2
#include "count/tie_order.h"

#include <algorithm>
#include <numeric>

#include "base/sha256.h"

namespace urna::count {
namespace {

constexpr std::string_view draw_prefix = "draw:";
constexpr std::size_t seed_bytes_max = 256;

bool valid_seed(std::string_view seed) {
  return !seed.empty() && seed.size() <= seed_bytes_max &&
         std::none_of(seed.begin(), seed.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

Result<TiePolicy> parse_tie_policy(std::string_view text) {
  if (text == "id") return TiePolicy{TieKind::id, {}};
  if (text == "file") return TiePolicy{TieKind::file, {}};
  if (text == "cost") return TiePolicy{TieKind::cost, {}};
  if (text == "cost-desc") return TiePolicy{TieKind::cost_desc, {}};
  if (text == "votes") return TiePolicy{TieKind::votes, {}};
  if (text.starts_with(draw_prefix) && valid_seed(text.substr(draw_prefix.size()))) {
    return TiePolicy{TieKind::draw, std::string(text.substr(draw_prefix.size()))};
  }
  return Error{
      ErrorCode::usage,
      "unknown way to break ties: " + std::string(text),
      {},
      "use id, file, cost, cost-desc, votes or draw:SEED (SEED of 1 to 256 printable bytes)"};
}

std::string to_string(const TiePolicy& policy) {
  switch (policy.kind) {
    case TieKind::id:
      return "id";
    case TieKind::file:
      return "file";
    case TieKind::cost:
      return "cost";
    case TieKind::cost_desc:
      return "cost-desc";
    case TieKind::votes:
      return "votes";
    case TieKind::draw:
      return std::string(draw_prefix) + policy.seed;
  }
  return {};
}

std::string draw_lot(std::string_view seed, std::string_view project_id) {
  std::string text = "urna tie draw v1\n";
  text += seed;
  text += '\n';
  text += project_id;
  return sha256_hex(text);
}

std::string draw_commitment(std::string_view seed) {
  return sha256_hex("urna tie seed v1\n" + std::string(seed));
}

TieOrder::TieOrder(const Instance& instance, const Tally& tally, const TiePolicy& policy)
    : rank_(instance.projects.size()), policy_(policy) {
  std::vector<ProjectIndex> order;
  PerProject<std::string> lots(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    order.push_back(p);
    if (policy.kind == TieKind::draw) lots[p] = draw_lot(policy.seed, instance.projects[p].id);
  }
  const auto by_id = [&](ProjectIndex a, ProjectIndex b) {
    const int order_of_ids = instance.projects[a].id.compare(instance.projects[b].id);
    return order_of_ids != 0 ? order_of_ids < 0 : a < b;
  };
  const auto cost = [&](ProjectIndex p) { return instance.projects[p].cost; };
  std::sort(order.begin(), order.end(), [&](ProjectIndex a, ProjectIndex b) {
    switch (policy.kind) {
      case TieKind::id:
        break;
      case TieKind::file:
        return a < b;
      case TieKind::cost:
        if (cost(a) != cost(b)) return cost(a) < cost(b);
        if (tally.votes[a] != tally.votes[b]) return tally.votes[a] > tally.votes[b];
        break;
      case TieKind::cost_desc:
        if (cost(a) != cost(b)) return cost(a) > cost(b);
        if (tally.votes[a] != tally.votes[b]) return tally.votes[a] > tally.votes[b];
        break;
      case TieKind::votes:
        if (tally.votes[a] != tally.votes[b]) return tally.votes[a] > tally.votes[b];
        if (cost(a) != cost(b)) return cost(a) < cost(b);
        break;
      case TieKind::draw:
        if (lots[a] != lots[b]) return lots[a] < lots[b];
        break;
    }
    return by_id(a, b);
  });
  for (std::size_t i = 0; i < order.size(); ++i) rank_[order[i]] = static_cast<std::uint32_t>(i);
}

}  // namespace urna::count
