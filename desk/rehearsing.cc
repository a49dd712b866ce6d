// SPDX-License-Identifier: EUPL-1.2
#include "desk/rehearsing.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "election/ballot_content.h"
#include "election/counting.h"
#include "election/published.h"

namespace urna::desk {
namespace {

using election::BallotContent;
using election::BallotForm;
using election::BallotTerms;
using election::ProjectNumber;

std::uint32_t between(std::uint32_t least, std::uint32_t most) {
  return least + protection::random_below(most - least + 1);
}

// A ballot as somebody might fill it in; nothing if these lots made no valid one.
std::optional<BallotContent> draw(const BallotTerms& terms) {
  const election::BallotRule& rule = terms.rule;
  const auto projects = static_cast<std::uint32_t>(terms.costs.size());
  std::vector<std::uint16_t> all(projects);
  std::iota(all.begin(), all.end(), std::uint16_t{1});
  for (std::uint32_t i = projects; i > 1; --i)
    std::swap(all[i - 1], all[protection::random_below(i)]);
  std::uint32_t most = std::min<std::uint32_t>(rule.most, projects);
  if (rule.points)
    most = std::min(most, std::max(1U, rule.points->sum_most / rule.points->each_least));
  if (most < rule.fewest) return std::nullopt;
  const std::uint32_t wanted = between(rule.fewest, most);
  std::vector<std::uint16_t> chosen;
  Money spent;
  for (const std::uint16_t project : all) {
    if (chosen.size() == wanted) break;
    if (rule.knapsack) {
      if (spent + terms.costs[project - 1U] > *rule.knapsack) continue;
      spent = spent + terms.costs[project - 1U];
    }
    chosen.push_back(project);
  }
  BallotContent content;
  if (rule.form != BallotForm::ranking) std::ranges::sort(chosen);
  for (const std::uint16_t project : chosen) content.projects.push_back(ProjectNumber{project});
  if (rule.points) {
    const election::PointLimits& limits = *rule.points;
    const auto count = static_cast<std::uint32_t>(chosen.size());
    content.points.assign(count, limits.each_least);
    std::uint64_t sum = std::uint64_t{limits.each_least} * count;
    const std::uint64_t highest =
        std::min<std::uint64_t>(limits.sum_most, std::uint64_t{limits.each_most} * count);
    const std::uint64_t lowest = std::max<std::uint64_t>(limits.sum_least, sum);
    if (lowest > highest) return std::nullopt;
    const std::uint64_t goal =
        lowest + protection::random_below(static_cast<std::uint32_t>(highest - lowest) + 1);
    // Shares of what is left, so that great numbers of points are given out as fast as small ones.
    for (std::uint32_t i = 0; sum < goal; i = (i + 1) % count) {
      const auto room = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(goal - sum, limits.each_most - content.points[i]));
      const std::uint32_t more = between(std::min(room, 1U), room);
      content.points[i] += more;
      sum += more;
    }
  }
  if (election::check_content(terms, content)) return std::nullopt;
  return content;
}

}  // namespace

Result<InventedPool> invent_pool(const election::Manifest& manifest, election::PoolNumber pool,
                                 std::uint64_t ballots) {
  const election::Pool& made = manifest.pools[pool.value];
  const Result<BallotTerms> terms = election::terms_of(made);
  if (!terms) return terms.error();
  std::vector<election::PublishedBallot> published;
  constexpr std::uint64_t tries_each = 200;
  for (std::uint64_t tries = 0; published.size() < ballots; ++tries) {
    if (tries >= ballots * tries_each) {
      return Error{ErrorCode::unsupported,
                   "no ballot could be invented that the rule allows",
                   {.field = "pools[" + std::to_string(pool.value) + "].ballot"},
                   "see whether the numbers of the rule can be kept together"};
    }
    if (std::optional<BallotContent> content = draw(*terms))
      published.push_back({published.size() + 1, *std::move(content)});
  }
  Result<count::Instance> instance =
      election::read_published(election::published_file(made, published));
  if (!instance) return std::move(instance).error();
  const Sha256Digest tie_seed = array_of<32>(protection::random_bytes(32));
  const Result<election::PoolCount> count =
      election::count_pool(made.counting, *instance, manifest.ties, tie_seed);
  if (!count) return count.error();
  InventedPool invented{*std::move(instance), {}, to_plain_string(count->cost)};
  for (const ProjectNumber winner : count->winners)
    invented.winners.push_back(made.projects[winner.value - 1U].id);
  return invented;
}

class Rehearsals::Machine {
 public:
  Machine(const Office& office, const Setting& setting, Rehearse rehearse)
      : office_(office), setting_(setting), rehearse_(std::move(rehearse)) {}
  ~Machine() {
    if (thread_.joinable()) thread_.join();
  }

  Status begin(const Official& actor, std::string_view edition, std::uint64_t ballots) {
    if (Status allowed = require(actor, Right::prepare); !allowed) return allowed;
    if (ballots == 0 || ballots > rehearsal_ballots_max) {
      return Error{ErrorCode::malformed,
                   "a rehearsal has 1 to 500 ballots",
                   {.field = "ballots"},
                   "60 are enough to see everything"};
    }
    tally::EditionCheck check;
    std::uint64_t version = 0;
    const Status done = office_.store.transact([&](DeskTransaction& transaction) -> Status {
      const Result<std::optional<EditionRow>> row = transaction.edition(edition);
      if (!row) return row.error();
      if (!*row) return no_such("edition");
      if ((*row)->frozen != 0) {
        return Error{ErrorCode::conflict, "the rules are frozen", {}, "make a new edition from it"};
      }
      version = (*row)->version;
      Result<tally::EditionCheck> checked =
          check_draft(transaction, setting_, **row, StandIns::yes);
      if (!checked) return std::move(checked).error();
      check = *std::move(checked);
      if (!check.errors.empty()) return check.errors.front();
      return note_action(transaction, office_, actor_of(actor), Action::rehearsed, edition,
                         (*row)->draft);
    });
    if (!done) return done;
    const std::scoped_lock lock(mutex_);
    if (running_) {
      return Error{ErrorCode::conflict, "a rehearsal is running", {}, "wait until it has ended"};
    }
    if (thread_.joinable()) thread_.join();
    running_ = true;
    RehearsalView& view = views_[std::string(edition)];
    view = {};
    view.running = true;
    view.version = version;
    view.ballots = ballots;
    view.time = office_.clock();
    thread_ = std::thread(
        [this, name = std::string(edition), ballots, manifest = std::move(check.edition.manifest)] {
          Result<std::vector<RehearsedPool>> pools = run(manifest, ballots);
          const std::scoped_lock ended(mutex_);
          running_ = false;
          RehearsalView& now = views_[name];
          now.running = false;
          if (pools) {
            now.pools = *std::move(pools);
          } else {
            now.failed = std::move(pools).error();
          }
        });
    return ok_status();
  }

  std::optional<RehearsalView> view(std::string_view edition) const {
    const std::scoped_lock lock(mutex_);
    const auto found = views_.find(edition);
    return found == views_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  Result<std::vector<RehearsedPool>> run(const election::Manifest& manifest,
                                         std::uint64_t ballots) const {
    std::vector<count::Instance> instances;
    std::vector<InventedPool> invented;
    for (std::size_t p = 0; p < manifest.pools.size(); ++p) {
      Result<InventedPool> pool = invent_pool(manifest, {static_cast<std::uint16_t>(p)}, ballots);
      if (!pool) return std::move(pool).error();
      instances.push_back(pool->instance);
      invented.push_back(*std::move(pool));
    }
    Result<std::vector<RehearsedPool>> pools = rehearse_(instances, manifest.title);
    if (!pools) return pools;
    for (std::size_t p = 0; p < pools->size() && p < invented.size(); ++p) {
      RehearsedPool& pool = pools.value()[p];
      pool.id = manifest.pools[p].id;
      pool.title = manifest.pools[p].title;
      pool.winners = std::move(invented[p].winners);
      pool.cost = std::move(invented[p].cost);
      pool.money = to_plain_string(manifest.pools[p].money);
    }
    return pools;
  }

  const Office& office_;
  const Setting& setting_;
  Rehearse rehearse_;
  mutable std::mutex mutex_;  // of what follows
  bool running_ = false;
  std::map<std::string, RehearsalView, std::less<>> views_;
  std::thread thread_;
};

Rehearsals::Rehearsals(const Office& office, const Setting& setting, Rehearse rehearse)
    : machine_(std::make_unique<Machine>(office, setting, std::move(rehearse))) {}
Rehearsals::~Rehearsals() = default;
Status Rehearsals::begin(const Official& actor, std::string_view edition, std::uint64_t ballots) {
  return machine_->begin(actor, edition, ballots);
}
std::optional<RehearsalView> Rehearsals::view(std::string_view edition) const {
  return machine_->view(edition);
}

}  // namespace urna::desk
