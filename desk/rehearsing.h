// SPDX-License-Identifier: EUPL-1.2
// A draft tried out: ballots are invented as the rules allow them, and a whole edition is played
// with them, from the key ceremony to the count.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "count/instance.h"
#include "desk/drafts.h"

namespace urna::desk {

struct RehearsedPool {
  std::string id;
  std::string title;
  std::uint64_t votes = 0;    // invented
  std::uint64_t counted = 0;  // on the list, others' incidents included
  std::uint64_t valid = 0;    // after decryption
  std::uint64_t invalid = 0;
  bool same_votes = false;           // what was decrypted is what was put in
  bool same_winners = false;         // the winners are those of a plain count
  std::vector<std::string> winners;  // ids, of the invented ballots
  std::string cost;                  // of the winners
  std::string money;
};

// Plays an edition with these instances, one pool each; fills in everything but the winners and the
// money.
using Rehearse = std::function<Result<std::vector<RehearsedPool>>(
    const std::vector<count::Instance>& instances, const std::string& title)>;

// So many ballots for every pool, all valid. Errors: unsupported (the rule allows none that could
// be invented), those of the published file.
struct InventedPool {
  count::Instance instance;
  std::vector<std::string> winners;
  std::string cost;
};
[[nodiscard]] Result<InventedPool> invent_pool(const election::Manifest& manifest,
                                               election::PoolNumber pool, std::uint64_t ballots);

struct RehearsalView {
  bool running = false;
  std::uint64_t version = 0;  // of the draft
  std::uint64_t ballots = 0;
  std::uint64_t time = 0;
  std::vector<RehearsedPool> pools;
  std::optional<Error> failed;
};

// One rehearsal at a time, in the background; reports are kept until the service ends.
class Rehearsals {
 public:
  Rehearsals(const Office& office, const Setting& setting, Rehearse rehearse);
  Rehearsals(const Rehearsals&) = delete;
  Rehearsals& operator=(const Rehearsals&) = delete;
  // Waits for the one under way.
  ~Rehearsals();

  // Errors: usage, not_found; conflict (one is running, or the draft is frozen); malformed (the
  // first thing wrong with the draft, save for missing keys).
  [[nodiscard]] Status begin(const Official& actor, std::string_view edition,
                             std::uint64_t ballots);
  [[nodiscard]] std::optional<RehearsalView> view(std::string_view edition) const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

inline constexpr std::uint64_t rehearsal_ballots_max = 500;

}  // namespace urna::desk
