// SPDX-License-Identifier: EUPL-1.2
// Deceits with ballots that somebody contests: freezes, annulments, upholdings and appeals.
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "rehearsal/deceits.h"

namespace urna::rehearsal {
namespace {

using election::Annulment;
using election::Freeze;
using election::Lifted;
using election::NamedBallot;
using election::OfficialNumber;
using election::PoolNumber;
using election::Standing;
using election::Upholding;

constexpr const char* forged_case = "FRGRY-22222";
constexpr std::size_t officials_needed = 4;

// A forger with a ballot of the true record that nobody has contested, and with officials who sign
// whatever is put before them.
struct Contest {
  Forge& forge;
  std::uint32_t number = 0;  // of the ballot
  NamedBallot ballot;

  void sign(Freeze& entry) const { election::sign(entry, {1}, forge.cast().officials[1]); }
  template <typename Entry>
  void sign(Entry& entry, std::uint8_t first = 0, std::uint8_t second = 1) const {
    election::sign(entry, OfficialNumber{first}, forge.cast().officials[first],
                   OfficialNumber{second}, forge.cast().officials[second]);
  }
  [[nodiscard]] Freeze freeze() const {
    Freeze entry{forge.edition(), {ballot}, forged_case, "complaint", {}};
    sign(entry);
    return entry;
  }
  [[nodiscard]] Annulment annulment(std::uint8_t first = 0, std::uint8_t second = 1) const {
    Annulment entry{forge.edition(), ballot.index, ballot.hash, "stolen-identity", {}};
    sign(entry, first, second);
    return entry;
  }
  [[nodiscard]] Upholding upholding(Lifted ends, std::uint8_t first = 0,
                                    std::uint8_t second = 1) const {
    Upholding entry{forge.edition(), ballot.index,      ballot.hash, ends,
                    forged_case,     "voter-confirmed", {}};
    sign(entry, first, second);
    return entry;
  }
  template <typename Entry>
  void add(const Entry& entry) const {
    forge.add_before_closing(encode(entry));
  }
};

// The n-th ballot that counts and nobody has contested.
std::optional<std::uint32_t> uncontested(const Forge& forge) {
  const election::BoardState& state = forge.truth().state;
  for (std::size_t p = 0; p < forge.manifest().pools.size(); ++p) {
    for (const std::uint32_t number : state.counted({static_cast<PoolNumber::Value>(p)})) {
      if (state.standing(number) == Standing::untouched) return number;
    }
  }
  return std::nullopt;
}

using Play = std::function<void(const Contest&)>;
std::function<Result<bool>(Forge&)> contesting(Play play) {
  return [play = std::move(play)](Forge& forge) -> Result<bool> {
    const auto number = uncontested(forge);
    if (!number || forge.cast().officials.size() < officials_needed) return false;
    const election::BoardState& state = forge.truth().state;
    play({forge, *number, {state.ballot(*number).index, state.ballot_entry(*number)}});
    return true;
  };
}

// The same, then closed and counted again, that ballot left out if so wished.
std::function<Result<bool>(Forge&)> counting_again(bool leave_out, Play play) {
  return [leave_out, begin = contesting(std::move(play))](Forge& forge) -> Result<bool> {
    const Result<bool> possible = begin(forge);
    if (!possible || !*possible) return possible;
    const std::uint32_t ballot = *uncontested(forge);
    Forge::Deviation deviation;
    deviation.counted = [ballot, leave_out](PoolNumber, std::vector<std::uint32_t>& list) {
      if (leave_out) std::erase(list, ballot);
    };
    if (Status done = forge.tally_again(deviation); !done) return std::move(done).error();
    return true;
  };
}

// After the list of counted ballots.
std::function<Result<bool>(Forge&)> after_the_count(
    std::function<std::string(const Contest&)> make) {
  return contesting([make = std::move(make)](const Contest& contest) {
    std::vector<std::string>& entries = contest.forge.copy().entries;
    std::size_t at = 0;
    for (std::size_t n = 0; const auto index = contest.forge.find<election::Counted>(n); ++n)
      at = *index + 1;
    entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(at), make(contest));
  });
}

}  // namespace

std::vector<Deceit> contest_deceits() {
  std::vector<Deceit> deceits;
  const auto add_at = [&](const char* name, const char* step, const char* description,
                          std::function<Result<bool>(Forge&)> commit) {
    deceits.push_back({name, *step == '\0' ? 0U : 30U, step, description, std::move(commit)});
  };
  const auto add = [&](const char* name, const char* description, Play play) {
    add_at(name, "ballots", description, contesting(std::move(play)));
  };

  // What the forger does here must be in order but for the deceit.
  add_at("control-contested", "",
         "A ballot is frozen, upheld, annulled and restored on appeal; counted again, honestly.",
         counting_again(false, [](const Contest& contest) {
           contest.add(contest.freeze());
           contest.add(contest.upholding(Lifted::freeze));
           contest.add(contest.annulment());
           contest.add(contest.upholding(Lifted::annulment, 2, 3));
         }));

  // Freezes
  const auto with_freeze = [](std::function<void(const Contest&, Freeze&)> change,
                              bool sign_again = true) {
    return [change = std::move(change), sign_again](const Contest& contest) {
      Freeze entry = contest.freeze();
      change(contest, entry);
      if (sign_again) contest.sign(entry);
      contest.add(entry);
    };
  };
  add("freeze-of-no-ballot", "A freeze names an entry that is no ballot.",
      with_freeze([](const Contest& contest, Freeze& entry) {
        entry.ballots = {{{0}, election::entry_hash(contest.forge.copy().entries[0])}};
      }));
  add("freeze-of-unknown-ballot", "A freeze names an entry that the board does not have yet.",
      with_freeze([](const Contest& contest, Freeze& entry) {
        entry.ballots[0].index = {contest.forge.copy().entries.size()};
      }));
  add("freeze-of-other-hash", "A freeze's index and hash name different ballots.",
      with_freeze([](const Contest&, Freeze& entry) { entry.ballots[0].hash.octets[0] ^= 1U; }));
  add("freeze-names-one-twice", "A freeze names one ballot twice.",
      with_freeze([](const Contest& contest, Freeze& entry) {
        entry.ballots = {contest.ballot, contest.ballot};
      }));
  add("freeze-of-too-many", "A freeze names more ballots than one may.",
      with_freeze([](const Contest& contest, Freeze& entry) {
        entry.ballots.assign(election::frozen_at_once_max + 1, contest.ballot);
        for (std::size_t k = 0; k < entry.ballots.size(); ++k) entry.ballots[k].index.value += k;
      }));
  add("freeze-of-nothing", "A freeze names no ballot.",
      with_freeze([](const Contest&, Freeze& entry) { entry.ballots.clear(); }));
  add("freeze-without-a-case", "A freeze bears no number of a case.",
      with_freeze([](const Contest&, Freeze& entry) { entry.case_number = "complaint-7"; }));
  add("freeze-case-altered", "The case of a freeze is altered.",
      with_freeze([](const Contest&, Freeze& entry) { entry.case_number = "FRGRY-33333"; }, false));
  add("freeze-signature-altered", "One bit of a freeze's signature is flipped.",
      with_freeze([](const Contest&, Freeze& entry) { entry.signature.signature[33] ^= 1U; },
                  false));
  add("freeze-by-other-official", "A freeze bears one official's number and another's signature.",
      with_freeze([](const Contest&, Freeze& entry) { entry.signature.official = {2}; }, false));
  add("freeze-by-a-stranger", "Somebody freezes a ballot who is no official.",
      with_freeze(
          [](const Contest& contest, Freeze& entry) {
            election::sign(
                entry,
                OfficialNumber{static_cast<std::uint8_t>(contest.forge.cast().officials.size())},
                proof::SigningKey::random());
          },
          false));
  add("frozen-twice", "A frozen ballot is frozen once more.", [](const Contest& contest) {
    contest.add(contest.freeze());
    contest.add(contest.freeze());
  });
  add("freeze-repeated", "A freeze is put in again after two officials have decided.",
      [](const Contest& contest) {
        const Freeze freeze = contest.freeze();
        contest.add(freeze);
        contest.add(contest.upholding(Lifted::freeze));
        contest.add(freeze);
      });
  add("freeze-of-annulled", "A ballot is frozen that is annulled.", [](const Contest& contest) {
    contest.add(contest.annulment());
    contest.add(contest.freeze());
  });

  // Upholdings
  const auto with_upholding = [](std::function<void(const Contest&, Upholding&)> change,
                                 bool sign_again = true) {
    return [change = std::move(change), sign_again](const Contest& contest) {
      contest.add(contest.freeze());
      Upholding entry = contest.upholding(Lifted::freeze);
      change(contest, entry);
      if (sign_again) contest.sign(entry);
      contest.add(entry);
    };
  };
  add("upholding-of-untouched", "A ballot is upheld that nobody has frozen.",
      [](const Contest& contest) { contest.add(contest.upholding(Lifted::freeze)); });
  add("upholding-of-no-ballot", "An upholding names an entry that is no ballot.",
      with_upholding([](const Contest& contest, Upholding& entry) {
        entry.index = {0};
        entry.ballot = election::entry_hash(contest.forge.copy().entries[0]);
      }));
  add("upholding-of-other-hash", "An upholding's index and hash name different ballots.",
      with_upholding([](const Contest&, Upholding& entry) { entry.ballot.octets[0] ^= 1U; }));
  add("upholding-ends-altered", "What an upholding ends is altered.",
      with_upholding([](const Contest&, Upholding& entry) { entry.ends = Lifted::annulment; },
                     false));
  add("upholding-reason-altered", "The reason of an upholding is altered.",
      with_upholding([](const Contest&, Upholding& entry) { entry.reason += "-or-not"; }, false));
  add("upheld-by-one-official", "One official alone upholds a ballot, signing for another one.",
      with_upholding(
          [](const Contest& contest, Upholding& entry) {
            election::sign(entry, OfficialNumber{0}, contest.forge.cast().officials[0],
                           OfficialNumber{1}, contest.forge.cast().officials[0]);
          },
          false));
  add("upheld-by-one-official-twice", "One official upholds a ballot under one number twice.",
      with_upholding(
          [](const Contest&, Upholding& entry) { entry.signatures[1] = entry.signatures[0]; },
          false));
  add("upholding-repeated", "An upholding stands on the board twice.", [](const Contest& contest) {
    contest.add(contest.freeze());
    contest.add(contest.upholding(Lifted::freeze));
    contest.add(contest.upholding(Lifted::freeze));
  });
  add("upholding-put-in-against-annulment",
      "The decision to end a freeze is put in again, to lift a later annulment.",
      [](const Contest& contest) {
        const Upholding upholding = contest.upholding(Lifted::freeze);
        contest.add(contest.freeze());
        contest.add(upholding);
        contest.add(contest.annulment(2, 3));
        contest.add(upholding);
      });

  // Appeals
  add("appeal-by-those-who-annulled", "An appeal is decided by the two who annulled.",
      [](const Contest& contest) {
        contest.add(contest.annulment());
        contest.add(contest.upholding(Lifted::annulment));
      });
  add("appeal-by-one-who-annulled", "One of those who annulled decides the appeal too.",
      [](const Contest& contest) {
        contest.add(contest.annulment());
        contest.add(contest.upholding(Lifted::annulment, 1, 2));
      });
  add("annulled-after-appeal", "An annulment is put in again that was lifted on appeal.",
      [](const Contest& contest) {
        contest.add(contest.annulment());
        contest.add(contest.upholding(Lifted::annulment, 2, 3));
        contest.add(contest.annulment());
      });
  add("frozen-after-appeal", "A ballot is frozen that was restored on appeal.",
      [](const Contest& contest) {
        contest.add(contest.annulment());
        contest.add(contest.upholding(Lifted::annulment, 2, 3));
        contest.add(contest.freeze());
      });

  // The count
  add_at("counted-while-frozen", "counted", "Ballots are counted while one is frozen.",
         contesting([](const Contest& contest) { contest.add(contest.freeze()); }));
  add_at("frozen-left-out", "counted", "A frozen ballot is left out of the count.",
         counting_again(true, [](const Contest& contest) { contest.add(contest.freeze()); }));
  add_at("upheld-left-out", "counted", "A ballot that was upheld is left out of the count.",
         counting_again(true, [](const Contest& contest) {
           contest.add(contest.freeze());
           contest.add(contest.upholding(Lifted::freeze));
         }));
  add_at("restored-left-out", "counted", "A ballot restored on appeal is left out of the count.",
         counting_again(true, [](const Contest& contest) {
           contest.add(contest.annulment());
           contest.add(contest.upholding(Lifted::annulment, 2, 3));
         }));
  add_at("upholding-removed", "counted", "The last decision about a frozen ballot is removed.",
         [](Forge& forge) -> Result<bool> {
           std::optional<std::size_t> last;
           for (std::size_t n = 0; const auto index = forge.find<Upholding>(n); ++n) last = index;
           const auto issuance = forge.find<election::Issuance>();
           if (!last || !issuance || *last < *issuance ||
               forge.entry<Upholding>(*last).ends != Lifted::freeze) {
             return false;
           }
           std::vector<std::string>& entries = forge.copy().entries;
           entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(*last));
           return true;
         });
  add_at("annulled-after-the-count", "ballots", "A ballot is annulled when all were counted.",
         after_the_count([](const Contest& contest) { return encode(contest.annulment()); }));
  add_at("frozen-after-the-count", "ballots", "A ballot is frozen when all were counted.",
         after_the_count([](const Contest& contest) { return encode(contest.freeze()); }));
  return deceits;
}

}  // namespace urna::rehearsal
